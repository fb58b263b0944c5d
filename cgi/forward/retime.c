/*
 * retime.c: once the time is known, what was written before in this boot says when it really was: an
 * event of its own (time.corrected), never a change. What a manager read off a watch counts as known until
 * signed time says otherwise: then it is corrected too. CLOCK_BOOTTIME ran through the whole boot, so the
 * true time of each is known as well as now's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "forward/forward.h"

#define RETIME_AT_ONCE 200
#define RETIME_LEAST_MS WHEN_MINUTE_MS	/* papers and pages show minutes */

/* A correction that stands in the log: of which event, to what, by which clock. */
struct known { const char *event; int64_t wall_ms; bool is_signed; uint64_t seq; };

struct retime {
	struct when_stamp now;
	struct known *known;
	size_t known_count;
};

static int64_t true_time(const struct retime *retime, const struct event *event)
{
	return retime->now.wall_ms - ((int64_t)retime->now.mono_ms - (int64_t)event->time.mono_ms);
}

static bool is_sure(enum when_source source)
{
	return source == WHEN_SIGNED || source == WHEN_MANUAL;
}

/* What a watch said gives way to what was signed. */
static bool is_final(const struct retime *retime, enum when_source source)
{
	return source == WHEN_SIGNED || (source == WHEN_MANUAL && retime->now.source == WHEN_MANUAL);
}

static bool needs(const struct retime *retime, const struct event *event)
{
	char id[2 * EVENT_ID_SIZE + 1];
	const struct known *last = NULL;
	int64_t off;
	size_t i;

	if (is_final(retime, event->time.source) || event->subject_kind != SUBJECT_DOSSIER ||
			strcmp(event->kind, "time.corrected") == 0)
		return false;
	hex_encode(event->id, EVENT_ID_SIZE, id);
	for (i = 0; i < retime->known_count; i++) {
		if (strcmp(retime->known[i].event, id) == 0 && (!last || retime->known[i].seq > last->seq))
			last = &retime->known[i];
	}
	if (last && (last->is_signed || retime->now.source != WHEN_SIGNED))
		return false;
	off = true_time(retime, event) - (last ? last->wall_ms : event->time.wall_ms);
	return off >= RETIME_LEAST_MS || off <= -RETIME_LEAST_MS;
}

static enum rc correct_one(struct forward *forward, const struct retime *retime,
		const struct event *event)
{
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = event->subject,
		.kind = "time.corrected", .actor = "system" };
	json_t *body = json_new_object();
	char id[2 * EVENT_ID_SIZE + 1];
	const char *reason = "";
	struct event made;
	enum rc rc;

	hex_encode(event->id, EVENT_ID_SIZE, id);
	json_put(body, "event", id);
	json_put_int(body, "wall_ms", true_time(retime, event));
	if (retime->now.bound_ms >= 0)
		json_put_int(body, "bound_ms", retime->now.bound_ms);
	json_put(body, "reason", when_source_name(retime->now.source));
	act.body = body;
	rc = act_append(forward->store, &act, &made, &reason);
	json_decref(body);
	return rc;
}

/* Which events of these rows have a correction already. */
static void note_known(struct retime *retime, struct pool *pool, const struct journal_row *rows,
		size_t count)
{
	struct known *known = pool_alloc(pool, (retime->known_count + count) * sizeof(*known));
	size_t i;

	if (retime->known_count)
		memcpy(known, retime->known, retime->known_count * sizeof(*known));
	for (i = 0; i < count; i++) {
		json_t *body = NULL;

		if (strcmp(rows[i].event.kind, "time.corrected") != 0 || !rows[i].event.body ||
				json_parse(rows[i].event.body, rows[i].event.body_len, &body) != RC_OK)
			continue;
		known[retime->known_count++] = (struct known){ pool_strdup(pool, json_text(body, "event")),
			json_int(body, "wall_ms", 0), strcmp(json_text(body, "reason"), when_source_name(
			WHEN_SIGNED)) == 0, rows[i].event.seq };
		json_decref(body);
	}
	retime->known = known;
}

/* One window of the log, [from, from + RETIME_AT_ONCE). *more: all of it is of this boot. */
static enum rc correct_window(struct forward *forward, struct retime *retime, struct pool *pool,
		uint64_t from, size_t limit, bool *more)
{
	struct journal_row *rows = NULL;
	size_t count = 0, i;
	enum rc rc = journal_read(forward->store, pool, forward->store->board, AUTHOR_BOARD, from,
			limit, SIZE_MAX, &rows, &count);

	if (rc != RC_OK)
		return rc;
	note_known(retime, pool, rows, count);
	rc = store_begin(forward->store, false);
	if (rc != RC_OK)
		return rc;
	for (i = count; i > 0 && rc == RC_OK; i--) {
		const struct event *event = &rows[i - 1].event;

		if (event->time.boot_count != retime->now.boot_count) {
			*more = false;
			break;
		}
		if (needs(retime, event))
			rc = correct_one(forward, retime, event);
	}
	if (rc == RC_OK)
		return store_commit(forward->store);
	store_abort(forward->store);
	return rc;
}

void retime_events(struct forward *forward)
{
	struct pool *pool = pool_new();
	struct retime retime = { .known = NULL };
	struct journal_head head;
	bool more = true;
	uint64_t end;
	enum rc rc;

	when_stamp_now(&retime.now);
	rc = journal_head_get(forward->store, forward->store->board, AUTHOR_BOARD, &head);
	if (rc != RC_OK || !is_sure(retime.now.source) || retime.now.boot_count == 0)
		more = false;
	for (end = head.seq; more && rc == RC_OK && end > 0;) {
		uint64_t from = end > RETIME_AT_ONCE ? end - RETIME_AT_ONCE : 0;

		rc = correct_window(forward, &retime, pool, from, (size_t)(end - from), &more);
		end = from;
	}
	if (rc != RC_OK)
		log_warn("times of this boot could not be corrected (%s)", rc_name(rc));
	forward->retimed = forward->retimed || (rc == RC_OK && is_sure(retime.now.source));
	pool_free(pool);
}
