/*
 * machine_feed.c: GET /v1/feed?after=N: the center's events for this board after the N-th, and the
 * signed head of what is sent; GET /v1/own?after=N: the same of the board's own log, for a board that
 * was restored from an old copy.
 */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "center/machine.h"
#include "link/wire.h"

/* "gzip" as one of the codings offered, not refused with q=0 (RFC 9110 §12.5.3). */
static bool accepts_gzip(const char *header)
{
	const char *at = strstr(header, "gzip");
	const char *q;

	if (at == NULL)
		return false;
	q = at + strcspn(at, ",;");
	if (*q != ';')
		return true;
	q += 1 + strspn(q + 1, " \t");
	if (strncmp(q, "q=0", 3) != 0)
		return true;
	q += 3;
	if (*q == '.')
		q += 1 + strspn(q + 1, "0");
	return *q >= '1' && *q <= '9';
}

static enum rc put_head(struct web *web, struct request *request, struct response *response,
		const char *typ, const struct journal_head *head)
{
	struct wire_feed feed = {request->board, *head};
	char *token = NULL;
	enum rc rc;

	rc = machine_sign(web, request, typ, wire_feed_payload(request->pool, &feed),
			&token);
	if (rc == RC_OK)
		response_header(response, "Tram-Head", token);
	return rc;
}

enum rc machine_feed_rows(struct request *request, struct response *response,
		const struct journal_row *rows, size_t count)
{
	struct buf packed = {NULL, 0, 0};
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < count; i++)
		wire_line(&rows[i], &response->body);
	response->content_type = "application/x-ndjson";
	response_header(response, "Vary", "Accept-Encoding");
	if (!accepts_gzip(request_header(request, "Accept-Encoding")))
		return RC_OK;
	rc = wire_gzip(response->body.data, response->body.len, &packed);
	if (rc == RC_OK) {
		buf_reset(&response->body);
		buf_add(&response->body, packed.data, packed.len);
		response_header(response, "Content-Encoding", "gzip");
	}
	buf_free(&packed);
	return rc;
}

static enum rc answer(struct web *web, struct request *request, struct response *response,
		enum event_author author, const char *typ)
{
	struct journal_row *rows = NULL;
	struct journal_head head;
	size_t count = 0;
	int64_t after;
	enum rc rc;

	rc = num_parse(request_query(request, "after"), 0, INT64_MAX, &after);
	if (rc != RC_OK) {
		response_problem(response, 400, "after", "after is not a position", NULL);
		return RC_OK;
	}
	rc = journal_head_get(web->store, request->board, author, &head);
	if (rc == RC_OK && (uint64_t)after < head.seq)
		rc = journal_read(web->store, request->pool, request->board, author,
				(uint64_t)after, WIRE_BATCH_EVENTS, WIRE_BATCH_BYTES, &rows,
				&count);
	if (rc != RC_OK)
		return rc;
	if (count == 0) {
		response->status = 204;
		response->no_body = true;
		return put_head(web, request, response, typ, &head);
	}
	head.epoch = rows[count - 1].event.epoch;
	head.seq = rows[count - 1].event.seq;
	memcpy(head.hash, rows[count - 1].event.hash, sizeof(head.hash));
	rc = put_head(web, request, response, typ, &head);
	if (rc == RC_OK)
		rc = machine_feed_rows(request, response, rows, count);
	return rc;
}

enum rc machine_feed(struct web *web, struct request *request, struct response *response)
{
	return answer(web, request, response, AUTHOR_CENTER, "tram-feed");
}

enum rc machine_feed_own(struct web *web, struct request *request, struct response *response)
{
	return answer(web, request, response, AUTHOR_BOARD, "tram-own");
}
