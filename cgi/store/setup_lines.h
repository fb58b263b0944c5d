/*
 * setup_lines.h: lines "key = value"; for setup.c and setup_label.c alone.
 */
#ifndef TRAM_STORE_SETUP_LINES_H
#define TRAM_STORE_SETUP_LINES_H

#include "store/setup.h"

/* NULL, or why the line is wrong. */
typedef const char *setup_take(void *arg, const char *name, const char *value);
/* Every line but empty ones and "#" comments to take; RC_INVALID with the fault of the first wrong one. */
enum rc setup_lines(struct pool *pool, const char *text, size_t len, setup_take *take, void *arg,
		struct setup_fault *fault) MUST_CHECK;


#endif
