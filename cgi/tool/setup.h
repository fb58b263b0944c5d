/*
 * setup.h: `tram setup`: what root does of first boot (board/FIRST-BOOT.md).
 */
#ifndef TRAM_TOOL_SETUP_H
#define TRAM_TOOL_SETUP_H

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/setup.h"

int setup_main(int argc, char **argv);

/* ---- setup_run.c: what the pages wish ---- */

struct setup_place {
	const char *folder, *data, *boot, *with;
	const char *reach;	/* the unit that asks whether the center is there; NULL: who runs this asks */
	bool one_user;
};
/* Every wish that lies there. The exit status. */
int setup_run(struct pool *pool, const struct setup_place *place);
/* folder/said.json, for the pages. */
enum rc setup_say(struct pool *pool, const char *folder, const char *what, const char *state,
		const char *reason) MUST_CHECK;

/* network.conf of these answers into the data's network folder; hex: SHA-256 of it, or NULL. */
enum rc setup_put_network(struct pool *pool, const char *data, const struct setup *setup, char hex[65]) MUST_CHECK;
/* The pages' user owns it. */
enum rc setup_give(const char *path) MUST_CHECK;

/* ---- setup_reach.c: does the center answer over the line of these answers? ---- */
/* RC_GONE: no; *why: one word. */
enum rc setup_reach(struct pool *pool, const struct setup_place *place, const struct setup *setup,
		const char **why) MUST_CHECK;
/* The unit's part: asks, and leaves the word in the folder. The exit status. */
int setup_reach_alone(struct pool *pool, const struct setup_place *place);

/* ---- setup_begin.c: the folder, the label, the file on the boot partition ---- */
int setup_begin(struct pool *pool, const struct setup_place *place);

#endif
