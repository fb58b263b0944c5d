/*
 * request.h: one request as a handler sees it. Everything in it lives in request->pool.
 */
#ifndef TRAM_WEB_REQUEST_H
#define TRAM_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/session.h"

struct form;
struct route;

enum method { METHOD_GET = 1, METHOD_POST = 2, METHOD_HEAD = 4, METHOD_PATCH = 8, METHOD_OPTIONS = 16,
	METHOD_DELETE = 32, METHOD_OTHER = 64 };

/* Reads at most cap bytes of the body that is left; *len 0 at its end. RC_GONE: the peer left or
 * the body is shorter than CONTENT_LENGTH; RC_TIMEOUT: too slow. Only upload routes stream; for
 * all others the body has been read whole. */
typedef enum rc body_reader(void *arg, void *out, size_t cap, size_t *len);

struct request {
	struct pool *pool;
	enum method method;
	const char *path;		/* decoded, starts with '/', no "..", valid UTF-8; NULL: unfit */
	const char *query;		/* raw, "" */
	const char *host, *origin, *referer, *content_type, *user_agent, *remote;
	int64_t content_length;		/* -1: none given */
	const char *body;		/* whole body of non-streaming routes, NUL added */
	size_t body_len;
	body_reader *read;		/* streaming routes */
	void *read_arg;
	const struct route *route;
	const char *params[4];		/* ":name" parts of the route's pattern in order, or NULL */
	struct session *session;	/* NULL: none */
	const char *device;		/* device cookie, "" */
	const char *client_cert;	/* PEM of the verified client certificate, "" */
	const char *client_verify;	/* SSL_CLIENT_VERIFY as lighttpd says: "SUCCESS", "FAILED:…", "NONE", "" */
	int reading;			/* of the program's guard, for its record of the look */
	const char *board;		/* ROUTE_CERT: the board whose registered certificate this is, else NULL */
	struct form *form;		/* parsed urlencoded or small multipart body; never NULL in POST */
	const char *(*header)(void *arg, const char *name);	/* other headers: request_header() */
	void *header_arg;
	int64_t now_ms;
	bool secure;			/* settings->tls_pages: cookies are named __Host-… */
};

/* A header by its HTTP name ("Upload-Offset"), "" when absent. */
const char *request_header(const struct request *request, const char *name);
/* A cookie's value, "" when absent. */
const char *request_cookie(const struct request *request, const char *name);
/* A query parameter, decoded and cleaned, "" when absent (never names or secrets: those are POSTed). */
const char *request_query(const struct request *request, const char *name);

/* %XX (and '+' if asked) undone; *out from the pool, NUL added. RC_INVALID: a broken %XX. */
enum rc request_decode(struct pool *pool, const char *in, size_t len, bool plus_is_blank,
		char **out, size_t *out_len) MUST_CHECK;
/* Sets path and query from "/path?query". RC_INVALID: not a path we could have given out. */
enum rc request_set_target(struct request *request, const char *target) MUST_CHECK;
enum method request_method(const char *name);

#endif
