/*
 * machine_journal.c: POST /v1/journal: a board's events in order, answered with a receipt for the
 * head after them. The receipt of a position is made once and repeated byte for byte (promise 4).
 */
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/when.h"
#include "center/machine.h"
#include "crypt/hash.h"
#include "link/wire.h"
#include "store/linkstate.h"

/* The sequence number that line (1-based) of the batch claims; 0 when it cannot be read. */
static uint64_t
line_seq(struct request *request, const char *ndjson, size_t len, size_t line)
{
	const char *at = ndjson;
	const char *end = ndjson + len;
	const char *stop;
	struct wire_event wire;
	struct event event;

	while (line > 1 && at < end) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL)
			return 0;
		at = stop + 1;
		line--;
	}
	stop = memchr(at, '\n', (size_t)(end - at));
	if (stop == NULL)
		stop = end;
	if (wire_line_parse(request->pool, at, (size_t)(stop - at), &wire) != RC_OK ||
			event_decode(wire.header, wire.header_len, &event) != RC_OK)
		return 0;
	return event.seq;
}

/* why → problem document: what stands against the position is 409, what is wrong in itself 422. */
static enum rc
refuse(struct web *web, struct request *request, struct response *response, const char *why,
		uint64_t seq)
{
	static const struct {
		const char *why;
		int status;
		const char *title;
	} known[] = {
		{"gap", 409, "Events before this one are missing"},
		{"fork", 409, "Another event stands at this position"},
		{"hash", 422, "The chain of hashes is broken"},
		{"body", 422, "The body does not fit its hash or its limits"},
		{"identity", 422, "The event names another board or author"},
		{"kind", 422, "A board may not write this kind of event, or not as this actor"},
		{"line", 422, "A line is not an event"},
	};
	struct journal_head head;
	json_t *extra;
	enum rc rc;
	size_t i;

	rc = journal_head_get(web->store, request->board, AUTHOR_BOARD, &head);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i + 1 < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].why, why) == 0)
			break;
	log_warn("journal refused board=%s why=%s seq=%llu head=%llu", request->board,
			known[i].why, (unsigned long long)seq, (unsigned long long)head.seq);
	extra = json_new_object();
	json_put_int(extra, "seq", (int64_t)seq);
	machine_sign_head(extra, "head_epoch", "head_seq", "head_hash", &head);
	response_problem(response, known[i].status, known[i].why, known[i].title, extra);
	return RC_OK;
}

/* Unpacked body; bounded, so that a small bomb stays small. */
static enum rc
unpack(struct request *request, struct buf *out)
{
	const char *encoding = request_header(request, "Content-Encoding");

	if (strcasecmp(encoding, "gzip") == 0)
		return wire_gunzip(request->body, request->body_len, MACHINE_JOURNAL_MAX, out);
	if (*encoding != '\0' && strcasecmp(encoding, "identity") != 0)
		return RC_INVALID;
	if (request->body_len > MACHINE_JOURNAL_MAX)
		return RC_TOO_LARGE;
	buf_add(out, request->body, request->body_len);
	return RC_OK;
}

/* The stored receipt of this position, or a new one, stored before it is given away. */
static enum rc
receipt(struct web *web, struct request *request, const struct journal_head *head, char **token)
{
	const struct machine *machine = web->app;
	struct wire_receipt wire;
	struct journal_head center;
	const char *payload;
	enum rc rc;

	rc = linkstate_issued_get(web->store, request->pool, request->board, head->epoch,
			head->seq, token);
	if (rc != RC_NOT_FOUND)
		return rc;
	rc = journal_head_get(web->store, request->board, AUTHOR_CENTER, &center);
	if (rc != RC_OK)
		return rc;
	memset(&wire, 0, sizeof(wire));
	wire.board = request->board;
	wire.epoch = head->epoch;
	wire.seq = head->seq;
	memcpy(wire.hash, head->hash, sizeof(wire.hash));
	wire.center_epoch = center.epoch;
	wire.at_ms = when_now_ms();
	payload = wire_receipt_payload(request->pool, &wire);
	rc = jws_sign(request->pool, machine->receipt_key, "tram-receipt", payload,
			strlen(payload), token);
	if (rc != RC_OK)
		return RC_IO;
	rc = linkstate_issued_put(web->store, request->board, head->epoch, head->seq, *token);
	if (rc == RC_EXISTS || rc == RC_CONFLICT)	/* another worker was first: its word counts */
		rc = linkstate_issued_get(web->store, request->pool, request->board, head->epoch,
				head->seq, token);
	return rc;
}

enum rc
machine_journal(struct web *web, struct request *request, struct response *response)
{
	struct journal_head head;
	struct buf ndjson = {NULL, 0, 0};
	const char *why = "";
	char *token = NULL;
	json_t *reply = NULL;
	size_t line = 0;
	enum rc rc;

	rc = unpack(request, &ndjson);
	if (rc != RC_OK) {
		response_problem(response, rc == RC_TOO_LARGE ? 413 : 400, "encoding",
				rc == RC_TOO_LARGE ? "The journal is too large when unpacked" :
				"The body is not what Content-Encoding says", NULL);
		rc = RC_OK;
		goto out;
	}
	if (ndjson.len == 0) {
		response_problem(response, 400, "line", "There is no event in the body", NULL);
		goto out;
	}
	rc = wire_take_journal(web->store, request->pool, request->board, ndjson.data, ndjson.len,
			&head, &why, &line);
	if (rc == RC_PROTOCOL || rc == RC_INVALID) {
		rc = refuse(web, request, response, rc == RC_INVALID ? "line" : why,
				line_seq(request, ndjson.data, ndjson.len, line));
		goto out;
	}
	if (rc == RC_OK)
		rc = receipt(web, request, &head, &token);
	if (rc != RC_OK)
		goto out;
	reply = json_new_object();
	json_put(reply, "receipt", token);
	response_json(response, reply);
out:
	json_decref(reply);
	buf_free(&ndjson);
	return rc;
}
