/*
 * backlog.h: which content is sent next. By due time, small before big; of every four one is of the
 * newest intake, so that what is taken in now does not wait behind an old backlog.
 */
#ifndef TRAM_FORWARD_BACKLOG_H
#define TRAM_FORWARD_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/linkstate.h"

struct forward;

enum { BACKLOG_DUE, BACKLOG_NEWEST, BACKLOG_RESULTS, BACKLOG_LISTS };

struct backlog_list {
	struct link_blob *rows;
	size_t count, next;
};

struct backlog {
	struct pool *pool;		/* holds the lists, until they are read anew */
	struct backlog_list lists[BACKLOG_LISTS];
	unsigned turn;
	bool dry;			/* nothing waited, and nothing has changed since */
	bool results_dry;
	int64_t again_at;		/* boottime at which we look all the same */
};

void backlog_open(struct backlog *backlog);
void backlog_close(struct backlog *backlog);
/* Something has changed: events were receipted, the line was lost, a content was set aside. */
void backlog_forget(struct backlog *backlog);
/* The next content that is neither in flight nor set aside nor sent meanwhile; *out NULL: none. */
enum rc backlog_next(struct forward *forward, const struct link_blob **out) MUST_CHECK;

#endif
