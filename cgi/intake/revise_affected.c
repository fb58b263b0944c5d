/*
 * revise_affected.c: open dossiers that a new calendar would make due at another time, for the preview of
 * a change typed or brought by file; their due times stay as they are until somebody adjusts them.
 */
#include <string.h>

#include "base/when.h"
#include "intake/revise.h"
#include "web/show.h"

#define AFFECTED_SHOWN 200
#define FIRST_YEAR 2020
#define LAST_YEAR 2100

/* The first and last day that is worked in one and off in the other; all of time when hours differ. */
static bool changed_days(const struct calendar *old, const struct calendar *new, int64_t *first,
		int64_t *last)
{
	int64_t day = when_day_number(FIRST_YEAR, 1, 1), end = when_day_number(LAST_YEAR, 1, 1);
	bool any = false;

	if (old->block_count != new->block_count || memcmp(old->blocks, new->blocks,
			old->block_count * sizeof(old->blocks[0])) != 0) {
		*first = day;
		*last = end;
		return true;
	}
	for (; day < end; day++) {
		if (calendar_works(old, day) == calendar_works(new, day))
			continue;
		*first = any ? *first : day;
		*last = day;
		any = true;
	}
	return any;
}

static enum rc show_dossier(struct web *web, struct view *view, const struct calendar *old,
		const struct calendar *new, const struct dossier_row *row, bool *differs)
{
	struct pool *pool = view_pool(view);
	struct due *was = pool_alloc(pool, sizeof(*was)), *is = pool_alloc(pool, sizeof(*is));
	struct limit limit;
	json_t *body = NULL;
	struct view *item;
	enum rc rc = dossier_body(web->store, row, &body);

	*differs = false;
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	if (limit_parse(json_text(json_object_get(body, "procedure"), "limit"), &limit) == RC_OK &&
			due_count(old, &limit, documents_clock(row, body), pool, was) == RC_OK &&
			due_count(new, &limit, documents_clock(row, body), pool, is) == RC_OK)
		*differs = was->due_at != is->due_at && row->due_at != is->due_at;
	json_decref(body);
	if (!*differs)
		return RC_OK;
	item = view_item(view, "affected");
	view_set(item, "code_short", dossier_show_short_code(row->code));
	view_set(item, "url", dossier_show_url(pool, row, "/ngay-hen"));
	view_set(item, "procedure", row->procedure_name);
	view_set(item, "due_now", show_time_screen(pool, row->due_at));
	view_set(item, "due_then", show_time_screen(pool, is->due_at));
	return RC_OK;
}

/* Open dossiers that would be due at another time by the new calendar. */
enum rc revise_affected_show(struct web *web, struct view *view, const struct calendar *new)
{
	const struct calendar *old = &intake_of(web)->calendar;
	struct dossier_row *rows = NULL;
	int64_t first = 0, last = 0;
	size_t count = 0, shown = 0;
	bool differs;
	enum rc rc = RC_OK;

	if (changed_days(old, new, &first, &last))
		rc = dossier_list_running(web->store, view_pool(view), first * WHEN_DAY_MS -
				INT64_C(7) * 3600000, (last + 1) * WHEN_DAY_MS, AFFECTED_SHOWN, &rows, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		rc = show_dossier(web, view, old, new, &rows[i], &differs);
		shown += differs;
	}
	view_int(view, "affected_count", (int64_t)shown);
	view_flag(view, "has_affected", shown > 0);
	view_flag(view, "more_affected", count == AFFECTED_SHOWN);
	return rc;
}
