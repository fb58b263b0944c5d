/*
 * age_key.c: X25519 keys and their texts (Bech32, BIP 173, without its limit of length).
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#include "base/log.h"
#include "crypt/age_key.h"
#include "crypt/hash.h"
#include "crypt/mbed.h"
#include "crypt/random.h"

#define SECRET_PREFIX "AGE-SECRET-KEY-"
#define POINT_PREFIX "age"
#define CHECKSUM 6
#define VALUES ((AGE_KEY_SIZE * 8 + 4) / 5)	/* 52: five bits each */
#define TEXT_MAX 96

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* ---- the curve ---- */

static enum rc multiply(const uint8_t secret[AGE_KEY_SIZE], const uint8_t *point,
		uint8_t out[AGE_KEY_SIZE])
{
	static const uint8_t zero[AGE_KEY_SIZE];
	uint8_t clamped[AGE_KEY_SIZE];
	mbedtls_ecp_group group;
	mbedtls_ecp_point from, to;
	mbedtls_mpi scalar;
	size_t len = 0;
	int fault;

	memcpy(clamped, secret, sizeof(clamped));
	clamped[0] &= 248;
	clamped[31] = (uint8_t)((clamped[31] & 127) | 64);
	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&from);
	mbedtls_ecp_point_init(&to);
	mbedtls_mpi_init(&scalar);
	fault = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_CURVE25519);
	if (!fault)
		fault = mbedtls_mpi_read_binary_le(&scalar, clamped, sizeof(clamped));
	if (!fault)
		fault = point ? mbedtls_ecp_point_read_binary(&group, &from, point, AGE_KEY_SIZE) :
				mbedtls_ecp_copy(&from, &group.G);
	if (!fault)
		fault = mbedtls_ecp_mul(&group, &to, &scalar, &from, mbed_random, NULL);
	if (!fault)
		fault = mbedtls_ecp_point_write_binary(&group, &to, MBEDTLS_ECP_PF_UNCOMPRESSED, &len,
				out, AGE_KEY_SIZE);
	mbedtls_mpi_free(&scalar);
	mbedtls_ecp_point_free(&to);
	mbedtls_ecp_point_free(&from);
	mbedtls_ecp_group_free(&group);
	mbedtls_platform_zeroize(clamped, sizeof(clamped));
	return fault || len != AGE_KEY_SIZE || hash_equal(out, zero, AGE_KEY_SIZE) ? RC_INVALID : RC_OK;
}

enum rc age_key_agree(const uint8_t secret[AGE_KEY_SIZE], const uint8_t point[AGE_KEY_SIZE],
		uint8_t out[AGE_KEY_SIZE])
{
	return multiply(secret, point, out);
}

void age_identity_new(struct age_identity *out)
{
	random_bytes(out->secret, sizeof(out->secret));
	if (multiply(out->secret, NULL, out->point))
		log_fatal("age: X25519 failed");
}

/* ---- texts ---- */

static uint32_t polymod_step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
		0x2a1462b3 };
	uint32_t top = sum >> 25;
	size_t i;

	sum = ((sum & 0x1ffffff) << 5) ^ value;
	for (i = 0; i < 5; i++)
		sum ^= (top >> i) & 1 ? generator[i] : 0;
	return sum;
}

/* Over the prefix in small letters and the values. */
static uint32_t polymod(const char *prefix, const uint8_t *values, size_t count)
{
	uint32_t sum = 1;
	size_t i;

	for (i = 0; prefix[i]; i++)
		sum = polymod_step(sum, (uint8_t)((unsigned char)tolower((unsigned char)prefix[i]) >> 5));
	sum = polymod_step(sum, 0);
	for (i = 0; prefix[i]; i++)
		sum = polymod_step(sum, (uint8_t)(tolower((unsigned char)prefix[i]) & 31));
	for (i = 0; i < count; i++)
		sum = polymod_step(sum, values[i]);
	return sum;
}

static char *bech32_text(struct pool *pool, const char *prefix, const uint8_t bytes[AGE_KEY_SIZE])
{
	uint8_t values[VALUES + CHECKSUM] = { 0 };
	char text[TEXT_MAX];
	uint32_t sum;
	size_t i, at = strlen(prefix);

	for (i = 0; i < AGE_KEY_SIZE * 8; i++)
		values[i / 5] = (uint8_t)(values[i / 5] |
				(((bytes[i / 8] >> (7 - i % 8)) & 1) << (4 - i % 5)));
	sum = polymod(prefix, values, sizeof(values)) ^ 1;
	for (i = 0; i < CHECKSUM; i++)
		values[VALUES + i] = (uint8_t)((sum >> (5 * (CHECKSUM - 1 - i))) & 31);
	memcpy(text, prefix, at);
	text[at++] = '1';
	for (i = 0; i < sizeof(values); i++)
		text[at++] = isupper((unsigned char)prefix[0]) ?
				(char)toupper((unsigned char)alphabet[values[i]]) : alphabet[values[i]];
	return pool_strndup(pool, text, at);
}

/* text: one word in one case. */
static enum rc bech32_parse(const char *prefix, const char *text, size_t len, uint8_t out[AGE_KEY_SIZE])
{
	uint8_t values[VALUES + CHECKSUM];
	size_t start = strlen(prefix) + 1, i;
	bool upper = isupper((unsigned char)prefix[0]) != 0;

	if (len != start + sizeof(values) || memcmp(text, prefix, start - 1) || text[start - 1] != '1')
		return RC_INVALID;
	for (i = 0; i < sizeof(values); i++) {
		unsigned char c = (unsigned char)text[start + i];
		const char *found = c && (upper ? !islower(c) : !isupper(c)) ?
				strchr(alphabet, tolower(c)) : NULL;

		if (!found)
			return RC_INVALID;
		values[i] = (uint8_t)(found - alphabet);
	}
	/* The bits over 256 are zero. */
	if (polymod(prefix, values, sizeof(values)) != 1 || (values[VALUES - 1] & 15))
		return RC_INVALID;
	memset(out, 0, AGE_KEY_SIZE);
	for (i = 0; i < AGE_KEY_SIZE * 8; i++)
		out[i / 8] = (uint8_t)(out[i / 8] |
				(((values[i / 5] >> (4 - i % 5)) & 1) << (7 - i % 8)));
	mbedtls_platform_zeroize(values, sizeof(values));
	return RC_OK;
}

char *age_identity_text(struct pool *pool, const struct age_identity *identity)
{
	return bech32_text(pool, SECRET_PREFIX, identity->secret);
}

char *age_recipient_text(struct pool *pool, const uint8_t point[AGE_KEY_SIZE])
{
	return bech32_text(pool, POINT_PREFIX, point);
}

/* The first line that is neither blank nor a remark. */
static const char *first_word(const char *text, size_t *len)
{
	for (;;) {
		text += strspn(text, " \t\r\n");
		*len = strcspn(text, " \t\r\n");
		if (*text != '#')
			return text;
		text += strcspn(text, "\n");
	}
}

enum rc age_identity_parse(const char *text, struct age_identity *out)
{
	size_t len;
	const char *word = first_word(text, &len);

	if (bech32_parse(SECRET_PREFIX, word, len, out->secret))
		return RC_INVALID;
	return multiply(out->secret, NULL, out->point);
}

enum rc age_recipient_parse(const char *text, uint8_t point[AGE_KEY_SIZE])
{
	size_t len;
	const char *word = first_word(text, &len);

	return bech32_parse(POINT_PREFIX, word, len, point);
}
