/*
 * cert_sign.c: the signer gave the tray back: signed, numbered and finished, the whole tray in one
 * commit; and handing out. A number is given here and nowhere else, so that the book has no gap.
 */
#include <string.h>

#include "base/encode.h"
#include "crypt/random.h"
#include "intake/cert.h"
#include "store/account.h"
#include "store/book.h"
#include "web/text_vi.h"

#define AT_ONCE 150

/* One dossier of the tray while it is written. */
struct signing {
	struct web *web;
	struct request *request;
	const struct dossier_row *row;
	struct account signer;
	enum book_kind kind;
	const char *batch;
	json_t *results;
	const char *reason;
};

static enum rc append(struct signing *signing, const char *kind, json_t *body)
{
	struct event event;
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = signing->row->id, .kind = kind,
		.actor = signing->request->session->account.id, .body = body };
	enum rc rc;

	json_put(body, "batch", signing->batch);
	rc = act_append(signing->web->store, &act, &event, &signing->reason);
	json_decref(body);
	return rc;
}

static void add_result(struct signing *signing, const struct book_entry *entry)
{
	struct pool *pool = signing->request->pool;
	json_t *result = json_new_object();
	char day[24];

	when_iso_minute(signing->request->now_ms, day);
	day[10] = '\0';
	json_put(result, "kind", text_get(pool_printf(pool, "cert.result.%s",
			book_kind_name(signing->kind))));
	json_put(result, "number", pool_printf(pool, "%02lld, %s-%s", (long long)entry->number,
			entry->book_no, entry->symbol));
	json_put(result, "summary", entry->name);
	json_put(result, "issuer", signing->web->settings->parent_name);
	json_put(result, "signer", signing->signer.name);
	json_put(result, "signer_title", signing->signer.title);
	json_put(result, "signed_on", day);
	json_add(signing->results, result);
}

static enum rc number(struct signing *signing, const struct cert_row *row, bool electronic)
{
	int64_t parts = row->copies + (row->electronic ? 1 : 0);
	int64_t one = parts > 0 ? row->amount_dong / parts : 0;
	struct book_signed paper = { .actor = signing->request->session->account.id,
		.kind = book_kind_name(signing->kind), .medium = electronic ? "electronic" : "paper",
		.dossier = signing->row->id, .requester = signing->row->applicant,
		.requester_number = signing->row->applicant_number, .name = row->name,
		.pages = row->pages, .copies = electronic ? 1 : row->copies,
		.amount = electronic ? one : row->amount_dong - (row->electronic ? one : 0),
		.signer_name = signing->signer.name, .signer_title = signing->signer.title,
		.signed_at = signing->request->now_ms, .batch = signing->batch };
	struct book_entry entry;
	enum rc rc = book_number(signing->web->store, signing->request->pool, &paper, &entry,
			&signing->reason);

	if (rc == RC_OK)
		add_result(signing, &entry);
	return rc;
}

static enum rc number_all(struct signing *signing)
{
	struct cert_row rows[CERT_ROWS];
	json_t *accepted = NULL;
	size_t count;
	enum rc rc = dossier_body(signing->web->store, signing->row, &accepted);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	count = cert_rows_get(signing->request->pool, accepted, signing->row->content,
			signing->row->fee_total, rows);
	json_decref(accepted);
	rc = RC_OK;
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		if (rows[i].copies > 0)
			rc = number(signing, &rows[i], false);
		if (rc == RC_OK && rows[i].electronic)
			rc = number(signing, &rows[i], true);
	}
	return rc;
}

/* Who signs: the account that has it; once signed, or when the account is gone, the event says. */
static enum rc find_signer(struct signing *signing)
{
	struct pool *pool = signing->request->pool;
	const struct dossier_row *row = signing->row;
	bool before = row->facts.state == STATE_SIGNED;
	json_t *body;
	enum rc rc = RC_NOT_FOUND;

	if (!before)
		rc = account_by_id(signing->web->store, pool, row->assignee, &signing->signer);
	if (rc != RC_NOT_FOUND)
		return rc;
	body = dossier_last_body(signing->web, pool, row, before ? "dossier.signed" :
			"dossier.sent_to_sign");
	memset(&signing->signer, 0, sizeof(signing->signer));
	signing->signer.name = pool_strdup(pool, json_text(body, "signer_name"));
	signing->signer.title = pool_strdup(pool, json_text(body, "signer_title"));
	json_decref(body);
	if (signing->signer.name[0] == '\0')
		signing->signer.name = text_get("cert.signer_unknown");
	return RC_OK;
}

static enum rc sign_one(struct signing *signing)
{
	struct request *request = signing->request;
	const struct dossier_row *row = signing->row;
	json_t *body;
	enum rc rc = find_signer(signing);

	if (rc == RC_OK && row->facts.state == STATE_SIGNING) {
		body = json_new_object();
		json_put(body, "signer", signing->signer.id);
		json_put(body, "signer_name", signing->signer.name);
		json_put(body, "signer_title", signing->signer.title);
		json_put_int(body, "signed_at", request->now_ms);
		json_put_flag(body, "on_paper", true);
		rc = append(signing, "dossier.signed", body);
	}
	signing->results = json_new_array();
	if (rc == RC_OK)
		rc = number_all(signing);
	if (rc != RC_OK) {
		json_decref(signing->results);
		return rc;
	}
	body = json_new_object();
	json_put_value(body, "results", signing->results);
	json_put_int(body, "decided_at", request->now_ms);
	return append(signing, "dossier.finished", body);
}

/* All that were ticked and still wait; somebody else's are passed over. *at: the last one tried. */
static enum rc sign_all(struct web *web, struct request *request, size_t *done, const char **reason,
		struct dossier_row *at)
{
	char batch[33];
	enum rc rc = RC_OK;

	random_hex(16, batch);
	*done = 0;
	for (size_t i = 0; i < AT_ONCE && rc == RC_OK; i++) {
		const char *id = form_raw_at(request->form, "pick[]", i);
		struct signing signing = { .web = web, .request = request, .batch = batch };
		struct dossier_row row;

		if (id == NULL)
			break;
		rc = dossier_find(web->store, request->pool, NULL, id, &row);
		if (rc == RC_NOT_FOUND) {
			rc = RC_OK;
			continue;
		}
		if (rc != RC_OK || (row.facts.state != STATE_SIGNING && row.facts.state != STATE_SIGNED) ||
				row.facts.holder != HOLDER_BOARD ||
				book_kind_of(row.procedure, &signing.kind) != RC_OK)
			continue;
		signing.row = &row;
		rc = sign_one(&signing);
		*reason = signing.reason;
		*at = row;
		(*done)++;
	}
	return rc;
}

/* Claims the form; true: go on, inside a write. False: the answer is complete, or *rc says why not. */
static bool begin(struct web *web, struct request *request, struct response *response, enum rc *rc)
{
	char *first = NULL;

	*rc = store_begin(web->store, false);
	if (*rc != RC_OK)
		return false;
	*rc = form_claim(web->store, request->pool, form_raw(request->form, "form_id"), &first);
	if (*rc == RC_OK)
		return true;
	store_abort(web->store);
	if (*rc == RC_EXISTS) {
		response_see_other(response, first);
		*rc = RC_OK;
	}
	return false;
}

static enum rc end(struct web *web, struct request *request, struct response *response, enum rc rc,
		const char *location)
{
	if (rc == RC_OK)
		rc = form_done(web->store, form_raw(request->form, "form_id"), location);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc page_cert_sign(struct web *web, struct request *request, struct response *response)
{
	struct dossier_row at = { 0 };
	const char *reason = NULL;
	size_t done = 0;
	enum rc rc;

	if (form_raw(request->form, "pick[]")[0] == '\0') {
		response_see_other(response, "/chung-thuc/khay?bao=trong");
		return RC_OK;
	}
	if (!begin(web, request, response, &rc))
		return rc;
	rc = sign_all(web, request, &done, &reason, &at);
	rc = end(web, request, response, rc, done == 0 ? "/chung-thuc/khay?bao=truoc" :
			"/chung-thuc/khay#da-vao-so");
	if (rc == RC_CONFLICT) {
		struct view *view = view_new(request->pool);

		view_set(view, "title", text_get("cert.not_signed"));
		view_set(view, "reason", text_get(reason != NULL ? reason : "act.seen"));
		if (at.code != NULL)
			dossier_show_row(view, &at, request->now_ms);
		response->status = 409;
		rc = web_page(web, request, response, "intake/cert_conflict", view);
	}
	return rc;
}

/* ---- handing out ---- */

static enum rc collect(struct signing *signing)
{
	const struct dossier_row *row = signing->row;
	json_t *body, *accepted = NULL, *fees;
	enum rc rc;

	if (row->fee_total <= row->fee_paid)
		return RC_OK;
	rc = dossier_body(signing->web->store, row, &accepted);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	body = json_new_object();
	fees = json_deep_copy(json_object_get(accepted, "fees"));
	json_decref(accepted);
	if (fees == NULL) {
		json_t *fee = json_new_object();

		fees = json_new_array();
		json_put(fee, "id", "phi");
		json_put(fee, "name", row->procedure_name);
		json_put_int(fee, "amount", row->fee_total - row->fee_paid);
		json_add(fees, fee);
	}
	json_put_value(body, "fees", fees);
	json_put_int(body, "total", row->fee_total - row->fee_paid);
	json_put(body, "method", "cash");
	json_put_int(body, "collected_at", signing->request->now_ms);
	return append(signing, "fee.collected", body);
}

enum rc page_cert_return(struct web *web, struct request *request, struct response *response)
{
	char batch[33];
	struct signing signing = { .web = web, .request = request, .batch = batch };
	struct dossier_row row;
	json_t *body, *receiver;
	enum rc rc;

	random_hex(16, batch);
	if (!begin(web, request, response, &rc))
		return rc;
	rc = dossier_find(web->store, request->pool, NULL, form_raw(request->form, "dossier"), &row);
	if (rc == RC_OK && row.facts.state != STATE_RESULT)
		return end(web, request, response, RC_OK, "/chung-thuc/khay?bao=truoc");
	signing.row = &row;
	if (rc == RC_OK)
		rc = collect(&signing);
	if (rc == RC_OK) {
		body = json_new_object();
		receiver = json_new_object();
		json_put_flag(receiver, "self", true);
		json_put(receiver, "name", row.applicant);
		json_put_int(body, "returned_at", request->now_ms);
		json_put_value(body, "receiver", receiver);
		json_put(body, "way", "counter");
		rc = append(&signing, "dossier.result_returned", body);
	}
	return end(web, request, response, rc, "/chung-thuc/khay#da-vao-so");
}
