/*
 * letgo.h: contents leave a board only when the center holds them twice (promise 5): a receipt of the
 * center's current epoch covers them, the center's feed has announced a verified copy that holds them, and the
 * hold time lies between the two, by the center's signed clock: no clock of this board can shorten it.
 * The oldest go first, and none of a dossier that is still open here. Events stay.
 */
#ifndef TRAM_STORE_LETGO_H
#define TRAM_STORE_LETGO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "store/store.h"

/* Lets go of the oldest until `bytes` are free or nothing more may go; *freed. Own short writes: first the
 * row, durable, then the file. */
enum rc letgo_oldest(struct store *store, int64_t bytes, int64_t *freed) MUST_CHECK;
/* Files of rows that were written before a power cut came between row and file. */
enum rc letgo_sweep(struct store *store) MUST_CHECK;
/* Was this content let go? Then it stands at the center. */
enum rc letgo_is_gone(struct store *store, const char *sha256, bool *gone) MUST_CHECK;
/* A copy was put back that lacks the file of this content: with a receipt it stands at the center, without one
 * it is lost. Its row goes either way. */
enum rc letgo_lacking(struct store *store, const char *sha256, bool *at_center) MUST_CHECK;

struct letgo_room {
	int64_t free_bytes;		/* on the disk */
	int64_t dossier_bytes;		/* one takes about so much, by the last of them */
	int64_t dossiers;		/* so many more have room before new ones are refused */
};
enum rc letgo_room_get(struct store *store, struct letgo_room *out) MUST_CHECK;

#endif
