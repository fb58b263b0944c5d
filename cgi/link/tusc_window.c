/*
 * tusc_window.c: see tusc_window.h.
 */
#include "link/tusc_window.h"

#define PART_COST 1400			/* bytes: headers both ways, TLS, and the wait for the answer */
#define CARRIED_FIRST ((int64_t)2 * 1024 * 1024)
#define CARRIED_MAX (INT64_MAX / (4 * PART_COST))
#define LANE_LEAST ((int64_t)12 * 1024)
#define SAME_CUT_MS 1000

void tusc_window_start(struct tusc_window *window)
{
	window->carried = CARRIED_FIRST;
	window->carried_now = 0;
	window->cut_at = 0;
	window->moved = 0;
}

void tusc_window_moved(struct tusc_window *window, int64_t bytes)
{
	window->moved += bytes;
	window->carried_now += bytes;
}

void tusc_window_cut(struct tusc_window *window, int64_t now_ms)
{
	if (window->carried_now == 0 && window->cut_at && now_ms - window->cut_at < SAME_CUT_MS)
		return;
	/* The last stretch counts most: a bad line is to be known as such after two or three cuts. */
	window->carried = (7 * window->carried_now + window->carried) / 8;
	window->carried_now = 0;
	window->cut_at = now_ms;
}

int64_t tusc_window_bytes(const struct tusc_window *window)
{
	int64_t carried = window->carried_now > window->carried ? window->carried_now : window->carried;
	int64_t square = 2 * PART_COST * (carried < CARRIED_MAX ? carried : CARRIED_MAX);
	int64_t bytes = TUSC_WINDOW_MIN;

	while (bytes < TUSC_WINDOW_MAX && bytes * bytes < square)
		bytes += bytes / 4;
	return bytes < TUSC_WINDOW_MAX ? bytes : TUSC_WINDOW_MAX;
}

int64_t tusc_window_lanes(const struct tusc_window *window, int64_t most)
{
	int64_t lanes = tusc_window_bytes(window) / LANE_LEAST;

	return lanes < 1 ? 1 : lanes > most ? most : lanes;
}
