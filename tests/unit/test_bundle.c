/*
 * test_bundle.c: a part of a stick against the vector in tests/data/link (PROTOCOL §14), the tar heads that
 * are refused, and payloads that say too little or too much.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "crypt/hash.h"
#include "link/bundle.h"
#include "link/wire.h"

#define VECTOR_HASH "272d1209b95030fdb6821290996678dab113936a44217585a099fb88647525c3"
#define VECTOR_CONTENT "contents/dadccc70eb8f35766d3e6c12745a8041f1c488384ea1b42f04850585226654fa"

/* RFC 7515 A.3, public. */
static const char key_pem[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
	"6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
	"-----END PUBLIC KEY-----\n";

static char *vector(struct pool *pool, const char *name, size_t *len)
{
	char *text;

	assert_int_equal(file_read(pool, pool_printf(pool, "tests/data/link/%s", name), 1 << 20, &text, len), RC_OK);
	return text;
}

static enum rc its_key(void *arg, struct pool *pool, const char *cert_pem, const char *board,
		const char *announced, struct bundle_signer *signer, const char **why)
{
	(void)arg, (void)pool, (void)why;
	assert_string_equal(announced, "");
	assert_null(cert_pem);
	assert_string_equal(board, "b18685-1");
	assert_int_equal(jws_key_parse(key_pem, &signer->owned), RC_OK);
	signer->keys = (const struct jws_key *const *)&signer->owned;
	signer->count = 1;
	return RC_OK;
}

static void the_vector_opens(void **state)
{
	struct pool *pool = pool_new();
	char groups[BUNDLE_GROUPS_MAX], hex[65], *sealed, *packed, *line;
	struct bundle_reader *reader;
	struct age_identity identity;
	struct bundle_head head;
	struct tar_entry entry;
	struct buf lines = { 0 };
	const char *why = "";
	uint8_t sha256[32];
	size_t len, line_len;
	int fd;

	(void)state;
	sealed = vector(pool, "stick-part.age", &len);
	hash_sha256(sealed, len, sha256);
	bundle_groups(sha256, groups);
	assert_string_equal(groups, "1746 4074 6891 9719 6828 1716");
	assert_int_equal(age_identity_parse(vector(pool, "stick.key", &len), &identity), RC_OK);
	fd = open("tests/data/link/stick-part.age", O_RDONLY);
	assert_int_equal(bundle_check(pool, fd, &identity, 1 << 20, false, its_key, NULL, &head, &why), RC_OK);
	hex_encode(head.hash, 32, hex);
	assert_string_equal(hex, VECTOR_HASH);
	assert_true(!head.up && head.last && head.part == 1 && head.epoch == 1 && head.after == 0 &&
			head.seq == 1 && head.events == 1 && head.files == 1 && head.bytes == 22);
	/* A part of the center's is no board's. */
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(bundle_check(pool, fd, &identity, 1 << 20, true, its_key, NULL, &head, &why), RC_PROTOCOL);
	assert_string_equal(why, "signature");
	/* A content over the limit is refused by its head. */
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(bundle_check(pool, fd, &identity, 21, false, its_key, NULL, &head, &why), RC_PROTOCOL);
	assert_string_equal(why, "large");

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(bundle_reader_new(fd, &identity, 1 << 20, &reader, &why), RC_OK);
	assert_int_equal(bundle_reader_next(reader, &entry, &why), RC_OK);
	assert_string_equal(entry.name, "journal/0000000001-0000000001.ndjson.gz");
	assert_int_equal(bundle_reader_text(reader, pool, &entry, 4096, &packed, &why), RC_OK);
	assert_int_equal(wire_gunzip(packed, (size_t)entry.size, 65536, &lines), RC_OK);
	line = vector(pool, "event-1.line", &line_len);
	assert_int_equal(lines.len, line_len);
	assert_memory_equal(lines.data, line, line_len);
	assert_int_equal(bundle_reader_next(reader, &entry, &why), RC_OK);
	assert_string_equal(entry.name, VECTOR_CONTENT);
	assert_int_equal(bundle_reader_next(reader, &entry, &why), RC_OK);
	assert_string_equal(entry.name, "bundle.jws");
	assert_int_equal(bundle_reader_next(reader, &entry, &why), RC_NOT_FOUND);
	bundle_reader_free(reader);
	buf_free(&lines);
	(void)close(fd);
	pool_free(pool);
}

/* ---- tar ---- */

static void sum(uint8_t block[TAR_BLOCK])
{
	unsigned total = 0;
	size_t i;

	memset(block + 148, ' ', 8);
	for (i = 0; i < TAR_BLOCK; i++)
		total += block[i];
	(void)snprintf((char *)block + 148, 8, "%06o", total);
	block[155] = ' ';
}

static void only_plain_files_are_read(void **state)
{
	static const char *const names[] = { "/etc/passwd", "..", "a/../b", "../a", "./a", "a//b", "a/", "", ".a",
		"a/.b", "A", "a b", "a\\b", "a\nb", "\xc3\xa1", "a:b" };
	static const char types[] = { '\0', '1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', 'K', 'S', 'D', 'V' };
	struct tar_entry entry;
	uint8_t block[TAR_BLOCK], other[TAR_BLOCK];
	size_t i;

	(void)state;
	tar_head("contents/a", 77, 1795500000, block);
	assert_int_equal(tar_head_parse(block, &entry), RC_OK);
	assert_string_equal(entry.name, "contents/a");
	assert_int_equal(entry.size, 77);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		tar_head(names[i], 1, 0, other);
		assert_int_equal(tar_head_parse(other, &entry), RC_INVALID);
	}
	for (i = 0; i < sizeof(types); i++) {
		memcpy(other, block, sizeof(other));
		other[156] = (uint8_t)types[i];
		sum(other);
		assert_int_equal(tar_head_parse(other, &entry), RC_INVALID);
	}
	/* Any byte altered: the sum does not fit, or the head is not ours. */
	for (i = 0; i < TAR_BLOCK; i++) {
		memcpy(other, block, sizeof(other));
		other[i] ^= 1;
		if (i < 100 || i >= 257 || (i >= 124 && i < 156))
			assert_int_equal(tar_head_parse(other, &entry), RC_INVALID);
	}
	/* A size in base 256, a negative one, none; a prefix; something behind the name's end. */
	memcpy(other, block, sizeof(other));
	other[124] = 0x80;
	sum(other);
	assert_int_equal(tar_head_parse(other, &entry), RC_INVALID);
	memcpy(other, block, sizeof(other));
	memcpy(other + 124, "-0000000001", 11);
	sum(other);
	assert_int_equal(tar_head_parse(other, &entry), RC_INVALID);
	memcpy(other, block, sizeof(other));
	memset(other + 124, ' ', 12);
	sum(other);
	assert_int_equal(tar_head_parse(other, &entry), RC_INVALID);
	memcpy(other, block, sizeof(other));
	memcpy(other + 345, "etc", 3);
	sum(other);
	assert_int_equal(tar_head_parse(other, &entry), RC_INVALID);
	memcpy(other, block, sizeof(other));
	other[50] = 'x';
	sum(other);
	assert_int_equal(tar_head_parse(other, &entry), RC_INVALID);
	memset(other, 0, sizeof(other));
	assert_int_equal(tar_head_parse(other, &entry), RC_NOT_FOUND);
}

/* ---- what a part says ---- */

static const char *without(struct pool *pool, const char *text, const char *key)
{
	const char *at = strstr(text, pool_printf(pool, "\"%s\":", key)), *end;

	assert_non_null(at);
	end = at + strcspn(at, ",}");
	return pool_printf(pool, "%.*s%s", (int)(at - text), text, end + (*end == ','));
}

static void each_member_counts(void **state)
{
	static const char *const keys[] = { "v", "way", "board", "to", "id", "part", "epoch", "after", "seq", "hash",
		"events", "files", "bytes", "made_at", "digest", "reply_to", "have_seq" };
	struct pool *pool = pool_new();
	struct bundle_head head = { .up = true, .board = "b18685-1", .part = 2, .last = true, .epoch = 1, .after = 3,
		.seq = 9, .events = 6, .files = 1, .bytes = 5, .made_at = 8 }, back;
	const char *wanted[] = { VECTOR_HASH }, *text;
	struct age_identity identity;
	size_t i;

	(void)state;
	age_identity_new(&identity);
	head.to = head.reply_to = age_recipient_text(pool, identity.point);
	head.id = "00112233445566778899aabbccddeeff";
	head.wanted = wanted;
	head.wanted_count = 1;
	text = bundle_payload(pool, &head);
	assert_int_equal(bundle_payload_parse(pool, text, strlen(text), &back), RC_OK);
	assert_true(back.up && back.last && back.seq == 9 && back.after == 3 && back.wanted_count == 1);
	assert_string_equal(back.wanted[0], VECTOR_HASH);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *less = without(pool, text, keys[i]);

		assert_int_equal(bundle_payload_parse(pool, less, strlen(less), &back), RC_PROTOCOL);
	}
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_vector_opens),
		cmocka_unit_test(only_plain_files_are_read), cmocka_unit_test(each_member_counts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
