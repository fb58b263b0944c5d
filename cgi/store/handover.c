/*
 * handover.c: see handover.h.
 */
#include "store/handover.h"

#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "store/dossier_row.h"

#define ITEMS_MAX 500
#define NUMBER_MAX 9999

#define COLUMNS \
	"h.list, h.id, h.subject, h.what, h.giver, h.taker, h.carrier, h.tracking, h.actor, h.author," \
	" h.at, h.got, h.got_by, h.got_author, h.got_at, h.missing"
/* The head of a list is the row of its least event id: any is as good, they agree. */
#define HEADS(from) \
	"SELECT a.list, h.what, h.giver, h.taker, h.carrier, h.actor, h.at, a.total, a.open FROM (" \
	from ") a JOIN handover h ON h.board = $1 AND h.list = a.list AND h.id = a.id" \
	" ORDER BY a.list DESC"

static const char ALL[] = HEADS(
	"SELECT list, min(id) AS id, count(*) AS total, sum(CASE WHEN got <> 1 THEN 1 ELSE 0 END) AS open"
	" FROM handover WHERE board = $1 GROUP BY list ORDER BY list DESC LIMIT $2 OFFSET $3");
static const char OPEN[] = HEADS(
	"SELECT o.list, min(t.id) AS id, count(*) AS total,"
	" sum(CASE WHEN t.got <> 1 THEN 1 ELSE 0 END) AS open FROM"
	" (SELECT DISTINCT list FROM handover WHERE board = $1 AND got <> 1 ORDER BY list DESC"
	" LIMIT $2 OFFSET $3) o JOIN handover t ON t.board = $1 AND t.list = o.list GROUP BY o.list");
static const char ITEMS[] = "SELECT " COLUMNS " FROM handover h WHERE h.board = $1 AND h.list = $2"
	" ORDER BY h.at, h.id LIMIT 500";
static const char OF[] = "SELECT " COLUMNS " FROM handover h WHERE h.board = $1 AND h.subject = $2"
	" ORDER BY h.at, h.id LIMIT 500";
/* From the results that wait, which are few. */
static const char IN_POST[] = "SELECT " COLUMNS " FROM dossier d JOIN handover h"
	" ON h.board = d.board AND h.subject = d.id WHERE d.board = $1 AND d.state = 8"
	" AND h.tracking <> '' AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.board = d.board"
	" AND m.subject = d.id AND m.kind = 'post.delivered' AND m.word = h.tracking)"
	" ORDER BY h.at, h.id LIMIT $2";
static const char LAST[] = "SELECT list FROM handover WHERE board = $1 AND list >= $2 AND list < $3"
	" ORDER BY list DESC LIMIT 1";

#define BY_DUE " ORDER BY d.has_due DESC, d.due_at, d.code LIMIT $3"
static const char *const candidates[] = {
	[HANDOVER_TO_DESK] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1 AND d.state = 1"
		" AND d.level = 0 AND d.holder = 0 AND $2 = ''" BY_DUE,
	[HANDOVER_TO_PROVINCE] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1"
		" AND d.state IN (1, 2, 3) AND d.level = 1 AND d.holder = 0 AND $2 = ''" BY_DUE,
	[HANDOVER_OF_RESULTS] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1 AND d.state = 8"
		" AND d.holder = 0 AND ($2 = '' OR EXISTS (SELECT 1 FROM pending p WHERE p.board = d.board"
		" AND p.subject = d.id AND p.kind = 'delivery' AND p.word = $2))"
		" AND NOT EXISTS (SELECT 1 FROM handover h WHERE h.board = d.board AND h.subject = d.id"
		" AND h.what = 'result' AND h.got <> 1)" BY_DUE,
};

static void read(struct stmt *stmt, struct pool *pool, struct handover_row *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	out->list = stmt_col_dup(stmt, 0, pool);
	bytes = stmt_col_blob(stmt, 1, &len);
	if (len == EVENT_ID_SIZE)
		hex_encode(bytes, len, out->id);
	bytes = stmt_col_blob(stmt, 2, &len);
	if (len == sizeof(out->subject))
		memcpy(out->subject, bytes, len);
	out->what = stmt_col_dup(stmt, 3, pool);
	out->giver = stmt_col_dup(stmt, 4, pool);
	out->taker = stmt_col_dup(stmt, 5, pool);
	out->carrier = stmt_col_dup(stmt, 6, pool);
	out->tracking = stmt_col_dup(stmt, 7, pool);
	out->actor = stmt_col_dup(stmt, 8, pool);
	out->author = stmt_col_int(stmt, 9) ? AUTHOR_CENTER : AUTHOR_BOARD;
	out->at = stmt_col_int(stmt, 10);
	out->got = (enum handover_got)stmt_col_int(stmt, 11);
	out->got_by = stmt_col_dup(stmt, 12, pool);
	out->got_author = stmt_col_int(stmt, 13) ? AUTHOR_CENTER : AUTHOR_BOARD;
	out->got_at = stmt_col_int(stmt, 14);
	out->missing = stmt_col_dup(stmt, 15, pool);
}

static enum rc read_all(struct stmt *stmt, struct pool *pool, struct handover_row **rows,
		size_t *count)
{
	struct handover_row one;
	size_t room = 0;
	bool row = false;
	enum rc rc;

	*rows = NULL;
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < ITEMS_MAX) {
		read(stmt, pool, &one);
		if (*count == room) {
			struct handover_row *more;

			room = room ? 2 * room : 16;
			more = pool_alloc(pool, room * sizeof(*more));
			if (*count)
				memcpy(more, *rows, *count * sizeof(*more));
			*rows = more;
		}
		(*rows)[(*count)++] = one;
	}
	stmt_reset(stmt);
	return rc;
}

enum rc handover_lists(struct store *store, struct pool *pool, bool open_only, size_t limit,
		size_t offset, struct handover_list **rows, size_t *count)
{
	struct stmt *stmt = open_only ? db_stmt(store->tram, OPEN) : db_stmt(store->tram, ALL);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	stmt_int(stmt, 3, (int64_t)offset);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct handover_list *out = &(*rows)[(*count)++];
		const char **texts[] = { &out->list, &out->what, &out->giver, &out->taker,
				&out->carrier, &out->actor };

		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			*texts[i] = stmt_col_dup(stmt, (int)i, pool);
		out->at = stmt_col_int(stmt, 6);
		out->total = stmt_col_int(stmt, 7);
		out->open = stmt_col_int(stmt, 8);
	}
	stmt_reset(stmt);
	return rc;
}

static enum rc read_dossiers(struct store *store, struct pool *pool,
		const struct handover_row *rows, size_t count, struct dossier_row **dossiers)
{
	enum rc rc = RC_OK;

	*dossiers = pool_alloc(pool, (count + 1) * sizeof(**dossiers));
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		char hex[2 * EVENT_ID_SIZE + 1];

		hex_encode(rows[i].subject, EVENT_ID_SIZE, hex);
		rc = dossier_find(store, pool, NULL, hex, &(*dossiers)[i]);
	}
	return rc;
}

enum rc handover_items(struct store *store, struct pool *pool, const char *list,
		struct handover_row **rows, struct dossier_row **dossiers, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, ITEMS);
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, list);
	rc = read_all(stmt, pool, rows, count);
	if (rc == RC_OK && *count == 0)
		rc = RC_NOT_FOUND;
	return rc == RC_OK ? read_dossiers(store, pool, *rows, *count, dossiers) : rc;
}

enum rc handover_in_post(struct store *store, struct pool *pool, size_t limit,
		struct handover_row **rows, struct dossier_row **dossiers, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, IN_POST);
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	rc = read_all(stmt, pool, rows, count);
	return rc == RC_OK ? read_dossiers(store, pool, *rows, *count, dossiers) : rc;
}

enum rc handover_of(struct store *store, struct pool *pool, const struct dossier_row *dossier,
		struct handover_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, OF);

	stmt_text(stmt, 1, dossier->board);
	stmt_blob(stmt, 2, dossier->id, sizeof(dossier->id));
	return read_all(stmt, pool, rows, count);
}

enum rc handover_next(struct store *store, struct pool *pool, const char *day, const char **list)
{
	struct stmt *stmt = db_stmt(store->tram, LAST);
	const char *first = pool_printf(pool, "BG-%s-", day);
	int64_t last = 0;
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, first);
	stmt_text(stmt, 3, pool_printf(pool, "BG-%s.", day));	/* the byte after '-' */
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		if (num_parse(stmt_col_text(stmt, 0) + strlen(first), 1, NUMBER_MAX, &last) != RC_OK)
			rc = RC_DB;
		stmt_reset(stmt);
	}
	if (rc == RC_OK && last == NUMBER_MAX)
		rc = RC_FULL;
	if (rc == RC_OK)
		*list = pool_printf(pool, "%s%04d", first, (int)last + 1);
	return rc;
}

enum rc handover_candidates(struct store *store, struct pool *pool, enum handover_from from,
		const char *way, size_t limit, struct dossier_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, candidates[from]);

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, way);
	stmt_int(stmt, 3, (int64_t)limit);
	return dossier_row_all(store, stmt, pool, limit, rows, count);
}
