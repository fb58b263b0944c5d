/*
 * sealed.c: see sealed.h. A failed fsync gives the file up and is not tried again: whoever asked for it
 * begins another one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pool.h"
#include "crypt/hash.h"
#include "store/sealed.h"

#define PIECE 65536

enum rc sealed_to_parse(const char *text, struct sealed_to *out)
{
	char one[128];

	memset(out, 0, sizeof(*out));
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");

		if (len >= sizeof(one) || out->count == SEALED_TO_MAX)
			return RC_INVALID;
		memcpy(one, text, len);
		one[len] = '\0';
		if (age_recipient_parse(one, out->keys[out->count]) != RC_OK)
			return RC_INVALID;
		out->count++;
		text += len;
	}
	return out->count > 0 ? RC_OK : RC_INVALID;
}

static enum rc rc_of_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? RC_FULL :
			errno == ENOENT ? RC_NOT_FOUND : RC_IO;
}

enum rc sealed_sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Not every file system of a stick can sync a folder by itself. */
	bool failed = fd < 0 || (fsync(fd) != 0 && errno != EINVAL);

	if (fd >= 0)
		(void)close(fd);
	return failed ? RC_IO : RC_OK;
}

enum rc sealed_make_dir(const char *dir)
{
	enum rc rc;

	if (mkdir(dir, 0770) == 0 || errno == EEXIST)
		return RC_OK;
	rc = rc_of_errno();
	return rc == RC_NOT_FOUND ? RC_IO : rc;
}

static enum rc measure_fd(int fd, struct sealed *out)
{
	struct pool *pool = pool_new();
	struct hash *hash = hash_new();
	uint8_t *piece = pool_alloc(pool, PIECE);
	size_t got = 1;
	enum rc rc = lseek(fd, 0, SEEK_SET) == 0 ? RC_OK : RC_IO;

	out->bytes = 0;
	while (rc == RC_OK && got > 0) {
		rc = file_read_all(fd, piece, PIECE, &got);
		hash_update(hash, piece, got);
		out->bytes += (int64_t)got;
	}
	hash_final(hash, out->sha256);
	hash_free(hash);
	pool_free(pool);
	return rc;
}

/* fd was written by us: is that what the medium has? */
static enum rc settle(int fd, struct sealed *out)
{
	struct sealed there;
	enum rc rc;

	if (fsync(fd) != 0)
		return rc_of_errno() == RC_FULL ? RC_FULL : RC_IO;
	rc = measure_fd(fd, out);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (rc == RC_OK)
		rc = measure_fd(fd, &there);
	if (rc == RC_OK && (there.bytes != out->bytes || !hash_equal(there.sha256, out->sha256,
			sizeof(there.sha256))))
		rc = RC_IO;
	return rc;
}

struct source {
	int fd;			/* -1: bytes */
	const void *bytes;
	size_t len;
};

static enum rc seal(const struct sealed_to *to, const struct source *source, int fd)
{
	struct pool *pool = pool_new();
	struct age_writer *age = NULL;
	uint8_t *piece = pool_alloc(pool, PIECE);
	size_t got = 1;
	enum rc rc = age_writer_new_for(fd, (const uint8_t (*)[AGE_KEY_SIZE])to->keys, to->count, &age);

	if (rc == RC_OK && source->fd < 0)
		rc = age_writer_add(age, source->bytes, source->len);
	while (rc == RC_OK && source->fd >= 0 && got > 0) {
		rc = file_read_all(source->fd, piece, PIECE, &got);
		if (rc == RC_OK)
			rc = age_writer_add(age, piece, got);
	}
	if (rc == RC_OK)
		rc = age_writer_end(age);
	age_writer_free(age);
	memset(piece, 0, PIECE);
	pool_free(pool);
	return rc;
}

/* to NULL: as it is. */
static enum rc put(const struct sealed_to *to, const char *dir, const char *name, const struct source *source,
		struct sealed *out)
{
	struct pool *pool = pool_new();
	char *path = pool_printf(pool, "%s/%s", dir, name), *part = pool_printf(pool, "%s" SEALED_PART, path);
	int fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0660);
	enum rc rc = fd < 0 ? rc_of_errno() : RC_OK;

	if (rc == RC_OK && to)
		rc = seal(to, source, fd);
	else if (rc == RC_OK)
		rc = file_write_all(fd, source->bytes, source->len);
	if (rc == RC_OK)
		rc = settle(fd, out);
	if (fd >= 0 && close(fd) != 0 && rc == RC_OK)
		rc = RC_IO;
	if (rc == RC_OK && rename(part, path) != 0)
		rc = rc_of_errno();
	if (rc == RC_OK)
		rc = sealed_sync_dir(dir);
	if (rc != RC_OK && fd >= 0)
		(void)unlink(part);
	/* A folder that went away under us is a medium that went away. */
	if (rc == RC_NOT_FOUND)
		rc = RC_IO;
	pool_free(pool);
	return rc;
}

enum rc sealed_put_bytes(const struct sealed_to *to, const char *dir, const char *name, const void *bytes,
		size_t len, struct sealed *out)
{
	struct source source = { .fd = -1, .bytes = bytes, .len = len };

	return put(to, dir, name, &source, out);
}

enum rc sealed_put_plain(const char *dir, const char *name, const void *bytes, size_t len)
{
	struct source source = { .fd = -1, .bytes = bytes, .len = len };
	struct sealed unused;

	return put(NULL, dir, name, &source, &unused);
}

enum rc sealed_put_file(const struct sealed_to *to, const char *dir, const char *name, const char *path,
		struct sealed *out)
{
	struct source source = { .fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) };
	enum rc rc = source.fd < 0 ? rc_of_errno() : put(to, dir, name, &source, out);

	if (source.fd >= 0)
		(void)close(source.fd);
	return rc;
}

enum rc sealed_measure(const char *path, struct sealed *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum rc rc = fd < 0 ? rc_of_errno() : RC_OK;

	if (fd < 0)
		return rc;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	rc = measure_fd(fd, out);
	(void)close(fd);
	return rc;
}

enum rc sealed_check(const char *path, const struct sealed *want, bool *whole)
{
	struct sealed there;
	enum rc rc = sealed_measure(path, &there);

	*whole = rc == RC_OK && there.bytes == want->bytes && hash_equal(there.sha256, want->sha256,
			sizeof(there.sha256));
	/* A block that cannot be read is a damaged file: of the whole medium others will tell. */
	return RC_OK;
}

enum rc sealed_open(const char *path, const struct age_identity *identity, int fd, uint8_t sha256[32],
		int64_t *bytes)
{
	struct pool *pool = pool_new();
	struct hash *hash = hash_new();
	struct age_reader *age = NULL;
	uint8_t *piece = pool_alloc(pool, PIECE);
	size_t got = 1;
	int in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum rc rc = in < 0 ? rc_of_errno() : age_reader_new(in, identity, &age);

	*bytes = 0;
	while (rc == RC_OK && got > 0) {
		rc = age_reader_take(age, piece, PIECE, &got);
		if (rc != RC_OK)
			break;
		hash_update(hash, piece, got);
		*bytes += (int64_t)got;
		rc = file_write_all(fd, piece, got);
	}
	hash_final(hash, sha256);
	age_reader_free(age);
	if (in >= 0)
		(void)close(in);
	hash_free(hash);
	memset(piece, 0, PIECE);
	pool_free(pool);
	return rc == RC_INVALID ? RC_PROTOCOL : rc;
}
