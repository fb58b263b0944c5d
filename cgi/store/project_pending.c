/*
 * project_pending.c: what waits for somebody (questions, proposals, requests, what came back, results
 * that do not leave over this counter), and the lists by which papers change hands.
 *
 * An answer is always read after what it answers: its writer had read it. Of two answers the latest
 * by time counts, whichever side wrote it.
 */
#include <string.h>

#include "base/encode.h"
#include "store/project_row.h"

static const char ADD[] =
	"INSERT INTO pending (board, id, subject, kind, word, account, actor, author, seq, at, done,"
	" done_at, done_author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0)"
	" ON CONFLICT DO NOTHING";
static const char ANSWERED[] =
	"UPDATE pending SET done = $3, done_at = $4, done_author = $5 WHERE board = $1 AND id = $2"
	" AND (done_at, done_author) < ($4, $5)";
static const char SETTLE[] =
	"UPDATE pending SET done = $4 WHERE board = $1 AND subject = $2 AND kind = $3";
static const char REMOVE[] =
	"DELETE FROM pending WHERE board = $1 AND subject = $2 AND kind = $3";
static const char CLEAR[] = "DELETE FROM pending WHERE board = $1 AND subject = $2";
static const char GIVEN[] =
	"INSERT INTO handover (board, list, id, subject, what, giver, taker, carrier, tracking, actor,"
	" author, at, got, got_by, got_at, got_author, got_seq, missing) VALUES ($1, $2, $3, $4, $5,"
	" $6, $7, $8, $9, $10, $11, $12, 0, '', 0, 0, 0, '') ON CONFLICT DO NOTHING";
/* Received outranks missing: it turned up. */
static const char RECEIVED[] =
	"UPDATE handover SET got = $3, got_by = $4, got_at = $5, got_author = $6, got_seq = $7,"
	" missing = $8 WHERE board = $1 AND id = $2 AND (got = 0 OR (got = 2 AND $3 = 1)"
	" OR (got = $3 AND (got_at, got_author, got_seq) < ($5, $6, $7)))";
static const char HANDOVER_CLEAR[] = "DELETE FROM handover WHERE board = $1 AND subject = $2";

static const struct asked {
	const char *kind, *as;
	const char *word, *account;	/* members of the body */
} asked[] = {
	{ "question.asked", "question", "to", "to_account" },
	{ "draft.proposed", "proposal", "act", "approver" },
	{ "request.made", "request", "act", "" },
};
/* yes: the flag that says which answer it is; "": there is only one. */
static const struct answered { const char *kind, *ref, *yes; } answered[] = {
	{ "question.answered", "question", "" },
	{ "draft.decided", "proposal", "approved" },
	{ "request.answered", "request", "granted" },
};
static const char *const turning[] = {
	"dossier.sign_refused", "dossier.sent_back", "dossier.returned_to_previous",
};
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static enum rc add(struct store *store, const struct event *event, const char *kind,
		const char *word, const char *account)
{
	struct stmt *stmt = db_stmt(store->tram, ADD);

	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->id, EVENT_ID_SIZE);
	stmt_blob(stmt, 3, event->subject, EVENT_ID_SIZE);
	stmt_text(stmt, 4, kind);
	stmt_text(stmt, 5, word);
	stmt_text(stmt, 6, account);
	stmt_text(stmt, 7, event->actor);
	stmt_int(stmt, 8, (int64_t)event->log);		/* where its body is read */
	stmt_int(stmt, 9, (int64_t)event->seq);
	stmt_int(stmt, 10, event->time.wall_ms);
	return stmt_run(stmt);
}

static enum rc settle(struct store *store, const struct event *event, const char *kind, int done)
{
	struct stmt *stmt = db_stmt(store->tram, SETTLE);

	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_text(stmt, 3, kind);
	stmt_int(stmt, 4, done);
	return stmt_run(stmt);
}

/* The way a result leaves, as the newest word about it says. */
static enum rc set_delivery(struct store *store, const struct event *event, const json_t *delivery)
{
	struct stmt *stmt = db_stmt(store->tram, REMOVE);
	const char *way = json_text(delivery, "way");
	enum rc rc;

	if (!delivery)
		return RC_OK;
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_text(stmt, 3, "delivery");
	rc = stmt_run(stmt);
	if (rc != RC_OK || !*way || strcmp(way, "counter") == 0)
		return rc;
	return add(store, event, "delivery", way, "");
}

enum rc project_pending_state(struct store *store, const struct event *event,
		const struct kind *kind, const json_t *body, enum dossier_state before,
		enum dossier_state after)
{
	const json_t *of = strcmp(kind->name, "dossier.amended") == 0 ? json_object_get(body, "set") : body;
	enum rc rc = RC_OK;
	size_t i;

	if (kind_is_first(kind) || of != body)
		rc = set_delivery(store, event, json_object_get(of, "delivery"));
	if (rc != RC_OK || before == after || kind_is_first(kind))
		return rc;
	rc = settle(store, event, "turned", 1);
	if (rc == RC_OK && state_is_closed(before) != state_is_closed(after))
		rc = settle(store, event, "delivery", state_is_closed(after));
	for (i = 0; rc == RC_OK && i < COUNT(turning); i++) {
		if (strcmp(turning[i], kind->name) == 0)
			rc = add(store, event, "turned", kind->name, "");
	}
	return rc;
}

static enum rc answer(struct store *store, const struct event *event, const json_t *body,
		const struct answered *of)
{
	struct stmt *stmt;
	uint8_t id[EVENT_ID_SIZE];

	if (hex_decode(json_text(body, of->ref), id, sizeof(id)) != RC_OK)
		return RC_OK;
	stmt = db_stmt(store->tram, ANSWERED);
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, id, sizeof(id));
	stmt_int(stmt, 3, !*of->yes || json_flag(body, of->yes) ? 1 : 2);
	stmt_int(stmt, 4, event->time.wall_ms);
	stmt_int(stmt, 5, (int64_t)event->author);
	return stmt_run(stmt);
}

static enum rc given(struct store *store, const struct event *event, const json_t *body)
{
	static const char *const members[] = { "what", "from", "to", "carrier", "tracking" };
	struct stmt *stmt = db_stmt(store->tram, GIVEN);
	size_t i;

	stmt_text(stmt, 1, event->board);
	stmt_text(stmt, 2, json_text(body, "list"));
	stmt_blob(stmt, 3, event->id, EVENT_ID_SIZE);
	stmt_blob(stmt, 4, event->subject, EVENT_ID_SIZE);
	for (i = 0; i < COUNT(members); i++)
		stmt_text(stmt, 5 + (int)i, json_text(body, members[i]));
	stmt_text(stmt, 10, event->actor);
	stmt_int(stmt, 11, (int64_t)event->author);
	stmt_int(stmt, 12, event->time.wall_ms);
	return stmt_run(stmt);
}

static enum rc received(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt;
	uint8_t id[EVENT_ID_SIZE];

	if (hex_decode(json_text(body, "given"), id, sizeof(id)) != RC_OK)
		return RC_OK;
	stmt = db_stmt(store->tram, RECEIVED);
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, id, sizeof(id));
	stmt_int(stmt, 3, *json_text(body, "missing") ? 2 : 1);
	stmt_text(stmt, 4, event->actor);
	stmt_int(stmt, 5, event->time.wall_ms);
	stmt_int(stmt, 6, (int64_t)event->author);
	stmt_int(stmt, 7, (int64_t)event->seq);
	stmt_text(stmt, 8, json_text(body, "missing"));
	return stmt_run(stmt);
}

enum rc project_pending_note(struct store *store, const struct event *event, const json_t *body)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < COUNT(asked); i++) {
		if (strcmp(asked[i].kind, event->kind) == 0)
			rc = add(store, event, asked[i].as, json_text(body, asked[i].word),
					json_text(body, asked[i].account));
	}
	for (i = 0; rc == RC_OK && i < COUNT(answered); i++) {
		if (strcmp(answered[i].kind, event->kind) == 0)
			rc = answer(store, event, body, &answered[i]);
	}
	if (rc == RC_OK && strcmp(event->kind, "handover.given") == 0)
		rc = given(store, event, body);
	if (rc == RC_OK && strcmp(event->kind, "handover.received") == 0)
		rc = received(store, event, body);
	return rc;
}

enum rc project_pending_clear(struct store *store, const char *board, const uint8_t *id)
{
	static const char *const deletes[] = { CLEAR, HANDOVER_CLEAR };
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < COUNT(deletes); i++) {
		struct stmt *stmt = db_stmt(store->tram, deletes[i]);

		stmt_text(stmt, 1, board);
		stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
		rc = stmt_run(stmt);
	}
	return rc;
}
