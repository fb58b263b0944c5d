/*
 * keep.h: what stays of a body when personal data are erased: numbers, dates, sums and states, so that the
 * dossier is still found by its number, counted and accounted for. Pure.
 */
#ifndef TRAM_DOSSIER_KEEP_H
#define TRAM_DOSSIER_KEEP_H

#include "dossier/kind.h"

/* A new object: the members of body that say nothing about a person. Of a personal object stay its
 * counts and flags; nothing of a list of them. Caller json_decref's. */
json_t *keep_body(const struct kind *kind, const json_t *body);

#endif
