/*
 * test_setup.c: the answers of first boot: which values fit, what is wrong in a file and in which line, what
 * is made of whole answers, and labels, of which no two are alike.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/network.h"
#include "store/setup.h"

#define WHOLE "commune_code = 18685\nstation_name = S\npoint_no = 2\npoint_name = P\npoint_address = A\n" \
	"point_phone = 0239\nadmin_login = ql\nadmin_name = N\nadmin_password = x\nap_name = W\nap_key = 12345678\n" \
	"uplink = none\ncenter_url = https://a.vn:1\ninvitation_later = yes\n"

static void values_that_fit(void **state)
{
	static const struct { enum setup_key key; const char *value; bool fits; } cases[] = {
		{ SETUP_COMMUNE, "18685", true }, { SETUP_COMMUNE, "1868", false }, { SETUP_COMMUNE, "1868a", false },
		{ SETUP_AGENCY_ID, "H27", true }, { SETUP_AGENCY_ID, "H27.1.2", true }, { SETUP_AGENCY_ID, "27", false },
		{ SETUP_AGENCY_ID, "H27.", false }, { SETUP_AGENCY_ID, "H1.2.3.4.5", false },
		{ SETUP_POINT_NO, "999", true }, { SETUP_POINT_NO, "1000", false },
		{ SETUP_LOGIN, "a.b-c_1", true }, { SETUP_LOGIN, "a", false }, { SETUP_LOGIN, "Ab", false },
		{ SETUP_AP_KEY, "12345678", true }, { SETUP_AP_KEY, "1234567", false },
		{ SETUP_UPLINK_KIND, "cable", true }, { SETUP_UPLINK_KIND, "dsl", false },
		{ SETUP_CENTER, "https://tinh.vn:8443", true }, { SETUP_CENTER, "https://tinh.vn", true },
		{ SETUP_CENTER, "http://tinh.vn", false }, { SETUP_CENTER, "https://tinh.vn/x", false },
		{ SETUP_CENTER, "https://:1", false }, { SETUP_CENTER, "https://a:0", false },
		{ SETUP_CENTER_MORE, "https://a:1 https://b:2", true }, { SETUP_CENTER_MORE, "https://a:1 b", false },
		{ SETUP_PROXY, "http://p:3128", true }, { SETUP_PROXY, "http://p", false },
		{ SETUP_INVITE, "b18685-1/AAAA", false },
		{ SETUP_INVITE, "b18685-1/000G4-0R40M-30E20-9185G-R38E1-W8124-GK2GA-HC5RR-34D1P-70X3R-FHCK8", true },
		{ SETUP_REHEARSE, "no", true }, { SETUP_REHEARSE, "maybe", false },
	};
	struct pool *pool = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (setup_value_fits(pool, cases[i].key, cases[i].value) != cases[i].fits)
			fail_msg("%s = %s", setup_name(cases[i].key), cases[i].value);
	for (int key = 0; key < SETUP_KEYS; key++)
		assert_true(setup_value_fits(pool, (enum setup_key)key, ""));
	pool_free(pool);
}

static void a_wrong_line_is_named(void **state)
{
	static const struct { const char *text, *key, *why; int line; } cases[] = {
		{ "# x\n\npoint_no = 1\npoint_no = 2\n", "point_no", "twice", 4 },
		{ "la = 1\n", "la", "key", 1 },
		{ "point_no\n", "", "line", 1 },
		{ "point_no = x", "point_no", "value", 1 },
		{ "a\x01 = b\n", "", "line", 1 },
	};
	struct pool *pool = pool_new();
	struct setup_fault fault;
	struct setup setup;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(setup_parse(pool, cases[i].text, strlen(cases[i].text), &setup, &fault), RC_INVALID);
		assert_string_equal(fault.key, cases[i].key);
		assert_string_equal(fault.why, cases[i].why);
		assert_int_equal(fault.line, cases[i].line);
	}
	assert_int_equal(setup_parse(pool, "", 0, &setup, &fault), RC_OK);
	pool_free(pool);
}

static void whole_answers_make_both_files(void **state)
{
	struct pool *pool = pool_new();
	struct network_fault wrong;
	struct network network;
	struct setup_fault fault;
	struct setup setup;
	const char *conf;

	(void)state;
	assert_int_equal(setup_parse(pool, WHOLE, strlen(WHOLE), &setup, &fault), RC_OK);
	assert_int_equal(setup_next(pool, &setup), SETUP_STEPS);
	assert_string_equal(setup_board_id(pool, &setup), "b18685-2");
	conf = setup_conf(pool, &setup, true);
	assert_non_null(strstr(conf, "\nmode = rehearsal\n"));
	assert_null(strstr(conf, "12345678"));
	assert_null(strstr(conf, "admin"));
	assert_int_equal(network_read(pool, setup_network(pool, &setup), &network, &wrong), RC_OK);
	assert_string_equal(network.host, "tram-b18685-2");
	/* One step less, and that is where it goes on. */
	setup.value[SETUP_LATER] = "";
	assert_int_equal(setup_next(pool, &setup), SETUP_TOKEN);
	setup.value[SETUP_INVITE] = "b18685-1/000G4-0R40M-30E20-9185G-R38E1-W8124-GK2GA-HC5RR-34D1P-70X3R-FHCK8";
	assert_int_equal(setup_check(pool, &setup, SETUP_TOKEN, &fault), RC_INVALID);
	assert_string_equal(fault.why, "board");
	setup.value[SETUP_PRINTERS] = "192.0.2.5";
	assert_int_equal(setup_check(pool, &setup, SETUP_UPLINK, &fault), RC_INVALID);
	assert_string_equal(fault.why, "printers");
	setup.value[SETUP_COMMUNE] = "99999";
	assert_int_equal(setup_next(pool, &setup), SETUP_STATION);
	pool_free(pool);
}

static void no_two_labels_are_alike(void **state)
{
	struct pool *pool = pool_new();
	struct setup_label one, two, read;
	struct setup_fault fault;
	char first[65], second[65], *text;

	(void)state;
	setup_label_new(pool, &one);
	setup_label_new(pool, &two);
	assert_string_not_equal(one.code, two.code);
	assert_string_not_equal(one.ap_key, two.ap_key);
	text = setup_label_text(pool, &one);
	assert_int_equal(setup_label_parse(pool, text, strlen(text), &read, &fault), RC_OK);
	assert_string_equal(read.code, one.code);
	assert_int_equal(setup_code_hash(one.code, first), RC_OK);
	assert_int_equal(setup_code_hash("o1l-aaaa aaa", second), RC_OK);
	assert_int_equal(setup_code_hash("01-1AAAAAAA", first), RC_OK);
	assert_string_equal(first, second);
	assert_int_equal(setup_code_hash("AAAAA", first), RC_INVALID);
	assert_int_equal(setup_code_hash("AAAAAAAAAAA", first), RC_INVALID);
	assert_int_equal(setup_label_parse(pool, "label = A\n", 10, &read, &fault), RC_INVALID);
	assert_string_equal(fault.why, "missing");
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_that_fit),
		cmocka_unit_test(a_wrong_line_is_named),
		cmocka_unit_test(whole_answers_make_both_files),
		cmocka_unit_test(no_two_labels_are_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
