/*
 * tusc.c: see tusc.h. One lane is one connection and at most one upload; the lanes share one poll,
 * so that the line stays full while a server stores and answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "link/http.h"
#include "link/tusc.h"
#include "link/tusc_window.h"

#define TUSC_URL_MAX 256
#define TUSC_RECEIPT_MAX 4096
#define TUSC_ANSWER_MAX 16384u
/* Answers that make an upload begin again (offset, checksum, cut) before it is given up for now. */
#define TUSC_AGAIN_MAX 4
/* What a connection may always have under way, also beside one that has taken all. */
#define TUSC_SHARE_MIN ((int64_t)8 * 1024)
/* Cuts in a row, without a byte between them, after which the line counts as down. */
#define TUSC_CUTS_MAX 1

enum tusc_step { TUSC_FREE, TUSC_CREATE, TUSC_HEAD, TUSC_PATCHING };

struct tusc_lane {
	struct http *http;
	enum tusc_step step;
	struct http_answer answer;
	char sha256[65];
	char url[TUSC_URL_MAX];
	int fd;
	int64_t size, offset;
	size_t part;			/* bytes in the PATCH under way */
	int again;
};

/* An upload that was dropped with the line, for when the line is back. */
struct tusc_left {
	char sha256[65];
	char url[TUSC_URL_MAX];
};

struct tusc {
	char *base;
	struct tusc_left left[TUSC_LANES];
	size_t left_next;
	struct tusc_lane lanes[TUSC_LANES];
	struct tusc_window window;
	char text[TUSC_RECEIPT_MAX];
};

enum rc tusc_new(struct tls_client *client, const char *origin, const char *name, const char *base,
		int64_t timeout_ms, struct tusc **out)
{
	struct tusc *tusc = calloc(1, sizeof(*tusc));
	size_t i, len = strlen(base) + 1;

	*out = NULL;
	if (!tusc || !(tusc->base = malloc(len)))
		log_fatal("tusc: out of memory");
	memcpy(tusc->base, base, len);
	tusc_window_start(&tusc->window);
	for (i = 0; i < TUSC_LANES; i++) {
		tusc->lanes[i].fd = -1;
		if (http_new(client, origin, name, timeout_ms, &tusc->lanes[i].http)) {
			tusc_free(tusc);
			return RC_CONFIG;
		}
	}
	*out = tusc;
	return RC_OK;
}

enum rc tusc_aim(struct tusc *tusc, const char *origin, const char *name)
{
	enum rc rc = RC_OK;
	size_t i;

	tusc_drop(tusc);
	for (i = 0; i < TUSC_LANES && rc == RC_OK; i++)
		rc = http_aim(tusc->lanes[i].http, origin, name);
	return rc;
}

int64_t tusc_moved(const struct tusc *tusc)
{
	return tusc->window.moved;
}

static void tusc_clear(struct tusc_lane *lane)
{
	if (lane->fd >= 0)
		close(lane->fd);
	lane->fd = -1;
	lane->step = TUSC_FREE;
}

static void tusc_leave(struct tusc *tusc, const struct tusc_lane *lane)
{
	struct tusc_left *left = &tusc->left[tusc->left_next++ % TUSC_LANES];

	memcpy(left->sha256, lane->sha256, sizeof(left->sha256));
	memcpy(left->url, lane->url, sizeof(left->url));
}

static const char *tusc_left_url(const struct tusc *tusc, const char *sha256)
{
	size_t i;

	for (i = 0; i < TUSC_LANES; i++) {
		if (strcmp(tusc->left[i].sha256, sha256) == 0)
			return tusc->left[i].url;
	}
	return "";
}

void tusc_drop(struct tusc *tusc)
{
	size_t i;

	for (i = 0; i < TUSC_LANES; i++) {
		struct tusc_lane *lane = &tusc->lanes[i];

		if (lane->step != TUSC_FREE && lane->url[0])
			tusc_leave(tusc, lane);
		tusc_clear(lane);
		http_drop(lane->http);
	}
}

void tusc_free(struct tusc *tusc)
{
	size_t i;

	if (!tusc)
		return;
	for (i = 0; i < TUSC_LANES; i++) {
		tusc_clear(&tusc->lanes[i]);
		http_free(tusc->lanes[i].http);
		http_answer_free(&tusc->lanes[i].answer);
	}
	free(tusc->base);
	free(tusc);
}

bool tusc_has_room(const struct tusc *tusc)
{
	int64_t busy = 0;
	size_t i;

	for (i = 0; i < TUSC_LANES; i++)
		busy += tusc->lanes[i].step != TUSC_FREE;
	return busy < tusc_window_lanes(&tusc->window, TUSC_LANES);
}

bool tusc_is_idle(const struct tusc *tusc)
{
	size_t i;

	for (i = 0; i < TUSC_LANES; i++) {
		if (tusc->lanes[i].step != TUSC_FREE)
			return false;
	}
	return true;
}

bool tusc_has(const struct tusc *tusc, const char *sha256)
{
	size_t i;

	for (i = 0; i < TUSC_LANES; i++) {
		if (tusc->lanes[i].step != TUSC_FREE && strcmp(tusc->lanes[i].sha256, sha256) == 0)
			return true;
	}
	return false;
}

void tusc_touch(struct tusc *tusc)
{
	size_t i;

	for (i = 0; i < TUSC_LANES; i++) {
		if (tusc->lanes[i].step != TUSC_FREE)
			http_touch(tusc->lanes[i].http);
	}
}

/* ---- requests ---- */

static enum rc tusc_send_create(struct tusc *tusc, struct tusc_lane *lane)
{
	struct buf meta = { 0 };
	char extra[512];
	enum rc rc;

	lane->step = TUSC_CREATE;
	lane->offset = 0;
	lane->url[0] = '\0';
	base64_encode((const uint8_t *)lane->sha256, strlen(lane->sha256), &meta);
	snprintf(extra, sizeof(extra), "Tus-Resumable: 1.0.0\r\nUpload-Length: %lld\r\n"
			"Upload-Metadata: sha256 %s\r\n", (long long)lane->size, meta.data);
	buf_free(&meta);
	rc = http_start(lane->http, "POST", tusc->base, extra, NULL, TUSC_ANSWER_MAX,
			&lane->answer);
	return rc;
}

static enum rc tusc_send_head(struct tusc_lane *lane)
{
	lane->step = TUSC_HEAD;
	return http_start(lane->http, "HEAD", lane->url, "Tus-Resumable: 1.0.0\r\n", NULL,
			TUSC_ANSWER_MAX, &lane->answer);
}

/* An even share of what may be under way, less where the others have taken more. */
static int64_t tusc_share(const struct tusc *tusc, const struct tusc_lane *own)
{
	int64_t window = tusc_window_bytes(&tusc->window), busy = 0, left;
	size_t i;

	left = window;
	for (i = 0; i < TUSC_LANES; i++) {
		const struct tusc_lane *lane = &tusc->lanes[i];

		busy += lane->step != TUSC_FREE;
		if (lane != own && lane->step == TUSC_PATCHING)
			left -= (int64_t)lane->part;
	}
	if (left > window / busy)
		left = window / busy;
	return left < TUSC_SHARE_MIN ? TUSC_SHARE_MIN : left;
}

static enum rc tusc_send_patch(struct tusc *tusc, struct tusc_lane *lane)
{
	int64_t left = lane->size - lane->offset, share;
	struct http_body body = { .fd = lane->fd, .offset = lane->offset };
	struct buf sum = { 0 };
	uint8_t digest[20];
	char extra[256];
	enum rc rc;

	lane->step = TUSC_PATCHING;
	share = tusc_share(tusc, lane);
	lane->part = (size_t)(left < share ? left : share);
	body.len = lane->part;
	rc = hash_sha1_file(lane->fd, lane->offset, lane->part, digest);
	if (rc)
		return rc;
	base64_encode(digest, sizeof(digest), &sum);
	snprintf(extra, sizeof(extra), "Tus-Resumable: 1.0.0\r\nUpload-Offset: %lld\r\n"
			"Content-Type: application/offset+octet-stream\r\n"
			"Upload-Checksum: sha1 %s\r\n", (long long)lane->offset, sum.data);
	buf_free(&sum);
	return http_start(lane->http, "PATCH", lane->url, extra, &body, TUSC_ANSWER_MAX,
			&lane->answer);
}

enum rc tusc_add(struct tusc *tusc, const char *sha256, const char *path, int64_t size,
		const char *url)
{
	struct tusc_lane *lane = NULL;
	struct stat info;
	size_t i;

	for (i = 0; i < TUSC_LANES && !lane; i++) {
		if (tusc->lanes[i].step == TUSC_FREE)
			lane = &tusc->lanes[i];
	}
	if (!lane || strlen(sha256) != 64 || strlen(url) >= TUSC_URL_MAX)
		return RC_BUG;
	lane->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (lane->fd < 0 || fstat(lane->fd, &info) || info.st_size != size) {
		tusc_clear(lane);
		return RC_IO;
	}
	memcpy(lane->sha256, sha256, sizeof(lane->sha256));
	if (!url[0])
		url = tusc_left_url(tusc, sha256);
	snprintf(lane->url, sizeof(lane->url), "%s", url);
	lane->size = size;
	lane->offset = 0;
	lane->again = 0;
	/* The request goes out with the next pump, which can report that it did not. */
	lane->step = url[0] ? TUSC_HEAD : TUSC_CREATE;
	lane->part = SIZE_MAX;
	return RC_OK;
}

/* ---- answers ---- */

static enum rc tusc_read_offset(const struct tusc_lane *lane, int64_t *offset)
{
	char text[32];

	http_header(&lane->answer, "Upload-Offset", text, sizeof(text));
	return num_parse(text, 0, lane->size, offset) ? RC_PROTOCOL : RC_OK;
}

/* Location, absolute or not, as a path on our origin. */
static enum rc tusc_read_url(struct tusc_lane *lane)
{
	char text[TUSC_URL_MAX + 256];
	const char *path = text;
	size_t i;

	http_header(&lane->answer, "Location", text, sizeof(text));
	if (strstr(text, "://"))
		path = strchr(strstr(text, "://") + 3, '/');
	else if (strncmp(text, "//", 2) == 0)
		path = strchr(text + 2, '/');
	if (!path || path[0] != '/' || strlen(path) >= TUSC_URL_MAX)
		return RC_PROTOCOL;
	for (i = 0; path[i]; i++) {
		if (path[i] <= 0x20 || path[i] > 0x7e)
			return RC_PROTOCOL;
	}
	memcpy(lane->url, path, i + 1);
	return RC_OK;
}

static enum rc tusc_fail(struct tusc *tusc, struct tusc_lane *lane, enum rc rc, int status,
		struct tusc_report *report)
{
	tusc->text[0] = '\0';
	if (status && lane->answer.body.len && lane->answer.body.len < sizeof(tusc->text))
		memcpy(tusc->text, lane->answer.body.data, lane->answer.body.len + 1);
	report->text = tusc->text;
	report->event = TUSC_FAILED;
	report->rc = rc;
	report->status = status;
	report->fault = http_fault(lane->http);
	memcpy(report->sha256, lane->sha256, sizeof(report->sha256));
	if (!status && lane->url[0])
		tusc_leave(tusc, lane);
	tusc_clear(lane);
	return RC_OK;
}

static enum rc tusc_tell(struct tusc *tusc, struct tusc_lane *lane, enum tusc_event event,
		struct tusc_report *report)
{
	report->event = event;
	report->text = tusc->text;
	memcpy(report->sha256, lane->sha256, sizeof(report->sha256));
	if (event == TUSC_URL)
		snprintf(tusc->text, sizeof(tusc->text), "%s", lane->url);
	else
		http_header(&lane->answer, "Tram-Receipt", tusc->text, sizeof(tusc->text));
	if (event == TUSC_DONE)
		tusc_clear(lane);
	return RC_OK;
}

/* RC_OK with *report set, RC_BUSY: the next request is under way, else the lane has failed. */
static enum rc tusc_after_create(struct tusc *tusc, struct tusc_lane *lane,
		struct tusc_report *report)
{
	char offset[32];
	enum rc rc;

	if (lane->answer.status != 201)
		return RC_PROTOCOL;
	http_header(&lane->answer, "Upload-Offset", offset, sizeof(offset));
	if (offset[0]) {
		rc = tusc_read_offset(lane, &lane->offset);
		if (rc)
			return rc;
		if (lane->offset == lane->size)
			return tusc_tell(tusc, lane, TUSC_DONE, report);
	}
	rc = tusc_read_url(lane);
	if (rc == RC_OK)
		rc = tusc_send_patch(tusc, lane);
	if (rc)
		return rc;
	/* A small one is remembered here alone: keeping each on the disk would cost more than it saves. */
	return lane->size > TUSC_PATCH ? tusc_tell(tusc, lane, TUSC_URL, report) : RC_BUSY;
}

static enum rc tusc_after_head(struct tusc *tusc, struct tusc_lane *lane)
{
	int status = lane->answer.status;
	enum rc rc;

	if (status == 404 || status == 410 || status == 403)
		rc = tusc_send_create(tusc, lane);
	else if (status != 200 && status != 204)
		return RC_PROTOCOL;
	else if (tusc_read_offset(lane, &lane->offset))
		return RC_PROTOCOL;
	else if (lane->offset == lane->size)	/* its last answer was lost: ask for it by creating */
		rc = tusc_send_create(tusc, lane);
	else
		rc = tusc_send_patch(tusc, lane);
	return rc ? rc : RC_BUSY;
}

static enum rc tusc_after_patch(struct tusc *tusc, struct tusc_lane *lane,
		struct tusc_report *report)
{
	int status = lane->answer.status;
	int64_t offset;
	enum rc rc;

	if (status == 200 || status == 204) {
		/* A server may keep less than it was sent, never nothing and never more. */
		if (tusc_read_offset(lane, &offset) || offset <= lane->offset ||
				offset > lane->offset + (int64_t)lane->part)
			return RC_PROTOCOL;
		tusc_window_moved(&tusc->window, offset - lane->offset);
		lane->offset = offset;
		lane->again = 0;
		if (offset == lane->size)
			return tusc_tell(tusc, lane, TUSC_DONE, report);
		rc = tusc_send_patch(tusc, lane);
	} else if (status == 409 || status == 460) {
		if (++lane->again > TUSC_AGAIN_MAX)
			return RC_PROTOCOL;
		rc = tusc_send_head(lane);
	} else if (status == 404 || status == 410) {
		if (++lane->again > TUSC_AGAIN_MAX)
			return RC_PROTOCOL;
		rc = tusc_send_create(tusc, lane);
	} else {
		return RC_PROTOCOL;
	}
	return rc ? rc : RC_BUSY;
}

/* A kept connection that ended under a request: once more, on a new one, from the server's offset. */
static enum rc tusc_after_cut(struct tusc *tusc, struct tusc_lane *lane)
{
	enum rc rc;

	tusc_window_cut(&tusc->window, when_boottime_ms());
	if (++lane->again > TUSC_CUTS_MAX)
		return RC_GONE;
	rc = lane->url[0] ? tusc_send_head(lane) : tusc_send_create(tusc, lane);
	return rc ? rc : RC_BUSY;
}

/* Asks the connection once; RC_BUSY: it waits for its socket. */
static enum rc tusc_step_lane(struct tusc_lane *lane)
{
	enum rc rc = http_step(lane->http);

	if (rc == RC_BUSY && http_is_late(lane->http)) {
		http_drop(lane->http);
		rc = RC_TIMEOUT;
	}
	return rc;
}

/* RC_OK: *report; RC_BUSY: waits for its socket. */
static enum rc tusc_advance(struct tusc *tusc, struct tusc_lane *lane, struct tusc_report *report)
{
	enum rc rc = RC_BUSY;
	int status = 0;

	if (lane->part == SIZE_MAX) {
		lane->part = 0;
		rc = lane->step == TUSC_HEAD ? tusc_send_head(lane) : tusc_send_create(tusc, lane);
		if (rc)
			return tusc_fail(tusc, lane, rc, 0, report);
	}
	do {
		status = 0;
		rc = tusc_step_lane(lane);
		if (rc == RC_BUSY)
			return rc;
		if (rc == RC_OK)
			status = lane->answer.status;
		if (rc == RC_GONE)
			rc = tusc_after_cut(tusc, lane);
		else if (rc == RC_OK && lane->step == TUSC_CREATE)
			rc = tusc_after_create(tusc, lane, report);
		else if (rc == RC_OK && lane->step == TUSC_HEAD)
			rc = tusc_after_head(tusc, lane);
		else if (rc == RC_OK)
			rc = tusc_after_patch(tusc, lane, report);
		/* RC_BUSY now says that another request has been started: it must be asked. */
	} while (rc == RC_BUSY);
	return rc ? tusc_fail(tusc, lane, rc, status, report) : RC_OK;
}

/* Waits until a lane, wake or stop can go on. */
static enum rc tusc_wait(struct tusc *tusc, int wake_fd, int stop_fd, int64_t until_ms)
{
	struct pollfd fds[TUSC_LANES + 2];
	int64_t now = when_boottime_ms(), left = until_ms - now;
	nfds_t count = 2;
	size_t i;
	int n;

	fds[0] = (struct pollfd){ .fd = stop_fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = wake_fd, .events = POLLIN };
	for (i = 0; i < TUSC_LANES; i++) {
		struct tusc_lane *lane = &tusc->lanes[i];
		bool for_write;

		if (lane->step == TUSC_FREE)
			continue;
		fds[count].fd = http_fd(lane->http, &for_write);
		fds[count].events = for_write ? POLLOUT : POLLIN;
		fds[count++].revents = 0;
		if (http_until(lane->http) - now < left)
			left = http_until(lane->http) - now;
	}
	left = notify_wait_ms(left);
	n = poll(fds, count, left < 0 ? 0 : left > 60000 ? 60000 : (int)left);
	notify_alive();
	if (n < 0 && errno != EINTR)
		log_fatal("tusc: poll: %s", strerror(errno));
	if (n > 0 && fds[0].revents)
		return RC_GONE;
	if (n > 0 && fds[1].revents)
		return RC_BUSY;
	return when_boottime_ms() >= until_ms ? RC_TIMEOUT : RC_OK;
}

enum rc tusc_pump(struct tusc *tusc, int wake_fd, int stop_fd, int64_t until_ms,
		struct tusc_report *report)
{
	enum rc rc;
	size_t i;

	memset(report, 0, sizeof(*report));
	report->text = "";
	for (;;) {
		for (i = 0; i < TUSC_LANES; i++) {
			if (tusc->lanes[i].step == TUSC_FREE)
				continue;
			if (tusc_advance(tusc, &tusc->lanes[i], report) == RC_OK)
				return RC_OK;
		}
		rc = tusc_wait(tusc, wake_fd, stop_fd, until_ms);
		if (rc)
			return rc;
	}
}
