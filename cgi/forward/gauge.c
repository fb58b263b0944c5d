/*
 * gauge.c: see gauge.h. Slots are found by the wall clock's quarter: a clock that jumps writes
 * elsewhere and spoils nothing.
 */
#include <string.h>

#include "base/when.h"
#include "forward/gauge.h"

#define LOCAL_MS (INT64_C(7) * 3600 * 1000)
#define PACE_LEAST_MS 2000	/* of sending, before a pace is believed */

static struct gauge_slot *slot_at(struct gauge *gauge, int64_t wall_ms)
{
	int64_t quarter = wall_ms > 0 ? wall_ms / GAUGE_SLOT_MS : 0;
	struct gauge_slot *slot = &gauge->slots[quarter % GAUGE_SLOTS];

	if (slot->quarter != quarter) {
		memset(slot, 0, sizeof(*slot));
		slot->quarter = quarter;
	}
	return slot;
}

void gauge_note(struct gauge *gauge, int64_t wall_ms, int64_t boot_ms, uint64_t up, uint64_t down,
		bool ok)
{
	struct gauge_slot *slot = slot_at(gauge, wall_ms);
	/* Less than before: counted anew, with another identity. */
	int64_t sent = (int64_t)(up < gauge->seen_up ? up : up - gauge->seen_up);
	int64_t got = (int64_t)(down < gauge->seen_down ? down : down - gauge->seen_down);
	int64_t day = (wall_ms + LOCAL_MS) / WHEN_DAY_MS;

	if (day != gauge->day) {
		gauge->day = day;
		gauge->day_bytes = 0;
	}
	slot->up += sent;
	slot->down += got;
	gauge->day_bytes += sent + got;
	if (gauge->noted_at) {
		if (ok)
			slot->ok_ms += boot_ms - gauge->noted_at;
		else
			slot->lost_ms += boot_ms - gauge->noted_at;
	}
	gauge->noted_at = boot_ms;
	gauge->seen_up = up;
	gauge->seen_down = down;
}

void gauge_trip(struct gauge *gauge, int64_t wall_ms, int64_t trip_ms)
{
	struct gauge_slot *slot = slot_at(gauge, wall_ms);

	if (trip_ms > slot->trip_ms)
		slot->trip_ms = trip_ms;
}

bool gauge_pace(struct gauge_pace *pace, int64_t bytes, int64_t ms)
{
	int64_t rate;

	pace->bytes += bytes;
	pace->ms += ms;
	if (pace->ms < PACE_LEAST_MS || pace->bytes == 0)
		return false;
	rate = pace->bytes * 1000 / pace->ms;
	pace->rate = pace->rate ? (3 * pace->rate + rate) / 4 : rate;
	if (pace->rate < 1)
		pace->rate = 1;
	pace->bytes = 0;
	pace->ms = 0;
	return true;
}

void gauge_put(const struct gauge *gauge, int64_t wall_ms, json_t *into)
{
	int64_t now = wall_ms / GAUGE_SLOT_MS;
	json_t *slots = json_new_array();
	size_t i;

	for (i = 0; i < GAUGE_SLOTS; i++) {
		const struct gauge_slot *slot = &gauge->slots[i];
		json_t *row;

		if (slot->quarter <= now - GAUGE_SLOTS || slot->quarter > now)
			continue;
		row = json_new_array();
		json_add(row, json_integer(slot->quarter));
		json_add(row, json_integer(slot->up));
		json_add(row, json_integer(slot->down));
		json_add(row, json_integer(slot->ok_ms));
		json_add(row, json_integer(slot->lost_ms));
		json_add(row, json_integer(slot->trip_ms));
		json_add(slots, row);
	}
	json_put_value(into, "slots", slots);
	json_put_int(into, "day", gauge->day);
	json_put_int(into, "day_bytes", gauge->day_bytes);
	json_put_int(into, "goodput", gauge->goodput.rate);
	json_put_int(into, "fetching", gauge->fetching.rate);
}

static int64_t number_at(const json_t *row, size_t i)
{
	int64_t value = json_integer_value(json_array_get(row, i));

	return value < 0 ? 0 : value;
}

void gauge_take(struct gauge *gauge, const json_t *from)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(from, "slots"), i, row) {
		int64_t quarter = number_at(row, 0);
		struct gauge_slot *slot = &gauge->slots[quarter % GAUGE_SLOTS];

		if (quarter == 0 || json_array_size(row) != 6)
			continue;
		*slot = (struct gauge_slot){ .quarter = quarter, .up = number_at(row, 1),
			.down = number_at(row, 2), .ok_ms = number_at(row, 3),
			.lost_ms = number_at(row, 4), .trip_ms = number_at(row, 5) };
	}
	gauge->day = json_int(from, "day", 0);
	gauge->day_bytes = json_int(from, "day_bytes", 0);
	gauge->goodput.rate = json_int(from, "goodput", 0);
	gauge->fetching.rate = json_int(from, "fetching", 0);
}
