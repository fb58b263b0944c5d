/*
 * health.c: health/health.json, for the technician's page and `tram status`. Positions, counts and
 * reasons; nothing about a person. A dead link is not ill health: the file says both apart.
 */
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/latency.h"
#include "base/log.h"
#include "base/version.h"
#include "base/when.h"
#include "forward/forward.h"
#include "forward/uplink.h"
#include "store/director.h"
#include "store/document.h"

#define HEALTH_BEAT_MS 60000		/* an old file says that nobody writes it */
#define HEALTH_PROGRESS_MS 2000		/* every writing is an fsync */
#define HEALTH_COST_SHARE 20		/* at most a twentieth of the time goes into counting */
#define HEALTH_BLOBS_MAX 1000
#define HEALTH_FILE_MAX 65536u
#define HEALTH_ACTS 400		/* newest events looked at for the acts of a rehearsal */

/* Both look at every result there ever was: not asked while nothing can have changed. */
static enum rc health_results(struct forward *forward, size_t *count)
{
	struct link_blob *blobs;

	*count = 0;
	if (forward->backlog.results_dry)
		return RC_OK;
	return linkstate_results_to_send(forward->store, forward->pool, HEALTH_BLOBS_MAX, &blobs, count);
}

static enum rc health_fetching(struct forward *forward, size_t *count)
{
	struct link_blob *blobs;

	*count = 0;
	if (forward->fetched_all)
		return RC_OK;
	return linkstate_blobs_to_fetch(forward->store, forward->pool, HEALTH_BLOBS_MAX, &blobs, count);
}

/* When the oldest event without a receipt was written; how many events are parked here. */
static enum rc health_add_oldest(struct forward *forward, const struct link_cursor *cursor,
		const struct journal_head *own, json_t *health)
{
	struct journal_row *rows;
	int64_t parked = 0;
	size_t count = 0;
	enum rc rc = linkstate_parked(forward->store, &parked);

	if (rc == RC_OK && cursor->sent_seq < own->seq)
		rc = journal_read(forward->store, forward->pool, forward->store->board, AUTHOR_BOARD,
				cursor->sent_seq, 1, 1, &rows, &count);
	if (rc == RC_OK && count == 1)
		json_put_int(health, "oldest_at", rows[0].event.time.wall_ms);
	json_put_int(health, "parked", parked);
	return rc;
}

static void health_add_positions(struct forward *forward, json_t *health)
{
	struct journal_head own;
	struct link_cursor cursor;
	struct link_blob *blobs;
	size_t waiting = 0, results = 0, fetching = 0, i;
	int64_t bytes = 0;

	if (linkstate_get(forward->store, &cursor) ||
			journal_head_get(forward->store, forward->store->board, AUTHOR_BOARD, &own) ||
			linkstate_blobs_to_send(forward->store, forward->pool, LINK_WAITING,
					HEALTH_BLOBS_MAX, &blobs, &waiting) ||
			health_results(forward, &results) || health_fetching(forward, &fetching) ||
			health_add_oldest(forward, &cursor, &own, health)) {
		json_put_flag(health, "database_failed", true);
		return;
	}
	json_put_int(health, "sent_seq", (int64_t)cursor.sent_seq);
	json_put_int(health, "head_seq", (int64_t)own.seq);
	json_put_int(health, "feed_seq", (int64_t)cursor.feed_seq);
	json_put_int(health, "epoch", (int64_t)own.epoch);
	json_put_int(health, "center_epoch", (int64_t)cursor.center_epoch);
	json_put_int(health, "receipt_at", cursor.receipt_at);
	for (i = 0; i < waiting; i++)
		bytes += blobs[i].size;
	json_put_int(health, "blobs_waiting", (int64_t)(waiting + results));
	json_put_int(health, "blobs_bytes", bytes);
	json_put_int(health, "blobs_to_fetch", (int64_t)fetching);
}

/* Certificate and clock: what needs a person before anything can be sent. */
static void health_add_identity(struct forward *forward, json_t *health)
{
	struct when_stamp now;
	int64_t renew_at, not_after;

	if (identity_dates(forward->settings, &renew_at, &not_after) == RC_OK)
		json_put_int(health, "cert_until", not_after);
	json_put(health, "join_reason", forward->join_reason);
	json_put_int(health, "join_at", forward->join_at);
	json_put_flag(health, "joining", forward->joining);
	json_put(health, "renew_reason", forward->renew_reason);
	when_stamp_now(&now);
	json_put(health, "clock", when_source_name(now.source));
	json_put_int(health, "clock_bound_ms", now.bound_ms);
}

/* Which data this program reads, and by which catalogue. */
static void health_add_versions(struct forward *forward, json_t *health)
{
	struct document *rows;
	size_t count = 0;

	json_put(health, "program", TRAM_VERSION);
	json_put_int(health, "schema", db_schema(forward->store->tram));
	if (document_list(forward->store, forward->pool, DOCUMENT_CATALOGUE, 1, &rows, &count) == RC_OK &&
			count > 0)
		json_put(health, "catalogue", rows[0].version);
}

/* How fast the card takes what is written: today and yesterday, and the week before, to compare. */
static void health_add_writes(struct forward *forward, json_t *health)
{
	static const struct { const char *name; int days; } spans[] = { { "writes", 2 }, { "writes_week", 8 } };
	const char *path = pool_printf(forward->pool, "%s/" DB_WRITES, forward->settings->db_dir);
	struct latency latency;
	size_t i;

	for (i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		json_t *one;

		if (latency_read(path, when_now_ms(), spans[i].days, &latency) || latency.count == 0)
			continue;
		one = json_new_object();
		json_put_int(one, "count", latency.count);
		json_put_int(one, "p50_us", latency.p50_us);
		json_put_int(one, "p95_us", latency.p95_us);
		json_put_int(one, "p99_us", latency.p99_us);
		json_put_int(one, "max_us", latency.max_us);
		json_put_value(health, spans[i].name, one);
	}
}

/* Before the first citizen: which acts a rehearsal has seen (the technician's last look, which may not see
 * dossiers), and whether there is a way out of this machine at all. */
static void health_act(void *arg, const char *actor, const char *kind)
{
	static const char *const kinds[] = { "dossier.accepted", "dossier.forwarded", "dossier.taken",
		"dossier.signed", "dossier.finished", "dossier.result_returned" };
	json_t *seen = arg;

	(void)actor;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i], kind) == 0)
			json_put_flag(seen, kind, true);
}

static void health_add_first_day(struct forward *forward, json_t *health)
{
	json_t *seen;

	json_put_flag(health, "way_out", uplink_has_way());
	if (forward->settings->mode != MODE_REHEARSAL)
		return;
	seen = json_new_object();
	if (director_acts(forward->store, HEALTH_ACTS, health_act, seen) == RC_OK)
		json_put_value(health, "acts", seen);
	else
		json_decref(seen);
}

int64_t health_next(const struct forward *forward, int64_t until_ms)
{
	int64_t due = forward->health_at + (forward->health_changed ?
			HEALTH_PROGRESS_MS + HEALTH_COST_SHARE * forward->health_cost_ms :
			HEALTH_BEAT_MS);

	return due < until_ms ? due : until_ms;
}

void health_put(struct forward *forward)
{
	int64_t now = when_boottime_ms();
	struct pool *kept = forward->pool;
	json_t *health;
	char *text;

	if (!forward->health_urgent && now < health_next(forward, INT64_MAX))
		return;
	forward->health_at = now;
	forward->health_changed = false;
	forward->health_urgent = false;
	forward_gauge(forward);
	forward->pool = pool_new();	/* the caller's is in use, and may not be emptied for hours */
	health = json_new_object();
	json_put_int(health, "at", when_now_ms());
	json_put(health, "board", forward->store->board);
	json_put(health, "link", forward->down ? "down" : "ok");
	json_put(health, "reason", forward->reason);
	json_put(health, "aside_reason", forward->aside_reason);
	json_put_int(health, "aside", (int64_t)forward->aside_count);
	json_put_int(health, "failing_for_ms", forward->down ? now - forward->failing_since : 0);
	json_put_int(health, "last_ok_at", forward->last_ok_at);
	json_put_int(health, "last_round_trip_ms", forward->round_trip_ms);
	json_put_int(health, "last_round_trip_at", forward->round_trip_at);
	json_put(health, "address", forward->addresses[forward->address]);
	json_put(health, "files_wait", forward->files_wait);
	json_put_int(health, "retry_in_ms", forward->down && forward->retry_at > now ?
			forward->retry_at - now : 0);
	if (forward->round_trip_at) {
		json_put_int(health, "center_has_seq", (int64_t)forward->center_own.seq);
		json_put_int(health, "center_head_seq", (int64_t)forward->center_head.seq);
	}
	gauge_put(&forward->gauge, when_now_ms(), health);
	health_add_identity(forward, health);
	health_add_positions(forward, health);
	room_add(forward, health);
	health_add_first_day(forward, health);
	health_add_writes(forward, health);
	health_add_versions(forward, health);
	history_note(forward, health);
	forward->health_cost_ms = when_boottime_ms() - now;
	text = json_to_text(forward->pool, health);
	json_decref(health);
	if (file_put(forward->settings->health_dir, "health.json", text, strlen(text), 0640))
		log_warn("health: file cannot be written");
	pool_free(forward->pool);
	forward->pool = kept;
}

void health_take_up(struct forward *forward)
{
	json_t *health = json_of_file(forward->pool, pool_printf(forward->pool, "%s/health.json",
			forward->settings->health_dir), HEALTH_FILE_MAX);

	if (!health)
		return;
	gauge_take(&forward->gauge, health);
	forward->round_trip_ms = json_int(health, "last_round_trip_ms", -1);
	forward->round_trip_at = json_int(health, "last_round_trip_at", 0);
	forward->last_ok_at = json_int(health, "last_ok_at", 0);
	forward->center_own.seq = (uint64_t)json_int(health, "center_has_seq", 0);
	forward->center_head.seq = (uint64_t)json_int(health, "center_head_seq", 0);
	json_decref(health);
}
