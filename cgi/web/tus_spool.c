/*
 * tus_spool.c: files of unfinished uploads. The offset is the size of the file and nothing else, so
 * that no record can run ahead of the bytes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/random.h"
#include "web/tus_spool.h"

#define RECORD_MAX 65536u
#define FILE_MODE 0660

enum rc tus_spool_create(struct pool *pool, const char *dir, const char *prefix, char **path,
		int *fd)
{
	char id[33];

	random_hex(16, id);
	*path = pool_printf(pool, "%s/%s%s", dir, prefix, id);
	*fd = open(*path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (*fd >= 0)
		return RC_OK;
	log_error("spool cannot create a file errno=%d", errno);
	return errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;
}

static enum rc write_record(struct pool *pool, const struct tus_spool *spool)
{
	const struct tus_upload *upload = &spool->upload;
	json_t *record = json_object();
	char *text;

	json_put_int(record, "length", upload->length);
	json_put_int(record, "expires_at", spool->expires_at);
	json_put(record, "scope", upload->scope);
	json_put(record, "sha256", upload->sha256);
	json_put(record, "filename", upload->filename);
	json_put(record, "component", upload->component);
	json_put(record, "target", upload->target);
	if (spool->done)
		json_object_set_new(record, "done", json_true());
	json_put(record, "headers", spool->headers);
	text = json_to_text(pool, record);
	json_decref(record);
	return file_put(spool->dir, pool_printf(pool, "%s.json", upload->id), text, strlen(text),
			FILE_MODE);
}

enum rc tus_spool_new(struct pool *pool, const char *dir, struct tus_spool *spool)
{
	char *path;
	enum rc rc;

	spool->dir = dir;
	spool->expires_at = when_now_ms() + TUS_SPOOL_AGE_MS;
	rc = tus_spool_create(pool, dir, "", &path, &spool->fd);
	if (rc != RC_OK)
		return rc;
	if (flock(spool->fd, LOCK_EX | LOCK_NB) != 0)
		log_warn("spool lock errno=%d", errno);
	spool->upload.path = path;
	memcpy(spool->upload.id, path + strlen(path) - 32, 33);
	rc = write_record(pool, spool);	/* its folder fsync covers both names */
	if (rc != RC_OK)
		tus_spool_remove(pool, spool);
	return rc;
}

static enum rc read_record(struct pool *pool, struct tus_spool *spool)
{
	struct tus_upload *upload = &spool->upload;
	json_t *record = NULL;
	char *text = NULL;
	size_t len = 0;
	enum rc rc;

	rc = file_read(pool, pool_printf(pool, "%s/%s.json", spool->dir, upload->id), RECORD_MAX,
			&text, &len);
	if (rc == RC_OK)
		rc = json_parse(text, len, &record);
	if (rc != RC_OK)
		return rc == RC_INVALID ? RC_NOT_FOUND : rc;
	upload->length = json_int(record, "length", -1);
	upload->scope = pool_strdup(pool, json_text(record, "scope"));
	upload->sha256 = pool_strdup(pool, json_text(record, "sha256"));
	upload->filename = pool_strdup(pool, json_text(record, "filename"));
	upload->component = pool_strdup(pool, json_text(record, "component"));
	upload->target = pool_strdup(pool, json_text(record, "target"));
	spool->expires_at = json_int(record, "expires_at", 0);
	spool->done = json_flag(record, "done");
	spool->headers = pool_strdup(pool, json_text(record, "headers"));
	json_decref(record);
	return RC_OK;
}

enum rc tus_spool_open(struct pool *pool, const char *dir, const char *id, struct tus_spool *spool)
{
	struct tus_upload *upload = &spool->upload;
	struct stat st;
	enum rc rc;

	memset(spool, 0, sizeof *spool);
	spool->fd = -1;
	spool->dir = dir;
	if (strlen(id) != 32 || strspn(id, "0123456789abcdef") != 32)
		return RC_NOT_FOUND;
	memcpy(upload->id, id, 33);
	upload->path = pool_printf(pool, "%s/%s", dir, id);
	spool->fd = open(upload->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (spool->fd >= 0 && flock(spool->fd, LOCK_EX | LOCK_NB) != 0) {
		tus_spool_close(spool);
		return RC_BUSY;
	}
	rc = read_record(pool, spool);
	if (rc == RC_OK && spool->done) {
		upload->offset = upload->length;
		tus_spool_close(spool);
		return RC_OK;
	}
	if (rc == RC_OK && (spool->fd < 0 || fstat(spool->fd, &st) != 0))
		rc = RC_NOT_FOUND;
	if (rc == RC_OK)
		upload->offset = (int64_t)st.st_size;
	else
		tus_spool_close(spool);
	return rc;
}

enum rc tus_spool_finished(struct pool *pool, struct tus_spool *spool, const char *headers)
{
	spool->done = true;
	spool->headers = headers;
	/* A name may name a person; nothing asks for it again. */
	spool->upload.filename = spool->upload.component = spool->upload.target = "";
	(void)unlink(spool->upload.path);	/* where finish left it */
	return write_record(pool, spool);
}

void tus_spool_remove(struct pool *pool, struct tus_spool *spool)
{
	(void)unlink(pool_printf(pool, "%s/%s.json", spool->dir, spool->upload.id));
	(void)unlink(spool->upload.path);
	tus_spool_close(spool);
}

void tus_spool_close(struct tus_spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}

static bool is_old(int dir_fd, const char *name, int64_t now_ms)
{
	struct stat st;

	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) ||
			now_ms - (int64_t)st.st_mtim.tv_sec * 1000 > TUS_SPOOL_AGE_MS;
}

void tus_expire(const struct settings *settings)
{
	DIR *dir = opendir(settings->spool_dir);
	int64_t now_ms = when_now_ms();
	struct dirent *entry;
	unsigned removed = 0;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;
		char bytes[33];

		if (name[0] == '.' || !is_old(dirfd(dir), name, now_ms))
			continue;
		/* A record lives as long as bytes still come in. */
		if (strlen(name) == 37 && strcmp(name + 32, ".json") == 0) {
			snprintf(bytes, sizeof bytes, "%.32s", name);
			if (!is_old(dirfd(dir), bytes, now_ms))
				continue;
		}
		removed += unlinkat(dirfd(dir), name, 0) == 0;
	}
	closedir(dir);
	if (removed > 0)
		log_info("spool expired files=%u", removed);
}
