/*
 * db_lock.c: waiting for the writers' lock in the kernel; see db_lock.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/time.h>

#include "base/log.h"
#include "base/when.h"
#include "store/db_lock.h"

#define DEADLINE_MS 10000
/* Who waits is woken by the kernel the moment the lock is let go; the clock looks in this often. */
#define TICK_US 100000L

static void tick(int number)
{
	(void)number;
}

/* Waits in flock itself: asking again and again would cost the holder's processor more than the
 * write. The ticks end a wait that is past the deadline; they reach nobody else, since signals are
 * blocked outside a worker's poll and this process has one thread. */
static enum rc wait_for(int fd)
{
	struct sigaction wake = { .sa_handler = tick }, before;
	struct itimerval often = { { 0, TICK_US }, { 0, TICK_US } }, off = { { 0, 0 }, { 0, 0 } };
	int64_t deadline = when_boottime_ms() + DEADLINE_MS;
	sigset_t alarm_only, mask;
	enum rc rc = RC_IO;
	bool again = true;

	(void)sigemptyset(&alarm_only);
	(void)sigaddset(&alarm_only, SIGALRM);
	if (sigaction(SIGALRM, &wake, &before) != 0)
		return RC_IO;
	(void)sigprocmask(SIG_UNBLOCK, &alarm_only, &mask);
	(void)setitimer(ITIMER_REAL, &often, NULL);
	while (again) {
		again = false;
		if (flock(fd, LOCK_EX) == 0)
			rc = RC_OK;
		else if (errno == EINTR && when_boottime_ms() > deadline)
			rc = RC_BUSY;
		else
			again = errno == EINTR;
	}
	(void)setitimer(ITIMER_REAL, &off, NULL);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	(void)sigaction(SIGALRM, &before, NULL);
	return rc;
}

enum rc db_lock_take(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return RC_OK;
	return errno == EWOULDBLOCK || errno == EINTR ? wait_for(fd) : RC_IO;
}

void db_lock_drop(int fd)
{
	if (flock(fd, LOCK_UN) != 0)
		log_fatal("db: the writers' lock cannot be let go");
}
