/*
 * bundle.c: what a part says about itself; see bundle.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/json.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "link/bundle.h"

#define COPY_PIECE 65536

static void put_hash(json_t *object, const char *key, const uint8_t hash[32])
{
	char text[65];

	hex_encode(hash, 32, text);
	json_put(object, key, text);
}

char *bundle_payload(struct pool *pool, const struct bundle_head *head)
{
	json_t *object = json_new_object(), *wanted;
	char *text;
	size_t i;

	json_put_int(object, "v", 1);
	json_put(object, "way", head->up ? "up" : "down");
	json_put(object, "board", head->board);
	json_put(object, "to", head->to);
	json_put(object, "id", head->id);
	json_put_int(object, "part", (int64_t)head->part);
	json_put_flag(object, "last", head->last);
	json_put_int(object, "epoch", (int64_t)head->epoch);
	json_put_int(object, "after", (int64_t)head->after);
	json_put_int(object, "seq", (int64_t)head->seq);
	put_hash(object, "hash", head->hash);
	json_put_int(object, "events", (int64_t)head->events);
	json_put_int(object, "files", (int64_t)head->files);
	json_put_int(object, "bytes", head->bytes);
	json_put_int(object, "made_at", head->made_at);
	put_hash(object, "digest", head->digest);
	if (head->up) {
		json_put(object, "reply_to", head->reply_to);
		json_put_int(object, "have_seq", (int64_t)head->have_seq);
		wanted = json_new_array();
		for (i = 0; i < head->wanted_count && i < BUNDLE_WANTED_MAX; i++)
			json_add(wanted, json_string(head->wanted[i]));
		json_put_value(object, "wanted", wanted);
	}
	text = json_to_text(pool, object);
	json_decref(object);
	return text;
}

static bool take_number(const json_t *object, const char *key, int64_t least, uint64_t *out)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < least)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static bool take_wanted(struct pool *pool, const json_t *object, struct bundle_head *out)
{
	const json_t *list = json_object_get(object, "wanted");
	size_t i;
	uint8_t hash[32];

	if (!json_is_array(list) || json_array_size(list) > BUNDLE_WANTED_MAX)
		return false;
	out->wanted = pool_alloc(pool, (json_array_size(list) + 1) * sizeof(*out->wanted));
	for (i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (!text || hex_decode(text, hash, sizeof(hash)))
			return false;
		out->wanted[out->wanted_count++] = pool_strdup(pool, text);
	}
	return true;
}

enum rc bundle_payload_parse(struct pool *pool, const char *payload, size_t len,
		struct bundle_head *out)
{
	json_t *object = NULL;
	uint64_t version, bytes, made_at;
	uint8_t id[16], recipient[AGE_KEY_SIZE];
	const char *way;
	enum rc rc = RC_PROTOCOL;

	memset(out, 0, sizeof(*out));
	if (json_parse(payload, len, &object))
		return RC_PROTOCOL;
	way = json_text(object, "way");
	out->up = strcmp(way, "up") == 0;
	out->last = json_flag(object, "last");
	if (!take_number(object, "v", 1, &version) || version != 1 ||
			(!out->up && strcmp(way, "down")) || !json_text(object, "board")[0] ||
			hex_decode(json_text(object, "id"), id, sizeof(id)) ||
			age_recipient_parse(json_text(object, "to"), recipient) ||
			!take_number(object, "part", 1, &out->part) ||
			!take_number(object, "epoch", 0, &out->epoch) ||
			!take_number(object, "after", 0, &out->after) ||
			!take_number(object, "seq", 0, &out->seq) ||
			hex_decode(json_text(object, "hash"), out->hash, 32) ||
			!take_number(object, "events", 0, &out->events) ||
			!take_number(object, "files", 0, &out->files) ||
			!take_number(object, "bytes", 0, &bytes) ||
			!take_number(object, "made_at", 0, &made_at) ||
			hex_decode(json_text(object, "digest"), out->digest, 32))
		goto out;
	if (out->up && (age_recipient_parse(json_text(object, "reply_to"), recipient) ||
			!take_number(object, "have_seq", 0, &out->have_seq) ||
			!take_wanted(pool, object, out)))
		goto out;
	out->bytes = (int64_t)bytes;
	out->made_at = (int64_t)made_at;
	out->board = pool_strdup(pool, json_text(object, "board"));
	out->to = pool_strdup(pool, json_text(object, "to"));
	out->id = pool_strdup(pool, json_text(object, "id"));
	out->reply_to = pool_strdup(pool, json_text(object, "reply_to"));
	rc = RC_OK;
out:
	json_decref(object);
	return rc;
}

void bundle_groups(const uint8_t sha256[32], char out[BUNDLE_GROUPS_MAX])
{
	hash_groups(sha256, out);
}

void bundle_part_groups(const char *path, char out[BUNDLE_GROUPS_MAX])
{
	struct hash *hash = hash_new();
	uint8_t piece[16384], sha256[HASH_SIZE];
	size_t got = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	enum rc rc = fd < 0 ? RC_IO : RC_OK;

	while (rc == RC_OK && got > 0) {
		rc = file_read_all(fd, piece, sizeof(piece), &got);
		hash_update(hash, piece, got);
	}
	hash_final(hash, sha256);
	hash_free(hash);
	if (fd >= 0)
		(void)close(fd);
	out[0] = '\0';
	if (rc == RC_OK)
		bundle_groups(sha256, out);
}

void bundle_made_json(const struct bundle_made *made, json_t *into)
{
	json_t *parts = json_new_array();
	char groups[BUNDLE_GROUPS_MAX];
	size_t i;

	for (i = 0; i < made->part_count; i++) {
		json_t *part = json_new_object();

		bundle_groups(made->parts[i].sha256, groups);
		json_put(part, "name", made->parts[i].name);
		json_put_int(part, "bytes", made->parts[i].bytes);
		json_put(part, "groups", groups);
		json_add(parts, part);
	}
	json_put_value(into, "parts", parts);
	json_put_int(into, "events", (int64_t)made->events);
	json_put_int(into, "files", (int64_t)made->files);
}

const char *bundle_content_of(const char *name)
{
	static const char prefix[] = "contents/";
	uint8_t hash[32];

	if (strncmp(name, prefix, sizeof(prefix) - 1) ||
			hex_decode(name + sizeof(prefix) - 1, hash, sizeof(hash)))
		return NULL;
	return name + sizeof(prefix) - 1;
}

enum rc bundle_copy(const char *path, const char *dir, int *fd)
{
	struct pool *pool = pool_new();
	char name[33], *copy, *piece = pool_alloc(pool, COPY_PIECE);
	size_t got = 1;
	enum rc rc = RC_OK;
	int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	*fd = -1;
	if (from < 0) {
		rc = errno == ENOENT ? RC_NOT_FOUND : RC_IO;
		goto out;
	}
	random_hex(16, name);
	copy = pool_printf(pool, "%s/stick-%s", dir, name);
	*fd = open(copy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0 || unlink(copy))
		rc = errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;
	while (rc == RC_OK && got > 0) {
		rc = file_read_all(from, piece, COPY_PIECE, &got);
		if (rc == RC_OK)
			rc = file_write_all(*fd, piece, got);
	}
	if (rc == RC_OK && lseek(*fd, 0, SEEK_SET) != 0)
		rc = RC_IO;
out:
	if (rc && *fd >= 0) {
		(void)close(*fd);
		*fd = -1;
	}
	if (from >= 0)
		(void)close(from);
	pool_free(pool);
	return rc;
}
