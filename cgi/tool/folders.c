/*
 * folders.c: see folders.h. Accounts are found, never created.
 */
#define _DEFAULT_SOURCE /* DT_REG */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"
#include "tool/folders.h"

/* Users and groups of an installed package (sysusers.d) with the numbers they have where there is none:
 * on a development machine no accounts are made. */
enum owner { ROOT, WEB, LINK, CENTER, WWW, DATA, AUTH, PUBLIC, INBOX, OUT, HEALTH, OWNERS };
static const struct {
	const char *name;
	unsigned number;
} owners[OWNERS] = {
	[ROOT] = { "root", 0 },
	[WEB] = { "tram-web", 64101 },
	[LINK] = { "tram-link", 64104 },
	[CENTER] = { "tram-center", 64105 },
	[WWW] = { "www-data", 64106 },
	[DATA] = { "tram-data", 64201 },
	[AUTH] = { "tram-auth", 64202 },
	[PUBLIC] = { "tram-public", 64203 },
	[INBOX] = { "tram-inbox", 64205 },
	[OUT] = { "tram-out", 64206 },
	[HEALTH] = { "tram-health", 64208 },
};

#define AT(member) offsetof(struct settings, member)

struct folder {
	size_t path;	/* of the member of settings, or 0 … */
	const char *name;	/* … and a name inside data_dir */
	enum owner user, group;
	mode_t mode;
};

/* Setgid: what is made inside has the folder's group. lighttpd opens what it is told in out/, and cannot
 * list it. */
static const struct folder board_folders[] = {
	{ AT(db_dir), NULL, WEB, DATA, 02770 },
	{ AT(blob_dir), NULL, WEB, DATA, 02770 },
	{ AT(spool_dir), NULL, WEB, DATA, 02770 },
	{ AT(auth_dir), NULL, WEB, AUTH, 02770 },
	{ AT(run_dir), NULL, WEB, AUTH, 02770 },
	{ AT(public_dir), NULL, WEB, PUBLIC, 02770 },
	{ AT(out_dir), NULL, WEB, OUT, 02710 },
	{ AT(inbox_dir), NULL, LINK, INBOX, 02770 },
	{ AT(health_dir), NULL, LINK, HEALTH, 02770 },
	/* Everybody reads how the time is known; the forwarder and, for a manager, the pages write it. */
	{ AT(clock_dir), NULL, LINK, DATA, 02775 },
	{ AT(sock_dir), NULL, ROOT, ROOT, 0755 },
	{ 0, "keys", ROOT, ROOT, 0755 },
	{ AT(web_key_dir), NULL, WEB, WEB, 0700 },
	{ AT(link_key_dir), NULL, LINK, LINK, 0700 },
	{ 0, "keys/tls", WWW, WWW, 0700 },
	/* What tablets fetch before they trust the pages (tablet.c). */
	{ 0, "start", WWW, WWW, 0755 },
	{ 0, "upload", WWW, WWW, 0700 },
	{ 0, "log", ROOT, ROOT, 0755 },
};

static const struct folder center_folders[] = {
	{ AT(db_dir), NULL, CENTER, CENTER, 02770 },
	{ AT(blob_dir), NULL, CENTER, CENTER, 02770 },
	{ AT(spool_dir), NULL, CENTER, CENTER, 02770 },
	{ AT(auth_dir), NULL, CENTER, CENTER, 02770 },
	{ AT(run_dir), NULL, CENTER, CENTER, 02770 },
	{ AT(public_dir), NULL, CENTER, PUBLIC, 02770 },
	{ AT(out_dir), NULL, CENTER, OUT, 02710 },
	{ AT(inbox_dir), NULL, CENTER, CENTER, 02770 },
	{ AT(health_dir), NULL, CENTER, CENTER, 02770 },
	/* Releases for the boards (machine_release.c). */
	{ 0, "offer", CENTER, CENTER, 02770 },
	{ AT(sock_dir), NULL, ROOT, ROOT, 0755 },
	{ 0, "keys", ROOT, ROOT, 0755 },
	{ AT(center_key_dir), NULL, CENTER, CENTER, 0700 },
	{ 0, "keys/tls", WWW, WWW, 0700 },
	{ 0, "upload", WWW, WWW, 0700 },
	{ 0, "log", ROOT, ROOT, 0755 },
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

/* Of www-data alone nothing follows: every Debian has it. */
static bool installed(void)
{
	return getpwnam(owners[WEB].name) != NULL || getpwnam(owners[CENTER].name) != NULL;
}

static enum rc numbers_of(const struct folder *folder, uid_t *uid, gid_t *gid)
{
	const struct passwd *user;
	const struct group *group;

	*uid = owners[folder->user].number;
	*gid = owners[folder->group].number;
	if (!installed())
		return RC_OK;
	user = getpwnam(owners[folder->user].name);
	/* A user's own group has its name. */
	group = getgrnam(owners[folder->group].name);
	if (user == NULL || group == NULL) {
		log_error("folders: no user %s or no group %s on this machine",
				owners[folder->user].name, owners[folder->group].name);
		return RC_CONFIG;
	}
	*uid = user->pw_uid;
	*gid = group->gr_gid;
	return RC_OK;
}

/* chown first: it clears the setgid bit. */
static enum rc give(const char *path, bool apart, const struct folder *folder, mode_t mode)
{
	enum rc rc = RC_OK;
	uid_t uid = 0;
	gid_t gid = 0;

	if (apart)
		rc = numbers_of(folder, &uid, &gid);
	if (rc == RC_OK && ((apart && chown(path, uid, gid)) || chmod(path, mode))) {
		log_error("folders path=%s: %s", path, strerror(errno));
		rc = RC_IO;
	}
	return rc;
}

bool folders_apart(const struct settings *settings)
{
	struct stat st;

	return geteuid() == 0 && (stat(settings->db_dir, &st) || st.st_uid != 0);
}

/* Lies beside the sockets; pages write a byte, forward reads. */
static enum rc make_wake(struct pool *pool, const struct settings *settings, bool apart)
{
	static const struct folder as = { 0, NULL, LINK, DATA, 0660 };
	const char *path = pool_printf(pool, "%s/wake", settings->sock_dir);

	if (mkfifo(path, 0660) && errno != EEXIST) {
		log_error("folders path=%s: %s", path, strerror(errno));
		return RC_IO;
	}
	return give(path, apart, &as, as.mode);
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
			rc = give(path, apart, &folders[i], folders[i].mode);
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
			rc = give(pool_printf(pool, "%s/%s", path, entry->d_name), apart, folder,
					folder->mode & 0666);
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
		if (folders[i].user != ROOT && folders[i].path != AT(blob_dir)
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
