/*
 * pages_boards.c: /diem, the machines of the points: who was seen when, with which certificate and program,
 * how far both logs have come; one machine's page, and its two acts: revoking, which counts from the next
 * request on, and the yes to a renewal that comes very late (PROTOCOL §11). Inviting is pages_invite.c.
 */
#include "center/pages.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "store/account.h"
#include "store/enrol.h"
#include "store/fence.h"
#include "store/journal.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define INVITES 50
/* A board says hello every four hours while nobody works. */
#define QUIET_MS (INT64_C(12) * 60 * WHEN_MINUTE_MS)

static const struct field revoke_fields[] = {
	{"reason", FIELD_LINES, true, 3, 500, NULL, "boards.reason"},
};

bool pages_boards_may(const struct request *request)
{
	return (request->session->account.roles & ROLE_MANAGER) != 0;
}

/* ---- one machine as values of a view ---- */

static void show_state(struct view *view, const struct link_board *board, bool waits, int64_t not_after,
		int64_t now_ms)
{
	const char *word = "boards.state.ok", *tag = "ok";

	if (board->revoked) {
		word = "boards.state.revoked";
		tag = "bad";
	} else if (board->fenced) {
		word = strcmp(board->fence_reason, FENCE_CLONED) == 0 ? "boards.state.cloned" :
				"boards.state.fenced";
		tag = "bad";
	} else if (waits) {
		word = "boards.state.waits";
		tag = "wait";
	} else if (board->seen_at == 0) {
		word = "boards.state.never";
		tag = "plain";
	} else if (not_after != 0 && not_after < now_ms) {
		word = "boards.state.expired";
		tag = "wait";
	} else if (board->seen_at < now_ms - QUIET_MS) {
		word = "boards.state.quiet";
		tag = "wait";
	}
	view_set(view, "state", text_get(word));
	view_set(view, "state_tag", tag);
	view_flag(view, "state_ok", strcmp(tag, "ok") == 0);
	view_flag(view, "state_wait", strcmp(tag, "wait") == 0);
	view_flag(view, "state_bad", strcmp(tag, "bad") == 0);
}

/* *waits: a certificate is asked for, so late that an officer must say yes. */
static enum rc show_certificate(struct web *web, struct pool *pool, struct view *view, const char *board,
		int64_t *not_after, bool *waits)
{
	struct enrol_cert cert;
	enum rc rc = enrol_cert_newest(web->store, pool, board, &cert);

	*not_after = 0;
	*waits = rc == RC_OK && cert.state == ENROL_WAITS;
	if (*waits) {
		view_int(view, "late_days", cert.late_days);
		view_set(view, "asked_at", show_time_screen(pool, cert.asked_at));
	}
	if (rc == RC_OK || rc == RC_NOT_FOUND)
		rc = enrol_cert_current(web->store, pool, board, &cert);
	if (rc == RC_OK) {
		*not_after = cert.not_after;
		view_set(view, "cert_until", show_date(pool, cert.not_after));
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc show_board(struct web *web, struct request *request, struct view *view,
		const struct link_board *board)
{
	struct pool *pool = request->pool;
	struct journal_head own, center;
	int64_t not_after = 0;
	bool waits = false;
	enum rc rc;

	rc = show_certificate(web, pool, view, board->board, &not_after, &waits);
	if (rc == RC_OK)
		rc = journal_head_get(web->store, board->board, AUTHOR_BOARD, &own);
	if (rc == RC_OK)
		rc = journal_head_get(web->store, board->board, AUTHOR_CENTER, &center);
	if (rc != RC_OK)
		return rc;
	view_set(view, "board", board->board);
	view_set(view, "name", board->name);
	view_set(view, "url", pool_printf(pool, "/diem/%s", board->board));
	view_set(view, "version", board->version);
	view_setf(view, "own_seq", "%llu", (unsigned long long)own.seq);
	view_setf(view, "center_seq", "%llu", (unsigned long long)center.seq);
	if (board->seen_at > 0)
		view_set(view, "seen", show_time_screen(pool, board->seen_at));
	view_flag(view, "waits", waits && !board->revoked && !board->fenced);
	view_flag(view, "revoked", board->revoked);
	view_flag(view, "fenced", board->fenced);
	show_state(view, board, waits, not_after, request->now_ms);
	return RC_OK;
}

/* ---- all of them ---- */

/* Who was invited and has not come yet. */
static enum rc show_invites(struct web *web, struct request *request, struct view *view, const char *board)
{
	struct enrol_invite *rows = NULL;
	struct account who;
	size_t count = 0, i;
	enum rc rc = enrol_invites(web->store, request->pool, board, INVITES, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (rows[i].used_at != 0 || rows[i].expires_at <= request->now_ms)
			continue;
		item = view_item(view, "invites");
		view_set(item, "board", rows[i].board);
		view_set(item, "name", rows[i].name);
		view_set(item, "until", show_time_screen(request->pool, rows[i].expires_at));
		view_set(item, "by", account_by_id(web->store, request->pool, rows[i].made_by, &who) ==
				RC_OK ? who.name : text_get("center.by_system"));
		view_flag(view, "invited", true);
	}
	return rc;
}

enum rc pages_boards(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct link_board *rows = NULL;
	size_t count = 0, i;
	int64_t from = 0;
	enum rc rc;

	if (num_parse(request_query(request, "tu"), 0, 1000000, &from) != RC_OK)
		from = 0;
	rc = pages_frame_boards(web, request->pool, &rows, &count);
	for (i = (size_t)from; rc == RC_OK && i < count && i < (size_t)from + ROWS; i++)
		rc = show_board(web, request, view_item(view, "rows"), &rows[i]);
	if (rc == RC_OK)
		rc = show_invites(web, request, view, "");
	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("boards.title"));
	view_flag(view, "any", count > 0);
	view_flag(view, "may", pages_boards_may(request));
	view_flag(view, "pager", count > ROWS);
	if (from >= ROWS)
		view_set(view, "page_before", pool_printf(request->pool, "/diem?tu=%d",
				(int)from - ROWS));
	if (count > (size_t)from + ROWS)
		view_set(view, "page_after", pool_printf(request->pool, "/diem?tu=%d",
				(int)from + ROWS));
	return web_page(web, request, response, "center/boards", view);
}

/* ---- one ---- */

static void show_revoked(struct web *web, struct request *request, struct view *view,
		const struct link_board *board)
{
	struct account who;

	if (!board->revoked || board->revoked_at == 0)
		return;
	view_set(view, "revoked_at", show_time_screen(request->pool, board->revoked_at));
	view_set(view, "revoked_by", account_by_id(web->store, request->pool, board->revoked_by, &who) ==
			RC_OK ? who.name : text_get("center.by_system"));
	view_set(view, "revoked_why", board->revoked_why);
}

/* form: of an act that was refused, or NULL. first: a text key, somebody else was first. */
static enum rc show_one(struct web *web, struct request *request, struct response *response,
		const struct link_board *board, const struct form *form, const char *first)
{
	struct view *view = view_new(request->pool);
	json_t *point = NULL;
	enum rc rc = show_board(web, request, view, board);

	if (rc == RC_OK)
		rc = show_invites(web, request, view, board->board);
	if (rc != RC_OK)
		return rc;
	if (json_parse(board->point, strlen(board->point), &point) == RC_OK) {
		view_set(view, "address", pool_strdup(request->pool, json_text(point, "address")));
		view_set(view, "phone", pool_strdup(request->pool, json_text(point, "phone")));
		json_decref(point);
	}
	show_revoked(web, request, view, board);
	pages_fence_show(web, request, view, board);
	view_flag(view, "done_fence", strcmp(request_query(request, "xong"), "khoa") == 0);
	view_set(view, "title", board->name);
	view_flag(view, "may", pages_boards_may(request));
	view_flag(view, "done_revoke", strcmp(request_query(request, "xong"), "thu-hoi") == 0);
	view_flag(view, "done_renew", strcmp(request_query(request, "xong"), "gia-han") == 0);
	if (form != NULL) {
		form_show(form, revoke_fields, 1, view);
		response->status = 422;
	}
	if (first != NULL) {
		view_set(view, "first", text_get(first));
		form_show_typed(request->form, view);
		response->status = 409;
	}
	return web_page(web, request, response, "center/board", view);
}

enum rc pages_board(struct web *web, struct request *request, struct response *response)
{
	struct link_board board;
	enum rc rc = pages_frame_board(web, request->pool, request->params[0], &board);

	return rc == RC_OK ? show_one(web, request, response, &board, NULL, NULL) : rc;
}

/* What an act does to the machine as it is inside the write. RC_CONFLICT: somebody was first. */
typedef enum rc act_on(struct web *web, struct request *request, const struct link_board *board);

static enum rc write_act(struct web *web, struct request *request, struct response *response, act_on *act,
		const char *done, const char *first)
{
	const char *where = pool_printf(request->pool, "/diem/%s?xong=%s", request->params[0], done);
	const char *form_id = form_raw(request->form, "form_id");
	struct link_board board;
	char *location = NULL;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &location);
	if (rc == RC_OK)
		rc = pages_frame_board(web, request->pool, request->params[0], &board);
	if (rc == RC_OK)
		rc = act(web, request, &board);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, where);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_CONFLICT)
		return show_one(web, request, response, &board, NULL, first);
	if (rc != RC_OK && rc != RC_EXISTS)
		return rc;
	if (rc == RC_OK)
		log_info("board %s board=%s by=%s", done, board.board, request->session->account.id);
	response_see_other(response, rc == RC_EXISTS ? location : where);
	return RC_OK;
}

static enum rc revoke(struct web *web, struct request *request, const struct link_board *board)
{
	return board->revoked ? RC_CONFLICT : linkstate_board_revoke(web->store, board->board,
			request->session->account.id, form_text(request->form, "reason"));
}

enum rc pages_board_revoke(struct web *web, struct request *request, struct response *response)
{
	struct link_board board;
	enum rc rc;

	if (form_check(request->form, revoke_fields, 1) == RC_OK)
		return write_act(web, request, response, revoke, "thu-hoi", "boards.revoked_before");
	rc = pages_frame_board(web, request->pool, request->params[0], &board);
	return rc == RC_OK ? show_one(web, request, response, &board, request->form, NULL) : rc;
}

static enum rc allow(struct web *web, struct request *request, const struct link_board *board)
{
	enum rc rc = board->revoked || board->fenced ? RC_NOT_FOUND : enrol_cert_allow(web->store,
			board->board, request->session->account.id);

	return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
}

enum rc pages_board_allow(struct web *web, struct request *request, struct response *response)
{
	return write_act(web, request, response, allow, "gia-han", "boards.nothing_waits");
}
