/*
 * test_form.c: what people type, and what reaches a handler of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "web/form.h"
#include "web/view_value.h"
#include "web/pages.h"

#define URLENCODED "application/x-www-form-urlencoded; charset=UTF-8"

static struct form *parse(struct pool *pool, const char *body)
{
	struct form *form;

	assert_int_equal(form_parse(pool, URLENCODED, body, strlen(body), &form), RC_OK);
	return form;
}

static const char *shown(const struct view *view, const char *name)
{
	const struct view_value *value = view_find(view, pages_hash(name));

	return value != NULL ? value->text : "";
}

static void values(void **state)
{
	struct pool *pool = pool_new();
	struct form *form = parse(pool, "a=1&b=x+y%2Bz&a=2&&=v&c&d=&e=%C4%91");

	(void)state;
	assert_string_equal(form_raw(form, "a"), "1");
	assert_string_equal(form_raw_at(form, "a", 1), "2");
	assert_null(form_raw_at(form, "a", 2));
	assert_string_equal(form_raw(form, "b"), "x y+z");
	assert_string_equal(form_raw(form, "c"), "");
	assert_string_equal(form_raw(form, "none"), "");
	assert_string_equal(form_raw(form, "e"), "đ");
	/* Nothing is clean before it was checked. */
	assert_string_equal(form_text(form, "a"), "");
	pool_free(pool);
}

static void malformed(void **state)
{
	struct pool *pool = pool_new();
	struct form *form;
	struct buf body = { 0 };

	(void)state;
	assert_int_equal(form_parse(pool, URLENCODED, "a=%4", 4, &form), RC_INVALID);
	assert_int_equal(form_parse(pool, URLENCODED, "a=%zz", 5, &form), RC_INVALID);
	for (int i = 0; i < 201; i++)
		buf_text(&body, "a=1&");
	assert_int_equal(form_parse(pool, URLENCODED, body.data, body.len, &form), RC_INVALID);
	assert_int_equal(form_parse(pool, URLENCODED, body.data, body.len - 4, &form), RC_OK);
	assert_int_equal(form_parse(pool, "multipart/form-data; boundary=X", "--X\r\n", 5, &form),
			RC_INVALID);
	buf_free(&body);
	pool_free(pool);
}

static const struct field line[] = { { "v", FIELD_LINE, false, 0, 0, NULL, NULL } };

/* Bytes that are no text do not lose the page: they come back repaired, as a fault of their field.
 */
static void damaged(void **state)
{
	static const char *const bodies[] = {
		"v=a%ffb", "v=a%00b", "v=a%c4b", "v=a%ed%a0%80b", "v=a%c0%80b",
	};
	struct pool *pool = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		struct form *form = parse(pool, bodies[i]);
		struct view *view = view_new(pool);

		assert_int_equal(form_check(form, line, 1), RC_INVALID);
		form_show(form, line, 1, view);
		assert_int_equal(shown(view, "v")[0], 'a');
		assert_non_null(strstr(shown(view, "v"), "\xef\xbf\xbd"));
		assert_string_not_equal(shown(view, "v_fault"), "");
		assert_string_equal(form_text(form, "v"), "");
	}
	pool_free(pool);
}

struct attempt { const char *body, *clean; };	/* clean NULL: a fault */

static void check_all(struct field field, const struct attempt *attempts, size_t count)
{
	struct pool *pool = pool_new();

	field.name = "v";
	for (size_t i = 0; i < count; i++) {
		struct form *form = parse(pool, attempts[i].body);
		enum rc rc = form_check(form, &field, 1);

		if ((rc == RC_OK) != (attempts[i].clean != NULL))
			fail_msg("%s: %s", attempts[i].body, rc_name(rc));
		if (rc == RC_OK)
			assert_string_equal(form_text(form, "v"), attempts[i].clean);
	}
	pool_free(pool);
}
#define CHECK(row, attempts) check_all(row, attempts, sizeof attempts / sizeof attempts[0])
#define FIELD(...) (struct field){ NULL, __VA_ARGS__ }

static void text_fields(void **state)
{
	static const struct attempt one[] = {
			{"v=", ""},
			{"v=+a++b+", "a b"},
			{"", ""},
			{"v=a%0Ab", NULL},
			{"v=12345", "12345"},
			{"v=123456", NULL},
			{"v=%C4%91%C4%91%C4%91%C4%91%C4%91", "đđđđđ"},
			{"v=a", NULL},
			{"v=%1b", NULL},
			{"v=e%cc%82%cc%81x", "ếx"},
	};
	static const struct attempt many[] = {
		{ "v=a%0D%0Ab", "a\nb" }, { "v=a%0Db%09c", "a\nb\tc" }, { "v=a%08", NULL },
	};
	static const struct attempt password[] = {
		{ "v=+a+", " a " }, { "v=", NULL }, { "v=a%cc%81+", "á " }, { "v=123456", NULL },
	};

	(void)state;
	CHECK((FIELD(FIELD_LINE, false, 2, 5, NULL, NULL)), one);
	CHECK((FIELD(FIELD_LINES, false, 0, 0, NULL, NULL)), many);
	CHECK((FIELD(FIELD_PASSWORD, true, 0, 5, NULL, NULL)), password);
}

static void number_fields(void **state)
{
	static const struct attempt numbers[] = {
			{"v=7", "7"},
			{"v=+7+", "7"},
			{"v=1.000", "1000"},
			{"v=1+000", "1000"},
			{"v=1.5", NULL},
			{"v=1.00", NULL},
			{"v=0", NULL},
			{"v=5001", NULL},
			{"v=x", NULL},
			{"v=9223372036854775808", NULL},
			{"v=0x7", NULL},
	};
	static const struct attempt phones[] = {
			{"v=0912+345+678", "0912345678"},
			{"v=%2b84+912.345.678", "0912345678"},
			{"v=0239+3855+123", "02393855123"},
			{"v=912345678", NULL},
			{"v=09123456", NULL},
			{"v=0912345678901", NULL},
			{"v=0912x45678", NULL},
	};
	static const struct attempt ids[] = {
			{"v=000190001234", "000190001234"},
			{"v=000+190+001+234", "000190001234"},
			{"v=000123456", "000123456"},
			{"v=00012345678", NULL},
			{"v=00019000123a", NULL},
	};
	static const struct attempt taxes[] = {
		{ "v=0001234567", "0001234567" }, { "v=0001234567-001", "0001234567-001" },
		{ "v=0001234567001", "0001234567-001" }, { "v=000190001234", "000190001234" },
		{ "v=00012345678", NULL },
	};

	(void)state;
	CHECK((FIELD(FIELD_INT, false, 1, 5000, NULL, NULL)), numbers);
	CHECK((FIELD(FIELD_PHONE, false, 0, 0, NULL, NULL)), phones);
	CHECK((FIELD(FIELD_ID_NUMBER, false, 0, 0, NULL, NULL)), ids);
	CHECK((FIELD(FIELD_TAX, false, 0, 0, NULL, NULL)), taxes);
}

static void other_fields(void **state)
{
	static const struct attempt dates[] = {
			{"v=05/03/1990", "1990-03-05"},
			{"v=1990-03-05", "1990-03-05"},
			{"v=1990", NULL},
			{"v=31/02/1990", NULL},
			{"v=x", NULL},
	};
	static const struct attempt births[] = {{"v=1990", "1990"}, {"v=05031990", "1990-03-05"},
			{"v=5/3/1990", "1990-03-05"}, {"v=1.12.1990", "1990-12-01"},
			{"v=05/3/90", NULL}, {"v=1/9", NULL}, {"v=1/9/2026/", NULL}, {"v=31/2/2026", NULL},
			{"v=/9/2026", NULL}, {"v=1//2026", NULL}, {"v=192026", NULL}};
	static const struct attempt times[] = {
			{"v=2026-11-25T15:05", "2026-11-25T15:05"},
			{"v=2026-11-25+15:05", "2026-11-25T15:05"},
			{"v=2026-11-25", NULL},
	};
	static const struct attempt emails[] = {
			{"v=a@b.vn", "a@b.vn"},
			{"v=a@b", NULL},
			{"v=@b.vn", NULL},
			{"v=a@b.", NULL},
			{"v=a@b@c.vn", NULL},
			{"v=a+b@c.vn", NULL},
			{"v=%C4%91@c.vn", NULL},
			{"v=a@b.vn%0ABcc:x@y.vn", NULL},
	};
	static const struct attempt choices[] = {
			{"v=ab", "ab"},
			{"v=c", "c"},
			{"v=a", NULL},
			{"v=a|b", NULL},
			{"v=ab|c", NULL},
			{"v=", NULL},
	};
	static const struct attempt flags[] = { { "v=on", "1" }, { "", "" } };
	static const struct attempt hexes[] = {
		{ "v=00aF", "00af" }, { "v=00a", NULL }, { "v=00ag", NULL }, { "v=", "" },
	};

	(void)state;
	CHECK((FIELD(FIELD_DATE, false, 0, 0, NULL, NULL)), dates);
	CHECK((FIELD(FIELD_DATE, false, 0, 1, NULL, NULL)), births);
	CHECK((FIELD(FIELD_TIME, false, 0, 0, NULL, NULL)), times);
	CHECK((FIELD(FIELD_EMAIL, false, 0, 0, NULL, NULL)), emails);
	CHECK((FIELD(FIELD_CHOICE, true, 0, 0, "ab|c", NULL)), choices);
	CHECK((FIELD(FIELD_FLAG, false, 0, 0, NULL, NULL)), flags);
	CHECK((FIELD(FIELD_HEX, false, 0, 4, NULL, NULL)), hexes);
}

static const struct field page[] = {
	{ "name", FIELD_LINE, true, 0, 5, NULL, "form.summary" },
	{ "sex", FIELD_CHOICE, true, 0, 0, "nam|nu", NULL },
	{ "agree", FIELD_FLAG, false, 0, 0, NULL, NULL },
	{ "secret", FIELD_PASSWORD, true, 0, 0, NULL, NULL },
	{ "count", FIELD_INT, false, 1, 9, NULL, NULL },
};

static void page_again(void **state)
{
	struct pool *pool = pool_new();
	struct form *form = parse(pool, "name=%3Cb%3Etoo+long&sex=nu&agree=on&secret=hush&count=3");
	struct view *view = view_new(pool);

	(void)state;
	assert_int_equal(form_check(form, page, 5), RC_INVALID);
	form_fault(form, "count", "form.number");
	form_show(form, page, 5, view);
	assert_string_equal(shown(view, "name"), "<b>too long");
	assert_string_equal(shown(view, "sex_is_nu"), "1");
	assert_string_equal(shown(view, "sex_is_nam"), "");
	assert_string_equal(shown(view, "agree"), "1");
	assert_string_equal(shown(view, "secret"), "");
	assert_string_equal(shown(view, "count"), "3");
	assert_string_not_equal(shown(view, "name_fault"), "");
	assert_string_not_equal(shown(view, "count_fault"), "");
	assert_string_equal(shown(view, "sex_fault"), "");
	assert_string_equal(shown(view, "has_faults"), "1");
	assert_string_equal(shown(view_find(view, pages_hash("faults"))->first, "field"), "name");
	assert_int_equal(form_int(form, "count", -1), 3);
	assert_true(form_flag(form, "agree"));
	pool_free(pool);
}

static void missing(void **state)
{
	struct pool *pool = pool_new();
	struct form *form = parse(pool, "name=+%09&count=");
	size_t faults = 0;
	struct view *view = view_new(pool);

	(void)state;
	assert_int_equal(form_check(form, page, 5), RC_INVALID);
	form_show(form, page, 5, view);
	for (const struct view *item = view_find(view, pages_hash("faults"))->first; item != NULL;
			item = item->next)
		faults++;
	assert_int_equal(faults, 3);
	assert_int_equal(form_int(form, "count", -1), -1);
	pool_free(pool);
}

static void multipart_form(void **state)
{
	static const char body[] =
			"--B\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n\xc4\x91"
			"\r\n--B\r\nContent-Disposition: form-data; name=\"f\"; "
			"filename=\"x\"\r\n\r\nbytes"
			"\r\n--B--\r\n";
	struct pool *pool = pool_new();
	struct form *form;

	(void)state;
	assert_int_equal(form_parse(pool, "multipart/form-data; boundary=B", body, sizeof body - 1,
			&form), RC_OK);
	assert_string_equal(form_raw(form, "name"), "đ");
	assert_null(form_raw_at(form, "f", 0));
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(malformed),
		cmocka_unit_test(damaged),
		cmocka_unit_test(text_fields),
		cmocka_unit_test(number_fields),
		cmocka_unit_test(other_fields),
		cmocka_unit_test(page_again),
		cmocka_unit_test(missing),
		cmocka_unit_test(multipart_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
