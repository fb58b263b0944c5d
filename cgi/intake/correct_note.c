/*
 * correct_note.c: a lost slip and its successor (/mat-giay-hen) with the pledge that is signed for
 * it (/cam-ket), the code of another system (/ma-khac), a call to the citizen (/goi).
 */
#include "intake/correct.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "dossier/code.h"
#include "intake/print.h"
#include "store/journal.h"
#include "web/show.h"
#include "web/text_vi.h"

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

static const struct field slip_fields[] = {
	{ "identity", FIELD_FLAG, false, 0, 0, NULL, "correct.identity" },
	{ "pledge", FIELD_FLAG, false, 0, 0, NULL, "correct.pledge" },
	{ "reason", FIELD_LINE, true, 3, 200, NULL, "correct.reason" },
};

static enum rc slip_facts(struct correct *c)
{
	correct_fact(c, "dossier.number", c->row.applicant_number);
	correct_fact(c, "dossier.submitter", c->row.submitter);
	view_set(c->view, "pledge_url", dossier_show_url(c->request->pool, &c->row, "/cam-ket"));
	return RC_OK;
}

static const char *slip_initial(struct correct *c, const char *name)
{
	(void)c;
	return strcmp(name, "reason") == 0 ? text_get("correct.slip.reason") : "";
}

static enum rc slip_check(struct correct *c)
{
	struct form *form = c->request->form;

	if (!form_flag(form, "identity"))
		form_fault(form, "identity", "correct.identity_missing");
	if (!form_flag(form, "pledge"))
		form_fault(form, "pledge", "correct.pledge_missing");
	return RC_OK;
}

static enum rc slip_body(struct correct *c, json_t *body)
{
	json_put_int(body, "old_no", c->row.slip_no);
	json_put(body, "reason", form_text(c->request->form, "reason"));
	json_put_flag(body, "pledge", true);
	return correct_new_slip(c, body);
}

enum rc page_lost_slip(struct web *web, struct request *request, struct response *response)
{
	static const struct correction lost = { .key = "lost_slip", .kind = "slip.replaced",
		.fields = slip_fields, .count = COUNT(slip_fields), .facts = slip_facts,
		.initial = slip_initial, .check = slip_check, .body = slip_body,
		.leads_to = "/giay-hen" };

	return correct_run(web, request, response, &lost);
}

/* How often it came out before, for the count of reprints. */
static enum rc pledges_before(struct web *web, struct pool *pool, const struct dossier_row *row,
		int64_t *count)
{
	struct journal_row *rows = NULL;
	size_t total = 0;
	enum rc rc = journal_subject(web->store, pool, row->board, row->id, &rows, &total);

	*count = 0;
	for (size_t i = 0; rc == RC_OK && i < total; i++) {
		json_t *body = NULL;

		if (strcmp(rows[i].event.kind, "paper.printed") != 0 || rows[i].event.body == NULL ||
				json_parse(rows[i].event.body, rows[i].event.body_len, &body) != RC_OK)
			continue;
		*count += strcmp(json_text(body, "paper"), "pledge") == 0;
		json_decref(body);
	}
	return rc;
}

/* It came out of the printer, or was written by hand: on to the new slip. */
static enum rc pledge_printed(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, int64_t before)
{
	char *location = dossier_show_url(request->pool, row, "/mat-giay-hen");
	json_t *body = json_new_object();
	enum rc rc;

	json_put(body, "paper", "pledge");
	if (form_raw(request->form, "by_hand")[0] != '\0')
		json_put_flag(body, "handwritten", true);
	else
		json_put_int(body, "copy", before);
	rc = print_note(web, request, SUBJECT_DOSSIER, row->id, "paper.printed", body, &location);
	json_decref(body);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc page_pledge(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	json_t *body = NULL;
	const json_t *applicant;
	int64_t before = 0;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = pledges_before(web, request->pool, &row, &before);
	if (rc == RC_OK && request->method == METHOD_POST)
		return pledge_printed(web, request, response, &row, before);
	if (rc == RC_OK)
		rc = dossier_body(web->store, &row, &body);
	if (rc != RC_OK)
		return rc;
	applicant = json_object_get(body, "applicant");
	view_set(view, "title", text_get("pledge.title"));
	view_set(view, "heading", text_upper(request->pool, text_get("pledge.title")));
	view_set(view, "name", json_text(applicant, "name"));
	view_set(view, "number", json_text(applicant, "number"));
	view_set(view, "address", json_text(applicant, "address"));
	view_set(view, "phone", json_text(applicant, "phone"));
	view_set(view, "code", row.official[0] != '\0' ? row.official : row.code);
	view_set(view, "procedure", row.procedure_name);
	view_set(view, "received", show_time_paper(request->pool, row.received_at));
	view_set(view, "point_name", web->settings->point_name);
	view_set(view, "place_name", web->settings->place_name);
	view_set(view, "date", show_date_paper(request->pool, request->now_ms));
	print_bar(request, view, dossier_show_url(request->pool, &row, "/cam-ket"),
			dossier_show_url(request->pool, &row, "/mat-giay-hen"), before);
	rc = web_page(web, request, response, "print/pledge", view);
	json_decref(body);
	return rc;
}

static const struct field external_fields[] = {
	{ "system", FIELD_LINE, true, 2, 80, NULL, "correct.system" },
	{ "code", FIELD_LINE, true, 5, 60, NULL, "correct.code" },
};

/* What the other system's form asks, to be copied from here. */
static enum rc external_facts(struct correct *c)
{
	const json_t *applicant, *procedure;
	enum rc rc = correct_accepted(c);

	if (rc == RC_NOT_FOUND)
		return RC_OK;		/* erased: the number alone can be written */
	if (rc != RC_OK)
		return rc;
	applicant = json_object_get(c->accepted, "applicant");
	procedure = json_object_get(c->accepted, "procedure");
	correct_fact(c, "correct.copy_procedure", json_text(procedure, "code"));
	correct_fact(c, "act.return.name", json_text(applicant, "name"));
	correct_fact(c, "dossier.number", json_text(applicant, "number"));
	correct_fact(c, "correct.birth", json_text(applicant, "birth")[0] != '\0' ?
			show_birth(c->request->pool, json_text(applicant, "birth")) : "");
	correct_fact(c, "dossier.address", json_text(applicant, "address"));
	correct_fact(c, "dossier.phone", json_text(applicant, "phone"));
	correct_fact(c, "dossier.content", c->row.content);
	correct_fact(c, "dossier.received", show_time_screen(c->request->pool, c->row.received_at));
	correct_fact(c, "dossier.external", c->row.external);
	return RC_OK;
}

static const char *external_initial(struct correct *c, const char *name)
{
	const json_t *procedure;

	if (strcmp(name, "system") != 0 || correct_accepted(c) != RC_OK)
		return "";
	procedure = json_object_get(c->accepted, "procedure");
	return json_text(procedure, "target_system");
}

/* A code of our own is no code of another system. */
static enum rc external_check(struct correct *c)
{
	struct form *form = c->request->form;
	struct code code;

	if (code_parse(c->request->pool, form_text(form, "code"), &code) != RC_OK)
		form_fault(form, "code", "correct.code_wrong");
	else if (code.variant == CODE_PROVISIONAL)
		form_fault(form, "code", "correct.code_own");
	return RC_OK;
}

static enum rc external_body(struct correct *c, json_t *body)
{
	json_put(body, "system", form_text(c->request->form, "system"));
	json_put(body, "code", text_upper(c->request->pool, form_text(c->request->form, "code")));
	return RC_OK;
}

enum rc page_external(struct web *web, struct request *request, struct response *response)
{
	static const struct correction external = { .key = "external", .kind = "code.external",
		.fields = external_fields, .count = COUNT(external_fields), .facts = external_facts,
		.initial = external_initial, .check = external_check, .body = external_body };

	return correct_run(web, request, response, &external);
}

static const struct field call_fields[] = {
	{ "outcome", FIELD_CHOICE, true, 0, 0, "called|no_answer|appointment|wrong_number|message",
	  "correct.outcome" },
	{ "appointment_at", FIELD_TIME, false, 0, 0, NULL, "correct.appointment_at" },
	{ "text", FIELD_LINES, false, 0, 500, NULL, "act.note_label" },
};

static enum rc call_facts(struct correct *c)
{
	correct_fact(c, "dossier.phone", c->row.phone);
	return RC_OK;
}

static const char *call_initial(struct correct *c, const char *name)
{
	if (strcmp(name, "outcome") != 0)
		return "";
	return strcmp(request_query(c->request, "kq"), "appointment") == 0 ? "appointment" : "called";
}

static enum rc call_check(struct correct *c)
{
	struct form *form = c->request->form;
	bool meets = strcmp(form_text(form, "outcome"), "appointment") == 0;
	int64_t at_ms = 0;

	if (form_text(form, "appointment_at")[0] == '\0') {
		if (meets)
			form_fault(form, "appointment_at", "correct.appointment_missing");
	} else if (when_parse_local(form_text(form, "appointment_at"), &at_ms) != RC_OK ||
			at_ms <= c->request->now_ms) {
		form_fault(form, "appointment_at", "correct.due_past");
	}
	return RC_OK;
}

static enum rc call_body(struct correct *c, json_t *body)
{
	struct form *form = c->request->form;
	int64_t at_ms = 0;

	json_put(body, "outcome", form_text(form, "outcome"));
	if (form_text(form, "appointment_at")[0] != '\0' &&
			when_parse_local(form_text(form, "appointment_at"), &at_ms) == RC_OK)
		json_put_int(body, "appointment_at", at_ms);
	json_put(body, "text", form_text(form, "text"));
	return RC_OK;
}

enum rc page_call(struct web *web, struct request *request, struct response *response)
{
	static const struct correction call = { .key = "call", .kind = "call.noted",
		.fields = call_fields, .count = COUNT(call_fields), .facts = call_facts,
		.initial = call_initial, .check = call_check, .body = call_body };

	return correct_run(web, request, response, &call);
}
