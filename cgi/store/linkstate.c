/*
 * linkstate.c: the board's half: what was sent, what came, which contents still go or come; and the
 * receipts of either side.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/linkstate.h"

enum rc linkstate_get(struct store *store, struct link_cursor *out)
{
	struct journal_head feed;
	struct stmt *stmt;
	bool row = false;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	stmt = db_stmt(store->tram, "SELECT sent_seq, hello_counter, receipt_at, center_epoch, "
			"goodput FROM link_state WHERE board = $1");
	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (row) {
		out->sent_seq = (uint64_t)stmt_col_int(stmt, 0);
		out->hello_counter = (uint64_t)stmt_col_int(stmt, 1);
		out->receipt_at = stmt_col_int(stmt, 2);
		out->center_epoch = (uint64_t)stmt_col_int(stmt, 3);
		out->goodput = stmt_col_int(stmt, 4);
		stmt_reset(stmt);
	}
	rc = journal_head_get(store, store->board, AUTHOR_CENTER, &feed);
	if (rc == RC_OK) {
		out->feed_seq = feed.seq;
		if (feed.seq)
			out->center_epoch = feed.epoch;
	}
	return rc;
}

static enum rc commit_or_abort(struct store *store, enum rc rc)
{
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}

static enum rc link_state_row(struct store *store)
{
	struct stmt *stmt = db_stmt(store->tram, "INSERT INTO link_state (board, sent_seq, "
			"hello_counter, receipt_at, center_epoch, goodput) VALUES ($1, 0, 0, 0, 0, 0) "
			"ON CONFLICT (board) DO NOTHING");

	stmt_text(stmt, 1, store->board);
	return stmt_run(stmt);
}

/* Is this the hash of our own event at seq? RC_PROTOCOL: no. */
static enum rc own_event_is(struct store *store, uint64_t seq, const uint8_t hash[32])
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT hash FROM journal "
			"WHERE board = $1 AND author = 0 AND seq = $2");
	bool row = false, same = false;
	size_t len = 0;
	const void *stored;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)seq);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (row) {
		stored = stmt_col_blob(stmt, 0, &len);
		same = len == HASH_SIZE && memcmp(stored, hash, HASH_SIZE) == 0;
		stmt_reset(stmt);
	}
	return same ? RC_OK : RC_PROTOCOL;
}

static enum rc receipt_store(struct store *store, uint64_t epoch, uint64_t seq,
		const uint8_t hash[32], const char *jws)
{
	struct stmt *stmt;
	enum rc rc;

	rc = own_event_is(store, seq, hash);
	if (rc == RC_OK)
		rc = link_state_row(store);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, "UPDATE link_state SET sent_seq = $2, receipt_at = $3 "
			"WHERE board = $1 AND sent_seq < $2");
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)seq);
	stmt_int(stmt, 3, when_now_ms());
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		return rc;
	if (db_changes(store->tram) == 0)
		return RC_EXISTS;
	stmt = db_stmt(store->tram, "INSERT INTO receipt (board, epoch, seq, hash, jws, at) "
			"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (board, epoch, seq) DO UPDATE SET "
			"hash = excluded.hash, jws = excluded.jws, at = excluded.at "
			"WHERE receipt.hash <> excluded.hash");
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)epoch);
	stmt_int(stmt, 3, (int64_t)seq);
	stmt_blob(stmt, 4, hash, HASH_SIZE);
	stmt_text(stmt, 5, jws);
	stmt_int(stmt, 6, when_now_ms());
	return stmt_run(stmt);
}

enum rc linkstate_receipt(struct store *store, uint64_t epoch, uint64_t seq,
		const uint8_t hash[32], const char *jws)
{
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	return commit_or_abort(store, receipt_store(store, epoch, seq, hash, jws));
}

enum rc linkstate_receipts(struct store *store, struct pool *pool, const char *board, uint64_t after,
		size_t limit, struct link_receipt **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT epoch, seq, hash, jws FROM receipt "
			"WHERE board = $1 AND seq > $2 ORDER BY seq, epoch LIMIT $3");
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, limit * sizeof(**rows));
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)after);
	stmt_int(stmt, 3, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct link_receipt *out = &(*rows)[(*count)++];
		size_t len = 0;
		const void *hash = stmt_col_blob(stmt, 2, &len);

		memset(out, 0, sizeof(*out));
		out->epoch = (uint64_t)stmt_col_int(stmt, 0);
		out->seq = (uint64_t)stmt_col_int(stmt, 1);
		if (len == HASH_SIZE)
			memcpy(out->hash, hash, len);
		out->jws = stmt_col_dup(stmt, 3, pool);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc linkstate_next_counter(struct store *store, uint64_t *counter)
{
	struct stmt *stmt;
	bool row = false;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	rc = link_state_row(store);
	if (rc == RC_OK) {
		stmt = db_stmt(store->tram, "UPDATE link_state SET hello_counter = hello_counter + 1 "
				"WHERE board = $1 RETURNING hello_counter");
		stmt_text(stmt, 1, store->board);
		rc = stmt_step(stmt, &row);
		if (rc == RC_OK && row) {
			*counter = (uint64_t)stmt_col_int(stmt, 0);
			stmt_reset(stmt);
		}
	}
	return commit_or_abort(store, rc);
}

enum rc linkstate_raise_counter(struct store *store, uint64_t counter)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	rc = link_state_row(store);
	stmt = db_stmt(store->tram, "UPDATE link_state SET hello_counter = $2 WHERE board = $1 "
			"AND hello_counter < $2");
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)counter);
	return commit_or_abort(store, rc == RC_OK ? stmt_run(stmt) : rc);
}

enum rc linkstate_sent_back(struct store *store, const char *board, uint64_t seq)
{
	struct stmt *stmt;
	bool begun;
	enum rc rc = db_write_enter(store->tram, &begun);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, "UPDATE link_state SET sent_seq = $2 WHERE board = $1 AND sent_seq > $2");
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)seq);
	return db_write_leave(store->tram, begun, stmt_run(stmt));
}

enum rc linkstate_feed_token(struct store *store, const char *token)
{
	struct stmt *stmt;
	bool begun;
	enum rc rc = db_write_enter(store->tram, &begun);

	if (rc != RC_OK)
		return rc;
	rc = link_state_row(store);
	stmt = db_stmt(store->tram, "UPDATE link_state SET feed_token = $2 WHERE board = $1");
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, token);
	return db_write_leave(store->tram, begun, rc == RC_OK ? stmt_run(stmt) : rc);
}

enum rc linkstate_feed_token_get(struct store *store, struct pool *pool, const char **token)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT feed_token FROM link_state WHERE board = $1");
	bool row = false;
	enum rc rc;

	*token = "";
	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*token = stmt_col_dup(stmt, 0, pool);
		stmt_reset(stmt);
	}
	return rc;
}

enum rc linkstate_fence_get(struct store *store, struct pool *pool, struct link_fence *out)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT fenced, fenced_at FROM link_state WHERE board = $1");
	bool row = false;
	enum rc rc;

	out->why = "";
	out->at = 0;
	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		out->why = stmt_col_dup(stmt, 0, pool);
		out->at = stmt_col_int(stmt, 1);
		stmt_reset(stmt);
	}
	return rc;
}

static enum rc fence_write(struct store *store, const char *why)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	rc = link_state_row(store);
	stmt = db_stmt(store->tram, "UPDATE link_state SET fenced = $2, fenced_at = $3 WHERE board = $1");
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, why);
	stmt_int(stmt, 3, *why ? when_now_ms() : 0);
	return commit_or_abort(store, rc == RC_OK ? stmt_run(stmt) : rc);
}

enum rc linkstate_fence(struct store *store, const char *why)
{
	struct pool *pool = pool_new();
	struct link_fence now;
	enum rc rc = linkstate_fence_get(store, pool, &now);

	if (rc == RC_OK && strcmp(now.why, why) != 0)
		rc = fence_write(store, why);
	pool_free(pool);
	return rc;
}

enum rc linkstate_goodput(struct store *store, int64_t bytes_a_second)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	rc = link_state_row(store);
	if (rc == RC_OK) {
		stmt = db_stmt(store->tram, "UPDATE link_state SET goodput = $2 WHERE board = $1");
		stmt_text(stmt, 1, store->board);
		stmt_int(stmt, 2, bytes_a_second);
		rc = stmt_run(stmt);
	}
	return commit_or_abort(store, rc);
}

enum rc linkstate_blob_url(struct store *store, const char *sha256, const char *url)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	if (*url) {
		stmt = db_stmt(store->tram, "INSERT INTO blob_upload (board, sha256, url) "
				"VALUES ($1, $2, $3) ON CONFLICT (board, sha256) DO UPDATE SET url = $3");
		stmt_text(stmt, 3, url);
	} else {
		stmt = db_stmt(store->tram, "DELETE FROM blob_upload WHERE board = $1 AND sha256 = $2");
	}
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, sha256);
	return commit_or_abort(store, stmt_run(stmt));
}

enum rc linkstate_blob_receipt(struct store *store, const struct link_blob_receipt *receipt)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, "INSERT INTO blob_receipt (board, sha256, jws, at, center_epoch, no) "
			"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (board, sha256) DO UPDATE SET "
			"jws = excluded.jws, at = excluded.at, center_epoch = excluded.center_epoch, "
			"no = excluded.no, stale = 0 WHERE blob_receipt.stale = 1");
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, receipt->sha256);
	stmt_text(stmt, 3, receipt->jws);
	stmt_int(stmt, 4, receipt->at);
	stmt_int(stmt, 5, (int64_t)receipt->center_epoch);
	stmt_int(stmt, 6, (int64_t)receipt->no);
	rc = stmt_run(stmt);
	if (rc == RC_OK) {
		stmt = db_stmt(store->tram, "DELETE FROM blob_upload WHERE board = $1 AND sha256 = $2");
		stmt_text(stmt, 1, store->board);
		stmt_text(stmt, 2, receipt->sha256);
		rc = stmt_run(stmt);
	}
	return commit_or_abort(store, rc);
}
