/*
 * forward.c: what a failure is called, and that it is said once.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "forward/forward.h"

static bool forward_readable(int fd)
{
	struct pollfd at = { .fd = fd, .events = POLLIN };

	return poll(&at, 1, 0) > 0;
}

bool forward_stopped(const struct forward *forward)
{
	return forward_readable(forward->stop_fd);
}

bool forward_woken(const struct forward *forward)
{
	return forward->stir_fd >= 0 && forward_readable(forward->stir_fd);
}

void forward_gauge(struct forward *forward)
{
	if (!forward->tls)
		return;
	gauge_note(&forward->gauge, when_now_ms(), when_boottime_ms(), tls_client_sent(forward->tls),
			tls_client_received(forward->tls), !forward->down);
}

enum rc forward_verify(struct forward *forward, const char *typ, const char *token, char **payload,
		size_t *len)
{
	return jws_verify(forward->pool, (const struct jws_key *const *)forward->keys.keys,
			forward->keys.count, typ, token, payload, len);
}

enum rc forward_fail(struct forward *forward, const char *what, const char *reason, enum rc rc)
{
	if (forward_stopped(forward))
		return RC_GONE;
	log_warn("%s failed reason=%s rc=%s", what, reason, rc_name(rc));
	forward_gauge(forward);		/* so far the link was as it was */
	forward->unreachable = false;
	if (!forward->down)
		forward->failing_since = when_boottime_ms();
	forward->health_urgent = forward->health_urgent || !forward->down ||
			strcmp(forward->reason, reason) != 0;
	forward->down = true;
	forward->health_changed = true;
	snprintf(forward->reason, sizeof(forward->reason), "%s", reason);
	return rc;
}

/* "about:tram:<name>" of a problem document (RFC 9457), or status-NNN. */
static void forward_problem_name(const struct http_answer *answer, char *out, size_t out_size)
{
	static const char prefix[] = "about:tram:";
	json_t *problem = NULL;
	const char *type;

	snprintf(out, out_size, "status-%d", answer->status);
	if (answer->body.len == 0 || json_parse(answer->body.data, answer->body.len, &problem))
		return;
	type = json_text(problem, "type");
	if (strncmp(type, prefix, strlen(prefix)) == 0) {
		type += strlen(prefix);
		if (*type && strlen(type) < 32 &&
				strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(type))
			snprintf(out, out_size, "%s", type);
	}
	json_decref(problem);
}

bool forward_is_problem(const struct http_answer *answer, const char *name)
{
	char found[48];

	if (answer->status < 400)
		return false;
	forward_problem_name(answer, found, sizeof(found));
	return strcmp(found, name) == 0;
}

static enum rc forward_fail_as(struct forward *forward, const char *what, enum rc rc,
		enum tls_fault fault, const struct http_answer *answer)
{
	char name[48];

	switch (rc) {
	case RC_OK:
		forward_problem_name(answer, name, sizeof(name));
		return forward_fail(forward, what, name, RC_PROTOCOL);
	case RC_TIMEOUT:
		return forward_fail(forward, what, "timeout", rc);
	case RC_GONE:
		return forward_fail(forward, what, "gone", rc);
	case RC_PROTOCOL:
	case RC_TOO_LARGE:
		return forward_fail(forward, what, "garbage", rc);
	default:
		return forward_fail(forward, what, fault ? tls_fault_name(fault) : rc_name(rc), rc);
	}
}

enum rc forward_fail_http(struct forward *forward, const char *what, enum rc rc,
		enum tls_fault fault, const struct http_answer *answer)
{
	bool answered = rc == RC_OK;

	rc = forward_fail_as(forward, what, rc, fault, answer);
	forward->unreachable = !answered;
	return rc;
}
