/*
 * hotp.h: one-time codes that count (RFC 4226): they need no clock.
 */
#ifndef TRAM_CRYPT_HOTP_H
#define TRAM_CRYPT_HOTP_H

#include <stddef.h>
#include <stdint.h>

#define HOTP_KEY_SIZE 20
#define HOTP_DIGITS 6

/* The code of this counter: HOTP_DIGITS digits and NUL. */
void hotp_code(const uint8_t *key, size_t len, uint64_t counter, char out[HOTP_DIGITS + 1]);
/* RFC 4648 base32 without padding, as authenticator apps read it; out holds len * 8 / 5 + 2. */
void hotp_base32(const uint8_t *key, size_t len, char *out);

#endif
