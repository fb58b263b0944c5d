/*
 * lost.c: see lost.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "link/lost.h"

struct keys { const struct jws_key *const *keys; size_t count; };

/* A statement of our own about a head: typ and payload members board, epoch, seq, hash. */
static enum rc proven(struct pool *pool, const struct keys *keys, const char *board, const char *token,
		const char *const *typs, struct journal_head *head)
{
	json_t *payload = NULL;
	char *text = NULL;
	size_t len = 0;
	enum rc rc = RC_PROTOCOL;
	int64_t epoch, seq;

	for (; *typs != NULL && rc != RC_OK; typs++)
		rc = jws_verify(pool, keys->keys, keys->count, *typs, token, &text, &len);
	if (rc != RC_OK || json_parse(text, len, &payload) != RC_OK)
		return RC_DENIED;
	epoch = json_int(payload, "epoch", 0);
	seq = json_int(payload, "seq", 0);
	rc = strcmp(json_text(payload, "board"), board) == 0 && epoch > 0 && seq > 0 &&
			hex_decode(json_text(payload, "hash"), head->hash, sizeof(head->hash)) == RC_OK ?
			RC_OK : RC_DENIED;
	json_decref(payload);
	head->epoch = (uint64_t)epoch;
	head->seq = (uint64_t)seq;
	return rc;
}

struct claim {
	struct journal_head center;	/* our log as we signed it once; seq 0: not said */
	struct journal_head receipt;	/* the board's, as we receipted it once */
	struct journal_head own;	/* how far the board's log waits here */
};

static enum rc read_claim(struct pool *pool, const struct keys *keys, const char *board,
		const char *text, size_t len, struct claim *claim)
{
	static const char *const feed[] = { "tram-feed", "tram-bundle", NULL };
	static const char *const receipt[] = { "tram-receipt", NULL };
	const json_t *own;
	json_t *body = NULL;
	enum rc rc;

	memset(claim, 0, sizeof(*claim));
	if (json_parse(text, len, &body) != RC_OK)
		return RC_DENIED;
	rc = RC_OK;
	if (*json_text(body, "feed") != '\0')
		rc = proven(pool, keys, board, json_text(body, "feed"), feed, &claim->center);
	if (rc == RC_OK && *json_text(body, "receipt") != '\0')
		rc = proven(pool, keys, board, json_text(body, "receipt"), receipt, &claim->receipt);
	own = json_object_get(body, "own");
	if (rc == RC_OK && own != NULL) {
		claim->own.seq = (uint64_t)json_int(own, "seq", 0);
		if (hex_decode(json_text(own, "hash"), claim->own.hash, sizeof(claim->own.hash)) !=
				RC_OK)
			rc = RC_DENIED;
	}
	json_decref(body);
	return rc;
}

/* Is that position nowhere here, though we once signed it? */
static enum rc is_absent(struct store *store, const char *board, enum event_author author,
		const struct journal_head *head, bool *absent)
{
	bool stands = true;
	enum rc rc = RC_OK;

	if (head->seq > 0)
		rc = fork_stands(store, board, author, head->seq, head->hash, true, &stands);
	*absent = !stands;
	return rc;
}

/* Inside store_begin. RC_EXISTS: nothing of it is lost. */
static enum rc heal(struct store *store, const char *board, const struct claim *claim,
		struct fork_healed *healed, const char **why)
{
	struct fork_lost lost = { .author = AUTHOR_CENTER, .reason = "restored" };
	struct journal_head before;
	bool feed = false, receipt = false;
	enum rc rc;

	rc = journal_head_get(store, board, AUTHOR_BOARD, &before);
	if (rc == RC_OK)
		rc = is_absent(store, board, AUTHOR_CENTER, &claim->center, &feed);
	if (rc == RC_OK)
		rc = is_absent(store, board, AUTHOR_BOARD, &claim->receipt, &receipt);
	if (rc == RC_OK && !feed && !receipt)
		return RC_EXISTS;
	if (feed)
		lost.own = claim->center;
	lost.other = claim->own;
	if (rc == RC_OK)
		rc = fork_heal(store, board, &lost, healed, why);
	return rc == RC_OK ? linkstate_settle(store, board, before.seq) : rc;
}

enum rc lost_take(struct store *store, struct pool *pool, const struct jws_key *const *keys,
		size_t key_count, const char *board, const char *text, size_t len,
		struct fork_healed *healed, const char **why)
{
	const struct keys known = { keys, key_count };
	struct claim claim;
	enum rc rc;

	memset(healed, 0, sizeof(*healed));
	*why = "";
	rc = read_claim(pool, &known, board, text, len, &claim);
	if (rc == RC_OK)
		rc = store_begin(store, false);
	if (rc != RC_OK)
		return rc;
	rc = heal(store, board, &claim, healed, why);
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc == RC_EXISTS ? RC_OK : rc;
}

char *lost_claim(struct store *store, struct pool *pool, const struct wire_welcome *welcome,
		const struct link_cursor *cursor, const struct journal_head *own)
{
	char hash[2 * EVENT_HASH_SIZE + 1], *text;
	json_t *claim = json_new_object(), *head;
	struct link_receipt receipt;
	const char *token = "";

	if (linkstate_feed_token_get(store, pool, &token) == RC_OK && *token)
		json_put(claim, "feed", token);
	/* The one that covers the position may be for an event that was set aside since: signed all the same. */
	if (cursor->sent_seq > welcome->own.seq && (linkstate_receipt_past(store, pool, store->board,
			welcome->own.seq, &receipt) == RC_OK || linkstate_covering(store, pool,
			store->board, 0, cursor->sent_seq, &receipt) == RC_OK))
		json_put(claim, "receipt", receipt.jws);
	if (own->seq > 0) {
		head = json_new_object();
		hex_encode(own->hash, sizeof(own->hash), hash);
		json_put_int(head, "seq", (int64_t)own->seq);
		json_put(head, "hash", hash);
		json_put_value(claim, "own", head);
	}
	text = json_to_text(pool, claim);
	json_decref(claim);
	return text;
}
