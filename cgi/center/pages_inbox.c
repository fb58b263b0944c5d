/*
 * pages_inbox.c: the officers' worklist: what is new, in work, done, of all points or of one;
 * overdue first (the store orders by due time).
 */
#include "center/pages.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dossier/catalogue.h"
#include "store/account.h"
#include "web/forks.h"
#include "web/show.h"
#include "web/text_vi.h"

#define PER_PAGE 50

struct tab {
	const char *id;			/* ?loc= */
	enum dossier_list_kind list;
	const char *name;		/* text keys */
	const char *empty;
};

static const struct tab tabs[] = {
	{"moi", LIST_CENTER_NEW, "center.tab.new", "center.empty.new"},
	{"dang-xu-ly", LIST_CENTER_WORK, "center.tab.work", "center.empty.work"},
	{"da-xong", LIST_CENTER_DONE, "center.tab.done", "center.empty.done"},
	{"tat-ca", LIST_CENTER_ALL, "center.tab.all", "center.empty.all"},
};
static const size_t tab_count = sizeof(tabs) / sizeof(tabs[0]);

bool pages_inbox_can_take(const struct dossier_row *row)
{
	return row->facts.holder == HOLDER_CENTER && (row->facts.state == STATE_ACCEPTED ||
			row->facts.state == STATE_FORWARDED);
}

bool pages_inbox_can_work(const struct dossier_row *row)
{
	return row->facts.holder == HOLDER_CENTER && (row->facts.state == STATE_PROCESSING ||
			row->facts.state == STATE_SIGNING || row->facts.state == STATE_SIGNED);
}

/* Files: all here, or honestly how many are still on the way. */
static void show_files(struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);
	char here[16], total[16];

	(void)snprintf(here, sizeof(here), "%d", row->files_here);
	(void)snprintf(total, sizeof(total), "%d", row->files_total);
	if (row->files_total == 0) {
		view_set(view, "files", text_get("center.files.none"));
		view_set(view, "files_tag", "plain");
	} else if (row->files_here >= row->files_total) {
		view_set(view, "files", text_fill(pool, "center.files.all", total, NULL));
		view_set(view, "files_tag", "ok");
		view_flag(view, "files_ok", true);
	} else {
		(void)snprintf(here, sizeof(here), "%d", row->files_total - row->files_here);
		view_set(view, "files", text_fill(pool, "center.files.missing", here, total,
				NULL));
		view_set(view, "files_tag", "wait");
		view_flag(view, "files_wait", true);
	}
}

void pages_inbox_show(struct view *view, const struct dossier_row *row, int64_t now_ms)
{
	struct pool *pool = view_pool(view);
	bool official = *row->official != '\0';
	bool closed = state_is_closed(row->facts.state);
	const char *tag = "plain";

	view_set(view, "url", pages_dossier_url(pool, row, ""));
	view_set(view, "code", official ? row->official : row->code);
	view_set(view, "code_point", official ? row->code : "");
	view_flag(view, "shared", row->shared);
	view_set(view, "procedure", row->procedure_name);
	view_set(view, "applicant", row->applicant[0] != '\0' ? row->applicant : text_get("erase.name"));
	view_set(view, "state", text_get(pool_printf(pool, "state.%s",
			state_name(row->facts.state))));
	view_flag(view, "commune", row->level == LEVEL_COMMUNE);
	if (closed || row->facts.state == STATE_RESULT) {
		view_flag(view, "due_over", true);
		view_set(view, "due", text_get("center.due.done"));
		view_set(view, "due_tag", "plain");
	} else if (!row->has_due) {
		view_set(view, "due", text_get("center.due.none"));
		view_set(view, "due_tag", "plain");
	} else {
		view_set(view, "due", show_due(pool, row->due_at, now_ms, &tag));
		view_set(view, "due_tag", tag);
		view_set(view, "due_at", show_time_screen(pool, row->due_at));
		view_flag(view, "due_bad", strcmp(tag, "bad") == 0);
		view_flag(view, "due_wait", strcmp(tag, "wait") == 0);
		view_flag(view, "due_ok", strcmp(tag, "ok") == 0);
	}
	show_files(view, row);
}

static void show_tabs(struct view *view, const struct tab *now, const char *board)
{
	struct pool *pool = view_pool(view);
	struct view *item;
	size_t i;

	for (i = 0; i < tab_count; i++) {
		item = view_item(view, "tabs");
		view_set(item, "name", text_get(tabs[i].name));
		view_set(item, "href", *board != '\0' ?
				pool_printf(pool, "/ho-so?loc=%s&diem=%s", tabs[i].id, board) :
				pool_printf(pool, "/ho-so?loc=%s", tabs[i].id));
		view_flag(item, "current", &tabs[i] == now);
	}
	view_set(view, "filter", now->id);
}

/* The points as choices; board becomes "" when it is none of them. */
static enum rc show_boards(struct web *web, struct request *request, struct view *view,
		struct link_board **rows, size_t *count, const char **board)
{
	const char *asked = *board;
	struct view *item;
	enum rc rc;
	size_t i;

	*board = "";
	rc = pages_frame_boards(web, request->pool, rows, count);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i < *count; i++) {
		item = view_item(view, "boards");
		view_set(item, "board", (*rows)[i].board);
		view_set(item, "name", (*rows)[i].name);
		if (strcmp((*rows)[i].board, asked) == 0) {
			*board = (*rows)[i].board;
			view_flag(item, "selected", true);
		}
	}
	return RC_OK;
}

static const char *board_name(const struct link_board *boards, size_t count, const char *board)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(boards[i].board, board) == 0)
			return boards[i].name;
	return board;
}

static void show_pager(struct view *view, const struct tab *tab, const char *board, int64_t page, bool more)
{
	struct pool *pool = view_pool(view);
	const char *base = *board != '\0' ? pool_printf(pool, "/ho-so?loc=%s&diem=%s", tab->id,
			board) : pool_printf(pool, "/ho-so?loc=%s", tab->id);

	view_flag(view, "pager", page > 1 || more);
	if (page > 1)
		view_set(view, "page_before", pool_printf(pool, "%s&trang=%lld", base,
				(long long)page - 1));
	if (more)
		view_set(view, "page_after", pool_printf(pool, "%s&trang=%lld", base,
				(long long)page + 1));
}

enum rc pages_inbox(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const struct tab *tab = &tabs[0];
	const char *filter = request_query(request, "loc");
	const char *board = request_query(request, "diem");
	struct dossier_query query;
	struct link_board *boards = NULL;
	struct dossier_row *rows = NULL;
	struct view *item;
	size_t board_count = 0, count = 0, i;
	int64_t page = 1, waiting = 0;
	enum rc rc;

	for (i = 0; i < tab_count; i++)
		if (strcmp(tabs[i].id, filter) == 0)
			tab = &tabs[i];
	if (num_parse(request_query(request, "trang"), 1, 10000, &page) != RC_OK)
		page = 1;
	rc = show_boards(web, request, view, &boards, &board_count, &board);
	if (rc != RC_OK)
		return rc;
	memset(&query, 0, sizeof(query));
	query.kind = tab->list;
	query.board = *board != '\0' ? board : NULL;
	query.now_ms = request->now_ms;
	query.limit = PER_PAGE + 1;
	query.offset = (size_t)(page - 1) * PER_PAGE;
	rc = dossier_list(web->store, request->pool, &query, &rows, &count);
	if (rc != RC_OK)
		return rc;
	rc = pages_request_count(web, request, &waiting);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i < board_count; i++) {
		if (boards[i].fenced && !boards[i].revoked) {
			item = view_item(view, "fenced_boards");
			view_set(item, "name", boards[i].name);
			view_set(item, "board_url", pool_printf(request->pool, "/diem/%s", boards[i].board));
		}
	}
	rc = forks_show_new(web, request, view, "");
	if (rc != RC_OK)
		return rc;
	view_int(view, "request_count", waiting);
	view_flag(view, "supervises", (request->session->account.roles & ROLE_MANAGER) != 0);
	view_set(view, "title", text_get("center.inbox"));
	show_tabs(view, tab, board);
	show_pager(view, tab, board, page, count > PER_PAGE);
	for (i = 0; i < count && i < PER_PAGE; i++) {
		item = view_item(view, "rows");
		pages_inbox_show(item, &rows[i], request->now_ms);
		view_set(item, "point", board_name(boards, board_count, rows[i].board));
	}
	view_flag(view, "has_rows", count > 0);
	view_set(view, "empty_text", text_get(tab->empty));
	return web_page(web, request, response, "center/inbox", view);
}
