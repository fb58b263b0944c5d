/*
 * folders.c: see folders.h. The numbers are of the project's own; no accounts are created.
 */
#define _DEFAULT_SOURCE /* DT_REG */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"
#include "tool/folders.h"

enum {
	UID_WEB = 64101, UID_LINK = 64104, UID_CENTER = 64105, UID_WWW = 64106,
	GID_DATA = 64201, GID_AUTH = 64202, GID_PUBLIC = 64203, GID_INBOX = 64205, GID_OUT = 64206,
	GID_HEALTH = 64208
};

#define AT(member) offsetof(struct settings, member)

struct folder {
	size_t path;	/* of the member of settings, or 0 … */
	const char *name;	/* … and a name inside data_dir */
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/* Setgid: what is made inside has the folder's group. lighttpd opens what it is told in out/, and cannot
 * list it. */
static const struct folder board_folders[] = {
	{ AT(db_dir), NULL, UID_WEB, GID_DATA, 02770 },
	{ AT(blob_dir), NULL, UID_WEB, GID_DATA, 02770 },
	{ AT(spool_dir), NULL, UID_WEB, GID_DATA, 02770 },
	{ AT(auth_dir), NULL, UID_WEB, GID_AUTH, 02770 },
	{ AT(run_dir), NULL, UID_WEB, GID_AUTH, 02770 },
	{ AT(public_dir), NULL, UID_WEB, GID_PUBLIC, 02770 },
	{ AT(out_dir), NULL, UID_WEB, GID_OUT, 02710 },
	{ AT(inbox_dir), NULL, UID_LINK, GID_INBOX, 02770 },
	{ AT(health_dir), NULL, UID_LINK, GID_HEALTH, 02770 },
	/* Everybody reads how the time is known; the forwarder and, for a manager, the pages write it. */
	{ AT(clock_dir), NULL, UID_LINK, GID_DATA, 02775 },
	{ AT(sock_dir), NULL, 0, 0, 0755 },
	{ 0, "keys", 0, 0, 0755 },
	{ AT(web_key_dir), NULL, UID_WEB, UID_WEB, 0700 },
	{ AT(link_key_dir), NULL, UID_LINK, UID_LINK, 0700 },
	{ 0, "keys/tls", UID_WWW, UID_WWW, 0700 },
	/* What tablets fetch before they trust the pages (tablet.c). */
	{ 0, "start", UID_WWW, UID_WWW, 0755 },
	{ 0, "upload", UID_WWW, UID_WWW, 0700 },
	{ 0, "log", 0, 0, 0755 },
};

static const struct folder center_folders[] = {
	{ AT(db_dir), NULL, UID_CENTER, UID_CENTER, 02770 },
	{ AT(blob_dir), NULL, UID_CENTER, UID_CENTER, 02770 },
	{ AT(spool_dir), NULL, UID_CENTER, UID_CENTER, 02770 },
	{ AT(auth_dir), NULL, UID_CENTER, UID_CENTER, 02770 },
	{ AT(run_dir), NULL, UID_CENTER, UID_CENTER, 02770 },
	{ AT(public_dir), NULL, UID_CENTER, GID_PUBLIC, 02770 },
	{ AT(out_dir), NULL, UID_CENTER, GID_OUT, 02710 },
	{ AT(inbox_dir), NULL, UID_CENTER, UID_CENTER, 02770 },
	{ AT(health_dir), NULL, UID_CENTER, UID_CENTER, 02770 },
	{ AT(sock_dir), NULL, 0, 0, 0755 },
	{ 0, "keys", 0, 0, 0755 },
	{ AT(center_key_dir), NULL, UID_CENTER, UID_CENTER, 0700 },
	{ 0, "keys/tls", UID_WWW, UID_WWW, 0700 },
	{ 0, "upload", UID_WWW, UID_WWW, 0700 },
	{ 0, "log", 0, 0, 0755 },
};

static const struct folder *folders_of(const struct settings *settings, size_t *count)
{
	if (settings->side == SIDE_CENTER) {
		*count = sizeof(center_folders) / sizeof(center_folders[0]);
		return center_folders;
	}
	*count = sizeof(board_folders) / sizeof(board_folders[0]);
	return board_folders;
}

static const char *path_of(struct pool *pool, const struct settings *settings,
		const struct folder *folder)
{
	if (folder->name)
		return pool_printf(pool, "%s/%s", settings->data_dir, folder->name);
	return *(char *const *)((const char *)settings + folder->path);
}

/* chown first: it clears the setgid bit. */
static enum rc give(const char *path, bool apart, uid_t uid, gid_t gid, mode_t mode)
{
	if ((apart && chown(path, uid, gid)) || chmod(path, mode)) {
		log_error("folders path=%s: %s", path, strerror(errno));
		return RC_IO;
	}
	return RC_OK;
}

bool folders_apart(const struct settings *settings)
{
	struct stat st;

	return geteuid() == 0 && (stat(settings->db_dir, &st) || st.st_uid != 0);
}

/* Lies beside the sockets; pages write a byte, forward reads. */
static enum rc make_wake(struct pool *pool, const struct settings *settings, bool apart)
{
	const char *path = pool_printf(pool, "%s/wake", settings->sock_dir);

	if (mkfifo(path, 0660) && errno != EEXIST) {
		log_error("folders path=%s: %s", path, strerror(errno));
		return RC_IO;
	}
	return give(path, apart, UID_LINK, GID_DATA, 0660);
}

enum rc folders_make(const struct settings *settings, bool apart)
{
	struct pool *pool = pool_new();
	/* umask does not decide whether the programs may come through. */
	enum rc rc = chmod(settings->data_dir, 0755) == 0 ? RC_OK : RC_IO;
	size_t count, i;
	const struct folder *folders = folders_of(settings, &count);

	for (i = 0; i < count && rc == RC_OK; i++) {
		const char *path = path_of(pool, settings, &folders[i]);

		rc = file_make_dir(path, 0755);
		if (rc != RC_OK)
			log_error("folders path=%s: cannot be made (%s)", path, rc_name(rc));
		else
			rc = give(path, apart, folders[i].uid, folders[i].gid, folders[i].mode);
	}
	if (rc == RC_OK && settings->side == SIDE_BOARD)
		rc = make_wake(pool, settings, apart);
	pool_free(pool);
	return rc;
}

/* Plain files of one folder; folders below it (a center's blobs/<board>) make their own. */
static enum rc settle(struct pool *pool, const char *path, bool apart,
		const struct folder *folder)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	enum rc rc = RC_OK;

	if (!dir) {
		log_error("folders path=%s: %s", path, strerror(errno));
		return RC_IO;
	}
	while (rc == RC_OK && (entry = readdir(dir))) {
		if (entry->d_type == DT_REG)
			rc = give(pool_printf(pool, "%s/%s", path, entry->d_name), apart, folder->uid,
					folder->gid, folder->mode & 0666);
	}
	closedir(dir);
	return rc;
}

enum rc folders_settle(const struct settings *settings, bool apart)
{
	struct pool *pool = pool_new();
	enum rc rc = RC_OK;
	size_t count, i;
	const struct folder *folders = folders_of(settings, &count);

	for (i = 0; i < count && rc == RC_OK; i++) {
		const char *path = path_of(pool, settings, &folders[i]);

		/* Contents, links and what is under way keep their own modes. */
		if (folders[i].uid != 0 && folders[i].path != AT(blob_dir)
				&& folders[i].path != AT(spool_dir) && folders[i].path != AT(out_dir))
			rc = settle(pool, path, apart, &folders[i]);
	}
	pool_free(pool);
	return rc;
}

enum rc folders_settle_contents(const struct settings *settings, bool apart)
{
	struct pool *pool = pool_new();
	enum rc rc = RC_OK;
	size_t count, i;
	const struct folder *folders = folders_of(settings, &count);

	for (i = 0; i < count && rc == RC_OK; i++) {
		if (folders[i].path == AT(blob_dir))
			rc = settle(pool, path_of(pool, settings, &folders[i]), apart, &folders[i]);
	}
	pool_free(pool);
	return rc;
}
