/*
 * director.c: see director.h. Every query reads an index for a bounded stretch: what is open and due, the
 * marks of one subject, the newest events.
 */
#include "base/when.h"
#include "dossier/event.h"
#include "store/director.h"

#define LOCAL_OFFSET_MS (INT64_C(7) * 3600 * 1000)
#define LOADS_MAX 200
#define TICKS_MAX 40
#define MARKS_MAX 500

/* The first day's ticks have a subject of their own, so that they are found without the others. */
static const uint8_t prepared[EVENT_ID_SIZE] = "first day";

static const char LOAD[] =
	"SELECT d.assignee, sum(CASE WHEN d.due_at < $2 THEN 1 ELSE 0 END),"
	" sum(CASE WHEN d.due_at >= $2 AND d.due_at < $3 THEN 1 ELSE 0 END),"
	" sum(CASE WHEN d.due_at >= $3 THEN 1 ELSE 0 END) FROM dossier d WHERE d.board = $1"
	" AND d.state IN (1, 2, 3, 4, 5, 6, 7) AND d.has_due = 1 AND d.due_at < $4"
	" GROUP BY d.assignee ORDER BY 2 DESC, 3 DESC, 4 DESC LIMIT $5";

enum rc director_load(struct store *store, struct pool *pool, int64_t now_ms,
		struct director_load **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, LOAD);
	int64_t tomorrow = now_ms - (now_ms + LOCAL_OFFSET_MS) % WHEN_DAY_MS + WHEN_DAY_MS;
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, LOADS_MAX * sizeof(**rows));
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, now_ms);
	stmt_int(stmt, 3, tomorrow);
	stmt_int(stmt, 4, tomorrow + WHEN_DAY_MS);
	stmt_int(stmt, 5, LOADS_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < LOADS_MAX) {
		struct director_load *load = &(*rows)[(*count)++];

		load->account = stmt_col_dup(stmt, 0, pool);
		load->late = stmt_col_int(stmt, 1);
		load->today = stmt_col_int(stmt, 2);
		load->tomorrow = stmt_col_int(stmt, 3);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc director_parked(struct store *store, int64_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT count(*) FROM parked WHERE board = $1");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*count = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

enum rc director_ticks(struct store *store, struct pool *pool, struct director_tick **rows,
		size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT word, flag, amount, wall_ms FROM mark WHERE "
			"board = $1 AND subject = $2 AND kind = 'station.prepared' ORDER BY seq DESC LIMIT $3");
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, TICKS_MAX * sizeof(**rows));
	stmt_text(stmt, 1, store->board);
	stmt_blob(stmt, 2, prepared, sizeof(prepared));
	stmt_int(stmt, 3, MARKS_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < TICKS_MAX) {
		struct director_tick *tick = &(*rows)[(*count)++];

		tick->item = stmt_col_dup(stmt, 0, pool);
		tick->done = stmt_col_int(stmt, 1) != 0;
		tick->from = stmt_col_int(stmt, 2);
		tick->at = stmt_col_int(stmt, 3);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc director_tick(struct store *store, const char *actor, const char *item, bool done,
		int64_t from)
{
	json_t *body = json_new_object();
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = prepared,
		.kind = "station.prepared", .actor = actor, .body = body };
	const char *reason = NULL;
	struct event event;
	enum rc rc;

	json_put(body, "item", item);
	json_put_flag(body, "done", done);
	if (from != 0)
		json_put_int(body, "from", from);
	rc = act_append(store, &act, &event, &reason);
	json_decref(body);
	return rc;
}

enum rc director_acts(struct store *store, size_t limit, director_seen *seen, void *arg)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT header FROM journal WHERE board = $1 AND "
			"author = $2 ORDER BY seq DESC LIMIT $3");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, AUTHOR_BOARD);
	stmt_int(stmt, 3, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		struct event event;
		size_t len;
		const void *header = stmt_col_blob(stmt, 0, &len);

		if (event_decode(header, len, &event) == RC_OK)
			seen(arg, event.actor, event.kind);
	}
	return rc;
}
