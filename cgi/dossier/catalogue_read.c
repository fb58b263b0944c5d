/*
 * catalogue_read.c: see catalogue_read.h.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "dossier/catalogue_read.h"
#include "dossier/due.h"

#define AMOUNT_MAX INT64_C(1000000000)

enum rc catalogue_read_fail(struct catalogue_reader *in, const char *where, const char *what)
{
	*in->fault = pool_printf(in->pool, "%s.%s", where, what);
	return RC_INVALID;
}

const char *catalogue_read_text(struct catalogue_reader *in, const json_t *object, const char *key)
{
	const char *text = json_text(object, key);

	return *text ? pool_strdup(in->pool, text) : "";
}

int catalogue_read_word(const json_t *object, const char *key, const char *const *words, int count)
{
	const char *text = json_text(object, key);
	int i;

	if (!json_object_get(object, key))
		return 0;
	for (i = 0; i < count; i++) {
		if (strcmp(words[i], text) == 0)
			return i;
	}
	return -1;
}

bool catalogue_read_small(const json_t *object, const char *key, int64_t max, int *out)
{
	int64_t value = json_int(object, key, 0);

	if (json_object_get(object, key) && !json_is_integer(json_object_get(object, key)))
		return false;
	*out = (int)value;
	return value >= 0 && value <= max;
}

static bool read_amount(const json_t *object, const char *key, int64_t *out)
{
	*out = json_int(object, key, 0);
	if (json_object_get(object, key) && !json_is_integer(json_object_get(object, key)))
		return false;
	return *out >= 0 && *out <= AMOUNT_MAX;
}

bool catalogue_read_doubt(const json_t *object, const char *word)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(object, "uncertain"), i, item) {
		if (json_is_string(item) && strcmp(json_string_value(item), word) == 0)
			return true;
	}
	return false;
}

enum rc catalogue_read_when(struct catalogue_reader *in, const json_t *object, const char *where,
		const struct procedure *procedure, struct answers *out)
{
	json_t *when = json_object_get(object, "when"), *answer;
	const char *id;

	*out = (struct answers){ 0, 0 };
	if (when && !json_is_object(when))
		return catalogue_read_fail(in, where, "when");
	json_object_foreach(when, id, answer) {
		size_t i = 0;

		while (i < procedure->question_count && strcmp(procedure->questions[i].id, id) != 0)
			i++;
		if (i == procedure->question_count || !json_is_boolean(answer))
			return catalogue_read_fail(in, where, "when");
		if (json_is_true(answer))
			out->yes = (uint8_t)(out->yes | 1u << i);
		else
			out->no = (uint8_t)(out->no | 1u << i);
	}
	return RC_OK;
}

static enum rc read_component(struct catalogue_reader *in, const json_t *row, const char *where,
		const struct procedure *procedure, struct component *out)
{
	static const char *const submissions[] = { "submit", "present", "lookup" };
	int submission = catalogue_read_word(row, "submission", submissions, 3);

	out->id = catalogue_read_text(in, row, "id");
	out->name = catalogue_read_text(in, row, "name");
	out->condition = catalogue_read_text(in, row, "condition");
	if (!*out->id || !*out->name)
		return catalogue_read_fail(in, where, "id, name");
	if (submission < 0)
		return catalogue_read_fail(in, where, "submission");
	out->submission = (enum submission)submission;
	if (!catalogue_read_small(row, "originals", 100, &out->originals)
			|| !catalogue_read_small(row, "certified", 100, &out->certified)
			|| !catalogue_read_small(row, "copies", 100, &out->copies))
		return catalogue_read_fail(in, where, "originals, certified, copies");
	out->required = json_object_get(row, "required") ? json_flag(row, "required") : true;
	return catalogue_read_when(in, row, where, procedure, &out->when);
}

static enum rc read_fee(struct catalogue_reader *in, const json_t *row, const char *where,
		const struct procedure *procedure, struct fee_rule *out)
{
	static const char *const kinds[] = { "flat", "per_copy", "certified_copy", "per_document" };
	int kind = catalogue_read_word(row, "kind", kinds, 4);

	out->id = catalogue_read_text(in, row, "id");
	out->name = catalogue_read_text(in, row, "name");
	if (!*out->id || !*out->name)
		return catalogue_read_fail(in, where, "id, name");
	if (kind < 0)
		return catalogue_read_fail(in, where, "kind");
	out->kind = kinds[kind];
	if (!read_amount(row, "amount", &out->amount_dong)
			|| !read_amount(row, "first", &out->first_pages_dong)
			|| !read_amount(row, "next", &out->next_pages_dong)
			|| !read_amount(row, "max", &out->max_per_copy_dong)
			|| !catalogue_read_small(row, "first_pages", 1000, &out->first_pages))
		return catalogue_read_fail(in, where, "amount");
	out->certain = json_object_get(row, "certain") ? json_flag(row, "certain") : true;
	return catalogue_read_when(in, row, where, procedure, &out->when);
}

static enum rc read_step(struct catalogue_reader *in, const json_t *row, const char *where,
		struct procedure_step *out)
{
	static const char *const roles[] = { "intake", "specialist", "approver", "signer", "seal",
		"return", "other_unit" };
	int role = catalogue_read_word(row, "role", roles, 7);

	out->name = catalogue_read_text(in, row, "name");
	if (!*out->name)
		return catalogue_read_fail(in, where, "name");
	if (role < 0)
		return catalogue_read_fail(in, where, "role");
	out->role = roles[role];
	out->limit.unit = LIMIT_NONE;
	if (json_object_get(row, "limit") && limit_parse(json_text(row, "limit"), &out->limit) != RC_OK)
		return catalogue_read_fail(in, where, "limit");
	if (out->limit.unit == LIMIT_SAME_DAY || out->limit.unit == LIMIT_CALENDAR_DAYS)
		return catalogue_read_fail(in, where, "limit");
	return RC_OK;
}

/* In quarters of an hour of work; 0 where it cannot be compared. */
static int work_of(const struct limit *limit)
{
	if (limit->unit == LIMIT_WORKING_DAYS)
		return limit->quarters * 8;
	return limit->unit == LIMIT_HOURS ? limit->quarters : 0;
}

/* All steps together must not take longer than the case may. */
static bool steps_fit(const struct procedure_case *one)
{
	int total = 0, allowed = work_of(&one->limit);
	size_t i;

	for (i = 0; i < one->step_count; i++)
		total += work_of(&one->steps[i].limit);
	if (one->limit.unit == LIMIT_SAME_DAY)
		allowed = 4 * 8;
	return allowed == 0 || total <= allowed;
}

/* The list's length; false when it is no list (absent is empty) or too long. */
static bool list_size(const json_t *object, const char *key, size_t max, size_t *count)
{
	const json_t *list = json_object_get(object, key);

	*count = json_array_size(list);
	return (!list || json_is_array(list)) && *count <= max;
}

static json_t *list_at(const json_t *object, const char *key, size_t i)
{
	return json_array_get(json_object_get(object, key), i);
}

/* Of a bundle; as certain as the case's limit. */
static enum rc read_bundle(struct catalogue_reader *in, const json_t *row, const char *where,
		struct procedure_case *out)
{
	static const char *const levels[] = { "commune", "province" };
	struct bundle_part *parts;
	size_t i;

	if (!list_size(row, "parts", 12, &out->part_count))
		return catalogue_read_fail(in, where, "parts");
	parts = pool_alloc(in->pool, out->part_count * sizeof(*parts));
	for (i = 0; i < out->part_count; i++) {
		const json_t *part = list_at(row, "parts", i);
		int level = catalogue_read_word(part, "level", levels, 2);

		parts[i].procedure = catalogue_read_text(in, part, "procedure");
		parts[i].name = catalogue_read_text(in, part, "name");
		parts[i].unit = catalogue_read_text(in, part, "unit");
		parts[i].agency = catalogue_read_text(in, part, "agency");
		if (!*parts[i].name || level < 0
				|| limit_parse(json_text(part, "limit"), &parts[i].limit) != RC_OK)
			return catalogue_read_fail(in, where, "parts");
		parts[i].level = (enum level)level;
	}
	out->parts = parts;
	return RC_OK;
}

enum rc catalogue_read_parts(struct catalogue_reader *in, const json_t *row, const char *where,
		const struct procedure *procedure, struct procedure_case *out)
{
	struct component *components;
	struct fee_rule *fees;
	struct procedure_step *steps;
	enum rc rc = RC_OK;
	size_t i, k;

	if (!list_size(row, "components", CATALOGUE_COMPONENTS, &out->component_count)
			|| !list_size(row, "fees", CATALOGUE_FEES, &out->fee_count))
		return catalogue_read_fail(in, where, "components, fees");
	if (!list_size(row, "steps", 12, &out->step_count))
		return catalogue_read_fail(in, where, "steps");
	components = pool_alloc(in->pool, out->component_count * sizeof(*components));
	fees = pool_alloc(in->pool, out->fee_count * sizeof(*fees));
	steps = pool_alloc(in->pool, out->step_count * sizeof(*steps));
	for (i = 0; rc == RC_OK && i < out->component_count; i++) {
		const char *at = pool_printf(in->pool, "%s.components[%zu]", where, i);

		rc = read_component(in, list_at(row, "components", i), at, procedure, &components[i]);
		for (k = 0; rc == RC_OK && k < i; k++) {
			if (strcmp(components[k].id, components[i].id) == 0)
				rc = catalogue_read_fail(in, at, "id stands twice");
		}
	}
	for (i = 0; rc == RC_OK && i < out->fee_count; i++)
		rc = read_fee(in, list_at(row, "fees", i), pool_printf(in->pool, "%s.fees[%zu]", where,
				i), procedure, &fees[i]);
	for (i = 0; rc == RC_OK && i < out->step_count; i++)
		rc = read_step(in, list_at(row, "steps", i), pool_printf(in->pool, "%s.steps[%zu]",
				where, i), &steps[i]);
	if (rc == RC_OK)
		rc = read_bundle(in, row, where, out);
	out->components = components;
	out->fees = fees;
	out->steps = steps;
	if (rc == RC_OK && !steps_fit(out))
		rc = catalogue_read_fail(in, where, "steps: longer than the limit");
	return rc;
}

static bool read_day(const json_t *row, const char *key, int64_t *out)
{
	const char *text = json_text(row, key);
	int year, month, day;

	*out = 0;
	if (!json_object_get(row, key))
		return true;
	if (strlen(text) != 10 || when_parse_date(text, &year, &month, &day) != RC_OK)
		return false;
	*out = when_day_number(year, month, day);
	return true;
}

static enum rc read_questions(struct catalogue_reader *in, const json_t *row, const char *where,
		struct procedure *out)
{
	struct question *questions;
	size_t i;

	if (!list_size(row, "questions", CATALOGUE_QUESTIONS, &out->question_count))
		return catalogue_read_fail(in, where, "questions");
	questions = pool_alloc(in->pool, out->question_count * sizeof(*questions));
	for (i = 0; i < out->question_count; i++) {
		const json_t *one = list_at(row, "questions", i);

		questions[i].id = catalogue_read_text(in, one, "id");
		questions[i].text = catalogue_read_text(in, one, "text");
		if (!*questions[i].id || !*questions[i].text)
			return catalogue_read_fail(in, where, "questions: id, text");
	}
	out->questions = questions;
	return RC_OK;
}

static enum rc read_roles(struct catalogue_reader *in, const json_t *row, const char *where,
		struct procedure *out)
{
	static const char *const sexes[] = { "", "nam", "nu" };
	struct role *roles;
	size_t i;

	if (!list_size(row, "roles", CATALOGUE_ROLES, &out->role_count))
		return catalogue_read_fail(in, where, "roles");
	roles = pool_alloc(in->pool, out->role_count * sizeof(*roles));
	for (i = 0; i < out->role_count; i++) {
		const json_t *one = list_at(row, "roles", i);
		int sex = catalogue_read_word(one, "sex", sexes, 3);

		roles[i].id = catalogue_read_text(in, one, "id");
		roles[i].name = catalogue_read_text(in, one, "name");
		if (!*roles[i].id || !*roles[i].name || sex < 0)
			return catalogue_read_fail(in, where, "roles: id, name, sex");
		roles[i].sex = sexes[sex];
		roles[i].required = json_flag(one, "required");
		roles[i].applicant = json_flag(one, "applicant");
	}
	out->roles = roles;
	return RC_OK;
}

enum rc catalogue_read_people(struct catalogue_reader *in, const json_t *row, const char *where,
		struct procedure *out)
{
	enum rc rc;

	if (!read_day(row, "valid_from", &out->valid_from) || !read_day(row, "valid_to", &out->valid_to)
			|| (out->valid_to && out->valid_to < out->valid_from))
		return catalogue_read_fail(in, where, "valid_from, valid_to");
	rc = read_questions(in, row, where, out);
	return rc == RC_OK ? read_roles(in, row, where, out) : rc;
}
