/*
 * catalogue_merge.c: see catalogue_merge.h.
 */
#include <string.h>

#include "dossier/catalogue_edit.h"
#include "dossier/catalogue_merge.h"

static const char *const amounts[] = { "amount", "first", "first_pages", "next", "max" };
#define AMOUNTS (sizeof(amounts) / sizeof(amounts[0]))

/* One procedure as three documents have it; NULL: not there. */
struct three { const json_t *current, *base; json_t *file; };

static const json_t *row_of(const json_t *object, const char *list, const char *key, const char *id)
{
	return catalogue_edit_row(json_object_get(object, list), key, id);
}

static bool same(const json_t *a, const json_t *b, const char *member)
{
	const json_t *one = json_object_get(a, member), *two = json_object_get(b, member);

	return one == two || (one != NULL && two != NULL && json_equal(one, two));
}

/* All members of a fee that are money, or the one member. */
static bool same_value(const json_t *a, const json_t *b, const char *word)
{
	if (a == NULL || b == NULL)
		return false;
	if (strcmp(word, "amount") != 0)
		return same(a, b, word);
	for (size_t i = 0; i < AMOUNTS; i++)
		if (!same(a, b, amounts[i]))
			return false;
	return true;
}

static bool waits(const json_t *object, const char *word)
{
	const json_t *one;
	size_t i;

	if (strcmp(word, "amount") == 0)
		return json_is_false(json_object_get(object, "certain"));
	json_array_foreach(json_object_get(object, "uncertain"), i, one)
		if (json_is_string(one) && strcmp(json_string_value(one), word) == 0)
			return true;
	return false;
}

static void copy_member(json_t *to, const json_t *from, const char *member)
{
	const json_t *value = json_object_get(from, member);

	if (value != NULL)
		json_put_value(to, member, json_deep_copy(value));
	else
		(void)json_object_del(to, member);
}

/* The value as it was confirmed here, with its source. */
static void take(json_t *to, const json_t *from, const char *word)
{
	const json_t *source;

	if (strcmp(word, "amount") == 0) {
		for (size_t i = 0; i < AMOUNTS; i++)
			copy_member(to, from, amounts[i]);
		copy_member(to, from, "source");
		(void)json_object_del(to, "certain");
		return;
	}
	copy_member(to, from, word);
	source = json_object_get(json_object_get(from, "sources"), word);
	if (source != NULL) {
		if (json_object_get(to, "sources") == NULL)
			json_put_value(to, "sources", json_new_object());
		json_put_value(json_object_get(to, "sources"), word, json_deep_copy(source));
	}
	catalogue_edit_settle(to, word);
}

/* What holds the doubt's value in another document's procedure. */
static const json_t *twin(const json_t *procedure, const struct catalogue_doubt *doubt)
{
	const json_t *one = procedure;

	if (doubt->in_case != NULL)
		one = row_of(procedure, "cases", "id", json_text(doubt->in_case, "id"));
	if (strcmp(doubt->word, "amount") == 0)
		one = row_of(one, "fees", "id", json_text(doubt->object, "id"));
	return one;
}

static size_t confirm(struct pool *pool, const struct three *three)
{
	struct catalogue_doubt *doubts;
	size_t count = catalogue_edit_doubts(pool, three->file, &doubts), kept = 0;

	for (size_t i = 0; i < count; i++) {
		const json_t *here = twin(three->current, &doubts[i]);
		const json_t *before = twin(three->base, &doubts[i]);

		if (here == NULL || waits(here, doubts[i].word) ||
				!(same_value(doubts[i].object, here, doubts[i].word) ||
				same_value(doubts[i].object, before, doubts[i].word)))
			continue;
		take(doubts[i].object, here, doubts[i].word);
		kept++;
	}
	return kept;
}

/* A document switches on what it does not switch off. */
static bool wanted(const json_t *procedure)
{
	return !json_is_false(json_object_get(procedure, "enabled"));
}

size_t catalogue_merge(struct pool *pool, const json_t *current, const json_t *base, json_t *file)
{
	json_t *row;
	size_t i, kept = 0;

	json_array_foreach(json_object_get(file, "procedures"), i, row) {
		const char *code = json_text(row, "code");
		struct three three = { row_of(current, "procedures", "code", code),
			row_of(base, "procedures", "code", code), row };

		if (three.current == NULL)
			continue;
		kept += confirm(pool, &three);
		if (three.base != NULL && wanted(three.base) == wanted(row) &&
				wanted(three.current) != wanted(row))
			json_put_flag(row, "enabled", wanted(three.current));
	}
	json_array_foreach(json_object_get(current, "procedures"), i, row) {
		const char *code = json_text(row, "code");

		if (row_of(file, "procedures", "code", code) == NULL &&
				row_of(base, "procedures", "code", code) == NULL &&
				*catalogue_edit_abolished(file, code) == '\0')
			catalogue_edit_put(file, row);
	}
	return kept;
}
