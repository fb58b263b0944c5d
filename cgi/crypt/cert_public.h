/* cert_public.h: the public key that a certificate names. */
#ifndef TRAM_CRYPT_CERT_PUBLIC_H
#define TRAM_CRYPT_CERT_PUBLIC_H

#include "base/pool.h"
#include "base/rc.h"

/* Of the first certificate of a PEM text, as PEM. Whose certificate it is and whether it still holds
 * is for the caller to know. RC_INVALID. */
enum rc cert_public_key(struct pool *pool, const char *cert_pem, char **public_pem) MUST_CHECK;

#endif
