/*
 * linkstate.h: what the link remembers: cursors, receipts, blob queue (board); boards (center).
 */
#ifndef TRAM_STORE_LINKSTATE_H
#define TRAM_STORE_LINKSTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/journal.h"
#include "store/store.h"

/* Receipts about a board's log with seq > after, ascending, at most limit: on a board those it got,
 * at the center those it gave. */
struct link_receipt { uint64_t epoch, seq; uint8_t hash[32]; const char *jws; };
enum rc linkstate_receipts(struct store *store, struct pool *pool, const char *board, uint64_t after,
		size_t limit, struct link_receipt **rows, size_t *count) MUST_CHECK;

/* ---- linkstate_proof.c, either side ---- */
/* The first receipt that covers this event of the board's log. RC_NOT_FOUND: none yet. */
enum rc linkstate_covering(struct store *store, struct pool *pool, const char *board, uint64_t epoch,
		uint64_t seq, struct link_receipt *out) MUST_CHECK;
/* The last receipt past seq for an event that stands in the board's log. RC_NOT_FOUND: none. */
enum rc linkstate_receipt_past(struct store *store, struct pool *pool, const char *board, uint64_t seq,
		struct link_receipt *out) MUST_CHECK;
/* The receipt of a content of this board. RC_NOT_FOUND: none yet. */
enum rc linkstate_blob_proof(struct store *store, struct pool *pool, const char *board,
		const char *sha256, const char **jws) MUST_CHECK;
/* When the center says it gave this (verified) receipt; 0. */
int64_t linkstate_proof_at(const char *jws);
/* "1A2B-3C4D" of the receipted hash: short enough to read to each other over a counter. */
void linkstate_proof_code(const uint8_t hash[32], char out[10]);

/* ---- board side ---- */
struct link_cursor {
	uint64_t sent_seq;		/* own events under a receipt */
	uint64_t feed_seq;		/* center's events stored here (= head of the center's log) */
	uint64_t hello_counter;		/* persisted, only grows */
	int64_t receipt_at;		/* when the newest receipt came, 0 */
	uint64_t center_epoch;
	int64_t goodput;		/* bytes of files a second, as measured of late; 0: not yet */
};
enum rc linkstate_get(struct store *store, struct link_cursor *out) MUST_CHECK;
/* Stores the verified receipt and moves the cursor in one transaction. RC_EXISTS: not ahead. */
enum rc linkstate_receipt(struct store *store, uint64_t epoch, uint64_t seq,
		const uint8_t hash[32], const char *jws) MUST_CHECK;
/* What is past seq is not known to be at the center any more: it goes again. */
enum rc linkstate_sent_back(struct store *store, const char *board, uint64_t seq) MUST_CHECK;
/* The center's last signed word about its own log's head, kept as proof, in the write that stores the head's event;
 * "": none yet. */
enum rc linkstate_feed_token(struct store *store, const char *token) MUST_CHECK;
enum rc linkstate_feed_token_get(struct store *store, struct pool *pool, const char **token) MUST_CHECK;
/* The counter was further already: an old copy was put back. */
enum rc linkstate_raise_counter(struct store *store, uint64_t counter) MUST_CHECK;
/* +1, durable, before it is used. */
enum rc linkstate_next_counter(struct store *store, uint64_t *counter) MUST_CHECK;
/* The province shut this machine out, as its last signed answer says: "cloned" (two machines have this
 * identity), "officer" (somebody decided it); "": it did not. Written when it changes. */
struct link_fence { const char *why; int64_t at; };
enum rc linkstate_fence(struct store *store, const char *why) MUST_CHECK;
enum rc linkstate_fence_get(struct store *store, struct pool *pool, struct link_fence *out) MUST_CHECK;
struct link_blob { char sha256[65]; int64_t size; const char *type; int64_t due_at; const char *upload_url; };
/* Contents of current manifests without a receipt, whose dossier's events are receipted: by due time,
 * small before big; or of the newest manifest first, so that what is taken in now does not wait behind
 * an old backlog. Read along an index: a portion costs the same whatever waits behind it. */
enum link_order { LINK_BY_DUE, LINK_NEWEST,
	LINK_WAITING };	/* to count: also those whose events have no receipt yet */
enum rc linkstate_blobs_to_send(struct store *store, struct pool *pool, enum link_order order,
		size_t limit, struct link_blob **rows, size_t *count) MUST_CHECK;
/* The same for results decided here, and for contents whose receipt is of an epoch of the center that is
 * over (PROTOCOL §16), in no order; looks at all there ever were. */
enum rc linkstate_results_to_send(struct store *store, struct pool *pool, size_t limit,
		struct link_blob **rows, size_t *count) MUST_CHECK;
/* How long a dossier's contents wait, in bytes: its own, those before it by due time, those of newer
 * manifests; far: there are more before it than were counted. queue false: its own alone, 0 the others. */
struct link_wait { int64_t own, before, newer; int64_t files_own, files_all; bool far, newer_far; };
enum rc linkstate_wait(struct store *store, const uint8_t dossier[16], bool queue,
		struct link_wait *out) MUST_CHECK;
/* Events stored here, of either log, that could not be projected. */
enum rc linkstate_parked(struct store *store, int64_t *count) MUST_CHECK;
/* Kept for the pages' estimate. */
enum rc linkstate_goodput(struct store *store, int64_t bytes_a_second) MUST_CHECK;
/* The tus address of an upload under way, kept for resuming. "" forgets it. */
enum rc linkstate_blob_url(struct store *store, const char *sha256, const char *url) MUST_CHECK;
/* Is there a receipt that counts? */
enum rc linkstate_blob_receipted(struct store *store, const char *sha256, bool *is) MUST_CHECK;
/* The center opened an epoch: receipts of those before it do not count any more, and what they were for is
 * offered again. Inside store_begin. */
enum rc linkstate_blobs_stale(struct store *store, const char *board, int64_t epoch) MUST_CHECK;
/* A receipt that came, verified: at by the center's clock; center_epoch and no: 0 when it did not say. */
struct link_blob_receipt { const char *sha256, *jws; int64_t at; uint64_t center_epoch, no; };
enum rc linkstate_blob_receipt(struct store *store, const struct link_blob_receipt *receipt) MUST_CHECK;
/* Result files named by center events whose content is not here yet. */
enum rc linkstate_blobs_to_fetch(struct store *store, struct pool *pool, size_t limit,
		struct link_blob **rows, size_t *count) MUST_CHECK;

/* ---- center side ---- */
struct link_board {
	const char *board;
	const char *name;
	const char *point;		/* JSON object: name, address, phone */
	uint8_t fingerprint[32];
	bool revoked, fenced;
	uint64_t hello_counter;
	int64_t seen_at;
	const char *version;		/* what it said it runs, "" */
	int64_t revoked_at;		/* of the last time, 0 */
	const char *revoked_by, *revoked_why;
	const char *fence_reason, *fence_by;	/* fence.h; "" */
	int64_t fence_at;
};
/* RC_NOT_FOUND: no board has this certificate. One that was given and not used until now becomes the
 * board's own (enrol.h). */
enum rc linkstate_board_by_cert(struct store *store, struct pool *pool,
		const uint8_t fingerprint[32], struct link_board *out) MUST_CHECK;
enum rc linkstate_board_add(struct store *store, const char *board, const char *name,
		const char *point_json, const uint8_t fingerprint[32], const uint8_t slip_key[32]) MUST_CHECK;
/* At once, for every request from now on. by: an account or "system"; RC_NOT_FOUND. Inside store_begin. */
enum rc linkstate_board_revoke(struct store *store, const char *board, const char *by,
		const char *why) MUST_CHECK;
/* Another board that enrolled with this label (SHA-256 in hex) and was not revoked? */
enum rc linkstate_board_labelled(struct store *store, const char *label, const char *board,
		bool *other) MUST_CHECK;
/* The key that the board's printed slips are looked up by. RC_NOT_FOUND. */
enum rc linkstate_slip_key(struct store *store, const char *board, uint8_t key[32]) MUST_CHECK;
enum rc linkstate_board_list(struct store *store, struct pool *pool, struct link_board **rows,
		size_t *count) MUST_CHECK;
/* RC_NOT_FOUND. */
enum rc linkstate_board_find(struct store *store, struct pool *pool, const char *board,
		struct link_board *out) MUST_CHECK;
/* The receipt given for (board, epoch, seq): stored original, byte for byte. */
enum rc linkstate_issued_get(struct store *store, struct pool *pool, const char *board,
		uint64_t epoch, uint64_t seq, char **jws) MUST_CHECK;
enum rc linkstate_issued_put(struct store *store, const char *board, uint64_t epoch, uint64_t seq,
		const char *jws) MUST_CHECK;
/* May this board upload or fetch this blob: is it in one of its manifests or results? *size of it. */
enum rc linkstate_blob_wanted(struct store *store, const char *board, const char *sha256,
		int64_t *size) MUST_CHECK;
/* Inside store_begin: the number that the next content of this board gets, and the epoch of the center's
 * log; nobody else numbers until the commit. */
enum rc linkstate_blob_number(struct store *store, const char *board, uint64_t *center_epoch,
		uint64_t *no) MUST_CHECK;
/* The receipt given for a content of this board: stored original, byte for byte. put inside
 * store_begin; RC_EXISTS: there is one. */
enum rc linkstate_blob_issued_get(struct store *store, struct pool *pool, const char *board,
		const char *sha256, char **jws) MUST_CHECK;
/* RC_NOT_FOUND: the stored one is of an epoch of the center that is over. */
enum rc linkstate_blob_issued_over(struct store *store, const char *board, const char *sha256) MUST_CHECK;
enum rc linkstate_blob_issued_put(struct store *store, const char *board,
		const struct link_blob_receipt *receipt) MUST_CHECK;
/* After events past `since` arrived, inside store_begin: issues official codes to handed-over
 * dossiers that lack one, and manifest.complete to manifests that are whole. actor "system". */
enum rc linkstate_settle(struct store *store, const char *board, uint64_t since) MUST_CHECK;
/* The same for the manifests that name a content that arrived. */
enum rc linkstate_settle_blob(struct store *store, const char *board, const char *sha256) MUST_CHECK;

#endif
