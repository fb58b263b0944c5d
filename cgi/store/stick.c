/*
 * stick.c: see stick.h.
 */
#include <string.h>

#include "store/stick.h"

/* As linkstate_blobs_to_send, but for what is going along on the stick and not yet at the center. */
static const char CONTENTS[] =
	"SELECT q.sha256, b.size, b.type, min(q.due_at) FROM ("
	"SELECT f.sha256 AS sha256, CASE d.has_due WHEN 1 THEN d.due_at ELSE $3 END AS due_at"
	" FROM dossier d JOIN dossier_file f ON f.board = d.board AND f.dossier = d.id"
	" AND f.result = 0 WHERE d.board = $1 AND d.complete_version < d.manifest_version"
	" AND d.board_seq <= $4 UNION ALL SELECT f.sha256,"
	" CASE d.has_due WHEN 1 THEN d.due_at ELSE $3 END FROM dossier_file f JOIN dossier d"
	" ON d.board = f.board AND d.id = f.dossier WHERE f.board = $1 AND f.result = 1"
	" AND f.author = 0 AND d.board_seq <= $4 UNION ALL SELECT s.sha256, $3 FROM blob_receipt s"
	" WHERE s.board = $1 AND s.stale = 1) q JOIN blob b ON b.board = $1 AND b.sha256 = q.sha256"
	" WHERE NOT EXISTS (SELECT 1 FROM blob_receipt r WHERE r.board = $1 AND r.sha256 = q.sha256"
	" AND r.stale = 0) GROUP BY q.sha256, b.size, b.type ORDER BY 4, 2, 1 LIMIT $2";
static const char WANTED[] =
	"SELECT f.size FROM dossier_file f WHERE f.board = $1 AND f.sha256 = $2 AND f.author = 1"
	" AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.board = f.board AND b.sha256 = f.sha256) LIMIT 1";
static const char SAID[] = "SELECT stick FROM link_board WHERE board = $1";
static const char SAY[] = "UPDATE link_board SET stick = $2 WHERE board = $1";
static const char NUMBER[] = "SELECT no FROM blob_receipt WHERE board = $1 AND sha256 = $2";
static const char RECEIPTS[] =
	"SELECT no, jws FROM blob_receipt WHERE board = $1 AND no >= $2 AND gone < 2 ORDER BY no LIMIT $3";
/* The inner order keeps SQLite on the journal's end. */
static const char RESULTS[] =
	"SELECT DISTINCT f.sha256, b.size, b.type, 0 FROM (SELECT DISTINCT t.subject AS id FROM"
	" (SELECT subject FROM journal WHERE board = $1 AND author = 1 AND seq > $2 ORDER BY seq"
	" LIMIT 1000000) t) j CROSS JOIN dossier_file f"
	" JOIN blob b ON b.board = f.board AND b.sha256 = f.sha256 WHERE f.board = $1"
	" AND f.dossier = j.id AND f.author = 1 ORDER BY 2, 1 LIMIT $3";

static enum rc read_contents(struct stmt *stmt, struct pool *pool, size_t limit,
		struct link_blob **rows, size_t *count)
{
	size_t room = 64;
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, room * sizeof(**rows));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct link_blob *next;

		if (*count == room) {
			struct link_blob *more = pool_alloc(pool, 2 * room * sizeof(*more));

			memcpy(more, *rows, room * sizeof(*more));
			*rows = more;
			room *= 2;
		}
		next = &(*rows)[(*count)++];
		memset(next, 0, sizeof(*next));
		memcpy(next->sha256, stmt_col_text(stmt, 0), strnlen(stmt_col_text(stmt, 0), 64));
		next->size = stmt_col_int(stmt, 1);
		next->type = "";
		next->due_at = stmt_col_int(stmt, 3);
		next->upload_url = "";
	}
	stmt_reset(stmt);
	return rc;
}

enum rc stick_contents(struct store *store, struct pool *pool, uint64_t upto, size_t limit,
		struct link_blob **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, CONTENTS);

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	stmt_int(stmt, 3, INT64_MAX);
	stmt_int(stmt, 4, (int64_t)upto);
	return read_contents(stmt, pool, limit, rows, count);
}

static enum rc one_number(struct stmt *stmt, int64_t *out)
{
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	*out = stmt_col_int(stmt, 0);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc stick_result_wanted(struct store *store, const char *sha256, int64_t *size)
{
	struct stmt *stmt = db_stmt(store->tram, WANTED);

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, sha256);
	return one_number(stmt, size);
}

enum rc stick_said_get(struct store *store, struct pool *pool, const char *board, char **json)
{
	struct stmt *stmt = db_stmt(store->tram, SAID);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	*json = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc stick_said_put(struct store *store, const char *board, const char *json)
{
	struct stmt *stmt;
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, SAY);
	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, json);
	return db_write_leave(store->tram, own, stmt_run(stmt));
}

enum rc stick_receipt_no(struct store *store, const char *board, const char *sha256, uint64_t *no)
{
	struct stmt *stmt = db_stmt(store->tram, NUMBER);
	int64_t number = 0;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, sha256);
	rc = one_number(stmt, &number);
	*no = (uint64_t)number;
	return rc;
}

enum rc stick_receipts(struct store *store, struct pool *pool, const char *board, uint64_t from,
		size_t limit, struct stick_receipt **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, RECEIPTS);
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, limit * sizeof(**rows));
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)from);
	stmt_int(stmt, 3, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		(*rows)[*count].no = (uint64_t)stmt_col_int(stmt, 0);
		(*rows)[(*count)++].jws = stmt_col_dup(stmt, 1, pool);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc stick_results(struct store *store, struct pool *pool, const char *board, uint64_t after,
		size_t limit, struct link_blob **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, RESULTS);

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)after);
	stmt_int(stmt, 3, (int64_t)limit);
	return read_contents(stmt, pool, limit, rows, count);
}
