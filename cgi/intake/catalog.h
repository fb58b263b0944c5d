/*
 * catalog.h: the manager's pages of the catalogue: a procedure as a list of values that can be typed.
 */
#ifndef TRAM_INTAKE_CATALOG_H
#define TRAM_INTAKE_CATALOG_H

#include "dossier/catalogue_edit.h"
#include "intake/revise.h"

enum catalog_type { CATALOG_TEXT, CATALOG_COUNT, CATALOG_MONEY, CATALOG_LIMIT, CATALOG_CHOICE,
	CATALOG_DATE, CATALOG_CONFIRM };

/* One value of the document; its form field is "v<number>" (a limit has "v<number>_unit" besides). */
struct catalog_value {
	const char *name;
	const char *group;		/* heading, in words */
	const char *label;		/* text key */
	json_t *object;			/* what holds it; borrowed */
	const char *member;
	enum catalog_type type;
	const char *choices;		/* of a CHOICE: "a|b" */
	const char *doubt;		/* CONFIRM: the word of "uncertain" it settles; else NULL */
	bool required;
	bool anew;			/* not shown as it stands */
};

#define CATALOG_VALUES 190	/* on one page: what form_parse takes, with room for the hidden fields */
/* Those from number `from` on, of total. */
struct catalog_values { struct catalog_value *rows; size_t count, from, total; };

/* Everything of a procedure that people may correct, with one empty paper for each case. */
void catalog_values_all(struct pool *pool, json_t *procedure, size_t from, struct catalog_values *out);
/* What waits for a confirmation, each with its source. */
void catalog_values_doubts(struct pool *pool, json_t *procedure, struct catalog_values *out);
/* Into the view as list "values" {…}, as typed (form) or as they stand (NULL). */
void catalog_values_show(struct view *view, const struct catalog_values *values,
		const struct form *form);
/* Checks what was typed and puts what is right into the tree; faults stand in the form. */
enum rc catalog_values_take(struct request *request, const struct catalog_values *values) MUST_CHECK;
/* Papers whose name was taken away go; new ones get an id. */
void catalog_values_tidy(struct pool *pool, json_t *procedure);

/* ---- catalog_page.c: one procedure that a page works on ---- */
struct catalog_sheet {
	struct web *web;
	struct request *request;
	struct response *response;
	struct revise revise;
	json_t *before;		/* the procedure in force; in revise.document */
	json_t *after;		/* a copy the form works on */
	const char *url, *fault;
	bool on;		/* the page that switches on */
	bool off;		/* what is shown is the switching off */
};
/* The procedure of params[0]; web, request, response are set. RC_NOT_FOUND. Close in any case. */
enum rc catalog_page_open(struct catalog_sheet *sheet) MUST_CHECK;
void catalog_page_close(struct catalog_sheet *sheet);
/* The page was made of another version of this procedure: nothing is overwritten. */
bool catalog_page_stale(const struct catalog_sheet *sheet);
/* Saved is what a preview has shown, and nothing else. */
bool catalog_page_confirmed(const struct catalog_sheet *sheet);
/* catalog_part.c: the pages of a procedure's parts, as list {tab_url, tab_name, current}. slug: which one
 * this is, or NULL. */
void catalog_part_tabs(struct view *view, const char *list, const char *sheet_url, const char *slug);
/* Saves and leads to the procedure. RC_INVALID: sheet->fault is the readers' word; nothing was written. */
enum rc catalog_page_write(struct catalog_sheet *sheet, const char *summary_key) MUST_CHECK;

#endif
