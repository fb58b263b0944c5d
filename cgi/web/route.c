/*
 * route.c: what stands between an address and its handler, in the order in which it is checked:
 * host, path, method, certificate or session, role, origin, size, body, form, token.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "crypt/hash.h"
#include "store/linkstate.h"
#include "web/access.h"
#include "web/form.h"
#include "web/route.h"
#include "web/text_vi.h"
#include "web/web.h"

#define DEFAULT_BODY_BYTES (64u * 1024u)
#define UNSAFE ((unsigned)METHOD_POST | METHOD_PATCH | METHOD_DELETE)

/* rc → status, once. problem: for machines; key: text keys <key>.title and <key>.text for people.
 */
static const struct answer { enum rc rc; int status; const char *problem, *key; } answers[] = {
	{ RC_INVALID, 400, "invalid", "error.invalid" },
	{ RC_NOT_FOUND, 404, "not-found", "error.not_found" },
	{ RC_DENIED, 403, "denied", "error.denied" },
	{ RC_CONFLICT, 409, "conflict", "error.conflict" },
	{ RC_EXISTS, 409, "exists", "error.conflict" },
	{ RC_TOO_LARGE, 413, "too-large", "error.too_large" },
	{ RC_BUSY, 503, "busy", "error.busy" },
	{ RC_FULL, 507, "full", "error.full" },
	{ RC_GONE, 400, "cut", "error.cut" },
	{ RC_TIMEOUT, 408, "slow", "error.slow" },
	{ RC_OK, 500, "error", "error.internal" },
};

static void answer_rc(struct web *web, struct request *request, struct response *response,
		enum rc rc)
{
	const struct answer *answer = answers;

	while (answer->rc != rc && answer->rc != RC_OK)
		answer++;
	if (answer->rc == RC_OK)
		log_error("request failed route=%s rc=%s",
				request->route != NULL ? request->route->name : "-", rc_name(rc));
	response_reset(response);
	if (access_wants_problem(web, request))
		response_problem(response, answer->status, answer->problem,
				response_reason(answer->status), NULL);
	else
		web_error_page(web, request, response, answer->status, answer->key);
	if (rc == RC_BUSY)
		response_header(response, "Retry-After", "2");
}

/* Fills params where the pattern fits the path. */
static bool fits(struct request *request, const char *pattern)
{
	const char *path = request->path;
	size_t count = 0;

	for (;;) {
		size_t part = strcspn(path, "/"), wanted = strcspn(pattern, "/");

		if (pattern[0] == ':') {
			if (part == 0 || count == 4)
				return false;
			request->params[count++] = pool_strndup(request->pool, path, part);
		} else if (part != wanted || memcmp(path, pattern, part) != 0) {
			return false;
		}
		path += part;
		pattern += wanted;
		if (*path == '\0' || *pattern == '\0')
			return *path == *pattern;
		path++;
		pattern++;
	}
}

/* A HEAD is answered by the GET of the same address where no row asks for it by name. */
static bool serves(const struct route *route, enum method method)
{
	return (route->methods & method) != 0 ||
			(method == METHOD_HEAD && (route->methods & METHOD_GET) != 0);
}

static void answer_method(struct web *web, struct request *request, struct response *response,
		unsigned methods)
{
	static const struct { unsigned bit; const char *name;
	} names[] = {
			{METHOD_GET, "GET"},
			{METHOD_HEAD, "HEAD"},
			{METHOD_POST, "POST"},
			{METHOD_PATCH, "PATCH"},
			{METHOD_DELETE, "DELETE"},
			{METHOD_OPTIONS, "OPTIONS"},
	};
	char allow[64] = "";
	size_t len = 0;

	if ((methods & METHOD_GET) != 0)
		methods |= METHOD_HEAD;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if ((methods & names[i].bit) != 0)
			len += (size_t)snprintf(allow + len, sizeof allow - len, "%s%s",
					len > 0 ? ", " : "", names[i].name);
	}
	if (access_wants_problem(web, request))
		response_problem(response, 405, "method", response_reason(405), NULL);
	else
		web_error_page(web, request, response, 405, "error.method");
	response_header(response, "Allow", allow);
}

/* Sets request->route; NULL: methods are those of the rows that fit. */
static const struct route *look(struct web *web, struct request *request, unsigned *methods)
{
	*methods = 0;
	for (size_t i = 0; i < web->route_count; i++) {
		const struct route *route = &web->routes[i];

		if (route->pattern[1] != ':' && route->pattern[1] != request->path[1])
			continue;
		if (!fits(request, route->pattern))
			continue;
		if (serves(route, request->method))
			return request->route = route;
		*methods |= route->methods;
	}
	memset(request->params, 0, sizeof request->params);
	return NULL;
}

const struct route *route_find(struct web *web, struct request *request)
{
	unsigned methods;

	return request->path != NULL ? look(web, request, &methods) : NULL;
}

/* False: answered. */
static bool find_route(struct web *web, struct request *request, struct response *response)
{
	unsigned methods;

	if (request->route != NULL || look(web, request, &methods) != NULL)
		return true;
	if (methods != 0)
		answer_method(web, request, response, methods);
	else
		answer_rc(web, request, response, RC_NOT_FOUND);
	return false;
}

/* The row that answers GET at path, or NULL. */
static const struct route *get_row(const struct web *web, struct pool *pool, const char *path)
{
	struct request probe = { .pool = pool, .path = path };

	for (size_t i = 0; i < web->route_count; i++) {
		if ((web->routes[i].methods & METHOD_GET) != 0 &&
				fits(&probe, web->routes[i].pattern))
			return &web->routes[i];
	}
	return NULL;
}

bool route_can_get(const struct web *web, struct pool *pool, const char *path)
{
	return get_row(web, pool, path) != NULL;
}

bool route_open_to(const struct web *web, struct pool *pool, const char *path, unsigned roles)
{
	const struct route *route = get_row(web, pool, path);

	return route != NULL && (route->roles == 0 || (route->roles & roles) != 0);
}

static enum rc read_whole(struct request *request)
{
	size_t size = request->content_length > 0 ? (size_t)request->content_length : 0, have = 0;
	char *body = pool_alloc(request->pool, size + 1);

	while (have < size) {
		size_t got = 0;
		enum rc rc = request->read != NULL ? request->read(request->read_arg, body + have,
				size - have, &got) : RC_GONE;

		if (rc != RC_OK)
			return rc;
		if (got == 0)
			return RC_GONE;
		have += got;
	}
	body[have] = '\0';
	request->body = body;
	request->body_len = have;
	return RC_OK;
}

static bool has_form(const struct request *request)
{
	return strncasecmp(request->content_type, "application/x-www-form-urlencoded", 33) == 0 ||
			strncasecmp(request->content_type, "multipart/form-data", 19) == 0;
}

static enum rc read_body(struct request *request)
{
	const struct route *route = request->route;
	size_t limit = route->max_body_bytes != 0 ? route->max_body_bytes : DEFAULT_BODY_BYTES;
	bool streams = (route->policy & ROUTE_STREAM) != 0;
	enum rc rc = RC_OK;

	if ((UNSAFE & request->method) == 0)
		return RC_OK;
	if (request->content_length > 0 && (!streams || route->max_body_bytes != 0) &&
			(uint64_t)request->content_length > limit)
		return RC_TOO_LARGE;
	if (!streams)
		rc = read_whole(request);
	if (rc == RC_OK && !streams && has_form(request))
		rc = form_parse(request->pool, request->content_type, request->body,
				request->body_len, &request->form);
	else if (rc == RC_OK)
		rc = form_parse(request->pool, "application/x-www-form-urlencoded", "", 0,
				&request->form);
	return rc;
}

static void default_headers(const struct web *web, const struct request *request,
		struct response *response)
{
	bool cache_ok = request->route != NULL && (request->route->policy & ROUTE_CACHE_OK) != 0;

	response_header(response, "Cache-Control",
			cache_ok && response->status == 200 ? "no-cache" : "no-store");
	response_header(response, "X-Content-Type-Options", "nosniff");
	if (web->machine)
		return;
	if (!response->own_policy)
		response_header(response, "Content-Security-Policy", "default-src 'self'; "
				"frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
				"object-src 'none'");
	buf_text(&response->headers, "Referrer-Policy: no-referrer\r\n"
			"Cross-Origin-Opener-Policy: same-origin\r\n"
			"Cross-Origin-Resource-Policy: same-origin\r\n"
			"Permissions-Policy: camera=(self), microphone=(), geolocation=(), payment=(), usb=()\r\n");
}

static void dispatch(struct web *web, struct request *request, struct response *response)
{
	bool answered = false;
	enum rc rc;

	if (!access_host(web, request, response))
		return;
	if (request->path == NULL) {
		answer_rc(web, request, response, RC_INVALID);
		return;
	}
	if (!find_route(web, request, response))
		return;
	rc = access_check(web, request, response);
	if (rc == RC_EXISTS)	/* answered */
		return;
	if (rc == RC_OK)
		rc = read_body(request);
	if (rc == RC_OK)
		rc = access_token(web, request);
	if (rc == RC_OK && web->guard != NULL && request->session != NULL)
		rc = web->guard(web, request, response, &answered);
	if (rc == RC_OK && !answered) {
		if (web->begin != NULL)
			web->begin(web);
		rc = request->route->handler(web, request, response);
		if (rc == RC_OK && web->answered != NULL)
			web->answered(web, request, response);
		if (rc != RC_OK && web->store != NULL && web->store->tram != NULL)
			store_abort(web->store);
	}
	if (rc != RC_OK)
		answer_rc(web, request, response, rc);
}

void route_dispatch(struct web *web, struct request *request, struct response *response)
{
	dispatch(web, request, response);
	default_headers(web, request, response);
}

void route_failed(struct web *web, struct request *request, struct response *response, enum rc rc)
{
	answer_rc(web, request, response, rc);
	default_headers(web, request, response);
}
