/*
 * update_check.h: does this version serve? Asks what a clerk would meet first, and nothing of the link: a
 * center that does not answer is no fault of an update.
 */
#ifndef TRAM_TOOL_UPDATE_CHECK_H
#define TRAM_TOOL_UPDATE_CHECK_H

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"

/* Databases are of the schema this program serves and their journal's head can be read; every program
 * answers a first page on its socket within wait_ms. RC_CONFLICT: it does not, *reason one word: schema,
 * journal, or the socket's name. */
enum rc update_check(struct pool *pool, const struct settings *settings, int64_t wait_ms,
		const char **reason) MUST_CHECK;

#endif
