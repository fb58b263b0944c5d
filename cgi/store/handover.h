/*
 * handover.h: reading the lists by which papers change hands. A list is the events handover.given
 * that share its number, one per dossier.
 */
#ifndef TRAM_STORE_HANDOVER_H
#define TRAM_STORE_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "dossier/event.h"
#include "store/dossier.h"
#include "store/store.h"

enum handover_got { HANDOVER_OPEN = 0, HANDOVER_RECEIVED = 1, HANDOVER_MISSING = 2 };

struct handover_row {
	const char *list;
	char id[33];			/* of the event handover.given */
	uint8_t subject[16];
	const char *what;		/* dossier, result, paper, originals */
	const char *giver, *taker;	/* from, to: as printed */
	const char *carrier, *tracking;
	const char *actor;		/* who gave */
	enum event_author author;
	int64_t at;
	enum handover_got got;
	const char *got_by;		/* who received */
	enum event_author got_author;
	int64_t got_at;
	const char *missing;
};

/* One list as a line: what its first row says, and the counts. */
struct handover_list {
	const char *list, *what, *giver, *taker, *carrier, *actor;
	int64_t at;
	int64_t total, open;		/* open: on the way or missing */
};

/* Newest first. open_only: those on which something is still on the way or missing. */
enum rc handover_lists(struct store *store, struct pool *pool, bool open_only, size_t limit,
		size_t offset, struct handover_list **rows, size_t *count) MUST_CHECK;
/* Rows of one list in the order they were written. dossiers as many as rows. RC_NOT_FOUND: no such
 * list here. */
enum rc handover_items(struct store *store, struct pool *pool, const char *list,
		struct handover_row **rows, struct dossier_row **dossiers, size_t *count) MUST_CHECK;
/* Every list a dossier was on, oldest first. */
enum rc handover_of(struct store *store, struct pool *pool, const struct dossier_row *dossier,
		struct handover_row **rows, size_t *count) MUST_CHECK;
/* Dossiers that can go on a list, the most urgent first. */
enum handover_from {
	HANDOVER_TO_DESK,		/* accepted, the commune decides, still at the counter */
	HANDOVER_TO_PROVINCE,		/* the province decides, still held here */
	HANDOVER_OF_RESULTS		/* result here and on no list that is still open */
};
/* way: of delivery that the citizen asked for ("post", "point"), or "" for any. */
enum rc handover_candidates(struct store *store, struct pool *pool, enum handover_from from,
		const char *way, size_t limit, struct dossier_row **rows, size_t *count) MUST_CHECK;
/* Results that left by post and of which nothing was heard yet, oldest first. */
enum rc handover_in_post(struct store *store, struct pool *pool, size_t limit,
		struct handover_row **rows, struct dossier_row **dossiers, size_t *count) MUST_CHECK;
/* "BG-261127-0001": the day's next number, without a gap. Inside store_begin, where nobody else
 * takes it. day: "261127". */
enum rc handover_next(struct store *store, struct pool *pool, const char *day,
		const char **list) MUST_CHECK;

#endif
