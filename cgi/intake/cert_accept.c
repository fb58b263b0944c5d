/*
 * cert_accept.c: from the till's form to the accepted event: what is still wrong, and the body.
 */
#include <string.h>

#include "base/when.h"
#include "intake/cert_till.h"
#include "store/book.h"
#include "store/collector.h"
#include "store/draft.h"
#include "web/text_vi.h"

const struct field cert_accept_fields[] = {
	{ "name", FIELD_LINE, true, 2, 160, NULL, "cert.name" },
	{ "number", FIELD_LINE, false, 6, 30, NULL, "cert.number" },
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "cert.phone" },
	{ "return", FIELD_CHOICE, true, 0, 0, "now|agreed", "cert.return" },
	{ "agreed_at", FIELD_TIME, false, 0, 0, NULL, "cert.agreed_at" },
	{ "written", FIELD_FLAG, false, 0, 0, NULL, "cert.written" },
	{ "pay", FIELD_CHOICE, true, 0, 0, "cash|transfer|later|exempt", "cert.pay" },
	{ "ground", FIELD_LINE, false, 3, 200, NULL, "cert.ground" },
	{ "outside", FIELD_LINE, false, 3, 160, NULL, "cert.outside" },
	{ "signer", FIELD_LINE, true, 0, 48, NULL, "cert.signer" },
};
const size_t cert_accept_field_count =
		sizeof(cert_accept_fields) / sizeof(cert_accept_fields[0]);

/* Both books must be open before the citizen pays for a number out of them. */
static enum rc check_books(struct till *till)
{
	struct when_local now;
	struct book_row book;
	enum book_kind kind;
	bool paper = false, electronic = false;
	enum rc rc = book_kind_of(till->work->procedure, &kind);

	when_to_local(till->request->now_ms, &now);
	for (size_t i = 0; i < till->count; i++) {
		paper = paper || till->rows[i].copies > 0;
		electronic = electronic || till->rows[i].electronic;
	}
	for (int medium = 0; medium < 2 && rc == RC_OK; medium++) {
		const char *name = medium == 0 ? "paper" : "electronic";

		if (!(medium == 0 ? paper : electronic))
			continue;
		rc = book_open_one(till->web->store, till->request->pool, book_kind_name(kind), name,
				now.year, &book);
		if (rc == RC_NOT_FOUND)
			rc = book_open_one(till->web->store, till->request->pool,
					book_kind_name(kind), name, now.year - 1, &book);
		if (rc == RC_NOT_FOUND) {
			form_fault(till->form, "work", medium == 0 ? "cert.no_book" :
					"cert.no_electronic_book");
			rc = RC_OK;
		}
	}
	return rc;
}

static void check_return(struct till *till)
{
	struct form *form = till->form;
	struct due *due = pool_alloc(till->request->pool, sizeof(*due));
	struct limit limit = { .unit = LIMIT_WORKING_DAYS, .quarters = 8 };

	if (strcmp(form_text(form, "return"), "agreed") != 0) {
		/* Many pages: asked once, then it is as the clerk says. */
		till->ask_later = till->pages > till->web->settings->cert_many_pages &&
				form_raw(form, "asked")[0] == '\0';
		if (till->ask_later)
			form_fault(form, "return", "cert.many_pages");
		return;
	}
	if (form_text(form, "agreed_at")[0] == '\0' ||
			when_parse_local(form_text(form, "agreed_at"), &till->agreed_at) != RC_OK) {
		form_fault(form, "agreed_at", "cert.need_agreed");
		return;
	}
	if (till->agreed_at <= till->request->now_ms) {
		form_fault(form, "agreed_at", "cert.agreed_past");
		return;
	}
	/* NĐ 23/2015 Điều 21: at most two working days, longer only by written agreement. */
	if (due_count(&intake_of(till->web)->calendar, &limit, till->request->now_ms,
			till->request->pool, due) == RC_OK && till->agreed_at > due->due_at &&
			!form_flag(form, "written"))
		form_fault(form, "written", "cert.need_written");
}

static enum rc check_signer(struct till *till)
{
	const char *id = form_text(till->form, "signer");
	enum rc rc = RC_OK;

	memset(&till->signer, 0, sizeof(till->signer));
	if (id[0] != '\0')
		rc = account_by_id(till->web->store, till->request->pool, id, &till->signer);
	if (rc == RC_NOT_FOUND || (rc == RC_OK && id[0] != '\0' &&
			(!(till->signer.roles & ROLE_SIGNER) || till->signer.locked))) {
		form_fault(till->form, "signer", "cert.need_signer");
		rc = RC_OK;
	}
	return rc;
}

/* Cash is taken with a receipt's number; transfers get theirs when a person has seen the money. */
static enum rc check_numbers(struct till *till)
{
	struct collector collector;
	struct collector_range range;
	struct when_local now;
	bool issues = false;
	int64_t left = 0;
	enum rc rc;

	if (strcmp(form_text(till->form, "pay"), "cash") != 0 || till->total == 0)
		return RC_OK;
	rc = collector_default(till->web->store, till->request->pool, &collector);
	when_to_local(till->request->now_ms, &now);
	if (rc == RC_OK)
		rc = collector_range_next(till->web->store, till->request->pool, collector.id, now.year,
				&range, &issues, &left);
	if (rc == RC_NOT_FOUND && issues)
		form_fault(till->form, "pay", "pay.range_empty");
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc cert_accept_check(struct till *till)
{
	struct form *form = till->form;
	enum rc rc = form_check(form, cert_accept_fields, cert_accept_field_count);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (till->procedure == NULL)
		form_fault(form, "work", "cert.switched_off");
	if (till->work->needs_number && form_raw(form, "number")[strspn(form_raw(form, "number"),
			" \t")] == '\0')
		form_fault(form, "number", "cert.need_number");
	if (strcmp(form_text(form, "pay"), "exempt") == 0 && form_text(form, "ground")[0] == '\0')
		form_fault(form, "ground", "cert.need_ground");
	if (till->count == 0 && !form_has_faults(form)) {
		till->faults[1] = text_get("cert.need_paper");
		form_fault(form, "paper_1", "cert.need_paper");
	}
	check_return(till);
	rc = check_signer(till);
	if (rc == RC_OK)
		rc = check_books(till);
	if (rc == RC_OK)
		rc = check_numbers(till);
	return rc == RC_OK && form_has_faults(form) ? RC_INVALID : rc;
}

static json_t *procedure_json(const struct till *till)
{
	const struct settings *settings = till->web->settings;
	const struct procedure *procedure = till->procedure;
	json_t *out = json_new_object();

	json_put(out, "code", procedure->code);
	json_put(out, "name", procedure->name);
	json_put(out, "catalogue", intake_of(till->web)->catalogue.version);
	json_put(out, "case", till->chosen->id);
	json_put(out, "case_name", till->chosen->name);
	json_put(out, "level", "commune");
	json_put(out, "unit", procedure->unit[0] != '\0' ? procedure->unit : settings->parent_name);
	json_put(out, "agency", procedure->agency[0] != '\0' ? procedure->agency : settings->agency_id);
	json_put(out, "limit", limit_format(till->request->pool, &till->chosen->limit));
	json_put(out, "field", procedure->field);
	return out;
}

static enum rc due_json(struct till *till, json_t **out)
{
	struct due *due = pool_alloc(till->request->pool, sizeof(*due));
	const struct calendar *calendar = &intake_of(till->web)->calendar;
	enum rc rc;

	*out = NULL;
	rc = due_count(calendar, &till->chosen->limit, till->request->now_ms, till->request->pool, due);
	if (rc != RC_OK)
		return rc;
	*out = json_new_object();
	json_put_flag(*out, "has", true);
	json_put_int(*out, "at", till->agreed_at > 0 ? till->agreed_at : due->due_at);
	json_put_flag(*out, "certain", till->agreed_at > 0 || due->certain);
	json_put(*out, "calendar", calendar->version);
	return RC_OK;
}

static json_t *applicant_json(const struct till *till)
{
	const char *number = form_text(till->form, "number"), *phone = form_text(till->form, "phone");
	json_t *out = json_new_object();

	json_put(out, "type", "person");
	json_put(out, "name", form_text(till->form, "name"));
	json_put(out, "number", number);
	json_put(out, "doc_type", number[0] == '\0' ? "none" : strlen(number) == 12 &&
			strspn(number, "0123456789") == 12 ? "cccd" : "passport");
	json_put(out, "phone", phone);
	if (phone[0] == '\0')
		json_put_flag(out, "no_phone", true);
	return out;
}

/* Nothing to pay, paid now, later, or exempt on a ground that stands with each line. */
static void put_payment(const struct till *till, json_t *body)
{
	const char *pay = form_text(till->form, "pay");
	json_t *fees = json_object_get(body, "fees");
	bool exempt = strcmp(pay, "exempt") == 0;

	json_put(body, "fee_state", till->total == 0 ? "none" : exempt ? "exempt" :
			strcmp(pay, "cash") == 0 ? "paid" :
			strcmp(pay, "transfer") == 0 ? "unpaid" : "later");
	for (size_t i = 0; exempt && i < json_array_size(fees); i++)
		json_put(json_array_get(fees, i), "exempt", form_text(till->form, "ground"));
}

enum rc cert_accept(struct till *till, struct response *response)
{
	struct request *request = till->request;
	struct form *form = till->form;
	const char *actor = request->session->account.id, *reason = NULL;
	bool agreed = till->agreed_at > 0, transfer = till->total > 0 &&
			strcmp(form_text(form, "pay"), "transfer") == 0;
	json_t *body = json_new_object(), *sign = json_new_object(), *due, *way = json_new_object();
	char *location = NULL;
	enum rc rc;

	json_put_value(body, "procedure", procedure_json(till));
	json_put_value(body, "applicant", applicant_json(till));
	json_put(body, "channel", form_text(form, "outside")[0] != '\0' ? "outside" : "counter");
	json_put(body, "outside_place", form_text(form, "outside"));
	json_put_int(body, "received_at", request->now_ms);
	cert_rows_put(request->pool, body, till->chosen, text_get(pool_printf(request->pool,
			"cert.work.%s", till->work->id)), strcmp(till->work->id, "copy") == 0, till->rows,
			till->count);
	put_payment(till, body);
	json_put(way, "way", "counter");
	json_put_value(body, "delivery", way);
	json_put(body, "counter", request->session->counter);
	json_put_int(body, "sets", 1);
	if (agreed && form_flag(form, "written"))
		json_put_flag(body, "agreed_due", true);
	if (!agreed)
		json_put_flag(body, "at_once", true);
	rc = due_json(till, &due);
	if (rc == RC_OK) {
		json_put_value(body, "due", due);
		json_put(sign, "signer", till->signer.id);
		json_put(sign, "signer_name", till->signer.name);
		json_put(sign, "signer_title", till->signer.title);
		rc = draft_accept_now(till->web->store, request->pool, form_raw(form, "form_id"), actor,
				body, sign, agreed ? "/ho-so/*/xong" : transfer ? "/ho-so/*/thu-tien" :
				"/chung-thuc/khay?moi=*", &location, &reason);
	}
	json_decref(body);
	json_decref(sign);
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, location);
		return RC_OK;
	}
	return rc;
}
