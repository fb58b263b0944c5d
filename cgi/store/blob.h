/*
 * blob.h: file contents by SHA-256, durable in the order of promise 1: file fsync → rename to
 * blobs/<sha256> → folder fsync → row in a commit.
 */
#ifndef TRAM_STORE_BLOB_H
#define TRAM_STORE_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

struct blob { uint8_t sha256[32]; int64_t size; const char *type; /* "image/jpeg" … */ };

/* Type by content: JPEG, PNG, PDF; NULL for anything else. head: the first bytes, at least 16. */
const char *blob_sniff(const void *head, size_t len);
/* Hashes the spool file, checks type by content and the expected hash and size when given (NULL,
 * -1), makes it durable under blob_dir and records it (own short write, not inside store_begin).
 * The spool file is gone afterwards. RC_INVALID: type; RC_PROTOCOL: hash or size differ. board NULL: store->board.
 * require_type false at the center, where the manifest rules. */
enum rc blob_adopt(struct store *store, const char *board, const char *spool_path,
		const uint8_t *expected_sha256, int64_t expected_size, bool require_type,
		struct blob *out) MUST_CHECK;
/* RC_NOT_FOUND: this board has none. */
enum rc blob_find(struct store *store, const char *board, const uint8_t sha256[32],
		struct blob *out) MUST_CHECK;
/* Where the content of that hash lies, unchecked: for what was stored just now. */
char *blob_path(struct store *store, struct pool *pool, const uint8_t sha256[32]);
/* Inside a write (db_write_begin): removes the file of a content that `blob` names no more. *named: it does, again;
 * the file stays. Who brings the same content waits for the lock, and then looks whether its file is there. RC_IO. */
enum rc blob_take_file(struct store *store, const char *board, const char *sha256_hex, bool *named) MUST_CHECK;
/* Path of the content, checked for size and hash now (promise 2). RC_PROTOCOL: damaged. */
enum rc blob_check(struct store *store, struct pool *pool, const char *board,
		const uint8_t sha256[32], char **path) MUST_CHECK;
/* Hash-checked and hard-linked into out_dir under a random name for X-Sendfile; *path absolute.
 * Links older than 10 minutes are removed on the way. */
enum rc blob_link_out(struct store *store, struct pool *pool, const char *board,
		const uint8_t sha256[32], char **path) MUST_CHECK;
/* The same for a file that is no content of ours; on the file system of out_dir. RC_NOT_FOUND. */
enum rc blob_link_file(struct store *store, struct pool *pool, const char *from, char **path) MUST_CHECK;
/* A new empty file in out_dir, for a download that is no content of ours (a list as a spreadsheet);
 * *fd is the caller's. It goes like the links above. RC_FULL, RC_IO. */
enum rc blob_new_out(struct store *store, struct pool *pool, char **path, int *fd) MUST_CHECK;
/* What lies there longer than 10 minutes goes, looked for once a minute: a list with names does not wait
 * for the next download. */
void blob_out_expire(struct store *store);
/* What this board holds, ascending by hash, after a hash ("" from the start), recorded at since_ms or later.
 * Board only. */
struct blob_row { char sha256[65]; int64_t size; };
enum rc blob_rows(struct store *store, const char *after, int64_t since_ms, size_t limit,
		struct blob_row *rows, size_t *count) MUST_CHECK;
/* Removes contents older than before_ms that no draft, dossier or former manifest names; inside a
 * write. Board only. */
enum rc blob_expire(struct store *store, int64_t before_ms) MUST_CHECK;

#endif
