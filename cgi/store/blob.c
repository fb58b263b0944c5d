/*
 * blob.c: contents by their hash; see blob.h.
 *
 * On a board blobs/<sha256>; at the center, where boards must not learn of each other's contents,
 * blobs/<board>/<sha256>. The row in `blob` is written last: what it names is durable.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "store/blob.h"

#define CHUNK (64 * 1024)
#define LINK_SECONDS 600
#define OUT_LOOK_MS 60000

const char *blob_sniff(const void *head, size_t len)
{
	static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff };
	static const uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

	if (len >= sizeof(jpeg) && memcmp(head, jpeg, sizeof(jpeg)) == 0)
		return "image/jpeg";
	if (len >= sizeof(png) && memcmp(head, png, sizeof(png)) == 0)
		return "image/png";
	if (len >= 5 && memcmp(head, "%PDF-", 5) == 0)
		return "application/pdf";
	return NULL;
}

static const char *owner_of(const struct store *store, const char *board)
{
	return board ? board : store->board;
}

/* Folder of this board's contents. */
static char *blob_dir(struct store *store, struct pool *pool, const char *board)
{
	if (store->settings->side == SIDE_BOARD)
		return pool_strdup(pool, store->settings->blob_dir);
	return pool_printf(pool, "%s/%s", store->settings->blob_dir, board);
}

/* Digest, size and type of an open file, read from its start. RC_IO. */
static enum rc blob_measure(int fd, struct blob *out)
{
	uint8_t bytes[CHUNK];
	struct hash *hash = hash_new();
	enum rc rc = RC_OK;

	memset(out, 0, sizeof(*out));
	if (lseek(fd, 0, SEEK_SET) != 0)
		rc = RC_IO;
	while (rc == RC_OK) {
		ssize_t got = read(fd, bytes, sizeof(bytes));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			rc = RC_IO;
		if (got <= 0)
			break;
		if (out->size == 0)
			out->type = blob_sniff(bytes, (size_t)got);
		hash_update(hash, bytes, (size_t)got);
		out->size += got;
	}
	hash_final(hash, out->sha256);
	hash_free(hash);
	return rc;
}

/* The row last, and a look whether the file is still there: blob_expire may have taken an old copy
 * of the same content away between the rename and here. */
static enum rc blob_record(struct store *store, const char *board, const char *path,
		const struct blob *blob)
{
	struct stat info;
	char hex[2 * HASH_SIZE + 1];
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	hex_encode(blob->sha256, HASH_SIZE, hex);
	stmt = db_stmt(store->tram, "INSERT INTO blob (board, sha256, size, type, at) "
			"VALUES ($1, $2, $3, $4, $5) ON CONFLICT (board, sha256) DO UPDATE SET at = $5");
	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, hex);
	stmt_int(stmt, 3, blob->size);
	stmt_text(stmt, 4, blob->type ? blob->type : "");
	stmt_int(stmt, 5, when_now_ms());
	rc = stmt_run(stmt);
	if (rc == RC_OK && stat(path, &info) != 0)
		rc = RC_IO;
	if (rc != RC_OK) {
		db_write_abort(store->tram);
		return rc;
	}
	return db_write_commit(store->tram);
}

enum rc blob_adopt(struct store *store, const char *board, const char *spool_path,
		const uint8_t *expected_sha256, int64_t expected_size, bool require_type,
		struct blob *out)
{
	struct pool *pool = pool_new();
	char hex[2 * HASH_SIZE + 1];
	const char *path, *owner = owner_of(store, board);
	const char *dir = blob_dir(store, pool, owner);
	int fd = -1;
	enum rc rc = RC_OK;

	fd = open(spool_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		rc = errno == ENOENT ? RC_NOT_FOUND : RC_IO;
		goto out;
	}
	rc = blob_measure(fd, out);
	if (rc != RC_OK)
		goto out;
	if ((expected_sha256 && !hash_equal(out->sha256, expected_sha256, HASH_SIZE))
			|| (expected_size >= 0 && out->size != expected_size)) {
		rc = RC_PROTOCOL;
		goto out;
	}
	if (require_type && !out->type) {
		rc = RC_INVALID;
		goto out;
	}
	/* blobs/ is closed to lighttpd by its folder; the link in out/ must be readable to it, and the
	 * kernel lets only who may write a file hard-link it. */
	if (fchmod(fd, 0664) != 0) {
		rc = RC_IO;
		goto out;
	}
	/* Promise 1: file, then name, then folder, then the row. */
	file_sync_or_die(fd, "blob");
	/* The group comes from the folder above, which is setgid: asking for the bit is refused to a
	 * program that may not make setgid files. */
	rc = file_make_dir(dir, 0770);
	if (rc != RC_OK)
		goto out;
	hex_encode(out->sha256, HASH_SIZE, hex);
	path = pool_printf(pool, "%s/%s", dir, hex);
	if (rename(spool_path, path) != 0) {
		rc = errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;
		log_error("blob rename: errno=%d", errno);
		goto out;
	}
	file_sync_dir_or_die(dir);
	rc = blob_record(store, owner, path, out);
out:
	if (fd >= 0)
		(void)close(fd);
	/* Refused, it is of no use to anybody; adopted, there is none of this name. */
	(void)unlink(spool_path);
	pool_free(pool);
	return rc;
}

enum rc blob_find(struct store *store, const char *board, const uint8_t sha256[32], struct blob *out)
{
	char hex[2 * HASH_SIZE + 1];
	struct stmt *stmt;
	bool row = false;
	const char *type;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	hex_encode(sha256, HASH_SIZE, hex);
	stmt = db_stmt(store->tram, "SELECT size, type FROM blob WHERE board = $1 AND sha256 = $2");
	stmt_text(stmt, 1, owner_of(store, board));
	stmt_text(stmt, 2, hex);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	memcpy(out->sha256, sha256, HASH_SIZE);
	out->size = stmt_col_int(stmt, 0);
	/* One of few constants, so that nobody has to own it. */
	type = stmt_col_text(stmt, 1);
	out->type = strcmp(type, "image/jpeg") == 0 ? "image/jpeg"
			: strcmp(type, "image/png") == 0 ? "image/png"
			: strcmp(type, "application/pdf") == 0 ? "application/pdf"
			: "application/octet-stream";
	stmt_reset(stmt);
	return RC_OK;
}

char *blob_path(struct store *store, struct pool *pool, const uint8_t sha256[32])
{
	char hex[2 * HASH_SIZE + 1];

	hex_encode(sha256, HASH_SIZE, hex);
	return pool_printf(pool, "%s/%s", blob_dir(store, pool, owner_of(store, NULL)), hex);
}

enum rc blob_take_file(struct store *store, const char *board, const char *sha256_hex, bool *named)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT 1 FROM blob WHERE board = $1 AND sha256 = $2");
	struct pool *pool = pool_new();
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, sha256_hex);
	rc = stmt_any(stmt, named);
	if (rc == RC_OK && !*named && unlink(pool_printf(pool, "%s/%s", blob_dir(store, pool, board), sha256_hex)) &&
			errno != ENOENT)
		rc = RC_IO;
	pool_free(pool);
	return rc;
}

enum rc blob_check(struct store *store, struct pool *pool, const char *board,
		const uint8_t sha256[32], char **path)
{
	char hex[2 * HASH_SIZE + 1];
	struct blob row, found;
	int fd = -1;
	enum rc rc;

	rc = blob_find(store, board, sha256, &row);
	if (rc != RC_OK)
		return rc;
	hex_encode(sha256, HASH_SIZE, hex);
	*path = pool_printf(pool, "%s/%s", blob_dir(store, pool, owner_of(store, board)), hex);
	fd = open(*path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	rc = fd < 0 ? RC_PROTOCOL : blob_measure(fd, &found);
	if (rc == RC_OK && (found.size != row.size || !hash_equal(found.sha256, sha256, HASH_SIZE)))
		rc = RC_PROTOCOL;
	if (rc == RC_PROTOCOL)
		log_error("blob sha256=%s: missing or damaged", hex);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* Links that were not fetched: lighttpd has opened its file long since. */
static void links_expire(const char *dir)
{
	DIR *listing = opendir(dir);
	struct dirent *entry;
	struct stat st;
	time_t now = time(NULL);

	if (!listing)
		return;
	while ((entry = readdir(listing))) {
		if (entry->d_name[0] == '.' || fstatat(dirfd(listing), entry->d_name, &st,
				AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		/* ctime: a hard link sets it, mtime is the content's. */
		if (S_ISREG(st.st_mode) && now - st.st_ctime > LINK_SECONDS)
			(void)unlinkat(dirfd(listing), entry->d_name, 0);
	}
	(void)closedir(listing);
}

void blob_out_expire(struct store *store)
{
	static int64_t next_ms;
	int64_t now_ms = when_boottime_ms();

	if (now_ms < next_ms)
		return;
	next_ms = now_ms + OUT_LOOK_MS;
	links_expire(store->settings->out_dir);
}

/* A name nobody can guess, after the old ones are gone. */
static char *out_name(struct store *store, struct pool *pool)
{
	const char *dir = store->settings->out_dir;
	char name[33];

	links_expire(dir);
	random_hex(16, name);
	return pool_printf(pool, "%s/%s", dir, name);
}

enum rc blob_new_out(struct store *store, struct pool *pool, char **path, int *fd)
{
	*path = out_name(store, pool);
	*fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (*fd < 0) {
		log_error("blob new out: errno=%d", errno);
		return errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;
	}
	return RC_OK;
}

enum rc blob_link_file(struct store *store, struct pool *pool, const char *from, char **path)
{
	*path = out_name(store, pool);
	if (link(from, *path) == 0)
		return RC_OK;
	if (errno == ENOENT)
		return RC_NOT_FOUND;
	log_error("blob link: errno=%d", errno);
	return errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;
}

enum rc blob_link_out(struct store *store, struct pool *pool, const char *board,
		const uint8_t sha256[32], char **path)
{
	char *from = NULL;
	enum rc rc = blob_check(store, pool, board, sha256, &from);

	if (rc == RC_OK)
		rc = blob_link_file(store, pool, from, path);
	return rc == RC_NOT_FOUND && from != NULL ? RC_IO : rc;
}

enum rc blob_rows(struct store *store, const char *after, int64_t since_ms, size_t limit,
		struct blob_row *rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT sha256, size FROM blob WHERE board = $1 "
			"AND sha256 > $2 AND at >= $3 ORDER BY sha256 LIMIT $4");
	bool row = false;
	enum rc rc;

	*count = 0;
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, after);
	stmt_int(stmt, 3, since_ms);
	stmt_int(stmt, 4, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct blob_row *next = &rows[(*count)++];

		(void)snprintf(next->sha256, sizeof(next->sha256), "%s", stmt_col_text(stmt, 0));
		next->size = stmt_col_int(stmt, 1);
	}
	stmt_reset(stmt);
	return rc;
}
