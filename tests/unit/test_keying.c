/*
 * test_keying.c: orders of another system's form: what is read, what is refused, which member is meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "dossier/keying.h"
#include "embed.h"

static const char DOCUMENT[] =
	"{\"systems\":[{\"id\":\"a\",\"name\":\"System A\",\"certain\":true,\"fields\":["
	"{\"label\":\"One\",\"value\":\"applicant.name\",\"or\":\"content\"},"
	"{\"label\":\"Two\",\"value\":\"due.at\",\"type\":\"time\"}]}],"
	"\"otherwise\":[{\"label\":\"Code\",\"value\":\"procedure.code\"}]}";

static void a_system_has_its_order_others_the_general_one(void **state)
{
	struct pool *pool = pool_new();
	struct keying keying;

	(void)state;
	assert_int_equal(keying_find(pool, DOCUMENT, strlen(DOCUMENT), "a", &keying), RC_OK);
	assert_true(keying.known && keying.certain);
	assert_string_equal(keying.name, "System A");
	assert_int_equal(keying.count, 2);
	assert_string_equal(keying.fields[0].otherwise, "content");
	assert_int_equal(keying.fields[1].type, KEYING_TIME);
	assert_int_equal(keying_find(pool, DOCUMENT, strlen(DOCUMENT), "b", &keying), RC_OK);
	assert_false(keying.known || keying.certain);
	assert_string_equal(keying.name, "b");
	assert_int_equal(keying.count, 1);
	pool_free(pool);
}

static void what_is_no_order_is_refused(void **state)
{
	static const char *const wrong[] = { "", "[]", "{}", "{\"otherwise\":[]}", "{\"otherwise\":[{}]}",
		"{\"otherwise\":[{\"label\":\"A\",\"value\":\"\"}]}",
		"{\"otherwise\":[{\"label\":\"A\",\"value\":\"b\",\"type\":\"money\"}]}",
		("{\"otherwise\":[{\"label\":\"A\",\"value\":"
		"\"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a\"}]}") };
	struct pool *pool = pool_new();
	struct keying keying;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(keying_find(pool, wrong[i], strlen(wrong[i]), "a", &keying), RC_INVALID);
	pool_free(pool);
}

static void members_are_found_by_path(void **state)
{
	static const char text[] = "{\"a\":{\"b\":{\"c\":\"x\"}},\"n\":5}";
	json_t *body = NULL;

	(void)state;
	assert_int_equal(json_parse(text, strlen(text), &body), RC_OK);
	assert_string_equal(json_string_value(keying_member(body, "a.b.c")), "x");
	assert_int_equal(json_integer_value(keying_member(body, "n")), 5);
	assert_null(keying_member(body, "a.x.c"));
	assert_null(keying_member(body, "n.b"));
	assert_null(keying_member(NULL, "n"));
	json_decref(body);
}

static void the_file_we_ship_can_be_read(void **state)
{
	struct pool *pool = pool_new();
	struct keying keying;

	(void)state;
	assert_int_equal(keying_find(pool, embed_keying_json, embed_keying_json_len, "hotichdientu",
			&keying), RC_OK);
	assert_true(keying.known && keying.count > 5);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_system_has_its_order_others_the_general_one),
		cmocka_unit_test(what_is_no_order_is_refused),
		cmocka_unit_test(members_are_found_by_path),
		cmocka_unit_test(the_file_we_ship_can_be_read),
	};

	return cmocka_run_group_tests_name("keying", tests, NULL, NULL);
}
