/*
 * hotp.c: see hotp.h.
 */
#include <stdio.h>

#include "base/log.h"
#include "crypt/hotp.h"
#include "crypt/mbed.h"

void hotp_code(const uint8_t *key, size_t len, uint64_t counter, char out[HOTP_DIGITS + 1])
{
	uint8_t text[8], mac[20];
	uint32_t number;
	size_t at;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(counter >> (56 - 8 * i));
	if (mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), key, len, text, sizeof(text),
			mac) != 0)
		log_fatal("hotp: Mbed TLS has no HMAC-SHA-1");
	/* Dynamic truncation, RFC 4226 §5.3. */
	at = mac[19] & 0x0f;
	number = ((uint32_t)(mac[at] & 0x7f) << 24) | ((uint32_t)mac[at + 1] << 16) |
			((uint32_t)mac[at + 2] << 8) | mac[at + 3];
	(void)snprintf(out, HOTP_DIGITS + 1, "%06u", (unsigned)(number % 1000000));
}

void hotp_base32(const uint8_t *key, size_t len, char *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t bits = 0;
	int held = 0;

	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8) | key[i];
		for (held += 8; held >= 5; held -= 5)
			*out++ = letters[(bits >> (held - 5)) & 31];
	}
	if (held > 0)
		*out++ = letters[(bits << (5 - held)) & 31];
	*out = '\0';
}
