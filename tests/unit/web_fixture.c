/*
 * web_fixture.c: see web_fixture.h.
 */
#include <string.h>
#include <strings.h>

#include "base/when.h"
#include "web_fixture.h"

static const char *header(void *arg, const char *name)
{
	const struct web_fixture *fixture = arg;

	for (size_t i = 0; i < fixture->header_count; i++) {
		if (strcasecmp(fixture->headers[i].name, name) == 0)
			return fixture->headers[i].value;
	}
	return NULL;
}

static enum rc read_body(void *arg, void *out, size_t cap, size_t *len)
{
	struct web_fixture *fixture = arg;
	size_t left = fixture->body_len - fixture->body_read;

	*len = left < cap ? left : cap;
	if (fixture->piece > 0 && *len > fixture->piece)
		*len = fixture->piece;
	memcpy(out, fixture->body + fixture->body_read, *len);
	fixture->body_read += *len;
	return *len == 0 && cap > 0 ? fixture->after : RC_OK;
}

void web_fixture_init(struct web_fixture *fixture)
{
	memset(fixture, 0, sizeof *fixture);
	fixture->pool = pool_new();
	web_fixture_request(fixture, "GET", "/");
}

void web_fixture_free(struct web_fixture *fixture)
{
	buf_free(&fixture->response.headers);
	buf_free(&fixture->response.body);
	pool_free(fixture->pool);
}

void web_fixture_request(struct web_fixture *fixture, const char *method, const char *target)
{
	struct request *request = &fixture->request;

	*request = (struct request){.pool = fixture->pool,
			.query = "",
			.host = "localhost:9400",
			.origin = "",
			.referer = "",
			.content_type = "",
			.user_agent = "",
			.remote = "192.0.2.1",
			.content_length = -1,
			.body = "",
			.device = "",
			.client_cert = "",
			.client_verify = "",
			.read = read_body,
			.read_arg = fixture,
			.header = header,
			.header_arg = fixture,
			.now_ms = when_now_ms()};
	request->method = request_method(method);
	if (request_set_target(request, target) != RC_OK)
		request->path = NULL;
	fixture->response.pool = fixture->pool;
	response_reset(&fixture->response);
	fixture->header_count = 0;
	fixture->body = "";
	fixture->body_len = fixture->body_read = fixture->piece = 0;
	fixture->after = RC_OK;
}

void web_fixture_header(struct web_fixture *fixture, const char *name, const char *value)
{
	if (strcmp(name, "Host") == 0)
		fixture->request.host = value;
	if (strcmp(name, "Origin") == 0)
		fixture->request.origin = value;
	fixture->headers[fixture->header_count].name = name;
	fixture->headers[fixture->header_count++].value = value;
}

void web_fixture_body(struct web_fixture *fixture, const char *type, const char *body, size_t len)
{
	fixture->request.content_type = type;
	fixture->request.content_length = (int64_t)len;
	fixture->body = body;
	fixture->body_len = len;
}

const char *web_fixture_answer(const struct web_fixture *fixture, const char *name)
{
	const char *p = fixture->response.headers.data;
	size_t len = strlen(name);

	while (p != NULL && *p != '\0') {
		const char *end = strstr(p, "\r\n");

		if (strncasecmp(p, name, len) == 0 && strncmp(p + len, ": ", 2) == 0)
			return pool_strndup(
					fixture->pool, p + len + 2, (size_t)(end - p) - len - 2);
		p = end + 2;
	}
	return "";
}
