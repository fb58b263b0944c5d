/*
 * enrol.h: the center's register of who may enrol, and of the certificates it gave to boards.
 *
 * The old certificate of a board serves until the new one is used for the first time: an answer that
 * was lost locks nobody out. What is asked again with the same key is answered with the same bytes.
 */
#ifndef TRAM_STORE_ENROL_H
#define TRAM_STORE_ENROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

enum enrol_state { ENROL_WAITS = 0, ENROL_ALLOWED = 1, ENROL_GIVEN = 2, ENROL_USED = 3 };

struct enrol_cert {
	const char *board;
	const char *key_id;		/* 64 hex digits: SHA-256 of the public key's PEM text */
	enum enrol_state state;
	uint8_t fingerprint[32];
	const char *cert;		/* PEM, "" while there is none */
	int64_t not_after;
	int64_t late_days;		/* how long the old one had expired when it was asked */
	int64_t asked_at;
	const char *officer;		/* who said yes */
};

struct enrol_invite {
	const char *board, *name, *point;	/* point: JSON object */
	const char *made_by;
	int64_t made_at, expires_at, used_at;
	const char *key_id;
};

/* All of these but the lists inside store_begin. */

/* Lets a board enrol; earlier invitations of it that nobody used are taken back. */
enum rc enrol_invite_add(struct store *store, const struct enrol_invite *invite,
		const uint8_t token[32]) MUST_CHECK;
/* The same with a text to hand over: secret and the front of the CA's hash go into the token, and what
 * wish does not say (NULL) stays as it was, for a board that enrols again. */
enum rc enrol_invite_make(struct store *store, struct pool *pool, const struct enrol_invite *wish,
		const uint8_t secret[16], const uint8_t ca[16], char **token) MUST_CHECK;
/* The invitation of that token, good at now_ms for the key. RC_NOT_FOUND: none, expired, or used for
 * another key: nobody is told which. */
enum rc enrol_invite_find(struct store *store, struct pool *pool, const char *board,
		const uint8_t token[32], const char *key_id, int64_t now_ms,
		struct enrol_invite *out) MUST_CHECK;
enum rc enrol_invite_used(struct store *store, const char *board, const uint8_t token[32],
		const char *key_id, int64_t now_ms) MUST_CHECK;
/* Newest first; those of one board, or of all when board is "". */
enum rc enrol_invites(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct enrol_invite **rows, size_t *count) MUST_CHECK;

/* RC_NOT_FOUND. */
enum rc enrol_cert_find(struct store *store, struct pool *pool, const char *board,
		const char *key_id, struct enrol_cert *out) MUST_CHECK;
/* Written over the row of the same key. */
enum rc enrol_cert_put(struct store *store, const struct enrol_cert *cert) MUST_CHECK;
/* A certificate that was given is used for the first time: from now on it is the board's. Begins and
 * commits. RC_NOT_FOUND. */
enum rc enrol_cert_use(struct store *store, const uint8_t fingerprint[32]) MUST_CHECK;
/* An officer's yes to those of a board that wait. RC_NOT_FOUND. */
enum rc enrol_cert_allow(struct store *store, const char *board, const char *officer) MUST_CHECK;
/* The newest row of a board by when it was asked; RC_NOT_FOUND. */
enum rc enrol_cert_newest(struct store *store, struct pool *pool, const char *board,
		struct enrol_cert *out) MUST_CHECK;
/* The row of the certificate that a board uses now; RC_NOT_FOUND: it was not made here. */
enum rc enrol_cert_current(struct store *store, struct pool *pool, const char *board,
		struct enrol_cert *out) MUST_CHECK;
/* The board's row of the register with its new certificate; open again if it was revoked or fenced.
 * label: SHA-256 in hex of what stands on the box, "" when it does not say. */
enum rc enrol_board_put(struct store *store, const struct enrol_invite *invite,
		const uint8_t fingerprint[32], const uint8_t slip_key[32], const char *label) MUST_CHECK;

#endif
