/*
 * bundle.h: what goes on a stick (PROTOCOL §12): parts, each a tar sealed with age, each whole in
 * itself: events, contents or receipts, and last a JWS over all before it. Written under another name,
 * synced, read back and renamed, so that a stick pulled out holds no part that could be taken for
 * whole. Reading happens twice: first all is checked, then it is used.
 */
#ifndef TRAM_LINK_BUNDLE_H
#define TRAM_LINK_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "base/tar.h"
#include "crypt/age.h"
#include "crypt/hash.h"
#include "crypt/jws.h"

#define BUNDLE_SUFFIX ".age"
#define BUNDLE_ID_MAX 33		/* 32 hex and NUL */
#define BUNDLE_GROUPS_MAX HASH_GROUPS_MAX
#define BUNDLE_WANTED_MAX 200

/* Payload of "bundle.jws", typ tram-bundle. */
struct bundle_head {
	bool up;			/* by the board; else by the center */
	const char *board;
	const char *to;			/* the age recipient it is sealed to */
	const char *id;			/* of the bundle: the same in all its parts */
	uint64_t part;			/* 1, 2 … */
	bool last;			/* nothing comes after this part */
	uint64_t epoch, after, seq;	/* events after + 1 … seq of the author's log are in this part */
	uint8_t hash[32];		/* of event seq; zeros when seq is 0 */
	uint64_t events, files;		/* in this part */
	int64_t bytes;			/* of its contents */
	int64_t made_at;
	uint8_t digest[32];		/* SHA-256 of the tar before the head of bundle.jws */
	const char *jws;		/* of bundle_check: the signature itself, in its pool */
	/* of the board alone */
	const char *reply_to;		/* its own recipient */
	uint64_t have_seq;		/* head of the center's log as the board has it */
	const char **wanted;		/* results it lacks, 64 hex digits each */
	size_t wanted_count;
};
char *bundle_payload(struct pool *pool, const struct bundle_head *head);
/* RC_PROTOCOL. */
enum rc bundle_payload_parse(struct pool *pool, const char *payload, size_t len,
		struct bundle_head *out) MUST_CHECK;

/* Six groups of four digits of a part's SHA-256: what two people compare by reading aloud. */
void bundle_groups(const uint8_t sha256[32], char out[BUNDLE_GROUPS_MAX]);
/* The same of a part's file, as it lies there; "" when it cannot be read. */
void bundle_part_groups(const char *path, char out[BUNDLE_GROUPS_MAX]);

/* ---- bundle_write.c ---- */

struct bundle_part { const char *name; int64_t bytes; uint8_t sha256[32]; };
struct bundle_made {
	char id[BUNDLE_ID_MAX];
	struct bundle_part *parts;	/* in the pool */
	size_t part_count;
	uint64_t events, files, after, seq;
	int64_t bytes;			/* of contents */
	int64_t made_at;
};

/* What pages show of it: parts (name, bytes, groups), events, files. */
void bundle_made_json(const struct bundle_made *made, json_t *into);

struct bundle_seal {
	const char *dir;		/* the stick's folder, or any other */
	int64_t part_bytes;		/* a part has at most so many: FAT32 takes less than 4 GiB */
	uint8_t to[AGE_KEY_SIZE];
	const struct jws_key *key;
	const char *cert_pem;		/* the board's; NULL: the center signs, its key is known */
};

struct bundle_writer;
/* head: up, board, epoch, after, hash and what the board says; the rest is filled in. Borrowed. */
void bundle_writer_new(struct pool *pool, const struct bundle_seal *seal,
		const struct bundle_head *head, struct bundle_writer **out);
/* An entry in this part or, when it is full, the next. RC_FULL, RC_IO: the stick failed. */
enum rc bundle_writer_add(struct bundle_writer *writer, const char *name, const void *bytes,
		size_t len) MUST_CHECK;
/* The content of a file as contents/<sha256>. RC_PROTOCOL: the file is not size long. */
enum rc bundle_writer_file(struct bundle_writer *writer, const char *sha256, const char *path,
		int64_t size) MUST_CHECK;
/* Events up to seq were added just now. */
void bundle_writer_events(struct bundle_writer *writer, uint64_t count, uint64_t epoch, uint64_t seq,
		const uint8_t hash[32]);
/* The last part. *made in the pool given to new. */
enum rc bundle_writer_end(struct bundle_writer *writer, struct bundle_made *made) MUST_CHECK;
/* A part that was not ended goes. */
void bundle_writer_free(struct bundle_writer *writer);

/* ---- bundle_read.c ---- */

struct bundle_reader;
/* why (constants, in logs and texts): "sealed" not ours to open, "format" no sealed file, "cut" altered
 * or cut short, "tar", "name", "twice", "large", "signature", "certificate", "recipient", "range". */
enum rc bundle_reader_new(int fd, const struct age_identity *identity, int64_t content_max,
		struct bundle_reader **out, const char **why) MUST_CHECK;
/* RC_NOT_FOUND: the proper end. RC_PROTOCOL with *why. What was left of the entry before is passed over. */
enum rc bundle_reader_next(struct bundle_reader *reader, struct tar_entry *entry,
		const char **why) MUST_CHECK;
/* Bytes of the entry; *got 0: its end. */
enum rc bundle_reader_take(struct bundle_reader *reader, void *bytes, size_t size, size_t *got,
		const char **why) MUST_CHECK;
/* A whole entry of at most max bytes in the pool, NUL added. */
enum rc bundle_reader_text(struct bundle_reader *reader, struct pool *pool,
		const struct tar_entry *entry, size_t max, char **out, const char **why) MUST_CHECK;
void bundle_reader_free(struct bundle_reader *reader);

/* Whose signature counts: the key of the board whose certificate this is, or (cert_pem NULL) those of the
 * center, after what it announces in the part itself, one JWS a line ("" nothing; each is signed by a key
 * before it, so it needs no other signature). *owned: a key that is to be freed. RC_DENIED with *why. */
struct bundle_signer { const struct jws_key *const *keys; size_t count; struct jws_key *owned; };
typedef enum rc bundle_key_of(void *arg, struct pool *pool, const char *cert_pem, const char *board,
		const char *announced, struct bundle_signer *signer, const char **why);
/* Reads all of it once: form, names, digests of contents, signature, recipient, range. fd is at its
 * start again afterwards. RC_PROTOCOL or RC_DENIED with *why; RC_IO. */
enum rc bundle_check(struct pool *pool, int fd, const struct age_identity *identity, int64_t content_max,
		bool up, bundle_key_of *key_of, void *arg, struct bundle_head *out,
		const char **why) MUST_CHECK;
#define BUNDLE_KEYS "receipts/keys.jws"	/* the center's announcements of receipt keys */
/* "contents/<hex>" → the digits, else NULL. */
const char *bundle_content_of(const char *name);
/* A copy of the file in dir without a name, so that nobody can change it while it is read twice. */
enum rc bundle_copy(const char *path, const char *dir, int *fd) MUST_CHECK;

#endif
