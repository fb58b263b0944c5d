/*
 * cert_public.c: see cert_public.h.
 */
#include <string.h>

#include "crypt/cert_public.h"
#include "crypt/mbed.h"

#define PEM_MAX 2048

enum rc cert_public_key(struct pool *pool, const char *cert_pem, char **public_pem)
{
	unsigned char text[PEM_MAX];
	mbedtls_x509_crt cert;
	enum rc rc = RC_INVALID;

	mbedtls_x509_crt_init(&cert);
	if (mbedtls_x509_crt_parse(&cert, (const unsigned char *)cert_pem, strlen(cert_pem) + 1) >= 0 &&
			cert.raw.p && !mbedtls_pk_write_pubkey_pem(&cert.pk, text, sizeof(text))) {
		*public_pem = pool_strdup(pool, (const char *)text);
		rc = RC_OK;
	}
	mbedtls_x509_crt_free(&cert);
	return rc;
}
