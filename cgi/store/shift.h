/*
 * shift.h: a person's turn at a counter: opened with the cash in the drawer, closed with the cash
 * counted. What was taken in between is read from the events (money.h).
 */
#ifndef TRAM_STORE_SHIFT_H
#define TRAM_STORE_SHIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

#define SHIFT_LONG_MS (INT64_C(12) * 3600 * 1000)	/* then an open one is pointed out */

struct shift {
	uint8_t id[16];
	char id_hex[33];
	const char *account, *counter;
	int64_t opened_at, opened_seq, closed_at, closed_seq;
	bool closed;
	int64_t cash_before, cash, expected, transfer, receipts, dossiers, drafts, originals;
	const char *successor, *note;
};

/* The open one of an account. RC_NOT_FOUND: none. */
enum rc shift_open_of(struct store *store, struct pool *pool, const char *account,
		struct shift *out) MUST_CHECK;
enum rc shift_find(struct store *store, struct pool *pool, const char *id_hex,
		struct shift *out) MUST_CHECK;
/* Those that were open at some time in [from_ms, to_ms), newest first, at most limit. account NULL:
 * everybody's. */
enum rc shift_list(struct store *store, struct pool *pool, const char *account, int64_t from_ms,
		int64_t to_ms, size_t limit, struct shift **rows, size_t *count) MUST_CHECK;
/* shift.opened, unless one of the account is open: then nothing. Inside store_begin. */
enum rc shift_open(struct store *store, struct pool *pool, const char *account, const char *counter,
		int64_t cash, const char **reason) MUST_CHECK;
/* shift.closed. RC_CONFLICT: "shift.rule.closed". Inside store_begin. */
enum rc shift_close(struct store *store, struct pool *pool, const struct shift *shift,
		const char *actor, const json_t *body, const char **reason) MUST_CHECK;
/* What stands at the counter now: accepted and not handed on, drafts, originals in keeping. */
struct shift_standing { int64_t dossiers, drafts, originals; };
enum rc shift_standing_get(struct store *store, struct shift_standing *out) MUST_CHECK;

#endif
