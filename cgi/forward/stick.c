/*
 * stick.c: writes and reads USB sticks for the pages, which have no keys. A file in inbox/ asks; a child of this
 * program does it, so that a slow stick holds up nothing on the line, and says in health/stick.json how it
 * went. Nothing about a person stands there.
 */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np, pipe2 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "forward/forward.h"
#include "link/bundle_side.h"

#define ASK_WRITE "stick-write"	/* in inbox/: as admin_stick.c puts them there */
#define ASK_READ "stick-read"
#define PARTS_MAX 1000
#define SAID_MAX (256u * 1024)

extern char **environ;

struct job {
	const struct settings *settings;
	struct pool *pool;
	json_t *said;
};

static void say(struct job *job, const char *state, const char *reason)
{
	char *text;

	json_put_int(job->said, "at", when_now_ms());
	json_put(job->said, "state", state);
	json_put(job->said, "reason", reason);
	text = json_to_text(job->pool, job->said);
	if (file_put(job->settings->health_dir, "stick.json", text, strlen(text), 0640))
		log_warn("stick: its file cannot be written");
}

/* ---- the parent ---- */

static void start(struct forward *forward, const char *what)
{
	char *const arguments[] = { (char *)"tram-forward", (char *)"-c",
		(char *)(size_t)forward->settings_path, (char *)"--stick", (char *)(size_t)what, NULL };
	struct epoll_event event = { .events = EPOLLIN };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int ends[2], failed;

	sigemptyset(&none);
	if (pipe2(ends, O_CLOEXEC))
		return;
	if (posix_spawn_file_actions_init(&files))
		goto out;
	if (posix_spawnattr_init(&attributes)) {
		posix_spawn_file_actions_destroy(&files);
		goto out;
	}
	/* The child holds the other end: its end, however it comes, stirs us. */
	failed = posix_spawnattr_setsigmask(&attributes, &none) ||
			posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK) ||
			posix_spawn_file_actions_adddup2(&files, ends[1], 3) ||
			posix_spawn_file_actions_addclosefrom_np(&files, 4) ||
			posix_spawn(&forward->stick_pid, "/proc/self/exe", &files, &attributes, arguments,
					environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	if (failed) {
		forward->stick_pid = 0;
		log_error("stick: cannot be started");
	} else if (epoll_ctl(forward->stir_fd, EPOLL_CTL_ADD, ends[0], &event) == 0) {
		forward->stick_fd = ends[0];
		ends[0] = -1;
	}
out:
	if (ends[0] >= 0)
		(void)close(ends[0]);
	(void)close(ends[1]);
}

/* Has the child under way ended? */
static bool ended(struct forward *forward)
{
	struct pollfd at = { .fd = forward->stick_fd, .events = POLLIN };

	if (forward->stick_fd >= 0 && poll(&at, 1, 0) == 0)
		return false;
	if (forward->stick_fd >= 0)
		(void)close(forward->stick_fd);
	forward->stick_fd = -1;
	(void)waitpid(forward->stick_pid, NULL, 0);
	forward->health_urgent = true;	/* what waits is another number now */
	return true;
}

/* A child that was killed says nothing more: its last word is put right. */
static void settle(struct forward *forward)
{
	const char *path = pool_printf(forward->pool, "%s/stick.json", forward->settings->health_dir);
	struct job job = { .settings = forward->settings, .pool = forward->pool };

	job.said = json_of_file(forward->pool, path, SAID_MAX);
	if (!job.said)
		return;
	if (strcmp(json_text(job.said, "state"), "running") == 0)
		say(&job, "failed", "stick");
	json_decref(job.said);
}

void stick_look(struct forward *forward)
{
	const char *dir = forward->settings->inbox_dir;

	if (forward->stick_pid > 0 && !ended(forward))
		return;		/* what is asked for meanwhile stays in the inbox */
	if (forward->stick_pid != 0)
		settle(forward);
	forward->stick_pid = 0;
	if (unlink(pool_printf(forward->pool, "%s/" ASK_WRITE, dir)) == 0)
		start(forward, "write");
	else if (unlink(pool_printf(forward->pool, "%s/" ASK_READ, dir)) == 0)
		start(forward, "read");
}

/* ---- the child ---- */

static void say_made(struct job *job, const struct bundle_made *made)
{
	bundle_made_json(made, job->said);
	json_put_int(job->said, "bytes", made->bytes);
	say(job, "done", "");
}

static const char *reason_of(enum rc rc)
{
	switch (rc) {
	case RC_FULL:
		return "full";
	case RC_CONFIG:
		return "keys";
	case RC_DB:
	case RC_BUSY:
		return "database";
	default:
		return "stick";
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The returns to this board that lie there, in order. */
static size_t find_parts(struct job *job, const char *dir, char **paths)
{
	const char *prefix = pool_printf(job->pool, "tram-ve-%s-", job->settings->board_id);
	size_t end = strlen(BUNDLE_SUFFIX), count = 0;
	DIR *listing = opendir(dir);
	struct dirent *entry;

	while (listing && count < PARTS_MAX && (entry = readdir(listing))) {
		size_t len = strlen(entry->d_name);

		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 && len > end &&
				strcmp(entry->d_name + len - end, BUNDLE_SUFFIX) == 0)
			paths[count++] = pool_printf(job->pool, "%s/%s", dir, entry->d_name);
	}
	if (listing)
		(void)closedir(listing);
	qsort(paths, count, sizeof(*paths), by_name);
	return count;
}

static enum rc read_all(struct job *job, struct store *store, struct bundle_keys *keys)
{
	char **paths = pool_alloc(job->pool, PARTS_MAX * sizeof(*paths));
	size_t count = find_parts(job, job->settings->stick_dir, paths), i;
	struct bundle_taken sum = { .why = "" }, one;
	int64_t refused = 0;
	enum rc rc = RC_OK;

	for (i = 0; rc == RC_OK && i < count; i++) {
		rc = bundle_board_take(store, job->pool, keys, paths[i], &one);
		if (rc)
			break;
		sum.events += one.events;
		sum.files += one.files;
		sum.receipts += one.receipts;
		if (one.outcome == BUNDLE_REFUSED) {
			refused++;
			sum.why = one.why;
		}
	}
	json_put_int(job->said, "found", (int64_t)count);
	json_put_int(job->said, "refused", refused);
	json_put(job->said, "why", sum.why);
	json_put_int(job->said, "events", (int64_t)sum.events);
	json_put_int(job->said, "files", (int64_t)sum.files);
	json_put_int(job->said, "receipts", (int64_t)sum.receipts);
	if (rc == RC_OK)
		say(job, count ? "done" : "empty", "");
	return rc;
}

static enum rc write_all(struct job *job, struct store *store, const struct bundle_keys *keys)
{
	struct bundle_made made;
	enum rc rc = bundle_board_make(store, job->pool, keys, job->settings->stick_dir, &made);

	if (rc == RC_NOT_FOUND) {
		say(job, "empty", "");
		return RC_OK;
	}
	if (rc == RC_OK)
		say_made(job, &made);
	return rc;
}

int stick_main(const struct settings *settings, const char *what)
{
	struct job job = { .settings = settings, .pool = pool_new(), .said = json_new_object() };
	bool reading = strcmp(what, "read") == 0;
	struct bundle_keys keys = { 0 };
	struct store *store = NULL;
	struct stat st;
	enum rc rc;

	json_put(job.said, "do", reading ? "read" : "write");
	json_put_int(job.said, "began", when_now_ms());
	if (!settings->stick_dir[0] || stat(settings->stick_dir, &st) || !S_ISDIR(st.st_mode)) {
		say(&job, "failed", "no-stick");
		goto out;
	}
	say(&job, "running", "");
	rc = bundle_keys_load(settings, job.pool, &keys);
	if (rc == RC_OK)
		rc = store_open(settings, STORE_TRAM | STORE_PUBLIC, &store);
	if (rc == RC_OK)
		rc = reading ? read_all(&job, store, &keys) : write_all(&job, store, &keys);
	if (rc)
		say(&job, "failed", reason_of(rc));
out:
	bundle_keys_free(&keys);
	store_close(store);
	json_decref(job.said);
	pool_free(job.pool);
	return 0;
}
