/*
 * password.c: see password.h. 19 MiB, t=2, p=1: OWASP Password Storage, argon2id.
 */
#include <argon2.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "crypt/password.h"
#include "crypt/random.h"

#define PASSWORD_PASSES 2u
#define PASSWORD_MEMORY_KIB (19u * 1024u)
#define PASSWORD_LANES 1u
#define PASSWORD_SALT 16
#define PASSWORD_TAG 32

static char password_lock_path[PATH_MAX];

void password_set_lock(const char *path)
{
	int n = snprintf(password_lock_path, sizeof(password_lock_path), "%s", path ? path : "");

	if (n < 0 || (size_t)n >= sizeof(password_lock_path))
		log_fatal("password: lock path is too long");
}

/* glibc learns from the first freed 19 MiB to take the next from its heap, and keeps them: a worker
 * would hold them for weeks (measured: 20 MB each instead of 1.9). A fixed threshold unlearns that. */
static void password_return_memory(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
}

/* *fd -1: no lock file was given. The lock goes with the descriptor. */
static enum rc password_take(int64_t wait_ms, int *fd)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int64_t until = when_boottime_ms() + wait_ms;

	password_return_memory();
	*fd = -1;
	if (!password_lock_path[0])
		return RC_OK;
	*fd = open(password_lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (*fd < 0) {
		log_error("password: lock file cannot be opened: %s", strerror(errno));
		return RC_IO;
	}
	while (fcntl(*fd, F_SETLK, &lock)) {
		if (errno != EACCES && errno != EAGAIN && errno != EINTR) {
			log_error("password: lock: %s", strerror(errno));
			close(*fd);
			*fd = -1;
			return RC_IO;
		}
		if (when_boottime_ms() >= until) {
			close(*fd);
			*fd = -1;
			return RC_BUSY;
		}
		nanosleep(&pause, NULL);
	}
	return RC_OK;
}

static void password_release(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void password_must(int fault)
{
	if (fault == ARGON2_MEMORY_ALLOCATION_ERROR)
		log_fatal("password: out of memory");
	if (fault != ARGON2_OK)
		log_bug("password: argon2: %s", argon2_error_message(fault));
}

enum rc password_hash(struct pool *pool, const char *password, char **encoded)
{
	size_t size = argon2_encodedlen(PASSWORD_PASSES, PASSWORD_MEMORY_KIB, PASSWORD_LANES,
			PASSWORD_SALT, PASSWORD_TAG, Argon2_id);
	uint8_t salt[PASSWORD_SALT];
	enum rc rc;
	int lock;

	*encoded = NULL;
	rc = password_take(PASSWORD_WAIT_MS, &lock);
	if (rc)
		return rc;
	random_bytes(salt, sizeof(salt));
	*encoded = pool_alloc(pool, size);
	password_must(argon2id_hash_encoded(PASSWORD_PASSES, PASSWORD_MEMORY_KIB, PASSWORD_LANES,
			password, strlen(password), salt, sizeof(salt), PASSWORD_TAG,
			*encoded, size));
	password_release(lock);
	return RC_OK;
}

enum rc password_check(const char *encoded, const char *password, int64_t wait_ms, bool *matches)
{
	static const uint8_t no_salt[PASSWORD_SALT];
	uint8_t tag[PASSWORD_TAG];
	enum rc rc;
	int lock, fault;

	*matches = false;
	rc = password_take(wait_ms, &lock);
	if (rc)
		return rc;
	if (encoded) {
		fault = argon2id_verify(encoded, password, strlen(password));
		if (fault == ARGON2_MEMORY_ALLOCATION_ERROR)
			password_must(fault);
		if (fault != ARGON2_OK && fault != ARGON2_VERIFY_MISMATCH) {
			log_error("password: stored hash is damaged: %s", argon2_error_message(fault));
			rc = RC_DB;
		}
		*matches = fault == ARGON2_OK;
	} else {
		password_must(argon2id_hash_raw(PASSWORD_PASSES, PASSWORD_MEMORY_KIB,
				PASSWORD_LANES, password, strlen(password), no_salt,
				sizeof(no_salt), tag, sizeof(tag)));
	}
	password_release(lock);
	return rc;
}
