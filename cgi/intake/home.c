/*
 * home.c: /quay, the clerk's start: the one big action, then the work in the order it presses, each
 * list with its count. An empty list says what will appear there.
 */
#include <string.h>

#include "base/text.h"
#include "intake/ask.h"
#include "intake/intake.h"
#include "store/account.h"
#include "store/book.h"
#include "store/draft.h"
#include "store/letgo.h"
#include "store/queue.h"
#include "store/paper.h"
#include "store/pending.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define DRAFT_ROWS 50
#define ROOM_LOW 200
#define ROOM_MOST 9000	/* more than anybody takes in a year */
#define UNPRINTED_MOST 100	/* more are not counted */

struct tab {
	const char *slug;		/* ?viec=… and text keys "home.tab.<slug>", "home.empty.<slug>" */
	enum dossier_list_kind kind;
	bool urgent;			/* opens by itself when not empty, and is marked */
};

static const struct tab tabs[] = {
	{ "qua-han", LIST_OVERDUE, true },
	{ "hom-nay", LIST_DUE_TODAY, false },
	{ "ngay-mai", LIST_DUE_TOMORROW, false },
	{ "ket-qua", LIST_RESULT, false },
	{ "chuyen-tinh", LIST_TO_HAND_OVER, false },
	{ "bo-sung", LIST_SUPPLEMENT, false },
	{ "chua-quet", LIST_UNSCANNED, false },
	{ "moi", LIST_RECENT, false },
};
#define TABS (sizeof(tabs) / sizeof(tabs[0]))
#define DRAFTS TABS			/* the last tab is not of dossiers */

/* What is asked for; else what presses most, else the day's list, else the newest. */
static size_t chosen(const struct request *request, const int64_t counts[LIST_OPEN + 1])
{
	const char *slug = request_query(request, "viec");

	if (strcmp(slug, "nhap") == 0)
		return DRAFTS;
	for (size_t i = 0; i < TABS; i++)
		if (strcmp(slug, tabs[i].slug) == 0)
			return i;
	for (size_t i = 0; i < TABS; i++)
		if ((tabs[i].urgent || tabs[i].kind == LIST_DUE_TODAY) && counts[tabs[i].kind] > 0)
			return i;
	return counts[LIST_RECENT] > 0 ? TABS - 1 : 1;
}

/* Of the newest only so many are counted; what is older is found in the register. */
static bool uncounted(const struct tab *tab, int64_t count)
{
	return tab->kind == LIST_RECENT && count == DOSSIER_RECENT_MAX;
}

static struct view *show_tab(struct view *view, const char *slug, int64_t count, bool current,
		bool urgent)
{
	struct view *item = view_item(view, "tabs");

	view_set(item, "slug", slug);
	view_set(item, "name", text_get(pool_printf(view_pool(view), "home.tab.%s", slug)));
	view_setf(item, "count", "%d", (int)count);
	view_flag(item, "current", current);
	view_flag(item, "urgent", urgent && count > 0);
	return item;
}

/* One page of the list, from ?tu=… on. */
static enum rc show_dossiers(struct web *web, struct request *request, struct view *view,
		const struct tab *tab, int64_t total)
{
	struct dossier_query query = { .kind = tab->kind, .now_ms = request->now_ms, .limit = ROWS,
		.account = request->session->account.id };
	struct dossier_row *rows = NULL;
	int64_t from = 0;
	size_t count = 0;
	enum rc rc;

	if (num_parse(request_query(request, "tu"), 0, 1000000, &from) == RC_OK)
		query.offset = (size_t)from;
	rc = dossier_list(web->store, request->pool, &query, &rows, &count);
	if (from > 0)
		view_setf(view, "newer_url", "/quay?viec=%s&tu=%d", tab->slug,
				from > ROWS ? (int)from - ROWS : 0);
	if (count == ROWS && total > from + ROWS)
		view_setf(view, "older_url", "/quay?viec=%s&tu=%d", tab->slug, (int)from + ROWS);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		dossier_show_row(view_item(view, "dossiers"), &rows[i], request->now_ms);
	view_flag(view, "dossiers_shown", count > 0);
	view_flag(view, "any", count > 0);
	return rc;
}

static void show_drafts(struct web *web, struct request *request, struct view *view,
		const struct draft_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "drafts");
		const struct procedure *procedure =
				catalogue_find(&intake_of(web)->catalogue, rows[i].procedure);

		view_set(item, "id", rows[i].id);
		view_set(item, "applicant", rows[i].applicant);
		view_set(item, "procedure", procedure != NULL ? procedure->name : rows[i].procedure);
		view_set(item, "owner", rows[i].owner_name);
		view_set(item, "ticket", rows[i].ticket);
		view_flag(item, "guided", rows[i].guided);
		view_set(item, "updated", show_time_screen(request->pool, rows[i].updated_at));
	}
	view_flag(view, "drafts_shown", count > 0);
	view_flag(view, "any", count > 0);
}

/* The number called to this counter goes into the dossier begun for it. */
static enum rc show_calling(struct web *web, struct request *request, struct view *view)
{
	const char *counter = request->session->counter;
	struct ticket ticket;
	enum rc rc;

	if (counter[0] == '\0')
		return RC_OK;
	rc = queue_current(web->store, request->pool, queue_day(request->now_ms), counter, &ticket);
	if (rc == RC_OK)
		view_set(view, "calling", ticket.number);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* So that a full disk is seen coming. */
static enum rc show_room(struct web *web, struct view *view)
{
	struct letgo_room room;
	enum rc rc = letgo_room_get(web->store, &room);

	if (rc != RC_OK)
		return rc;
	view_flag(view, room.dossiers < ROOM_LOW ? "room_low" : room.dossiers < ROOM_MOST ? "room_fine" :
			"room_much", true);
	view_int(view, "room", room.dossiers < ROOM_MOST ? room.dossiers : ROOM_MOST);
	return RC_OK;
}

/* Questions that the counter is asked, and what it asked of the province. */
static enum rc show_questions(struct web *web, struct request *request, struct view *view)
{
	const struct pending_query query = { .kind = "question", .word = "counter", .limit = ROWS };
	struct pending_row *rows = NULL;
	size_t count = 0;
	enum rc rc = pending_list(web->store, request->pool, &query, &rows, NULL, &count);

	int64_t asked = 0;

	view_int(view, "questions", (int64_t)count);
	if (rc == RC_OK && frame_can(request, ROLES_ASK))
		rc = ask_count(web, request, &asked);
	view_int(view, "requests", asked);
	return rc;
}

enum rc page_home(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	int64_t counts[LIST_OPEN + 1] = { 0 }, waiting = 0, unprinted = 0;
	struct draft_row *drafts = NULL;
	size_t draft_count = 0, at;
	enum rc rc;

	rc = dossier_counts(web->store, request->session->account.id, request->now_ms, counts);
	if (rc == RC_OK)
		rc = book_tray_count(web->store, &waiting);
	if (rc == RC_OK)
		rc = paper_waiting_count(web->store, UNPRINTED_MOST, &unprinted);
	if (rc == RC_OK)
		rc = draft_list(web->store, request->pool, DRAFT_ROWS, &drafts, &draft_count);
	if (rc == RC_OK)
		rc = show_questions(web, request, view);
	if (rc == RC_OK)
		rc = show_room(web, view);
	if (rc == RC_OK)
		rc = forks_show_fence(web, view);
	if (rc != RC_OK)
		return rc;
	at = chosen(request, counts);
	for (size_t i = 0; i < TABS; i++)
		view_flag(show_tab(view, tabs[i].slug, counts[tabs[i].kind], i == at, tabs[i].urgent),
				"more", uncounted(&tabs[i], counts[tabs[i].kind]));
	(void)show_tab(view, "nhap", (int64_t)draft_count, at == DRAFTS, false);
	if (at == DRAFTS)
		show_drafts(web, request, view, drafts, draft_count);
	else
		rc = show_dossiers(web, request, view, &tabs[at], counts[tabs[at].kind]);
	view_set(view, "empty", text_get(pool_printf(request->pool, "home.empty.%s",
			at == DRAFTS ? "nhap" : tabs[at].slug)));
	view_set(view, "list_name", text_get(pool_printf(request->pool, "home.tab.%s",
			at == DRAFTS ? "nhap" : tabs[at].slug)));
	view_set(view, "title", text_get("home.title"));
	view_int(view, "results", counts[LIST_RESULT]);
	view_flag(view, "at_home", true);
	view_flag(view, "focus_find", true);
	view_flag(view, "can_prepare", frame_can(request, ROLES_PREPARE));
	view_flag(view, "can_certify", frame_can(request, ROLE_INTAKE));
	view_flag(view, "can_books", frame_can(request, ROLE_MANAGER));
	/* Whose only work at the counter is the till finds it here; a clerk takes money as she goes. */
	view_flag(view, "till_first", frame_can(request, ROLE_CASHIER) && !frame_can(request, ROLE_INTAKE));
	view_flag(view, "first_dossier", web->settings->mode == MODE_REHEARSAL &&
			counts[LIST_RECENT] == 0 && frame_can(request, ROLE_INTAKE));
	view_int(view, "tray_count", waiting);
	view_int(view, "unprinted", unprinted);
	view_flag(view, "unprinted_more", unprinted == UNPRINTED_MOST);
	if (rc == RC_OK)
		rc = show_calling(web, request, view);
	if (rc == RC_OK)
		rc = web_page(web, request, response, "intake/home", view);
	return rc;
}
