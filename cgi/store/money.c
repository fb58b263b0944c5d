/*
 * money.c: taking a fee and giving it back; see money.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/random.h"
#include "store/account.h"
#include "store/money.h"
#include "store/shift.h"

static const char OWED[] =
	"SELECT fee_total, fee_paid, code FROM dossier WHERE board = $1 AND id = $2";

static enum rc append(struct store *store, enum event_subject of, const uint8_t *subject,
		const char *kind, const char *actor, const json_t *body, const uint8_t *seen,
		struct event *event, const char **reason)
{
	struct act act = { .subject_kind = of, .subject = subject, .kind = kind, .actor = actor,
		.body = body, .seen = seen };

	return act_append(store, &act, event, reason);
}

/* Less may be owed than the page showed: then nothing is taken. */
static enum rc check_owed(struct store *store, const struct money_payment *payment,
		const char **reason)
{
	struct stmt *stmt = db_stmt(store->tram, OWED);
	int64_t owed = 0;
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_blob(stmt, 2, payment->dossier, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	owed = stmt_col_int(stmt, 0) - stmt_col_int(stmt, 1);
	stmt_reset(stmt);
	if (payment->total < 1 || payment->total > MONEY_MAX)
		return RC_INVALID;
	if (payment->total <= owed)
		return RC_OK;
	*reason = "money.rule.paid";
	return RC_CONFLICT;
}

/* The collector, and the range its next number comes from; no range: this one was never issued any,
 * and writes its receipts on paper of its own. */
static enum rc choose(struct store *store, struct pool *pool, const struct money_payment *payment,
		struct collector *collector, struct collector_range *range, bool *numbered,
		const char **reason)
{
	const char *id = payment->collector ? payment->collector : "";
	struct when_local now;
	bool issues = false;
	int64_t left = 0;
	enum rc rc = *id ? collector_find(store, pool, id, collector)
			: collector_default(store, pool, collector);

	*numbered = false;
	if (rc == RC_NOT_FOUND && !*id) {
		memset(collector, 0, sizeof(*collector));
		collector->id = collector->name = "";
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_INVALID : rc;
	when_to_local(payment->at_ms, &now);
	rc = collector_range_next(store, pool, collector->id, now.year, range, &issues, &left);
	if (rc == RC_NOT_FOUND && issues) {
		*reason = "receipt.rule.empty";
		return RC_CONFLICT;
	}
	*numbered = rc == RC_OK;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static const char *name_of(struct store *store, struct pool *pool, const char *actor)
{
	struct account account;

	if (store->auth && account_by_id(store, pool, actor, &account) == RC_OK && *account.name)
		return account.name;
	return actor;
}

/* One line for the range: the fees' names. */
static const char *item_name(struct pool *pool, const json_t *fees)
{
	const char *out = "";

	for (size_t i = 0; i < json_array_size(fees); i++) {
		const char *name = json_text(json_array_get(fees, i), "name");

		out = *out ? pool_printf(pool, "%s; %s", out, name) : pool_strdup(pool, name);
	}
	return *out ? out : "–";
}

static enum rc number(struct store *store, struct pool *pool, const struct money_payment *payment,
		const struct collector_range *range, const char *batch, const char **reason)
{
	char dossier[2 * EVENT_ID_SIZE + 1];
	json_t *body = json_new_object(), *item = json_new_object();
	struct event event;
	enum rc rc;

	hex_encode(payment->dossier, EVENT_ID_SIZE, dossier);
	json_put_int(body, "number", range->last + 1);
	json_put(body, "dossier", dossier);
	json_put(body, "requester", payment->payer);
	json_put(item, "name", item_name(pool, payment->fees));
	json_put_int(item, "amount", payment->total);
	json_put_value(body, "item", item);
	json_put(body, "signer_name", name_of(store, pool, payment->actor));
	json_put_int(body, "signed_at", payment->at_ms);
	json_put(body, "batch", batch);
	rc = append(store, SUBJECT_BOOK, range->id, "book.numbered", payment->actor, body, NULL,
			&event, reason);
	json_decref(body);
	return rc;
}

static json_t *collected(struct pool *pool, const struct money_payment *payment,
		const struct collector *collector, const struct collector_range *range,
		const char *batch)
{
	json_t *body = json_new_object(), *receipt;

	json_put_value(body, "fees", json_deep_copy(payment->fees));
	json_put_int(body, "total", payment->total);
	json_put(body, "method", payment->method);
	json_put(body, "payer", payment->payer);
	json_put(body, "payer_address", payment->payer_address);
	json_put(body, "payer_tax_code", payment->payer_tax_code);
	json_put_int(body, "collected_at", payment->at_ms);
	json_put(body, "transaction", payment->transaction);
	if (*collector->name) {
		json_put(body, "collector_unit", collector->name);
		json_put_value(body, "collector", collector_json(collector));
	}
	if (range) {
		receipt = json_new_object();
		json_put(receipt, "form", range->form);
		json_put(receipt, "serial", range->serial);
		json_put(receipt, "number", collector_number(pool, range->last + 1));
		json_put(receipt, "book", range->id_hex);
		json_put_value(body, "receipt", receipt);
		json_put(body, "batch", batch);
	}
	return body;
}

static enum rc meet(struct store *store, const struct money_payment *payment, const char **reason)
{
	json_t *body = json_new_object();
	struct event event;
	enum rc rc;

	/* No amount: the collection before it has it. */
	json_put_int(body, "paid_at", payment->at_ms);
	rc = append(store, SUBJECT_DOSSIER, payment->dossier, "dossier.payment_met", payment->actor,
			body, NULL, &event, reason);
	json_decref(body);
	return rc;
}

static void new_batch(char hex[33])
{
	uint8_t random[EVENT_ID_SIZE];

	random_bytes(random, sizeof(random));
	hex_encode(random, sizeof(random), hex);
}

enum rc money_collect(struct store *store, struct pool *pool, const struct money_payment *payment,
		const char **reason)
{
	struct collector collector;
	struct collector_range range;
	struct event event;
	bool numbered = false;
	char batch[33];
	json_t *body;
	enum rc rc;

	*reason = NULL;
	rc = check_owed(store, payment, reason);
	if (rc == RC_OK)
		rc = choose(store, pool, payment, &collector, &range, &numbered, reason);
	if (rc == RC_OK)
		rc = shift_open(store, pool, payment->actor, payment->counter, 0, reason);
	if (rc != RC_OK)
		return rc;
	new_batch(batch);
	body = collected(pool, payment, &collector, numbered ? &range : NULL, batch);
	rc = append(store, SUBJECT_DOSSIER, payment->dossier, "fee.collected", payment->actor, body,
			payment->seen, &event, reason);
	json_decref(body);
	if (rc == RC_OK && numbered)
		rc = number(store, pool, payment, &range, batch, reason);
	if (rc == RC_OK && payment->settles)
		rc = meet(store, payment, reason);
	return rc;
}

/* ---- giving back ---- */

static enum rc standing(struct store *store, struct pool *pool, const struct money_return *back,
		struct money_row *row, const char **reason)
{
	enum rc rc = money_find(store, pool, back->dossier, back->collected, row);

	*reason = NULL;
	if (rc != RC_OK)
		return rc;
	if (row->cancelled)
		*reason = "money.rule.cancelled";
	return *reason ? RC_CONFLICT : RC_OK;
}

static json_t *returned(const struct money_return *back, int64_t amount)
{
	json_t *body = json_new_object();

	json_put(body, "collected", back->collected);
	json_put_int(body, "amount", amount);
	json_put(body, "reason", back->why);
	json_put(body, "approver", back->approver);
	json_put(body, "method", back->method);
	return body;
}

/* The number stays in its range, marked; it never comes again. */
static enum rc cancel_receipt(struct store *store, struct pool *pool,
		const struct money_return *back, const struct money_row *row, const char **reason)
{
	struct collector_range range;
	json_t *body, *receipt;
	struct event event;
	int64_t no = 0;
	enum rc rc;

	if (!*row->number)
		return RC_OK;
	body = json_new_object();
	receipt = json_new_object();
	json_put(receipt, "serial", row->serial);
	json_put(receipt, "number", row->number);
	json_put(receipt, "book", row->book);
	json_put_value(body, "receipt", receipt);
	json_put(body, "reason", back->why);
	json_put(body, "collected", back->collected);
	rc = append(store, SUBJECT_DOSSIER, back->dossier, "receipt.cancelled", back->actor, body,
			NULL, &event, reason);
	json_decref(body);
	if (rc == RC_OK)
		rc = collector_range_find(store, pool, row->book, &range);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	if (num_parse(row->number, 1, MONEY_MAX, &no) != RC_OK)
		return RC_OK;
	body = json_new_object();
	json_put_int(body, "number", no);
	json_put(body, "reason", back->why);
	json_put(body, "dossier", row->dossier);
	rc = append(store, SUBJECT_BOOK, range.id, "book.spoiled", back->actor, body, NULL, &event,
			reason);
	json_decref(body);
	return rc;
}

enum rc money_cancel(struct store *store, struct pool *pool, const struct money_return *back,
		const char **reason)
{
	struct money_row row;
	struct event event;
	json_t *body;
	enum rc rc = standing(store, pool, back, &row, reason);

	if (rc == RC_OK && row.refunded > 0) {
		*reason = "money.rule.refunded";
		rc = RC_CONFLICT;
	}
	if (rc == RC_OK)
		rc = shift_open(store, pool, back->actor, back->counter, 0, reason);
	if (rc != RC_OK)
		return rc;
	body = returned(back, row.amount);
	rc = append(store, SUBJECT_DOSSIER, back->dossier, "fee.cancelled", back->actor, body,
			back->seen, &event, reason);
	json_decref(body);
	return rc == RC_OK ? cancel_receipt(store, pool, back, &row, reason) : rc;
}

enum rc money_refund(struct store *store, struct pool *pool, const struct money_return *back,
		const char **reason)
{
	struct money_row row;
	struct event event;
	json_t *body;
	enum rc rc = standing(store, pool, back, &row, reason);

	if (rc == RC_OK && back->amount < 1)
		rc = RC_INVALID;
	if (rc == RC_OK && back->amount > row.amount - row.refunded) {
		*reason = "money.rule.above";
		rc = RC_CONFLICT;
	}
	if (rc == RC_OK)
		rc = shift_open(store, pool, back->actor, back->counter, 0, reason);
	if (rc != RC_OK)
		return rc;
	body = returned(back, back->amount);
	rc = append(store, SUBJECT_DOSSIER, back->dossier, "fee.refunded", back->actor, body,
			back->seen, &event, reason);
	json_decref(body);
	return rc;
}
