/*
 * forms.c: see forms.h.
 */
#include "dossier/forms.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define PAPERS_MAX 64
#define TITLE_MAX 200

/* What the papers of this program ask for. */
static const char *const keys[] = { "slip", "supplement", "refusal", "apology", "stop", "control",
	"register", "many", "minutes", "receipt", "results", "handover", "return", "process", "guide" };
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static const char *const reason_names[REASONS_KINDS] = { "supplement", "refusal" };

static bool is_line(const char *text, size_t max)
{
	return text[0] != '\0' && text_chars(text) <= max && strpbrk(text, "\r\n") == NULL;
}

/* Digits, and a symbol of capital letters: both become part of a number like "12/HDHS". */
static bool fits(const struct form_paper *paper)
{
	return paper->key[0] != '\0' && is_line(paper->title, TITLE_MAX) &&
			strlen(paper->number) <= 4 &&
			paper->number[strspn(paper->number, "0123456789")] == '\0' &&
			strlen(paper->series) <= 12 &&
			paper->series[strspn(paper->series, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static enum rc read_papers(struct pool *pool, const json_t *list, struct forms *out,
		const char **fault)
{
	size_t count = json_array_size(list);
	struct form_paper *papers = pool_alloc(pool, (count + 1) * sizeof(*papers));

	out->papers = papers;
	*fault = "papers";
	if (count > PAPERS_MAX)
		return RC_INVALID;
	for (size_t i = 0; i < count; i++) {
		const json_t *paper = json_array_get(list, i);

		papers[i].key = pool_strdup(pool, json_text(paper, "key"));
		papers[i].number = pool_strdup(pool, json_text(paper, "number"));
		papers[i].title = pool_strdup(pool, json_text(paper, "title"));
		papers[i].series = pool_strdup(pool, json_text(paper, "series"));
		*fault = pool_printf(pool, "papers[%zu]", i);
		if (!fits(&papers[i]) || forms_find(out, papers[i].key) != NULL)
			return RC_INVALID;
		out->count = i + 1;
	}
	for (size_t i = 0; i < KEYS; i++) {
		*fault = pool_printf(pool, "papers: no \"%s\"", keys[i]);
		if (forms_find(out, keys[i]) == NULL)
			return RC_INVALID;
	}
	return RC_OK;
}

static enum rc read_reasons(struct pool *pool, const json_t *all, struct forms *out,
		const char **fault)
{
	for (size_t kind = 0; kind < REASONS_KINDS; kind++) {
		const json_t *list = json_object_get(all, reason_names[kind]);
		size_t count = json_array_size(list);
		const char **reasons = pool_alloc(pool, (count + 1) * sizeof(*reasons));

		*fault = pool_printf(pool, "reasons.%s", reason_names[kind]);
		if (count == 0 || count > FORMS_REASONS_MAX)
			return RC_INVALID;
		for (size_t i = 0; i < count; i++) {
			const char *text = json_string_value(json_array_get(list, i));

			if (text == NULL || !is_line(text, TITLE_MAX))
				return RC_INVALID;
			reasons[i] = pool_strdup(pool, text);
		}
		out->reasons[kind] = reasons;
		out->reason_count[kind] = count;
	}
	return RC_OK;
}

enum rc forms_parse(struct pool *pool, const char *text, size_t len, const char *set,
		struct forms *out, const char **fault)
{
	json_t *document = NULL;
	const json_t *sets, *chosen = NULL;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	*fault = "not JSON";
	rc = json_parse(text, len, &document);
	if (rc != RC_OK)
		return RC_INVALID;
	sets = json_object_get(document, "sets");
	for (size_t i = 0; i < json_array_size(sets); i++)
		if (strcmp(json_text(json_array_get(sets, i), "id"), set) == 0)
			chosen = json_array_get(sets, i);
	out->version = pool_strdup(pool, json_text(document, "version"));
	out->line = pool_strdup(pool, json_text(chosen, "line"));
	*fault = pool_printf(pool, "version, or line of the set \"%s\"", set);
	rc = out->version[0] != '\0' && is_line(out->line, TITLE_MAX) &&
			strstr(out->line, "{0}") != NULL ? RC_OK : RC_INVALID;
	if (rc == RC_OK)
		rc = read_papers(pool, json_object_get(chosen, "papers"), out, fault);
	if (rc == RC_OK)
		rc = read_reasons(pool, json_object_get(document, "reasons"), out, fault);
	json_decref(document);
	return rc;
}

const struct form_paper *forms_find(const struct forms *forms, const char *key)
{
	for (size_t i = 0; i < forms->count; i++)
		if (strcmp(forms->papers[i].key, key) == 0)
			return &forms->papers[i];
	return NULL;
}

char *forms_line(struct pool *pool, const struct forms *forms, const struct form_paper *paper)
{
	const char *at = strstr(forms->line, "{0}");

	if (paper->number[0] == '\0')
		return pool_strdup(pool, "");
	return pool_printf(pool, "%.*s%s%s", (int)(at - forms->line), forms->line, paper->number, at + 3);
}
