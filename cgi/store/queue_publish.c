/*
 * queue_publish.c: the day's tickets into public.db, by cursor: see queue.h. Tickets of other days
 * leave it.
 */
#include <string.h>

#include "store/queue.h"

static const char CURSOR[] = "SELECT seq FROM queue_cursor WHERE board = $1";
static const char CURSOR_SET[] =
	"INSERT INTO queue_cursor (board, seq) VALUES ($1, $2) ON CONFLICT (board) DO UPDATE SET seq = $2";
static const char NEWEST[] = "SELECT max(seq), (SELECT max(day) FROM ticket WHERE board = $1) FROM ticket WHERE board = $1";
static const char NEWEST_COUNTER[] = "SELECT max(seq) FROM counter WHERE board = $1";
static const char CHANGED[] =
	"SELECT number, queue, priority, counter, day, state, issued_at, called_at, calls FROM ticket"
	" WHERE board = $1 AND seq > $2 AND day = $3";
static const char PUT[] =
	"INSERT INTO ticket (board, number, queue, priority, counter, day, state, issued_at, called_at,"
	" calls) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (board, day, number) DO UPDATE"
	" SET queue = $3, priority = $4, counter = $5, state = $7, issued_at = $8, called_at = $9, calls = $10";
static const char DROP[] = "DELETE FROM ticket WHERE board = $1 AND day <> $2";
static const char COUNTERS[] =
	"SELECT name, shift, paused, until_at, at, seq FROM counter WHERE board = $1 AND seq > $2";
static const char COUNTER_PUT[] =
	"INSERT INTO counter (board, name, shift, paused, until_at, at, seq) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	" ON CONFLICT (board, name, shift) DO UPDATE SET paused = $4, until_at = $5, at = $6, seq = $7";

static enum rc numbers(struct db *db, const char *sql, const char *board, int64_t *first,
		int64_t *second)
{
	struct stmt *stmt = db_stmt(db, sql);
	bool row = false;
	enum rc rc;

	*first = 0;
	stmt_text(stmt, 1, board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	*first = stmt_col_int(stmt, 0);
	if (second)
		*second = stmt_col_int(stmt, 1);
	stmt_reset(stmt);
	return RC_OK;
}

static enum rc put_tickets(struct store *store, int64_t after, int64_t day)
{
	struct stmt *from = db_stmt(store->tram, CHANGED), *drop = db_stmt(store->pub, DROP);
	bool row = false;
	enum rc rc;

	stmt_text(drop, 1, store->board);
	stmt_int(drop, 2, day);
	rc = stmt_run(drop);
	stmt_text(from, 1, store->board);
	stmt_int(from, 2, after);
	stmt_int(from, 3, day);
	while (rc == RC_OK && (rc = stmt_step(from, &row)) == RC_OK && row) {
		struct stmt *to = db_stmt(store->pub, PUT);

		stmt_text(to, 1, store->board);
		for (int i = 0; i < 4; i++)
			stmt_text(to, i + 2, stmt_col_text(from, i));
		for (int i = 4; i < 9; i++)
			stmt_int(to, i + 2, stmt_col_int(from, i));
		rc = stmt_run(to);
	}
	stmt_reset(from);
	return rc;
}

static enum rc put_counters(struct store *store, int64_t after)
{
	struct stmt *from = db_stmt(store->tram, COUNTERS);
	bool row = false;
	enum rc rc;

	stmt_text(from, 1, store->board);
	stmt_int(from, 2, after);
	while ((rc = stmt_step(from, &row)) == RC_OK && row) {
		struct stmt *to = db_stmt(store->pub, COUNTER_PUT);
		size_t len = 0;
		const void *shift = stmt_col_blob(from, 1, &len);

		stmt_text(to, 1, store->board);
		stmt_text(to, 2, stmt_col_text(from, 0));
		stmt_blob(to, 3, shift, len);
		for (int i = 2; i < 6; i++)
			stmt_int(to, i + 2, stmt_col_int(from, i));
		rc = stmt_run(to);
		if (rc != RC_OK)
			break;
	}
	stmt_reset(from);
	return rc;
}

static enum rc set_cursor(struct store *store, int64_t seq)
{
	struct stmt *stmt = db_stmt(store->pub, CURSOR_SET);

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, seq);
	return stmt_run(stmt);
}

/* Looked at before the writers' lock is asked for, and again under it: another program may have
 * published meanwhile. */
enum rc queue_publish(struct store *store)
{
	int64_t newest = 0, counter = 0, day = 0, seen = 0;
	enum rc rc;

	if (!store->board)
		return RC_OK;
	rc = numbers(store->tram, NEWEST, store->board, &newest, &day);
	if (rc == RC_OK)
		rc = numbers(store->tram, NEWEST_COUNTER, store->board, &counter, NULL);
	if (rc == RC_OK)
		rc = numbers(store->pub, CURSOR, store->board, &seen, NULL);
	if (counter > newest)
		newest = counter;
	if (rc != RC_OK || newest <= seen)
		return rc;
	rc = db_write_begin(store->pub);
	if (rc != RC_OK)
		return rc;
	rc = numbers(store->pub, CURSOR, store->board, &seen, NULL);
	if (rc == RC_OK && newest > seen) {
		rc = put_tickets(store, seen, day);
		if (rc == RC_OK)
			rc = put_counters(store, seen);
		if (rc == RC_OK)
			rc = set_cursor(store, newest);
	}
	if (rc == RC_OK)
		return db_write_commit(store->pub);
	db_write_abort(store->pub);
	return rc;
}
