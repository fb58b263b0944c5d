/*
 * takeover.c: see takeover.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/draft.h"
#include "store/takeover.h"

#define KEEP_MS (7 * WHEN_DAY_MS)

static const char PUT[] =
	"INSERT INTO import_file (board, id, name, rows, created_at) VALUES ($1, $2, $3, $4, $5)"
	" ON CONFLICT (board, id) DO UPDATE SET created_at = excluded.created_at";
static const char GET[] =
	"SELECT name, rows, created_at FROM import_file WHERE board = $1 AND id = $2";
static const char OLD[] = "DELETE FROM import_file WHERE board = $1 AND created_at < $2";

static enum rc append(struct store *store, struct act *act, const char *kind, const json_t *body,
		const char **reason)
{
	struct event event;

	act->kind = kind;
	act->body = body;
	return act_append(store, act, &event, reason);
}

enum rc takeover_add(struct store *store, struct pool *pool, const struct takeover *takeover,
		char **code, const char **reason)
{
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = takeover->id,
		.actor = takeover->actor };
	enum rc rc = draft_next_code(store, pool, when_now_ms(), code);

	*reason = NULL;
	if (rc != RC_OK)
		return rc;
	json_put(takeover->body, "code", *code);
	rc = append(store, &act, takeover->kind, takeover->body, reason);
	if (rc == RC_OK && takeover->taken != NULL)
		rc = append(store, &act, "dossier.taken", takeover->taken, reason);
	if (rc == RC_OK && takeover->finished != NULL)
		rc = append(store, &act, "dossier.finished", takeover->finished, reason);
	return rc;
}

static enum rc put(struct store *store, const char *name, const char *rows, size_t len,
		const char *id)
{
	int64_t now_ms = when_now_ms();
	struct stmt *stmt = db_stmt(store->tram, OLD);
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, now_ms - KEEP_MS);
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, PUT);
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, id);
	stmt_text(stmt, 3, name);
	stmt_blob(stmt, 4, rows, len);
	stmt_int(stmt, 5, now_ms);
	return stmt_run(stmt);
}

enum rc takeover_file_put(struct store *store, const char *name, const char *rows, size_t len,
		char id[33])
{
	uint8_t hash[HASH_SIZE];
	enum rc rc;

	hash_sha256(rows, len, hash);
	hex_encode(hash, 16, id);
	rc = store_begin(store, true);
	if (rc != RC_OK)
		return rc;
	rc = put(store, name, rows, len, id);
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc;
}

enum rc takeover_file_get(struct store *store, struct pool *pool, const char *id,
		struct takeover_file *out)
{
	struct stmt *stmt = db_stmt(store->tram, GET);
	const void *bytes;
	bool row = false;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if (strlen(id) != 32)
		return RC_NOT_FOUND;
	memcpy(out->id, id, sizeof(out->id));
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, id);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	out->name = stmt_col_dup(stmt, 0, pool);
	bytes = stmt_col_blob(stmt, 1, &out->rows_len);
	out->rows = pool_alloc(pool, out->rows_len + 1);
	memcpy(out->rows, bytes, out->rows_len);
	out->rows[out->rows_len] = '\0';
	out->created_at = stmt_col_int(stmt, 2);
	stmt_reset(stmt);
	return RC_OK;
}
