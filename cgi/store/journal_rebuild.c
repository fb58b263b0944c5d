/*
 * journal_rebuild.c: empties every projected table and replays the journal in the order in which
 * both logs came together here; one transaction, so that pages see the old tables or the new.
 */
#include <string.h>

#include "store/journal.h"
#include "store/projection.h"
#include "store/search_index.h"

#define AT_ONCE 500

static const char BOARDS[] = "SELECT DISTINCT board FROM journal_head ORDER BY board";
static const char ARRIVALS[] =
	"SELECT arrival FROM journal WHERE board = $1 AND author = $2 AND seq > $3"
	" ORDER BY seq LIMIT $4";

static const char BRANCHES[] =
	"SELECT log FROM journal_branch WHERE board = $1 AND position > 0 ORDER BY log";
#define BRANCHES_MAX 1000

struct sum {
	char hex[65];
	int64_t rows;
};

static enum rc sums(struct store *store, struct sum *out)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < projection_table_count && rc == RC_OK; i++)
		rc = journal_digest_table(store, &projection_tables[i], "", out[i].hex, &out[i].rows);
	return rc;
}

/* One log being replayed: a window of its events with their arrival numbers. */
struct tape {
	unsigned log;
	struct pool *pool;
	struct journal_row *rows;
	int64_t arrivals[AT_ONCE];
	size_t count, at;
	uint64_t seq;			/* last one played */
	bool over;
};

static enum rc wind(struct store *store, const char *board, struct tape *tape)
{
	struct stmt *stmt;
	size_t i = 0;
	bool row;
	enum rc rc;

	if (tape->over || tape->at < tape->count)
		return RC_OK;
	pool_reset(tape->pool);
	tape->at = 0;
	rc = journal_read(store, tape->pool, board, tape->log, tape->seq, AT_ONCE,
			4 * 1024 * 1024, &tape->rows, &tape->count);
	tape->over = tape->count == 0;
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, ARRIVALS);
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)tape->log);
	stmt_int(stmt, 3, (int64_t)tape->seq);
	stmt_int(stmt, 4, (int64_t)tape->count);
	while (i < tape->count && (rc = stmt_step(stmt, &row)) == RC_OK && row)
		tape->arrivals[i++] = stmt_col_int(stmt, 0);
	stmt_reset(stmt);
	return rc;
}

/* Both authors' logs and the branches recorded of them. */
static enum rc tapes_of(struct store *store, struct pool *pool, const char *board, struct tape **out,
		size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, BRANCHES);
	struct tape *tapes = pool_alloc(pool, (2 + BRANCHES_MAX) * sizeof(*tapes));
	bool row;
	enum rc rc;
	size_t i;

	memset(tapes, 0, (2 + BRANCHES_MAX) * sizeof(*tapes));
	tapes[1].log = AUTHOR_CENTER;
	*count = 2;
	stmt_text(stmt, 1, board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < 2 + BRANCHES_MAX)
		tapes[(*count)++].log = (unsigned)stmt_col_int(stmt, 0);
	stmt_reset(stmt);
	for (i = 0; i < *count; i++)
		tapes[i].pool = pool_new();
	*out = tapes;
	return rc;
}

static enum rc replay(struct store *store, const char *board)
{
	struct tape *tapes = NULL;
	struct pool *pool = pool_new();
	size_t count = 0, i;
	enum rc rc = tapes_of(store, pool, board, &tapes, &count);

	while (rc == RC_OK) {
		struct tape *next = NULL;

		for (i = 0; i < count && rc == RC_OK; i++) {
			rc = wind(store, board, &tapes[i]);
			if (!tapes[i].over && (!next || tapes[i].arrivals[tapes[i].at] <
					next->arrivals[next->at]))
				next = &tapes[i];
		}
		if (rc != RC_OK || !next)
			break;
		next->seq = next->rows[next->at].event.seq;
		rc = projection_event(store, &next->rows[next->at++].event, NULL);
	}
	if (rc == RC_OK)
		rc = project_order_all(store, board, 0);
	for (i = 0; i < count; i++)
		pool_free(tapes[i].pool);
	pool_free(pool);
	return rc;
}

enum rc journal_replay(struct store *store, const char *board)
{
	enum rc rc = projection_clear(store, board);

	store->rebuilding = true;
	if (rc == RC_OK)
		rc = replay(store, board);
	store->rebuilding = false;
	return rc;
}

static enum rc replay_all(struct store *store)
{
	struct pool *pool = pool_new();
	const char **boards = pool_alloc(pool, 4096 * sizeof(*boards));
	struct stmt *stmt = db_stmt(store->tram, BOARDS);
	size_t count = 0, i;
	bool row;
	enum rc rc;

	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < 4096)
		boards[count++] = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	if (rc == RC_OK)
		rc = projection_clear(store, "");
	for (i = 0; i < count && rc == RC_OK; i++)
		rc = replay(store, boards[i]);
	pool_free(pool);
	return rc;
}

enum rc journal_rebuild(struct store *store, bool compare, journal_report *report, void *arg)
{
	struct pool *pool = pool_new();
	struct sum *live = pool_alloc(pool, projection_table_count * sizeof(*live));
	struct sum *made = pool_alloc(pool, projection_table_count * sizeof(*made));
	bool differs = false;
	size_t i;
	enum rc rc;

	rc = store_begin(store, false);
	if (rc != RC_OK)
		goto out;
	store->rebuilding = true;
	if (compare)
		rc = sums(store, live);
	if (rc == RC_OK)
		rc = replay_all(store);
	if (rc == RC_OK && compare)
		rc = sums(store, made);
	if (rc == RC_OK && !compare)
		rc = search_forget_all(store);
	for (i = 0; rc == RC_OK && compare && i < projection_table_count; i++) {
		if (strcmp(live[i].hex, made[i].hex) == 0)
			continue;
		differs = true;
		if (report)
			report(arg, "", AUTHOR_BOARD, 0, pool_printf(pool,
					"table %s differs: %lld rows live, %lld rebuilt",
					projection_tables[i].name, (long long)live[i].rows,
					(long long)made[i].rows));
	}
	store->rebuilding = false;
	if (rc == RC_OK && differs)
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = store_commit(store);
	else
		store_abort(store);
	if (rc == RC_OK && !compare)
		rc = search_follow(store, true);
out:
	pool_free(pool);
	return rc;
}
