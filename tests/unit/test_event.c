/* test_event.c: one event has one byte form; everything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/event.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define ID "00112233445566778899aabbccddeeff"

static const char first[] =
		"tram-event 1\n"
		"board b18685-1\n"
		"author board\n"
		"epoch 1\n"
		"seq 1\n"
		"prev " ZEROS "\n"
		"id " ID "\n"
		"subject dossier " ID "\n"
		"after -\n"
		"kind dossier.accepted 1\n"
		"actor u-2f3a\n"
		"time 1795500000000 12 3456789 rtc -1\n"
		"body " HASH "\n";

/* The header with the first appearance of old replaced. */
static size_t with(const char *old, const char *new, char *out, size_t size)
{
	const char *at = strstr(first, old);
	int n;

	assert_non_null(at);
	n = snprintf(out, size, "%.*s%s%s", (int)(at - first), first, new, at + strlen(old));
	assert_true(n > 0 && (size_t)n < size);
	return (size_t)n;
}

static void decodes_and_encodes(void **state)
{
	struct event event;
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(event_decode(first, sizeof(first) - 1, &event), RC_OK);
	assert_string_equal(event.board, "b18685-1");
	assert_int_equal(event.author, AUTHOR_BOARD);
	assert_int_equal(event.seq, 1);
	assert_int_equal(event.subject_kind, SUBJECT_DOSSIER);
	assert_int_equal(event.subject[15], 0xff);
	assert_false(event.has_after);
	assert_string_equal(event.kind, "dossier.accepted");
	assert_int_equal(event.kind_version, 1);
	assert_string_equal(event.actor, "u-2f3a");
	assert_true(event.time.wall_ms == 1795500000000);
	assert_int_equal(event.time.boot_count, 12);
	assert_int_equal(event.time.mono_ms, 3456789);
	assert_int_equal(event.time.source, WHEN_RTC);
	assert_true(event.time.bound_ms == -1);
	assert_int_equal(event.body_hash[0], 0x9f);
	event_encode(&event, &out);
	assert_int_equal(out.len, sizeof(first) - 1);
	assert_memory_equal(out.data, first, out.len);
	buf_free(&out);
}

static void every_legal_word_is_read(void **state)
{
	static const char *const pairs[][2] = {
		{ "author board", "author center" },
		{ "subject dossier", "subject book" },
		{ "subject dossier", "subject shift" },
		{ "subject dossier", "subject station" },
		{ "after -", "after " ID },
		{ "rtc -1", "unknown 0" },
		{ "rtc -1", "floor 86400000" },
		{ "rtc -1", "ntp 20" },
		{ "rtc -1", "signed 500" },
		{ "rtc -1", "manual 60000" },
		{ "epoch 1", "epoch 9223372036854775807" },
		{ "kind dossier.accepted 1", "kind something.from_later 9999" },
		{ "time 1795500000000", "time 0" },
	};
	struct event event;
	char text[1200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t len = with(pairs[i][0], pairs[i][1], text, sizeof(text));

		if (event_decode(text, len, &event) != RC_OK)
			fail_msg("refused: %s", pairs[i][1]);
	}
	assert_int_equal(event_decode(text, with("seq 1\nprev " ZEROS, "seq 42\nprev " HASH, text,
			sizeof(text)), &event), RC_OK);
	assert_int_equal(event.prev[0], 0x9f);
}

static void every_other_form_is_refused(void **state)
{
	static const char *const pairs[][2] = {
		{ "tram-event 1", "tram-event 2" },
		{ "tram-event 1", "tram-event 01" },
		{ "tram-event 1\n", "tram-event 1\n\n" },
		{ "tram-event 1\n", "tram-event 1\r\n" },
		{ "board b18685-1", "board B18685-1" },
		{ "board b18685-1", "board b18685_1" },
		{ "board b18685-1", "board " },
		{ "board b18685-1", "board 12345678901234567890123456789012" },
		{ "board b18685-1\n", "" },
		{ "board b18685-1", "board  b18685-1" },
		{ "author board", "author clerk" },
		{ "author board", "author Board" },
		{ "epoch 1", "epoch 0" },
		{ "epoch 1", "epoch -1" },
		{ "epoch 1", "epoch 01" },
		{ "epoch 1", "epoch +1" },
		{ "epoch 1", "epoch 9223372036854775808" },
		{ "seq 1", "seq 0" },
		{ "seq 1", "seq 1 " },
		{ "seq 1", "seq  1" },
		{ "seq 1\nprev " ZEROS, "seq 1\nprev " HASH },
		{ "prev 0000", "prev 00" },
		{ "prev 0000", "prev 00000" },
		{ "id 0011", "id 001" },
		{ "id 00112233445566778899aabb", "id 00112233445566778899AABB" },
		{ "subject dossier", "subject person" },
		{ "subject dossier ", "subject dossier" },
		{ "after -", "after" },
		{ "after -", "after --" },
		{ "after -", "after 0011" },
		{ "kind dossier.accepted 1", "kind dossier.accepted" },
		{ "kind dossier.accepted 1", "kind dossier.accepted 0" },
		{ "kind dossier.accepted 1", "kind dossier.accepted 1 1" },
		{ "kind dossier.accepted 1", "kind Dossier.accepted 1" },
		{ "kind dossier.accepted 1",
				"kind a23456789012345678901234567890123456789012345678 1" },
		{ "actor u-2f3a", "actor Nguyen" },
		{ "actor u-2f3a", "actor u 2f3a" },
		{ "actor u-2f3a", "actor a23456789012345678901234567890123456789012345678" },
		{ "rtc -1", "rtc -2" },
		{ "rtc -1", "gps -1" },
		{ "rtc -1", "rtc" },
		{ "time 1795500000000", "time -1" },
		{ " 12 ", " 12.0 " },
		{ "body 9f86", "body 9f8" },
		{ "body 9f86", "body 9F86" },
		{ "body 9f86", "body\t9f86" },
		{ "0a08\n", "0a08" },
		{ "0a08\n", "0a08\n\n" },
		{ "0a08\n", "0a08\nmore 1\n" },
		{ "0a08\n", "0a08 \n" },
	};
	struct event event;
	char text[1200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t len = with(pairs[i][0], pairs[i][1], text, sizeof(text));

		if (event_decode(text, len, &event) != RC_INVALID)
			fail_msg("taken: %s", pairs[i][1]);
		assert_int_equal(event.seq, 0);
	}
}

static void cut_and_spoilt_bytes(void **state)
{
	struct event event;
	char text[sizeof(first)];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(first) - 1; i++) {
		assert_int_equal(event_decode(first, i, &event), RC_INVALID);
		memcpy(text, first, sizeof(first));
		text[i] = '\0';
		assert_int_equal(event_decode(text, sizeof(first) - 1, &event), RC_INVALID);
		text[i] = (char)0xc4;
		assert_int_equal(event_decode(text, sizeof(first) - 1, &event), RC_INVALID);
	}
	assert_int_equal(event_decode("", 0, &event), RC_INVALID);
	assert_int_equal(event_decode(first, sizeof(first), &event), RC_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_and_encodes),
		cmocka_unit_test(every_legal_word_is_read),
		cmocka_unit_test(every_other_form_is_refused),
		cmocka_unit_test(cut_and_spoilt_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
