/*
 * pages_request.c: a point asks the province, which holds the dossier, to do something with it. Who
 * grants it writes the act itself, hands the dossier back where the act ends the work here, and
 * answers, all in one commit; who refuses says why.
 */
#include "center/pages.h"

#include <string.h>

#include "dossier/request_act.h"
#include "store/pending.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define PARTS_MAX 3

static const struct field fields[] = {
	{"decision", FIELD_CHOICE, true, 0, 0, "grant|refuse", "request.decision"},
	{"reason", FIELD_LINES, false, 0, 1000, NULL, "request.answer_reason"},
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

const char *pages_request_words(struct pool *pool, const char *act)
{
	const char *key = pool_printf(pool, "request.act.%s", act);

	return text_get(text_known(key) ? key : "event.request.made");
}

/* "Họ và tên: A → B" a line, for what the point wants written otherwise. */
static void show_change(struct view *item, const json_t *details)
{
	static const struct { const char *name, *label; } members[] = {
		{"name", "act.return.name"}, {"number", "dossier.number"},
		{"birth", "correct.birth"}, {"phone", "dossier.phone"},
		{"email", "correct.email"}, {"address", "dossier.address"},
		{"residence", "correct.residence"}, {"content", "dossier.content"},
	};
	const json_t *set = json_object_get(details, "set");
	const json_t *before = json_object_get(details, "before");
	struct pool *pool = view_pool(item);
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		bool own = strcmp(members[i].name, "content") == 0;
		const char *now = json_text(own ? before : json_object_get(before, "applicant"),
				members[i].name);
		const char *then = json_text(own ? set : json_object_get(set, "applicant"),
				members[i].name);
		struct view *line;

		if (strcmp(now, then) == 0)
			continue;
		line = view_item(item, "changes");
		view_set(line, "label", text_get(members[i].label));
		view_set(line, "now", *now != '\0' ? pool_strdup(pool, now) : "–");
		view_set(line, "then", *then != '\0' ? pool_strdup(pool, then) : "–");
		view_flag(item, "changes_shown", true);
	}
}

static void show_one(struct web *web, struct view *item, const struct dossier_row *dossier,
		const struct pending_row *row, const char *point)
{
	struct pool *pool = view_pool(item);
	const json_t *details;
	json_t *body = NULL;
	int64_t due;

	view_set(item, "what", pages_request_words(pool, row->word));
	view_set(item, "why", text_get("event.erased"));
	if (pending_body(web->store, pool, dossier->board, row, &body) == RC_OK) {
		view_set(item, "why", pool_strdup(pool, json_text(body, "reason")));
		details = json_object_get(body, "details");
		due = json_int(json_object_get(details, "due"), "at", 0);
		if (due > 0)
			view_set(item, "new_due", show_time_screen(pool, due));
		show_change(item, details);
	}
	json_decref(body);
	view_set(item, "by", row->author == AUTHOR_CENTER ? text_get("actor.province") : point);
	view_set(item, "at", show_time_screen(pool, row->at));
	view_set(item, "answer_url", pages_dossier_url(pool, dossier,
			pool_printf(pool, "/de-nghi/%s", row->id)));
}

static enum rc list(struct web *web, struct request *request, struct pending_row **rows,
		struct dossier_row **dossiers, size_t *count)
{
	const struct pending_query query = {.kind = "request", .limit = ROWS};

	return pending_list(web->store, request->pool, &query, rows, dossiers, count);
}

enum rc pages_request_count(struct web *web, struct request *request, int64_t *count)
{
	struct pending_row *rows = NULL;
	size_t found = 0;
	enum rc rc = list(web, request, &rows, NULL, &found);

	*count = (int64_t)found;
	return rc;
}

enum rc pages_requests(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct pending_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	struct link_board board;
	size_t count = 0, i;
	enum rc rc;

	rc = list(web, request, &rows, &dossiers, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "requests");

		rc = pages_frame_board(web, request->pool, dossiers[i].board, &board);
		if (rc != RC_OK)
			break;
		show_one(web, item, &dossiers[i], &rows[i], board.name);
		view_set(item, "code", *dossiers[i].official != '\0' ? dossiers[i].official :
				dossiers[i].code);
		view_set(item, "procedure", dossiers[i].procedure_name);
	}
	view_flag(view, "any", count > 0);
	view_set(view, "title", text_get("request.points"));
	return rc == RC_OK ? web_page(web, request, response, "center/requests", view) : rc;
}

enum rc pages_request_open(struct web *web, struct view *view, const struct dossier_row *row, const char *point)
{
	struct pending_row *rows = NULL;
	size_t count = 0, i;
	enum rc rc;

	if (row->facts.holder != HOLDER_CENTER || state_is_closed(row->facts.state))
		return RC_OK;
	rc = pending_of(web->store, view_pool(view), row, "request", &rows, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		if (rows[i].done != PENDING_OPEN)
			continue;
		show_one(web, view_item(view, "requests"), row, &rows[i], point);
		view_flag(view, "requests_shown", true);
	}
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct pending_row *asked, struct view *view)
{
	const struct request_act *of = request_act_find(asked->word);
	struct link_board board;
	enum rc rc = pages_frame_board(web, request->pool, row->board, &board);

	if (rc != RC_OK)
		return rc;
	show_one(web, view, row, asked, board.name);
	pages_inbox_show(view, row, request->now_ms);
	view_set(view, "title", text_get("request.one"));
	view_set(view, "action", pages_dossier_url(request->pool, row,
			pool_printf(request->pool, "/de-nghi/%s", asked->id)));
	view_set(view, "back", pages_dossier_url(request->pool, row, ""));
	view_set(view, "grant_hint", text_get(pool_printf(request->pool, "request.grants.%s",
			of->act)));
	view_set(view, "seen", request->method == METHOD_POST ?
			form_raw(request->form, "seen") : row->seen);
	return web_page(web, request, response, "center/request", view);
}

static json_t *due_now(const struct dossier_row *row)
{
	json_t *due = json_new_object();

	json_put_flag(due, "has", row->has_due);
	if (row->has_due) {
		json_put_int(due, "at", row->due_at);
		json_put_flag(due, "certain", row->due_certain);
	}
	return due;
}

/* The act as the point asked for it. What it sent must fit the kind: it came over the link. */
static json_t *grant_body(const struct web *web, const struct request *request,
		const struct dossier_row *row, const struct pending_row *asked,
		const struct request_act *of, const json_t *made)
{
	const json_t *details = json_object_get(made, "details");
	json_t *body = json_new_object();

	json_put(body, "reason", json_text(made, "reason"));
	if (of->due) {
		json_put_value(body, "due", json_deep_copy(json_object_get(details, "due")));
		json_put_value(body, "before", due_now(row));
	}
	if (strcmp(of->act, "due_change") == 0)
		json_put(body, "approver", request->session->account.id);
	if (strcmp(of->act, "extend") == 0) {
		json_put(body, "late_unit", row->unit);
		json_put_int(body, "allowed", web->settings->extend_times);
	}
	if (strcmp(of->act, "withdraw") == 0)
		json_put_int(body, "asked_at", asked->at);
	if (strcmp(of->act, "amend") == 0) {
		json_put_value(body, "set", json_deep_copy(json_object_get(details, "set")));
		json_put_value(body, "before", json_deep_copy(json_object_get(details, "before")));
		json_put(body, "second", json_text(details, "second"));
	}
	return body;
}

static enum rc answer(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct pending_row *asked,
		const struct request_act *of, const json_t *made)
{
	bool granted = strcmp(form_text(request->form, "decision"), "grant") == 0;
	struct pages_act_part parts[PARTS_MAX];
	json_t *bodies[PARTS_MAX] = {NULL};
	const char *field = NULL;
	size_t count = 0, i;
	enum rc rc = RC_OK;

	if (granted) {
		bodies[count] = grant_body(web, request, row, asked, of, made);
		parts[count] = (struct pages_act_part){of->kind, bodies[count]};
		rc = kind_check_body(kind_find(of->kind, 1), bodies[count++], &field);
		if (rc == RC_OK && of->due && json_int(json_object_get(json_object_get(made,
				"details"), "due"), "at", 0) <= request->now_ms)
			rc = RC_INVALID;
		if (of->back) {
			bodies[count] = json_new_object();
			json_put(bodies[count], "reason", json_text(made, "reason"));
			parts[count] = (struct pages_act_part){"dossier.handed_back", bodies[count]};
			count++;
		}
	}
	bodies[count] = json_new_object();
	json_put(bodies[count], "request", asked->id);
	json_put_value(bodies[count], "granted", granted ? json_true() : json_false());
	json_put(bodies[count], "reason", form_text(request->form, "reason"));
	parts[count] = (struct pages_act_part){"request.answered", bodies[count]};
	count++;
	if (rc == RC_INVALID)
		rc = pages_act_conflict(web, request, response, row, "request.unfit");
	else if (rc == RC_OK)
		rc = pages_act_write(web, request, response, row, parts, count,
				form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	for (i = 0; i < count; i++)
		json_decref(bodies[i]);
	return rc;
}

/* The request that the address names, of this dossier. */
static enum rc find(struct web *web, struct request *request, struct dossier_row *row,
		struct pending_row *asked)
{
	enum rc rc = pages_dossier_find(web, request, row);

	if (rc == RC_OK)
		rc = pending_find(web->store, request->pool, row->board, request->params[2], asked);
	if (rc == RC_OK && (strcmp(asked->kind, "request") != 0 ||
			memcmp(asked->subject, row->id, sizeof(row->id)) != 0 ||
			request_act_find(asked->word) == NULL))
		rc = RC_NOT_FOUND;
	return rc;
}

/* Why it cannot be answered now; NULL: it can. A second tap is told the answer of the first. */
static const char *against(const struct dossier_row *row, const struct pending_row *asked)
{
	if (asked->done != PENDING_OPEN)
		return "request.answered_already";
	if (row->facts.holder != HOLDER_CENTER || state_is_closed(row->facts.state))
		return "request.over";
	return NULL;
}

static enum rc check(struct form *form)
{
	enum rc rc = form_check(form, fields, FIELDS);

	if (rc == RC_OK && strcmp(form_text(form, "decision"), "refuse") == 0 &&
			form_text(form, "reason")[0] == '\0') {
		form_fault(form, "reason", "request.reason_missing");
		rc = RC_INVALID;
	}
	return rc;
}

enum rc pages_request(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	struct pending_row asked;
	const char *reason;
	json_t *made = NULL;
	bool done = false;
	enum rc rc = find(web, request, &row, &asked);

	if (rc == RC_OK && request->method == METHOD_POST)
		rc = pages_act_sent_before(web, request, response, &done);
	if (rc != RC_OK || done)
		return rc;
	reason = against(&row, &asked);
	if (reason != NULL)
		return pages_act_conflict(web, request, response, &row, reason);
	if (request->method != METHOD_POST) {
		view_flag(view, "decision_is_grant", true);
		return show(web, request, response, &row, &asked, view);
	}
	if (check(request->form) != RC_OK) {
		form_show(request->form, fields, FIELDS, view);
		view_set(view, "answer_reason", form_raw(request->form, "reason"));
		response->status = 422;
		return show(web, request, response, &row, &asked, view);
	}
	rc = pending_body(web->store, request->pool, row.board, &asked, &made);
	if (rc == RC_NOT_FOUND)
		return pages_act_conflict(web, request, response, &row, "request.unfit");
	if (rc == RC_OK)
		rc = answer(web, request, response, &row, &asked, request_act_find(asked.word), made);
	json_decref(made);
	return rc;
}
