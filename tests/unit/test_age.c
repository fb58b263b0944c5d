/*
 * test_age.c: sealed files: what was sealed comes back, and nothing that was altered, cut or meant
 * for others does. The program `age` reads and writes the same (tests/peer/age.mjs).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/encode.h"
#include "crypt/age.h"
#include "crypt/age_key.h"
#include "crypt/random.h"
#include "thin.h"

/* RFC 7748 §5.2, first vector. */
static void curve_vector(void **state)
{
	uint8_t secret[32], point[32], out[32], want[32];

	(void)state;
	assert_int_equal(hex_decode("a546e36bf0527c9d3b16154b82465edd"
			"62144c0ac1fc5a18506a2244ba449ac4", secret, 32), RC_OK);
	assert_int_equal(hex_decode("e6db6867583030db3594c1a424b15f7c"
			"726624ec26b3353b10a903a6d0ab1c4c", point, 32), RC_OK);
	assert_int_equal(hex_decode("c3da55379de9c6908e94ea4df28d084f"
			"32eccf03491c71f754b4075577a28552", want, 32), RC_OK);
	assert_int_equal(age_key_agree(secret, point, out), RC_OK);
	assert_memory_equal(out, want, 32);
	memset(point, 0, sizeof(point));	/* small order: the secret would be known to all */
	assert_int_equal(age_key_agree(secret, point, out), RC_INVALID);
}

static void keys_as_texts(void **state)
{
	static const char *const bad[] = { "", "age1", "age1xyz", "AGE-SECRET-KEY-1",
		"AGE1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQS3290GQ" };
	struct pool *pool = pool_new();
	struct age_identity made, back;
	uint8_t point[32];
	char *text, *file;
	size_t i;

	(void)state;
	age_identity_new(&made);
	text = age_identity_text(pool, &made);
	file = pool_printf(pool, "# made today\n\n  # public key: x\n%s\n", text);
	assert_int_equal(age_identity_parse(file, &back), RC_OK);
	assert_memory_equal(&made, &back, sizeof(made));
	file = age_recipient_text(pool, made.point);
	assert_int_equal(strncmp(file, "age1", 4), 0);
	assert_int_equal(strlen(file), 62);
	assert_int_equal(age_recipient_parse(pool_printf(pool, "%s\n", file), point), RC_OK);
	assert_memory_equal(point, made.point, 32);
	/* Any one letter changed is noticed. */
	for (i = 4; i < strlen(file); i++) {
		char *other = pool_strdup(pool, file);

		other[i] = other[i] == 'q' ? 'p' : 'q';
		assert_int_equal(age_recipient_parse(other, point), RC_INVALID);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(age_recipient_parse(bad[i], point), RC_INVALID);
		assert_int_equal(age_identity_parse(bad[i], &back), RC_INVALID);
	}
	pool_free(pool);
}

static int new_file(void)
{
	char path[] = "/tmp/tram-age-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	return fd;
}

static int sealed(const uint8_t point[32], const uint8_t *bytes, size_t len, size_t step)
{
	struct age_writer *writer;
	int fd = new_file();
	size_t at;

	assert_int_equal(age_writer_new(fd, point, &writer), RC_OK);
	for (at = 0; at < len; at += step)
		assert_int_equal(age_writer_add(writer, bytes + at, len - at < step ? len - at : step),
				RC_OK);
	assert_int_equal(age_writer_end(writer), RC_OK);
	age_writer_free(writer);
	return fd;
}

/* Everything up to the true end, or the error. */
static enum rc opened(int fd, const struct age_identity *identity, uint8_t *out, size_t *len)
{
	struct age_reader *reader;
	size_t got = 1;
	enum rc rc;

	*len = 0;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	rc = age_reader_new(fd, identity, &reader);
	while (rc == RC_OK && got > 0) {
		rc = age_reader_take(reader, out + *len, 10000, &got);
		*len += got;
	}
	age_reader_free(reader);
	return rc;
}

static void comes_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 200000 };
	uint8_t *plain = malloc(300000), *out = malloc(300000);
	struct age_identity ours, other;
	size_t i, len;

	(void)state;
	age_identity_new(&ours);
	age_identity_new(&other);
	random_bytes(plain, 200000);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd = sealed(ours.point, plain, sizes[i], i % 2 ? 7777 : 100000);

		assert_int_equal(opened(fd, &ours, out, &len), RC_OK);
		assert_int_equal(len, sizes[i]);
		assert_memory_equal(out, plain, len);
		assert_int_equal(opened(fd, &other, out, &len), RC_DENIED);
		close(fd);
	}
	free(plain);
	free(out);
}

/* A stick pulled out, and every byte altered on the way. */
static void cut_or_altered(void **state)
{
	uint8_t *plain = calloc(1, 140000), *out = malloc(300000), byte;
	struct age_identity ours;
	size_t len;
	off_t size, at;
	int fd;

	(void)state;
	age_identity_new(&ours);
	fd = sealed(ours.point, plain, 131072, 4096);
	size = lseek(fd, 0, SEEK_END);
	for (at = 0; at < size; at += at < 300 ? thin() : 9973) {
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		assert_int_not_equal(opened(fd, &ours, out, &len), RC_OK);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	assert_int_equal(opened(fd, &ours, out, &len), RC_OK);
	for (at = size - 1; at >= 0; at -= at > 300 ? 6553 : thin()) {
		assert_int_equal(ftruncate(fd, at), 0);
		assert_int_not_equal(opened(fd, &ours, out, &len), RC_OK);
	}
	close(fd);
	free(plain);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(curve_vector), cmocka_unit_test(keys_as_texts),
		cmocka_unit_test(comes_back), cmocka_unit_test(cut_or_altered) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
