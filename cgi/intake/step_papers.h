/*
 * step_papers.h: page 3's form, which comes urlencoded to the pages and as multipart (with files) to
 * the upload pool. Both merge and answer alike.
 */
#ifndef TRAM_INTAKE_STEP_PAPERS_H
#define TRAM_INTAKE_STEP_PAPERS_H

#include "intake/draft_page.h"

/* request->form is the form. Merges, saves, answers: the page again (422) or 303. fault: text key of
 * what was wrong with a file of the paper, NULL: nothing. */
enum rc step_papers_take(struct web *web, struct request *request, struct response *response,
		struct draft *draft, const char *paper, const char *fault) MUST_CHECK;

#endif
