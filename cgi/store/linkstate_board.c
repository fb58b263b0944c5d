/*
 * linkstate_board.c: the center's register of boards.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/enrol.h"
#include "store/linkstate.h"
#include "store/slip.h"

#define BOARD_COLUMNS "board, name, fingerprint, revoked, fenced, hello_counter, seen_at, point, version," \
	" revoked_at, revoked_by, revoked_why, fence_reason, fence_at, fence_by"

static void board_read(struct stmt *stmt, struct pool *pool, struct link_board *out)
{
	size_t len = 0;
	const void *fingerprint = stmt_col_blob(stmt, 2, &len);

	memset(out, 0, sizeof(*out));
	if (len == sizeof(out->fingerprint))
		memcpy(out->fingerprint, fingerprint, len);
	out->board = stmt_col_dup(stmt, 0, pool);
	out->name = stmt_col_dup(stmt, 1, pool);
	out->revoked = stmt_col_int(stmt, 3) != 0;
	out->fenced = stmt_col_int(stmt, 4) != 0;
	out->hello_counter = (uint64_t)stmt_col_int(stmt, 5);
	out->seen_at = stmt_col_int(stmt, 6);
	out->point = stmt_col_dup(stmt, 7, pool);
	out->version = stmt_col_dup(stmt, 8, pool);
	out->revoked_at = stmt_col_int(stmt, 9);
	out->revoked_by = stmt_col_dup(stmt, 10, pool);
	out->revoked_why = stmt_col_dup(stmt, 11, pool);
	out->fence_reason = stmt_col_dup(stmt, 12, pool);
	out->fence_at = stmt_col_int(stmt, 13);
	out->fence_by = stmt_col_dup(stmt, 14, pool);
}

static enum rc board_by_cert(struct store *store, struct pool *pool,
		const uint8_t fingerprint[32], struct link_board *out)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT " BOARD_COLUMNS " FROM link_board "
			"WHERE fingerprint = $1");
	bool row = false;
	enum rc rc;

	stmt_blob(stmt, 1, fingerprint, HASH_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	board_read(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc linkstate_board_by_cert(struct store *store, struct pool *pool,
		const uint8_t fingerprint[32], struct link_board *out)
{
	enum rc rc = board_by_cert(store, pool, fingerprint, out);

	if (rc != RC_NOT_FOUND)
		return rc;
	rc = enrol_cert_use(store, fingerprint);
	if (rc == RC_OK)
		log_info("board uses its new certificate");
	return rc == RC_OK ? board_by_cert(store, pool, fingerprint, out) : rc;
}

static enum rc board_write(struct store *store, struct stmt *stmt, enum rc none)
{
	enum rc rc = stmt_run(stmt);

	if (rc == RC_OK && db_changes(store->tram) == 0)
		rc = none;
	if (rc != RC_OK) {
		db_write_abort(store->tram);
		return rc;
	}
	return db_write_commit(store->tram);
}

enum rc linkstate_board_add(struct store *store, const char *board, const char *name,
		const char *point_json, const uint8_t fingerprint[32], const uint8_t slip_key[32])
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	/* The same name again is a renewal: new certificate, same history. */
	stmt = db_stmt(store->tram, "INSERT INTO link_board (board, name, point, fingerprint, slip_key, "
			"revoked, fenced, hello_counter, seen_at) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0) "
			"ON CONFLICT (board) DO UPDATE SET name = $2, point = $3, fingerprint = $4, "
			"slip_key = $5, revoked = 0");
	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, name);
	stmt_text(stmt, 3, point_json);
	stmt_blob(stmt, 4, fingerprint, HASH_SIZE);
	stmt_blob(stmt, 5, slip_key, 32);
	rc = board_write(store, stmt, RC_BUG);
	return rc == RC_OK && store->pub ? slip_point_publish(store) : rc;
}

enum rc linkstate_slip_key(struct store *store, const char *board, uint8_t key[32])
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT slip_key FROM link_board WHERE board = $1");
	const void *bytes;
	bool row = false;
	size_t len;
	enum rc rc;

	stmt_text(stmt, 1, board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	bytes = stmt_col_blob(stmt, 0, &len);
	if (len == 32)
		memcpy(key, bytes, len);
	stmt_reset(stmt);
	return len == 32 ? RC_OK : RC_NOT_FOUND;
}

enum rc linkstate_board_revoke(struct store *store, const char *board, const char *by, const char *why)
{
	struct stmt *stmt = db_stmt(store->tram, "UPDATE link_board SET revoked = 1, revoked_at = $2, "
			"revoked_by = $3, revoked_why = $4 WHERE board = $1");
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, when_now_ms());
	stmt_text(stmt, 3, by);
	stmt_text(stmt, 4, why);
	rc = stmt_run(stmt);
	return rc == RC_OK && db_changes(store->tram) == 0 ? RC_NOT_FOUND : rc;
}

enum rc linkstate_board_labelled(struct store *store, const char *label, const char *board, bool *other)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT 1 FROM link_board WHERE label = $1 AND label <> '' "
			"AND board <> $2 AND revoked = 0 LIMIT 1");
	enum rc rc;

	stmt_text(stmt, 1, label);
	stmt_text(stmt, 2, board);
	rc = stmt_step(stmt, other);
	stmt_reset(stmt);
	return rc;
}

enum rc linkstate_board_list(struct store *store, struct pool *pool, struct link_board **rows,
		size_t *count)
{
	struct stmt *stmt;
	size_t total = 0;
	bool row = false;
	enum rc rc;

	*rows = NULL;
	*count = 0;
	stmt = db_stmt(store->tram, "SELECT count(*) FROM link_board");
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	total = (size_t)stmt_col_int(stmt, 0);
	stmt_reset(stmt);
	*rows = pool_alloc(pool, (total + 1) * sizeof(**rows));
	stmt = db_stmt(store->tram, "SELECT " BOARD_COLUMNS " FROM link_board ORDER BY board LIMIT $1");
	stmt_int(stmt, 1, (int64_t)total);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < total)
		board_read(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

enum rc linkstate_board_find(struct store *store, struct pool *pool, const char *board,
		struct link_board *out)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT " BOARD_COLUMNS " FROM link_board WHERE board = $1");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	board_read(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}
