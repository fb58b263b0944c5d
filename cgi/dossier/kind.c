/*
 * kind.c: bodies against the table, and the names of states.
 */
#include <string.h>

#include "dossier/kind.h"

static const struct {
	const char *name;
	int portal;	/* TrangThaiHoSo of the national portal, DOMAIN: 1..10 */
} states[] = {
	[STATE_NONE] = { "none", 1 },
	[STATE_ACCEPTED] = { "accepted", 2 },
	[STATE_FORWARDED] = { "forwarded", 2 },
	[STATE_PROCESSING] = { "processing", 4 },
	[STATE_SIGNING] = { "signing", 4 },
	[STATE_SIGNED] = { "signed", 4 },
	[STATE_SUPPLEMENT] = { "supplement", 5 },
	[STATE_PAYMENT] = { "payment", 6 },
	[STATE_RESULT] = { "result", 9 },
	[STATE_RETURNED] = { "returned", 10 },
	[STATE_REFUSED] = { "refused", 3 },
	[STATE_WITHDRAWN] = { "withdrawn", 7 },
	[STATE_STOPPED] = { "stopped", 8 },
	[STATE_VOIDED] = { "voided", 8 },
};

#define STATE_COUNT (sizeof(states) / sizeof(states[0]))

const char *state_name(enum dossier_state state)
{
	return (size_t)state < STATE_COUNT ? states[state].name : "none";
}

int state_portal_code(enum dossier_state state)
{
	return (size_t)state < STATE_COUNT ? states[state].portal : 1;
}

bool state_is_closed(enum dossier_state state)
{
	return state == STATE_RETURNED || state == STATE_REFUSED || state == STATE_WITHDRAWN
			|| state == STATE_STOPPED || state == STATE_VOIDED;
}

static bool is_hex(const char *text, size_t digits)
{
	return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

static bool is_one_of(const char *text, const char *words)
{
	size_t len = strlen(text);

	while (*words) {
		size_t word = strcspn(words, "|");

		if (word == len && strncmp(words, text, len) == 0)
			return true;
		words += word + (words[word] == '|');
	}
	return false;
}

static bool text_fits(const struct kind_field *field, const char *text)
{
	if (field->type == 'h')
		return is_hex(text, 64);
	if (field->type == 'e')
		return is_hex(text, 32);
	if (field->required && !*text)
		return false;
	return !field->one_of || (!*text && !field->required) || is_one_of(text, field->one_of);
}

static enum rc check_object(const struct kind_field *fields, const struct kind_field *more,
		const json_t *object, const char **fault);

static enum rc check_array(const struct kind_field *field, const json_t *array, const char **fault)
{
	const json_t *item;
	size_t i;

	*fault = field->name;
	if (field->required && json_array_size(array) == 0)
		return RC_INVALID;
	json_array_foreach(array, i, item) {
		*fault = field->name;
		if (field->type == 'l' && !json_is_string(item))
			return RC_INVALID;
		if (field->type == 'a' && !json_is_object(item))
			return RC_INVALID;
		if (field->type == 'a' && field->inner
				&& check_object(field->inner, NULL, item, fault) != RC_OK)
			return RC_INVALID;
	}
	return RC_OK;
}

static enum rc check_value(const struct kind_field *field, const json_t *value, const char **fault)
{
	*fault = field->name;
	switch (field->type) {
	case 's':
	case 'h':
	case 'e':
		if (!json_is_string(value))
			return RC_INVALID;
		return text_fits(field, json_string_value(value)) ? RC_OK : RC_INVALID;
	case 'i':
		return json_is_integer(value) ? RC_OK : RC_INVALID;
	case 'b':
		return json_is_boolean(value) ? RC_OK : RC_INVALID;
	case 'a':
	case 'l':
		return json_is_array(value) ? check_array(field, value, fault) : RC_INVALID;
	case 'o':
		if (!json_is_object(value))
			return RC_INVALID;
		return field->inner ? check_object(field->inner, NULL, value, fault) : RC_OK;
	default:
		return RC_INVALID;
	}
}

static const struct kind_field *field_find(const struct kind_field *fields, const char *name)
{
	for (; fields && fields->name; fields++) {
		if (strcmp(fields->name, name) == 0)
			return fields;
	}
	return NULL;
}

static enum rc check_object(const struct kind_field *fields, const struct kind_field *more,
		const json_t *object, const char **fault)
{
	const struct kind_field *field;
	const char *key;
	json_t *value;

	for (field = fields; field->name; field++) {
		if (field->required && !json_object_get(object, field->name)) {
			*fault = field->name;
			return RC_INVALID;
		}
	}
	/* jansson's iterators take no const, and change nothing. */
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		field = field_find(fields, key);
		if (!field)
			field = field_find(more, key);
		if (!field) {
			*fault = key;
			return RC_INVALID;
		}
		if (check_value(field, value, fault) != RC_OK)
			return RC_INVALID;
	}
	return RC_OK;
}

enum rc kind_check_body(const struct kind *kind, const json_t *body, const char **field)
{
	const char *fault = NULL;
	enum rc rc = RC_INVALID;

	if (json_is_object(body))
		rc = check_object(kind->fields, kind_common_fields, body, &fault);
	*field = rc == RC_OK ? NULL : fault;
	return rc;
}
