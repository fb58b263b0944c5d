/*
 * response.c: see response.h. Every header passes response_header, so no value can add another.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "web/esc.h"
#include "web/response.h"

#define KEEP_BYTES (256u * 1024u)

static void reset_buf(struct buf *buf)
{
	if (buf->cap > KEEP_BYTES)
		buf_free(buf);
	buf_reset(buf);
}

void response_reset(struct response *response)
{
	reset_buf(&response->headers);
	reset_buf(&response->body);
	response->status = 200;
	response->content_type = "text/html; charset=utf-8";
	response->sendfile = NULL;
	response->no_body = false;
	response->own_policy = false;
}

const char *response_reason(int status)
{
	static const struct { int status; const char *reason;
	} reasons[] = {
			{200, "OK"},
			{201, "Created"},
			{204, "No Content"},
			{206, "Partial Content"},
			{303, "See Other"},
			{304, "Not Modified"},
			{400, "Bad Request"},
			{401, "Unauthorized"},
			{403, "Forbidden"},
			{404, "Not Found"},
			{405, "Method Not Allowed"},
			{408, "Request Timeout"},
			{409, "Conflict"},
			{410, "Gone"},
			{411, "Length Required"},
			{412, "Precondition Failed"},
			{413, "Content Too Large"},
			{415, "Unsupported Media Type"},
			{416, "Range Not Satisfiable"},
			{421, "Misdirected Request"},
			{422, "Unprocessable Content"},
			{423, "Locked"},
			{429, "Too Many Requests"},
			{460, "Checksum Mismatch"},
			{500, "Internal Server Error"},
			{503, "Service Unavailable"},
			{507, "Insufficient Storage"},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "";
}

void response_header(struct response *response, const char *name, const char *value)
{
	if (value[strcspn(value, "\r\n")] != '\0')
		log_bug("response header=%s: line break in value", name);
	buf_text(&response->headers, name);
	buf_add(&response->headers, ": ", 2);
	buf_text(&response->headers, value);
	buf_add(&response->headers, "\r\n", 2);
}

void response_see_other(struct response *response, const char *location)
{
	if (location[0] != '/' || location[1] == '/' || location[1] == '\\')
		log_bug("response redirect away from here");
	response->status = 303;
	buf_reset(&response->body);
	response_header(response, "Location", location);
}

void response_cookie(struct response *response, const char *name, const char *value,
		int max_age_s)
{
	char line[512], age[32] = "";
	int len;

	if (max_age_s != 0)
		snprintf(age, sizeof age, "; Max-Age=%d", max_age_s < 0 ? 0 : max_age_s);
	len = snprintf(line, sizeof line, "%s%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
			response->secure ? "__Host-" : "", name, max_age_s < 0 ? "" : value, age,
			response->secure ? "; Secure" : "");
	if (len < 0 || (size_t)len >= sizeof line || value[strcspn(value, "; ,\"\\")] != '\0')
		log_bug("response cookie=%s: unfit value", name);
	response_header(response, "Set-Cookie", line);
}

void response_problem(struct response *response, int status, const char *type,
		const char *title, json_t *extra)
{
	json_t *problem = json_object();

	json_put(problem, "type", pool_printf(response->pool, "about:tram:%s", type));
	json_put(problem, "title", title);
	json_put_int(problem, "status", status);
	if (extra != NULL)
		json_object_update_missing(problem, extra);
	buf_reset(&response->body);
	json_write(problem, &response->body);
	json_decref(extra);
	json_decref(problem);
	response->status = status;
	response->content_type = "application/problem+json";
	response->sendfile = NULL;
}

void response_json(struct response *response, const json_t *value)
{
	buf_reset(&response->body);
	json_write(value, &response->body);
	response->content_type = "application/json";
}

/* A file runs nothing at all, not even what our pages may. */
static void sandboxed(struct response *response, const char *disposition)
{
	response_header(response, "Content-Disposition", disposition);
	response_header(response, "Content-Security-Policy",
			"sandbox; default-src 'none'; frame-ancestors 'self'");
	response->own_policy = true;
}

void response_download(struct response *response, const char *type, const char *name)
{
	struct buf line = { 0 };

	response->content_type = type;
	buf_text(&line, "attachment; ");
	esc_filename(&line, name);
	sandboxed(response, line.data);
	buf_free(&line);
}

void response_file(struct response *response, const char *path, const char *type,
		const char *name, bool inline_view)
{
	struct buf line = { 0 };
	bool viewable = strcmp(type, "image/jpeg") == 0 || strcmp(type, "image/png") == 0 ||
			strcmp(type, "application/pdf") == 0;

	response->sendfile = path;
	response->content_type = type;
	buf_text(&line, inline_view && viewable ? "inline; " : "attachment; ");
	esc_filename(&line, name);
	sandboxed(response, line.data);
	buf_free(&line);
}
