/*
 * swap.h: a machine that took a dead one's place. The dead one may have given numbers today that stand on slips
 * and were neither copied nor sent: nobody here knows how many. A number is never given twice, so on the day of
 * the swap each series passes some over, once.
 */
#ifndef TRAM_STORE_SWAP_H
#define TRAM_STORE_SWAP_H

#include <stdint.h>

#include "base/rc.h"
#include "store/store.h"

#define SWAP_CODES 300		/* more than a point takes in between two copies, or in a day */
#define SWAP_PAPERS 50

/* This is the day. A write of its own. */
enum rc swap_mark(struct store *store, int64_t now_ms) MUST_CHECK;
/* Inside store_begin: *last, the last number given in a series, as it counts today. */
enum rc swap_pass(struct store *store, const char *series, int64_t now_ms, int64_t gap,
		int64_t *last) MUST_CHECK;

#endif
