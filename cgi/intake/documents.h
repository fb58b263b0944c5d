/*
 * documents.h: the catalogue and the calendar a worker serves with: read once, and again when a
 * newer version came into force. A dossier is explained by the version it was taken in under.
 */
#ifndef TRAM_INTAKE_DOCUMENTS_H
#define TRAM_INTAKE_DOCUMENTS_H

#include "base/json.h"
#include "intake/intake.h"
#include "store/document.h"

/* The file the settings name, or what was embedded at build when they name none. */
enum rc documents_text(struct pool *pool, const char *path, const char *embedded,
		size_t embedded_len, const char **text, size_t *len) MUST_CHECK;

/* At start: the newest of the store; when there is none, what the settings name or what was built in,
 * with its confirmed values, becomes the first version. RC_INVALID: that cannot be read (logged). */
enum rc documents_load(const struct settings *settings, struct store *store,
		struct intake *intake) MUST_CHECK;
void documents_free(struct intake *intake);
/* web->begin: two look-ups by key; a newer version is read then. One that cannot be read is logged
 * and the old one stays. */
void documents_refresh(struct web *web);

/* The calendar of that version into *out, in pool. RC_NOT_FOUND: this board no longer has it. */
enum rc documents_calendar(struct web *web, struct pool *pool, const char *version,
		struct calendar *out) MUST_CHECK;
/* When a dossier's clock started: received, or by post the day of the postmark (DOMAIN 1.5). */
int64_t documents_clock(const struct dossier_row *row, const json_t *body);
/* The day number of a time, for procedure_is_offered. */
int64_t documents_day(int64_t at_ms);

#endif
