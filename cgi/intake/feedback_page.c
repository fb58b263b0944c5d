/*
 * feedback_page.c: /quan-ly/phan-anh: complaints and proposals taken down at the point, by when each is
 * answered, and its answer. Two managers at one: the second is shown the first one's answer.
 */
#include <string.h>

#include "base/when.h"
#include "dossier/due.h"
#include "intake/intake.h"
#include "store/feedback.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "text", FIELD_LINES, true, 3, 4000, NULL, "feedback.text" },
	{ "from", FIELD_LINE, false, 0, 120, NULL, "feedback.from" },
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "feedback.phone" },
	{ "answer_by", FIELD_DATE, true, 0, 0, NULL, "feedback.answer_by" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))
static const struct field answer_fields[] = {
	{ "answer", FIELD_LINES, true, 3, 4000, NULL, "feedback.answer" },
};

static int year_of(int64_t at_ms)
{
	struct when_local local;

	when_to_local(at_ms, &local);
	return local.year;
}

/* The end of the day typed; 0: none. */
static int64_t day_typed(const struct form *form)
{
	struct when_local local = { 0 };
	int64_t at_ms = 0;

	if (when_parse_date(form_text(form, "answer_by"), &local.year, &local.month, &local.day) != RC_OK ||
			when_from_local(&local, &at_ms) != RC_OK)
		return 0;
	return at_ms + WHEN_DAY_MS - 1;
}

static const char *proposed_day(struct web *web, struct request *request)
{
	struct limit limit;
	struct due due;

	if (limit_parse(pool_printf(request->pool, "%d working-days", (int)web->settings->feedback_days),
			&limit) != RC_OK || due_count(&intake_of(web)->calendar, &limit, request->now_ms,
			request->pool, &due) != RC_OK || !due.has_due)
		return "";
	return show_date(request->pool, due.due_at);
}

static void show_one(struct web *web, struct request *request, struct view *item,
		const struct feedback *one)
{
	struct pool *pool = request->pool;

	view_set(item, "id", pool_strdup(pool, one->id));
	view_set(item, "number", one->number);
	view_set(item, "text", one->text != NULL ? one->text : text_get("event.erased"));
	view_set(item, "from", one->from);
	view_set(item, "phone", one->phone);
	view_set(item, "by", dossier_show_actor(web, pool, one->actor, AUTHOR_BOARD));
	view_set(item, "at", show_time_screen(pool, one->at));
	view_set(item, "answer_by", show_date(pool, one->answer_by));
	view_flag(item, "open", one->answered_at == 0);
	view_flag(item, "late", one->answered_at == 0 ? request->now_ms > one->answer_by :
			one->answered_at > one->answer_by);
	if (one->answered_at != 0) {
		view_set(item, "answer", one->answer != NULL ? one->answer : text_get("event.erased"));
		view_set(item, "answered_by", dossier_show_actor(web, pool, one->answered_by, AUTHOR_BOARD));
		view_set(item, "answered_at", show_time_screen(pool, one->answered_at));
	}
}

static enum rc show_year(struct web *web, struct request *request, struct view *view, int year)
{
	struct feedback *rows = NULL;
	size_t count = 0;
	enum rc rc = feedback_list(web->store, request->pool, year, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		const char *list = rows[i].answered_at == 0 ? "waiting" : "answered";

		show_one(web, request, view_item(view, list), &rows[i]);
		view_flag(view, pool_printf(request->pool, "%s_shown", list), true);
	}
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	int year = year_of(request->now_ms);
	enum rc rc = show_year(web, request, view, year);

	/* In January much of the old year's still waits. */
	if (rc == RC_OK)
		rc = show_year(web, request, view, year - 1);
	if (rc != RC_OK)
		return rc;
	if (request->method == METHOD_POST) {
		form_show(request->form, fields, FIELDS, view);
		view_flag(view, "open_form", true);
		response->status = 422;
	} else {
		view_set(view, "answer_by", proposed_day(web, request));
	}
	view_set(view, "days", pool_printf(request->pool, "%d", (int)web->settings->feedback_days));
	view_set(view, "title", text_get("feedback.title"));
	return web_page(web, request, response, "intake/feedback", view);
}

/* id NULL: one is received. *location: where to go on. */
static enum rc write(struct web *web, struct request *request, const char *id, char **location)
{
	const char *form_id = form_raw(request->form, "form_id"), *actor = request->session->account.id;
	struct form *form = request->form;
	int year = year_of(request->now_ms);
	struct feedback one = { .text = form_text(form, "text"), .from = form_text(form, "from"),
		.phone = form_text(form, "phone"), .answer_by = day_typed(form) };
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, location);
	if (rc == RC_OK)
		rc = id == NULL ? feedback_receive(web->store, request->pool, actor, year, &one) :
				feedback_answer(web->store, request->pool, actor, year, id,
				form_text(form, "answer"));
	if (rc == RC_OK) {
		*location = pool_printf(request->pool, "/quan-ly/phan-anh%s%s", id != NULL ? "/" : "",
				id != NULL ? id : "");
		rc = form_done(web->store, form_id, *location);
	}
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc == RC_EXISTS ? RC_OK : rc;
}

enum rc page_feedback(struct web *web, struct request *request, struct response *response)
{
	char *location = NULL;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response);
	rc = form_check(request->form, fields, FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (form_fault_of(request->form, "answer_by")[0] == '\0' &&
			day_typed(request->form) < request->now_ms)
		form_fault(request->form, "answer_by", "feedback.answer_by_past");
	if (form_has_faults(request->form))
		return show(web, request, response);
	rc = write(web, request, NULL, &location);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

static enum rc show_page(struct web *web, struct request *request, struct response *response,
		const char *note)
{
	struct view *view = view_new(request->pool);
	struct feedback one;
	int year;
	enum rc rc = feedback_find(web->store, request->pool, request->params[0],
			year_of(request->now_ms), &one, &year);

	if (rc != RC_OK)
		return rc;
	if (request->method == METHOD_POST && note == NULL)
		form_show(request->form, answer_fields, 1, view);
	else if (note != NULL)
		form_show_typed(request->form, view);
	show_one(web, request, view, &one);
	view_set(view, "note", note);
	view_set(view, "title", text_fill(request->pool, "feedback.one", one.number, NULL));
	return web_page(web, request, response, "intake/feedback_one", view);
}

enum rc page_feedback_one(struct web *web, struct request *request, struct response *response)
{
	char *location = NULL;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show_page(web, request, response, NULL);
	rc = form_check(request->form, answer_fields, 1);
	if (rc == RC_INVALID) {
		response->status = 422;
		return show_page(web, request, response, NULL);
	}
	if (rc == RC_OK)
		rc = write(web, request, request->params[0], &location);
	if (rc == RC_CONFLICT) {
		response->status = 409;
		return show_page(web, request, response, text_get("feedback.conflict"));
	}
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}
