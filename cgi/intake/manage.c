/*
 * manage.c: /quan-ly, the director's page in the morning and before the evening: who waits, what is
 * late and due by person, what is not collected, what needs a decision; one page, printable.
 */
#include <string.h>

#include "base/when.h"
#include "intake/intake.h"
#include "store/account.h"
#include "store/director.h"
#include "store/feedback.h"
#include "store/pending.h"
#include "store/queue.h"
#include "web/forks.h"
#include "web/show.h"
#include "web/text_vi.h"

#define APPROVALS_MAX 100

static enum rc show_load(struct web *web, struct request *request, struct view *view)
{
	struct director_load *rows = NULL;
	int64_t late = 0, today = 0, tomorrow = 0;
	size_t count = 0;
	enum rc rc = director_load(web->store, request->pool, request->now_ms, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "people");

		late += rows[i].late;
		today += rows[i].today;
		tomorrow += rows[i].tomorrow;
		view_set(item, "name", rows[i].account[0] != '\0' ? dossier_show_actor(web, request->pool,
				rows[i].account, AUTHOR_BOARD) : text_get("manage.nobody"));
		view_setf(item, "late", "%d", (int)rows[i].late);
		view_flag(item, "any_late", rows[i].late > 0);
		view_setf(item, "due_today", "%d", (int)rows[i].today);
		view_setf(item, "due_tomorrow", "%d", (int)rows[i].tomorrow);
	}
	view_flag(view, "people_shown", count > 0);
	view_setf(view, "late_all", "%d", (int)late);
	view_flag(view, "any_late_all", late > 0);
	view_setf(view, "today_all", "%d", (int)today);
	view_setf(view, "tomorrow_all", "%d", (int)tomorrow);
	return rc;
}

static enum rc show_counts(struct web *web, struct request *request, struct view *view)
{
	struct pending_query proposals = { .kind = "proposal", .done = PENDING_OPEN,
		.limit = APPROVALS_MAX };
	int64_t counts[LIST_OPEN + 1] = { 0 }, waiting = 0, parked = 0;
	struct pending_row *rows = NULL;
	size_t count = 0;
	enum rc rc = dossier_counts(web->store, request->session->account.id, request->now_ms, counts);

	if (rc == RC_OK)
		rc = queue_waiting(web->store, false, queue_day(request->now_ms), &waiting);
	if (rc == RC_OK)
		rc = pending_list(web->store, request->pool, &proposals, &rows, NULL, &count);
	if (rc == RC_OK)
		rc = director_parked(web->store, &parked);
	view_setf(view, "waiting", "%d", (int)waiting);
	view_setf(view, "results", "%d", (int)counts[LIST_RESULT]);
	view_setf(view, "to_sign", "%d", (int)counts[LIST_TO_SIGN]);
	view_setf(view, "approvals", "%d", (int)count);
	view_setf(view, "parked", "%d", (int)parked);
	view_flag(view, "any_parked", parked > 0);
	return rc;
}

static enum rc show_feedback(struct web *web, struct request *request, struct view *view)
{
	struct feedback *rows = NULL;
	struct when_local local;
	size_t count = 0;
	int open = 0, late = 0;
	enum rc rc = RC_OK;

	when_to_local(request->now_ms, &local);
	for (int year = local.year; rc == RC_OK && year > local.year - 2; year--) {
		rc = feedback_list(web->store, request->pool, year, &rows, &count);
		for (size_t i = 0; rc == RC_OK && i < count; i++) {
			open += rows[i].answered_at == 0;
			late += rows[i].answered_at == 0 && rows[i].answer_by < request->now_ms;
		}
	}
	if (open > 0)
		view_set(view, "feedback", text_fill(request->pool, late > 0 ? "manage.feedback_late" :
				"manage.feedback", pool_printf(request->pool, "%d", open),
				pool_printf(request->pool, "%d", late), NULL));
	return rc;
}

enum rc page_manage(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc = show_load(web, request, view);

	if (rc == RC_OK)
		rc = show_counts(web, request, view);
	if (rc == RC_OK)
		rc = show_feedback(web, request, view);
	if (rc == RC_OK)
		rc = forks_show_new(web, request, view, web->store->board);
	if (rc == RC_OK)
		rc = forks_show_fence(web, view);
	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("manage.title"));
	view_set(view, "now", show_time_screen(request->pool, request->now_ms));
	view_flag(view, "at_manage", true);
	view_flag(view, "prepare", web->settings->mode == MODE_REHEARSAL);
	return web_page(web, request, response, "intake/manage", view);
}
