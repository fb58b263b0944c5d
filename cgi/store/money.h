/*
 * money.h: taking a fee and giving it back, and what pages read of it. Each is one write with its
 * receipt: fee.collected with book.numbered, fee.cancelled with receipt.cancelled and book.spoiled.
 *
 * What may stand against it is asked here, inside the write, so that of two cashiers at one dossier
 * only one takes the money. Money is whole đồng.
 */
#ifndef TRAM_STORE_MONEY_H
#define TRAM_STORE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/collector.h"
#include "store/store.h"

#define MONEY_MAX INT64_C(1000000000000)	/* of one event; more is no fee */

/* Stored: never renumber. */
enum money_kind { MONEY_COLLECTED = 0, MONEY_CANCELLED = 1, MONEY_REFUNDED = 2 };

struct money_payment {
	const uint8_t *dossier;
	const char *actor;		/* account id */
	const json_t *fees;		/* the lines; borrowed */
	int64_t total;
	const char *method;		/* "cash" "transfer" "online" */
	const char *collector;		/* id; NULL or "": the one in use */
	const char *payer, *payer_address, *payer_tax_code;	/* NULL: none */
	const char *transaction;	/* NULL: none */
	const uint8_t *seen;		/* as in struct act */
	const char *counter;		/* a shift is opened there when none is open */
	bool settles;			/* the dossier waits for it: dossier.payment_met too */
	int64_t at_ms;
};
/*
 * Inside store_begin. RC_CONFLICT with *reason: "money.rule.paid" it is paid, or less is owed;
 * "receipt.rule.empty" the range is used up: nothing is taken without a number once numbers were
 * issued; or what act_append says.
 */
enum rc money_collect(struct store *store, struct pool *pool, const struct money_payment *payment,
		const char **reason) MUST_CHECK;

struct money_return {
	const uint8_t *dossier;
	const char *actor, *approver;
	const char *collected;		/* hex id of the collection */
	const char *method;		/* "cash" "transfer": how it goes back */
	const char *why;
	int64_t amount;			/* of a refund */
	const uint8_t *seen;
	const char *counter;
};
/* The collection never was: its receipt is cancelled, all of it goes back. RC_CONFLICT:
 * "money.rule.cancelled", "money.rule.refunded" some was given back already. Inside store_begin. */
enum rc money_cancel(struct store *store, struct pool *pool, const struct money_return *back,
		const char **reason) MUST_CHECK;
/* Some of it goes back, the receipt stands. RC_CONFLICT: "money.rule.above" more than is left of it;
 * "money.rule.cancelled". Inside store_begin. */
enum rc money_refund(struct store *store, struct pool *pool, const struct money_return *back,
		const char **reason) MUST_CHECK;

/* ---- reading (money_list.c) ---- */

struct money_row {
	char id[33];			/* the collection */
	char dossier[33];
	const char *code, *procedure;	/* of the dossier */
	int64_t at, amount;
	const char *actor, *method, *payer, *collector, *book, *serial, *number;
	bool cancelled;
	const char *why;		/* it was cancelled */
	int64_t refunded;
};
/* Collections of one dossier: the point's before the province's, each in the order of its journal. */
enum rc money_of_dossier(struct store *store, struct pool *pool, const uint8_t dossier[16],
		struct money_row **rows, size_t *count) MUST_CHECK;
/* RC_NOT_FOUND: not a collection of this dossier. */
enum rc money_find(struct store *store, struct pool *pool, const uint8_t dossier[16],
		const char *id_hex, struct money_row *out) MUST_CHECK;

enum money_state { MONEY_ANY, MONEY_STANDS, MONEY_IS_CANCELLED, MONEY_WITHOUT_RECEIPT };
struct money_query {
	int64_t from_ms, to_ms;
	const char *actor;		/* NULL or "": everybody */
	enum money_state state;
	size_t limit, offset;
};
enum rc money_list(struct store *store, struct pool *pool, const struct money_query *query,
		struct money_row **rows, size_t *count) MUST_CHECK;
/* For a file: in the order in which the money came, after the row (after_at, after_id; "" at the start)
 * of the batch before; offset is ignored. *count 0: that was all. */
enum rc money_batch(struct store *store, struct pool *pool, const struct money_query *query,
		int64_t after_at, const char *after_id, struct money_row **rows, size_t *count) MUST_CHECK;
/* Accounts that took money in [from_ms, to_ms): at most 50. */
enum rc money_actors(struct store *store, struct pool *pool, int64_t from_ms, int64_t to_ms,
		const char ***ids, size_t *count) MUST_CHECK;

/* Sums of events, not of collections as they stand: what went through the drawer. */
struct money_totals {
	int64_t cash_in, transfer_in, online_in;	/* collected */
	int64_t cash_back, transfer_back;		/* cancelled and refunded */
	int64_t collections, cancellations, refunds;	/* how many */
	int64_t receipts;				/* numbers given */
};
/* Of one account in the board's log after the event after_seq up to until_seq (0: to its end). */
enum rc money_totals_of(struct store *store, const char *actor, int64_t after_seq,
		int64_t until_seq, struct money_totals *out) MUST_CHECK;
/* Of the whole point in [from_ms, to_ms). */
enum rc money_totals_day(struct store *store, int64_t from_ms, int64_t to_ms,
		struct money_totals *out) MUST_CHECK;
/* Receipts cancelled by this account in that part of the log, as printed; "" for none. */
enum rc money_cancelled_numbers(struct store *store, struct pool *pool, const char *actor,
		int64_t after_seq, int64_t until_seq, const char ***numbers, size_t *count) MUST_CHECK;

/* Dossiers that owe, oldest first; or that must get money back (voided, or paid too much). */
struct money_owing {
	char id[33];
	const char *code, *procedure, *applicant;
	int state;
	int64_t received_at, fee_total, fee_paid;
};
enum rc money_owing_list(struct store *store, struct pool *pool, bool back, size_t limit,
		size_t offset, struct money_owing **rows, size_t *count) MUST_CHECK;

#endif
