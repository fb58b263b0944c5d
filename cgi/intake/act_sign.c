/*
 * act_sign.c: to the signer's tray (/trinh-ky) and the signer's answer (/ky): signed, or back to
 * the specialist with a reason. Signing by certificate comes with the province's service; here the
 * signer says that the paper or the file is signed.
 */
#include <string.h>

#include "intake/intake.h"
#include "store/account.h"
#include "web/text_vi.h"

/* Signers as choices: names and titles stand in the event as they are today. */
static enum rc show_signers(struct web *web, struct request *request, struct view *view,
		const char *typed, char **choices)
{
	struct account *rows = NULL;
	size_t count = 0;
	enum rc rc = account_list(web->store, request->pool, &rows, &count);

	*choices = pool_strdup(request->pool, "");
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (!(rows[i].roles & ROLE_SIGNER) || rows[i].locked)
			continue;
		if (rows[i].ends_at != 0 && rows[i].ends_at <= request->now_ms)
			continue;
		item = view_item(view, "signers");
		view_set(item, "id", pool_strdup(request->pool, rows[i].id));
		view_set(item, "name", rows[i].name);
		view_set(item, "signer_title", rows[i].title);
		view_flag(item, "checked", typed[0] == '\0' ? *choices[0] == '\0' :
				strcmp(typed, rows[i].id) == 0);
		*choices = pool_printf(request->pool, "%s%s%s", *choices,
				(*choices)[0] != '\0' ? "|" : "", rows[i].id);
	}
	return rc;
}

static enum rc send_to_sign(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	struct form *form = request->form;
	struct account signer;
	json_t *body;
	enum rc rc = account_by_id(web->store, request->pool, form_text(form, "signer"), &signer);

	if (rc != RC_OK)
		return rc;
	body = json_new_object();
	json_put(body, "signer", signer.id);
	json_put(body, "signer_name", signer.name);
	json_put(body, "signer_title", signer.title);
	json_put(body, "summary", form_text(form, "summary"));
	json_put(body, "note", form_text(form, "note"));
	rc = act_write(web, request, response, row, "dossier.sent_to_sign", body,
			dossier_show_url(request->pool, row, ""));
	json_decref(body);
	return rc;
}

enum rc page_to_sign(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	bool post = request->method == METHOD_POST, go;
	struct dossier_row row;
	char *choices = NULL;
	enum rc rc = act_open(web, request, response, "to_sign", &row, &go);
	struct field fields[] = {
		{ "signer", FIELD_CHOICE, true, 0, 0, NULL, "act.to_sign.signer" },
		{ "summary", FIELD_LINES, false, 0, 500, NULL, "act.to_sign.summary" },
		{ "note", FIELD_LINES, false, 0, 1000, NULL, "act.note_label" },
	};
	const size_t count = sizeof(fields) / sizeof(fields[0]);

	if (rc != RC_OK || !go)
		return rc;
	rc = show_signers(web, request, view, post ? form_raw(request->form, "signer") : "", &choices);
	if (rc != RC_OK)
		return rc;
	fields[0].choices = choices;
	if (post) {
		if (form_check(request->form, fields, count) == RC_OK)
			return send_to_sign(web, request, response, &row);
		form_show(request->form, fields, count, view);
	} else {
		view_set(view, "summary", row.content);
	}
	return act_page(web, request, response, &row, "to_sign", view);
}

static const struct field sign_fields[] = {
	{ "decision", FIELD_CHOICE, true, 0, 0, "sign|back", "act.sign.decision" },
	{ "reason", FIELD_LINES, false, 0, 1000, NULL, "act.sign.reason" },
	{ "on_paper", FIELD_FLAG, false, 0, 0, NULL, "act.sign.on_paper" },
};
#define SIGN_FIELDS (sizeof(sign_fields) / sizeof(sign_fields[0]))

static enum rc decide(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	const struct account *own = &request->session->account;
	struct form *form = request->form;
	bool sign = strcmp(form_text(form, "decision"), "sign") == 0;
	json_t *body = json_new_object();
	enum rc rc;

	if (sign) {
		json_put(body, "signer", own->id);
		json_put(body, "signer_name", own->name);
		json_put(body, "signer_title", own->title);
		json_put_int(body, "signed_at", request->now_ms);
		json_put_flag(body, "on_paper", form_flag(form, "on_paper"));
	} else {
		json_put(body, "reason", form_text(form, "reason"));
	}
	rc = act_write(web, request, response, row, sign ? "dossier.signed" : "dossier.sign_refused",
			body, "/duyet");
	json_decref(body);
	return rc;
}

enum rc page_sign(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	json_t *sent;
	bool go;
	enum rc rc = act_open(web, request, response, "sign", &row, &go);

	if (rc != RC_OK || !go)
		return rc;
	if (request->method == METHOD_POST) {
		rc = form_check(request->form, sign_fields, SIGN_FIELDS);
		if (rc == RC_OK && strcmp(form_text(request->form, "decision"), "back") == 0 &&
				form_text(request->form, "reason")[0] == '\0') {
			form_fault(request->form, "reason", "act.sign.reason_missing");
			rc = RC_INVALID;
		}
		if (rc == RC_OK)
			return decide(web, request, response, &row);
		form_show(request->form, sign_fields, SIGN_FIELDS, view);
	} else {
		view_flag(view, "on_paper", true);
		view_flag(view, "decision_is_sign", true);
	}
	view_set(view, "sent_by", dossier_last_actor(web, request->pool, &row, "dossier.sent_to_sign"));
	sent = dossier_last_body(web, request->pool, &row, "dossier.sent_to_sign");
	if (sent != NULL) {
		view_set(view, "summary", pool_strdup(request->pool, json_text(sent, "summary")));
		view_set(view, "sent_note", pool_strdup(request->pool, json_text(sent, "note")));
		view_set(view, "for_signer",
				pool_strdup(request->pool, json_text(sent, "signer_name")));
		json_decref(sent);
	}
	return act_page(web, request, response, &row, "sign", view);
}
