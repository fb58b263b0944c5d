/*
 * cert_till.h: one answer of the certification counter's till: read and shown by cert_till.c, checked
 * and taken in by cert_accept.c.
 */
#ifndef TRAM_INTAKE_CERT_TILL_H
#define TRAM_INTAKE_CERT_TILL_H

#include "dossier/card.h"
#include "intake/cert.h"
#include "store/account.h"

/* What the page knows while it is being answered. */
struct till {
	struct web *web;
	struct request *request;
	struct form *form;
	const struct cert_work *work;
	const struct procedure *procedure;
	const struct procedure_case *chosen;
	struct cert_row rows[CERT_ROWS];	/* the ones filled in */
	int at[CERT_ROWS];			/* … and where on the page, from 1 */
	size_t count;
	const char *faults[CERT_ROWS + 1];	/* sentence per row of the page */
	int64_t amounts[CERT_ROWS + 1], total, pages;
	int64_t agreed_at;
	bool ask_later;				/* many pages: asked once whether not later */
	const struct card *card;		/* scanned just now */
	struct account signer;
};

/* The fields besides the rows. */
extern const struct field cert_accept_fields[];
extern const size_t cert_accept_field_count;
/* RC_INVALID: the form has its faults. */
enum rc cert_accept_check(struct till *till) MUST_CHECK;
/* Taken in, paid, sent to the signer; 303. */
enum rc cert_accept(struct till *till, struct response *response) MUST_CHECK;

#endif
