/*
 * encode.h: bytes as text: hex, base64url (RFC 4648 §5, no padding), base64, Crockford base32.
 */
#ifndef TRAM_BASE_ENCODE_H
#define TRAM_BASE_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rc.h"

/* out holds 2*len+1 chars; lower case. */
void hex_encode(const uint8_t *bytes, size_t len, char *out);
/* Exactly 2*len lower-case hex digits then NUL; else RC_INVALID. */
enum rc hex_decode(const char *text, uint8_t *out, size_t len) MUST_CHECK;
void base64url_encode(const uint8_t *bytes, size_t len, struct buf *out);
enum rc base64url_decode(const char *text, size_t text_len, struct buf *out) MUST_CHECK;
void base64_encode(const uint8_t *bytes, size_t len, struct buf *out);
/* Strict: padding required. */
enum rc base64_decode(const char *text, size_t text_len, struct buf *out) MUST_CHECK;
/* Crockford alphabet (no I L O U), ceil(len*8/5) chars + NUL into out. */
void base32_encode(const uint8_t *bytes, size_t len, char *out);
/* Typed form to canonical: upper case, O→0, I L→1, blanks and hyphens dropped. RC_INVALID: a
 * character outside the alphabet or more than out_size-1 characters. */
enum rc base32_clean(const char *typed, char *out, size_t out_size) MUST_CHECK;

#endif
