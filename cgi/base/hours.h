/*
 * hours.h: spans of the day as people write them into tram.conf. Pure.
 */
#ifndef TRAM_BASE_HOURS_H
#define TRAM_BASE_HOURS_H

#include <stdbool.h>

#include "base/rc.h"

/* "07:00-11:30 22:00-05:00": does this minute of the day (0..1439) lie within? A span over midnight is
 * fine; its end is outside. RC_INVALID: not such a text. */
enum rc hours_within(const char *spans, int minute, bool *within) MUST_CHECK;

#endif
