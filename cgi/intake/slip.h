/*
 * slip.h: the receipt slip of a dossier (form 01 of DOMAIN 1.7), as values for a template; done.c shows a part of it.
 */
#ifndef TRAM_INTAKE_SLIP_H
#define TRAM_INTAKE_SLIP_H

#include "intake/intake.h"

/* The codes that a scanner or a telephone reads: qr (SVG), bars (SVG), typed secret, lookup address.
 * RC_CONFIG: this program has no slip keys. */
enum rc slip_show_codes(struct web *web, struct view *view, const struct dossier_row *row) MUST_CHECK;
/* How often this slip was printed, by the clerk's own word; *handwritten: it was written by hand. */
enum rc slip_prints(struct web *web, struct pool *pool, const struct dossier_row *row,
		int64_t *prints, bool *handwritten) MUST_CHECK;

#endif
