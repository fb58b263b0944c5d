/*
 * guide.h: before acceptance: what a procedure asks for, the request for what is missing (form 02)
 * and the refusal (form 03). No dossier exists yet; a request is an event of its own (intake.guided),
 * a refusal makes a dossier that ends at once.
 */
#ifndef TRAM_INTAKE_GUIDE_H
#define TRAM_INTAKE_GUIDE_H

#include "intake/draft_page.h"
#include "intake/print.h"

/* The facts that a body is made from; procedure and chosen NULL: none chosen yet. */
struct draft_body_facts guide_facts(struct web *web, struct request *request,
		const struct draft *draft);
/* Reasons of the list as "reasons" {why, why_text, chosen}, with what was typed. */
void guide_show_reasons(struct web *web, struct request *request, struct view *view,
		enum form_reasons kind);
/* Chosen reasons and the free text as one sentence; "": none. */
char *guide_reason(struct web *web, struct request *request, enum form_reasons kind);
/* What all pages of a draft before acceptance show. */
void guide_show_draft(struct view *view, const struct draft *draft, const char *title_key,
		const char *suffix);

#endif
