/*
 * web_fixture.h: a request as fcgx.c would hand it over, made by hand, for tests of web/.
 */
#ifndef TRAM_TESTS_WEB_FIXTURE_H
#define TRAM_TESTS_WEB_FIXTURE_H

#include "web/request.h"
#include "web/response.h"

#define WEB_FIXTURE_HEADERS 16

struct web_fixture {
	struct pool *pool;
	struct request request;
	struct response response;
	struct { const char *name, *value; } headers[WEB_FIXTURE_HEADERS];
	size_t header_count;
	const char *body;		/* what the line brings … */
	size_t body_len, body_read;
	size_t piece;			/* … at most so many bytes at a time; 0: all */
	enum rc after;			/* what comes after the last byte: RC_OK end, RC_GONE cut */
};

void web_fixture_init(struct web_fixture *fixture);
void web_fixture_free(struct web_fixture *fixture);
/* Starts over with this method and address; headers and body are forgotten. */
void web_fixture_request(struct web_fixture *fixture, const char *method, const char *target);
void web_fixture_header(struct web_fixture *fixture, const char *name, const char *value);
void web_fixture_body(struct web_fixture *fixture, const char *type, const char *body, size_t len);
/* Value of a header of the answer, "" when absent; in the fixture's pool. */
const char *web_fixture_answer(const struct web_fixture *fixture, const char *name);

#endif
