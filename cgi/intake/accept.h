/*
 * accept.h: from a draft to a dossier: the fourth tap.
 */
#ifndef TRAM_INTAKE_ACCEPT_H
#define TRAM_INTAKE_ACCEPT_H

#include "intake/draft_page.h"

/* Accepts the draft with what page 4 merged into it, and answers: 303 to the done page, or the page
 * again with what is missing. A second tap, and a draft accepted meanwhile, go where the first went. */
enum rc accept_draft(struct web *web, struct request *request, struct response *response,
		const struct draft *draft) MUST_CHECK;

/* step_check.c: page 4, with form's faults when it is not NULL. */
enum rc step_check_show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, struct form *form) MUST_CHECK;

#endif
