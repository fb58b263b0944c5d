/*
 * journal_digest.c: one hash per projected table, the same on both sides and both engines.
 */
#include <string.h>

#include "base/encode.h"
#include "crypt/hash.h"
#include "store/journal.h"
#include "store/projection.h"

/* Length before bytes, so that no two rows look alike. */
static void add(struct hash *hash, const void *bytes, size_t len)
{
	uint8_t size[4] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
			(uint8_t)len };

	hash_update(hash, size, sizeof(size));
	hash_update(hash, bytes, len);
}

enum rc journal_digest_table(struct store *store, const struct projection_table *table,
		const char *board, char hex[65], int64_t *rows)
{
	struct stmt *stmt = db_stmt(store->tram, table->rows);
	struct hash *hash = hash_new();
	uint8_t sum[HASH_SIZE];
	bool row;
	enum rc rc;

	*rows = 0;
	stmt_text(stmt, 1, board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		int i;

		for (i = 0; table->columns[i]; i++) {
			const void *bytes;
			size_t len;
			uint8_t number[8];
			int64_t value;

			if (table->columns[i] == 'i') {
				value = stmt_col_int(stmt, i);
				for (len = 0; len < 8; len++)
					number[len] = (uint8_t)((uint64_t)value >> (56 - 8 * len));
				bytes = number;
			} else if (table->columns[i] == 'b') {
				bytes = stmt_col_blob(stmt, i, &len);
			} else {
				bytes = stmt_col_text(stmt, i);
				len = strlen(bytes);
			}
			add(hash, bytes, len);
		}
		(*rows)++;
	}
	hash_final(hash, sum);
	hash_free(hash);
	hex_encode(sum, sizeof(sum), hex);
	return rc;
}

enum rc journal_digest(struct store *store, struct pool *pool, const char *board, char **json)
{
	json_t *out = json_new_object();
	enum rc rc = RC_OK;
	size_t i;

	if (!board)
		board = store->board;
	*json = NULL;
	for (i = 0; i < projection_table_count && rc == RC_OK; i++) {
		char hex[65];
		int64_t rows;

		if (!projection_tables[i].shared)
			continue;
		rc = journal_digest_table(store, &projection_tables[i], board, hex, &rows);
		if (rc == RC_OK)
			json_put(out, projection_tables[i].name, hex);
	}
	if (rc == RC_OK)
		*json = json_to_text(pool, out);
	json_decref(out);
	return rc;
}
