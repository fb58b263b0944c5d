/*
 * update_step.h: the steps of an update and what they leave on the disk.
 *
 * In the data folder:
 *	releases/VERSION/	a package, unpacked whole; made under another name and renamed
 *	releases/current	link to the one that runs; none: the machine's own package runs
 *	update/state.json	step, from, to, tries, reason
 *	update/copy/		the databases as they were before the switch
 *
 *	offered → copied → switched → done
 *	                          └──→ back
 *
 * The link is renamed into place, so it names one whole version or the other. "switched" is written
 * before it is moved: whoever finds that word moves it again. The programs of the new version start
 * with it, but lighttpd, and with it the counter, waits for "done", which says that the check passed.
 * Three starts without it lead back, where the version before serves the databases as they are now;
 * the copies are for people, no step puts one back.
 */
#ifndef TRAM_TOOL_UPDATE_STEP_H
#define TRAM_TOOL_UPDATE_STEP_H

#include <stdbool.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "link/release.h"

#define UPDATE_PROGRAMS "usr/lib/tram"	/* inside a package */

enum update_step { UPDATE_NONE, UPDATE_OFFERED, UPDATE_COPIED, UPDATE_SWITCHED, UPDATE_DONE, UPDATE_BACK };

struct update {
	struct pool *pool;
	const struct settings *settings;
	const char *factory;	/* folder of the programs of the machine's own package */
	const char *suite;	/* of this machine's Debian; for an offer alone */
	const char *patched;	/* a file that is touched when the machine's packages change; NULL: not told */
	const char *link;	/* what services start from: a link to a folder of programs; "": none */
	enum update_step step;
	const char *from, *to;	/* versions; from "" is the machine's own package */
	int64_t tries;		/* starts since the switch */
	const char *reason;	/* why there is no newer one, or why it went back */
};

/* Reads the state; a missing or torn file is UPDATE_NONE. */
enum rc update_read(struct update *update) MUST_CHECK;
/* Writes it, durably, and tells the technician's page (health/update.json): the step, what runs, since when
 * the machine's packages are as they are, until when its Debian is supported. */
enum rc update_write(struct update *update, enum update_step step, const char *reason) MUST_CHECK;
const char *update_step_name(enum update_step step);

/* Paths in the data folder; the version the link names, "" for the machine's own package; rm -rf. */
char *update_in_data(struct update *update, const char *name);
const char *update_current(struct update *update);
void update_remove(const char *path);
/* A version with this schema serves databases as they are now; newer: or brings them up. */
bool update_fits(struct update *update, const struct release *release, bool newer);
/* What a folder of programs says it is (release.json beside them). RC_NOT_FOUND, RC_INVALID. */
enum rc update_describe(struct update *update, const char *programs, struct release *out) MUST_CHECK;
/* Folder of the programs of a version in releases/. */
char *update_programs(struct update *update, const char *version);
/* The folder of the programs that run (or would after a start) and their version. */
enum rc update_running(struct update *update, const char **programs, struct release *out) MUST_CHECK;

/* The steps; each may be called again after a cut. RC_EXISTS: done before, RC_NOT_FOUND: nothing to do,
 * RC_DENIED: refused, *reason one word: key signature manifest older same channel early schema package
 * content. */
enum rc update_offer(struct update *update, const char *folder, const char **reason) MUST_CHECK;
enum rc update_copy(struct update *update) MUST_CHECK;
enum rc update_switch(struct update *update) MUST_CHECK;
/* At the start of the machine: counts the try, moves the link that stands for the state, goes back when
 * it was tried too often. */
enum rc update_resume(struct update *update) MUST_CHECK;
/* After the check: passed → done; else back. RC_CONFLICT: the version before does not serve these
 * databases; it stays on the new one. */
enum rc update_settle(struct update *update, bool passed, const char *reason) MUST_CHECK;

#endif
