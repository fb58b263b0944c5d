/*
 * accept.c: makes the dossier. The due time counts from now, not from when the page was shown; if
 * that moved it, the done page says so in large type.
 */
#include <string.h>

#include "base/text.h"
#include "intake/accept.h"
#include "intake/documents.h"
#include "web/text_vi.h"

/* Another time than the page had shown? */
static bool due_moved(const struct form *form, const struct due *due)
{
	int64_t shown;

	if (num_parse(form_raw(form, "shown_due"), 0, INT64_MAX, &shown) != RC_OK)
		return false;
	return shown / WHEN_MINUTE_MS != (due->has_due ? due->due_at : 0) / WHEN_MINUTE_MS;
}

/* Shows the page again with the reason; everything typed is saved first. */
static enum rc refuse(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const char *text_key)
{
	enum rc rc = draft_save(web->store, draft->id, draft->data);

	if (rc != RC_OK)
		return rc;
	if (text_key != NULL)
		form_fault(request->form, "accept", text_key);
	return step_check_show(web, request, response, draft, request->form);
}

static bool has_gaps(const struct draft *draft, const struct procedure *procedure,
		const struct procedure_case *chosen)
{
	struct draft_body_gap gaps[DRAFT_BODY_GAPS];

	return draft_body_gaps(draft->data, procedure, chosen, gaps) > 0;
}

/* The parts of a bundle: dossiers of the same people, each with its own procedure, unit and due time;
 * papers, money and slip are the parent's. */
static enum rc add_parts(struct pool *pool, const json_t *data, const struct draft_body_facts *whole,
		const struct calendar *calendar, json_t *body)
{
	static const char *const parents[] = { "components", "sets", "fees", "content", "note",
		"paper_no", "entered_at", "reason", "second" };
	struct draft_body_facts facts = *whole;
	struct due *due = pool_alloc(pool, sizeof(*due));
	json_t *parts = json_new_array();
	enum rc rc = RC_OK;

	facts.due = due;
	for (size_t i = 0; rc == RC_OK && i < whole->chosen->part_count; i++) {
		const struct bundle_part *part = &whole->chosen->parts[i];
		json_t *one, *procedure;

		rc = due_count(calendar, &part->limit, draft_data_clock(data, whole->now_ms), pool, due);
		if (rc != RC_OK)
			break;
		one = draft_body_make(pool, data, &facts);
		for (size_t k = 0; k < sizeof(parents) / sizeof(parents[0]); k++)
			(void)json_object_del(one, parents[k]);
		json_put(one, "fee_state", "none");
		json_put(one, "content", part->name);
		procedure = json_object_get(one, "procedure");
		if (part->procedure[0] != '\0')
			json_put(procedure, "code", part->procedure);
		json_put(procedure, "name", part->name);
		(void)json_object_del(procedure, "case");
		(void)json_object_del(procedure, "case_name");
		json_put(procedure, "level", part->level == LEVEL_PROVINCE ? "province" : "commune");
		if (part->unit[0] != '\0')
			json_put(procedure, "unit", part->unit);
		if (part->agency[0] != '\0')
			json_put(procedure, "agency", part->agency);
		json_put(procedure, "limit", limit_format(pool, &part->limit));
		json_add(parts, one);
	}
	json_put_value(body, "parts", parts);
	return rc;
}

enum rc accept_draft(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	struct intake *intake = intake_of(web);
	struct due *due = pool_alloc(request->pool, sizeof(*due));
	struct draft_body_facts facts = { .settings = web->settings, .catalogue = &intake->catalogue,
		.calendar_version = intake->calendar.version, .due = due,
		.counter = request->session->counter, .ticket = draft->ticket,
		.now_ms = request->now_ms };
	const char *reason = NULL;
	char *location = NULL;
	json_t *body;
	enum rc rc;

	facts.procedure = draft_data_procedure(draft->data, &intake->catalogue, &facts.chosen);
	if (facts.procedure == NULL || has_gaps(draft, facts.procedure, facts.chosen))
		return refuse(web, request, response, draft, "step4.gaps");
	if (!procedure_is_offered(facts.procedure, documents_day(request->now_ms)))
		return refuse(web, request, response, draft, "step4.not_offered");
	if (json_flag(draft->data, "renewed"))
		return refuse(web, request, response, draft, "step4.renewed");
	rc = draft_data_due(&intake->calendar, facts.chosen,
			draft_data_clock(draft->data, request->now_ms), request->pool, due);
	if (rc != RC_OK)
		return rc;
	body = draft_body_make(request->pool, draft->data, &facts);
	if (facts.chosen->part_count > 0)
		rc = add_parts(request->pool, draft->data, &facts, &intake->calendar, body);
	if (rc != RC_OK) {
		json_decref(body);
		return rc;
	}
	rc = draft_accept(web->store, request->pool, draft->id, form_raw(request->form, "form_id"),
			request->session->account.id, body, &location, &reason);
	json_decref(body);
	if (rc == RC_CONFLICT)
		return refuse(web, request, response, draft, reason != NULL ? reason : "step4.conflict");
	if (rc == RC_OK && due_moved(request->form, due))
		location = pool_printf(request->pool, "%s?hen=doi", location);
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, location);
		rc = RC_OK;
	}
	return rc;
}
