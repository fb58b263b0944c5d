/*
 * password.h: argon2id, 19 MiB, t=2, p=1 (OWASP), one at a time on a 512 MB board: a lock file
 * given by password_set_lock serialises all processes.
 */
#ifndef TRAM_CRYPT_PASSWORD_H
#define TRAM_CRYPT_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"

#define PASSWORD_WAIT_MS 10000

void password_set_lock(const char *path);
/* The encoded form "$argon2id$…". RC_BUSY: others hash since PASSWORD_WAIT_MS. */
enum rc password_hash(struct pool *pool, const char *password, char **encoded) MUST_CHECK;
/* encoded NULL: hashes against a dummy, so that an unknown name takes as long. RC_BUSY: others hash
 * since wait_ms; 0: does not wait for them. */
enum rc password_check(const char *encoded, const char *password, int64_t wait_ms,
		bool *matches) MUST_CHECK;

#endif
