/*
 * original.c: see original.h.
 */
#include "store/original.h"

#include <string.h>

#include "base/encode.h"

#define OF_MOST 200

static const char OF[] =
	"SELECT name, count, since, dossier FROM original_kept WHERE board = $1 AND dossier = $2"
	" ORDER BY since, name LIMIT $3";
static const char LIST[] =
	"SELECT name, count, since, dossier FROM original_kept WHERE board = $1"
	" ORDER BY since, dossier, name LIMIT $2";
static const char TOTAL[] = "SELECT coalesce(sum(count), 0) FROM original_kept WHERE board = $1";

static enum rc read_all(struct stmt *stmt, struct pool *pool, size_t limit,
		struct original_row **rows, size_t *count)
{
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct original_row *out = &(*rows)[(*count)++];
		const void *bytes;
		size_t len;

		memset(out, 0, sizeof(*out));
		out->name = stmt_col_dup(stmt, 0, pool);
		out->count = stmt_col_int(stmt, 1);
		out->since = stmt_col_int(stmt, 2);
		bytes = stmt_col_blob(stmt, 3, &len);
		if (len == sizeof(out->dossier))
			memcpy(out->dossier, bytes, len);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc original_of(struct store *store, struct pool *pool, const struct dossier_row *dossier,
		struct original_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, OF);

	stmt_text(stmt, 1, dossier->board);
	stmt_blob(stmt, 2, dossier->id, sizeof(dossier->id));
	stmt_int(stmt, 3, OF_MOST);
	return read_all(stmt, pool, OF_MOST, rows, count);
}

enum rc original_list(struct store *store, struct pool *pool, size_t limit,
		struct original_row **rows, struct dossier_row **dossiers, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, LIST);
	enum rc rc;
	size_t i;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	rc = read_all(stmt, pool, limit, rows, count);
	if (rc != RC_OK)
		return rc;
	*dossiers = pool_alloc(pool, (*count + 1) * sizeof(**dossiers));
	for (i = 0; rc == RC_OK && i < *count; i++) {
		char hex[2 * sizeof((*rows)[i].dossier) + 1];

		hex_encode((*rows)[i].dossier, sizeof((*rows)[i].dossier), hex);
		rc = dossier_find(store, pool, NULL, hex, &(*dossiers)[i]);
	}
	return rc;
}

enum rc original_total(struct store *store, int64_t *total)
{
	struct stmt *stmt = db_stmt(store->tram, TOTAL);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	*total = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return rc;
}
