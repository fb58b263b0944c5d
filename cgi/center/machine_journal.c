/*
 * machine_journal.c: POST /v1/journal: a board's events in order, answered with a receipt for the
 * head after them. The receipt of a position is made once and repeated byte for byte (promise 4).
 */
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "center/machine.h"
#include "crypt/hash.h"
#include "link/issue.h"
#include "link/wire.h"
#include "link/wire_take.h"
#include "store/slip.h"

/* The event of one line (1-based); RC_INVALID when it cannot be read. Its hash is filled in. */
static enum rc line_event(struct request *request, const struct buf *ndjson, size_t line, struct event *event)
{
	const char *at = ndjson->data;
	const char *end = ndjson->data + ndjson->len;
	const char *stop = memchr(at, '\n', ndjson->len);
	struct wire_event wire;
	enum rc rc;

	while (line > 1 && stop != NULL) {
		at = stop + 1;
		stop = memchr(at, '\n', (size_t)(end - at));
		line--;
	}
	if (stop == NULL)
		return RC_INVALID;
	rc = wire_line_parse(request->pool, at, (size_t)(stop - at), &wire);
	if (rc == RC_OK)
		rc = event_decode(wire.header, wire.header_len, event);
	if (rc == RC_OK)
		hash_sha256(wire.header, wire.header_len, event->hash);
	return rc;
}

/* why → problem document: what stands against the position is 409, what is wrong in itself 422. */
static enum rc refuse(struct web *web, struct request *request, struct response *response, const char *why,
		const struct buf *ndjson, size_t line)
{
	static const struct {
		const char *why;
		int status;
		const char *title;
	} known[] = {
		{"gap", 409, "Events before this one are missing"},
		{"fork", 409, "Another event stands at this position"},
		{"branch", 409, "It records a branch that has not come"},
		{"hash", 422, "The chain of hashes is broken"},
		{"body", 422, "The body does not fit its hash or its limits"},
		{"identity", 422, "The event names another board or author"},
		{"kind", 422, "A board may not write this kind of event, or not as this actor"},
		{"line", 422, "A line is not an event"},
	};
	struct journal_head head;
	struct event event;
	json_t *extra;
	uint64_t seq = 0;
	enum rc rc;
	size_t i;

	rc = journal_head_get(web->store, request->board, AUTHOR_BOARD, &head);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i + 1 < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].why, why) == 0)
			break;
	if (line_event(request, ndjson, line, &event) == RC_OK)
		seq = event.seq;
	log_warn("journal refused board=%s why=%s seq=%llu head=%llu", request->board,
			known[i].why, (unsigned long long)seq, (unsigned long long)head.seq);
	extra = json_new_object();
	json_put_int(extra, "line", (int64_t)line);
	json_put_int(extra, "seq", (int64_t)seq);
	json_put_int(extra, "head_seq", (int64_t)head.seq);
	response_problem(response, known[i].status, known[i].why, known[i].title, extra);
	return RC_OK;
}

enum rc machine_journal_unpack(struct request *request, struct buf *out)
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

/* Takes the lines and gives the position of the last one: what was had already is as good as new,
 * so a repeat, even an old one, is answered for exactly what it sent. RC_EXISTS: refused and
 * answered. */
static enum rc take(struct web *web, struct request *request, struct response *response,
		const struct buf *ndjson, struct journal_head *head)
{
	const char *why = NULL;
	struct event last;
	size_t line = 0;
	enum rc rc;

	if (ndjson->len == 0)
		return journal_head_get(web->store, request->board, AUTHOR_BOARD, head);
	rc = wire_take_journal(web->store, request->board, ndjson->data,
			ndjson->len, head, &why, &line);
	if (rc == RC_PROTOCOL || rc == RC_INVALID) {
		rc = refuse(web, request, response, why != NULL ? why : "line", ndjson, line);
		return rc == RC_OK ? RC_EXISTS : rc;
	}
	if (rc == RC_OK)
		rc = line_event(request, ndjson, line, &last);
	if (rc != RC_OK)
		return rc;
	head->epoch = last.epoch;
	head->seq = last.seq;
	memcpy(head->hash, last.hash, sizeof(head->hash));
	return RC_OK;
}

enum rc machine_journal(struct web *web, struct request *request, struct response *response)
{
	const struct machine *machine = web->app;
	struct journal_head head;
	struct buf ndjson = {NULL, 0, 0};
	char *token = NULL;
	json_t *reply = NULL;
	enum rc rc;

	rc = machine_journal_unpack(request, &ndjson);
	if (rc != RC_OK) {
		response_problem(response, rc == RC_TOO_LARGE ? 413 : 400,
				rc == RC_TOO_LARGE ? "too-large" : "invalid",
				rc == RC_TOO_LARGE ? "The journal is too large when unpacked" :
				"The body is not what Content-Encoding says", NULL);
		rc = RC_OK;
		goto out;
	}
	rc = take(web, request, response, &ndjson, &head);
	if (rc == RC_OK && head.seq == 0) {
		response_problem(response, 409, "gap", "There is no event yet", NULL);
		goto out;
	}
	if (rc == RC_OK)
		rc = issue_receipt(web->store, request->pool, machine->receipt_key, request->board,
				&head, &token);
	if (rc != RC_OK) {
		rc = rc == RC_EXISTS ? RC_OK : rc;
		goto out;
	}
	/* The slips' pages name the receipt; a failure there is not the board's. */
	if (slip_publish(web->store) != RC_OK)
		log_warn("public status is behind");
	reply = json_new_object();
	json_put(reply, "receipt", token);
	response_json(response, reply);
out:
	json_decref(reply);
	buf_free(&ndjson);
	return rc;
}
