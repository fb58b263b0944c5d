/*
 * test_epoch_vectors.c: logs that come apart, against the vectors in tests/data/link/epochs (PROTOCOL §14, §16),
 * which another implementation can be held against as well: whose hello is heard, what a board that was put back
 * records, and how a branch is taken and ordered on both sides.
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
#include "base/file.h"
#include "crypt/hash.h"
#include "link/greet.h"
#include "link/wire_take.h"
#include "link_fixture.h"
#include "store/fence.h"
#include "store/fork.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "store/parked.h"
#include "store/projection.h"

#define BRANCH_LOG 2u

static struct store_fixture board, center;
static struct pool *pool;

static int set_up(void **state)
{
	(void)state;
	pool = pool_new();
	store_fixture_init(&board, SIDE_BOARD, LINK_BOARD, NULL);
	store_fixture_init(&center, SIDE_CENTER, NULL, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&board);
	store_fixture_free(&center);
	pool_free(pool);
	return 0;
}

static char *vector(const char *name, size_t *len)
{
	char *text;

	assert_int_equal(file_read(pool, pool_printf(pool, "tests/data/link/epochs/%s", name), 1 << 20, &text,
			len), RC_OK);
	return text;
}

/* Lines from to to (from 1) of a file, as they are. */
static char *lines(const char *name, int from, int to, size_t *len)
{
	char *at = vector(name, len), *start = NULL;
	int line = 1;

	for (; *at && line <= to; at++) {
		if (line == from && !start)
			start = at;
		line += *at == '\n';
	}
	*len = start ? (size_t)(at - start) : 0;
	return start;
}

/* The event that ends a file of lines, or its line n. */
static struct event event_of(const char *name, int n, struct wire_event *wire)
{
	struct event event;
	size_t len;
	char *line = lines(name, n, n, &len);

	assert_true(len > 1);
	assert_int_equal(wire_line_parse(pool, line, len - 1, wire), RC_OK);
	assert_int_equal(event_decode(wire->header, wire->header_len, &event), RC_OK);
	hash_sha256(wire->header, wire->header_len, event.hash);
	return event;
}

/* Next line of a table that says something, in words; false: none. */
static bool row_of(char **at, char *words[5])
{
	size_t i;

	while (**at == '#')
		*at = strchr(*at, '\n') + 1;
	if (!**at)
		return false;
	for (i = 0; i < 5; i++) {
		words[i] = *at;
		*at += strcspn(*at, "\t\n");
		if (**at == '\n') {
			*(*at)++ = '\0';
			return true;
		}
		*(*at)++ = '\0';
	}
	fail_msg("too many words: %s", words[0]);
	return false;
}

static void heard(const char *const words[5])
{
	char instance[2 * WIRE_NONCE_SIZE + 1];
	struct fence_said said;
	const char *answer;

	memset(instance, words[1][0], sizeof(instance) - 1);
	instance[sizeof(instance) - 1] = '\0';
	assert_int_equal(fence_hello(center.store, pool, words[0], instance, strtoull(words[2], NULL, 10), "", &said),
			RC_OK);
	answer = said.verdict == FENCE_AGAIN ? "repeated" : said.fenced ? said.reason :
			said.verdict == FENCE_RESTORED ? "restored" : "good";
	if (strcmp(answer, words[3]) != 0)
		fail_msg("%s %s %s: %s instead of %s", words[0], words[1], words[2], answer, words[3]);
	if (strcmp(words[4], "-") != 0)
		assert_int_equal(said.counter, strtoull(words[4], NULL, 10));
}

static void hellos_in_order(void **state)
{
	static const uint8_t key[32];
	uint8_t print[32] = { 0 };
	char *words[5], *at;
	size_t len, count = 0;

	(void)state;
	for (print[0] = 1; print[0] <= 2; print[0]++)
		assert_int_equal(linkstate_board_add(center.store, pool_printf(pool, "b18685-%d", print[0]), "", "{}",
				print, key), RC_OK);
	for (at = vector("hellos.tsv", &len); row_of(&at, words); count++)
		heard((const char *const *)words);
	assert_true(count > 20);
}

static void payloads(void **state)
{
	struct wire_welcome welcome;
	struct wire_hello hello;
	struct wire_event wire;
	struct event last, base;
	size_t len;
	char *text = vector("hello.json", &len);

	(void)state;
	assert_int_equal(wire_hello_parse(pool, text, len, &hello), RC_OK);
	last = event_of("branch.ndjson", 3, &wire);
	base = event_of("log.ndjson", 3, &wire);
	assert_memory_equal(hello.own.hash, last.hash, EVENT_HASH_SIZE);
	text = vector("welcome.json", &len);
	assert_int_equal(wire_welcome_parse(pool, text, len, &welcome), RC_OK);
	assert_memory_equal(welcome.own.hash, base.hash, EVENT_HASH_SIZE);
	assert_int_equal(welcome.counter, 6);
	assert_int_equal(welcome.min_epoch, 2);
	/* Its head is none of ours: our own log came apart. */
	assert_int_equal(greet_judge(&hello, &welcome, 1, false), GREET_OWN_LOST);
	/* And one that is behind what it had receipted was put back itself. */
	assert_int_equal(greet_judge(&hello, &welcome, 4, true), GREET_CENTER_LOST);
	welcome.fenced = "cloned";
	assert_int_equal(greet_judge(&hello, &welcome, 1, true), GREET_FENCED);
}

/* ---- a branch is taken by whoever has the log ---- */

static void ordered(struct store *store)
{
	struct journal_row *rows = NULL;
	struct parked_row *parked = NULL;
	uint8_t id[EVENT_ID_SIZE];
	char *words[5], *at;
	size_t count = 0, parked_count = 0, len, i = 0, all, p;

	memset(id, 0xa1, sizeof(id));
	assert_int_equal(journal_subject(store, pool, LINK_BOARD, id, &rows, &all), RC_OK);
	/* A center says of itself that it has all files: not of the vector. */
	for (p = 0; p < all; p++)
		if (rows[p].event.author == AUTHOR_BOARD)
			rows[count++] = rows[p];
	assert_int_equal(parked_list(store, pool, LINK_BOARD, 10, &parked, &parked_count), RC_OK);
	project_order(rows, count);
	for (at = vector("order.tsv", &len); row_of(&at, words); i++) {
		const char *why = "-";

		assert_true(i < count);
		assert_int_equal(rows[i].event.log, strtoull(words[0], NULL, 10));
		assert_int_equal(rows[i].event.seq, strtoull(words[1], NULL, 10));
		for (p = 0; p < parked_count; p++)
			if (parked[p].log == rows[i].event.log && parked[p].seq == rows[i].event.seq)
				why = parked[p].reason;
		assert_string_equal(why, words[2]);
	}
	assert_int_equal(i, count);
	/* The sheet of the branch's day is to be read, never used. */
	assert_int_equal(parked_count, 2);
	assert_string_equal(parked[1].reason, "fork.day");
}

static void is_recorded(struct store *store)
{
	struct wire_event wire;
	struct event last = event_of("branch.ndjson", 3, &wire);
	struct fork_clash *clashes = NULL;
	struct fork_event *events = NULL;
	struct fork_row *forks = NULL;
	struct fork_sums sums;
	size_t count = 0;

	assert_int_equal(fork_list(store, pool, LINK_BOARD, 10, &forks, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(forks[0].log, BRANCH_LOG);
	assert_int_equal(forks[0].position, 5);
	assert_int_equal(forks[0].first, 2);
	assert_int_equal(forks[0].last, 4);
	assert_memory_equal(forks[0].branch, last.hash, EVENT_HASH_SIZE);
	assert_int_equal(fork_sum(store, &forks[0], &sums), RC_OK);
	assert_int_equal(sums.dossiers, 2);
	assert_int_equal(sums.parked, 2);
	assert_int_equal(fork_clashes(store, pool, &forks[0], 10, &clashes, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(clashes[0].number, "CT18685.1-261124-0002");
	assert_int_equal(fork_events(store, pool, LINK_BOARD, BRANCH_LOG, 2, 4, 10, &events, &count), RC_OK);
	assert_int_equal(count, 3);
	assert_string_equal(events[1].parked, "rule.state");
	assert_string_equal(events[2].dossier, "");
}

static void branch_before_its_record(void **state)
{
	struct journal_head head;
	const char *why = "";
	size_t len, branch_len, staged = 0, line = 0;
	char *log, *branch;

	(void)state;
	log = vector("log.ndjson", &len);
	branch = vector("branch.ndjson", &branch_len);
	assert_int_equal(wire_take_journal(center.store, LINK_BOARD, log, len, &head, &why, &line),
			RC_PROTOCOL);
	assert_string_equal(why, "branch");
	assert_int_equal(line, 5);
	assert_int_equal(journal_head_get(center.store, LINK_BOARD, AUTHOR_BOARD, &head), RC_OK);
	assert_int_equal(head.seq, 0);
	/* Nothing to stand on yet. */
	assert_int_equal(wire_take_branch(center.store, LINK_BOARD, branch, branch_len, &staged, &why, &line),
			RC_PROTOCOL);
	assert_string_equal(why, "gap");
	log = lines("log.ndjson", 1, 4, &len);
	assert_int_equal(wire_take_journal(center.store, LINK_BOARD, log, len, &head, &why, &line), RC_OK);
	assert_int_equal(wire_take_branch(center.store, LINK_BOARD, branch, branch_len, &staged, &why, &line), RC_OK);
	assert_int_equal(staged, 3);
	log = vector("log.ndjson", &len);
	assert_int_equal(wire_take_journal(center.store, LINK_BOARD, log, len, &head, &why, &line), RC_OK);
	assert_int_equal(head.seq, 6);
	is_recorded(center.store);
	ordered(center.store);
	store_fixture_rebuilds(&center);
}

/* ---- and made by the one that was put back ---- */

/* The body of one of the log's events; the caller decrefs. */
static json_t *body_at(struct store *store, uint64_t seq, const char *kind)
{
	struct journal_row *rows = NULL;
	json_t *body = NULL;
	size_t count = 0;

	assert_int_equal(journal_read(store, pool, LINK_BOARD, AUTHOR_BOARD, seq - 1, 1, 1, &rows, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].event.kind, kind);
	assert_int_equal(rows[0].event.epoch, 2);
	assert_int_equal(json_parse(rows[0].event.body, rows[0].event.body_len, &body), RC_OK);
	return body;
}

static void equals_line(struct store *store, int line, const char *kind)
{
	struct wire_event wire;
	struct event event = event_of("log.ndjson", line, &wire);
	json_t *made = body_at(store, event.seq, kind), *wanted = NULL;

	assert_int_equal(json_parse(wire.body, wire.body_len, &wanted), RC_OK);
	if (!json_equal(made, wanted))
		fail_msg("%s: %s", kind, json_to_text(pool, made));
	json_decref(made);
	json_decref(wanted);
}

static void record_of_a_board_put_back(void **state)
{
	struct fork_lost lost = { .author = AUTHOR_BOARD, .reason = "restored" };
	struct fork_healed healed;
	struct wire_event wire;
	struct event base;
	const char *why = "";
	size_t len, staged = 0, line = 0;
	char *text;

	(void)state;
	text = lines("log.ndjson", 1, 1, &len);
	assert_int_equal(wire_take_copy(board.store, AUTHOR_BOARD, text, len, &why, &line), RC_OK);
	text = vector("branch.ndjson", &len);
	assert_int_equal(wire_take_copy(board.store, AUTHOR_BOARD, text, len, &why, &line), RC_OK);
	text = lines("log.ndjson", 2, 3, &len);
	assert_int_equal(wire_take_branch(board.store, LINK_BOARD, text, len, &staged, &why, &line), RC_OK);
	base = event_of("log.ndjson", 3, &wire);
	lost.own = (struct journal_head){ .epoch = base.epoch, .seq = base.seq };
	memcpy(lost.own.hash, base.hash, EVENT_HASH_SIZE);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(fork_heal(board.store, LINK_BOARD, &lost, &healed, &why), RC_OK);
	assert_int_equal(store_commit(board.store), RC_OK);
	assert_int_equal(healed.events, 2);
	assert_int_equal(healed.branch, 3);
	assert_int_equal(healed.base, 1);
	equals_line(board.store, 4, "epoch.opened");
	equals_line(board.store, 5, "fork.recorded");
	is_recorded(board.store);
	store_fixture_rebuilds(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hellos_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(payloads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(branch_before_its_record, set_up, tear_down),
		cmocka_unit_test_setup_teardown(record_of_a_board_put_back, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
