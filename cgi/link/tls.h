/*
 * tls.h: a TLS client connection (Mbed TLS), with deadlines on every step.
 *
 * Mutual TLS, minimum 1.2, host name checked, TCP_NODELAY. Dates are compared with when_now_ms in the
 * verify callback, never with the kernel's clock. While our own time is not known (when_is_known) a
 * handshake passes whatever the dates say, and whoever connected may say hello alone: its answer is
 * signed by a pinned key and brings the time, by which the dates are looked at again (tls_dates).
 */
#ifndef TRAM_LINK_TLS_H
#define TRAM_LINK_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

struct tls_client;	/* certificates and configuration, one per process */
struct tls;		/* one connection */

enum tls_fault { TLS_FAULT_NONE, TLS_FAULT_DNS, TLS_FAULT_CONNECT, TLS_FAULT_PROXY, TLS_FAULT_WRONG_CA, TLS_FAULT_EXPIRED,
	TLS_FAULT_NOT_YET_VALID, TLS_FAULT_HOST_NAME, TLS_FAULT_REFUSED_OURS, TLS_FAULT_OTHER };

/* PEM files. RC_CONFIG. cert/key NULL: no client certificate. ca_file NULL: the peer is not verified
 * at all, which serves only to fetch what is then checked by a hash that is known. */
enum rc tls_client_new(const char *ca_file, const char *cert_file, const char *key_file,
		struct tls_client **out) MUST_CHECK;
void tls_client_free(struct tls_client *client);
/* Every wait also ends with RC_GONE when fd becomes readable: SIGTERM's pipe. -1: none. */
void tls_client_set_stop(struct tls_client *client, int fd);
/* All connections go through this HTTP proxy. */
void tls_client_set_proxy(struct tls_client *client, const char *host, const char *port);
/* Bytes of all connections so far, handshakes included; without what TCP and IP add. */
uint64_t tls_client_sent(const struct tls_client *client);
uint64_t tls_client_received(const struct tls_client *client);
/* name: the host name the certificate must carry. RC_TLS with *fault, RC_IO, RC_TIMEOUT. */
enum rc tls_connect(struct tls_client *client, const char *host, const char *port, const char *name,
		int64_t timeout_ms, struct tls **out, enum tls_fault *fault) MUST_CHECK;
enum rc tls_write(struct tls *tls, const void *bytes, size_t len, int64_t timeout_ms) MUST_CHECK;
/* *len 0: the peer closed. RC_GONE, RC_TIMEOUT, RC_TLS. */
enum rc tls_read(struct tls *tls, void *out, size_t cap, int64_t timeout_ms, size_t *len) MUST_CHECK;
/* Without waiting: RC_BUSY when tls_wait is needed first. */
enum rc tls_try_write(struct tls *tls, const void *bytes, size_t len, size_t *sent) MUST_CHECK;
enum rc tls_try_read(struct tls *tls, void *out, size_t cap, size_t *len) MUST_CHECK;
/* What the last RC_BUSY waits for, for poll of one's own. */
int tls_fd(const struct tls *tls, bool *for_write);
/* RC_OK when it may go on, RC_TIMEOUT at until_ms (when_boottime_ms), RC_GONE: stop. */
enum rc tls_wait(struct tls *tls, int64_t until_ms) MUST_CHECK;
/* Bytes handed to the kernel that the peer has not acknowledged: a slow line moves while it falls. */
int tls_unsent(const struct tls *tls);
/* Of a failed read or write: TLS_FAULT_REFUSED_OURS when an alert refused our certificate. */
enum tls_fault tls_fault_of(const struct tls *tls);
/* Between these all certificates of the chain are good. */
void tls_dates(const struct tls *tls, int64_t *not_before, int64_t *not_after);
/* Orderly where that needs no waiting; NULL is fine. */
void tls_close(struct tls *tls);
const char *tls_fault_name(enum tls_fault fault);

#endif
