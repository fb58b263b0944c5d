/*
 * rating.h: what people say after the return. lookup writes it into public.db, intake turns it into
 * rating.given events, each once.
 */
#ifndef TRAM_STORE_RATING_H
#define TRAM_STORE_RATING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/queue.h"
#include "store/slip.h"

/* The name that this point has given index i (from 0); NULL: none, the program's own words stand. */
const char *rating_index(const struct settings *settings, struct pool *pool, size_t i);

/* ---- lookup: public.db alone ---- */
enum rc rating_given(struct store *store, const struct slip_status *slip, bool *given) MUST_CHECK;
/* level: very, satisfied, unsatisfied, skipped. answers: QUEUE_INDICES characters, '0' to '2' or '-'.
 * RC_EXISTS: this dossier was rated. */
enum rc rating_put(struct store *store, const struct slip_status *slip, const char *level,
		const char *answers, const char *device, int64_t now_ms) MUST_CHECK;

/* ---- intake ---- */
/* Those not yet in the journal become events, at most a few at a time. In a write of its own. A cut
 * in the middle does no harm: what stands in the journal is seen there. */
enum rc rating_collect(struct store *store) MUST_CHECK;

struct rating_totals {
	int64_t very, satisfied, unsatisfied, skipped;
	int64_t sum[QUEUE_INDICES], answered[QUEUE_INDICES];	/* points, and who gave any */
};
/* [from_ms, to_ms) */
enum rc rating_totals_get(struct store *store, int64_t from_ms, int64_t to_ms,
		struct rating_totals *out) MUST_CHECK;

#endif
