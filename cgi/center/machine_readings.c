/*
 * machine_readings.c: POST /v1/readings?log=…: a board's access records, all of a request or none
 * (PROTOCOL §15). They are no events: nothing of a dossier depends on them.
 */
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "center/machine.h"
#include "link/reading_wire.h"
#include "link/wire.h"

#define UNPACKED_MAX ((size_t)1024 * 1024)

static enum rc unpack(struct request *request, struct buf *out)
{
	const char *encoding = request_header(request, "Content-Encoding");

	if (strcasecmp(encoding, "gzip") == 0)
		return wire_gunzip(request->body, request->body_len, UNPACKED_MAX, out);
	if (*encoding != '\0' && strcasecmp(encoding, "identity") != 0)
		return RC_INVALID;
	if (request->body_len > UNPACKED_MAX)
		return RC_TOO_LARGE;
	buf_add(out, request->body, request->body_len);
	return RC_OK;
}

static void refuse_line(struct request *request, struct response *response, size_t line)
{
	json_t *extra = json_new_object();

	log_warn("readings refused board=%s line=%zu", request->board, line);
	json_put_int(extra, "line", (int64_t)line);
	response_problem(response, 422, "line", "A line is not an access record", extra);
}

/* RC_CONFLICT: another record stands under one of the numbers. */
static enum rc take(struct web *web, struct request *request, const char *log,
		const struct reading_record *rows, size_t count, int64_t *head)
{
	enum rc rc = count > 0 ? store_begin(web->store, false) : RC_OK;

	if (rc != RC_OK)
		return rc;
	if (count > 0)
		rc = reading_send_take(web->store, request->board, log, rows, count, request->now_ms);
	if (rc == RC_OK)
		rc = reading_send_head(web->store, request->board, log, head);
	if (count > 0 && rc == RC_OK)
		return store_commit(web->store);
	if (count > 0)
		store_abort(web->store);
	return rc;
}

enum rc machine_readings(struct web *web, struct request *request, struct response *response)
{
	const char *log = request_query(request, "log");
	struct reading_record *rows = NULL;
	struct buf lines = {NULL, 0, 0};
	json_t *reply;
	int64_t head = 0;
	size_t count = 0, line = 0;
	enum rc rc = unpack(request, &lines);

	if (rc != RC_OK || !reading_wire_is_log(log)) {
		response_problem(response, rc == RC_TOO_LARGE ? 413 : 400,
				rc == RC_TOO_LARGE ? "too-large" : "invalid",
				rc == RC_OK ? "log is 32 hex digits" :
				"The body is not what Content-Encoding says, or too large", NULL);
		rc = RC_OK;
		goto out;
	}
	rc = reading_wire_read(request->pool, lines.data != NULL ? lines.data : "", lines.len, &rows,
			&count, &line);
	if (rc == RC_INVALID) {
		refuse_line(request, response, line);
		rc = RC_OK;
		goto out;
	}
	if (rc == RC_OK)
		rc = take(web, request, log, rows, count, &head);
	if (rc == RC_CONFLICT) {
		log_warn("readings refused board=%s why=fork", request->board);
		response_problem(response, 409, "fork", "Another record stands under this number", NULL);
		rc = RC_OK;
	} else if (rc == RC_OK) {
		reply = json_new_object();
		json_put(reply, "log", log);
		json_put_int(reply, "up_to", head);
		response_json(response, reply);
		json_decref(reply);
	}
out:
	buf_free(&lines);
	return rc;
}
