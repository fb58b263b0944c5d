/*
 * act_return.c: the result into its people's hands (/tra): to whom, on what proof, how they signed
 * for it (DOMAIN 1.3 step 14). A slip lost: the card, and the pledge that is signed for it.
 */
#include <string.h>

#include "intake/intake.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "receiver", FIELD_CHOICE, true, 0, 0, "applicant|submitter|other", "act.return.receiver" },
	{ "name", FIELD_LINE, false, 0, 120, NULL, "act.return.name" },
	{ "number", FIELD_ID_NUMBER, false, 0, 0, NULL, "act.return.number" },
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "act.return.phone" },
	{ "relation", FIELD_LINE, false, 0, 80, NULL, "act.return.relation" },
	{ "authorisation", FIELD_LINE, false, 0, 160, NULL, "act.return.authorisation" },
	{ "proof", FIELD_CHOICE, true, 0, 0, "slip|card|authorisation|pledge", "act.return.proof" },
	{ "signature", FIELD_CHOICE, true, 0, 0, "paper|fingerprint|witness", "act.return.signature" },
	{ "witness", FIELD_LINE, false, 0, 120, NULL, "act.return.witness" },
	{ "slip_taken", FIELD_FLAG, false, 0, 0, NULL, "act.return.slip_taken" },
	{ "originals_returned", FIELD_FLAG, false, 0, 0, NULL, "act.return.originals" },
	{ "note", FIELD_LINES, false, 0, 1000, NULL, "act.note_label" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* What one field demands of another. */
static enum rc check_more(struct form *form)
{
	if (strcmp(form_text(form, "receiver"), "other") == 0) {
		if (form_text(form, "name")[0] == '\0')
			form_fault(form, "name", "act.return.name_missing");
		if (form_text(form, "number")[0] == '\0')
			form_fault(form, "number", "act.return.number_missing");
	}
	if (strcmp(form_text(form, "proof"), "authorisation") == 0 &&
			form_text(form, "authorisation")[0] == '\0')
		form_fault(form, "authorisation", "act.return.authorisation_missing");
	if (strcmp(form_text(form, "signature"), "witness") == 0 && form_text(form, "witness")[0] == '\0')
		form_fault(form, "witness", "act.return.witness_missing");
	return form_has_faults(form) ? RC_INVALID : RC_OK;
}

/* Copies a text member that is there. */
static void copy(json_t *to, const json_t *from, const char *key)
{
	json_put(to, key, json_text(from, key));
}

static json_t *receiver_of(const struct form *form, const struct dossier_row *row,
		const json_t *accepted)
{
	static const char *const typed[] = { "name", "number", "phone", "relation", "authorisation" };
	const json_t *submitter = json_object_get(accepted, "submitter");
	const char *who = form_text(form, "receiver");
	json_t *receiver = json_new_object();

	json_put_flag(receiver, "self", strcmp(who, "applicant") == 0);
	if (strcmp(who, "applicant") == 0) {
		json_put(receiver, "name", row->applicant);
	} else if (strcmp(who, "submitter") == 0) {
		for (size_t i = 0; i < 4; i++)
			copy(receiver, submitter, typed[i]);
		if (json_text(receiver, "name")[0] == '\0')
			json_put(receiver, "name", row->submitter);
		json_put(receiver, "authorisation", form_text(form, "authorisation"));
	} else {
		for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
			json_put(receiver, typed[i], form_text(form, typed[i]));
	}
	return receiver;
}

static enum rc hand_out(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const json_t *accepted)
{
	struct form *form = request->form;
	json_t *body = json_new_object();
	enum rc rc;

	json_put_int(body, "returned_at", request->now_ms);
	json_put_value(body, "receiver", receiver_of(form, row, accepted));
	json_put(body, "way", "counter");
	json_put(body, "proof", form_text(form, "proof"));
	json_put(body, "signature", form_text(form, "signature"));
	json_put(body, "witness", form_text(form, "witness"));
	json_put_flag(body, "slip_taken", form_flag(form, "slip_taken"));
	json_put_flag(body, "originals_returned", form_flag(form, "originals_returned"));
	json_put(body, "note", form_text(form, "note"));
	rc = act_write(web, request, response, row, "dossier.result_returned", body,
			dossier_show_url(request->pool, row, ""));
	json_decref(body);
	return rc;
}

/* What is handed out, who may take it, and what is still owed. */
static enum rc show_case(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row, const json_t *accepted)
{
	struct dossier_result *results = NULL;
	size_t count = 0;
	bool kept = false;
	const json_t *component;
	size_t i;
	enum rc rc = dossier_results(web->store, request->pool, row, &results, &count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "results");

		view_set(item, "kind", results[i].kind);
		view_set(item, "number", results[i].number);
		view_set(item, "summary", results[i].summary);
	}
	if (row->submitter[0] != '\0' && strcmp(row->submitter, row->applicant) != 0)
		view_set(view, "submitter", row->submitter);
	json_array_foreach(json_object_get(accepted, "components"), i, component) {
		if (json_flag(component, "kept")) {
			view_set(view_item(view, "kept"), "name",
					pool_strdup(request->pool, json_text(component, "name")));
			kept = true;
		}
	}
	view_flag(view, "has_kept", kept);
	if (row->fee_total > row->fee_paid)
		view_set(view, "owed", show_money(request->pool, row->fee_total - row->fee_paid));
	return rc;
}

enum rc page_return(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	json_t *accepted = NULL;
	struct dossier_row row;
	bool go;
	enum rc rc = act_open(web, request, response, "return", &row, &go);

	if (rc != RC_OK || !go)
		return rc;
	rc = dossier_body(web->store, &row, &accepted);
	if (rc == RC_NOT_FOUND)
		accepted = json_new_object();
	else if (rc != RC_OK)
		return rc;
	rc = RC_OK;
	if (request->method == METHOD_POST) {
		rc = form_check(request->form, fields, FIELDS);
		if (rc == RC_OK)
			rc = check_more(request->form);
		if (rc == RC_OK) {
			rc = hand_out(web, request, response, &row, accepted);
			goto out;
		}
		form_show(request->form, fields, FIELDS, view);
		view_set(view, "phone_typed", form_raw(request->form, "phone"));
	} else {
		view_flag(view, "receiver_is_applicant", true);
		view_flag(view, "proof_is_slip", true);
		view_flag(view, "signature_is_paper", true);
		view_flag(view, "slip_taken", true);
	}
	rc = show_case(web, request, view, &row, accepted);
	if (rc == RC_OK)
		rc = act_page(web, request, response, &row, "return", view);
out:
	json_decref(accepted);
	return rc;
}
