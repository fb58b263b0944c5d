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
	assert_null(login_password_fault("Tram-Demo-2026!", "canbo"));
	assert_string_equal(login_password_fault("Tram-Demo-202", "canbo"), "password.short");
	assert_string_equal(login_password_fault("", "canbo"), "password.short");
	assert_string_equal(login_password_fault("tram-demo-2026!!", "canbo"), "password.classes");
	assert_string_equal(login_password_fault("TRAM-DEMO-2026!!", "canbo"), "password.classes");
	assert_string_equal(login_password_fault("Tram-Demo-Demo!!", "canbo"), "password.classes");
	assert_string_equal(login_password_fault("TramDemo20262026", "canbo"), "password.classes");
	assert_string_equal(login_password_fault("Tram-canbo-2026!", "canbo"),
			"password.holds_name");
	/* Characters count, not bytes: thirteen of them, though more bytes than fourteen. */
	assert_string_equal(login_password_fault("Đường-Đi-2026", "canbo"), "password.short");
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
