/*
 * proposal.h: drafts that wait for an approval, for the trays that list them.
 */
#ifndef TRAM_INTAKE_PROPOSAL_H
#define TRAM_INTAKE_PROPOSAL_H

#include "intake/intake.h"
#include "store/pending.h"

/* Into list: rows of dossier_show_row besides id, act, by, at; flag "<list>_shown". */
enum rc proposal_show_list(struct web *web, struct request *request, struct view *view,
		const struct pending_query *query, const char *list) MUST_CHECK;

#endif
