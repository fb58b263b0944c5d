/*
 * collector.h: who takes the money (COUNTER: "đơn vị thu" may be another legal person than the
 * point, in Hà Tĩnh's template the province's post): names, bank account, and the ranges of receipt
 * numbers issued to it.
 *
 * The names are configuration (durable, not in the journal); each collection and each range carries
 * its own copy in the event. A range is a book of kind "receipt": gapless, a number once given is
 * never given again, a cancelled one stays (dossier/book.h).
 */
#ifndef TRAM_STORE_COLLECTOR_H
#define TRAM_STORE_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

#define COLLECTORS_MAX 20
#define RANGES_MAX 200

struct collector {
	const char *id;			/* "k-" + 8 hex */
	const char *name, *tax_code, *address;
	const char *bank_bin, *bank_name, *account_no, *account_name;
	const char *form, *serial;	/* of its receipts, as last used */
	bool used;
};

/* In order of their names, those in use first. */
enum rc collector_list(struct store *store, struct pool *pool, struct collector **rows,
		size_t *count) MUST_CHECK;
enum rc collector_find(struct store *store, struct pool *pool, const char *id,
		struct collector *out) MUST_CHECK;
/* The one a collection is for when nobody chose: the first in use. RC_NOT_FOUND: none. */
enum rc collector_default(struct store *store, struct pool *pool, struct collector *out) MUST_CHECK;
/* id "": a new one. Inside store_begin. RC_FULL: COLLECTORS_MAX. */
enum rc collector_save(struct store *store, struct pool *pool, const struct collector *collector) MUST_CHECK;
/* Object Collector of KINDS.md. */
json_t *collector_json(const struct collector *collector);

struct collector_range {
	uint8_t id[16];
	char id_hex[33];
	const char *collector;		/* its id */
	const char *form, *serial;
	int year;
	int64_t first, last, end;	/* last: the last one given */
	int64_t left, spoiled, opened_at;
	bool closed;
};
/* Newest year first. */
enum rc collector_ranges(struct store *store, struct pool *pool, struct collector_range **rows,
		size_t *count) MUST_CHECK;
enum rc collector_range_find(struct store *store, struct pool *pool, const char *id_hex,
		struct collector_range *out) MUST_CHECK;
/* The range that gives the next number this year. RC_NOT_FOUND: none has numbers left; *issues says
 * whether this collector was ever issued a range: then money is not taken without a number.
 * *left: numbers left in all its open ranges of the year. */
enum rc collector_range_next(struct store *store, struct pool *pool, const char *collector,
		int year, struct collector_range *out, bool *issues, int64_t *left) MUST_CHECK;
/* book.opened. RC_CONFLICT: "receipt.rule.overlap" some of these numbers were issued before. Inside
 * store_begin. */
enum rc collector_range_open(struct store *store, struct pool *pool, const char *actor,
		const struct collector *collector, const struct collector_range *range,
		char id_hex[33], const char **reason) MUST_CHECK;
/* book.closed: what is left of it is given back. Inside store_begin. */
enum rc collector_range_close(struct store *store, struct pool *pool, const char *actor,
		const struct collector_range *range, int64_t at_ms, const char **reason) MUST_CHECK;

/* What happened to a range in [from_ms, to_ms): for the usage report. */
struct collector_usage {
	int64_t before;			/* last number given before it */
	int64_t used_first, used_last, used;	/* given in it; 0: none */
	int64_t cancelled;		/* of those, cancelled by now */
	const char *cancelled_list;	/* "0000012, 0000015" */
	int64_t left;			/* at its end */
};
enum rc collector_usage_get(struct store *store, struct pool *pool,
		const struct collector_range *range, int64_t from_ms, int64_t to_ms,
		struct collector_usage *out) MUST_CHECK;

/* "0000012" */
const char *collector_number(struct pool *pool, int64_t number);

#endif
