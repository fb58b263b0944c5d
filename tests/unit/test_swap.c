/*
 * test_swap.c: on the day a machine takes a dead one's place each series passes some numbers over, once; no other
 * day does, and a rebuild forgets nothing of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/when.h"
#include "store/draft.h"
#include "store/swap.h"
#include "store_fixture.h"

static struct store_fixture board;

static int set_up(void **state)
{
	(void)state;
	store_fixture_init(&board, SIDE_BOARD, NULL, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&board);
	return 0;
}

static int64_t after(const char *series, int64_t now_ms, int64_t last)
{
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(swap_pass(board.store, series, now_ms, 300, &last), RC_OK);
	assert_int_equal(store_commit(board.store), RC_OK);
	return last;
}

static void passed_over_once(void **state)
{
	int64_t now = when_now_ms();
	char *code = NULL;

	(void)state;
	assert_int_equal(after("code", now, 7), 7);	/* nothing happened here */
	assert_int_equal(swap_mark(board.store, now), RC_OK);
	assert_int_equal(after("code", now, 7), 307);
	assert_int_equal(after("code", now, 7), 307);	/* not twice */
	assert_int_equal(after("code", now, 310), 310);	/* on from what was given since */
	assert_int_equal(after("HDHS", now, 0), 300);	/* each series for itself */
	assert_int_equal(after("code", now + WHEN_DAY_MS, 2), 2);
	store_fixture_rebuilds(&board);
	assert_int_equal(after("code", now, 7), 307);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(draft_next_code(board.store, board.pool, now, &code), RC_OK);
	store_abort(board.store);
	assert_non_null(strstr(code, "-0308"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(passed_over_once) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
