/*
 * cert.h: P-256 keys and X.509 certificates: a private CA for trials, device certificates, CSRs.
 */
#ifndef TRAM_CRYPT_CERT_H
#define TRAM_CRYPT_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "crypt/hash.h"

/* CERT_BOUND_CA vouches for servers of its names alone (name constraints, RFC 5280 §4.2.1.10): a
 * tablet that trusts it trusts it for nothing else. */
enum cert_use { CERT_CA, CERT_SERVER, CERT_CLIENT, CERT_BOUND_CA };

struct cert_info {
	const char *common_name;
	int64_t not_before, not_after;	/* ms UTC */
	uint8_t fingerprint[HASH_SIZE];	/* SHA-256 of the DER */
};

/* A new P-256 key pair; both PEM. */
enum rc cert_key_new(struct pool *pool, char **private_pem, char **public_pem) MUST_CHECK;
/* Certificate for subject_public_pem signed by the issuer (issuer_cert NULL: self-signed CA).
 * names: DNS names and IP addresses for SAN, blanks between, or NULL; of a CERT_BOUND_CA what it may
 * vouch for: domains with all below them, single addresses. */
enum rc cert_issue(struct pool *pool, enum cert_use use, const char *common_name,
		const char *names, const char *subject_public_pem, const char *issuer_cert_pem,
		const char *issuer_key_pem, int64_t not_before, int64_t not_after,
		char **cert_pem) MUST_CHECK;
/* The first certificate of a PEM text. RC_INVALID. */
enum rc cert_read(struct pool *pool, const char *pem, struct cert_info *out) MUST_CHECK;
/* Is it signed by the issuer and made for this private key? Dates aside. */
bool cert_is_for(const char *pem, const char *issuer_pem, const char *key_pem);
/* Is it made for this private key? Nothing else is looked at. */
bool cert_has_key(const char *pem, const char *key_pem);
/* Does the first certificate of a PEM text name this DNS name (wildcards count)? */
bool cert_names(const char *pem, const char *name);
/* A name that Mbed TLS reads as one CN and writes back as it was. */
bool cert_name_is_plain(const char *name);

#endif
