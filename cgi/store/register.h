/*
 * register.h: the register of dossiers (sổ theo dõi hồ sơ), a month at a time, in the order in which
 * they came. Filters read one index; a page begins at a key, never at a number of rows.
 */
#ifndef TRAM_STORE_REGISTER_H
#define TRAM_STORE_REGISTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/dossier.h"

struct register_query {
	int64_t from_ms, to_ms;		/* received within [from, to) */
	int64_t states;			/* STATE_BIT of each, 0: all */
	int64_t origins;		/* 1 << enum dossier_origin of each, 0: all */
	const char *procedures;		/* "|2.000635|1.004873|" or "" */
	const char *channel, *clerk;	/* "" : all */
	int64_t after_ms;		/* the key of the row before the page; after_id "" at the start */
	const char *after_id;		/* 32 hex */
};

struct register_row {
	char id_hex[33];
	const char *code, *official, *old_code;
	const char *procedure_name, *content, *applicant, *address, *phone, *locality;
	const char *unit, *agency, *channel, *delivery, *clerk, *place;
	int64_t sets, received_at, due_at, forwarded_at, finished_at, returned_at;
	bool has_due;
	enum dossier_state state;
	enum holder holder;
	enum dossier_origin origin;
};

/* At most limit rows. RC_INVALID: the key is none. */
enum rc register_list(struct store *store, struct pool *pool, const struct register_query *query,
		size_t limit, struct register_row **rows, size_t *count) MUST_CHECK;
/* How many there are in all (the key is ignored), and how many of them were taken in here: read from
 * the index alone, and no further than REGISTER_COUNT_MAX. */
#define REGISTER_COUNT_MAX 10000
enum rc register_count(struct store *store, const struct register_query *query, int64_t *count,
		int64_t *intake) MUST_CHECK;

#endif
