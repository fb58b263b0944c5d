/*
 * diagnose.c: see diagnose.h.
 */
#define _GNU_SOURCE /* memfd_create */
#include "web/diagnose.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tar.h"
#include "base/when.h"
#include "crypt/age.h"
#include "web/doctor.h"
#include "web/text_vi.h"

#define FILE_MAX ((size_t)512 * 1024)
#define LOG_TAIL ((size_t)128 * 1024)	/* of each log, its end */
#define LOGS_MAX 24
#define SEALED_MAX ((size_t)8 * 1024 * 1024)

static void put(struct buf *tar, const char *name, const void *bytes, size_t len, int64_t now_ms)
{
	static const uint8_t zeros[TAR_BLOCK];
	uint8_t head[TAR_BLOCK];

	tar_head(name, (int64_t)len, now_ms / 1000, head);
	buf_add(tar, head, sizeof(head));
	buf_add(tar, bytes, len);
	buf_add(tar, zeros, tar_padding((int64_t)len));
}

static void put_file(struct pool *pool, struct buf *tar, const char *dir, const char *name, int64_t now_ms)
{
	char *text;
	size_t len;

	if (file_read(pool, pool_printf(pool, "%s/%s", dir, name), FILE_MAX, &text, &len) == RC_OK)
		put(tar, pool_printf(pool, "health/%s", name), text, len, now_ms);
}

static void put_doctor(struct pool *pool, struct buf *tar, const struct settings *settings, int64_t now_ms)
{
	struct doctor_line lines[DOCTOR_LINES_MAX];
	struct buf text = {NULL, 0, 0};
	struct doctor doctor;
	size_t count, i;

	doctor_read(pool, settings, "", now_ms, &doctor);
	count = doctor_lines(pool, &doctor, lines);
	buf_printf(&text, "board=%s mode=%s at=%lld\n", settings->board_id,
			settings->mode == MODE_LIVE ? "live" : "rehearsal", (long long)now_ms);
	for (i = 0; i < count; i++)
		buf_printf(&text, "%s\t%s\t%s\t%s\n", lines[i].key, doctor_tag(lines[i].state), lines[i].value,
				lines[i].advice);
	put(tar, "doctor.txt", text.data, text.len, now_ms);
	buf_free(&text);
	doctor_free(&doctor);
}

/* "2026-11-27T15:05:00.000Z info tram-intake[12] …": what our programs write, which name ids and codes alone. */
static bool is_ours(const char *line, size_t len)
{
	static const char *const severities[] = {"info", "warn", "error", "fatal", "bug"};
	const char *word = memchr(line, ' ', len);
	size_t i, left;

	if (word == NULL || *line < '0' || *line > '9')
		return false;
	word++;
	left = len - (size_t)(word - line);
	for (i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
		size_t n = strlen(severities[i]);

		if (left > n + 5 && memcmp(word, severities[i], n) == 0 && memcmp(word + n, " tram", 5) == 0)
			return true;
	}
	return false;
}

/* The end of one log, whole lines of ours. */
static void put_log(struct pool *pool, struct buf *tar, const char *dir, const char *name, int64_t now_ms)
{
	int fd = open(pool_printf(pool, "%s/%s", dir, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct buf kept = {NULL, 0, 0};
	struct stat info;
	char *text, *at, *end;
	size_t got = 0;

	if (fd < 0)
		return;
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || (info.st_size > (off_t)LOG_TAIL &&
			lseek(fd, -(off_t)LOG_TAIL, SEEK_END) < 0)) {
		(void)close(fd);
		return;
	}
	text = pool_alloc(pool, LOG_TAIL + 1);
	if (file_read_all(fd, text, LOG_TAIL, &got) != RC_OK)
		got = 0;
	(void)close(fd);
	for (at = text; at < text + got; at = end + 1) {
		end = memchr(at, '\n', (size_t)(text + got - at));
		if (end == NULL)
			break;
		if (is_ours(at, (size_t)(end - at)))
			buf_add(&kept, at, (size_t)(end - at) + 1);
	}
	put(tar, pool_printf(pool, "log/%s", name), kept.data != NULL ? kept.data : "", kept.len, now_ms);
	buf_free(&kept);
}

static void put_logs(struct pool *pool, struct buf *tar, const char *dir, int64_t now_ms)
{
	DIR *listing = dir[0] != '\0' ? opendir(dir) : NULL;
	struct dirent *entry;
	size_t count = 0;

	while (listing != NULL && count < LOGS_MAX && (entry = readdir(listing)) != NULL) {
		size_t len = strlen(entry->d_name);

		/* The web server's own log has addresses of tablets. */
		if (len < 5 || len > 40 || strcmp(entry->d_name + len - 4, ".log") != 0 ||
				strcmp(entry->d_name, "access.log") == 0 || entry->d_name[0] == '.')
			continue;
		put_log(pool, tar, dir, entry->d_name, now_ms);
		count++;
	}
	if (listing != NULL)
		(void)closedir(listing);
}

static enum rc seal(struct pool *pool, const uint8_t to[AGE_KEY_SIZE], const struct buf *tar, struct buf *out)
{
	struct age_writer *age = NULL;
	int fd = memfd_create("diagnosis", MFD_CLOEXEC);
	char *bytes = NULL;
	size_t got = 0;
	enum rc rc = fd < 0 ? RC_IO : age_writer_new(fd, to, &age);

	if (rc == RC_OK)
		rc = age_writer_add(age, tar->data, tar->len);
	if (rc == RC_OK)
		rc = age_writer_end(age);
	age_writer_free(age);
	if (rc == RC_OK && lseek(fd, 0, SEEK_SET) != 0)
		rc = RC_IO;
	if (rc == RC_OK) {
		bytes = pool_alloc(pool, SEALED_MAX);
		rc = file_read_all(fd, bytes, SEALED_MAX, &got);
	}
	if (rc == RC_OK && got == SEALED_MAX)
		rc = RC_TOO_LARGE;
	if (rc == RC_OK)
		buf_add(out, bytes, got);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

enum rc diagnose_make(struct pool *pool, const struct settings *settings, int64_t now_ms, struct buf *out)
{
	static const char *const names[] = {"health.json", "copy.json", "check.json", "stick.json", "update.json", "history",
		"history.1"};
	static const uint8_t zeros[2 * TAR_BLOCK];
	uint8_t to[AGE_KEY_SIZE];
	struct buf tar = {NULL, 0, 0};
	size_t i;
	enum rc rc;

	if (settings->support_recipient[0] == '\0')
		return RC_NOT_FOUND;
	if (age_recipient_parse(settings->support_recipient, to) != RC_OK)
		return RC_CONFIG;
	put_doctor(pool, &tar, settings, now_ms);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_file(pool, &tar, settings->health_dir, names[i], now_ms);
	put_logs(pool, &tar, settings->log_dir, now_ms);
	buf_add(&tar, zeros, sizeof(zeros));
	rc = seal(pool, to, &tar, out);
	buf_free(&tar);
	return rc;
}

char *diagnose_name(struct pool *pool, const struct settings *settings, int64_t now_ms)
{
	struct when_local at;
	char day[8];

	when_to_local(now_ms, &at);
	when_yymmdd(now_ms, day);
	return pool_printf(pool, "tram-chan-doan-%s-%s-%02d%02d.age", settings->board_id, day, at.hour, at.minute);
}
