/*
 * reading.c: see reading.h.
 */
#include <string.h>

#include "base/when.h"
#include "dossier/event.h"
#include "store/account.h"
#include "store/reading.h"
#include "store/session.h"

#define KEPT_MS (366 * WHEN_DAY_MS)
#define EXPIRE_ROWS 2000
#define SUMS_MAX 300

/* Once an hour in each process, a few rows at a time: a look never waits for a year of them. The newest
 * stays, so that no number comes again. */
static enum rc expire(struct store *store, int64_t now_ms)
{
	static int64_t next_at;
	struct stmt *stmt;
	enum rc rc;

	if (now_ms < next_at)
		return RC_OK;
	next_at = now_ms + WHEN_DAY_MS / 24;
	stmt = db_stmt(store->access, "DELETE FROM reading WHERE no IN (SELECT no FROM reading "
			"WHERE at < $1 AND no < (SELECT max(no) FROM reading) ORDER BY at LIMIT $2)");
	stmt_int(stmt, 1, now_ms - KEPT_MS);
	stmt_int(stmt, 2, EXPIRE_ROWS);
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		return rc;
	/* A name goes with the last look of its person; its time may be a day behind. */
	stmt = db_stmt(store->access, "DELETE FROM reader WHERE at < $1");
	stmt_int(stmt, 1, now_ms - KEPT_MS - WHEN_DAY_MS);
	return stmt_run(stmt);
}

/* Written when it is another one than before, or the time beside it is a day old. */
static enum rc note_name(struct store *store, const struct reading *reading)
{
	struct stmt *stmt = db_stmt(store->access, "INSERT INTO reader (account, name, at) VALUES ($1, $2, $3) "
			"ON CONFLICT (account) DO UPDATE SET name = $2, at = $3 WHERE name <> $2 OR at < $4");

	stmt_text(stmt, 1, reading->account);
	stmt_text(stmt, 2, reading->name);
	stmt_int(stmt, 3, reading->at);
	stmt_int(stmt, 4, reading->at - WHEN_DAY_MS);
	return stmt_run(stmt);
}

enum rc reading_note(struct store *store, const struct reading *reading)
{
	struct stmt *stmt;
	enum rc rc;

	if (store->access == NULL)
		return RC_OK;
	rc = db_write_begin(store->access);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->access, "INSERT INTO reading (at, account, route, subject, place, ground) "
			"VALUES ($1, $2, $3, $4, $5, $6)");
	stmt_int(stmt, 1, reading->at);
	stmt_text(stmt, 2, reading->account);
	stmt_text(stmt, 3, reading->route);
	stmt_text(stmt, 4, reading->subject);
	stmt_text(stmt, 5, reading->place);
	stmt_int(stmt, 6, reading->ground);
	rc = stmt_run(stmt);
	if (rc == RC_OK && reading->name != NULL && reading->name[0] != '\0')
		rc = note_name(store, reading);
	if (rc == RC_OK)
		rc = expire(store, reading->at);
	if (rc == RC_OK)
		return db_write_commit(store->access);
	db_write_abort(store->access);
	return rc;
}

enum rc reading_seen(struct store *store, const struct reading *reading, int64_t within_ms, bool *seen)
{
	struct stmt *stmt = db_stmt(store->access, "SELECT 1 FROM reading WHERE at >= $1 AND account = $2 "
			"AND ground = $3 AND subject = $4 AND route = $5 LIMIT 1");
	enum rc rc;

	*seen = false;
	stmt_int(stmt, 1, reading->at - within_ms);
	stmt_text(stmt, 2, reading->account);
	stmt_int(stmt, 3, reading->ground);
	stmt_text(stmt, 4, reading->subject);
	stmt_text(stmt, 5, reading->route);
	rc = stmt_step(stmt, seen);
	stmt_reset(stmt);
	return rc;
}

enum rc reading_sums(struct store *store, struct pool *pool, int64_t from_ms,
		struct reading_sum **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->access, "SELECT account, count(*), count(DISTINCT CASE WHEN "
			"ground <> 0 THEN subject END) FROM reading WHERE at >= $1 GROUP BY account "
			"ORDER BY 3 DESC, 2 DESC LIMIT $2");
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, SUMS_MAX * sizeof(**rows));
	stmt_int(stmt, 1, from_ms);
	stmt_int(stmt, 2, SUMS_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < SUMS_MAX) {
		struct reading_sum *sum = &(*rows)[(*count)++];

		sum->account = stmt_col_dup(stmt, 0, pool);
		sum->looks = stmt_col_int(stmt, 1);
		sum->outside = stmt_col_int(stmt, 2);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc reading_outside(struct store *store, struct pool *pool, int64_t from_ms,
		const char *account, size_t limit, size_t offset, struct reading_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->access, "SELECT account, subject, max(place), max(at), "
			"count(*), max(ground) FROM reading WHERE at >= $1 AND ground <> 0 AND "
			"($2 = '' OR account = $2) GROUP BY account, subject ORDER BY 4 DESC "
			"LIMIT $3 OFFSET $4");
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	stmt_int(stmt, 1, from_ms);
	stmt_text(stmt, 2, account);
	stmt_int(stmt, 3, (int64_t)limit);
	stmt_int(stmt, 4, (int64_t)offset);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct reading_row *out = &(*rows)[(*count)++];

		out->account = stmt_col_dup(stmt, 0, pool);
		out->subject = stmt_col_dup(stmt, 1, pool);
		out->place = stmt_col_dup(stmt, 2, pool);
		out->at = stmt_col_int(stmt, 3);
		out->times = stmt_col_int(stmt, 4);
		out->ground = (enum reading_ground)stmt_col_int(stmt, 5);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc reading_acted(struct store *store, const struct dossier_row *dossier, const char *account,
		int64_t since_ms, bool *acted)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT header FROM journal WHERE board = $1 AND "
			"subject = $2 ORDER BY arrival DESC");
	bool row = false;
	enum rc rc;

	*acted = false;
	stmt_text(stmt, 1, dossier->board);
	stmt_blob(stmt, 2, dossier->id, EVENT_ID_SIZE);
	while (!*acted && (rc = stmt_step(stmt, &row)) == RC_OK && row) {
		struct event event;
		size_t len;
		const void *header = stmt_col_blob(stmt, 0, &len);

		/* The reason for a look is no work on it. */
		if (event_decode(header, len, &event) == RC_OK && strcmp(event.actor, account) == 0 &&
				event.time.wall_ms >= since_ms && strcmp(event.kind, "access.justified") != 0)
			*acted = true;
	}
	if (*acted)
		rc = RC_OK;
	stmt_reset(stmt);
	return rc;
}

enum rc reading_grant(struct store *store, const char *account, const char *subject)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "DELETE FROM reading_grant WHERE boot <> $1 OR until_ms < $2");
	stmt_text(stmt, 1, session_boot());
	stmt_int(stmt, 2, when_boottime_ms());
	rc = stmt_run(stmt);
	if (rc == RC_OK) {
		stmt = db_stmt(store->run, "INSERT INTO reading_grant (account, subject, boot, until_ms) "
				"VALUES ($1, $2, $3, $4) ON CONFLICT (account, subject) DO UPDATE SET "
				"boot = $3, until_ms = $4");
		stmt_text(stmt, 1, account);
		stmt_text(stmt, 2, subject);
		stmt_text(stmt, 3, session_boot());
		stmt_int(stmt, 4, when_boottime_ms() + store->settings->session_hours * 3600000);
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		return db_write_commit(store->run);
	db_write_abort(store->run);
	return rc;
}

enum rc reading_granted(struct store *store, const char *account, const char *subject, bool *granted)
{
	struct stmt *stmt = db_stmt(store->run, "SELECT 1 FROM reading_grant WHERE account = $1 AND "
			"subject = $2 AND boot = $3 AND until_ms > $4");
	enum rc rc;

	*granted = false;
	stmt_text(stmt, 1, account);
	stmt_text(stmt, 2, subject);
	stmt_text(stmt, 3, session_boot());
	stmt_int(stmt, 4, when_boottime_ms());
	rc = stmt_step(stmt, granted);
	if (rc == RC_OK && *granted)
		stmt_reset(stmt);
	return rc;
}
