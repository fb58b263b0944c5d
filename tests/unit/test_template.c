/*
 * test_template.c: what a template shows of a view, over operations made by hand (the build's own
 * are in pages.c). Includes the .c file, so that these tables take the place of the build's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define pages_ops pages_ops_of_build	/* these are made below, and hashed at run time */
#include "web/pages.h"
#undef pages_ops
extern const struct pages_op *const pages_ops;
#include "../../cgi/web/template.c"

/* Names and texts by their place in pages_words, which must hold each of them once. */
const char pages_words[] = "list\0nested\0part\0raw\0<ul>\0<li>\0none\0</ul>\0[\0]\0|\0rows\0name\0outer\0a\0b\0"
		"x\0code\0app.css\0/tinh/app.0.css";
enum {
	W_LIST = 0, W_NESTED = 5, W_PART = 12, W_RAW = 17, W_UL = 21, W_LI = 26, W_NONE = 31, W_END_UL = 36,
	W_OPEN = 42, W_CLOSE = 44, W_BAR = 46, W_ROWS = 48, W_NAME = 53, W_OUTER = 58, W_A = 64, W_B = 66,
	W_X = 68, W_CODE = 70, W_ASSET = 75, W_ADDRESS = 83
};

/* `hash` is the name's place until hash_names, which runs before the tests. */
#define NAME(code, word, jump) { code, word, jump }
#define TEXT(word, len) { PAGES_TEXT, len, word }
#define STOP { PAGES_STOP, 0, 0 }
enum { LIST = 0, NESTED = 11, PART = 17, RAW = 21 };

static struct pages_op made[] = {
	/* list */
	TEXT(W_UL, 4),
	NAME(PAGES_SECTION, W_ROWS, 6),
	TEXT(W_LI, 4),
	NAME(PAGES_VALUE, W_NAME, 0),
	NAME(PAGES_VALUE, W_OUTER, 0),
	{ PAGES_PARTIAL, 0, 2 },
	{ PAGES_END, 0, 1 },
	NAME(PAGES_UNLESS, W_ROWS, 9),
	TEXT(W_NONE, 4),
	TEXT(W_END_UL, 5),
	STOP,
	/* nested */
	NAME(PAGES_SECTION, W_A, 4),
	NAME(PAGES_SECTION, W_B, 3),
	NAME(PAGES_VALUE, W_X, 0),
	{ PAGES_END, 0, 1 },
	{ PAGES_END, 0, 0 },
	STOP,
	/* part */
	TEXT(W_OPEN, 1), NAME(PAGES_VALUE, W_NAME, 0), TEXT(W_CLOSE, 1), STOP,
	/* raw */
	NAME(PAGES_SVG, W_CODE, 0), TEXT(W_BAR, 1), NAME(PAGES_VALUE, W_CODE, 0), STOP,
};
const struct pages_op *const pages_ops = made;

const struct pages_template pages_templates[] = {
	{ W_LIST, LIST }, { W_NESTED, NESTED }, { W_PART, PART }, { W_RAW, RAW }, { 0 },
};
const size_t pages_template_count = 4;
const struct pages_pair pages_assets[] = { { W_ASSET, W_ADDRESS }, { 0 } };
const size_t pages_asset_count = 1;

static int hash_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
		if (made[i].code != PAGES_TEXT && made[i].hash != 0)
			made[i].hash = pages_hash(pages_words + made[i].hash);
	}
	return 0;
}

static void shows(const char *page, struct view *view, const char *wanted)
{
	struct buf out = { 0 };

	assert_int_equal(template_render(page, view, &out), RC_OK);
	assert_string_equal(out.data, wanted);
	buf_free(&out);
}

static void lists_and_scopes(void **state)
{
	struct pool *pool = pool_new();
	struct view *view = view_new(pool), *item;

	(void)state;
	shows("list", view, "<ul>none</ul>");
	view_set(view, "outer", "!");
	view_set(view, "name", "hidden");
	item = view_item(view, "rows");
	view_set(item, "name", "A");
	item = view_item(view, "rows");
	view_set(item, "name", "B");
	view_set(item, "outer", "?");
	shows("list", view, "<ul><li>A![A]<li>B?[B]</ul>");
	view_set(view, "rows", "");
	shows("list", view, "<ul>none</ul>");
	pool_free(pool);
}

static void nested_lists(void **state)
{
	struct pool *pool = pool_new();
	struct view *view = view_new(pool), *a, *b;

	(void)state;
	view_set(view, "x", "0");
	for (int i = 0; i < 2; i++) {
		a = view_item(view, "a");
		if (i == 1)
			view_set(a, "x", "a");
		b = view_item(a, "b");
		view_int(b, "x", 7);
		view_item(a, "b");
	}
	shows("nested", view, "707a");
	pool_free(pool);
}

static void escapes(void **state)
{
	struct pool *pool = pool_new();
	struct view *view = view_new(pool);

	(void)state;
	view_set(view, "name", "<b a=\"1\" c='2'>&amp;");
	shows("part", view, "[&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;]");
	view_set(view, "name", NULL);
	shows("part", view, "[]");
	pool_free(pool);
}

static void svg_only_by_its_own_way(void **state)
{
	struct pool *pool = pool_new();
	struct view *view = view_new(pool);

	(void)state;
	view_set(view, "code", "<script>");
	shows("raw", view, "|&lt;script&gt;");
	view_svg(view, "code", "<svg/>");
	shows("raw", view, "<svg/>|");
	pool_free(pool);
}

static void many_names(void **state)
{
	struct pool *pool = pool_new();
	struct view *view = view_new(pool);
	char name[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "n%d", i);
		view_int(view, name, i);
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "n%d", i);
		assert_int_equal(strtol(view_find(view, pages_hash(name))->text, NULL, 10), i);
	}
	assert_null(view_find(view, pages_hash("n1000")));
	view_int(view, "n0", INT64_MIN);
	assert_string_equal(view_find(view, pages_hash("n0"))->text, "-9223372036854775808");
	view_int(view, "n1", 0);
	assert_false(view_find(view, pages_hash("n1"))->on);
	view_setf(view, "n2", "%200d", 1);
	assert_int_equal(strlen(view_find(view, pages_hash("n2"))->text), 200);
	pool_free(pool);
}

static void names_of_files(void **state)
{
	struct pool *pool = pool_new();
	struct buf out = { 0 };

	(void)state;
	assert_string_equal(template_asset("app.css"), "/tinh/app.0.css");
	assert_string_equal(template_asset("other.css"), "");
	assert_true(template_exists("raw"));
	assert_int_equal(template_render("nothing", view_new(pool), &out), RC_BUG);
	buf_free(&out);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_and_scopes),
		cmocka_unit_test(nested_lists),
		cmocka_unit_test(escapes),
		cmocka_unit_test(svg_only_by_its_own_way),
		cmocka_unit_test(many_names),
		cmocka_unit_test(names_of_files),
	};

	return cmocka_run_group_tests(tests, hash_names, NULL);
}
