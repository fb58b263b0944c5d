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

/* Whose part it is, as 32 hex digits; NULL: of none. */
enum rc bundle_parent(struct store *store, struct pool *pool, const char *board, const uint8_t *part,
		const char **hex) MUST_CHECK;

/* ---- bundle_follow.c ---- */
/* After the board's act on a dossier, in the same write: its parent, where it is a part of one, follows with
 * an event of its own. Called by act_append alone. */
enum rc bundle_follow(struct store *store, const struct act *act, const struct event *event) MUST_CHECK;
/* The same on a board when an event of the province's has come, in the write that stored it: exact bytes. */
enum rc bundle_follow_arrived(struct store *store, const char *board, const char *header,
		size_t header_len, const char *body, size_t body_len) MUST_CHECK;

/* ---- bundle_down.c ---- */
/* After the board's act on a parent, in the same write: its parts end with it, or have their people's words put
 * right. RC_CONFLICT with *reason: a part cannot. Called by act_append alone. */
enum rc bundle_down(struct store *store, const struct act *act, const struct event *event,
		const char **reason) MUST_CHECK;

#endif
