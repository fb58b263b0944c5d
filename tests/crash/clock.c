/*
 * clock.c: an LD_PRELOAD library that moves the wall clock, and nothing else, by as many milliseconds
 * as the file named by TRAM_CLOCK_FILE says at that moment; NTP never answered. For the programs as
 * they are shipped.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

typedef int gettime_fn(clockid_t, struct timespec *);

static long long shift_ms(void)
{
	const char *path = getenv("TRAM_CLOCK_FILE");
	char text[32] = "";
	ssize_t got;
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return 0;
	got = read(fd, text, sizeof text - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return strtoll(text, NULL, 10);
}

int clock_gettime(clockid_t id, struct timespec *at)
{
	static gettime_fn *real;
	long long ms;

	if (!real) {
		void *symbol = dlsym(RTLD_NEXT, "clock_gettime");

		memcpy(&real, &symbol, sizeof real);
	}
	if (real(id, at) != 0)
		return -1;
	if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)
		return 0;
	ms = (long long)at->tv_sec * 1000 + at->tv_nsec / 1000000 + shift_ms();
	if (ms < 0)
		ms = 0;
	at->tv_sec = (time_t)(ms / 1000);
	at->tv_nsec = (long)(ms % 1000) * 1000000;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec at;

	if (clock_gettime(CLOCK_REALTIME, &at) != 0)
		return (time_t)-1;
	if (out)
		*out = at.tv_sec;
	return at.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec at;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &at) != 0)
		return -1;
	out->tv_sec = at.tv_sec;
	out->tv_usec = at.tv_nsec / 1000;
	return 0;
}

int ntp_adjtime(struct timex *state)
{
	state->status = STA_UNSYNC;
	return TIME_ERROR;
}
