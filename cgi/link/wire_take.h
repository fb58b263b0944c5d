/*
 * wire_take.h: takes lines of the journal into the store: what another machine sent, brought on a stick or
 * kept in a copy. Reading a line is wire.h's.
 */
#ifndef TRAM_LINK_WIRE_TAKE_H
#define TRAM_LINK_WIRE_TAKE_H

#include "base/rc.h"
#include "store/journal.h"

/* Server half of POST /v1/journal, without HTTP: every line of `ndjson` is received in order in one
 * transaction, linkstate_settle run, and *head is the board log's head afterwards. RC_PROTOCOL with
 * *why and *line (1-based) when one is refused: nothing changes. */
enum rc wire_take_journal(struct store *store, const char *board, const char *ndjson, size_t len,
		struct journal_head *head, const char **why, size_t *line) MUST_CHECK;
/* Lines of either log that do not stand in it yet, to wait (store/fork.h), in one transaction. *staged:
 * how many are new. RC_PROTOCOL with *why and *line. */
enum rc wire_take_branch(struct store *store, const char *board, const char *ndjson, size_t len,
		size_t *staged, const char **why, size_t *line) MUST_CHECK;
/* Client half of GET /v1/feed: the same for the center's events on the board; the parents of bundles follow
 * them. A line that was had already is passed over on both sides. token: the center's signature for the last line's
 * position, NULL when there is none. */
enum rc wire_take_feed(struct store *store, const char *ndjson, size_t len, const char *token,
		const char **why, size_t *line) MUST_CHECK;
/* Lines of either log out of a copy, on a board that is being restored: nothing of its own is written. */
enum rc wire_take_copy(struct store *store, enum event_author author, const char *ndjson, size_t len,
		const char **why, size_t *line) MUST_CHECK;

#endif
