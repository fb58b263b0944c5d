/*
 * latency.h: how long a commit takes to be on the disk, counted by every program that writes, in one small file
 * that all of them map. Days of the last week, each with a histogram: a card that wears out grows slow first.
 * Counting never fails anybody: without the file nothing is counted.
 */
#ifndef TRAM_BASE_LATENCY_H
#define TRAM_BASE_LATENCY_H

#include <stdint.h>

#include "base/rc.h"

#define LATENCY_DAYS 8

/* From now on this process counts into path, which is made if missing. */
void latency_open(const char *path);
/* One commit took so long; at its end it was wall_ms. */
void latency_note(int64_t took_us, int64_t wall_ms);

struct latency {
	int64_t count;			/* 0: nothing was counted */
	int64_t p50_us, p95_us, p99_us;	/* upper ends of the steps they fall into */
	int64_t max_us;
};
/* The local day of wall_ms and the days before it, `days` in all. RC_NOT_FOUND: no file. */
enum rc latency_read(const char *path, int64_t wall_ms, int days, struct latency *out) MUST_CHECK;

#endif
