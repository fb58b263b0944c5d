/*
 * late.h: blocks of numbered paper for the time when the box is dead: book.opened of kind "dossier",
 * one range each, never overlapping. A number becomes a dossier once (dossier.late_entered.paper_no).
 */
#ifndef TRAM_STORE_LATE_H
#define TRAM_STORE_LATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

struct late_block {
	char id_hex[33];
	const char *symbol;		/* "NB1" */
	int64_t first, last, opened_at;
	int64_t used;			/* how many are entered */
};
/* Newest first, at most 50. */
enum rc late_blocks(struct store *store, struct pool *pool, struct late_block **rows,
		size_t *count) MUST_CHECK;
/* RC_NOT_FOUND. */
enum rc late_block_find(struct store *store, struct pool *pool, const char *id_hex,
		struct late_block *out) MUST_CHECK;
/* The next count numbers; inside store_begin. */
enum rc late_block_open(struct store *store, struct pool *pool, const char *actor,
		const char *symbol, int64_t count, char id_hex[33], const char **reason) MUST_CHECK;

/* "NB1-0012" as it is printed; typed as a whole or as the number alone. RC_INVALID: no number. */
enum rc late_number_parse(struct pool *pool, const char *symbol, const char *typed,
		const char **number) MUST_CHECK;
char *late_number(struct pool *pool, const char *symbol, int64_t number);
/* May it be entered? RC_CONFLICT with *reason: "late.range" no block has it, "late.used". */
enum rc late_number_check(struct store *store, struct pool *pool, const char *number,
		const char **reason) MUST_CHECK;

#endif
