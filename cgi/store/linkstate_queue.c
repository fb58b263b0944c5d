/*
 * linkstate_queue.c: which contents still go or come, in which order, and how long one waits.
 */
#include <string.h>

#include "store/linkstate.h"

#define ROOM_FIRST 16
#define WAIT_FILES_MAX 200	/* of others that are counted for an estimate on a page */

/* One content named twice is one row. */
static bool is_there(const struct link_blob *rows, size_t count, const char *sha256)
{
	size_t i;

	/* Names of one content stand close together: one dossier's files, or copies of one paper. */
	for (i = count > 64 ? count - 64 : 0; i < count; i++)
		if (strcmp(rows[i].sha256, sha256) == 0)
			return true;
	return false;
}

static enum rc blobs_read(struct stmt *stmt, struct pool *pool, size_t limit, struct link_blob **rows,
		size_t *count)
{
	size_t room = ROOM_FIRST;
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, room * sizeof(**rows));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct link_blob *blob;

		if (is_there(*rows, *count, stmt_col_text(stmt, 0)))
			continue;
		if (*count == room) {
			struct link_blob *more = pool_alloc(pool, 2 * room * sizeof(*more));

			memcpy(more, *rows, room * sizeof(*more));
			*rows = more;
			room *= 2;
		}
		blob = &(*rows)[(*count)++];
		memset(blob, 0, sizeof(*blob));
		memcpy(blob->sha256, stmt_col_text(stmt, 0), sizeof(blob->sha256) - 1);
		blob->size = stmt_col_int(stmt, 1);
		blob->type = stmt_col_dup(stmt, 2, pool);
		blob->due_at = stmt_col_int(stmt, 3);
		blob->upload_url = stmt_col_dup(stmt, 4, pool);
	}
	stmt_reset(stmt);
	return rc;
}

/* As in the index dossier_to_send: without a due time, last. */
#define DUE "CASE d.has_due WHEN 1 THEN d.due_at ELSE 9223372036854775807 END"
#define NO_RECEIPT(file) "NOT EXISTS (SELECT 1 FROM blob_receipt r WHERE r.board = " file ".board " \
	"AND r.sha256 = " file ".sha256 AND r.stale = 0)"
/* CROSS JOIN keeps SQLite on the dossiers' index, whose order is the answer's. */
#define TO_SEND "SELECT f.sha256, f.size, f.type, " DUE ", coalesce(u.url, '') FROM dossier d " \
	"CROSS JOIN dossier_file f ON f.board = d.board AND f.dossier = d.id AND f.result = 0 " \
	"LEFT JOIN blob_upload u ON u.board = f.board AND u.sha256 = f.sha256 " \
	"WHERE d.board = $1 AND d.complete_version < d.manifest_version AND " NO_RECEIPT("f") " " \
	"AND EXISTS (SELECT 1 FROM blob b WHERE b.board = f.board AND b.sha256 = f.sha256) "
#define AFTER_EVENTS "AND d.board_seq <= (SELECT sent_seq FROM link_state WHERE board = $1) "

enum rc linkstate_blobs_to_send(struct store *store, struct pool *pool, enum link_order order,
		size_t limit, struct link_blob **rows, size_t *count)
{
	struct stmt *stmt;

	if (order == LINK_NEWEST)
		stmt = db_stmt(store->tram, TO_SEND AFTER_EVENTS "ORDER BY d.manifest_at DESC, f.size");
	else if (order == LINK_BY_DUE)
		stmt = db_stmt(store->tram, TO_SEND AFTER_EVENTS "ORDER BY " DUE ", f.size, f.sha256");
	else
		stmt = db_stmt(store->tram, TO_SEND "ORDER BY " DUE);
	stmt_text(stmt, 1, store->board);
	return blobs_read(stmt, pool, limit, rows, count);
}

enum rc linkstate_results_to_send(struct store *store, struct pool *pool, size_t limit,
		struct link_blob **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT f.sha256, f.size, f.type, " DUE ", "
			"coalesce(u.url, '') FROM dossier_file f CROSS JOIN dossier d "
			"ON d.board = f.board AND d.id = f.dossier "
			"LEFT JOIN blob_upload u ON u.board = f.board AND u.sha256 = f.sha256 "
			"WHERE f.board = $1 AND f.result = 1 AND f.author = 0 AND " NO_RECEIPT("f") " "
			"AND d.board_seq <= (SELECT sent_seq FROM link_state WHERE board = $1) "
			"AND EXISTS (SELECT 1 FROM blob b WHERE b.board = f.board "
			"AND b.sha256 = f.sha256) UNION ALL SELECT s.sha256, b.size, b.type, "
			"9223372036854775807, coalesce(u.url, '') FROM blob_receipt s "
			"JOIN blob b ON b.board = s.board AND b.sha256 = s.sha256 "
			"LEFT JOIN blob_upload u ON u.board = s.board AND u.sha256 = s.sha256 "
			"WHERE s.board = $1 AND s.stale = 1 LIMIT $2");

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	return blobs_read(stmt, pool, limit, rows, count);
}

enum rc linkstate_blob_receipted(struct store *store, const char *sha256, bool *is)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT 1 FROM blob_receipt WHERE board = $1 "
			"AND sha256 = $2 AND stale = 0");
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, sha256);
	rc = stmt_step(stmt, is);
	if (rc == RC_OK && *is)
		stmt_reset(stmt);
	return rc;
}

enum rc linkstate_blobs_stale(struct store *store, const char *board, int64_t epoch)
{
	struct stmt *stmt = db_stmt(store->tram, "UPDATE blob_receipt SET stale = 1 WHERE board = $1 "
			"AND center_epoch < $2 AND gone = 0");

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, epoch);
	return stmt_run(stmt);
}

/* What a lost machine had and the center has: scans of what is still open here, as far as the center called
 * them whole; results decided here. What was let go stays there. */
#define LOST(file) "NOT EXISTS (SELECT 1 FROM blob b WHERE b.board = " file ".board AND b.sha256 = " file \
	".sha256) AND NOT EXISTS (SELECT 1 FROM blob_receipt r WHERE r.board = " file ".board AND r.sha256 = " \
	file ".sha256 AND r.gone > 0) "
#define LOST_OPEN "SELECT f.sha256, f.size, min(f.type), min(d.due_at), '' FROM dossier d " \
	"CROSS JOIN dossier_file f ON f.board = d.board AND f.dossier = d.id AND f.result = 0 " \
	"WHERE d.board = $1 AND d.state < 9 AND d.holder = 0 AND d.complete_version >= d.manifest_version " \
	"AND f.author = 0 AND " LOST("f") "GROUP BY f.sha256, f.size "
#define LOST_RESULTS "SELECT f.sha256, f.size, min(f.type), min(d.due_at), '' FROM dossier_file f " \
	"JOIN dossier d ON d.board = f.board AND d.id = f.dossier " \
	"WHERE f.board = $1 AND f.author = 0 AND f.result = 1 AND " LOST("f") "GROUP BY f.sha256, f.size "

enum rc linkstate_blobs_to_fetch(struct store *store, struct pool *pool, size_t limit,
		struct link_blob **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram,
			"SELECT f.sha256, f.size, min(f.type), min(d.due_at), '' FROM dossier_file f "
			"JOIN dossier d ON d.board = f.board AND d.id = f.dossier "
			"WHERE f.board = $1 AND f.author = 1 AND f.result = 1 AND NOT EXISTS ("
			"SELECT 1 FROM blob b WHERE b.board = f.board AND b.sha256 = f.sha256) "
			"GROUP BY f.sha256, f.size UNION " LOST_OPEN "UNION " LOST_RESULTS
			"ORDER BY 4, 2, 1 LIMIT $2");

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	return blobs_read(stmt, pool, limit, rows, count);
}

enum rc linkstate_parked(struct store *store, int64_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT count(*) FROM parked WHERE board = $1");
	bool row = false;
	enum rc rc;

	*count = 0;
	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*count = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

/* ---- how long ---- */

static enum rc wait_own(struct store *store, const uint8_t *dossier, struct link_wait *out)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT count(*), "
			"coalesce(sum(CASE WHEN " NO_RECEIPT("f") " THEN 1 ELSE 0 END), 0), "
			"coalesce(sum(CASE WHEN " NO_RECEIPT("f") " THEN f.size ELSE 0 END), 0) "
			"FROM dossier_file f WHERE f.board = $1 AND f.dossier = $2 "
			"AND (f.result = 0 OR f.author = 0)");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_blob(stmt, 2, dossier, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	out->files_all = stmt_col_int(stmt, 0);
	out->files_own = stmt_col_int(stmt, 1);
	out->own = stmt_col_int(stmt, 2);
	stmt_reset(stmt);
	return RC_OK;
}

/* Sizes until the dossier itself or WAIT_FILES_MAX files; both orders are the index's own. */
static enum rc wait_before(struct store *store, struct stmt *stmt, const uint8_t *dossier,
		int64_t *bytes, bool *far)
{
	size_t count = 0;
	bool row = false;
	enum rc rc;

	*bytes = 0;
	*far = false;
	stmt_text(stmt, 1, store->board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		size_t len = 0;
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (len == EVENT_ID_SIZE && memcmp(id, dossier, EVENT_ID_SIZE) == 0)
			break;
		if (++count > WAIT_FILES_MAX) {
			*far = true;
			break;
		}
		*bytes += stmt_col_int(stmt, 1);
	}
	stmt_reset(stmt);
	return rc;
}

#define WAITING "SELECT d.id, f.size FROM dossier d CROSS JOIN dossier_file f ON f.board = d.board " \
	"AND f.dossier = d.id AND f.result = 0 WHERE d.board = $1 " \
	"AND d.complete_version < d.manifest_version AND " NO_RECEIPT("f") " "

enum rc linkstate_wait(struct store *store, const uint8_t dossier[16], bool queue, struct link_wait *out)
{
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = wait_own(store, dossier, out);
	if (rc != RC_OK || out->files_own == 0 || !queue)
		return rc;
	rc = wait_before(store, db_stmt(store->tram, WAITING "ORDER BY " DUE), dossier, &out->before,
			&out->far);
	if (rc == RC_OK)
		rc = wait_before(store, db_stmt(store->tram, WAITING "ORDER BY d.manifest_at DESC"),
				dossier, &out->newer, &out->newer_far);
	return rc;
}
