/*
 * response.h: one answer, built in one buffer and sent at once.
 */
#ifndef TRAM_WEB_RESPONSE_H
#define TRAM_WEB_RESPONSE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/pool.h"

struct response {
	struct pool *pool;
	int status;			/* 200 unless set */
	const char *content_type;	/* default "text/html; charset=utf-8" */
	struct buf headers;		/* extra "Name: value\r\n" lines, through response_header only */
	struct buf body;
	const char *sendfile;		/* absolute path in out_dir: X-Sendfile */
	bool no_body;
	bool secure;			/* settings->tls_pages: cookies get Secure and __Host- */
	bool own_policy;		/* the handler set Content-Security-Policy itself */
};

/* Value is checked: no CR, LF, NUL (a bug otherwise). */
void response_header(struct response *response, const char *name, const char *value);
/* 303 See Other; location is a path of ours, starting with '/'. */
void response_see_other(struct response *response, const char *location);
/* HttpOnly; SameSite=Strict; Path=/; Secure and __Host- when tls_pages. max_age_s 0: session, -1: delete. */
void response_cookie(struct response *response, const char *name, const char *value, int max_age_s);
/* RFC 9457 problem document. type: last part of "about:tram:<type>"; extra members may be NULL (stolen). */
void response_problem(struct response *response, int status, const char *type, const char *title,
		json_t *extra);
void response_json(struct response *response, const json_t *value);
/* Forgets everything but the buffers' memory and pool, for the next request or another answer. */
void response_reset(struct response *response);
/* "Not Found"; "" for a status we never send. */
const char *response_reason(int status);
/* The body is a file for the person to keep: never inline, sandboxing CSP. */
void response_download(struct response *response, const char *type, const char *name);
/* A download from out_dir: type, file name offered, nosniff, sandboxing CSP; inline only for
 * image/jpeg, image/png and application/pdf. */
void response_file(struct response *response, const char *path, const char *type, const char *name,
		bool inline_view);

#endif
