/*
 * tray.c: the trays of those who work on a dossier after the counter: specialist, signer, and the
 * results that wait for their people.
 */
#include "intake/intake.h"
#include "web/text_vi.h"

#define ROWS 100
#define SCANNED 2000		/* open dossiers looked through for those nobody has */

/* Fills the list and, where it is not empty, the flag "<list>_shown". */
static enum rc show_list(struct web *web, struct request *request, struct view *view,
		enum dossier_list_kind kind, const char *list)
{
	struct dossier_query query = { .kind = kind, .now_ms = request->now_ms, .limit = ROWS,
		.account = request->session->account.id };
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc = dossier_list(web->store, request->pool, &query, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, list);

		dossier_show_row(item, &rows[i], request->now_ms);
		view_set(item, "place", rows[i].place);
	}
	view_flag(view, pool_printf(request->pool, "%s_shown", list), count > 0);
	return rc;
}

/* Waits for any specialist: nobody has it, and the commune decides it. */
static bool is_waiting(const struct dossier_row *row)
{
	enum dossier_state state = row->facts.state;

	return row->level == LEVEL_COMMUNE && row->facts.holder == HOLDER_BOARD &&
			row->assignee[0] == '\0' && (state == STATE_ACCEPTED ||
			state == STATE_FORWARDED || state == STATE_SIGNED);
}

static enum rc show_waiting(struct web *web, struct request *request, struct view *view)
{
	struct dossier_query query = { .kind = LIST_OPEN, .now_ms = request->now_ms, .limit = ROWS };
	size_t shown = 0, count = ROWS;
	enum rc rc = RC_OK;

	for (; rc == RC_OK && count == ROWS && shown < ROWS && query.offset < SCANNED;
			query.offset += ROWS) {
		struct dossier_row *rows = NULL;

		rc = dossier_list(web->store, request->pool, &query, &rows, &count);
		for (size_t i = 0; rc == RC_OK && i < count && shown < ROWS; i++) {
			if (!is_waiting(&rows[i]))
				continue;
			dossier_show_row(view_item(view, "waiting"), &rows[i], request->now_ms);
			shown++;
		}
	}
	view_flag(view, "waiting_shown", shown > 0);
	return rc;
}

enum rc page_tray_work(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc;

	view_set(view, "title", text_get("tray.work"));
	view_flag(view, "at_work", true);
	rc = show_list(web, request, view, LIST_MINE, "mine");
	if (rc == RC_OK)
		rc = show_waiting(web, request, view);
	if (rc == RC_OK)
		rc = web_page(web, request, response, "intake/process", view);
	return rc;
}

enum rc page_tray_sign(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc;

	view_set(view, "title", text_get("tray.sign"));
	view_flag(view, "at_sign", true);
	rc = show_list(web, request, view, LIST_TO_SIGN, "dossiers");
	if (rc == RC_OK)
		rc = web_page(web, request, response, "intake/sign_tray", view);
	return rc;
}

enum rc page_tray_results(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc = show_list(web, request, view, LIST_RESULT, "dossiers");

	view_set(view, "title", text_get("tray.results"));
	view_flag(view, "at_results", true);
	view_flag(view, "focus_find", true);
	view_flag(view, "may_return", frame_can(request, ROLE_INTAKE | ROLE_RETURNER));
	if (rc == RC_OK)
		rc = web_page(web, request, response, "intake/results", view);
	return rc;
}
