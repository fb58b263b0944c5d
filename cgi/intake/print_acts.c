/*
 * print_acts.c: papers that one act makes: request for more papers, refusal, apology, notice of
 * stopping, receipt of a fee, and of a result (DOMAIN 1.7, COUNTER 2).
 */
#include <string.h>

#include "base/text.h"
#include "dossier/ink.h"
#include "intake/print.h"
#include "web/show.h"
#include "web/text_vi.h"

#define RECEIPT_COPIES 3

static const char *due_of(struct pool *pool, const json_t *due)
{
	return json_flag(due, "has") ? show_due_paper(pool, json_int(due, "at", 0)) : "";
}

/* Who signs: by name and title where the act says so, else the one who wrote it. */
static void show_signer(struct print *print)
{
	print_set(print->view, "signer_name", print->act, "signer_name");
	view_set(print->view, "signer_title", text_upper(view_pool(print->view),
			json_text(print->act, "signer_title")));
}

enum rc print_acts_supplement(struct print *print)
{
	struct view *view = print->view;
	int64_t answer_by = json_int(print->act, "answer_by", 0);

	print_items(view, json_object_get(print->act, "items"));
	print_set(view, "reason", print->act, "reason");
	if (answer_by > 0)
		view_set(view, "answer_by", show_date_paper(view_pool(view), answer_by));
	view_flag(view, "taken", true);
	return RC_OK;
}

enum rc print_acts_refusal(struct print *print)
{
	print_set(print->view, "reason", print->act, "reason");
	view_flag(print->view, "at_intake", strcmp(print->source->kind, "dossier.intake_refused") == 0);
	show_signer(print);
	return RC_OK;
}

enum rc print_acts_apology(struct print *print)
{
	struct view *view = print->view;
	const json_t *before = json_object_get(print->act, "before");

	print_set(view, "reason", print->act, "reason");
	print_set(view, "late_unit", print->act, "late_unit");
	print_set(view, "where", print->act, "place");
	view_set(view, "due_before", due_of(view_pool(view), before));
	view_set(view, "due_after", due_of(view_pool(view), json_object_get(print->act, "due")));
	show_signer(print);
	return RC_OK;
}

enum rc print_acts_stop(struct print *print)
{
	print_set(print->view, "reason", print->act, "reason");
	show_signer(print);
	return RC_OK;
}

/* ---- result returned ---- */

static enum rc show_results(struct print *print)
{
	struct dossier_result *results = NULL;
	size_t count = 0;
	enum rc rc = dossier_results(print->web->store, view_pool(print->view), &print->row, &results,
			&count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(print->view, "results");

		view_int(item, "no", (int64_t)i + 1);
		view_set(item, "result_kind", results[i].kind);
		view_set(item, "result_number", results[i].number);
		view_set(item, "result_summary", results[i].summary);
		view_set(item, "result_issuer", results[i].issuer);
		view_set(item, "signed_on", show_birth(view_pool(item), results[i].signed_on));
	}
	return rc;
}

/* Signed on the tablet: the strokes as they were drawn. */
static void show_ink(struct view *view, const char *ink)
{
	int64_t drawn;
	char *path;

	if (ink[0] != '\0' && ink_read(view_pool(view), ink, strlen(ink), &path, &drawn) == RC_OK)
		view_set(view, "ink", path);
}

enum rc print_acts_return(struct print *print)
{
	struct view *view = print->view;
	struct pool *pool = view_pool(view);
	const json_t *receiver = json_object_get(print->act, "receiver");
	const char *proof = json_text(print->act, "proof");
	const char *signature = json_text(print->act, "signature");

	view_set(view, "returned", show_time_paper(pool, json_int(print->act, "returned_at", 0)));
	print_set(view, "receiver_name", receiver, "name");
	print_set(view, "receiver_number", receiver, "number");
	print_set(view, "receiver_phone", receiver, "phone");
	print_set(view, "receiver_relation", receiver, "relation");
	print_set(view, "receiver_authorisation", receiver, "authorisation");
	print_set(view, "witness", print->act, "witness");
	show_ink(view, json_text(print->act, "ink"));
	view_flag(view, "originals_back", json_flag(print->act, "originals_returned"));
	view_flag(view, "slip_back", json_flag(print->act, "slip_taken"));
	view_flag(view, "fingerprint", strcmp(signature, "fingerprint") == 0);
	if (text_known(pool_printf(pool, "proof.%s", proof)))
		view_set(view, "proof", text_get(pool_printf(pool, "proof.%s", proof)));
	return show_results(print);
}

/* ---- money ---- */

/* Cancelled: the number stays, the paper says so. */
static bool is_cancelled(const struct print *print)
{
	const char *number = json_text(json_object_get(print->act, "receipt"), "number");
	bool cancelled = false;

	for (size_t i = 0; i < print->count; i++) {
		const struct event *event = &print->rows[i].event;
		json_t *body = NULL;

		if (strcmp(event->kind, "receipt.cancelled") != 0 || event->body == NULL ||
				json_parse(event->body, event->body_len, &body) != RC_OK)
			continue;
		cancelled = cancelled || strcmp(json_text(json_object_get(body, "receipt"), "number"),
				number) == 0;
		json_decref(body);
	}
	return cancelled;
}

static void show_fees(struct view *view, const json_t *fees)
{
	for (size_t i = 0; i < json_array_size(fees); i++) {
		const json_t *fee = json_array_get(fees, i);
		struct view *item = view_item(view, "fees");

		print_set(item, "fee_name", fee, "name");
		view_set(item, "fee_amount", show_money(view_pool(item), json_int(fee, "amount", 0)));
	}
}

enum rc print_acts_receipt(struct print *print)
{
	struct view *view = print->view;
	struct pool *pool = view_pool(view);
	const json_t *act = print->act, *receipt = json_object_get(act, "receipt");
	const json_t *collector = json_object_get(act, "collector");
	int64_t total = json_int(act, "total", 0);

	for (int i = 1; i <= RECEIPT_COPIES; i++) {
		struct view *copy = view_item(view, "copies");

		view_int(copy, "copy_no", i);
		view_set(copy, "copy_name", text_get(pool_printf(pool, "print.receipt.copy_%d", i)));
	}
	view_set(view, "collector", pool_strdup(pool, json_text(collector, "name")[0] != '\0' ?
			json_text(collector, "name") : json_text(act, "collector_unit")[0] != '\0' ?
			json_text(act, "collector_unit") : print->web->settings->agency_name));
	print_set(view, "collector_tax", collector, "tax_code");
	print_set(view, "collector_address", collector, "address");
	print_set(view, "receipt_form", receipt, "form");
	print_set(view, "serial", receipt, "serial");
	if (json_text(act, "payer")[0] != '\0')
		print_set(view, "payer", act, "payer");
	else
		view_set(view, "payer", print->row.applicant);
	print_set(view, "payer_address", act, "payer_address");
	print_set(view, "payer_tax", act, "payer_tax_code");
	print_set(view, "exempt", act, "exempt");
	view_set(view, "method", text_get(pool_printf(pool, "print.method.%s",
			json_text(act, "method"))));
	view_set(view, "total", show_money(pool, total));
	view_set(view, "total_words", show_money_words(pool, total));
	view_set(view, "date", show_date_paper(pool, json_int(act, "collected_at", 0)));
	view_flag(view, "cancelled", is_cancelled(print));
	show_fees(view, json_object_get(act, "fees"));
	return RC_OK;
}
