/*
 * pay_view.c: what the pages of the money share; see pay.h.
 */
#include "intake/pay.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "dossier/emvco.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

#define TYPED_MAX INT64_C(10000000000)
#define LOCAL_OFFSET_MS (INT64_C(7) * 3600 * 1000)

enum rc pay_amount(const char *text, int64_t *out)
{
	char digits[16];
	size_t count = 0;

	for (; *text != '\0'; text++) {
		if (*text == '.' || *text == ',' || *text == ' ')
			continue;
		if (strcmp(text, "\xC4\x91") == 0)	/* the currency sign behind it */
			break;
		if (count == sizeof(digits) - 1)
			return RC_INVALID;
		digits[count++] = *text;
	}
	digits[count] = '\0';
	if (digits[0] == '-')
		return RC_INVALID;
	return num_parse(digits, 0, TYPED_MAX, out);
}

const char *pay_method(const char *method)
{
	static const char *const known[] = { "cash", "transfer", "online", "exempt" };
	static const char *const keys[] = { "pay.method.cash", "pay.method.transfer",
		"pay.method.online", "pay.method.exempt" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i], method) == 0)
			return text_get(keys[i]);
	return method;
}

static void show_collection(struct web *web, struct request *request, struct view *item,
		const struct dossier_row *row, const struct money_row *money)
{
	struct pool *pool = request->pool;
	bool open = !money->cancelled && frame_can(request, ROLES_PAY);

	view_set(item, "amount", show_money(pool, money->amount));
	view_set(item, "method", pay_method(money->method));
	view_set(item, "at", show_time_screen(pool, money->at));
	view_set(item, "actor", dossier_show_actor(web, pool, money->actor, AUTHOR_BOARD));
	view_set(item, "payer", money->payer);
	view_set(item, "serial", money->serial);
	view_set(item, "number", money->number);
	view_flag(item, "cancelled", money->cancelled);
	view_set(item, "why", money->why);
	if (money->refunded > 0)
		view_set(item, "refunded", show_money(pool, money->refunded));
	view_flag(item, "correctable", open && money->refunded < money->amount);
	if (open && money->refunded == 0)
		view_set(item, "cancel_url", dossier_show_url(pool, row,
				pool_printf(pool, "/huy-thu/%s", money->id)));
	if (open && money->refunded < money->amount)
		view_set(item, "refund_url", dossier_show_url(pool, row,
				pool_printf(pool, "/hoan-phi/%s", money->id)));
}

enum rc pay_show_collections(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row)
{
	struct money_row *rows = NULL;
	size_t count = 0;
	enum rc rc = money_of_dossier(web->store, request->pool, row->id, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		show_collection(web, request, view_item(view, "collections"), row, &rows[i]);
	view_flag(view, "collections_shown", rc == RC_OK && count > 0);
	if (rc == RC_OK && row->facts.state == STATE_VOIDED && row->fee_paid > 0)
		view_set(view, "to_refund", show_money(request->pool, row->fee_paid));
	return rc;
}

static void show_vietqr(struct request *request, struct view *view, const struct dossier_row *row,
		const struct collector *collector, int64_t owed)
{
	/* The number that every list of the counter can be searched by. */
	const struct emvco_payment payment = { collector->bank_bin, collector->account_no, owed,
		row->code };
	char *text = NULL;

	if (emvco_write(request->pool, &payment, &text) != RC_OK)
		return;
	view_svg(view, "vietqr", show_qr_svg(request->pool, text));
	view_flag(view, "has_vietqr", true);
	view_set(view, "bank", collector->bank_name);
	view_set(view, "account", collector->account_no);
	view_set(view, "account_name", collector->account_name);
	view_set(view, "purpose", row->code);
}

enum rc pay_show_owed(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row)
{
	int64_t owed = row->fee_total - row->fee_paid;
	struct collector collector;
	enum rc rc;

	if (owed <= 0 || row->facts.state == STATE_VOIDED)
		return RC_OK;
	view_set(view, "owed", show_money(request->pool, owed));
	view_set(view, "owed_words", show_money_words(request->pool, owed));
	view_set(view, "pay_url", dossier_show_url(request->pool, row, "/thu-tien"));
	view_flag(view, "may_pay", frame_can(request, ROLES_TILL));
	rc = collector_default(web->store, request->pool, &collector);
	if (rc == RC_OK)
		show_vietqr(request, view, row, &collector, owed);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc pay_show_few(struct web *web, struct request *request, struct view *view)
{
	struct collector collector;
	struct collector_range range;
	struct when_local now;
	bool issues = false;
	int64_t left = 0;
	enum rc rc = collector_default(web->store, request->pool, &collector);

	if (rc == RC_OK) {
		when_to_local(request->now_ms, &now);
		rc = collector_range_next(web->store, request->pool, collector.id, now.year, &range,
				&issues, &left);
		if ((rc == RC_OK || rc == RC_NOT_FOUND) && issues && left <= PAY_FEW)
			view_set(view, "few", left == 0 ? text_get("pay.range_empty") :
					text_fill(request->pool, "pay.range_few", pool_printf(request->pool,
					"%d", (int)left), NULL));
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc pay_show_shift(struct web *web, struct request *request, struct view *view)
{
	struct shift shift;
	enum rc rc = shift_open_of(web->store, request->pool, request->session->account.id, &shift);

	if (rc == RC_OK && request->now_ms - shift.opened_at > SHIFT_LONG_MS) {
		view_flag(view, "shift_long", true);
		view_set(view, "shift_since", show_time_screen(request->pool, shift.opened_at));
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- lines ---- */

/* Adds the lines that cost something; returns their sum. */
static int64_t add_lines(json_t *to, const json_t *fees)
{
	int64_t sum = 0;

	for (size_t i = 0; i < json_array_size(fees); i++) {
		const json_t *fee = json_array_get(fees, i);
		int64_t amount = json_int(fee, "amount", 0);

		if (amount <= 0 || json_text(fee, "exempt")[0] != '\0')
			continue;
		sum += amount;
		json_add(to, json_deep_copy(fee));
	}
	return sum;
}

json_t *pay_lines(struct web *web, struct pool *pool, const struct dossier_row *row)
{
	json_t *accepted = NULL, *asked = dossier_last_body(web, pool, row, "dossier.payment_requested");
	json_t *first = json_new_array(), *later = json_new_array(), *out = json_new_array(), *line;
	int64_t owed = row->fee_total - row->fee_paid, a = 0, b = 0;

	if (dossier_body(web->store, row, &accepted) == RC_OK)
		a = add_lines(first, json_object_get(accepted, "fees"));
	if (asked != NULL)
		b = add_lines(later, json_object_get(asked, "fees"));
	if (a > 0 && (a == owed || a + b == owed))
		(void)add_lines(out, first);
	if (b > 0 && a != owed && (b == owed || a + b == owed))
		(void)add_lines(out, later);
	if (json_array_size(out) == 0) {
		/* Part of it was paid, or its words were erased. */
		line = json_new_object();
		json_put(line, "id", "con-lai");
		json_put(line, "name", text_get("pay.rest"));
		json_put_int(line, "amount", owed);
		json_add(out, line);
	}
	json_decref(accepted);
	json_decref(asked);
	json_decref(first);
	json_decref(later);
	return out;
}

/* ---- days and months ---- */

int64_t pay_day_start(int64_t at_ms)
{
	return at_ms - (at_ms + LOCAL_OFFSET_MS) % WHEN_DAY_MS;
}

void pay_month(int year, int month, int64_t *from_ms, int64_t *to_ms)
{
	char text[40];
	int next = month == 12 ? 1 : month + 1;

	(void)snprintf(text, sizeof(text), "%04d-%02d-01T00:00", year, month);
	if (when_parse_local(text, from_ms) != RC_OK)
		*from_ms = 0;
	(void)snprintf(text, sizeof(text), "%04d-%02d-01T00:00", month == 12 ? year + 1 : year, next);
	if (when_parse_local(text, to_ms) != RC_OK)
		*to_ms = 0;
}

void pay_month_asked(const struct request *request, int *year, int *month)
{
	const char *asked = request_query(request, "thang");
	struct when_local now;
	char part[5];
	int64_t y, m;

	when_to_local(request->now_ms, &now);
	*year = now.year;
	*month = now.month;
	if (strlen(asked) != 7 || asked[4] != '-')
		return;
	memcpy(part, asked, 4);
	part[4] = '\0';
	if (num_parse(part, 2020, 2100, &y) == RC_OK && num_parse(asked + 5, 1, 12, &m) == RC_OK) {
		*year = (int)y;
		*month = (int)m;
	}
}
