/*
 * backup_contents.c: contents on the medium: each once, sealed, under HMAC(copy key, SHA-256): who finds the
 * medium cannot even tell whether a paper he has himself lies there.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/blob.h"
#include "tool/backup_make.h"

#define AT_ONCE 256
#define PIECE 65536
#define READ_AGAIN_DAYS 7	/* every content is read back once in so many days */

void backup_content_name(const uint8_t key[32], const uint8_t sha256[32], uint8_t out[16])
{
	uint8_t digest[HASH_SIZE];

	hash_hmac(key, 32, sha256, 32, digest);
	memcpy(out, digest, 16);
}

static int by_name(const void *a, const void *b)
{
	return memcmp(((const struct layer_content *)a)->name, ((const struct layer_content *)b)->name, 16);
}

/* What the layers of the chain say of the contents. A list that cannot be read only costs reading again. */
enum rc backup_contents_known(struct backup *backup)
{
	size_t i, room = 0;

	for (i = 0; i < backup->chain.count; i++)
		room += (size_t)backup->list.layers[backup->chain.at[i]].contents;
	backup->known = pool_alloc(backup->pool, (room + 1) * sizeof(*backup->known));
	for (i = 0; i < backup->chain.count; i++) {
		struct pool *pool = pool_new();
		const struct layer *layer = &backup->list.layers[backup->chain.at[i]];
		struct layer_content *lines;
		size_t count = 0;

		if (layer_contents(pool, backup->dir, layer, &lines, &count) == RC_OK)
			memcpy(backup->known + backup->known_count, lines, count * sizeof(*lines));
		else
			count = 0;
		backup->known_count += count;
		pool_free(pool);
	}
	qsort(backup->known, backup->known_count, sizeof(*backup->known), by_name);
	return RC_OK;
}

/* Is the content here what its name says? Damaged ones are not copied over good ones. */
static bool is_whole(const char *path, const uint8_t want[32], int64_t size)
{
	struct sealed there;

	return sealed_measure(path, &there) == RC_OK && there.bytes == size &&
			hash_equal(there.sha256, want, HASH_SIZE);
}

static void fault(struct backup *backup, const char *hex)
{
	if (backup->faults++ == 0)
		(void)snprintf(backup->detail, sizeof(backup->detail), "content %.64s", hex);
	log_error("backup content=%.64s: missing or damaged on the board", hex);
}

/* The turn of a content to be read back: a seventh of them each day. */
static bool is_due(const uint8_t name[16], int64_t at_ms)
{
	return (name[0] + at_ms / WHEN_DAY_MS) % READ_AGAIN_DAYS == 0;
}

static enum rc put_new(struct backup *backup, struct pool *pool, const struct blob_row *row,
		const uint8_t sha256[32], struct layer_content *out, bool *listed)
{
	const char *path = pool_printf(pool, "%s/%s", backup->settings->blob_dir, row->sha256);
	char name[LAYER_CONTENT_NAME], *dir;
	struct sealed there;
	enum rc rc;

	layer_content_name(out->name, name);
	/* Whole under its name, and the run before was cut before its layer was. */
	rc = sealed_measure(pool_printf(pool, "%s/contents/%s", backup->dir, name), &there);
	if (rc == RC_OK && there.bytes > row->size) {
		out->sealed = there;
		*listed = true;
		return RC_OK;
	}
	if (!is_whole(path, sha256, row->size)) {
		if (access(path, F_OK) != 0 && errno == ENOENT) {
			/* Let go or expired since the list was read: no fault. */
			bool row_there = false;
			struct blob found;

			row_there = blob_find(backup->store, NULL, sha256, &found) == RC_OK;
			if (!row_there)
				return RC_OK;
		}
		fault(backup, row->sha256);
		return RC_OK;
	}
	dir = pool_printf(pool, "%s/contents/%.2s", backup->dir, name);
	rc = sealed_make_dir(dir);
	if (rc == RC_OK)
		rc = sealed_put_file(&backup->to, dir, name + 3, path, &out->sealed);
	if (rc != RC_OK)
		return backup_fail(backup, rc, rc == RC_FULL ? "medium-full" : "medium");
	backup->fresh++;
	backup->fresh_bytes += row->size;
	*listed = true;
	return RC_OK;
}

static enum rc content(struct backup *backup, const struct blob_row *row, struct buf *lines)
{
	struct pool *pool = pool_new();
	struct layer_content one = { .sealed = { 0, { 0 } } };
	const struct layer_content *had;
	uint8_t sha256[HASH_SIZE];
	char name[LAYER_CONTENT_NAME], line[LAYER_LINE_MAX];
	bool listed = false, base = backup->step == LAYER_BASE;
	enum rc rc = hex_decode(row->sha256, sha256, sizeof(sha256));

	if (rc != RC_OK)
		goto out;
	backup_content_name(backup->name_key, sha256, one.name);
	had = bsearch(&one, backup->known, backup->known_count, sizeof(one), by_name);
	if (had && !base)
		goto out;	/* a layer before this one names it */
	if (had) {
		layer_content_name(one.name, name);
		if (is_due(one.name, backup->layer.taken_at))
			rc = sealed_check(pool_printf(pool, "%s/contents/%s", backup->dir, name), &had->sealed,
					&listed);
		else
			listed = access(pool_printf(pool, "%s/contents/%s", backup->dir, name), R_OK) == 0;
		one.sealed = had->sealed;
		if (!listed)
			(void)unlink(pool_printf(pool, "%s/contents/%s", backup->dir, name));
	}
	if (rc == RC_OK && !listed)
		rc = put_new(backup, pool, row, sha256, &one, &listed);
	if (rc == RC_OK && listed) {
		buf_add(lines, line, layer_line_print(&one, line));
		backup->layer.contents++;
		backup->layer.contents_bytes += one.sealed.bytes;
	}
out:
	pool_free(pool);
	return rc;
}

enum rc backup_contents_seal(struct backup *backup, int64_t since_ms, struct buf *lines)
{
	struct blob_row *rows = pool_alloc(backup->pool, AT_ONCE * sizeof(*rows));
	struct store *from = backup->there ? backup->there : backup->store;
	char after[65] = "";
	size_t count = AT_ONCE, i;
	enum rc rc = RC_OK;

	while (rc == RC_OK && count == AT_ONCE) {
		rc = blob_rows(from, after, since_ms, AT_ONCE, rows, &count);
		if (rc != RC_OK)
			return backup_fail(backup, rc, "database");
		for (i = 0; rc == RC_OK && i < count; i++)
			rc = content(backup, &rows[i], lines);
		if (count > 0)
			memcpy(after, rows[count - 1].sha256, sizeof(after));
	}
	return rc;
}

/* ---- what may go ---- */

#define NAME 16

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, NAME);
}

static void prune_folder(const char *dir, const struct buf *named)
{
	struct pool *pool = pool_new();
	DIR *listing = opendir(dir);
	struct dirent *entry;

	while (listing && (entry = readdir(listing))) {
		size_t len = strlen(entry->d_name);
		uint8_t name[NAME];
		char hex[2 * NAME + 1];
		bool kept = false;

		if (entry->d_name[0] == '.')
			continue;
		if (len == 36 && strcmp(entry->d_name + 32, ".age") == 0) {
			memcpy(hex, entry->d_name, 32);
			hex[32] = '\0';
			kept = hex_decode(hex, name, sizeof(name)) == RC_OK && named->len > 0 &&
					bsearch(name, named->data, named->len / NAME, NAME, by_bytes) != NULL;
		}
		if (!kept)
			(void)unlink(pool_printf(pool, "%s/%s", dir, entry->d_name));
	}
	if (listing)
		(void)closedir(listing);
	pool_free(pool);
}

/* Names of a layer that are not among the sorted ones yet: of seven nights most are the same. */
static void add_names(struct buf *named, const struct layer_content *lines, size_t count)
{
	size_t before = named->len / NAME, i;

	for (i = 0; i < count; i++) {
		if (before == 0 || !bsearch(lines[i].name, named->data, before, NAME, by_bytes))
			buf_add(named, lines[i].name, NAME);
	}
	if (named->len > 0)
		qsort(named->data, named->len / NAME, NAME, by_bytes);
}

enum rc backup_contents_prune(struct backup *backup)
{
	struct pool *pool = pool_new();
	struct buf named = { 0 };
	struct layer_list list;
	size_t i;
	unsigned folder;
	enum rc rc = layer_list_read(pool, backup->dir, backup->settings->board_id, &list);

	for (i = 0; rc == RC_OK && i < list.count; i++) {
		struct pool *one = pool_new();
		struct layer_content *lines;
		size_t count = 0;

		/* A list that cannot be read names we do not know what: nothing goes. */
		rc = layer_contents(one, backup->dir, &list.layers[i], &lines, &count);
		if (rc == RC_OK)
			add_names(&named, lines, count);
		pool_free(one);
	}
	for (folder = 0; rc == RC_OK && folder < 256; folder++)
		prune_folder(pool_printf(pool, "%s/contents/%02x", backup->dir, folder), &named);
	buf_free(&named);
	pool_free(pool);
	return rc;
}
