/*
 * draft_data.c: see draft_data.h. A paper of a draft has the members of a Component; state "khong":
 * a conditional paper that this dossier does not need, and which the event then does not name.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/when.h"
#include "intake/draft_data.h"
#include "web/esc.h"
#include "web/show.h"

json_t *draft_data_object(json_t *data, const char *name)
{
	json_t *object = json_object_get(data, name);

	if (!json_is_object(object)) {
		json_put_value(data, name, json_new_object());
		object = json_object_get(data, name);
	}
	return object;
}

void draft_data_put(json_t *object, const char *member, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_put(object, member, text);
	else
		(void)json_object_del(object, member);
}

static void merge_number(json_t *object, const struct field *field, const char *member,
		const struct form *form)
{
	int64_t number = form_int(form, field->name, INT64_MIN);

	if (number == INT64_MIN)
		(void)json_object_del(object, member);
	else
		json_put_int(object, member, number);
}

void draft_data_merge(json_t *data, const struct form *form, const struct draft_data_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct field *field = &set->fields[i];
		const struct draft_data_place *place = &set->places[i];
		const char *raw = form_raw_at(form, field->name, 0);
		const char *clean = form_text(form, field->name);
		json_t *object;

		if (place->member == NULL)
			continue;
		if (field->type == FIELD_FLAG ? false : raw == NULL)
			continue;
		if (clean[0] == '\0' && raw != NULL && raw[strspn(raw, " \t\r\n")] != '\0')
			continue;
		object = place->object != NULL ? draft_data_object(data, place->object) : data;
		if (field->type == FIELD_FLAG)
			json_put_flag(object, place->member, clean[0] != '\0');
		else if (field->type == FIELD_INT)
			merge_number(object, field, place->member, form);
		else
			draft_data_put(object, place->member, clean);
	}
}

/* A member as people type it. */
static const char *typed(struct pool *pool, const struct field *field, const json_t *value)
{
	if (json_is_integer(value))
		return pool_printf(pool, "%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "1" : "";
	if (!json_is_string(value))
		return "";
	if (field->type == FIELD_DATE)
		return show_birth(pool, json_string_value(value));
	return json_string_value(value);
}

enum rc draft_data_form(struct pool *pool, const json_t *data, const struct draft_data_set *set,
		struct form **out)
{
	struct buf pairs = { 0 };
	enum rc rc;

	for (size_t i = 0; i < set->count; i++) {
		const struct draft_data_place *place = &set->places[i];
		const json_t *object = place->object != NULL ? json_object_get(data, place->object) : data;

		if (place->member == NULL)
			continue;
		buf_text(&pairs, i > 0 ? "&" : "");
		esc_url_part(&pairs, set->fields[i].name);
		buf_char(&pairs, '=');
		esc_url_part(&pairs, typed(pool, &set->fields[i], json_object_get(object, place->member)));
	}
	rc = form_parse(pool, "application/x-www-form-urlencoded",
			pairs.data != NULL ? pairs.data : "", pairs.len, out);
	buf_free(&pairs);
	return rc;
}

void draft_data_card(json_t *data, const char *who, const struct card *card)
{
	json_t *person = draft_data_object(data, who), *warnings = json_new_array();
	bool applicant = strcmp(who, "applicant") == 0;

	if (applicant && strcmp(json_text(person, "type"), "organisation") == 0) {
		(void)json_object_clear(person);
	}
	if (applicant && json_text(person, "type")[0] == '\0')
		json_put(person, "type", "person");
	if (!applicant)
		json_put_flag(person, "self", false);
	json_put(person, "doc_type", "cccd");
	json_put(person, "number", card->number);
	json_put(person, "name", card->name);
	draft_data_put(person, "birth", card->birth);
	draft_data_put(person, "sex", card->sex);
	draft_data_put(person, "address", card->address);
	if (applicant) {
		draft_data_put(person, "old_number", card->old_number);
		draft_data_put(person, "issued", card->issued);
	}
	for (size_t i = 0; i < card->warning_count; i++)
		json_add(warnings, json_string(card->warnings[i]));
	json_put_value(data, "warnings", warnings);
}

void draft_data_same_person(json_t *data, const json_t *body)
{
	static const char *const members[] = { "applicant", "submitter", "channel", "notify" };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		json_t *value = json_object_get(body, members[i]);

		/* A postmark belongs to one letter. */
		if (strcmp(members[i], "channel") == 0 && strcmp(json_text(body, "channel"), "post") == 0)
			continue;
		if (value != NULL)
			json_put_value(data, members[i], json_deep_copy(value));
	}
}

/* ---- procedure and papers ---- */

json_t *draft_data_paper(const json_t *data, const char *id)
{
	const json_t *papers = json_object_get(data, "components");

	for (size_t i = 0; i < json_array_size(papers); i++)
		if (strcmp(json_text(json_array_get(papers, i), "id"), id) == 0)
			return json_array_get(papers, i);
	return NULL;
}

struct answers draft_data_answers(const json_t *data, const struct procedure *procedure)
{
	const json_t *answers = json_object_get(data, "answers");
	struct answers given = { 0, 0 };

	for (size_t i = 0; procedure != NULL && i < procedure->question_count; i++) {
		const json_t *answer = json_object_get(answers, procedure->questions[i].id);

		if (json_is_true(answer))
			given.yes = (uint8_t)(given.yes | 1u << i);
		else if (json_is_false(answer))
			given.no = (uint8_t)(given.no | 1u << i);
	}
	return given;
}

bool draft_data_asks_paper(const json_t *data, const struct procedure_case *chosen,
		const struct component *component)
{
	return procedure_answers_meet(draft_data_answers(data, chosen->of), component->when);
}

static json_t *new_paper(const struct component *component)
{
	json_t *paper = json_new_object();

	json_put(paper, "id", component->id);
	json_put(paper, "name", component->name);
	json_put_int(paper, "originals", component->originals);
	json_put_int(paper, "certified", component->certified);
	json_put_int(paper, "copies", component->copies);
	if (component->submission == SYSTEM_LOOKUP)
		json_put(paper, "state", "tra_cuu");
	else if (!component->required)
		json_put(paper, "state", "khong");
	return paper;
}

static uint32_t mix(uint32_t print, const char *text)
{
	for (; *text != '\0'; text++)
		print = (print ^ (uint8_t)*text) * UINT32_C(16777619);
	return (print ^ 0xffu) * UINT32_C(16777619);
}

static uint32_t mix_number(uint32_t print, int64_t number)
{
	for (int i = 0; i < 8; i++)
		print = (print ^ (uint8_t)(number >> (8 * i))) * UINT32_C(16777619);
	return print;
}

/* What a clerk told the citizen of a case: another print, and it must be told again. */
static int64_t case_print(const struct procedure *procedure, const struct procedure_case *chosen)
{
	uint32_t print = mix(UINT32_C(2166136261), procedure->name);

	print = mix_number(mix(print, chosen->name), (int64_t)chosen->limit.unit * 10000 +
			chosen->limit.quarters * 2 + chosen->limit.after_15);
	for (size_t i = 0; i < chosen->component_count; i++) {
		const struct component *one = &chosen->components[i];

		print = mix_number(mix(print, one->name), (((int64_t)one->originals * 128 +
				one->certified) * 128 + one->copies) * 8 + one->submission * 2 +
				one->required);
	}
	for (size_t i = 0; i < chosen->fee_count; i++) {
		const struct fee_rule *one = &chosen->fees[i];

		print = mix_number(mix(print, one->name), one->amount_dong + one->first_pages_dong * 7 +
				one->next_pages_dong * 11 + one->max_per_copy_dong * 13 + one->first_pages);
	}
	return print;
}

static json_t *procedure_object(const struct catalogue *catalogue, const struct procedure *procedure,
		const struct procedure_case *chosen)
{
	json_t *object = json_new_object();

	json_put(object, "code", procedure->code);
	json_put(object, "name", procedure->name);
	json_put(object, "catalogue", catalogue->version);
	json_put(object, "case", chosen->id);
	json_put(object, "case_name", chosen->name);
	json_put(object, "level", procedure->level == LEVEL_PROVINCE ? "province" : "commune");
	json_put(object, "unit", procedure->unit);
	json_put(object, "agency", procedure->agency);
	json_put(object, "target_system", procedure->target_system);
	json_put(object, "field", procedure->field);
	json_put_int(object, "print", case_print(procedure, chosen));
	return object;
}

void draft_data_choose(json_t *data, const struct catalogue *catalogue,
		const struct procedure *procedure, const struct procedure_case *chosen)
{
	const json_t *before = json_object_get(data, "procedure");
	const json_t *papers = json_object_get(data, "components");
	bool same = strcmp(json_text(before, "code"), procedure->code) == 0 &&
			strcmp(json_text(before, "case"), chosen->id) == 0;
	bool own_content = json_text(data, "content")[0] != '\0' &&
			strcmp(json_text(data, "content"), json_text(before, "name")) != 0;
	json_t *fresh = json_new_array();

	for (size_t i = 0; i < chosen->component_count; i++) {
		const struct component *component = &chosen->components[i];
		json_t *old = same ? draft_data_paper(data, component->id) : NULL;

		if (!draft_data_asks_paper(data, chosen, component))
			continue;
		json_add(fresh, old != NULL ? json_incref(old) : new_paper(component));
	}
	for (size_t i = 0; i < json_array_size(papers); i++)
		if (json_flag(json_array_get(papers, i), "added"))
			json_add(fresh, json_incref(json_array_get(papers, i)));
	if (!own_content)
		json_put(data, "content", procedure->name);
	json_put_value(data, "components", fresh);
	json_put_value(data, "procedure", procedure_object(catalogue, procedure, chosen));
}

const struct procedure *draft_data_procedure(const json_t *data, const struct catalogue *catalogue,
		const struct procedure_case **chosen)
{
	const json_t *object = json_object_get(data, "procedure");
	const struct procedure *procedure = NULL;

	*chosen = NULL;
	if (json_text(object, "code")[0] != '\0')
		procedure = catalogue_find(catalogue, json_text(object, "code"));
	if (procedure == NULL)
		return NULL;
	*chosen = procedure_case_find(procedure, json_text(object, "case"));
	return *chosen != NULL ? procedure : NULL;
}

json_t *draft_data_add_paper(struct pool *pool, json_t *data, const char *name)
{
	json_t *papers = json_object_get(data, "components"), *paper = json_new_object();
	size_t no = 1;
	const char *id;

	if (!json_is_array(papers)) {
		json_put_value(data, "components", json_new_array());
		papers = json_object_get(data, "components");
	}
	do
		id = pool_printf(pool, "them-%d", (int)no++);
	while (draft_data_paper(data, id) != NULL);
	json_put(paper, "id", id);
	json_put(paper, "name", name);
	json_put(paper, "state", "du");
	json_put_int(paper, "originals", 1);
	json_put_flag(paper, "added", true);
	json_add(papers, paper);
	return paper;
}

bool draft_data_copy(json_t *data, const json_t *body, const struct catalogue *catalogue)
{
	static const char *const members[] = { "persons", "content", "delivery" };
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(body, catalogue, &chosen);
	json_t *before;
	size_t i;

	if (procedure == NULL || !procedure->enabled)
		return false;
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_get(body, members[i]) != NULL)
			json_put_value(data, members[i], json_deep_copy(json_object_get(body, members[i])));
	draft_data_choose(data, catalogue, procedure, chosen);
	json_array_foreach(json_object_get(body, "components"), i, before) {
		json_t *paper = draft_data_paper(data, json_text(before, "id"));

		if (paper != NULL)
			(void)json_object_update(paper, before);
		else
			json_add(json_object_get(data, "components"), json_deep_copy(before));
	}
	return true;
}

/* ---- fees ---- */

/* What somebody did with a paper that is no longer asked for stays as an added one. */
static void keep_touched(json_t *data, const struct procedure_case *chosen)
{
	json_t *paper;
	size_t i;

	json_array_foreach(json_object_get(data, "components"), i, paper) {
		const char *id = json_text(paper, "id"), *state = json_text(paper, "state");
		bool asked = false;

		for (size_t k = 0; !asked && k < chosen->component_count; k++)
			asked = strcmp(chosen->components[k].id, id) == 0 &&
					draft_data_asks_paper(data, chosen, &chosen->components[k]);
		if (asked || (strcmp(state, "du") != 0 && strcmp(state, "da_xem") != 0))
			continue;
		json_put(paper, "state", "du");
		json_put_flag(paper, "added", true);
	}
}

bool draft_data_renew(json_t *data, const struct catalogue *catalogue)
{
	const json_t *object = json_object_get(data, "procedure");
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(data, catalogue, &chosen);
	int64_t before = json_int(object, "print", 0);

	if (object == NULL || strcmp(json_text(object, "catalogue"), catalogue->version) == 0)
		return false;
	if (procedure == NULL)
		return true;
	keep_touched(data, chosen);
	draft_data_choose(data, catalogue, procedure, chosen);
	return before != case_print(procedure, chosen);
}

bool draft_data_fee_asks(const struct procedure_case *chosen, bool *pages, bool *copies)
{
	*pages = *copies = false;
	for (size_t i = 0; i < chosen->fee_count; i++) {
		const char *kind = chosen->fees[i].kind;

		if (strcmp(kind, "certified_copy") == 0)
			*pages = *copies = true;
		else if (strcmp(kind, "flat") != 0)
			*copies = true;
	}
	return *pages || *copies;
}

const char *draft_data_exempt(const json_t *data, const char *fee_id)
{
	const json_t *own = json_object_get(data, "exempts");

	return own != NULL ? json_text(own, fee_id) : json_text(data, "exempt");
}

size_t draft_data_fees(const json_t *data, const struct procedure_case *chosen,
		struct fee_line lines[DRAFT_DATA_FEES], int64_t *total_dong)
{
	struct answers given = draft_data_answers(data, chosen->of);
	struct fee_rule asked[DRAFT_DATA_FEES];
	size_t count = 0;

	for (size_t i = 0; i < chosen->fee_count && count < DRAFT_DATA_FEES; i++)
		if (procedure_answers_meet(given, chosen->fees[i].when))
			asked[count++] = chosen->fees[i];
	*total_dong = 0;
	if (fee_count(asked, count, json_int(data, "fee_pages", 1),
			json_int(data, "fee_copies", 1), lines, total_dong) != RC_OK) {
		*total_dong = 0;
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (draft_data_exempt(data, lines[i].id)[0] == '\0')
			continue;
		*total_dong -= lines[i].amount_dong;
		lines[i].amount_dong = 0;
	}
	return count;
}

enum rc draft_data_due(const struct calendar *calendar, const struct procedure_case *chosen,
		int64_t clock_ms, struct pool *pool, struct due *out)
{
	struct due *part = pool_alloc(pool, sizeof(*part));
	enum rc rc = due_count(calendar, &chosen->limit, clock_ms, pool, out);

	for (size_t i = 0; rc == RC_OK && i < chosen->part_count; i++) {
		rc = due_count(calendar, &chosen->parts[i].limit, clock_ms, pool, part);
		if (rc == RC_OK && part->has_due && (!out->has_due || part->due_at > out->due_at))
			*out = *part;
	}
	return rc;
}

int64_t draft_data_received(const json_t *data, int64_t now_ms)
{
	return json_int(json_object_get(data, "late"), "received_at", now_ms);
}

int64_t draft_data_clock(const json_t *data, int64_t now_ms)
{
	struct when_local now, mark;
	int64_t at_ms, day_ms = json_int(data, "postmarked_at", 0);

	/* In doubt of the clock the time runs from the earliest that it can be: to the citizen's good. */
	if (when_is_doubtful() && when_earliest_ms() < now_ms)
		now_ms = when_earliest_ms();
	now_ms = draft_data_received(data, now_ms);

	if (strcmp(json_text(data, "channel"), "post") != 0 || day_ms <= 0)
		return now_ms;
	when_to_local(now_ms, &now);
	when_to_local(day_ms, &mark);
	mark.hour = now.hour;
	mark.minute = now.minute;
	mark.second = now.second;
	if (when_from_local(&mark, &at_ms) != RC_OK || at_ms > now_ms)
		return now_ms;
	return at_ms;
}
