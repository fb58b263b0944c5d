/* age_key.h: X25519 (RFC 7748) for age.c: what Mbed TLS's curve functions make of it. */
#ifndef TRAM_CRYPT_AGE_KEY_H
#define TRAM_CRYPT_AGE_KEY_H

#include <stdint.h>

#include "base/rc.h"
#include "crypt/age.h"

/* The shared secret of a secret and another's point. RC_INVALID: a point of small order. */
enum rc age_key_agree(const uint8_t secret[AGE_KEY_SIZE], const uint8_t point[AGE_KEY_SIZE],
		uint8_t out[AGE_KEY_SIZE]) MUST_CHECK;

#endif
