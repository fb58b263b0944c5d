/*
 * link_talk_fixture.c: see link_fixture.h: hello and what follows, journal, feed, branches, what a side lost,
 * sticks. What tram-forward and tram-machine do around the link's code is done here in the same order
 * (forward/exchange.c, forward/heal.c, center/machine_*.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/when.h"
#include "crypt/random.h"
#include "link/bundle_side.h"
#include "link/greet.h"
#include "link/issue.h"
#include "link/lost.h"
#include "link/wire_take.h"
#include "link_fixture.h"

/* ---- lines ---- */

static size_t lines_of(struct store *store, unsigned log, uint64_t after, size_t limit, struct buf *lines,
		struct journal_head *last)
{
	struct pool *pool = pool_new();
	struct journal_row *rows;
	size_t count, i;

	assert_int_equal(journal_read(store, pool, LINK_BOARD, log, after, limit, WIRE_BATCH_BYTES, &rows,
			&count), RC_OK);
	for (i = 0; i < count; i++)
		wire_line(&rows[i], lines);
	if (count) {
		last->epoch = rows[count - 1].event.epoch;
		last->seq = rows[count - 1].event.seq;
		memcpy(last->hash, rows[count - 1].event.hash, sizeof(last->hash));
	}
	pool_free(pool);
	return count;
}

/* All of a log after a position waits at the other side; further back when it does not follow. */
static void stage(struct store *from, struct store *to, unsigned log, uint64_t after)
{
	uint64_t step = 200;
	size_t count = 1;

	while (count > 0) {
		struct buf lines = { 0 };
		struct journal_head last = { 0 };
		const char *why = "";
		size_t staged, line;
		enum rc rc = RC_OK;

		count = lines_of(from, log, after, WIRE_BATCH_EVENTS, &lines, &last);
		if (count > 0)
			rc = wire_take_branch(to, LINK_BOARD, lines.data, lines.len, &staged, &why, &line);
		if (rc == RC_PROTOCOL && strcmp(why, "gap") == 0 && after > 0) {
			after = after > step ? after - step : 0;
			step *= 2;
		} else if (rc == RC_PROTOCOL && strcmp(why, "gap") == 0 && log > AUTHOR_CENTER) {
			count = 0;	/* of no use there yet */
		} else if (rc != RC_OK) {
			fail_msg("staged: %s %s", rc_name(rc), why);
		} else if (count > 0) {
			after = last.seq;
		}
		buf_free(&lines);
	}
}

static void stage_branches(struct store *from, struct store *to)
{
	struct pool *pool = pool_new();
	struct fork_row *rows;
	size_t count;

	assert_int_equal(fork_list(from, pool, LINK_BOARD, 1000, &rows, &count), RC_OK);
	for (; count > 0; count--)
		stage(from, to, rows[count - 1].log, 0);
	pool_free(pool);
}

static char *feed_token(struct link_pair *pair, struct pool *pool, const struct journal_head *head)
{
	struct wire_feed feed = { LINK_BOARD, *head };
	char *text = wire_feed_payload(pool, &feed), *token;

	assert_int_equal(jws_sign(pool, pair->keys.sign, "tram-feed", text, strlen(text), &token), RC_OK);
	return token;
}

/* ---- what came apart ---- */

static void heal_own(struct link_pair *pair, struct machine *machine, const struct wire_hello *hello,
		const struct wire_welcome *welcome, const struct link_cursor *cursor, bool restored)
{
	struct fork_lost lost = { .author = AUTHOR_BOARD, .apart = welcome->apart,
		.reason = restored ? "restored" : NULL };
	struct store *store = machine->side.store;
	struct pool *pool = pool_new();
	struct fork_healed healed;
	const char *why = "";
	int tries;
	enum rc rc = RC_PROTOCOL;

	stage(pair->center.store, store, AUTHOR_BOARD, greet_before(cursor->sent_seq < hello->own.seq ?
			cursor->sent_seq : hello->own.seq, welcome->own.seq));
	stage(pair->center.store, store, AUTHOR_CENTER, greet_before(hello->center.seq,
			welcome->center.seq));
	assert_int_equal(journal_head_get(pair->center.store, LINK_BOARD, AUTHOR_BOARD, &lost.own), RC_OK);
	assert_int_equal(journal_head_get(pair->center.store, LINK_BOARD, AUTHOR_CENTER, &lost.other), RC_OK);
	for (tries = 0; rc == RC_PROTOCOL && tries < 2; tries++) {
		if (tries)
			stage_branches(pair->center.store, store);
		assert_int_equal(store_begin(store, false), RC_OK);
		rc = fork_heal(store, LINK_BOARD, &lost, &healed, &why);
		if (rc == RC_OK && lost.other.seq)
			rc = linkstate_feed_token(store, feed_token(pair, pool, &lost.other));
		if (rc == RC_OK)
			assert_int_equal(store_commit(store), RC_OK);
		else
			store_abort(store);
	}
	if (rc != RC_OK)
		fail_msg("own: %s %s", rc_name(rc), why);
	pair->restored++;
	pair->forks += healed.branch > 0;
	pool_free(pool);
}

static void heal_center(struct link_pair *pair, struct machine *machine, const struct wire_hello *hello,
		const struct wire_welcome *welcome, const struct link_cursor *cursor, bool ours)
{
	const struct jws_key *keys[] = { pair->keys.sign };
	struct store *store = machine->side.store;
	struct journal_head own = { 0 };
	struct fork_healed healed;
	struct pool *pool = pool_new();
	const char *why = "";
	char *claim;
	enum rc rc = RC_PROTOCOL;
	int tries;

	if (hello->center.seq)
		stage(store, pair->center.store, AUTHOR_CENTER, greet_before(hello->center.seq,
				welcome->center.seq));
	if (ours) {
		stage(store, pair->center.store, AUTHOR_BOARD, welcome->own.seq);
		assert_int_equal(journal_head_get(store, LINK_BOARD, AUTHOR_BOARD, &own), RC_OK);
	}
	claim = lost_claim(store, pool, welcome, cursor, &own);
	for (tries = 0; rc == RC_PROTOCOL && tries < 2; tries++) {
		if (tries)
			stage_branches(store, pair->center.store);
		rc = lost_take(pair->center.store, pool, keys, 1, LINK_BOARD, claim, strlen(claim), &healed,
				&why);
	}
	if (rc != RC_OK)
		fail_msg("lost: %s %s", rc_name(rc), why);
	if (ours)
		assert_int_equal(linkstate_sent_back(store, LINK_BOARD, welcome->own.seq), RC_OK);
	pair->center_restored++;
	pair->center_forks += healed.branch > 0;
	pool_free(pool);
}

static bool is_ours(struct store *store, const struct journal_head *head)
{
	struct pool *pool = pool_new();
	struct journal_row *rows;
	size_t count = 0;
	bool ours = head->seq == 0;

	if (!ours)
		assert_int_equal(journal_read(store, pool, LINK_BOARD, AUTHOR_BOARD, head->seq - 1, 1, 1,
				&rows, &count), RC_OK);
	if (count == 1)
		ours = rows[0].event.seq == head->seq && memcmp(rows[0].event.hash, head->hash, 32) == 0;
	pool_free(pool);
	return ours;
}

static void keep(struct link_pair *pair, const struct machine *machine, enum link_what what, char *text,
		size_t len, const struct journal_head *last, char *token)
{
	struct link_message message = { .what = what, .text = text, .len = len, .token = token };

	if (last)
		message.last = *last;
	memcpy(message.fingerprint, machine->fingerprint, sizeof(message.fingerprint));
	link_fixture_keep(pair, &message);
}

/* One hello. *again: something was put right. */
static bool greet(struct link_pair *pair, struct machine *machine, bool *again)
{
	struct store *store = machine->side.store;
	struct pool *pool = pool_new();
	struct wire_hello hello = { .board = LINK_BOARD }, heard;
	struct wire_welcome made, welcome;
	struct link_cursor cursor;
	enum fence_verdict verdict;
	bool ours, was = link_fixture_fenced(pair), good = true;
	char *text;

	*again = false;
	memcpy(hello.instance, machine->instance, sizeof(hello.instance));
	random_bytes(hello.nonce, sizeof(hello.nonce));
	assert_int_equal(linkstate_next_counter(store, &hello.counter), RC_OK);
	assert_int_equal(linkstate_get(store, &cursor), RC_OK);
	assert_int_equal(journal_head_get(store, LINK_BOARD, AUTHOR_BOARD, &hello.own), RC_OK);
	assert_int_equal(journal_head_get(store, LINK_BOARD, AUTHOR_CENTER, &hello.center), RC_OK);
	text = wire_hello_payload(pool, &hello);
	keep(pair, machine, LINK_HELLO, text, strlen(text), NULL, NULL);
	assert_int_equal(wire_hello_parse(pool, text, strlen(text), &heard), RC_OK);
	assert_int_equal(greet_answer(pair->center.store, pool, LINK_BOARD, &heard, &made, &verdict), RC_OK);
	pair->hellos++;
	if (verdict == FENCE_AGAIN) {
		pool_free(pool);
		return false;
	}
	made.time_ms = when_now_ms();
	text = wire_welcome_payload(pool, &made);
	assert_int_equal(wire_welcome_parse(pool, text, strlen(text), &welcome), RC_OK);
	if (welcome.counter)
		assert_int_equal(linkstate_raise_counter(store, welcome.counter), RC_OK);
	ours = is_ours(store, &welcome.own);
	switch (greet_judge(&hello, &welcome, cursor.sent_seq, ours)) {
	case GREET_FENCED:
		pair->fences += !was;
		good = false;
		break;
	case GREET_CENTER_LOST:
		heal_center(pair, machine, &hello, &welcome, &cursor, ours);
		*again = true;
		break;
	case GREET_OWN_LOST:
		heal_own(pair, machine, &hello, &welcome, &cursor, !ours);
		*again = true;
		break;
	case GREET_NEW_EPOCH:
		assert_int_equal(store_begin(store, false), RC_OK);
		assert_int_equal(fork_open_epoch(store, LINK_BOARD, "enrolled"), RC_OK);
		assert_int_equal(store_commit(store), RC_OK);
		break;
	default:
		break;
	}
	pool_free(pool);
	return good;
}

bool link_fixture_hello(struct link_pair *pair, struct machine *machine)
{
	struct link_board row;
	bool again = true, good = true;
	int tries;

	machine->greeted = false;
	if (!link_fixture_registered(pair, machine, &row))
		return false;
	for (tries = 0; good && again && tries < GREET_STEPS; tries++)
		good = greet(pair, machine, &again);
	pair->most_hellos = tries > pair->most_hellos ? tries : pair->most_hellos;
	if (good && again)
		fail_msg("hello after hello, and it does not come together");
	machine->greeted = good;
	return good;
}

void link_fixture_journal(struct link_pair *pair, struct machine *machine, size_t limit, enum link_cut cut)
{
	struct store *store = machine->side.store, *center = pair->center.store;
	struct journal_head last = { 0 }, head;
	struct pool *pool = pool_new();
	struct buf lines = { 0 };
	struct link_cursor cursor;
	struct link_board row;
	const char *why = "";
	size_t line;
	char *token;
	enum rc rc;

	if (!link_fixture_registered(pair, machine, &row) || row.fenced) {
		machine->greeted = false;
		goto out;
	}
	assert_int_equal(linkstate_get(store, &cursor), RC_OK);
	if (lines_of(store, AUTHOR_BOARD, cursor.sent_seq, limit, &lines, &last) == 0)
		goto out;
	keep(pair, machine, LINK_JOURNAL, lines.data, lines.len, &last, NULL);
	pair->sent++;
	pair->cuts += cut != LINK_WHOLE;
	if (cut == LINK_CUT_QUESTION)
		goto out;
	rc = wire_take_journal(center, LINK_BOARD, lines.data, lines.len, &head, &why, &line);
	if (rc == RC_PROTOCOL && why && strcmp(why, "branch") == 0) {
		stage_branches(store, center);
		rc = wire_take_journal(center, LINK_BOARD, lines.data, lines.len, &head, &why, &line);
	}
	if (rc == RC_PROTOCOL) {
		assert_true(strcmp(why, "fork") == 0 || strcmp(why, "gap") == 0 || strcmp(why, "hash") == 0);
		machine->greeted = false;
		goto out;
	}
	assert_int_equal(rc, RC_OK);
	assert_int_equal(issue_receipt(center, pool, pair->keys.sign, LINK_BOARD, &last, &token), RC_OK);
	keep(pair, machine, LINK_RECEIPT, token, strlen(token), &last, token);
	if (cut != LINK_WHOLE)
		goto out;
	rc = linkstate_receipt(store, last.epoch, last.seq, last.hash, token);
	assert_true(rc == RC_OK || rc == RC_EXISTS);
out:
	buf_free(&lines);
	pool_free(pool);
}

void link_fixture_feed(struct link_pair *pair, struct machine *machine, size_t limit, enum link_cut cut)
{
	struct store *store = machine->side.store;
	struct journal_head had, last = { 0 };
	struct pool *pool = pool_new();
	struct buf lines = { 0 };
	struct link_board row;
	const char *why = "";
	size_t line;
	char *token;
	enum rc rc;

	if (!link_fixture_registered(pair, machine, &row) || row.fenced) {
		machine->greeted = false;
		goto out;
	}
	assert_int_equal(journal_head_get(store, LINK_BOARD, AUTHOR_CENTER, &had), RC_OK);
	if (lines_of(pair->center.store, AUTHOR_CENTER, had.seq, limit, &lines, &last) == 0)
		goto out;
	token = feed_token(pair, pool, &last);
	pair->sent++;
	pair->cuts += cut != LINK_WHOLE;
	if (cut != LINK_CUT_QUESTION)
		keep(pair, machine, LINK_FEED, lines.data, lines.len, &last, token);
	if (cut != LINK_WHOLE)
		goto out;
	rc = wire_take_feed(store, lines.data, lines.len, token, &why, &line);
	if (rc == RC_PROTOCOL && why && strcmp(why, "branch") == 0) {
		stage_branches(pair->center.store, store);
		rc = wire_take_feed(store, lines.data, lines.len, token, &why, &line);
	}
	if (rc != RC_OK) {
		assert_int_equal(rc, RC_PROTOCOL);
		machine->greeted = false;
	}
out:
	buf_free(&lines);
	pool_free(pool);
}

void link_fixture_stick(struct link_pair *pair, struct machine *machine, bool back)
{
	struct pool *pool = pool_new();
	char *dir = pool_printf(pool, "%s/stick-%u", pair->center.dir, pair->sticks++);
	struct bundle_taken taken;
	struct bundle_made made;
	size_t i;
	enum rc rc;

	assert_int_equal(file_make_dir(dir, 0700), RC_OK);
	rc = bundle_board_make(machine->side.store, pool, &machine->keys, dir, &made);
	if (rc == RC_NOT_FOUND)
		goto out;
	assert_int_equal(rc, RC_OK);
	for (i = 0; i < made.part_count; i++) {
		assert_int_equal(bundle_center_take(pair->center.store, pool, &pair->keys, pool_printf(pool,
				"%s/%s", dir, made.parts[i].name), &taken), RC_OK);
		pair->sticks_taken += taken.outcome == BUNDLE_TAKEN;
		if (taken.outcome == BUNDLE_REFUSED)
			goto out;
	}
	rc = bundle_center_make(pair->center.store, pool, &pair->keys, LINK_BOARD, dir, &made);
	assert_true(rc == RC_OK || rc == RC_NOT_FOUND);
	for (i = 0; rc == RC_OK && back && i < made.part_count; i++)
		assert_int_equal(bundle_board_take(machine->side.store, pool, &machine->keys, pool_printf(pool,
				"%s/%s", dir, made.parts[i].name), &taken), RC_OK);
out:
	link_fixture_run("rm -rf '%s'", dir);
	pool_free(pool);
}

void link_fixture_drain(struct link_pair *pair, struct machine *machine)
{
	int round;

	for (round = 0; round < 1000; round++) {
		struct journal_head own, center, theirs, ours;
		struct link_cursor cursor;

		if (!machine->greeted && !link_fixture_hello(pair, machine))
			fail_msg("it is not greeted");
		link_fixture_journal(pair, machine, WIRE_BATCH_EVENTS, LINK_WHOLE);
		link_fixture_feed(pair, machine, WIRE_BATCH_EVENTS, LINK_WHOLE);
		if (!machine->greeted)
			continue;
		assert_int_equal(linkstate_get(machine->side.store, &cursor), RC_OK);
		assert_int_equal(journal_head_get(machine->side.store, LINK_BOARD, AUTHOR_BOARD, &own), RC_OK);
		assert_int_equal(journal_head_get(machine->side.store, LINK_BOARD, AUTHOR_CENTER, &ours), RC_OK);
		assert_int_equal(journal_head_get(pair->center.store, LINK_BOARD, AUTHOR_BOARD, &center), RC_OK);
		assert_int_equal(journal_head_get(pair->center.store, LINK_BOARD, AUTHOR_CENTER, &theirs), RC_OK);
		if (cursor.sent_seq == own.seq && own.seq == center.seq && ours.seq == theirs.seq &&
				memcmp(own.hash, center.hash, 32) == 0 && memcmp(ours.hash, theirs.hash, 32) == 0)
			return;
	}
	fail_msg("it does not come to an end");
}
