/*
 * notify.c: see notify.h. The socket is not connected: a service manager that was started anew has
 * another one under the same name.
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/notify.h"
#include "base/text.h"
#include "base/when.h"

#define BEATS 3	/* of one watchdog time: one may be late, and one more lost */

static struct {
	bool known;
	int fd;			/* -1: nobody listens */
	struct sockaddr_un address;
	socklen_t len;
	int64_t beat_ms;	/* 0: no watchdog */
	int64_t beat_at;
} manager = { .fd = -1 };

/* WATCHDOG_PID names whom the watchdog is for: a child inherits the environment. */
static void find_watchdog(void)
{
	const char *text = getenv("WATCHDOG_USEC"), *pid_text = getenv("WATCHDOG_PID");
	int64_t usec, pid;

	if (text == NULL || num_parse(text, 1, INT64_MAX / 2, &usec) != RC_OK)
		return;
	if (pid_text != NULL && (num_parse(pid_text, 1, INT32_MAX, &pid) != RC_OK || pid != getpid()))
		return;
	manager.beat_ms = usec / 1000 / BEATS;
	manager.beat_ms += manager.beat_ms == 0;
}

static void find_manager(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path == NULL ? 0 : strlen(path);

	manager.known = true;
	if (len < 2 || len >= sizeof(manager.address.sun_path) || (*path != '/' && *path != '@'))
		return;
	manager.address.sun_family = AF_UNIX;
	memcpy(manager.address.sun_path, path, len);
	if (*path == '@')	/* a name without a file */
		manager.address.sun_path[0] = '\0';
	manager.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (*path == '/'));
	manager.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (manager.fd >= 0)
		find_watchdog();
}

/* What is lost is lost: a manager that does not listen cannot be helped from here. */
static void tell(const char *what)
{
	if (!manager.known)
		find_manager();
	if (manager.fd < 0)
		return;
	(void)sendto(manager.fd, what, strlen(what), MSG_NOSIGNAL | MSG_DONTWAIT,
			(const struct sockaddr *)&manager.address, manager.len);
	if (manager.beat_ms > 0)
		manager.beat_at = when_boottime_ms() + manager.beat_ms;
}

void notify_ready(void)
{
	tell("READY=1\nWATCHDOG=1");
}

void notify_stopping(void)
{
	tell("STOPPING=1\nWATCHDOG=1");
}

void notify_alive(void)
{
	if (manager.beat_ms > 0 && when_boottime_ms() >= manager.beat_at)
		tell("WATCHDOG=1");
}

int64_t notify_wait_ms(int64_t wait_ms)
{
	int64_t left;

	if (manager.beat_ms == 0)
		return wait_ms;
	left = manager.beat_at - when_boottime_ms();
	left = left < 0 ? 0 : left;
	return wait_ms < 0 || left < wait_ms ? left : wait_ms;
}
