/*
 * pages_fence.c: a machine that must not speak for its point any more: shutting it out by hand, which two
 * people stand for; the province taking a dossier from it, so that a citizen does not wait for a machine;
 * and giving such a dossier back once the point's machine was let in again (PROTOCOL §16, one holder).
 */
#include "center/pages.h"

#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "store/account.h"
#include "store/fence.h"
#include "store/journal.h"
#include "web/second.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FENCE_FIELDS (1 + SECOND_FIELDS)

static const struct field reason_field = {"reason", FIELD_LINES, true, 3, 500, NULL, "fence.reason"};

/* ---- the machine ---- */

void pages_fence_show(struct web *web, struct request *request, struct view *view,
		const struct link_board *board)
{
	struct account who;

	if (!board->fenced)
		return;
	view_flag(view, "fenced_cloned", strcmp(board->fence_reason, FENCE_CLONED) == 0);
	if (strcmp(board->fence_reason, FENCE_CLONED) != 0)
		view_set(view, "fence_why", board->fence_reason);
	if (board->fence_at > 0)
		view_set(view, "fence_at", show_time_screen(request->pool, board->fence_at));
	if (account_by_id(web->store, request->pool, board->fence_by, &who) == RC_OK)
		view_set(view, "fence_by", who.name);
}

static enum rc show_form(struct web *web, struct request *request, struct response *response,
		const struct link_board *board, const char *first)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("fence.title"));
	view_set(view, "name", board->name);
	view_set(view, "board", board->board);
	view_set(view, "url", pool_printf(request->pool, "/diem/%s", board->board));
	view_flag(view, "second", true);
	view_flag(view, "second_always", true);
	view_set(view, "second_text", text_get("fence.second"));
	if (first != NULL) {
		view_set(view, "first", text_get(first));
		response->status = 409;
	} else if (request->method == METHOD_POST) {
		form_show(request->form, &reason_field, 1, view);
		form_show(request->form, second_fields, SECOND_FIELDS, view);
		response->status = 422;
	}
	return web_page(web, request, response, "center/fence", view);
}

static enum rc fence(struct web *web, struct request *request, const char *board, const char *approver,
		char **location)
{
	const char *form_id = form_raw(request->form, "form_id");
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, location);
	if (rc == RC_OK) {
		rc = fence_put(web->store, board, form_text(request->form, "reason"),
				request->session->account.id, approver);
		rc = rc == RC_EXISTS ? RC_CONFLICT : rc;
		*location = pool_printf(request->pool, "/diem/%s?xong=khoa", board);
	}
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, *location);
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

enum rc pages_fence(struct web *web, struct request *request, struct response *response)
{
	struct field fields[FENCE_FIELDS];
	struct account second;
	struct link_board board;
	char *location = NULL;
	bool done = false;
	enum rc rc = pages_frame_board(web, request->pool, request->params[0], &board);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return show_form(web, request, response, &board, board.fenced ? "fence.before" : NULL);
	/* A code of a second factor is used up: the second tap must not ask for another. */
	rc = pages_act_sent_before(web, request, response, &done);
	if (rc != RC_OK || done)
		return rc;
	fields[0] = reason_field;
	memcpy(&fields[1], second_fields, sizeof(second_fields[0]) * SECOND_FIELDS);
	rc = form_check(request->form, fields, FENCE_FIELDS);
	if (rc == RC_OK)
		rc = second_check(web, request, ROLE_OFFICER | ROLE_MANAGER, &second);
	if (rc == RC_INVALID)
		return show_form(web, request, response, &board, NULL);
	if (rc == RC_OK)
		rc = fence(web, request, board.board, second.id, &location);
	if (rc == RC_CONFLICT)
		return show_form(web, request, response, &board, "fence.before");
	if (rc != RC_OK && rc != RC_EXISTS)
		return rc;
	if (rc == RC_OK)
		log_info("board fenced board=%s by=%s with=%s", board.board,
				request->session->account.id, second.id);
	response_see_other(response, location);
	return RC_OK;
}

/* ---- a dossier of it ---- */

static bool may_seize(const struct link_board *board, const struct dossier_row *row)
{
	return board->fenced && row->facts.holder == HOLDER_BOARD && row->facts.state != STATE_RESULT &&
			row->facts.state != STATE_NONE && !state_is_closed(row->facts.state);
}

/* From where handed_back leads; a desk's work goes back to the counter first. */
static bool may_give_back(const struct link_board *board, const struct dossier_row *row)
{
	return !board->fenced && !board->revoked && row->facts.holder == HOLDER_CENTER &&
			(row->facts.state == STATE_ACCEPTED || row->facts.state == STATE_FORWARDED ||
			row->facts.state == STATE_PROCESSING);
}

enum rc pages_fence_show_dossier(struct web *web, struct request *request, struct view *view,
		const struct link_board *board, const struct dossier_row *row)
{
	struct dossier_seizure seizure;
	struct account who;
	enum rc rc = dossier_seizure(web->store, request->pool, row, &seizure);

	view_flag(view, "board_fenced", board->fenced);
	view_set(view, "board_url", pool_printf(request->pool, "/diem/%s", board->board));
	view_flag(view, "can_seize", may_seize(board, row));
	view_flag(view, "supervises", pages_boards_may(request));
	view_set(view, "seize_url", pages_dossier_url(request->pool, row, "/tam-giu"));
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	view_set(view, "seized_at", show_time_screen(request->pool, seizure.at));
	view_set(view, "seized_why", seizure.reason);
	view_set(view, "seized_by", account_by_id(web->store, request->pool, seizure.by, &who) == RC_OK ?
			who.name : text_get("center.by_system"));
	view_flag(view, "can_give_back", may_give_back(board, row));
	view_set(view, "give_back_url", pages_dossier_url(request->pool, row, "/tra-diem"));
	return RC_OK;
}

static enum rc show_act(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct link_board *board, bool seize)
{
	struct view *view = view_new(request->pool);

	pages_inbox_show(view, row, request->now_ms);
	view_set(view, "title", text_get(seize ? "fence.seize" : "fence.give_back"));
	view_set(view, "hint", text_fill(request->pool, seize ? "fence.seize_hint" :
			"fence.give_back_hint", board->name, NULL));
	view_set(view, "own_hint", text_get("fence.act_hint"));
	view_set(view, "button", text_get(seize ? "fence.seize_go" : "fence.give_back"));
	view_set(view, "action", pages_dossier_url(request->pool, row, seize ? "/tam-giu" : "/tra-diem"));
	view_set(view, "seen", row->seen);
	if (request->method == METHOD_POST) {
		form_show(request->form, &reason_field, 1, view);
		view_set(view, "seen", form_raw(request->form, "seen"));
		response->status = 422;
	}
	return web_page(web, request, response, "center/end", view);
}

/* The dossier, its machine, and whether the act is still possible; a second tap goes where the first went. */
static enum rc begin(struct web *web, struct request *request, struct response *response,
		struct dossier_row *row, struct link_board *board, bool seize, bool *go)
{
	struct dossier_seizure seizure;
	bool done = false, may;
	enum rc rc = pages_dossier_find(web, request, row);

	*go = false;
	if (rc == RC_OK)
		rc = pages_frame_board(web, request->pool, row->board, board);
	if (rc == RC_OK && request->method == METHOD_POST)
		rc = pages_act_sent_before(web, request, response, &done);
	if (rc != RC_OK || done)
		return rc;
	may = seize ? may_seize(board, row) : may_give_back(board, row) && dossier_seizure(web->store,
			request->pool, row, &seizure) == RC_OK;
	if (!may)
		return pages_act_conflict(web, request, response, row, seize ? "fence.seize_not" :
				"fence.give_back_not");
	if (request->method != METHOD_POST || form_check(request->form, &reason_field, 1) != RC_OK)
		return show_act(web, request, response, row, board, seize);
	*go = true;
	return RC_OK;
}

enum rc pages_seize(struct web *web, struct request *request, struct response *response)
{
	struct pages_act_part part = {"dossier.seized", NULL};
	char hash[2 * EVENT_HASH_SIZE + 1];
	struct journal_head head;
	struct link_board board;
	struct dossier_row row;
	json_t *body;
	bool go;
	enum rc rc = begin(web, request, response, &row, &board, true, &go);

	if (rc != RC_OK || !go)
		return rc;
	/* Nothing more comes of a fenced board: its log as it stands here is what counts. */
	rc = journal_head_get(web->store, board.board, AUTHOR_BOARD, &head);
	if (rc != RC_OK)
		return rc;
	hex_encode(head.hash, sizeof(head.hash), hash);
	body = json_new_object();
	json_put(body, "reason", form_text(request->form, "reason"));
	json_put_int(body, "epoch", (int64_t)head.epoch);
	json_put_int(body, "seq", (int64_t)head.seq);
	json_put(body, "hash", hash);
	part.body = body;
	rc = pages_act_write(web, request, response, &row, &part, 1,
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	json_decref(body);
	return rc;
}

enum rc pages_give_back(struct web *web, struct request *request, struct response *response)
{
	struct pages_act_part parts[2];
	struct link_board board;
	struct dossier_row row;
	json_t *body, *empty;
	bool go, desk;
	enum rc rc = begin(web, request, response, &row, &board, false, &go);

	if (rc != RC_OK || !go)
		return rc;
	body = json_new_object();
	empty = json_new_object();
	json_put(body, "reason", form_text(request->form, "reason"));
	desk = row.facts.state != STATE_ACCEPTED;
	parts[0] = (struct pages_act_part){"dossier.sent_back", body};
	parts[1] = (struct pages_act_part){"dossier.handed_back", empty};
	if (!desk)
		parts[1].body = body;
	rc = pages_act_write(web, request, response, &row, desk ? parts : &parts[1], desk ? 2 : 1,
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	json_decref(body);
	json_decref(empty);
	return rc;
}
