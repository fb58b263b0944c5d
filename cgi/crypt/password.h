/*
 * password.h: argon2id, 19 MiB, t=2, p=1 (OWASP), one at a time on a 512 MB board: a lock file
 * given by password_set_lock serialises all processes.
 */
#ifndef TRAM_CRYPT_PASSWORD_H
#define TRAM_CRYPT_PASSWORD_H

#include <stdbool.h>

#include "base/pool.h"
#include "base/rc.h"

void password_set_lock(const char *path);
/* The encoded form "$argon2id$…". RC_BUSY: others hash since more than 10 s. */
enum rc password_hash(struct pool *pool, const char *password, char **encoded) MUST_CHECK;
/* encoded NULL: hashes against a dummy, so that an unknown name takes as long. */
enum rc password_check(const char *encoded, const char *password, bool *matches) MUST_CHECK;

#endif
