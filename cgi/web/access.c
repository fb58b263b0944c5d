/*
 * access.c: see access.h.
 *
 * Our pages say Referrer-Policy: no-referrer, and then browsers send "Origin: null" with a plain
 * form (Fetch standard, 3.2 "append a request Origin header"); Sec-Fetch-Site tells where such a
 * POST came from. A browser without it is held by SameSite=Strict and the token.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "crypt/cert.h"
#include "crypt/hash.h"
#include "store/linkstate.h"
#include "store/session.h"
#include "web/access.h"
#include "web/esc.h"
#include "web/form.h"

#define UNSAFE ((unsigned)METHOD_POST | METHOD_PATCH | METHOD_DELETE)
#define PASSWORD_PATH "/doi-mat-khau"

bool access_wants_problem(const struct web *web, const struct request *request)
{
	return web->machine ||
	       (request->method & ((unsigned)METHOD_GET | METHOD_HEAD | METHOD_POST)) == 0 ||
	       request_header(request, "X-Tram-Csrf")[0] != '\0' ||
	       request_header(request, "Tus-Resumable")[0] != '\0';
}

/* An entry with a port must fit whole; one without fits any port. */
static bool host_fits(const char *host, const char *entry, size_t len)
{
	size_t host_len = strlen(host);
	const char *colon = strrchr(host, ':');

	if (host_len == len && strncasecmp(host, entry, len) == 0)
		return true;
	return colon != NULL && strchr(colon, ']') == NULL && (size_t)(colon - host) == len &&
			strncasecmp(host, entry, len) == 0 &&
			colon[1 + strspn(colon + 1, "0123456789")] == '\0';
}

bool access_host(struct web *web, struct request *request, struct response *response)
{
	const char *entry = web->settings->hosts;

	while (request->host[0] != '\0' && *(entry += strspn(entry, " ,\t")) != '\0') {
		size_t len = strcspn(entry, " ,\t");

		if (host_fits(request->host, entry, len))
			return true;
		entry += len;
	}
	log_warn("refused host unknown program=%s source=%s", web->program, request->remote);
	response_problem(response, 421, "host", "This host is not served here", NULL);
	return false;
}

/* ---- certificate ---- */

static enum rc refuse_cert(const struct request *request, struct response *response,
		const char *board, const char *type, const char *title)
{
	log_warn("refused certificate reason=%s board=%s route=%s source=%s", type, board,
			request->route->name, request->remote);
	response_problem(response, 403, type, title, NULL);
	return RC_EXISTS;
}

static enum rc check_cert(struct web *web, struct request *request, struct response *response)
{
	struct cert_info info;
	struct link_board board;
	enum rc rc;

	if (request->client_verify[0] == '\0' || strcmp(request->client_verify, "NONE") == 0)
		return refuse_cert(request, response, "-", "certificate-none",
				"A client certificate is needed");
	if (strcmp(request->client_verify, "SUCCESS") != 0) {
		log_warn("certificate verify=%.80s", request->client_verify);
		return refuse_cert(request, response, "-", "certificate-failed",
				"The client certificate did not verify");
	}
	rc = cert_read(request->pool, request->client_cert, &info);
	if (rc != RC_OK)
		return refuse_cert(request, response, "-", "certificate-unreadable",
				"The client certificate could not be read");
	rc = linkstate_board_by_cert(web->store, request->pool, info.fingerprint, &board);
	if (rc == RC_NOT_FOUND)
		return refuse_cert(request, response, "-", "certificate-unknown",
				"No board has this certificate");
	if (rc != RC_OK)
		return rc;
	if (board.revoked)
		return refuse_cert(request, response, board.board, "certificate-revoked",
				"The board's certificate is revoked");
	if (board.fenced && (request->route->policy & ROUTE_FENCED_OK) == 0)
		return refuse_cert(request, response, board.board, "fenced", "The board is fenced");
	request->board = pool_strdup(request->pool, board.board);
	return RC_OK;
}

/* ---- session ---- */

/* Where to go on after login: this address, or the nearest one above it that can be looked at. */
static const char *next_path(const struct web *web, const struct request *request)
{
	const char *page = web->page_of != NULL ? web->page_of(request) : NULL;
	char *path;

	if (page != NULL)
		return page;
	path = pool_strdup(request->pool, request->path);
	while (path[0] == '/' && path[1] != '\0' && !route_can_get(web, request->pool, path))
		*strrchr(path, '/') = '\0';
	return path[0] != '\0' ? path : "/";
}

static enum rc to_login(struct web *web, struct request *request, struct response *response)
{
	struct buf location = { 0 };
	const char *next;

	if (access_wants_problem(web, request)) {
		response_problem(response, 401, request->session != NULL ? "locked" : "session",
				"Log in again", NULL);
		return RC_EXISTS;
	}
	next = next_path(web, request);
	buf_text(&location, web->login_path);
	if (strcmp(next, "/") != 0) {
		buf_text(&location, "?tiep=");
		for (const char *part = next; *part == '/';) {
			size_t len = strcspn(part + 1, "/");

			buf_char(&location, '/');
			esc_url_part(&location, pool_strndup(request->pool, part + 1, len));
			part += 1 + len;
		}
	}
	response_see_other(response, location.data);
	buf_free(&location);
	return RC_EXISTS;
}

static enum rc find_session(struct web *web, struct request *request)
{
	const char *token = request_cookie(request, web_cookie(web, request->pool, false));
	struct session *session;
	enum rc rc;

	request->device = request_cookie(request, web_cookie(web, request->pool, true));
	if (strlen(request->device) != 32 || strspn(request->device, "0123456789abcdef") != 32)
		request->device = "";
	if (token[0] == '\0' || web->login_path == NULL)
		return RC_OK;
	session = pool_alloc(request->pool, sizeof *session);
	rc = session_find(web->store, request->pool, web->program, token, session);
	if (rc == RC_OK)
		request->session = session;
	return rc == RC_NOT_FOUND || rc == RC_INVALID ? RC_OK : rc;
}

static enum rc check_session(struct web *web, struct request *request, struct response *response)
{
	const struct route *route = request->route;
	const struct session *session = request->session;

	if ((route->policy & ROUTE_PUBLIC) != 0)
		return RC_OK;
	if (web->login_path == NULL)
		return RC_DENIED;
	if (session == NULL || (session->locked && (route->policy & ROUTE_LOCKED_OK) == 0))
		return to_login(web, request, response);
	if (session->account.must_change && (route->policy & ROUTE_LOCKED_OK) == 0 &&
			strcmp(request->path, PASSWORD_PATH) != 0 &&
			route_can_get(web, request->pool, PASSWORD_PATH)) {
		response_see_other(response, PASSWORD_PATH);
		return RC_EXISTS;
	}
	if (route->roles != 0 && (session->account.roles & route->roles) == 0) {
		log_warn("refused role route=%s account=%s", route->name, session->account.id);
		return RC_DENIED;
	}
	/* A page that looks by itself whether something is new keeps nobody logged in. */
	if (!session->locked && request_header(request, "X-Tram-Quiet")[0] == '\0')
		return session_touch(web->store, session);
	return RC_OK;
}

/* ---- origin and token ---- */

static bool is_own_origin(const struct web *web, const struct request *request)
{
	const char *scheme = web->settings->tls_pages ? "https://" : "http://";
	size_t len = strlen(scheme);

	return strncmp(request->origin, scheme, len) == 0 &&
			strcasecmp(request->origin + len, request->host) == 0;
}

static bool origin_fits(const struct web *web, const struct request *request)
{
	const char *site = request_header(request, "Sec-Fetch-Site");

	if ((request->method & UNSAFE) == 0)
		return true;
	if (site[0] != '\0' && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	return request->origin[0] == '\0' || strcmp(request->origin, "null") == 0 ||
			is_own_origin(web, request);
}

enum rc access_check(struct web *web, struct request *request, struct response *response)
{
	unsigned policy = request->route->policy;
	enum rc rc = RC_OK;

	if ((policy & ROUTE_CERT) != 0)
		return check_cert(web, request, response);
	if ((policy & ROUTE_CERT_ANY) != 0)
		return RC_OK;
	rc = find_session(web, request);
	if (rc == RC_OK)
		rc = check_session(web, request, response);
	if (rc == RC_OK && !origin_fits(web, request)) {
		log_warn("refused origin route=%s source=%s", request->route->name,
				request->remote);
		rc = RC_DENIED;
	}
	return rc;
}

bool access_token_fits(const struct request *request, const char *token)
{
	const char *own = request->session != NULL ? request->session->csrf : "";
	size_t len = strlen(own);

	return len > 0 && strlen(token) == len && hash_equal(token, own, len);
}

enum rc access_token(const struct web *web, const struct request *request)
{
	const char *token = request_header(request, "X-Tram-Csrf");
	unsigned policy = request->route->policy;
	bool scripted = request->method != METHOD_POST ||
			request_header(request, "Tus-Resumable")[0] != '\0';

	(void)web;
	if ((request->method & UNSAFE) == 0 || request->session == NULL ||
			(policy & (ROUTE_PUBLIC | ROUTE_CERT | ROUTE_CERT_ANY)) != 0)
		return RC_OK;
	if (token[0] == '\0' && !scripted && (policy & ROUTE_NO_CSRF) != 0)
		return RC_OK;
	/* A streamed form carries the token as its first field: the handler reads it. */
	if (token[0] == '\0' && !scripted && (policy & ROUTE_STREAM) != 0)
		return RC_OK;
	if (token[0] == '\0' && request->form != NULL)
		token = form_raw(request->form, "csrf");
	if (access_token_fits(request, token))
		return RC_OK;
	log_warn("refused token route=%s account=%s", request->route->name,
			request->session->account.id);
	return RC_DENIED;
}
