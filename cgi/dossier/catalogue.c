/*
 * catalogue.c: see catalogue.h.
 */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "dossier/catalogue_read.h"
#include "dossier/due.h"

#define CASES_MAX 16

static enum rc read_case(struct catalogue_reader *in, const json_t *row, const char *where,
		const struct procedure *procedure, struct procedure_case *out)
{
	out->of = procedure;
	out->id = catalogue_read_text(in, row, "id");
	out->name = catalogue_read_text(in, row, "name");
	out->condition = catalogue_read_text(in, row, "condition");
	if (!*out->id || !*out->name)
		return catalogue_read_fail(in, where, "id, name");
	if (limit_parse(json_text(row, "limit"), &out->limit) != RC_OK)
		return catalogue_read_fail(in, where, "limit");
	out->limit_certain = !catalogue_read_doubt(row, "limit");
	out->components_certain = !catalogue_read_doubt(row, "components");
	if (catalogue_read_when(in, row, where, procedure, &out->when) != RC_OK)
		return RC_INVALID;
	return catalogue_read_parts(in, row, where, procedure, out);
}

static enum rc read_cases(struct catalogue_reader *in, const json_t *row, const char *where,
		struct procedure *out)
{
	struct procedure_case *cases;
	enum rc rc = RC_OK;
	size_t i, j;

	out->case_count = json_array_size(json_object_get(row, "cases"));
	if (out->case_count == 0 || out->case_count > CASES_MAX)
		return catalogue_read_fail(in, where, "cases");
	cases = pool_alloc(in->pool, out->case_count * sizeof(*cases));
	for (i = 0; rc == RC_OK && i < out->case_count; i++) {
		const char *at = pool_printf(in->pool, "%s.cases[%zu]", where, i);

		rc = read_case(in, json_array_get(json_object_get(row, "cases"), i), at, out, &cases[i]);
		for (j = 0; rc == RC_OK && j < i; j++) {
			if (strcmp(cases[j].id, cases[i].id) == 0)
				rc = catalogue_read_fail(in, at, "id stands twice");
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

static enum rc read_procedure(struct catalogue_reader *in, const json_t *row, const char *where,
		struct procedure *out)
{
	static const char *const levels[] = { "commune", "province" };
	static const char *const who[] = { "anyone", "relative", "authorised", "in_person" };
	int level = catalogue_read_word(row, "level", levels, 2);
	int submitter = catalogue_read_word(row, "who", who, 4);
	enum rc rc;

	out->code = catalogue_read_text(in, row, "code");
	out->name = catalogue_read_text(in, row, "name");
	out->field = catalogue_read_text(in, row, "field");
	out->unit = catalogue_read_text(in, row, "unit");
	out->agency = catalogue_read_text(in, row, "agency");
	out->target_system = catalogue_read_text(in, row, "target_system");
	if (!*out->code || !*out->name)
		return catalogue_read_fail(in, where, "code, name");
	if (level < 0)
		return catalogue_read_fail(in, where, "level");
	if (submitter < 0)
		return catalogue_read_fail(in, where, "who");
	out->level = (enum level)level;
	out->who = who[submitter];
	if (!catalogue_read_small(row, "usual_rank", 8, &out->usual_rank))
		return catalogue_read_fail(in, where, "usual_rank");
	out->rehearsal_only = json_flag(row, "rehearsal_only");
	out->wanted = json_object_get(row, "enabled") ? json_flag(row, "enabled") : true;
	out->certain = json_array_size(json_object_get(row, "uncertain")) == 0;
	out->folded = text_fold(in->pool, out->name);
	out->contact = catalogue_read_text(in, row, "contact");
	out->courier = catalogue_read_text(in, row, "courier");
	out->expected_answer = catalogue_read_text(in, row, "expected_answer");
	rc = catalogue_read_people(in, row, where, out);
	if (rc == RC_OK)
		rc = read_cases(in, row, where, out);
	if (rc == RC_OK)
		out->enabled = out->wanted && catalogue_is_certain(out);
	return rc;
}

static enum rc read_procedures(struct catalogue_reader *in, const json_t *list, bool rehearsal,
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
			return catalogue_read_fail(in, where, "code stands twice");
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
	struct catalogue_reader in = { pool, fault };
	json_t *document = NULL, *list;
	enum rc rc = RC_INVALID;

	memset(out, 0, sizeof(*out));
	*fault = "not a JSON object";
	if (json_parse(text, len, &document) != RC_OK)
		goto out;
	out->version = catalogue_read_text(&in, document, "version");
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
	static size_t last;	/* a page asks for the same one several times */
	size_t i;

	if (last < catalogue->count && strcmp(catalogue->procedures[last].code, code) == 0)
		return &catalogue->procedures[last];
	for (i = 0; i < catalogue->count; i++) {
		if (strcmp(catalogue->procedures[i].code, code) == 0) {
			last = i;
			return &catalogue->procedures[i];
		}
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

bool procedure_is_offered(const struct procedure *procedure, int64_t day_number)
{
	return procedure->enabled && day_number >= procedure->valid_from
			&& (!procedure->valid_to || day_number <= procedure->valid_to);
}

bool procedure_answers_meet(struct answers given, struct answers condition)
{
	return (condition.yes & ~given.yes) == 0 && (condition.no & ~given.no) == 0;
}

static bool has_condition(const struct procedure_case *one)
{
	return one->when.yes || one->when.no;
}

const struct procedure_case *procedure_case_of(const struct procedure *procedure,
		struct answers given)
{
	const struct procedure_case *plain = NULL;
	size_t i;

	for (i = procedure->case_count; i-- > 0;) {
		const struct procedure_case *one = &procedure->cases[i];

		if (has_condition(one) && procedure_answers_meet(given, one->when))
			return one;
		if (!has_condition(one))
			plain = one;
	}
	return plain ? plain : &procedure->cases[0];
}

bool procedure_case_is_answered(const struct procedure *procedure)
{
	size_t i;

	for (i = 0; i < procedure->case_count; i++) {
		if (has_condition(&procedure->cases[i]))
			return true;
	}
	return false;
}
