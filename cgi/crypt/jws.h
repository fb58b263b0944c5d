/*
 * jws.h: JWS compact serialisation, ES256 only (RFC 7515, RFC 7518 §3.4: raw r‖s).
 */
#ifndef TRAM_CRYPT_JWS_H
#define TRAM_CRYPT_JWS_H

#include <stddef.h>

#include "base/pool.h"
#include "base/rc.h"

struct jws_key;		/* a P-256 key pair or a public key */

/* PEM, private (EC PRIVATE KEY / PKCS#8) or public (SPKI). RC_INVALID. */
enum rc jws_key_parse(const char *pem, struct jws_key **out) MUST_CHECK;
void jws_key_free(struct jws_key *key);
/* First 16 hex chars of SHA-256 over the SPKI DER: names the key in the header ("kid"). */
const char *jws_key_id(const struct jws_key *key);
/* Its public half, PEM. RC_BUG. */
enum rc jws_key_public(struct pool *pool, const struct jws_key *key, char **pem) MUST_CHECK;
/* Signs payload (JSON text) as given; header {"alg":"ES256","kid":…,"typ":typ}. */
enum rc jws_sign(struct pool *pool, const struct jws_key *key, const char *typ,
		const char *payload, size_t len, char **token) MUST_CHECK;
/* RC_PROTOCOL: not a JWS, another alg or typ, unknown kid, or a wrong signature. */
enum rc jws_verify(struct pool *pool, const struct jws_key *const *keys, size_t key_count,
		const char *typ, const char *token, char **payload, size_t *len) MUST_CHECK;

#endif
