/*
 * tusc_window.h: how many bytes an uploader has under way at a time, over all its connections. Pure.
 *
 * A PATCH that is cut is lost as a whole, for a server buffers it until it is complete; a small one
 * costs its headers and a share of the round trip. The best size is the root of twice that cost
 * times what a connection carries between two cuts. Never more than TUSC_WINDOW_MAX: that is all a
 * cut may cost.
 */
#ifndef TRAM_LINK_TUSC_WINDOW_H
#define TRAM_LINK_TUSC_WINDOW_H

#include <stdint.h>

#define TUSC_WINDOW_MIN ((int64_t)8 * 1024)
/* Beside this each further connection may have 8 KiB: together 256. */
#define TUSC_WINDOW_MAX ((int64_t)232 * 1024)

struct tusc_window {
	int64_t carried;	/* bytes between two cuts, as it was of late */
	int64_t carried_now;	/* since the last one */
	int64_t cut_at;		/* boottime of it */
	int64_t moved;		/* bytes that the server has acknowledged, ever */
};

void tusc_window_start(struct tusc_window *window);
void tusc_window_moved(struct tusc_window *window, int64_t bytes);
/* A connection was cut; all of them see the same cut one after the other, which counts once. */
void tusc_window_cut(struct tusc_window *window, int64_t now_ms);
int64_t tusc_window_bytes(const struct tusc_window *window);
/* Several, so that one's bytes travel while the other's answer is made; one where parts would be tiny. */
int64_t tusc_window_lanes(const struct tusc_window *window, int64_t most);

#endif
