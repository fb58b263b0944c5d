/*
 * correct_back.c: corrections that take something back: recall (/thu-hoi), send back (/tra-lai),
 * one step back (/lui-buoc),
 * void (/huy), recall a returned result (/thu-hoi-ket-qua), withdraw (/rut), stop (/dung).
 */
#include "intake/correct.h"

#include <string.h>

#include "web/show.h"

#define REASON { "reason", FIELD_LINES, true, 3, 1000, NULL, "correct.reason" }
#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

static void put_text(struct correct *c, json_t *body, const char *name)
{
	json_put(body, name, form_text(c->request->form, name));
}

/* reason, and whatever other fields the form has that are members of the same name. */
static enum rc body_same(struct correct *c, json_t *body)
{
	for (size_t i = 0; i < c->spec->count; i++) {
		const struct field *field = &c->spec->fields[i];

		if (field->type == FIELD_FLAG)
			json_put_flag(body, field->name, form_flag(c->request->form, field->name));
		else
			put_text(c, body, field->name);
	}
	if (c->has_second)
		json_put(body, "approver", c->second.id);
	return RC_OK;
}

static const struct field recall_fields[] = { REASON };

enum rc page_recall(struct web *web, struct request *request, struct response *response)
{
	static const struct correction recall = { .key = "recall", .kind = "dossier.recalled",
		.fields = recall_fields, .count = COUNT(recall_fields), .body = body_same };

	return correct_run(web, request, response, &recall);
}

static const struct field back_fields[] = {
	REASON,
	{ "paper", FIELD_FLAG, false, 0, 0, NULL, "act.forward.paper" },
};

enum rc page_send_back(struct web *web, struct request *request, struct response *response)
{
	static const struct correction back = { .key = "send_back", .kind = "dossier.sent_back",
		.fields = back_fields, .count = COUNT(back_fields), .body = body_same };

	return correct_run(web, request, response, &back);
}

static enum rc previous_facts(struct correct *c)
{
	struct dossier_facts after = c->row.facts;
	struct dossier_row back = c->row;

	rule_apply(&after, kind_find(c->spec->kind, 1));
	back.facts = after;
	correct_fact(c, "correct.step_now", dossier_show_state(c->request->pool, &c->row));
	correct_fact(c, "correct.step_before", dossier_show_state(c->request->pool, &back));
	return RC_OK;
}

/* One step back, by whoever works on it: what was concluded in between no longer counts. */
enum rc page_previous(struct web *web, struct request *request, struct response *response)
{
	static const struct correction previous = { .key = "previous",
		.kind = "dossier.returned_to_previous", .fields = recall_fields,
		.count = COUNT(recall_fields), .facts = previous_facts, .body = body_same };

	return correct_run(web, request, response, &previous);
}

static const struct field void_fields[] = {
	REASON,
	{ "slip_taken", FIELD_FLAG, false, 0, 0, NULL, "act.return.slip_taken" },
};

static enum rc void_facts(struct correct *c)
{
	correct_fact(c, "correct.number_burnt", c->row.code);
	if (c->row.fee_paid > 0)
		correct_fact(c, "correct.fee_paid", show_money(c->request->pool, c->row.fee_paid));
	return RC_OK;
}

const struct correction correct_back_void = { .key = "void", .kind = "dossier.voided",
		.fields = void_fields, .count = COUNT(void_fields), .second = ROLE_MANAGER,
		.second_always = true, .facts = void_facts, .body = body_same,
		.paid_leads_to = "/thu-tien" };

enum rc page_void(struct web *web, struct request *request, struct response *response)
{
	return correct_run(web, request, response, &correct_back_void);
}

static enum rc result_facts(struct correct *c)
{
	json_t *body = dossier_last_body(c->web, c->request->pool, &c->row, "dossier.result_returned");

	if (body != NULL)
		correct_fact(c, "correct.given_to", pool_strdup(c->request->pool,
				json_text(json_object_get(body, "receiver"), "name")));
	if (c->row.returned_at > 0)
		correct_fact(c, "correct.given_at",
				show_time_screen(c->request->pool, c->row.returned_at));
	json_decref(body);
	return RC_OK;
}

enum rc page_recall_result(struct web *web, struct request *request, struct response *response)
{
	static const struct correction recall = { .key = "recall_result",
		.kind = "dossier.result_recalled", .fields = recall_fields,
		.count = COUNT(recall_fields), .second = ROLE_MANAGER, .second_always = true,
		.facts = result_facts, .body = body_same };

	return correct_run(web, request, response, &recall);
}

static const struct field withdraw_fields[] = {
	{ "asked_by", FIELD_LINE, true, 2, 160, NULL, "correct.asked_by" },
	REASON,
	{ "slip_taken", FIELD_FLAG, false, 0, 0, NULL, "act.return.slip_taken" },
};

static const char *withdraw_initial(struct correct *c, const char *name)
{
	return strcmp(name, "asked_by") == 0 ? c->row.applicant : "";
}

static enum rc withdraw_body(struct correct *c, json_t *body)
{
	json_put_int(body, "asked_at", c->request->now_ms);
	return body_same(c, body);
}

const struct correction correct_back_withdraw = { .key = "withdraw", .kind = "dossier.withdrawn",
		.fields = withdraw_fields, .count = COUNT(withdraw_fields),
		.initial = withdraw_initial, .body = withdraw_body,
		.paid_leads_to = "/thu-tien" };

enum rc page_withdraw(struct web *web, struct request *request, struct response *response)
{
	return correct_run(web, request, response, &correct_back_withdraw);
}

static const struct field stop_fields[] = {
	REASON,
	{ "number", FIELD_LINE, false, 0, 60, NULL, "act.finish.number" },
	{ "signer_name", FIELD_LINE, true, 2, 120, NULL, "act.finish.signer" },
	{ "signer_title", FIELD_LINE, false, 0, 120, NULL, "act.finish.signer_title" },
};

const struct correction correct_back_stop = { .key = "stop", .kind = "dossier.stopped",
		.fields = stop_fields, .count = COUNT(stop_fields), .body = body_same,
		.paid_leads_to = "/thu-tien" };

enum rc page_stop(struct web *web, struct request *request, struct response *response)
{
	return correct_run(web, request, response, &correct_back_stop);
}
