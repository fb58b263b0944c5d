/*
 * test_epochs.c: the property of the exchange (PROTOCOL §16): random acts on all sides, batches cut, repeated
 * and answered into nothing, sticks, old copies of board and center put back, a card cloned and both kept
 * running. At the end of each world both journals are equal, what either living side had is there, nothing is
 * doubled, the tables are equal and made again by a rebuild. TRAM_EPOCH_STEPS sets the number of steps, TRAM_SEED the
 * seed; one world has at most WORLD steps. TRAM_EPOCH_PART=K/N walks every N-th world, for N programs at once
 * (scripts/epochs). What was on its way arrives again, late and in another order; sticks too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "acts_fixture.h"
#include "base/log.h"
#include "base/text.h"
#include "link_fixture.h"
#include "store/journal.h"

#define WORLD 1000
#define STEPS 3000

static struct link_pair pair;
static struct acts acts;

static struct { int64_t worlds, acts, events, parked, restored, center_restored, forks, center_forks,
	fences, sticks, copies, clones, sent, cuts, again, late, sticks_late; int most_hellos; } sum;

/* ---- what must not be lost ---- */

struct ids { uint8_t (*rows)[16]; size_t count; };

static int by_bytes(const void *one, const void *other)
{
	return memcmp(one, other, 16);
}

/* Ids of all events that a side has, sorted; doubled ones fail. */
static struct ids ids_of(const struct store_fixture *side)
{
	char path[400];
	sqlite3 *db;
	sqlite3_stmt *stmt;
	struct ids ids = { NULL, 0 };
	size_t room = 0, i;

	(void)snprintf(path, sizeof(path), "%s/tram.db", side->settings->db_dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT id FROM journal", -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		if (ids.count == room) {
			room = room ? 2 * room : 1024;
			ids.rows = realloc(ids.rows, room * 16);
			assert_non_null(ids.rows);
		}
		memcpy(ids.rows[ids.count++], sqlite3_column_blob(stmt, 0), 16);
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	qsort(ids.rows, ids.count, 16, by_bytes);
	for (i = 1; i < ids.count; i++)
		assert_memory_not_equal(ids.rows[i - 1], ids.rows[i], 16);
	return ids;
}

static void must_hold(const struct ids *all, const struct ids *some, const char *what)
{
	size_t i, missing = 0;

	for (i = 0; i < some->count; i++)
		missing += bsearch(some->rows[i], all->rows, all->count, 16, by_bytes) == NULL;
	if (missing)
		fail_msg("%zu of %zu events are lost: %s", missing, some->count, what);
}

/* ---- one world ---- */

static char *copy_file(const char *which, unsigned n)
{
	return pool_printf(pair.center.pool, "%s/%s-%u.db", pair.center.dir, which, n);
}

struct world {
	unsigned board_copies, center_copies;
	struct ids board, center;	/* what each had after the last blow */
};

static void forget(struct ids *ids)
{
	free(ids->rows);
	memset(ids, 0, sizeof(*ids));
}

/* After this nothing but what is there now can be asked for. */
static void blow(struct world *world)
{
	forget(&world->board);
	forget(&world->center);
	world->board = ids_of(&pair.boards[0].side);
	world->center = ids_of(&pair.center);
}

static void settle_fence(struct world *world, bool first)
{
	/* Two that live with one identity find out, in whatever order they speak. One whose counter is behind in a center
	 * that was put back may say counters that nobody said there: no proof, so no fence; but each brings it one nearer
	 * to the first that the other one said, and no counter is higher than all hellos were. */
	int64_t k, most = 2 * pair.hellos + 8;

	for (k = 0; pair.boards[1].alive && !link_fixture_fenced(&pair) && k < most; k++)
		(void)link_fixture_hello(&pair, &pair.boards[k % 2]);
	/* A center that was put back to when there were two fences the one that is left. */
	if (!link_fixture_fenced(&pair) && !pair.boards[1].alive)
		(void)link_fixture_hello(&pair, &pair.boards[0]);
	if (!link_fixture_fenced(&pair)) {
		assert_false(pair.boards[1].alive);
		return;
	}
	assert_false(link_fixture_hello(&pair, &pair.boards[0]));
	if (!first && pair.boards[1].alive) {
		struct machine other = pair.boards[0];

		pair.boards[0] = pair.boards[1];
		pair.boards[1] = other;
	}
	link_fixture_enrol(&pair, &pair.boards[0]);
	if (pair.boards[1].side.store) {
		assert_false(pair.boards[1].alive && link_fixture_hello(&pair, &pair.boards[1]));
		store_fixture_free(&pair.boards[1].side);
		bundle_keys_free(&pair.boards[1].keys);
		memset(&pair.boards[1], 0, sizeof(pair.boards[1]));
	}
	blow(world);
}

static void carry(struct machine *machine)
{
	uint64_t what = acts_roll(&acts, 8);

	if (what < 2)
		link_fixture_stick(&pair, machine, acts_roll(&acts, 3) > 0);
	else if (what < 5)
		link_fixture_stick_keep(&pair, machine, acts_roll(&acts, 3) > 0);
	else
		link_fixture_stick_late(&pair, machine, acts_roll(&acts, LINK_DRAWER));
}

static enum link_cut cut(void)
{
	uint64_t what = acts_roll(&acts, 10);

	return what == 0 ? LINK_CUT_QUESTION : what == 1 ? LINK_CUT_ANSWER : LINK_WHOLE;
}

/* Rare things. */
static void strike(struct world *world)
{
	uint64_t what = acts_roll(&acts, 100);

	if (what < 30) {
		if (acts_roll(&acts, 2))
			link_fixture_copy(&pair.boards[0].side, copy_file("board", world->board_copies++));
		else
			link_fixture_copy(&pair.center, copy_file("center", world->center_copies++));
		sum.copies++;
	} else if (what < 50 && world->board_copies) {
		link_fixture_put_back(&pair.boards[0].side, copy_file("board",
				(unsigned)acts_roll(&acts, world->board_copies)));
		link_fixture_start(&pair.boards[0]);
		blow(world);
	} else if (what < 65 && world->center_copies) {
		link_fixture_put_back(&pair.center, copy_file("center",
				(unsigned)acts_roll(&acts, world->center_copies)));
		link_fixture_forget_hellos(&pair);
		/* `tram board add`: a copy from before it enrolled does not know its certificate. */
		link_fixture_add(&pair, &pair.boards[0]);
		pair.boards[0].greeted = pair.boards[1].greeted = false;
		blow(world);
	} else if (what < 75 && !pair.boards[1].alive && !link_fixture_fenced(&pair)) {
		link_fixture_clone(&pair, &pair.boards[0], &pair.boards[1]);
		sum.clones++;
	} else if (what < 85 && link_fixture_fenced(&pair)) {
		settle_fence(world, acts_roll(&acts, 2));
	} else if (what < 90) {
		link_fixture_start(&pair.boards[0]);	/* the program, or the box, starts again */
	} else {
		carry(&pair.boards[0]);
	}
}

static void step(struct world *world)
{
	uint64_t what = acts_roll(&acts, 400);
	struct machine *machine = &pair.boards[pair.boards[1].alive ? acts_roll(&acts, 2) : 0];

	if (what < 4) {
		strike(world);
	} else if (what < 330) {
		enum event_author author = acts_roll(&acts, 2) ? AUTHOR_CENTER : AUTHOR_BOARD;

		sum.acts += acts_do(&acts, author == AUTHOR_CENTER ? pair.center.store : machine->side.store,
				author, LINK_BOARD);
	} else if (what < 337) {
		link_fixture_again(&pair, machine, acts_roll(&acts, LINK_KEPT));
	} else if (!machine->greeted) {
		if (acts_roll(&acts, 4) == 0)
			(void)link_fixture_hello(&pair, machine);
	} else if (acts_roll(&acts, 30) == 0) {
		machine->greeted = false;	/* the line was cut */
	} else if (acts_roll(&acts, 2)) {
		link_fixture_journal(&pair, machine, 1 + acts_roll(&acts, 30), cut());
	} else {
		link_fixture_feed(&pair, machine, 1 + acts_roll(&acts, 30), cut());
	}
}

static void report(void *arg, const char *board, enum event_author author, uint64_t seq, const char *what)
{
	(void)arg, (void)board;
	print_message("author=%d seq=%llu: %s\n", author, (unsigned long long)seq, what);
}

/* Digests of both sides' tables; names those that differ. */
static void must_equal(const char *board, const char *center)
{
	json_t *one, *other, *value;
	const char *table;

	assert_int_equal(json_parse(board, strlen(board), &one), RC_OK);
	assert_int_equal(json_parse(center, strlen(center), &other), RC_OK);
	json_object_foreach(one, table, value)
		if (!json_equal(value, json_object_get(other, table)))
			print_message("differs: %s\n", table);
	json_decref(one);
	json_decref(other);
	assert_true(strcmp(board, center) == 0);
}

static void end(struct world *world)
{
	struct pool *pool = pool_new();
	struct journal_totals totals;
	struct ids board, center;
	char *one, *other;

	settle_fence(world, true);
	link_fixture_drain(&pair, &pair.boards[0]);
	board = ids_of(&pair.boards[0].side);
	center = ids_of(&pair.center);
	must_hold(&board, &center, "the board lacks what the center has");
	must_hold(&center, &board, "the center lacks what the board has");
	must_hold(&board, &world->board, "the board had them");
	must_hold(&board, &world->center, "the center had them");
	assert_int_equal(journal_verify(pair.boards[0].side.store, false, report, NULL, &totals), RC_OK);
	assert_int_equal(journal_verify(pair.center.store, false, report, NULL, &totals), RC_OK);
	sum.events += (int64_t)totals.events;
	sum.parked += (int64_t)totals.parked;
	assert_int_equal(journal_digest(pair.boards[0].side.store, pool, LINK_BOARD, &one), RC_OK);
	assert_int_equal(journal_digest(pair.center.store, pool, LINK_BOARD, &other), RC_OK);
	must_equal(one, other);
	store_fixture_rebuilds(&pair.boards[0].side);
	store_fixture_rebuilds(&pair.center);
	forget(&board);
	forget(&center);
	forget(&world->board);
	forget(&world->center);
	pool_free(pool);
}

/* ---- one after the other ---- */

static void board_writes(int events)
{
	while (events > 0)
		events -= acts_do(&acts, pair.boards[0].side.store, AUTHOR_BOARD, LINK_BOARD);
}

static void begin_world(uint64_t seed)
{
	acts_begin(&acts, seed);
	link_fixture_init(&pair);
}

/* The center is put back, an old copy of the board writes on, and then the newer copy comes to life: the center's log
 * of it is shorter than what that copy has receipts for, and another one. */
static void a_newer_copy_finds_the_log_of_an_older_one(void **state)
{
	struct world world = { 0 };
	struct ids newer;
	char *center, *old, *new;

	(void)state;
	if (getenv("TRAM_TEST_PG"))
		skip();
	begin_world(5);
	center = copy_file("center", 0);
	old = copy_file("board", 0);
	new = copy_file("board", 1);
	board_writes(20);
	link_fixture_drain(&pair, &pair.boards[0]);
	link_fixture_copy(&pair.center, center);
	link_fixture_copy(&pair.boards[0].side, old);
	board_writes(40);
	link_fixture_drain(&pair, &pair.boards[0]);
	link_fixture_copy(&pair.boards[0].side, new);
	newer = ids_of(&pair.boards[0].side);

	link_fixture_put_back(&pair.center, center);
	link_fixture_put_back(&pair.boards[0].side, old);
	link_fixture_start(&pair.boards[0]);
	board_writes(5);
	link_fixture_drain(&pair, &pair.boards[0]);
	blow(&world);

	link_fixture_put_back(&pair.boards[0].side, new);
	link_fixture_start(&pair.boards[0]);
	end(&world);
	world.board = newer;
	end(&world);
	link_fixture_free(&pair);
}

static void one_world(uint64_t seed, int64_t steps)
{
	struct world world = { 0 };
	int64_t i;

	begin_world(seed);
	for (i = 0; i < steps; i++)
		step(&world);
	end(&world);
	sum.worlds++;
	sum.restored += pair.restored;
	sum.center_restored += pair.center_restored;
	sum.forks += pair.forks;
	sum.center_forks += pair.center_forks;
	sum.fences += pair.fences;
	sum.sticks += pair.sticks_taken;
	sum.sent += pair.sent;
	sum.cuts += pair.cuts;
	sum.again += pair.again;
	sum.late += pair.late;
	sum.sticks_late += pair.sticks_late;
	sum.most_hellos = pair.most_hellos > sum.most_hellos ? pair.most_hellos : sum.most_hellos;
	link_fixture_free(&pair);
}

static void whatever_is_put_back_cloned_or_cut_nothing_is_lost_or_doubled(void **state)
{
	const char *wanted = getenv("TRAM_EPOCH_STEPS"), *given = getenv("TRAM_SEED");
	const char *part = getenv("TRAM_EPOCH_PART");
	int64_t steps = STEPS, done = 0, walked = 0;
	/* A world's own seed, which a failure names, has 64 bits. */
	uint64_t seed = given ? strtoull(given, NULL, 10) : 11;
	int mine = 1, parts = 1, number = 0;
	uint64_t dice;
	time_t began = time(NULL);

	(void)state;
	if (getenv("TRAM_TEST_PG")) {
		print_message("skip old copies of a center: files are put back here, PostgreSQL has none\n");
		skip();
	}
	if (wanted)
		assert_int_equal(num_parse(wanted, 1, 100000000, &steps), RC_OK);
	assert_true(seed > 0);
	print_message("seed=%llu\n", (unsigned long long)seed);
	if (part)
		assert_int_equal(sscanf(part, "%d/%d", &mine, &parts), 2);
	assert_true(parts > 0 && mine > 0 && mine <= parts);
	for (dice = seed; done < steps; dice = dice * 6364136223846793005u + 1442695040888963407u) {
		int64_t length = steps - done < WORLD ? steps - done : WORLD;

		done += length;
		if (++number % parts != mine % parts)
			continue;
		walked += length;
		if (getenv("TRAM_VERBOSE"))
			print_message("world seed=%llu steps=%lld\n", (unsigned long long)(dice | 1),
					(long long)length);
		one_world(dice | 1, length);
	}
	print_message("seed=%llu steps=%lld worlds=%lld acts=%lld events=%lld parked=%lld copies=%lld restored=%lld"
			" center_restored=%lld forks=%lld center_forks=%lld clones=%lld fences=%lld sticks=%lld"
			" sticks_late=%lld sent=%lld cut=%lld again=%lld late=%lld most_hellos=%d seconds=%lld\n", (unsigned long long)seed, (long long)walked, (long long)sum.worlds,
			(long long)sum.acts, (long long)sum.events, (long long)sum.parked, (long long)sum.copies,
			(long long)sum.restored, (long long)sum.center_restored, (long long)sum.forks,
			(long long)sum.center_forks, (long long)sum.clones, (long long)sum.fences,
			(long long)sum.sticks, (long long)sum.sticks_late,
			(long long)sum.sent, (long long)sum.cuts, (long long)sum.again, (long long)sum.late,
			sum.most_hellos, (long long)(time(NULL) - began));
	if (walked >= 20000)
		assert_true(sum.restored > 0 && sum.center_restored > 0 && sum.forks > 0 && sum.fences > 0 &&
				sum.sticks > 0 && sum.clones > 0 && sum.sticks_late > 0 && sum.cuts > 0 &&
				sum.late > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_newer_copy_finds_the_log_of_an_older_one),
		cmocka_unit_test(whatever_is_put_back_cloned_or_cut_nothing_is_lost_or_doubled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
