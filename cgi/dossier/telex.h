/*
 * telex.h: Vietnamese letters out of what a scanner typed for an input method (Telex) that was not there:
 * "Nguyeenx Vawn Thuwr". Pure.
 */
#ifndef TRAM_DOSSIER_TELEX_H
#define TRAM_DOSSIER_TELEX_H

#include <stdbool.h>

#include "base/pool.h"

/* Does this ASCII text look typed for Telex: a doubled vowel, dd, w, or a word that ends in a tone key?
 * Vietnamese has no such words; some names of other peoples do, so it is a guess. */
bool telex_suspect(const char *text);
/* The letters put together; NFC is the caller's (text_clean). */
char *telex_compose(struct pool *pool, const char *text);

#endif
