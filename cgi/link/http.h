/*
 * http.h: HTTP/1.1 client on one kept connection; reads status, headers, bodies (length or
 * chunked), with limits and deadlines. Anything that is not HTTP is RC_PROTOCOL (captive portals),
 * so is a body without a stated length: a cut one could not be told from a whole one.
 */
#ifndef TRAM_LINK_HTTP_H
#define TRAM_LINK_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rc.h"
#include "link/tls.h"

struct http;		/* an origin and its kept connection */

/* url: "https://host[:port]", nothing after it. name: the certificate's host name, NULL or "": the
 * URL's host. timeout_ms: for a connection, and for every wait without progress. RC_CONFIG. */
enum rc http_new(struct tls_client *client, const char *url, const char *name, int64_t timeout_ms,
		struct http **out) MUST_CHECK;
void http_free(struct http *http);
/* Another origin from now on: the kept connection goes. RC_CONFIG leaves it unusable. */
enum rc http_aim(struct http *http, const char *url, const char *name) MUST_CHECK;
enum tls_fault http_fault(const struct http *http);	/* of the last failed connect or request */
/* Connects, unless there is a kept connection that still stands. */
enum rc http_open(struct http *http) MUST_CHECK;
/* Were the certificates of the last connection good at that time? http_fault says what else. */
bool http_dates_fit(struct http *http, int64_t at_ms);
/* Closes the kept connection, if any; the next request opens a new one. */
void http_drop(struct http *http);

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
/* Bytes from..from+span-1 (Range) go to fd at `from`; *got: bytes written, also when the answer was
 * cut. Only a 200 or 206 body goes there; a 200, which is the whole file, starts it anew.
 * RC_TOO_LARGE: the file would exceed max_bytes. */
enum rc http_get_file(struct http *http, const char *path, int fd, int64_t from, int64_t span,
		int64_t max_bytes, int *status, int64_t *got) MUST_CHECK;
/* Case-insensitive header, copied into out; "" when absent or too long for out. */
void http_header(const struct http_answer *answer, const char *name, char *out, size_t out_size);

/* ---- without waiting, for several requests at a time ---- */

struct http_body { const void *bytes; int fd; int64_t offset; size_t len; };	/* bytes NULL: from fd */
/* Connects if needed (waits for that, up to the timeout) and takes the request. body is borrowed
 * until it is sent. answer is borrowed until http_step says other than RC_BUSY. */
enum rc http_start(struct http *http, const char *method, const char *path, const char *extra,
		const struct http_body *body, size_t max_body, struct http_answer *answer) MUST_CHECK;
/* RC_OK: the answer is whole. RC_BUSY: wait for http_fd first. */
enum rc http_step(struct http *http) MUST_CHECK;
int http_fd(const struct http *http, bool *for_write);
/* when_boottime_ms at which the request has made no progress for too long. http_touch: starts the
 * count again after a time in which nobody called http_step. */
int64_t http_until(const struct http *http);
void http_touch(struct http *http);
/* True once that time has passed and the kernel has sent nothing of what it holds either: 256 KiB
 * wait there for half a minute on a 64 kbit/s line. */
bool http_is_late(struct http *http);

/* ---- the answer's reader, alone for tests ---- */

struct http_reader;
struct http_reader *http_reader_new(bool no_body, size_t max_body, struct http_answer *answer);
void http_reader_free(struct http_reader *reader);
/* RC_OK: taken, *done when the answer is whole (what follows it is not taken: *used). RC_PROTOCOL,
 * RC_TOO_LARGE. */
enum rc http_reader_feed(struct http_reader *reader, const char *bytes, size_t len, size_t *used,
		bool *done) MUST_CHECK;

#endif
