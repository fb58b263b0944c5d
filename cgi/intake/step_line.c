/*
 * step_line.c: the inner due times of a dossier's steps, by the case it was taken in under: on its page, in
 * the trays, and in the events that carry it to a desk.
 *
 * They stand as long as the citizen's due time is the one the case gives: after a pause or an adjustment
 * only that one is said.
 */
#include <string.h>

#include "base/when.h"
#include "dossier/step_due.h"
#include "intake/documents.h"
#include "web/show.h"

static enum rc rows_of(struct web *web, struct pool *pool, const struct dossier_row *row,
		int64_t clock_at, struct step_due **rows, size_t *count)
{
	const struct procedure *procedure = catalogue_find(&intake_of(web)->catalogue, row->procedure);
	const struct procedure_case *one = procedure != NULL ?
			procedure_case_find(procedure, row->case_id) : NULL;
	int64_t due_at = 0;
	enum rc rc;

	*count = 0;
	if (one == NULL || one->step_count == 0 || !row->has_due || state_is_closed(row->facts.state))
		return RC_OK;
	rc = step_due_count(&intake_of(web)->calendar, one, clock_at, pool, rows, count, &due_at);
	if (rc == RC_INVALID)
		rc = RC_OK;
	if (rc == RC_OK && due_at / WHEN_MINUTE_MS != row->due_at / WHEN_MINUTE_MS)
		*count = 0;
	return rc;
}

enum rc step_line_due(struct web *web, struct pool *pool, const struct dossier_row *row,
		enum dossier_state state, int64_t *due_at)
{
	const struct step_due *now = NULL;
	struct step_due *rows = NULL;
	size_t count = 0;
	enum rc rc = rows_of(web, pool, row, row->received_at, &rows, &count);

	if (rc == RC_OK && count > 0)
		now = step_due_at(rows, count, state);
	*due_at = now != NULL ? now->due_at : 0;
	return rc;
}

enum rc step_line_tag(struct web *web, struct view *item, const struct dossier_row *row,
		int64_t now_ms)
{
	int64_t due_at = 0;
	enum rc rc = step_line_due(web, view_pool(item), row, row->facts.state, &due_at);

	/* The last step ends with the citizen's due time, which stands there anyway. */
	if (rc == RC_OK && due_at > 0 && due_at < row->due_at) {
		view_set(item, "step_due", show_time_screen(view_pool(item), due_at));
		view_flag(item, "step_late", due_at < now_ms);
	}
	return rc;
}

enum rc step_line_show(struct web *web, struct view *view, const struct dossier_row *row,
		const json_t *body, int64_t now_ms)
{
	const struct step_due *now;
	struct step_due *rows = NULL;
	size_t count = 0;
	enum rc rc = rows_of(web, view_pool(view), row, documents_clock(row, body), &rows, &count);

	if (rc != RC_OK || count == 0)
		return rc;
	now = step_due_at(rows, count, row->facts.state);
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "steps");

		view_set(item, "step", rows[i].step->name);
		view_set(item, "step_at", show_time_screen(view_pool(view), rows[i].due_at));
		view_flag(item, "step_now", &rows[i] == now);
		view_flag(item, "step_past", now != NULL && &rows[i] < now);
		view_flag(item, "step_overdue", &rows[i] == now && rows[i].due_at < now_ms);
	}
	view_flag(view, "steps_shown", true);
	return RC_OK;
}
