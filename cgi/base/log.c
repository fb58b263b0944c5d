/*
 * log.c: lines are built whole and written whole, one or several at once, so that those of several
 * processes on one stderr do not mix. Nothing is allocated: it must work when memory is out.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define LOG_LINE_MAX 1024
#define LOG_EXIT_ENVIRONMENT 75	/* EX_TEMPFAIL: the supervisor restarts with back-off */

#define LOG_GATHERED (4 * LOG_LINE_MAX)

static const char *log_program = "tram";
static char gathered[LOG_GATHERED];
static size_t gathered_len;
static bool gathering;

void log_init(const char *program)
{
	log_program = program;
}

static void log_line(const char *severity, const char *format, va_list args)
		__attribute__((format(printf, 2, 0)));

static void put_all(const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		ssize_t put = write(STDERR_FILENO, text + i, len - i);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			break;
		i += (size_t)put;
	}
}

void log_gather(void)
{
	gathering = true;
}

void log_flush(void)
{
	int kept = errno;

	put_all(gathered, gathered_len);
	gathered_len = 0;
	errno = kept;
}

/* The time of a line, made once a second. */
static const char *stamp(void)
{
	static char text[32] = "-";
	static time_t second = -1;
	struct timespec now;
	struct tm utc;

	if (clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec != second &&
			gmtime_r(&now.tv_sec, &utc)) {
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
		second = now.tv_sec;
	}
	return text;
}

static void log_line(const char *severity, const char *format, va_list args)
{
	char line[LOG_LINE_MAX];
	int kept = errno, n;
	size_t len, i;

	n = snprintf(line, sizeof(line), "%s %s %s[%ld] ", stamp(), severity, log_program,
			(long)getpid());
	len = n < 0 ? 0 : (size_t)n;
	if (len < sizeof(line) - 1) {
		n = vsnprintf(line + len, sizeof(line) - len, format, args);
		if (n > 0)
			len += (size_t)n;
	}
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	for (i = 0; i < len; i++) {
		/* A line stays one line whatever an argument held. */
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	line[len++] = '\n';
	if (gathered_len + len > sizeof(gathered))
		log_flush();
	memcpy(gathered + gathered_len, line, len);
	gathered_len += len;
	if (!gathering || severity[0] != 'i')
		log_flush();
	errno = kept;
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line("info", format, args);
	va_end(args);
}

void log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line("warn", format, args);
	va_end(args);
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line("error", format, args);
	va_end(args);
}

void log_fatal(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line("fatal", format, args);
	va_end(args);
	/* _exit: buffers that were not flushed belong to work that is not done. */
	_exit(LOG_EXIT_ENVIRONMENT);
}

void log_bug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line("bug", format, args);
	va_end(args);
	abort();
}
