/*
 * draft_page.h: what the four pages of a new dossier share: opening the draft, the steps above, the
 * summary beside, and its addresses.
 */
#ifndef TRAM_INTAKE_DRAFT_PAGE_H
#define TRAM_INTAKE_DRAFT_PAGE_H

#include "intake/draft_data.h"
#include "intake/intake.h"
#include "store/draft.h"

/* The draft named by params[0]. *go false: the answer is complete: a draft that became a dossier
 * leads to it, another person's asks whether to take it over. Caller draft_free's in any case. */
enum rc draft_page_open(struct web *web, struct request *request, struct response *response,
		struct draft *draft, bool *go) MUST_CHECK;
/* A draft that was just made: claims the form and leads to its page; a double tap's second draft goes,
 * and leads to the first one's (draft_start.c). */
enum rc draft_page_begun(struct web *web, struct request *request, struct response *response,
		const char *id, const char *suffix) MUST_CHECK;
/* "/ho-so/moi/<id><suffix>" */
char *draft_page_url(struct pool *pool, const char *id, const char *suffix);
/* Renders "intake/step<page>" with steps, summary and draft_url; a form with faults is answered 422. */
enum rc draft_page_show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, int page, struct view *view) MUST_CHECK;
/* Puts into the view what is still missing, as the fault list of the pages' summary. */
void draft_page_show_gaps(struct view *view, const struct draft *draft, struct web *web);
/* Saves the draft; RC_OK then: 303 to the suffix' page, or to the counter if the person left it. */
enum rc draft_page_save(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const char *suffix) MUST_CHECK;

#endif
