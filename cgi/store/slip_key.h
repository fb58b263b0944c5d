/*
 * slip_key.h: the slip keys and the keyed hash, for slip*.c alone.
 */
#ifndef TRAM_STORE_SLIP_KEY_H
#define TRAM_STORE_SLIP_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "base/settings.h"
#include "crypt/hash.h"

#define SLIP_KEY_SIZE 32

/* web_key_dir/<name>: 64 hex digits. RC_CONFIG: missing, unreadable or wrong. */
enum rc slip_key_read(const struct settings *settings, const char *name,
		uint8_t key[SLIP_KEY_SIZE]) MUST_CHECK;
/* HMAC(key, "qr" or "typed" ‖ secret) as hex. */
void slip_key_hash(const uint8_t key[SLIP_KEY_SIZE], bool typed, const void *secret, size_t len,
		char out[2 * HASH_SIZE + 1]);

#endif
