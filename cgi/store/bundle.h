/*
 * bundle.h: a bundle of procedures: one parent that the citizen knows, and its parts, each a
 * dossier of its own with its unit, code, due time and result; dossier.linked says so on all of them.
 */
#ifndef TRAM_STORE_BUNDLE_H
#define TRAM_STORE_BUNDLE_H

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

/* Accepts the parts beside their parent, whose acceptance parent was, in the same write. parts: array
 * of bodies of dossier.accepted without code and manifest, which are filled in. */
enum rc bundle_accept(struct store *store, struct pool *pool, const struct act *parent,
		const char *parent_code, json_t *parts, const char **reason) MUST_CHECK;

/* ---- bundle_follow.c ---- */
/* After the board's act on a dossier, in the same write: its parent, where it is a part of one, follows with
 * an event of its own. Called by act_append alone. */
enum rc bundle_follow(struct store *store, const struct act *act, const struct event *event) MUST_CHECK;

#endif
