/*
 * bundle_keys.h: the keys a stick needs, as each side keeps them: of a board in link_key_dir
 * (client.key, client.crt, receipt.pub, receipt.chain, stick.key, stick-center.pub), of the center in center_key_dir
 * (receipt.key, stick.key). stick.key and .pub are files as age-keygen writes them.
 */
#ifndef TRAM_LINK_BUNDLE_KEYS_H
#define TRAM_LINK_BUNDLE_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "crypt/age.h"
#include "crypt/jws.h"
#include "link/identity.h"

struct bundle_keys {
	struct jws_key *sign;		/* board: its client key; center: the receipt key */
	struct identity_keys receipts;	/* board: the center's public receipt keys */
	char *cert_pem;			/* board: its certificate */
	struct age_identity own;
	uint8_t center[AGE_KEY_SIZE];	/* board: whom it seals to */
};

/* RC_CONFIG: a key is missing or unusable, logged. Texts in the pool. */
enum rc bundle_keys_load(const struct settings *settings, struct pool *pool,
		struct bundle_keys *out) MUST_CHECK;
void bundle_keys_free(struct bundle_keys *keys);
/* stick.key (0600) and stick.pub in dir, once: what is there stays. */
enum rc bundle_keys_make(struct pool *pool, const char *dir) MUST_CHECK;

#endif
