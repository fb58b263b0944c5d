/*
 * day_page.c: /chot-ngay: what the day's sheet would say now, is the sheet before still borne out, and
 * the sheets closed so far; a sheet on paper with its two signatures.
 */
#include <string.h>

#include "base/text.h"
#include "intake/intake.h"
#include "store/day.h"
#include "web/show.h"
#include "web/text_vi.h"

#define SHEETS 14
#define GROUP 8

static const struct field fields[] = {
	{ "number", FIELD_INT, true, 1, 1000000, NULL, "day.number" },
};

/* In groups, so that two people can compare it aloud. */
static const char *grouped(struct pool *pool, const char *hash)
{
	size_t len = strlen(hash), at = 0;
	char *text = pool_alloc(pool, len + len / GROUP + 2);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && i % GROUP == 0)
			text[at++] = ' ';
		text[at++] = hash[i];
	}
	return text;
}

static const char *day_words(struct pool *pool, const char *day)
{
	int year, month, number;

	if (when_parse_date(day, &year, &month, &number) != RC_OK)
		return day;
	return pool_printf(pool, "%02d/%02d/%04d", number, month, year);
}

static void show_counts(struct view *view, const struct day_sheet *sheet)
{
	struct pool *pool = view_pool(view);

	for (int i = 0; i < DAY_COUNTS; i++) {
		bool money = i >= DAY_CASH && i <= DAY_REFUNDED;
		struct view *item = view_item(view, i < DAY_CASH ? "work" : i < DAY_OVERDUE ? "money" : "left");

		view_set(item, "words", text_get(pool_printf(pool, "day.count.%s",
				day_count_name((enum day_count)i))));
		view_set(item, "amount", money ? show_money(pool, sheet->counts[i])
				: pool_printf(pool, "%lld", (long long)sheet->counts[i]));
	}
}

static void show_sheet(struct web *web, struct view *view, const struct day_sheet *sheet)
{
	struct pool *pool = view_pool(view);

	view_setf(view, "number", "%lld", (long long)sheet->number);
	view_set(view, "day", day_words(pool, sheet->day));
	view_setf(view, "head_seq", "%lld", (long long)sheet->head_seq);
	view_set(view, "head_hash", grouped(pool, sheet->head_hash));
	if (sheet->before_number > 0) {
		view_setf(view, "before_number", "%lld", (long long)sheet->before_number);
		view_set(view, "before_day", day_words(pool, sheet->before_day));
		view_setf(view, "before_seq", "%lld", (long long)sheet->before_seq);
		view_set(view, "before_hash", grouped(pool, sheet->before_hash));
	}
	if (sheet->from_ms > 0)
		view_set(view, "since", show_time_screen(pool, sheet->from_ms));
	if (sheet->closed_at > 0) {
		view_set(view, "closed_at", show_time_screen(pool, sheet->closed_at));
		view_set(view, "closed_by", dossier_show_actor(web, pool, sheet->actor, AUTHOR_BOARD));
	}
	show_counts(view, sheet);
}

static enum rc show_sheets(struct web *web, struct request *request, struct view *view)
{
	struct day_sheet *rows = NULL;
	size_t count = 0;
	enum rc rc = day_list(web->store, request->pool, SHEETS, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "sheets");

		view_setf(item, "no", "%lld", (long long)rows[i].number);
		view_set(item, "of_day", day_words(request->pool, rows[i].day));
		view_set(item, "at", show_time_screen(request->pool, rows[i].closed_at));
		view_set(item, "by", dossier_show_actor(web, request->pool, rows[i].actor, AUTHOR_BOARD));
		view_setf(item, "seq", "%lld", (long long)rows[i].head_seq);
		view_set(item, "short_hash", pool_strndup(request->pool, rows[i].head_hash, GROUP));
	}
	view_flag(view, "any_sheet", rc == RC_OK && count > 0);
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response, const char *note)
{
	struct view *view = view_new(request->pool);
	struct day_sheet sheet;
	bool holds = true;
	enum rc rc = day_now(web->store, request->pool, request->now_ms, &sheet);

	if (rc == RC_OK)
		rc = day_before_holds(web->store, &sheet, &holds);
	if (rc == RC_OK)
		rc = show_sheets(web, request, view);
	if (rc != RC_OK)
		return rc;
	show_sheet(web, view, &sheet);
	view_flag(view, "broken", !holds);
	view_set(view, "note", note);
	view_set(view, "title", text_get("day.title"));
	return web_page(web, request, response, "intake/day", view);
}

static enum rc close_day(struct web *web, struct request *request, char **location)
{
	const char *form_id = form_raw(request->form, "form_id");
	int64_t number = form_int(request->form, "number", 0);
	struct day_sheet sheet;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, location);
	if (rc == RC_OK)
		rc = day_close(web->store, request->pool, request->session->account.id, number,
				request->now_ms, &sheet);
	if (rc == RC_OK) {
		*location = pool_printf(request->pool, "/chot-ngay/%lld", (long long)number);
		rc = form_done(web->store, form_id, *location);
	}
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

enum rc page_day(struct web *web, struct request *request, struct response *response)
{
	char *location = NULL;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response, NULL);
	if (form_check(request->form, fields, 1) != RC_OK) {
		response->status = 422;
		return show(web, request, response, text_get("queue.unclear"));
	}
	rc = close_day(web, request, &location);
	if (rc == RC_CONFLICT) {
		response->status = 409;
		return show(web, request, response, text_get("day.was_closed"));
	}
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, location);
		rc = RC_OK;
	}
	return rc;
}

enum rc page_day_sheet(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct day_sheet sheet;
	int64_t number;
	enum rc rc;

	if (num_parse(request->params[0], 1, 1000000, &number) != RC_OK)
		return RC_NOT_FOUND;
	rc = day_find(web->store, request->pool, number, &sheet);
	if (rc != RC_OK)
		return rc;
	show_sheet(web, view, &sheet);
	view_set(view, "parent_name", web->settings->parent_name);
	view_set(view, "agency_name", web->settings->agency_name);
	view_set(view, "date", show_date_paper(request->pool, sheet.closed_at));
	view_set(view, "title", text_fill(request->pool, "day.sheet_title", pool_printf(request->pool, "%lld",
			(long long)number), NULL));
	view_set(view, "heading", text_upper(request->pool, text_get("day.heading")));
	return web_page(web, request, response, "print/day", view);
}
