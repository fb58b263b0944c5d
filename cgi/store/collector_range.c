/*
 * collector_range.c: ranges of receipt numbers: books of kind "receipt". Their rules are those of
 * every book (dossier/book.c); see collector.h.
 */
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "crypt/random.h"
#include "store/collector.h"

#define RANGE_SELECT \
	"SELECT id, collector, form, serial, year, first, last, range_end, spoiled, opened_at, closed" \
	" FROM book WHERE board = $1 AND kind = 'receipt'"
static const char LIST[] = RANGE_SELECT " ORDER BY year DESC, opened_at DESC, id LIMIT $2";
static const char FIND[] = RANGE_SELECT " AND id = $2";
static const char BEFORE[] =
	"SELECT coalesce(max(number), 0) FROM book_entry WHERE board = $1 AND book = $2"
	" AND signed_at < $3";
static const char WITHIN[] =
	"SELECT number, spoiled FROM book_entry WHERE board = $1 AND book = $2 AND signed_at >= $3"
	" AND signed_at < $4 ORDER BY number";
#define LISTED_MAX 200

static struct stmt *bound(struct store *store, const char *sql)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board ? store->board : "");
	return stmt;
}

static void read(struct stmt *stmt, struct pool *pool, struct collector_range *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	bytes = stmt_col_blob(stmt, 0, &len);
	if (len == sizeof(out->id))
		memcpy(out->id, bytes, len);
	hex_encode(out->id, sizeof(out->id), out->id_hex);
	out->collector = stmt_col_dup(stmt, 1, pool);
	out->form = stmt_col_dup(stmt, 2, pool);
	out->serial = stmt_col_dup(stmt, 3, pool);
	out->year = (int)stmt_col_int(stmt, 4);
	out->first = stmt_col_int(stmt, 5);
	out->last = stmt_col_int(stmt, 6);
	out->end = stmt_col_int(stmt, 7);
	out->spoiled = stmt_col_int(stmt, 8);
	out->opened_at = stmt_col_int(stmt, 9);
	out->closed = stmt_col_int(stmt, 10) != 0;
	out->left = out->closed || out->last < 0 || out->end <= out->last ? 0 : out->end - out->last;
}

enum rc collector_ranges(struct store *store, struct pool *pool, struct collector_range **rows,
		size_t *count)
{
	struct stmt *stmt = bound(store, LIST);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, RANGES_MAX * sizeof(**rows));
	*count = 0;
	stmt_int(stmt, 2, RANGES_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < RANGES_MAX)
		read(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

enum rc collector_range_find(struct store *store, struct pool *pool, const char *id_hex,
		struct collector_range *out)
{
	struct stmt *stmt;
	uint8_t id[EVENT_ID_SIZE];
	bool row;
	enum rc rc;

	if (strlen(id_hex) != 2 * EVENT_ID_SIZE || hex_decode(id_hex, id, sizeof(id)) != RC_OK)
		return RC_NOT_FOUND;
	stmt = bound(store, FIND);
	stmt_blob(stmt, 2, id, sizeof(id));
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	read(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc collector_range_next(struct store *store, struct pool *pool, const char *collector,
		int year, struct collector_range *out, bool *issues, int64_t *left)
{
	struct collector_range *rows = NULL;
	size_t count = 0;
	bool found = false;
	enum rc rc = collector_ranges(store, pool, &rows, &count);

	*issues = false;
	*left = 0;
	/* Newest first: the last that fits was issued first, and is used up first. */
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if (strcmp(rows[i].collector, collector) != 0)
			continue;
		*issues = true;
		if (rows[i].year != year || rows[i].left == 0)
			continue;
		*left += rows[i].left;
		*out = rows[i];
		found = true;
	}
	return rc == RC_OK && !found ? RC_NOT_FOUND : rc;
}

static enum rc append(struct store *store, const uint8_t *book, const char *kind,
		const char *actor, const json_t *body, const char **reason)
{
	struct act act = { .subject_kind = SUBJECT_BOOK, .subject = book, .kind = kind,
		.actor = actor, .body = body };
	struct event event;

	return act_append(store, &act, &event, reason);
}

/* Numbers that were given, or may still be, are nobody else's. */
static bool overlaps(const struct collector_range *old, const char *collector,
		const struct collector_range *range)
{
	int64_t end = old->closed ? old->last : old->end;

	return strcmp(old->collector, collector) == 0 && strcmp(old->form, range->form) == 0 &&
			strcmp(old->serial, range->serial) == 0 && old->year == range->year &&
			range->first <= end && old->first <= range->end;
}

enum rc collector_range_open(struct store *store, struct pool *pool, const char *actor,
		const struct collector *collector, const struct collector_range *range,
		char id_hex[33], const char **reason)
{
	struct collector_range *rows = NULL;
	uint8_t id[EVENT_ID_SIZE];
	size_t count = 0;
	json_t *body;
	enum rc rc = collector_ranges(store, pool, &rows, &count);

	*reason = NULL;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if (overlaps(&rows[i], collector->id, range))
			*reason = "receipt.rule.overlap";
	}
	if (rc == RC_OK && count >= RANGES_MAX)
		*reason = "receipt.rule.many";
	if (rc != RC_OK || *reason)
		return rc != RC_OK ? rc : RC_CONFLICT;
	random_bytes(id, sizeof(id));
	hex_encode(id, sizeof(id), id_hex);
	body = json_new_object();
	json_put(body, "symbol", "BL");
	json_put(body, "book_no", pool_printf(pool, "%s/%d", range->serial, range->year));
	json_put_int(body, "year", range->year);
	json_put(body, "kind", "receipt");
	json_put(body, "medium", "paper");
	json_put_int(body, "first", range->first);
	json_put_int(body, "last", range->end);
	json_put(body, "serial", range->serial);
	json_put(body, "form", range->form);
	json_put_value(body, "collector", collector_json(collector));
	rc = append(store, id, "book.opened", actor, body, reason);
	json_decref(body);
	return rc;
}

enum rc collector_range_close(struct store *store, struct pool *pool, const char *actor,
		const struct collector_range *range, int64_t at_ms, const char **reason)
{
	json_t *body = json_new_object();
	enum rc rc;

	(void)pool;
	json_put_int(body, "last", range->last);
	json_put_int(body, "total", range->last - range->first + 1);
	json_put_int(body, "closed_at", at_ms);
	rc = append(store, range->id, "book.closed", actor, body, reason);
	json_decref(body);
	return rc;
}

static struct stmt *entries(struct store *store, const char *sql,
		const struct collector_range *range, int64_t from_ms)
{
	struct stmt *stmt = bound(store, sql);

	stmt_blob(stmt, 2, range->id, sizeof(range->id));
	stmt_int(stmt, 3, from_ms);
	return stmt;
}

enum rc collector_usage_get(struct store *store, struct pool *pool,
		const struct collector_range *range, int64_t from_ms, int64_t to_ms,
		struct collector_usage *out)
{
	struct stmt *stmt = entries(store, BEFORE, range, from_ms);
	struct buf listed = { 0 };
	int64_t last;
	bool row;
	enum rc rc = stmt_step(stmt, &row);

	memset(out, 0, sizeof(*out));
	if (rc != RC_OK)
		return rc;
	out->before = row ? stmt_col_int(stmt, 0) : 0;
	stmt_reset(stmt);
	if (out->before < range->first)
		out->before = range->first - 1;
	last = out->before;
	stmt = entries(store, WITHIN, range, from_ms);
	stmt_int(stmt, 4, to_ms);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		last = stmt_col_int(stmt, 0);
		if (out->used++ == 0)
			out->used_first = last;
		if (stmt_col_int(stmt, 1) == 0)
			continue;
		if (out->cancelled++ < LISTED_MAX)
			buf_printf(&listed, "%s%s", listed.len > 0 ? ", " : "",
					collector_number(pool, last));
	}
	stmt_reset(stmt);
	out->used_last = out->used > 0 ? last : 0;
	out->left = range->end > last ? range->end - last : 0;
	out->cancelled_list = listed.len > 0 ? pool_strndup(pool, listed.data, listed.len) : "";
	buf_free(&listed);
	return rc;
}
