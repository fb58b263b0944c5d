/*
 * tusc.h: tus 1.0.0 client (core, creation, checksum): several uploads in flight, each on a kept
 * connection of its own, resumed at the server's offset. What is under way in all lanes together is
 * at most 256 KiB: a cut costs no more, whatever it hits. On lines that are cut often it is less.
 *
 * Knows nothing of receipts but that the server's last answer may carry one in Tram-Receipt.
 */
#ifndef TRAM_LINK_TUSC_H
#define TRAM_LINK_TUSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "link/tls.h"

#define TUSC_LANES 4
#define TUSC_PATCH (256 * 1024)

struct tusc;

/* origin: "https://host:port"; base: "/v1/blobs". RC_CONFIG. */
enum rc tusc_new(struct tls_client *client, const char *origin, const char *name, const char *base,
		int64_t timeout_ms, struct tusc **out) MUST_CHECK;
void tusc_free(struct tusc *tusc);
/* Another origin from now on; everything under way is forgotten. RC_CONFIG. */
enum rc tusc_aim(struct tusc *tusc, const char *origin, const char *name) MUST_CHECK;
/* Bytes acknowledged by the server since tusc_new: what arrived, not what was sent. */
int64_t tusc_moved(const struct tusc *tusc);

bool tusc_has_room(const struct tusc *tusc);
bool tusc_is_idle(const struct tusc *tusc);
/* Is this content in flight? */
bool tusc_has(const struct tusc *tusc, const char *sha256);
/* sha256: hex. url: the address told by an earlier TUSC_URL, or "". RC_IO: the file cannot be
 * opened or has another size. */
enum rc tusc_add(struct tusc *tusc, const char *sha256, const char *path, int64_t size,
		const char *url) MUST_CHECK;
/* Forgets all uploads and connections (the center is down). */
void tusc_drop(struct tusc *tusc);
/* After a time without tusc_pump: nobody's deadline ran meanwhile. */
void tusc_touch(struct tusc *tusc);

enum tusc_event {
	TUSC_URL,	/* text: remember this address, so that a later tusc_add can resume */
	TUSC_DONE,	/* all bytes are there; text: Tram-Receipt or "" */
	TUSC_FAILED	/* rc, and the server's status when it answered (else 0); text: its body */
};
struct tusc_report {
	enum tusc_event event;
	char sha256[65];
	const char *text;		/* until the next tusc_pump */
	enum rc rc;
	int status;
	enum tls_fault fault;
};
/* Moves bytes. RC_OK: *report. RC_TIMEOUT: until_ms (when_boottime_ms) came. RC_BUSY: wake_fd can
 * be read. RC_GONE: stop. With nothing in flight it only waits. */
enum rc tusc_pump(struct tusc *tusc, int wake_fd, int stop_fd, int64_t until_ms,
		struct tusc_report *report) MUST_CHECK;

#endif
