/*
 * catalogue_merge.h: a catalogue that came as a file and what was decided at this point: the file counts,
 * but nobody is asked again for a value that was confirmed here and that the file did not change. Pure.
 */
#ifndef TRAM_DOSSIER_CATALOGUE_MERGE_H
#define TRAM_DOSSIER_CATALOGUE_MERGE_H

#include <stddef.h>

#include "base/json.h"
#include "base/pool.h"

/* Into file: confirmations of current (what is in force) whose value the file repeats or leaves as base
 * had it; base is the version that last came from outside, NULL when nobody knows it. Also what was
 * switched on or off here since then, and procedures of the point's own. Returns how many values
 * stayed confirmed. current, base and file have "procedures". */
size_t catalogue_merge(struct pool *pool, const json_t *current, const json_t *base, json_t *file);

#endif
