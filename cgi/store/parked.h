/*
 * parked.h: what is stored and cannot be used yet: events that no projection takes, contents that
 * cannot be sent, fetched or kept. Each stands with its reason and holds nothing else up.
 */
#ifndef TRAM_STORE_PARKED_H
#define TRAM_STORE_PARKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "dossier/event.h"
#include "store/store.h"

struct parked_row {
	const char *board;
	enum event_author author;
	unsigned log;			/* its author's, or a recorded branch of it (event.h) */
	uint64_t seq;
	const char *reason;
	const char *kind;
	int64_t at;			/* wall time of the event */
	const char *code;		/* of the dossier it is about, "" */
};

/* Of one board, or of all when board is "". Oldest first. */
enum rc parked_list(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct parked_row **rows, size_t *count) MUST_CHECK;
/* Inside store_begin: projects it again, with all of its subject. *left: it is still parked. */
enum rc parked_retry(struct store *store, const char *board, unsigned log, uint64_t seq,
		bool *left) MUST_CHECK;
/* All of them, after an upgrade; begins and commits. */
enum rc parked_retry_all(struct store *store, size_t *tried, size_t *left) MUST_CHECK;

struct parked_blob { const char *board, *sha256, *reason; int64_t at, tries; };
enum rc parked_blobs(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct parked_blob **rows, size_t *count) MUST_CHECK;
/* Begins and commits. reason "": it is well again. */
enum rc parked_blob_note(struct store *store, const char *board, const char *sha256,
		const char *reason) MUST_CHECK;

#endif
