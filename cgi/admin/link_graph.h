/*
 * link_graph.h: the last day of the line as a picture: bytes up and down by quarters of an hour, and
 * when the link was lost. Drawn on the board as SVG, no script.
 */
#ifndef TRAM_ADMIN_LINK_GRAPH_H
#define TRAM_ADMIN_LINK_GRAPH_H

#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"

struct link_day {
	int64_t up, down;		/* bytes */
	int64_t most;			/* in one quarter, one way */
	int64_t lost_ms, slowest_ms;
};
struct link_hour { int64_t up, down, lost_ms, slowest_ms; };

/* slots: of health.json. hours: 24, the oldest first, the last one being now's. */
void link_graph_sum(const json_t *slots, int64_t now_ms, struct link_day *day, struct link_hour hours[24]);
char *link_graph_svg(struct pool *pool, const json_t *slots, int64_t now_ms);

#endif
