/* test_code.c: dossier codes as other systems write them, and our provisional number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/when.h"
#include "dossier/code.h"

static const struct {
	const char *text, *agency, *date, *sequence, *variant;
	bool rehearsal;
} good[] = {
	{ "H15.50.05.13-261008-0975", "H15.50.05.13", "2026-10-08", "0975", "ordinary", false },
	{ "H27.1-261124-0001", "H27.1", "2026-11-24", "0001", "ordinary", false },
	{ "H27-261124-12345", "H27", "2026-11-24", "12345", "ordinary", false },
	{ "H27.18.2-261008-150001", "H27.18.2", "2026-10-08", "150001", "ministry", false },
	{ "G12.10-261008-0300012", "G12.10", "2026-10-08", "0300012", "ministry", false },
	{ "G09.20-20260609-0092637", "G09.20", "2026-06-09", "0092637", "long-date", false },
	{ "G09.20-20260609-0092", "G09.20", "2026-06-09", "0092", "long-date", false },
	{ "000.00.00.H27-200101-0001", "000.00.00.H27", "2020-01-01", "0001", "old", false },
	{ "000.27.18.H27-191231-0042", "000.27.18.H27", "2019-12-31", "0042", "old", false },
	{ "T18685.1-261124-0001", "18685.1", "2026-11-24", "0001", "provisional", false },
	{ "CT18685.12-261124-10000", "18685.12", "2026-11-24", "10000", "provisional", true },
	{ "  h27.1-261124-0001\r\n", "H27.1", "2026-11-24", "0001", "ordinary", false },
	{ "ct18685.1-261124-0001", "18685.1", "2026-11-24", "0001", "provisional", true },
	{ "H27-240229-0001", "H27", "2024-02-29", "0001", "ordinary", false },
};

static const char *const bad[] = {
	"", " ", "H27", "H27-261124", "H27-261124-", "H27-261124-001", "H27-261124-00000001",
	"H27.1.2.3.4-261124-0001", "H27.1234-261124-0001", "H27.-261124-0001", "H2-261124-0001",
	"H270-261124-0001", "27-261124-0001", "HH27-261124-0001", "H27-261324-0001",
	"H27-260230-0001", "H27-250229-0001", "H27-2611240-0001", "H27-18001124-0001",
	"H27-20261324-0001", "H27-261124-0001-2", "H27 -261124-0001", "H27-261124-0001x",
	"H27_261124_0001", "000.00.H27-200101-0001", "00.00.00.H27-200101-0001",
	"000.00.00-200101-0001", "T1868.1-261124-0001", "T18685-261124-0001",
	"T18685.1-20261124-0001", "T18685.1.2-261124-0001", "CCT18685.1-261124-0001",
	"C18685.1-261124-0001", "000.00.00.T18685.1-261124-0001", "H27-261124-0\303\26401",
	"<b>H27-261124-0001</b>", "H27-261124-0001 H27-261124-0002",
	"H27.111.111.111-26112400000000000000000000000000000000000000000000000000-0001",
};

static void reads_all_variants(void **state)
{
	struct pool *pool = pool_new();
	struct code code;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (code_parse(pool, good[i].text, &code) != RC_OK)
			fail_msg("refused: %s", good[i].text);
		assert_string_equal(code.agency, good[i].agency);
		assert_string_equal(code.date, good[i].date);
		assert_string_equal(code.sequence, good[i].sequence);
		assert_string_equal(code_variant_name(code.variant), good[i].variant);
		assert_int_equal(code.rehearsal, good[i].rehearsal);
	}
	pool_free(pool);
}

static void refuses_the_rest(void **state)
{
	struct pool *pool = pool_new();
	struct code code;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (code_parse(pool, bad[i], &code) != RC_INVALID)
			fail_msg("taken: %s", bad[i]);
	}
	pool_free(pool);
}

static void makes_numbers_that_are_read_again(void **state)
{
	struct pool *pool = pool_new();
	struct code code;
	int64_t at;
	char *text;

	(void)state;
	/* The local day counts: 17:30 UTC is the next day here. */
	assert_int_equal(when_parse_local("2026-11-24 00:30", &at), RC_OK);
	text = code_provisional(pool, "18685", "1", at, 7, false);
	assert_string_equal(text, "T18685.1-261124-0007");
	assert_int_equal(code_parse(pool, text, &code), RC_OK);
	assert_int_equal(code.variant, CODE_PROVISIONAL);
	text = code_provisional(pool, "18685", "2", at, 12345, true);
	assert_string_equal(text, "CT18685.2-261124-12345");
	text = code_official(pool, "H27.1", at, 1);
	assert_string_equal(text, "H27.1-261124-0001");
	assert_int_equal(code_parse(pool, text, &code), RC_OK);
	assert_int_equal(code.variant, CODE_ORDINARY);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_variants),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(makes_numbers_that_are_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
