/*
 * form_files.h: a posted form with files, read while it comes: the token before anything is kept,
 * files into the spool, and what else was typed as the request's form. Knows not what files are for.
 */
#ifndef TRAM_WEB_FORM_FILES_H
#define TRAM_WEB_FORM_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rc.h"
#include "web/web.h"

struct form_files {
	/* One file, on the disk at spool_path; the token came before it. What it leaves there goes. */
	enum rc (*file)(void *arg, const char *name, const char *filename, const char *spool_path,
			int64_t size);
	/* Every other field, as sent; NULL: nobody asks. */
	void (*field)(void *arg, const char *name, const char *value);
	void *arg;
};

/* For routes with ROUTE_STREAM. Sets request->form, also when a file was too large: then *too_large,
 * and everything else was read. RC_DENIED: no token, a wrong one, or a file before it. RC_TOO_LARGE:
 * the fields without the files. RC_GONE, RC_INVALID, RC_FULL; what file answers. */
enum rc form_files_read(struct web *web, struct request *request, const struct form_files *files,
		bool *too_large) MUST_CHECK;

#endif
