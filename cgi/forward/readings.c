/*
 * readings.c: access records to the province, when all events are there (PROTOCOL §15): seldom, a few
 * kilobytes at a time. A center that does not take them is no fault of the link.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "forward/forward.h"
#include "link/reading_wire.h"
#include "link/wire.h"

#define ANSWER_MAX 65536u
#define REFUSED_MS (60 * WHEN_MINUTE_MS)
#define MORE_MS 10000		/* a long queue goes on, and lets files pass between */

/* 200 for exactly these: the center has them up to the last. */
static bool taken(const struct http_answer *answer, const char *log, int64_t last)
{
	json_t *object = NULL;
	bool good;

	if (json_parse(answer->body.data ? answer->body.data : "", answer->body.len, &object) != RC_OK)
		return false;
	good = strcmp(json_text(object, "log"), log) == 0 && json_int(object, "up_to", 0) >= last;
	json_decref(object);
	return good;
}

/* What the answer means; the next time is set. */
static enum rc answered(struct forward *forward, const struct http_answer *answer, const char *log,
		const struct reading_record *rows, size_t count)
{
	int64_t last = rows[count - 1].no, now = when_boottime_ms();
	enum rc rc = RC_OK;

	if (answer->status == 200 && taken(answer, log, last)) {
		rc = reading_send_done(forward->store, last);
		log_info("access records sent count=%zu", count);
		forward->readings_at = now + (count == READING_WIRE_LINES ? MORE_MS :
				forward->settings->reading_send_s * 1000);
	} else if (answer->status == 409) {
		log_warn("access records: their numbers were used before; going on under a new name");
		rc = reading_send_rename(forward->store);
		forward->readings_at = now + MORE_MS;
	} else {
		log_warn("access records: refused status=%d", answer->status);
		forward->readings_at = now + REFUSED_MS;
	}
	return rc ? forward_fail(forward, "readings", "database", rc) : RC_OK;
}

enum rc readings_send(struct forward *forward)
{
	static const char extra[] = "Content-Type: application/x-ndjson\r\n"
			"Content-Encoding: gzip\r\n";
	struct http_answer answer = { 0 };
	struct buf lines = { 0 }, packed = { 0 };
	struct reading_record *rows;
	const char *log;
	size_t count;
	char path[80];
	enum rc rc;

	if (forward->store->access == NULL || when_boottime_ms() < forward->readings_at)
		return RC_OK;
	pool_reset(forward->pool);
	rc = reading_send_next(forward->store, forward->pool, READING_WIRE_LINES, &log, &rows, &count);
	if (rc)
		return forward_fail(forward, "readings", "database", rc);
	if (count == 0) {
		forward->readings_at = when_boottime_ms() + forward->settings->reading_send_s * 1000;
		return RC_OK;
	}
	for (size_t i = 0; i < count; i++)
		reading_wire_write(&rows[i], &lines);
	snprintf(path, sizeof(path), "/v1/readings?log=%s", log);
	rc = wire_gzip(lines.data, lines.len, &packed);
	if (rc) {
		rc = forward_fail(forward, "readings", "memory", rc);
		goto out;
	}
	rc = http_request(forward->http, "POST", path, extra, packed.data, packed.len, ANSWER_MAX,
			&answer);
	/* The server's own trouble is the link's too (§9). */
	if (rc || answer.status == 503 || answer.status == 507 || answer.status == 403)
		rc = forward_fail_http(forward, "readings", rc, http_fault(forward->http), &answer);
	else
		rc = answered(forward, &answer, log, rows, count);
out:
	buf_free(&lines);
	buf_free(&packed);
	http_answer_free(&answer);
	return rc;
}
