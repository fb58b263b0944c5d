/*
 * release.h: a release: which packages make a version, said by a manifest that the release key signed
 * (JWS, typ "tram-release"), and the order of versions. Pure but for reading the token given.
 *
 * Payload: version, channel, made_at, not_before (ms), schema {tram auth run public access} (the schema
 * numbers this version serves), packages [{name arch suite version sha256 size}].
 *
 * A version is numbers with dots ("0.1.1300"), rising; what follows a '~' or '+' says how it was built
 * ("~deb13") and does not count in the order.
 */
#ifndef TRAM_LINK_RELEASE_H
#define TRAM_LINK_RELEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "crypt/hash.h"
#include "crypt/jws.h"
#include "store/db.h"

#define RELEASE_TYP "tram-release"
#define RELEASE_FILE "tram-release.jws"	/* on a stick, in the inbox */
#define RELEASE_KINDS (DB_ACCESS + 1)
#define RELEASE_PACKAGES 64
#define RELEASE_TOKEN_MAX 65536u

struct release_package {
	const char *name, *arch, *suite, *version;
	uint8_t sha256[HASH_SIZE];
	int64_t size_bytes;
	const char *file;	/* NAME_VERSION_ARCH.deb */
};

struct release {
	const char *version, *channel;
	int64_t made_at, not_before;
	int schema[RELEASE_KINDS];	/* by enum db_kind */
	struct release_package *packages;
	size_t count;
};

/* Texts go into the pool. RC_PROTOCOL: another key, or not signed at all (*reason "signature"); RC_INVALID:
 * signed, but not a manifest this program understands (*reason "manifest"). */
enum rc release_verify(struct pool *pool, const struct jws_key *key, const char *token,
		struct release *out, const char **reason) MUST_CHECK;
/* The payload alone, as verified or made. RC_INVALID. */
enum rc release_parse(struct pool *pool, const char *text, size_t len, struct release *out) MUST_CHECK;
/* The payload of a manifest that somebody verified before. RC_INVALID. */
enum rc release_payload(struct pool *pool, const char *token, struct release *out) MUST_CHECK;
/* As text for signing. */
char *release_text(struct pool *pool, const struct release *release);
/* The package of this name for this machine, or NULL. */
const struct release_package *release_find(const struct release *release, const char *name,
		const char *arch, const char *suite);

/* Debian's name of the architecture this program was built for. */
const char *release_machine(void);

bool release_is_version(const char *version);
/* <0, 0, >0 as a is older, the same, newer. Both are versions. */
int release_compare(const char *a, const char *b);

#endif
