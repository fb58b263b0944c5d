/*
 * restore_take.h: what restore.c takes out of a copy, piece by piece.
 */
#ifndef TRAM_TOOL_RESTORE_TAKE_H
#define TRAM_TOOL_RESTORE_TAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "store/layer.h"
#include "store/store.h"

struct restore {
	const char *from, *key, *data, *board, *conf, *number;
	bool one_user;

	struct pool *pool;
	struct age_identity identity;
	const char *dir;		/* the copy's folder */
	struct layer_list list;
	struct layer_chain chain;
	struct settings *settings;
	bool apart;
	struct store *store;
	uint8_t name_key[32];
	uint64_t contents, at_center, lost, faults;
	int64_t began;
};

/* Says why on stderr; rc. */
enum rc restore_take_refuse(enum rc rc, const char *why) MUST_CHECK;
/* One part opened as dir/name, new. RC_PROTOCOL: damaged; RC_INVALID: another key; both are said. */
enum rc restore_take_part(struct restore *restore, const struct layer *layer, const struct layer_part *part,
		const char *dir, const char *name) MUST_CHECK;
/* The events of a layer upon a base. */
enum rc restore_take_events(struct restore *restore, const struct layer *layer) MUST_CHECK;
/* Its contents, as files; durable together. What the medium lost is no failure: restore_take_lacking tells. */
enum rc restore_take_contents(struct restore *restore, const struct layer *layer) MUST_CHECK;
/* Rows without a file: at the center, by its receipt, or lost. */
enum rc restore_take_lacking(struct restore *restore) MUST_CHECK;

#endif
