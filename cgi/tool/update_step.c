/*
 * update_step.c: see update_step.h.
 */
#define _GNU_SOURCE /* syncfs */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "store/db_copy.h"
#include "tool/update_step.h"

#define STATE_FILE "state.json"
#define HEALTH_FILE "update.json"
#define RELEASE_JSON "release.json"	/* beside the programs of a version */
#define PROGRAMS "usr/lib/tram"		/* inside a package */
#define STATE_MAX 65536u
#define TRIES_MAX 3
#define PIECE 65536u

extern char **environ;

static const char *const steps[] = {
	[UPDATE_NONE] = "none", [UPDATE_OFFERED] = "offered", [UPDATE_COPIED] = "copied",
	[UPDATE_SWITCHED] = "switched", [UPDATE_DONE] = "done", [UPDATE_BACK] = "back",
};

static char *in_data(struct update *update, const char *name)
{
	return pool_printf(update->pool, "%s/%s", update->settings->data_dir, name);
}

const char *update_step_name(enum update_step step)
{
	return steps[step];
}

/* ---- the state ---- */

enum rc update_read(struct update *update)
{
	json_t *state = NULL;
	char *text;
	size_t len, i;
	enum rc rc;

	update->step = UPDATE_NONE;
	update->from = update->to = update->reason = "";
	update->tries = 0;
	rc = file_read(update->pool, in_data(update, "update/" STATE_FILE), STATE_MAX, &text, &len);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	if (json_parse(text, len, &state) != RC_OK) {
		log_warn("update: its state cannot be read: as if there were none");
		return RC_OK;
	}
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(json_text(state, "step"), steps[i]) == 0)
			update->step = (enum update_step)i;
	}
	update->from = pool_strdup(update->pool, json_text(state, "from"));
	update->to = pool_strdup(update->pool, json_text(state, "to"));
	update->reason = pool_strdup(update->pool, json_text(state, "reason"));
	update->tries = json_int(state, "tries", 0);
	/* They become names of folders. */
	if (update->step != UPDATE_NONE && (!release_is_version(update->to)
			|| (*update->from && !release_is_version(update->from))))
		update->step = UPDATE_NONE;
	json_decref(state);
	return RC_OK;
}

static json_t *state_of(const struct update *update)
{
	json_t *state = json_new_object();

	json_put(state, "step", steps[update->step]);
	json_put(state, "from", update->from);
	json_put(state, "to", update->to);
	json_put(state, "reason", update->reason);
	json_put_int(state, "tries", update->tries);
	json_put_int(state, "at", when_now_ms());
	return state;
}

/* For the technician's page, which may read nothing else of this. */
static void tell_health(struct update *update)
{
	json_t *state = state_of(update);
	struct release running;
	const char *programs;
	struct stat info;
	char *text;

	if (update_running(update, &programs, &running) == RC_OK) {
		json_put(state, "version", running.version);
		json_put_int(state, "made_at", running.made_at);
	}
	if (update->patched && stat(update->patched, &info) == 0)
		json_put_int(state, "patched_at", (int64_t)info.st_mtim.tv_sec * 1000);
	text = json_to_text(update->pool, state);
	json_decref(state);
	if (file_put(update->settings->health_dir, HEALTH_FILE, text, strlen(text), 0644))
		log_warn("update: the health folder does not take its state");
}

enum rc update_write(struct update *update, enum update_step step, const char *reason)
{
	json_t *state;
	char *text;
	enum rc rc;

	update->step = step;
	update->reason = reason;
	state = state_of(update);
	text = json_to_text(update->pool, state);
	json_decref(state);
	rc = file_make_dir(in_data(update, "update"), 0755);
	if (rc == RC_OK)
		rc = file_put(in_data(update, "update"), STATE_FILE, text, strlen(text), 0644);
	if (rc == RC_OK)
		tell_health(update);
	if (rc == RC_OK)
		log_info("update step=%s to=%s reason=%s", steps[step], update->to, *reason ? reason : "-");
	return rc;
}

/* ---- versions on the disk ---- */

enum rc update_describe(struct update *update, const char *programs, struct release *out)
{
	char *text;
	size_t len;
	enum rc rc = file_read(update->pool, pool_printf(update->pool, "%s/" RELEASE_JSON, programs),
			RELEASE_TOKEN_MAX, &text, &len);

	return rc == RC_OK ? release_parse(update->pool, text, len, out) : rc;
}

char *update_programs(struct update *update, const char *version)
{
	return pool_printf(update->pool, "%s/releases/%s/" PROGRAMS, update->settings->data_dir, version);
}

/* The version that releases/current names, "": the machine's own package. */
static const char *current(struct update *update)
{
	char name[128];
	ssize_t len = readlink(in_data(update, "releases/current"), name, sizeof(name) - 1);

	if (len <= 0)
		return "";
	name[len] = '\0';
	return release_is_version(name) ? pool_strdup(update->pool, name) : "";
}

enum rc update_running(struct update *update, const char **programs, struct release *out)
{
	const char *version = current(update);
	struct release own;
	enum rc rc = update_describe(update, update->factory, &own);

	*programs = update->factory;
	*out = own;
	if (rc != RC_OK) {
		log_error("update folder=%s: no version is told there", update->factory);
		return RC_CONFIG;
	}
	/* A newer package of the machine itself wins: it was installed by hand, or the card was made anew. */
	if (*version == '\0' || update_describe(update, update_programs(update, version), out) != RC_OK
			|| release_compare(out->version, own.version) <= 0) {
		*out = own;
		return RC_OK;
	}
	*programs = update_programs(update, version);
	return RC_OK;
}

/* A link that always names something whole: made beside and renamed. target "": none. */
static enum rc put_link(struct update *update, const char *dir, const char *name, const char *target)
{
	char *path = pool_printf(update->pool, "%s/%s", dir, name);
	char *fresh = pool_printf(update->pool, "%s.new", path);

	(void)unlink(fresh);
	if (*target == '\0') {
		if (unlink(path) && errno != ENOENT)
			return RC_IO;
	} else if (symlink(target, fresh) || rename(fresh, path)) {
		log_error("update link=%s: %s", path, strerror(errno));
		return errno == ENOSPC ? RC_FULL : RC_IO;
	}
	file_sync_dir_or_die(dir);
	return RC_OK;
}

static enum rc point(struct update *update, const char *version)
{
	return put_link(update, in_data(update, "releases"), "current", version);
}

/* ---- offer ---- */

static enum rc run(const char *const *words)
{
	pid_t pid = -1;
	int status = 0;

	if (posix_spawnp(&pid, words[0], NULL, NULL, (char *const *)(size_t)words, environ))
		return RC_IO;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? RC_OK : RC_IO;
}

static void remove_tree(const char *path)
{
	const char *const words[] = { "rm", "-rf", "--", path, NULL };

	if (run(words) != RC_OK)
		log_warn("update path=%s: cannot be removed", path);
}

static enum rc load_key(struct update *update, struct jws_key **out)
{
	char *pem;
	size_t len;

	*out = NULL;
	if (update->settings->release_key_file[0] == '\0'
			|| file_read(update->pool, update->settings->release_key_file, STATE_MAX, &pem, &len))
		return RC_NOT_FOUND;
	return jws_key_parse(pem, out);
}

static enum rc read_offer(struct update *update, const char *folder, struct release *out,
		const char **reason)
{
	struct jws_key *key = NULL;
	char *token;
	size_t len;
	enum rc rc = file_read(update->pool, pool_printf(update->pool, "%s/" RELEASE_FILE, folder),
			RELEASE_TOKEN_MAX, &token, &len);

	if (rc != RC_OK)
		return rc == RC_TOO_LARGE ? RC_DENIED : rc;
	while (len > 0 && (token[len - 1] == '\n' || token[len - 1] == '\r'))
		token[--len] = '\0';
	*reason = "key";
	if (load_key(update, &key) != RC_OK)
		return RC_DENIED;
	rc = release_verify(update->pool, key, token, out, reason);
	jws_key_free(key);
	return rc == RC_OK ? RC_OK : RC_DENIED;
}

/* A version with this schema serves databases as they are now; newer: or brings them up. */
static bool fits_databases(struct update *update, const struct release *release, bool newer)
{
	int found, kind;

	for (kind = 0; kind < RELEASE_KINDS; kind++) {
		enum rc rc = db_schema_found(update->settings, (enum db_kind)kind, &found);

		if (rc == RC_NOT_FOUND)	/* made at the next start, or not of this side */
			continue;
		if (rc != RC_OK || (newer ? found > release->schema[kind] : found != release->schema[kind]))
			return false;
	}
	return true;
}

static const char *judge(struct update *update, const struct release *release)
{
	struct release running;
	const char *programs;
	int order;

	if (update_running(update, &programs, &running) != RC_OK)
		return "package";
	order = release_compare(release->version, running.version);
	if (order < 0)
		return "older";
	if (order == 0)
		return "same";
	if (strcmp(release->channel, update->settings->release_channel) != 0)
		return "channel";
	if (when_now_ms() < release->not_before)
		return "early";
	if (!fits_databases(update, release, true))
		return "schema";
	/* It was tried and did not pass; the next one may. */
	if (update->step == UPDATE_BACK && release_compare(release->version, update->to) == 0)
		return "failed";
	return NULL;
}

/* Copies the package while measuring it: what is unpacked is what was measured, whatever a stick does
 * meanwhile. */
static enum rc take_package(struct update *update, const char *folder,
		const struct release_package *package, char **taken)
{
	char *from = pool_printf(update->pool, "%s/%s", folder, package->file);
	struct hash *hash = hash_new();
	uint8_t *piece = pool_alloc(update->pool, PIECE), found[HASH_SIZE];
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW), out = -1;
	int64_t size = 0;
	size_t got = 1;
	enum rc rc = in < 0 ? RC_DENIED : RC_OK;

	*taken = in_data(update, "update/package.deb");
	if (rc == RC_OK)
		rc = file_make_dir(in_data(update, "update"), 0755);
	if (rc == RC_OK) {
		out = open(*taken, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
		rc = out < 0 ? RC_IO : RC_OK;
	}
	while (rc == RC_OK && got > 0 && size <= package->size_bytes) {
		rc = file_read_all(in, piece, PIECE, &got);
		if (rc == RC_OK)
			rc = file_write_all(out, piece, got);
		hash_update(hash, piece, got);
		size += (int64_t)got;
	}
	hash_final(hash, found);
	hash_free(hash);
	if (rc == RC_OK && (size != package->size_bytes || memcmp(found, package->sha256, HASH_SIZE) != 0))
		rc = RC_DENIED;
	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);
	return rc;
}

/* Unpacked under another name, checked, synced, renamed: a folder of a version's name is whole. */
static enum rc unpack(struct update *update, const struct release *release, const char *package)
{
	char *dir = in_data(update, "releases"), *fresh = pool_printf(update->pool, "%s/.new", dir);
	char *place = pool_printf(update->pool, "%s/%s", dir, release->version);
	const char *const words[] = { "dpkg-deb", "-x", package, fresh, NULL };
	struct release inside;
	enum rc rc = file_make_dir(dir, 0755);
	int fd = -1;

	if (rc != RC_OK)
		return rc;
	remove_tree(fresh);
	remove_tree(place);
	if (mkdir(fresh, 0755) || run(words) != RC_OK) {
		rc = file_free_bytes(dir) < PIECE ? RC_FULL : RC_DENIED;
		goto out;
	}
	rc = update_describe(update, pool_printf(update->pool, "%s/" PROGRAMS, fresh), &inside);
	if (rc != RC_OK || release_compare(inside.version, release->version) != 0
			|| memcmp(inside.schema, release->schema, sizeof(inside.schema)) != 0) {
		rc = RC_DENIED;
		goto out;
	}
	fd = open(fresh, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || syncfs(fd) != 0)
		log_fatal("update: the new version cannot be made durable: %s", strerror(errno));
	rc = rename(fresh, place) ? RC_IO : RC_OK;
	if (rc == RC_OK)
		file_sync_dir_or_die(dir);
out:
	if (fd >= 0)
		(void)close(fd);
	remove_tree(fresh);
	return rc;
}

enum rc update_offer(struct update *update, const char *folder, const char **reason)
{
	const struct release_package *package;
	struct release release;
	char *taken;
	enum rc rc;

	*reason = "manifest";
	if (update->step == UPDATE_SWITCHED)
		return RC_BUSY;
	rc = read_offer(update, folder, &release, reason);
	if (rc != RC_OK)
		return rc;
	*reason = judge(update, &release);
	if (*reason)
		return RC_DENIED;
	if ((update->step == UPDATE_OFFERED || update->step == UPDATE_COPIED)
			&& release_compare(release.version, update->to) <= 0)
		return RC_EXISTS;
	*reason = "package";
	package = release_find(&release, update->settings->side == SIDE_BOARD ? "tram-board"
			: "tram-center", release_machine(), update->suite);
	if (!package)
		return RC_DENIED;
	*reason = "content";
	rc = take_package(update, folder, package, &taken);
	if (rc == RC_OK)
		rc = unpack(update, &release, taken);
	(void)unlink(taken);
	if (rc != RC_OK)
		return rc;
	*reason = "";
	update->from = current(update);
	update->to = release.version;
	update->tries = 0;
	return update_write(update, UPDATE_OFFERED, "");
}

/* ---- the other steps ---- */

enum rc update_copy(struct update *update)
{
	static const enum db_kind kinds[] = { DB_TRAM, DB_AUTH };
	char *dir = in_data(update, "update/copy");
	size_t i;
	enum rc rc;

	if (update->step != UPDATE_OFFERED)
		return update->step == UPDATE_COPIED ? RC_EXISTS : RC_NOT_FOUND;
	rc = file_make_dir(dir, 0700);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && rc == RC_OK; i++) {
		char *to = pool_printf(update->pool, "%s/%s.db", dir, i == 0 ? "tram" : "auth");
		char *fresh = pool_printf(update->pool, "%s.new", to);

		if (kinds[i] == DB_TRAM && update->settings->pg[0])
			continue;	/* its own tools copy a PostgreSQL database */
		db_copy_remove(update->pool, fresh);
		rc = db_copy_pages(db_copy_path(update->pool, update->settings, kinds[i]), fresh);
		if (rc == RC_OK && rename(fresh, to))
			rc = RC_IO;
	}
	if (rc != RC_OK)
		return rc;
	file_sync_dir_or_die(dir);
	return update_write(update, UPDATE_COPIED, "");
}

enum rc update_switch(struct update *update)
{
	struct release release;
	enum rc rc;

	if (update->step == UPDATE_SWITCHED)
		return point(update, update->to);
	if (update->step != UPDATE_COPIED)
		return RC_NOT_FOUND;
	rc = update_describe(update, update_programs(update, update->to), &release);
	if (rc != RC_OK) {	/* somebody took it away: the next offer begins anew */
		enum rc told = update_write(update, UPDATE_NONE, "content");

		return told != RC_OK ? told : rc;
	}
	update->tries = 0;
	rc = update_write(update, UPDATE_SWITCHED, "");
	return rc == RC_OK ? point(update, update->to) : rc;
}

/* To the version before, if it serves the databases as they are. */
static enum rc go_back(struct update *update, const char *reason)
{
	const char *programs = *update->from ? update_programs(update, update->from) : update->factory;
	struct release before;
	enum rc rc = update_describe(update, programs, &before);

	if (rc != RC_OK || !fits_databases(update, &before, false)) {
		log_error("update to=%s reason=%s: the version before does not serve these databases", update->to,
				reason);
		return RC_CONFLICT;
	}
	rc = point(update, update->from);
	return rc == RC_OK ? update_write(update, UPDATE_BACK, reason) : rc;
}

static bool is_kept(const struct update *update, const char *name)
{
	return name[0] == '.' || strcmp(name, "current") == 0 || strcmp(name, update->to) == 0
			|| strcmp(name, update->from) == 0;
}

/* One version to go back to is enough. */
static void prune(struct update *update)
{
	char *dir = in_data(update, "releases");
	DIR *list = opendir(dir);
	struct dirent *entry;

	while (list && (entry = readdir(list))) {
		if (!is_kept(update, entry->d_name))
			remove_tree(pool_printf(update->pool, "%s/%s", dir, entry->d_name));
	}
	if (list)
		closedir(list);
}

enum rc update_settle(struct update *update, bool passed, const char *reason)
{
	enum rc rc;

	if (update->step != UPDATE_SWITCHED)
		return RC_NOT_FOUND;
	if (!passed)
		return go_back(update, reason);
	rc = update_write(update, UPDATE_DONE, "");
	if (rc == RC_OK)
		prune(update);
	return rc;
}

enum rc update_resume(struct update *update)
{
	const char *programs;
	struct release running;
	enum rc rc = RC_OK;
	char *dir, *slash;

	if (update->step == UPDATE_SWITCHED) {
		update->tries++;
		rc = update->tries > TRIES_MAX ? go_back(update, "starts") : RC_CONFLICT;
		/* It stays on the new version: there is no other that serves these databases. */
		if (rc == RC_CONFLICT)
			rc = update_write(update, UPDATE_SWITCHED, "");
		if (rc == RC_OK && update->step == UPDATE_SWITCHED)
			rc = point(update, update->to);
	}
	if (rc == RC_OK)
		rc = update_running(update, &programs, &running);
	if (rc == RC_OK)
		tell_health(update);
	if (rc != RC_OK || !update->link[0])
		return rc;
	dir = pool_strdup(update->pool, update->link);
	slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return RC_INVALID;
	*slash = '\0';
	return put_link(update, dir, slash + 1, programs);
}
