/* test_card.c: the QR of ID cards, real shapes and broken ones. All people are invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/card.h"

#define THU "Nguyễn Văn Thử"
#define HOME "Xóm 1, Cẩm Bình, Hà Tĩnh"

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

static void parse(const char *payload, struct card *card)
{
	const char *reason;

	if (card_parse(pool, payload, strlen(payload), card, &reason) != RC_OK)
		fail_msg("%s: %s", payload, reason);
	assert_null(reason);
}

static void is_thu(const struct card *card)
{
	assert_string_equal(card->number, "000090000001");
	assert_string_equal(card->old_number, "");
	assert_string_equal(card->name, THU);
	assert_string_equal(card->birth, "1990-03-05");
	assert_string_equal(card->sex, "nam");
	assert_string_equal(card->address, HOME);
	assert_string_equal(card->issued, "2022-07-01");
	assert_int_equal(card->warning_count, 0);
}

static void seven_to_sixteen_fields(void **state)
{
	static const char base[] = "000090000001||" THU "|05031990|Nam|" HOME "|01072022";
	char payload[256];
	struct card card;
	const char *reason;
	size_t more;

	(void)state;
	for (more = 0; more <= 9; more++) {
		memcpy(payload, base, sizeof(base));
		memset(payload + sizeof(base) - 1, '|', more);
		payload[sizeof(base) - 1 + more] = '\0';
		parse(payload, &card);
		is_thu(&card);
	}
	memset(payload + sizeof(base) - 1, '|', 10);
	assert_int_equal(card_parse(pool, payload, sizeof(base) - 1 + 10, &card, &reason), RC_INVALID);
	assert_string_equal(reason, "card.error.form");
	assert_null(card.number);
	/* Names of parents and anything else behind are dropped, even when they are no text. */
	parse("000090000001||" THU "|05031990|Nam|" HOME "|01072022|Trần Thị Mẫu|\xff\xfe|\x01", &card);
	is_thu(&card);
}

static void scanners_and_keyboards(void **state)
{
	struct card card;

	(void)state;
	parse("000090000001||" THU "|05031990|Nam|" HOME "|01072022||||\r\n", &card);
	is_thu(&card);
	parse(" 000090000001 | |  Nguyễn   Văn Thử | 05031990 |Nam| " HOME " |01072022\t", &card);
	is_thu(&card);
	parse("\xef\xbb\xbf" "000090000001||" THU "|05031990|Nam|" HOME "|01072022", &card);
	is_thu(&card);
	/* Decomposed letters are composed. */
	parse("000090000001||Nguye\xcc\x82\xcc\x83n Va\xcc\x86n Thu\xcc\x9b\xcc\x89|05031990|nam|"
			"Xo\xcc\x81m 1, Ca\xcc\x82\xcc\x89m Bi\xcc\x80nh, Ha\xcc\x80 Ti\xcc\x83nh|01072022",
			&card);
	is_thu(&card);
}

static void fields_that_may_be_empty_or_short(void **state)
{
	struct card card;

	(void)state;
	parse("000155000002|000000001|Trần Thị Mẫu|1955|Nữ||", &card);
	assert_string_equal(card.old_number, "000000001");
	assert_string_equal(card.birth, "1955");
	assert_string_equal(card.sex, "nu");
	assert_string_equal(card.address, "");
	assert_string_equal(card.issued, "");
	assert_int_equal(card.warning_count, 0);
	parse("000155000002|000155000009|Trần Thị Mẫu|00001955|Nu\xcc\x83\xcc\x9b||01012024", &card);
	assert_string_equal(card.birth, "1955");
	assert_string_equal(card.sex, "nu");
	parse("000155000002||Trần Thị Mẫu||||", &card);
	assert_string_equal(card.birth, "");
	assert_string_equal(card.sex, "");
	assert_int_equal(card.warning_count, 1);
	assert_string_equal(card.warnings[0], "card.warn.birth_missing");
	parse("000304000003||Lê Bé|29022004|Nữ|Hà Tĩnh|", &card);
	assert_string_equal(card.birth, "2004-02-29");
	assert_int_equal(card.warning_count, 0);
}

static void contradictions_warn(void **state)
{
	struct card card;

	(void)state;
	parse("000091000001||" THU "|05031990|Nam|" HOME "|01072022", &card);
	assert_int_equal(card.warning_count, 1);
	assert_string_equal(card.warnings[0], "card.warn.birth");
	parse("000090000001||" THU "|05031990|Nữ|" HOME "|01072022", &card);
	assert_int_equal(card.warning_count, 1);
	assert_string_equal(card.warnings[0], "card.warn.sex");
	parse("000290000001||" THU "|05031990|Nữ|" HOME "|01011980", &card);
	assert_int_equal(card.warning_count, 3);
	parse("000090000001||" THU "|05031990|Other|" HOME "|01072022", &card);
	assert_string_equal(card.sex, "");
	assert_string_equal(card.warnings[0], "card.warn.sex_unknown");

	assert_null(card_check_number("000090000001", "1990-03-05", "nam"));
	assert_null(card_check_number("000090000001", "1990", ""));
	assert_null(card_check_number("000090000001", "", ""));
	assert_null(card_check_number("000208000001", "2008-01-01", "nam"));
	assert_null(card_check_number("000308000001", "2008", "nu"));
	assert_null(card_check_number("000505000001", "2105", "nu"));
	assert_null(card_check_number("B1234567", "1990", "nu"));
	assert_string_equal(card_check_number("000308000001", "1908", "nu"), "card.warn.birth");
	assert_string_equal(card_check_number("000308000001", "2008", "nam"), "card.warn.sex");
}

static void broken_payloads(void **state)
{
	static const struct { const char *payload, *reason; } bad[] = {
		{ "", "card.error.form" },
		{ "000090000001", "card.error.form" },
		{ "000090000001||" THU "|05031990|Nam|" HOME, "card.error.cut" },
		{ "000090000001|", "card.error.cut" },
		{ "000090000001||Nguy\xe1\xbb", "card.error.cut" },
		{ "|||||||||||||||||", "card.error.form" },
		{ "||||||", "card.error.number" },
		{ "00009000000||" THU "|05031990|Nam|" HOME "|01072022", "card.error.number" },
		{ "0000900000011||" THU "|05031990|Nam|" HOME "|01072022", "card.error.number" },
		{ "00009000000O||" THU "|05031990|Nam|" HOME "|01072022", "card.error.number" },
		{ "-00090000001||" THU "|05031990|Nam|" HOME "|01072022", "card.error.number" },
		{ "000090000001|12345|" THU "|05031990|Nam|" HOME "|01072022", "card.error.old_number" },
		{ "000090000001|||05031990|Nam|" HOME "|01072022", "card.error.name" },
		{ "000090000001||\xff|05031990|Nam|" HOME "|01072022", "card.error.name" },
		{ "000090000001||Th\x01|05031990|Nam|" HOME "|01072022", "card.error.name" },
		{ "000090000001||\xe2\x80\xaeTh|05031990|Nam|" HOME "|01072022", "card.error.name" },
		{ "000090000001||" THU "|31021990|Nam|" HOME "|01072022", "card.error.birth" },
		{ "000090000001||" THU "|5031990|Nam|" HOME "|01072022", "card.error.birth" },
		{ "000090000001||" THU "|1990-03-05|Nam|" HOME "|01072022", "card.error.birth" },
		{ "000090000001||" THU "|05/03/1990|Nam|" HOME "|01072022", "card.error.birth" },
		{ "000090000001||" THU "|05031790|Nam|" HOME "|01072022", "card.error.birth" },
		{ "000090000001||" THU "|05031990|Nam|" HOME "|32072022", "card.error.issued" },
		{ "000090000001||" THU "|05031990|Nam|" HOME "|2022", "card.error.issued" },
		{ "000090000001||" THU "|05031990|Nam|Xóm\n1|01072022", "card.error.address" },
	};
	struct card card;
	const char *reason;
	char big[8192];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		reason = NULL;
		if (card_parse(pool, bad[i].payload, strlen(bad[i].payload), &card, &reason)
				!= RC_INVALID)
			fail_msg("taken: %s", bad[i].payload);
		assert_string_equal(reason, bad[i].reason);
		assert_null(card.name);
	}
	/* A NUL in the middle, and more than any card holds. */
	assert_int_equal(card_parse(pool, "000090000001||T\0u|05031990|Nam|X|01072022", 39, &card,
			&reason), RC_INVALID);
	memset(big, '1', sizeof(big));
	assert_int_equal(card_parse(pool, big, sizeof(big), &card, &reason), RC_INVALID);
}

static void telex(const char *typed_name, const char *typed_home, const char *name, const char *home)
{
	char payload[512];
	struct card card;

	(void)snprintf(payload, sizeof(payload), "000190000002||%s|05031990|Nuwx|%s|01072022", typed_name,
			typed_home);
	parse(payload, &card);
	assert_string_equal(card.name, name);
	assert_string_equal(card.address, home);
	assert_string_equal(card.sex, "nu");
	assert_int_equal(card.warning_count, 1);
	assert_string_equal(card.warnings[0], "card.warn.telex");
}

/* A scanner that types for an input method which is not there. */
static void telex_is_undone_and_said(void **state)
{
	struct card card;

	(void)state;
	telex("Nguyeenx Vawn Thuwr", "Xoms 1, Caamr Bifnh, Haf Tixnh", THU, HOME);
	telex("NGUYEENX VAWN THUWR", "Toor 2, Ddoongf Ddaij", "NGUYỄN VĂN THỬ", "Tổ 2, Đồng Đại");
	telex("Traanf Thij Maaux", "Thoon Chayj Thuwr", "Trần Thị Mẫu", "Thôn Chạy Thử");
	telex("Leex Ddinhf Giar", "Huwowng Sown, Haf Nooji", "Lễ Đình Giả", "Hương Sơn, Hà Nội");
	telex("Phamj Hoaf", "Truowngf Sown", "Phạm Hòa", "Trường Sơn");
	telex("Quys Toanf Thuyr", "Gias Rai", "Quý Toàn Thủy", "Giá Rai");
	telex("Nguyeexn Thij Tuyeets", "Khu phoos 3", "Nguyễn Thị Tuyết", "Khu phố 3");
	/* Letters that are there already stay; ASCII that is no Telex too. */
	parse("000090000001||" THU "|05031990|Nam|Xoms 1|01072022", &card);
	assert_string_equal(card.address, "Xoms 1");
	assert_int_equal(card.warning_count, 0);
	parse("000090000001||Y Moan|05031990|Nam|Ha Tinh|01072022", &card);
	assert_string_equal(card.name, "Y Moan");
	assert_int_equal(card.warning_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seven_to_sixteen_fields),
		cmocka_unit_test(scanners_and_keyboards),
		cmocka_unit_test(fields_that_may_be_empty_or_short),
		cmocka_unit_test(contradictions_warn),
		cmocka_unit_test(broken_payloads),
		cmocka_unit_test(telex_is_undone_and_said),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
