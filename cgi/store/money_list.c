/*
 * money_list.c: what pages read of the money: collections, sums, what is owed. See money.h.
 */
#include <string.h>

#include "base/encode.h"
#include "store/money.h"

/* $1 board. A collection with what became of it. */
#define ROW_SELECT \
	"SELECT m.id, m.dossier, m.at, m.amount, m.actor, m.method, m.payer, m.collector, m.book," \
	" m.serial, m.number, coalesce(c.reason, ''), CASE WHEN c.id IS NULL THEN 0 ELSE 1 END," \
	" (SELECT coalesce(sum(r.amount), 0) FROM money r WHERE r.board = m.board" \
	" AND r.collected = m.collected AND r.kind = 2), coalesce(d.code, '')," \
	" coalesce(d.procedure_name, '')" \
	" FROM money m LEFT JOIN money c ON c.board = m.board AND c.collected = m.collected" \
	" AND c.kind = 1 LEFT JOIN dossier d ON d.board = m.board AND d.id = m.dossier "
static const char OF_DOSSIER[] =
	ROW_SELECT "WHERE m.board = $1 AND m.dossier = $2 AND m.kind = 0"
	" ORDER BY m.author, m.seq, c.author, c.seq LIMIT 100";
#define IN_TIME "WHERE m.board = $1 AND m.kind = 0 AND m.at >= $2 AND m.at < $3"
#define BY_TIME " ORDER BY m.at DESC, m.id LIMIT $4 OFFSET $5"
#define BY_ACTOR " AND ($6 = '' OR m.actor = $6)"
static const char LIST[] = ROW_SELECT IN_TIME BY_ACTOR BY_TIME;
static const char LIST_STANDS[] = ROW_SELECT IN_TIME BY_ACTOR " AND c.id IS NULL" BY_TIME;
static const char LIST_CANCELLED[] = ROW_SELECT IN_TIME BY_ACTOR " AND c.id IS NOT NULL" BY_TIME;
static const char LIST_PLAIN[] = ROW_SELECT IN_TIME BY_ACTOR " AND m.number = ''" BY_TIME;
/* $8: enum money_state. */
static const char BATCH[] =
	ROW_SELECT IN_TIME BY_ACTOR " AND (m.at, m.id) > ($5, $7) AND ($8 = 0"
	" OR ($8 = 1 AND c.id IS NULL) OR ($8 = 2 AND c.id IS NOT NULL) OR ($8 = 3 AND m.number = ''))"
	" ORDER BY m.at, m.id LIMIT $4";
static const char ACTORS[] =
	"SELECT DISTINCT actor FROM money WHERE board = $1 AND kind = 0 AND at >= $2 AND at < $3"
	" ORDER BY actor LIMIT 50";

#define SUMS \
	"SELECT kind, method, count(*), coalesce(sum(amount), 0)," \
	" coalesce(sum(CASE WHEN number <> '' THEN 1 ELSE 0 END), 0) FROM money"
static const char OF_ACTOR[] =
	SUMS " WHERE board = $1 AND actor = $2 AND seq > $3 AND seq <= $4 AND author = 0"
	" GROUP BY kind, method";
static const char OF_TIME[] =
	SUMS " WHERE board = $1 AND kind IN (0, 1, 2) AND at >= $2 AND at < $3 GROUP BY kind, method";
static const char CANCELLED[] =
	"SELECT m.serial, m.number FROM money c JOIN money m ON m.board = c.board"
	" AND m.collected = c.collected AND m.kind = 0 WHERE c.board = $1 AND c.actor = $2"
	" AND c.seq > $3 AND c.seq <= $4 AND c.author = 0 AND c.kind = 1 AND m.number <> ''"
	" ORDER BY m.seq LIMIT 100";

#define OWING_SELECT \
	"SELECT id, code, procedure_name, applicant, state, received_at, fee_total, fee_paid" \
	" FROM dossier "
static const char OWING[] =
	OWING_SELECT "WHERE board = $1 AND fee_total > fee_paid AND state < 10"
	" ORDER BY received_at DESC LIMIT $2 OFFSET $3";
static const char OVERPAID[] =
	OWING_SELECT "WHERE board = $1 AND fee_paid > 0 AND (state = 13 OR fee_paid > fee_total)"
	" ORDER BY received_at DESC LIMIT $2 OFFSET $3";

static struct stmt *bound(struct store *store, const char *sql)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board ? store->board : "");
	return stmt;
}

static void hex_column(struct stmt *stmt, int column, char out[33])
{
	size_t len;
	const void *bytes = stmt_col_blob(stmt, column, &len);

	out[0] = '\0';
	if (len == EVENT_ID_SIZE)
		hex_encode(bytes, len, out);
}

static void read_row(struct stmt *stmt, struct pool *pool, struct money_row *out)
{
	memset(out, 0, sizeof(*out));
	hex_column(stmt, 0, out->id);
	hex_column(stmt, 1, out->dossier);
	out->at = stmt_col_int(stmt, 2);
	out->amount = stmt_col_int(stmt, 3);
	out->actor = stmt_col_dup(stmt, 4, pool);
	out->method = stmt_col_dup(stmt, 5, pool);
	out->payer = stmt_col_dup(stmt, 6, pool);
	out->collector = stmt_col_dup(stmt, 7, pool);
	out->book = stmt_col_dup(stmt, 8, pool);
	out->serial = stmt_col_dup(stmt, 9, pool);
	out->number = stmt_col_dup(stmt, 10, pool);
	out->why = stmt_col_dup(stmt, 11, pool);
	out->cancelled = stmt_col_int(stmt, 12) != 0;
	out->refunded = stmt_col_int(stmt, 13);
	out->code = stmt_col_dup(stmt, 14, pool);
	out->procedure = stmt_col_dup(stmt, 15, pool);
}

/* Two cancellations of one collection (each side wrote one) are one row. */
static enum rc read_rows(struct stmt *stmt, struct pool *pool, size_t max, struct money_row **rows,
		size_t *count)
{
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, (max + 1) * sizeof(**rows));
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < max) {
		read_row(stmt, pool, &(*rows)[*count]);
		if (*count == 0 || strcmp((*rows)[*count].id, (*rows)[*count - 1].id) != 0)
			(*count)++;
	}
	stmt_reset(stmt);
	return rc;
}

enum rc money_of_dossier(struct store *store, struct pool *pool, const uint8_t dossier[16],
		struct money_row **rows, size_t *count)
{
	struct stmt *stmt = bound(store, OF_DOSSIER);

	stmt_blob(stmt, 2, dossier, EVENT_ID_SIZE);
	return read_rows(stmt, pool, 100, rows, count);
}

enum rc money_find(struct store *store, struct pool *pool, const uint8_t dossier[16],
		const char *id_hex, struct money_row *out)
{
	struct money_row *rows = NULL;
	size_t count = 0;
	enum rc rc = money_of_dossier(store, pool, dossier, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if (strcmp(rows[i].id, id_hex) == 0) {
			*out = rows[i];
			return RC_OK;
		}
	}
	return rc == RC_OK ? RC_NOT_FOUND : rc;
}

enum rc money_list(struct store *store, struct pool *pool, const struct money_query *query,
		struct money_row **rows, size_t *count)
{
	static const char *const texts[] = {
		[MONEY_ANY] = LIST, [MONEY_STANDS] = LIST_STANDS,
		[MONEY_IS_CANCELLED] = LIST_CANCELLED, [MONEY_WITHOUT_RECEIPT] = LIST_PLAIN
	};
	struct stmt *stmt = bound(store, texts[query->state]);

	stmt_int(stmt, 2, query->from_ms);
	stmt_int(stmt, 3, query->to_ms);
	stmt_int(stmt, 4, (int64_t)query->limit);
	stmt_int(stmt, 5, (int64_t)query->offset);
	stmt_text(stmt, 6, query->actor ? query->actor : "");
	return read_rows(stmt, pool, query->limit, rows, count);
}

enum rc money_batch(struct store *store, struct pool *pool, const struct money_query *query,
		int64_t after_at, const char *after_id, struct money_row **rows, size_t *count)
{
	uint8_t after[EVENT_ID_SIZE] = { 0 };
	bool first = after_id[0] == '\0';
	struct stmt *stmt;

	if (!first && hex_decode(after_id, after, sizeof(after)) != RC_OK)
		return RC_INVALID;
	stmt = bound(store, BATCH);
	stmt_int(stmt, 2, first ? query->from_ms : after_at);
	stmt_int(stmt, 3, query->to_ms);
	stmt_int(stmt, 4, (int64_t)query->limit);
	stmt_int(stmt, 5, first ? query->from_ms : after_at);
	stmt_text(stmt, 6, query->actor ? query->actor : "");
	stmt_blob(stmt, 7, after, first ? 0 : sizeof(after));
	stmt_int(stmt, 8, (int64_t)query->state);
	return read_rows(stmt, pool, query->limit, rows, count);
}

enum rc money_actors(struct store *store, struct pool *pool, int64_t from_ms, int64_t to_ms,
		const char ***ids, size_t *count)
{
	struct stmt *stmt = bound(store, ACTORS);
	bool row;
	enum rc rc;

	*ids = pool_alloc(pool, 50 * sizeof(**ids));
	*count = 0;
	stmt_int(stmt, 2, from_ms);
	stmt_int(stmt, 3, to_ms);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < 50)
		(*ids)[(*count)++] = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	return rc;
}

/* ---- sums ---- */

static void add(struct money_totals *out, int64_t kind, const char *method, int64_t count,
		int64_t amount)
{
	bool cash = strcmp(method, "cash") == 0;

	if (kind == MONEY_COLLECTED) {
		out->collections += count;
		if (cash)
			out->cash_in += amount;
		else if (strcmp(method, "transfer") == 0)
			out->transfer_in += amount;
		else
			out->online_in += amount;
		return;
	}
	if (kind == MONEY_CANCELLED)
		out->cancellations += count;
	else
		out->refunds += count;
	if (cash)
		out->cash_back += amount;
	else
		out->transfer_back += amount;
}

static enum rc read_totals(struct stmt *stmt, struct money_totals *out)
{
	bool row;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		add(out, stmt_col_int(stmt, 0), stmt_col_text(stmt, 1), stmt_col_int(stmt, 2),
				stmt_col_int(stmt, 3));
		out->receipts += stmt_col_int(stmt, 4);
	}
	stmt_reset(stmt);
	return rc;
}

static struct stmt *of_actor(struct store *store, const char *sql, const char *actor,
		int64_t after_seq, int64_t until_seq)
{
	struct stmt *stmt = bound(store, sql);

	stmt_text(stmt, 2, actor);
	stmt_int(stmt, 3, after_seq);
	stmt_int(stmt, 4, until_seq > 0 ? until_seq : INT64_MAX);
	return stmt;
}

enum rc money_totals_of(struct store *store, const char *actor, int64_t after_seq,
		int64_t until_seq, struct money_totals *out)
{
	return read_totals(of_actor(store, OF_ACTOR, actor, after_seq, until_seq), out);
}

enum rc money_totals_day(struct store *store, int64_t from_ms, int64_t to_ms,
		struct money_totals *out)
{
	struct stmt *stmt = bound(store, OF_TIME);

	stmt_int(stmt, 2, from_ms);
	stmt_int(stmt, 3, to_ms);
	return read_totals(stmt, out);
}

enum rc money_cancelled_numbers(struct store *store, struct pool *pool, const char *actor,
		int64_t after_seq, int64_t until_seq, const char ***numbers, size_t *count)
{
	struct stmt *stmt = of_actor(store, CANCELLED, actor, after_seq, until_seq);
	bool row;
	enum rc rc;

	*numbers = pool_alloc(pool, 100 * sizeof(**numbers));
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < 100) {
		const char *serial = stmt_col_dup(stmt, 0, pool);

		(*numbers)[(*count)++] = pool_printf(pool, "%s%s%s", serial, *serial ? " " : "",
				stmt_col_text(stmt, 1));
	}
	stmt_reset(stmt);
	return rc;
}

enum rc money_owing_list(struct store *store, struct pool *pool, bool back, size_t limit,
		size_t offset, struct money_owing **rows, size_t *count)
{
	struct stmt *stmt = bound(store, back ? OVERPAID : OWING);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_int(stmt, 2, (int64_t)limit);
	stmt_int(stmt, 3, (int64_t)offset);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct money_owing *out = &(*rows)[(*count)++];

		hex_column(stmt, 0, out->id);
		out->code = stmt_col_dup(stmt, 1, pool);
		out->procedure = stmt_col_dup(stmt, 2, pool);
		out->applicant = stmt_col_dup(stmt, 3, pool);
		out->state = (int)stmt_col_int(stmt, 4);
		out->received_at = stmt_col_int(stmt, 5);
		out->fee_total = stmt_col_int(stmt, 6);
		out->fee_paid = stmt_col_int(stmt, 7);
	}
	stmt_reset(stmt);
	return rc;
}
