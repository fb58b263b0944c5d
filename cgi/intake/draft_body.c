/*
 * draft_body.c: from a draft to the accepted event: what is still missing, and the body, made new
 * from the members that the event knows. Pure, like draft_data.c.
 */
#include <string.h>

#include "intake/draft_data.h"

struct gap_list { struct draft_body_gap *gaps; size_t count; };

static void gap(struct gap_list *list, int page, const char *field, const char *text_key)
{
	if (list->count < DRAFT_BODY_GAPS)
		list->gaps[list->count++] = (struct draft_body_gap){ page, field, text_key };
}

static bool lacks(const json_t *object, const char *member)
{
	return json_text(object, member)[0] == '\0';
}

static void person_gaps(const json_t *data, struct gap_list *list)
{
	const json_t *applicant = json_object_get(data, "applicant");
	const json_t *submitter = json_object_get(data, "submitter");
	bool organisation = strcmp(json_text(applicant, "type"), "organisation") == 0;
	bool other = submitter != NULL && !json_flag(submitter, "self");

	if (lacks(applicant, "type") || lacks(applicant, "name"))
		gap(list, 1, "name", "step1.need_name");
	if (organisation && lacks(applicant, "tax_code"))
		gap(list, 1, "tax_code", "step1.need_tax_code");
	if (organisation && lacks(applicant, "representative"))
		gap(list, 1, "representative", "step1.need_representative");
	if (!organisation && lacks(applicant, "number") &&
			strcmp(json_text(applicant, "doc_type"), "none") != 0)
		gap(list, 1, "number", "step1.need_number");
	if (lacks(applicant, "address"))
		gap(list, 1, "address", "step1.need_address");
	if (other && lacks(submitter, "name"))
		gap(list, 1, "s_name", "step1.need_s_name");
	if (other && lacks(submitter, "relation"))
		gap(list, 1, "s_relation", "step1.need_relation");
	if (strcmp(json_text(data, "channel"), "post") == 0 && json_int(data, "postmarked_at", 0) == 0)
		gap(list, 1, "postmark", "step1.need_postmark");
	/* A scanned card leads past page 1: page 4 then asks for the telephone. */
	if (lacks(applicant, "phone") && !json_flag(applicant, "no_phone"))
		gap(list, 4, "phone", "step1.need_phone");
}

static bool has_person(const json_t *data, const char *id)
{
	const json_t *person;
	size_t i;

	json_array_foreach(json_object_get(data, "persons"), i, person) {
		if (strcmp(json_text(person, "id"), id) == 0 && !lacks(person, "name"))
			return true;
	}
	return false;
}

/* Page 2: every question answered, everybody named who must be. */
static void procedure_gaps(const json_t *data, const struct procedure *procedure,
		struct gap_list *list)
{
	struct answers given = draft_data_answers(data, procedure);
	size_t i;

	if ((given.yes | given.no) != (1u << procedure->question_count) - 1u)
		gap(list, 2, "cau-hoi", "step2.need_answers");
	for (i = 0; i < procedure->role_count; i++)
		if (procedure->roles[i].required && !has_person(data, procedure->roles[i].id)) {
			gap(list, 2, "nguoi-lien-quan", "step2.need_persons");
			break;
		}
}

static void paper_gaps(const json_t *data, const struct procedure_case *chosen,
		struct gap_list *list)
{
	for (size_t i = 0; i < chosen->component_count; i++) {
		const struct component *component = &chosen->components[i];
		const char *state = json_text(draft_data_paper(data, component->id), "state");

		if (!component->required || component->submission == SYSTEM_LOOKUP ||
				!draft_data_asks_paper(data, chosen, component))
			continue;
		if (state[0] == '\0')
			gap(list, 3, component->id, "step3.need_check");
		else if (strcmp(state, "thieu") == 0)
			gap(list, 3, component->id, "step3.need_paper");
	}
}

size_t draft_body_gaps(const json_t *data, const struct procedure *procedure,
		const struct procedure_case *chosen, struct draft_body_gap gaps[DRAFT_BODY_GAPS])
{
	struct gap_list list = { gaps, 0 };

	person_gaps(data, &list);
	if (procedure == NULL) {
		gap(&list, 2, "procedure", "step2.need_procedure");
	} else {
		procedure_gaps(data, procedure, &list);
		paper_gaps(data, chosen, &list);
	}
	return list.count;
}

/* ---- the body ---- */

static void copy_members(json_t *to, const json_t *from, const char *const members[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_t *value = json_object_get(from, members[i]);

		if (value != NULL)
			json_put_value(to, members[i], json_deep_copy(value));
	}
}
#define COPY(to, from, members) \
	copy_members(to, from, members, sizeof(members) / sizeof(members[0]))

static void put_persons(json_t *body, const json_t *data)
{
	static const char *const person[] = { "type", "doc_type", "number", "name", "birth", "sex",
		"address", "residence", "phone", "email", "tax_code", "representative", "position",
		"old_number", "issued", "no_phone" };
	static const char *const organisation[] = { "type", "number", "name", "address", "phone",
		"email", "tax_code", "representative", "position", "no_phone" };
	static const char *const other[] = { "self", "name", "number", "phone", "relation",
		"authorisation", "doc_type", "birth", "sex", "address", "email", "authorised_on",
		"authorised_at" };
	const json_t *from = json_object_get(data, "applicant");
	const json_t *who = json_object_get(data, "submitter");
	json_t *applicant = json_new_object(), *submitter = json_new_object();

	if (strcmp(json_text(from, "type"), "organisation") == 0)
		COPY(applicant, from, organisation);
	else
		COPY(applicant, from, person);
	json_put_value(body, "applicant", applicant);
	if (who == NULL || json_flag(who, "self")) {
		json_put_flag(submitter, "self", true);
	} else {
		COPY(submitter, who, other);
	}
	json_put_value(body, "submitter", submitter);
}

/* Who belongs to the matter besides, in the procedure's order. */
static void put_related(json_t *body, const json_t *data, const struct procedure *procedure)
{
	static const char *const members[] = { "role", "name", "number", "birth", "sex", "address",
		"phone" };
	json_t *persons = json_new_array();
	const json_t *person;
	size_t i, k;

	for (i = 0; i < procedure->role_count; i++)
		json_array_foreach(json_object_get(data, "persons"), k, person) {
			json_t *one;

			if (strcmp(json_text(person, "id"), procedure->roles[i].id) != 0 ||
					lacks(person, "name"))
				continue;
			one = json_new_object();
			COPY(one, person, members);
			json_put(one, "role", procedure->roles[i].name);
			json_add(persons, one);
		}
	if (json_array_size(persons) > 0)
		json_put_value(body, "persons", persons);
	else
		json_decref(persons);
}

static void put_procedure(json_t *body, struct pool *pool, const json_t *data,
		const struct draft_body_facts *accept)
{
	static const char *const members[] = { "code", "name", "catalogue", "case", "case_name", "level",
		"unit", "agency", "target_system", "field" };
	json_t *procedure = json_new_object();

	COPY(procedure, json_object_get(data, "procedure"), members);
	json_put(procedure, "catalogue", accept->catalogue->version);
	if (json_text(procedure, "unit")[0] == '\0')
		json_put(procedure, "unit", accept->settings->parent_name);
	if (json_text(procedure, "agency")[0] == '\0' && accept->procedure->level == LEVEL_COMMUNE)
		json_put(procedure, "agency", accept->settings->agency_id);
	json_put(procedure, "limit", limit_format(pool, &accept->chosen->limit));
	json_put_value(body, "procedure", procedure);
}

static void put_due(json_t *body, const struct draft_body_facts *accept)
{
	json_t *due = json_new_object();

	json_put_flag(due, "has", accept->due->has_due);
	if (accept->due->has_due) {
		json_put_int(due, "at", accept->due->due_at);
		json_put_flag(due, "certain", accept->due->certain);
	}
	json_put(due, "calendar", accept->calendar_version);
	json_put_value(body, "due", due);
}

static void put_papers(json_t *body, const json_t *data)
{
	static const char *const members[] = { "id", "name", "state", "originals", "certified", "copies",
		"pages", "kept", "added", "note" };
	const json_t *papers = json_object_get(data, "components");
	json_t *components = json_new_array();

	for (size_t i = 0; i < json_array_size(papers); i++) {
		const json_t *from = json_array_get(papers, i);
		json_t *paper;

		if (strcmp(json_text(from, "state"), "khong") == 0 || lacks(from, "state"))
			continue;
		paper = json_new_object();
		COPY(paper, from, members);
		json_add(components, paper);
	}
	if (json_array_size(components) > 0)
		json_put_value(body, "components", components);
	else
		json_decref(components);
	json_put_int(body, "sets", json_int(data, "sets", 1));
}

static void put_fees(json_t *body, const json_t *data, const struct draft_body_facts *accept)
{
	struct fee_line lines[DRAFT_DATA_FEES];
	int64_t total = 0;
	bool pages, copies;
	bool exempt = false;
	const char *state = json_text(data, "fee_state");
	size_t count = draft_data_fees(data, accept->chosen, lines, &total);
	json_t *fees = json_new_array();

	(void)draft_data_fee_asks(accept->chosen, &pages, &copies);
	for (size_t i = 0; i < count; i++) {
		json_t *fee = json_new_object();

		json_put(fee, "id", lines[i].id);
		json_put(fee, "name", lines[i].name);
		json_put_int(fee, "amount", lines[i].amount_dong);
		if (copies)
			json_put_int(fee, "quantity", json_int(data, "fee_copies", 1));
		if (pages)
			json_put_int(fee, "pages", json_int(data, "fee_pages", 1));
		json_put(fee, "exempt", draft_data_exempt(data, lines[i].id));
		exempt = exempt || draft_data_exempt(data, lines[i].id)[0] != '\0';
		json_add(fees, fee);
	}
	if (count > 0)
		json_put_value(body, "fees", fees);
	else
		json_decref(fees);
	if (exempt && total == 0)
		state = "exempt";
	else if (total == 0)
		state = "none";
	else if (strcmp(state, "transfer") == 0)
		state = "unpaid";	/* until a person has seen it on the account */
	else if (state[0] == '\0')
		state = "later";
	json_put(body, "fee_state", state);
}

static void put_delivery(json_t *body, const json_t *data)
{
	static const char *const members[] = { "way", "point", "name", "phone", "address", "email" };
	const json_t *from = json_object_get(data, "delivery");
	json_t *delivery = json_new_object();

	COPY(delivery, from, members);
	if (lacks(delivery, "way"))
		json_put(delivery, "way", "counter");
	json_put_value(body, "delivery", delivery);
}

/* What makes dossier.late_entered of it. */
static void put_late(json_t *body, const json_t *data, const struct draft_body_facts *accept)
{
	static const char *const members[] = { "paper_no", "reason", "second" };
	const json_t *late = json_object_get(data, "late");

	if (late == NULL)
		return;
	COPY(body, late, members);
	json_put_int(body, "entered_at", accept->now_ms);
}

json_t *draft_body_make(struct pool *pool, const json_t *data,
		const struct draft_body_facts *accept)
{
	static const char *const texts[] = { "content", "notify", "place", "note", "signature",
		"witness", "outside_place" };
	static const char *const post[] = { "postmarked_at", "tracking" };
	const char *channel = json_text(data, "channel");
	json_t *body = json_new_object();

	put_procedure(body, pool, data, accept);
	put_persons(body, data);
	put_related(body, data, accept->procedure);
	json_put(body, "channel", channel[0] != '\0' ? channel : "counter");
	if (strcmp(channel, "post") == 0)
		COPY(body, data, post);
	COPY(body, data, texts);
	if (strcmp(channel, "outside") != 0)
		(void)json_object_del(body, "outside_place");
	json_put_int(body, "received_at", draft_data_received(data, accept->now_ms));
	put_due(body, accept);
	put_papers(body, data);
	put_fees(body, data, accept);
	put_delivery(body, data);
	json_put(body, "counter", accept->counter);
	json_put(body, "ticket", accept->ticket);
	put_late(body, data, accept);
	return body;
}

json_t *draft_body_refusal(struct pool *pool, const json_t *data,
		const struct draft_body_facts *accept)
{
	static const char *const texts[] = { "content" };
	const char *channel = json_text(data, "channel");
	json_t *body = json_new_object();

	if (accept->procedure != NULL)
		put_procedure(body, pool, data, accept);
	put_persons(body, data);
	json_put(body, "channel", channel[0] != '\0' ? channel : "counter");
	COPY(body, data, texts);
	json_put_int(body, "received_at", accept->now_ms);
	put_papers(body, data);
	(void)json_object_del(body, "sets");
	json_put(body, "counter", accept->counter);
	return body;
}
