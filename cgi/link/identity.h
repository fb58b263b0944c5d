/*
 * identity.h: who a board is on the link: the files of link_key_dir, readable by the forwarder alone.
 *
 *	client.key, client.crt	the board's key and certificate
 *	client.key.next		a key that waits for its certificate
 *	client.crt.next		its certificate: there only while both are moved into place
 *	ca.crt			the center's CA
 *	receipt.pub		the receipt key pinned at enrolment
 *	receipt.chain		announcements of later receipt keys, each signed by the one before
 *	slip.key		a copy of the key that the center's lookup needs
 *	label			SHA-256 in hex of what stands on the box; missing: it has no label
 */
#ifndef TRAM_LINK_IDENTITY_H
#define TRAM_LINK_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "crypt/jws.h"
#include "link/http.h"

/* Finishes what a power cut left half moved. Is there a key with its certificate? */
bool identity_ready(const struct settings *settings);
/* Enrols with a typed invitation. RC_INVALID: the text is none, or of another board; RC_DENIED: the
 * center knows it not, it is used or too old, or another board bears this box's label; RC_PROTOCOL: another center than the invitation's, or
 * an answer that fits not; RC_CONFIG: center_url or slip.key; else the network's or disk's.
 * *reason: one word for logs and the health file. */
enum rc identity_join(const struct settings *settings, const char *typed, int stop_fd,
		const char **reason) MUST_CHECK;

/* Does the center answer at one of its addresses, through the proxy if there is one? typed: the invitation
 * that says which center, or "". RC_OK; the rest as of joining. Nothing is kept. */
enum rc identity_reach(const struct settings *settings, const char *typed, const char **reason) MUST_CHECK;

/* When the certificate in use ends, and when a new one is to be asked for; RC_NOT_FOUND. */
enum rc identity_dates(const struct settings *settings, int64_t *renew_at,
		int64_t *not_after) MUST_CHECK;
/* Asks for a new certificate by the old key and moves it into place: whoever has TLS open opens it
 * anew. RC_DENIED with the problem's name in reason: "officer", "certificate-revoked" …. */
enum rc identity_renew(const struct settings *settings, struct http *http, char *reason,
		size_t reason_size) MUST_CHECK;

/* The keys that receipts are verified with: the pinned one, and those the chain leads to. */
#define IDENTITY_KEYS_MAX 16
struct identity_keys {
	struct jws_key *keys[IDENTITY_KEYS_MAX];
	size_t count;
	int64_t announced;		/* lines of the chain */
};
/* RC_CONFIG: no pinned key; logged. */
enum rc identity_keys_load(const struct settings *settings, struct identity_keys *out) MUST_CHECK;
/* At the center: the key in use and, as receipt-KID.pub, those of before. */
enum rc identity_keys_own(const struct settings *settings, struct identity_keys *out) MUST_CHECK;
void identity_keys_free(struct identity_keys *keys);
/* Takes the center's announcements: those that follow from a key we have are kept, and all together
 * stored. RC_PROTOCOL: nothing new follows from ours. */
enum rc identity_keys_take(const struct settings *settings, struct identity_keys *keys,
		const json_t *announcements) MUST_CHECK;
/* Payload of an announcement (JWS typ "tram-key"). */
char *identity_key_payload(struct pool *pool, const char *public_pem, int64_t at_ms);

#endif
