/*
 * document_diff.h: what differs between two versions of a document, member by member, for people to
 * read before they save. Pure; knows no member's meaning.
 */
#ifndef TRAM_DOSSIER_DOCUMENT_DIFF_H
#define TRAM_DOSSIER_DOCUMENT_DIFF_H

#include <stddef.h>

#include "base/json.h"
#include "base/pool.h"

#define DOCUMENT_DIFF_DEPTH 4

/* Where it is: inside the list `list`, the item that people know as `item`. */
struct document_place { const char *list, *item; };

struct document_change {
	struct document_place places[DOCUMENT_DIFF_DEPTH];
	size_t depth;
	const char *member;	/* of the innermost item; its list's name when the item came or went */
	const char *before, *after;	/* NULL: was not, is no more */
};

/* Items of lists are the same when id, code or from is, else when they stand at the same place. At
 * most max are listed; returns how many there are. All in pool. */
size_t document_diff(struct pool *pool, const json_t *before, const json_t *after,
		struct document_change *out, size_t max);

#endif
