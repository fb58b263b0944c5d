/*
 * parked.c: see parked.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "store/journal.h"
#include "store/parked.h"
#include "store/projection.h"

#define AT_ONCE 100
#define BOARD_MAX sizeof(((struct event *)NULL)->board)

static const char LIST[] =
	"SELECT p.board, p.author, p.seq, p.reason, j.header, coalesce(d.code, '') FROM parked p"
	" JOIN journal j ON j.board = p.board AND j.author = p.author AND j.seq = p.seq"
	" LEFT JOIN dossier d ON d.board = p.board AND d.id = j.subject"
	" WHERE ($1 = '' OR p.board = $1) AND (p.board, p.author, p.seq) > ($3, $4, $5)"
	" ORDER BY p.board, p.author, p.seq LIMIT $2";
static const char STILL[] =
	"SELECT 1 FROM parked WHERE board = $1 AND author = $2 AND seq = $3";
static const char UNPARK[] =
	"DELETE FROM parked WHERE board = $1 AND author = $2 AND seq = $3";
static const char BLOBS[] =
	"SELECT p.board, p.sha256, p.reason, p.at, p.tries FROM blob_parked p"
	" WHERE ($1 = '' OR p.board = $1) AND NOT EXISTS (SELECT 1 FROM blob_receipt r"
	" WHERE r.board = p.board AND r.sha256 = p.sha256) AND NOT (p.reason LIKE 'content%'"
	" AND EXISTS (SELECT 1 FROM blob b WHERE b.board = p.board AND b.sha256 = p.sha256))"
	" ORDER BY p.at, p.sha256 LIMIT $2";
static const char BLOB_PUT[] =
	"INSERT INTO blob_parked (board, sha256, reason, at, tries) VALUES ($1, $2, $3, $4, 1)"
	" ON CONFLICT (board, sha256) DO UPDATE SET reason = $3, tries = blob_parked.tries + 1";
static const char BLOB_OUT[] = "DELETE FROM blob_parked WHERE board = $1 AND sha256 = $2";

static struct stmt *at_position(struct store *store, const char *sql, const char *board,
		unsigned log, uint64_t seq)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)log);
	stmt_int(stmt, 3, (int64_t)seq);
	return stmt;
}

/* after NULL: from the beginning. */
static enum rc list_after(struct store *store, struct pool *pool, const char *board,
		const struct parked_row *after, size_t limit, struct parked_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, LIST);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)limit);
	stmt_text(stmt, 3, after ? after->board : "");
	stmt_int(stmt, 4, after ? (int64_t)after->log : 0);
	stmt_int(stmt, 5, after ? (int64_t)after->seq : 0);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct parked_row *out = &(*rows)[(*count)++];
		struct event event;
		size_t len = 0;
		const void *header = stmt_col_blob(stmt, 4, &len);

		out->board = stmt_col_dup(stmt, 0, pool);
		out->log = (unsigned)stmt_col_int(stmt, 1);
		out->author = out->log % 2 ? AUTHOR_CENTER : AUTHOR_BOARD;
		out->seq = (uint64_t)stmt_col_int(stmt, 2);
		out->reason = stmt_col_dup(stmt, 3, pool);
		out->code = stmt_col_dup(stmt, 5, pool);
		out->kind = "";
		out->at = 0;
		if (event_decode(header, len, &event) == RC_OK) {
			out->kind = pool_strdup(pool, event.kind);
			out->at = event.time.wall_ms;
		}
	}
	stmt_reset(stmt);
	return rc;
}

enum rc parked_list(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct parked_row **rows, size_t *count)
{
	return list_after(store, pool, board, NULL, limit, rows, count);
}

enum rc parked_retry(struct store *store, const char *board, unsigned log, uint64_t seq, bool *left)
{
	struct pool *pool = pool_new();
	struct journal_row *rows = NULL;
	struct stmt *stmt;
	size_t count = 0;
	enum rc rc = journal_read(store, pool, board, log, seq - 1, 1, SIZE_MAX, &rows, &count);

	*left = true;
	if (rc == RC_OK && (count != 1 || rows[0].event.seq != seq))
		rc = RC_NOT_FOUND;
	/* The station's events do not stand on each other, and there are as many as days and people. */
	if (rc == RC_OK && rows[0].event.subject_kind == SUBJECT_STATION) {
		rc = stmt_run(at_position(store, UNPARK, board, log, seq));
		if (rc == RC_OK)
			rc = projection_event(store, &rows[0].event, NULL);
	} else if (rc == RC_OK) {
		rc = projection_redo(store, board, rows[0].event.subject, NULL);
	}
	if (rc == RC_OK) {
		stmt = at_position(store, STILL, board, log, seq);
		rc = stmt_step(stmt, left);
		if (rc == RC_OK && *left)
			stmt_reset(stmt);
	}
	pool_free(pool);
	return rc;
}

/* One portion, after a position that is moved on. What one try settles for a whole subject is no longer
 * parked when its turn comes: trying it again changes nothing. */
static enum rc retry_portion(struct store *store, char board[BOARD_MAX], struct parked_row *at,
		size_t *tried, size_t *left)
{
	struct pool *pool = pool_new();
	struct parked_row *rows = NULL;
	size_t i;
	enum rc rc = list_after(store, pool, "", at, AT_ONCE, &rows, tried);

	for (i = 0; i < *tried && rc == RC_OK; i++) {
		bool still;

		rc = parked_retry(store, rows[i].board, rows[i].log, rows[i].seq, &still);
		*left += still;
	}
	if (*tried > 0) {
		*at = rows[*tried - 1];
		(void)snprintf(board, BOARD_MAX, "%s", at->board);
		at->board = board;
	}
	pool_free(pool);
	return rc;
}

enum rc parked_retry_all(struct store *store, size_t *tried, size_t *left)
{
	char board[BOARD_MAX] = "";
	struct parked_row at = { .board = board };
	size_t some = AT_ONCE;
	enum rc rc = store_begin(store, false);

	*tried = *left = 0;
	if (rc != RC_OK)
		return rc;
	while (rc == RC_OK && some == AT_ONCE) {
		rc = retry_portion(store, board, &at, &some, left);
		*tried += some;
	}
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc;
}

enum rc parked_blobs(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct parked_blob **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, BLOBS);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct parked_blob *out = &(*rows)[(*count)++];

		out->board = stmt_col_dup(stmt, 0, pool);
		out->sha256 = stmt_col_dup(stmt, 1, pool);
		out->reason = stmt_col_dup(stmt, 2, pool);
		out->at = stmt_col_int(stmt, 3);
		out->tries = stmt_col_int(stmt, 4);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc parked_blob_note(struct store *store, const char *board, const char *sha256,
		const char *reason)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, *reason ? BLOB_PUT : BLOB_OUT);
	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, sha256);
	if (*reason) {
		stmt_text(stmt, 3, reason);
		stmt_int(stmt, 4, when_now_ms());
	}
	rc = stmt_run(stmt);
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}
