/*
 * http.c: see http.h. One request at a time per connection, no pipelining.
 *
 * A kept connection is looked at before it is used again: lighttpd closes an idle one after
 * seconds, and a request written into a closed one could not be told from one that was served.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "link/http_reader.h"

#define HTTP_PIECE 16384u	/* one TLS record */
#define HTTP_TRIES 2

struct http {
	struct tls_client *client;
	char *host, *port, *name, *origin;
	int64_t timeout_ms, until_ms;
	enum tls_fault fault;
	struct tls *tls;
	int64_t not_before, not_after;	/* of the last connection's certificates */
	bool kept;			/* has served a request already */
	/* The request under way */
	struct http_reader *reader;
	struct http_file *file;
	struct buf out;
	size_t sent;
	struct http_body body;
	size_t body_done;		/* bytes of it that went through out */
	bool reading, cut;
	int unsent;			/* in the kernel when we looked last */
};

static char *http_copy(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		log_fatal("http: out of memory");
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

/* "https://host", "https://host:port", "https://[::1]:port". */
static enum rc http_split_url(struct http *http, const char *url)
{
	const char *host, *end, *after;

	if (strncmp(url, "https://", 8))
		return RC_CONFIG;
	host = url + 8;
	http->origin = http_copy(host, strlen(host));
	if (*host == '[') {
		host++;
		end = strchr(host, ']');
		after = end ? end + 1 : NULL;
	} else {
		end = host + strcspn(host, ":/?#@ ");
		after = end;
	}
	if (!end || end == host || (*after && *after != ':'))
		return RC_CONFIG;
	http->host = http_copy(host, (size_t)(end - host));
	if (*after == ':') {
		size_t digits = strspn(after + 1, "0123456789");

		if (digits == 0 || digits > 5 || after[1 + digits])
			return RC_CONFIG;
		http->port = http_copy(after + 1, digits);
	} else {
		http->port = http_copy("443", 3);
	}
	return RC_OK;
}

static void http_forget_request(struct http *http)
{
	http_reader_free(http->reader);
	http->reader = NULL;
	http->file = NULL;
}

void http_drop(struct http *http)
{
	http_forget_request(http);
	tls_close(http->tls);
	http->tls = NULL;
	http->kept = false;
}

static void http_forget_place(struct http *http)
{
	free(http->host);
	free(http->port);
	free(http->name);
	free(http->origin);
	http->host = http->port = http->name = http->origin = NULL;
}

enum rc http_aim(struct http *http, const char *url, const char *name)
{
	enum rc rc;

	http_drop(http);
	http_forget_place(http);
	rc = http_split_url(http, url);
	if (rc)
		return rc;
	if (!name || !name[0])
		name = http->host;
	http->name = http_copy(name, strlen(name));
	return RC_OK;
}

enum rc http_new(struct tls_client *client, const char *url, const char *name, int64_t timeout_ms,
		struct http **out)
{
	struct http *http = calloc(1, sizeof(*http));
	enum rc rc;

	*out = NULL;
	if (!http)
		log_fatal("http: out of memory");
	http->client = client;
	http->timeout_ms = timeout_ms;
	rc = http_aim(http, url, name);
	if (rc) {
		http_free(http);
		return rc;
	}
	*out = http;
	return RC_OK;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	http_drop(http);
	buf_free(&http->out);
	http_forget_place(http);
	free(http);
}

enum tls_fault http_fault(const struct http *http)
{
	return http->fault;
}

void http_answer_free(struct http_answer *answer)
{
	buf_free(&answer->headers);
	buf_free(&answer->body);
	answer->status = 0;
}

void http_header(const struct http_answer *answer, const char *name, char *out, size_t out_size)
{
	http_reader_header(answer, name, out, out_size);
}

int http_fd(const struct http *http, bool *for_write)
{
	return tls_fd(http->tls, for_write);
}

int64_t http_until(const struct http *http)
{
	return http->until_ms;
}

void http_touch(struct http *http)
{
	http->until_ms = when_boottime_ms() + http->timeout_ms;
}

bool http_is_late(struct http *http)
{
	int unsent, had = http->unsent;

	if (when_boottime_ms() < http->until_ms)
		return false;
	unsent = tls_unsent(http->tls);
	http->unsent = unsent;
	if (unsent == 0 || unsent >= had)
		return true;
	http_touch(http);
	return false;
}

/* An idle connection has nothing to read; what can be read is its end. */
static bool http_is_stale(struct http *http)
{
	char byte;
	size_t len;

	return tls_try_read(http->tls, &byte, 1, &len) != RC_BUSY;
}

static enum rc http_connect(struct http *http)
{
	enum rc rc;

	if (http->tls && http_is_stale(http))
		http_drop(http);
	if (http->tls)
		return RC_OK;
	http->kept = false;
	rc = tls_connect(http->client, http->host, http->port, http->name, http->timeout_ms,
			&http->tls, &http->fault);
	if (rc == RC_OK) {
		http->fault = TLS_FAULT_NONE;
		tls_dates(http->tls, &http->not_before, &http->not_after);
	}
	return rc;
}

enum rc http_open(struct http *http)
{
	return http_connect(http);
}

bool http_dates_fit(struct http *http, int64_t at_ms)
{
	http->fault = at_ms < http->not_before ? TLS_FAULT_NOT_YET_VALID :
			at_ms > http->not_after ? TLS_FAULT_EXPIRED : TLS_FAULT_NONE;
	return http->fault == TLS_FAULT_NONE;
}

/* Refills out with the next piece of the body. RC_IO: the file is shorter than it was said to be. */
static enum rc http_fill(struct http *http)
{
	size_t left = http->body.len - http->body_done, room, got = 0;

	if (http->out.len >= HTTP_PIECE || left == 0)
		return RC_OK;
	room = HTTP_PIECE - http->out.len;
	if (left > room)
		left = room;
	if (http->body.bytes) {
		buf_add(&http->out, (const char *)http->body.bytes + http->body_done, left);
		http->body_done += left;
		return RC_OK;
	}
	buf_reserve(&http->out, left);
	while (got < left) {
		ssize_t n = pread(http->body.fd, http->out.data + http->out.len + got, left - got,
				(off_t)(http->body.offset + (int64_t)(http->body_done + got)));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return RC_IO;
		got += (size_t)n;
	}
	http->out.len += left;
	http->body_done += left;
	return RC_OK;
}

enum rc http_start(struct http *http, const char *method, const char *path, const char *extra,
		const struct http_body *body, size_t max_body, struct http_answer *answer)
{
	enum rc rc = http_connect(http);

	if (rc)
		return rc;
	http_forget_request(http);
	answer->status = 0;
	buf_reset(&answer->headers);
	buf_reset(&answer->body);
	http->body = body ? *body : (struct http_body){ .bytes = "", .fd = -1 };
	http->body_done = 0;
	http->sent = 0;
	http->reading = false;
	http->cut = false;
	http->unsent = INT_MAX;
	buf_reset(&http->out);
	buf_printf(&http->out, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", method, path, http->origin,
			extra ? extra : "");
	if (body || strcmp(method, "POST") == 0)
		buf_printf(&http->out, "Content-Length: %zu\r\n", http->body.len);
	buf_text(&http->out, "\r\n");
	http->reader = http_reader_new(strcmp(method, "HEAD") == 0, max_body, answer);
	http_touch(http);
	rc = http_fill(http);
	if (rc)
		http_drop(http);
	return rc;
}

static enum rc http_step_write(struct http *http)
{
	enum rc rc = RC_OK;

	while (rc == RC_OK && http->sent < http->out.len) {
		size_t part;

		rc = tls_try_write(http->tls, http->out.data + http->sent,
				http->out.len - http->sent, &part);
		http->sent += part;
		if (part)
			http_touch(http);
		if (rc == RC_OK && http->sent == http->out.len) {
			buf_reset(&http->out);
			http->sent = 0;
			rc = http_fill(http);
		}
	}
	return rc;
}

static enum rc http_step_read(struct http *http)
{
	char piece[HTTP_PIECE];
	bool done = false;

	while (!done) {
		size_t len, used;
		enum rc rc = tls_try_read(http->tls, piece, sizeof(piece), &len);

		if (rc)
			return rc;
		if (len == 0)
			return RC_GONE;
		http_touch(http);
		rc = http_reader_feed(http->reader, piece, len, &used, &done);
		if (rc)
			return rc;
		if (done && used < len)
			return RC_PROTOCOL;
	}
	return RC_OK;
}

enum rc http_step(struct http *http)
{
	bool keep;
	enum rc rc = RC_OK;

	if (!http->reading) {
		rc = http_step_write(http);
		/* A server that has said no closes while we still send: its answer may be there. */
		http->cut = rc == RC_GONE;
		http->reading = rc == RC_OK || rc == RC_GONE;
	}
	if (http->reading) {
		rc = http_step_read(http);
		if (rc == RC_BUSY && http->cut)
			rc = RC_GONE;
	}
	if (rc == RC_BUSY)
		return rc;
	if (rc == RC_TLS)
		http->fault = tls_fault_of(http->tls);
	keep = rc == RC_OK && !http->cut && http_reader_keeps(http->reader);
	if (keep) {
		http->kept = true;
		http_forget_request(http);
	} else {
		http_drop(http);
	}
	return rc;
}

/* Starts and waits; *untouched: not a byte of an answer came. */
static enum rc http_run(struct http *http, const char *method, const char *path, const char *extra,
		const struct http_body *body, size_t max_body, struct http_file *file,
		struct http_answer *answer, bool *retry)
{
	enum rc rc = http_start(http, method, path, extra, body, max_body, answer);
	bool kept = http->kept;

	*retry = false;
	if (rc)
		return rc;
	http_reader_set_file(http->reader, file);
	for (;;) {
		bool touched = http_reader_touched(http->reader);

		rc = http_step(http);
		if (rc == RC_GONE)
			*retry = kept && !touched;
		if (rc != RC_BUSY)
			return rc;
		rc = tls_wait(http->tls, http->until_ms);
		if (rc && (rc != RC_TIMEOUT || http_is_late(http))) {
			http_drop(http);
			return rc;
		}
	}
}

enum rc http_request(struct http *http, const char *method, const char *path, const char *extra,
		const void *body, size_t body_len, size_t max_body, struct http_answer *answer)
{
	struct http_body sent = { .bytes = body, .fd = -1, .len = body_len };
	bool idempotent = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0, retry = false;
	enum rc rc = RC_BUG;
	int tries = idempotent ? HTTP_TRIES : 1;

	do
		rc = http_run(http, method, path, extra, body ? &sent : NULL, max_body, NULL, answer,
				&retry);
	while (retry && --tries);
	return rc;
}

enum rc http_get_file(struct http *http, const char *path, int fd, int64_t from, int64_t span,
		int64_t max_bytes, int *status, int64_t *got)
{
	struct http_file file = { .fd = fd, .at = from, .max = max_bytes };
	struct http_answer answer = { 0 };
	char range[80];
	bool retry;
	enum rc rc;

	snprintf(range, sizeof(range), "Range: bytes=%lld-%lld\r\n", (long long)from,
			(long long)(from + span - 1));
	rc = http_run(http, "GET", path, range, NULL, HTTP_PIECE, &file, &answer, &retry);
	if (retry)
		rc = http_run(http, "GET", path, range, NULL, HTTP_PIECE, &file, &answer, &retry);
	*status = answer.status;
	*got = file.got;
	http_answer_free(&answer);
	return rc;
}
