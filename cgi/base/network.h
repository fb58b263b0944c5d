/*
 * network.h: the network settings of a board: its access point, guests, printers and the way out.
 * One file of "key = value" lines, "#" comments (board/FIRST-BOOT.md; `tram network --keys` prints every
 * key). A technician's page or a file on the boot partition writes it, `tram network` makes the system's
 * files of it. What is not in the table of network.c, or not as it says, is refused: these values become
 * files that root reads.
 */
#ifndef TRAM_BASE_NETWORK_H
#define TRAM_BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/rc.h"

/* The board's own networks; on no office's list of usual ones. A printer on the access point has a
 * network of its own: clients are isolated from each other, so their way to it leads through the board. */
#define NETWORK_TABLETS "10.77.0"
#define NETWORK_GUESTS "10.77.1"
#define NETWORK_PRINTERS "10.77.2"
#define NETWORK_PRINTERS_MAX 8

enum network_uplink { NETWORK_NONE, NETWORK_CABLE, NETWORK_WIFI, NETWORK_MODEM };

struct network_printer {
	const char *name;	/* may-in-1 … */
	const char *mac;	/* of one on the access point; or NULL: on the uplink's cable */
	const char *address;	/* where tablets find it */
};

struct network {
	const char *host;		/* name of the machine */
	const char *ap_name, *ap_key;
	int64_t ap_channel;		/* 1..13 on 2.4 GHz, 36..48 on 5 GHz */
	bool guest;
	const char *guest_name, *guest_key;	/* guest_key "": open */
	enum network_uplink uplink;
	const char *uplink_name, *uplink_key;
	const char *uplink_address;	/* "": by DHCP; else 192.0.2.20/24 */
	const char *uplink_gateway, *uplink_dns;
	struct network_printer printers[NETWORK_PRINTERS_MAX];
	size_t printer_count;
};

struct network_fault {
	int line;		/* 0: of the whole file */
	const char *key;	/* "" when the line has none */
	const char *why;	/* English; never holds the value, which may be a secret */
};

/* Reads the file's text. Texts from pool. RC_INVALID: *fault says what is wrong. */
enum rc network_read(struct pool *pool, const char *text, struct network *out,
		struct network_fault *fault) MUST_CHECK;
/* Would this value do for this key? For a page's field. RC_NOT_FOUND: no such key; RC_INVALID: *why. */
enum rc network_check(const char *key, const char *value, const char **why) MUST_CHECK;
/* Every key with default and meaning, as a commented file. */
void network_describe(struct buf *out);

#endif
