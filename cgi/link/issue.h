/*
 * issue.h: the center's receipts: made once for a position or a content, stored, and repeated byte for
 * byte (promise 4), whether events and contents came by the line or by the stick.
 */
#ifndef TRAM_LINK_ISSUE_H
#define TRAM_LINK_ISSUE_H

#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "crypt/jws.h"
#include "store/journal.h"
#include "store/store.h"

/* For the board's log up to head, which is stored: its own short write. RC_IO: signing failed. */
enum rc issue_receipt(struct store *store, struct pool *pool, const struct jws_key *key,
		const char *board, const struct journal_head *head, char **token) MUST_CHECK;
/* For a content that is stored, and what became whole by it announced in the feed: a write of its own.
 * Both done for a content that was there too: a process may have ended between keeping it and this. */
enum rc issue_blob(struct store *store, struct pool *pool, const struct jws_key *key, const char *board,
		const char *sha256, int64_t size, char **token) MUST_CHECK;

#endif
