/*
 * token.c: see token.h.
 */
#include <string.h>

#include "base/encode.h"
#include "crypt/hash.h"
#include "crypt/token.h"

#define TOKEN_BYTES (TOKEN_SECRET_SIZE + TOKEN_CA_SIZE + 2)
#define TOKEN_CHARS 55u
#define TOKEN_GROUP 5u
#define TOKEN_BOARD_CHARS "abcdefghijklmnopqrstuvwxyz0123456789.-"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void token_check_bytes(const struct token *token, uint8_t out[2])
{
	struct hash *hash = hash_new();
	uint8_t digest[HASH_SIZE];

	hash_update(hash, token->board, strlen(token->board) + 1);
	hash_update(hash, token->secret, sizeof(token->secret));
	hash_update(hash, token->ca, sizeof(token->ca));
	hash_final(hash, digest);
	hash_free(hash);
	memcpy(out, digest, 2);
}

char *token_text(struct pool *pool, const struct token *token)
{
	uint8_t bytes[TOKEN_BYTES];
	char flat[TOKEN_CHARS + 2], grouped[2 * TOKEN_CHARS];
	size_t i, at = 0;

	memcpy(bytes, token->secret, TOKEN_SECRET_SIZE);
	memcpy(bytes + TOKEN_SECRET_SIZE, token->ca, TOKEN_CA_SIZE);
	token_check_bytes(token, bytes + TOKEN_SECRET_SIZE + TOKEN_CA_SIZE);
	base32_encode(bytes, sizeof(bytes), flat);
	for (i = 0; i < TOKEN_CHARS; i++) {
		if (i && i % TOKEN_GROUP == 0)
			grouped[at++] = '-';
		grouped[at++] = flat[i];
	}
	grouped[at] = '\0';
	memset(bytes, 0, sizeof(bytes));
	return pool_printf(pool, "%s/%s", token->board, grouped);
}

/* The 55 characters back to 34 bytes; the three bits that are left over must be zero. */
static enum rc token_bytes(const char *flat, uint8_t out[TOKEN_BYTES])
{
	unsigned bits = 0, value = 0;
	size_t i, at = 0;

	for (i = 0; i < TOKEN_CHARS; i++) {
		const char *digit = flat[i] ? strchr(digits, flat[i]) : NULL;

		if (!digit)
			return RC_INVALID;
		value = (value << 5 | (unsigned)(digit - digits)) & 0xffff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			if (at == TOKEN_BYTES)
				return RC_INVALID;
			out[at++] = (uint8_t)(value >> bits);
		}
	}
	return at == TOKEN_BYTES && (value & ((1u << bits) - 1)) == 0 && !flat[i] ? RC_OK : RC_INVALID;
}

enum rc token_parse(struct pool *pool, const char *typed, struct token *out)
{
	const char *slash = strchr(typed, '/');
	char flat[TOKEN_CHARS + 2];
	uint8_t bytes[TOKEN_BYTES], check[2];
	char *board, *at;

	memset(out, 0, sizeof(*out));
	typed += strspn(typed, " \t\r\n");
	if (!slash || slash <= typed || slash - typed > 31)
		return RC_INVALID;
	board = pool_strndup(pool, typed, (size_t)(slash - typed));
	for (at = board; *at; at++) {
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at + ('a' - 'A'));
	}
	if (board[strspn(board, TOKEN_BOARD_CHARS)])
		return RC_INVALID;
	if (base32_clean(slash + 1, flat, sizeof(flat)) != RC_OK || token_bytes(flat, bytes) != RC_OK)
		return RC_INVALID;
	out->board = board;
	memcpy(out->secret, bytes, TOKEN_SECRET_SIZE);
	memcpy(out->ca, bytes + TOKEN_SECRET_SIZE, TOKEN_CA_SIZE);
	token_check_bytes(out, check);
	return memcmp(check, bytes + TOKEN_SECRET_SIZE + TOKEN_CA_SIZE, 2) == 0 ? RC_OK : RC_INVALID;
}

void token_hash(const struct token *token, uint8_t out[32])
{
	hash_sha256(token->secret, sizeof(token->secret), out);
}
