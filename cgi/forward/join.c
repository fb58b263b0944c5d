/*
 * join.c: who this board is: enrolling with an invitation from the inbox, opening the connections with
 * the certificate, renewing it in time, following the center's receipt keys.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/when.h"
#include "forward/forward.h"

#define JOIN_FILE "enrol"
#define JOIN_TEXT_MAX 512u
#define JOIN_LOOK_MS 1000
#define JOIN_KEYS_MAX 524288u

static char *join_path(struct pool *pool, const struct forward *forward)
{
	return pool_printf(pool, "%s/" JOIN_FILE, forward->settings->inbox_dir);
}

enum rc join_open(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	const char *dir = settings->link_key_dir;
	enum rc rc;

	if (forward->reopen)
		join_close(forward);
	if (forward->http)
		return RC_OK;
	forward->reopen = false;
	pool_reset(forward->pool);
	if (!identity_ready(settings)) {
		/* Never enrolled is one thing, a folder or a key that was lost another. */
		if (access(dir, X_OK) == 0 && access(pool_printf(forward->pool, "%s/client.crt", dir),
				F_OK) != 0)
			return RC_NOT_FOUND;
		log_error("forward: %s: client.key, client.crt, ca.crt and receipt.pub are needed", dir);
		return RC_CONFIG;
	}
	rc = identity_keys_load(settings, &forward->keys);
	if (rc == RC_OK)
		rc = tls_client_new(pool_printf(forward->pool, "%s/ca.crt", dir),
				pool_printf(forward->pool, "%s/client.crt", dir),
				pool_printf(forward->pool, "%s/client.key", dir), &forward->tls);
	if (rc)
		return rc;
	return line_open(forward);
}

void join_close(struct forward *forward)
{
	tusc_free(forward->tusc);
	http_free(forward->http);
	tls_client_free(forward->tls);
	identity_keys_free(&forward->keys);
	forward->tusc = NULL;
	forward->http = NULL;
	forward->tls = NULL;
	forward->greeted = false;
	forward->gauge.seen_up = forward->gauge.seen_down = 0;	/* the next client counts from 0 */
}

void join_look(struct forward *forward)
{
	struct pool *pool = pool_new();
	const char *path = join_path(pool, forward), *reason = "";
	char *text;
	size_t len;
	enum rc rc = file_read(pool, path, JOIN_TEXT_MAX, &text, &len);

	if (rc == RC_NOT_FOUND)
		goto out;
	/* Used once, whatever comes of it: the person who typed it is told and may type it again. */
	(void)unlink(path);
	forward->joining = forward->health_urgent = true;
	health_put(forward);
	if (rc == RC_OK) {
		text[strcspn(text, "\r\n")] = '\0';
		rc = identity_join(forward->settings, text, forward->stop_fd, &reason);
		memset(text, 0, len);
	} else {
		reason = "token";
	}
	snprintf(forward->join_reason, sizeof(forward->join_reason), "%s", reason);
	forward->joining = false;
	forward->join_at = when_now_ms();
	forward->reopen = forward->reopen || rc == RC_OK;
	forward->health_changed = forward->health_urgent = true;
out:
	pool_free(pool);
}

void join_wait(struct forward *forward, int64_t until_ms)
{
	struct pool *pool = pool_new();
	const char *path = join_path(pool, forward);
	struct pollfd stop = { .fd = forward->stop_fd, .events = POLLIN };

	while (when_boottime_ms() < until_ms && access(path, F_OK) != 0 &&
			!(forward->http == NULL && identity_ready(forward->settings))) {
		notify_alive();
		if (poll(&stop, 1, JOIN_LOOK_MS) > 0)
			break;
	}
	pool_free(pool);
}

void join_renew(struct forward *forward)
{
	int64_t renew_at, not_after;
	bool over = strcmp(forward->reason, "certificate-failed") == 0 && !forward->greeted;

	if (identity_dates(forward->settings, &renew_at, &not_after) != RC_OK)
		return;
	/* Refused as failed while nobody knows the time: it may have expired, and asking does no harm. */
	if (!(when_is_known() && when_now_ms() >= renew_at) && !(over && !when_is_known()))
		return;
	if (identity_renew(forward->settings, forward->http, forward->renew_reason,
			sizeof(forward->renew_reason)) == RC_OK) {
		forward->renew_reason[0] = '\0';
		forward->reopen = true;
	} else {
		log_warn("certificate not renewed reason=%s", forward->renew_reason);
	}
	forward->health_changed = forward->health_urgent = true;
}

enum rc join_fetch_keys(struct forward *forward)
{
	struct http_answer answer = { 0 };
	json_t *reply = NULL;
	enum rc rc = http_request(forward->http, "GET", "/v1/keys", NULL, NULL, 0, JOIN_KEYS_MAX,
			&answer);

	if (rc == RC_OK && (answer.status != 200 || json_parse(answer.body.data ? answer.body.data : "",
			answer.body.len, &reply) != RC_OK))
		rc = RC_PROTOCOL;
	if (rc == RC_OK)
		rc = identity_keys_take(forward->settings, &forward->keys,
				json_object_get(reply, "announcements"));
	json_decref(reply);
	http_answer_free(&answer);
	return rc;
}
