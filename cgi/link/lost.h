/*
 * lost.h: a center that was put back from an old copy gets back what it had signed once (PROTOCOL §16). The
 * board claims it with the center's own signatures; the events wait in the store already (fork.h).
 */
#ifndef TRAM_LINK_LOST_H
#define TRAM_LINK_LOST_H

#include "crypt/jws.h"
#include "link/wire.h"
#include "store/fork.h"
#include "store/linkstate.h"

/* The board's half: body of POST /v1/lost. own: how far its log waits at the center; seq 0: not at all. */
char *lost_claim(struct store *store, struct pool *pool, const struct wire_welcome *welcome,
		const struct link_cursor *cursor, const struct journal_head *own);
/* The center's half; begins and commits. keys: the receipt keys it has and had (identity_keys_own). RC_DENIED: these are not our signatures. RC_PROTOCOL with *why:
 * as fork_heal. Nothing lost: RC_OK, and *healed is zero. */
enum rc lost_take(struct store *store, struct pool *pool, const struct jws_key *const *keys,
		size_t key_count, const char *board, const char *claim, size_t len,
		struct fork_healed *healed, const char **why) MUST_CHECK;

#endif
