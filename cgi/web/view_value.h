/*
 * view_value.h: the inside of a view, for view.c and template.c alone.
 */
#ifndef TRAM_WEB_VIEW_VALUE_H
#define TRAM_WEB_VIEW_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "web/view.h"

struct view_value {
	uint32_t hash;
	bool used, on, svg;		/* on: what {{#name}} asks; svg: only {{unsafe_svg}} shows it */
	const char *text;
	struct view *first, *last;	/* a list's items */
};

struct view {
	struct pool *pool;
	struct view *next;		/* in a list */
	struct view_value *values;	/* open addressing, a power of two of places */
	uint32_t places, count;
};

/* NULL: this view has no such name. */
const struct view_value *view_find(const struct view *view, uint32_t hash);

#endif
