/*
 * book_blocks.c: the blocks of all points, for the province to compare (dossier/block.h).
 */
#include "store/book.h"

#define ROWS_MAX 2000

/* Of a year there are a few per commune; the newest first, should there ever be more than fit. */
static const char ALL[] =
	"SELECT k.board, b.kind || ' ' || b.medium || ' ' || b.year, k.first, k.last, k.given, k.point, k.at"
	" FROM book_block k JOIN book b ON b.board = k.board AND b.id = k.book WHERE b.year >= $1"
	" AND b.kind IN ('copy', 'signature', 'translator', 'transaction')"
	" ORDER BY k.at DESC, k.board, k.first LIMIT $2";

enum rc book_blocks_all(struct store *store, struct pool *pool, int from_year, struct block **rows,
		size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, ALL);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, ROWS_MAX * sizeof(**rows));
	*count = 0;
	stmt_int(stmt, 1, from_year);
	stmt_int(stmt, 2, ROWS_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < ROWS_MAX) {
		struct block *block = &(*rows)[(*count)++];

		block->board = stmt_col_dup(stmt, 0, pool);
		block->book = stmt_col_dup(stmt, 1, pool);
		block->first = stmt_col_int(stmt, 2);
		block->last = stmt_col_int(stmt, 3);
		block->way = (int)stmt_col_int(stmt, 4);
		block->point = stmt_col_dup(stmt, 5, pool);
		block->at = stmt_col_int(stmt, 6);
	}
	stmt_reset(stmt);
	return rc;
}
