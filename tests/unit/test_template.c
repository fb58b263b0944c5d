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

#include "../../cgi/web/template.c"

#define NAME(code, name, jump) { code, 0, jump, name }
#define TEXT(text) { PAGES_TEXT, sizeof(text) - 1, 0, text }
#define STOP { PAGES_STOP, 0, 0, NULL }

/* The hash is filled in before the tests, out of the name that stands in `text`. */
static struct pages_op list_ops[] = {
	TEXT("<ul>"),
	NAME(PAGES_SECTION, "rows", 6),
	TEXT("<li>"),
	NAME(PAGES_VALUE, "name", 0),
	NAME(PAGES_VALUE, "outer", 0),
	NAME(PAGES_PARTIAL, NULL, 2),
	NAME(PAGES_END, NULL, 1),
	NAME(PAGES_UNLESS, "rows", 9),
	TEXT("none"),
	TEXT("</ul>"),
	STOP,
};
static struct pages_op nested_ops[] = {
	NAME(PAGES_SECTION, "a", 4),
	NAME(PAGES_SECTION, "b", 3),
	NAME(PAGES_VALUE, "x", 0),
	NAME(PAGES_END, NULL, 1),
	NAME(PAGES_END, NULL, 0),
	STOP,
};
static struct pages_op part_ops[] = { TEXT("["), NAME(PAGES_VALUE, "name", 0), TEXT("]"), STOP };
static struct pages_op raw_ops[] = {
	NAME(PAGES_SVG, "code", 0), TEXT("|"), NAME(PAGES_VALUE, "code", 0), STOP,
};

const struct pages_template pages_templates[] = {
	{ "list", list_ops }, { "nested", nested_ops }, { "part", part_ops }, { "raw", raw_ops },
	{ 0 },
};
const size_t pages_template_count = 4;
const struct pages_pair pages_assets[] = { { "app.css", "/tinh/app.0.css" }, { 0 } };
const size_t pages_asset_count = 1;

static int hash_names(void **state)
{
	struct pages_op *tables[] = { list_ops, nested_ops, part_ops, raw_ops };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (struct pages_op *op = tables[i]; op->code != PAGES_STOP; op++) {
			if (op->code != PAGES_TEXT && op->text != NULL)
				op->hash = pages_hash(op->text);
		}
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
