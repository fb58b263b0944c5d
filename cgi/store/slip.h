/*
 * slip.h: the secret on a receipt slip and what the public may learn by it.
 *
 * secret = first 16 bytes of HMAC(slip seed, "qr" ‖ dossier id ‖ slip no); typed form = 8 Crockford
 * characters (40 bit) from HMAC(seed, "typed" ‖ …). The seed stays on the board (web_key_dir). The
 * journal and public.db carry only HMAC(slip key, secret): the 32-byte slip key is made at
 * enrolment, shared by board and center, used for nothing else.
 */
#ifndef TRAM_STORE_SLIP_H
#define TRAM_STORE_SLIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

struct slip_secret { char qr[33]; /* 32 hex */ char typed[9]; char hash[65]; char typed_hash[65]; };
/* Board pages only (reads seed and key files). RC_CONFIG: files missing or wrong. */
enum rc slip_make(struct store *store, const uint8_t dossier[16], int64_t slip_no,
		struct slip_secret *out) MUST_CHECK;
/* Is it the secret that stands on this slip? Not when this machine's seed is another: a lost board came back from
 * the center, which has no seed. The slips that were printed stay good; they cannot be printed again. */
enum rc slip_is_printed(struct store *store, const uint8_t dossier[16], int64_t slip_no,
		const struct slip_secret *secret, bool *is) MUST_CHECK;

/* What lookup shows: nothing about a person. */
struct slip_status {
	const char *code, *official;
	int state;			/* enum dossier_state */
	bool has_due, due_certain;
	int64_t due_at, received_at, updated_at;
	const char *bring;		/* what to bring: text key */
	const char *point_name, *point_address, *point_phone;
	int64_t receipt_seq, receipt_at;	/* the center's receipt over its acceptance; 0: none yet */
	const char *receipt_code;	/* the same on both sides' pages */
	bool replaced;			/* this slip was replaced by a newer one */
	const char *board;		/* whose dossier, and which: for a rating, never shown */
	uint8_t dossier[16];
};
/* code and secret (32 hex of the QR, or the typed form). Counts failures per slip and hour (10),
 * RC_BUSY past that; RC_NOT_FOUND for unknown and wrong alike, in the same time. */
enum rc slip_lookup(struct store *store, struct pool *pool, const char *code, const char *secret,
		struct slip_status *out) MUST_CHECK;
/* Brings public.db up to the journal, by cursor; called by store_commit and by forward. */
enum rc slip_publish(struct store *store) MUST_CHECK;
/* A log of this board went back to seq (fork.h): what follows is published again. Begins and commits. */
enum rc slip_back(struct store *store, const char *board, uint64_t seq) MUST_CHECK;
/* Names, telephones and slip keys of the points into public.db: on a board from settings and
 * web_key_dir/slip.key, at the center from its register of boards. */
enum rc slip_point_publish(struct store *store) MUST_CHECK;

#endif
