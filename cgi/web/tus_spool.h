/*
 * tus_spool.h: an upload's two files in the spool: <id> holds the bytes, <id>.json what they are.
 * For tus.c alone.
 */
#ifndef TRAM_WEB_TUS_SPOOL_H
#define TRAM_WEB_TUS_SPOOL_H

#include <stdbool.h>

#include "web/tus.h"

struct tus_spool {
	struct tus_upload upload;
	const char *dir;
	bool done;			/* finish has run; the bytes are elsewhere */
	const char *headers;		/* what it answered, to be answered again */
	int64_t expires_at;
	int fd;				/* locked while open; -1 */
};

#define TUS_SPOOL_AGE_MS (INT64_C(24) * 3600 * 1000)

/* A fresh id and both files, durable. RC_FULL, RC_IO. */
enum rc tus_spool_new(struct pool *pool, const char *dir, struct tus_spool *spool) MUST_CHECK;
/* Opens and locks; offset is the file's size. RC_NOT_FOUND; RC_BUSY: another request has it. */
enum rc tus_spool_open(struct pool *pool, const char *dir, const char *id,
		struct tus_spool *spool) MUST_CHECK;
/* Notes that finish has run and what it answered. */
enum rc tus_spool_finished(struct pool *pool, struct tus_spool *spool, const char *headers)
		MUST_CHECK;
void tus_spool_remove(struct pool *pool, struct tus_spool *spool);
/* Lets go of the lock. */
void tus_spool_close(struct tus_spool *spool);
/* spool/<prefix><32 hex>, created and open for writing. RC_FULL, RC_IO. */
enum rc tus_spool_create(struct pool *pool, const char *dir, const char *prefix, char **path,
		int *fd) MUST_CHECK;

#endif
