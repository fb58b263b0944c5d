/*
 * book_tray.c: what waits for a signature, and what has its number and waits for its owner.
 */
#include <string.h>

#include "base/encode.h"
#include "store/book.h"

#define COLUMNS \
	"id, code, procedure, procedure_name, applicant, applicant_number, content, assignee, state," \
	" received_at, due_at, fee_total, fee_paid"

/* States 4 (signing) and 5 (signed), held by the board; the procedure is asked in C. */
static const char WAITING[] =
	"SELECT " COLUMNS " FROM dossier WHERE board = $1 AND state IN (4, 5) AND holder = 0"
	" ORDER BY received_at, code LIMIT 2000";
/* State 8 (result) with a number in a book of certifications. */
static const char READY[] =
	"SELECT " COLUMNS " FROM dossier d WHERE board = $1 AND state = 8 AND holder = 0"
	" AND EXISTS (SELECT 1 FROM book_entry e JOIN book b ON b.board = e.board AND b.id = e.book"
	" WHERE e.board = d.board AND e.dossier = d.id AND b.kind <> 'receipt')"
	" ORDER BY finished_at DESC, code LIMIT $2";

static void read(struct stmt *stmt, struct pool *pool, struct book_waiting *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	bytes = stmt_col_blob(stmt, 0, &len);
	if (len == sizeof(out->id))
		memcpy(out->id, bytes, len);
	hex_encode(out->id, sizeof(out->id), out->id_hex);
	out->code = stmt_col_dup(stmt, 1, pool);
	out->procedure = stmt_col_dup(stmt, 2, pool);
	out->procedure_name = stmt_col_dup(stmt, 3, pool);
	out->applicant = stmt_col_dup(stmt, 4, pool);
	out->applicant_number = stmt_col_dup(stmt, 5, pool);
	out->content = stmt_col_dup(stmt, 6, pool);
	out->assignee = stmt_col_dup(stmt, 7, pool);
	out->state = (int)stmt_col_int(stmt, 8);
	out->received_at = stmt_col_int(stmt, 9);
	out->due_at = stmt_col_int(stmt, 10);
	out->fee_total = stmt_col_int(stmt, 11);
	out->fee_paid = stmt_col_int(stmt, 12);
}

static bool is_certification(struct stmt *stmt)
{
	enum book_kind kind;

	return book_kind_of(stmt_col_text(stmt, 2), &kind) == RC_OK;
}

enum rc book_tray(struct store *store, struct pool *pool, size_t limit,
		struct book_waiting **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, WAITING);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, store->board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		if (is_certification(stmt))
			read(stmt, pool, &(*rows)[(*count)++]);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc book_tray_count(struct store *store, int64_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, WAITING);
	bool row;
	enum rc rc;

	*count = 0;
	stmt_text(stmt, 1, store->board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row)
		*count += is_certification(stmt);
	return rc;
}

enum rc book_ready(struct store *store, struct pool *pool, size_t limit,
		struct book_waiting **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, READY);
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
