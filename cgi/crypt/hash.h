/*
 * hash.h: SHA-256, HMAC-SHA-256, and SHA-1 for the tus checksum extension only.
 */
#ifndef TRAM_CRYPT_HASH_H
#define TRAM_CRYPT_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

#define HASH_SIZE 32

struct hash;	/* a running SHA-256 */

struct hash *hash_new(void);
void hash_update(struct hash *hash, const void *bytes, size_t len);
/* Writes the digest and starts again. */
void hash_final(struct hash *hash, uint8_t out[HASH_SIZE]);
void hash_free(struct hash *hash);

void hash_sha256(const void *bytes, size_t len, uint8_t out[HASH_SIZE]);
void hash_sha1(const void *bytes, size_t len, uint8_t out[20]);
/* SHA-1 of len bytes of fd from offset. RC_IO: it has fewer. */
enum rc hash_sha1_file(int fd, int64_t offset, size_t len, uint8_t out[20]) MUST_CHECK;
void hash_hmac(const uint8_t *key, size_t key_len, const void *bytes, size_t len,
		uint8_t out[HASH_SIZE]);
/* What people read to each other instead of a hash: six groups of four digits, bytes 2i and 2i+1 (big
 * endian, modulo 10000), i = 0 … 5. bytes: at least 12. */
#define HASH_GROUPS_MAX 32
void hash_groups(const uint8_t *bytes, char out[HASH_GROUPS_MAX]);
/* Same time whatever differs. */
bool hash_equal(const void *a, const void *b, size_t len);

#endif
