/*
 * question.h: questions that wait for an answer, for the pages that list them.
 */
#ifndef TRAM_INTAKE_QUESTION_H
#define TRAM_INTAKE_QUESTION_H

#include "intake/intake.h"
#include "store/pending.h"

/* word: counter, specialist (this person's and nobody's by name) or center. Into list: rows of
 * dossier_show_row besides question, by, at; flag "<list>_shown". Adds how many to *shown. */
enum rc question_show_waiting(struct web *web, struct request *request, struct view *view,
		const char *word, const char *list, size_t *shown) MUST_CHECK;

/* Which event answers, the member that names what was asked, the one with its words, and what the item
 * calls them. */
struct answer_of { const char *kind, *asked, *words, *shown; };
/* The answer to id among the dossier's events, if there is one: its words, answered_by, answered_at. */
enum rc question_show_answer(struct web *web, struct view *item, const struct dossier_row *dossier,
		const struct answer_of *of, const char *id) MUST_CHECK;

#endif
