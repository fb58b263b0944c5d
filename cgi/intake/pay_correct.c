/*
 * pay_correct.c: money given back: a collection that never should have been (/huy-thu: its receipt's
 * number is burnt), or part of one (/hoan-phi); and money asked for later (/yeu-cau-nop).
 */
#include <string.h>

#include "intake/correct.h"
#include "intake/pay.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))
#define REASON { "reason", FIELD_LINES, true, 3, 1000, NULL, "correct.reason" }
#define METHOD { "method", FIELD_CHOICE, true, 0, 0, "cash|transfer", "pay.back_method" }

static const struct field cancel_fields[] = { METHOD, REASON };
static const struct field refund_fields[] = {
	{ "amount", FIELD_LINE, true, 1, 20, NULL, "pay.amount" }, METHOD, REASON,
};

static enum rc collection(struct correct *c, struct money_row *out)
{
	return money_find(c->web->store, c->request->pool, c->row.id, c->request->params[1], out);
}

static enum rc collection_facts(struct correct *c)
{
	struct pool *pool = c->request->pool;
	struct money_row money;
	enum rc rc = collection(c, &money);

	if (rc != RC_OK)
		return rc;
	correct_fact(c, "pay.collected", pool_printf(pool, "%s, %s", show_money(pool, money.amount),
			pay_method(money.method)));
	correct_fact(c, "pay.collected_at", show_time_screen(pool, money.at));
	correct_fact(c, "pay.collected_by", dossier_show_actor(c->web, pool, money.actor, AUTHOR_BOARD));
	correct_fact(c, "pay.payer", money.payer);
	correct_fact(c, "pay.receipt", money.number[0] != '\0' ? pool_printf(pool, "%s %s",
			money.serial, money.number) : "");
	if (money.refunded > 0)
		correct_fact(c, "pay.refunded", show_money(pool, money.refunded));
	return RC_OK;
}

static const char *back_initial(struct correct *c, const char *name)
{
	struct money_row money;

	if (strcmp(name, "reason") == 0 || collection(c, &money) != RC_OK)
		return "";
	if (strcmp(name, "amount") == 0)
		return show_money(c->request->pool, money.amount - money.refunded);
	return strcmp(money.method, "cash") == 0 ? "cash" : "transfer";
}

static const char *cancel_action(struct correct *c)
{
	return dossier_show_url(c->request->pool, &c->row, pool_printf(c->request->pool,
			"/huy-thu/%s", c->request->params[1]));
}

static const char *refund_action(struct correct *c)
{
	return dossier_show_url(c->request->pool, &c->row, pool_printf(c->request->pool,
			"/hoan-phi/%s", c->request->params[1]));
}

static struct money_return returning(const struct correct *c, const uint8_t *seen)
{
	struct form *form = c->request->form;

	return (struct money_return){ .dossier = c->row.id,
		.actor = c->request->session->account.id, .approver = c->second.id,
		.collected = c->request->params[1], .method = form_text(form, "method"),
		.why = form_text(form, "reason"), .seen = seen,
		.counter = c->request->session->counter };
}

static enum rc cancel_append(struct correct *c, const uint8_t *seen, const char **reason)
{
	struct money_return back = returning(c, seen);

	return money_cancel(c->web->store, c->request->pool, &back, reason);
}

static enum rc refund_check(struct correct *c)
{
	struct form *form = c->request->form;
	struct money_row money;
	int64_t amount = 0;
	enum rc rc = collection(c, &money);

	if (rc != RC_OK)
		return rc;
	if (pay_amount(form_text(form, "amount"), &amount) != RC_OK || amount < 1)
		form_fault(form, "amount", "pay.amount_wrong");
	else if (amount > money.amount - money.refunded)
		form_fault(form, "amount", "money.rule.above");
	return RC_OK;
}

static enum rc refund_append(struct correct *c, const uint8_t *seen, const char **reason)
{
	struct money_return back = returning(c, seen);
	enum rc rc = pay_amount(form_text(c->request->form, "amount"), &back.amount);

	return rc == RC_OK ? money_refund(c->web->store, c->request->pool, &back, reason) : rc;
}

/* A collection that is gone already is told so before anything is asked. */
static enum rc run(struct web *web, struct request *request, struct response *response,
		const struct correction *spec)
{
	struct dossier_row row;
	struct money_row money;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = money_find(web->store, request->pool, row.id, request->params[1], &money);
	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST && money.cancelled)
		return act_conflict(web, request, response, &row, "money.rule.cancelled");
	if (request->method != METHOD_POST && money.refunded >= money.amount)
		return act_conflict(web, request, response, &row, "money.rule.above");
	return correct_run(web, request, response, spec);
}

enum rc page_pay_cancel(struct web *web, struct request *request, struct response *response)
{
	static const struct correction cancel = { .key = "pay_cancel", .kind = "fee.cancelled",
		.fields = cancel_fields, .count = COUNT(cancel_fields), .second = ROLES_MONEY_SECOND,
		.second_always = true, .facts = collection_facts, .initial = back_initial,
		.append = cancel_append, .action = cancel_action, .leads_to = "/thu-tien" };

	return run(web, request, response, &cancel);
}

enum rc page_pay_refund(struct web *web, struct request *request, struct response *response)
{
	static const struct correction refund = { .key = "pay_refund", .kind = "fee.refunded",
		.fields = refund_fields, .count = COUNT(refund_fields), .second = ROLES_MONEY_SECOND,
		.second_always = true, .facts = collection_facts, .initial = back_initial,
		.check = refund_check, .append = refund_append, .action = refund_action,
		.leads_to = "/thu-tien" };

	return run(web, request, response, &refund);
}

/* ---- money asked for while it is worked on ---- */

static const struct field ask_fields[] = {
	{ "name", FIELD_LINE, true, 3, 160, NULL, "pay.ask_name" },
	{ "amount", FIELD_LINE, true, 1, 20, NULL, "pay.amount" },
	REASON,
};

static enum rc ask_check(struct correct *c)
{
	int64_t amount = 0;

	if (pay_amount(form_text(c->request->form, "amount"), &amount) != RC_OK || amount < 1)
		form_fault(c->request->form, "amount", "pay.amount_wrong");
	return RC_OK;
}

static enum rc ask_body(struct correct *c, json_t *body)
{
	json_t *fees = json_new_array(), *fee = json_new_object();
	int64_t amount = 0;
	enum rc rc = pay_amount(form_text(c->request->form, "amount"), &amount);

	json_put(fee, "id", "nop-them");
	json_put(fee, "name", form_text(c->request->form, "name"));
	json_put_int(fee, "amount", amount);
	json_add(fees, fee);
	json_put_value(body, "fees", fees);
	json_put_int(body, "requested_at", c->request->now_ms);
	json_put(body, "reason", form_text(c->request->form, "reason"));
	return rc;
}

enum rc page_pay_ask(struct web *web, struct request *request, struct response *response)
{
	static const struct correction ask = { .key = "pay_ask",
		.kind = "dossier.payment_requested", .fields = ask_fields,
		.count = COUNT(ask_fields), .check = ask_check, .body = ask_body };

	return correct_run(web, request, response, &ask);
}
