/*
 * machine_stick.c: see machine_stick.h. One thing at a time, oldest first; what cannot be done for want of
 * room or database stays where it is and is tried again.
 */
#define _DEFAULT_SOURCE /* DT_REG */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/when.h"
#include "center/machine_stick.h"
#include "link/bundle_side.h"
#include "store/store.h"

#define EXIT_ENVIRONMENT 75
#define EXIT_CONFIGURATION 78
#define SAID_FILE "sticks.json"
#define SAID_MAX ((size_t)512 * 1024)
#define NOTE_MAX ((size_t)8 * 1024)
#define PARTS_KEPT 60
#define AT_ONCE 200
#define AGAIN_MS 30000

struct sticks {
	const struct settings *settings;
	struct store *store;
	struct bundle_keys keys;
	struct pool *pool;		/* emptied between two things */
	json_t *said;
};

static int stop_pipe[2] = {-1, -1};

static void on_signal(int number)
{
	int kept = errno;

	(void)number;
	if (write(stop_pipe[1], "x", 1) < 0) {
		/* Full: it says stop already. */
	}
	errno = kept;
}

static bool is_stopped(void)
{
	struct pollfd at = {.fd = stop_pipe[0], .events = POLLIN};

	return poll(&at, 1, 0) > 0;
}

static void say(struct sticks *sticks)
{
	char *text = json_to_text(sticks->pool, sticks->said);

	if (file_put(sticks->settings->health_dir, SAID_FILE, text, strlen(text), 0640) != RC_OK)
		log_warn("sticks: their file cannot be written");
}

/* ---- parts that came ---- */

static json_t *read_note(struct sticks *sticks, const char *id)
{
	const char *path = pool_printf(sticks->pool, "%s/stick-%s.json", sticks->settings->inbox_dir, id);
	json_t *note = json_of_file(sticks->pool, path, NOTE_MAX);

	return note != NULL ? note : json_new_object();
}

static void remember(struct sticks *sticks, const char *id, const char *path, const struct bundle_taken *taken)
{
	json_t *parts = json_object_get(sticks->said, "parts");
	json_t *one = read_note(sticks, id);
	char groups[HASH_GROUPS_MAX];

	bundle_part_groups(path, groups);
	json_put(one, "id", id);
	json_put(one, "groups", groups);
	json_put(one, "outcome", bundle_outcome_name(taken->outcome));
	json_put(one, "why", taken->why);
	json_put(one, "board", taken->head.board);
	json_put_int(one, "part", (int64_t)taken->head.part);
	json_put_flag(one, "last", taken->head.last);
	json_put_int(one, "events", (int64_t)taken->events);
	json_put_int(one, "files", (int64_t)taken->files);
	json_put_int(one, "done_at", when_now_ms());
	if (json_array_insert_new(parts, 0, one) != 0)
		log_fatal("sticks: out of memory");
	while (json_array_size(parts) > PARTS_KEPT)
		(void)json_array_remove(parts, PARTS_KEPT);
}

static enum rc take_part(struct sticks *sticks, const char *id)
{
	const char *dir = sticks->settings->inbox_dir;
	const char *path = pool_printf(sticks->pool, "%s/stick-%s.age", dir, id);
	struct bundle_taken taken;
	enum rc rc = bundle_center_take(sticks->store, sticks->pool, &sticks->keys, path, &taken);

	if (rc != RC_OK) {
		log_warn("stick part=%s: not now (%s)", id, rc_name(rc));
		return rc;
	}
	remember(sticks, id, path, &taken);
	say(sticks);
	/* Taken, or kept as held-…: what is said of it stands already. */
	(void)unlink(path);
	(void)unlink(pool_printf(sticks->pool, "%s/stick-%s.json", dir, id));
	return RC_OK;
}

/* ---- what goes back ---- */

static void empty_folder(struct pool *pool, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_type == DT_REG)
			(void)unlink(pool_printf(pool, "%s/%s", path, entry->d_name));
	if (dir != NULL)
		(void)closedir(dir);
}

static enum rc make_return(struct sticks *sticks, const char *board)
{
	const struct settings *settings = sticks->settings;
	const char *wish = pool_printf(sticks->pool, "%s/return-%s", settings->inbox_dir, board);
	const char *dir = pool_printf(sticks->pool, "%s/ve-%s", settings->spool_dir, board);
	json_t *one = json_new_object();
	struct bundle_made made = {.part_count = 0};
	char *by = NULL;
	size_t len = 0;
	enum rc rc = file_read(sticks->pool, wish, 64, &by, &len);

	if (rc == RC_OK)
		rc = file_make_dir(dir, 0750);
	if (rc == RC_OK) {
		empty_folder(sticks->pool, dir);
		rc = bundle_center_make(sticks->store, sticks->pool, &sticks->keys, board, dir, &made);
	}
	json_put(one, "by", by);
	json_put_int(one, "at", when_now_ms());
	json_put(one, "state", rc == RC_OK ? "done" : rc == RC_NOT_FOUND ? "nothing" : "failed");
	json_put(one, "reason", rc == RC_FULL ? "full" : "");
	if (rc == RC_OK)
		bundle_made_json(&made, one);
	json_put_value(json_object_get(sticks->said, "returns"), board, one);
	say(sticks);
	(void)unlink(wish);
	log_info("stick return board=%s rc=%s parts=%zu", board, rc_name(rc), made.part_count);
	return RC_OK;
}

/* ---- the loop ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_board(const char *text)
{
	size_t len = strlen(text);

	/* file_put's own names while it writes are no boards. */
	return len > 0 && len <= 31 && strstr(text, ".tmp-") == NULL && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len &&
			text[0] != '.';
}

static bool is_part(const char *name)
{
	return strncmp(name, "stick-", 6) == 0 && strlen(name) == 42 && strcmp(name + 38, ".age") == 0 &&
			strspn(name + 6, "0123456789abcdef") == 32;
}

/* *later: something must be tried again. */
static void look(struct sticks *sticks, bool *later)
{
	struct pool *names = pool_new();
	char **list = pool_alloc(names, AT_ONCE * sizeof(*list));
	DIR *dir = opendir(sticks->settings->inbox_dir);
	struct dirent *entry;
	size_t count = 0, i;

	while (dir != NULL && count < AT_ONCE && (entry = readdir(dir)) != NULL)
		if (is_part(entry->d_name) || (strncmp(entry->d_name, "return-", 7) == 0 &&
				is_board(entry->d_name + 7)))
			list[count++] = pool_strdup(names, entry->d_name);
	if (dir != NULL)
		(void)closedir(dir);
	/* Returns sort before sticks; of many, nothing depends on the order. */
	qsort(list, count, sizeof(*list), by_name);
	for (i = count; i > 0 && !is_stopped(); i--) {
		const char *name = list[i - 1];

		pool_reset(sticks->pool);
		if (is_part(name))
			*later = take_part(sticks, pool_strndup(names, name + 6, 32)) != RC_OK || *later;
		else
			*later = make_return(sticks, name + 7) != RC_OK || *later;
	}
	*later = *later || count == AT_ONCE;
	pool_free(names);
}

static void load_said(struct sticks *sticks)
{
	sticks->said = json_of_file(sticks->pool, pool_printf(sticks->pool, "%s/" SAID_FILE,
			sticks->settings->health_dir), SAID_MAX);
	if (sticks->said == NULL)
		sticks->said = json_new_object();
	if (!json_is_array(json_object_get(sticks->said, "parts")))
		json_put_value(sticks->said, "parts", json_new_array());
	if (!json_is_object(json_object_get(sticks->said, "returns")))
		json_put_value(sticks->said, "returns", json_new_object());
}

/* Where the pages find it, which read none of the keys. */
static void publish_ca(struct sticks *sticks)
{
	char *text = NULL;
	size_t len = 0;

	if (file_read(sticks->pool, pool_printf(sticks->pool, "%s/ca.crt", sticks->settings->center_key_dir),
			NOTE_MAX, &text, &len) == RC_OK && file_put(sticks->settings->health_dir, "ca.crt", text,
			len, 0640) != RC_OK)
		log_warn("sticks: the CA cannot be shown to the pages");
}

static enum rc open_all(struct sticks *sticks)
{
	struct sigaction stop = {.sa_handler = on_signal};
	enum rc rc;

	if (pipe(stop_pipe) != 0 || fcntl(stop_pipe[1], F_SETFL, O_NONBLOCK) != 0 ||
			sigaction(SIGTERM, &stop, NULL) != 0 || sigaction(SIGINT, &stop, NULL) != 0)
		return RC_IO;
	rc = bundle_keys_load(sticks->settings, sticks->pool, &sticks->keys);
	if (rc == RC_OK)
		rc = store_open(sticks->settings, STORE_TRAM | STORE_PUBLIC, &sticks->store);
	if (rc == RC_OK) {
		load_said(sticks);
		publish_ca(sticks);
	}
	return rc;
}

int machine_stick_main(const struct settings *settings)
{
	struct pool *forever = pool_new();
	struct sticks sticks = {.settings = settings, .pool = forever};
	struct pollfd at[2] = {{.fd = -1, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
	char bytes[4096];
	enum rc rc = open_all(&sticks);

	sticks.pool = pool_new();
	at[0].fd = stop_pipe[0];
	at[1].fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (rc == RC_OK && (at[1].fd < 0 || inotify_add_watch(at[1].fd, settings->inbox_dir,
			IN_MOVED_TO | IN_CREATE) < 0))
		rc = RC_IO;
	if (rc == RC_OK) {
		log_info("sticks are looked after");
		notify_ready();
	}
	while (rc == RC_OK && !is_stopped()) {
		bool later = false;

		notify_alive();
		look(&sticks, &later);
		(void)poll(at, 2, (int)notify_wait_ms(later ? AGAIN_MS : -1));
		while (read(at[1].fd, bytes, sizeof(bytes)) > 0)
			continue;
	}
	notify_stopping();
	if (at[1].fd >= 0)
		(void)close(at[1].fd);
	bundle_keys_free(&sticks.keys);
	store_close(sticks.store);
	json_decref(sticks.said);
	pool_free(sticks.pool);
	pool_free(forever);
	return rc == RC_OK ? 0 : rc == RC_CONFIG || rc == RC_VERSION || rc == RC_NOT_FOUND ?
			EXIT_CONFIGURATION : EXIT_ENVIRONMENT;
}
