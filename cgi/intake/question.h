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

#endif
