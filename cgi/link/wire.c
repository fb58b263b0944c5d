/*
 * wire.c: see wire.h and PROTOCOL.md. Lines are read strictly: one object, known members only, so
 * that two readers cannot differ about what a line says.
 */
#define ZLIB_CONST	/* next_in is const */
#include <string.h>
#include <zlib.h>

#include "base/encode.h"
#include "base/log.h"
#include "link/wire.h"

#define WIRE_LINE_MAX (1024u * 1024u)
#define WIRE_ROW_MEMBERS 3u
#define WIRE_GZIP_BITS (15 + 16)	/* zlib: gzip wrapping */
#define WIRE_PIECE 65536u

void wire_line(const struct journal_row *row, struct buf *out)
{
	json_t *line = json_new_object();
	struct buf salt = { 0 };

	json_put_value(line, "h", json_stringn(row->header, row->header_len));
	if (row->event.salt) {
		base64url_encode(row->event.salt, EVENT_SALT_SIZE, &salt);
		json_put_value(line, "s", json_string(salt.data));
		json_put_value(line, "b", json_stringn(row->event.body, row->event.body_len));
	}
	json_write(line, out);
	buf_char(out, '\n');
	json_decref(line);
	buf_free(&salt);
}

static enum rc wire_take_salt(struct pool *pool, const char *text, struct wire_event *out)
{
	struct buf bytes = { 0 };
	uint8_t *salt;
	enum rc rc = RC_INVALID;

	if (base64url_decode(text, strlen(text), &bytes) || bytes.len != EVENT_SALT_SIZE)
		goto out;
	salt = pool_alloc(pool, EVENT_SALT_SIZE);
	memcpy(salt, bytes.data, EVENT_SALT_SIZE);
	out->salt = salt;
	rc = RC_OK;
out:
	buf_free(&bytes);
	return rc;
}

enum rc wire_line_parse(struct pool *pool, const char *line, size_t len, struct wire_event *out)
{
	const json_t *header, *salt, *body;
	json_t *object = NULL;
	enum rc rc = RC_INVALID;

	memset(out, 0, sizeof(*out));
	if (len > WIRE_LINE_MAX || json_parse(line, len, &object))
		return RC_INVALID;
	header = json_object_get(object, "h");
	salt = json_object_get(object, "s");
	body = json_object_get(object, "b");
	if (!json_is_string(header) || !salt != !body ||
			json_object_size(object) != (salt ? WIRE_ROW_MEMBERS : 1u))
		goto out;
	if (salt) {
		if (!json_is_string(salt) || !json_is_string(body) ||
				json_string_length(body) > EVENT_BODY_MAX ||
				wire_take_salt(pool, json_string_value(salt), out))
			goto out;
		out->body_len = json_string_length(body);
		out->body = pool_strndup(pool, json_string_value(body), out->body_len);
	}
	out->header_len = json_string_length(header);
	out->header = pool_strndup(pool, json_string_value(header), out->header_len);
	rc = RC_OK;
out:
	json_decref(object);
	return rc;
}

enum rc wire_gzip(const void *bytes, size_t len, struct buf *out)
{
	z_stream stream = { 0 };
	size_t bound;
	int answer;

	if (len > UINT32_MAX || deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
			WIRE_GZIP_BITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return RC_TOO_LARGE;
	bound = deflateBound(&stream, (uLong)len);
	buf_reserve(out, bound);
	stream.next_in = (const Bytef *)bytes;
	stream.avail_in = (uInt)len;
	stream.next_out = (Bytef *)out->data + out->len;
	stream.avail_out = (uInt)bound;
	answer = deflate(&stream, Z_FINISH);
	out->len += bound - stream.avail_out;
	out->data[out->len] = '\0';
	deflateEnd(&stream);
	return answer == Z_STREAM_END ? RC_OK : RC_BUG;
}

enum rc wire_gunzip(const void *bytes, size_t len, size_t max, struct buf *out)
{
	z_stream stream = { 0 };
	size_t start = out->len;
	int answer = Z_OK;
	enum rc rc = RC_INVALID;

	if (len > UINT32_MAX || inflateInit2(&stream, WIRE_GZIP_BITS) != Z_OK)
		return RC_INVALID;
	stream.next_in = (const Bytef *)bytes;
	stream.avail_in = (uInt)len;
	while (answer == Z_OK) {
		size_t had = out->len;

		buf_reserve(out, WIRE_PIECE);
		stream.next_out = (Bytef *)out->data + had;
		stream.avail_out = WIRE_PIECE;
		answer = inflate(&stream, Z_NO_FLUSH);
		out->len = had + WIRE_PIECE - stream.avail_out;
		if (out->len - start > max) {
			rc = RC_TOO_LARGE;
			goto out;
		}
	}
	/* A second member or anything else after the end is not ours. */
	if (answer == Z_STREAM_END && stream.avail_in == 0)
		rc = RC_OK;
out:
	inflateEnd(&stream);
	if (rc)
		out->len = start;
	if (out->data)
		out->data[out->len] = '\0';
	return rc;
}

/* ---- payloads ---- */

static void wire_put_hash(json_t *object, const char *key, const uint8_t hash[EVENT_HASH_SIZE])
{
	char text[2 * EVENT_HASH_SIZE + 1];

	hex_encode(hash, EVENT_HASH_SIZE, text);
	json_put(object, key, text);
}

/* A whole number of at least min; JSON numbers here never pass 2^53. */
static enum rc wire_take_number(const json_t *object, const char *key, int64_t min, uint64_t *out)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < min)
		return RC_PROTOCOL;
	*out = (uint64_t)json_integer_value(value);
	return RC_OK;
}

static char *wire_text(struct pool *pool, json_t *object)
{
	char *text = json_to_text(pool, object);

	json_decref(object);
	return text;
}

char *wire_receipt_payload(struct pool *pool, const struct wire_receipt *receipt)
{
	json_t *object = json_new_object();

	json_put(object, "board", receipt->board);
	json_put_int(object, "epoch", (int64_t)receipt->epoch);
	json_put_int(object, "seq", (int64_t)receipt->seq);
	wire_put_hash(object, "hash", receipt->hash);
	json_put_int(object, "center_epoch", (int64_t)receipt->center_epoch);
	json_put_int(object, "at_ms", receipt->at_ms);
	return wire_text(pool, object);
}

enum rc wire_receipt_parse(struct pool *pool, const char *payload, size_t len,
		struct wire_receipt *out)
{
	json_t *object = NULL;
	uint64_t at_ms;
	enum rc rc = RC_PROTOCOL;

	memset(out, 0, sizeof(*out));
	if (json_parse(payload, len, &object))
		return RC_PROTOCOL;
	if (!json_text(object, "board")[0] || wire_take_number(object, "epoch", 1, &out->epoch) ||
			wire_take_number(object, "seq", 0, &out->seq) ||
			hex_decode(json_text(object, "hash"), out->hash, sizeof(out->hash)) ||
			wire_take_number(object, "center_epoch", 0, &out->center_epoch) ||
			wire_take_number(object, "at_ms", 0, &at_ms))
		goto out;
	out->at_ms = (int64_t)at_ms;
	out->board = pool_strdup(pool, json_text(object, "board"));
	rc = RC_OK;
out:
	json_decref(object);
	return rc;
}

char *wire_hello_payload(struct pool *pool, const struct wire_hello *hello)
{
	json_t *object = json_new_object();
	char nonce[2 * WIRE_NONCE_SIZE + 1];

	json_put(object, "board", hello->board);
	json_put_int(object, "epoch", (int64_t)hello->own.epoch);
	json_put_int(object, "seq", (int64_t)hello->own.seq);
	wire_put_hash(object, "hash", hello->own.hash);
	json_put_int(object, "center_epoch", (int64_t)hello->center.epoch);
	json_put_int(object, "center_seq", (int64_t)hello->center.seq);
	wire_put_hash(object, "center_hash", hello->center.hash);
	json_put_int(object, "counter", (int64_t)hello->counter);
	hex_encode(hello->nonce, sizeof(hello->nonce), nonce);
	json_put(object, "nonce", nonce);
	json_put(object, "version", hello->version);
	hex_encode(hello->instance, sizeof(hello->instance), nonce);
	json_put(object, "instance", nonce);
	return wire_text(pool, object);
}

/* Of letters, digits and a few signs, so that it can be shown anywhere; anything else is no version. */
static const char *wire_version(const char *text)
{
	size_t len = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+~:-");

	return text[len] == '\0' && len <= 40 ? text : "";
}

enum rc wire_hello_parse(struct pool *pool, const char *text, size_t len, struct wire_hello *out)
{
	json_t *object = NULL;
	enum rc rc = RC_PROTOCOL;

	memset(out, 0, sizeof(*out));
	if (json_parse(text, len, &object))
		return RC_PROTOCOL;
	if (!json_text(object, "board")[0] ||
			wire_take_number(object, "epoch", 0, &out->own.epoch) ||
			wire_take_number(object, "seq", 0, &out->own.seq) ||
			hex_decode(json_text(object, "hash"), out->own.hash, EVENT_HASH_SIZE) ||
			wire_take_number(object, "center_epoch", 0, &out->center.epoch) ||
			wire_take_number(object, "center_seq", 0, &out->center.seq) ||
			hex_decode(json_text(object, "center_hash"), out->center.hash,
					EVENT_HASH_SIZE) ||
			wire_take_number(object, "counter", 1, &out->counter) ||
			hex_decode(json_text(object, "nonce"), out->nonce, WIRE_NONCE_SIZE) ||
			hex_decode(json_text(object, "instance"), out->instance, WIRE_NONCE_SIZE))
		goto out;
	out->board = pool_strdup(pool, json_text(object, "board"));
	out->version = pool_strdup(pool, wire_version(json_text(object, "version")));
	rc = RC_OK;
out:
	json_decref(object);
	return rc;
}

char *wire_welcome_payload(struct pool *pool, const struct wire_welcome *welcome)
{
	json_t *object = json_new_object();
	char nonce[2 * WIRE_NONCE_SIZE + 1];

	json_put(object, "board", welcome->board);
	hex_encode(welcome->nonce, sizeof(welcome->nonce), nonce);
	json_put(object, "nonce", nonce);
	json_put_int(object, "time_ms", welcome->time_ms);
	json_put_int(object, "center_epoch", (int64_t)welcome->center.epoch);
	json_put_int(object, "board_epoch", (int64_t)welcome->own.epoch);
	json_put_int(object, "board_seq", (int64_t)welcome->own.seq);
	wire_put_hash(object, "board_hash", welcome->own.hash);
	json_put_int(object, "center_seq", (int64_t)welcome->center.seq);
	wire_put_hash(object, "center_hash", welcome->center.hash);
	if (welcome->keys > 0)
		json_put_int(object, "keys", welcome->keys);
	if (welcome->counter > 0)
		json_put_int(object, "counter", (int64_t)welcome->counter);
	if (welcome->fenced && *welcome->fenced)
		json_put(object, "fenced", welcome->fenced);
	if (welcome->min_epoch > 0)
		json_put_int(object, "min_epoch", (int64_t)welcome->min_epoch);
	if (welcome->lost)
		json_put_flag(object, "lost", true);
	if (welcome->apart)
		json_put_flag(object, "apart", true);
	return wire_text(pool, object);
}

enum rc wire_welcome_parse(struct pool *pool, const char *payload, size_t len,
		struct wire_welcome *out)
{
	json_t *object = NULL;
	uint64_t time_ms;
	enum rc rc = RC_PROTOCOL;

	memset(out, 0, sizeof(*out));
	if (json_parse(payload, len, &object))
		return RC_PROTOCOL;
	if (!json_text(object, "board")[0] ||
			hex_decode(json_text(object, "nonce"), out->nonce, WIRE_NONCE_SIZE) ||
			wire_take_number(object, "time_ms", 1, &time_ms) ||
			wire_take_number(object, "center_epoch", 0, &out->center.epoch) ||
			wire_take_number(object, "board_epoch", 0, &out->own.epoch) ||
			wire_take_number(object, "board_seq", 0, &out->own.seq) ||
			hex_decode(json_text(object, "board_hash"), out->own.hash, EVENT_HASH_SIZE) ||
			wire_take_number(object, "center_seq", 0, &out->center.seq) ||
			hex_decode(json_text(object, "center_hash"), out->center.hash,
					EVENT_HASH_SIZE))
		goto out;
	out->time_ms = (int64_t)time_ms;
	out->keys = json_int(object, "keys", 0);
	out->counter = (uint64_t)json_int(object, "counter", 0);
	out->fenced = pool_strdup(pool, json_text(object, "fenced"));
	out->min_epoch = (uint64_t)json_int(object, "min_epoch", 0);
	out->lost = json_flag(object, "lost");
	out->apart = json_flag(object, "apart");
	out->board = pool_strdup(pool, json_text(object, "board"));
	rc = RC_OK;
out:
	json_decref(object);
	return rc;
}

char *wire_feed_payload(struct pool *pool, const struct wire_feed *feed)
{
	json_t *object = json_new_object();

	json_put(object, "board", feed->board);
	json_put_int(object, "epoch", (int64_t)feed->head.epoch);
	json_put_int(object, "seq", (int64_t)feed->head.seq);
	wire_put_hash(object, "hash", feed->head.hash);
	return wire_text(pool, object);
}

enum rc wire_feed_parse(struct pool *pool, const char *payload, size_t len, struct wire_feed *out)
{
	json_t *object = NULL;
	enum rc rc = RC_PROTOCOL;

	memset(out, 0, sizeof(*out));
	if (json_parse(payload, len, &object))
		return RC_PROTOCOL;
	if (!json_text(object, "board")[0] ||
			wire_take_number(object, "epoch", 0, &out->head.epoch) ||
			wire_take_number(object, "seq", 0, &out->head.seq) ||
			hex_decode(json_text(object, "hash"), out->head.hash, EVENT_HASH_SIZE))
		goto out;
	out->board = pool_strdup(pool, json_text(object, "board"));
	rc = RC_OK;
out:
	json_decref(object);
	return rc;
}

char *wire_blob_payload(struct pool *pool, const struct wire_blob *blob)
{
	json_t *object = json_new_object();

	json_put(object, "board", blob->board);
	json_put(object, "sha256", blob->sha256);
	json_put_int(object, "size", blob->size);
	json_put_int(object, "at_ms", blob->at_ms);
	if (blob->no) {
		json_put_int(object, "center_epoch", (int64_t)blob->center_epoch);
		json_put_int(object, "no", (int64_t)blob->no);
	}
	return wire_text(pool, object);
}

enum rc wire_blob_parse(struct pool *pool, const char *payload, size_t len, struct wire_blob *out)
{
	json_t *object = NULL;
	uint64_t size, at_ms;
	uint8_t hash[32];
	enum rc rc = RC_PROTOCOL;

	memset(out, 0, sizeof(*out));
	if (json_parse(payload, len, &object))
		return RC_PROTOCOL;
	if (!json_text(object, "board")[0] || hex_decode(json_text(object, "sha256"), hash, 32) ||
			wire_take_number(object, "size", 0, &size) ||
			wire_take_number(object, "at_ms", 0, &at_ms))
		goto out;
	if (json_object_get(object, "no") && (wire_take_number(object, "no", 1, &out->no) ||
			wire_take_number(object, "center_epoch", 1, &out->center_epoch)))
		goto out;
	out->board = pool_strdup(pool, json_text(object, "board"));
	out->sha256 = pool_strdup(pool, json_text(object, "sha256"));
	out->size = (int64_t)size;
	out->at_ms = (int64_t)at_ms;
	rc = RC_OK;
out:
	json_decref(object);
	return rc;
}
