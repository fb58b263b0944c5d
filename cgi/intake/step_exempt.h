/*
 * step_exempt.h: which fee of a new dossier is not taken, and on what legal ground (page 4). A case with
 * one fee asks once; with several each has a ground of its own, named "ground.<fee>", "exempt.<fee>".
 */
#ifndef TRAM_INTAKE_STEP_EXEMPT_H
#define TRAM_INTAKE_STEP_EXEMPT_H

#include "intake/draft_page.h"

/* Takes what is chosen or typed into the draft; faults stand in the form. leave: nothing is demanded. */
enum rc step_exempt_take(struct request *request, json_t *data, const struct procedure_case *chosen,
		bool leave) MUST_CHECK;
/* The page's fields as they stand in the draft, or as typed. */
void step_exempt_show(struct view *view, const json_t *data, const struct procedure_case *chosen,
		const struct form *form);

#endif
