/*
 * test_hash.c: SHA-256, SHA-1 and HMAC against published vectors; random numbers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/encode.h"
#include "crypt/hash.h"
#include "crypt/random.h"

static const char *hex_of(const uint8_t *bytes, size_t len)
{
	static char text[2 * HASH_SIZE + 1];

	hex_encode(bytes, len, text);
	return text;
}

/* FIPS 180-4 examples. */
static void sha256_vectors(void **state)
{
	uint8_t out[HASH_SIZE];

	(void)state;
	hash_sha256("abc", 3, out);
	assert_string_equal(hex_of(out, sizeof(out)),
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_sha256(NULL, 0, out);
	assert_string_equal(hex_of(out, sizeof(out)),
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void running_hash_starts_again(void **state)
{
	struct hash *hash = hash_new();
	uint8_t once[HASH_SIZE], parts[HASH_SIZE], again[HASH_SIZE];

	(void)state;
	hash_sha256("a citizen waits", 15, once);
	hash_update(hash, "a citizen", 9);
	hash_update(hash, "", 0);
	hash_update(hash, " waits", 6);
	hash_final(hash, parts);
	hash_update(hash, "a citizen waits", 15);
	hash_final(hash, again);
	hash_free(hash);
	hash_free(NULL);
	assert_memory_equal(once, parts, sizeof(once));
	assert_memory_equal(once, again, sizeof(once));
}

static void sha1_vector(void **state)
{
	uint8_t out[20];

	(void)state;
	hash_sha1("abc", 3, out);
	assert_string_equal(hex_of(out, sizeof(out)), "a9993e364706816aba3e25717850c26c9cd0d89d");
	hash_sha1(NULL, 0, out);
	assert_string_equal(hex_of(out, sizeof(out)), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

/* RFC 4231, cases 2 and 6. */
static void hmac_vectors(void **state)
{
	const char *long_text = "Test Using Larger Than Block-Size Key - Hash Key First";
	uint8_t key[131], out[HASH_SIZE];

	(void)state;
	hash_hmac((const uint8_t *)"Jefe", 4, "what do ya want for nothing?", 28, out);
	assert_string_equal(hex_of(out, sizeof(out)),
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	hash_hmac(key, sizeof(key), long_text, strlen(long_text), out);
	assert_string_equal(hex_of(out, sizeof(out)),
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void equal_looks_at_every_byte(void **state)
{
	(void)state;
	assert_true(hash_equal("abcd", "abcd", 4));
	assert_false(hash_equal("abcd", "abce", 4));
	assert_false(hash_equal("bbcd", "abcd", 4));
	assert_true(hash_equal("x", "y", 0));
}

static void random_below_covers_its_range(void **state)
{
	unsigned seen[6] = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 6000; i++) {
		uint32_t value = random_below(6);

		assert_in_range(value, 0, 5);
		seen[value]++;
	}
	for (i = 0; i < 6; i++)
		assert_in_range(seen[i], 700, 1300);	/* 10 standard deviations */
	assert_int_equal(random_below(1), 0);
}

static void random_hex_is_long_and_new(void **state)
{
	char a[2 * 70 + 1], b[2 * 70 + 1];

	(void)state;
	random_hex(70, a);
	random_hex(70, b);
	assert_int_equal(strlen(a), 140);
	assert_int_equal(strspn(a, "0123456789abcdef"), 140);
	assert_string_not_equal(a, b);
	random_hex(0, a);
	assert_string_equal(a, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_vectors),
		cmocka_unit_test(running_hash_starts_again),
		cmocka_unit_test(sha1_vector),
		cmocka_unit_test(hmac_vectors),
		cmocka_unit_test(equal_looks_at_every_byte),
		cmocka_unit_test(random_below_covers_its_range),
		cmocka_unit_test(random_hex_is_long_and_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
