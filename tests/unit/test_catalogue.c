/* test_catalogue.c: procedures as data, their fees, and confirmed values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "base/when.h"
#include "dossier/catalogue.h"
#include "dossier/catalogue_edit.h"
#include "dossier/catalogue_merge.h"
#include "dossier/document_diff.h"
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
	char *document = text;

	if (confirm && catalogue_confirm(pool, text, text_len, confirmed, confirmed_len, &document,
				&fault) != RC_OK)
		fail_msg("board/demo/confirm.json: %s", fault);
	if (catalogue_parse(pool, document, confirm ? strlen(document) : text_len, rehearsal,
				&catalogue, &fault) != RC_OK)
		fail_msg("board/catalogue.json: %s", fault);
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
	/* Confirming made a new document: the one that was read is as it was. */
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
		{ "a", "A", "flat", 50000, 0, 0, 0, 0, true, { 0, 0 } },
		{ "b", "B", "per_copy", 8000, 0, 0, 0, 0, true, { 0, 0 } },
		{ "c", "C", "per_document", 10000, 0, 0, 0, 0, true, { 0, 0 } },
	};
	const struct fee_rule odd = { "x", "X", "by_moon", 1, 0, 0, 0, 0, true, { 0, 0 } };
	const struct fee_rule minus = { "x", "X", "flat", -1, 0, 0, 0, 0, true, { 0, 0 } };
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
		{ ONE(",\"valid_to\":\"2027-02-30\""), "procedures[0].valid_from, valid_to" },
		{ ONE(",\"valid_from\":\"2027-03-01\",\"valid_to\":\"2027-02-28\""),
				"procedures[0].valid_from, valid_to" },
		{ ONE(",\"questions\":[{\"id\":\"q\"}]"), "procedures[0].questions: id, text" },
		{ ONE(",\"questions\":[{},{},{},{}]"), "procedures[0].questions" },
		{ ONE(",\"roles\":[{\"id\":\"r\",\"name\":\"R\",\"sex\":\"x\"}]"),
				"procedures[0].roles: id, name, sex" },
		{ CASE(",\"when\":{\"q\":true}"), "procedures[0].cases[0].when" },
		{ CASE(",\"components\":[{\"id\":\"c\",\"name\":\"C\",\"when\":[]}]"),
				"procedures[0].cases[0].components[0].when" },
		{ CASE(",\"components\":[{\"id\":\"c\",\"name\":\"C\"},{\"id\":\"c\",\"name\":\"D\"}]"),
				"procedures[0].cases[0].components[1].id stands twice" },
		{ CASE(",\"steps\":[{\"name\":\"S\",\"role\":\"king\"}]"),
				"procedures[0].cases[0].steps[0].role" },
		{ CASE(",\"steps\":[{\"name\":\"S\",\"limit\":\"same-day\"}]"),
				"procedures[0].cases[0].steps[0].limit" },
		{ ONE(",\"cases\":[{\"id\":\"a\",\"name\":\"A\",\"limit\":\"1 working-days\",\"steps\":"
				"[{\"name\":\"S\",\"limit\":\"0.75 working-days\"},"
				"{\"name\":\"T\",\"limit\":\"4 hours\"}]}]"),
				"procedures[0].cases[0].steps: longer than the limit" },
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

/* Over *document, which is the new one then. */
static enum rc confirm(char **document, const char *words)
{
	const char *fault = NULL;
	char *out = NULL;
	enum rc rc = catalogue_confirm(pool, *document, strlen(*document), words, strlen(words), &out,
			&fault);

	assert_int_equal(fault != NULL, rc != RC_OK);
	assert_int_equal(out != NULL, rc == RC_OK);
	if (rc == RC_OK)
		*document = out;
	return rc;
}

static const struct procedure *read_one(const char *document, const char *code)
{
	struct catalogue c;
	const char *fault = NULL;

	if (catalogue_parse(pool, document, strlen(document), true, &c, &fault) != RC_OK)
		fail_msg("%s", fault);
	return catalogue_find(&c, code);
}

#define FOR(rest) "{\"confirmed\":[{\"code\":\"2.000635\"," rest "}]}"

static void confirmed_values(void **state)
{
	char *c = text;
	const struct procedure *p;

	(void)state;
	/* Another last day, none, and one that is none. */
	assert_true(read_one(c, "2.000635")->valid_to > 0);
	assert_int_equal(confirm(&c, FOR("\"valid_to\":\"2027-12-31\"")), RC_OK);
	assert_int_equal(read_one(c, "2.000635")->valid_to, when_day_number(2027, 12, 31));
	assert_int_equal(confirm(&c, FOR("\"valid_to\":\"\"")), RC_OK);
	assert_int_equal(read_one(c, "2.000635")->valid_to, 0);
	assert_int_equal(confirm(&c, FOR("\"valid_to\":\"2027-02-30\"")), RC_INVALID);
	/* Half a confirmation does not switch it on. */
	assert_int_equal(confirm(&c, FOR("\"name\":\"Cấp bản sao trích lục\"")), RC_OK);
	p = read_one(c, "2.000635");
	assert_string_equal(p->name, "Cấp bản sao trích lục");
	assert_string_equal(p->folded, "cap ban sao trich luc");
	assert_false(p->enabled);
	assert_int_equal(confirm(&c, FOR("\"cases\":[{\"id\":\"thuong\",\"components\":true,"
			"\"limit\":\"1 working-days\",\"fees\":[{\"id\":\"phi\",\"amount\":9000}]}]")), RC_OK);
	p = read_one(c, "2.000635");
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
	p = read_one(c, "2.000635");
	assert_true(p->cases[0].fees[0].amount_dong == 9000);
	assert_string_equal(p->name, "Cấp bản sao trích lục");
}

/* Questions choose the case and the papers; the last case whose answers are given wins. */
static void answers_choose(void **state)
{
	const struct procedure *p = read_one(text, "1.000894");
	struct answers none = { 0, 0 }, verify = { 4, 3 }, plain = { 1, 6 };

	(void)state;
	assert_int_equal(p->question_count, 3);
	assert_int_equal(p->role_count, 2);
	assert_string_equal(p->roles[0].name, "Bên nam");
	assert_string_equal(p->roles[0].sex, "nam");
	assert_true(p->roles[0].required);
	assert_true(procedure_case_is_answered(p));
	assert_string_equal(procedure_case_of(p, none)->id, "thuong");
	assert_string_equal(procedure_case_of(p, verify)->id, "xac-minh");
	assert_string_equal(procedure_case_of(p, plain)->id, "thuong");
	assert_true(procedure_answers_meet(plain, p->cases[0].components[1].when));
	assert_false(procedure_answers_meet(verify, p->cases[0].components[1].when));
	assert_false(procedure_answers_meet(none, p->cases[0].components[1].when));
	assert_true(procedure_answers_meet(none, p->cases[0].components[0].when));
	assert_ptr_equal(p->cases[1].of, p);
	assert_false(procedure_case_is_answered(read_one(text, "2.000815")));
}

/* Luật Hộ tịch 03/2026/QH16 is in force from 1/3/2027: the old procedures end the day before. */
static void validity(void **state)
{
	struct catalogue trial = shipped(true, true), demo = shipped(true, false);
	struct procedure p = *catalogue_find(&demo, "2.000635");
	size_t i, civil = 0;

	(void)state;
	p.enabled = true;
	assert_true(procedure_is_offered(&p, when_day_number(2027, 2, 28)));
	assert_false(procedure_is_offered(&p, when_day_number(2027, 3, 1)));
	assert_true(procedure_is_offered(catalogue_find(&trial, "2.000815"),
			when_day_number(2027, 3, 1)));
	/* The trial goes on practising what has no published successor (board/demo/confirm.json). */
	assert_true(procedure_is_offered(catalogue_find(&trial, "2.000635"),
			when_day_number(2027, 3, 1)));
	for (i = 0; i < demo.count; i++) {
		const struct procedure *one = &demo.procedures[i];
		bool is_civil = strstr(one->folded, "khai sinh") || strstr(one->folded, "khai tu")
				|| strstr(one->folded, "ho tich") || strstr(one->folded, "ket hon")
				|| strstr(one->folded, "hon nhan") || strstr(one->folded, "giam ho")
				|| strstr(one->folded, "cha me con");

		if (!is_civil)
			continue;
		civil++;
		assert_true(one->valid_to == when_day_number(2027, 2, 28));
	}
	assert_true(civil >= 14);
	/* 40 and more whose name is certain, and none whose name is not known (DOMAIN 5). */
	assert_true(demo.count >= 50);
	assert_null(catalogue_find(&demo, "2.000286"));
	assert_null(catalogue_find(&demo, "1.012753"));
	assert_null(catalogue_find(&demo, "2.000528"));
}

/* Steps fit into the limit; each value of the shipped document has a source. */
static void steps_and_sources(void **state)
{
	const struct procedure *p = read_one(text, "9.999001");
	json_t *document, *row, *one, *fee;
	size_t i, k, f;

	(void)state;
	assert_int_equal(p->cases[0].step_count, 3);
	assert_string_equal(p->cases[0].steps[0].role, "intake");
	assert_int_equal(p->cases[0].steps[0].limit.quarters, 1);
	assert_true(*p->contact && *p->courier && *p->expected_answer);
	assert_int_equal(json_parse(text, text_len, &document), RC_OK);
	json_array_foreach(json_object_get(document, "procedures"), i, row) {
		struct catalogue_doubt *doubts;

		if (!*json_text(json_object_get(row, "sources"), "name"))
			fail_msg("%s: no source of its name", json_text(row, "code"));
		json_array_foreach(json_object_get(row, "cases"), k, one) {
			if (!*json_text(json_object_get(one, "sources"), "limit"))
				fail_msg("%s %s: limit", json_text(row, "code"), json_text(one, "id"));
			json_array_foreach(json_object_get(one, "fees"), f, fee)
				assert_true(*json_text(fee, "source"));
		}
		assert_int_equal(catalogue_edit_doubts(pool, row, &doubts) == 0,
				strcmp(json_text(row, "code"), "9.999001") == 0);
	}
	assert_string_equal(catalogue_edit_abolished(document, "2.001009"),
			"QĐ 2873/QĐ-UBND Hà Tĩnh 19/11/2025");
	assert_string_equal(catalogue_edit_abolished(document, "2.000815"), "");
	json_decref(document);
}

static void own_versions(void **state)
{
	static const struct { const char *before, *after; } table[] = {
		{ "2026.11.2", "2026.11.2-1" }, { "2026.11.2-1", "2026.11.2-2" },
		{ "2026.11.2-9", "2026.11.2-10" }, { "a-b", "a-b-1" }, { "x-0", "x-0-1" },
	};
	json_t *document = NULL, *mine = json_pack("{s:s,s:s}", "code", "5.1", "field", "Chứng thực");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_string_equal(catalogue_edit_next(pool, table[i].before), table[i].after);
	assert_int_equal(json_parse(text, text_len, &document), RC_OK);
	catalogue_edit_put(document, mine);
	catalogue_edit_put(document, mine);
	assert_int_equal(json_array_size(json_object_get(document, "procedures")), 52);
	/* Behind the last of its field. */
	assert_string_equal(json_text(json_array_get(json_object_get(document, "procedures"), 12),
			"code"), "5.1");
	json_decref(mine);
	json_decref(document);
}

static void differences(void **state)
{
	struct document_change found[8];
	json_t *a = NULL, *b = NULL;
	const char *before = "{\"name\":\"A\",\"cases\":[{\"id\":\"x\",\"name\":\"X\",\"limit\":\"none\","
			"\"fees\":[{\"id\":\"f\",\"name\":\"F\",\"amount\":1}]},{\"id\":\"y\",\"name\":\"Y\"}],"
			"\"uncertain\":[\"who\",\"name\"],\"enabled\":false}";
	const char *after = "{\"name\":\"B\",\"cases\":[{\"id\":\"z\",\"name\":\"Z\"},{\"id\":\"x\",\"name\":\"X\","
			"\"limit\":\"none\",\"fees\":[{\"id\":\"f\",\"name\":\"F\",\"amount\":2}]}],"
			"\"uncertain\":[\"who\"]}";

	(void)state;
	assert_int_equal(json_parse(before, strlen(before), &a), RC_OK);
	assert_int_equal(json_parse(after, strlen(after), &b), RC_OK);
	assert_int_equal(document_diff(pool, a, a, found, 8), 0);
	assert_int_equal(document_diff(pool, a, b, found, 8), 6);
	assert_string_equal(found[0].member, "name");
	assert_string_equal(found[0].before, "A");
	assert_string_equal(found[0].after, "B");
	assert_string_equal(found[1].member, "cases");
	assert_null(found[1].before);
	assert_string_equal(found[1].after, "Z");
	assert_string_equal(found[2].member, "amount");
	assert_int_equal(found[2].depth, 2);
	assert_string_equal(found[2].places[0].item, "X");
	assert_string_equal(found[2].places[1].list, "fees");
	assert_string_equal(found[2].before, "1");
	assert_string_equal(found[3].before, "Y");
	assert_null(found[3].after);
	assert_string_equal(found[4].before, "who, name");
	assert_string_equal(found[5].before, "false");
	assert_null(found[5].after);
	assert_int_equal(document_diff(pool, a, b, found, 2), 6);
	json_decref(a);
	json_decref(b);
}

#define POINT(enabled, doubts, limit, certain, amount) \
	"{\"procedures\":[{\"code\":\"1\"," enabled "\"cases\":[{\"id\":\"a\",\"limit\":\"" limit "\"," doubts \
	"\"fees\":[{\"id\":\"f\",\"amount\":" amount certain "}]}]}]}"
#define WAITS "\"uncertain\":[\"limit\"],"
#define UNSURE ",\"certain\":false"

/* What a file changes waits anew, what it leaves was confirmed here already. */
static void confirmed_here_stays(void **state)
{
	static const struct {
		const char *current, *base, *file, *after;
		size_t kept;
	} table[] = {
		{ POINT("", "", "2 hours", "", "5"), NULL, POINT("", WAITS, "2 hours", UNSURE, "5"),
			POINT("", "", "2 hours", "", "5"), 2 },
		{ POINT("", "", "2 hours", "", "5"), NULL, POINT("", WAITS, "3 hours", UNSURE, "6"),
			POINT("", WAITS, "3 hours", UNSURE, "6"), 0 },
		{ POINT("", "", "2 hours", "", "5"), POINT("", WAITS, "3 hours", UNSURE, "6"),
			POINT("", WAITS, "3 hours", UNSURE, "6"), POINT("", "", "2 hours", "", "5"), 2 },
		{ POINT("", WAITS, "2 hours", UNSURE, "5"), NULL, POINT("", WAITS, "2 hours", UNSURE, "5"),
			POINT("", WAITS, "2 hours", UNSURE, "5"), 0 },
		{ POINT("\"enabled\":false,", "", "2 hours", "", "5"), POINT("", "", "2 hours", "", "5"),
			POINT("", "", "4 hours", "", "5"), POINT("\"enabled\":false,", "", "4 hours", "", "5"), 0 },
		{ POINT("\"enabled\":false,", "", "2 hours", "", "5"), NULL,
			POINT("", "", "2 hours", "", "5"), POINT("", "", "2 hours", "", "5"), 0 },
		/* Of the point's own, left out by the file, abolished by the file. */
		{ POINT("", "", "2 hours", "", "5"), NULL, "{\"procedures\":[]}",
			POINT("", "", "2 hours", "", "5"), 0 },
		{ POINT("", "", "2 hours", "", "5"), POINT("", "", "2 hours", "", "5"), "{\"procedures\":[]}",
			"{\"procedures\":[]}", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		json_t *current = NULL, *base = NULL, *file = NULL, *after = NULL;

		assert_int_equal(json_parse(table[i].current, strlen(table[i].current), &current), RC_OK);
		assert_int_equal(json_parse(table[i].file, strlen(table[i].file), &file), RC_OK);
		assert_int_equal(json_parse(table[i].after, strlen(table[i].after), &after), RC_OK);
		if (table[i].base != NULL)
			assert_int_equal(json_parse(table[i].base, strlen(table[i].base), &base), RC_OK);
		assert_int_equal(catalogue_merge(pool, current, base, file), table[i].kept);
		if (!json_equal(file, after))
			fail_msg("row %zu: %s", i, json_to_text(pool, file));
		json_decref(current);
		json_decref(base);
		json_decref(file);
		json_decref(after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confirmed_here_stays),
		cmocka_unit_test(shipped_procedures),
		cmocka_unit_test(practice_never_in_live),
		cmocka_unit_test(usual_ranks_are_unique),
		cmocka_unit_test(cases_are_found),
		cmocka_unit_test(certified_copy_fee),
		cmocka_unit_test(other_fees),
		cmocka_unit_test(wrong_catalogues),
		cmocka_unit_test(confirmed_values),
		cmocka_unit_test(answers_choose),
		cmocka_unit_test(validity),
		cmocka_unit_test(steps_and_sources),
		cmocka_unit_test(own_versions),
		cmocka_unit_test(differences),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
