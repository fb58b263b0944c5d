/*
 * fork_chain.h: chains of events that wait in journal_fork. For fork*.c alone.
 */
#ifndef TRAM_STORE_FORK_CHAIN_H
#define TRAM_STORE_FORK_CHAIN_H

#include "store/fork.h"

struct fork_link { uint64_t seq; uint8_t hash[EVENT_HASH_SIZE]; };
/* Ascending; the first one follows the event base of the log, 0: its beginning. */
struct fork_chain { struct fork_link *rows; size_t count; uint64_t base; };

/* From this event down to one that stands in the author's log; branches: or in a recorded branch of it.
 * RC_NOT_FOUND: something between has not come. */
enum rc fork_chain_get(struct store *store, struct pool *pool, const char *board,
		enum event_author author, uint64_t seq, const uint8_t hash[EVENT_HASH_SIZE], bool branches,
		struct fork_chain *out) MUST_CHECK;
/* One that waits, or that stands in a recorded branch. RC_NOT_FOUND. */
enum rc fork_chain_row(struct store *store, struct pool *pool, const char *board,
		enum event_author author, const struct fork_link *link, struct journal_row *out) MUST_CHECK;
enum rc fork_chain_remove(struct store *store, const char *board, enum event_author author,
		const struct fork_link *link) MUST_CHECK;

#endif
