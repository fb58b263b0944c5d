/*
 * catalogue.c: see catalogue.h.
 */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "dossier/catalogue.h"
#include "dossier/due.h"

#define AMOUNT_MAX INT64_C(1000000000)
#define PART_MAX 64	/* cases, components or fees of one thing */

/* What a reader needs: where the texts go, and where the fault is told. */
struct reader {
	struct pool *pool;
	const char **fault;
};

static enum rc fail(struct reader *in, const char *where, const char *what)
{
	*in->fault = pool_printf(in->pool, "%s.%s", where, what);
	return RC_INVALID;
}

static const char *copy_text(struct reader *in, const json_t *object, const char *key)
{
	return pool_strdup(in->pool, json_text(object, key));
}

/* The word's place in the list, or -1; an absent member is the first word. */
static int read_word(const json_t *object, const char *key, const char *const *words, int count)
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

static bool read_small(const json_t *object, const char *key, int64_t max, int *out)
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

/* Is word in the list "uncertain"? */
static bool is_uncertain(const json_t *object, const char *word)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(object, "uncertain"), i, item) {
		if (json_is_string(item) && strcmp(json_string_value(item), word) == 0)
			return true;
	}
	return false;
}

static enum rc read_component(struct reader *in, const json_t *row, const char *where,
		struct component *out)
{
	static const char *const submissions[] = { "submit", "present", "lookup" };
	int submission = read_word(row, "submission", submissions, 3);

	out->id = copy_text(in, row, "id");
	out->name = copy_text(in, row, "name");
	out->condition = copy_text(in, row, "condition");
	if (!*out->id || !*out->name)
		return fail(in, where, "id, name");
	if (submission < 0)
		return fail(in, where, "submission");
	out->submission = (enum submission)submission;
	if (!read_small(row, "originals", 100, &out->originals)
			|| !read_small(row, "certified", 100, &out->certified)
			|| !read_small(row, "copies", 100, &out->copies))
		return fail(in, where, "originals, certified, copies");
	out->required = json_object_get(row, "required") ? json_flag(row, "required") : true;
	return RC_OK;
}

static enum rc read_fee(struct reader *in, const json_t *row, const char *where,
		struct fee_rule *out)
{
	static const char *const kinds[] = { "flat", "per_copy", "certified_copy", "per_document" };
	int kind = read_word(row, "kind", kinds, 4);

	out->id = copy_text(in, row, "id");
	out->name = copy_text(in, row, "name");
	if (!*out->id || !*out->name)
		return fail(in, where, "id, name");
	if (kind < 0)
		return fail(in, where, "kind");
	out->kind = kinds[kind];
	if (!read_amount(row, "amount", &out->amount_dong)
			|| !read_amount(row, "first", &out->first_pages_dong)
			|| !read_amount(row, "next", &out->next_pages_dong)
			|| !read_amount(row, "max", &out->max_per_copy_dong)
			|| !read_small(row, "first_pages", 1000, &out->first_pages))
		return fail(in, where, "amount");
	out->certain = json_object_get(row, "certain") ? json_flag(row, "certain") : true;
	return RC_OK;
}

/* The list's length; false when it is no list (absent is empty) or too long. */
static bool list_size(const json_t *object, const char *key, size_t *count)
{
	const json_t *list = json_object_get(object, key);

	*count = json_array_size(list);
	return (!list || json_is_array(list)) && *count <= PART_MAX;
}

static enum rc read_case(struct reader *in, const json_t *row, const char *where,
		struct procedure_case *out)
{
	struct component *components;
	struct fee_rule *fees;
	enum rc rc = RC_OK;
	size_t i;

	out->id = copy_text(in, row, "id");
	out->name = copy_text(in, row, "name");
	if (!*out->id || !*out->name)
		return fail(in, where, "id, name");
	if (limit_parse(json_text(row, "limit"), &out->limit) != RC_OK)
		return fail(in, where, "limit");
	if (!list_size(row, "components", &out->component_count)
			|| !list_size(row, "fees", &out->fee_count))
		return fail(in, where, "components, fees");
	components = pool_alloc(in->pool, out->component_count * sizeof(*components));
	fees = pool_alloc(in->pool, out->fee_count * sizeof(*fees));
	for (i = 0; rc == RC_OK && i < out->component_count; i++)
		rc = read_component(in, json_array_get(json_object_get(row, "components"), i),
				pool_printf(in->pool, "%s.components[%zu]", where, i), &components[i]);
	for (i = 0; rc == RC_OK && i < out->fee_count; i++)
		rc = read_fee(in, json_array_get(json_object_get(row, "fees"), i),
				pool_printf(in->pool, "%s.fees[%zu]", where, i), &fees[i]);
	out->components = components;
	out->fees = fees;
	out->limit_certain = !is_uncertain(row, "limit");
	out->components_certain = !is_uncertain(row, "components");
	return rc;
}

static enum rc read_cases(struct reader *in, const json_t *row, const char *where,
		struct procedure *out)
{
	struct procedure_case *cases;
	enum rc rc = RC_OK;
	size_t i, j;

	if (!list_size(row, "cases", &out->case_count) || out->case_count == 0)
		return fail(in, where, "cases");
	cases = pool_alloc(in->pool, out->case_count * sizeof(*cases));
	for (i = 0; rc == RC_OK && i < out->case_count; i++) {
		const char *at = pool_printf(in->pool, "%s.cases[%zu]", where, i);

		rc = read_case(in, json_array_get(json_object_get(row, "cases"), i), at, &cases[i]);
		for (j = 0; rc == RC_OK && j < i; j++) {
			if (strcmp(cases[j].id, cases[i].id) == 0)
				rc = fail(in, at, "id stands twice");
		}
	}
	out->cases = cases;
	return rc;
}

bool catalogue_is_certain(const struct procedure *procedure)
{
	size_t i, j;

	if (!procedure->certain)
		return false;
	for (i = 0; i < procedure->case_count; i++) {
		const struct procedure_case *one = &procedure->cases[i];

		if (!one->limit_certain || !one->components_certain)
			return false;
		for (j = 0; j < one->fee_count; j++) {
			if (!one->fees[j].certain)
				return false;
		}
	}
	return true;
}

static enum rc read_procedure(struct reader *in, const json_t *row, const char *where,
		struct procedure *out)
{
	static const char *const levels[] = { "commune", "province" };
	static const char *const who[] = { "anyone", "relative", "authorised", "in_person" };
	int level = read_word(row, "level", levels, 2);
	int submitter = read_word(row, "who", who, 4);
	enum rc rc;

	out->code = copy_text(in, row, "code");
	out->name = copy_text(in, row, "name");
	out->field = copy_text(in, row, "field");
	out->unit = copy_text(in, row, "unit");
	out->agency = copy_text(in, row, "agency");
	out->target_system = copy_text(in, row, "target_system");
	if (!*out->code || !*out->name)
		return fail(in, where, "code, name");
	if (level < 0)
		return fail(in, where, "level");
	if (submitter < 0)
		return fail(in, where, "who");
	out->level = (enum level)level;
	out->who = who[submitter];
	if (!read_small(row, "usual_rank", 8, &out->usual_rank))
		return fail(in, where, "usual_rank");
	out->rehearsal_only = json_flag(row, "rehearsal_only");
	out->wanted = json_object_get(row, "enabled") ? json_flag(row, "enabled") : true;
	out->certain = json_array_size(json_object_get(row, "uncertain")) == 0;
	out->folded = text_fold(in->pool, out->name);
	rc = read_cases(in, row, where, out);
	if (rc == RC_OK)
		out->enabled = out->wanted && catalogue_is_certain(out);
	return rc;
}

static enum rc read_procedures(struct reader *in, const json_t *list, bool rehearsal,
		struct catalogue *out)
{
	struct procedure *procedures = pool_alloc(in->pool,
			json_array_size(list) * sizeof(*procedures));
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row) {
		const char *where = pool_printf(in->pool, "procedures[%zu]", i);
		struct procedure *one = &procedures[out->count];

		memset(one, 0, sizeof(*one));
		if (read_procedure(in, row, where, one) != RC_OK)
			return RC_INVALID;
		if (catalogue_find(out, one->code))
			return fail(in, where, "code stands twice");
		if (rehearsal || !one->rehearsal_only) {
			out->procedures = procedures;
			out->count++;
		}
	}
	return RC_OK;
}

enum rc catalogue_parse(struct pool *pool, const char *text, size_t len, bool rehearsal,
		struct catalogue *out, const char **fault)
{
	struct reader in = { pool, fault };
	json_t *document = NULL, *list;
	enum rc rc = RC_INVALID;

	memset(out, 0, sizeof(*out));
	*fault = "not a JSON object";
	if (json_parse(text, len, &document) != RC_OK)
		goto out;
	out->version = copy_text(&in, document, "version");
	list = json_object_get(document, "procedures");
	*fault = "version, procedures";
	if (!*out->version || !json_is_array(list))
		goto out;
	rc = read_procedures(&in, list, rehearsal, out);
	if (rc == RC_OK)
		*fault = NULL;
out:
	if (rc != RC_OK)
		memset(out, 0, sizeof(*out));
	json_decref(document);
	return rc;
}

const struct procedure *catalogue_find(const struct catalogue *catalogue, const char *code)
{
	size_t i;

	for (i = 0; i < catalogue->count; i++) {
		if (strcmp(catalogue->procedures[i].code, code) == 0)
			return &catalogue->procedures[i];
	}
	return NULL;
}

const struct procedure_case *procedure_case_find(const struct procedure *procedure,
		const char *case_id)
{
	size_t i;

	if (!case_id || !*case_id)
		return procedure->case_count ? &procedure->cases[0] : NULL;
	for (i = 0; i < procedure->case_count; i++) {
		if (strcmp(procedure->cases[i].id, case_id) == 0)
			return &procedure->cases[i];
	}
	return NULL;
}
