/*
 * step_people.h: what page 2 of a new dossier asks of a procedure beyond its case: at most three
 * questions, and the related persons by their roles.
 */
#ifndef TRAM_INTAKE_STEP_PEOPLE_H
#define TRAM_INTAKE_STEP_PEOPLE_H

#include "intake/draft_page.h"

#define STEP_PEOPLE_FIELDS 2
extern const struct field step_people_fields[STEP_PEOPLE_FIELDS];	/* case, content */

/* A procedure was chosen: answers and persons of another one go; the applicant stands in the role that
 * is usually hers. */
void step_people_begin(json_t *data, const struct procedure *procedure);
/* Questions and roles into the view, as typed (form) or as they stand in the draft (NULL). */
void step_people_show(struct view *view, const json_t *data, const struct procedure *procedure,
		const struct form *form);
/* Checks the page's fields and takes what is right into the draft. leave: nothing is demanded. */
enum rc step_people_take(struct request *request, json_t *data, const struct procedure *procedure,
		bool leave) MUST_CHECK;

/* A card that was scanned into one of a role's fields, or into the search while a role has nobody yet. *field: the
 * one it stands in; "" none did. *role: whose it is. Not read yet. */
void step_people_find_card(struct request *request, const json_t *data, const struct procedure *procedure,
		const char **field, const struct role **role);
/* Reads it into that person. RC_INVALID and *reason, a text key: it cannot be read. */
enum rc step_people_take_card(struct request *request, json_t *data, const struct role *role,
		const char *field, const char **reason) MUST_CHECK;

#endif
