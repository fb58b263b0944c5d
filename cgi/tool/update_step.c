/*
 * update_step.c: see update_step.h.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "store/db_copy.h"
#include "tool/update_step.h"

#define STATE_FILE "state.json"
#define HEALTH_FILE "update.json"
#define RELEASE_JSON "release.json"	/* beside the programs of a version */
#define STATE_MAX 65536u
#define TRIES_MAX 3

static const char *const steps[] = {
	[UPDATE_NONE] = "none", [UPDATE_OFFERED] = "offered", [UPDATE_COPIED] = "copied",
	[UPDATE_SWITCHED] = "switched", [UPDATE_DONE] = "done", [UPDATE_BACK] = "back",
};

char *update_in_data(struct update *update, const char *name)
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
	rc = file_read(update->pool, update_in_data(update, "update/" STATE_FILE), STATE_MAX, &text, &len);
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
	rc = file_make_dir(update_in_data(update, "update"), 0755);
	if (rc == RC_OK)
		rc = file_put(update_in_data(update, "update"), STATE_FILE, text, strlen(text), 0644);
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
	return pool_printf(update->pool, "%s/releases/%s/" UPDATE_PROGRAMS, update->settings->data_dir, version);
}

/* The version that releases/current names, "": the machine's own package. */
const char *update_current(struct update *update)
{
	char name[128];
	ssize_t len = readlink(update_in_data(update, "releases/current"), name, sizeof(name) - 1);

	if (len <= 0)
		return "";
	name[len] = '\0';
	return release_is_version(name) ? pool_strdup(update->pool, name) : "";
}

enum rc update_running(struct update *update, const char **programs, struct release *out)
{
	const char *version = update_current(update);
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
	return put_link(update, update_in_data(update, "releases"), "current", version);
}

/* A version with this schema serves databases as they are now; newer: or brings them up. */
bool update_fits(struct update *update, const struct release *release, bool newer)
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

/* ---- the other steps ---- */

enum rc update_copy(struct update *update)
{
	static const enum db_kind kinds[] = { DB_TRAM, DB_AUTH };
	char *dir = update_in_data(update, "update/copy");
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

	if (rc != RC_OK || !update_fits(update, &before, false)) {
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
	char *dir = update_in_data(update, "releases");
	DIR *list = opendir(dir);
	struct dirent *entry;

	while (list && (entry = readdir(list))) {
		if (!is_kept(update, entry->d_name))
			update_remove(pool_printf(update->pool, "%s/%s", dir, entry->d_name));
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
