/*
 * document.h: the versioned documents of a board: its catalogue and its calendar. A version is
 * written in the transaction of the event that names its hash, and stays for ever: a dossier is read
 * by the one it was taken in under. Knows nothing of what stands in them.
 */
#ifndef TRAM_STORE_DOCUMENT_H
#define TRAM_STORE_DOCUMENT_H

#include "store/store.h"

enum document_kind { DOCUMENT_CATALOGUE, DOCUMENT_CALENDAR };

struct document {
	int64_t no;			/* 1, 2 …; 0: held, not in force */
	const char *version;
	const char *sha256;		/* 64 hex */
	const char *text;		/* NULL in lists */
	size_t len;
	int64_t at;
	const char *actor;		/* account id */
	const char *summary;		/* what was changed, in words */
};

/* The newest one's number; 0: none yet. One look-up by key. */
enum rc document_newest(struct store *store, enum document_kind kind, int64_t *no) MUST_CHECK;
/* RC_NOT_FOUND. */
enum rc document_get(struct store *store, struct pool *pool, enum document_kind kind, int64_t no,
		struct document *out) MUST_CHECK;
/* By version, those in force or once in force alone. RC_NOT_FOUND. */
enum rc document_find(struct store *store, struct pool *pool, enum document_kind kind,
		const char *version, struct document *out) MUST_CHECK;
/* Newest first, without their texts. */
enum rc document_list(struct store *store, struct pool *pool, enum document_kind kind, size_t limit,
		struct document **rows, size_t *count) MUST_CHECK;

/* The first version, which came with the program: a write of its own, without an event (the journal's
 * first event is older). RC_OK also when there is one already. */
enum rc document_first(struct store *store, enum document_kind kind, const char *version,
		const char *text, size_t len) MUST_CHECK;
/* The next version in force, with catalogue.changed or calendar.changed, inside store_begin. after: the
 * newest one the person had seen. RC_CONFLICT: "document.newer" there is a newer one;
 * "document.version_taken" that version is another text. */
enum rc document_put(struct store *store, enum document_kind kind, const struct document *document,
		int64_t after, const char **reason) MUST_CHECK;
/* Keeps one aside until somebody says yes; the one before goes. Inside store_begin. */
enum rc document_hold(struct store *store, enum document_kind kind,
		const struct document *document) MUST_CHECK;
/* Inside store_begin. */
enum rc document_drop_held(struct store *store, enum document_kind kind) MUST_CHECK;

#endif
