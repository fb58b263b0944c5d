/*
 * calendar_page.c: /quan-ly/lich: days off, swaps and make-up days year by year, the hours of work and
 * which years are announced. A change is shown with the open dossiers that would be due at another
 * time; their due times stay as they are until somebody adjusts them.
 */
#include <string.h>

#include "base/text.h"
#include "intake/revise.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS_MAX 30
#define ROWS_NEW 3
#define BLOCKS 4
#define FIRST_YEAR 2020
#define LAST_YEAR 2100

struct sheet {
	struct web *web;
	struct request *request;
	struct response *response;
	struct revise revise;
	json_t *before;			/* a copy of the tree as it is in force */
	int year;
	const char *fault;
};

static const char *row_name(struct pool *pool, const char *part, size_t i)
{
	return pool_printf(pool, "%s_%zu", part, i);
}

static int year_of(const json_t *row)
{
	int64_t year = 0;
	char text[5] = "";

	memcpy(text, json_text(row, "from"), strlen(json_text(row, "from")) < 4 ? 0 : 4);
	return num_parse(text, FIRST_YEAR, LAST_YEAR, &year) == RC_OK ? (int)year : 0;
}

/* ---- show ---- */

static const char *day_text(struct pool *pool, const json_t *row, const char *member)
{
	return *json_text(row, member) ? show_birth(pool, json_text(row, member)) : "";
}

static void show_row(struct view *view, const struct form *form, size_t i, const json_t *row)
{
	struct pool *pool = view_pool(view);
	struct view *item = view_item(view, "rows");
	static const char *const parts[] = { "from", "to", "why" };
	bool works = form != NULL ? strcmp(form_raw(form, row_name(pool, "works", i)), "1") == 0 :
			json_flag(row, "works");
	const char *fault = "";

	for (size_t k = 0; k < 3; k++) {
		const char *name = row_name(pool, parts[k], i);
		const char *value = form != NULL ? form_raw(form, name) : k < 2 ?
				day_text(pool, row, parts[k]) : json_text(row, "why");

		view_set(item, parts[k], pool_strdup(pool, value));
		view_set(item, pool_printf(pool, "%s_name", parts[k]), name);
		if (form != NULL && *fault == '\0')
			fault = form_fault_of(form, name);
	}
	view_set(item, "works_name", row_name(pool, "works", i));
	view_flag(item, "works", works);
	view_set(item, "row_fault", fault);
	view_int(item, "row_no", (int64_t)i + 1);
}

static size_t show_rows(struct sheet *sheet, struct view *view, bool typed)
{
	const json_t *row;
	size_t shown = 0, i;
	int64_t count = 0;

	if (typed && num_parse(form_raw(sheet->request->form, "rows"), 0, ROWS_MAX, &count) == RC_OK)
		for (; shown < (size_t)count; shown++)
			show_row(view, sheet->request->form, shown, NULL);
	json_array_foreach(json_object_get(sheet->before, "days"), i, row)
		if (!typed && year_of(row) == sheet->year && shown < ROWS_MAX - ROWS_NEW)
			show_row(view, NULL, shown++, row);
	for (i = 0; !typed && i < ROWS_NEW; i++)
		show_row(view, NULL, shown++, NULL);
	return shown;
}

static void show_blocks(struct sheet *sheet, struct view *view, bool typed)
{
	struct pool *pool = view_pool(view);
	const json_t *blocks = json_object_get(sheet->before, "blocks");

	for (size_t i = 0; i < BLOCKS; i++) {
		struct view *item = view_item(view, "blocks");

		for (size_t k = 0; k < 2; k++) {
			const char *name = row_name(pool, k == 0 ? "block_from" : "block_to", i);
			const char *value = json_string_value(json_array_get(json_array_get(blocks, i), k));

			if (typed)
				value = form_raw(sheet->request->form, name);
			view_set(item, k == 0 ? "block_from" : "block_to", value != NULL ?
					pool_strdup(pool, value) : "");
			view_set(item, k == 0 ? "from_name" : "to_name", name);
		}
		view_int(item, "block_no", (int64_t)i + 1);
	}
}

static void show_years(struct sheet *sheet, struct view *view)
{
	const json_t *announced = json_object_get(sheet->before, "announced");
	int from = (int)json_int(announced, "from", 2025), to = (int)json_int(announced, "to", 2026);

	for (int year = from; year <= to + 1; year++) {
		struct view *tab = view_item(view, "years");

		view_setf(tab, "year", "%d", year);
		view_flag(tab, "current", year == sheet->year);
		view_flag(tab, "announced", year <= to);
	}
	view_flag(view, "year_announced", sheet->year >= from && sheet->year <= to);
}

static enum rc show(struct sheet *sheet, bool typed, const struct calendar *preview)
{
	struct request *request = sheet->request;
	struct view *view = view_new(request->pool);
	const json_t *announced = json_object_get(sheet->before, "announced");
	enum rc rc = RC_OK;

	view_setf(view, "year", "%d", sheet->year);
	view_set(view, "title", text_get("calendar.title"));
	view_set(view, "version", sheet->revise.current.version);
	view_set(view, "base", revise_print(request->pool, sheet->before));
	view_set(view, "document_fault", sheet->fault);
	view_setf(view, "announced_from", "%d", (int)json_int(announced, "from", 0));
	view_setf(view, "announced_to", "%d", (int)json_int(announced, "to", 0));
	show_years(sheet, view);
	show_blocks(sheet, view, typed);
	view_int(view, "row_count", (int64_t)show_rows(sheet, view, typed));
	if (typed) {
		form_show(request->form, NULL, 0, view);
		view_set(view, "announced_from", form_raw(request->form, "announced_from"));
		view_set(view, "announced_to", form_raw(request->form, "announced_to"));
	}
	if (preview != NULL) {
		view_flag(view, "preview", true);
		view_set(view, "shown", revise_print(request->pool, sheet->revise.document));
		view_flag(view, "unchanged", !revise_show_changes(view, sheet->before,
				sheet->revise.document));
		rc = revise_affected_show(sheet->web, view, preview);
	} else if (typed) {
		sheet->response->status = 422;
	}
	return rc == RC_OK ? web_page(sheet->web, request, sheet->response, "intake/calendar", view) :
			rc;
}

/* ---- take ---- */

/* "" for blank, NULL for no date. */
static const char *typed_day(struct sheet *sheet, const char *name)
{
	struct field field = { name, FIELD_DATE, false, 0, 0, NULL, "calendar.from" };
	const char *text = form_raw(sheet->request->form, name);

	if (text[strspn(text, " ")] == '\0')
		return "";
	/* form_check says RC_INVALID for earlier fields too: a clean value tells this one's. */
	(void)!form_check(sheet->request->form, &field, 1);
	text = form_text(sheet->request->form, name);
	return *text != '\0' ? text : NULL;
}

static void take_row(struct sheet *sheet, size_t i, json_t *days)
{
	struct pool *pool = sheet->request->pool;
	struct form *form = sheet->request->form;
	const char *from = typed_day(sheet, row_name(pool, "from", i));
	const char *to = typed_day(sheet, row_name(pool, "to", i));
	const char *why = form_raw(form, row_name(pool, "why", i));
	char *clean = NULL;
	json_t *row;

	if (from != NULL && *from == '\0' && to != NULL && *to == '\0')
		return;			/* taken away, or never filled in */
	if (from == NULL || to == NULL || *from == '\0' || (*to != '\0' && strcmp(to, from) < 0)) {
		form_fault(form, row_name(pool, "from", i), "calendar.wrong_day");
		return;
	}
	if (text_clean(pool, why, strlen(why), TEXT_ONE_LINE, &clean) != RC_OK || *clean == '\0' ||
			text_chars(clean) > 80) {
		form_fault(form, row_name(pool, "from", i), "calendar.need_why");
		return;
	}
	row = json_new_object();
	json_put(row, "from", from);
	if (*to != '\0' && strcmp(to, from) != 0)
		json_put(row, "to", to);
	json_put(row, "why", clean);
	if (strcmp(form_raw(form, row_name(pool, "works", i)), "1") == 0)
		json_put_flag(row, "works", true);
	if (year_of(row) != sheet->year)
		form_fault(form, row_name(pool, "from", i), "calendar.other_year");
	json_add(days, row);
}

/* By their first day, those of other years as they were. */
static json_t *sorted(json_t *days)
{
	json_t *out = json_new_array(), *row;
	size_t i, k;

	json_array_foreach(days, i, row) {
		for (k = json_array_size(out); k > 0 && strcmp(json_text(json_array_get(out, k - 1), "from"),
				json_text(row, "from")) > 0; k--)
			;
		(void)json_array_insert(out, k, row);
	}
	json_decref(days);
	return out;
}

static void take_days(struct sheet *sheet)
{
	json_t *days = json_new_array(), *row;
	int64_t count = 0;
	size_t i;

	json_array_foreach(json_object_get(sheet->before, "days"), i, row)
		if (year_of(row) != sheet->year)
			json_add(days, json_deep_copy(row));
	if (num_parse(form_raw(sheet->request->form, "rows"), 0, ROWS_MAX, &count) != RC_OK)
		count = 0;
	for (i = 0; i < (size_t)count; i++)
		take_row(sheet, i, days);
	json_put_value(sheet->revise.document, "days", sorted(days));
}

static void take_rest(struct sheet *sheet)
{
	struct form *form = sheet->request->form;
	struct pool *pool = sheet->request->pool;
	json_t *announced = json_new_object(), *blocks = json_new_array();
	int64_t from = 0, to = 0;

	if (num_parse(form_raw(form, "announced_from"), FIRST_YEAR, LAST_YEAR, &from) != RC_OK)
		form_fault(form, "announced_from", "calendar.wrong_year");
	if (num_parse(form_raw(form, "announced_to"), FIRST_YEAR, LAST_YEAR, &to) != RC_OK || to < from)
		form_fault(form, "announced_to", "calendar.wrong_year");
	json_put_int(announced, "from", from);
	json_put_int(announced, "to", to);
	json_put_value(sheet->revise.document, "announced", announced);
	for (size_t i = 0; i < BLOCKS; i++) {
		const char *start = form_raw(form, row_name(pool, "block_from", i));
		const char *end = form_raw(form, row_name(pool, "block_to", i));

		if (*start != '\0' || *end != '\0')
			json_add(blocks, json_pack("[s,s]", start, end));
	}
	json_put_value(sheet->revise.document, "blocks", blocks);
}

static enum rc post(struct sheet *sheet)
{
	struct request *request = sheet->request;
	struct pool *pool = request->pool;
	struct calendar calendar;
	const char *url = pool_printf(pool, "/quan-ly/lich?nam=%d", sheet->year);
	char *text;
	enum rc rc;

	if (strcmp(form_raw(request->form, "base"), revise_print(pool, sheet->before)) != 0)
		return revise_conflict(sheet->web, request, sheet->response, DOCUMENT_CALENDAR, url);
	take_days(sheet);
	take_rest(sheet);
	text = json_to_text(pool, sheet->revise.document);
	if (!form_has_faults(request->form) && calendar_parse(pool, text, strlen(text), &calendar,
			&sheet->fault) != RC_OK)
		form_fault(request->form, "from_0", strncmp(sheet->fault, "blocks", 6) == 0 ?
				"calendar.wrong_blocks" : "calendar.twice");
	if (form_has_faults(request->form))
		return show(sheet, true, NULL);
	if (form_raw(request->form, "save")[0] == '\0' || strcmp(form_raw(request->form, "shown"),
			revise_print(pool, sheet->revise.document)) != 0)
		return show(sheet, true, &calendar);
	rc = revise_save(sheet->web, request, sheet->response, &sheet->revise, text_fill(pool,
			"calendar.did", pool_printf(pool, "%d", sheet->year), NULL), url, &sheet->fault);
	return rc == RC_INVALID ? show(sheet, true, NULL) : rc;
}

enum rc page_calendar(struct web *web, struct request *request, struct response *response)
{
	struct sheet sheet = { .web = web, .request = request, .response = response, .fault = "" };
	const char *typed = request->method == METHOD_POST ? form_raw(request->form, "year") :
			request_query(request, "nam");
	struct when_local now;
	int64_t year = 0;
	enum rc rc = revise_open(web, request, DOCUMENT_CALENDAR, &sheet.revise);

	when_to_local(request->now_ms, &now);
	sheet.year = num_parse(typed, FIRST_YEAR, LAST_YEAR, &year) == RC_OK ? (int)year : now.year;
	if (rc == RC_OK) {
		sheet.before = json_deep_copy(sheet.revise.document);
		rc = request->method == METHOD_POST ? post(&sheet) : show(&sheet, false, NULL);
	}
	json_decref(sheet.before);
	revise_close(&sheet.revise);
	return rc;
}

enum rc page_calendar_history(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc = revise_show_history(web, view, DOCUMENT_CALENDAR);

	view_set(view, "title", text_get("calendar.history"));
	view_set(view, "back_url", "/quan-ly/lich");
	return rc == RC_OK ? web_page(web, request, response, "intake/revise_history", view) : rc;
}
