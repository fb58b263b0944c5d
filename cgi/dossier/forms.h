/*
 * forms.h: printed forms as data: numbers and titles of one form set, the symbols of their number
 * series, and the reasons a clerk may choose from, read from board/forms.json. Pure: text in, structs
 * out. Which set a station prints is its setting form_set (TT 01/2018 or TT 03/2025, DOMAIN 1.6).
 *
 * The document: {"version", "sets": [{"id", "line": "… {0} …", "papers": [{"key", "number", "title",
 * "series"}]}], "reasons": {"supplement": ["…"], "refusal": ["…"]}}. number and series may be left
 * out: a paper that no circular numbers, or that carries no number of its own.
 */
#ifndef TRAM_DOSSIER_FORMS_H
#define TRAM_DOSSIER_FORMS_H

#include <stddef.h>

#include "base/pool.h"
#include "base/rc.h"

struct form_paper {
	const char *key;	/* "supplement" */
	const char *number;	/* "02", "" */
	const char *title;
	const char *series;	/* "HDHS", "": its numbers are "12/HDHS" */
};

enum form_reasons { REASONS_SUPPLEMENT, REASONS_REFUSAL, REASONS_KINDS };
#define FORMS_REASONS_MAX 30

struct forms {
	const char *version;
	const char *line;	/* {0}: the paper's number */
	const struct form_paper *papers;
	size_t count;
	const char *const *reasons[REASONS_KINDS];
	size_t reason_count[REASONS_KINDS];
};

/* All of *out lives in pool. Every key of forms_keys must be there. RC_INVALID: *fault says where. */
enum rc forms_parse(struct pool *pool, const char *text, size_t len, const char *set,
		struct forms *out, const char **fault) MUST_CHECK;
/* NULL: no such paper. */
const struct form_paper *forms_find(const struct forms *forms, const char *key);
/* "Theo Mẫu số 02, …" of a numbered paper, else "". */
char *forms_line(struct pool *pool, const struct forms *forms, const struct form_paper *paper);

#endif
