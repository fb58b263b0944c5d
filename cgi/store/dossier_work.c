/*
 * dossier_work.c: worklists beside those of the home page: results nobody came for, dossiers to be
 * keyed into another system, dossiers that came from elsewhere. Each reads an index of its own
 * (schema 0003), so that none counts or sorts all there ever was.
 */
#include <string.h>

#include "base/json.h"
#include "store/dossier_row.h"
#include "store/journal.h"

#define SYSTEMS_MAX 50

static const char WAITING[] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1 AND d.state = 8"
	" AND d.finished_at < $2 AND d.holder = 0 ORDER BY d.finished_at LIMIT $3 OFFSET $4";
static const char CALLS[] =
	"SELECT word, wall_ms, amount FROM mark WHERE board = $1 AND subject = $2"
	" AND kind = 'call.noted' ORDER BY wall_ms DESC, author DESC, seq DESC";
static const char SYSTEMS[] =
	"SELECT d.target_system, count(*) FROM dossier d WHERE d.board = $1 AND d.target_system <> ''"
	" AND d.external = '' AND d.state < 9 GROUP BY d.target_system ORDER BY d.target_system LIMIT $2";
static const char TO_KEY[] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1"
	" AND d.target_system = $2 AND d.target_system <> '' AND d.external = '' AND d.state < 9"
	" ORDER BY d.received_at LIMIT $3 OFFSET $4";
static const char BY_OLD_CODE[] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1"
	" AND d.old_code = $2 AND d.old_code <> '' AND d.origin = $3 ORDER BY d.received_at, d.id LIMIT 1";
static const char ELSEWHERE[] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1"
	" AND d.origin = $2 AND d.origin > 0 ORDER BY d.board_seq DESC LIMIT $3";

static struct stmt *bound(struct store *store, const char *sql)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board ? store->board : "");
	return stmt;
}

enum rc dossier_waiting(struct store *store, struct pool *pool, int64_t before_ms, size_t limit,
		size_t offset, struct dossier_row **rows, size_t *count)
{
	struct stmt *stmt = bound(store, WAITING);

	stmt_int(stmt, 2, before_ms);
	stmt_int(stmt, 3, (int64_t)limit);
	stmt_int(stmt, 4, (int64_t)offset);
	return dossier_row_all(store, stmt, pool, limit, rows, count);
}

enum rc dossier_last_call(struct store *store, struct pool *pool, const struct dossier_row *row,
		struct dossier_call *out)
{
	struct stmt *stmt = db_stmt(store->tram, CALLS);
	bool next = false;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	out->outcome = "";
	stmt_text(stmt, 1, row->board);
	stmt_blob(stmt, 2, row->id, sizeof(row->id));
	while ((rc = stmt_step(stmt, &next)) == RC_OK && next) {
		if (out->count++ > 0)
			continue;
		out->outcome = stmt_col_dup(stmt, 0, pool);
		out->at = stmt_col_int(stmt, 1);
		out->appointment_at = stmt_col_int(stmt, 2);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc dossier_systems(struct store *store, struct pool *pool, struct dossier_system **rows,
		size_t *count)
{
	struct stmt *stmt = bound(store, SYSTEMS);
	bool next = false;
	enum rc rc;

	*rows = pool_alloc(pool, SYSTEMS_MAX * sizeof(**rows));
	*count = 0;
	stmt_int(stmt, 2, SYSTEMS_MAX);
	while ((rc = stmt_step(stmt, &next)) == RC_OK && next && *count < SYSTEMS_MAX) {
		struct dossier_system *system = &(*rows)[(*count)++];

		system->system = stmt_col_dup(stmt, 0, pool);
		system->count = stmt_col_int(stmt, 1);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc dossier_to_key(struct store *store, struct pool *pool, const char *system, size_t limit,
		size_t offset, struct dossier_row **rows, size_t *count)
{
	struct stmt *stmt = bound(store, TO_KEY);

	stmt_text(stmt, 2, system);
	stmt_int(stmt, 3, (int64_t)limit);
	stmt_int(stmt, 4, (int64_t)offset);
	return dossier_row_all(store, stmt, pool, limit, rows, count);
}

enum rc dossier_seizure(struct store *store, struct pool *pool, const struct dossier_row *row,
		struct dossier_seizure *out)
{
	const struct event *seized = NULL;
	struct journal_row *rows = NULL;
	json_t *body = NULL;
	size_t count = 0, i;
	enum rc rc;

	if (row->facts.holder != HOLDER_CENTER)
		return RC_NOT_FOUND;
	rc = journal_subject(store, pool, row->board, row->id, &rows, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		if (strcmp(rows[i].event.kind, "dossier.seized") == 0)
			seized = &rows[i].event;
		else if (strcmp(rows[i].event.kind, "dossier.handed_back") == 0)
			seized = NULL;
	}
	if (rc != RC_OK || !seized)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	out->at = seized->time.wall_ms;
	out->by = pool_strdup(pool, seized->actor);
	out->reason = "";
	if (seized->body && json_parse(seized->body, seized->body_len, &body) == RC_OK)
		out->reason = pool_strdup(pool, json_text(body, "reason"));
	json_decref(body);
	return RC_OK;
}

enum rc dossier_by_old_code(struct store *store, struct pool *pool, enum dossier_origin origin,
		const char *old_code, struct dossier_row *out)
{
	struct stmt *stmt = bound(store, BY_OLD_CODE);
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc;

	stmt_text(stmt, 2, old_code);
	stmt_int(stmt, 3, (int64_t)origin);
	rc = dossier_row_all(store, stmt, pool, 1, &rows, &count);
	if (rc == RC_OK && count == 0)
		return RC_NOT_FOUND;
	if (rc == RC_OK)
		*out = rows[0];
	return rc;
}

enum rc dossier_from_elsewhere(struct store *store, struct pool *pool, enum dossier_origin origin,
		size_t limit, struct dossier_row **rows, size_t *count)
{
	struct stmt *stmt = bound(store, ELSEWHERE);

	stmt_int(stmt, 2, (int64_t)origin);
	stmt_int(stmt, 3, (int64_t)limit);
	return dossier_row_all(store, stmt, pool, limit, rows, count);
}
