/*
 * csr.h: certificate requests (PKCS #10, RFC 2986) of P-256 keys: a board makes one, its center reads
 * it. The signature in it shows that who asks holds the key.
 */
#ifndef TRAM_CRYPT_CSR_H
#define TRAM_CRYPT_CSR_H

#include <stdbool.h>

#include "base/pool.h"
#include "base/rc.h"

/* PEM of a request for common_name by the private key (PEM). RC_INVALID. */
enum rc csr_new(struct pool *pool, const char *common_name, const char *key_pem,
		char **csr_pem) MUST_CHECK;
/* Name and public key (PEM) of a request. RC_INVALID: not one request of a P-256 key with one CN, or
 * not signed by that key. */
enum rc csr_read(struct pool *pool, const char *csr_pem, char **common_name,
		char **public_pem) MUST_CHECK;

#endif
