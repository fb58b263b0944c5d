/*
 * catalogue_confirm.c: a manager's confirmed values over the uncertain ones of the catalogue.
 * Changed procedures are copied, so that a parsed catalogue stays as it was read.
 */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "dossier/catalogue.h"
#include "dossier/due.h"

#define AMOUNT_MAX INT64_C(1000000000)

static const json_t *row_find(const json_t *list, const char *key, const char *text)
{
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row) {
		if (strcmp(json_text(row, key), text) == 0)
			return row;
	}
	return NULL;
}

/* The amount of a member over *out when it is there. */
static bool take_amount(const json_t *row, const char *key, int64_t *out)
{
	const json_t *value = json_object_get(row, key);

	if (!value)
		return true;
	*out = json_int(row, key, -1);
	return *out >= 0 && *out <= AMOUNT_MAX;
}

static bool confirm_fees(struct pool *pool, const json_t *list, struct procedure_case *one)
{
	struct fee_rule *fees = pool_alloc(pool, one->fee_count * sizeof(*fees));
	size_t i;

	for (i = 0; i < one->fee_count; i++) {
		const json_t *row = row_find(list, "id", one->fees[i].id);

		fees[i] = one->fees[i];
		if (!row)
			continue;
		if (!json_is_integer(json_object_get(row, "amount"))
				|| !take_amount(row, "amount", &fees[i].amount_dong)
				|| !take_amount(row, "first", &fees[i].first_pages_dong)
				|| !take_amount(row, "next", &fees[i].next_pages_dong)
				|| !take_amount(row, "max", &fees[i].max_per_copy_dong))
			return false;
		fees[i].certain = true;
	}
	one->fees = fees;
	return true;
}

static bool confirm_case(struct pool *pool, const json_t *row, struct procedure_case *one)
{
	if (json_object_get(row, "limit")) {
		if (limit_parse(json_text(row, "limit"), &one->limit) != RC_OK)
			return false;
		one->limit_certain = true;
	}
	if (json_flag(row, "components"))
		one->components_certain = true;
	return confirm_fees(pool, json_object_get(row, "fees"), one);
}

static bool confirm_procedure(struct pool *pool, const json_t *row, struct procedure *one)
{
	struct procedure_case *cases = pool_alloc(pool, one->case_count * sizeof(*cases));
	size_t i;

	for (i = 0; i < one->case_count; i++) {
		const json_t *part = row_find(json_object_get(row, "cases"), "id", one->cases[i].id);

		cases[i] = one->cases[i];
		if (part && !confirm_case(pool, part, &cases[i]))
			return false;
	}
	one->cases = cases;
	if (json_object_get(row, "name")) {
		one->name = pool_strdup(pool, json_text(row, "name"));
		if (!*one->name)
			return false;
		one->folded = text_fold(pool, one->name);
		one->certain = true;
	}
	one->enabled = one->wanted && catalogue_is_certain(one);
	return true;
}

enum rc catalogue_confirm(struct pool *pool, struct catalogue *catalogue, const char *text,
		size_t len, const char **fault)
{
	struct procedure *procedures = pool_alloc(pool, catalogue->count * sizeof(*procedures));
	json_t *document = NULL, *list;
	enum rc rc = RC_INVALID;
	size_t i;

	*fault = "not a JSON object";
	if (json_parse(text, len, &document) != RC_OK)
		goto out;
	*fault = "confirmed";
	list = json_object_get(document, "confirmed");
	if (!json_is_array(list))
		goto out;
	for (i = 0; i < catalogue->count; i++) {
		const json_t *row = row_find(list, "code", catalogue->procedures[i].code);

		procedures[i] = catalogue->procedures[i];
		if (row && !confirm_procedure(pool, row, &procedures[i])) {
			*fault = pool_printf(pool, "confirmed %s", procedures[i].code);
			goto out;
		}
	}
	catalogue->procedures = procedures;
	*fault = NULL;
	rc = RC_OK;
out:
	json_decref(document);
	return rc;
}
