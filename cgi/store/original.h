/*
 * original.h: originals of citizens that lie at this point, by dossier and all of them.
 */
#ifndef TRAM_STORE_ORIGINAL_H
#define TRAM_STORE_ORIGINAL_H

#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/dossier.h"
#include "store/store.h"

struct original_row {
	const char *name;
	int64_t count;
	int64_t since;			/* when the first of them was kept */
	uint8_t dossier[16];
};

/* Of one dossier, oldest first. */
enum rc original_of(struct store *store, struct pool *pool, const struct dossier_row *dossier,
		struct original_row **rows, size_t *count) MUST_CHECK;
/* Of this board, oldest first, at most limit; as many dossiers as rows. */
enum rc original_list(struct store *store, struct pool *pool, size_t limit,
		struct original_row **rows, struct dossier_row **dossiers, size_t *count) MUST_CHECK;
/* How many lie here in all. */
enum rc original_total(struct store *store, int64_t *total) MUST_CHECK;

#endif
