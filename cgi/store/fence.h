/*
 * fence.h: the center's judgement of who speaks for a board (promise 6). Each start of a board's
 * forwarder is an instance; its hellos carry the board's durable counter.
 *
 * A counter that is not ahead, from an instance nobody knows: an old copy was put back, the instance
 * before it is over. An instance that was over and speaks again, with a counter that another one has
 * said or past all that were said: two machines live with one identity, whatever their epochs say. Then
 * the board is fenced: recorded in the center's log, and nothing but hello is answered until an officer
 * lets one of the two enrol again.
 */
#ifndef TRAM_STORE_FENCE_H
#define TRAM_STORE_FENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

#define FENCE_CLONED "cloned"	/* the reason, when the center fenced by itself */

enum fence_verdict {
	FENCE_GOOD,
	FENCE_RESTORED,		/* goes on after the counter that was reached */
	FENCE_AGAIN		/* said before, or overtaken: a repeat of an old hello */
};
struct fence_said {
	enum fence_verdict verdict;
	bool fenced;			/* before, or by this hello */
	const char *reason;		/* FENCE_CLONED, or an officer's words; "" */
	uint64_t counter;		/* the highest that was said */
	uint64_t min_epoch;		/* what the board writes now belongs to this epoch or a later one */
};
/* Judges a hello; begins and commits. instance: 32 hex digits. version: "" as before. */
enum rc fence_hello(struct store *store, struct pool *pool, const char *board, const char *instance,
		uint64_t counter, const char *version, struct fence_said *out) MUST_CHECK;
/* Fences a board; inside store_begin. reason: FENCE_CLONED or words; actor: an account or "system";
 * approver: the second account that stands for it, "". RC_EXISTS: it is fenced. RC_NOT_FOUND. */
enum rc fence_put(struct store *store, const char *board, const char *reason, const char *actor,
		const char *approver) MUST_CHECK;

/* How often a board was put back or started of late, newest first. */
struct fence_instance { int64_t began_at, ended_at; bool restored; };
enum rc fence_instances(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct fence_instance **rows, size_t *count) MUST_CHECK;

#endif
