/*
 * age.c: see age.h and age-encryption.org/v1. A header with the wrapped file key, then chunks of
 * 64 KiB, each sealed under its number and whether it is the last.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/chachapoly.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/platform_util.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "crypt/age.h"
#include "crypt/age_key.h"
#include "crypt/hash.h"
#include "crypt/random.h"

#define AGE_VERSION "age-encryption.org/v1"
#define AGE_FILE_KEY 16
#define AGE_NONCE 16
#define AGE_TAG 16
#define AGE_WRAPPED (AGE_FILE_KEY + AGE_TAG)
#define AGE_HEADER_MAX 16384u
#define AGE_LINE_MAX 1024u
#define AGE_BASE64_32 43	/* 32 bytes without padding */
#define AGE_COLUMNS 64

/* HKDF-SHA-256 of 32 bytes. */
static void age_derive(const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len,
		const char *info, uint8_t out[AGE_KEY_SIZE])
{
	if (mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt, salt_len, key, key_len,
			(const unsigned char *)info, strlen(info), out, AGE_KEY_SIZE))
		log_fatal("age: HKDF failed");
}

/* The key that wraps the file key: from the shared secret and both points. */
static void age_wrap_key(const uint8_t secret[AGE_KEY_SIZE], const uint8_t share[AGE_KEY_SIZE],
		const uint8_t recipient[AGE_KEY_SIZE], uint8_t out[AGE_KEY_SIZE])
{
	uint8_t salt[2 * AGE_KEY_SIZE];

	memcpy(salt, share, AGE_KEY_SIZE);
	memcpy(salt + AGE_KEY_SIZE, recipient, AGE_KEY_SIZE);
	age_derive(secret, AGE_KEY_SIZE, salt, sizeof(salt), AGE_VERSION "/X25519", out);
}

static enum rc age_seal(const uint8_t key[AGE_KEY_SIZE], const uint8_t nonce[12], const uint8_t *plain,
		size_t len, uint8_t *out)
{
	mbedtls_chachapoly_context context;
	int fault;

	mbedtls_chachapoly_init(&context);
	fault = mbedtls_chachapoly_setkey(&context, key);
	if (!fault)
		fault = mbedtls_chachapoly_encrypt_and_tag(&context, len, nonce, NULL, 0, plain, out,
				out + len);
	mbedtls_chachapoly_free(&context);
	return fault ? RC_BUG : RC_OK;
}

/* len: with the tag. RC_PROTOCOL: another key, or altered. */
static enum rc age_open(const uint8_t key[AGE_KEY_SIZE], const uint8_t nonce[12], const uint8_t *sealed,
		size_t len, uint8_t *out)
{
	mbedtls_chachapoly_context context;
	int fault;

	if (len < AGE_TAG)
		return RC_PROTOCOL;
	mbedtls_chachapoly_init(&context);
	fault = mbedtls_chachapoly_setkey(&context, key);
	if (!fault)
		fault = mbedtls_chachapoly_auth_decrypt(&context, len - AGE_TAG, nonce, NULL, 0,
				sealed + len - AGE_TAG, sealed, out);
	mbedtls_chachapoly_free(&context);
	return fault ? RC_PROTOCOL : RC_OK;
}

/* Base64 without padding, as all of a header's. */
static void age_base64(const uint8_t *bytes, size_t len, struct buf *out)
{
	base64_encode(bytes, len, out);
	while (out->len > 0 && out->data[out->len - 1] == '=')
		out->data[--out->len] = '\0';
}

/* The chunk's number, and whether it is the last. */
struct age_counter { uint64_t number; };

static void age_chunk_nonce(const struct age_counter *counter, bool last, uint8_t out[12])
{
	size_t i;

	memset(out, 0, 12);
	for (i = 0; i < 8; i++)
		out[3 + i] = (uint8_t)(counter->number >> (56 - 8 * i));
	out[11] = last;
}

/* ---- sealing ---- */

struct age_writer {
	int fd;
	uint8_t key[AGE_KEY_SIZE];
	struct age_counter counter;
	size_t len;
	uint8_t plain[AGE_CHUNK];
	uint8_t sealed[AGE_CHUNK + AGE_TAG];
};

static void age_header_mac(const uint8_t file_key[AGE_FILE_KEY], const char *header, size_t len,
		uint8_t out[HASH_SIZE])
{
	uint8_t key[AGE_KEY_SIZE];

	age_derive(file_key, AGE_FILE_KEY, NULL, 0, "header", key);
	hash_hmac(key, sizeof(key), header, len, out);
	mbedtls_platform_zeroize(key, sizeof(key));
}

/* One "-> X25519" line and its body. */
static enum rc age_write_stanza(const uint8_t file_key[AGE_FILE_KEY],
		const uint8_t recipient[AGE_KEY_SIZE], struct buf *out)
{
	static const uint8_t zero[12];
	struct age_identity once;
	uint8_t secret[AGE_KEY_SIZE], wrap[AGE_KEY_SIZE], wrapped[AGE_WRAPPED];
	enum rc rc;

	age_identity_new(&once);
	rc = age_key_agree(once.secret, recipient, secret);
	if (rc)
		goto out;
	age_wrap_key(secret, once.point, recipient, wrap);
	rc = age_seal(wrap, zero, file_key, AGE_FILE_KEY, wrapped);
	if (rc)
		goto out;
	buf_text(out, "-> X25519 ");
	age_base64(once.point, AGE_KEY_SIZE, out);
	buf_char(out, '\n');
	age_base64(wrapped, sizeof(wrapped), out);
	buf_char(out, '\n');
out:
	mbedtls_platform_zeroize(&once, sizeof(once));
	mbedtls_platform_zeroize(secret, sizeof(secret));
	mbedtls_platform_zeroize(wrap, sizeof(wrap));
	return rc;
}

static enum rc age_write_header(const uint8_t file_key[AGE_FILE_KEY],
		const uint8_t (*recipients)[AGE_KEY_SIZE], size_t count, struct buf *out)
{
	uint8_t mac[HASH_SIZE];
	enum rc rc = count > 0 ? RC_OK : RC_INVALID;
	size_t i;

	buf_text(out, AGE_VERSION "\n");
	for (i = 0; rc == RC_OK && i < count; i++)
		rc = age_write_stanza(file_key, recipients[i], out);
	if (rc)
		return rc;
	buf_text(out, "---");
	age_header_mac(file_key, out->data, out->len, mac);
	buf_char(out, ' ');
	age_base64(mac, sizeof(mac), out);
	buf_char(out, '\n');
	return RC_OK;
}

enum rc age_writer_new(int fd, const uint8_t recipient[AGE_KEY_SIZE], struct age_writer **out)
{
	uint8_t one[1][AGE_KEY_SIZE];

	memcpy(one[0], recipient, AGE_KEY_SIZE);
	return age_writer_new_for(fd, (const uint8_t (*)[AGE_KEY_SIZE])one, 1, out);
}

enum rc age_writer_new_for(int fd, const uint8_t (*recipients)[AGE_KEY_SIZE], size_t count,
		struct age_writer **out)
{
	struct age_writer *writer = calloc(1, sizeof(*writer));
	uint8_t file_key[AGE_FILE_KEY], nonce[AGE_NONCE];
	struct buf header = { 0 };
	enum rc rc;

	*out = NULL;
	if (!writer)
		log_fatal("age: out of memory");
	writer->fd = fd;
	random_bytes(file_key, sizeof(file_key));
	random_bytes(nonce, sizeof(nonce));
	rc = age_write_header(file_key, recipients, count, &header);
	if (rc == RC_OK) {
		age_derive(file_key, sizeof(file_key), nonce, sizeof(nonce), "payload", writer->key);
		buf_add(&header, nonce, sizeof(nonce));
		rc = file_write_all(fd, header.data, header.len);
	}
	mbedtls_platform_zeroize(file_key, sizeof(file_key));
	buf_free(&header);
	if (rc == RC_OK)
		*out = writer;
	else
		age_writer_free(writer);
	return rc;
}

static enum rc age_flush(struct age_writer *writer, bool last)
{
	uint8_t nonce[12];
	enum rc rc;

	age_chunk_nonce(&writer->counter, last, nonce);
	rc = age_seal(writer->key, nonce, writer->plain, writer->len, writer->sealed);
	if (rc == RC_OK)
		rc = file_write_all(writer->fd, writer->sealed, writer->len + AGE_TAG);
	writer->counter.number++;
	writer->len = 0;
	return rc;
}

enum rc age_writer_add(struct age_writer *writer, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	enum rc rc = RC_OK;

	while (rc == RC_OK && len > 0) {
		size_t room;

		/* A full chunk waits for the next byte: the last one must say that it is the last. */
		if (writer->len == AGE_CHUNK)
			rc = age_flush(writer, false);
		room = AGE_CHUNK - writer->len;
		room = room < len ? room : len;
		if (rc)
			break;
		memcpy(writer->plain + writer->len, at, room);
		writer->len += room;
		at += room;
		len -= room;
	}
	return rc;
}

enum rc age_writer_end(struct age_writer *writer)
{
	return age_flush(writer, true);
}

void age_writer_free(struct age_writer *writer)
{
	if (!writer)
		return;
	mbedtls_platform_zeroize(writer, sizeof(*writer));
	free(writer);
}

/* ---- opening ---- */

struct age_reader {
	int fd;
	uint8_t key[AGE_KEY_SIZE];
	struct age_counter counter;
	bool ended;
	size_t raw_len;			/* of what was read and not opened yet */
	size_t len, at;			/* of the open chunk */
	uint8_t raw[AGE_CHUNK + AGE_TAG + 1];
	uint8_t plain[AGE_CHUNK];
};

/* One line without its LF, byte by byte: what follows the header must stay unread. RC_INVALID. */
static enum rc age_read_line(int fd, struct buf *header, const char **line, size_t *len)
{
	size_t start = header->len, got;
	char c;

	for (;;) {
		if (header->len > AGE_HEADER_MAX || header->len - start > AGE_LINE_MAX)
			return RC_INVALID;
		if (file_read_all(fd, &c, 1, &got))
			return RC_IO;
		if (got == 0 || c == '\0' || c == '\r')
			return RC_INVALID;
		buf_char(header, c);
		if (c == '\n')
			break;
	}
	*line = header->data + start;
	*len = header->len - start - 1;
	return RC_OK;
}

/* 32 bytes of base64 without padding, in its only form. */
static enum rc age_take_32(const char *text, size_t len, uint8_t out[AGE_KEY_SIZE])
{
	struct buf padded = { 0 }, bytes = { 0 }, again = { 0 };
	enum rc rc = RC_INVALID;

	if (len != AGE_BASE64_32)
		return RC_INVALID;
	buf_add(&padded, text, len);
	buf_char(&padded, '=');
	if (base64_decode(padded.data, padded.len, &bytes) == RC_OK && bytes.len == AGE_KEY_SIZE) {
		base64_encode((const uint8_t *)bytes.data, bytes.len, &again);
		if (again.len == padded.len && memcmp(again.data, padded.data, again.len) == 0) {
			memcpy(out, bytes.data, AGE_KEY_SIZE);
			rc = RC_OK;
		}
	}
	buf_free(&padded);
	buf_free(&bytes);
	buf_free(&again);
	return rc;
}

/* Tries one stanza's wrapped key. RC_NOT_FOUND: it is somebody else's. */
static enum rc age_unwrap(const struct age_identity *identity, const uint8_t share[AGE_KEY_SIZE],
		const uint8_t wrapped[AGE_WRAPPED], uint8_t file_key[AGE_FILE_KEY])
{
	static const uint8_t zero[12];
	uint8_t secret[AGE_KEY_SIZE], wrap[AGE_KEY_SIZE];
	enum rc rc = RC_NOT_FOUND;

	if (age_key_agree(identity->secret, share, secret) == RC_OK) {
		age_wrap_key(secret, share, identity->point, wrap);
		if (age_open(wrap, zero, wrapped, AGE_WRAPPED, file_key) == RC_OK)
			rc = RC_OK;
	}
	mbedtls_platform_zeroize(secret, sizeof(secret));
	mbedtls_platform_zeroize(wrap, sizeof(wrap));
	return rc;
}

/* A stanza's body: lines of 64 columns, the last one shorter, perhaps empty. wrapped: filled when it is one
 * line of 32 bytes. */
static enum rc age_read_body(int fd, struct buf *header, uint8_t wrapped[AGE_WRAPPED], bool *is_32)
{
	const char *line;
	size_t len, lines = 0;
	enum rc rc;

	*is_32 = false;
	do {
		rc = age_read_line(fd, header, &line, &len);
		if (rc || len > AGE_COLUMNS)
			return rc ? rc : RC_INVALID;
		if (lines++ == 0 && len == AGE_BASE64_32)
			*is_32 = age_take_32(line, len, wrapped) == RC_OK;
	} while (len == AGE_COLUMNS);
	return RC_OK;
}

/* All stanzas and the MAC. RC_DENIED: none of them is for this identity. */
static enum rc age_read_header(int fd, const struct age_identity *identity,
		uint8_t file_key[AGE_FILE_KEY])
{
	static const char kind[] = "-> X25519 ", end[] = "---";
	uint8_t share[AGE_KEY_SIZE], wrapped[AGE_WRAPPED], mac[HASH_SIZE], said[HASH_SIZE];
	struct buf header = { 0 };
	bool found = false;
	const char *line;
	size_t len;
	enum rc rc = age_read_line(fd, &header, &line, &len);

	if (rc == RC_OK && (len != strlen(AGE_VERSION) || memcmp(line, AGE_VERSION, len)))
		rc = RC_INVALID;
	while (rc == RC_OK) {
		bool is_x25519, is_32;

		rc = age_read_line(fd, &header, &line, &len);
		if (rc)
			break;
		if (len >= 3 && memcmp(line, end, 3) == 0)
			break;
		is_x25519 = len > sizeof(kind) - 1 && memcmp(line, kind, sizeof(kind) - 1) == 0;
		if (len < 4 || memcmp(line, "-> ", 3) || (is_x25519 && age_take_32(line +
				sizeof(kind) - 1, len - (sizeof(kind) - 1), share)))
			rc = RC_INVALID;
		if (rc == RC_OK)
			rc = age_read_body(fd, &header, wrapped, &is_32);
		if (rc == RC_OK && is_x25519 && !is_32)
			rc = RC_INVALID;
		if (rc == RC_OK && is_x25519 && !found)
			found = age_unwrap(identity, share, wrapped, file_key) == RC_OK;
	}
	if (rc == RC_OK && (len != 4 + AGE_BASE64_32 || line[3] != ' ' ||
			age_take_32(line + 4, AGE_BASE64_32, said)))
		rc = RC_INVALID;
	if (rc == RC_OK && !found)
		rc = RC_DENIED;
	if (rc == RC_OK) {
		age_header_mac(file_key, header.data, (size_t)(line - header.data) + 3, mac);
		if (!hash_equal(mac, said, sizeof(mac)))
			rc = RC_INVALID;
	}
	buf_free(&header);
	return rc;
}

enum rc age_reader_new(int fd, const struct age_identity *identity, struct age_reader **out)
{
	struct age_reader *reader = calloc(1, sizeof(*reader));
	uint8_t file_key[AGE_FILE_KEY], nonce[AGE_NONCE];
	size_t got = 0;
	enum rc rc;

	*out = NULL;
	if (!reader)
		log_fatal("age: out of memory");
	reader->fd = fd;
	rc = age_read_header(fd, identity, file_key);
	if (rc == RC_OK)
		rc = file_read_all(fd, nonce, sizeof(nonce), &got);
	if (rc == RC_OK && got != sizeof(nonce))
		rc = RC_INVALID;
	if (rc == RC_OK)
		age_derive(file_key, sizeof(file_key), nonce, sizeof(nonce), "payload", reader->key);
	mbedtls_platform_zeroize(file_key, sizeof(file_key));
	if (rc == RC_OK)
		*out = reader;
	else
		age_reader_free(reader);
	return rc;
}

/* Opens the next chunk. One byte beyond it is read, to know whether it is the last. */
static enum rc age_next_chunk(struct age_reader *reader)
{
	size_t want = sizeof(reader->raw) - reader->raw_len, got = 0, sealed;
	uint8_t nonce[12], beyond = 0;
	bool last;
	enum rc rc = file_read_all(reader->fd, reader->raw + reader->raw_len, want, &got);

	if (rc)
		return rc;
	reader->raw_len += got;
	last = reader->raw_len < sizeof(reader->raw);
	sealed = last ? reader->raw_len : sizeof(reader->raw) - 1;
	/* An empty last chunk stands only where there is nothing before it. */
	if (sealed < AGE_TAG || (sealed == AGE_TAG && reader->counter.number > 0))
		return RC_PROTOCOL;
	age_chunk_nonce(&reader->counter, last, nonce);
	rc = age_open(reader->key, nonce, reader->raw, sealed, reader->plain);
	if (rc)
		return rc;
	if (!last)
		beyond = reader->raw[sizeof(reader->raw) - 1];
	reader->raw[0] = beyond;
	reader->raw_len = last ? 0 : 1;
	reader->len = sealed - AGE_TAG;
	reader->at = 0;
	reader->counter.number++;
	reader->ended = last;
	return RC_OK;
}

enum rc age_reader_take(struct age_reader *reader, void *bytes, size_t size, size_t *got)
{
	size_t left;
	enum rc rc;

	*got = 0;
	while (reader->at == reader->len) {
		if (reader->ended)
			return RC_OK;
		rc = age_next_chunk(reader);
		if (rc)
			return rc;
	}
	left = reader->len - reader->at;
	*got = size < left ? size : left;
	memcpy(bytes, reader->plain + reader->at, *got);
	reader->at += *got;
	return RC_OK;
}

void age_reader_free(struct age_reader *reader)
{
	if (!reader)
		return;
	mbedtls_platform_zeroize(reader, sizeof(*reader));
	free(reader);
}
