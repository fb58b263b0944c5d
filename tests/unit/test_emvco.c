/*
 * test_emvco.c: VietQR text: published check sums, what we write, what is read back, what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/emvco.h"

static struct pool *pool;

static int set_up(void **state)
{
	(void)state;
	pool = pool_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

/* The last four characters are the sum of all before them. */
static void sum_ends(const char *text)
{
	char sum[5];
	size_t len = strlen(text);

	(void)snprintf(sum, sizeof(sum), "%04X", (unsigned)emvco_crc(text, len - 4));
	assert_string_equal(sum, text + len - 4);
}

static void published_sums(void **state)
{
	(void)state;
	/* The check value of CRC-16/CCITT-FALSE. */
	assert_int_equal(emvco_crc("123456789", 9), 0x29B1);
	assert_int_equal(emvco_crc("", 0), 0xFFFF);
	/* EMVCo, Merchant-Presented Mode 1.1, the specification's own example. */
	sum_ends("00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802"
		"CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.72530315655020162330304"
		"12340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A");
	/* NAPAS, VietQR, transfer to an account with an amount. */
	sum_ends("00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005"
		"802VN62340107NPS68690819thanh toan don hang63042E2E");
}

static void written_as_the_standard_says(void **state)
{
	const struct emvco_payment payment = { "970403", "0011012345678", 8000,
		"T18685.1-261127-0031" };
	char *text = NULL;

	(void)state;
	assert_int_equal(emvco_write(pool, &payment, &text), RC_OK);
	assert_int_equal(strncmp(text, "00020101021238570010A00000072701270006970403011300110123456780208"
			"QRIBFTTA530370454048000" "5802VN62240820T18685.1-261127-00316304", 120), 0);
	sum_ends(text);
}

static void what_is_written_is_read(void **state)
{
	static const struct emvco_payment table[] = {
		{ "970403", "0011012345678", 1, "A" },
		{ "970436", "1", INT64_C(9999999999999), "T18685.1-261127-0031" },
		{ "970415", "VQRQ0001abcdE", 10000, "H15.50.05-261124-0975 abc" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct emvco_payment read;
		char *text = NULL;

		assert_int_equal(emvco_write(pool, &table[i], &text), RC_OK);
		assert_int_equal(emvco_read(pool, text, strlen(text), &read), RC_OK);
		assert_string_equal(read.bin, table[i].bin);
		assert_string_equal(read.account, table[i].account);
		assert_string_equal(read.purpose, table[i].purpose);
		assert_true(read.amount_dong == table[i].amount_dong);
	}
}

static void what_does_not_fit_is_not_written(void **state)
{
	static const struct emvco_payment table[] = {
		{ "97040", "0011012345678", 1, "A" }, { "9704033", "0011012345678", 1, "A" },
		{ "97o403", "0011012345678", 1, "A" }, { "970403", "", 1, "A" },
		{ "970403", "00110 12345678", 1, "A" }, { "970403", "12345678901234567890", 1, "A" },
		{ "970403", "0011012345678", 0, "A" }, { "970403", "0011012345678", -8000, "A" },
		{ "970403", "0011012345678", INT64_C(10000000000000), "A" },
		{ "970403", "0011012345678", 1, "" }, { "970403", "0011012345678", 1, "Phí" },
		{ "970403", "0011012345678", 1, "T18685.1-261127-0031 thu phi" },
	};
	size_t i;
	char *text = NULL;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(emvco_write(pool, &table[i], &text), RC_INVALID);
	assert_null(text);
}

/* text with its right sum behind it. */
static const char *summed(const char *text)
{
	return pool_printf(pool, "%s%04X", text, (unsigned)emvco_crc(text, strlen(text)));
}

#define HEAD "000201010212"
#define BANK "38570010A00000072701270006970403011300110123456780208QRIBFTTA"
#define REST "53037045404800058" "02VN62050801A6304"

static void what_is_not_ours_is_not_read(void **state)
{
	static const char *const table[] = {
		"000201010211" "38570010A00000072701270006970403011300110123456780208QRIBFTTA"
			"53037045802VN62050801A6304",			/* no amount */
		HEAD "53037045404800058" "02VN62050801A6304",		/* no receiver */
		HEAD BANK BANK REST,					/* two */
		HEAD "38570010A00000072801270006970403011300110123456780208QRIBFTTA" REST,
		HEAD "38570010A00000072701270006970403011300110123456780208QRIBFTTC" REST,
		HEAD "38580010A00000072701270006970403011300110123456780208QRIBFTTA" REST,
		HEAD "38570010A00000072701990006970403011300110123456780208QRIBFTTA" REST,
		HEAD BANK "53038405404800058" "02VN62050801A6304",	/* dollars */
		HEAD BANK "53037045404800058" "02US62050801A6304",
		HEAD BANK "53037045404080058" "02VN62050801A6304",	/* 0800 */
		HEAD BANK "5303704540580.0058" "02VN62050801A6304",
		HEAD BANK "53037045404800058" "02VN6304",		/* no purpose */
		"010212" BANK REST, "6304",
	};
	struct emvco_payment read;
	const char *good = summed(HEAD BANK REST), *text;
	size_t i, len = strlen(good);

	(void)state;
	assert_int_equal(emvco_read(pool, good, len, &read), RC_OK);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		text = summed(table[i]);
		assert_int_equal(emvco_read(pool, text, strlen(text), &read), RC_INVALID);
	}
	/* Cut anywhere, or one character another. */
	for (i = 0; i < len; i++) {
		char *other = pool_strdup(pool, good);

		assert_int_equal(emvco_read(pool, good, i, &read), RC_INVALID);
		other[i] = other[i] == '7' ? '8' : '7';
		assert_int_equal(emvco_read(pool, other, len, &read), RC_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(published_sums, set_up, tear_down),
		cmocka_unit_test_setup_teardown(written_as_the_standard_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_written_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_does_not_fit_is_not_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_ours_is_not_read, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
