/*
 * imaging.h: photos, card codes and PDFs through tram-image, which can touch nothing but the descriptors
 * it gets here. Knows nothing of dossiers or blobs: paths in, new files of the spool out.
 *
 * RC_INVALID: this file cannot be taken, *why says it as a text key. RC_IO: the program could not be run;
 * that is no judgement of the file. RC_FULL: no room.
 */
#ifndef TRAM_WEB_IMAGING_H
#define TRAM_WEB_IMAGING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"

enum { IMAGING_DARK = 1, IMAGING_SMALL = 2, IMAGING_BLURRED = 4 };
struct imaging_photo {
	char *page, *thumb;		/* paths of new files in the spool; the caller's to adopt */
	unsigned warnings;
};
/* A photo as a page: upright, turned by quarters clockwise, in the configured resolution and size. */
enum rc imaging_fit(const struct settings *settings, struct pool *pool, const char *path, int turns,
		struct imaging_photo *out, const char **why) MUST_CHECK;
/* JPEGs as one PDF, in order. */
enum rc imaging_bind(const struct settings *settings, struct pool *pool, const char *const *paths,
		size_t count, char **pdf, const char **why) MUST_CHECK;
/* Has it a page, and no password? */
enum rc imaging_pdf(const struct settings *settings, struct pool *pool, const char *path,
		const char **why) MUST_CHECK;
/* The code on a photographed card: its bytes, NUL added. */
enum rc imaging_code(const struct settings *settings, struct pool *pool, const char *path, char **text,
		size_t *len, const char **why) MUST_CHECK;

#endif
