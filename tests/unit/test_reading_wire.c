/*
 * test_reading_wire.c: access records as lines: written and read, and nothing else read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "link/reading_wire.h"

#define GOOD "{\"no\":1,\"at\":1764212345678,\"ground\":1,\"account\":\"u-1\",\"route\":\"dossier\"," \
	"\"subject\":\"T1\",\"place\":\"10.0.0.7\"}\n"

static void written_and_read(void **state)
{
	struct reading_record records[2] = {
		{ 3, { 1764212345678, "u-0123456789abcdef", "dossier.paper", "T18685.1-261124-0001",
			"tablet-3", READING_REASON, "Trần Thị Thử" } },
		{ 9, { 1764212345999, "u-2", "find", "", "", READING_OWN, "" } },
	}, *rows;
	struct pool *pool = pool_new();
	struct buf lines = { 0 };
	size_t count, line;

	(void)state;
	reading_wire_write(&records[0], &lines);
	reading_wire_write(&records[1], &lines);
	assert_int_equal(reading_wire_read(pool, lines.data, lines.len, &rows, &count, &line), RC_OK);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(rows[i].no, records[i].no);
		assert_int_equal(rows[i].reading.at, records[i].reading.at);
		assert_int_equal(rows[i].reading.ground, records[i].reading.ground);
		assert_string_equal(rows[i].reading.account, records[i].reading.account);
		assert_string_equal(rows[i].reading.route, records[i].reading.route);
		assert_string_equal(rows[i].reading.subject, records[i].reading.subject);
		assert_string_equal(rows[i].reading.place, records[i].reading.place);
		assert_string_equal(rows[i].reading.name, records[i].reading.name);
	}
	assert_int_equal(reading_wire_read(pool, "", 0, &rows, &count, &line), RC_OK);
	assert_int_equal(count, 0);
	buf_free(&lines);
	pool_free(pool);
}

static void nothing_else_is_read(void **state)
{
	static const struct { const char *text; size_t line; } bad[] = {
		{ "{\"no\":1,\"at\":1,\"ground\":0,\"account\":\"u\",\"route\":\"r\",\"name\":7}\n", 1 },
		{ "{\"no\":1,\"at\":1,\"ground\":0,\"account\":\"u\",\"route\":\"r\",\"name\":\"a\\n\"}\n", 1 },
		{ "{}\n", 1 }, { "x\n", 1 }, { "\n", 1 }, { "[1]\n", 1 },
		{ GOOD GOOD, 2 },	/* the same number twice */
		{ GOOD "{\"no\":2", 2 },	/* cut */
		{ "{\"no\":0,\"at\":1,\"ground\":0,\"account\":\"u\",\"route\":\"r\"}\n", 1 },
		{ "{\"no\":1.5,\"at\":1,\"ground\":0,\"account\":\"u\",\"route\":\"r\"}\n", 1 },
		{ "{\"no\":1,\"at\":0,\"ground\":0,\"account\":\"u\",\"route\":\"r\"}\n", 1 },
		{ "{\"no\":1,\"at\":1,\"ground\":3,\"account\":\"u\",\"route\":\"r\"}\n", 1 },
		{ "{\"no\":1,\"at\":1,\"account\":\"u\",\"route\":\"r\"}\n", 1 },
		{ "{\"no\":1,\"at\":1,\"ground\":0,\"route\":\"r\"}\n", 1 },
		{ "{\"no\":1,\"at\":1,\"ground\":0,\"account\":\"\",\"route\":\"r\"}\n", 1 },
		{ "{\"no\":1,\"at\":1,\"ground\":0,\"account\":\"u v\",\"route\":\"r\"}\n", 1 },
		{ "{\"no\":1,\"at\":1,\"ground\":0,\"account\":\"u\",\"route\":\"tên\"}\n", 1 },
		{ "{\"no\":1,\"at\":1,\"ground\":0,\"account\":\"u\",\"route\":\"r\",\"more\":1}\n", 1 },
	};
	struct pool *pool = pool_new();
	struct reading_record *rows;
	struct buf many = { 0 };
	size_t count, line;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (reading_wire_read(pool, bad[i].text, strlen(bad[i].text), &rows, &count, &line)
				!= RC_INVALID || line != bad[i].line)
			fail_msg("read, or another line: %s", bad[i].text);
	}
	for (int64_t no = 1; no <= READING_WIRE_LINES + 1; no++) {
		struct reading_record record = { no, { 1, "u", "r", "", "", READING_OWN, "" } };

		reading_wire_write(&record, &many);
	}
	assert_int_equal(reading_wire_read(pool, many.data, many.len, &rows, &count, &line), RC_INVALID);
	assert_int_equal(line, READING_WIRE_LINES + 1);
	assert_true(reading_wire_is_log("0123456789abcdef0123456789abcdef"));
	assert_false(reading_wire_is_log("0123456789abcdef0123456789abcdeF"));
	assert_false(reading_wire_is_log("0123"));
	buf_free(&many);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_and_read),
		cmocka_unit_test(nothing_else_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
