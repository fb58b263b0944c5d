/*
 * why.h: the count of a due time in sentences.
 */
#ifndef TRAM_WEB_WHY_H
#define TRAM_WEB_WHY_H

#include "base/pool.h"
#include "dossier/due.h"

/* One step as a sentence people read. */
char *why_sentence(struct pool *pool, const struct due_step *step);

#endif
