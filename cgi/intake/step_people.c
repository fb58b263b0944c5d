/*
 * step_people.c: see step_people.h. Fields carry their question's or role's id: "hoi.<id>" = co | khong,
 * "ten.<id>", "so.<id>", "sinh.<id>", "dia-chi.<id>", "dt.<id>".
 */
#include <string.h>

#include "dossier/card.h"
#include "intake/step_people.h"
#include "web/show.h"
#include "web/text_vi.h"

const struct field step_people_fields[STEP_PEOPLE_FIELDS] = {
	{ "case", FIELD_LINE, false, 0, 40, NULL, "step2.case" },
	{ "content", FIELD_LINES, false, 0, 500, NULL, "step2.content" },
};

/* A person's fields, and the member of KINDS' Person each becomes. */
static const struct { const char *prefix, *member; struct field field; } parts[] = {
	{ "ten", "name", { NULL, FIELD_LINE, false, 0, 120, NULL, "step2.p_name" } },
	{ "so", "number", { NULL, FIELD_LINE, false, 0, 30, NULL, "step2.p_number" } },
	{ "sinh", "birth", { NULL, FIELD_DATE, false, 0, 1, NULL, "step2.p_birth" } },
	{ "dia-chi", "address", { NULL, FIELD_LINE, false, 0, 240, NULL, "step2.p_address" } },
	{ "dt", "phone", { NULL, FIELD_PHONE, false, 0, 0, NULL, "step2.p_phone" } },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static const char *name_of(struct pool *pool, const char *prefix, const char *id)
{
	return pool_printf(pool, "%s.%s", prefix, id);
}

static json_t *person_of(const json_t *data, const char *id)
{
	json_t *person;
	size_t i;

	json_array_foreach(json_object_get(data, "persons"), i, person)
		if (strcmp(json_text(person, "id"), id) == 0)
			return person;
	return NULL;
}

static json_t *new_person(const struct role *role)
{
	json_t *person = json_new_object();

	json_put(person, "id", role->id);
	json_put(person, "role", role->name);
	json_put(person, "sex", role->sex);
	return person;
}

static json_t *from_applicant(const json_t *applicant, const struct role *role)
{
	static const char *const members[] = { "name", "number", "birth", "sex", "address", "phone" };
	json_t *person = new_person(role);

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_put(person, members[i], json_text(applicant, members[i]));
	return person;
}

void step_people_begin(json_t *data, const struct procedure *procedure)
{
	const json_t *applicant = json_object_get(data, "applicant");
	const char *sex = json_text(applicant, "sex");
	bool person = strcmp(json_text(applicant, "type"), "person") == 0;
	json_t *persons = json_new_array(), *answers = json_object_get(data, "answers");
	json_t *kept = json_new_object();

	for (size_t i = 0; i < procedure->role_count; i++) {
		const struct role *role = &procedure->roles[i];
		json_t *old = person_of(data, role->id);

		if (old != NULL) {
			json_add(persons, json_incref(old));
			person = person && !role->applicant;
		} else if (person && role->applicant && (role->sex[0] == '\0' ||
				strcmp(role->sex, sex) == 0)) {
			json_add(persons, from_applicant(applicant, role));
			person = false;
		}
	}
	for (size_t i = 0; i < procedure->question_count; i++) {
		const char *id = procedure->questions[i].id;

		if (json_is_boolean(json_object_get(answers, id)))
			json_put_value(kept, id, json_incref(json_object_get(answers, id)));
	}
	json_put_value(data, "persons", persons);
	json_put_value(data, "answers", kept);
}

/* ---- show ---- */

static void show_question(struct view *view, const json_t *data, const struct question *question,
		const struct form *form)
{
	struct pool *pool = view_pool(view);
	struct view *item = view_item(view, "questions");
	const char *name = name_of(pool, "hoi", question->id);
	const json_t *answer = json_object_get(json_object_get(data, "answers"), question->id);
	const char *typed = form != NULL ? form_raw(form, name) : "";

	view_set(item, "q_name", name);
	view_setf(item, "q_id", "hoi-%s", question->id);
	view_set(item, "question", question->text);
	view_flag(item, "is_yes", typed[0] != '\0' ? strcmp(typed, "co") == 0 : json_is_true(answer));
	view_flag(item, "is_no", typed[0] != '\0' ? strcmp(typed, "khong") == 0 :
			json_is_false(answer));
	if (form != NULL)
		view_set(item, "q_fault", form_fault_of(form, name));
}

static const char *shown(struct pool *pool, size_t part, const json_t *person)
{
	const char *value = json_text(person, parts[part].member);

	return strcmp(parts[part].member, "birth") == 0 && value[0] != '\0' ? show_birth(pool, value) :
			value;
}

static void show_role(struct view *view, const json_t *data, const struct role *role,
		const struct form *form)
{
	struct pool *pool = view_pool(view);
	struct view *item = view_item(view, "roles");
	const json_t *person = person_of(data, role->id);

	view_set(item, "role", role->name);
	view_set(item, "role_id", role->id);
	view_flag(item, "needed", role->required);
	for (size_t i = 0; i < PARTS; i++) {
		const char *name = name_of(pool, parts[i].prefix, role->id);
		const char *raw = form != NULL ? form_raw_at(form, name, 0) : NULL;
		struct view *part = view_item(item, "parts");

		view_set(part, "p_name", name);
		view_setf(part, "p_id", "%s-%s", parts[i].prefix, role->id);
		view_set(part, "p_label", text_get(parts[i].field.label));
		view_set(part, "p_value", raw != NULL ? raw : shown(pool, i, person));
		view_flag(part, "wide", strcmp(parts[i].prefix, "dia-chi") == 0);
		view_flag(part, "telephone", parts[i].field.type == FIELD_PHONE);
		view_flag(part, "p_optional", i > 0 || !role->required);
		if (form != NULL)
			view_set(part, "p_fault", form_fault_of(form, name));
	}
}

void step_people_show(struct view *view, const json_t *data, const struct procedure *procedure,
		const struct form *form)
{
	for (size_t i = 0; i < procedure->question_count; i++)
		show_question(view, data, &procedure->questions[i], form);
	for (size_t i = 0; i < procedure->role_count; i++)
		show_role(view, data, &procedure->roles[i], form);
	view_flag(view, "has_questions", procedure->question_count > 0);
	view_flag(view, "has_roles", procedure->role_count > 0);
}

/* ---- take ---- */

static void take_answers(struct request *request, json_t *data, const struct procedure *procedure,
		bool leave)
{
	json_t *answers = draft_data_object(data, "answers");

	for (size_t i = 0; i < procedure->question_count; i++) {
		const char *name = name_of(request->pool, "hoi", procedure->questions[i].id);
		const char *answer = form_raw(request->form, name);

		if (strcmp(answer, "co") == 0 || strcmp(answer, "khong") == 0)
			json_put_flag(answers, procedure->questions[i].id, answer[0] == 'c');
		else if (answer[0] != '\0' || (!leave && json_object_get(answers,
				procedure->questions[i].id) == NULL))
			form_fault_say(request->form, name, text_fill(request->pool, "step2.need_answer",
					procedure->questions[i].text, NULL));
	}
}

static void take_person(struct request *request, json_t *data, const struct role *role, bool leave)
{
	struct form *form = request->form;
	json_t *person = person_of(data, role->id);

	if (form_raw_at(form, name_of(request->pool, "ten", role->id), 0) == NULL)
		return;
	if (person == NULL) {
		person = new_person(role);
		if (!json_is_array(json_object_get(data, "persons")))
			json_put_value(data, "persons", json_new_array());
		json_add(json_object_get(data, "persons"), person);
	}
	for (size_t i = 0; i < PARTS; i++) {
		const char *name = name_of(request->pool, parts[i].prefix, role->id);

		if (form_fault_of(form, name)[0] == '\0')
			draft_data_put(person, parts[i].member, form_text(form, name));
	}
	if (json_text(person, "name")[0] != '\0' || leave)
		return;
	if (role->required || json_text(person, "number")[0] != '\0')
		form_fault_say(form, name_of(request->pool, "ten", role->id), text_fill(request->pool,
				"step2.need_person", role->name, NULL));
}

enum rc step_people_take(struct request *request, json_t *data, const struct procedure *procedure,
		bool leave)
{
	struct pool *pool = request->pool;
	size_t count = STEP_PEOPLE_FIELDS + procedure->role_count * PARTS, at = STEP_PEOPLE_FIELDS;
	struct field *fields = pool_alloc(pool, count * sizeof(*fields));
	enum rc rc;

	memcpy(fields, step_people_fields, sizeof(step_people_fields));
	for (size_t i = 0; i < procedure->role_count; i++)
		for (size_t k = 0; k < PARTS; k++) {
			fields[at] = parts[k].field;
			fields[at++].name = name_of(pool, parts[k].prefix, procedure->roles[i].id);
		}
	rc = form_check(request->form, fields, count);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	take_answers(request, data, procedure, leave);
	for (size_t i = 0; i < procedure->role_count; i++)
		take_person(request, data, &procedure->roles[i], leave);
	return RC_OK;
}

/* ---- a card ---- */

/* What a card's QR holds and nobody types. */
static bool is_card(const struct form *form, const char *field)
{
	const char *raw = form_raw(form, field), *bar = strchr(raw, '|');

	return bar != NULL && strchr(bar + 1, '|') != NULL;
}

void step_people_find_card(struct request *request, const json_t *data, const struct procedure *procedure,
		const char **field, const struct role **role)
{
	*field = "";
	*role = NULL;
	for (size_t i = 0; i < procedure->role_count; i++) {
		const struct role *one = &procedure->roles[i];

		for (size_t k = 0; k < PARTS; k++) {
			const char *name = name_of(request->pool, parts[k].prefix, one->id);

			if (is_card(request->form, name)) {
				*field = name;
				*role = one;
				return;
			}
		}
		if (*role == NULL && json_text(person_of(data, one->id), "name")[0] == '\0' &&
				form_raw(request->form, name_of(request->pool, "ten", one->id))[0] == '\0')
			*role = one;
	}
	if (*role != NULL && is_card(request->form, "find"))
		*field = "find";
	else
		*role = NULL;
}

enum rc step_people_take_card(struct request *request, json_t *data, const struct role *role,
		const char *field, const char **reason)
{
	const char *payload = form_raw(request->form, field);
	json_t *person = person_of(data, role->id);
	struct card card;
	enum rc rc = card_parse(request->pool, payload, strlen(payload), &card, reason);

	if (rc != RC_OK)
		return rc;
	if (person == NULL) {
		person = new_person(role);
		if (!json_is_array(json_object_get(data, "persons")))
			json_put_value(data, "persons", json_new_array());
		json_add(json_object_get(data, "persons"), person);
	}
	draft_data_put(person, "name", card.name);
	draft_data_put(person, "number", card.number);
	draft_data_put(person, "birth", card.birth);
	draft_data_put(person, "address", card.address);
	/* A role that is one sex's keeps it: the card of the other is noticed by who reads the name. */
	if (role->sex[0] == '\0')
		draft_data_put(person, "sex", card.sex);
	return RC_OK;
}
