/*
 * document_diff.c: see document_diff.h.
 */
#include <string.h>

#include "dossier/document_diff.h"

struct differ {
	struct pool *pool;
	struct document_change *out;
	size_t count, max;
	struct document_place places[DOCUMENT_DIFF_DEPTH];
	size_t depth;
};

static void objects(struct differ *d, const json_t *before, const json_t *after);

/* A value in one line; lists of words and pairs of answers too. NULL: absent. */
static const char *words(struct pool *pool, const json_t *value)
{
	const char *out = "", *key;
	json_t *item;
	size_t i;

	if (!value)
		return NULL;
	if (json_is_string(value))
		return pool_strdup(pool, json_string_value(value));
	if (json_is_integer(value))
		return pool_printf(pool, "%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	json_array_foreach(value, i, item) {
		const char *one = words(pool, item);

		out = pool_printf(pool, "%s%s%s", out, *out ? ", " : "", one ? one : "");
	}
	if (json_is_object(value)) {
		json_object_foreach((json_t *)value, key, item) {
			const char *one = words(pool, item);

			out = pool_printf(pool, "%s%s%s: %s", out, *out ? ", " : "", key, one ? one : "");
		}
	}
	return out;
}

static void change(struct differ *d, const char *member, const char *before, const char *after)
{
	struct document_change *row;

	if (d->count++ >= d->max)
		return;
	row = &d->out[d->count - 1];
	memcpy(row->places, d->places, sizeof(row->places));
	row->depth = d->depth;
	row->member = pool_strdup(d->pool, member);
	row->before = before;
	row->after = after;
}

static const char *identity(const json_t *item)
{
	static const char *const keys[] = { "id", "code", "from" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (*json_text(item, keys[i]))
			return json_text(item, keys[i]);
	}
	return "";
}

/* A day off by its name and date. */
static const char *dated(struct pool *pool, const char *name, const char *day)
{
	if (strlen(day) != 10)
		return pool_strdup(pool, name);
	return pool_printf(pool, "%s (%.2s/%.2s/%.4s)", name, day + 8, day + 5, day);
}

/* What people call an item. */
static const char *label(struct pool *pool, const json_t *item)
{
	static const char *const keys[] = { "name", "text", "why", "id" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (*json_text(item, keys[i]))
			return dated(pool, json_text(item, keys[i]), json_text(item, "from"));
	}
	return words(pool, item);
}

static const json_t *twin(const json_t *list, const json_t *item, size_t at)
{
	const char *own = identity(item);
	const json_t *other;
	size_t i;

	if (!*own)
		return *identity(json_array_get(list, at)) ? NULL : json_array_get(list, at);
	json_array_foreach(list, i, other) {
		if (strcmp(identity(other), own) == 0)
			return other;
	}
	return NULL;
}

static void lists(struct differ *d, const char *member, const json_t *before, const json_t *after)
{
	const json_t *item;
	size_t i;

	if (d->depth == DOCUMENT_DIFF_DEPTH)
		return;
	json_array_foreach(after, i, item) {
		const json_t *old = twin(before, item, i);

		if (!old) {
			change(d, member, NULL, label(d->pool, item));
			continue;
		}
		d->places[d->depth++] = (struct document_place){ pool_strdup(d->pool, member),
			label(d->pool, item) };
		objects(d, old, item);
		d->depth--;
	}
	json_array_foreach(before, i, item) {
		if (!twin(after, item, i))
			change(d, member, label(d->pool, item), NULL);
	}
}

static bool is_list_of_objects(const json_t *value)
{
	return json_is_array(value) && json_is_object(json_array_get(value, 0));
}

static void member(struct differ *d, const char *name, const json_t *before, const json_t *after)
{
	const char *old, *new;

	if (is_list_of_objects(before) || is_list_of_objects(after)) {
		lists(d, name, before, after);
		return;
	}
	if (before && after && json_equal(before, after))
		return;
	/* One source for each value. */
	if (strcmp(name, "sources") == 0 && d->depth < DOCUMENT_DIFF_DEPTH) {
		d->places[d->depth++] = (struct document_place){ "sources", "" };
		objects(d, before, after);
		d->depth--;
		return;
	}
	old = words(d->pool, before);
	new = words(d->pool, after);
	if (old || new)
		change(d, name, old, new);
}

static void objects(struct differ *d, const json_t *before, const json_t *after)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)after, key, value)
		member(d, key, json_object_get(before, key), value);
	json_object_foreach((json_t *)before, key, value) {
		if (!json_object_get(after, key))
			member(d, key, value, NULL);
	}
}

size_t document_diff(struct pool *pool, const json_t *before, const json_t *after,
		struct document_change *out, size_t max)
{
	struct differ d = { .pool = pool, .out = out, .max = max };

	objects(&d, before, after);
	return d.count;
}
