/*
 * hash.c: see hash.h. Mbed TLS fails here only when memory or the library is broken: log_fatal.
 */
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "crypt/hash.h"
#include "crypt/mbed.h"

struct hash {
	mbedtls_sha256_context context;
};

static void hash_must(int fault)
{
	if (fault)
		log_fatal("hash: Mbed TLS answers -0x%04x", (unsigned)-fault);
}

struct hash *hash_new(void)
{
	struct hash *hash = malloc(sizeof(*hash));

	if (!hash)
		log_fatal("hash: out of memory");
	mbedtls_sha256_init(&hash->context);
	hash_must(mbed_sha256_start(&hash->context));
	return hash;
}

void hash_update(struct hash *hash, const void *bytes, size_t len)
{
	if (len)
		hash_must(mbed_sha256_add(&hash->context, bytes, len));
}

void hash_final(struct hash *hash, uint8_t out[HASH_SIZE])
{
	hash_must(mbed_sha256_end(&hash->context, out));
	hash_must(mbed_sha256_start(&hash->context));
}

void hash_free(struct hash *hash)
{
	if (!hash)
		return;
	mbedtls_sha256_free(&hash->context);
	free(hash);
}

void hash_sha256(const void *bytes, size_t len, uint8_t out[HASH_SIZE])
{
	mbedtls_sha256_context context;

	mbedtls_sha256_init(&context);
	hash_must(mbed_sha256_start(&context));
	if (len)
		hash_must(mbed_sha256_add(&context, bytes, len));
	hash_must(mbed_sha256_end(&context, out));
	mbedtls_sha256_free(&context);
}

void hash_sha1(const void *bytes, size_t len, uint8_t out[20])
{
	hash_must(mbed_sha1(len ? bytes : "", len, out));
}

enum rc hash_sha1_file(int fd, int64_t offset, size_t len, uint8_t out[20])
{
	mbedtls_sha1_context context;
	uint8_t piece[16384];
	enum rc rc = RC_OK;

	mbedtls_sha1_init(&context);
	hash_must(mbed_sha1_start(&context));
	while (len) {
		ssize_t n = pread(fd, piece, len < sizeof(piece) ? len : sizeof(piece), (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			rc = RC_IO;
			break;
		}
		hash_must(mbed_sha1_add(&context, piece, (size_t)n));
		offset += n;
		len -= (size_t)n;
	}
	hash_must(mbed_sha1_end(&context, out));
	mbedtls_sha1_free(&context);
	return rc;
}

void hash_hmac(const uint8_t *key, size_t key_len, const void *bytes, size_t len,
		uint8_t out[HASH_SIZE])
{
	hash_must(mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key, key_len,
			len ? bytes : (const void *)"", len, out));
}

void hash_groups(const uint8_t *bytes, char out[HASH_GROUPS_MAX])
{
	size_t i;

	for (i = 0; i < 6; i++)
		(void)snprintf(out + 5 * i, HASH_GROUPS_MAX - 5 * i, "%04u%s",
				(bytes[2 * i] * 256u + bytes[2 * i + 1]) % 10000u, i < 5 ? " " : "");
}

bool hash_equal(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *left = a, *right = b;
	uint8_t differs = 0;
	size_t i;

	for (i = 0; i < len; i++)
		differs |= (uint8_t)(left[i] ^ right[i]);
	return differs == 0;
}
