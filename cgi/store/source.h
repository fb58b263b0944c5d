/*
 * source.h: what a page or a PDF was made of (table blob_source). The manifest names what was made; the
 * photo as it came, its small picture and the pages of a PDF stand beside it and stay as long as it does.
 *
 * Durable, not in the journal: nothing of it is needed to prove or to send a dossier.
 */
#ifndef TRAM_STORE_SOURCE_H
#define TRAM_STORE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/draft.h"

struct source_photo {
	char original[65], thumb[65];	/* hex; "" where there is none */
	int turn;			/* quarters clockwise from the original */
	unsigned warnings;		/* bits of web/imaging.h */
};

/* Own short write, or part of the open one; the same again changes nothing. */
enum rc source_photo_put(struct store *store, const char *made, const struct source_photo *photo) MUST_CHECK;
/* All blank when the content was not made here. */
enum rc source_photo_get(struct store *store, const char *made, struct source_photo *out) MUST_CHECK;
/* made is a PDF of these pages, in order. */
enum rc source_pages_put(struct store *store, const char *made, const char *const *pages,
		size_t count) MUST_CHECK;
/* *count 0: not bound here. */
enum rc source_pages_get(struct store *store, struct pool *pool, const char *made, char ***pages,
		size_t *count) MUST_CHECK;
/* The PDF that was bound of exactly these pages. RC_NOT_FOUND. */
enum rc source_bound(struct store *store, struct pool *pool, const char *const *pages, size_t count,
		char made[65]) MUST_CHECK;

/* One component's files as its manifest names them: JPEGs stand together as the PDF that was bound of
 * them, where the first of them stood; without one they stay as they are. Files of one component only.
 * *out from the pool. */
enum rc source_settle(struct store *store, struct pool *pool, const struct draft_file *files,
		size_t count, struct draft_file **out, size_t *out_count) MUST_CHECK;

#endif
