/*
 * test_notify.c: what a service manager hears: the datagrams of sd_notify(3), at a socket of our own.
 * Each case is a child, for a program learns once who listens.
 */
#define _GNU_SOURCE	/* setenv, SOCK_NONBLOCK */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/notify.h"

static char path[] = "notify-test-XXXXXX";
static int listening = -1;

static int open_manager(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || close(fd) != 0 || unlink(path) != 0)
		return -1;
	memcpy(address.sun_path, path, sizeof(path));
	listening = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	return bind(listening, (struct sockaddr *)&address, sizeof(address));
}

static int close_manager(void **state)
{
	(void)state;
	(void)close(listening);
	return unlink(path);
}

/* The next datagram, or "". */
static const char *heard(void)
{
	static char text[128];
	ssize_t len = recv(listening, text, sizeof(text) - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	return text;
}

/* Runs one case in a child under this manager; watchdog and its pid as text, NULL: not set. */
static void run(int (*what)(void), const char *usec, const char *pid)
{
	char full[4096];
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		if (getcwd(full, sizeof(full) - sizeof(path) - 1) == NULL)
			_exit(99);
		(void)snprintf(full + strlen(full), sizeof(path) + 1, "/%s", path);
		(void)setenv("NOTIFY_SOCKET", full, 1);
		(void)unsetenv("WATCHDOG_USEC");
		(void)unsetenv("WATCHDOG_PID");
		if (usec != NULL)
			(void)setenv("WATCHDOG_USEC", usec, 1);
		if (pid != NULL)
			(void)setenv("WATCHDOG_PID", pid, 1);
		_exit(what());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int serve_and_stop(void)
{
	notify_ready();
	notify_alive();		/* not due */
	notify_stopping();
	return notify_wait_ms(-1) == -1 && notify_wait_ms(70000) == 70000 ? 0 : 1;
}

static void says_when_it_serves_and_stops(void **state)
{
	(void)state;
	run(serve_and_stop, NULL, NULL);
	assert_string_equal(heard(), "READY=1\nWATCHDOG=1");
	assert_string_equal(heard(), "STOPPING=1\nWATCHDOG=1");
	assert_string_equal(heard(), "");
}

/* Three beats in 300 ms: waits end early enough, and each is a beat. */
static int turn(void)
{
	int beats;

	notify_ready();
	for (beats = 0; beats < 3; beats++) {
		int64_t wait_ms = notify_wait_ms(-1);
		struct timespec wait = { 0, (wait_ms + 1) * 1000000 };

		if (wait_ms < 0 || wait_ms > 100 || notify_wait_ms(1) > 1)
			return 1;
		(void)nanosleep(&wait, NULL);
		notify_alive();
		notify_alive();		/* the next is not due */
	}
	return 0;
}

static void beats_while_it_turns(void **state)
{
	(void)state;
	run(turn, "300000", NULL);
	assert_string_equal(heard(), "READY=1\nWATCHDOG=1");
	assert_string_equal(heard(), "WATCHDOG=1");
	assert_string_equal(heard(), "WATCHDOG=1");
	assert_string_equal(heard(), "WATCHDOG=1");
	assert_string_equal(heard(), "");
}

static int no_beat(void)
{
	notify_ready();
	return notify_wait_ms(-1) == -1 ? 0 : 1;
}

static void a_watchdog_of_somebody_else_is_not_fed(void **state)
{
	(void)state;
	run(no_beat, "300000", "1");
	(void)heard();
	run(no_beat, "no number", NULL);
	(void)heard();
	run(no_beat, "0", NULL);
	(void)heard();
}

static int alone(void)
{
	(void)unsetenv("NOTIFY_SOCKET");
	return no_beat();
}

static int wrong_name(void)
{
	char longer[300];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	(void)setenv("NOTIFY_SOCKET", longer, 1);
	return no_beat();
}

static int relative_name(void)
{
	(void)setenv("NOTIFY_SOCKET", path, 1);
	return no_beat();
}

static void nobody_listens(void **state)
{
	(void)state;
	run(alone, "300000", NULL);
	run(wrong_name, "300000", NULL);
	run(relative_name, "300000", NULL);
	assert_string_equal(heard(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_when_it_serves_and_stops),
		cmocka_unit_test(beats_while_it_turns),
		cmocka_unit_test(a_watchdog_of_somebody_else_is_not_fed),
		cmocka_unit_test(nobody_listens),
	};

	return cmocka_run_group_tests(tests, open_manager, close_manager);
}
