/*
 * test_book_rules.c: what may follow in a book of numbers, and which book a procedure has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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
		cmocka_unit_test(procedures_have_their_books) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
