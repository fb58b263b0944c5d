/*
 * tar.h: the one form of tar that goes on a stick: POSIX ustar (IEEE 1003.1), plain files alone, names
 * of at most 100 characters in folders of their own. Any tar reads it. What is read is refused unless
 * it is exactly so: no links, devices or folders, no "..", no absolute or empty name, no prefix, no
 * pax or GNU extension, no sparse file. Knows nothing of what the files are.
 */
#ifndef TRAM_BASE_TAR_H
#define TRAM_BASE_TAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

#define TAR_BLOCK 512
#define TAR_NAME_MAX 100

struct tar_entry {
	char name[TAR_NAME_MAX + 1];
	int64_t size;
};

/* name: as tar_name_fits; size below 8 GiB; time in seconds since 1970. */
void tar_head(const char *name, int64_t size, int64_t time_s, uint8_t out[TAR_BLOCK]);
/* RC_NOT_FOUND: a block of zeros, the end. RC_INVALID: anything but a plain file's head. */
enum rc tar_head_parse(const uint8_t block[TAR_BLOCK], struct tar_entry *out) MUST_CHECK;
/* Zeros after the content, up to a whole block. */
size_t tar_padding(int64_t size);

#endif
