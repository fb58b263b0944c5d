/*
 * catalogue_confirm.c: a manager's confirmed values over the uncertain ones of a catalogue's
 * document, as a new document.
 */
#include <string.h>

#include "base/json.h"
#include "base/when.h"
#include "dossier/catalogue.h"
#include "dossier/catalogue_edit.h"
#include "dossier/due.h"

#define AMOUNT_MAX INT64_C(1000000000)

/* An amount of the confirmation into the fee's row; absent leaves it as it is. */
static bool take_amount(const json_t *row, const char *key, json_t *fee)
{
	int64_t value = json_int(row, key, -1);

	if (!json_object_get(row, key))
		return true;
	if (value < 0 || value > AMOUNT_MAX)
		return false;
	json_put_int(fee, key, value);
	return true;
}

static bool confirm_fee(const json_t *row, json_t *fee)
{
	if (!json_is_integer(json_object_get(row, "amount")) || !take_amount(row, "amount", fee)
			|| !take_amount(row, "first", fee) || !take_amount(row, "next", fee)
			|| !take_amount(row, "max", fee))
		return false;
	(void)json_object_del(fee, "certain");
	return true;
}

static bool confirm_case(const json_t *row, json_t *one)
{
	const char *limit = json_text(row, "limit");
	struct limit read;
	json_t *fee;
	size_t i;

	if (json_object_get(row, "limit")) {
		if (limit_parse(limit, &read) != RC_OK)
			return false;
		json_put(one, "limit", limit);
		catalogue_edit_settle(one, "limit");
	}
	if (json_flag(row, "components")) {
		catalogue_edit_settle(one, "components");
		catalogue_edit_settle(one, "steps");
	}
	json_array_foreach(json_object_get(one, "fees"), i, fee) {
		const json_t *part = catalogue_edit_row(json_object_get(row, "fees"), "id",
				json_text(fee, "id"));

		if (part && !confirm_fee(part, fee))
			return false;
	}
	return true;
}

/* Until when it is offered: a day, or "" for no end. */
static bool confirm_end(const json_t *row, json_t *procedure)
{
	const char *day = json_text(row, "valid_to");
	int year, month, number;

	if (json_object_get(row, "valid_to") == NULL)
		return true;
	(void)json_object_del(procedure, "valid_to");
	if (day[0] != '\0' && when_parse_date(day, &year, &month, &number) != RC_OK)
		return false;
	json_put(procedure, "valid_to", day);
	return true;
}

static bool confirm_procedure(const json_t *row, json_t *procedure)
{
	json_t *one;
	size_t i;

	if (!confirm_end(row, procedure))
		return false;

	json_array_foreach(json_object_get(procedure, "cases"), i, one) {
		const json_t *part = catalogue_edit_row(json_object_get(row, "cases"), "id",
				json_text(one, "id"));

		if (part && !confirm_case(part, one))
			return false;
	}
	if (!json_object_get(row, "name"))
		return true;
	if (!*json_text(row, "name"))
		return false;
	json_put(procedure, "name", json_text(row, "name"));
	(void)json_object_del(procedure, "uncertain");
	return true;
}

enum rc catalogue_confirm(struct pool *pool, const char *text, size_t len, const char *confirmed,
		size_t confirmed_len, char **out, const char **fault)
{
	json_t *document = NULL, *said = NULL, *procedure;
	enum rc rc = RC_INVALID;
	size_t i;

	*out = NULL;
	*fault = "not a JSON object";
	if (json_parse(text, len, &document) != RC_OK
			|| json_parse(confirmed, confirmed_len, &said) != RC_OK)
		goto out;
	*fault = "confirmed";
	if (!json_is_array(json_object_get(said, "confirmed")))
		goto out;
	json_array_foreach(json_object_get(document, "procedures"), i, procedure) {
		const char *code = json_text(procedure, "code");
		const json_t *row = catalogue_edit_row(json_object_get(said, "confirmed"), "code", code);

		if (row && !confirm_procedure(row, procedure)) {
			*fault = pool_printf(pool, "confirmed %s", code);
			goto out;
		}
	}
	*out = json_to_text(pool, document);
	*fault = NULL;
	rc = RC_OK;
out:
	json_decref(document);
	json_decref(said);
	return rc;
}
