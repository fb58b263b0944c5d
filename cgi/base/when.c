/*
 * when.c: see when.h: the clock and what is known of it. Dates and their text are when_local.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/when.h"

#define CLOCK_REREAD_MS 1000
#define CLOCK_WAIT_MS 20	/* while the time is not known: the answer may have come just now */
#define DRIFT_DIVISOR 10000	/* 100 parts per million: a crystal's own bound */

static uint64_t boot_count;
static char *clock_file, *boot_file;
static struct {
	int64_t read_at;	/* boottime of the last look into clock_file; 0: never */
	bool absent;		/* there is no file: nobody keeps one */
	bool known;		/* it is of this boot */
	enum when_source source;
	int64_t bound_ms, since_ms, wall_ms;
} clock_state;

static const char *const source_names[] = { "unknown", "floor", "rtc", "ntp", "signed", "manual" };

const char *when_source_name(enum when_source source)
{
	if ((unsigned)source >= sizeof(source_names) / sizeof(source_names[0]))
		return "unknown";
	return source_names[source];
}

enum rc when_source_parse(const char *name, enum when_source *out)
{
	size_t i;

	for (i = 0; i < sizeof(source_names) / sizeof(source_names[0]); i++) {
		if (strcmp(source_names[i], name) == 0) {
			*out = (enum when_source)i;
			return RC_OK;
		}
	}
	return RC_INVALID;
}

static int64_t clock_ms(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0)
		log_bug("clock_gettime id=%d errno=%d", (int)id, errno);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t when_kernel_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t when_boottime_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

/* The file's first line, without its end; false when there is none. */
static bool read_line(const char *path, char *line, size_t size)
{
	size_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (file_read_all(fd, line, size - 1, &got) != RC_OK)
		got = 0;
	close(fd);
	line[got] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return got > 0;
}

/* Cuts off and returns the next word of *rest, "" at the end. */
static char *next_word(char **rest)
{
	char *word = *rest;
	size_t len = strcspn(word, " ");

	*rest = word + len + (word[len] == ' ');
	word[len] = '\0';
	return word;
}

static uint64_t read_boot(const char *path, char *boot_id, size_t size)
{
	char line[128], *rest = line;
	int64_t count = 0;

	boot_id[0] = '\0';
	if (!read_line(path, line, sizeof(line)))
		return 0;
	if (num_parse(next_word(&rest), 0, INT64_MAX, &count) != RC_OK)
		return 0;
	snprintf(boot_id, size, "%s", next_word(&rest));
	return (uint64_t)count;
}

void when_set_boot_file(const char *path)
{
	char boot_id[64];

	boot_count = read_boot(path, boot_id, sizeof(boot_id));
	free(boot_file);
	boot_file = strdup(path);
}

enum rc when_count_boot(const char *path)
{
	enum rc rc = RC_OK;
	struct pool *pool = pool_new();
	char *dir = pool_strdup(pool, path), *slash = strrchr(dir, '/'), *line;
	const char *name = path;
	char now_id[64] = "-", boot_id[64];
	uint64_t count = read_boot(path, boot_id, sizeof(boot_id));

	read_line("/proc/sys/kernel/random/boot_id", now_id, sizeof(now_id));
	if (count == 0 || strcmp(now_id, boot_id) != 0) {
		if (slash) {
			*slash = '\0';
			name = slash + 1;
		}
		count++;
		line = pool_printf(pool, "%llu %s\n", (unsigned long long)count, now_id);
		rc = file_put(slash ? (*dir ? dir : "/") : ".", name, line, strlen(line), 0644);
		/* umask does not decide: every program reads it. */
		if (rc == RC_OK && chmod(path, 0644) != 0)
			rc = RC_IO;
	}
	if (rc == RC_OK)
		boot_count = count;
	pool_free(pool);
	return rc;
}

void when_set_clock_file(const char *path)
{
	free(clock_file);
	clock_file = path ? strdup(path) : NULL;
	clock_state.read_at = 0;
	clock_state.known = false;
}

enum rc when_put_clock(const char *path, enum when_source source, int64_t bound_ms,
		int64_t wall_ms, int64_t since_ms)
{
	enum rc rc = RC_IO;
	struct pool *pool = pool_new();
	char *temporary = pool_printf(pool, "%s.tmp-%ld", path, (long)getpid());
	char *line = pool_printf(pool, "%s %lld %lld %llu %lld\n", when_source_name(source),
			(long long)bound_ms, (long long)since_ms, (unsigned long long)boot_count,
			(long long)wall_ms);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		goto out;
	rc = file_write_all(fd, line, strlen(line));
	if (fchmod(fd, 0664) != 0)
		rc = RC_IO;
	if (close(fd) != 0 && rc == RC_OK)
		rc = RC_IO;
	if (rc == RC_OK && rename(temporary, path) != 0)
		rc = RC_IO;
	clock_state.read_at = 0;
	if (rc != RC_OK)
		unlink(temporary);
out:
	pool_free(pool);
	return rc;
}

static void read_clock(int64_t now)
{
	char line[160], *rest = line, boot_id[64], now_id[64];
	int64_t bound, since, boot, wall;
	enum when_source source;

	clock_state.read_at = now;
	clock_state.known = false;
	clock_state.absent = access(clock_file, F_OK) != 0;
	/* The forwarder counts a boot when it starts: others may have started before it, and what the
	 * files say then is of the boot before. */
	if (boot_file) {
		boot_count = read_boot(boot_file, boot_id, sizeof(boot_id));
		if (!read_line("/proc/sys/kernel/random/boot_id", now_id, sizeof(now_id)))
			snprintf(now_id, sizeof(now_id), "-");
		if (strcmp(boot_id, now_id) != 0)
			return;
	}
	clock_state.absent = !read_line(clock_file, line, sizeof(line)) &&
			access(clock_file, F_OK) != 0;
	if (clock_state.absent || when_source_parse(next_word(&rest), &source) != RC_OK
			|| num_parse(next_word(&rest), -1, INT64_MAX / 2, &bound) != RC_OK
			|| num_parse(next_word(&rest), 0, now, &since) != RC_OK
			|| num_parse(next_word(&rest), 0, INT64_MAX, &boot) != RC_OK
			|| num_parse(next_word(&rest), 0, WHEN_MAX_MS, &wall) != RC_OK
			|| (uint64_t)boot != boot_count)
		return;
	clock_state.known = true;
	clock_state.source = source;
	clock_state.bound_ms = bound;
	clock_state.since_ms = since;
	clock_state.wall_ms = wall;
}

/* Is a clock file kept here? Looks into it when the last look is old. */
static bool keeps_clock(int64_t mono)
{
	bool sure = clock_state.known && (clock_state.source == WHEN_SIGNED ||
			clock_state.source == WHEN_MANUAL);

	if (clock_file && (clock_state.read_at == 0 || mono - clock_state.read_at >=
			(sure ? CLOCK_REREAD_MS : CLOCK_WAIT_MS)))
		read_clock(mono);
	return clock_file && !clock_state.absent;
}

static bool kernel_by_ntp(int64_t *bound_ms)
{
	struct timex kernel = { 0 };

	if (ntp_adjtime(&kernel) < 0 || (kernel.status & STA_UNSYNC))
		return false;
	*bound_ms = kernel.maxerror / 1000 + 1;
	return true;
}

/* The kernel's time where the floor (0: none) allows it; false: the floor. */
static bool unsure_ms(int64_t floor_ms, int64_t *out)
{
	int64_t kernel = when_kernel_ms();
	bool allowed = !floor_ms || (kernel >= floor_ms && kernel - floor_ms <= WHEN_PLAUSIBLE_MS);

	*out = allowed ? kernel : floor_ms;
	return allowed;
}

/* What nobody confirmed. */
static void stamp_unsure(struct when_stamp *out, int64_t floor_ms)
{
	if (!unsure_ms(floor_ms, &out->wall_ms)) {
		out->source = WHEN_FLOOR;
		out->bound_ms = -1;
	} else if (kernel_by_ntp(&out->bound_ms)) {
		out->source = WHEN_NTP;
	} else {
		out->source = WHEN_RTC;
		out->bound_ms = -1;
	}
}

static int64_t carried_on(int64_t mono)
{
	return clock_state.wall_ms ? clock_state.wall_ms + mono - clock_state.since_ms : 0;
}

void when_stamp_now(struct when_stamp *out)
{
	int64_t mono = when_boottime_ms();

	out->boot_count = boot_count;
	out->mono_ms = (uint64_t)mono;
	if (!keeps_clock(mono) || !clock_state.known) {
		stamp_unsure(out, 0);
		return;
	}
	if (clock_state.source != WHEN_SIGNED && clock_state.source != WHEN_MANUAL) {
		stamp_unsure(out, carried_on(mono));
		return;
	}
	out->wall_ms = carried_on(mono);
	out->source = clock_state.source;
	out->bound_ms = clock_state.bound_ms < 0 ? -1 : clock_state.bound_ms
			+ (mono - clock_state.since_ms) / DRIFT_DIVISOR;
}

/* The wall time of when_stamp_now, without asking the kernel how sure it is of it. */
int64_t when_now_ms(void)
{
	int64_t mono, now;
	bool known;

	if (!clock_file)
		return when_kernel_ms();
	mono = when_boottime_ms();
	known = keeps_clock(mono) && clock_state.known;
	if (known && (clock_state.source == WHEN_SIGNED || clock_state.source == WHEN_MANUAL))
		return carried_on(mono);
	(void)unsure_ms(known ? carried_on(mono) : 0, &now);
	return now;
}

bool when_is_begun(void)
{
	return keeps_clock(when_boottime_ms()) && clock_state.known;
}

bool when_is_known(void)
{
	struct when_stamp now;

	if (!keeps_clock(when_boottime_ms()))
		return true;
	when_stamp_now(&now);
	return now.source == WHEN_SIGNED || now.source == WHEN_MANUAL;
}

bool when_is_signed(void)
{
	struct when_stamp now;

	if (!keeps_clock(when_boottime_ms()))
		return true;
	when_stamp_now(&now);
	return now.source == WHEN_SIGNED;
}

bool when_source_is_doubtful(enum when_source source)
{
	return source != WHEN_SIGNED && source != WHEN_MANUAL && source != WHEN_NTP;
}

bool when_is_doubtful(void)
{
	struct when_stamp now;

	if (!keeps_clock(when_boottime_ms()))
		return false;
	when_stamp_now(&now);
	return when_source_is_doubtful(now.source);
}

int64_t when_earliest_ms(void)
{
	int64_t now = when_now_ms(), mono = when_boottime_ms(), day, floor_ms;

	/* Where no time was ever known there is nothing to hold the kernel's against. */
	if (!when_is_doubtful() || !clock_state.known || !clock_state.wall_ms)
		return now;
	day = now - (now + WHEN_LOCAL_MS) % WHEN_DAY_MS;
	floor_ms = carried_on(mono);
	return floor_ms > day ? floor_ms : day;
}
