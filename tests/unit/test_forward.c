/*
 * test_forward.c: what the forwarder hears from the kernel and keeps of the day. Includes the .c
 * files: programs are no library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hours.h"
#include "forward/gauge.c"
#include "forward/pace.c"
#include "forward/uplink.c"

/* One message as the kernel writes it. */
static size_t message(unsigned char *at, uint16_t type, const void *body, size_t len)
{
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(sizeof(head) + len), .nlmsg_type = type };

	memset(at, 0, NLMSG_ALIGN(head.nlmsg_len));
	memcpy(at, &head, sizeof(head));
	memcpy(at + sizeof(head), body, len);
	return NLMSG_ALIGN(head.nlmsg_len);
}

static void a_line_that_comes_up_is_heard(void **state)
{
	struct ifinfomsg wire = { .ifi_flags = IFF_UP | IFF_RUNNING }, loop = { .ifi_flags = IFF_UP |
		IFF_RUNNING | IFF_LOOPBACK }, dead = { .ifi_flags = IFF_UP };
	struct ifaddrmsg wide = { .ifa_scope = RT_SCOPE_UNIVERSE }, host = { .ifa_scope = RT_SCOPE_HOST };
	struct rtmsg route = { 0 };
	unsigned char bytes[512];
	size_t len, cut;

	(void)state;
	assert_true(uplink_says_up(bytes, message(bytes, RTM_NEWLINK, &wire, sizeof(wire))));
	assert_false(uplink_says_up(bytes, message(bytes, RTM_NEWLINK, &loop, sizeof(loop))));
	assert_false(uplink_says_up(bytes, message(bytes, RTM_NEWLINK, &dead, sizeof(dead))));
	assert_false(uplink_says_up(bytes, message(bytes, RTM_DELLINK, &wire, sizeof(wire))));
	assert_true(uplink_says_up(bytes, message(bytes, RTM_NEWADDR, &wide, sizeof(wide))));
	assert_false(uplink_says_up(bytes, message(bytes, RTM_NEWADDR, &host, sizeof(host))));
	assert_false(uplink_says_up(bytes, message(bytes, RTM_DELADDR, &wide, sizeof(wide))));
	assert_true(uplink_says_up(bytes, message(bytes, RTM_NEWROUTE, &route, sizeof(route))));
	/* Several in one datagram; and no cut of it is read past its end. */
	len = message(bytes, RTM_DELADDR, &wide, sizeof(wide));
	len += message(bytes + len, RTM_NEWLINK, &dead, sizeof(dead));
	len += message(bytes + len, RTM_NEWROUTE, &route, sizeof(route));
	assert_true(uplink_says_up(bytes, len));
	for (cut = 0; cut < len; cut++)
		assert_false(uplink_says_up(bytes, cut));
	memset(bytes, 0, sizeof(bytes));
	assert_false(uplink_says_up(bytes, sizeof(bytes)));
}

static void quiet_hours(void **state)
{
	static const char *const wrong[] = { "7:00-17:00", "07:00", "07:00-17:00x", "25:00-26:00",
		"07:60-08:00", "07:00-24:01", "ab:cd-ef:gh", "07:00 - 17:00" };
	bool quiet;
	size_t i;

	(void)state;
	assert_int_equal(hours_within("", 0, &quiet), RC_OK);
	assert_false(quiet);
	assert_int_equal(hours_within(" 07:00-11:30  22:00-05:00 ", 7 * 60, &quiet), RC_OK);
	assert_true(quiet);
	assert_int_equal(hours_within("07:00-11:30 22:00-05:00", 11 * 60 + 30, &quiet), RC_OK);
	assert_false(quiet);
	assert_int_equal(hours_within("07:00-11:30 22:00-05:00", 23 * 60, &quiet), RC_OK);
	assert_true(quiet);
	assert_int_equal(hours_within("07:00-11:30 22:00-05:00", 4 * 60 + 59, &quiet), RC_OK);
	assert_true(quiet);
	assert_int_equal(hours_within("00:00-24:00", 1439, &quiet), RC_OK);
	assert_true(quiet);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(hours_within(wrong[i], 0, &quiet), RC_INVALID);
}

#define NOON INT64_C(1790000100000)

static void the_day_is_kept_by_quarters(void **state)
{
	struct gauge gauge, again;
	json_t *json = json_new_object();
	size_t slot;

	(void)state;
	memset(&gauge, 0, sizeof(gauge));
	memset(&again, 0, sizeof(again));
	gauge_note(&gauge, NOON, 1000, 100, 50, true);
	gauge_note(&gauge, NOON + 60000, 61000, 1100, 250, true);
	gauge_note(&gauge, NOON + 120000, 121000, 1100, 250, false);
	gauge_trip(&gauge, NOON, 40);
	gauge_trip(&gauge, NOON, 30);
	slot = (size_t)(NOON / GAUGE_SLOT_MS % GAUGE_SLOTS);
	assert_int_equal(gauge.slots[slot].up, 1100);
	assert_int_equal(gauge.slots[slot].down, 250);
	assert_int_equal(gauge.slots[slot].ok_ms, 60000);
	assert_int_equal(gauge.slots[slot].lost_ms, 60000);
	assert_int_equal(gauge.slots[slot].trip_ms, 40);
	assert_int_equal(gauge.day_bytes, 1350);
	gauge_put(&gauge, NOON + 120000, json);
	gauge_take(&again, json);
	assert_memory_equal(again.slots, gauge.slots, sizeof(gauge.slots));
	assert_int_equal(again.day_bytes, 1350);
	/* The next day begins at nothing; yesterday's slot of the same quarter is written over. */
	gauge_note(&gauge, NOON + WHEN_DAY_MS, 200000, 1200, 250, true);
	assert_int_equal(gauge.day_bytes, 100);
	assert_int_equal(gauge.slots[slot].up, 100);
	json_decref(json);
}

static void pace_follows_what_arrives(void **state)
{
	struct gauge gauge, again;
	json_t *json = json_new_object();
	int i;

	(void)state;
	memset(&gauge, 0, sizeof(gauge));
	memset(&again, 0, sizeof(again));
	assert_false(gauge_pace(&gauge.goodput, 1000, 1000));
	assert_true(gauge_pace(&gauge.goodput, 19000, 1000));
	assert_int_equal(gauge.goodput.rate, 10000);
	for (i = 0; i < 20; i++)
		(void)gauge_pace(&gauge.goodput, 2000, 2000);
	assert_in_range(gauge.goodput.rate, 1000, 1100);
	/* A stall counts: nothing for a minute, then a little. */
	assert_false(gauge_pace(&gauge.goodput, 0, 60000));
	assert_true(gauge_pace(&gauge.goodput, 10, 1000));
	assert_in_range(gauge.goodput.rate, 700, 900);
	/* Results that came fast make no promise of how fast scans go. */
	assert_true(gauge_pace(&gauge.fetching, 9000000, 3000));
	assert_int_equal(gauge.fetching.rate, 3000000);
	assert_in_range(gauge.goodput.rate, 700, 900);
	gauge_put(&gauge, NOON, json);
	gauge_take(&again, json);
	assert_int_equal(again.goodput.rate, gauge.goodput.rate);
	assert_int_equal(again.fetching.rate, 3000000);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_comes_up_is_heard),
		cmocka_unit_test(quiet_hours),
		cmocka_unit_test(the_day_is_kept_by_quarters),
		cmocka_unit_test(pace_follows_what_arrives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
