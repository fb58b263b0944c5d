/* test_kind.c: bodies of every kind against the table, the examples and the document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "dossier/kind.h"

static json_t *example(struct pool *pool, const struct kind *kind)
{
	char *path = pool_printf(pool, "tests/data/kinds/%s.%d.json", kind->name, kind->version);
	json_t *body = NULL;
	char *text;
	size_t len;

	if (file_read(pool, path, EVENT_BODY_MAX, &text, &len) != RC_OK)
		fail_msg("no example %s", path);
	if (json_parse(text, len, &body) != RC_OK)
		fail_msg("not JSON: %s", path);
	return body;
}

static void every_kind_has_an_example(void **state)
{
	struct pool *pool = pool_new();
	const char *field;
	size_t i;

	(void)state;
	assert_true(kind_count >= 80);
	for (i = 0; i < kind_count; i++) {
		json_t *body = example(pool, &kind_table[i]);

		if (kind_check_body(&kind_table[i], body, &field) != RC_OK)
			fail_msg("%s: field %s", kind_table[i].name, field);
		assert_null(field);
		json_decref(body);
	}
	pool_free(pool);
}

/* A value that no field of this type takes. */
static json_t *wrong_value(char type)
{
	return type == 'i' ? json_string("1") : type == 'a' || type == 'l' ? json_object()
			: type == 'o' ? json_array() : type == 'b' ? json_integer(1) : json_integer(7);
}

static void expect_refused(const struct kind *kind, const json_t *body, const char *name)
{
	const char *field = NULL;

	if (kind_check_body(kind, body, &field) != RC_INVALID)
		fail_msg("%s: %s taken", kind->name, name);
	assert_non_null(field);
	assert_string_equal(field, name);
}

static void required_fields_and_types(void **state)
{
	struct pool *pool = pool_new();
	const char *field;
	size_t i;

	(void)state;
	for (i = 0; i < kind_count; i++) {
		const struct kind *kind = &kind_table[i];
		const struct kind_field *f;

		for (f = kind->fields; f->name; f++) {
			json_t *body = example(pool, kind);

			json_object_del(body, f->name);
			if (f->required)
				expect_refused(kind, body, f->name);
			else if (kind_check_body(kind, body, &field) != RC_OK)
				fail_msg("%s wants %s", kind->name, f->name);
			json_put_value(body, f->name, wrong_value(f->type));
			expect_refused(kind, body, f->name);
			if (f->one_of) {
				json_put(body, f->name, "no-such-word");
				expect_refused(kind, body, f->name);
			}
			json_put_value(body, f->name, json_null());
			expect_refused(kind, body, f->name);
			json_decref(body);
		}
	}
	pool_free(pool);
}

static void unknown_and_common_fields(void **state)
{
	struct pool *pool = pool_new();
	const char *field;
	size_t i;

	(void)state;
	for (i = 0; i < kind_count; i++) {
		json_t *body = example(pool, &kind_table[i]);

		json_put(body, "batch", "00112233445566778899aabbccddeeff");
		json_put(body, "note", "Ghi chú");
		assert_int_equal(kind_check_body(&kind_table[i], body, &field), RC_OK);
		json_put(body, "batch", "0011");
		expect_refused(&kind_table[i], body, "batch");
		json_put(body, "batch", "00112233445566778899aabbccddeeff");
		json_put(body, "secret", "x");
		expect_refused(&kind_table[i], body, "secret");
		json_decref(body);
	}
	pool_free(pool);
}

static void inner_objects(void **state)
{
	const struct kind *kind = kind_find("dossier.accepted", 1);
	struct pool *pool = pool_new();
	json_t *body = example(pool, kind);
	const char *field;
	json_t *items, *file;

	(void)state;
	json_put(json_object_get(body, "applicant"), "nickname", "x");
	expect_refused(kind, body, "nickname");
	json_object_del(json_object_get(body, "applicant"), "nickname");
	json_put_value(json_object_get(body, "applicant"), "name", json_string(""));
	expect_refused(kind, body, "name");
	json_put(json_object_get(body, "applicant"), "name", "Trần Thị Mẫu");
	items = json_object_get(json_object_get(body, "manifest"), "items");
	file = json_array_get(json_object_get(json_array_get(items, 0), "files"), 0);
	json_put(file, "sha256",
			"9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08");
	expect_refused(kind, body, "sha256");
	json_put(file, "sha256",
			"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
	assert_int_equal(kind_check_body(kind, body, &field), RC_OK);
	json_add(items, json_integer(3));
	expect_refused(kind, body, "items");
	json_array_clear(items);
	assert_int_equal(kind_check_body(kind, body, &field), RC_OK);
	json_put_value(body, "fees", json_array());
	assert_int_equal(kind_check_body(kind, body, &field), RC_OK);
	assert_int_equal(kind_check_body(kind, json_object_get(body, "fees"), &field), RC_INVALID);
	json_decref(body);

	kind = kind_find("dossier.finished", 1);
	body = example(pool, kind);
	json_array_clear(json_object_get(body, "results"));
	expect_refused(kind, body, "results");
	json_decref(body);

	kind = kind_find("dossier.part_returned", 1);
	body = example(pool, kind);
	json_add(json_object_get(body, "results"), json_integer(1));
	expect_refused(kind, body, "results");
	json_decref(body);
	pool_free(pool);
}

static void names_are_found_once(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < kind_count; i++) {
		assert_ptr_equal(kind_find(kind_table[i].name, kind_table[i].version), &kind_table[i]);
		assert_true(strlen(kind_table[i].name) < sizeof(((struct event *)0)->kind));
		for (j = 0; j < i; j++)
			assert_string_not_equal(kind_table[i].name, kind_table[j].name);
	}
	assert_null(kind_find("dossier.accepted", 2));
	assert_null(kind_find("dossier.accepted", 0));
	assert_null(kind_find("dossier", 1));
	assert_null(kind_find("", 1));
	assert_true(kind_is_first(kind_find("dossier.taken_over", 1)));
	assert_false(kind_is_first(kind_find("dossier.taken", 1)));
	assert_false(kind_is_first(kind_find("note.added", 1)));
}

/* Every field of the kind's row stands in its line of KINDS.md. */
static void the_document_is_complete(void **state)
{
	struct pool *pool = pool_new();
	const struct kind_field *f;
	char *text, *line;
	size_t len, i;

	(void)state;
	assert_int_equal(file_read(pool, "cgi/dossier/KINDS.md", 1u << 20, &text, &len), RC_OK);
	for (i = 0; i < kind_count; i++) {
		const struct kind *kind = &kind_table[i];

		line = strstr(text, pool_printf(pool, "`%s` %d", kind->name, kind->version));
		if (!line)
			fail_msg("KINDS.md lacks %s", kind->name);
		line = pool_strndup(pool, line, strcspn(line, "\n"));
		for (f = kind->fields; f->name; f++) {
			if (!strstr(line, f->name))
				fail_msg("KINDS.md: %s lacks %s", kind->name, f->name);
		}
	}
	pool_free(pool);
}

/* Personal data is marked: whatever an applicant's or submitter's object stands in. */
static void personal_fields_are_marked(void **state)
{
	static const char *const personal[] = { "applicant", "submitter", "persons", "receiver",
		"witness", "payer", "requester", "content", "text", "reason" };
	const struct kind_field *f;
	size_t i, j;

	(void)state;
	for (i = 0; i < kind_count; i++) {
		for (f = kind_table[i].fields; f->name; f++) {
			/* Reasons about clocks, epochs and shifts are about no person. */
			if (strcmp(f->name, "reason") == 0 && kind_table[i].class != KIND_STATE)
				continue;
			for (j = 0; j < sizeof(personal) / sizeof(personal[0]); j++) {
				if (strcmp(f->name, personal[j]) == 0 && !f->personal)
					fail_msg("%s.%s is personal", kind_table[i].name, f->name);
			}
		}
	}
}

static void states_have_names(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; i <= STATE_VOIDED; i++) {
		assert_in_range(state_portal_code((enum dossier_state)i), 1, 10);
		for (j = 0; j < i; j++)
			assert_string_not_equal(state_name((enum dossier_state)i),
					state_name((enum dossier_state)j));
	}
	assert_string_equal(state_name(STATE_SUPPLEMENT), "supplement");
	assert_int_equal(state_portal_code(STATE_SUPPLEMENT), 5);
	assert_int_equal(state_portal_code(STATE_RETURNED), 10);
	assert_string_equal(state_name((enum dossier_state)99), "none");
	assert_true(state_is_closed(STATE_RETURNED));
	assert_true(state_is_closed(STATE_VOIDED));
	assert_false(state_is_closed(STATE_RESULT));
	assert_false(state_is_closed(STATE_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_an_example),
		cmocka_unit_test(required_fields_and_types),
		cmocka_unit_test(unknown_and_common_fields),
		cmocka_unit_test(inner_objects),
		cmocka_unit_test(names_are_found_once),
		cmocka_unit_test(the_document_is_complete),
		cmocka_unit_test(personal_fields_are_marked),
		cmocka_unit_test(states_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
