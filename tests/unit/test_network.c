/*
 * test_network.c: what a technician may choose for a board's networks. The values become files that
 * root reads, so every way to say more than a value says is tried.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/network.h"

#define LEAST "host = tram1\nap_name = Tram 1\nap_key = mat khau 12\nuplink = none\n"

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

static void the_least_is_enough(void **state)
{
	struct network network;
	struct network_fault fault;

	(void)state;
	assert_int_equal(network_read(pool, LEAST, &network, &fault), RC_OK);
	assert_string_equal(network.ap_name, "Tram 1");
	assert_string_equal(network.ap_key, "mat khau 12");
	assert_int_equal(network.ap_channel, 6);
	assert_false(network.guest);
	assert_int_equal(network.uplink, NETWORK_NONE);
	assert_string_equal(network.uplink_address, "");
	assert_int_equal(network.printer_count, 0);
}

static void everything_is_read(void **state)
{
	static const char text[] = "# as a page wrote it\r\n\n  host=tram1\nap_name = Tr\xe1\xba\xa1m = 1\n"
		"ap_key =  a  b\"c|d# \nap_channel = 44\nguest = yes\nguest_name = Tra cuu\n"
		"uplink = cable\nuplink_address = 192.168.50.2/24\nuplink_gateway = 192.168.50.1\n"
		"uplink_dns = 192.168.50.1  8.8.8.8\nprinters = 192.168.50.9 02:00:00:00:00:07\n";
	struct network network;
	struct network_fault fault;

	(void)state;
	if (network_read(pool, text, &network, &fault) != RC_OK)
		fail_msg("line %d %s: %s", fault.line, fault.key, fault.why);
	assert_string_equal(network.host, "tram1");
	assert_string_equal(network.ap_name, "Tr\xe1\xba\xa1m = 1");
	/* Blanks inside are the passphrase's; those at the ends the line's. */
	assert_string_equal(network.ap_key, "a  b\"c|d#");
	assert_int_equal(network.ap_channel, 44);
	assert_true(network.guest);
	assert_string_equal(network.guest_key, "");
	assert_string_equal(network.uplink_address, "192.168.50.2/24");
	assert_int_equal(network.printer_count, 2);
	assert_null(network.printers[0].mac);
	assert_string_equal(network.printers[0].address, "192.168.50.9");
	assert_string_equal(network.printers[1].mac, "02:00:00:00:00:07");
	assert_string_equal(network.printers[1].address, NETWORK_PRINTERS ".12");
	assert_string_equal(network.printers[1].name, "may-in-2");
}

static void a_wrong_value_is_refused(void **state)
{
	static const struct { const char *key, *value; } rows[] = {
		{ "host", "" }, { "host", "Tram" }, { "host", "-a" }, { "host", "a-" }, { "host", "a.b" },
		{ "host", "a b" }, { "ap_name", "" }, { "ap_name", "a\tb" }, { "ap_name", "a\nb" },
		{ "ap_name", "\xff" }, { "ap_name", "012345678901234567890123456789012" },
		{ "ap_key", "1234567" }, { "ap_key", "m\xe1\xba\xadt kh\xe1\xba\xa9u 12" },
		{ "ap_key", "12345678\nwpa=0" }, { "ap_key", " 12345678" }, { "ap_key", "12345678\x7f" },
		{ "ap_key", "0123456789012345678901234567890123456789012345678901234567890123" },
		{ "ap_channel", "0" }, { "ap_channel", "14" }, { "ap_channel", "42" },
		{ "ap_channel", "52" }, { "ap_channel", "6 " }, { "ap_channel", "0x6" },
		{ "guest", "maybe" }, { "uplink", "" }, { "uplink", "satellite" },
		{ "uplink_address", "192.0.2.20" }, { "uplink_address", "192.0.2.20/31" },
		{ "uplink_address", "192.0.2.20/24/3" }, { "uplink_address", "10.77.1.9/24" },
		{ "uplink_address", "224.0.0.1/24" }, { "uplink_address", "127.0.0.1/8" },
		{ "uplink_address", "::1/64" }, { "uplink_gateway", "10.77.0.1" },
		{ "uplink_gateway", "gateway" }, { "uplink_dns", "8.8.8.8 8.8.8.8" },
		{ "uplink_dns", "1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4" },
		{ "printers", "203.0.113.5" }, { "printers", "10.77.2.11" }, { "printers", "printer" },
		{ "printers", "192.168.50.9, drop" }, { "printers", "192.168.50.9 192.168.50.9" },
		{ "printers", "01:00:00:00:00:07" }, { "printers", "02:00:00:00:00:0G" },
		{ "printers", "02:00:00:00:00:07:08" }, { "printers", "02:00:00" },
		{ "printers", "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 "
				"10.0.0.9" },
	};
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (network_check(rows[i].key, rows[i].value, &why) != RC_INVALID || !why)
			fail_msg("%s = \"%s\" was taken", rows[i].key, rows[i].value);
	}
	assert_int_equal(network_check("ssid", "x", &why), RC_NOT_FOUND);
	assert_int_equal(network_check("uplink_address", "dhcp", &why), RC_OK);
	assert_int_equal(network_check("guest_key", "", &why), RC_OK);
}

static void a_wrong_file_is_refused_where_it_is_wrong(void **state)
{
	static const struct { const char *text; int line; const char *key; } rows[] = {
		{ "", 0, "host" },
		{ "host = a\nap_name = b\nap_key = 12345678\n", 0, "uplink" },
		{ LEAST "host = b\n", 5, "host" },
		{ LEAST "nonsense\n", 5, "" },
		{ LEAST "wpa = 0\n", 5, "" },
		{ LEAST " = 0\n", 5, "" },
		{ LEAST "ap_channel = 99\n", 5, "ap_channel" },
		{ LEAST "guest = yes\n", 0, "guest_name" },
		{ LEAST "guest = yes\nguest_name = Tram 1\n", 0, "guest_name" },
		{ LEAST "guest = yes\nguest_name = b\nguest_key = mat khau 12\n", 0, "guest_name" },
		{ LEAST "printers = 192.168.50.9\n", 0, "printers" },
		{ LEAST "uplink_address = 192.0.2.20/24\n", 0, "uplink_address" },
		{ "host = a\nap_name = b\nap_key = 12345678\nuplink = wifi\n", 0, "uplink_name" },
		{ "host = a\nap_name = b\nap_key = 12345678\nuplink = cable\nuplink_gateway = 192.0.2.1\n", 0,
				"uplink_gateway" },
	};
	struct network network;
	struct network_fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (network_read(pool, rows[i].text, &network, &fault) != RC_INVALID)
			fail_msg("taken: %s", rows[i].text);
		assert_int_equal(fault.line, rows[i].line);
		assert_string_equal(fault.key, rows[i].key);
		assert_true(*fault.why != '\0');
		/* It goes into a log, and values are secrets. */
		assert_null(strstr(fault.why, "12345678"));
	}
}

static void the_description_names_every_key(void **state)
{
	struct buf text = { 0 };

	(void)state;
	network_describe(&text);
	assert_non_null(strstr(text.data, "\nap_key =\n"));
	assert_non_null(strstr(text.data, "\n#printers =\n"));
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_is_enough),
		cmocka_unit_test(everything_is_read),
		cmocka_unit_test(a_wrong_value_is_refused),
		cmocka_unit_test(a_wrong_file_is_refused_where_it_is_wrong),
		cmocka_unit_test(the_description_names_every_key),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
