/*
 * fork_list.c: recorded branches for pages: what came apart, which numbers both branches gave out, how
 * much of a branch could not be used. See fork.h.
 */
#include <string.h>

#include "base/encode.h"
#include "store/fork.h"

#define COLUMNS "SELECT board, log, position, epoch, first, last, branch, at FROM journal_branch"
static const char LIST[] =
	COLUMNS " WHERE position > 0 AND ($1 = '' OR board = $1) ORDER BY board, log DESC LIMIT $2";
static const char FIND[] =
	COLUMNS " WHERE board = $1 AND log > 1 AND log % 2 = $2 AND branch = $3";
/* A branch's dossiers whose number another one has. */
static const char CODES[] =
	"SELECT d.board, d.code, o.id, d.id, o.board FROM (SELECT DISTINCT subject FROM journal"
	" WHERE board = $1 AND author = $2) j JOIN dossier d ON d.board = $1 AND d.id = j.subject"
	" JOIN dossier o ON o.code = d.code AND o.board = d.board AND o.id <> d.id"
	" WHERE d.code <> '' ORDER BY d.code, d.id LIMIT $3";
static const char OFFICIALS[] =
	"SELECT d.board, d.official, o.id, d.id, o.board FROM (SELECT DISTINCT subject FROM journal"
	" WHERE board = $1 AND author = $2) j JOIN dossier d ON d.board = $1 AND d.id = j.subject"
	" JOIN dossier o ON o.official = d.official AND o.official <> ''"
	" WHERE d.official <> '' AND NOT (o.board = d.board AND o.id = d.id)"
	" ORDER BY d.official, d.id LIMIT $3";
static const char SUMS[] =
	"SELECT (SELECT count(DISTINCT d.id) FROM journal j JOIN dossier d ON d.board = j.board"
	" AND d.id = j.subject WHERE j.board = $1 AND j.author = $2),"
	" (SELECT count(*) FROM parked WHERE board = $1 AND author = $2)";
static const char EVENTS[] =
	"SELECT j.header, j.subject, coalesce(d.code, ''), coalesce(d.applicant, ''),"
	" coalesce(p.reason, '') FROM journal j LEFT JOIN dossier d ON d.board = j.board"
	" AND d.id = j.subject LEFT JOIN parked p ON p.board = j.board AND p.author = j.author"
	" AND p.seq = j.seq WHERE j.board = $1 AND j.author = $2 AND j.seq >= $3 AND j.seq <= $4"
	" ORDER BY j.seq LIMIT $5";

static void read_row(struct stmt *stmt, struct pool *pool, struct fork_row *out)
{
	const void *hash;
	size_t len = 0;

	memset(out, 0, sizeof(*out));
	out->board = stmt_col_dup(stmt, 0, pool);
	out->log = (unsigned)stmt_col_int(stmt, 1);
	out->author = out->log % 2 ? AUTHOR_CENTER : AUTHOR_BOARD;
	out->position = (uint64_t)stmt_col_int(stmt, 2);
	out->epoch = (uint64_t)stmt_col_int(stmt, 3);
	out->first = (uint64_t)stmt_col_int(stmt, 4);
	out->last = (uint64_t)stmt_col_int(stmt, 5);
	hash = stmt_col_blob(stmt, 6, &len);
	if (len == sizeof(out->branch))
		memcpy(out->branch, hash, len);
	out->at = stmt_col_int(stmt, 7);
}

enum rc fork_list(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct fork_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, LIST);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read_row(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

enum rc fork_find(struct store *store, struct pool *pool, const char *board, enum event_author author,
		const uint8_t branch[EVENT_HASH_SIZE], struct fork_row *out)
{
	struct stmt *stmt = db_stmt(store->tram, FIND);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)author);
	stmt_blob(stmt, 3, branch, EVENT_HASH_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	read_row(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

static char *id_of(struct stmt *stmt, int column, struct pool *pool)
{
	char hex[2 * EVENT_ID_SIZE + 1] = "";
	size_t len = 0;
	const void *id = stmt_col_blob(stmt, column, &len);

	if (len == EVENT_ID_SIZE)
		hex_encode(id, len, hex);
	return pool_strdup(pool, hex);
}

static enum rc clashes(struct store *store, struct pool *pool, const char *sql, const char *kind,
		const struct fork_row *fork, size_t limit, struct fork_clash *rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, sql);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, fork->board);
	stmt_int(stmt, 2, (int64_t)fork->log);
	stmt_int(stmt, 3, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct fork_clash *out = &rows[(*count)++];

		out->kind = kind;
		out->board = stmt_col_dup(stmt, 0, pool);
		out->number = stmt_col_dup(stmt, 1, pool);
		out->one = id_of(stmt, 2, pool);
		out->two = id_of(stmt, 3, pool);
		out->one_board = stmt_col_dup(stmt, 4, pool);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc fork_clashes(struct store *store, struct pool *pool, const struct fork_row *fork, size_t limit,
		struct fork_clash **rows, size_t *count)
{
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	rc = clashes(store, pool, CODES, "code", fork, limit, *rows, count);
	return rc == RC_OK ? clashes(store, pool, OFFICIALS, "official", fork, limit, *rows, count) : rc;
}

enum rc fork_sum(struct store *store, const struct fork_row *fork, struct fork_sums *out)
{
	struct stmt *stmt = db_stmt(store->tram, SUMS);
	bool row = false;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	stmt_text(stmt, 1, fork->board);
	stmt_int(stmt, 2, (int64_t)fork->log);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		out->dossiers = stmt_col_int(stmt, 0);
		out->parked = stmt_col_int(stmt, 1);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc fork_events(struct store *store, struct pool *pool, const char *board, unsigned log,
		uint64_t first, uint64_t last, size_t limit, struct fork_event **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, EVENTS);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)log);
	stmt_int(stmt, 3, (int64_t)first);
	stmt_int(stmt, 4, (int64_t)last);
	stmt_int(stmt, 5, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct fork_event *out = &(*rows)[(*count)++];
		struct event event;
		size_t len = 0;
		const void *header = stmt_col_blob(stmt, 0, &len);
		bool read = event_decode(header, len, &event) == RC_OK;

		out->kind = read ? pool_strdup(pool, event.kind) : "";
		out->at = read ? event.time.wall_ms : 0;
		out->dossier = read && event.subject_kind == SUBJECT_DOSSIER ? id_of(stmt, 1, pool) : "";
		out->code = stmt_col_dup(stmt, 2, pool);
		out->applicant = stmt_col_dup(stmt, 3, pool);
		out->parked = stmt_col_dup(stmt, 4, pool);
	}
	stmt_reset(stmt);
	return rc;
}
