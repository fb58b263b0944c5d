/*
 * tray.c: the trays of those who work on a dossier after the counter: specialist, signer, and the
 * results that wait for their people.
 */
#include <string.h>

#include "base/when.h"
#include "intake/proposal.h"
#include "intake/question.h"
#include "store/account.h"
#include "web/text_vi.h"

#define ROWS 100

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
		rc = step_line_tag(web, item, &rows[i], request->now_ms);
		view_set(item, "place", rows[i].place);
	}
	view_flag(view, pool_printf(request->pool, "%s_shown", list), count > 0);
	return rc;
}

static enum rc show_waiting(struct web *web, struct request *request, struct view *view)
{
	return show_list(web, request, view, LIST_UNTAKEN, "waiting");
}

/* ---- the specialist's tray ---- */

#define MINE_MAX 100
#define SOON_MS (2 * WHEN_DAY_MS)
#define BACK_MS (14 * WHEN_DAY_MS)	/* so long a draft that was sent back stays in the tray */

/* ?viec=<slug>, texts "tray.tab.<slug>". Of MINE: which states, and whether only what is due soon. */
static const struct tray_tab {
	const char *slug;
	unsigned states;
	bool soon;
} tray_tabs[] = {
	{ "", 0, false },
	{ "moi-den", STATE_BIT(STATE_ACCEPTED) | STATE_BIT(STATE_FORWARDED), false },
	{ "sap-han", STATE_BIT(STATE_FORWARDED) | STATE_BIT(STATE_PROCESSING), true },
	{ "bo-sung", STATE_BIT(STATE_SUPPLEMENT) | STATE_BIT(STATE_PAYMENT), false },
	{ "trinh-ky", 0, false },
	{ "tra-lai", 0, false },
	{ "cau-hoi", 0, false },
};
#define TRAY_TABS (sizeof(tray_tabs) / sizeof(tray_tabs[0]))
enum { TAB_ALL, TAB_NEW, TAB_SOON, TAB_SUPPLEMENT, TAB_SIGNING, TAB_BACK, TAB_QUESTIONS };

struct tray {
	struct web *web;
	struct request *request;
	struct view *view;
	size_t at, counts[TRAY_TABS];
};

static enum rc show_mine(struct tray *tray, const struct dossier_row *row)
{
	struct view *item = view_item(tray->view, "mine");
	enum rc rc;

	dossier_show_row(item, row, tray->request->now_ms);
	rc = dossier_show_place(tray->web, item, row);
	if (rc == RC_OK)
		rc = step_line_tag(tray->web, item, row, tray->request->now_ms);
	view_set(item, "seen", row->seen);
	view_set(item, "here_url", dossier_show_url(tray->request->pool, row, "/nhan-ban-giay"));
	view_flag(tray->view, "mine_shown", true);
	return rc;
}

static bool in_tab(const struct tray_tab *tab, const struct dossier_row *row, int64_t now_ms)
{
	return (tab->states & STATE_BIT(row->facts.state)) != 0 &&
			(!tab->soon || (row->has_due && row->due_at < now_ms + SOON_MS));
}

/* This person's dossiers, in the tabs they belong to. */
static enum rc sort_mine(struct tray *tray)
{
	struct request *request = tray->request;
	struct dossier_query query = { .kind = LIST_MINE, .now_ms = request->now_ms, .limit = MINE_MAX,
		.account = request->session->account.id };
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc = dossier_list(tray->web->store, request->pool, &query, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		bool shown = tray->at == TAB_ALL;

		tray->counts[TAB_ALL]++;
		for (size_t tab = TAB_NEW; tab <= TAB_SUPPLEMENT; tab++) {
			if (!in_tab(&tray_tabs[tab], &rows[i], request->now_ms))
				continue;
			tray->counts[tab]++;
			shown = shown || tab == tray->at;
		}
		if (shown)
			rc = show_mine(tray, &rows[i]);
	}
	return rc;
}

static enum rc show_signing(struct tray *tray)
{
	struct request *request = tray->request;
	struct dossier_query query = { .kind = LIST_MY_SIGNING, .now_ms = request->now_ms,
		.limit = MINE_MAX, .account = request->session->account.id };
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc = dossier_list(tray->web->store, request->pool, &query, &rows, &count);

	tray->counts[TAB_SIGNING] = count;
	for (size_t i = 0; rc == RC_OK && tray->at == TAB_SIGNING && i < count; i++)
		rc = show_mine(tray, &rows[i]);
	return rc;
}

/* What came back: from the signer or a later desk, and drafts that were not approved. */
static enum rc show_back(struct tray *tray)
{
	struct request *request = tray->request;
	const char *own = request->session->account.id;
	struct pending_query turned = { .kind = "turned", .limit = MINE_MAX };
	struct pending_query drafts = { .kind = "proposal", .actor = own, .done = PENDING_NO,
		.since = request->now_ms - BACK_MS, .limit = MINE_MAX };
	struct pending_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0;
	enum rc rc = pending_list(tray->web->store, request->pool, &turned, &rows, &dossiers, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if (strcmp(dossiers[i].assignee, own) != 0)
			continue;
		tray->counts[TAB_BACK]++;
		if (tray->at == TAB_BACK)
			rc = show_mine(tray, &dossiers[i]);
	}
	if (rc == RC_OK)
		rc = pending_list(tray->web->store, request->pool, &drafts, &rows, NULL, &count);
	tray->counts[TAB_BACK] += count;
	if (rc == RC_OK && tray->at == TAB_BACK)
		rc = proposal_show_list(tray->web, request, tray->view, &drafts, "drafts_back");
	return rc;
}

static void show_tabs(struct tray *tray)
{
	for (size_t i = 0; i < TRAY_TABS; i++) {
		struct view *item = view_item(tray->view, "tabs");

		view_set(item, "slug", tray_tabs[i].slug);
		view_set(item, "name", text_get(pool_printf(tray->request->pool, "tray.tab.%s",
				i == TAB_ALL ? "tat-ca" : tray_tabs[i].slug)));
		view_setf(item, "count", "%d", (int)tray->counts[i]);
		view_flag(item, "current", i == tray->at);
		view_flag(item, "urgent", (i == TAB_SOON || i == TAB_BACK) && tray->counts[i] > 0);
	}
}

enum rc page_tray_work(struct web *web, struct request *request, struct response *response)
{
	struct tray tray = { .web = web, .request = request, .view = view_new(request->pool) };
	enum rc rc;

	for (size_t i = 0; i < TRAY_TABS; i++)
		if (strcmp(tray_tabs[i].slug, request_query(request, "viec")) == 0)
			tray.at = i;
	view_set(tray.view, "title", text_get("tray.work"));
	view_flag(tray.view, "at_work", true);
	rc = sort_mine(&tray);
	if (rc == RC_OK)
		rc = show_signing(&tray);
	if (rc == RC_OK)
		rc = show_back(&tray);
	if (rc == RC_OK)
		rc = question_show_waiting(web, request, tray.at == TAB_QUESTIONS ? tray.view :
				view_new(request->pool), "specialist", "questions", &tray.counts[TAB_QUESTIONS]);
	view_flag(tray.view, "with_waiting", tray.at == TAB_ALL || tray.at == TAB_NEW);
	if (rc == RC_OK && (tray.at == TAB_ALL || tray.at == TAB_NEW))
		rc = show_waiting(web, request, tray.view);
	view_flag(tray.view, "at_questions", tray.at == TAB_QUESTIONS);
	view_set(tray.view, "empty", text_get(pool_printf(request->pool, "tray.empty.%s",
			tray.at == TAB_ALL ? "tat-ca" : tray_tabs[tray.at].slug)));
	view_set(tray.view, "tab_name", text_get(tray.at == TAB_ALL ? "tray.mine" : pool_printf(
			request->pool, "tray.tab.%s", tray_tabs[tray.at].slug)));
	show_tabs(&tray);
	if (rc == RC_OK)
		rc = web_page(web, request, response, "intake/process", tray.view);
	return rc;
}

enum rc page_tray_sign(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc;

	view_set(view, "title", text_get("tray.sign"));
	view_flag(view, "at_sign", true);
	view_flag(view, "may_sign", frame_can(request, ROLE_SIGNER));
	rc = show_list(web, request, view, LIST_TO_SIGN, "dossiers");
	if (rc == RC_OK)
		rc = proposal_show_list(web, request, view, &(struct pending_query){ .kind = "proposal",
				.limit = ROWS }, "drafts");
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
	view_flag(view, "may_post", frame_can(request, ROLE_RETURNER) &&
			!frame_can(request, ROLES_PREPARE));
	view_flag(view, "focus_find", true);
	view_flag(view, "may_return", frame_can(request, ROLE_INTAKE | ROLE_RETURNER));
	if (rc == RC_OK)
		rc = web_page(web, request, response, "intake/results", view);
	return rc;
}
