/*
 * test_embed.c: the host tool of the build, run on small trees: what it makes, and that every wrong
 * name stops the build with its file and line. The tool lies beside the tests in the build folder.
 */
#define _DEFAULT_SOURCE	/* mkdtemp */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"

static struct pool *pool;
static char dir[] = "embed-test-XXXXXX";
static char tool[4096];

static int set_up(void **state)
{
	char *end;
	ssize_t len = readlink("/proc/self/exe", tool, sizeof tool - 32);

	(void)state;
	if (len <= 0)
		return 1;
	tool[len] = '\0';
	for (int i = 0; i < 2; i++) {
		end = strrchr(tool, '/');
		if (end == NULL)
			return 1;
		*end = '\0';
	}
	memcpy(tool + strlen(tool), "/host/embed", 12);
	pool = pool_new();
	snprintf(dir, sizeof dir, "embed-test-XXXXXX");
	return mkdtemp(dir) == NULL;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	pool_free(pool);
	snprintf(command, sizeof command, "rm -rf ./%s", dir);
	return system(command);
}

static void put(const char *path, const char *text)
{
	char *whole = pool_printf(pool, "%s/%s", dir, path), *slash = strrchr(whole, '/');
	FILE *file;

	*slash = '\0';
	assert_int_equal(file_make_dir(whole, 0777), RC_OK);
	*slash = '/';
	file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const char *get(const char *path)
{
	char *text = NULL;
	size_t len;

	if (file_read(pool, pool_printf(pool, "%s/%s", dir, path), 1 << 20, &text, &len) != RC_OK)
		return "";
	return text;
}

/* Runs the tool in the tree; what it says on stderr is then in "said". */
static int embed(const char *arguments)
{
	int status = system(pool_printf(pool, "cd %s && %s %s 2>said", dir, tool, arguments));

	return WEXITSTATUS(status);
}

static void good_tree(void)
{
	put("cgi/schema/sqlite/tram/0002.sql", "two;\n");
	put("cgi/schema/sqlite/tram/0001.sql", "one;\n");
	put("cgi/schema/pg/tram/0001.sql", "pg;\n");
	put("board/communes.tsv", "18685\tx\n");
	put("www/text/vi.txt", "# comment\nk.one = Một & \"hai\"\nk.two = {1} rồi {0}\\nhết ?"
			       "?/\n");
	put("www/static/app.css", ".a{}");
	put("www/pages/partial/head.html", "  <title>{{title}}</title>\n");
	put("www/pages/print/a.html",
			"{{>partial/head}}\n\n   {{#rows}}\n   <b>{{x}} {{t k.two x y}}</b>\n"
			"   {{/rows}}\n{{^rows}}{{t k.one}}{{/rows}}<pre>\n  {{unsafe_svg q}}\n  "
			"</pre>"
			"{{asset app.css}}{{! no }}\n");
}

static void makes(void **state)
{
	const char *pages, *schema;
	struct stat before, after;

	(void)state;
	good_tree();
	assert_int_equal(embed(". out"), 0);
	assert_string_equal(get("said"), "");
	pages = get("out/gen/pages.c");
	assert_non_null(strstr(pages, "\"k.two\" \"\\0\"\n\t\"{1} rồi {0}\\nhết \\?\\?/\" "));
	assert_non_null(strstr(pages, "\"app.css\" \"\\0\"\n\t\"/tinh/app.6b93ed03.css\" "));
	assert_string_equal(get("out/static/app.6b93ed03.css"), ".a{}");
	/* Blanks squeezed, section lines gone, <pre> kept, the sentence cut at its places and
	 * escaped. */
	assert_non_null(strstr(pages, "\"<title>\""));
	assert_non_null(strstr(pages, "\"</title>\\n\""));
	assert_non_null(strstr(pages, "\"<b>\""));
	assert_non_null(strstr(pages, "\" rồi \""));
	assert_non_null(strstr(pages, "\"\\nhết \\?\\?/</b>\\n\""));
	assert_non_null(strstr(pages, "\"Một &amp; &quot;hai&quot;\""));
	assert_non_null(strstr(pages, "\"<pre>\\n  \""));
	assert_non_null(strstr(pages, "\"\\n  </pre>/tinh/app.6b93ed03.css\\n\""));
	schema = get("out/gen/schema.c");
	assert_non_null(strstr(schema, "{ \"pg\", \"tram\", 1, "));
	assert_true(strstr(schema, "{ \"sqlite\", \"tram\", 1, ") <
			strstr(schema, "\"tram\", 2, "));
	assert_non_null(strstr(schema, "embed_catalogue_json_len = 0;"));
	/* Nothing new: nothing touched. Something new: the old asset goes. */
	assert_int_equal(stat(pool_printf(pool, "%s/out/gen/pages.c", dir), &before), 0);
	assert_int_equal(embed(". out"), 0);
	assert_int_equal(stat(pool_printf(pool, "%s/out/gen/pages.c", dir), &after), 0);
	assert_true(before.st_ino == after.st_ino);
	put("www/static/app.css", ".b{}");
	assert_int_equal(embed(". out"), 0);
	assert_string_equal(get("out/static/app.6b93ed03.css"), "");
}

static void stops(void **state)
{
	static const struct { const char *path, *text, *said;
	} cases[] = {
			{"www/pages/b.html", "\n\n{{t k.none}}",
					"b.html:3: no such text key: k.none"},
			{"www/pages/b.html", "{{t k.two x}}", "b.html:1: no value for {1}"},
			{"www/pages/b.html", "\n{{>partial/none}}",
					"b.html:2: no such partial: partial/none"},
			{"www/pages/b.html", "{{#a}}\n{{/b}}",
					"b.html:2: {{/b}} closes {{a}} of line 1"},
			{"www/pages/b.html", "{{#a}}\n{{#b}}{{/b}}",
					"b.html:1: {{a}} is not closed"},
			{"www/pages/b.html", "{{/a}}", "b.html:1: {{/a}} without its beginning"},
			{"www/pages/b.html", "{{a", "b.html:1: {{ without }}"},
			{"www/pages/b.html", "{{a b}}", "b.html:1: not a name: {{a b}}"},
			{"www/pages/b.html", "{{{a}}}", "b.html:1: not a name"},
			{"www/pages/b.html", "{{asset no.css}}",
					"b.html:1: no such file in www/static: no.css"},
			{"www/pages/b.html", "{{unsafe_svg a}}",
					"b.html:1: unsafe_svg is not allowed"},
			{"www/pages/b.html", "{{>b}}", "b.html:1: a partial within itself: b"},
			{"www/text/vi.txt", "k.one = a\nk.two = b\nk.one = c\n",
					"vi.txt:3: key twice: k.one"},
			{"www/text/vi.txt", "k.one\n", "vi.txt:1: no '='"},
			{"cgi/schema/sqlite/tram/3.sql", "x",
					"3.sql: not <engine>/<database>/NNNN.sql"},
			/* Two names with one hash (FNV-1a): "liquid" and "costarring". */
			{"www/pages/b.html", "{{costarring}}{{liquid}}", "hash alike"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		good_tree();
		unlink(pool_printf(pool, "%s/www/pages/b.html", dir));
		put(cases[i].path, cases[i].text);
		assert_int_equal(embed(". out"), 1);
		if (strstr(get("said"), cases[i].said) == NULL)
			fail_msg("%s: %s", cases[i].said, get("said"));
	}
}

static void checks_c(void **state)
{
	(void)state;
	good_tree();
	put("a.c", "text_get(\"k.one\"); text_get(key);\ntext_fill(pool, \"k.none\", a, NULL);\n"
		   "form_fault(f, \"field\", \"k.gone\");\nweb_error_page(w, q, r, 404, "
		   "\"k.page\");\n"
		   "{ \"a\", FIELD_LINE, true, 0, 5, \"x|y\", \"k.label\" },\n"
		   "text_get(x ? \"k.one\" : \"k.two\");\n");
	assert_int_equal(embed("--check-c a.c"), 1);
	assert_null(strstr(get("said"), "a.c:1"));
	assert_non_null(strstr(get("said"), "a.c:2: no such text key: k.none"));
	assert_non_null(strstr(get("said"), "a.c:3: no such text key: k.gone"));
	assert_non_null(strstr(get("said"), "a.c:4: no such text key: k.page.title"));
	assert_non_null(strstr(get("said"), "a.c:4: no such text key: k.page.text"));
	assert_non_null(strstr(get("said"), "a.c:5: no such text key: k.label"));
	assert_null(strstr(get("said"), "a.c:6"));
	put("a.c", "text_get(\"k.one\");\n");
	assert_int_equal(embed("--check-c a.c"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(makes), TEST(stops), TEST(checks_c) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
