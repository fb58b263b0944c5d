/*
 * linkstate_proof.c: which of the center's receipts proves what. A receipt for a position of a log
 * covers every event up to it, for each hash holds the one before.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "store/linkstate.h"

static enum rc read_receipt(struct stmt *stmt, struct pool *pool, struct link_receipt *out)
{
	size_t len = 0;
	const void *hash;
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	memset(out, 0, sizeof(*out));
	out->epoch = (uint64_t)stmt_col_int(stmt, 0);
	out->seq = (uint64_t)stmt_col_int(stmt, 1);
	hash = stmt_col_blob(stmt, 2, &len);
	if (len == sizeof(out->hash))
		memcpy(out->hash, hash, len);
	out->jws = stmt_col_dup(stmt, 3, pool);
	stmt_reset(stmt);
	return RC_OK;
}

static enum rc covering_in(struct stmt *stmt, struct pool *pool, const char *board, uint64_t epoch,
		uint64_t seq, struct link_receipt *out)
{
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)epoch);
	stmt_int(stmt, 3, (int64_t)seq);
	return read_receipt(stmt, pool, out);
}

enum rc linkstate_covering(struct store *store, struct pool *pool, const char *board, uint64_t epoch,
		uint64_t seq, struct link_receipt *out)
{
	enum rc rc = covering_in(db_stmt(store->tram, "SELECT epoch, seq, hash, jws FROM receipt "
			"WHERE board = $1 AND epoch = $2 AND seq >= $3 ORDER BY seq LIMIT 1"), pool, board,
			epoch, seq, out);

	if (rc != RC_NOT_FOUND)
		return rc;
	/* The epoch ended before a receipt came: the next one's stands on the same chain. */
	return covering_in(db_stmt(store->tram, "SELECT epoch, seq, hash, jws FROM receipt "
			"WHERE board = $1 AND epoch > $2 AND seq >= $3 ORDER BY epoch, seq LIMIT 1"), pool,
			board, epoch, seq, out);
}

enum rc linkstate_receipt_past(struct store *store, struct pool *pool, const char *board, uint64_t seq,
		struct link_receipt *out)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT r.epoch, r.seq, r.hash, r.jws FROM receipt r "
			"JOIN journal j ON j.board = r.board AND j.author = 0 AND j.seq = r.seq "
			"AND j.hash = r.hash WHERE r.board = $1 AND r.seq > $2 ORDER BY r.seq DESC LIMIT 1");

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)seq);
	return read_receipt(stmt, pool, out);
}

enum rc linkstate_blob_proof(struct store *store, struct pool *pool, const char *board,
		const char *sha256, const char **jws)
{
	char *text = NULL;
	enum rc rc = linkstate_blob_issued_get(store, pool, board, sha256, &text);

	*jws = text;
	return rc;
}

int64_t linkstate_proof_at(const char *jws)
{
	const char *payload = strchr(jws, '.'), *end = payload ? strchr(payload + 1, '.') : NULL;
	struct buf bytes = { 0 };
	json_t *object = NULL;
	int64_t at = 0;

	if (end && base64url_decode(payload + 1, (size_t)(end - payload - 1), &bytes) == RC_OK &&
			bytes.len > 0 && json_parse(bytes.data, bytes.len, &object) == RC_OK)
		at = json_int(object, "at_ms", 0);
	json_decref(object);
	buf_free(&bytes);
	return at;
}

void linkstate_proof_code(const uint8_t hash[32], char out[10])
{
	(void)snprintf(out, 10, "%02X%02X-%02X%02X", hash[0], hash[1], hash[2], hash[3]);
}
