/*
 * http.h: HTTP/1.1 client on one kept connection; reads status, headers, bodies (length or
 * chunked), with limits and deadlines. Anything that is not HTTP is RC_PROTOCOL (captive portals).
 */
#ifndef TRAM_LINK_HTTP_H
#define TRAM_LINK_HTTP_H

#include <stdint.h>

#include "base/buf.h"
#include "base/rc.h"
#include "link/tls.h"

struct http;		/* an origin and its kept connection */

enum rc http_new(struct tls_client *client, const char *url, const char *name, int64_t timeout_ms,
		struct http **out) MUST_CHECK;
void http_free(struct http *http);
enum tls_fault http_fault(const struct http *http);	/* of the last failed connect */

struct http_answer {
	int status;
	struct buf headers;	/* raw lines */
	struct buf body;
};
void http_answer_free(struct http_answer *answer);
/* extra: "Name: value\r\n"… or NULL. body may be NULL. max_body: RC_TOO_LARGE past it. Idempotent
 * requests are tried once more on a kept connection that the peer had closed. */
enum rc http_request(struct http *http, const char *method, const char *path, const char *extra,
		const void *body, size_t body_len, size_t max_body, struct http_answer *answer) MUST_CHECK;
/* The body goes to fd from its current end (Range resume); *got: bytes written. */
enum rc http_get_file(struct http *http, const char *path, int fd, int64_t from, int64_t max_bytes,
		int *status, int64_t *got) MUST_CHECK;
/* Case-insensitive header, copied into out; "" when absent. */
void http_header(const struct http_answer *answer, const char *name, char *out, size_t out_size);

#endif
