/* test_when.c: dates by arithmetic, texts of times, and the stamp of an event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/when.h"

static void every_day_of_four_centuries(void **state)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t number = when_day_number(1900, 1, 1);
	int year, month, day, y, m, d;

	(void)state;
	assert_int_equal(when_day_number(1970, 1, 1), 0);
	assert_int_equal(number, -25567);
	for (year = 1900; year < 2300; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

		for (month = 1; month <= 12; month++) {
			for (day = 1; day <= lengths[month - 1] + (leap && month == 2); day++) {
				assert_int_equal(when_day_number(year, month, day), number);
				when_from_day_number(number++, &y, &m, &d);
				assert_true(y == year && m == month && d == day);
			}
		}
	}
}

static void local_time(void **state)
{
	struct when_local local;
	int64_t at;
	char text[24];

	(void)state;
	when_to_local(0, &local);
	assert_int_equal(local.hour, 7);
	assert_int_equal(local.weekday, 4);
	when_to_local(-1, &local);
	assert_int_equal(local.hour, 6);
	assert_int_equal(local.second, 59);
	when_to_local(INT64_C(1795500000000), &local);
	assert_int_equal(local.year, 2026);
	assert_int_equal(when_from_local(&local, &at), RC_OK);
	assert_true(at == INT64_C(1795500000000));
	assert_int_equal(when_parse_local("2026-11-23 23:59:59", &at), RC_OK);
	when_to_local(at, &local);
	assert_int_equal(local.weekday, 1);
	when_iso_minute(at, text);
	assert_string_equal(text, "2026-11-23T23:59");
	when_yymmdd(at, text);
	assert_string_equal(text, "261123");
	when_yymmdd(at + 1000, text);
	assert_string_equal(text, "261124");
	local = (struct when_local){ 2026, 2, 29, 0, 0, 0, 0 };
	assert_int_equal(when_from_local(&local, &at), RC_INVALID);
	local = (struct when_local){ 2028, 2, 29, 24, 0, 0, 0 };
	assert_int_equal(when_from_local(&local, &at), RC_INVALID);
}

static void texts_of_times(void **state)
{
	static const char *const bad[] = { "", "2026-11-23", "2026-11-23 15", "2026-11-23 15:5",
		"2026-11-23 15:05:", "2026-11-23 15:05:0", "2026-11-23  15:05", "2026-11-23 24:00",
		"2026-11-23 15:60", "2026-11-23 15:05:60", "2026-13-01 00:00", "2026-00-01 00:00",
		"2026-02-29 00:00", "26-11-23 15:05", "2026-11-23 15:05Z", " 2026-11-23 15:05",
		"2026-11-23t15:05", "2026/11/23 15:05", "0000-01-01 00:00" };
	static const char *const bad_dates[] = { "", "2026-2-3", "31022026", "2026-02-30", "1990",
		"32/01/2026", "1/1/2026", "2026-01-011", "0101202", "00002026" };
	int64_t one, two;
	int y, m, d;
	size_t i;

	(void)state;
	assert_int_equal(when_parse_local("2026-11-23 15:05", &one), RC_OK);
	assert_int_equal(when_parse_local("2026-11-23T15:05:00", &two), RC_OK);
	assert_true(one == two);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (when_parse_local(bad[i], &one) != RC_INVALID)
			fail_msg("taken: %s", bad[i]);
	}
	assert_int_equal(when_parse_date("05/03/1990", &y, &m, &d), RC_OK);
	assert_true(y == 1990 && m == 3 && d == 5);
	assert_int_equal(when_parse_date("05031990", &y, &m, &d), RC_OK);
	assert_true(y == 1990 && m == 3 && d == 5);
	assert_int_equal(when_parse_date("1990-03-05", &y, &m, &d), RC_OK);
	assert_true(y == 1990 && m == 3 && d == 5);
	for (i = 0; i < sizeof(bad_dates) / sizeof(bad_dates[0]); i++) {
		if (when_parse_date(bad_dates[i], &y, &m, &d) != RC_INVALID)
			fail_msg("taken: %s", bad_dates[i]);
	}
}

static void source_words(void **state)
{
	enum when_source source;
	int i;

	(void)state;
	for (i = WHEN_UNKNOWN; i <= WHEN_MANUAL; i++) {
		assert_int_equal(when_source_parse(when_source_name((enum when_source)i), &source), RC_OK);
		assert_int_equal(source, i);
	}
	assert_int_equal(when_source_parse("NTP", &source), RC_INVALID);
	assert_string_equal(when_source_name((enum when_source)42), "unknown");
}

static void the_stamp(void **state)
{
	char dir[] = "/tmp/tram-when-XXXXXX", path[64], clock[64];
	struct when_stamp stamp;
	struct pool *pool = pool_new();
	char *text;
	size_t len;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/boot", dir);
	snprintf(clock, sizeof(clock), "%s/clock", dir);

	when_set_boot_file(path);
	when_stamp_now(&stamp);
	assert_int_equal(stamp.boot_count, 0);
	assert_true(stamp.source == WHEN_NTP || stamp.source == WHEN_RTC);
	assert_true(stamp.wall_ms > INT64_C(1700000000000));

	/* Counted once per boot, however many programs ask. */
	assert_int_equal(when_count_boot(path), RC_OK);
	assert_int_equal(when_count_boot(path), RC_OK);
	when_set_boot_file(path);
	when_stamp_now(&stamp);
	assert_int_equal(stamp.boot_count, 1);
	assert_int_equal(file_put(dir, "boot", "7 another-boot\n", 15, 0644), RC_OK);
	assert_int_equal(when_count_boot(path), RC_OK);
	when_set_boot_file(path);
	when_stamp_now(&stamp);
	assert_int_equal(stamp.boot_count, 8);
	assert_int_equal(file_read(pool, path, 100, &text, &len), RC_OK);
	assert_memory_equal(text, "8 ", 2);

	/* The clock file, of this boot and of another. */
	when_set_clock_file(clock);
	assert_int_equal(when_put_clock(clock, WHEN_SIGNED, 500, 1795500000000, when_boottime_ms()), RC_OK);
	when_stamp_now(&stamp);
	assert_int_equal(stamp.source, WHEN_SIGNED);
	assert_in_range(stamp.bound_ms, 500, 510);
	assert_int_equal(file_put(dir, "clock", "signed 500 1 3\n", 15, 0644), RC_OK);
	when_set_clock_file(clock);
	when_stamp_now(&stamp);
	assert_int_not_equal(stamp.source, WHEN_SIGNED);
	assert_int_equal(file_put(dir, "clock", "garbage\n", 8, 0644), RC_OK);
	when_set_clock_file(clock);
	when_stamp_now(&stamp);
	assert_true(stamp.source == WHEN_NTP || stamp.source == WHEN_RTC);
	when_set_clock_file(NULL);

	assert_int_equal(file_put(dir, "boot", "x\n", 2, 0644), RC_OK);
	when_set_boot_file(path);
	when_stamp_now(&stamp);
	assert_int_equal(stamp.boot_count, 0);
	unlink(path);
	unlink(clock);
	rmdir(dir);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_four_centuries),
		cmocka_unit_test(local_time),
		cmocka_unit_test(texts_of_times),
		cmocka_unit_test(source_words),
		cmocka_unit_test(the_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
