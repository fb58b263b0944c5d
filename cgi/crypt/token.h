/*
 * token.h: what lets a board enrol: one text, typed or read from a QR, that names the board, carries
 * 128 random bits and the front half of SHA-256 of the center's CA (DER).
 *
 *	b18685-1/7K3MP-…	eleven groups of five, Crockford base32, of 34 bytes: secret[16],
 *				CA hash[16], first two bytes of SHA-256(board ‖ 0 ‖ the 32 before)
 *
 * The last two let a slip of the finger be told at once, without asking anybody.
 */
#ifndef TRAM_CRYPT_TOKEN_H
#define TRAM_CRYPT_TOKEN_H

#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"

#define TOKEN_SECRET_SIZE 16
#define TOKEN_CA_SIZE 16
#define TOKEN_LIFE_MS (INT64_C(72) * 3600 * 1000)

struct token {
	const char *board;
	uint8_t secret[TOKEN_SECRET_SIZE];
	uint8_t ca[TOKEN_CA_SIZE];
};

char *token_text(struct pool *pool, const struct token *token);
/* Letters of either case, groups with or without hyphens and blanks. RC_INVALID. */
enum rc token_parse(struct pool *pool, const char *typed, struct token *out) MUST_CHECK;
/* What the center keeps of it: SHA-256(secret). */
void token_hash(const struct token *token, uint8_t out[32]);

#endif
