/*
 * day.h: closing of the day: one sheet with what happened since the sheet before, and the journal's
 * head. Each sheet names the head of the one before, so that a sheet, or a piece of the journal, that
 * is cut off is noticed: on paper by whoever compares two sheets, here by day_before_holds.
 */
#ifndef TRAM_STORE_DAY_H
#define TRAM_STORE_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

/* Members of day.closed, in the order of the sheet. */
enum day_count {
	DAY_RECEIVED, DAY_TAKEN_OVER, DAY_BROUGHT, DAY_REFUSED, DAY_FORWARDED, DAY_HANDED_OVER, DAY_FINISHED,
	DAY_FINISHED_LATE, DAY_RETURNED, DAY_ENDED, DAY_VOIDED, DAY_CERTIFIED, DAY_SPOILED, DAY_TICKETS,
	DAY_CASH, DAY_TRANSFER, DAY_ONLINE, DAY_REFUNDED, DAY_RECEIPTS, DAY_CANCELLED,
	DAY_OVERDUE, DAY_DRAFTS, DAY_ORIGINALS, DAY_UNSENT,
	DAY_COUNTS
};
const char *day_count_name(enum day_count count);	/* "received" … as in the body */

struct day_sheet {
	int64_t number;			/* 1, 2 …; several a day are possible */
	const char *day;		/* "2026-11-24" */
	int64_t from_ms;		/* what it counts begins here */
	int64_t head_seq, center_seq;
	const char *head_hash;		/* 64 hex */
	int64_t before_seq, before_center, before_number;	/* 0: there is none */
	const char *before_hash, *before_day;
	int64_t counts[DAY_COUNTS];
	int64_t closed_at;		/* 0: not closed */
	const char *actor;
};

/* The sheet as it would be now. */
enum rc day_now(struct store *store, struct pool *pool, int64_t now_ms, struct day_sheet *out) MUST_CHECK;
/* Writes it; inside store_begin. RC_CONFLICT: number is not the next one any more. */
enum rc day_close(struct store *store, struct pool *pool, const char *actor, int64_t number,
		int64_t now_ms, struct day_sheet *out) MUST_CHECK;
/* RC_NOT_FOUND. */
enum rc day_find(struct store *store, struct pool *pool, int64_t number, struct day_sheet *out) MUST_CHECK;
/* Newest first: number, day, head, actor, closed_at alone. */
enum rc day_list(struct store *store, struct pool *pool, size_t limit, struct day_sheet **rows,
		size_t *count) MUST_CHECK;
/* Does the journal still have the event whose hash stands on the sheet before? true when there is none. */
enum rc day_before_holds(struct store *store, const struct day_sheet *sheet, bool *holds) MUST_CHECK;

#endif
