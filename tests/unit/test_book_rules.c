/*
 * test_book_rules.c: what may follow in a book of numbers, and which book a procedure has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "dossier/book.h"

static const char *verdict(struct book_facts facts, const char *kind, const char *body)
{
	json_t *parsed = body ? json_loads(body, 0, NULL) : NULL;
	const char *reason = NULL;
	enum rc rc = book_check(&facts, kind, parsed, &reason);

	assert_int_equal(rc, reason ? RC_CONFLICT : RC_OK);
	json_decref(parsed);
	return reason ? reason : "ok";
}

static void rules_say_what_may_follow(void **state)
{
	const struct book_facts none = { 0 }, at_7 = { .exists = true, .last = 7 },
			full = { .exists = true, .last = 50, .limit = 50 },
			part = { .exists = true, .last = 30, .limit = 50 },
			closed = { .exists = true, .closed = true, .last = 7 },
			erased = { .exists = true, .last = -1 };

	(void)state;
	assert_string_equal(verdict(none, "book.numbered", "{\"number\":1}"), "book.rule.none");
	assert_string_equal(verdict(none, "book.opened", "{\"first\":0}"), "book.rule.block");
	assert_string_equal(verdict(none, "book.opened", "{\"first\":5,\"last\":4}"), "book.rule.block");
	assert_string_equal(verdict(none, "book.opened", "{\"first\":5}"), "ok");
	assert_string_equal(verdict(at_7, "book.opened", "{\"first\":5}"), "book.rule.exists");
	assert_string_equal(verdict(at_7, "book.numbered", "{\"number\":8}"), "ok");
	assert_string_equal(verdict(at_7, "book.numbered", "{\"number\":7}"), "book.rule.next");
	assert_string_equal(verdict(at_7, "book.numbered", "{\"number\":9}"), "book.rule.next");
	assert_string_equal(verdict(at_7, "book.numbered", "{}"), "book.rule.next");
	assert_string_equal(verdict(at_7, "book.numbered", NULL), "ok");
	assert_string_equal(verdict(full, "book.numbered", "{\"number\":51}"), "book.rule.full");
	assert_string_equal(verdict(closed, "book.numbered", "{\"number\":8}"), "book.rule.closed");
	assert_string_equal(verdict(erased, "book.numbered", "{\"number\":8}"), "ok");
	assert_string_equal(verdict(at_7, "book.spoiled", "{\"number\":8}"), "book.rule.given");
	assert_string_equal(verdict(at_7, "book.spoiled", "{\"number\":7}"), "ok");
	assert_string_equal(verdict(closed, "book.spoiled", "{\"number\":7}"), "ok");
	assert_string_equal(verdict(at_7, "book.continued", "{\"last\":6}"), "book.rule.last");
	assert_string_equal(verdict(at_7, "book.continued", "{\"last\":7}"), "ok");
	assert_string_equal(verdict(closed, "book.continued", "{\"last\":7}"), "book.rule.closed");
	assert_string_equal(verdict(at_7, "book.closed", "{\"last\":8}"), "book.rule.last");
	assert_string_equal(verdict(closed, "book.closed", "{\"last\":7}"), "book.rule.closed");
	assert_string_equal(verdict(full, "book.block_taken", "{\"first\":50,\"last\":60}"),
			"book.rule.block");
	assert_string_equal(verdict(full, "book.block_taken", "{\"first\":101,\"last\":150}"), "ok");
	assert_string_equal(verdict(part, "book.block_taken", "{\"first\":101,\"last\":150}"),
			"book.rule.block_left");
	assert_string_equal(verdict(part, "book.block_taken", "{\"first\":51,\"last\":60}"), "ok");
	assert_string_equal(verdict(part, "book.block_taken", "{\"first\":31,\"last\":60}"), "book.rule.block");
	assert_string_equal(verdict(at_7, "book.block_taken", "{\"first\":8,\"last\":20}"), "ok");
	assert_string_equal(verdict(at_7, "book.block_taken", "{\"first\":9,\"last\":20}"), "book.rule.block");
	assert_string_equal(verdict(at_7, "book.block_taken", "{\"first\":8,\"last\":20,\"to_board\":\"b\"}"), "ok");
	assert_string_equal(verdict(at_7, "book.block_taken", "{\"first\":8,\"last\":7,\"to_board\":\"b\"}"),
			"book.rule.block");
	assert_string_equal(verdict(at_7, "book.block_taken", "{\"first\":9,\"last\":20,\"to_board\":\"b\"}"),
			"book.rule.next");
	assert_string_equal(verdict(part, "book.block_taken", "{\"first\":31,\"last\":51,\"to_board\":\"b\"}"),
			"book.rule.full");
	assert_string_equal(verdict(closed, "book.block_taken", "{\"first\":8,\"last\":9,\"to_board\":\"b\"}"),
			"book.rule.closed");
}

/* What a board that lives on a block did not use goes back; at the giving one it is next, or never. */
static void the_rest_of_a_block_goes_back(void **state)
{
	static const struct { int64_t last, limit, first, to; bool gives; const char *verdict;
			int64_t last_after, limit_after; } rows[] = {
		{ 30, 50, 31, 50, true, "ok", 30, 30 },
		{ 30, 50, 32, 50, true, "book.rule.returned", 0, 0 },
		{ 30, 50, 31, 49, true, "book.rule.returned", 0, 0 },
		{ 50, 50, 51, 50, true, "book.rule.block", 0, 0 },
		{ 201, 210, 202, 210, true, "ok", 201, 201 },
		{ 0, 50, 1, 50, true, "ok", 50, 50 },		/* a limit of 0 would be a book of its own */
		{ 30, 0, 31, 50, true, "book.rule.returned", 0, 0 },
		{ 50, 0, 41, 50, false, "ok", 40, 0 },
		{ 60, 0, 41, 50, false, "ok", 60, 0 },
		{ 45, 0, 41, 50, false, "book.rule.returned", 0, 0 },
		{ 50, 50, 41, 50, false, "book.rule.returned", 0, 0 },
		{ 50, 0, 41, 40, false, "book.rule.block", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct book_facts facts = { .exists = true, .last = rows[i].last, .limit = rows[i].limit };
		json_t *body = json_new_object();
		const char *reason;

		json_put_int(body, "first", rows[i].first);
		json_put_int(body, "last", rows[i].to);
		json_put(body, "to_board", rows[i].gives ? "b" : "");
		json_put_flag(body, "returned", true);
		assert_int_equal(book_check(&facts, "book.block_taken", body, &reason),
				strcmp(rows[i].verdict, "ok") == 0 ? RC_OK : RC_CONFLICT);
		assert_string_equal(reason ? reason : "ok", rows[i].verdict);
		if (reason == NULL) {
			book_apply(&facts, "book.block_taken", body);
			assert_int_equal(facts.last, rows[i].last_after);
			assert_int_equal(facts.limit, rows[i].limit_after);
		}
		json_decref(body);
	}
}

static void procedures_have_their_books(void **state)
{
	enum book_kind kind;

	(void)state;
	assert_int_equal(book_kind_of("2.000815", &kind), RC_OK);
	assert_string_equal(book_kind_name(kind), "copy");
	assert_int_equal(book_kind_of("2.000884", &kind), RC_OK);
	assert_string_equal(book_kind_name(kind), "signature");
	assert_int_equal(book_kind_of("2.001008", &kind), RC_OK);
	assert_string_equal(book_kind_name(kind), "translator");
	assert_int_equal(book_kind_of("2.001019", &kind), RC_OK);
	assert_string_equal(book_kind_name(kind), "transaction");
	assert_int_equal(book_kind_of("2.000635", &kind), RC_NOT_FOUND);
	assert_int_equal(book_kind_parse("receipt", &kind), RC_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rules_say_what_may_follow),
		cmocka_unit_test(the_rest_of_a_block_goes_back),
		cmocka_unit_test(procedures_have_their_books) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
