/*
 * guide_refuse.c: /tu-choi of a draft: the dossier is not taken in (form 03), with the reason. It gets
 * a number and stays in the register; the draft is closed.
 */
#include <string.h>

#include "intake/guide.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "more", FIELD_LINES, false, 0, 1000, NULL, "guide.more" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static bool has_person(const struct draft *draft)
{
	const json_t *applicant = json_object_get(draft->data, "applicant");

	return json_text(applicant, "name")[0] != '\0' && json_text(applicant, "type")[0] != '\0';
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const struct draft_body_facts *facts)
{
	struct view *view = view_new(request->pool);

	guide_show_draft(view, draft, "guide.refuse", "/tu-choi");
	guide_show_reasons(web, request, view, REASONS_REFUSAL);
	view_flag(view, "no_person", !has_person(draft));
	view_flag(view, "no_procedure", facts->procedure == NULL);
	view_flag(view, "ready", has_person(draft) && facts->procedure != NULL);
	if (request->method == METHOD_POST) {
		form_show(request->form, fields, FIELDS, view);
		response->status = 422;
	}
	return web_page(web, request, response, "intake/guide_refuse", view);
}

static enum rc take(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const struct draft_body_facts *facts)
{
	struct form *form = request->form;
	const char *why, *reason = NULL;
	char *location = NULL;
	json_t *body;
	enum rc rc = form_check(form, fields, FIELDS);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	why = guide_reason(web, request, REASONS_REFUSAL);
	if (why[0] == '\0')
		form_fault(form, "more", "guide.need_reason");
	if (!has_person(draft) || facts->procedure == NULL)
		form_fault(form, "more", "guide.need_whom");
	if (form_has_faults(form))
		return show(web, request, response, draft, facts);
	body = draft_body_refusal(request->pool, draft->data, facts);
	json_put(body, "reason", why);
	rc = draft_refuse(web->store, request->pool, draft->id, form_raw(form, "form_id"),
			request->session->account.id,
			forms_find(&intake_of(web)->forms, "refusal")->series, body, &location, &reason);
	json_decref(body);
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, location);
		rc = RC_OK;
	}
	return rc;
}

enum rc page_guide_refuse(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	struct draft_body_facts facts;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go) {
		facts = guide_facts(web, request, &draft);
		rc = request->method == METHOD_POST ?
				take(web, request, response, &draft, &facts) :
				show(web, request, response, &draft, &facts);
	}
	draft_free(&draft);
	return rc;
}
