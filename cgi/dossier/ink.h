/*
 * ink.h: a signature drawn on the tablet, as a few kilobytes of text that stand in the body of the
 * event it belongs to: what erases the body erases the signature. Pure.
 *
 * Strokes "s<x>_<y>" followed by "_<dx>_<dy>" for each further point, in a box of INK_WIDTH by
 * INK_HEIGHT; every point lies inside. Lower case, digits, "_" and "-" alone.
 */
#ifndef TRAM_DOSSIER_INK_H
#define TRAM_DOSSIER_INK_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"

#define INK_WIDTH 600
#define INK_HEIGHT 200
#define INK_MAX 16000		/* bytes */
#define INK_SHORTEST 120	/* of line drawn: less is a slip of the finger, no signature */

/* path: the strokes as the data of an SVG path; drawn: how long they are, each step as the longer of
 * its two sides. RC_INVALID: not as above. */
enum rc ink_read(struct pool *pool, const char *text, size_t len, char **path,
		int64_t *drawn) MUST_CHECK;

#endif
