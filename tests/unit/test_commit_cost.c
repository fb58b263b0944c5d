/*
 * test_commit_cost.c: what an act costs does not grow with what has been. Counted in steps of SQLite's
 * machine, which are the same on every run; time is the benches'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "store/db_sqlite.h"
#include "store_fixture.h"

#define EARLY 60u
#define LATE 1500u
#define SAMPLES 5

static struct store_fixture board;
static int64_t steps;

static int count_step(void *arg)
{
	(void)arg;
	steps++;
	return 0;
}

static void accept(unsigned n)
{
	char code[32];
	uint8_t id[16];

	store_fixture_id(n, id);
	(void)snprintf(code, sizeof(code), "CT18685.1-261124-%04u", n);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted(code, "Nguyễn Văn Thử", n % 2 == 0)), RC_OK);
}

/* The least of some acts, for one of them may write the index of words anew. */
static int64_t cost(unsigned n)
{
	int64_t least = INT64_MAX;

	for (unsigned i = 0; i < SAMPLES; i++) {
		steps = 0;
		accept(n + i);
		if (steps < least)
			least = steps;
	}
	return least;
}

static void an_act_late_costs_what_one_early_cost(void **state)
{
	int64_t early, late;
	unsigned n;

	(void)state;
	store_fixture_init(&board, SIDE_BOARD, NULL, NULL);
	db_lose_durability_for_tests(board.store->tram);
	sqlite3_progress_handler(db_of(board.store->tram)->handle, 1, count_step, NULL);
	for (n = 1; n <= EARLY; n++)
		accept(n);
	early = cost(n);
	for (n += SAMPLES; n <= LATE; n++)
		accept(n);
	late = cost(n);
	print_message("early %lld, late %lld steps\n", (long long)early, (long long)late);
	assert_true(early > 0);
	assert_in_range(late, 0, early * 3 / 2);
	store_fixture_free(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(an_act_late_costs_what_one_early_cost) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
