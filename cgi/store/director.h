/*
 * director.h: what the manager's pages count: work due by person, what is parked, the ticks of the
 * first day, who did which act in the rehearsal.
 */
#ifndef TRAM_STORE_DIRECTOR_H
#define TRAM_STORE_DIRECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

struct director_load { const char *account; int64_t late, today, tomorrow; };
/* Open dossiers with a due time before the end of tomorrow, by who works on them ("" nobody yet). */
enum rc director_load(struct store *store, struct pool *pool, int64_t now_ms,
		struct director_load **rows, size_t *count) MUST_CHECK;
/* Events that a person has to look at. */
enum rc director_parked(struct store *store, int64_t *count) MUST_CHECK;

/* The newest word on each item of the first day (station.prepared). */
struct director_tick { const char *item; bool done; int64_t from, at; };
enum rc director_ticks(struct store *store, struct pool *pool, struct director_tick **rows,
		size_t *count) MUST_CHECK;
/* Inside store_begin. from: of item "live". */
enum rc director_tick(struct store *store, const char *actor, const char *item, bool done,
		int64_t from) MUST_CHECK;

/* Calls back for the newest events of this board's own journal, at most limit. */
typedef void director_seen(void *arg, const char *actor, const char *kind);
enum rc director_acts(struct store *store, size_t limit, director_seen *seen, void *arg) MUST_CHECK;

#endif
