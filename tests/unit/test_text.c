/* test_text.c: Vietnamese text cleaned, folded and raised; numbers; encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/text.h"

static struct pool *pool;

static int make(void **state)
{
	(void)state;
	pool = pool_new();
	return 0;
}

static int drop(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

static void cleans(void **state)
{
	static const struct { const char *in; enum text_lines lines; const char *out; } good[] = {
		{ "", TEXT_ONE_LINE, "" },
		{ "  Nguyễn   Văn  Thử ", TEXT_ONE_LINE, "Nguyễn Văn Thử" },
		{ "Nguye\xcc\x82\xcc\x83n", TEXT_ONE_LINE, "Nguyễn" },
		{ "a\xc2\xa0\xc2\xa0" "b\xc2\xa0", TEXT_ONE_LINE, "a b" },
		{ "\xef\xbb\xbf" "a", TEXT_ONE_LINE, "a" },
		{ "\xef\xbb\xbf  a", TEXT_ONE_LINE, "a" },
		{ "a\n", TEXT_ONE_LINE, "a" },
		{ "một\r\nhai\rba\tbốn", TEXT_MANY_LINES, "một\nhai\nba\tbốn" },
		{ "a  b", TEXT_MANY_LINES, "a  b" },
		{ "<b>&\"'", TEXT_ONE_LINE, "<b>&\"'" },
		{ "\xf0\x9f\x98\x80", TEXT_ONE_LINE, "\xf0\x9f\x98\x80" },
	};
	static const struct { const char *in; size_t len; enum text_lines lines; } bad[] = {
		{ "a\nb", 3, TEXT_ONE_LINE }, { "a\tb", 3, TEXT_ONE_LINE }, { "a\0b", 3, TEXT_ONE_LINE },
		{ "a\0b", 3, TEXT_MANY_LINES }, { "\x7f", 1, TEXT_MANY_LINES },
		{ "a\x1b[0m", 5, TEXT_MANY_LINES }, { "\xc2\x85", 2, TEXT_MANY_LINES },
		{ "\xe2\x80\xae" "a", 4, TEXT_ONE_LINE }, { "\xe2\x81\xa6" "a", 4, TEXT_ONE_LINE },
		{ "\xe2\x80\xa8", 3, TEXT_MANY_LINES }, { "\xff", 1, TEXT_ONE_LINE },
		{ "\xc0\x80", 2, TEXT_ONE_LINE }, { "\xed\xa0\x80", 3, TEXT_ONE_LINE },
		{ "\xf4\x90\x80\x80", 4, TEXT_ONE_LINE }, { "\xe1\xbb", 2, TEXT_ONE_LINE },
		{ "a\x80", 2, TEXT_ONE_LINE },
	};
	char *out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(text_clean(pool, good[i].in, strlen(good[i].in), good[i].lines, &out),
				RC_OK);
		assert_string_equal(out, good[i].out);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (text_clean(pool, bad[i].in, bad[i].len, bad[i].lines, &out) != RC_INVALID)
			fail_msg("taken: row %d", (int)i);
		assert_null(out);
	}
}

static void folds(void **state)
{
	static const struct { const char *in, *out; } table[] = {
		{ "", "" }, { "  ", "" }, { "Nguyễn Văn Thử", "nguyen van thu" },
		{ "NGUYỄN VĂN THỬ", "nguyen van thu" }, { "Đường Đặng Đình", "duong dang dinh" },
		{ "Nguye\xcc\x82\xcc\x83n", "nguyen" }, { "H27.1-261124-0001", "h27 1 261124 0001" },
		{ "--a--b--", "a b" }, { "Ưu, Ơi; ỷ ỹ ỵ", "uu oi y y y" }, { "Straße ①", "strasse 1" },
		{ "0912.345 678", "0912 345 678" }, { "<script>", "script" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_string_equal(text_fold(pool, table[i].in), table[i].out);
	assert_string_equal(text_fold(pool, "\xff"), "");
}

static void raises_and_counts(void **state)
{
	(void)state;
	assert_string_equal(text_upper(pool, "nguyễn văn đức, ưỡn"), "NGUYỄN VĂN ĐỨC, ƯỠN");
	assert_string_equal(text_upper(pool, ""), "");
	assert_int_equal(text_chars("Nguyễn"), 6);
	assert_int_equal(text_chars(""), 0);
	assert_true(text_is_utf8("đ", 2));
	assert_false(text_is_utf8("đ", 1));
	assert_true(text_is_utf8("", 0));
}

static void numbers(void **state)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "1.0", "0x1", "a", "1e3", "--1",
		"9223372036854775808", "-9223372036854775809", "99999999999999999999999",
		"\xef\xbc\x91" };
	int64_t value = 77;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (num_parse(bad[i], INT64_MIN, INT64_MAX, &value) != RC_INVALID)
			fail_msg("taken: %s", bad[i]);
		assert_true(value == 77);
	}
	assert_int_equal(num_parse("9223372036854775807", INT64_MIN, INT64_MAX, &value), RC_OK);
	assert_true(value == INT64_MAX);
	assert_int_equal(num_parse("-9223372036854775808", INT64_MIN, INT64_MAX, &value), RC_OK);
	assert_true(value == INT64_MIN);
	assert_int_equal(num_parse("007", 0, 10, &value), RC_OK);
	assert_true(value == 7);
	assert_int_equal(num_parse("-0", 0, 10, &value), RC_OK);
	assert_int_equal(num_parse("11", 0, 10, &value), RC_INVALID);
	assert_int_equal(num_parse("-1", 0, 10, &value), RC_INVALID);
}

static void base64_both_ways(void **state)
{
	/* RFC 4648 section 10. */
	static const char *const plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
	static const char *const padded[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=",
		"Zm9vYmFy" };
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "====",
		"=Zg=", "Zm9v\n", "Zm 9", "Zm9-", "Zm8==" };
	static const uint8_t high[] = { 0xfb, 0xff, 0xbf };
	struct buf out = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 7; i++) {
		buf_reset(&out);
		base64_encode((const uint8_t *)plain[i], strlen(plain[i]), &out);
		assert_string_equal(out.data, padded[i]);
		buf_reset(&out);
		assert_int_equal(base64_decode(padded[i], strlen(padded[i]), &out), RC_OK);
		assert_string_equal(out.data, plain[i]);
		buf_reset(&out);
		base64url_encode((const uint8_t *)plain[i], strlen(plain[i]), &out);
		assert_int_equal(out.len, strcspn(padded[i], "="));
		assert_memory_equal(out.data, padded[i], out.len);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_reset(&out);
		buf_text(&out, "kept");
		if (base64_decode(bad[i], strlen(bad[i]), &out) != RC_INVALID)
			fail_msg("taken: %s", bad[i]);
		assert_string_equal(out.data, "kept");
	}
	buf_reset(&out);
	base64url_encode(high, 3, &out);
	assert_string_equal(out.data, "-_-_");
	assert_int_equal(base64url_decode("Zg", 2, &out), RC_OK);
	assert_string_equal(out.data, "-_-_f");
	assert_int_equal(base64url_decode("Zg==", 4, &out), RC_INVALID);
	assert_int_equal(base64url_decode("Zh", 2, &out), RC_INVALID);
	assert_int_equal(base64url_decode("+/+/", 4, &out), RC_INVALID);
	buf_free(&out);
}

static void hex_and_base32(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x9f, 0xff, 0x10, 0x55 };
	uint8_t back[5];
	char text[16];

	(void)state;
	hex_encode(bytes, 5, text);
	assert_string_equal(text, "009fff1055");
	assert_int_equal(hex_decode(text, back, 5), RC_OK);
	assert_memory_equal(back, bytes, 5);
	assert_int_equal(hex_decode("009FFF1055", back, 5), RC_INVALID);
	assert_int_equal(hex_decode("009fff105", back, 5), RC_INVALID);
	assert_int_equal(hex_decode("009fff10550", back, 5), RC_INVALID);
	assert_int_equal(hex_decode("", back, 5), RC_INVALID);
	assert_int_equal(hex_decode("", back, 0), RC_OK);
	base32_encode(bytes, 5, text);
	assert_string_equal(text, "02FZY42N");
	base32_encode(bytes, 1, text);
	assert_string_equal(text, "00");
	base32_encode(bytes + 2, 1, text);
	assert_string_equal(text, "ZW");
	assert_int_equal(base32_clean("o2fz-y42n", text, sizeof(text)), RC_OK);
	assert_string_equal(text, "02FZY42N");
	assert_int_equal(base32_clean(" i L 0", text, sizeof(text)), RC_OK);
	assert_string_equal(text, "110");
	assert_int_equal(base32_clean("U", text, sizeof(text)), RC_INVALID);
	assert_int_equal(base32_clean("a_b", text, sizeof(text)), RC_INVALID);
	assert_int_equal(base32_clean("\xc4\x91", text, sizeof(text)), RC_INVALID);
	assert_int_equal(base32_clean("12345678", text, 9), RC_OK);
	assert_int_equal(base32_clean("123456789", text, 9), RC_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleans),
		cmocka_unit_test(folds),
		cmocka_unit_test(raises_and_counts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(base64_both_ways),
		cmocka_unit_test(hex_and_base32),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
