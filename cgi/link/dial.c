/*
 * dial.c: see dial.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"
#include "base/when.h"
#include "link/dial.h"

#define DIAL_HEAD_MAX 8192	/* of the proxy's answer */

enum rc dial_wait(int fd, int stop_fd, bool for_write, int64_t until_ms)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = for_write ? POLLOUT : POLLIN },
		{ .fd = stop_fd, .events = POLLIN },
	};

	for (;;) {
		int64_t left = until_ms - when_boottime_ms();
		int n;

		if (left <= 0)
			return RC_TIMEOUT;
		left = notify_wait_ms(left);
		n = poll(fds, 2, left > 60000 ? 60000 : (int)left);
		notify_alive();
		if (n < 0 && errno != EINTR)
			return RC_IO;
		if (n > 0)
			return fds[1].revents ? RC_GONE : RC_OK;
	}
}

/* One address. RC_GONE: stop; others: try the next. */
static enum rc dial_address(const struct addrinfo *at, int stop_fd, int64_t until_ms, int *out)
{
	int on = 1, fault = 0, fd;
	socklen_t len = sizeof(fault);
	enum rc rc = RC_IO;

	fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
	if (fd < 0)
		return RC_IO;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) || fcntl(fd, F_SETFL, O_NONBLOCK) ||
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		goto out;
	if (connect(fd, at->ai_addr, at->ai_addrlen)) {
		if (errno != EINPROGRESS)
			goto out;
		rc = dial_wait(fd, stop_fd, true, until_ms);
		if (rc)
			goto out;
		rc = RC_IO;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &len) || fault)
			goto out;
	}
	*out = fd;
	return RC_OK;
out:
	close(fd);
	return rc;
}

static enum rc dial_name(const char *host, const char *port, int stop_fd, int64_t until_ms, int *fd,
		enum tls_fault *fault)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL, *at;
	enum rc rc = RC_IO;
	int left = 0;

	*fault = TLS_FAULT_DNS;
	if (getaddrinfo(host, port, &hints, &list))
		return RC_IO;
	*fault = TLS_FAULT_CONNECT;
	for (at = list; at; at = at->ai_next)
		left++;
	for (at = list; at; at = at->ai_next, left--) {
		int64_t now = when_boottime_ms();

		rc = dial_address(at, stop_fd, now + (until_ms - now) / left, fd);
		if (rc == RC_OK || rc == RC_GONE)
			break;
	}
	freeaddrinfo(list);
	return rc;
}

/* ---- through a proxy ---- */

static enum rc dial_say(int fd, int stop_fd, const char *text, size_t len, int64_t until_ms)
{
	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n > 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
			enum rc rc = dial_wait(fd, stop_fd, true, until_ms);

			if (rc)
				return rc;
		} else {
			return RC_IO;
		}
	}
	return RC_OK;
}

/* The answer's head, not a byte more: what follows is the center's. */
static enum rc dial_hear(int fd, int stop_fd, char *head, size_t cap, int64_t until_ms)
{
	size_t len = 0;

	while (len + 1 < cap) {
		ssize_t n = recv(fd, head + len, 1, 0);

		if (n == 0)
			return RC_IO;
		if (n < 0) {
			enum rc rc;

			if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
				return RC_IO;
			rc = dial_wait(fd, stop_fd, false, until_ms);
			if (rc)
				return rc;
			continue;
		}
		head[++len] = '\0';
		if (len >= 4 && strcmp(head + len - 4, "\r\n\r\n") == 0)
			return RC_OK;
	}
	return RC_IO;
}

static enum rc dial_through(int fd, int stop_fd, const char *host, const char *port, int64_t until_ms)
{
	const char *open = strchr(host, ':') ? "[" : "", *close_ = *open ? "]" : "";
	char text[1024], head[DIAL_HEAD_MAX];
	int len = snprintf(text, sizeof(text), "CONNECT %s%s%s:%s HTTP/1.1\r\nHost: %s%s%s:%s\r\n\r\n",
			open, host, close_, port, open, host, close_, port);
	enum rc rc;

	if (len < 0 || (size_t)len >= sizeof(text))
		return RC_IO;
	rc = dial_say(fd, stop_fd, text, (size_t)len, until_ms);
	if (rc == RC_OK)
		rc = dial_hear(fd, stop_fd, head, sizeof(head), until_ms);
	if (rc)
		return rc;
	if (strncmp(head, "HTTP/1.", 7) || strncmp(head + 8, " 2", 2)) {
		log_warn("proxy says no: %.12s", head);
		return RC_IO;
	}
	return RC_OK;
}

enum rc dial_open(const struct dial *dial, const char *host, const char *port, int64_t until_ms,
		int *fd, enum tls_fault *fault)
{
	enum rc rc;

	*fd = -1;
	if (!dial->proxy_host)
		return dial_name(host, port, dial->stop_fd, until_ms, fd, fault);
	rc = dial_name(dial->proxy_host, dial->proxy_port, dial->stop_fd, until_ms, fd, fault);
	if (rc == RC_OK)
		rc = dial_through(*fd, dial->stop_fd, host, port, until_ms);
	if (rc == RC_OK)
		return RC_OK;
	if (rc != RC_GONE)
		*fault = TLS_FAULT_PROXY;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return rc;
}
