/*
 * doctor.c: see doctor.h: what is read, and what the lines come to together. doctor_lines.c says them.
 */
#define _GNU_SOURCE /* O_TMPFILE */
#include "web/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "web/text_vi.h"

#define FILE_MAX ((size_t)256 * 1024)
#define DOWN_MAX 20

static json_t *read_json(struct pool *pool, const char *dir, const char *name)
{
	return json_of_file(pool, pool_printf(pool, "%s/%s", dir, name), FILE_MAX);
}

/* The service manager leaves word of what it gave up: down-UNIT.json. */
static const char *read_down(struct pool *pool, const char *dir)
{
	static const char begin[] = "down-", end[] = ".json";
	const char *all = "";
	DIR *listing = opendir(dir);
	struct dirent *entry;
	size_t count = 0;

	while (listing != NULL && count < DOWN_MAX && (entry = readdir(listing)) != NULL) {
		size_t len = strlen(entry->d_name), least = sizeof(begin) - 1 + sizeof(end) - 1;

		if (len <= least || strncmp(entry->d_name, begin, sizeof(begin) - 1) != 0 ||
				strcmp(entry->d_name + len - (sizeof(end) - 1), end) != 0)
			continue;
		all = pool_printf(pool, "%s%s%.*s", all, *all != '\0' ? ", " : "", (int)(len - least),
				entry->d_name + sizeof(begin) - 1);
		count++;
	}
	if (listing != NULL)
		(void)closedir(listing);
	return all;
}

/* After an error ext4 takes no writes and, since Linux 6.15, still calls itself writable: asked with a file that
 * never has a name. */
static bool refuses_writes(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	bool refused = fd < 0 && errno == EROFS;

	if (fd >= 0)
		(void)close(fd);
	return refused;
}

/* The folder of the programs that run. */
static const char *programs(struct pool *pool)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len <= 0)
		return "";
	path[len] = '\0';
	if (strrchr(path, '/') != NULL)
		*strrchr(path, '/') = '\0';
	return pool_strdup(pool, path);
}

void doctor_read(struct pool *pool, const struct settings *settings, const char *root, int64_t now_ms,
		struct doctor *out)
{
	unsigned long long room = file_free_bytes(settings->health_dir);
	struct statvfs about;

	memset(out, 0, sizeof(*out));
	out->health = read_json(pool, settings->health_dir, "health.json");
	out->copy = read_json(pool, settings->health_dir, "copy.json");
	out->check = read_json(pool, settings->health_dir, "check.json");
	out->update = read_json(pool, settings->health_dir, "update.json");
	out->release = read_json(pool, programs(pool), "release.json");
	machine_read(root, &out->machine);
	out->free_bytes = room > INT64_MAX ? INT64_MAX : (int64_t)room;
	out->reserve_bytes = settings->reserve_bytes;
	out->read_only = (statvfs(settings->health_dir, &about) == 0 && (about.f_flag & ST_RDONLY) != 0) ||
			refuses_writes(settings->health_dir);
	out->copies = settings->copy_dir[0] != '\0';
	out->down = read_down(pool, settings->health_dir);
	out->now_ms = now_ms;
}

void doctor_free(struct doctor *doctor)
{
	json_decref((json_t *)(uintptr_t)doctor->health);
	json_decref((json_t *)(uintptr_t)doctor->copy);
	json_decref((json_t *)(uintptr_t)doctor->check);
	json_decref((json_t *)(uintptr_t)doctor->update);
	json_decref((json_t *)(uintptr_t)doctor->release);
}

static int urgency(enum doctor_state state)
{
	static const int order[] = {2, 3, 1, 0};	/* by state; unknown comes last */

	return order[state];
}

void doctor_urgent_first(struct doctor_line *lines, size_t count)
{
	size_t i, j;

	for (i = 1; i < count; i++) {
		struct doctor_line moved = lines[i];

		for (j = i; j > 0 && urgency(lines[j - 1].state) > urgency(moved.state); j--)
			lines[j] = lines[j - 1];
		lines[j] = moved;
	}
}

enum doctor_state doctor_verdict(const struct doctor_line *lines, size_t count)
{
	enum doctor_state worst = DOCTOR_GOOD;
	size_t i;

	for (i = 0; i < count; i++)
		if (!lines[i].link && lines[i].state != DOCTOR_UNKNOWN && lines[i].state > worst)
			worst = lines[i].state;
	return worst;
}

const char *doctor_tag(enum doctor_state state)
{
	static const char *const tags[] = { "ok", "plain", "wait", "bad" };

	return tags[state];
}

const char *doctor_word(enum doctor_state state)
{
	static const char *const keys[] = { "doctor.good", "doctor.unmeasured", "doctor.watch", "doctor.bad" };

	return text_get(keys[state]);
}

const char *doctor_name(struct pool *pool, const struct doctor_line *of)
{
	return text_get(pool_printf(pool, "doctor.%s", of->key));
}
