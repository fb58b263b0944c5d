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

/* Applicant and submitter of an accepted body, as every paper names them. */
void slip_show_persons(struct view *view, const json_t *body);
/* The limit that the dossier pinned, in words. */
const char *slip_limit_words(struct pool *pool, const char *limit);

/* ---- slip_fit.c: both copies must stand on one A4, whatever is written on them (pure) ---- */
struct slip_size {
	const char *name;	/* class of slip.css: few, many, most, vast */
	bool table;		/* papers as a table, else as one paragraph */
	size_t papers;		/* so many are named; a line says how many more there are */
};
/* body: the accepted event's body as amended. */
void slip_fit(const json_t *body, struct slip_size *out);

#endif
