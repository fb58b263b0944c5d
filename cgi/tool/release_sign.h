/*
 * release_sign.h: `tram release`: signs the manifest of a release, away from boards and centers, where the
 * release key is; and at a center hands a signed one to its boards.
 */
#ifndef TRAM_TOOL_RELEASE_SIGN_H
#define TRAM_TOOL_RELEASE_SIGN_H

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"

int release_sign_main(int argc, char **argv);
/* release_offer.c: verifies the release lying in from and lays it before the boards of this center.
 * RC_CONFLICT: refused, RC_INVALID: none there; said on stderr. */
enum rc release_offer(struct pool *pool, const struct settings *settings, const char *from) MUST_CHECK;

#endif
