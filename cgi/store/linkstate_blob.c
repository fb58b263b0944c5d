/*
 * linkstate_blob.c: the center's receipts for contents: given once, repeated byte for byte.
 */
#include "base/when.h"
#include "store/linkstate.h"

enum rc linkstate_blob_issued_get(struct store *store, struct pool *pool, const char *board,
		const char *sha256, char **jws)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT jws FROM blob_receipt "
			"WHERE board = $1 AND sha256 = $2");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, sha256);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	*jws = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc linkstate_blob_issued_put(struct store *store, const char *board, const char *sha256,
		const char *jws)
{
	struct stmt *stmt = db_stmt(store->tram, "INSERT INTO blob_receipt (board, sha256, jws, at) "
			"VALUES ($1, $2, $3, $4) ON CONFLICT (board, sha256) DO NOTHING");
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, sha256);
	stmt_text(stmt, 3, jws);
	stmt_int(stmt, 4, when_now_ms());
	rc = stmt_run(stmt);
	return rc == RC_OK && db_changes(store->tram) == 0 ? RC_EXISTS : rc;
}
