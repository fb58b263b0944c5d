/*
 * test_exchange.c: the two logs of a board and its center. Random acts on both sides, hand-overs,
 * cuts in the middle of a batch and batches sent twice: at the end both sides hold the same tables,
 * and a rebuild of either makes them again. TRAM_STEPS sets the number of steps, TRAM_SEED the seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "store/parked.h"
#include "acts_fixture.h"
#include "store_fixture.h"

#define BOARD "b18685-1"
#ifdef __x86_64__
#define STEPS 100000
#else
#define STEPS 4000	/* cross-built tests run under emulation */
#endif

static struct store_fixture side[2];	/* by author */
static struct acts acts_made;

static uint64_t roll(uint64_t limit)
{
	return acts_roll(&acts_made, limit);
}

/* Sends one log from its author to the other side, at most limit events, beginning `again` events
 * before what the other has. cut: the write is given up at its end, as by a power cut. */
static void ship(enum event_author author, size_t limit, uint64_t again, bool cut)
{
	struct store *from = side[author].store, *to = side[!author].store;
	struct pool *pool = pool_new();
	struct journal_head head;
	struct journal_row *rows;
	const char *why;
	size_t count, i;

	assert_int_equal(journal_head_get(to, BOARD, author, &head), RC_OK);
	assert_int_equal(journal_read(from, pool, BOARD, author, head.seq > again ? head.seq - again : 0,
			limit, SIZE_MAX, &rows, &count), RC_OK);
	assert_int_equal(store_begin(to, false), RC_OK);
	for (i = 0; i < count; i++) {
		const struct event *event = &rows[i].event;
		enum rc rc = journal_receive(to, BOARD, author, rows[i].header, rows[i].header_len,
				event->salt, event->body, event->body_len, &why);

		if (rc != RC_OK && rc != RC_EXISTS)
			fail_msg("seq %llu: %s %s", (unsigned long long)event->seq, rc_name(rc), why);
		assert_int_equal(rc, event->seq <= head.seq ? RC_EXISTS : RC_OK);
	}
	if (!cut && author == AUTHOR_BOARD)
		assert_int_equal(linkstate_settle(to, BOARD, head.seq), RC_OK);
	if (cut)
		store_abort(to);
	else
		assert_int_equal(store_commit(to), RC_OK);
	pool_free(pool);
}

static void same_tables(void)
{
	struct pool *pool = pool_new();
	char *board, *center;

	assert_int_equal(journal_digest(side[0].store, pool, BOARD, &board), RC_OK);
	assert_int_equal(journal_digest(side[1].store, pool, BOARD, &center), RC_OK);
	assert_string_equal(board, center);
	pool_free(pool);
}

static void drain(void)
{
	int i;

	/* What the center settles after the board's last events goes down once more. */
	for (i = 0; i < 2; i++) {
		ship(AUTHOR_BOARD, SIZE_MAX / 2, 0, false);
		ship(AUTHOR_CENTER, SIZE_MAX / 2, 0, false);
	}
}

static int set_up(void **state)
{
	const char *seed = getenv("TRAM_SEED");
	int64_t number = 20261124;

	(void)state;
	store_fixture_init(&side[0], SIDE_BOARD, BOARD, NULL);
	store_fixture_init(&side[1], SIDE_CENTER, NULL, getenv("TRAM_TEST_PG"));
	db_lose_durability_for_tests(side[0].store->tram);
	db_lose_durability_for_tests(side[1].store->tram);
	if (seed)
		assert_int_equal(num_parse(seed, 1, INT64_MAX, &number), RC_OK);
	acts_begin(&acts_made, (uint64_t)number);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&side[0]);
	store_fixture_free(&side[1]);
	return 0;
}

static void any_interleaving_ends_in_equal_tables(void **state)
{
	const char *wanted = getenv("TRAM_STEPS");
	int64_t steps = STEPS, step, acts[2] = { 0, 0 }, ships = 0, cuts = 0, replays = 0;
	struct journal_totals totals;

	(void)state;
	if (wanted)
		assert_int_equal(num_parse(wanted, 1, 100000000, &steps), RC_OK);
	else if (getenv("TRAM_TEST_PG"))
		steps = STEPS / 20;
	for (step = 1; step <= steps; step++) {
		uint64_t what = roll(20);
		enum event_author author = roll(2) ? AUTHOR_CENTER : AUTHOR_BOARD;

		if (what < 17) {
			acts[author] += acts_do(&acts_made, side[author].store, author, BOARD);
		} else {
			uint64_t again = roll(3) == 0 ? roll(6) : 0;
			bool cut = roll(5) == 0;

			ship(author, 1 + roll(30), again, cut);
			ships++;
			cuts += cut;
			replays += again > 0;
		}
		if (step % (steps / 5 + 1) == 0) {
			drain();
			same_tables();
		}
	}
	drain();
	same_tables();
	store_fixture_rebuilds(&side[0]);
	store_fixture_rebuilds(&side[1]);
	assert_int_equal(journal_verify(side[1].store, false, NULL, NULL, &totals), RC_OK);
	print_message("steps=%lld parked=%llu dossiers=%u board=%lld center=%lld batches=%lld cut=%lld again=%lld\n",
			(long long)steps, (unsigned long long)totals.parked, acts_made.dossiers, (long long)acts[0], (long long)acts[1],
			(long long)ships, (long long)cuts, (long long)replays);
	/* It must have been about something. */
	assert_true(acts[0] > steps / 20 && acts[1] > steps / 50 && cuts > 0 && replays > 0);
}

/* Header and body of the board's last event, for making bad ones of it. */
static struct journal_row last_row(struct pool *pool)
{
	struct journal_row *rows;
	struct journal_head head;
	size_t count;

	assert_int_equal(journal_head_get(side[0].store, BOARD, AUTHOR_BOARD, &head), RC_OK);
	assert_int_equal(journal_read(side[0].store, pool, BOARD, AUTHOR_BOARD, head.seq - 1, 1,
			SIZE_MAX, &rows, &count), RC_OK);
	assert_int_equal(count, 1);
	return rows[0];
}

static void refused(const char *board, enum event_author author, const char *header, size_t len,
		const struct event *event, const char *body, const char *expected)
{
	struct journal_head before, after;
	const char *why = "";

	assert_int_equal(journal_head_get(side[1].store, BOARD, AUTHOR_BOARD, &before), RC_OK);
	assert_int_equal(store_begin(side[1].store, false), RC_OK);
	assert_int_equal(journal_receive(side[1].store, board, author, header, len, event->salt, body,
			body ? strlen(body) : 0, &why), RC_PROTOCOL);
	assert_string_equal(why, expected);
	store_abort(side[1].store);
	assert_int_equal(journal_head_get(side[1].store, BOARD, AUTHOR_BOARD, &after), RC_OK);
	assert_memory_equal(&before, &after, sizeof(before));
}

static struct journal_row row_at(struct pool *pool, uint64_t seq)
{
	struct journal_row *rows;
	size_t count;

	assert_int_equal(journal_read(side[0].store, pool, BOARD, AUTHOR_BOARD, seq - 1, 1, SIZE_MAX,
			&rows, &count), RC_OK);
	return rows[0];
}

static char *changed(struct pool *pool, const struct journal_row *row, const char *from,
		const char *to)
{
	const char *at = strstr(row->header, from);

	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	return pool_printf(pool, "%.*s%s%s", (int)(at - row->header), row->header, to,
			at + strlen(from));
}

static void gap_fork_hash_identity_and_kind_are_refused(void **state)
{
	struct pool *pool = pool_new();
	struct journal_row one, two, three;
	uint8_t id[16];
	char *bad;
	unsigned n;

	(void)state;
	for (n = 1; n <= 3; n++) {
		store_fixture_id(n, id);
		assert_int_equal(store_fixture_act(&side[0], NULL, id, "dossier.accepted", "u-clerk",
				acts_body(&acts_made, "dossier.accepted", n)), RC_OK);
	}
	one = row_at(pool, 1);
	two = row_at(pool, 2);
	three = last_row(pool);
	refused(BOARD, AUTHOR_BOARD, two.header, two.header_len, &two.event, two.event.body, "gap");
	refused("b99999-9", AUTHOR_BOARD, one.header, one.header_len, &one.event, one.event.body,
			"identity");
	refused(BOARD, AUTHOR_CENTER, one.header, one.header_len, &one.event, one.event.body,
			"identity");
	refused(BOARD, AUTHOR_BOARD, one.header, one.header_len, &one.event, "{}", "body");
	refused(BOARD, AUTHOR_BOARD, one.header, one.header_len - 1, &one.event, one.event.body, "line");
	bad = changed(pool, &one, "u-clerk", "c-clerk");
	refused(BOARD, AUTHOR_BOARD, bad, strlen(bad), &one.event, one.event.body, "kind");
	ship(AUTHOR_BOARD, 1, 0, false);
	bad = changed(pool, &one, "time 1", "time 2");
	refused(BOARD, AUTHOR_BOARD, bad, strlen(bad), &one.event, one.event.body, "fork");
	refused(BOARD, AUTHOR_BOARD, three.header, three.header_len, &three.event, three.event.body,
			"gap");
	/* The third, said to be the second: its hash of the one before does not fit. */
	bad = changed(pool, &three, "seq 3", "seq 2");
	refused(BOARD, AUTHOR_BOARD, bad, strlen(bad), &three.event, three.event.body, "hash");
	drain();
	same_tables();
	pool_free(pool);
}

static void erase_goes_to_both_sides_whenever_it_comes(void **state)
{
	struct journal_totals totals;
	struct journal_row first;
	uint8_t id[16], station[16] = { 3 };
	char hash[65], code[32];
	enum event_author at;

	(void)state;
	store_fixture_id(1, id);
	store_fixture_code(1, code);
	assert_int_equal(store_fixture_act(&side[0], NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted(code, "Canary", false)), RC_OK);
	first = row_at(side[0].pool, 1);
	ship(AUTHOR_BOARD, 1, 0, false);
	assert_int_equal(store_fixture_act(&side[0], NULL, id, "dossier.taken", "u-clerk",
			json_object()), RC_OK);
	hex_encode(first.event.hash, 32, hash);
	assert_int_equal(store_fixture_act(&side[0], NULL, station, "body.erased", "u-manager",
			json_pack("{s:s, s:i, s:s, s:s}", "author", "board", "seq", 1, "hash", hash,
			"ground", "yêu cầu")), RC_OK);
	drain();
	same_tables();
	for (at = AUTHOR_BOARD; at <= AUTHOR_CENTER; at++) {
		assert_int_equal(journal_verify(side[at].store, false, NULL, NULL, &totals), RC_OK);
		assert_int_equal(totals.erased, 1);
		store_fixture_rebuilds(&side[at]);
	}
}

static void unknown_kind_is_stored_and_parked(void **state)
{
	struct pool *pool = pool_new();
	struct journal_row one;
	struct journal_totals totals;
	const char *why;
	uint8_t id[16];
	char *newer;

	(void)state;
	store_fixture_id(1, id);
	assert_int_equal(store_fixture_act(&side[0], NULL, id, "dossier.accepted", "u-clerk",
			acts_body(&acts_made, "dossier.accepted", 1)), RC_OK);
	one = last_row(pool);
	newer = changed(pool, &one, "dossier.accepted 1", "dossier.accepted 2");
	assert_int_equal(store_begin(side[1].store, false), RC_OK);
	assert_int_equal(journal_receive(side[1].store, BOARD, AUTHOR_BOARD, newer, strlen(newer),
			one.event.salt, one.event.body, one.event.body_len, &why), RC_OK);
	assert_int_equal(store_commit(side[1].store), RC_OK);
	assert_int_equal(journal_verify(side[1].store, false, NULL, NULL, &totals), RC_OK);
	assert_int_equal(totals.events, 1);
	assert_int_equal(totals.parked, 1);
	pool_free(pool);
}

/* An upgrade tries what is parked again, however much it is. */
static void an_upgrade_leaves_none_untried(void **state)
{
	struct store *store = side[0].store;
	struct journal_totals totals;
	size_t tried, left;
	uint8_t id[16];
	unsigned i;

	(void)state;
	for (i = 1; i <= 230; i++) {
		store_fixture_id(i, id);
		assert_int_equal(store_fixture_act(&side[0], NULL, id, "dossier.accepted", "u-clerk",
				acts_body(&acts_made, "dossier.accepted", i)), RC_OK);
	}
	assert_int_equal(store_begin(store, false), RC_OK);
	assert_int_equal(stmt_run(db_stmt(store->tram, "INSERT INTO parked (board, author, seq, reason) "
			"SELECT board, author, seq, 'kind' FROM journal")), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(parked_retry_all(store, &tried, &left), RC_OK);
	assert_int_equal(tried, 230);
	assert_int_equal(left, 0);
	assert_int_equal(journal_verify(store, false, NULL, NULL, &totals), RC_OK);
	assert_int_equal(totals.parked, 0);
}

/* A number that was given never comes again, also when its event finds no dossier: live and made anew alike. */
static void a_number_is_gone_though_its_event_parks(void **state)
{
	struct pool *pool = pool_new();
	struct journal_row *rows;
	struct journal_totals totals;
	char known[33], unknown[33], *other;
	struct stmt *stmt;
	const char *why;
	uint8_t id[16];
	size_t count, i;
	bool row;

	(void)state;
	store_fixture_id(1, id);
	hex_encode(id, sizeof(id), known);
	assert_int_equal(store_fixture_act(&side[0], NULL, id, "dossier.accepted", "u-clerk",
			acts_body(&acts_made, "dossier.accepted", 1)), RC_OK);
	ship(AUTHOR_BOARD, SIZE_MAX / 2, 0, false);
	assert_int_equal(store_fixture_act(&side[1], BOARD, id, "code.issued", "system",
			json_pack("{s:s, s:s, s:i}", "code", "H27.1-261128-0007", "agency", "H27.1",
			"sequence", 7)), RC_OK);
	store_fixture_id(2, id);
	hex_encode(id, sizeof(id), unknown);
	assert_int_equal(journal_read(side[1].store, pool, BOARD, AUTHOR_CENTER, 0, 10, SIZE_MAX, &rows,
			&count), RC_OK);
	assert_int_equal(store_begin(side[0].store, false), RC_OK);
	for (i = 0; i < count && strcmp(rows[i].event.kind, "code.issued") != 0; i++)
		assert_int_equal(journal_receive(side[0].store, BOARD, AUTHOR_CENTER, rows[i].header,
				rows[i].header_len, rows[i].event.salt, rows[i].event.body,
				rows[i].event.body_len, &why), RC_OK);
	assert_true(i < count);
	other = changed(pool, &rows[i], known, unknown);
	assert_int_equal(journal_receive(side[0].store, BOARD, AUTHOR_CENTER, other, strlen(other),
			rows[i].event.salt, rows[i].event.body, rows[i].event.body_len, &why), RC_OK);
	assert_int_equal(store_commit(side[0].store), RC_OK);
	assert_int_equal(journal_verify(side[0].store, false, NULL, NULL, &totals), RC_OK);
	assert_int_equal(totals.parked, 1);
	stmt = db_stmt(side[0].store->tram, "SELECT last FROM official_series");
	assert_int_equal(stmt_step(stmt, &row), RC_OK);
	assert_true(row);
	assert_int_equal(stmt_col_int(stmt, 0), 7);
	stmt_reset(stmt);
	store_fixture_rebuilds(&side[0]);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gap_fork_hash_identity_and_kind_are_refused, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(erase_goes_to_both_sides_whenever_it_comes, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(unknown_kind_is_stored_and_parked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_upgrade_leaves_none_untried, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_number_is_gone_though_its_event_parks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(any_interleaving_ends_in_equal_tables, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
