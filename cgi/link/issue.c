/*
 * issue.c: see issue.h.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "link/issue.h"
#include "link/wire.h"
#include "store/linkstate.h"

static enum rc sign(struct pool *pool, const struct jws_key *key, const char *typ,
		const char *payload, char **token)
{
	enum rc rc = jws_sign(pool, key, typ, payload, strlen(payload), token);

	if (rc != RC_OK) {
		log_error("statement not signed typ=%s rc=%s", typ, rc_name(rc));
		rc = RC_IO;
	}
	return rc;
}

enum rc issue_receipt(struct store *store, struct pool *pool, const struct jws_key *key,
		const char *board, const struct journal_head *head, char **token)
{
	struct wire_receipt wire;
	struct journal_head center;
	enum rc rc;

	rc = linkstate_issued_get(store, pool, board, head->epoch, head->seq, token);
	if (rc != RC_NOT_FOUND)
		return rc;
	rc = journal_head_get(store, board, AUTHOR_CENTER, &center);
	if (rc != RC_OK)
		return rc;
	memset(&wire, 0, sizeof(wire));
	wire.board = board;
	wire.epoch = head->epoch;
	wire.seq = head->seq;
	memcpy(wire.hash, head->hash, sizeof(wire.hash));
	wire.center_epoch = center.epoch;
	wire.at_ms = when_now_ms();
	rc = sign(pool, key, "tram-receipt", wire_receipt_payload(pool, &wire), token);
	if (rc != RC_OK)
		return rc;
	rc = linkstate_issued_put(store, board, head->epoch, head->seq, *token);
	if (rc == RC_EXISTS || rc == RC_CONFLICT)	/* another worker was first: its word counts */
		rc = linkstate_issued_get(store, pool, board, head->epoch, head->seq, token);
	return rc;
}

/* Inside store_begin. */
static enum rc settle(struct store *store, struct pool *pool, const struct jws_key *key,
		struct wire_blob *blob, char **token)
{
	struct link_blob_receipt receipt = { .sha256 = blob->sha256, .at = blob->at_ms };
	enum rc rc = linkstate_blob_issued_get(store, pool, blob->board, blob->sha256, token);

	/* One of an epoch that is over lets nothing go any more: a new number in this one. */
	if (rc == RC_OK)
		rc = linkstate_blob_issued_over(store, blob->board, blob->sha256);
	if (rc == RC_NOT_FOUND) {
		rc = linkstate_blob_number(store, blob->board, &blob->center_epoch, &blob->no);
		if (rc == RC_OK)
			rc = sign(pool, key, "tram-blob", wire_blob_payload(pool, blob), token);
		receipt.jws = *token;
		receipt.center_epoch = blob->center_epoch;
		receipt.no = blob->no;
		if (rc == RC_OK)
			rc = linkstate_blob_issued_put(store, blob->board, &receipt);
	}
	return rc == RC_OK ? linkstate_settle_blob(store, blob->board, blob->sha256) : rc;
}

enum rc issue_blob(struct store *store, struct pool *pool, const struct jws_key *key, const char *board,
		const char *sha256, int64_t size, char **token)
{
	struct wire_blob blob = { .board = board, .sha256 = sha256, .size = size,
		.at_ms = when_now_ms() };
	enum rc rc = store_begin(store, false);

	if (rc != RC_OK)
		return rc;
	rc = settle(store, pool, key, &blob, token);
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc;
}
