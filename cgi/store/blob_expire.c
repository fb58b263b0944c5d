/*
 * blob_expire.c: contents that nobody names any more: of drafts that were given up. What a page or a
 * PDF was made of stays as long as the one that was made, and goes at the next look after it.
 */
#include <unistd.h>

#include "store/blob.h"

#define AT_ONCE 200

static const char UNUSED[] =
	"SELECT b.sha256 FROM blob b WHERE b.board = $1 AND b.at < $2"
	" AND NOT EXISTS (SELECT 1 FROM draft_file f WHERE f.board = b.board AND f.sha256 = b.sha256)"
	" AND NOT EXISTS (SELECT 1 FROM dossier_file f WHERE f.board = b.board AND f.sha256 = b.sha256)"
	" AND NOT EXISTS (SELECT 1 FROM file_before f WHERE f.board = b.board AND f.sha256 = b.sha256)"
	" AND NOT EXISTS (SELECT 1 FROM blob_source s JOIN blob m ON m.board = s.board AND"
	" m.sha256 = s.made WHERE s.board = b.board AND s.sha256 = b.sha256)"
	" LIMIT $3";
static const char DELETE[] = "DELETE FROM blob WHERE board = $1 AND sha256 = $2";
static const char DELETE_SOURCES[] = "DELETE FROM blob_source WHERE board = $1 AND made = $2";

/* The files go inside the write: a blob that comes again meanwhile waits for the lock, and then
 * looks whether its file is there. */
enum rc blob_expire(struct store *store, int64_t before_ms)
{
	struct pool *pool = pool_new();
	struct stmt *stmt = db_stmt(store->tram, UNUSED);
	const char *gone[AT_ONCE];
	size_t count = 0, i;
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, before_ms);
	stmt_int(stmt, 3, AT_ONCE);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < AT_ONCE)
		gone[count++] = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	for (i = 0; i < count && rc == RC_OK; i++) {
		(void)unlink(pool_printf(pool, "%s/%s", store->settings->blob_dir, gone[i]));
		stmt = db_stmt(store->tram, DELETE);
		stmt_text(stmt, 1, store->board);
		stmt_text(stmt, 2, gone[i]);
		rc = stmt_run(stmt);
		if (rc == RC_OK) {
			stmt = db_stmt(store->tram, DELETE_SOURCES);
			stmt_text(stmt, 1, store->board);
			stmt_text(stmt, 2, gone[i]);
			rc = stmt_run(stmt);
		}
	}
	pool_free(pool);
	return rc;
}
