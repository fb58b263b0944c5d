/*
 * pages_readings.c: /truy-cap, for the officer who supervises: who at a point, or at the province, looked at personal data
 * in the last seven days, and which dossiers outside their own work. The point sends its records
 * (PROTOCOL §15) with the names of its people; who has none stands here as an account's number.
 */
#include "center/pages.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "store/reading_send.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define HERE "tinh"
#define WEEK_MS (7 * WHEN_DAY_MS)

struct readings {
	struct web *web;
	struct request *request;
	struct view *view;
	const char *board, *account;	/* board HERE: the officers themselves */
	bool here;
	int64_t from_ms;
};

/* The points as choices; the one asked for, else the first. */
static enum rc show_boards(struct readings *of)
{
	const char *asked = request_query(of->request, "diem");
	struct link_board *rows = NULL;
	size_t count = 0, i, at = 0;
	enum rc rc = pages_frame_boards(of->web, of->request->pool, &rows, &count);

	for (i = 0; i < count; i++)
		if (strcmp(rows[i].board, asked) == 0)
			at = i;
	of->here = strcmp(asked, HERE) == 0 || (rc == RC_OK && count == 0);
	if (of->here)
		at = count;
	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(of->view, "boards");

		view_set(item, "board", rows[i].board);
		view_set(item, "name", rows[i].name);
		view_flag(item, "selected", i == at);
	}
	of->board = of->here ? HERE : rc == RC_OK ? rows[at].board : "";
	view_flag(of->view, "here", of->here);
	view_set(of->view, "diem", of->board);
	return rc;
}

static enum rc show_sums(struct readings *of)
{
	struct reading_sum *rows = NULL;
	size_t count = 0, i;
	enum rc rc = RC_OK;

	if (of->here)
		return pages_look_sums(of->web, of->view, of->from_ms, of->account);
	rc = reading_send_sums(of->web->store, of->request->pool, of->board, of->from_ms, &rows,
			&count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(of->view, "sums");

		view_set(item, "id", rows[i].account);
		view_set(item, "name", rows[i].name[0] != '\0' ? rows[i].name : rows[i].account);
		view_int(item, "looks", rows[i].looks);
		view_int(item, "outside", rows[i].outside);
		view_flag(item, "current", strcmp(rows[i].account, of->account) == 0);
	}
	view_flag(of->view, "any_sums", count > 0);
	return rc;
}

static void show_look(struct readings *of, const struct reading_row *row)
{
	struct view *item = view_item(of->view, "looks");
	struct pool *pool = of->request->pool;
	struct dossier_row dossier;

	view_set(item, "code", row->subject);
	if (dossier_find(of->web->store, pool, of->board, row->subject, &dossier) == RC_OK) {
		view_set(item, "url", pages_dossier_url(pool, &dossier, ""));
		view_set(item, "procedure", dossier.procedure_name);
	}
	view_set(item, "who", row->name[0] != '\0' ? row->name : row->account);
	view_set(item, "at", show_time_screen(pool, row->at));
	view_int(item, "times", row->times);
	view_flag(item, "reason", row->ground == READING_REASON);
}

static enum rc show_looks(struct readings *of)
{
	struct pool *pool = of->request->pool;
	struct reading_row *rows = NULL;
	int64_t from = 0;
	size_t count = 0, i;
	bool more = false;
	enum rc rc;

	if (num_parse(request_query(of->request, "tu"), 0, 100000, &from) != RC_OK)
		from = 0;
	if (of->here) {
		rc = pages_look_outside(of->web, of->view, of->from_ms, of->account, ROWS, (size_t)from, &more);
	} else {
		rc = reading_send_outside(of->web->store, pool, of->board, of->from_ms, of->account, ROWS + 1,
				(size_t)from, &rows, &count);
		for (i = 0; rc == RC_OK && i < count && i < ROWS; i++)
			show_look(of, &rows[i]);
		view_flag(of->view, "any_looks", count > 0);
		more = count > ROWS;
	}
	if (more)
		view_set(of->view, "older_url", pool_printf(pool, "/truy-cap?diem=%s&nguoi=%s&tu=%d",
				of->board, of->account, (int)from + ROWS));
	return rc;
}

/* An account's number, as it stands in an address. */
static bool is_account(const char *text)
{
	size_t len = strlen(text);

	return len <= 48 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

enum rc pages_readings(struct web *web, struct request *request, struct response *response)
{
	struct readings of = {web, request, view_new(request->pool), "",
		request_query(request, "nguoi"), false, request->now_ms - WEEK_MS};
	int64_t newest = 0;
	enum rc rc;

	if (!is_account(of.account))
		of.account = "";
	rc = show_boards(&of);
	if (rc == RC_OK && !of.here)
		rc = reading_send_newest(web->store, of.board, &newest);
	if (rc == RC_OK)
		rc = show_sums(&of);
	if (rc == RC_OK)
		rc = show_looks(&of);
	if (rc != RC_OK)
		return rc;
	if (newest > 0)
		view_set(of.view, "newest", show_time_screen(request->pool, newest));
	view_set(of.view, "one", of.account);
	view_set(of.view, "since", show_time_screen(request->pool, of.from_ms));
	view_set(of.view, "title", text_get("reading.points"));
	return web_page(web, request, response, "center/readings", of.view);
}
