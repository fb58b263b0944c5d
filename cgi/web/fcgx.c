/*
 * fcgx.c: libfcgi reads requests; answers are written by hand as FastCGI records, the whole of one
 * in one call: FCGX_Finish_r writes in pieces of 8 KB and then waits for the peer to close.
 *
 * The listening socket does not block: of two workers woken by one connection, the loser gets
 * EAGAIN (-11 from FCGX_Accept_r) and polls again instead of sticking in accept.
 */
#define _GNU_SOURCE	/* ppoll */
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"
#include "base/text.h"
#include "base/when.h"
#include "web/fcgx.h"

#define RECORD_MAX 65528u		/* a multiple of 8: no padding */
#define READ_TIMEOUT_S 10
#define SEND_TIMEOUT_MS 30000
#define GRACE_MS 10000
#define MAX_BODY (INT64_C(1) << 40)

struct fcgx {
	FCGX_Request request;
	struct fcgx_limits limits;
	sigset_t waiting;		/* the mask while waiting: signals may come */
	struct buf head;
	int64_t body_left, body_taken, body_began_ms;
};

static volatile sig_atomic_t stop_asked;

static void ask_stop(int signal_no)
{
	(void)signal_no;
	stop_asked = 1;
}

enum rc fcgx_open(struct fcgx_limits limits, struct fcgx **out)
{
	struct fcgx *fcgx;
	struct sigaction action = { .sa_handler = ask_stop };
	int listening = 0, flags = fcntl(0, F_GETFL);
	socklen_t len = sizeof listening;
	sigset_t blocked;

	*out = NULL;
	if (getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 || !listening ||
			flags < 0 || fcntl(0, F_SETFL, flags | O_NONBLOCK) != 0) {
		log_error("fcgx fd 0 is no listening socket");
		return RC_CONFIG;
	}
	fcgx = calloc(1, sizeof *fcgx);
	if (fcgx == NULL || FCGX_Init() != 0 ||
			FCGX_InitRequest(&fcgx->request, 0, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		log_fatal("fcgx init failed");
	/* After FCGX_Init, which installs handlers of its own. */
	sigemptyset(&action.sa_mask);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigprocmask(SIG_BLOCK, &blocked, &fcgx->waiting);
	sigdelset(&fcgx->waiting, SIGTERM);
	sigdelset(&fcgx->waiting, SIGINT);
	fcgx->limits = limits;
	*out = fcgx;
	return RC_OK;
}

struct fcgx *fcgx_beside(const struct fcgx *first)
{
	struct fcgx *fcgx = calloc(1, sizeof *fcgx);

	if (fcgx == NULL || FCGX_InitRequest(&fcgx->request, 0, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		log_fatal("fcgx: out of memory");
	fcgx->waiting = first->waiting;
	fcgx->limits = first->limits;
	return fcgx;
}

void fcgx_close(struct fcgx *fcgx)
{
	if (fcgx == NULL)
		return;
	FCGX_Free(&fcgx->request, 1);
	buf_free(&fcgx->head);
	free(fcgx);
}

/* As FCGX_GetParam, which calls strncmp for every parameter. */
static const char *param(struct fcgx *fcgx, const char *name)
{
	size_t len = strlen(name);
	char **at;

	for (at = fcgx->request.envp; at != NULL && *at != NULL; at++) {
		const char *text = *at;

		/* The last letter differs more often than the first ones: HTTP_, SSL_. */
		if (text[0] == name[0] && strnlen(text, len) == len && text[len - 1] == name[len - 1] &&
				text[len] == '=' && memcmp(text, name, len) == 0)
			return text + len + 1;
	}
	return "";
}

/* "Upload-Offset" → HTTP_UPLOAD_OFFSET. */
static const char *header(void *arg, const char *name)
{
	char key[64] = "HTTP_";
	size_t n = strlen(key);

	for (; *name != '\0' && n < sizeof key - 1; name++, n++)
		key[n] = (char)(*name == '-'		       ? '_'
				: *name >= 'a' && *name <= 'z' ? *name - 32
							       : *name);
	key[n] = '\0';
	return param(arg, key);
}

static bool too_slow(const struct fcgx *fcgx)
{
	int64_t spent_ms = when_boottime_ms() - fcgx->body_began_ms;

	if (fcgx->limits.deadline_s > 0 && spent_ms > fcgx->limits.deadline_s * 1000)
		return true;
	return fcgx->limits.min_rate > 0 && spent_ms > GRACE_MS &&
			fcgx->body_taken * 1000 < fcgx->limits.min_rate * spent_ms;
}

/* One fill of libfcgi's buffer at most, so that a dripping line is seen between two of them. */
static enum rc read_body(void *arg, void *out, size_t cap, size_t *len)
{
	struct fcgx *fcgx = arg;
	FCGX_Stream *in = fcgx->request.in;
	size_t have;
	int first;

	notify_alive();
	*len = 0;
	if (fcgx->body_left == 0 || cap == 0)
		return RC_OK;
	if (fcgx->body_taken == 0 && fcgx->body_began_ms == 0) {
		struct timeval timeout = { .tv_sec = READ_TIMEOUT_S };

		setsockopt(fcgx->request.ipcFd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
		fcgx->body_began_ms = when_boottime_ms();
	}
	first = FCGX_GetChar(in);
	if (first == EOF) {
		int error = FCGX_GetError(in);

		return error == EAGAIN || error == EWOULDBLOCK ? RC_TIMEOUT : RC_GONE;
	}
	((unsigned char *)out)[0] = (unsigned char)first;
	have = (size_t)(in->stop - in->rdNext);
	if (have > cap - 1)
		have = cap - 1;
	if ((int64_t)have > fcgx->body_left - 1)
		have = (size_t)(fcgx->body_left - 1);
	if (have > 0)
		have = (size_t)FCGX_GetStr((char *)out + 1, (int)have, in);
	*len = have + 1;
	fcgx->body_left -= (int64_t)*len;
	fcgx->body_taken += (int64_t)*len;
	return too_slow(fcgx) ? RC_TIMEOUT : RC_OK;
}

static void copy_request(struct fcgx *fcgx, struct pool *pool, struct request *request)
{
	const char *length = param(fcgx, "CONTENT_LENGTH");

	*request = (struct request){ .pool = pool, .query = "", .board = NULL, .device = "" };
	request->method = request_method(param(fcgx, "REQUEST_METHOD"));
	request->host = pool_strdup(pool, param(fcgx, "HTTP_HOST"));
	request->origin = pool_strdup(pool, param(fcgx, "HTTP_ORIGIN"));
	request->referer = pool_strdup(pool, param(fcgx, "HTTP_REFERER"));
	request->content_type = pool_strdup(pool, param(fcgx, "CONTENT_TYPE"));
	request->user_agent = pool_strdup(pool, param(fcgx, "HTTP_USER_AGENT"));
	request->remote = pool_strdup(pool, param(fcgx, "REMOTE_ADDR"));
	request->client_cert = pool_strdup(pool, param(fcgx, "SSL_CLIENT_CERT"));
	request->client_verify = pool_strdup(pool, param(fcgx, "SSL_CLIENT_VERIFY"));
	request->body = "";
	request->header = header;
	request->header_arg = fcgx;
	request->read = read_body;
	request->read_arg = fcgx;
	request->now_ms = when_now_ms();
	if (*length == '\0' || num_parse(length, 0, MAX_BODY, &request->content_length) != RC_OK)
		request->content_length = -1;
	fcgx->body_left = request->content_length > 0 ? request->content_length : 0;
	fcgx->body_taken = fcgx->body_began_ms = 0;
	if (request_set_target(request, param(fcgx, "REQUEST_URI")) != RC_OK)
		request->path = NULL;
}

bool fcgx_waiting(void)
{
	struct pollfd listening = { .fd = 0, .events = POLLIN };

	return poll(&listening, 1, 0) == 1 && (listening.revents & POLLIN) != 0;
}

enum rc fcgx_next(struct fcgx *fcgx, struct pool *pool, bool wait_for_one, struct request *request)
{
	for (;;) {
		struct pollfd listening = { .fd = 0, .events = POLLIN };
		int64_t wait_ms = (notify_alive(), wait_for_one ? notify_wait_ms(-1) : 0);
		const struct timespec wait = { wait_ms / 1000, (long)(wait_ms % 1000 * 1000000) };
		int rc = ppoll(&listening, 1, wait_ms < 0 ? NULL : &wait, &fcgx->waiting);

		if (stop_asked)
			return RC_GONE;
		if (rc == 0 && !wait_for_one)
			return RC_NOT_FOUND;
		if (rc == 0 || (rc < 0 && errno == EINTR))
			continue;
		if (rc < 0 || (listening.revents & (POLLERR | POLLNVAL)) != 0)
			return RC_IO;
		rc = FCGX_Accept_r(&fcgx->request);
		if (rc == 0)
			break;
		if (rc == -EAGAIN || rc == -EINTR || rc == -ECONNABORTED)
			continue;
		log_warn("fcgx accept code=%d", rc);
		return rc == -EMFILE || rc == -ENFILE || rc == -ENOMEM ? RC_IO : RC_PROTOCOL;
	}
	copy_request(fcgx, pool, request);
	return RC_OK;
}

static void record_header(uint8_t *at, uint8_t type, int id, size_t len)
{
	const uint8_t bytes[8] = { 1, type, (uint8_t)(id >> 8), (uint8_t)id, (uint8_t)(len >> 8),
		(uint8_t)len, 0, 0 };

	memcpy(at, bytes, sizeof bytes);
}

/* All of the vector, or RC_GONE. Changes the vector. */
static enum rc send_all(int fd, struct iovec *iov, size_t count)
{
	while (count > 0) {
		struct msghdr message = { .msg_iov = iov, .msg_iovlen = count > 512 ? 512 : count };
		ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			struct pollfd ready = { .fd = fd, .events = POLLOUT };

			if (poll(&ready, 1, SEND_TIMEOUT_MS) <= 0)
				return RC_GONE;
			continue;
		}
		if (sent < 0 && errno != EINTR)
			return RC_GONE;
		for (; count > 0 && sent >= (ssize_t)iov->iov_len; iov++, count--)
			sent -= (ssize_t)iov->iov_len;
		if (count > 0 && sent > 0) {
			iov->iov_base = (char *)iov->iov_base + sent;
			iov->iov_len -= (size_t)sent;
		}
	}
	return RC_OK;
}

static void make_head(struct buf *head, const struct response *response, bool bare)
{
	buf_reset(head);
	buf_printf(head, "Status: %d %s\r\n", response->status, response_reason(response->status));
	if (response->status != 204 && response->status != 304) {
		buf_printf(head, "Content-Type: %s\r\n", response->content_type);
		if (response->sendfile == NULL && !(bare && response->no_body))
			buf_printf(head, "Content-Length: %zu\r\n", response->body.len);
	}
	if (response->sendfile != NULL)
		buf_printf(head, "X-Sendfile: %s\r\n", response->sendfile);
	if (response->headers.len > 0)
		buf_add(head, response->headers.data, response->headers.len);
	buf_text(head, "\r\n");
}

static enum rc send_records(struct fcgx *fcgx, struct pool *pool, const char *body, size_t len)
{
	int id = fcgx->request.requestId;
	size_t total = fcgx->head.len + len, records = (total + RECORD_MAX - 1) / RECORD_MAX, n = 0;
	size_t from_head = 0, from_body = 0;
	struct iovec *iov = pool_alloc(pool, (3 * records + 1) * sizeof *iov);
	uint8_t *headers = pool_alloc(pool, 8 * records + 24);

	for (size_t i = 0; i < records; i++) {
		size_t head_part = fcgx->head.len - from_head, body_part, size;

		size = total - from_head - from_body;
		size = size > RECORD_MAX ? RECORD_MAX : size;
		head_part = head_part > size ? size : head_part;
		body_part = size - head_part;
		record_header(headers + 8 * i, 6 /* stdout */, id, size);
		iov[n++] = (struct iovec){ headers + 8 * i, 8 };
		if (head_part > 0)
			iov[n++] = (struct iovec){ fcgx->head.data + from_head, head_part };
		if (body_part > 0)
			iov[n++] = (struct iovec){(char *)(uintptr_t)(body + from_body), body_part};
		from_head += head_part;
		from_body += body_part;
	}
	/* End of stdout, then end of request: status 0, complete. */
	record_header(headers + 8 * records, 6, id, 0);
	record_header(headers + 8 * records + 8, 3 /* end */, id, 8);
	iov[n++] = (struct iovec){ headers + 8 * records, 24 };
	return send_all(fcgx->request.ipcFd, iov, n);
}

enum rc fcgx_answer(struct fcgx *fcgx, const struct request *request,
		const struct response *response)
{
	bool head = request->method == METHOD_HEAD;
	bool bare = head || response->no_body || response->status == 204 ||
		    response->status == 304 || response->sendfile != NULL;
	bool read_whole;
	enum rc rc;

	make_head(&fcgx->head, response, head);
	rc = send_records(fcgx, request->pool, response->body.data, bare ? 0 : response->body.len);
	/* Closing a socket with unread bytes resets it, and the peer may lose the answer: the fast
	 * way only when the request's end has been seen, else libfcgi's lingering one. */
	read_whole = fcgx->body_left == 0 && FCGX_GetChar(fcgx->request.in) == EOF;
	if (read_whole && rc == RC_OK && fcgx->request.ipcFd >= 0) {
		close(fcgx->request.ipcFd);
		fcgx->request.ipcFd = -1;
		FCGX_Free(&fcgx->request, 0);
	} else {
		FCGX_Free(&fcgx->request, 1);
		fcgx->request.ipcFd = -1;
	}
	return rc;
}
