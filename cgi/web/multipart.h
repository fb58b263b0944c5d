/*
 * multipart.h: multipart/form-data (RFC 7578) as it arrives, in bounded memory. Knows nothing of
 * forms or files: form.c and upload.c give it a meaning.
 */
#ifndef TRAM_WEB_MULTIPART_H
#define TRAM_WEB_MULTIPART_H

#include <stddef.h>

#include "base/pool.h"
#include "base/rc.h"

struct multipart;

/* What happens in the body; any rc but RC_OK stops the parser and comes back from multipart_feed.
 * filename NULL: a plain field. Names are as sent (%22, %0D and %0A undone), not yet checked. */
struct multipart_events {
	enum rc (*begin)(void *arg, const char *name, const char *filename);
	enum rc (*data)(void *arg, const char *bytes, size_t len);
	enum rc (*end)(void *arg);
	void *arg;
};

/* RC_INVALID: not multipart/form-data or no fit boundary. *out from the pool. */
enum rc multipart_new(struct pool *pool, const char *content_type,
		const struct multipart_events *events, struct multipart **out) MUST_CHECK;
/* RC_INVALID: malformed; or what an event answered. */
enum rc multipart_feed(struct multipart *multipart, const char *bytes, size_t len) MUST_CHECK;
/* RC_GONE: the last boundary has not come: the body was cut. */
enum rc multipart_finish(const struct multipart *multipart) MUST_CHECK;
/* The last part of a path as one clean line of at most 120 characters, "" if nothing is left. */
char *multipart_clean_name(struct pool *pool, const char *filename);

#endif
