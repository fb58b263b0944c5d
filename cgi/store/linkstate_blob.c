/*
 * linkstate_blob.c: the center's receipts for contents: given once, repeated byte for byte.
 */
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

enum rc linkstate_blob_number(struct store *store, const char *board, uint64_t *center_epoch,
		uint64_t *no)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT coalesce(max(no), 0) FROM blob_receipt "
			"WHERE board = $1 AND gone < 2");
	struct journal_head head;
	bool row = false;
	enum rc rc = journal_lock(store, board);

	if (rc == RC_OK)
		rc = journal_head_get(store, board, AUTHOR_CENTER, &head);
	if (rc != RC_OK)
		return rc;
	stmt_text(stmt, 1, board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	*no = 1 + (row ? (uint64_t)stmt_col_int(stmt, 0) : 0);
	stmt_reset(stmt);
	*center_epoch = head.epoch ? head.epoch : 1;
	return RC_OK;
}

enum rc linkstate_blob_issued_put(struct store *store, const char *board,
		const struct link_blob_receipt *receipt)
{
	struct stmt *stmt = db_stmt(store->tram, "INSERT INTO blob_receipt (board, sha256, jws, at, "
			"center_epoch, no) VALUES ($1, $2, $3, $4, $5, $6) "
			"ON CONFLICT (board, sha256) DO UPDATE SET jws = excluded.jws, at = excluded.at, "
			"center_epoch = excluded.center_epoch, no = excluded.no "
			"WHERE blob_receipt.center_epoch < excluded.center_epoch");
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, receipt->sha256);
	stmt_text(stmt, 3, receipt->jws);
	stmt_int(stmt, 4, receipt->at);
	stmt_int(stmt, 5, (int64_t)receipt->center_epoch);
	stmt_int(stmt, 6, (int64_t)receipt->no);
	rc = stmt_run(stmt);
	return rc == RC_OK && db_changes(store->tram) == 0 ? RC_EXISTS : rc;
}

enum rc linkstate_blob_issued_over(struct store *store, const char *board, const char *sha256)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT 1 FROM blob_receipt r WHERE r.board = $1 "
			"AND r.sha256 = $2 AND r.center_epoch < coalesce((SELECT h.epoch FROM journal_head h "
			"WHERE h.board = $1 AND h.author = 1), 1)");
	bool over = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, sha256);
	rc = stmt_step(stmt, &over);
	if (rc == RC_OK && over)
		stmt_reset(stmt);
	return rc == RC_OK && over ? RC_NOT_FOUND : rc;
}
