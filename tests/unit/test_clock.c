/*
 * test_clock.c: what a signed answer may do to a board's time, and what nothing else may.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/when.h"
#include "store/clock.h"

#define T0 INT64_C(1795500000000)

static char folder[64];
static struct settings settings;

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "%s", "/tmp/tram-clock-XXXXXX");
	assert_non_null(mkdtemp(folder));
	memset(&settings, 0, sizeof(settings));
	settings.side = SIDE_BOARD;
	settings.clock_dir = folder;
	assert_int_equal(clock_begin(&settings), RC_OK);
	return 0;
}

static int tear_down(void **state)
{
	const char *const names[] = { "clock", "floor", "boot" };
	char path[128];

	(void)state;
	when_set_clock_file(NULL);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

/* A new boot: the clock file is of the one before. */
static void reboot(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/boot", folder);
	assert_int_equal(file_put(folder, "boot", "7 another\n", 10, 0644), RC_OK);
	assert_int_equal(clock_begin(&settings), RC_OK);
}

static bool is_near(int64_t a, int64_t b)
{
	return a - b < 2000 && b - a < 2000;
}

static void a_signed_answer_is_known_time_and_the_floor(void **state)
{
	int64_t mono = when_boottime_ms();
	struct when_stamp now;

	(void)state;
	assert_false(when_is_known());
	assert_int_equal(clock_floor(&settings), 0);
	assert_int_equal(clock_learn(&settings, T0, mono - 400, 400), RC_OK);
	assert_true(when_is_known());
	when_stamp_now(&now);
	assert_int_equal(now.source, WHEN_SIGNED);
	assert_true(is_near(now.wall_ms, T0 + 200));
	assert_true(now.bound_ms >= 200 && now.bound_ms < 300);
	assert_true(now.boot_count >= 1);
	assert_int_equal(clock_floor(&settings), T0 + 200);
	assert_int_equal(when_earliest_ms() - when_now_ms() < 5, 1);
}

static void a_slow_answer_tells_no_time(void **state)
{
	int64_t mono = when_boottime_ms();

	(void)state;
	assert_int_equal(clock_learn(&settings, T0, mono - 10000, 10000), RC_TIMEOUT);
	assert_int_equal(clock_learn(&settings, T0, mono, -1), RC_TIMEOUT);
	assert_false(when_is_known());
	assert_int_equal(clock_floor(&settings), 0);
	assert_int_equal(clock_learn(&settings, T0, mono - 9999, 9999), RC_OK);
}

static void the_floor_never_falls(void **state)
{
	int64_t mono = when_boottime_ms();
	struct when_stamp now;

	(void)state;
	assert_int_equal(clock_learn(&settings, T0, mono, 0), RC_OK);
	/* Ten years before: not our center's clock. */
	assert_int_equal(clock_learn(&settings, T0 - 3650 * WHEN_DAY_MS, mono, 0), RC_CONFLICT);
	assert_int_equal(clock_floor(&settings), T0);
	/* An hour before: put right, but never earlier again; the doubt says by how much. */
	assert_int_equal(clock_learn(&settings, T0 - 3600000, mono, 0), RC_OK);
	when_stamp_now(&now);
	assert_true(is_near(now.wall_ms, T0));
	assert_true(now.bound_ms >= 3600000);
	assert_int_equal(clock_floor(&settings), T0);
	assert_int_equal(clock_learn(&settings, T0 + 5000, mono, 0), RC_OK);
	assert_int_equal(clock_floor(&settings), T0 + 5000);
}

static void after_a_boot_the_time_runs_from_the_floor(void **state)
{
	struct when_stamp now;
	int64_t ahead = when_kernel_ms() + 100 * WHEN_DAY_MS;

	(void)state;
	assert_int_equal(clock_learn(&settings, ahead, when_boottime_ms(), 0), RC_OK);
	reboot();
	assert_false(when_is_known());
	when_stamp_now(&now);
	assert_int_equal(now.source, WHEN_FLOOR);	/* the kernel is before the floor */
	assert_true(is_near(now.wall_ms, ahead));
	assert_true(when_is_doubtful());
	assert_true(when_earliest_ms() <= when_now_ms());
	assert_int_equal(now.bound_ms, -1);
	assert_int_equal(now.boot_count, 8);
}

static void a_clock_far_after_the_floor_is_not_believed(void **state)
{
	struct when_stamp now;
	int64_t before = when_kernel_ms() - 3650 * WHEN_DAY_MS;

	(void)state;
	assert_int_equal(clock_learn(&settings, before, when_boottime_ms(), 0), RC_OK);
	reboot();
	when_stamp_now(&now);
	assert_int_equal(now.source, WHEN_FLOOR);
	assert_true(is_near(now.wall_ms, before));
}

static void a_manager_confirms_but_raises_no_floor(void **state)
{
	struct when_stamp now;

	(void)state;
	assert_int_equal(clock_learn(&settings, T0, when_boottime_ms(), 0), RC_OK);
	reboot();
	assert_int_equal(clock_confirm(&settings, T0 - 1), RC_CONFLICT);
	assert_false(when_is_known());
	assert_int_equal(clock_confirm(&settings, T0 + WHEN_DAY_MS), RC_OK);
	when_stamp_now(&now);
	assert_int_equal(now.source, WHEN_MANUAL);
	assert_true(is_near(now.wall_ms, T0 + WHEN_DAY_MS));
	assert_int_equal(clock_floor(&settings), T0);
	assert_true(when_is_known());
}

static void junk_in_the_files_is_no_time(void **state)
{
	static const char *const junk[] = { "", "x\n", "signed\n", "signed 1 2 3 4\n", "-5\n",
		"signed 500 0 99 1795500000000\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		assert_int_equal(file_put(folder, "clock", junk[i], strlen(junk[i]), 0644), RC_OK);
		assert_int_equal(file_put(folder, "floor", junk[i], strlen(junk[i]), 0644), RC_OK);
		clock_follow(&settings);
		assert_false(when_is_known());
		assert_int_equal(clock_floor(&settings), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_signed_answer_is_known_time_and_the_floor, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(a_slow_answer_tells_no_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_floor_never_falls, set_up, tear_down),
		cmocka_unit_test_setup_teardown(after_a_boot_the_time_runs_from_the_floor, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(a_clock_far_after_the_floor_is_not_believed, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(a_manager_confirms_but_raises_no_floor, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(junk_in_the_files_is_no_time, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
