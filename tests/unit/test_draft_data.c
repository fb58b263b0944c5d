/*
 * test_draft_data.c: a draft from its first field to the accepted event's body: nothing right is
 * lost, nothing unknown gets in, and what is missing is said before anything is accepted. The last
 * tests hold the slip's estimate to what it promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "intake/draft_body.c"
#include "intake/draft_data.c"
#include "intake/slip_fit.c"

#include "base/when.h"
#include "dossier/kind.h"

static struct pool *pool;
static json_t *data;

static const struct component components[] = {
	{ "to-khai", "Tờ khai", 1, 0, 0, SUBMIT, "", true, { 0, 0 } },
	{ "uy-quyen", "Văn bản ủy quyền", 0, 1, 0, SUBMIT, "nếu nộp thay", false, { 0, 0 } },
	{ "can-cuoc", "Căn cước", 0, 0, 0, PRESENT, "", true, { 0, 0 } },
	{ "cu-tru", "Thông tin cư trú", 0, 0, 0, SYSTEM_LOOKUP, "", true, { 0, 0 } },
};
static const struct fee_rule fees[] = {
	{ .id = "phi", .name = "Phí", .kind = "certified_copy", .first_pages_dong = 2000,
	  .next_pages_dong = 1000, .max_per_copy_dong = 200000, .first_pages = 2 },
	{ .id = "le-phi", .name = "Lệ phí", .kind = "flat", .amount_dong = 5000 },
};
static const struct procedure_case cases[] = {
	{ .id = "thuong", .name = "Thông thường", .limit = { LIMIT_WORKING_DAYS, 12, false },
	  .components = components, .component_count = 4, .fees = fees, .fee_count = 2 },
	{ .id = "nhanh", .name = "Nhanh", .limit = { LIMIT_SAME_DAY, 0, true },
	  .components = components, .component_count = 1 },
};
static const struct procedure procedures[] = {
	{ .code = "2.000635", .name = "Cấp bản sao trích lục", .field = "Hộ tịch", .level = LEVEL_COMMUNE,
	  .unit = "", .agency = "", .target_system = "", .who = "anyone", .enabled = true, .folded = "",
	  .cases = cases, .case_count = 2 },
};
/* The same with a question, and with two people. */
static const struct component asked[] = {
	{ "to-khai", "Tờ khai", 1, 0, 0, SUBMIT, "", true, { 0, 0 } },
	{ "ly-hon", "Trích lục ly hôn", 0, 1, 0, SUBMIT, "", true, { 1, 0 } },
};
static const struct question questions[] = { { "ly-hon", "Đã ly hôn?" } };
static const struct role roles[] = { { "nam", "Bên nam", "nam", true, true },
	{ "nu", "Bên nữ", "nu", true, true }, { "chung", "Người làm chứng", "", false, false } };
static const struct procedure asking[1];
static const struct procedure_case asked_cases[] = {
	{ .of = asking, .id = "a", .name = "A", .limit = { LIMIT_SAME_DAY, 0, false },
	  .components = asked, .component_count = 2 },
	{ .of = asking, .id = "b", .name = "B", .when = { 1, 0 }, .limit = { LIMIT_WORKING_DAYS, 8, false },
	  .components = asked, .component_count = 2, .fees = fees, .fee_count = 1 },
};
static const struct procedure asking[1] = {
	{ .code = "1.000894", .name = "Kết hôn", .field = "", .unit = "", .agency = "", .target_system = "",
	  .who = "in_person", .enabled = true, .folded = "", .cases = asked_cases, .case_count = 2,
	  .questions = questions, .question_count = 1, .roles = roles, .role_count = 3 },
};
static const struct catalogue newer = { "2026.11.2", asking, 1 };
static const struct catalogue catalogue = { "2026.11.1", procedures, 1 };

static const struct field fields[] = {
	{ "name", FIELD_LINE, true, 2, 20, NULL, NULL },
	{ "birth", FIELD_DATE, false, 0, 1, NULL, NULL },
	{ "no_phone", FIELD_FLAG, false, 0, 0, NULL, NULL },
	{ "sets", FIELD_INT, false, 1, 99, NULL, NULL },
};
static const struct draft_data_place places[] = {
	{ "applicant", "name" }, { "applicant", "birth" }, { "applicant", "no_phone" }, { NULL, "sets" },
};
static const struct draft_data_set set = { fields, places, 4 };

static int begin(void **state)
{
	(void)state;
	pool = pool_new();
	data = json_new_object();
	return 0;
}

static int end(void **state)
{
	(void)state;
	json_decref(data);
	pool_free(pool);
	return 0;
}

static struct form *typed_form(const char *pairs)
{
	struct form *form;

	assert_int_equal(form_parse(pool, "application/x-www-form-urlencoded", pairs, strlen(pairs),
			&form), RC_OK);
	return form;
}

static const char *applicant(const char *member)
{
	return json_text(json_object_get(data, "applicant"), member);
}

static void merge_keeps_what_is_right(void **state)
{
	struct form *form = typed_form("name=%20Nguy%E1%BB%85n%20%20Th%E1%BB%AD&birth=5%2F3%2F1990&sets=2&no_phone=1");

	(void)state;
	(void)!form_check(form, fields, 4);
	draft_data_merge(data, form, &set);
	assert_string_equal(applicant("name"), "Nguyễn Thử");
	assert_int_equal(json_int(data, "sets", 0), 2);
	assert_true(json_flag(json_object_get(data, "applicant"), "no_phone"));

	form = typed_form("name=a%20name%20longer%20than%20twenty%20characters&birth=nonsense&sets=0");
	assert_int_equal(form_check(form, fields, 4), RC_INVALID);
	draft_data_merge(data, form, &set);
	assert_string_equal(applicant("name"), "Nguyễn Thử");
	assert_int_equal(json_int(data, "sets", 0), 2);
	assert_false(json_flag(json_object_get(data, "applicant"), "no_phone"));

	form = typed_form("sets=&birth=");
	(void)!form_check(form, fields, 4);
	draft_data_merge(data, form, &set);
	assert_string_equal(applicant("name"), "Nguyễn Thử");
	assert_null(json_object_get(data, "sets"));
	assert_string_equal(applicant("birth"), "");
}

static void form_shows_what_was_kept(void **state)
{
	json_t *person = draft_data_object(data, "applicant");
	struct form *form;

	(void)state;
	json_put(person, "name", "Trần & \"Mẫu\"=x");
	json_put(person, "birth", "1990-03-05");
	json_put_flag(person, "no_phone", true);
	json_put_int(data, "sets", 3);
	assert_int_equal(draft_data_form(pool, data, &set, &form), RC_OK);
	assert_string_equal(form_raw(form, "name"), "Trần & \"Mẫu\"=x");
	assert_string_equal(form_raw(form, "birth"), "05/03/1990");
	assert_string_equal(form_raw(form, "no_phone"), "1");
	assert_string_equal(form_raw(form, "sets"), "3");
}

static void scan(const char *who, const char *payload)
{
	const char *reason;
	struct card card;

	assert_int_equal(card_parse(pool, payload, strlen(payload), &card, &reason), RC_OK);
	draft_data_card(data, who, &card);
}

static void card_fills_the_person(void **state)
{
	(void)state;
	json_put(draft_data_object(data, "applicant"), "phone", "0900000001");
	scan("applicant", "000090000001||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình|01072022");
	assert_string_equal(applicant("number"), "000090000001");
	assert_string_equal(applicant("birth"), "1990-03-05");
	assert_string_equal(applicant("phone"), "0900000001");
	scan("submitter", "000190000002||Trần Thị Mẫu|01011990|Nữ|Xóm 2|01072022");
	assert_string_equal(applicant("number"), "000090000001");
	assert_false(json_flag(json_object_get(data, "submitter"), "self"));
}

static void organisation_does_not_leak_into_a_person(void **state)
{
	json_t *person = draft_data_object(data, "applicant");

	(void)state;
	json_put(person, "type", "organisation");
	json_put(person, "tax_code", "0000000001");
	scan("applicant", "000090000001||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình|01072022");
	assert_string_equal(applicant("type"), "person");
	assert_string_equal(applicant("tax_code"), "");
}

static void choosing_again_keeps_added_papers(void **state)
{
	const struct procedure_case *chosen;
	json_t *added;

	(void)state;
	draft_data_choose(data, &catalogue, &procedures[0], &cases[0]);
	assert_int_equal(json_array_size(json_object_get(data, "components")), 4);
	assert_string_equal(json_text(data, "content"), "Cấp bản sao trích lục");
	added = draft_data_add_paper(pool, data, "Giấy khác");
	assert_string_equal(json_text(added, "id"), "them-1");
	assert_string_equal(json_text(draft_data_add_paper(pool, data, "Nữa"), "id"), "them-2");
	json_put(draft_data_paper(data, "to-khai"), "state", "du");
	json_put(data, "content", "Nội dung riêng");
	draft_data_choose(data, &catalogue, &procedures[0], &cases[0]);
	assert_string_equal(json_text(draft_data_paper(data, "to-khai"), "state"), "du");
	draft_data_choose(data, &catalogue, &procedures[0], &cases[1]);
	assert_int_equal(json_array_size(json_object_get(data, "components")), 3);
	assert_string_equal(json_text(draft_data_paper(data, "to-khai"), "state"), "");
	assert_non_null(draft_data_paper(data, "them-2"));
	assert_string_equal(json_text(data, "content"), "Nội dung riêng");
	assert_ptr_equal(draft_data_procedure(data, &catalogue, &chosen), &procedures[0]);
	assert_ptr_equal(chosen, &cases[1]);
}

static void fees_follow_counts_and_exemption(void **state)
{
	struct fee_line lines[DRAFT_DATA_FEES];
	bool pages, copies;
	int64_t total;

	(void)state;
	assert_true(draft_data_fee_asks(&cases[0], &pages, &copies));
	assert_true(pages && copies);
	json_put_int(data, "fee_pages", 3);
	json_put_int(data, "fee_copies", 2);
	assert_int_equal(draft_data_fees(data, &cases[0], lines, &total), 2);
	assert_int_equal(total, 2 * 5000 + 5000);
	json_put_int(data, "fee_pages", 0);
	assert_int_equal(draft_data_fees(data, &cases[0], lines, &total), 0);
	assert_int_equal(total, 0);
	json_put_int(data, "fee_pages", 1);
	json_put(data, "exempt", "Người có công");
	assert_int_equal(draft_data_fees(data, &cases[0], lines, &total), 2);
	assert_int_equal(total, 0);
	assert_int_equal(lines[0].amount_dong, 0);
}

static void clock_starts_at_the_postmark(void **state)
{
	struct when_local local = { .year = 2026, .month = 11, .day = 23, .hour = 9, .minute = 30 };
	int64_t now, mark, at;

	(void)state;
	assert_int_equal(when_from_local(&local, &now), RC_OK);
	assert_int_equal(draft_data_clock(data, now), now);
	local = (struct when_local){ .year = 2026, .month = 11, .day = 20 };
	assert_int_equal(when_from_local(&local, &mark), RC_OK);
	json_put_int(data, "postmarked_at", mark);
	assert_int_equal(draft_data_clock(data, now), now);	/* not by post */
	json_put(data, "channel", "post");
	at = draft_data_clock(data, now);
	assert_int_equal(at, now - 3 * WHEN_DAY_MS);
	json_put_int(data, "postmarked_at", mark + 30 * WHEN_DAY_MS);
	assert_int_equal(draft_data_clock(data, now), now);	/* never later than now */
}

static size_t gaps_of(struct draft_body_gap *gaps)
{
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(data, &catalogue, &chosen);

	return draft_body_gaps(data, procedure, chosen, gaps);
}

static void fill(void)
{
	scan("applicant", "000090000001||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình|01072022");
	json_put(draft_data_object(data, "applicant"), "phone", "0900000001");
	draft_data_choose(data, &catalogue, &procedures[0], &cases[0]);
	json_put(draft_data_paper(data, "to-khai"), "state", "du");
	json_put(draft_data_paper(data, "can-cuoc"), "state", "da_xem");
}

static void gaps_are_found(void **state)
{
	struct draft_body_gap gaps[DRAFT_BODY_GAPS];

	(void)state;
	assert_true(gaps_of(gaps) >= 4);
	fill();
	assert_int_equal(gaps_of(gaps), 0);
	json_put(draft_data_paper(data, "to-khai"), "state", "thieu");
	assert_int_equal(gaps_of(gaps), 1);
	assert_int_equal(gaps[0].page, 3);
	assert_string_equal(gaps[0].field, "to-khai");
	json_put(draft_data_paper(data, "to-khai"), "state", "du");
	draft_data_put(draft_data_object(data, "applicant"), "phone", "");
	assert_int_equal(gaps_of(gaps), 1);
	assert_int_equal(gaps[0].page, 4);
	json_put_flag(draft_data_object(data, "applicant"), "no_phone", true);
	assert_int_equal(gaps_of(gaps), 0);
	json_put_flag(draft_data_object(data, "submitter"), "self", false);
	assert_int_equal(gaps_of(gaps), 2);
	json_put(data, "channel", "post");
	assert_int_equal(gaps_of(gaps), 3);
}

/* What draft_accept adds. */
static void complete(json_t *body)
{
	json_t *manifest = json_new_object();

	json_put(body, "code", "T18685.1-261124-0001");
	json_put_int(manifest, "version", 1);
	json_put_value(manifest, "items", json_new_array());
	json_put_value(body, "manifest", manifest);
}

static void body_is_what_the_event_knows(void **state)
{
	struct settings settings = { .parent_name = (char *)"UBND xã Thử", .agency_id = (char *)"H27.1" };
	struct due due = { .has_due = true, .due_at = 1795500000000, .certain = true };
	struct draft_body_facts facts = { &settings, &catalogue, "2026.1", &procedures[0], &cases[0], &due,
		"3", "A012", 1795400000000 };
	const char *field = "";
	const json_t *procedure;
	json_t *body;

	(void)state;
	fill();
	draft_data_add_paper(pool, data, "Giấy khác");
	json_put(data, "warnings_of_old", "no member of the event");
	json_put(draft_data_object(data, "applicant"), "secret", "nor this");
	json_put_int(data, "fee_copies", 2);
	json_put(data, "fee_state", "paid");
	body = draft_body_make(pool, data, &facts);
	complete(body);
	assert_int_equal(kind_check_body(kind_find("dossier.accepted", 1), body, &field), RC_OK);
	procedure = json_object_get(body, "procedure");
	assert_string_equal(json_text(procedure, "unit"), "UBND xã Thử");
	assert_string_equal(json_text(procedure, "limit"), "3 working-days");
	assert_string_equal(json_text(body, "fee_state"), "paid");
	assert_int_equal(json_int(json_object_get(body, "due"), "at", 0), 1795500000000);
	/* The conditional paper that is not needed is not named; the added one is. */
	assert_int_equal(json_array_size(json_object_get(body, "components")), 4);
	assert_string_equal(json_text(json_object_get(body, "delivery"), "way"), "counter");
	assert_true(json_flag(json_object_get(body, "submitter"), "self"));
	json_decref(body);

	json_put(data, "exempt", "Người có công");
	body = draft_body_make(pool, data, &facts);
	assert_string_equal(json_text(body, "fee_state"), "exempt");
	json_decref(body);
}

/* ---- the slip ---- */

static json_t *slip_body(size_t papers, size_t name_chars)
{
	json_t *body = json_new_object(), *list = json_new_array();
	char *name = pool_alloc(pool, name_chars + 1);

	memset(name, 'a', name_chars);
	for (size_t i = 0; i < papers; i++) {
		json_t *paper = json_new_object();

		json_put(paper, "name", name);
		json_add(list, paper);
	}
	json_put_value(body, "components", list);
	return body;
}

static void slip_gets_smaller_before_it_leaves_out(void **state)
{
	static const struct { size_t papers, chars; const char *name; bool whole; } rows[] = {
		{ 0, 0, "few", true }, { 2, 40, "few", true }, { 3, 40, "many", true },
		{ 5, 40, "many", true }, { 6, 40, "most", true }, { 12, 50, "vast", true },
		{ 60, 80, "vast", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *body = slip_body(rows[i].papers, rows[i].chars);
		struct slip_size size;

		slip_fit(body, &size);
		assert_string_equal(size.name, rows[i].name);
		assert_int_equal(size.papers == rows[i].papers, rows[i].whole);
		json_decref(body);
	}
}

static void slip_yields_to_long_names(void **state)
{
	json_t *body = slip_body(2, 40), *person = json_new_object();
	char *address = pool_alloc(pool, 300);
	struct slip_size size;

	(void)state;
	slip_fit(body, &size);
	assert_string_equal(size.name, "few");
	memset(address, 'a', 240);
	json_put(person, "address", address);
	json_put_value(body, "applicant", person);
	json_put(body, "content", address);
	slip_fit(body, &size);
	assert_string_not_equal(size.name, "few");
	assert_int_equal(size.papers, 2);
	json_decref(body);
}

static void answers_and_people(void **state)
{
	struct draft_body_gap gaps[DRAFT_BODY_GAPS];
	struct settings settings = { .parent_name = "UBND", .agency_id = "H27.1" };
	struct due due = { .has_due = false };
	struct draft_body_facts facts = { .settings = &settings, .catalogue = &newer,
		.calendar_version = "1", .procedure = asking, .chosen = asked_cases, .due = &due };
	json_t *body;

	(void)state;
	scan("applicant", "000090000001||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình|01072022");
	json_put(draft_data_object(data, "applicant"), "phone", "0900000001");
	draft_data_choose(data, &newer, asking, asked_cases);
	assert_int_equal(json_array_size(json_object_get(data, "components")), 1);
	json_put(draft_data_paper(data, "to-khai"), "state", "du");
	assert_int_equal(draft_body_gaps(data, asking, asked_cases, gaps), 2);
	assert_int_equal(gaps[0].page, 2);
	assert_string_equal(gaps[0].field, "cau-hoi");
	assert_string_equal(gaps[1].field, "nguoi-lien-quan");
	json_put_value(data, "persons", json_pack("[{s:s,s:s,s:s},{s:s,s:s},{s:s,s:s}]", "id", "nu",
			"name", "Trần Thị Mẫu", "number", "000190000002", "id", "nam", "name", "Nguyễn Văn Thử",
			"id", "khac", "name", "Không Có Vai"));
	json_put_value(data, "answers", json_pack("{s:b}", "ly-hon", 0));
	assert_int_equal(draft_body_gaps(data, asking, asked_cases, gaps), 0);
	/* Yes asks for one paper more. */
	json_put_value(data, "answers", json_pack("{s:b}", "ly-hon", 1));
	assert_ptr_equal(procedure_case_of(asking, draft_data_answers(data, asking)), &asked_cases[1]);
	assert_int_equal(draft_body_gaps(data, asking, &asked_cases[1], gaps), 1);
	draft_data_choose(data, &newer, asking, &asked_cases[1]);
	assert_non_null(draft_data_paper(data, "ly-hon"));
	body = draft_body_make(pool, data, &facts);
	assert_int_equal(json_array_size(json_object_get(body, "persons")), 2);
	assert_string_equal(json_text(json_array_get(json_object_get(body, "persons"), 0), "role"),
			"Bên nam");
	assert_string_equal(json_text(json_array_get(json_object_get(body, "persons"), 1), "number"),
			"000190000002");
	assert_null(json_object_get(json_array_get(json_object_get(body, "persons"), 0), "id"));
	assert_null(json_object_get(body, "answers"));
	json_decref(body);
}

/* The manager saved another version while the draft lay open. */
static void draft_follows_the_catalogue(void **state)
{
	static const struct component fewer[] = {
		{ "to-khai", "Tờ khai", 1, 0, 0, SUBMIT, "", true, { 0, 0 } },
		{ "moi", "Giấy mới", 1, 0, 0, SUBMIT, "", true, { 0, 0 } },
	};
	struct procedure_case changed = cases[0];
	struct procedure procedure = procedures[0];
	struct catalogue same = { "2026.11.2", procedures, 1 }, other = { "2026.11.3", &procedure, 1 };
	struct catalogue none = { "2026.11.4", NULL, 0 };

	(void)state;
	draft_data_choose(data, &catalogue, &procedures[0], &cases[0]);
	json_put(draft_data_paper(data, "can-cuoc"), "state", "da_xem");
	assert_false(draft_data_renew(data, &catalogue));
	assert_false(draft_data_renew(data, &same));
	assert_string_equal(json_text(json_object_get(data, "procedure"), "catalogue"), "2026.11.2");
	changed.components = fewer;
	changed.component_count = 2;
	procedure.cases = &changed;
	procedure.case_count = 1;
	assert_true(draft_data_renew(data, &other));
	assert_false(draft_data_renew(data, &other));
	assert_non_null(draft_data_paper(data, "moi"));
	assert_null(draft_data_paper(data, "uy-quyen"));	/* nobody had touched it */
	assert_true(json_flag(draft_data_paper(data, "can-cuoc"), "added"));
	assert_string_equal(json_text(draft_data_paper(data, "can-cuoc"), "state"), "du");
	changed.limit = (struct limit){ LIMIT_SAME_DAY, 0, false };
	other.version = "2026.11.5";
	assert_true(draft_data_renew(data, &other));
	assert_true(draft_data_renew(data, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(merge_keeps_what_is_right, begin, end),
		cmocka_unit_test_setup_teardown(form_shows_what_was_kept, begin, end),
		cmocka_unit_test_setup_teardown(card_fills_the_person, begin, end),
		cmocka_unit_test_setup_teardown(organisation_does_not_leak_into_a_person, begin, end),
		cmocka_unit_test_setup_teardown(choosing_again_keeps_added_papers, begin, end),
		cmocka_unit_test_setup_teardown(fees_follow_counts_and_exemption, begin, end),
		cmocka_unit_test_setup_teardown(clock_starts_at_the_postmark, begin, end),
		cmocka_unit_test_setup_teardown(gaps_are_found, begin, end),
		cmocka_unit_test_setup_teardown(answers_and_people, begin, end),
		cmocka_unit_test_setup_teardown(draft_follows_the_catalogue, begin, end),
		cmocka_unit_test_setup_teardown(body_is_what_the_event_knows, begin, end),
		cmocka_unit_test_setup_teardown(slip_gets_smaller_before_it_leaves_out, begin, end),
		cmocka_unit_test_setup_teardown(slip_yields_to_long_names, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
