/*
 * pay_take.c: /ho-so/<code>/thu-tien: what one dossier owes, how it is paid, on whose name the
 * receipt is; and after it the receipt's number in giant type. A transfer is taken when a person has
 * seen it on the account.
 */
#include <string.h>

#include "intake/pay.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "method", FIELD_CHOICE, true, 0, 0, "cash|transfer", "pay.method" },
	{ "transaction", FIELD_LINE, false, 0, 60, NULL, "pay.transaction" },
	{ "payer", FIELD_LINE, true, 2, 160, NULL, "pay.payer" },
	{ "payer_address", FIELD_LINE, false, 0, 240, NULL, "pay.payer_address" },
	{ "payer_tax_code", FIELD_TAX, false, 0, 0, NULL, "pay.payer_tax_code" },
	{ "collector", FIELD_LINE, false, 0, 20, NULL, "pay.collector" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const char *dup(struct pool *pool, const json_t *object, const char *key)
{
	return pool_strdup(pool, json_text(object, key));
}

/* A business is named whoever brought the money; else who stands here. */
static void show_payer(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);
	const json_t *applicant, *submitter, *who;
	json_t *body = NULL;

	if (dossier_body(web->store, row, &body) != RC_OK)
		return;
	applicant = json_object_get(body, "applicant");
	submitter = json_object_get(body, "submitter");
	who = json_text(applicant, "tax_code")[0] == '\0' && json_text(submitter, "name")[0] != '\0' &&
			!json_flag(submitter, "self") ? submitter : applicant;
	view_set(view, "payer", dup(pool, who, "name"));
	view_set(view, "payer_address", dup(pool, who, "address"));
	view_set(view, "payer_tax_code", dup(pool, who, "tax_code"));
	json_decref(body);
}

static enum rc show_collectors(struct web *web, struct request *request, struct view *view)
{
	const char *chosen = request->method == METHOD_POST ?
			form_raw(request->form, "collector") : "";
	struct collector *rows = NULL;
	size_t count = 0, shown = 0;
	enum rc rc = collector_list(web->store, request->pool, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (!rows[i].used)
			continue;
		item = view_item(view, "collectors");
		view_set(item, "id", rows[i].id);
		view_set(item, "name", rows[i].name);
		view_flag(item, "selected", strcmp(rows[i].id, chosen) == 0);
		if (shown++ == 0)
			view_set(view, "collector_name", rows[i].name);
	}
	view_flag(view, "choose_collector", shown > 1);
	view_flag(view, "one_collector", shown == 1);
	return rc;
}

static void show_lines(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);
	json_t *lines = pay_lines(web, pool, row);

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		struct view *item = view_item(view, "lines");

		view_set(item, "line", dup(pool, line, "name"));
		view_set(item, "line_amount", show_money(pool, json_int(line, "amount", 0)));
	}
	json_decref(lines);
}

/* The receipt that was just made, large. */
static enum rc show_done(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row)
{
	const char *paper = dossier_show_url(request->pool, row, "/in/bien-lai");
	struct money_row *rows = NULL;
	size_t count = 0;
	enum rc rc = money_of_dossier(web->store, request->pool, row->id, &rows, &count);

	if (rc != RC_OK || count == 0 || rows[count - 1].cancelled)
		return rc;
	view_flag(view, "just_paid", true);
	view_set(view, "paid_amount", show_money(request->pool, rows[count - 1].amount));
	view_set(view, "paid_words", show_money_words(request->pool, rows[count - 1].amount));
	view_set(view, "paid_method", pay_method(rows[count - 1].method));
	view_set(view, "paid_serial", rows[count - 1].serial);
	view_set(view, "paid_number", rows[count - 1].number);
	if (rows[count - 1].number[0] != '\0')
		view_set(view, "paper_url", paper);
	return RC_OK;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	struct view *view = view_new(request->pool);
	bool again = request->method == METHOD_POST;
	enum rc rc;

	dossier_show_row(view, row, request->now_ms);
	view_set(view, "seen", again ? form_raw(request->form, "seen") : row->seen);
	if (again)
		form_show(request->form, fields, FIELDS, view);
	else
		show_payer(web, view, row);
	if (!again || form_raw(request->form, "method")[0] == '\0')
		view_flag(view, strcmp(request_query(request, "cach"), "chuyen-khoan") == 0 ?
				"method_is_transfer" : "method_is_cash", true);
	rc = pay_show_owed(web, request, view, row);
	if (rc == RC_OK && row->fee_total > row->fee_paid)
		show_lines(web, view, row);
	if (rc == RC_OK)
		rc = show_collectors(web, request, view);
	if (rc == RC_OK)
		rc = pay_show_collections(web, request, view, row);
	if (rc == RC_OK)
		rc = pay_show_few(web, request, view);
	if (rc == RC_OK && !again && request_query(request, "xong")[0] != '\0')
		rc = show_done(web, request, view, row);
	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("pay.title"));
	view_set(view, "action", dossier_show_url(request->pool, row, "/thu-tien"));
	view_flag(view, "at_pay", true);
	if (again)
		response->status = 422;
	return web_page(web, request, response, "intake/pay", view);
}

static enum rc write(struct web *web, struct request *request, const struct dossier_row *row,
		const char *location, char **first, const char **reason)
{
	struct form *form = request->form;
	const char *form_id = form_raw(form, "form_id");
	json_t *lines = pay_lines(web, request->pool, row);
	uint8_t seen[EVENT_ID_SIZE];
	struct money_payment payment = { .dossier = row->id, .fees = lines,
		.actor = request->session->account.id, .total = row->fee_total - row->fee_paid,
		.method = form_text(form, "method"), .collector = form_text(form, "collector"),
		.payer = form_text(form, "payer"), .payer_address = form_text(form, "payer_address"),
		.payer_tax_code = form_text(form, "payer_tax_code"),
		.transaction = form_text(form, "transaction"), .seen = seen,
		.counter = request->session->counter, .at_ms = request->now_ms,
		.settles = row->facts.state == STATE_PAYMENT && row->facts.holder == HOLDER_BOARD };
	enum rc rc = act_seen(request, seen) ? store_begin(web->store, false) : RC_INVALID;

	if (rc != RC_OK)
		goto out;
	rc = form_claim(web->store, request->pool, form_id, first);
	if (rc == RC_OK)
		rc = payment.total > 0 ? money_collect(web->store, request->pool, &payment, reason) :
				RC_CONFLICT;
	if (rc == RC_CONFLICT && *reason == NULL)
		*reason = "money.rule.paid";
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, location);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
out:
	json_decref(lines);
	return rc;
}

enum rc page_pay(struct web *web, struct request *request, struct response *response)
{
	const char *reason = NULL, *location;
	struct dossier_row row;
	char *first = NULL;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return show(web, request, response, &row);
	rc = form_check(request->form, fields, FIELDS);
	if (rc == RC_INVALID)
		return show(web, request, response, &row);
	if (rc != RC_OK)
		return rc;
	location = dossier_show_url(request->pool, &row, "/thu-tien?xong=1");
	rc = write(web, request, &row, location, &first, &reason);
	if (rc == RC_CONFLICT && strcmp(reason, "receipt.rule.empty") == 0) {
		form_fault(request->form, "method", reason);
		return show(web, request, response, &row);
	}
	if (rc == RC_CONFLICT)
		return act_conflict(web, request, response, &row, reason);
	if (rc == RC_OK || rc == RC_EXISTS)
		response_see_other(response, rc == RC_EXISTS ? first : location);
	return rc == RC_EXISTS ? RC_OK : rc;
}
