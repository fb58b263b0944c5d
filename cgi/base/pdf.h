/*
 * pdf.h: the one question that is asked of a PDF handed in: can everybody open it? A file behind a
 * password is no result for a citizen.
 */
#ifndef TRAM_BASE_PDF_H
#define TRAM_BASE_PDF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rc.h"

/* Looks for the trailer's /Encrypt (ISO 32000-1, 7.6), a piece of the file at a time. All zero at
 * first. */
struct pdf_scan {
	size_t matched;
	bool named;		/* the whole name was there, its value is to come */
	bool encrypted;
};
void pdf_scan_feed(struct pdf_scan *scan, const void *bytes, size_t len);
/* A whole file; one that is no PDF is not encrypted. RC_IO. */
enum rc pdf_file_encrypted(const char *path, bool *encrypted) MUST_CHECK;

#endif
