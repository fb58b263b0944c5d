/*
 * test_pace.c: how long the forwarder waits. Includes the .c file: programs are no library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "forward/pace.c"

#define MIN 1000
#define MAX 900000

static void retry_follows_the_age_of_the_failure(void **state)
{
	int64_t age, last = 0;

	(void)state;
	assert_int_equal(pace_retry_ms(0, MIN, MAX, 0), MIN);
	assert_int_equal(pace_retry_ms(30000, MIN, MAX, 0), 30000);
	assert_int_equal(pace_retry_ms(INT64_C(86400000), MIN, MAX, 0), MAX);
	for (age = 0; age < 2000000; age += 777) {
		int64_t pause = pace_retry_ms(age, MIN, MAX, 0);

		assert_true(pause >= last);
		last = pause;
	}
}

static void jitter_takes_a_quarter_at_most(void **state)
{
	uint32_t jitter;

	(void)state;
	for (jitter = 0; jitter < 1024; jitter++) {
		assert_in_range(pace_retry_ms(100000, MIN, MAX, jitter), 75000, 100000);
		assert_in_range(pace_retry_ms(INT64_MAX, MIN, MAX, jitter), MAX / 4 * 3, MAX);
		assert_int_equal(pace_retry_ms(-5, MIN, MAX, jitter), MIN);
	}
	assert_true(pace_retry_ms(100000, MIN, MAX, 1) != pace_retry_ms(100000, MIN, MAX, 1000));
}

static void polling_slows_when_nobody_works(void **state)
{
	(void)state;
	assert_int_equal(pace_poll_ms(0, 5000, MAX), 5000);
	assert_int_equal(pace_poll_ms(599999, 5000, MAX), 5000);
	assert_int_equal(pace_poll_ms(600000, 5000, MAX), 60000);
	assert_int_equal(pace_poll_ms(3600000, 5000, MAX), 360000);
	assert_int_equal(pace_poll_ms(INT64_MAX / 2, 5000, MAX), MAX);
	assert_int_equal(pace_poll_ms(600000, 5000, 2000), 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retry_follows_the_age_of_the_failure),
		cmocka_unit_test(jitter_takes_a_quarter_at_most),
		cmocka_unit_test(polling_slows_when_nobody_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
