/*
 * pace.h: how long to wait. Pure, so that a test can ask it about days.
 */
#ifndef TRAM_FORWARD_PACE_H
#define TRAM_FORWARD_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rc.h"

/* After a failure: the time it has lasted already, within [min, max], less up to a quarter by
 * jitter (0..1023 parts of 1024), never under min: many boards come back apart, not together. */
int64_t pace_retry_ms(int64_t failing_for_ms, int64_t min_ms, int64_t max_ms, uint32_t jitter);
/* Between two looks at the feed: active_ms while a clerk's page was used in the last ten minutes,
 * then a tenth of the time since, up to max_ms. */
int64_t pace_poll_ms(int64_t unused_for_ms, int64_t active_ms, int64_t max_ms);

#endif
