/*
 * takeover.h: an old dossier as one row: typed on a page or read from a file, checked by one table of
 * fields, and what becomes of it. Pure but for the catalogue and the calendar.
 */
#ifndef TRAM_INTAKE_TAKEOVER_H
#define TRAM_INTAKE_TAKEOVER_H

#include "intake/intake.h"
#include "store/takeover.h"

extern const struct field takeover_fields[];
extern const size_t takeover_field_count;
#define TAKEOVER_COLUMNS 15

/* Columns of a file: field of each, -1: none of ours. */
struct takeover_head { int field[64]; size_t count; };
/* Is this row of cells the head of the table: at least the columns that every row must have? The
 * words are texts "takeover.col.<field>", alternatives with '|' between; case, diacritics and order do
 * not matter. */
bool takeover_head_read(struct pool *pool, char **cells, size_t count, struct takeover_head *out);
/* A row under that head as a form; states in words, dates and times as people write them. */
enum rc takeover_form(struct pool *pool, const struct takeover_head *head, char **cells, size_t count,
		struct form **out) MUST_CHECK;

/* Checks the form against the table and what the table cannot say. RC_INVALID: faults stand in it. */
enum rc takeover_check(struct web *web, struct pool *pool, struct form *form, int64_t now_ms) MUST_CHECK;

/* The bodies of a checked form; caller json_decref's what is not NULL. */
struct takeover_bodies { json_t *body, *taken, *finished; };
void takeover_make(struct web *web, struct pool *pool, const struct form *form, int64_t now_ms,
		const char *account, const char *import, struct takeover_bodies *out);
void takeover_free(struct takeover_bodies *bodies);

/* Also of results that are brought: KINDS.md, Procedure and Applicant, of what was typed. */
json_t *takeover_procedure(struct web *web, const char *typed);
json_t *takeover_applicant(const struct form *form, struct pool *pool, const char *suffix);

#endif
