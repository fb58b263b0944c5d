/*
 * login.c: the counter's door: login, lock, logout, own password, and which counter one sits at.
 * The work is web/login's; here is only who may come in and where they go.
 */
#include "base/when.h"
#include "intake/intake.h"
#include "store/account.h"
#include "web/login.h"
#include "web/text_vi.h"

/* How many counters the page offers as buttons; others are typed. */
#define COUNTER_BUTTONS 6

static const struct field counter_fields[] = {
	{ "counter", FIELD_INT, true, 1, 99, NULL, "counter.label" },
};

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

static enum rc choose(struct web *web, struct request *request, struct response *response)
{
	const struct session *session = request->session;
	const char *counter = pool_printf(request->pool, "%d",
			(int)form_int(request->form, "counter", 1));
	enum rc rc = session_set_counter(web->store, session, counter);

	if (rc == RC_OK)
		rc = account_set_counter(web->store, session->account.id, counter);
	if (rc == RC_OK)
		response_see_other(response, frame_home(request));
	return rc;
}

enum rc page_counter(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);

	if (request->method == METHOD_POST) {
		if (form_check(request->form, counter_fields, 1) == RC_OK)
			return choose(web, request, response);
		form_show(request->form, counter_fields, 1, view);
		view_set(view, "typed", form_raw(request->form, "counter"));
		response->status = 422;
	}
	view_set(view, "title", text_get("counter.title"));
	view_flag(view, "at_counter", true);
	for (int i = 1; i <= COUNTER_BUTTONS; i++)
		view_int(view_item(view, "counters"), "no", i);
	return web_page(web, request, response, "intake/counter", view);
}
