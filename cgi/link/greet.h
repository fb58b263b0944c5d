/*
 * greet.h: hello without its transport: what the center answers (PROTOCOL §4), and what the board makes of
 * the answer (§16).
 */
#ifndef TRAM_LINK_GREET_H
#define TRAM_LINK_GREET_H

#include "link/wire.h"
#include "store/fence.h"

/* The center's half: judges who speaks, fences, and fills the welcome but for time and keys; what it
 * points to lies in the pool. board: of the certificate. */
enum rc greet_answer(struct store *store, struct pool *pool, const char *board,
		const struct wire_hello *hello, struct wire_welcome *welcome,
		enum fence_verdict *verdict) MUST_CHECK;

enum greet_next {
	GREET_ON,
	GREET_FENCED,
	GREET_CENTER_LOST,	/* the center was put back from an old copy */
	GREET_OWN_LOST,		/* this board was, or a log came apart */
	GREET_NEW_EPOCH		/* let in again after a fence: what is written now belongs to a new epoch */
};
/* The board's half, asked anew by the next hello after each thing that was put right. While nobody writes that ends:
 * the center's log at the center, both logs here, our log at the center, each once at most and in this order, for
 * none of them brings back one before it; GREET_STEPS hellos with the one that finds nothing. sent_seq: of ours under a receipt; ours: is what the center calls the head of our log
 * the event that we have there? */
enum greet_next greet_judge(const struct wire_hello *hello, const struct wire_welcome *welcome,
		uint64_t sent_seq, bool ours);

#define GREET_STEPS 4

/* After which position to ask or send first, when a log came apart somewhere at or before one of these
 * heads: the event after it is there on the other side, so that it shows whether more is needed. */
uint64_t greet_before(uint64_t one, uint64_t other);

#endif
