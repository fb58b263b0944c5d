/*
 * late.c: see late.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/random.h"
#include "store/dossier.h"
#include "store/late.h"

#define BLOCKS_MAX 50
#define NUMBER_MAX INT64_C(9999999)

#define BLOCK_SELECT \
	"SELECT b.id, b.symbol, b.first, b.range_end, b.opened_at FROM book b WHERE b.board = $1" \
	" AND b.kind = 'dossier' "
static const char BLOCKS[] = BLOCK_SELECT "ORDER BY b.first DESC LIMIT $2";
static const char BLOCK[] = BLOCK_SELECT "AND b.id = $2";
static const char BLOCK_OF[] = BLOCK_SELECT "AND b.symbol = $2 AND b.first <= $3"
	" AND b.range_end >= $3 LIMIT 1";
static const char USED[] =
	"SELECT count(*) FROM dossier WHERE board = $1 AND origin = 1 AND old_code <> ''"
	" AND old_code >= $2 AND old_code <= $3";

static struct stmt *bound(struct store *store, const char *sql)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board);
	return stmt;
}

static void read_block(struct stmt *stmt, struct pool *pool, struct late_block *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	bytes = stmt_col_blob(stmt, 0, &len);
	if (len == EVENT_ID_SIZE)
		hex_encode(bytes, len, out->id_hex);
	out->symbol = stmt_col_dup(stmt, 1, pool);
	out->first = stmt_col_int(stmt, 2);
	out->last = stmt_col_int(stmt, 3);
	out->opened_at = stmt_col_int(stmt, 4);
}

static enum rc count_used(struct store *store, struct pool *pool, struct late_block *block)
{
	struct stmt *stmt = bound(store, USED);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 2, late_number(pool, block->symbol, block->first));
	stmt_text(stmt, 3, late_number(pool, block->symbol, block->last));
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		block->used = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

enum rc late_blocks(struct store *store, struct pool *pool, struct late_block **rows, size_t *count)
{
	struct stmt *stmt = bound(store, BLOCKS);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, BLOCKS_MAX * sizeof(**rows));
	*count = 0;
	stmt_int(stmt, 2, BLOCKS_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < BLOCKS_MAX)
		read_block(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	for (size_t i = 0; rc == RC_OK && i < *count; i++)
		rc = count_used(store, pool, &(*rows)[i]);
	return rc;
}

enum rc late_block_find(struct store *store, struct pool *pool, const char *id_hex,
		struct late_block *out)
{
	struct stmt *stmt;
	uint8_t id[EVENT_ID_SIZE];
	bool row = false;
	enum rc rc;

	if (strlen(id_hex) != 2 * EVENT_ID_SIZE || hex_decode(id_hex, id, sizeof(id)) != RC_OK)
		return RC_NOT_FOUND;
	stmt = bound(store, BLOCK);
	stmt_blob(stmt, 2, id, sizeof(id));
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	read_block(stmt, pool, out);
	stmt_reset(stmt);
	return count_used(store, pool, out);
}

enum rc late_block_open(struct store *store, struct pool *pool, const char *actor,
		const char *symbol, int64_t count, char id_hex[33], const char **reason)
{
	struct late_block *blocks = NULL;
	uint8_t id[EVENT_ID_SIZE];
	struct when_local now;
	struct event event;
	struct act act = { .subject_kind = SUBJECT_BOOK, .subject = id, .kind = "book.opened",
		.actor = actor };
	size_t block_count = 0;
	int64_t first;
	json_t *body;
	enum rc rc = late_blocks(store, pool, &blocks, &block_count);

	if (rc != RC_OK)
		return rc;
	first = block_count > 0 ? blocks[0].last + 1 : 1;
	if (count < 1 || first + count - 1 > NUMBER_MAX)
		return RC_INVALID;
	random_bytes(id, sizeof(id));
	hex_encode(id, sizeof(id), id_hex);
	when_to_local(when_now_ms(), &now);
	body = json_new_object();
	json_put(body, "symbol", symbol);
	json_put(body, "book_no", pool_printf(pool, "%02zu/%d", block_count + 1, now.year));
	json_put_int(body, "year", now.year);
	json_put(body, "kind", "dossier");
	json_put(body, "medium", "paper");
	json_put_int(body, "first", first);
	json_put_int(body, "last", first + count - 1);
	act.body = body;
	rc = act_append(store, &act, &event, reason);
	json_decref(body);
	return rc;
}

char *late_number(struct pool *pool, const char *symbol, int64_t number)
{
	/* Seven digits, so that numbers stand in order as words do. */
	return pool_printf(pool, "%s-%07lld", symbol, (long long)number);
}

/* The symbol and number of "NB1-0000012". */
static bool split(struct pool *pool, const char *text, const char **symbol, int64_t *number)
{
	const char *dash = strrchr(text, '-');

	*symbol = dash != NULL ? pool_strndup(pool, text, (size_t)(dash - text)) : "";
	return num_parse(dash != NULL ? dash + 1 : text, 1, NUMBER_MAX, number) == RC_OK;
}

enum rc late_number_parse(struct pool *pool, const char *symbol, const char *typed,
		const char **number)
{
	const char *before;
	int64_t value;

	if (!split(pool, text_upper(pool, typed), &before, &value))
		return RC_INVALID;
	*number = late_number(pool, *before ? before : symbol, value);
	return RC_OK;
}

enum rc late_number_check(struct store *store, struct pool *pool, const char *number,
		const char **reason)
{
	struct dossier_row twin;
	struct stmt *stmt;
	const char *symbol;
	int64_t value;
	bool row = false;
	enum rc rc;

	*reason = "late.range";
	if (!split(pool, number, &symbol, &value))
		return RC_CONFLICT;
	stmt = bound(store, BLOCK_OF);
	stmt_text(stmt, 2, symbol);
	stmt_int(stmt, 3, value);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_CONFLICT;
	stmt_reset(stmt);
	*reason = "late.used";
	rc = dossier_by_old_code(store, pool, ORIGIN_LATE, number, &twin);
	return rc == RC_OK ? RC_CONFLICT : rc == RC_NOT_FOUND ? RC_OK : rc;
}
