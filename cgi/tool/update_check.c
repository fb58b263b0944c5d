/*
 * update_check.c: see update_check.h. The sockets are asked directly (FastCGI 1.0): lighttpd, and with it
 * the counter, is not up before this has passed.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "store/journal.h"
#include "store/store.h"
#include "tool/tool.h"
#include "tool/update_check.h"

#define ANSWER_MS 20000		/* of one page: a slow card, a program that reads its catalogue */
#define AGAIN_MS 200
#define ANSWER_MAX 262144u
#define RECORD_END 3
#define RECORD_STDOUT 6

static const struct asked {
	enum settings_side side;
	const char *socket, *path;
} all[] = {
	{ SIDE_BOARD, "intake", "/dang-nhap" },
	{ SIDE_BOARD, "uploads", "/" },
	{ SIDE_BOARD, "lookup", "/" },
	{ SIDE_BOARD, "admin", "/dang-nhap" },
	{ SIDE_CENTER, "officers", "/dang-nhap" },
	{ SIDE_CENTER, "uploads", "/" },
	{ SIDE_CENTER, "machine", "/" },
	{ SIDE_CENTER, "lookup", "/" },
};

static void record(struct buf *out, int type, const char *bytes, size_t len)
{
	const uint8_t header[8] = { 1, (uint8_t)type, 0, 1, (uint8_t)(len >> 8), (uint8_t)len, 0, 0 };

	buf_add(out, header, sizeof(header));
	buf_add(out, bytes, len);
}

static void pair(struct buf *out, const char *name, const char *value)
{
	buf_char(out, (char)strlen(name));
	buf_char(out, (char)strlen(value));
	buf_text(out, name);
	buf_text(out, value);
}

static void make_request(struct buf *out, const char *host, const char *path)
{
	static const char begin[8] = { 0, 1, 0, 0, 0, 0, 0, 0 };	/* responder; close at the end */
	struct buf pairs = { 0 };

	pair(&pairs, "REQUEST_METHOD", "GET");
	pair(&pairs, "REQUEST_URI", path);
	pair(&pairs, "HTTP_HOST", host);
	pair(&pairs, "REMOTE_ADDR", "127.0.0.1");
	record(out, 1, begin, sizeof(begin));
	record(out, 4, pairs.data, pairs.len);
	record(out, 4, "", 0);
	record(out, 5, "", 0);
	buf_free(&pairs);
}

/* The status of an answer that came whole, 0: it did not. */
static int status_of(struct pool *pool, const struct buf *answer)
{
	const uint8_t *at = (const uint8_t *)answer->data;
	struct buf text = { 0 };
	size_t left = answer->len;
	int64_t status = 0;
	bool ended = false;

	while (left >= 8 && !ended) {
		size_t len = (size_t)at[4] << 8 | at[5], whole = 8 + len + at[6];

		if (left < whole)
			break;
		if (at[1] == RECORD_STDOUT)
			buf_add(&text, at + 8, len);
		ended = at[1] == RECORD_END;
		at += whole;
		left -= whole;
	}
	if (ended && text.len > 11 && memcmp(text.data, "Status: ", 8) == 0
			&& num_parse(pool_strndup(pool, text.data + 8, 3), 100, 599, &status) != RC_OK)
		status = 0;
	buf_free(&text);
	return (int)status;
}

static bool wait_for(int fd, short what, int64_t until_ms)
{
	struct pollfd at = { .fd = fd, .events = what };
	int64_t left = until_ms - when_boottime_ms();

	return left > 0 && poll(&at, 1, (int)left) > 0;
}

static int ask_once(struct pool *pool, const char *socket_path, const char *host, const char *path,
		int64_t until_ms)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct buf request = { 0 }, answer = { 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), status = 0;
	ssize_t got = 1;
	char piece[4096];

	if (fd < 0 || strlen(socket_path) >= sizeof(address.sun_path))
		goto out;
	memcpy(address.sun_path, socket_path, strlen(socket_path));
	make_request(&request, host, path);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address))
			|| send(fd, request.data, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
		goto out;
	while (got > 0 && answer.len < ANSWER_MAX && wait_for(fd, POLLIN, until_ms)) {
		got = read(fd, piece, sizeof(piece));
		if (got > 0)
			buf_add(&answer, piece, (size_t)got);
	}
	if (got == 0)
		status = status_of(pool, &answer);
out:
	if (fd >= 0)
		(void)close(fd);
	buf_free(&request);
	buf_free(&answer);
	return status;
}

/* Its own refusals (no such page, no certificate) are answers too. */
static bool answers(struct pool *pool, const struct settings *settings, const struct asked *asked,
		int64_t until_ms)
{
	const char *path = pool_printf(pool, "%s/%s.sock", settings->sock_dir, asked->socket);
	const char *host = pool_strndup(pool, settings->hosts, strcspn(settings->hosts, " "));
	int status;

	for (;;) {
		int64_t now = when_boottime_ms();

		status = ask_once(pool, path, host, asked->path, now + ANSWER_MS < until_ms
				? now + ANSWER_MS : until_ms);
		if (status >= 200 && status < 500)
			return true;
		if (when_boottime_ms() + AGAIN_MS >= until_ms)
			break;
		(void)poll(NULL, 0, AGAIN_MS);
	}
	log_error("update check socket=%s status=%d", asked->socket, status);
	return false;
}

static enum rc check_store(const struct settings *settings, const char **reason)
{
	struct journal_head head;
	struct store *store = NULL;
	enum rc rc;

	*reason = "schema";
	rc = store_open(settings, STORE_TRAM | STORE_AUTH | STORE_RUN | STORE_PUBLIC, &store);
	if (rc != RC_OK)
		return RC_CONFLICT;
	*reason = "journal";
	if (settings->side == SIDE_BOARD
			&& (journal_head_get(store, store->board, AUTHOR_BOARD, &head) != RC_OK || head.seq < 1))
		rc = RC_CONFLICT;
	store_close(store);
	return rc;
}

enum rc update_check(struct pool *pool, const struct settings *settings, int64_t wait_ms,
		const char **reason)
{
	int64_t until_ms = when_boottime_ms() + wait_ms;
	size_t i;
	enum rc rc = check_store(settings, reason);

	for (i = 0; i < sizeof(all) / sizeof(all[0]) && rc == RC_OK; i++) {
		if (all[i].side != settings->side)
			continue;
		*reason = all[i].socket;
		if (!answers(pool, settings, &all[i], until_ms))
			rc = RC_CONFLICT;
	}
	if (rc == RC_OK)
		*reason = "";
	return rc;
}
