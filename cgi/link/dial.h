/*
 * dial.h: a TCP connection to the center, straight or through an HTTP proxy (CONNECT, RFC 9110
 * §9.3.6), with a deadline on every step and a share of it for every address of a name: one that
 * swallows packets must not cost the time of the next.
 */
#ifndef TRAM_LINK_DIAL_H
#define TRAM_LINK_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rc.h"
#include "link/tls.h"

struct dial {
	const char *proxy_host, *proxy_port;	/* NULL: none */
	int stop_fd;				/* RC_GONE when it can be read; -1 */
};

/* A connected, non-blocking socket. RC_IO or RC_TIMEOUT with *fault: dns, connect or proxy. */
enum rc dial_open(const struct dial *dial, const char *host, const char *port, int64_t until_ms,
		int *fd, enum tls_fault *fault) MUST_CHECK;
/* Until fd is ready. RC_TIMEOUT at until_ms (when_boottime_ms), RC_GONE: stop, RC_IO. */
enum rc dial_wait(int fd, int stop_fd, bool for_write, int64_t until_ms) MUST_CHECK;

#endif
