/*
 * catalogue_edit.h: changing a catalogue's document: its rows, what waits for a confirmation, the
 * number of the next version. Pure, over JSON; catalogue_parse judges what came out.
 */
#ifndef TRAM_DOSSIER_CATALOGUE_EDIT_H
#define TRAM_DOSSIER_CATALOGUE_EDIT_H

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"

/* The row of a list whose member is that text; borrowed. NULL: none, or no text. */
json_t *catalogue_edit_row(const json_t *list, const char *key, const char *text);
/* A value is certain now: the word leaves the list "uncertain". */
void catalogue_edit_settle(json_t *object, const char *word);
/* Puts a procedure in the place of the one with its code, or at the end of its field's. */
void catalogue_edit_put(json_t *document, const json_t *procedure);
/* "2026.11.1" → "2026.11.1-1" → "2026.11.1-2": versions made at this point. */
char *catalogue_edit_next(struct pool *pool, const char *version);
/* Who abolished a code, "" when nobody did. */
const char *catalogue_edit_abolished(const json_t *document, const char *code);

/* One value that waits. word: a member of the procedure ("name", "who" …), "limit" or "components" of
 * a case, "amount" of a fee. object: what holds it, borrowed. */
struct catalogue_doubt { const char *word; json_t *object; const json_t *in_case; };
/* All in pool; in the order people read them. */
size_t catalogue_edit_doubts(struct pool *pool, json_t *procedure, struct catalogue_doubt **out);

#endif
