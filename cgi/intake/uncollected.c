/*
 * uncollected.c: results that nobody came for (/tra-ket-qua/chua-den): lists by days of waiting
 * (settings: uncollected_days), the longest waiting first, and one tap that notes a call.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "intake/intake.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define DAYS_MAX 6
#define LONGEST_DAYS 3650

static const struct field fields[] = {
	{ "code", FIELD_LINE, true, 0, 64, NULL, "dossier.code" },
	{ "outcome", FIELD_CHOICE, true, 0, 0, "called|no_answer", "correct.outcome" },
	{ "days", FIELD_INT, false, 1, LONGEST_DAYS, NULL, "uncollected.title" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* "3 10 30" as numbers; what is no number is passed over. */
static size_t day_limits(struct pool *pool, const char *text, int64_t out[DAYS_MAX])
{
	size_t count = 0;

	while (*text != '\0' && count < DAYS_MAX) {
		size_t len = strcspn(text, " ");

		if (num_parse(pool_strndup(pool, text, len), 1, LONGEST_DAYS, &out[count]) == RC_OK)
			count++;
		text += len + (text[len] == ' ');
	}
	return count;
}

static char *address(struct pool *pool, int64_t days)
{
	return pool_printf(pool, "/tra-ket-qua/chua-den?ngay=%lld", (long long)days);
}

/* The list asked for, or the first. */
static int64_t chosen_days(struct request *request, const int64_t days[DAYS_MAX], size_t count)
{
	int64_t asked = 0;

	if (num_parse(request_query(request, "ngay"), 1, LONGEST_DAYS, &asked) == RC_OK)
		for (size_t i = 0; i < count; i++)
			if (days[i] == asked)
				return asked;
	return count > 0 ? days[0] : 3;
}

static enum rc show_row(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row, int64_t days)
{
	struct view *item = view_item(view, "dossiers");
	struct pool *pool = request->pool;
	struct dossier_call call;
	enum rc rc = dossier_last_call(web->store, pool, row, &call);

	dossier_show_row(item, row, request->now_ms);
	view_set(item, "place", row->place);
	view_set(item, "since", show_date(pool, row->finished_at));
	view_int(item, "waited", (request->now_ms - row->finished_at) / WHEN_DAY_MS);
	view_set(item, "seen", row->seen);
	view_int(item, "days", days);
	if (rc != RC_OK || call.count == 0)
		return rc;
	view_set(item, "call", text_get(pool_printf(pool, "correct.outcome.%s", call.outcome)));
	view_set(item, "call_at", show_time_screen(pool, call.at));
	view_int(item, "calls", call.count);
	if (call.appointment_at > 0)
		view_set(item, "appointment", show_time_screen(pool, call.appointment_at));
	return RC_OK;
}

enum rc page_uncollected(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	int64_t limits[DAYS_MAX], days;
	size_t limit_count = day_limits(request->pool, web->settings->uncollected_days, limits);
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc;

	days = chosen_days(request, limits, limit_count);
	for (size_t i = 0; i < limit_count; i++) {
		struct view *item = view_item(view, "tabs");

		view_int(item, "tab_days", limits[i]);
		view_set(item, "tab_url", address(request->pool, limits[i]));
		view_flag(item, "current", limits[i] == days);
	}
	rc = dossier_waiting(web->store, request->pool, request->now_ms - days * WHEN_DAY_MS, ROWS, 0,
			&rows, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = show_row(web, request, view, &rows[i], days);
	if (rc != RC_OK)
		return rc;
	view_flag(view, "dossiers_shown", count > 0);
	view_flag(view, "more", count == ROWS);
	view_int(view, "days_shown", days);
	view_set(view, "title", text_get("uncollected.title"));
	view_flag(view, "at_results", true);
	view_flag(view, "may_call", frame_can(request, ROLE_INTAKE | ROLE_RETURNER | ROLE_MANAGER));
	view_flag(view, "may_return", frame_can(request, ROLE_INTAKE | ROLE_RETURNER));
	return web_page(web, request, response, "intake/uncollected", view);
}

/* One tap on a row: the call, and the list again. */
enum rc page_uncollected_call(struct web *web, struct request *request, struct response *response)
{
	struct dossier_row row;
	json_t *body;
	enum rc rc = form_check(request->form, fields, FIELDS);

	if (rc != RC_OK)
		return rc;
	rc = dossier_find(web->store, request->pool, NULL, form_text(request->form, "code"), &row);
	if (rc != RC_OK)
		return rc;
	body = json_new_object();
	json_put(body, "outcome", form_text(request->form, "outcome"));
	rc = act_write(web, request, response, &row, "call.noted", body,
			address(request->pool, form_int(request->form, "days", 3)));
	json_decref(body);
	return rc;
}
