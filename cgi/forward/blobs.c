/*
 * blobs.c: contents, up and down. One content that cannot go holds nothing else up: it is set
 * aside for a while, and the reason is shown. Trouble of the center as a whole ends the round.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/hours.h"
#include "base/log.h"
#include "base/when.h"
#include "forward/forward.h"
#include "forward/pace.h"
#include "link/wire.h"
#include "store/blob.h"
#include "store/parked.h"

#define BLOBS_AT_A_TIME 16
/* Of a file that is fetched, between two looks for new events: some seconds' worth. */
#define BLOBS_SPAN_LEAST (INT64_C(64) * 1024)
#define BLOBS_SPAN_MOST (INT64_C(1024) * 1024)
#define BLOBS_SPAN_S 4
#define BLOBS_LOOK_MS 1000	/* on a metered line, for the end of what it may carry */
#define BLOBS_FETCH_AGAIN_MS (15 * WHEN_MINUTE_MS)
#define BLOBS_PAUSE_MS 1000	/* a longer absence must not count against the lanes' deadlines */

/* ---- metered lines ---- */

bool blobs_may_go(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	const char *why = "";
	struct when_local local;
	bool quiet = false;

	if (settings->link_quiet[0]) {
		when_to_local(when_now_ms(), &local);
		if (hours_within(settings->link_quiet, local.hour * 60 + local.minute, &quiet))
			quiet = false;		/* was checked at the start */
	}
	if (settings->link_budget_mb > 0)
		forward_gauge(forward);
	if (quiet)
		why = "quiet";
	else if (settings->link_budget_mb > 0 &&
			forward->gauge.day_bytes >= settings->link_budget_mb * 1000000)
		why = "budget";
	if (strcmp(why, forward->files_wait)) {
		log_info("files wait=%s", *why ? why : "no");
		forward->health_urgent = true;
	}
	forward->files_wait = why;
	return !*why;
}

static bool blobs_metered(const struct forward *forward)
{
	return forward->settings->link_quiet[0] || forward->settings->link_budget_mb > 0;
}

/* ---- set aside ---- */

bool blobs_is_aside(struct forward *forward, const char *sha256)
{
	int64_t now = when_boottime_ms();
	size_t i = 0;

	while (i < forward->aside_count) {
		if (forward->aside[i].until_ms <= now) {
			forward->aside[i] = forward->aside[--forward->aside_count];
			continue;
		}
		if (strcmp(forward->aside[i].sha256, sha256) == 0)
			return true;
		i++;
	}
	if (forward->aside_count == 0)
		forward->aside_reason[0] = '\0';
	return false;
}

void blobs_try_again(struct forward *forward)
{
	forward->aside_count = 0;
	forward->aside_reason[0] = '\0';
	forward->fetched_all = false;
	forward->health_changed = true;
	backlog_forget(&forward->backlog);
}

static void blobs_set_aside(struct forward *forward, const char *sha256, const char *reason)
{
	struct forward_aside *entry;

	if (forward->aside_count == forward->aside_cap) {
		size_t cap = forward->aside_cap ? 2 * forward->aside_cap : 16;
		struct forward_aside *more = realloc(forward->aside, cap * sizeof(*more));

		if (!more)
			log_fatal("blobs: out of memory");
		forward->aside = more;
		forward->aside_cap = cap;
	}
	entry = &forward->aside[forward->aside_count++];
	snprintf(entry->sha256, sizeof(entry->sha256), "%s", sha256);
	entry->until_ms = when_boottime_ms() + forward->settings->poll_max_s * 1000;
	snprintf(forward->aside_reason, sizeof(forward->aside_reason), "%s", reason);
	forward->health_changed = true;
	forward->backlog.dry = false;
	log_warn("blob set aside sha256=%s reason=%s", sha256, reason);
	if (parked_blob_note(forward->store, forward->store->board, sha256, reason))
		log_warn("blob set aside: not noted");
}

/* ---- down ---- */

/* The bytes are all here: check and keep. */
static enum rc blobs_adopt(struct forward *forward, const struct link_blob *blob, const char *path)
{
	struct blob kept;
	uint8_t hash[32];
	enum rc rc;

	if (hex_decode(blob->sha256, hash, sizeof(hash)))
		return forward_fail(forward, "content", "database", RC_DB);
	rc = blob_adopt(forward->store, NULL, path, hash, blob->size, false, &kept);
	if (rc == RC_PROTOCOL || rc == RC_INVALID) {
		(void)unlink(path);
		blobs_set_aside(forward, blob->sha256, "content-hash");
		return RC_OK;
	}
	if (rc)
		return forward_fail(forward, "content", rc == RC_FULL ? "disk-full" : "database", rc);
	log_info("content stored sha256=%s", blob->sha256);
	forward->health_changed = true;
	return RC_OK;
}

static int64_t blobs_span(const struct forward *forward)
{
	int64_t span = forward->gauge.fetching.rate * BLOBS_SPAN_S;

	if (span == 0)
		span = 4 * BLOBS_SPAN_LEAST;
	return span < BLOBS_SPAN_LEAST ? BLOBS_SPAN_LEAST :
			span > BLOBS_SPAN_MOST ? BLOBS_SPAN_MOST : span;
}

/* Asks for the next span. *reason: why this content is to be set aside, or NULL. */
static enum rc blobs_get_span(struct forward *forward, const struct link_blob *blob, int fd,
		int64_t *size, const char **reason)
{
	struct http_answer answer = { 0 };
	int64_t had = *size, got = 0, began = when_boottime_ms();
	int64_t span = blobs_span(forward);
	struct stat info;
	char url[96];
	enum rc rc;

	snprintf(url, sizeof(url), "/v1/content/%s", blob->sha256);
	rc = http_get_file(forward->http, url, fd, had, span, blob->size, &answer.status, &got);
	(void)gauge_pace(&forward->gauge.fetching, got, when_boottime_ms() - began);
	if (fstat(fd, &info))
		return forward_fail(forward, "content", "disk", RC_IO);
	*size = info.st_size;
	if (rc == RC_TOO_LARGE || (rc == RC_OK && answer.status == 416))
		*reason = "content-size";
	else if (rc == RC_OK && answer.status == 404)
		*reason = "content-missing";
	else if (rc == RC_FULL)
		return forward_fail(forward, "content", "disk-full", rc);
	else if (rc || (answer.status != 200 && answer.status != 206))
		return forward_fail_http(forward, "content", rc, http_fault(forward->http), &answer);
	/* A 200 is the whole file, or a page that stands in its place. */
	else if (*size <= had || (answer.status == 200 && *size != blob->size))
		*reason = "content-size";
	return RC_OK;
}

/* One span of one file. *done: the file is whole, or set aside. */
static enum rc blobs_fetch_span(struct forward *forward, const struct link_blob *blob,
		const char *path, bool *done)
{
	const char *reason = NULL;
	struct stat info;
	enum rc rc = RC_OK;
	int64_t size;
	int fd;

	*done = false;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (fd < 0 || fstat(fd, &info)) {
		if (fd >= 0)
			close(fd);
		return forward_fail(forward, "content", "disk", RC_IO);
	}
	size = info.st_size;
	if (size < blob->size)
		rc = blobs_get_span(forward, blob, fd, &size, &reason);
	close(fd);
	if (rc)
		return rc;
	*done = reason || size >= blob->size;
	if (reason) {
		(void)unlink(path);
		blobs_set_aside(forward, blob->sha256, reason);
	} else if (*done) {
		rc = blobs_adopt(forward, blob, path);
	}
	return rc;
}

enum rc blobs_fetch(struct forward *forward)
{
	struct link_blob *blobs;
	size_t count, i;
	enum rc rc = RC_OK;

	if (!blobs_may_go(forward) || (forward->fetched_all &&
			when_boottime_ms() < forward->fetch_again_at))
		return RC_OK;
	pool_reset(forward->pool);
	if (linkstate_blobs_to_fetch(forward->store, forward->pool,
			BLOBS_AT_A_TIME + forward->aside_count, &blobs, &count))
		return forward_fail(forward, "content", "database", RC_DB);
	/* The question looks at every result there ever was: not asked anew until something came. */
	forward->fetched_all = count == 0;
	forward->fetch_again_at = when_boottime_ms() + BLOBS_FETCH_AGAIN_MS;
	for (i = 0; i < count && rc == RC_OK; i++) {
		const char *path;
		bool done = false;

		if (blobs_is_aside(forward, blobs[i].sha256))
			continue;
		path = pool_printf(forward->pool, "%s/%s.part", forward->settings->spool_dir,
				blobs[i].sha256);
		while (rc == RC_OK && !done) {
			if (!blobs_may_go(forward))
				return RC_OK;
			if (forward_woken(forward)) {	/* our new events go first */
				forward->look_now = true;
				return RC_OK;
			}
			rc = blobs_fetch_span(forward, &blobs[i], path, &done);
		}
	}
	if (rc == RC_OK && count > BLOBS_AT_A_TIME)
		forward->look_now = true;
	return rc;
}

/* ---- up ---- */

/* Takes one waiting content into a lane. *added false: there is none. */
static enum rc blobs_add_one(struct forward *forward, bool *added)
{
	const struct link_blob *blob;
	uint8_t hash[32];
	char *path;
	enum rc rc;

	*added = false;
	for (;;) {
		rc = backlog_next(forward, &blob);
		if (rc)
			return forward_fail(forward, "blob", "database", rc);
		if (!blob)
			return RC_OK;
		pool_reset(forward->pool);
		rc = hex_decode(blob->sha256, hash, sizeof(hash));
		if (rc == RC_OK)
			rc = blob_check(forward->store, forward->pool, NULL, hash, &path);
		if (rc == RC_OK)
			rc = tusc_add(forward->tusc, blob->sha256, path, blob->size,
					blob->upload_url ? blob->upload_url : "");
		if (rc == RC_OK) {
			*added = true;
			return RC_OK;
		}
		blobs_set_aside(forward, blob->sha256, rc == RC_PROTOCOL ? "blob-damaged" :
				"blob-unreadable");
	}
}

static enum rc blobs_take_receipt(struct forward *forward, const struct tusc_report *report)
{
	struct link_blob_receipt kept = { 0 };
	struct wire_blob receipt;
	struct blob blob;
	uint8_t hash[32];
	char *payload;
	size_t len;
	enum rc rc;

	if (forward_verify(forward, "tram-blob", report->text, &payload, &len) ||
			wire_blob_parse(forward->pool, payload, len, &receipt))
		return forward_fail(forward, "blob", "receipt", RC_PROTOCOL);
	rc = hex_decode(report->sha256, hash, sizeof(hash));
	if (rc == RC_OK)
		rc = blob_find(forward->store, NULL, hash, &blob);
	if (rc)
		return forward_fail(forward, "blob", "database", rc);
	if (strcmp(receipt.board, forward->store->board) ||
			strcmp(receipt.sha256, report->sha256) || receipt.size != blob.size)
		return forward_fail(forward, "blob", "receipt-position", RC_PROTOCOL);
	kept.sha256 = report->sha256;
	kept.jws = report->text;
	kept.at = receipt.at_ms;
	kept.center_epoch = receipt.center_epoch;
	kept.no = receipt.no;
	rc = linkstate_blob_receipt(forward->store, &kept);
	if (rc && rc != RC_EXISTS)
		return forward_fail(forward, "blob", "database", rc);
	log_info("blob sent sha256=%s", report->sha256);
	forward->health_changed = true;
	return RC_OK;
}

static enum rc blobs_take_failure(struct forward *forward, const struct tusc_report *report)
{
	struct http_answer answer = { .status = report->status };
	int status = report->status;
	char reason[32];
	enum rc rc;

	/* The center understood and said no to this content; 401, 403 and 429 speak of us. */
	if (status >= 400 && status < 500 && status != 401 && status != 403 && status != 408 &&
			status != 429) {
		snprintf(reason, sizeof(reason), "blob-status-%d", status);
		if (linkstate_blob_url(forward->store, report->sha256, ""))
			log_warn("blob address could not be forgotten sha256=%s", report->sha256);
		blobs_set_aside(forward, report->sha256, reason);
		return RC_OK;
	}
	if (report->rc == RC_IO && report->fault == TLS_FAULT_NONE) {
		blobs_set_aside(forward, report->sha256, "blob-unreadable");
		return RC_OK;
	}
	buf_text(&answer.body, report->text);
	rc = forward_fail_http(forward, "blob", status ? RC_OK : report->rc, report->fault, &answer);
	http_answer_free(&answer);
	return rc;
}

static enum rc blobs_take_report(struct forward *forward, const struct tusc_report *report)
{
	enum rc rc;

	switch (report->event) {
	case TUSC_URL:
		rc = linkstate_blob_url(forward->store, report->sha256, report->text);
		return rc ? forward_fail(forward, "blob", "database", rc) : RC_OK;
	case TUSC_DONE:
		return blobs_take_receipt(forward, report);
	case TUSC_FAILED:
		return blobs_take_failure(forward, report);
	}
	return RC_BUG;
}

/* How fast files go; the pages' estimate is told when it has become another. */
static void blobs_pace(struct forward *forward, int64_t moved, int64_t began)
{
	int64_t goodput, told = forward->goodput_told;

	if (!gauge_pace(&forward->gauge.goodput, tusc_moved(forward->tusc) - moved,
			when_boottime_ms() - began))
		return;
	goodput = forward->gauge.goodput.rate;
	if (told && goodput < 2 * told && goodput > told / 2 &&
			when_boottime_ms() - forward->goodput_at < 5 * WHEN_MINUTE_MS)
		return;
	if (linkstate_goodput(forward->store, goodput))
		log_warn("the pace of files could not be kept");
	forward->goodput_told = goodput;
	forward->goodput_at = when_boottime_ms();
}

/* Fills free lanes. *more false: nothing else waits, or files may not go now. */
static enum rc blobs_fill(struct forward *forward, bool *more)
{
	enum rc rc = RC_OK;

	if (!blobs_may_go(forward)) {
		if (!tusc_is_idle(forward->tusc))
			tusc_drop(forward->tusc);
		backlog_forget(&forward->backlog);
		*more = false;
		return RC_OK;
	}
	while (rc == RC_OK && *more && tusc_has_room(forward->tusc))
		rc = blobs_add_one(forward, more);
	return rc;
}

/* One wait for the lanes. RC_OK: *report. */
static enum rc blobs_pump(struct forward *forward, int64_t until_ms, struct tusc_report *report)
{
	int64_t began = when_boottime_ms(), moved = tusc_moved(forward->tusc);
	bool idle = tusc_is_idle(forward->tusc);
	enum rc rc;

	health_put(forward);
	until_ms = health_next(forward, until_ms);
	if (blobs_metered(forward) && until_ms > began + BLOBS_LOOK_MS)
		until_ms = began + BLOBS_LOOK_MS;
	rc = tusc_pump(forward->tusc, forward->stir_fd, forward->stop_fd, until_ms, report);
	forward->pumped_at = when_boottime_ms();
	if (!idle)
		blobs_pace(forward, moved, began);
	return rc;
}

enum rc blobs_send(struct forward *forward, int64_t until_ms)
{
	struct tusc_report report;
	bool more = true, sent = false;
	enum rc rc;

	if (when_boottime_ms() - forward->pumped_at > BLOBS_PAUSE_MS)
		tusc_touch(forward->tusc);
	for (;;) {
		forward->pumped_at = when_boottime_ms();
		rc = blobs_fill(forward, &more);
		if (rc)
			return rc;
		/* All are there: the center's word that a manifest is whole waits in the feed. */
		if (sent && tusc_is_idle(forward->tusc)) {
			forward->look_now = true;
			return RC_OK;
		}
		rc = blobs_pump(forward, until_ms, &report);
		if (rc == RC_TIMEOUT && when_boottime_ms() < until_ms) {
			more = more || blobs_metered(forward);
			continue;
		}
		if (rc == RC_TIMEOUT || rc == RC_BUSY)
			return RC_OK;
		if (rc)
			return rc;
		pool_reset(forward->pool);
		rc = blobs_take_report(forward, &report);
		if (rc)
			return rc;
		sent = sent || report.event == TUSC_DONE;
		more = more || report.event != TUSC_URL;
	}
}
