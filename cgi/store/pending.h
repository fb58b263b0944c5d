/*
 * pending.h: reading what waits for somebody: questions, proposals, requests, dossiers that came
 * back, results that leave another way than over this counter.
 */
#ifndef TRAM_STORE_PENDING_H
#define TRAM_STORE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "dossier/event.h"
#include "store/dossier.h"
#include "store/store.h"

enum pending_done { PENDING_OPEN = 0, PENDING_YES = 1, PENDING_NO = 2 };

struct pending_row {
	char id[33];			/* of the event */
	uint8_t subject[16];
	const char *kind;		/* question, proposal, request, turned, delivery */
	const char *word;		/* whom it asks, which act, which way */
	const char *account;		/* whom it is for, "" for anybody of that word */
	const char *actor;
	enum event_author author;
	unsigned log;			/* where its event stands (event.h) */
	uint64_t seq;
	int64_t at;
	enum pending_done done;
	int64_t done_at;
};

struct pending_query {
	const char *kind;
	const char *word;		/* NULL: any */
	const char *actor;		/* NULL: anybody's */
	const char *account;		/* NULL: for anybody; else for this one or for nobody by name */
	enum pending_done done;
	int64_t since;			/* written at or after; 0: any */
	size_t limit;
};
/* Of dossiers that are not closed, oldest first; at the center of every board; open requests only while
 * the center holds the dossier. dossiers may be NULL; else as many rows as rows. */
enum rc pending_list(struct store *store, struct pool *pool, const struct pending_query *query,
		struct pending_row **rows, struct dossier_row **dossiers, size_t *count) MUST_CHECK;
/* Everything of one kind about a dossier, oldest first. */
enum rc pending_of(struct store *store, struct pool *pool, const struct dossier_row *dossier,
		const char *kind, struct pending_row **rows, size_t *count) MUST_CHECK;
/* By event id in hex. RC_NOT_FOUND. */
enum rc pending_find(struct store *store, struct pool *pool, const char *board, const char *id_hex,
		struct pending_row *out) MUST_CHECK;
/* The body of its event; caller json_decref's. RC_NOT_FOUND: erased. */
enum rc pending_body(struct store *store, struct pool *pool, const char *board,
		const struct pending_row *row, json_t **out) MUST_CHECK;

#endif
