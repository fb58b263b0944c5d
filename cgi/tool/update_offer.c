/*
 * update_offer.c: a release is taken: judged by its signature and versions, its package unpacked whole.
 */
#define _GNU_SOURCE /* syncfs */
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
#include "tool/update_step.h"

#define KEY_MAX 65536u
#define PIECE 65536u

extern char **environ;

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

void update_remove(const char *path)
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
			|| file_read(update->pool, update->settings->release_key_file, KEY_MAX, &pem, &len))
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
	if (!update_fits(update, release, true))
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

	*taken = update_in_data(update, "update/package.deb");
	if (rc == RC_OK)
		rc = file_make_dir(update_in_data(update, "update"), 0755);
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
	char *dir = update_in_data(update, "releases"), *fresh = pool_printf(update->pool, "%s/.new", dir);
	char *place = pool_printf(update->pool, "%s/%s", dir, release->version);
	const char *const words[] = { "dpkg-deb", "-x", package, fresh, NULL };
	struct release inside;
	enum rc rc = file_make_dir(dir, 0755);
	int fd = -1;

	if (rc != RC_OK)
		return rc;
	update_remove(fresh);
	update_remove(place);
	/* umask does not decide who may start a version: each program runs as a user of its own. */
	if (chmod(dir, 0755) || mkdir(fresh, 0755) || chmod(fresh, 0755) || run(words) != RC_OK) {
		rc = file_free_bytes(dir) < PIECE ? RC_FULL : RC_DENIED;
		goto out;
	}
	rc = update_describe(update, pool_printf(update->pool, "%s/" UPDATE_PROGRAMS, fresh), &inside);
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
	update_remove(fresh);
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
	update->from = update_current(update);
	update->to = release.version;
	update->tries = 0;
	return update_write(update, UPDATE_OFFERED, "");
}
