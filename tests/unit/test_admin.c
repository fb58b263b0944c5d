/*
 * test_admin.c: one-time passwords, and what the health page says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin/admin_accounts.c"
#include "web/login.h"

/* Every one-time password passes the policy that the person's own must pass. */
static void
test_one_time_password_is_good(void **state)
{
	char before[20] = "";
	char password[20];
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		admin_accounts_password(password);
		assert_int_equal(strlen(password), 19);
		assert_null(login_password_fault(password, "canbo"));
		assert_int_equal(strcspn(password, "lIO01"), 19);
		assert_string_not_equal(password, before);
		memcpy(before, password, sizeof(before));
	}
}

static void
test_login_names(void **state)
{
	(void)state;
	assert_true(good_login("thu.nguyen"));
	assert_true(good_login("a-1"));
	assert_false(good_login("1thu"));
	assert_false(good_login("Thu"));
	assert_false(good_login("thu nguyen"));
	assert_false(good_login("thử"));
	assert_false(good_login("-thu"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_time_password_is_good),
		cmocka_unit_test(test_login_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
