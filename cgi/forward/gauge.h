/*
 * gauge.h: what the line did in the last day, by quarters of an hour, for the link page; the bytes of
 * the day for its budget; and the pace of files. Numbers alone, nothing about a person.
 */
#ifndef TRAM_FORWARD_GAUGE_H
#define TRAM_FORWARD_GAUGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

#define GAUGE_SLOTS 96
#define GAUGE_SLOT_MS (INT64_C(900) * 1000)

struct gauge_slot {
	int64_t quarter;		/* of an hour since 1970; 0: never written */
	int64_t up, down;		/* bytes sent, received */
	int64_t ok_ms, lost_ms;		/* how long the link was there, and was not */
	int64_t trip_ms;		/* slowest signed round trip, 0: none */
};

/* How fast files move. */
struct gauge_pace {
	int64_t rate;			/* bytes a second, as of late; 0: not known */
	int64_t bytes, ms;		/* not yet in it */
};

struct gauge {
	struct gauge_slot slots[GAUGE_SLOTS];
	int64_t day, day_bytes;		/* local day's number, and what went through on it */
	uint64_t seen_up, seen_down;	/* totals when we looked last */
	int64_t noted_at;		/* boottime of that, 0 */
	/* Of files that go, and of files that come: few lines are as fast one way as the other. */
	struct gauge_pace goodput, fetching;
};

/* Totals as they stand now; ok: the link is there. */
void gauge_note(struct gauge *gauge, int64_t wall_ms, int64_t boot_ms, uint64_t up, uint64_t down,
		bool ok);
void gauge_trip(struct gauge *gauge, int64_t wall_ms, int64_t trip_ms);
/* So many bytes of files arrived in so much time of moving them. True: the rate is anew. */
bool gauge_pace(struct gauge_pace *pace, int64_t bytes, int64_t ms);
void gauge_put(const struct gauge *gauge, int64_t wall_ms, json_t *into);
/* What an earlier process wrote; anything odd counts as nothing. */
void gauge_take(struct gauge *gauge, const json_t *from);

#endif
