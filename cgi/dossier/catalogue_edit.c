/*
 * catalogue_edit.c: see catalogue_edit.h.
 */
#include <string.h>

#include "base/text.h"
#include "dossier/catalogue_edit.h"

#define VERSION_MAX 40

json_t *catalogue_edit_row(const json_t *list, const char *key, const char *text)
{
	json_t *row;
	size_t i;

	if (!*text)
		return NULL;
	json_array_foreach(list, i, row) {
		if (strcmp(json_text(row, key), text) == 0)
			return row;
	}
	return NULL;
}

void catalogue_edit_settle(json_t *object, const char *word)
{
	json_t *list = json_object_get(object, "uncertain");
	size_t i;

	for (i = json_array_size(list); i-- > 0;) {
		const char *one = json_string_value(json_array_get(list, i));

		if (one && strcmp(one, word) == 0)
			(void)json_array_remove(list, i);
	}
	if (json_array_size(list) == 0)
		(void)json_object_del(object, "uncertain");
}

void catalogue_edit_put(json_t *document, const json_t *procedure)
{
	json_t *list = json_object_get(document, "procedures"), *row;
	const char *code = json_text(procedure, "code"), *field = json_text(procedure, "field");
	json_t *copy = json_deep_copy(procedure);
	size_t i, after = json_array_size(list);

	json_array_foreach(list, i, row) {
		if (strcmp(json_text(row, "code"), code) == 0) {
			(void)json_array_set_new(list, i, copy);
			return;
		}
		if (strcmp(json_text(row, "field"), field) == 0)
			after = i + 1;
	}
	(void)json_array_insert_new(list, after, copy);
}

char *catalogue_edit_next(struct pool *pool, const char *version)
{
	const char *dash = strrchr(version, '-');
	size_t base = dash ? (size_t)(dash - version) : strlen(version);
	int64_t no = 0;

	if (dash && num_parse(dash + 1, 1, 1000000, &no) != RC_OK)
		base = strlen(version);
	if (base > VERSION_MAX)
		base = VERSION_MAX;
	return pool_printf(pool, "%.*s-%lld", (int)base, version, (long long)no + 1);
}

const char *catalogue_edit_abolished(const json_t *document, const char *code)
{
	return json_text(catalogue_edit_row(json_object_get(document, "abolished"), "code", code), "by");
}

struct doubts { struct catalogue_doubt *rows; size_t count, max; };

static void doubt(struct doubts *list, const char *word, json_t *object, const json_t *in_case)
{
	if (list->count < list->max)
		list->rows[list->count++] = (struct catalogue_doubt){ word, object, in_case };
}

static void doubts_of(struct doubts *list, struct pool *pool, json_t *object,
		const json_t *in_case)
{
	const json_t *word;
	size_t i;

	json_array_foreach(json_object_get(object, "uncertain"), i, word) {
		if (json_is_string(word))
			doubt(list, pool_strdup(pool, json_string_value(word)), object, in_case);
	}
}

size_t catalogue_edit_doubts(struct pool *pool, json_t *procedure, struct catalogue_doubt **out)
{
	struct doubts list = { NULL, 0, 64 };
	json_t *one, *fee;
	size_t i, k;

	list.rows = pool_alloc(pool, list.max * sizeof(*list.rows));
	doubts_of(&list, pool, procedure, NULL);
	json_array_foreach(json_object_get(procedure, "cases"), i, one) {
		doubts_of(&list, pool, one, one);
		json_array_foreach(json_object_get(one, "fees"), k, fee) {
			if (json_is_false(json_object_get(fee, "certain")))
				doubt(&list, "amount", fee, one);
		}
	}
	*out = list.rows;
	return list.count;
}
