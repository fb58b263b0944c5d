/*
 * search_index.h: the words dossiers are found by, as an index of its own beside the projections. It
 * follows the journal some hundred events at a time, so that accepting a dossier does not write ten
 * pages more; what it has not come to yet, dossier_search reads one by one. Local to this machine: no
 * part of a rebuild's comparison, and made anew from nothing when it is gone.
 */
#ifndef TRAM_STORE_SEARCH_INDEX_H
#define TRAM_STORE_SEARCH_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

/* Brings the index up to date when it is some hundred events behind; with all, to the end. Writes of its
 * own. RC_BUSY, RC_FULL, RC_DB: tried again later, searching stays right meanwhile. */
enum rc search_follow(struct store *store, bool all) MUST_CHECK;
/* One dossier anew, at once, inside store_begin: something of it was erased. id 16 bytes. */
enum rc search_renew(struct store *store, const char *board, const uint8_t *id) MUST_CHECK;
/* Empties the index, inside store_begin: dossiers are projected anew by other rules. */
enum rc search_forget_all(struct store *store) MUST_CHECK;
/* "~nguyen~van~thu" of a folded name: found as one word. "" for fewer than two words. Into pool. */
char *search_phrase(struct pool *pool, const char *folded);

#endif
