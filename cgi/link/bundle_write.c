/*
 * bundle_write.c: the parts of a bundle; see bundle.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "link/bundle.h"

#define PIECE 65536
#define PARTS_MAX 10000
#define FIRST_PARTS 8
/* Signature, certificate, heads and end of a part. */
#define PART_TAIL INT64_C(131072)

struct bundle_writer {
	struct pool *pool;
	const struct bundle_seal *seal;
	struct bundle_head head;	/* of the part under way */
	struct bundle_made made;
	char id[BUNDLE_ID_MAX];
	size_t part_room;
	int fd;				/* -1: no part is under way */
	char *path;			/* its name until it is whole; NULL: there is none */
	struct age_writer *age;
	struct hash *hash;
	int64_t written;		/* of the tar */
};

void bundle_writer_new(struct pool *pool, const struct bundle_seal *seal,
		const struct bundle_head *head, struct bundle_writer **out)
{
	struct bundle_writer *writer = pool_alloc(pool, sizeof(*writer));

	writer->pool = pool;
	writer->seal = seal;
	writer->head = *head;
	random_hex(16, writer->id);
	writer->head.id = writer->id;
	writer->head.to = age_recipient_text(pool, seal->to);
	writer->head.made_at = when_now_ms();
	writer->head.seq = head->after;
	writer->part_room = FIRST_PARTS;
	writer->made.parts = pool_alloc(pool, FIRST_PARTS * sizeof(*writer->made.parts));
	writer->made.after = head->after;
	writer->made.made_at = writer->head.made_at;
	memcpy(writer->made.id, writer->id, sizeof(writer->id));
	writer->hash = hash_new();
	writer->fd = -1;
	*out = writer;
}

static enum rc rc_of_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? RC_FULL : RC_IO;
}

/* tram-b18685-1-261127-1a2b3c4d-001.age; without the last ending until it is whole. */
static char *part_name(struct bundle_writer *writer)
{
	char day[8];

	when_yymmdd(writer->head.made_at, day);
	return pool_printf(writer->pool, "tram-%s%s-%s-%.8s-%03u" BUNDLE_SUFFIX,
			writer->head.up ? "" : "ve-", writer->head.board, day, writer->id,
			(unsigned)writer->made.part_count + 1);
}

static enum rc part_begin(struct bundle_writer *writer)
{
	struct bundle_head *head = &writer->head;

	if (writer->made.part_count >= PARTS_MAX)
		return RC_TOO_LARGE;
	writer->path = pool_printf(writer->pool, "%s/%s.dang-ghi", writer->seal->dir, part_name(writer));
	writer->fd = open(writer->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (writer->fd < 0)
		return rc_of_errno();
	writer->written = 0;
	head->part = writer->made.part_count + 1;
	head->last = false;
	head->after = head->seq;
	head->events = head->files = 0;
	head->bytes = 0;
	return age_writer_new(writer->fd, writer->seal->to, &writer->age);
}

static enum rc put(struct bundle_writer *writer, const void *bytes, size_t len)
{
	hash_update(writer->hash, bytes, len);
	writer->written += (int64_t)len;
	return age_writer_add(writer->age, bytes, len);
}

static enum rc put_zeros(struct bundle_writer *writer, size_t len)
{
	static const uint8_t zeros[2 * TAR_BLOCK];

	return len ? put(writer, zeros, len) : RC_OK;
}

static enum rc put_head(struct bundle_writer *writer, const char *name, int64_t size)
{
	uint8_t block[TAR_BLOCK];

	tar_head(name, size, writer->head.made_at / 1000, block);
	return put(writer, block, sizeof(block));
}

static enum rc put_entry(struct bundle_writer *writer, const char *name, const void *bytes, size_t len)
{
	enum rc rc = put_head(writer, name, (int64_t)len);

	if (rc == RC_OK)
		rc = put(writer, bytes, len);
	return rc == RC_OK ? put_zeros(writer, tar_padding((int64_t)len)) : rc;
}

static enum rc part_sign(struct bundle_writer *writer)
{
	char *payload, *token = NULL;
	enum rc rc = RC_OK;

	if (writer->seal->cert_pem)
		rc = put_entry(writer, "board.crt", writer->seal->cert_pem,
				strlen(writer->seal->cert_pem));
	if (rc)
		return rc;
	hash_final(writer->hash, writer->head.digest);
	payload = bundle_payload(writer->pool, &writer->head);
	rc = jws_sign(writer->pool, writer->seal->key, "tram-bundle", payload, strlen(payload), &token);
	if (rc == RC_OK)
		rc = put_entry(writer, "bundle.jws", token, strlen(token));
	if (rc == RC_OK)
		rc = put_zeros(writer, 2 * (size_t)TAR_BLOCK);
	return rc;
}

/* What the medium gives back, not what memory still holds. */
static enum rc part_read_back(struct bundle_writer *writer, struct bundle_part *part)
{
	uint8_t *piece = pool_alloc(writer->pool, PIECE);
	size_t got = 1;
	enum rc rc = RC_OK;

	(void)posix_fadvise(writer->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (lseek(writer->fd, 0, SEEK_SET) != 0)
		return RC_IO;
	hash_final(writer->hash, part->sha256);		/* begin anew */
	part->bytes = 0;
	while (rc == RC_OK && got > 0) {
		rc = file_read_all(writer->fd, piece, PIECE, &got);
		hash_update(writer->hash, piece, got);
		part->bytes += (int64_t)got;
	}
	hash_final(writer->hash, part->sha256);
	return rc;
}

static struct bundle_part *part_slot(struct bundle_writer *writer)
{
	struct bundle_made *made = &writer->made;

	if (made->part_count == writer->part_room) {
		struct bundle_part *more = pool_alloc(writer->pool,
				2 * writer->part_room * sizeof(*more));

		memcpy(more, made->parts, made->part_count * sizeof(*more));
		made->parts = more;
		writer->part_room *= 2;
	}
	return &made->parts[made->part_count];
}

/* Signature, the sealed file's end, the disk, and only then the name. A stick that is gone answers
 * with errors, and then nothing of that name is there: unlike on our own disk nobody was told yet. */
static enum rc part_end(struct bundle_writer *writer, bool last)
{
	struct bundle_part *part = part_slot(writer);
	const char *name = part_name(writer);
	int dir;
	enum rc rc;

	writer->head.last = last;
	rc = part_sign(writer);
	if (rc == RC_OK)
		rc = age_writer_end(writer->age);
	if (rc == RC_OK && fsync(writer->fd))
		rc = rc_of_errno();
	if (rc == RC_OK)
		rc = part_read_back(writer, part);
	if (rc)
		return rc;
	(void)fchmod(writer->fd, 0664);	/* FAT has no modes; elsewhere it may be linked for a download */
	if (close(writer->fd))
		rc = rc_of_errno();
	writer->fd = -1;
	age_writer_free(writer->age);
	writer->age = NULL;
	if (rc == RC_OK && rename(writer->path, pool_printf(writer->pool, "%s/%s", writer->seal->dir,
			name)))
		rc = rc_of_errno();
	dir = rc ? -1 : open(writer->seal->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rc == RC_OK && (dir < 0 || fsync(dir)))
		rc = rc_of_errno();
	if (dir >= 0)
		(void)close(dir);
	if (rc)
		return rc;
	writer->path = NULL;
	part->name = name;
	writer->made.part_count++;
	writer->made.events += writer->head.events;
	writer->made.files += writer->head.files;
	writer->made.bytes += writer->head.bytes;
	writer->made.seq = writer->head.seq;
	return RC_OK;
}

/* Room for an entry of len: in this part, or a new one. */
static enum rc part_for(struct bundle_writer *writer, int64_t len)
{
	int64_t whole = writer->written + len + 2 * TAR_BLOCK;
	enum rc rc = RC_OK;

	/* age adds 16 bytes to each 64 KiB. */
	whole += whole / 4096 + PART_TAIL;
	if (writer->fd >= 0 && whole > writer->seal->part_bytes && writer->written > 0)
		rc = part_end(writer, false);
	return rc == RC_OK && writer->fd < 0 ? part_begin(writer) : rc;
}

enum rc bundle_writer_add(struct bundle_writer *writer, const char *name, const void *bytes,
		size_t len)
{
	enum rc rc = part_for(writer, (int64_t)len);

	return rc == RC_OK ? put_entry(writer, name, bytes, len) : rc;
}

enum rc bundle_writer_file(struct bundle_writer *writer, const char *sha256, const char *path,
		int64_t size)
{
	struct pool *pool = pool_new();
	char *piece = pool_alloc(pool, PIECE);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int64_t left = size;
	enum rc rc = fd < 0 ? RC_IO : part_for(writer, size);

	if (rc == RC_OK)
		rc = put_head(writer, pool_printf(pool, "contents/%s", sha256), size);
	while (rc == RC_OK && left > 0) {
		size_t want = left < PIECE ? (size_t)left : PIECE, got = 0;

		rc = file_read_all(fd, piece, want, &got);
		if (rc == RC_OK && got != want)
			rc = RC_PROTOCOL;
		if (rc == RC_OK)
			rc = put(writer, piece, got);
		left -= (int64_t)got;
	}
	if (rc == RC_OK)
		rc = put_zeros(writer, tar_padding(size));
	if (rc == RC_OK) {
		writer->head.files++;
		writer->head.bytes += size;
	}
	if (fd >= 0)
		(void)close(fd);
	pool_free(pool);
	return rc;
}

void bundle_writer_events(struct bundle_writer *writer, uint64_t count, uint64_t epoch, uint64_t seq,
		const uint8_t hash[32])
{
	writer->head.events += count;
	writer->head.epoch = epoch;
	writer->head.seq = seq;
	memcpy(writer->head.hash, hash, 32);
}

enum rc bundle_writer_end(struct bundle_writer *writer, struct bundle_made *made)
{
	enum rc rc = writer->fd < 0 ? part_begin(writer) : RC_OK;

	if (rc == RC_OK)
		rc = part_end(writer, true);
	*made = writer->made;
	return rc;
}

void bundle_writer_free(struct bundle_writer *writer)
{
	if (!writer)
		return;
	if (writer->fd >= 0)
		(void)close(writer->fd);
	if (writer->path)
		(void)unlink(writer->path);
	age_writer_free(writer->age);
	hash_free(writer->hash);
	writer->age = NULL;
	writer->path = NULL;
	writer->fd = -1;
}
