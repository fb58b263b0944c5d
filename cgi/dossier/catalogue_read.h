/*
 * catalogue_read.h: the small things inside a procedure, read from JSON. For catalogue.c alone.
 */
#ifndef TRAM_DOSSIER_CATALOGUE_READ_H
#define TRAM_DOSSIER_CATALOGUE_READ_H

#include "base/json.h"
#include "dossier/catalogue.h"

/* What a reader needs: where the texts go, and where the fault is told. */
struct catalogue_reader {
	struct pool *pool;
	const char **fault;
};

/* RC_INVALID, with "where.what" as the fault. */
enum rc catalogue_read_fail(struct catalogue_reader *in, const char *where, const char *what);
const char *catalogue_read_text(struct catalogue_reader *in, const json_t *object, const char *key);
/* The word's place in the list, or -1; an absent member is the first word. */
int catalogue_read_word(const json_t *object, const char *key, const char *const *words, int count);
bool catalogue_read_small(const json_t *object, const char *key, int64_t max, int *out);
/* Is word in the list "uncertain"? */
bool catalogue_read_doubt(const json_t *object, const char *word);
/* "when": which answers; procedure's questions are read already. */
enum rc catalogue_read_when(struct catalogue_reader *in, const json_t *object, const char *where,
		const struct procedure *procedure, struct answers *out) MUST_CHECK;

/* Components, fees and steps of a case; questions, roles and days of a procedure. */
enum rc catalogue_read_parts(struct catalogue_reader *in, const json_t *row, const char *where,
		const struct procedure *procedure, struct procedure_case *out) MUST_CHECK;
enum rc catalogue_read_people(struct catalogue_reader *in, const json_t *row, const char *where,
		struct procedure *out) MUST_CHECK;

#endif
