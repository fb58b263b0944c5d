/*
 * scan.h: scans after acceptance (/quet): from the pages, and from the upload pool.
 */
#ifndef TRAM_INTAKE_SCAN_H
#define TRAM_INTAKE_SCAN_H

#include "intake/intake.h"

/* Opens the scans of the dossier with this id, for uploads into them. RC_NOT_FOUND: there is no such
 * dossier; RC_CONFLICT: its state or holder takes no more scans. */
enum rc scan_begin(struct web *web, struct request *request, const char *id_hex) MUST_CHECK;
/* request->form is the form; fault: text key of what was wrong with a file of the paper, NULL: nothing. */
enum rc scan_take(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *paper, const char *fault) MUST_CHECK;

#endif
