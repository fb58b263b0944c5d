/*
 * restore_take.c: see restore_take.h.
 */
#define _GNU_SOURCE /* syncfs */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "crypt/hash.h"
#include "link/wire.h"
#include "link/wire_take.h"
#include "store/blob.h"
#include "store/letgo.h"
#include "tool/backup_make.h"
#include "tool/restore_take.h"

#define AT_ONCE 256
#define FEED_BYTES (1024u * 1024)

enum rc restore_take_refuse(enum rc rc, const char *why)
{
	fprintf(stderr, "tram restore: %s\n", why);
	return rc;
}

enum rc restore_take_part(struct restore *restore, const struct layer *layer, const struct layer_part *part,
		const char *dir, const char *name)
{
	const char *path = pool_printf(restore->pool, "%s/%s", dir, name);
	const char *sealed = pool_printf(restore->pool, "%s/%s", layer_dir(restore->pool, restore->dir,
			layer->no), part->name);
	uint8_t sha256[HASH_SIZE];
	int64_t bytes;
	bool whole = false;
	int fd;
	enum rc rc = sealed_check(sealed, &part->sealed, &whole);

	if (rc != RC_OK || !whole) {
		fprintf(stderr, "tram restore: %06" PRIu64 "/%s is damaged; try an older --no\n", layer->no,
				part->name);
		return RC_PROTOCOL;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == ENOSPC ? RC_FULL : RC_IO;
	rc = sealed_open(sealed, &restore->identity, fd, sha256, &bytes);
	if (rc == RC_OK)
		file_sync_or_die(fd, name);
	(void)close(fd);
	if (rc == RC_DENIED)
		return restore_take_refuse(RC_INVALID, "this key does not open the copy");
	if (rc == RC_PROTOCOL)
		fprintf(stderr, "tram restore: %06" PRIu64 "/%s does not open\n", layer->no, part->name);
	return rc;
}

/* ---- what happened after the base ---- */

/* Whose event a line is. */
static enum rc author_of(struct pool *pool, const char *line, size_t len, enum event_author *out)
{
	struct wire_event wire;
	struct event event;
	enum rc rc = wire_line_parse(pool, line, len, &wire);

	if (rc == RC_OK)
		rc = event_decode(wire.header, wire.header_len, &event);
	if (rc == RC_OK)
		*out = event.author;
	return rc;
}

/* Lines of one author after the other. */
static enum rc take_lines(struct restore *restore, const char *text, size_t size)
{
	const char *at = text, *end = text + size;
	enum rc rc = RC_OK;

	while (rc == RC_OK && at < end) {
		struct pool *pool = pool_new();
		enum event_author author = AUTHOR_BOARD, next = AUTHOR_BOARD;
		const char *from = at, *why = "";
		size_t line = 0;

		while (rc == RC_OK && at < end && (size_t)(at - from) < FEED_BYTES) {
			const char *stop = memchr(at, '\n', (size_t)(end - at));

			rc = stop ? author_of(pool, at, (size_t)(stop - at), &next) : RC_PROTOCOL;
			if (rc != RC_OK || (at > from && next != author))
				break;
			author = next;
			at = stop + 1;
		}
		if (rc == RC_OK)
			rc = wire_take_copy(restore->store, author, from, (size_t)(at - from), &why, &line);
		if (rc != RC_OK)
			fprintf(stderr, "tram restore: an event of the copy does not fit: %s\n", why);
		pool_free(pool);
	}
	return rc;
}

enum rc restore_take_events(struct restore *restore, const struct layer *layer)
{
	struct pool *pool = pool_new();
	const char *spool = restore->settings->spool_dir;
	char *text;
	size_t len, i;
	enum rc rc = RC_NOT_FOUND;

	for (i = 0; i < layer->part_count; i++) {
		if (strcmp(layer->parts[i].name, "journal.age") == 0)
			rc = restore_take_part(restore, layer, &layer->parts[i], spool, "journal");
	}
	if (rc == RC_OK)
		rc = file_read(pool, pool_printf(pool, "%s/journal", spool), SIZE_MAX / 4, &text, &len);
	if (rc == RC_OK)
		rc = take_lines(restore, text, len);
	(void)unlink(pool_printf(pool, "%s/journal", spool));
	pool_free(pool);
	return rc == RC_NOT_FOUND ? RC_PROTOCOL : rc;
}

/* ---- contents ---- */

static enum rc take_content(struct restore *restore, const struct layer_content *content, bool base)
{
	struct pool *pool = pool_new();
	const char *part = pool_printf(pool, "%s/content", restore->settings->spool_dir);
	char name[LAYER_CONTENT_NAME], hex[65];
	uint8_t sha256[HASH_SIZE], said[16];
	struct blob blob;
	int64_t bytes;
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0660);
	enum rc rc = fd < 0 ? RC_IO : RC_OK;

	layer_content_name(content->name, name);
	if (rc == RC_OK)
		rc = sealed_open(pool_printf(pool, "%s/contents/%s", restore->dir, name), &restore->identity, fd,
				sha256, &bytes);
	if (fd >= 0)
		(void)close(fd);
	if (rc == RC_OK) {
		backup_content_name(restore->name_key, sha256, said);
		if (!hash_equal(said, content->name, sizeof(said)))
			rc = RC_PROTOCOL;
	}
	/* What the medium lost is told when all is counted. */
	if (rc == RC_PROTOCOL || rc == RC_NOT_FOUND || rc == RC_DENIED) {
		(void)unlink(part);
		rc = RC_OK;
	} else if (rc == RC_OK) {
		restore->contents++;
		hex_encode(sha256, sizeof(sha256), hex);
		/* Of a base the rows are there, and all files are synced at once. */
		if (base && rename(part, pool_printf(pool, "%s/%s", restore->settings->blob_dir, hex)) != 0)
			rc = RC_IO;
		else if (!base)
			rc = blob_adopt(restore->store, NULL, part, sha256, bytes, false, &blob);
	}
	pool_free(pool);
	return rc;
}

static enum rc sync_contents(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool failed = fd < 0 || syncfs(fd) != 0;

	if (fd >= 0)
		(void)close(fd);
	return failed ? RC_IO : RC_OK;
}

enum rc restore_take_contents(struct restore *restore, const struct layer *layer)
{
	struct pool *pool = pool_new();
	struct layer_content *lines;
	bool base = layer->no == layer->base;
	size_t count = 0, i;
	enum rc rc = layer_contents(pool, restore->dir, layer, &lines, &count);

	if (rc == RC_PROTOCOL || rc == RC_NOT_FOUND)
		rc = restore_take_refuse(RC_PROTOCOL, "a layer's list of contents is damaged; try an older --no");
	for (i = 0; rc == RC_OK && i < count; i++)
		rc = take_content(restore, &lines[i], base);
	if (rc == RC_OK && base)
		rc = sync_contents(restore->settings->blob_dir);
	pool_free(pool);
	return rc;
}

enum rc restore_take_lacking(struct restore *restore)
{
	struct blob_row *rows = pool_alloc(restore->pool, AT_ONCE * sizeof(*rows));
	char after[65] = "";
	size_t count = AT_ONCE, i;
	enum rc rc = RC_OK;

	while (rc == RC_OK && count == AT_ONCE) {
		rc = blob_rows(restore->store, after, INT64_MIN, AT_ONCE, rows, &count);
		for (i = 0; rc == RC_OK && i < count; i++) {
			bool there = false;

			memcpy(after, rows[i].sha256, sizeof(after));
			if (access(pool_printf(restore->pool, "%s/%s", restore->settings->blob_dir,
					rows[i].sha256), F_OK) == 0)
				continue;
			rc = letgo_lacking(restore->store, rows[i].sha256, &there);
			restore->at_center += there;
		}
	}
	return rc;
}
