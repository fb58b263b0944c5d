/*
 * test_projection_kinds.c: every kind with its example body of tests/data/kinds, appended where the
 * rules allow it, read at the other side, and made again by a rebuild; and the committed vectors of
 * the byte form (tests/data/events.json).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "crypt/hash.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store_fixture.h"

#define BOARD "b18685-1"

static struct store_fixture side[2];
static uint8_t subject[16];
static unsigned subjects;

static int set_up(void **state)
{
	(void)state;
	store_fixture_init(&side[0], SIDE_BOARD, BOARD, NULL);
	store_fixture_init(&side[1], SIDE_CENTER, NULL, NULL);
	db_lose_durability_for_tests(side[0].store->tram);
	db_lose_durability_for_tests(side[1].store->tram);
	subjects = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&side[0]);
	store_fixture_free(&side[1]);
	return 0;
}

static enum rc try(enum event_author author, const struct kind *kind)
{
	struct act one = { .board = BOARD, .subject_kind = kind->subject, .subject = subject,
			.kind = kind->name,
			.actor = author == AUTHOR_BOARD ? "u-clerk" : "c-officer" };
	struct store *store = side[author].store;
	struct event event;
	const char *reason;
	json_t *body = store_fixture_example(kind->name, kind->version);
	enum rc rc;

	/* The example's position of the board's log is not this one's. */
	if (strcmp(kind->name, "dossier.seized") == 0)
		(void)json_object_del(body, "seq");
	one.body = body;
	assert_int_equal(store_begin(store, false), RC_OK);
	rc = act_append(store, &one, &event, &reason);
	if (rc == RC_OK)
		assert_int_equal(store_commit(store), RC_OK);
	else
		store_abort(store);
	json_decref(body);
	return rc;
}

static void ship(enum event_author author)
{
	struct pool *pool = pool_new();
	struct journal_head head;
	struct journal_row *rows;
	const char *why = "";
	size_t count, i;

	assert_int_equal(journal_head_get(side[!author].store, BOARD, author, &head), RC_OK);
	assert_int_equal(journal_read(side[author].store, pool, BOARD, author, head.seq, 1000, SIZE_MAX,
			&rows, &count), RC_OK);
	assert_int_equal(store_begin(side[!author].store, false), RC_OK);
	for (i = 0; i < count; i++)
		assert_int_equal(journal_receive(side[!author].store, BOARD, author, rows[i].header,
				rows[i].header_len, rows[i].event.salt, rows[i].event.body,
				rows[i].event.body_len, &why), RC_OK);
	assert_int_equal(store_commit(side[!author].store), RC_OK);
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

static void new_subject(void)
{
	store_fixture_id(++subjects, subject);
}

static const struct kind *named(const char *name)
{
	const struct kind *kind = kind_find(name, 1);

	assert_non_null(kind);
	return kind;
}

/* Ways to the states that kinds follow: each is tried, with the kind after every step. "c " before a
 * step: the center takes it. */
#define STEPS_MAX 9
static const char *const ways[][STEPS_MAX] = {
	{ "dossier.accepted", "dossier.forwarded", "dossier.taken", "dossier.sent_to_sign",
		"dossier.signed", "dossier.finished", "dossier.result_returned", NULL },
	{ "dossier.accepted", "dossier.taken", "dossier.supplement_requested", NULL },
	{ "dossier.accepted", "dossier.taken", "dossier.payment_requested", NULL },
	{ "dossier.accepted", "dossier.handed_over", "c dossier.taken", "c dossier.sent_to_sign",
		"c dossier.signed", "c dossier.finished", "c dossier.result_returned", NULL },
	{ "dossier.accepted", "dossier.handed_over", "c dossier.taken", "c dossier.forwarded", NULL },
	{ "dossier.accepted", "dossier.handed_over", "c dossier.taken",
		"c dossier.supplement_requested", NULL },
	{ "dossier.accepted", "dossier.handed_over", "c dossier.taken",
		"c dossier.payment_requested", NULL },
	{ "book.opened", "book.numbered", NULL },
};

/* True when the kind could be appended by author somewhere along a way, after so many steps at least. */
static bool follows(const struct kind *kind, enum event_author author, size_t way, size_t least, size_t most)
{
	size_t i;

	new_subject();
	for (i = 0; i <= most; i++) {
		const char *step = i < STEPS_MAX ? ways[way][i] : NULL;
		enum event_author by = step && step[0] == 'c' && step[1] == ' ' ? AUTHOR_CENTER
				: AUTHOR_BOARD;

		if (i >= least && try(author, kind) == RC_OK)
			return true;
		if (!step)
			return false;
		assert_int_equal(try(by, named(by == AUTHOR_CENTER ? step + 2 : step)), RC_OK);
		ship(by);
	}
	return false;
}

static bool somewhere(const struct kind *kind, enum event_author author)
{
	bool alone = kind_is_first(kind) || (kind->class == KIND_OTHER
			&& kind->subject != SUBJECT_BOOK);
	size_t way, least = alone || kind->class == KIND_OTHER ? 0 : 1;

	for (way = 0; way < (alone ? 1 : sizeof(ways) / sizeof(ways[0])); way++) {
		if (follows(kind, author, way, least, alone ? 0 : STEPS_MAX))
			return true;
	}
	return false;
}

static void every_kind_is_projected_alike_and_made_again(void **state)
{
	struct journal_totals totals;
	size_t i;

	(void)state;
	for (i = 0; i < kind_count; i++) {
		const struct kind *kind = &kind_table[i];
		enum event_author author;

		for (author = AUTHOR_BOARD; author <= AUTHOR_CENTER; author++) {
			bool may = kind->by & (author == AUTHOR_BOARD ? BY_BOARD : BY_CENTER);

			/* A branch must be there before it is recorded: test_exchange. */
			if (strcmp(kind->name, "fork.recorded") == 0)
				continue;
			/* An erase parks here: its example names an event that is not there. */
			if (may && !somewhere(kind, author))
				fail_msg("%s by %s: no legal place found", kind->name,
						event_author_name(author));
			if (!may && kind->class == KIND_OTHER) {
				new_subject();
				assert_int_equal(try(author, kind), RC_CONFLICT);
			}
			ship(author);
		}
	}
	same_tables();
	store_fixture_rebuilds(&side[0]);
	store_fixture_rebuilds(&side[1]);
	assert_int_equal(journal_verify(side[0].store, false, NULL, NULL, &totals), RC_OK);
	assert_true(totals.events > kind_count);
	assert_true(totals.parked <= 2);
}

static void example_bodies_reach_the_columns(void **state)
{
	struct dossier_file *files;
	struct dossier_result *results;
	struct dossier_row row;
	json_t *body;
	size_t count;
	char id[33];

	(void)state;
	new_subject();
	hex_encode(subject, 16, id);
	assert_int_equal(try(AUTHOR_BOARD, named("dossier.accepted")), RC_OK);
	assert_int_equal(dossier_find(side[0].store, side[0].pool, NULL, id, &row), RC_OK);
	assert_string_equal(row.code, "T18685.1-261124-0001");
	assert_string_equal(row.procedure, "2.000635");
	assert_string_equal(row.applicant_number, "000090000001");
	assert_string_equal(row.submitter, "");
	assert_string_equal(row.place, "Tủ 2, ngăn 3");
	assert_int_equal(row.fee_total, 0);	/* exempt */
	assert_int_equal(row.slip_no, 1);
	assert_int_equal(row.files_total, 1);
	assert_int_equal(dossier_files(side[0].store, side[0].pool, &row, false, &files, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(files[0].component, "to-khai");
	assert_false(files[0].here);
	assert_int_equal(try(AUTHOR_BOARD, named("dossier.amended")), RC_OK);
	assert_int_equal(dossier_body(side[0].store, &row, &body), RC_OK);
	assert_string_equal(json_text(body, "locality"), "Xóm 1");
	assert_string_equal(json_text(json_object_get(body, "slip"), "hash"),
			"55274eb8f84cbd3e129531f417792af09f84874f4521f0aca7cd6b6349b376cd");
	json_decref(body);
	assert_int_equal(try(AUTHOR_BOARD, named("dossier.taken")), RC_OK);
	assert_int_equal(try(AUTHOR_BOARD, named("dossier.finished")), RC_OK);
	assert_int_equal(dossier_find(side[0].store, side[0].pool, NULL, id, &row), RC_OK);
	assert_int_equal(row.facts.state, STATE_RESULT);
	assert_int_equal(dossier_results(side[0].store, side[0].pool, &row, &results, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(results[0].number, "12");
	assert_int_equal(dossier_files(side[0].store, side[0].pool, &row, true, &files, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(files[0].component, "1");
}

/* Every version stays readable for ever: these bytes were written once and never change. */
static void committed_vectors_still_hold(void **state)
{
	struct pool *pool = pool_new();
	json_t *vectors = NULL, *list, *one;
	uint8_t salt[32], sum[32];
	char *text, hex[65];
	size_t len, i;

	(void)state;
	assert_int_equal(file_read(pool, "tests/data/events.json", 1 << 20, &text, &len), RC_OK);
	assert_int_equal(json_parse(text, len, &vectors), RC_OK);
	list = json_object_get(vectors, "events");
	assert_true(json_array_size(list) >= 3);
	json_array_foreach(list, i, one) {
		const char *header = json_text(one, "header"), *body = json_text(one, "body");
		struct event event;
		struct buf again = { 0 };
		struct hash *hash = hash_new();
		const char *why;

		assert_int_equal(event_decode(header, strlen(header), &event), RC_OK);
		event_encode(&event, &again);
		assert_int_equal(again.len, strlen(header));
		assert_memory_equal(again.data, header, again.len);
		buf_free(&again);
		hash_sha256(header, strlen(header), sum);
		hex_encode(sum, 32, hex);
		assert_string_equal(hex, json_text(one, "hash"));
		assert_int_equal(hex_decode(json_text(one, "salt"), salt, 32), RC_OK);
		hash_update(hash, salt, 32);
		hash_update(hash, body, strlen(body));
		hash_final(hash, sum);
		hash_free(hash);
		assert_memory_equal(sum, event.body_hash, 32);
		assert_int_equal(store_begin(side[1].store, false), RC_OK);
		assert_int_equal(journal_receive(side[1].store, event.board, event.author, header,
				strlen(header), salt, body, strlen(body), &why), RC_OK);
		assert_int_equal(store_commit(side[1].store), RC_OK);
	}
	json_decref(vectors);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(example_bodies_reach_the_columns, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_kind_is_projected_alike_and_made_again, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(committed_vectors_still_hold, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
