/*
 * test_login.c: where a login may lead, and which passwords are good enough.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "web/login.h"

static const struct settings tcvn = { .password_min = 14, .password_min_factor = 8,
	.password_classes = 4 };

static void
test_next_stays_here(void **state)
{
	static const char *const wrong[] = {
		NULL, "", "ho-so", "//evil.example", "/\\evil.example", "http://evil.example",
		"/a b", "/a\r\nSet-Cookie: x=1", "/a\tb", "/\xc4\x91",
	};
	size_t i;

	(void)state;
	assert_string_equal(login_next("/ho-so/b1/T1?loc=moi"), "/ho-so/b1/T1?loc=moi");
	assert_string_equal(login_next("/"), "/");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_string_equal(login_next(wrong[i]), "");
}

static void
test_password_policy(void **state)
{
	(void)state;
	assert_null(login_password_fault(&tcvn, "Tram-Demo-2026!", "canbo", false));
	assert_string_equal(login_password_fault(&tcvn, "Tram-Demo-202", "canbo", false), "password.short");
	assert_string_equal(login_password_fault(&tcvn, "", "canbo", false), "password.short");
	assert_string_equal(login_password_fault(&tcvn, "tram-demo-2026!!", "canbo", false), "password.classes");
	assert_string_equal(login_password_fault(&tcvn, "TRAM-DEMO-2026!!", "canbo", false), "password.classes");
	assert_string_equal(login_password_fault(&tcvn, "Tram-Demo-Demo!!", "canbo", false), "password.classes");
	assert_string_equal(login_password_fault(&tcvn, "TramDemo20262026", "canbo", false), "password.classes");
	assert_string_equal(login_password_fault(&tcvn, "Tram-canbo-2026!", "canbo", false),
			"password.holds_name");
	/* With a second factor eight do; another profile asks for length alone. */
	assert_null(login_password_fault(&tcvn, "Tram-26!", "canbo", true));
	assert_string_equal(login_password_fault(&tcvn, "Tram-2!", "canbo", true), "password.short");
	{
		struct settings asvs = { .password_min = 15, .password_min_factor = 8, .password_classes = 1 };

		assert_null(login_password_fault(&asvs, "mot cau dai de nho", "canbo", false));
		assert_string_equal(login_password_fault(&asvs, "mot cau ngan", "canbo", false),
				"password.short");
	}
	/* Characters count, not bytes: thirteen of them, though more bytes than fourteen. */
	assert_string_equal(login_password_fault(&tcvn, "Đường-Đi-2026", "canbo", false), "password.short");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next_stays_here),
		cmocka_unit_test(test_password_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
