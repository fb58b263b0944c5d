/*
 * file.h: files whose bytes must be there after a power cut (promise 1).
 *
 * A failed fsync is never retried: file_sync_or_die ends the process and the file is written anew.
 */
#ifndef TRAM_BASE_FILE_H
#define TRAM_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/pool.h"
#include "base/rc.h"

/* Whole file into the pool, NUL added. RC_NOT_FOUND, RC_TOO_LARGE, RC_IO. */
enum rc file_read(struct pool *pool, const char *path, size_t max_bytes, char **out,
		size_t *len) MUST_CHECK;
/* All bytes or an error: RC_FULL on ENOSPC/EDQUOT, else RC_IO. */
enum rc file_write_all(int fd, const void *bytes, size_t len) MUST_CHECK;
/* Up to size bytes from fd, through EINTR and short reads, until size or the end. RC_IO. */
enum rc file_read_all(int fd, void *bytes, size_t size, size_t *got) MUST_CHECK;
/* fsync; on failure log_fatal. what: a constant for the log. */
void file_sync_or_die(int fd, const char *what);
void file_sync_dir_or_die(const char *dir);
/* dir/name.tmp-<pid> → fsync → rename to dir/name → fsync dir. mode as for open. */
enum rc file_put(const char *dir, const char *name, const void *bytes, size_t len,
		mode_t mode) MUST_CHECK;
/* Creates the folder (and parents) if missing. */
enum rc file_make_dir(const char *path, mode_t mode) MUST_CHECK;
/* Bytes available to an unprivileged writer on the file system of path; 0 on error. */
unsigned long long file_free_bytes(const char *path);

#endif
