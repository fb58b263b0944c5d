/* test_catalogue.c: procedures as data, their fees, and confirmed values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "dossier/catalogue.h"
#include "dossier/due.h"
#include "dossier/fee.h"

static struct pool *pool;
static char *text, *confirmed;
static size_t text_len, confirmed_len;

static int load(void **state)
{
	(void)state;
	pool = pool_new();
	assert_int_equal(file_read(pool, "board/catalogue.json", 1u << 20, &text, &text_len), RC_OK);
	assert_int_equal(file_read(pool, "board/demo/confirm.json", 1u << 20, &confirmed,
			&confirmed_len), RC_OK);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

static struct catalogue shipped(bool rehearsal, bool confirm)
{
	struct catalogue catalogue;
	const char *fault = NULL;

	if (catalogue_parse(pool, text, text_len, rehearsal, &catalogue, &fault) != RC_OK)
		fail_msg("board/catalogue.json: %s", fault);
	if (confirm && catalogue_confirm(pool, &catalogue, confirmed, confirmed_len, &fault) != RC_OK)
		fail_msg("board/demo/confirm.json: %s", fault);
	return catalogue;
}

/* The certification table of QĐ 2873/QĐ-UBND and the main civil-status rows. */
static const struct { const char *code, *limit; int64_t one; } rows[] = {
	{ "2.000908", "same-day-after-15", 0 },
	{ "2.000815", "same-day-after-15", 2000 },
	{ "2.000884", "same-day-after-15", 10000 },
	{ "2.000992", "same-day-after-15", 10000 },
	{ "2.001008", "same-day-after-15", 10000 },
	{ "2.001035", "2 working-days", 50000 },
	{ "2.001019", "2 working-days", 50000 },
	{ "2.001016", "2 working-days", 50000 },
	{ "2.001406", "2 working-days", 50000 },
	{ "2.000913", "same-day", 30000 },
	{ "2.000927", "same-day", 25000 },
	{ "2.000942", "same-day", 2000 },
	{ "1.001193", "same-day-after-15", 0 },
	{ "1.000656", "same-day-after-15", 0 },
	{ "1.000894", "same-day", 0 },
	{ "1.004873", "3 working-days", 15000 },
	{ "2.000635", "same-day-after-15", 8000 },
};

static void shipped_procedures(void **state)
{
	struct catalogue plain = shipped(true, false), demo = shipped(true, true);
	struct fee_line lines[8];
	int64_t total;
	size_t i, enabled = 0;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct procedure *p = catalogue_find(&demo, rows[i].code);

		if (!p)
			fail_msg("no %s", rows[i].code);
		assert_true(p->enabled);
		assert_int_equal(p->level, LEVEL_COMMUNE);
		assert_string_equal(limit_format(pool, &p->cases[0].limit), rows[i].limit);
		assert_true(p->cases[0].component_count > 0);
		assert_int_equal(fee_count(p->cases[0].fees, p->cases[0].fee_count, 1, 1, lines, &total),
				RC_OK);
		assert_true(total == rows[i].one);
		assert_false(catalogue_find(&plain, rows[i].code)->enabled);
	}
	for (i = 0; i < demo.count; i++)
		enabled += demo.procedures[i].enabled;
	assert_true(enabled >= 15);
	assert_true(enabled < demo.count);
	/* Confirming made a copy: what was parsed is as it was. */
	assert_false(catalogue_is_certain(catalogue_find(&plain, "2.000635")));
	assert_null(catalogue_find(&demo, "2.001009"));
	assert_null(catalogue_find(&demo, "2.00081"));
}

static void practice_never_in_live(void **state)
{
	struct catalogue live = shipped(false, true), practice = shipped(true, false);
	const struct procedure *p = catalogue_find(&practice, "9.999001");

	(void)state;
	assert_null(catalogue_find(&live, "9.999001"));
	assert_non_null(p);
	assert_true(p->enabled);
	assert_true(p->rehearsal_only);
	assert_int_equal(p->level, LEVEL_PROVINCE);
	assert_string_equal(p->unit, "Sở Thử nghiệm");
	assert_string_equal(limit_format(pool, &p->cases[0].limit), "3 working-days");
	assert_int_equal(p->cases[0].component_count, 2);
	assert_int_equal(live.count + 1, practice.count);
	assert_string_equal(p->folded, "thu tuc thu nghiem do tinh giai quyet");
}

static void usual_ranks_are_unique(void **state)
{
	struct catalogue all = shipped(true, false);
	unsigned seen = 0;
	size_t i;

	(void)state;
	for (i = 0; i < all.count; i++) {
		unsigned bit = 1u << (unsigned)all.procedures[i].usual_rank;

		assert_true(bit == 1u || !(seen & bit));
		seen |= bit;
	}
	assert_int_equal(seen & 0x1feu, 0x1feu);
}

static void cases_are_found(void **state)
{
	struct catalogue all = shipped(true, false);
	const struct procedure *p = catalogue_find(&all, "2.000815");

	(void)state;
	assert_string_equal(procedure_case_find(p, "")->id, "thuong");
	assert_string_equal(procedure_case_find(p, NULL)->id, "thuong");
	assert_string_equal(procedure_case_find(p, "nhieu")->id, "nhieu");
	assert_null(procedure_case_find(p, "khac"));
	assert_int_equal(p->cases[0].components[0].submission, PRESENT);
	assert_int_equal(p->cases[0].components[0].originals, 0);
}

static void certified_copy_fee(void **state)
{
	static const struct { int64_t pages, copies, total; } table[] = {
		{ 1, 1, 2000 }, { 2, 1, 4000 }, { 3, 1, 5000 }, { 4, 1, 6000 }, { 10, 1, 12000 },
		{ 3, 2, 10000 }, { 1, 5, 10000 }, { 198, 1, 200000 }, { 199, 1, 200000 },
		{ 10000, 1, 200000 }, { 10000, 10000, 2000000000 }, { 197, 3, 597000 },
	};
	struct catalogue all = shipped(true, false);
	const struct procedure_case *c = catalogue_find(&all, "2.000815")->cases;
	struct fee_line line;
	int64_t total;
	size_t i;

	(void)state;
	assert_int_equal(c->fee_count, 1);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(fee_count(c->fees, 1, table[i].pages, table[i].copies, &line, &total),
				RC_OK);
		if (total != table[i].total)
			fail_msg("%d pages: %d", (int)table[i].pages, (int)total);
		assert_true(line.amount_dong == total);
	}
	assert_int_equal(fee_count(c->fees, 1, 0, 1, &line, &total), RC_INVALID);
	assert_int_equal(fee_count(c->fees, 1, 1, 0, &line, &total), RC_INVALID);
	assert_int_equal(fee_count(c->fees, 1, 10001, 1, &line, &total), RC_INVALID);
	assert_int_equal(fee_count(c->fees, 1, 1, -1, &line, &total), RC_INVALID);
}

static void other_fees(void **state)
{
	const struct fee_rule rules[] = {
		{ "a", "A", "flat", 50000, 0, 0, 0, 0, true },
		{ "b", "B", "per_copy", 8000, 0, 0, 0, 0, true },
		{ "c", "C", "per_document", 10000, 0, 0, 0, 0, true },
	};
	const struct fee_rule odd = { "x", "X", "by_moon", 1, 0, 0, 0, 0, true };
	const struct fee_rule minus = { "x", "X", "flat", -1, 0, 0, 0, 0, true };
	struct fee_line lines[3];
	int64_t total;

	(void)state;
	assert_int_equal(fee_count(rules, 3, 20, 3, lines, &total), RC_OK);
	assert_true(total == 50000 + 24000 + 30000);
	assert_string_equal(lines[1].id, "b");
	assert_true(lines[2].amount_dong == 30000);
	assert_int_equal(fee_count(rules, 0, 1, 1, lines, &total), RC_OK);
	assert_true(total == 0);
	assert_int_equal(fee_count(&odd, 1, 1, 1, lines, &total), RC_INVALID);
	assert_int_equal(fee_count(&minus, 1, 1, 1, lines, &total), RC_INVALID);
}

#define ONE(members) "{\"version\":\"1\",\"procedures\":[{\"code\":\"1\",\"name\":\"X\"" members "}]}"
#define CASE(members) ONE(",\"cases\":[{\"id\":\"a\",\"name\":\"A\",\"limit\":\"none\"" members "}]")

static void wrong_catalogues(void **state)
{
	static const struct { const char *text, *fault; } bad[] = {
		{ "", "not a JSON object" },
		{ "[]", "not a JSON object" },
		{ "{\"version\":\"1\",\"version\":\"2\",\"procedures\":[]}", "not a JSON object" },
		{ "{}", "version, procedures" },
		{ "{\"version\":\"1\",\"procedures\":{}}", "version, procedures" },
		{ "{\"version\":\"1\",\"procedures\":[1]}", "procedures[0].code, name" },
		{ ONE(""), "procedures[0].cases" },
		{ ONE(",\"cases\":[]"), "procedures[0].cases" },
		{ ONE(",\"level\":\"ward\",\"cases\":[]"), "procedures[0].level" },
		{ ONE(",\"who\":\"nobody\""), "procedures[0].who" },
		{ ONE(",\"usual_rank\":9"), "procedures[0].usual_rank" },
		{ ONE(",\"cases\":[{\"id\":\"a\",\"name\":\"A\",\"limit\":\"soon\"}]"),
				"procedures[0].cases[0].limit" },
		{ ONE(",\"cases\":[{\"id\":\"a\",\"name\":\"A\"}]"), "procedures[0].cases[0].limit" },
		{ ONE(",\"cases\":[{\"id\":\"a\",\"name\":\"A\",\"limit\":\"none\"},"
				"{\"id\":\"a\",\"name\":\"B\",\"limit\":\"none\"}]"),
				"procedures[0].cases[1].id stands twice" },
		{ CASE(",\"components\":{}"), "procedures[0].cases[0].components, fees" },
		{ CASE(",\"components\":[{\"id\":\"c\"}]"),
				"procedures[0].cases[0].components[0].id, name" },
		{ CASE(",\"components\":[{\"id\":\"c\",\"name\":\"C\",\"submission\":\"x\"}]"),
				"procedures[0].cases[0].components[0].submission" },
		{ CASE(",\"components\":[{\"id\":\"c\",\"name\":\"C\",\"copies\":-1}]"),
				"procedures[0].cases[0].components[0].originals, certified, copies" },
		{ CASE(",\"components\":[{\"id\":\"c\",\"name\":\"C\",\"copies\":\"1\"}]"),
				"procedures[0].cases[0].components[0].originals, certified, copies" },
		{ CASE(",\"fees\":[{\"id\":\"f\",\"name\":\"F\",\"kind\":\"x\"}]"),
				"procedures[0].cases[0].fees[0].kind" },
		{ CASE(",\"fees\":[{\"id\":\"f\",\"name\":\"F\",\"amount\":-1}]"),
				"procedures[0].cases[0].fees[0].amount" },
		{ CASE(",\"fees\":[{\"id\":\"f\",\"name\":\"F\",\"amount\":1.5}]"),
				"procedures[0].cases[0].fees[0].amount" },
		{ "{\"version\":\"1\",\"procedures\":["
				"{\"code\":\"1\",\"name\":\"X\",\"cases\":[{\"id\":\"a\",\"name\":\"A\","
				"\"limit\":\"none\"}]},{\"code\":\"1\",\"name\":\"Y\",\"cases\":[{\"id\":\"a\","
				"\"name\":\"A\",\"limit\":\"none\"}]}]}", "procedures[1].code stands twice" },
	};
	struct catalogue out;
	const char *fault;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fault = NULL;
		if (catalogue_parse(pool, bad[i].text, strlen(bad[i].text), true, &out, &fault)
				!= RC_INVALID)
			fail_msg("taken: %s", bad[i].text);
		assert_string_equal(fault, bad[i].fault);
		assert_int_equal(out.count, 0);
	}
	assert_int_equal(catalogue_parse(pool, CASE(""), strlen(CASE("")), true, &out, &fault), RC_OK);
	assert_true(out.procedures[0].enabled);
}

static enum rc confirm(struct catalogue *catalogue, const char *document)
{
	const char *fault = NULL;
	enum rc rc = catalogue_confirm(pool, catalogue, document, strlen(document), &fault);

	assert_int_equal(fault != NULL, rc != RC_OK);
	return rc;
}

#define FOR(rest) "{\"confirmed\":[{\"code\":\"2.000635\"," rest "}]}"

static void confirmed_values(void **state)
{
	struct catalogue c = shipped(true, false);
	const struct procedure *p;

	(void)state;
	/* Half a confirmation does not switch it on. */
	assert_int_equal(confirm(&c, FOR("\"name\":\"Cấp bản sao trích lục\"")), RC_OK);
	p = catalogue_find(&c, "2.000635");
	assert_string_equal(p->name, "Cấp bản sao trích lục");
	assert_string_equal(p->folded, "cap ban sao trich luc");
	assert_false(p->enabled);
	assert_int_equal(confirm(&c, FOR("\"cases\":[{\"id\":\"thuong\",\"components\":true,"
			"\"limit\":\"1 working-days\",\"fees\":[{\"id\":\"phi\",\"amount\":9000}]}]")), RC_OK);
	p = catalogue_find(&c, "2.000635");
	assert_true(p->enabled);
	assert_true(p->cases[0].fees[0].amount_dong == 9000);
	assert_int_equal(p->cases[0].limit.unit, LIMIT_WORKING_DAYS);
	/* What this version does not have is passed over. */
	assert_int_equal(confirm(&c, "{\"confirmed\":[{\"code\":\"7.7\",\"cases\":[]}]}"), RC_OK);
	assert_int_equal(confirm(&c, FOR("\"cases\":[{\"id\":\"khac\",\"limit\":\"soon\"}]")), RC_OK);
	/* Wrong values change nothing. */
	assert_int_equal(confirm(&c, ""), RC_INVALID);
	assert_int_equal(confirm(&c, "{}"), RC_INVALID);
	assert_int_equal(confirm(&c, FOR("\"name\":\"\"")), RC_INVALID);
	assert_int_equal(confirm(&c, FOR("\"cases\":[{\"id\":\"thuong\",\"limit\":\"soon\"}]")),
			RC_INVALID);
	assert_int_equal(confirm(&c, FOR("\"cases\":[{\"id\":\"thuong\",\"fees\":"
			"[{\"id\":\"phi\",\"amount\":-5}]}]")), RC_INVALID);
	assert_int_equal(confirm(&c, FOR("\"cases\":[{\"id\":\"thuong\",\"fees\":"
			"[{\"id\":\"phi\"}]}]")), RC_INVALID);
	p = catalogue_find(&c, "2.000635");
	assert_true(p->cases[0].fees[0].amount_dong == 9000);
	assert_string_equal(p->name, "Cấp bản sao trích lục");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_procedures),
		cmocka_unit_test(practice_never_in_live),
		cmocka_unit_test(usual_ranks_are_unique),
		cmocka_unit_test(cases_are_found),
		cmocka_unit_test(certified_copy_fee),
		cmocka_unit_test(other_fees),
		cmocka_unit_test(wrong_catalogues),
		cmocka_unit_test(confirmed_values),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
