/*
 * takeover.h: dossiers that did not begin at this counter: old ones taken over, results brought to be
 * handed over here; and the files they are imported from, kept until they are through (tables of
 * tram.db, not events; gone after 7 days).
 */
#ifndef TRAM_STORE_TAKEOVER_H
#define TRAM_STORE_TAKEOVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

/* One dossier's first event, and what already happened to it, in this order. */
struct takeover {
	const uint8_t *id;		/* 16 bytes: the dossier's */
	const char *actor, *kind;	/* "dossier.taken_over", "dossier.result_brought" */
	json_t *body;			/* without its code, which is filled in */
	const json_t *taken, *finished;	/* bodies of dossier.taken, dossier.finished; NULL: not yet */
};
/* Inside store_begin. RC_CONFLICT with *reason "rule.exists": that id is there. Nothing is written
 * then. *code: its number here. */
enum rc takeover_add(struct store *store, struct pool *pool, const struct takeover *takeover,
		char **code, const char **reason) MUST_CHECK;

/* A file of rows (base/rows.h, one line a row), named by 32 hex characters of its content's hash. */
struct takeover_file {
	char id[33];
	const char *name;		/* as the person's machine called it */
	char *rows;
	size_t rows_len;
	int64_t created_at;
};
/* These run their own short write. The same content again is the same file. */
enum rc takeover_file_put(struct store *store, const char *name, const char *rows, size_t len,
		char id[33]) MUST_CHECK;
/* RC_NOT_FOUND: none, or older than 7 days. */
enum rc takeover_file_get(struct store *store, struct pool *pool, const char *id,
		struct takeover_file *out) MUST_CHECK;

#endif
