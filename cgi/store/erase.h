/*
 * erase.h: personal data of a closed dossier go, on both sides: one body.erased for each event that says
 * something of a person, with what stays of it (dossier/keep.h), and the contents that nothing else names.
 */
#ifndef TRAM_STORE_ERASE_H
#define TRAM_STORE_ERASE_H

#include "base/pool.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store/store.h"

struct erase {
	const char *actor, *approver;	/* account ids */
	const char *ground;		/* a word of text key "erase.ground.<word>" */
	const char *number;		/* of the decision; "" */
};
/* Inside store_begin, on a board: everything that was written about the dossier, its lines in the ranges of
 * receipts, the papers before its acceptance, and its scans not sent yet. *events: so many; 0: nothing was left.
 * RC_CONFLICT with *reason. */
enum rc erase_dossier(struct store *store, const struct dossier_row *row, const struct erase *erase,
		size_t *events, const char **reason) MUST_CHECK;
/* Does a number of a certification book name this dossier? Those books are archives (NĐ 23/2015), names and
 * all, also the numbers that were struck out. */
enum rc erase_is_booked(struct store *store, const struct dossier_row *row, bool *booked) MUST_CHECK;
/* The erase of its first event; RC_NOT_FOUND: there was none, or it says nothing more. Strings in pool. */
struct erased { struct erase erase; int64_t at; };
enum rc erase_of(struct store *store, struct pool *pool, const struct dossier_row *row,
		struct erased *out) MUST_CHECK;

/* For projection.c: the contents that the subject of an event names, before it loses its body; and those of
 * them that nobody names after it lose their rows, their files after the commit. */
struct erase_name { char sha256[65]; struct erase_name *next; };
enum rc erase_named(struct store *store, struct pool *pool, const struct event *event,
		struct erase_name **names) MUST_CHECK;
enum rc erase_contents(struct store *store, const char *board, const struct erase_name *names) MUST_CHECK;
/* Files of rows that were erased; own short writes. After a commit that erased, and at a start. */
enum rc erase_sweep(struct store *store) MUST_CHECK;

#endif
