/*
 * dossier_list.c: the work lists, their counts, and the point's backlog.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "store/dossier_row.h"

#define LOCAL_OFFSET_MS (INT64_C(7) * 3600 * 1000)

/* Open: accepted to payment (1..7); waiting for the citizen: result (8). */
#define OPEN "d.state IN (1, 2, 3, 4, 5, 6, 7)"
#define BY_DUE " ORDER BY d.has_due DESC, d.due_at, d.code LIMIT $4 OFFSET $5"
#define MINE "d.board = $1 AND "
#define ANY "($1 = '' OR d.board = $1) AND "

enum range { NO_RANGE, BEFORE, BETWEEN, ACCOUNT };

/* WHERE of each list: $1 board, $2 and $3 as range says, $4 limit, $5 offset. */
#define W_OVERDUE MINE OPEN " AND d.has_due = 1 AND d.due_at < $2"
#define W_DUE MINE OPEN " AND d.has_due = 1 AND d.due_at >= $2 AND d.due_at < $3"
#define W_SUPPLEMENT MINE "d.state = 6"
#define W_RESULT MINE "d.state = 8 AND d.holder = 0"
#define W_MINE MINE "d.assignee = $2 AND d.assignee <> '' AND " OPEN
#define W_TO_SIGN MINE "d.state = 4"
#define W_TO_HAND_OVER MINE "d.state = 1 AND d.level = 1 AND d.holder = 0"
#define W_UNSCANNED MINE "d.scans_missing > 0 AND d.holder = 0 AND d.state < 8"
#define W_OPEN MINE "d.state IN (1, 2, 3, 4, 5, 6, 7, 8)"
#define TEXT_OF(number) TEXT_OF_(number)
#define TEXT_OF_(number) #number
/*
 * Chosen in the index, which has what the order needs; only the rows of one page are read whole. Those are
 * put in their order here (by_due): a database would carry every column of them through a sort.
 */
#define ROWS(where) DOSSIER_SELECT "FROM (SELECT d.board AS of, d.id AS one FROM dossier d WHERE " where BY_DUE \
		") p JOIN dossier d ON d.board = p.of AND d.id = p.one"
#define COUNT(where) "SELECT count(*) FROM dossier d WHERE " where

static const struct list {
	const char *rows, *count;
	enum range range;
} lists[] = {
	[LIST_OVERDUE] = { ROWS(W_OVERDUE), COUNT(W_OVERDUE), BEFORE },
	[LIST_DUE_TODAY] = { ROWS(W_DUE), COUNT(W_DUE), BETWEEN },
	[LIST_DUE_TOMORROW] = { ROWS(W_DUE), COUNT(W_DUE), BETWEEN },
	[LIST_SUPPLEMENT] = { ROWS(W_SUPPLEMENT), COUNT(W_SUPPLEMENT), NO_RANGE },
	[LIST_RESULT] = { ROWS(W_RESULT), COUNT(W_RESULT), NO_RANGE },
	[LIST_MINE] = { ROWS(W_MINE), COUNT(W_MINE), ACCOUNT },
	[LIST_TO_SIGN] = { ROWS(W_TO_SIGN), COUNT(W_TO_SIGN), NO_RANGE },
	[LIST_TO_HAND_OVER] = { ROWS(W_TO_HAND_OVER), COUNT(W_TO_HAND_OVER), NO_RANGE },
	[LIST_UNSCANNED] = { ROWS(W_UNSCANNED), COUNT(W_UNSCANNED), NO_RANGE },
	[LIST_RECENT] = { DOSSIER_SELECT "FROM dossier d WHERE d.board = $1 "
			"ORDER BY d.received_at DESC LIMIT $4 OFFSET $5",
			"SELECT count(*) FROM (SELECT 1 FROM dossier d WHERE d.board = $1 LIMIT "
			TEXT_OF(DOSSIER_RECENT_MAX) ") w", NO_RANGE },
	[LIST_OPEN] = { ROWS(W_OPEN), COUNT(W_OPEN), NO_RANGE },
	[LIST_UNTAKEN] = { ROWS(MINE "d.state IN (1, 2, 5) AND d.level = 0 AND d.holder = 0"
			" AND d.assignee = ''"), NULL, NO_RANGE },
	[LIST_MY_SIGNING] = { ROWS(MINE "d.state IN (4, 5) AND d.desk = $2"), NULL, ACCOUNT },
	[LIST_CENTER_NEW] = { ROWS(ANY "d.holder = 1 AND d.state IN (1, 2)"), NULL, NO_RANGE },
	[LIST_CENTER_WORK] = { ROWS(ANY "d.holder = 1 AND d.state IN (3, 4, 5, 6, 7)"), NULL, NO_RANGE },
	[LIST_CENTER_DONE] = { ROWS(ANY "d.holder = 0 AND d.official <> ''"), NULL, NO_RANGE },
	[LIST_CENTER_ALL] = { DOSSIER_SELECT "FROM dossier d WHERE ($1 = '' OR d.board = $1) "
			"ORDER BY d.received_at DESC, d.code LIMIT $4 OFFSET $5", NULL, NO_RANGE },
};

static int64_t day_start(int64_t at_ms)
{
	return at_ms - (at_ms + LOCAL_OFFSET_MS) % WHEN_DAY_MS;
}

static void bind_range(struct stmt *stmt, enum dossier_list_kind kind, const char *account,
		int64_t now_ms)
{
	int64_t tomorrow = day_start(now_ms) + WHEN_DAY_MS;

	switch (lists[kind].range) {
	case NO_RANGE:
		break;
	case BEFORE:
		stmt_int(stmt, 2, now_ms);
		break;
	case BETWEEN:
		stmt_int(stmt, 2, kind == LIST_DUE_TODAY ? now_ms : tomorrow);
		stmt_int(stmt, 3, kind == LIST_DUE_TODAY ? tomorrow : tomorrow + WHEN_DAY_MS);
		break;
	case ACCOUNT:
		stmt_text(stmt, 2, account ? account : "");
		break;
	}
}

static int by_due(const void *a, const void *b)
{
	const struct dossier_row *one = a, *other = b;

	if (one->has_due != other->has_due)
		return one->has_due ? -1 : 1;
	if (one->due_at != other->due_at)
		return one->due_at < other->due_at ? -1 : 1;
	return strcmp(one->code, other->code);
}

enum rc dossier_list(struct store *store, struct pool *pool, const struct dossier_query *query,
		struct dossier_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, lists[query->kind].rows);
	const char *board = query->board ? query->board : store->board;
	enum rc rc;

	stmt_text(stmt, 1, board ? board : "");
	bind_range(stmt, query->kind, query->account, query->now_ms);
	stmt_int(stmt, 4, (int64_t)query->limit);
	stmt_int(stmt, 5, (int64_t)query->offset);
	rc = dossier_row_all(store, stmt, pool, query->limit, rows, count);
	if (rc == RC_OK && *count > 1 && query->kind != LIST_RECENT && query->kind != LIST_CENTER_ALL)
		qsort(*rows, *count, sizeof(**rows), by_due);
	return rc;
}

enum rc dossier_counts(struct store *store, const char *account, int64_t now_ms,
		int64_t counts[LIST_OPEN + 1])
{
	int kind;

	for (kind = 0; kind <= LIST_OPEN; kind++) {
		struct stmt *stmt = db_stmt(store->tram, lists[kind].count);
		bool row = false;
		enum rc rc;

		stmt_text(stmt, 1, store->board ? store->board : "");
		bind_range(stmt, (enum dossier_list_kind)kind, account, now_ms);
		rc = stmt_step(stmt, &row);
		if (rc != RC_OK)
			return rc;
		counts[kind] = row ? stmt_col_int(stmt, 0) : 0;
		stmt_reset(stmt);
	}
	return RC_OK;
}

/* What is not whole at the center stands in an index of its own; what is, and was written about since,
 * in the journal past the cursor. Both stop at a number that no header needs exactly. */
static const char BACKLOG[] =
	"SELECT a.n, a.at, b.n, b.at, (SELECT receipt_at FROM link_state WHERE board = $1) FROM"
	" (SELECT count(*) AS n, min(manifest_at) AS at FROM (SELECT manifest_at FROM dossier"
	" WHERE board = $1 AND complete_version < manifest_version ORDER BY manifest_at"
	" LIMIT " TEXT_OF(DOSSIER_BACKLOG_MAX) ") w) a,"
	" (SELECT count(*) AS n, min(d.updated_ms) AS at FROM (SELECT DISTINCT subject FROM"
	" (SELECT subject FROM journal WHERE board = $1 AND author = 0 AND seq >"
	" coalesce((SELECT sent_seq FROM link_state WHERE board = $1), 0) ORDER BY seq"
	" LIMIT " TEXT_OF(DOSSIER_BACKLOG_MAX) ") s) q JOIN dossier d ON d.board = $1 AND d.id = q.subject"
	" WHERE d.complete_version >= d.manifest_version) b";

enum rc dossier_list_running(struct store *store, struct pool *pool, int64_t from_ms, int64_t to_ms,
		size_t limit, struct dossier_row **rows, size_t *count)
{
	static const char sql[] = DOSSIER_SELECT "FROM dossier d WHERE " MINE OPEN
			" AND d.has_due = 1 AND d.due_at >= $2 AND d.received_at < $3" BY_DUE;
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, from_ms);
	stmt_int(stmt, 3, to_ms);
	stmt_int(stmt, 4, (int64_t)limit);
	stmt_int(stmt, 5, 0);
	return dossier_row_all(store, stmt, pool, limit, rows, count);
}

enum rc dossier_backlog_get(struct store *store, struct dossier_backlog *out)
{
	struct stmt *stmt = db_stmt(store->tram, BACKLOG);
	int64_t other;
	bool row = false;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	out->dossiers_waiting = stmt_col_int(stmt, 0) + stmt_col_int(stmt, 2);
	out->oldest_at = stmt_col_int(stmt, 1);
	other = stmt_col_int(stmt, 3);
	if (out->oldest_at == 0 || (other > 0 && other < out->oldest_at))
		out->oldest_at = other;
	out->last_receipt_at = stmt_col_int(stmt, 4);
	stmt_reset(stmt);
	return RC_OK;
}
