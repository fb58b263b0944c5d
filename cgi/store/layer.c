/*
 * layer.c: see layer.h. Reading and writing manifests and lists of contents.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "crypt/hash.h"
#include "store/layer.h"

#define FORMAT 1
#define MANIFEST_MAX 65536u
#define CONTENTS_MAX (400u * 1024 * 1024)
#define LAST INT64_C(0x1fffffffffffff)	/* numbers stay below 2^53 */

/* ---- the manifest ---- */

static void put_hex(json_t *into, const char *name, const uint8_t bytes[32])
{
	char hex[65];

	hex_encode(bytes, 32, hex);
	json_put(into, name, hex);
}

static void put_head(json_t *into, const char *name, const struct journal_head *head)
{
	json_t *one = json_new_object();

	json_put_int(one, "epoch", (int64_t)head->epoch);
	json_put_int(one, "seq", (int64_t)head->seq);
	put_hex(one, "hash", head->hash);
	json_put_value(into, name, one);
}

char *layer_print(struct pool *pool, const struct layer *layer)
{
	json_t *all = json_new_object(), *parts = json_new_array();
	uint8_t digest[HASH_SIZE];
	char hex[65], *text;
	size_t i;

	json_put_int(all, "format", FORMAT);
	json_put(all, "id", layer->id);
	json_put(all, "board", layer->board);
	json_put(all, "mode", layer->mode);
	json_put(all, "program", layer->program);
	json_put_int(all, "no", (int64_t)layer->no);
	json_put_int(all, "base", (int64_t)layer->base);
	json_put_int(all, "taken_at", layer->taken_at);
	json_put_int(all, "verified_at", layer->verified_at);
	put_head(all, "own_from", &layer->own_from);
	put_head(all, "own", &layer->own);
	put_head(all, "center_from", &layer->center_from);
	put_head(all, "center", &layer->center);
	json_put_int(all, "contents", layer->contents);
	json_put_int(all, "contents_bytes", layer->contents_bytes);
	put_hex(all, "contents_sha256", layer->contents_sha256);
	for (i = 0; i < layer->part_count; i++) {
		json_t *part = json_new_object();

		json_put(part, "name", layer->parts[i].name);
		json_put_int(part, "bytes", layer->parts[i].sealed.bytes);
		put_hex(part, "sha256", layer->parts[i].sealed.sha256);
		json_add(parts, part);
	}
	json_put_value(all, "parts", parts);
	text = pool_printf(pool, "%s\n", json_to_text(pool, all));
	json_decref(all);
	hash_sha256(text, strlen(text), digest);
	hex_encode(digest, sizeof(digest), hex);
	return pool_printf(pool, "%ssha256 %s\n", text, hex);
}

static bool get_int(const json_t *from, const char *name, int64_t least, int64_t *out)
{
	*out = json_int(from, name, INT64_MIN);
	return *out >= least && *out <= LAST;
}

static bool get_number(const json_t *from, const char *name, int64_t least, uint64_t *out)
{
	int64_t value;
	bool good = get_int(from, name, least, &value);

	*out = good ? (uint64_t)value : 0;
	return good;
}

static bool get_hex(const json_t *from, const char *name, uint8_t out[32])
{
	return hex_decode(json_text(from, name), out, 32) == RC_OK;
}

static bool get_head(const json_t *from, const char *name, struct journal_head *out)
{
	const json_t *head = json_object_get(from, name);

	return get_number(head, "epoch", 0, &out->epoch) && get_number(head, "seq", 0, &out->seq) &&
			get_hex(head, "hash", out->hash);
}

/* Names of our own alone: a part is opened by it. */
static bool name_fits(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < LAYER_NAME_MAX && name[0] != '.' &&
			strspn(name, "abcdefghijklmnopqrstuvwxyz.") == len;
}

static bool get_parts(const json_t *from, struct layer *out)
{
	const json_t *parts = json_object_get(from, "parts"), *part;
	size_t i;

	if (!json_is_array(parts) || json_array_size(parts) > LAYER_PARTS_MAX)
		return false;
	json_array_foreach(parts, i, part) {
		struct layer_part *at = &out->parts[i];

		if (!name_fits(json_text(part, "name")) || !get_int(part, "bytes", 0, &at->sealed.bytes) ||
				!get_hex(part, "sha256", at->sealed.sha256))
			return false;
		(void)snprintf(at->name, sizeof(at->name), "%s", json_text(part, "name"));
	}
	out->part_count = json_array_size(parts);
	return true;
}

static bool get_all(struct pool *pool, const json_t *from, struct layer *out)
{
	uint8_t id[16];
	int64_t format;

	out->id = pool_strdup(pool, json_text(from, "id"));
	out->board = pool_strdup(pool, json_text(from, "board"));
	out->mode = pool_strdup(pool, json_text(from, "mode"));
	out->program = pool_strdup(pool, json_text(from, "program"));
	if (!get_int(from, "format", FORMAT, &format) || format != FORMAT ||
			hex_decode(out->id, id, sizeof(id)) != RC_OK || !*out->board ||
			!get_number(from, "no", 1, &out->no) || !get_number(from, "base", 1, &out->base) ||
			out->base > out->no)
		return false;
	return get_int(from, "taken_at", 0, &out->taken_at) &&
			get_int(from, "verified_at", 0, &out->verified_at) &&
			get_head(from, "own_from", &out->own_from) && get_head(from, "own", &out->own) &&
			get_head(from, "center_from", &out->center_from) &&
			get_head(from, "center", &out->center) &&
			get_int(from, "contents", 0, &out->contents) &&
			get_int(from, "contents_bytes", 0, &out->contents_bytes) &&
			get_hex(from, "contents_sha256", out->contents_sha256) && get_parts(from, out);
}

enum rc layer_parse(struct pool *pool, const char *text, size_t len, struct layer *out)
{
	static const char end[] = "sha256 ";
	const char *line = memchr(text, '\n', len);
	uint8_t said[HASH_SIZE], found[HASH_SIZE];
	size_t body = line ? (size_t)(line - text) + 1 : 0;
	json_t *all = NULL;
	bool good;

	memset(out, 0, sizeof(*out));
	if (!line || len != body + sizeof(end) - 1 + 2 * HASH_SIZE + 1 || text[len - 1] != '\n' ||
			memcmp(text + body, end, sizeof(end) - 1) != 0 ||
			hex_decode(pool_strndup(pool, text + body + sizeof(end) - 1, 2 * HASH_SIZE), said,
			sizeof(said)) != RC_OK)
		return RC_PROTOCOL;
	hash_sha256(text, body, found);
	if (!hash_equal(said, found, sizeof(found)) || json_parse(text, body, &all) != RC_OK)
		return RC_PROTOCOL;
	good = get_all(pool, all, out);
	json_decref(all);
	return good ? RC_OK : RC_PROTOCOL;
}

/* ---- the list of contents ---- */

size_t layer_line_print(const struct layer_content *content, char out[LAYER_LINE_MAX])
{
	char name[33], hex[65];

	hex_encode(content->name, sizeof(content->name), name);
	hex_encode(content->sealed.sha256, sizeof(content->sealed.sha256), hex);
	return (size_t)snprintf(out, LAYER_LINE_MAX, "%s %" PRId64 " %s\n", name, content->sealed.bytes, hex);
}

enum rc layer_line_parse(const char *line, size_t len, struct layer_content *out)
{
	char copy[LAYER_LINE_MAX], *size, *sum;

	if (len >= sizeof(copy) || len < 33 + 2 + 64 || memchr(line, '\0', len))
		return RC_PROTOCOL;
	memcpy(copy, line, len);
	copy[len] = '\0';
	size = copy + 32;
	sum = copy + len - 65;
	if (*size != ' ' || *sum != ' ' || sum <= size)
		return RC_PROTOCOL;
	*size++ = '\0';
	*sum++ = '\0';
	return hex_decode(copy, out->name, sizeof(out->name)) == RC_OK &&
			num_parse(size, 0, LAST, &out->sealed.bytes) == RC_OK &&
			hex_decode(sum, out->sealed.sha256, sizeof(out->sealed.sha256)) == RC_OK ?
			RC_OK : RC_PROTOCOL;
}

void layer_content_name(const uint8_t name[16], char out[LAYER_CONTENT_NAME])
{
	char hex[33];

	hex_encode(name, 16, hex);
	(void)snprintf(out, LAYER_CONTENT_NAME, "%.2s/%s.age", hex, hex);
}

char *layer_dir(struct pool *pool, const char *dir, uint64_t no)
{
	return pool_printf(pool, "%s/%06" PRIu64, dir, no);
}

enum rc layer_contents(struct pool *pool, const char *dir, const struct layer *layer,
		struct layer_content **out, size_t *count)
{
	char *text, *at, *end;
	uint8_t digest[HASH_SIZE];
	size_t len, n = 0;
	enum rc rc;

	*out = NULL;
	*count = 0;
	rc = file_read(pool, pool_printf(pool, "%s/" LAYER_CONTENTS, layer_dir(pool, dir, layer->no)),
			CONTENTS_MAX, &text, &len);
	if (rc != RC_OK)
		return rc == RC_TOO_LARGE ? RC_PROTOCOL : rc;
	hash_sha256(text, len, digest);
	if (!hash_equal(digest, layer->contents_sha256, sizeof(digest)) ||
			layer->contents > (int64_t)(len / 99))
		return RC_PROTOCOL;
	*out = pool_alloc(pool, ((size_t)layer->contents + 1) * sizeof(**out));
	for (at = text; at < text + len; at = end + 1) {
		end = memchr(at, '\n', (size_t)(text + len - at));
		if (!end || n == (size_t)layer->contents ||
				layer_line_parse(at, (size_t)(end - at), &(*out)[n++]) != RC_OK)
			return RC_PROTOCOL;
	}
	*count = n;
	return n == (size_t)layer->contents ? RC_OK : RC_PROTOCOL;
}

/* ---- what lies there ---- */

static int by_number(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* Folders named as layers are, ascending. */
static enum rc read_numbers(struct pool *pool, const char *dir, uint64_t **out, size_t *count)
{
	uint64_t *numbers = pool_alloc(pool, LAYERS_MAX * sizeof(*numbers));
	DIR *listing = opendir(dir);
	struct dirent *entry;

	*out = numbers;
	*count = 0;
	if (!listing)
		return errno == ENOENT || errno == ENOTDIR ? RC_NOT_FOUND : RC_IO;
	errno = 0;
	while (*count < LAYERS_MAX && (entry = readdir(listing))) {
		int64_t no = 0;

		if (strlen(entry->d_name) >= 6 && num_parse(entry->d_name, 1, LAST, &no) == RC_OK)
			numbers[(*count)++] = (uint64_t)no;
	}
	(void)closedir(listing);
	qsort(numbers, *count, sizeof(*numbers), by_number);
	return errno == EIO ? RC_IO : RC_OK;
}

enum rc layer_list_read(struct pool *pool, const char *dir, const char *board, struct layer_list *out)
{
	uint64_t *numbers;
	size_t count, i;
	enum rc rc = read_numbers(pool, dir, &numbers, &count);

	memset(out, 0, sizeof(*out));
	if (rc != RC_OK)
		return rc;
	out->layers = pool_alloc(pool, (count + 1) * sizeof(*out->layers));
	out->torn = pool_alloc(pool, (count + 1) * sizeof(*out->torn));
	out->newest = count ? numbers[count - 1] : 0;
	for (i = 0; i < count; i++) {
		struct layer *layer = &out->layers[out->count];
		char *text = NULL;
		size_t len = 0;

		rc = file_read(pool, pool_printf(pool, "%s/" LAYER_MANIFEST, layer_dir(pool, dir, numbers[i])),
				MANIFEST_MAX, &text, &len);
		if (rc == RC_OK && layer_parse(pool, text, len, layer) == RC_OK && layer->no == numbers[i] &&
				(!board || strcmp(layer->board, board) == 0))
			out->count++;
		else
			out->torn[out->torn_count++] = numbers[i];
	}
	return RC_OK;
}

char *layer_folder(struct pool *pool, const char *medium, const char *board)
{
	char *found = NULL;
	size_t count = 0;
	DIR *listing = opendir(medium);
	struct dirent *entry;

	while (listing && (entry = readdir(listing))) {
		const char *name = entry->d_name + sizeof(LAYER_FOLDER) - 1;

		if (strncmp(entry->d_name, LAYER_FOLDER, sizeof(LAYER_FOLDER) - 1) != 0 ||
				(board && strcmp(name, board) != 0))
			continue;
		found = pool_printf(pool, "%s/%s", medium, entry->d_name);
		count++;
	}
	if (listing)
		(void)closedir(listing);
	return count == 1 ? found : NULL;
}
