/*
 * test_wire.c: the link's lines, payloads and packing against the vectors in tests/data/link, which
 * another language made, and against what a broken or hostile peer sends.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/encode.h"
#include "base/file.h"
#include "crypt/hash.h"
#include "dossier/event.h"
#include "link/wire.h"

#define VECTOR_HASH "272d1209b95030fdb6821290996678dab113936a44217585a099fb88647525c3"

static struct pool *pool;

static int set_up(void **state)
{
	(void)state;
	pool = pool_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

static char *vector(const char *name, size_t *len)
{
	char *text;

	assert_int_equal(file_read(pool, pool_printf(pool, "tests/data/link/%s", name), 65536, &text,
			len), RC_OK);
	return text;
}

static void line_of_the_vector(void **state)
{
	size_t header_len, body_len, line_len;
	char *header = vector("event-1.header", &header_len);
	char *body = vector("event-1.body", &body_len), *line = vector("event-1.line", &line_len);
	char hash[2 * HASH_SIZE + 1];
	uint8_t digest[HASH_SIZE];
	struct journal_row row;
	struct wire_event event;
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(wire_line_parse(pool, line, line_len - 1, &event), RC_OK);
	assert_int_equal(event.header_len, header_len);
	assert_memory_equal(event.header, header, header_len);
	assert_int_equal(event.body_len, body_len);
	assert_memory_equal(event.body, body, body_len);
	assert_int_equal(event.salt[0], 0);
	assert_int_equal(event.salt[31], 31);

	memset(&row, 0, sizeof(row));
	assert_int_equal(event_decode(event.header, event.header_len, &row.event), RC_OK);
	assert_int_equal(row.event.seq, 1);
	hash_sha256(event.header, event.header_len, digest);
	hex_encode(digest, sizeof(digest), hash);
	assert_string_equal(hash, VECTOR_HASH);
	row.header = header;
	row.header_len = header_len;
	row.event.salt = event.salt;
	row.event.body = body;
	row.event.body_len = body_len;
	wire_line(&row, &out);
	assert_int_equal(out.len, line_len);
	assert_memory_equal(out.data, line, line_len);
	buf_free(&out);
}

static void erased_event_has_its_header_alone(void **state)
{
	struct journal_row row;
	struct wire_event event;
	struct buf out = { 0 };

	(void)state;
	memset(&row, 0, sizeof(row));
	row.header = "tram-event 1\n";
	row.header_len = strlen(row.header);
	wire_line(&row, &out);
	assert_string_equal(out.data, "{\"h\":\"tram-event 1\\n\"}\n");
	assert_int_equal(wire_line_parse(pool, out.data, out.len - 1, &event), RC_OK);
	assert_null(event.salt);
	assert_null(event.body);
	assert_string_equal(event.header, "tram-event 1\n");
	buf_free(&out);
}

static void bad_lines(void **state)
{
	static const char salt[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
	const char *const bad[] = {
		"", "{}", "[]", "null", "\"h\"", "{\"h\":1}", "{\"h\":\"x\",\"h\":\"y\"}",
		"{\"h\":\"x\",\"b\":\"{}\"}", "{\"h\":\"x\",\"x\":\"y\"}", "{\"h\":\"x\"} {}",
		"{\"h\":\"a\\u0000b\"}", "{\"h\":\"\xff\"}", "{\"h\":\"x\"",
		pool_printf(pool, "{\"h\":\"x\",\"s\":\"%s\"}", salt),
		pool_printf(pool, "{\"h\":\"x\",\"s\":\"%s\",\"b\":{}}", salt),
		pool_printf(pool, "{\"h\":\"x\",\"s\":\"%s\",\"b\":\"{}\",\"c\":1}", salt),
		pool_printf(pool, "{\"h\":\"x\",\"s\":\"%sAA\",\"b\":\"{}\"}", salt),
		pool_printf(pool, "{\"h\":\"x\",\"s\":\"%s=\",\"b\":\"{}\"}", salt),
		"{\"h\":\"x\",\"s\":\"AAEC\",\"b\":\"{}\"}",
	};
	struct wire_event event;
	struct buf big = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (wire_line_parse(pool, bad[i], strlen(bad[i]), &event) != RC_INVALID)
			fail_msg("taken: %s", bad[i]);
	}
	buf_printf(&big, "{\"h\":\"x\",\"s\":\"%s\",\"b\":\"", salt);
	for (i = 0; i < EVENT_BODY_MAX; i++)
		buf_char(&big, 'a');
	buf_text(&big, "\"}");
	assert_int_equal(wire_line_parse(pool, big.data, big.len, &event), RC_OK);
	assert_int_equal(event.body_len, EVENT_BODY_MAX);
	big.len -= 2;
	buf_text(&big, "a\"}");
	assert_int_equal(wire_line_parse(pool, big.data, big.len, &event), RC_INVALID);
	buf_free(&big);
}

static void gzip_there_and_back(void **state)
{
	struct buf packed = { 0 }, plain = { 0 }, text = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 300000; i++)
		buf_char(&text, (char)('a' + (i * i) % 26));
	buf_text(&packed, "x");
	assert_int_equal(wire_gzip(text.data, text.len, &packed), RC_OK);
	assert_int_equal((uint8_t)packed.data[1], 0x1f);
	assert_int_equal(wire_gunzip(packed.data + 1, packed.len - 1, text.len, &plain), RC_OK);
	assert_int_equal(plain.len, text.len);
	assert_memory_equal(plain.data, text.data, text.len);
	buf_reset(&plain);
	assert_int_equal(wire_gunzip(packed.data + 1, packed.len - 1, text.len - 1, &plain),
			RC_TOO_LARGE);
	assert_int_equal(plain.len, 0);
	for (i = 1; i < packed.len; i += 97)
		assert_int_equal(wire_gunzip(packed.data + 1, i - 1, text.len, &plain), RC_INVALID);
	/* Bytes after the end, a damaged sum, no gzip at all. */
	buf_text(&packed, "more");
	assert_int_equal(wire_gunzip(packed.data + 1, packed.len - 1, text.len, &plain), RC_INVALID);
	packed.len -= 4;
	packed.data[packed.len - 8] = (char)(packed.data[packed.len - 8] ^ 1);
	assert_int_equal(wire_gunzip(packed.data + 1, packed.len - 1, text.len, &plain), RC_INVALID);
	assert_int_equal(wire_gunzip("plain", 5, 100, &plain), RC_INVALID);
	assert_int_equal(plain.len, 0);
	buf_free(&packed);
	buf_free(&plain);
	buf_free(&text);
}

/* A megabyte of zeros is a kilobyte of gzip: the limit holds while it unpacks. */
static void bombs_stay_small(void **state)
{
	struct buf packed = { 0 }, plain = { 0 };
	char *zeros = calloc(1, 16 * 1024 * 1024);

	(void)state;
	assert_int_equal(wire_gzip(zeros, 16 * 1024 * 1024, &packed), RC_OK);
	assert_int_equal(wire_gunzip(packed.data, packed.len, 100000, &plain), RC_TOO_LARGE);
	assert_true(plain.cap < 1024 * 1024);
	free(zeros);
	buf_free(&packed);
	buf_free(&plain);
}

static void receipt_of_the_vector(void **state)
{
	struct wire_receipt receipt;
	char hash[65], *payload;
	size_t len;

	(void)state;
	payload = vector("receipt.payload", &len);
	assert_int_equal(wire_receipt_parse(pool, payload, len, &receipt), RC_OK);
	assert_string_equal(receipt.board, "b18685-1");
	assert_int_equal(receipt.epoch, 1);
	assert_int_equal(receipt.seq, 1);
	hex_encode(receipt.hash, 32, hash);
	assert_string_equal(hash, VECTOR_HASH);
	assert_int_equal(receipt.at_ms, INT64_C(1795478400123));
	assert_string_equal(wire_receipt_payload(pool, &receipt), payload);
}

static void bad_receipts(void **state)
{
	static const char *const bad[] = {
		"", "{}", "[]",
		"{\"board\":\"b\",\"epoch\":0,\"seq\":1,\"hash\":\"" VECTOR_HASH
			"\",\"center_epoch\":1,\"at_ms\":1}",
		"{\"board\":\"b\",\"epoch\":1,\"seq\":-1,\"hash\":\"" VECTOR_HASH
			"\",\"center_epoch\":1,\"at_ms\":1}",
		"{\"board\":\"b\",\"epoch\":1,\"seq\":1.0,\"hash\":\"" VECTOR_HASH
			"\",\"center_epoch\":1,\"at_ms\":1}",
		"{\"board\":\"b\",\"epoch\":1,\"seq\":\"1\",\"hash\":\"" VECTOR_HASH
			"\",\"center_epoch\":1,\"at_ms\":1}",
		"{\"board\":\"\",\"epoch\":1,\"seq\":1,\"hash\":\"" VECTOR_HASH
			"\",\"center_epoch\":1,\"at_ms\":1}",
		"{\"board\":\"b\",\"epoch\":1,\"seq\":1,\"hash\":\"" VECTOR_HASH
			"00\",\"center_epoch\":1,\"at_ms\":1}",
		"{\"board\":\"b\",\"epoch\":1,\"seq\":1,\"hash\":\"00\",\"center_epoch\":1,\"at_ms\":1}",
		"{\"board\":\"b\",\"epoch\":1,\"seq\":1,\"hash\":\"" VECTOR_HASH "\",\"at_ms\":1}",
		"{\"board\":\"b\",\"epoch\":1,\"seq\":99999999999999999999,\"hash\":\"" VECTOR_HASH
			"\",\"center_epoch\":1,\"at_ms\":1}",
	};
	struct wire_receipt receipt;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (wire_receipt_parse(pool, bad[i], strlen(bad[i]), &receipt) != RC_PROTOCOL)
			fail_msg("taken: %s", bad[i]);
	}
}

static void hello_and_welcome(void **state)
{
	struct wire_hello hello, heard;
	struct wire_welcome welcome, understood;
	char *text;

	(void)state;
	memset(&hello, 0, sizeof(hello));
	hello.board = "b18685-1";
	hello.own = (struct journal_head){ .epoch = 2, .seq = 41 };
	hello.center = (struct journal_head){ .epoch = 1, .seq = 7 };
	memset(hello.own.hash, 0xab, 32);
	memset(hello.center.hash, 0xcd, 32);
	memset(hello.nonce, 0x5a, sizeof(hello.nonce));
	hello.counter = 12;
	text = wire_hello_payload(pool, &hello);
	assert_int_equal(wire_hello_parse(pool, text, strlen(text), &heard), RC_OK);
	assert_string_equal(heard.board, hello.board);
	assert_memory_equal(&heard.own, &hello.own, sizeof(hello.own));
	assert_memory_equal(&heard.center, &hello.center, sizeof(hello.center));
	assert_memory_equal(heard.nonce, hello.nonce, sizeof(hello.nonce));
	assert_int_equal(heard.counter, 12);
	hello.counter = 0;	/* counters begin at 1 */
	text = wire_hello_payload(pool, &hello);
	assert_int_equal(wire_hello_parse(pool, text, strlen(text), &heard), RC_PROTOCOL);

	memset(&welcome, 0, sizeof(welcome));
	welcome.board = "b18685-1";
	memcpy(welcome.nonce, hello.nonce, sizeof(welcome.nonce));
	welcome.time_ms = INT64_C(1795478400123);
	welcome.own = hello.own;
	welcome.center = hello.center;
	text = wire_welcome_payload(pool, &welcome);
	assert_int_equal(wire_welcome_parse(pool, text, strlen(text), &understood), RC_OK);
	assert_memory_equal(&understood.own, &welcome.own, sizeof(welcome.own));
	assert_memory_equal(&understood.center, &welcome.center, sizeof(welcome.center));
	assert_int_equal(understood.time_ms, welcome.time_ms);
	assert_int_equal(wire_welcome_parse(pool, text, strlen(text) - 1, &understood), RC_PROTOCOL);
	/* One statement is never another. */
	assert_int_equal(wire_hello_parse(pool, text, strlen(text), &heard), RC_PROTOCOL);
}

static void feed_and_blob(void **state)
{
	struct wire_feed feed = { .board = "b", .head = { .epoch = 1, .seq = 9 } }, feed_back;
	struct wire_blob blob = { .board = "b", .sha256 = VECTOR_HASH, .size = 77, .at_ms = 5 }, blob_back;
	char *text;

	(void)state;
	text = wire_feed_payload(pool, &feed);
	assert_int_equal(wire_feed_parse(pool, text, strlen(text), &feed_back), RC_OK);
	assert_memory_equal(&feed_back.head, &feed.head, sizeof(feed.head));
	text = wire_blob_payload(pool, &blob);
	assert_int_equal(wire_blob_parse(pool, text, strlen(text), &blob_back), RC_OK);
	assert_string_equal(blob_back.sha256, VECTOR_HASH);
	assert_int_equal(blob_back.size, 77);
	blob.sha256 = "zz";
	text = wire_blob_payload(pool, &blob);
	assert_int_equal(wire_blob_parse(pool, text, strlen(text), &blob_back), RC_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_of_the_vector),
		cmocka_unit_test(erased_event_has_its_header_alone),
		cmocka_unit_test(bad_lines),
		cmocka_unit_test(gzip_there_and_back),
		cmocka_unit_test(bombs_stay_small),
		cmocka_unit_test(receipt_of_the_vector),
		cmocka_unit_test(bad_receipts),
		cmocka_unit_test(hello_and_welcome),
		cmocka_unit_test(feed_and_blob),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
