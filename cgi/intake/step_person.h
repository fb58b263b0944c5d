/*
 * step_person.h: page 1 with a photographed card, which comes through the upload pool.
 */
#ifndef TRAM_INTAKE_STEP_PERSON_H
#define TRAM_INTAKE_STEP_PERSON_H

#include "intake/draft_page.h"

struct step_person_photo {
	const char *field;		/* "card" or "s_card": whose it is, and where a fault stands */
	const char *text;		/* the code's bytes */
	size_t len;
	const char *fault;		/* text key: no code could be read; NULL */
};
/* request->form is page 1's form: what is typed right is kept, the card fills its person. 303, or the
 * page again (422). */
enum rc step_person_photo(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const struct step_person_photo *photo) MUST_CHECK;

#endif
