/* test_forms.c: the printed forms as data: both sets as shipped, and documents that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "dossier/forms.h"

static struct pool *pool;
static char *text;
static size_t text_len;

static int load(void **state)
{
	(void)state;
	pool = pool_new();
	assert_int_equal(file_read(pool, "board/forms.json", 1u << 20, &text, &text_len), RC_OK);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

/* DOMAIN 1.6: what the two circulars number differently. */
static const struct { const char *set, *key, *number, *title; } rows[] = {
	{ "tt03-2025", "slip", "01", "Giấy tiếp nhận" }, { "tt01-2018", "slip", "01", "Giấy tiếp nhận" },
	{ "tt03-2025", "supplement", "02", "Phiếu yêu cầu bổ sung" },
	{ "tt03-2025", "refusal", "03", "Phiếu từ chối" },
	{ "tt03-2025", "apology", "04", "Văn bản xin lỗi và đề nghị gia hạn" },
	{ "tt01-2018", "apology", "04", "Phiếu xin lỗi và hẹn lại" },
	{ "tt03-2025", "stop", "05", "Thông báo dừng" }, { "tt01-2018", "stop", "", "Thông báo dừng" },
	{ "tt03-2025", "control", "06", "Phiếu kiểm soát" },
	{ "tt01-2018", "control", "05", "Phiếu kiểm soát" },
	{ "tt03-2025", "register", "07", "Sổ theo dõi" }, { "tt01-2018", "register", "06", "Sổ theo dõi" },
	{ "tt03-2025", "receipt", "", "Biên lai" },
};

static void both_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct form_paper *paper;
		struct forms forms;
		const char *fault = "";

		if (forms_parse(pool, text, text_len, rows[i].set, &forms, &fault) != RC_OK)
			fail_msg("%s: %s", rows[i].set, fault);
		paper = forms_find(&forms, rows[i].key);
		assert_non_null(paper);
		assert_string_equal(paper->number, rows[i].number);
		assert_memory_equal(paper->title, rows[i].title, strlen(rows[i].title));
		assert_true(forms.reason_count[REASONS_SUPPLEMENT] > 3);
		assert_true(forms.reason_count[REASONS_REFUSAL] > 3);
		if (rows[i].number[0] == '\0')
			assert_string_equal(forms_line(pool, &forms, paper), "");
		else
			assert_non_null(strstr(forms_line(pool, &forms, paper), rows[i].number));
		assert_null(forms_find(&forms, "no-such-paper"));
	}
}

static void line_names_the_circular(void **state)
{
	struct forms forms;
	const char *fault;

	(void)state;
	assert_int_equal(forms_parse(pool, text, text_len, "tt01-2018", &forms, &fault), RC_OK);
	assert_string_equal(forms_line(pool, &forms, forms_find(&forms, "apology")),
			"Theo Mẫu số 04, Thông tư 01/2018/TT-VPCP");
}

/* The shipped document with one text put in the place of another. */
static enum rc with(const char *old, const char *new, const char **fault)
{
	const char *at = strstr(text, old);
	struct forms forms;
	char *changed;

	assert_non_null(at);
	changed = pool_printf(pool, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
	return forms_parse(pool, changed, strlen(changed), "tt03-2025", &forms, fault);
}

static void faults(void **state)
{
	static const struct { const char *old, *new, *fault; } bad[] = {
		{ "\"version\": \"2026.11.1\"", "\"version\": \"\"", "version" },
		{ "\"tt03-2025\"", "\"tt99\"", "line of the set" },
		{ "{0}", "", "line of the set" },
		{ "\"number\": \"02\"", "\"number\": \"2a\"", "papers[1]" },
		{ "\"number\": \"02\"", "\"number\": \"00002\"", "papers[1]" },
		{ "\"series\": \"HDHS\"", "\"series\": \"HD/HS\"", "papers[1]" },
		{ "\"key\": \"refusal\"", "\"key\": \"supplement\"", "papers[2]" },
		{ "\"key\": \"refusal\"", "\"key\": \"\"", "papers[2]" },
		{ "\"key\": \"refusal\"", "\"key\": \"refused\"", "no \"refusal\"" },
		{ "Biên lai thu phí, lệ phí", "", "papers[9]" },
		{ "Biên lai thu phí, lệ phí", "Biên\\nlai", "papers[9]" },
		{ "\"supplement\": [", "\"others\": [", "reasons.supplement" },
		{ "\"Giấy tờ đã hết hạn sử dụng\"", "7", "reasons.supplement" },
		{ "\"Giấy tờ có dấu hiệu bị sửa chữa, giả mạo\"", "\"\"", "reasons.refusal" },
		{ "\"sets\": [", "\"sets\": {", "not JSON" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *fault = NULL;

		if (with(bad[i].old, bad[i].new, &fault) != RC_INVALID)
			fail_msg("taken: %s", bad[i].new);
		assert_non_null(fault);
		if (strstr(fault, bad[i].fault) == NULL)
			fail_msg("%s: said %s", bad[i].new, fault);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sets),
		cmocka_unit_test(line_names_the_circular),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
