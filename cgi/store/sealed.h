/*
 * sealed.h: one file of a copy on a USB medium: sealed to its recipients (age), synced, read back from the
 * medium, and only then given its name. A medium may be pulled out at any moment: every failure is RC_FULL or
 * RC_IO, what was begun goes or stays under another name, and nothing that was whole is touched.
 */
#ifndef TRAM_STORE_SEALED_H
#define TRAM_STORE_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "crypt/age.h"

#define SEALED_TO_MAX 8
#define SEALED_PART ".dang-ghi"		/* ends the name of what is not whole yet */

/* Who may open it: the center's recovery key, the manager's. */
struct sealed_to {
	uint8_t keys[SEALED_TO_MAX][AGE_KEY_SIZE];
	size_t count;
};
/* "age1… age1…", blanks between. RC_INVALID: none, too many, or one that is no recipient. */
enum rc sealed_to_parse(const char *text, struct sealed_to *out) MUST_CHECK;

/* The sealed file as it lies there. */
struct sealed {
	int64_t bytes;
	uint8_t sha256[32];
};
/* The content of path, or bytes, as dir/name. RC_NOT_FOUND: path is not there. RC_FULL, RC_IO. */
enum rc sealed_put_file(const struct sealed_to *to, const char *dir, const char *name, const char *path,
		struct sealed *out) MUST_CHECK;
enum rc sealed_put_bytes(const struct sealed_to *to, const char *dir, const char *name, const void *bytes,
		size_t len, struct sealed *out) MUST_CHECK;
/* The same without a seal, for what everybody may read. */
enum rc sealed_put_plain(const char *dir, const char *name, const void *bytes, size_t len) MUST_CHECK;
/* Is the file there, of that length and digest? Read past the kernel's memory of it. Not there: false. */
enum rc sealed_check(const char *path, const struct sealed *want, bool *whole) MUST_CHECK;
/* Length and digest of what lies there. RC_NOT_FOUND, RC_IO. */
enum rc sealed_measure(const char *path, struct sealed *out) MUST_CHECK;
/* Opened into fd; digest and length of the plain bytes. RC_DENIED: sealed to others; RC_PROTOCOL: altered or
 * cut short; RC_NOT_FOUND; RC_FULL, RC_IO. */
enum rc sealed_open(const char *path, const struct age_identity *identity, int fd, uint8_t sha256[32],
		int64_t *bytes) MUST_CHECK;
/* One folder on the medium; there already is as good. RC_FULL, RC_IO. */
enum rc sealed_make_dir(const char *dir) MUST_CHECK;
/* fsync of a folder on the medium. */
enum rc sealed_sync_dir(const char *dir) MUST_CHECK;

#endif
