/*
 * route.h: the table of addresses of a program and the policy of each, enforced in one place
 * before the handler runs; rc becomes an HTTP status here and nowhere else.
 *
 * RC_OK: as the handler set it · INVALID 400 · NOT_FOUND 404 · DENIED 403 · CONFLICT 409 ·
 * TOO_LARGE 413 · BUSY 503 with Retry-After · FULL 507 · GONE 400 · TIMEOUT 408 · others 500. A page
 * program answers with a Vietnamese page (what, is it safe, what now), a machine program with a
 * problem document.
 */
#ifndef TRAM_WEB_ROUTE_H
#define TRAM_WEB_ROUTE_H

#include "base/settings.h"
#include "store/store.h"
#include "web/request.h"
#include "web/response.h"

#define ROUTE_PUBLIC 1u		/* no session needed */
#define ROUTE_STREAM 2u		/* the handler reads the body itself */
#define ROUTE_NO_CSRF 4u	/* POST without token: machine routes. With a session, anything but a plain
				 * POST (PATCH, DELETE, tus) still needs X-Tram-Csrf; a streamed form's
				 * handler checks the field `csrf` itself, before any file */
#define ROUTE_CERT 8u		/* verified client certificate, registered, not revoked */
#define ROUTE_CERT_ANY 16u	/* enrol, renew: the handler judges */
#define ROUTE_NO_FORM_ID 32u	/* POST that changes nothing durable: search, login */
#define ROUTE_LOCKED_OK 64u	/* reachable while the session is locked */
#define ROUTE_CACHE_OK 128u	/* nothing personal: no no-store */
#define ROUTE_FENCED_OK 256u	/* ROUTE_CERT: a fenced board is answered too */
#define ROUTE_TOGETHER 512u	/* what it commits may share one commit with those who wait behind it, and
				 * is answered after that: its handler does nothing after its commit that
				 * could not be taken back */

struct web;			/* the running program: web/web.h */

struct route {
	const char *name;	/* what logs say instead of the path */
	unsigned methods;	/* METHOD_ bits */
	const char *pattern;	/* "/ho-so/:code/tra"; ":x" one part, up to four */
	unsigned policy;	/* ROUTE_ bits */
	unsigned roles;		/* any of these ROLE_ bits; 0: any session */
	size_t max_body_bytes;	/* 0: 64 KiB */
	enum rc (*handler)(struct web *web, struct request *request, struct response *response);
};

/* Matches, checks Host, method, session, role, Origin, CSRF, size; parses the form; runs the
 * handler; fills response for every outcome. */
void route_dispatch(struct web *web, struct request *request, struct response *response);

/* The row for this request, looked for before it is dispatched; NULL: none, or no plain one. */
const struct route *route_find(struct web *web, struct request *request);
/* Another answer in the place of the one that was made: what it tells of could not be kept. */
void route_failed(struct web *web, struct request *request, struct response *response, enum rc rc);

/* Does some row answer GET at this path? */
bool route_can_get(const struct web *web, struct pool *pool, const char *path);
/* And may who holds these roles open it? */
bool route_open_to(const struct web *web, struct pool *pool, const char *path, unsigned roles);

#endif
