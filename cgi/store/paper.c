/*
 * paper.c: see paper.h. What fills and empties paper_waiting is in project_paper.c.
 */
#include "store/paper.h"
#include "store/swap.h"

#include <string.h>

#include "base/encode.h"
#include "base/when.h"

static const char WAITING[] =
	"SELECT p.subject, p.paper, p.ref, p.at, d.code, d.applicant, d.procedure_name, d.procedure"
	" FROM paper_waiting p LEFT JOIN dossier d ON d.board = p.board AND d.id = p.subject"
	" WHERE p.board = $1 ORDER BY p.at, p.subject, p.paper, p.ref LIMIT $2";
static const char COUNT[] =
	"SELECT count(*) FROM (SELECT 1 FROM paper_waiting WHERE board = $1 LIMIT $2) w";
static const char IS_WAITING[] =
	"SELECT 1 FROM paper_waiting WHERE board = $1 AND subject = $2 AND paper = $3 LIMIT 1";
static const char LAST[] =
	"SELECT last FROM paper_number WHERE board = $1 AND series = $2 AND year = $3";

static void read(struct stmt *stmt, struct pool *pool, struct paper_row *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	bytes = stmt_col_blob(stmt, 0, &len);
	if (len == sizeof(out->subject))
		memcpy(out->subject, bytes, len);
	hex_encode(out->subject, sizeof(out->subject), out->subject_hex);
	out->paper = stmt_col_dup(stmt, 1, pool);
	out->ref = stmt_col_dup(stmt, 2, pool);
	out->at = stmt_col_int(stmt, 3);
	out->code = stmt_col_dup(stmt, 4, pool);
	out->applicant = stmt_col_dup(stmt, 5, pool);
	out->procedure_name = stmt_col_dup(stmt, 6, pool);
	out->procedure = stmt_col_dup(stmt, 7, pool);
}

enum rc paper_waiting(struct store *store, struct pool *pool, size_t limit, struct paper_row **rows,
		size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, WAITING);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

enum rc paper_waiting_count(struct store *store, int64_t most, int64_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, COUNT);
	bool row = false;
	enum rc rc;

	*count = 0;
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, most);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*count = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

enum rc paper_is_waiting(struct store *store, const uint8_t subject[16], const char *paper,
		bool *waits)
{
	struct stmt *stmt = db_stmt(store->tram, IS_WAITING);
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_blob(stmt, 2, subject, 16);
	stmt_text(stmt, 3, paper);
	rc = stmt_step(stmt, waits);
	stmt_reset(stmt);
	return rc;
}

enum rc paper_number_next(struct store *store, struct pool *pool, const char *series, int64_t now_ms,
		char **number)
{
	struct stmt *stmt = db_stmt(store->tram, LAST);
	struct when_local now;
	int64_t last = 0;
	bool row = false;
	enum rc rc;

	when_to_local(now_ms, &now);
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, series);
	stmt_int(stmt, 3, now.year);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (row) {
		last = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	rc = swap_pass(store, series, now_ms, SWAP_PAPERS, &last);
	*number = pool_printf(pool, "%02lld/%s", (long long)last + 1, series);
	return rc;
}
