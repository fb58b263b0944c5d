/*
 * reading.c: every look at personal data is recorded; a dossier outside one's own work opens after a
 * reason; the manager reads once a week who looked where no act followed.
 *
 * Own work: assigned to me or to whom I stand in for, waiting where my unit or my desk takes it, taken in
 * today at the counter where I sit, or anything I acted on. Who looks at everybody's work by duty is a
 * setting (reading_roles).
 */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "intake/intake.h"
#include "store/account.h"
#include "store/device.h"
#include "store/reading.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define WEEK_MS (7 * WHEN_DAY_MS)
#define QUIET_MS (WHEN_DAY_MS / 24)
#define DOSSIER_PATH "/ho-so/:code"

#define UPLOAD_PATH "/tai-len/"

static bool is_dossier(const struct request *request)
{
	size_t len = strlen(DOSSIER_PATH);
	const char *pattern = request->route->pattern;

	if (strncmp(pattern, UPLOAD_PATH, strlen(UPLOAD_PATH)) == 0)
		return strstr(pattern, "/:code") != NULL;
	return strncmp(pattern, DOSSIER_PATH, len) == 0 && (pattern[len] == '\0' || pattern[len] == '/');
}

/* Is the route's name one of these, or below one ("register" has "register.print")? */
static bool belongs(const char *name, const char *const *to, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len;

		if (to[i][0] != name[0])
			continue;
		len = strlen(to[i]);
		if (strncmp(name, to[i], len) == 0 && (name[len] == '\0' || name[len] == '.'))
			return true;
	}
	return false;
}

/* Whose address names nothing of a citizen: tools, documents, people who work here, numbers drawn. */
static const char *const about_others[] = { "staff", "tablets", "reading", "books", "shift", "day",
	"queue", "catalog", "late", "calendar", "takeover.sample" };
/* Lists with names have no subject. /quay is one's own desk and is looked at all day: no look at it. */
static const char *const lists[] = { "find", "register", "tray", "uncollected", "keying", "questions",
	"takeover", "reassign", "cert.tray", "receipts", "pay.list", "post.in", "post.out", "handovers",
	"feedback" };

static bool is_personal(const struct request *request)
{
	const char *name = request->route->name;

	/* A dossier in the making is open to who makes it alone: no look at another's. */
	if (strncmp(name, "draft.", 6) == 0)
		return request->reading == READING_OTHERS_DRAFT;
	if (belongs(name, about_others, sizeof(about_others) / sizeof(about_others[0])))
		return false;
	return (request->method == METHOD_GET && request->params[0] != NULL) || is_dossier(request) ||
			belongs(name, lists, sizeof(lists) / sizeof(lists[0]));
}

static bool by_duty(const struct web *web, unsigned roles)
{
	unsigned duty = 0;

	return account_roles_parse(web->settings->reading_roles, &duty) == RC_OK && (roles & duty) != 0;
}

/* Waits where this person's desk takes it. */
static bool at_my_desk(const struct dossier_row *row, const struct account *account)
{
	/* What owes, or must get money back, is the till's work. */
	if (row->fee_total != row->fee_paid && (account->roles & (ROLE_CASHIER | ROLE_INTAKE)) != 0)
		return true;
	switch (row->facts.state) {
	case STATE_RESULT:
		return (account->roles & (ROLE_INTAKE | ROLE_RETURNER)) != 0;
	case STATE_SIGNING:
		return (account->roles & ROLE_SIGNER) != 0;
	case STATE_SIGNED:
		return (account->roles & ROLE_CLERK_SEAL) != 0;
	case STATE_ACCEPTED:
	case STATE_FORWARDED:
		return (account->roles & ROLE_SPECIALIST) != 0 && row->assignee[0] == '\0' &&
				(account->unit[0] == '\0' || strcmp(account->unit, row->unit) == 0);
	default:
		return false;
	}
}

/* Taken in today at the counter where this person sits. */
static bool at_my_counter(struct web *web, const struct request *request,
		const struct dossier_row *row)
{
	json_t *body = NULL;
	bool mine = false;

	if (request->session->counter[0] == '\0' ||
			request->now_ms - row->received_at > WHEN_DAY_MS)
		return false;
	if (dossier_body(web->store, row, &body) == RC_OK)
		mine = strcmp(json_text(body, "counter"), request->session->counter) == 0;
	json_decref(body);
	return mine;
}

static bool stands_in(struct web *web, const struct request *request, const char *assignee)
{
	struct account away;

	return assignee[0] != '\0' &&
			account_by_id(web->store, request->pool, assignee, &away) == RC_OK &&
			strcmp(away.substitute, request->session->account.id) == 0;
}

static enum rc ground_of(struct web *web, struct request *request, const struct dossier_row *row,
		enum reading_ground *ground, bool *may)
{
	const struct account *account = &request->session->account;
	bool acted = false;
	enum rc rc;

	*may = true;
	*ground = READING_OWN;
	if (strcmp(row->assignee, account->id) == 0 || at_my_desk(row, account) ||
			at_my_counter(web, request, row))
		return RC_OK;
	rc = reading_acted(web->store, row, account->id, 0, &acted);
	if (rc != RC_OK || acted || stands_in(web, request, row->assignee))
		return rc;
	*ground = READING_DUTY;
	if (by_duty(web, account->roles))
		return RC_OK;
	*ground = READING_REASON;
	return reading_granted(web->store, account->id, row->id_hex, may);
}

static enum rc ask(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	static const struct field field = { "reason", FIELD_LINE, true, 3, 200, NULL, "reading.reason" };
	bool again = request->method == METHOD_POST;
	struct view *view = view_new(request->pool);

	/* Only what is needed to say why: the code, not whose it is. */
	view_set(view, "title", text_get("reading.ask"));
	view_set(view, "code_short", dossier_show_short_code(row->code));
	view_set(view, "action", dossier_show_url(request->pool, row, "/ly-do"));
	view_set(view, "next", again ? form_raw(request->form, "tiep") : request->path);
	if (again) {
		form_show(request->form, &field, 1, view);
		response->status = 422;
	}
	return web_page(web, request, response, "intake/reading_ask", view);
}

enum rc reading_guard(struct web *web, struct request *request, struct response *response,
		bool *answered)
{
	enum reading_ground ground = READING_OWN;
	struct dossier_row row;
	bool may = true;
	enum rc rc;

	*answered = false;
	request->reading = READING_OWN;
	if (!is_dossier(request))
		return RC_OK;
	rc = forks_choose(web, request, response, answered);
	if (rc != RC_OK || *answered || request->method != METHOD_GET)
		return rc;
	rc = act_dossier(web, request, &row);
	if (rc != RC_OK)		/* the handler says what is wrong with it */
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	rc = ground_of(web, request, &row, &ground, &may);
	request->reading = (int)ground;
	if (rc == RC_OK && !may) {
		*answered = true;
		rc = ask(web, request, response, &row);
	}
	return rc;
}

/* A form sent that came back as a page shows the dossier as well. Where nobody asked for a reason
 * first, the look stands among those of others' work. */
static void ground_of_post(struct web *web, struct request *request)
{
	enum reading_ground ground = READING_REASON;
	struct dossier_row row;
	bool may = true;

	if (act_dossier(web, request, &row) == RC_OK &&
			ground_of(web, request, &row, &ground, &may) != RC_OK)
		ground = READING_REASON;
	request->reading = (int)ground;
}

void reading_record(struct web *web, struct request *request, const struct response *response)
{
	struct device device;
	struct reading reading = { .at = request->now_ms, .route = request->route->name };
	bool shown = response->status == 200 || (request->method == METHOD_POST &&
			(response->status == 409 || response->status == 422)), seen = false;

	if (request->session == NULL || !shown || !is_personal(request))
		return;
	if (request->method == METHOD_POST && is_dossier(request))
		ground_of_post(web, request);
	reading.account = request->session->account.id;
	reading.name = request->session->account.name;
	reading.subject = is_dossier(request) || (request->params[0] != NULL &&
			strcmp(request->route->name, "register.file") != 0 &&
			strcmp(request->route->name, "receipts.file") != 0) ? request->params[0] : "";
	reading.ground = request->reading > 0 ? (enum reading_ground)request->reading : READING_OWN;
	/* A page that looks anew by itself: one look an hour. Whoever only says so is recorded. */
	if (request_header(request, "X-Tram-Quiet")[0] != '\0' &&
			reading_seen(web->store, &reading, QUIET_MS, &seen) == RC_OK && seen)
		return;
	reading.place = device_find(web->store, request->pool, request->device, &device) == RC_OK ?
			device.id : request->remote;
	if (reading_note(web->store, &reading) != RC_OK)
		log_error("reading not recorded route=%s account=%s", reading.route, reading.account);
}

/* ---- the reason ---- */

enum rc page_reading_reason(struct web *web, struct request *request, struct response *response)
{
	static const struct field field = { "reason", FIELD_LINE, true, 3, 200, NULL, "reading.reason" };
	const char *next = form_raw(request->form, "tiep");
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .kind = "access.justified",
		.actor = request->session->account.id };
	const char *why = NULL;
	struct dossier_row row;
	struct event event;
	json_t *body;
	bool granted = false;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	if (form_check(request->form, &field, 1) != RC_OK)
		return ask(web, request, response, &row);
	rc = reading_granted(web->store, act.actor, row.id_hex, &granted);
	if (rc != RC_OK)
		return rc;
	body = json_new_object();
	json_put(body, "reason", form_text(request->form, "reason"));
	act.subject = row.id;
	act.body = body;
	if (!granted) {			/* a second tap gives no second reason */
		rc = store_begin(web->store, false);
		if (rc == RC_OK) {
			rc = act_append(web->store, &act, &event, &why);
			if (rc == RC_OK)
				rc = store_commit(web->store);
			else
				store_abort(web->store);
		}
		if (rc == RC_OK)
			rc = reading_grant(web->store, act.actor, row.id_hex);
	}
	json_decref(body);
	if (rc == RC_OK)
		response_see_other(response, strncmp(next, "/ho-so/", 7) == 0 &&
				route_can_get(web, request->pool, next) ? next :
				dossier_show_url(request->pool, &row, ""));
	return rc;
}

/* ---- the manager's week ---- */

static const char *shown_name(const struct account *people, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(people[i].id, id) == 0)
			return people[i].name;
	return id;
}

static enum rc show_row(struct web *web, struct request *request, struct view *view,
		const struct reading_row *row, const char *name)
{
	struct view *item = view_item(view, "looks");
	struct dossier_row dossier;
	bool acted = false;
	enum rc rc = dossier_find(web->store, request->pool, NULL, row->subject, &dossier);

	view_set(item, "name", name);
	view_set(item, "at", show_time_screen(request->pool, row->at));
	view_int(item, "times", row->times);
	view_flag(item, "reason", row->ground == READING_REASON);
	view_set(item, "code_short", dossier_show_short_code(row->subject));
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc == RC_OK)
		rc = reading_acted(web->store, &dossier, row->account, 0, &acted);
	if (rc == RC_OK) {
		view_set(item, "url", dossier_show_url(request->pool, &dossier, ""));
		view_flag(item, "acted", acted);
	}
	return rc;
}

enum rc page_reading(struct web *web, struct request *request, struct response *response)
{
	int64_t from = request->now_ms - WEEK_MS, offset = 0;
	const char *account = request_query(request, "nguoi");
	struct view *view = view_new(request->pool);
	struct reading_sum *sums = NULL;
	struct reading_row *rows = NULL;
	struct account *people = NULL;
	size_t sum_count = 0, count = 0, people_count = 0;
	enum rc rc = account_list(web->store, request->pool, &people, &people_count);

	if (num_parse(request_query(request, "tu"), 0, 100000, &offset) != RC_OK)
		offset = 0;
	if (rc == RC_OK)
		rc = reading_sums(web->store, request->pool, from, &sums, &sum_count);
	if (rc == RC_OK)
		rc = reading_outside(web->store, request->pool, from, account, ROWS, (size_t)offset, &rows,
				&count);
	for (size_t i = 0; rc == RC_OK && i < sum_count; i++) {
		struct view *item = view_item(view, "sums");

		view_set(item, "id", sums[i].account);
		view_set(item, "name", shown_name(people, people_count, sums[i].account));
		view_setf(item, "looks", "%d", (int)sums[i].looks);
		view_setf(item, "outside", "%d", (int)sums[i].outside);
		view_flag(item, "current", strcmp(sums[i].account, account) == 0);
	}
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = show_row(web, request, view, &rows[i],
				shown_name(people, people_count, rows[i].account));
	if (rc != RC_OK)
		return rc;
	view_flag(view, "any", count > 0);
	if (count == ROWS)
		view_setf(view, "older_url", "/quan-ly/truy-cap?tu=%d%s%s", (int)offset + ROWS,
				account[0] != '\0' ? "&nguoi=" : "", account);
	view_set(view, "title", text_get("reading.title"));
	view_set(view, "since", show_date(request->pool, from));
	view_flag(view, "one", account[0] != '\0');
	return web_page(web, request, response, "intake/reading", view);
}
