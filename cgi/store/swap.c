/*
 * swap.c: see swap.h. Rows of paper_number whose series begins with '#': the day, and what each series had come
 * to when its first number of that day was asked for. Local: neither rebuilt nor compared.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "store/swap.h"

static const char DAY[] = "SELECT last FROM paper_number WHERE board = $1 AND series = '#' AND year = 0";
static const char SET[] =
	"INSERT INTO paper_number (board, series, year, last) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (board, series, year) DO UPDATE SET last = $4";
static const char GET[] =
	"SELECT last FROM paper_number WHERE board = $1 AND series = $2 AND year = $3";

static int64_t day_of(int64_t now_ms)
{
	char text[8];
	int64_t day = 0;

	when_yymmdd(now_ms, text);
	return num_parse(text, 1, 999999, &day) == RC_OK ? day : 0;
}

static enum rc set(struct store *store, const char *series, int64_t year, int64_t last)
{
	struct stmt *stmt = db_stmt(store->tram, SET);

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, series);
	stmt_int(stmt, 3, year);
	stmt_int(stmt, 4, last);
	return stmt_run(stmt);
}

enum rc swap_mark(struct store *store, int64_t now_ms)
{
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	rc = set(store, "#", 0, day_of(now_ms));
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}

enum rc swap_pass(struct store *store, const char *series, int64_t now_ms, int64_t gap, int64_t *last)
{
	struct stmt *stmt = db_stmt(store->tram, DAY);
	int64_t day = day_of(now_ms);
	bool row = false;
	char key[64];
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	row = stmt_col_int(stmt, 0) == day;
	stmt_reset(stmt);
	if (!row)
		return RC_OK;
	(void)snprintf(key, sizeof(key), "#%s", series);
	stmt = db_stmt(store->tram, GET);
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, key);
	stmt_int(stmt, 3, day);
	row = false;
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		if (stmt_col_int(stmt, 0) > *last)
			*last = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	} else if (rc == RC_OK) {
		*last += gap;
		rc = set(store, key, day, *last);
	}
	return rc;
}
