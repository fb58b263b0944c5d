/*
 * test_admin.c: one-time passwords, and what the health page says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "admin/admin_account_form.c"
#include "admin/admin_accounts.c"
#include "admin/admin_import.c"
#include "admin/admin_health.c"
#include "web/login.h"

static const struct settings tcvn = { .password_min = 14, .password_min_factor = 8,
	.password_classes = 4 };

/* Every one-time password passes the policy that the person's own must pass. */
static void
test_one_time_password_is_good(void **state)
{
	char before[20] = "";
	char password[20];
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		char seed[24];

		(void)snprintf(seed, sizeof(seed), "form %d", i);
		admin_accounts_password("key of the session", seed, password);
		assert_int_equal(strlen(password), 19);
		assert_null(login_password_fault(&tcvn, password, "canbo", false));
		assert_int_equal(strcspn(password, "lIO01"), 19);
		assert_string_not_equal(password, before);
		memcpy(before, password, sizeof(before));
	}
}

static void
test_login_names(void **state)
{
	(void)state;
	assert_true(admin_login_good("thu.nguyen"));
	assert_true(admin_login_good("a-1"));
	assert_false(admin_login_good("1thu"));
	assert_false(admin_login_good("Thu"));
	assert_false(admin_login_good("thu nguyen"));
	assert_false(admin_login_good("thử"));
	assert_false(admin_login_good("-thu"));
}

/* One pasted line: the login made of it, or the key of what is wrong. */
static const char *
pasted(struct pool *pool, const char *line)
{
	struct admin_import_row rows[2];
	bool more = true;

	assert_int_equal(admin_import_parse(pool, line, false, rows, 2, &more), 1);
	assert_false(more);
	return rows[0].fault != NULL ? rows[0].fault : rows[0].login;
}

static void
test_pasted_lists(void **state)
{
	struct pool *pool = pool_new();
	struct admin_import_row rows[2];
	bool more = false;
	static const struct { const char *line, *expected; } cases[] = {
		{ "Đỗ Thị Một;;;;;Tiếp nhận", "mot.do" },
		{ "Đỗ Thị Một\tDo.Mot\t\t\t\tTiếp nhận, Thu tiền", "do.mot" },
		{ "\"Đỗ Thị Một\";do.mot;;UBND xã;;intake+cashier\r\n", "do.mot" },
		{ "Đỗ Thị Một;do.mot;;;;", "account.roles_none" },
		{ "Đỗ Thị Một;do.mot", "account.roles_none" },
		{ "Đỗ Thị Một;do.mot;;;;Cán bộ tỉnh", "import.role_unknown" },
		{ "Đỗ Thị Một;do.mot;;Công ty;;Tiếp nhận", "import.employer_unknown" },
		{ "Đỗ Thị Một;do mot;;;;Tiếp nhận", "account.login_form" },
		{ "Đỗ 123;;;;;Tiếp nhận", "account.login_form" },
		{ ";do.mot;;;;Tiếp nhận", "import.name_missing" },
		{ "Đỗ Thị Một;do.mot;;;;Người ký", "account.signer_title" },
		{ "\xff\xfe;do.mot;;;;Tiếp nhận", "import.cell_wrong" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(pasted(pool, cases[i].line), cases[i].expected);
	assert_int_equal(admin_import_parse(pool, "", false, rows, 2, &more), 0);
	assert_int_equal(admin_import_parse(pool, " \n;;;\n\t\n", false, rows, 2, &more), 0);
	assert_int_equal(admin_import_parse(pool, "A;a.aa;;;;Thu tiền\nB;a.aa;;;;Thu tiền\nC", false, rows,
			2, &more), 2);
	assert_true(more);
	assert_string_equal(rows[1].fault, "import.login_twice");
	pool_free(pool);
}

#define NOW INT64_C(1795500000000)
#define GIB (1024ull * 1024 * 1024)
#define RESERVE (INT64_C(200) * 1024 * 1024)

static const char *
page(struct pool *pool, const char *json, int64_t now_ms, unsigned long long free_bytes)
{
	struct view *view = view_new(pool);
	struct buf html = {NULL, 0, 0};
	json_t *health = NULL;
	const char *text;

	struct doctor doctor = {.free_bytes = (int64_t)free_bytes, .reserve_bytes = RESERVE, .now_ms = now_ms,
		.machine = {MACHINE_UNKNOWN, MACHINE_UNKNOWN, MACHINE_UNKNOWN, MACHINE_UNKNOWN,
		MACHINE_UNKNOWN, MACHINE_UNKNOWN, MACHINE_UNKNOWN}};

	if (json != NULL)
		assert_int_equal(json_parse(json, strlen(json), &health), RC_OK);
	doctor.health = health;
	admin_health_show(view, &doctor);
	assert_int_equal(template_render("admin/health", view, &html), RC_OK);
	text = pool_strndup(pool, html.data, html.len);
	buf_free(&html);
	json_decref(health);
	assert_null(strstr(text, "[?]"));
	return text;
}

static bool
says(const char *html, const char *key)
{
	return strstr(html, text_get(key)) != NULL;
}

static void
test_health_well(void **state)
{
	struct pool *pool = pool_new();
	const char *html = page(pool, "{\"at\":1795499995000,\"link\":\"ok\",\"sent_seq\":7,"
			"\"head_seq\":7,\"last_ok_at\":1795499990000}", NOW, 8 * GIB);

	(void)state;
	assert_true(says(html, "health.link_ok"));
	assert_true(says(html, "health.all_sent"));
	assert_true(says(html, "doctor.all_watch"));	/* neither copied nor checked yet */
	assert_false(says(html, "health.safe"));
	pool_free(pool);
}

/* A dead link is told as such, with what to do; the machine itself is not called ill. */
static void
test_health_link_down(void **state)
{
	struct pool *pool = pool_new();
	const char *html = page(pool, "{\"at\":1795499995000,\"link\":\"down\","
			"\"reason\":\"connect\",\"failing_for_ms\":60000,\"sent_seq\":7,"
			"\"head_seq\":19,\"blobs_waiting\":3}", NOW, 8 * GIB);

	(void)state;
	assert_true(says(html, "health.network"));
	assert_true(says(html, "health.network.do"));
	assert_true(says(html, "health.safe"));
	assert_non_null(strstr(html, "12 việc, 3 tệp"));
	assert_null(strstr(html, "tag bad"));
	pool_free(pool);
}

static void
test_health_every_reason_has_words(void **state)
{
	static const char *const reasons[] = {"certificate-revoked", "certificate-unknown",
		"status-500", "status-503", "never-heard-of", ""};
	struct pool *pool = pool_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		assert_true(text_known(pool_printf(pool, "health.%s", groups[i].group)));
		assert_true(text_known(pool_printf(pool, "health.%s.do", groups[i].group)));
	}
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		(void)page(pool, pool_printf(pool, "{\"at\":1795499995000,\"link\":\"down\","
				"\"reason\":\"%s\"}", reasons[i]), NOW, 8 * GIB);
	assert_string_equal(group_of("certificate-revoked"), "refused");
	assert_string_equal(group_of("never-heard-of"), "other");
	pool_free(pool);
}

/* No file, an old file, a broken database: the page stands and says it. */
static void
test_health_when_all_is_broken(void **state)
{
	struct pool *pool = pool_new();

	(void)state;
	assert_true(says(page(pool, NULL, NOW, 8 * GIB), "doctor.program_never"));
	assert_true(says(page(pool, "{}", NOW, 8 * GIB), "doctor.program_never"));
	assert_true(says(page(pool, "{\"at\":1795490000000,\"link\":\"ok\"}", NOW, 8 * GIB),
			"doctor.program.restart"));
	assert_true(says(page(pool, "{\"at\":1795499995000,\"link\":\"down\",\"reason\":"
			"\"database\",\"database_failed\":true}", NOW, 8 * GIB),
			"health.database_bad"));
	assert_true(says(page(pool, NULL, NOW, 100 * 1024 * 1024), "doctor.disk.full"));
	assert_true(says(page(pool, NULL, NOW, 500 * 1024 * 1024), "doctor.disk.low"));
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_time_password_is_good),
		cmocka_unit_test(test_login_names),
		cmocka_unit_test(test_pasted_lists),
		cmocka_unit_test(test_health_well),
		cmocka_unit_test(test_health_link_down),
		cmocka_unit_test(test_health_every_reason_has_words),
		cmocka_unit_test(test_health_when_all_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
