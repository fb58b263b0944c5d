/*
 * ask.h: what was asked of the province, for the pages that list it.
 */
#ifndef TRAM_INTAKE_ASK_H
#define TRAM_INTAKE_ASK_H

#include "intake/intake.h"
#include "store/pending.h"

/* An act of request.made in words. */
const char *ask_words(struct pool *pool, const char *act);
/* Requests that wait (PENDING_OPEN) or were answered lately, into list: rows of dossier_show_row
 * besides what, why, new_due, by, at, granted, refused, answer_why, answered_by, answered_at; flag
 * "<list>_shown". Adds how many to *shown. */
enum rc ask_show_list(struct web *web, struct request *request, struct view *view,
		enum pending_done done, const char *list, size_t *shown) MUST_CHECK;
/* How many wait for the province, up to 50. */
enum rc ask_count(struct web *web, struct request *request, int64_t *count) MUST_CHECK;

#endif
