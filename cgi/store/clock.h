/*
 * clock.h: how a board knows the time. Files in clock_dir:
 *
 *	boot	"COUNT BOOT_ID": raised once per boot of the kernel
 *	floor	the last time that was known, ms: it is never earlier again. Durable; only signed time
 *		raises it
 *	clock	of this boot: what is known now (when_put_clock)
 *
 * No clock that runs without power is assumed, and the kernel's clock is never set from here.
 */
#ifndef TRAM_STORE_CLOCK_H
#define TRAM_STORE_CLOCK_H

#include <stdint.h>

#include "base/rc.h"
#include "base/settings.h"

/* At start, by the supervisor and the forwarder: counts the boot and, once per boot, lets the time run
 * from the floor. RC_IO, RC_FULL. */
enum rc clock_begin(const struct settings *settings) MUST_CHECK;
/* Reads the boot counter and the clock file from now on; every program of a board. */
void clock_follow(const struct settings *settings);
/* The floor, 0: there is none. */
int64_t clock_floor(const struct settings *settings);
/* A signed answer says that it was time_ms in the middle of a round trip that began at began_ms of
 * CLOCK_BOOTTIME and took trip_ms. Raises the floor.
 * RC_TIMEOUT: too slow, RC_CONFLICT: more than a day before what is known already; nothing is changed. */
enum rc clock_learn(const struct settings *settings, int64_t time_ms, int64_t began_ms,
		int64_t trip_ms) MUST_CHECK;
#define CLOCK_TRIP_MAX_MS 10000
/* A manager read it off a watch. The floor stays. RC_CONFLICT: before the floor. */
enum rc clock_confirm(const struct settings *settings, int64_t time_ms) MUST_CHECK;
#define CLOCK_WATCH_BOUND_MS (5 * INT64_C(60000))

#endif
