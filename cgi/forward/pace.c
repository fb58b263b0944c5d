/*
 * pace.c: see pace.h. Back-off by age as Postfix's queue manager does it: no counter to keep.
 */
#include "base/when.h"
#include "forward/pace.h"

#define PACE_IN_USE_MS (10 * WHEN_MINUTE_MS)

static int64_t clamp(int64_t value, int64_t min, int64_t max)
{
	if (value > max)
		value = max;
	return value < min ? min : value;
}

int64_t pace_retry_ms(int64_t failing_for_ms, int64_t min_ms, int64_t max_ms, uint32_t jitter)
{
	int64_t pause = clamp(failing_for_ms, min_ms, max_ms);

	return clamp(pause - pause / 4 * (int64_t)(jitter & 1023) / 1024, min_ms, max_ms);
}

int64_t pace_poll_ms(int64_t unused_for_ms, int64_t active_ms, int64_t max_ms)
{
	if (unused_for_ms < PACE_IN_USE_MS)
		return active_ms;
	return clamp(unused_for_ms / 10, active_ms, max_ms > active_ms ? max_ms : active_ms);
}
