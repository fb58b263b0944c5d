/*
 * cert.h: the certification counter: what is typed at the till, what it costs, and how it stands in
 * the accepted event, from which the numbers' entries are read again at signing.
 *
 * cert_rows.c is pure; the pages are cert_till.c, cert_tray.c and cert_sign.c.
 */
#ifndef TRAM_INTAKE_CERT_H
#define TRAM_INTAKE_CERT_H

#include "base/json.h"
#include "base/settings.h"
#include "intake/intake.h"

#define CERT_ROWS 12		/* kinds of paper at one visit */

/* One kind of paper: one number in the book, however many copies. */
struct cert_row {
	const char *name;
	int64_t pages;		/* of the original */
	int64_t copies;		/* on paper */
	bool electronic;	/* and one electronic copy */
	int64_t amount_dong;
};

/* The kinds of work on the page, in its order. */
struct cert_work {
	const char *id;		/* "copy": value of the field, text key "cert.work.<id>" */
	const char *procedure;
	bool needs_number;	/* the requester must show who he is (NĐ 23/2015 Điều 24) */
	bool electronic;	/* an electronic copy can be asked for */
};
extern const struct cert_work cert_works[];
extern const size_t cert_work_count;
/* NULL: none of that id. */
const struct cert_work *cert_rows_work(const char *id);

/* Fills every amount. RC_INVALID: a count out of range. */
enum rc cert_rows_price(const struct procedure_case *chosen, struct cert_row *rows, size_t count,
		int64_t *total_dong) MUST_CHECK;
/* Puts components, fees and content into the accepted event's body. */
void cert_rows_put(struct pool *pool, json_t *body, const struct procedure_case *chosen,
		const char *work_name, bool seen_only, const struct cert_row *rows, size_t count);
/* Reads them back; a dossier that came the long way is one row. At least one, at most CERT_ROWS. */
size_t cert_rows_get(struct pool *pool, const json_t *body, const char *content,
		int64_t fee_total, struct cert_row rows[CERT_ROWS]);

/* Is the result of this dossier given by a number in a book that is open here? Then the signing tray
 * finishes it and nothing else does. */
enum rc cert_rows_numbered(struct web *web, struct request *request, const struct dossier_row *row,
		bool *numbered) MUST_CHECK;
/* Signers of today as list "signers" {id, name, signer_title, selected} and "a|b" for a CHOICE. */
enum rc cert_rows_signers(struct web *web, struct request *request, struct view *view,
		const char *typed, char **choices) MUST_CHECK;

#endif
