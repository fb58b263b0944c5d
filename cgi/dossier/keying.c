/*
 * keying.c: see keying.h.
 */
#include <string.h>

#include "dossier/keying.h"

#define FIELDS_MAX 100
#define PATH_MAX_CHARS 60

static bool read_type(const char *word, enum keying_type *out)
{
	static const char *const words[] = { "", "date", "time", "sex" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], word) == 0) {
			*out = (enum keying_type)i;
			return true;
		}
	}
	return false;
}

static enum rc read_fields(struct pool *pool, const json_t *list, struct keying *out)
{
	size_t count = json_array_size(list), i;
	struct keying_field *fields;
	const json_t *row;

	if (!json_is_array(list) || count == 0 || count > FIELDS_MAX)
		return RC_INVALID;
	fields = pool_alloc(pool, count * sizeof(*fields));
	json_array_foreach(list, i, row) {
		struct keying_field *field = &fields[i];

		field->label = pool_strdup(pool, json_text(row, "label"));
		field->value = pool_strdup(pool, json_text(row, "value"));
		field->otherwise = pool_strdup(pool, json_text(row, "or"));
		if (!*field->label || !*field->value || strlen(field->value) > PATH_MAX_CHARS
				|| strlen(field->otherwise) > PATH_MAX_CHARS
				|| !read_type(json_text(row, "type"), &field->type))
			return RC_INVALID;
	}
	out->fields = fields;
	out->count = count;
	return RC_OK;
}

enum rc keying_find(struct pool *pool, const char *text, size_t len, const char *system,
		struct keying *out)
{
	const json_t *row, *fields;
	json_t *document = NULL;
	enum rc rc = json_parse(text, len, &document);
	size_t i;

	memset(out, 0, sizeof(*out));
	out->name = pool_strdup(pool, system);
	if (rc != RC_OK)
		return RC_INVALID;
	fields = json_object_get(document, "otherwise");
	json_array_foreach(json_object_get(document, "systems"), i, row) {
		if (strcmp(json_text(row, "id"), system) != 0 || out->known)
			continue;
		out->known = true;
		out->certain = json_flag(row, "certain");
		if (*json_text(row, "name"))
			out->name = pool_strdup(pool, json_text(row, "name"));
		fields = json_object_get(row, "fields");
	}
	rc = read_fields(pool, fields, out);
	json_decref(document);
	return rc;
}

const json_t *keying_member(const json_t *body, const char *path)
{
	const json_t *at = body;

	while (at && *path) {
		char name[PATH_MAX_CHARS + 1];
		size_t len = strcspn(path, ".");

		if (len > PATH_MAX_CHARS || !json_is_object(at))
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		at = json_object_get(at, name);
		path += len + (path[len] == '.');
	}
	return at;
}
