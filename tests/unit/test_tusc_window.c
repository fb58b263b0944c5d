/*
 * test_tusc_window.c: how much an uploader has under way on good and bad lines.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "link/tusc_window.h"

static void never_more_than_a_cut_may_cost(void **state)
{
	struct tusc_window window;
	int64_t carried, last = 0;

	(void)state;
	for (carried = 0; carried < INT64_MAX / 3; carried = carried * 2 + 1) {
		int64_t bytes;

		tusc_window_start(&window);
		window.carried = carried;
		bytes = tusc_window_bytes(&window);
		assert_in_range(bytes, TUSC_WINDOW_MIN, TUSC_WINDOW_MAX);
		assert_true(bytes >= last);
		last = bytes;
		assert_in_range(tusc_window_lanes(&window, 4), 1, 4);
	}
	assert_int_equal(last, TUSC_WINDOW_MAX);
}

static void cuts_make_it_small_and_quiet_makes_it_large(void **state)
{
	struct tusc_window window;
	int64_t now = 5000;
	int i;

	(void)state;
	tusc_window_start(&window);
	/* 64 kbit/s cut every five seconds: less than a second's worth under way, on one connection. */
	for (i = 0; i < 20; i++) {
		tusc_window_moved(&window, 30000);
		now += 5000;
		tusc_window_cut(&window, now);
	}
	assert_in_range(tusc_window_bytes(&window), TUSC_WINDOW_MIN, 12000);
	assert_int_equal(tusc_window_lanes(&window, 4), 1);
	for (i = 0; i < 1000; i++)
		tusc_window_moved(&window, 64 * 1024);
	assert_int_equal(tusc_window_bytes(&window), TUSC_WINDOW_MAX);
	assert_int_equal(tusc_window_lanes(&window, 4), 4);
	assert_int_equal(window.moved, 20 * 30000 + 1000 * 64 * 1024);
}

static void one_cut_seen_by_four_connections_counts_once(void **state)
{
	struct tusc_window window;
	int64_t after;

	(void)state;
	tusc_window_start(&window);
	tusc_window_moved(&window, 1000);
	tusc_window_cut(&window, 10000);
	after = window.carried;
	tusc_window_cut(&window, 10001);
	tusc_window_cut(&window, 10500);
	assert_int_equal(window.carried, after);
	tusc_window_cut(&window, 11001);	/* a later one, with nothing carried between */
	assert_true(window.carried < after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_more_than_a_cut_may_cost),
		cmocka_unit_test(cuts_make_it_small_and_quiet_makes_it_large),
		cmocka_unit_test(one_cut_seen_by_four_connections_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
