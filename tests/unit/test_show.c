/*
 * test_show.c: times, money and codes as people and scanners read them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/when.h"
#include "web/show.h"

static int64_t at(const char *text)
{
	int64_t at_ms;

	assert_int_equal(when_parse_local(text, &at_ms), RC_OK);
	return at_ms;
}

static void times(void **state)
{
	struct pool *pool = pool_new();
	int64_t t = at("2026-11-25 15:05"), early = at("2027-02-03 09:00");

	(void)state;
	assert_string_equal(show_time_paper(pool, t), "15 giờ 05 phút, ngày 25 tháng 11 năm 2026");
	assert_string_equal(
			show_time_paper(pool, early), "09 giờ 00 phút, ngày 03 tháng 02 năm 2027");
	assert_string_equal(show_due_paper(pool, t),
			"15 giờ 05 phút, thứ Tư, ngày 25 tháng 11 năm 2026");
	assert_string_equal(
			show_date_paper(pool, at("2026-09-07 00:00")), "ngày 07 tháng 9 năm 2026");
	assert_string_equal(show_time_screen(pool, t), "15:05, thứ Tư 25/11/2026");
	assert_string_equal(show_clock(pool, early), "09:00");
	assert_string_equal(show_date(pool, early), "03/02/2027");
	assert_string_equal(show_birth(pool, "1990-03-05"), "05/03/1990");
	assert_string_equal(show_birth(pool, "1990"), "1990");
	pool_free(pool);
}

static void due(void **state)
{
	static const struct { const char *due, *now, *text, *tag; } cases[] = {
		{ "2026-11-27 16:30", "2026-11-25 08:00", "Còn 2 ngày", "ok" },
		{ "2026-11-25 16:30", "2026-11-25 08:00", "Đến hạn hôm nay 16:30", "wait" },
		{ "2026-11-25 16:30", "2026-11-25 16:30", "Đến hạn hôm nay 16:30", "wait" },
		{ "2026-11-25 16:30", "2026-11-25 16:31", "Quá hạn từ 16:30 hôm nay", "bad" },
		{ "2026-11-24 16:30", "2026-11-25 00:00", "Quá hạn 1 ngày", "bad" },
	};
	struct pool *pool = pool_new();
	const char *tag;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_string_equal(show_due(pool, at(cases[i].due), at(cases[i].now), &tag),
				cases[i].text);
		assert_string_equal(tag, cases[i].tag);
	}
	pool_free(pool);
}

static void money(void **state)
{
	static const struct { int64_t dong; const char *words; } cases[] = {
		{ 0, "Không đồng" },
		{ 4, "Bốn đồng" },
		{ 10, "Mười đồng" },
		{ 14, "Mười bốn đồng" },
		{ 15, "Mười lăm đồng" },
		{ 21, "Hai mươi mốt đồng" },
		{ 24, "Hai mươi tư đồng" },
		{ 55, "Năm mươi lăm đồng" },
		{ 101, "Một trăm linh một đồng" },
		{ 104, "Một trăm linh bốn đồng" },
		{ 111, "Một trăm mười một đồng" },
		{ 1005, "Một nghìn không trăm linh năm đồng" },
		{ 2000, "Hai nghìn đồng" },
		{ 10000, "Mười nghìn đồng" },
		{ 25000, "Hai mươi lăm nghìn đồng" },
		{ 1234567, "Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy đồng" },
		{ 1000005, "Một triệu không trăm linh năm đồng" },
		{ 1010000, "Một triệu không trăm mười nghìn đồng" },
		{ 1000000000, "Một tỷ đồng" },
		{ 21000000021, "Hai mươi mốt tỷ không trăm hai mươi mốt đồng" },
		{ -5, "Âm năm đồng" },
	};
	struct pool *pool = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(show_money_words(pool, cases[i].dong), cases[i].words);
	assert_string_equal(show_money(pool, 0), "0 đ");
	assert_string_equal(show_money(pool, 10000), "10.000 đ");
	assert_string_equal(show_money(pool, 1234567), "1.234.567 đ");
	assert_string_equal(show_money(pool, -999), "-999 đ");
	assert_string_equal(show_bytes(pool, 999), "999 B");
	assert_string_equal(show_bytes(pool, 1400000), "1,4 MB");
	assert_string_equal(show_bytes(pool, 25500), "26 kB");
	pool_free(pool);
}

/* The x and width of each bar of a one-row path "M10 0h2v50h-2z…". */
static size_t bars(const char *svg, int x[], int width[], size_t room)
{
	const char *p = strstr(svg, "d=\"") + 3;
	size_t n = 0;

	while (*p == 'M' && n < room) {
		x[n] = (int)strtol(p + 1, NULL, 10);
		width[n++] = (int)strtol(strchr(p, 'h') + 1, NULL, 10);
		p = strchr(p, 'z') + 1;
	}
	return n;
}

/* Reads a barcode's modules back as widths, six to a symbol, and checks number and sum of symbols.
 * What scanners make of it, the flow test asks zbarimg. */
static size_t symbols(const char *svg)
{
	int x[600], width[600];
	size_t n = bars(svg, x, width, 600);
	int modules = x[n - 1] + width[n - 1] - x[0];

	assert_int_equal(x[0], 10);
	assert_int_equal((modules - 13) % 11, 0);	/* the stop symbol has 13 modules */
	return (size_t)(modules - 13) / 11 + 1;
}

static void barcodes(void **state)
{
	struct pool *pool = pool_new();
	char *long_text = pool_alloc(pool, 82);

	(void)state;
	/* start, data, check, stop */
	assert_int_equal(symbols(show_code128_svg(pool, "AB")), 3 + 2);
	assert_int_equal(symbols(show_code128_svg(pool, "1234567890")), 3 + 5);
	assert_int_equal(symbols(show_code128_svg(pool, "A123456")), 3 + 1 + 1 + 3);
	assert_int_equal(symbols(show_code128_svg(pool, "12")), 3 + 1);
	assert_int_equal(symbols(show_code128_svg(pool, "A12B")), 3 + 4);
	assert_int_equal(symbols(show_code128_svg(pool, "12345")), 3 + 2 + 1 + 1);
	assert_string_equal(show_code128_svg(pool, ""), "");
	assert_string_equal(show_code128_svg(pool, "đ"), "");
	memset(long_text, 'a', 81);
	assert_string_equal(show_code128_svg(pool, long_text), "");
	assert_non_null(strstr(
			show_qr_svg(pool, "https://a.example/h/1"), "viewBox=\"0 0 33 33\""));
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times),
		cmocka_unit_test(due),
		cmocka_unit_test(money),
		cmocka_unit_test(barcodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
