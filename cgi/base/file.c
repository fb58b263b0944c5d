/*
 * file.c: see file.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

enum rc file_read_all(int fd, void *bytes, size_t size, size_t *got)
{
	*got = 0;
	while (*got < size) {
		ssize_t n = read(fd, (uint8_t *)bytes + *got, size - *got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return RC_IO;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return RC_OK;
}

enum rc file_read(struct pool *pool, const char *path, size_t max_bytes, char **out, size_t *len)
{
	enum rc rc = RC_IO;
	struct stat info;
	size_t got = 0;
	char *bytes;
	int fd;

	*out = NULL;
	*len = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? RC_NOT_FOUND : RC_IO;
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		goto out;
	rc = RC_TOO_LARGE;
	if (info.st_size < 0 || (uintmax_t)info.st_size > max_bytes)
		goto out;
	/* One more byte than the file has: a file that grew meanwhile is seen. */
	bytes = pool_alloc(pool, (size_t)info.st_size + 2);
	rc = file_read_all(fd, bytes, (size_t)info.st_size + 1, &got);
	if (rc == RC_OK && got > (size_t)info.st_size)
		rc = RC_IO;
	if (rc == RC_OK) {
		bytes[got] = '\0';
		*out = bytes;
		*len = got;
	}
out:
	close(fd);
	return rc;
}

enum rc file_write_all(int fd, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;
		at += n;
		len -= (size_t)n;
	}
	return RC_OK;
}

void file_sync_or_die(int fd, const char *what)
{
	if (fsync(fd) != 0)
		log_fatal("fsync what=%s errno=%d", what, errno);
}

void file_sync_dir_or_die(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		log_fatal("fsync what=folder errno=%d", errno);
	file_sync_or_die(fd, "folder");
	close(fd);
}

static enum rc rc_of_errno(int error)
{
	return error == ENOSPC || error == EDQUOT ? RC_FULL : RC_IO;
}

enum rc file_put(const char *dir, const char *name, const void *bytes, size_t len, mode_t mode)
{
	enum rc rc = RC_IO;
	struct pool *pool = pool_new();
	char *path = pool_printf(pool, "%s/%s", dir, name);
	char *temporary = pool_printf(pool, "%s.tmp-%ld", path, (long)getpid());
	int fd;

	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0) {
		rc = rc_of_errno(errno);
		goto out;
	}
	rc = file_write_all(fd, bytes, len);
	if (rc == RC_OK)
		file_sync_or_die(fd, name);
	if (close(fd) != 0 && rc == RC_OK)
		rc = rc_of_errno(errno);
	if (rc == RC_OK && rename(temporary, path) != 0)
		rc = rc_of_errno(errno);
	if (rc == RC_OK)
		file_sync_dir_or_die(dir);
	else
		unlink(temporary);
out:
	pool_free(pool);
	return rc;
}

enum rc file_make_dir(const char *path, mode_t mode)
{
	enum rc rc = RC_OK;
	struct pool *pool = pool_new();
	char *copy = pool_strdup(pool, path);
	char *slash = copy;
	struct stat info;

	while (rc == RC_OK && *slash) {
		char kept;

		slash += strspn(slash, "/");
		slash += strcspn(slash, "/");
		kept = *slash;
		*slash = '\0';
		if (mkdir(copy, mode) != 0) {
			int error = errno;

			/* A parent that cannot be made may be there: EACCES, EROFS. */
			if (stat(copy, &info) != 0 || !S_ISDIR(info.st_mode))
				rc = rc_of_errno(error);
		}
		*slash = kept;
	}
	pool_free(pool);
	return rc;
}

unsigned long long file_free_bytes(const char *path)
{
	struct statvfs info;

	if (statvfs(path, &info) != 0)
		return 0;
	return (unsigned long long)info.f_bavail * (unsigned long long)info.f_frsize;
}
