/*
 * ask.c: what the point asks the province to do with a dossier that the province holds
 * (/yeu-cau): to send it back, to end it, to give it another due time, to change what was written
 * wrong. Asking changes nothing; the answer comes over the link, with its reason.
 */
#include "intake/ask.h"

#include <string.h>

#include "base/when.h"
#include "dossier/request_act.h"
#include "intake/correct.h"
#include "intake/question.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define ANSWERED_FOR_MS (14 * WHEN_DAY_MS)

static const struct field fields[] = {
	{ "act", FIELD_CHOICE, true, 0, 0,
	  "recall|hand_back|withdraw|stop|void|replace_file|due_change|extend", "request.act" },
	{ "due_at", FIELD_TIME, false, 0, 0, NULL, "correct.due_at" },
	{ "reason", FIELD_LINES, true, 3, 1000, NULL, "request.reason" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

const char *ask_words(struct pool *pool, const char *act)
{
	const char *key = pool_printf(pool, "request.act.%s", act);

	return text_get(text_known(key) ? key : "event.request.made");
}

/* What was asked: the act, its new time or the change, and why. */
static void show_body(struct web *web, struct view *item, const struct dossier_row *dossier,
		const struct pending_row *row)
{
	struct pool *pool = view_pool(item);
	const json_t *details;
	json_t *body = NULL;

	view_set(item, "what", ask_words(pool, row->word));
	view_set(item, "why", text_get("event.erased"));
	if (pending_body(web->store, pool, dossier->board, row, &body) == RC_OK) {
		details = json_object_get(body, "details");
		view_set(item, "why", pool_strdup(pool, json_text(body, "reason")));
		if (json_int(json_object_get(details, "due"), "at", 0) > 0)
			view_set(item, "new_due", show_time_screen(pool,
					json_int(json_object_get(details, "due"), "at", 0)));
		if (strcmp(row->word, "amend") == 0)
			view_set(item, "why", correct_amend_words(pool, details));
	}
	json_decref(body);
}

static const struct answer_of request_answer = { "request.answered", "request", "reason", "answer_why" };

static enum rc show_one(struct web *web, struct view *item, const struct dossier_row *dossier,
		const struct pending_row *row)
{
	struct pool *pool = view_pool(item);

	show_body(web, item, dossier, row);
	view_set(item, "id", pool_strdup(pool, row->id));
	view_set(item, "by", dossier_show_actor(web, pool, row->actor, row->author));
	view_set(item, "at", show_time_screen(pool, row->at));
	view_flag(item, "granted", row->done == PENDING_YES);
	view_flag(item, "refused", row->done == PENDING_NO);
	view_flag(item, "waits", row->done == PENDING_OPEN &&
			dossier->facts.holder == HOLDER_CENTER && !state_is_closed(dossier->facts.state));
	view_flag(item, "over", row->done == PENDING_OPEN && (dossier->facts.holder != HOLDER_CENTER ||
			state_is_closed(dossier->facts.state)));
	return row->done == PENDING_OPEN ? RC_OK :
			question_show_answer(web, item, dossier, &request_answer, row->id);
}

enum rc ask_show_list(struct web *web, struct request *request, struct view *view,
		enum pending_done done, const char *list, size_t *shown)
{
	const struct pending_query query = { .kind = "request", .done = done, .limit = ROWS,
		.since = done == PENDING_OPEN ? 0 : request->now_ms - ANSWERED_FOR_MS };
	struct pending_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0;
	enum rc rc = pending_list(web->store, request->pool, &query, &rows, &dossiers, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, list);

		dossier_show_row(item, &dossiers[i], request->now_ms);
		rc = show_one(web, item, &dossiers[i], &rows[i]);
	}
	*shown += count;
	if (count > 0)
		view_flag(view, pool_printf(request->pool, "%s_shown", list), true);
	return rc;
}

enum rc ask_count(struct web *web, struct request *request, int64_t *count)
{
	const struct pending_query query = { .kind = "request", .limit = ROWS };
	struct pending_row *rows = NULL;
	size_t rows_count = 0;
	enum rc rc = pending_list(web->store, request->pool, &query, &rows, NULL, &rows_count);

	*count = (int64_t)rows_count;
	return rc;
}

static bool waiting(const struct pending_row *rows, size_t count, const char *act)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].done == PENDING_OPEN && strcmp(rows[i].word, act) == 0)
			return true;
	return false;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, struct view *view)
{
	bool again = request->method == METHOD_POST;
	struct pending_row *rows = NULL;
	size_t count = 0;
	enum rc rc = pending_of(web->store, request->pool, row, "request", &rows, &count);

	for (size_t i = 0; i < request_act_count; i++) {
		const struct request_act *of = &request_act_table[i];
		struct view *item;

		if (!request_act_possible(of, &row->facts) || waiting(rows, count, of->act))
			continue;
		view_flag(view, "acts_shown", true);
		if (strcmp(of->act, "amend") == 0) {
			view_flag(view, "may_amend", true);
			continue;
		}
		item = view_item(view, "acts");
		view_set(item, "act", of->act);
		view_set(item, "act_name", ask_words(request->pool, of->act));
		view_set(item, "act_hint", text_get(pool_printf(request->pool, "request.hint.%s",
				of->act)));
		view_flag(item, "chosen", again && strcmp(form_raw(request->form, "act"), of->act) == 0);
	}
	while (rc == RC_OK && count > 0) {
		rc = show_one(web, view_item(view, "requests"), row, &rows[--count]);
		view_flag(view, "requests_shown", true);
	}
	dossier_show_row(view, row, request->now_ms);
	view_set(view, "seen", again ? form_raw(request->form, "seen") : row->seen);
	view_set(view, "title", text_get("act.request"));
	return rc == RC_OK ? web_page(web, request, response, "intake/request", view) : rc;
}

static enum rc ask(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct request_act *of, int64_t due_at)
{
	const struct calendar *calendar = &intake_of(web)->calendar;
	json_t *body = json_new_object(), *details;
	enum rc rc;

	json_put(body, "act", of->act);
	json_put(body, "reason", form_text(request->form, "reason"));
	if (of->due) {
		details = json_new_object();
		json_put_value(details, "due", correct_due_json(calendar, true, due_at,
				correct_due_certain(calendar, due_at)));
		json_put_value(body, "details", details);
	}
	rc = act_write(web, request, response, row, "request.made", body,
			dossier_show_url(request->pool, row, "/yeu-cau"));
	json_decref(body);
	return rc;
}

/* *due_at: of an act that wants one. */
static enum rc check(struct web *web, struct request *request, const struct dossier_row *row,
		const struct request_act **of, int64_t *due_at)
{
	const char *fault = NULL;
	enum rc rc = form_check(request->form, fields, FIELDS);

	*of = rc == RC_OK ? request_act_find(form_text(request->form, "act")) : NULL;
	if (*of == NULL || !(*of)->due)
		return rc;
	if (strcmp((*of)->act, "extend") == 0)
		fault = correct_due_too_late(web, row, request->now_ms);
	if (fault == NULL && form_text(request->form, "due_at")[0] == '\0')
		fault = "request.due_missing";
	if (fault == NULL)
		fault = correct_due_fault(web, row, request->now_ms,
				form_text(request->form, "due_at"), due_at);
	if (fault == NULL && strcmp((*of)->act, "extend") == 0 && *due_at < row->due_at)
		fault = "correct.extend_earlier";
	if (fault != NULL)
		form_fault(request->form, "due_at", fault);
	return form_has_faults(request->form) ? RC_INVALID : RC_OK;
}

enum rc page_request(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const struct request_act *of = NULL;
	struct pending_row *rows = NULL;
	struct dossier_row row;
	int64_t due_at = 0;
	size_t count = 0;
	bool done = false;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return show(web, request, response, &row, view);
	rc = act_sent_before(web, request, response, &done);
	if (rc != RC_OK || done)
		return rc;
	rc = check(web, request, &row, &of, &due_at);
	if (rc == RC_INVALID) {
		form_show(request->form, fields, FIELDS, view);
		response->status = 422;
		return show(web, request, response, &row, view);
	}
	if (rc == RC_OK)
		rc = pending_of(web->store, request->pool, &row, "request", &rows, &count);
	if (rc != RC_OK)
		return rc;
	if (!request_act_possible(of, &row.facts))
		return act_conflict(web, request, response, &row, "request.not_now");
	if (waiting(rows, count, of->act))
		return act_conflict(web, request, response, &row, "request.waits_already");
	return ask(web, request, response, &row, of, due_at);
}
