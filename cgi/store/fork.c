/*
 * fork.c: what waits to be joined to a log; see fork.h. And the chain from a waiting event down to where
 * it leaves the log.
 */
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/fork_chain.h"

static const char ADD[] =
	"INSERT INTO journal_fork (board, author, seq, hash, header, salt, body, at)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char GET[] =
	"SELECT header, salt, body FROM journal_fork WHERE board = $1 AND author = $2 AND seq = $3"
	" AND hash = $4";
static const char GET_BRANCH[] =
	"SELECT j.header, b.salt, b.body FROM journal j LEFT JOIN journal_body b ON b.board = j.board"
	" AND b.author = j.author AND b.seq = j.seq WHERE j.board = $1 AND j.author > 1"
	" AND j.author % 2 = $2 AND j.seq = $3 AND j.hash = $4";
static const char REMOVE[] =
	"DELETE FROM journal_fork WHERE board = $1 AND author = $2 AND seq = $3 AND hash = $4";
static const char REMOVE_ALL[] = "DELETE FROM journal_fork WHERE board = $1 AND author = $2";
static const char FORGET_BODY[] =
	"UPDATE journal_fork SET salt = NULL, body = NULL WHERE board = $1 AND author = $2 AND seq = $3"
	" AND hash = $4";
static const char IN_LOG[] =
	"SELECT 1 FROM journal WHERE board = $1 AND author = $2 AND seq = $3 AND hash = $4";
static const char IN_BRANCH[] =
	"SELECT 1 FROM journal WHERE board = $1 AND author > 1 AND author % 2 = $2 AND seq = $3"
	" AND hash = $4";

static struct stmt *at(struct store *store, const char *sql, const char *board,
		enum event_author author, uint64_t seq, const uint8_t hash[EVENT_HASH_SIZE])
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)author);
	stmt_int(stmt, 3, (int64_t)seq);
	stmt_blob(stmt, 4, hash, EVENT_HASH_SIZE);
	return stmt;
}

enum rc fork_stands(struct store *store, const char *board, enum event_author author, uint64_t seq,
		const uint8_t hash[EVENT_HASH_SIZE], bool branches, bool *stands)
{
	enum rc rc = stmt_any(at(store, IN_LOG, board, author, seq, hash), stands);

	if (rc == RC_OK && !*stands && branches)
		rc = stmt_any(at(store, IN_BRANCH, board, author, seq, hash), stands);
	return rc;
}

static enum rc waits(struct store *store, const char *board, enum event_author author, uint64_t seq,
		const uint8_t hash[EVENT_HASH_SIZE], bool *yes)
{
	return stmt_any(at(store, GET, board, author, seq, hash), yes);
}

/* Is the event before it here, or waiting too? */
static enum rc follows(struct store *store, const char *board, const struct event *event, bool *yes)
{
	enum rc rc;

	*yes = event->seq == 1;
	if (*yes)
		return RC_OK;
	rc = fork_stands(store, board, event->author, event->seq - 1, event->prev, true, yes);
	return rc == RC_OK && !*yes ? waits(store, board, event->author, event->seq - 1, event->prev, yes) :
			rc;
}

enum rc fork_stage(struct store *store, const char *board, const char *header, size_t header_len,
		const uint8_t *salt, const char *body, size_t body_len, const char **why)
{
	struct event event;
	struct stmt *stmt;
	bool found = false;
	enum rc rc;

	*why = "line";
	if (event_decode(header, header_len, &event) != RC_OK)
		return RC_PROTOCOL;
	hash_sha256(header, header_len, event.hash);
	*why = journal_fault(&event, board, event.author, salt, body, body_len);
	if (*why)
		return RC_PROTOCOL;
	*why = "";
	rc = fork_stands(store, board, event.author, event.seq, event.hash, true, &found);
	if (rc == RC_OK && !found)
		rc = waits(store, board, event.author, event.seq, event.hash, &found);
	if (rc != RC_OK || found)
		return rc != RC_OK ? rc : RC_EXISTS;
	rc = follows(store, board, &event, &found);
	if (rc == RC_OK && !found) {
		*why = "gap";
		rc = RC_PROTOCOL;
	}
	if (rc != RC_OK)
		return rc;
	stmt = at(store, ADD, board, event.author, event.seq, event.hash);
	stmt_blob(stmt, 5, header, header_len);
	stmt_int(stmt, 8, when_now_ms());
	if (body) {
		stmt_blob(stmt, 6, salt, EVENT_SALT_SIZE);
		stmt_blob(stmt, 7, body, body_len);
	} else {
		stmt_null(stmt, 6);
		stmt_null(stmt, 7);
	}
	return stmt_run(stmt);
}

enum rc fork_unstage(struct store *store, const char *board, enum event_author author)
{
	struct stmt *stmt = db_stmt(store->tram, REMOVE_ALL);

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)author);
	return stmt_run(stmt);
}

enum rc fork_forget_body(struct store *store, const char *board, enum event_author author, uint64_t seq,
		const uint8_t hash[EVENT_HASH_SIZE])
{
	return stmt_run(at(store, FORGET_BODY, board, author, seq, hash));
}

enum rc fork_chain_row(struct store *store, struct pool *pool, const char *board,
		enum event_author author, const struct fork_link *link, struct journal_row *out)
{
	struct stmt *stmt = at(store, GET, board, author, link->seq, link->hash);
	const void *bytes;
	bool row = false;
	size_t len;
	enum rc rc = stmt_step(stmt, &row);

	if (rc == RC_OK && !row) {
		/* What was recorded as a branch here may be the log there. */
		stmt = at(store, GET_BRANCH, board, author, link->seq, link->hash);
		rc = stmt_step(stmt, &row);
	}
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	memset(out, 0, sizeof(*out));
	bytes = stmt_col_blob(stmt, 0, &out->header_len);
	out->header = pool_strndup(pool, bytes, out->header_len);
	rc = event_decode(out->header, out->header_len, &out->event) == RC_OK ? RC_OK : RC_DB;
	memcpy(out->event.hash, link->hash, EVENT_HASH_SIZE);
	if (!stmt_col_null(stmt, 2)) {
		bytes = stmt_col_blob(stmt, 1, &len);
		out->event.salt = (const uint8_t *)pool_strndup(pool, bytes, len);
		bytes = stmt_col_blob(stmt, 2, &len);
		out->event.body = pool_strndup(pool, bytes, len);
		out->event.body_len = len;
	}
	stmt_reset(stmt);
	return rc;
}

enum rc fork_chain_remove(struct store *store, const char *board, enum event_author author,
		const struct fork_link *link)
{
	return stmt_run(at(store, REMOVE, board, author, link->seq, link->hash));
}

static void push(struct pool *pool, struct fork_chain *chain, size_t *room, uint64_t seq,
		const uint8_t hash[EVENT_HASH_SIZE])
{
	if (chain->count == *room) {
		struct fork_link *more;

		*room = *room ? *room * 2 : 64;
		more = pool_alloc(pool, *room * sizeof(*more));
		if (chain->count)
			memcpy(more, chain->rows, chain->count * sizeof(*more));
		chain->rows = more;
	}
	chain->rows[chain->count].seq = seq;
	memcpy(chain->rows[chain->count++].hash, hash, EVENT_HASH_SIZE);
}

static void turn(struct fork_chain *chain)
{
	size_t i;

	for (i = 0; i < chain->count / 2; i++) {
		struct fork_link kept = chain->rows[i];

		chain->rows[i] = chain->rows[chain->count - 1 - i];
		chain->rows[chain->count - 1 - i] = kept;
	}
}

enum rc fork_chain_get(struct store *store, struct pool *pool, const char *board,
		enum event_author author, uint64_t seq, const uint8_t hash[EVENT_HASH_SIZE], bool branches,
		struct fork_chain *out)
{
	struct pool *one = pool_new();
	struct journal_row row;
	struct fork_link link;
	size_t room = 0;
	bool stands = seq == 0;
	enum rc rc = RC_OK;

	memset(out, 0, sizeof(*out));
	link.seq = seq;
	memcpy(link.hash, hash, EVENT_HASH_SIZE);
	while (rc == RC_OK && !stands) {
		rc = fork_stands(store, board, author, link.seq, link.hash, branches, &stands);
		if (rc != RC_OK || stands)
			break;
		pool_reset(one);
		rc = fork_chain_row(store, one, board, author, &link, &row);
		if (rc != RC_OK)
			break;
		push(pool, out, &room, link.seq, link.hash);
		link.seq--;
		memcpy(link.hash, row.event.prev, EVENT_HASH_SIZE);
		stands = link.seq == 0;
	}
	out->base = link.seq;
	turn(out);
	pool_free(one);
	return rc;
}
