/*
 * sheet_child.c: starts and ends one tram-sheet: see sheet.h. It gets two descriptors, no environment
 * and a deadline.
 */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np, pipe2 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "web/beside.h"
#include "web/sheet.h"

#define DEADLINE_MS 30000

static enum rc spawn(const char *path, const char *tmp_dir, int in, int out, int *pid)
{
	char *const arguments[] = { (char *)"tram-sheet", (char *)(tmp_dir != NULL ? "write" : "read"),
		tmp_dir != NULL ? (char *)"--tmp" : NULL, (char *)(size_t)tmp_dir, NULL };
	char *const environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, ours;
	int failed;

	sigemptyset(&none);
	sigemptyset(&ours);
	sigaddset(&ours, SIGPIPE);
	sigaddset(&ours, SIGTERM);
	if (posix_spawn_file_actions_init(&files) != 0)
		return RC_IO;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return RC_IO;
	}
	failed = posix_spawnattr_setsigmask(&attributes, &none) || posix_spawnattr_setsigdefault(&attributes, &ours)
			|| posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
			/* in and out are above 2: the worker's own 0, 1 and 2 are in use. */
			|| posix_spawn_file_actions_adddup2(&files, in, 0)
			|| posix_spawn_file_actions_adddup2(&files, out, 1)
			|| posix_spawn_file_actions_addclosefrom_np(&files, 3)
			|| posix_spawn(pid, path, &files, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failed ? RC_IO : RC_OK;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

enum rc sheet_child_start(const char *tmp_dir, int in, int out, struct sheet_child *child)
{
	int to[2] = { -1, -1 }, from[2] = { -1, -1 };
	enum rc rc = RC_IO;
	char path[512];

	child->pid = -1;
	child->to = child->from = -1;
	child->deadline_ms = when_boottime_ms() + DEADLINE_MS;
	if (!beside_path("tram-sheet", path, sizeof(path))) {
		log_error("sheet: tram-sheet is not there");
		return RC_IO;
	}
	if ((in < 0 && pipe2(to, O_CLOEXEC) != 0) || (out < 0 && pipe2(from, O_CLOEXEC) != 0)) {
		log_error("sheet pipe: errno=%d", errno);
		goto out;
	}
	rc = spawn(path, tmp_dir, in < 0 ? to[0] : in, out < 0 ? from[1] : out, &child->pid);
	if (rc != RC_OK) {
		child->pid = -1;
		log_error("sheet: tram-sheet cannot be started");
		goto out;
	}
	child->to = to[1];
	child->from = from[0];
	to[1] = from[0] = -1;
	/* Our ends never wait longer than the deadline. */
	if (child->to >= 0)
		(void)fcntl(child->to, F_SETFL, O_NONBLOCK);
	if (child->from >= 0)
		(void)fcntl(child->from, F_SETFL, O_NONBLOCK);
out:
	close_end(&to[0]);
	close_end(&to[1]);
	close_end(&from[0]);
	close_end(&from[1]);
	return rc;
}

/* Waits until fd can be used. */
static enum rc wait_for(struct sheet_child *child, int fd, short what)
{
	struct pollfd poll_fd = { .fd = fd, .events = what };
	int64_t left = child->deadline_ms - when_boottime_ms();

	if (left <= 0)
		return RC_TIMEOUT;
	if (poll(&poll_fd, 1, (int)left) < 0 && errno != EINTR)
		return RC_IO;
	return RC_OK;
}

enum rc sheet_child_write(struct sheet_child *child, const char *bytes, size_t len)
{
	enum rc rc = RC_OK;

	while (rc == RC_OK && len > 0) {
		ssize_t n = write(child->to, bytes, len);	/* SIGPIPE is ignored in every worker */

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			rc = wait_for(child, child->to, POLLOUT);
		} else if (errno != EINTR) {
			rc = RC_IO;
		}
	}
	return rc;
}

enum rc sheet_child_read(struct sheet_child *child, char *bytes, size_t size, size_t *got)
{
	*got = 0;
	for (;;) {
		ssize_t n = read(child->from, bytes, size);
		enum rc rc;

		if (n >= 0) {
			*got = (size_t)n;
			return RC_OK;
		}
		if (errno != EAGAIN && errno != EINTR)
			return RC_IO;
		rc = wait_for(child, child->from, POLLIN);
		if (rc != RC_OK)
			return rc;
	}
}

void sheet_child_end(struct sheet_child *child, bool kill_it, int *status)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	int how = 0;
	pid_t gone = 0;

	*status = -1;
	close_end(&child->to);
	close_end(&child->from);
	if (child->pid < 0)
		return;
	while (!kill_it && (gone = waitpid(child->pid, &how, WNOHANG)) == 0) {
		kill_it = when_boottime_ms() >= child->deadline_ms;
		(void)nanosleep(&pause, NULL);
	}
	if (kill_it && gone == 0) {
		(void)kill(child->pid, SIGKILL);
		while ((gone = waitpid(child->pid, &how, 0)) < 0 && errno == EINTR)
			;
	}
	if (gone == child->pid && WIFEXITED(how))
		*status = WEXITSTATUS(how);
	child->pid = -1;
}
