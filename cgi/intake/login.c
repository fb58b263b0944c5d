/*
 * login.c: the counter's door: login, lock, logout, own password, and which counter one sits at.
 * The work is web/login's; here is only who may come in and where they go.
 */
#include "base/when.h"
#include "intake/pay.h"
#include "store/account.h"
#include "store/queue.h"
#include "web/login.h"
#include "web/text_vi.h"

/* How many counters the page offers as buttons; others are typed. */
#define COUNTER_BUTTONS 6

static const struct field counter_fields[] = {
	{ "counter", FIELD_INT, true, 1, 99, NULL, "counter.label" },
	{ "cash", FIELD_LINE, false, 0, 20, NULL, "counter.cash" },
};
#define COUNTER_FIELDS (sizeof(counter_fields) / sizeof(counter_fields[0]))

enum rc page_root(struct web *web, struct request *request, struct response *response)
{
	bool fresh = when_boottime_ms() - request->session->started_boot_ms < WHEN_MINUTE_MS;
	bool wanted = false;
	enum rc rc = fresh ? pin_wanted(web, request, &wanted) : RC_OK;

	if (rc == RC_OK)
		response_see_other(response, wanted ? "/ma-pin" : frame_home(request));
	return rc;
}

enum rc page_login(struct web *web, struct request *request, struct response *response)
{
	/* Whose work rests on this tablet opens it by PIN, and a password is one tap away. */
	if (request->method != METHOD_POST && request_query(request, "mat-khau")[0] == '\0' &&
			(request->session == NULL || request->session->locked) && pin_resting(web, request)) {
		const char *next = login_next(request_query(request, "tiep"));

		response_see_other(response, next[0] != '\0' ?
				pool_printf(request->pool, "/khoa?tiep=%s", next) : "/khoa");
		return RC_OK;
	}
	return login_enter(web, request, response, ROLES_STAFF);
}

enum rc page_lock(struct web *web, struct request *request, struct response *response)
{
	return login_lock(web, request, response);
}

enum rc page_logout(struct web *web, struct request *request, struct response *response)
{
	return web_logout(web, request, response);
}

enum rc page_password(struct web *web, struct request *request, struct response *response)
{
	return login_password(web, request, response);
}

/* Who takes money begins a shift with the counter; one that is open goes on. */
static enum rc begin_shift(struct web *web, struct request *request, const char *counter,
		int64_t cash)
{
	const char *reason = NULL;
	enum rc rc;

	if (!frame_can(request, ROLES_TILL))
		return RC_OK;
	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = shift_open(web->store, request->pool, request->session->account.id, counter, cash,
			&reason);
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

static enum rc choose(struct web *web, struct request *request, struct response *response,
		int64_t cash)
{
	const struct session *session = request->session;
	const char *counter = pool_printf(request->pool, "%d",
			(int)form_int(request->form, "counter", 1));
	enum rc rc = session_set_counter(web->store, session, counter);

	if (rc == RC_OK)
		rc = account_set_counter(web->store, session->account.id, counter);
	if (rc == RC_OK)
		rc = begin_shift(web, request, counter, cash);
	if (rc == RC_OK)
		response_see_other(response, frame_home(request));
	return rc;
}

/* The counters the manager named; while there are none, the first few. */
static enum rc show_places(struct web *web, struct request *request, struct view *view)
{
	struct queue_setup setup;
	enum rc rc = queue_setup_get(web->store, request->pool, &setup);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < setup.place_count && setup.seen[0] != '\0'; i++) {
		struct view *item = view_item(view, "counters");

		view_int(item, "no", setup.places[i].no);
		view_set(item, "name", setup.places[i].name);
		view_flag(view, "named", true);
	}
	for (int i = 1; (setup.place_count == 0 || setup.seen[0] == '\0') && i <= COUNTER_BUTTONS; i++)
		view_int(view_item(view, "counters"), "no", i);
	return RC_OK;
}

enum rc page_counter(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	int64_t cash = 0;
	enum rc rc;

	if (request->method == METHOD_POST) {
		if (form_check(request->form, counter_fields, COUNTER_FIELDS) == RC_OK &&
				form_text(request->form, "cash")[0] != '\0' &&
				pay_amount(form_text(request->form, "cash"), &cash) != RC_OK)
			form_fault(request->form, "cash", "pay.amount_wrong");
		if (!form_has_faults(request->form))
			return choose(web, request, response, cash);
		form_show(request->form, counter_fields, COUNTER_FIELDS, view);
		view_set(view, "typed", form_raw(request->form, "counter"));
		response->status = 422;
	}
	view_set(view, "title", text_get("counter.title"));
	view_flag(view, "at_counter", true);
	view_flag(view, "takes_money", frame_can(request, ROLES_TILL));
	rc = show_places(web, request, view);
	if (rc != RC_OK)
		return rc;
	return web_page(web, request, response, "intake/counter", view);
}
