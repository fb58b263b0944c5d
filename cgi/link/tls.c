/*
 * tls.c: see tls.h. Sockets are non-blocking from the start: every step ends at a deadline.
 *
 * What the peer's certificate lacks is collected in the verify callback, certificate by
 * certificate. A date fault alone is told as such; beside a wrong CA it says nothing, for anybody
 * can make an old certificate.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>

#include "base/log.h"
#include "base/when.h"
#include "crypt/mbed.h"
#include "link/dial.h"
#include "link/tls.h"

struct tls_client {
	mbedtls_ssl_config config;
	mbedtls_x509_crt ca, own;
	mbedtls_pk_context key;
	struct dial dial;
	char *proxy_host, *proxy_port;
	uint64_t sent, received;
	bool has_ca;
	mbedtls_ssl_session session;	/* of the last handshake: the next one is shorter by it */
	bool has_session;
	int64_t session_from, session_until;	/* dates of the certificates that were seen for it */
};

struct tls {
	mbedtls_ssl_context ssl;
	struct tls_client *client;	/* counts our bytes */
	int fd, stop_fd;
	bool wants_write, verified;
	uint32_t flags;		/* what the verify callback saw on any certificate of the chain */
	int64_t not_before, not_after;	/* of all of them together */
	enum tls_fault fault;
};

static const char *const tls_fault_names[] = {
	[TLS_FAULT_NONE] = "none",
	[TLS_FAULT_DNS] = "dns",
	[TLS_FAULT_CONNECT] = "connect",
	[TLS_FAULT_PROXY] = "proxy",
	[TLS_FAULT_WRONG_CA] = "wrong-ca",
	[TLS_FAULT_EXPIRED] = "expired",
	[TLS_FAULT_NOT_YET_VALID] = "not-yet-valid",
	[TLS_FAULT_HOST_NAME] = "host-name",
	[TLS_FAULT_REFUSED_OURS] = "refused-ours",
	[TLS_FAULT_OTHER] = "tls",
};

const char *tls_fault_name(enum tls_fault fault)
{
	size_t i = (size_t)fault;

	return i < sizeof(tls_fault_names) / sizeof(tls_fault_names[0]) ? tls_fault_names[i] : "tls";
}

/* ---- configuration ---- */

static enum rc tls_load_own(struct tls_client *client, const char *cert_file, const char *key_file)
{
	if (mbedtls_x509_crt_parse_file(&client->own, cert_file)) {
		log_error("tls: client certificate cannot be read file=%s", cert_file);
		return RC_CONFIG;
	}
	if (mbed_parse_keyfile(&client->key, key_file)) {
		log_error("tls: client key cannot be read file=%s", key_file);
		return RC_CONFIG;
	}
	if (mbed_check_pair(&client->own.pk, &client->key)) {
		log_error("tls: client key is not the certificate's file=%s", key_file);
		return RC_CONFIG;
	}
	return mbedtls_ssl_conf_own_cert(&client->config, &client->own, &client->key) ?
			RC_CONFIG : RC_OK;
}

enum rc tls_client_new(const char *ca_file, const char *cert_file, const char *key_file,
		struct tls_client **out)
{
	struct tls_client *client = calloc(1, sizeof(*client));
	enum rc rc = RC_CONFIG;

	*out = NULL;
	if (!client)
		log_fatal("tls: out of memory");
	mbed_start();
	client->dial.stop_fd = -1;
	client->has_ca = ca_file != NULL;
	mbedtls_ssl_config_init(&client->config);
	mbedtls_x509_crt_init(&client->ca);
	mbedtls_x509_crt_init(&client->own);
	mbedtls_pk_init(&client->key);
	mbedtls_ssl_session_init(&client->session);
	if (mbedtls_ssl_config_defaults(&client->config, MBEDTLS_SSL_IS_CLIENT,
			MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT))
		log_fatal("tls: out of memory");
	if (ca_file && mbedtls_x509_crt_parse_file(&client->ca, ca_file)) {
		log_error("tls: CA certificate cannot be read file=%s", ca_file);
		goto out;
	}
	mbed_min_tls12(&client->config);
	mbedtls_ssl_conf_authmode(&client->config, ca_file ? MBEDTLS_SSL_VERIFY_REQUIRED :
			MBEDTLS_SSL_VERIFY_NONE);
	mbedtls_ssl_conf_ca_chain(&client->config, &client->ca, NULL);
	mbedtls_ssl_conf_rng(&client->config, mbed_random, NULL);
	rc = cert_file && key_file ? tls_load_own(client, cert_file, key_file) : RC_OK;
	if (rc)
		goto out;
	*out = client;
	client = NULL;
out:
	tls_client_free(client);
	return rc;
}

void tls_client_free(struct tls_client *client)
{
	if (!client)
		return;
	mbedtls_ssl_config_free(&client->config);
	mbedtls_x509_crt_free(&client->ca);
	mbedtls_x509_crt_free(&client->own);
	mbedtls_pk_free(&client->key);
	mbedtls_ssl_session_free(&client->session);
	free(client->proxy_host);
	free(client->proxy_port);
	free(client);
}

void tls_client_set_stop(struct tls_client *client, int fd)
{
	client->dial.stop_fd = fd;
}

void tls_client_set_proxy(struct tls_client *client, const char *host, const char *port)
{
	client->proxy_host = strdup(host);
	client->proxy_port = strdup(port);
	if (!client->proxy_host || !client->proxy_port)
		log_fatal("tls: out of memory");
	client->dial.proxy_host = client->proxy_host;
	client->dial.proxy_port = client->proxy_port;
}

uint64_t tls_client_sent(const struct tls_client *client)
{
	return client->sent;
}

uint64_t tls_client_received(const struct tls_client *client)
{
	return client->received;
}

/* ---- waiting ---- */

enum rc tls_wait(struct tls *tls, int64_t until_ms)
{
	return dial_wait(tls->fd, tls->stop_fd, tls->wants_write, until_ms);
}

int tls_fd(const struct tls *tls, bool *for_write)
{
	*for_write = tls->wants_write;
	return tls->fd;
}

int tls_unsent(const struct tls *tls)
{
	int bytes = 0;

	return ioctl(tls->fd, TIOCOUTQ, &bytes) ? 0 : bytes;
}

/* ---- connecting ---- */

static int tls_bio_send(void *arg, const unsigned char *bytes, size_t len)
{
	const struct tls *tls = arg;
	ssize_t n = send(tls->fd, bytes, len, MSG_NOSIGNAL);

	if (n >= 0) {
		tls->client->sent += (uint64_t)n;
		return (int)n;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	return errno == EPIPE || errno == ECONNRESET ? MBEDTLS_ERR_NET_CONN_RESET :
			MBEDTLS_ERR_NET_SEND_FAILED;
}

static int tls_bio_receive(void *arg, unsigned char *out, size_t cap)
{
	const struct tls *tls = arg;
	ssize_t n = recv(tls->fd, out, cap, 0);

	if (n >= 0) {
		tls->client->received += (uint64_t)n;
		return (int)n;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_READ;
	return errno == EPIPE || errno == ECONNRESET ? MBEDTLS_ERR_NET_CONN_RESET :
			MBEDTLS_ERR_NET_RECV_FAILED;
}

/* Mbed TLS has compared the dates with the kernel's clock: that verdict is replaced by ours. */
static int tls_collect(void *arg, mbedtls_x509_crt *cert, int depth, uint32_t *flags)
{
	const uint32_t dates = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
	int64_t from = mbed_time_ms(&cert->valid_from), until = mbed_time_ms(&cert->valid_to);
	struct tls *tls = arg;

	(void)depth;
	*flags &= ~dates;
	if (from > tls->not_before)
		tls->not_before = from;
	if (until < tls->not_after)
		tls->not_after = until;
	if (when_is_signed()) {
		int64_t now = when_now_ms();

		*flags |= now < from ? (uint32_t)MBEDTLS_X509_BADCERT_FUTURE : 0;
		*flags |= now > until ? (uint32_t)MBEDTLS_X509_BADCERT_EXPIRED : 0;
	}
	tls->flags |= *flags;
	return 0;
}

void tls_dates(const struct tls *tls, int64_t *not_before, int64_t *not_after)
{
	*not_before = tls->not_before;
	*not_after = tls->not_after;
}

static enum tls_fault tls_fault_of_flags(uint32_t flags)
{
	const uint32_t dates = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
	const uint32_t name = MBEDTLS_X509_BADCERT_CN_MISMATCH;

	if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
		return TLS_FAULT_WRONG_CA;
	if (flags & ~(dates | name))
		return TLS_FAULT_OTHER;
	if (flags & name)
		return TLS_FAULT_HOST_NAME;
	if (flags & MBEDTLS_X509_BADCERT_FUTURE)
		return TLS_FAULT_NOT_YET_VALID;
	return flags & MBEDTLS_X509_BADCERT_EXPIRED ? TLS_FAULT_EXPIRED : TLS_FAULT_NONE;
}

/* Alerts that speak of the sender's certificate: ours (RFC 5246 §7.2.2, RFC 8446 §6.2). */
static bool tls_alert_is_about_cert(int alert)
{
	return (alert >= 42 && alert <= 46) || alert == 48 || alert == 49 || alert == 116;
}

/* What Mbed TLS said, as rc; tls->fault is set where it is a matter of trust. */
static enum rc tls_explain(struct tls *tls, int answer)
{
	switch (answer) {
	case MBEDTLS_ERR_SSL_WANT_READ:
		tls->wants_write = false;
		return RC_BUSY;
	case MBEDTLS_ERR_SSL_WANT_WRITE:
		tls->wants_write = true;
		return RC_BUSY;
	case MBEDTLS_ERR_NET_CONN_RESET:
	case MBEDTLS_ERR_SSL_CONN_EOF:
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
	case MBEDTLS_ERR_NET_SEND_FAILED:
	case MBEDTLS_ERR_NET_RECV_FAILED:
		return RC_GONE;
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
		tls->fault = tls_alert_is_about_cert(mbed_alert(&tls->ssl)) ?
				TLS_FAULT_REFUSED_OURS : TLS_FAULT_OTHER;
		return RC_TLS;
	default:
		tls->fault = tls_fault_of_flags(tls->flags);
		if (tls->fault == TLS_FAULT_NONE)
			tls->fault = TLS_FAULT_OTHER;
		return RC_TLS;
	}
}

static enum rc tls_handshake(struct tls *tls, int64_t until_ms)
{
	enum rc rc;
	int answer;

	while ((answer = mbedtls_ssl_handshake(&tls->ssl)) != 0) {
		rc = tls_explain(tls, answer);
		if (rc == RC_BUSY)
			rc = tls_wait(tls, until_ms);
		if (rc)
			return rc;
	}
	/* VERIFY_REQUIRED has ended the handshake on any flag; this is the second lock. */
	return tls->verified && mbedtls_ssl_get_verify_result(&tls->ssl) ? tls_explain(tls, -1) :
			RC_OK;
}

/* A resumed session spares both certificates: half the bytes of a look at the feed. It is kept only
 * where nothing was wrong with the peer's certificate, and with its dates: a shorter handshake shows
 * none. Should the peer not know the session, it is a whole handshake, and all is seen anew. */
static void tls_keep_session(struct tls *tls, bool good)
{
	struct tls_client *client = tls->client;

	mbedtls_ssl_session_free(&client->session);
	mbedtls_ssl_session_init(&client->session);
	client->session_from = tls->not_before;
	client->session_until = tls->not_after;
	client->has_session = good && tls->verified && tls->flags == 0 &&
			mbedtls_ssl_get_session(&tls->ssl, &client->session) == 0;
}

static void tls_resume(struct tls *tls)
{
	struct tls_client *client = tls->client;

	if (client->has_session && when_is_signed() && (when_now_ms() < client->session_from ||
			when_now_ms() > client->session_until))
		client->has_session = false;
	if (client->has_session && mbedtls_ssl_set_session(&tls->ssl, &client->session))
		client->has_session = false;
	if (client->has_session) {
		tls->not_before = client->session_from;
		tls->not_after = client->session_until;
	}
}

enum rc tls_connect(struct tls_client *client, const char *host, const char *port, const char *name,
		int64_t timeout_ms, struct tls **out, enum tls_fault *fault)
{
	int64_t until_ms = when_boottime_ms() + timeout_ms;
	struct tls *tls;
	enum rc rc;
	int fd = -1;

	*out = NULL;
	if (!name || !name[0])
		return RC_CONFIG;
	rc = dial_open(&client->dial, host, port, until_ms, &fd, fault);
	if (rc)
		return rc;
	*fault = TLS_FAULT_NONE;
	tls = calloc(1, sizeof(*tls));
	if (!tls)
		log_fatal("tls: out of memory");
	tls->fd = fd;
	tls->stop_fd = client->dial.stop_fd;
	tls->client = client;
	tls->not_after = INT64_MAX;
	tls->verified = client->has_ca;
	mbedtls_ssl_init(&tls->ssl);
	mbedtls_ssl_set_verify(&tls->ssl, tls_collect, tls);
	mbedtls_ssl_set_bio(&tls->ssl, tls, tls_bio_send, tls_bio_receive, NULL);
	if (mbedtls_ssl_setup(&tls->ssl, &client->config) ||
			mbedtls_ssl_set_hostname(&tls->ssl, name))
		log_fatal("tls: out of memory");
	tls_resume(tls);
	rc = tls_handshake(tls, until_ms);
	tls_keep_session(tls, rc == RC_OK);
	if (rc) {
		*fault = tls->fault ? tls->fault : TLS_FAULT_CONNECT;
		tls_close(tls);
		return rc;
	}
	*out = tls;
	return RC_OK;
}

/* ---- reading and writing ---- */

enum rc tls_try_write(struct tls *tls, const void *bytes, size_t len, size_t *sent)
{
	int n = mbedtls_ssl_write(&tls->ssl, bytes, len);

	*sent = n > 0 ? (size_t)n : 0;
	return n > 0 || len == 0 ? RC_OK : tls_explain(tls, n);
}

enum rc tls_try_read(struct tls *tls, void *out, size_t cap, size_t *len)
{
	int n;

	*len = 0;
	do
		n = mbedtls_ssl_read(&tls->ssl, out, cap);
	while (mbed_is_ticket(n));
	if (n >= 0) {
		*len = (size_t)n;
		return RC_OK;
	}
	/* Whether an end came too early is for HTTP's lengths to say: 2.28 answers 0 to a cut too. */
	return n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY ? RC_OK : tls_explain(tls, n);
}

enum rc tls_write(struct tls *tls, const void *bytes, size_t len, int64_t timeout_ms)
{
	const uint8_t *at = bytes;
	enum rc rc = RC_OK;
	size_t sent;

	while (len && rc == RC_OK) {
		rc = tls_try_write(tls, at, len, &sent);
		if (rc == RC_BUSY)
			rc = tls_wait(tls, when_boottime_ms() + timeout_ms);
		at += sent;
		len -= sent;
	}
	return rc;
}

enum rc tls_read(struct tls *tls, void *out, size_t cap, int64_t timeout_ms, size_t *len)
{
	enum rc rc;

	while ((rc = tls_try_read(tls, out, cap, len)) == RC_BUSY) {
		rc = tls_wait(tls, when_boottime_ms() + timeout_ms);
		if (rc)
			return rc;
	}
	return rc;
}

enum tls_fault tls_fault_of(const struct tls *tls)
{
	return tls->fault;
}

void tls_close(struct tls *tls)
{
	if (!tls)
		return;
	(void)mbedtls_ssl_close_notify(&tls->ssl);
	mbedtls_ssl_free(&tls->ssl);
	close(tls->fd);
	free(tls);
}
