/*
 * setup.h: what a board is told before it works: the answers of first boot, from the six pages or from one
 * file on the boot partition, and what is made of them: tram.conf and network.conf. board/FIRST-BOOT.md is
 * the same in words. Pure but for setup_load and setup_save; knows no page.
 */
#ifndef TRAM_STORE_SETUP_H
#define TRAM_STORE_SETUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/rc.h"

enum setup_step { SETUP_STATION, SETUP_POINT, SETUP_ADMIN, SETUP_WIFI, SETUP_UPLINK, SETUP_TOKEN, SETUP_STEPS };

/* In the order of the pages; setup.c has name, step and bounds of each. */
enum setup_key {
	SETUP_COMMUNE, SETUP_STATION_NAME, SETUP_PARENT, SETUP_AGENCY, SETUP_AGENCY_ID,
	SETUP_POINT_NO, SETUP_POINT_NAME, SETUP_POINT_ADDRESS, SETUP_POINT_PHONE, SETUP_PLACE,
	SETUP_LOGIN, SETUP_NAME, SETUP_PASSWORD, SETUP_HASH,
	SETUP_AP_NAME, SETUP_AP_KEY, SETUP_AP_CHANNEL, SETUP_GUEST, SETUP_GUEST_NAME, SETUP_GUEST_KEY, SETUP_PRINTERS,
	SETUP_UPLINK_KIND, SETUP_UPLINK_NAME, SETUP_UPLINK_KEY, SETUP_UPLINK_ADDRESS,
	SETUP_UPLINK_GATEWAY, SETUP_UPLINK_DNS, SETUP_CENTER, SETUP_CENTER_MORE, SETUP_CENTER_NAME, SETUP_PROXY,
	SETUP_INVITE, SETUP_LATER, SETUP_REHEARSE,
	SETUP_KEYS
};

struct setup { const char *value[SETUP_KEYS]; };	/* never NULL: "" while it is not said */

/* Where and why: key a name of the file or "", line 0 when it is about no line. why: one word, the end of
 * a text key: "key", "twice", "line", "long", "missing", "value". */
struct setup_fault { const char *key; int line; const char *why; };

void setup_clear(struct setup *setup);
const char *setup_name(enum setup_key key);
enum setup_step setup_step_of(enum setup_key key);
bool setup_is_needed(enum setup_key key);
/* Is a secret: shown to nobody again. */
bool setup_is_secret(enum setup_key key);

/* Lines "key = value". RC_INVALID: nothing of it is to be used; the first fault. */
enum rc setup_parse(struct pool *pool, const char *text, size_t len, struct setup *out,
		struct setup_fault *fault) MUST_CHECK;
/* Is the value one that this key may have, alone? "" is. */
bool setup_value_fits(struct pool *pool, enum setup_key key, const char *value);
/* One step as a whole: what is missing, what does not fit together. */
enum rc setup_check(struct pool *pool, const struct setup *setup, enum setup_step step,
		struct setup_fault *fault) MUST_CHECK;
/* The first step that is not answered yet; SETUP_STEPS: none. */
enum setup_step setup_next(struct pool *pool, const struct setup *setup);

/* "b18685-1". */
char *setup_board_id(struct pool *pool, const struct setup *setup);
/* Name of a commune of the built-in list; NULL. */
char *setup_commune(struct pool *pool, const char *code);
/* Lines of tram.conf, but side. */
char *setup_conf(struct pool *pool, const struct setup *setup, bool rehearsal);
/* network.conf (base/network.h). */
char *setup_network(struct pool *pool, const struct setup *setup);

/* The answers so far, dir/answers (0600): each is on the disk before the next page. RC_NOT_FOUND: none
 * yet; RC_INVALID. */
enum rc setup_load(struct pool *pool, const char *dir, struct setup *out) MUST_CHECK;
enum rc setup_save(struct pool *pool, const char *dir, const struct setup *setup) MUST_CHECK;

/* ---- setup_label.c: what is printed on the box ---- */

/* Name of the network, its passphrase, and the code that opens first boot. */
struct setup_label { const char *label, *ap_key, *code; };
/* All at random: no two boxes share any. */
void setup_label_new(struct pool *pool, struct setup_label *out);
char *setup_label_text(struct pool *pool, const struct setup_label *label);
enum rc setup_label_parse(struct pool *pool, const char *text, size_t len, struct setup_label *out,
		struct setup_fault *fault) MUST_CHECK;
/* SHA-256 in hex of the code as typed, whatever case, hyphens or blanks. RC_INVALID: it is none. */
enum rc setup_code_hash(const char *typed, char out[65]) MUST_CHECK;

#endif
