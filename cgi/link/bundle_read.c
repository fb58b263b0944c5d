/*
 * bundle_read.c: opening a part; see bundle.h. Everything of it comes from a stick that anybody may have
 * had in hand: nothing is believed before the signature, which stands last, and nothing is used before
 * all was read once.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/log.h"
#include "crypt/hash.h"
#include "link/bundle.h"

#define ENTRIES_MAX 2000000u
#define PACKED_MAX (4 * 1024 * 1024)	/* a batch of events, or of receipts */
#define SMALL_MAX 65536			/* certificate, signature */
#define KEYS_MAX (256 * 1024)		/* announcements of receipt keys */
#define PIECE 65536
#define KEPT 16				/* of each name's digest */

struct bundle_reader {
	struct age_reader *age;
	struct hash *hash;
	int64_t content_max;
	int64_t left;			/* of the entry */
	size_t padding;
	uint8_t digest[32];		/* of all before the signature */
	bool is_signed;
	size_t entries;
};

/* RC_PROTOCOL from age is an altered or cut file. */
static enum rc fault(enum rc rc, const char **why)
{
	if (rc == RC_PROTOCOL)
		*why = "cut";
	return rc;
}

static enum rc refuse(const char **why, const char *reason)
{
	*why = reason;
	return RC_PROTOCOL;
}

/* Exactly len bytes, or what is left: *got. */
static enum rc take_all(struct bundle_reader *reader, uint8_t *out, size_t len, size_t *got,
		const char **why)
{
	size_t n = 1;
	enum rc rc = RC_OK;

	*got = 0;
	while (rc == RC_OK && *got < len && n > 0) {
		rc = fault(age_reader_take(reader->age, out + *got, len - *got, &n), why);
		*got += n;
	}
	return rc;
}

enum rc bundle_reader_new(int fd, const struct age_identity *identity, int64_t content_max,
		struct bundle_reader **out, const char **why)
{
	struct bundle_reader *reader = calloc(1, sizeof(*reader));
	enum rc rc;

	*out = NULL;
	if (!reader)
		log_fatal("bundle: out of memory");
	reader->hash = hash_new();
	reader->content_max = content_max;
	rc = age_reader_new(fd, identity, &reader->age);
	if (rc == RC_DENIED)
		*why = "sealed";
	else if (rc == RC_INVALID)
		rc = refuse(why, "format");
	if (rc == RC_OK)
		*out = reader;
	else
		bundle_reader_free(reader);
	return rc;
}

void bundle_reader_free(struct bundle_reader *reader)
{
	if (!reader)
		return;
	age_reader_free(reader->age);
	hash_free(reader->hash);
	free(reader);
}

static int64_t largest(const struct bundle_reader *reader, const char *name)
{
	if (bundle_content_of(name))
		return reader->content_max;
	if (strncmp(name, "journal/", 8) == 0 || strncmp(name, "receipts/", 9) == 0 ||
			strncmp(name, "branches/", 9) == 0)
		return PACKED_MAX;
	if (strcmp(name, "board.crt") == 0 || strcmp(name, "bundle.jws") == 0)
		return SMALL_MAX;
	return -1;
}

/* After the first block of zeros: a second one, zeros alone, and the sealed file's true end. */
static enum rc check_end(struct bundle_reader *reader, const char **why)
{
	uint8_t block[TAR_BLOCK];
	size_t got = 0, i, blocks = 0;
	enum rc rc;

	do {
		rc = take_all(reader, block, sizeof(block), &got, why);
		if (rc)
			return rc;
		for (i = 0; i < got; i++) {
			if (block[i])
				return refuse(why, "tar");
		}
		blocks += got == sizeof(block);
	} while (got == sizeof(block) && blocks < 64);
	return got == 0 && blocks > 0 && reader->is_signed ? RC_NOT_FOUND :
			refuse(why, reader->is_signed ? "tar" : "signature");
}

static enum rc pass_over(struct bundle_reader *reader, const char **why)
{
	uint8_t piece[4096];
	size_t got = 1;
	enum rc rc = RC_OK;

	while (rc == RC_OK && reader->left > 0) {
		rc = bundle_reader_take(reader, piece, sizeof(piece), &got, why);
		if (rc == RC_OK && got == 0)
			rc = refuse(why, "tar");
	}
	if (rc || reader->padding == 0)
		return rc;
	rc = take_all(reader, piece, reader->padding, &got, why);
	if (rc == RC_OK && got != reader->padding)
		rc = refuse(why, "tar");
	hash_update(reader->hash, piece, got);
	reader->padding = 0;
	return rc;
}

enum rc bundle_reader_next(struct bundle_reader *reader, struct tar_entry *entry, const char **why)
{
	uint8_t block[TAR_BLOCK];
	size_t got = 0;
	enum rc rc = pass_over(reader, why);

	if (rc == RC_OK)
		rc = take_all(reader, block, sizeof(block), &got, why);
	if (rc)
		return rc;
	if (got != sizeof(block))
		return refuse(why, "tar");
	rc = tar_head_parse(block, entry);
	if (rc == RC_NOT_FOUND)
		return check_end(reader, why);
	/* The signature is the last entry. */
	if (rc || reader->is_signed)
		return refuse(why, "tar");
	if (largest(reader, entry->name) < 0)
		return refuse(why, "name");
	if (entry->size > largest(reader, entry->name) || ++reader->entries > ENTRIES_MAX)
		return refuse(why, "large");
	if (strcmp(entry->name, "bundle.jws") == 0) {
		reader->is_signed = true;
		hash_final(reader->hash, reader->digest);
	}
	hash_update(reader->hash, block, sizeof(block));
	reader->left = entry->size;
	reader->padding = tar_padding(entry->size);
	return RC_OK;
}

enum rc bundle_reader_take(struct bundle_reader *reader, void *bytes, size_t size, size_t *got,
		const char **why)
{
	enum rc rc;

	*got = 0;
	if (reader->left == 0)
		return RC_OK;
	if ((int64_t)size > reader->left)
		size = (size_t)reader->left;
	rc = fault(age_reader_take(reader->age, bytes, size, got), why);
	if (rc == RC_OK && *got == 0)
		rc = refuse(why, "tar");
	hash_update(reader->hash, bytes, *got);
	reader->left -= (int64_t)*got;
	return rc;
}

enum rc bundle_reader_text(struct bundle_reader *reader, struct pool *pool,
		const struct tar_entry *entry, size_t max, char **out, const char **why)
{
	size_t at = 0, got = 1;
	enum rc rc = RC_OK;

	if (entry->size < 0 || (uint64_t)entry->size > max)
		return refuse(why, "large");
	*out = pool_alloc(pool, (size_t)entry->size + 1);
	while (rc == RC_OK && got > 0) {
		rc = bundle_reader_take(reader, *out + at, (size_t)entry->size - at + 1, &got, why);
		at += got;
	}
	return rc;
}

/* ---- the first reading ---- */

static int compare_kept(const void *a, const void *b)
{
	return memcmp(a, b, KEPT);
}

static bool has_twice(struct buf *names)
{
	size_t count = names->len / KEPT, i;

	if (count < 2)
		return false;
	qsort(names->data, count, KEPT, compare_kept);
	for (i = 1; i < count; i++) {
		if (memcmp(names->data + (i - 1) * KEPT, names->data + i * KEPT, KEPT) == 0)
			return true;
	}
	return false;
}

/* A content is what its name says. */
static enum rc check_content(struct bundle_reader *reader, const char *hex, const char **why)
{
	struct hash *hash = hash_new();
	uint8_t *piece = malloc(PIECE), want[32], found[32];
	size_t got = 1;
	enum rc rc = RC_OK;

	if (!piece)
		log_fatal("bundle: out of memory");
	while (rc == RC_OK && got > 0) {
		rc = bundle_reader_take(reader, piece, PIECE, &got, why);
		hash_update(hash, piece, got);
	}
	hash_final(hash, found);
	if (rc == RC_OK && (hex_decode(hex, want, sizeof(want)) || !hash_equal(want, found, sizeof(want))))
		rc = refuse(why, "content");
	free(piece);
	hash_free(hash);
	return rc;
}

struct first {
	uint64_t files;
	int64_t bytes;
	char *cert, *token, *announced;
	struct buf names;
};

static enum rc read_once(struct pool *pool, struct bundle_reader *reader, struct first *first,
		const char **why)
{
	struct tar_entry entry;
	uint8_t digest[HASH_SIZE];
	enum rc rc;

	while ((rc = bundle_reader_next(reader, &entry, why)) == RC_OK) {
		hash_sha256(entry.name, strlen(entry.name), digest);
		buf_add(&first->names, digest, KEPT);
		if (bundle_content_of(entry.name)) {
			first->files++;
			first->bytes += entry.size;
			rc = check_content(reader, bundle_content_of(entry.name), why);
		} else if (strcmp(entry.name, "board.crt") == 0) {
			rc = bundle_reader_text(reader, pool, &entry, SMALL_MAX, &first->cert, why);
		} else if (strcmp(entry.name, "bundle.jws") == 0) {
			rc = bundle_reader_text(reader, pool, &entry, SMALL_MAX, &first->token, why);
		} else if (strcmp(entry.name, BUNDLE_KEYS) == 0) {
			rc = bundle_reader_text(reader, pool, &entry, KEYS_MAX, &first->announced, why);
		}
		if (rc)
			return rc;
	}
	if (rc != RC_NOT_FOUND)
		return rc;
	return has_twice(&first->names) ? refuse(why, "twice") : RC_OK;
}

/* The payload once its signature holds. The board's name in it says whose key it must be, so it is read
 * before it can be believed; nothing else of it is used until then. */
static enum rc check_signature(struct pool *pool, const struct first *first, bool up,
		bundle_key_of *key_of, void *arg, struct bundle_head *out, const char **why)
{
	struct bundle_signer signer = { 0 };
	struct buf said = { 0 };
	const char *dot, *end;
	char *payload;
	size_t len;
	enum rc rc = RC_PROTOCOL;

	*why = "signature";
	dot = first->token ? strchr(first->token, '.') : NULL;
	end = dot ? strchr(dot + 1, '.') : NULL;
	if (!end || (up && !first->cert) || (!up && first->cert) ||
			base64url_decode(dot + 1, (size_t)(end - dot - 1), &said) ||
			bundle_payload_parse(pool, said.data ? said.data : "", said.len, out) || out->up != up)
		goto out;
	rc = key_of(arg, pool, first->cert, out->board, first->announced ? first->announced : "", &signer,
			why);
	if (rc)
		goto out;
	rc = jws_verify(pool, signer.keys, signer.count, "tram-bundle", first->token, &payload, &len);
	if (rc == RC_OK && (len != said.len || memcmp(payload, said.data, len)))
		rc = RC_PROTOCOL;
	if (rc)
		*why = "signature";
out:
	jws_key_free(signer.owned);
	buf_free(&said);
	return rc;
}

enum rc bundle_check(struct pool *pool, int fd, const struct age_identity *identity, int64_t content_max,
		bool up, bundle_key_of *key_of, void *arg, struct bundle_head *out, const char **why)
{
	struct bundle_reader *reader = NULL;
	struct first first = { 0 };
	enum rc rc = bundle_reader_new(fd, identity, content_max, &reader, why);

	if (rc == RC_OK)
		rc = read_once(pool, reader, &first, why);
	if (rc == RC_OK)
		rc = check_signature(pool, &first, up, key_of, arg, out, why);
	if (rc == RC_OK && !hash_equal(reader->digest, out->digest, sizeof(out->digest)))
		rc = refuse(why, "signature");
	if (rc == RC_OK && strcmp(out->to, age_recipient_text(pool, identity->point)))
		rc = refuse(why, "recipient");
	if (rc == RC_OK && (out->seq < out->after || out->files != first.files ||
			out->bytes != first.bytes))
		rc = refuse(why, "range");
	out->jws = first.token;
	if (rc == RC_OK && lseek(fd, 0, SEEK_SET) != 0)
		rc = RC_IO;
	bundle_reader_free(reader);
	buf_free(&first.names);
	return rc;
}
