/*
 * test_center_machine.c: the pure parts of the machine interface.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "center/machine_feed.c"

/* machine_sign.c's, not under test here */
enum rc
machine_sign(struct web *web, struct request *request, const char *typ, const char *payload,
		char **token)
{
	(void)web;
	(void)request;
	(void)typ;
	(void)payload;
	(void)token;
	return RC_BUG;
}

static void
test_gzip_only_where_wanted(void **state)
{
	(void)state;
	assert_true(accepts_gzip("gzip"));
	assert_true(accepts_gzip("deflate, gzip;q=1.0, br"));
	assert_true(accepts_gzip("gzip; q=0.001"));
	assert_true(accepts_gzip("gzip;q=0.5"));
	assert_false(accepts_gzip(""));
	assert_false(accepts_gzip("identity"));
	assert_false(accepts_gzip("gzip;q=0"));
	assert_false(accepts_gzip("gzip; q=0.000, identity"));
	assert_false(accepts_gzip("br, gzip;q=0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gzip_only_where_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
