/*
 * collector.c: who takes the money, as configured; see collector.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "crypt/random.h"
#include "base/encode.h"
#include "store/collector.h"

#define COLLECTOR_SELECT \
	"SELECT id, name, tax_code, address, bank_bin, bank_name, account_no, account_name, form," \
	" serial, used FROM collector WHERE board = $1"
static const char LIST[] = COLLECTOR_SELECT " ORDER BY used DESC, name, id LIMIT $2";
static const char FIND[] = COLLECTOR_SELECT " AND id = $2";
static const char SAVE[] =
	"INSERT INTO collector (board, id, name, tax_code, address, bank_bin, bank_name, account_no,"
	" account_name, form, serial, used, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	" $10, $11, $12, $13) ON CONFLICT (board, id) DO UPDATE SET name = excluded.name,"
	" tax_code = excluded.tax_code, address = excluded.address, bank_bin = excluded.bank_bin,"
	" bank_name = excluded.bank_name, account_no = excluded.account_no,"
	" account_name = excluded.account_name, form = excluded.form, serial = excluded.serial,"
	" used = excluded.used, updated_at = excluded.updated_at";

static struct stmt *bound(struct store *store, const char *sql)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board ? store->board : "");
	return stmt;
}

static void read(struct stmt *stmt, struct pool *pool, struct collector *out)
{
	out->id = stmt_col_dup(stmt, 0, pool);
	out->name = stmt_col_dup(stmt, 1, pool);
	out->tax_code = stmt_col_dup(stmt, 2, pool);
	out->address = stmt_col_dup(stmt, 3, pool);
	out->bank_bin = stmt_col_dup(stmt, 4, pool);
	out->bank_name = stmt_col_dup(stmt, 5, pool);
	out->account_no = stmt_col_dup(stmt, 6, pool);
	out->account_name = stmt_col_dup(stmt, 7, pool);
	out->form = stmt_col_dup(stmt, 8, pool);
	out->serial = stmt_col_dup(stmt, 9, pool);
	out->used = stmt_col_int(stmt, 10) != 0;
}

enum rc collector_list(struct store *store, struct pool *pool, struct collector **rows,
		size_t *count)
{
	struct stmt *stmt = bound(store, LIST);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, COLLECTORS_MAX * sizeof(**rows));
	*count = 0;
	stmt_int(stmt, 2, COLLECTORS_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < COLLECTORS_MAX)
		read(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

enum rc collector_find(struct store *store, struct pool *pool, const char *id,
		struct collector *out)
{
	struct stmt *stmt = bound(store, FIND);
	bool row;
	enum rc rc;

	stmt_text(stmt, 2, id);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	read(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc collector_default(struct store *store, struct pool *pool, struct collector *out)
{
	struct collector *rows = NULL;
	size_t count = 0;
	enum rc rc = collector_list(store, pool, &rows, &count);

	if (rc != RC_OK)
		return rc;
	if (count == 0 || !rows[0].used)
		return RC_NOT_FOUND;
	*out = rows[0];
	return RC_OK;
}

enum rc collector_save(struct store *store, struct pool *pool, const struct collector *collector)
{
	struct collector *rows = NULL;
	struct stmt *stmt;
	const char *id = collector->id;
	uint8_t random[4];
	char hex[9], made[12];
	size_t count = 0;
	enum rc rc;

	if (id[0] == '\0') {
		rc = collector_list(store, pool, &rows, &count);
		if (rc != RC_OK)
			return rc;
		if (count >= COLLECTORS_MAX)
			return RC_FULL;
		random_bytes(random, sizeof(random));
		hex_encode(random, sizeof(random), hex);
		(void)snprintf(made, sizeof(made), "k-%s", hex);
		id = made;
	}
	stmt = bound(store, SAVE);
	stmt_text(stmt, 2, id);
	stmt_text(stmt, 3, collector->name);
	stmt_text(stmt, 4, collector->tax_code);
	stmt_text(stmt, 5, collector->address);
	stmt_text(stmt, 6, collector->bank_bin);
	stmt_text(stmt, 7, collector->bank_name);
	stmt_text(stmt, 8, collector->account_no);
	stmt_text(stmt, 9, collector->account_name);
	stmt_text(stmt, 10, collector->form);
	stmt_text(stmt, 11, collector->serial);
	stmt_int(stmt, 12, collector->used);
	stmt_int(stmt, 13, when_now_ms());
	return stmt_run(stmt);
}

json_t *collector_json(const struct collector *collector)
{
	json_t *out = json_new_object();

	json_put(out, "id", collector->id);
	json_put(out, "name", collector->name);
	json_put(out, "tax_code", collector->tax_code);
	json_put(out, "address", collector->address);
	return out;
}

const char *collector_number(struct pool *pool, int64_t number)
{
	return pool_printf(pool, "%07lld", (long long)number);
}
