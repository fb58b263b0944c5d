/*
 * mbed.h: every difference between Mbed TLS 2.28 (Debian 12) and 3.6 (Debian 13), in one place.
 *
 * Nobody else asks for MBEDTLS_VERSION_*. 3.6 keeps the members of its structs private by name
 * only; the few that have no getter are read through MBEDTLS_PRIVATE here.
 */
#ifndef TRAM_CRYPT_MBED_H
#define TRAM_CRYPT_MBED_H

#include <stddef.h>

#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <mbedtls/x509_csr.h>

#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#else
#define MBEDTLS_PRIVATE(member) member
#endif

#include "base/log.h"
#include "base/when.h"
#include "crypt/random.h"

/* The generator handed to Mbed TLS: the kernel's. */
static inline int mbed_random(void *unused, unsigned char *out, size_t len)
{
	(void)unused;
	random_bytes(out, len);
	return 0;
}

/* Before the first handshake: TLS 1.3 in 3.6 stands on PSA. */
static inline void mbed_start(void)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	if (psa_crypto_init() != PSA_SUCCESS)
		log_fatal("crypt: psa_crypto_init failed");
#endif
}

static inline int mbed_sha256_start(mbedtls_sha256_context *context)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_sha256_starts(context, 0);
#else
	return mbedtls_sha256_starts_ret(context, 0);
#endif
}

static inline int mbed_sha256_add(mbedtls_sha256_context *context, const void *bytes, size_t len)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_sha256_update(context, bytes, len);
#else
	return mbedtls_sha256_update_ret(context, bytes, len);
#endif
}

static inline int mbed_sha256_end(mbedtls_sha256_context *context, unsigned char out[32])
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_sha256_finish(context, out);
#else
	return mbedtls_sha256_finish_ret(context, out);
#endif
}

static inline int mbed_sha1(const void *bytes, size_t len, unsigned char out[20])
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_sha1(bytes, len, out);
#else
	return mbedtls_sha1_ret(bytes, len, out);
#endif
}

static inline int mbed_sha1_start(mbedtls_sha1_context *context)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_sha1_starts(context);
#else
	return mbedtls_sha1_starts_ret(context);
#endif
}

static inline int mbed_sha1_add(mbedtls_sha1_context *context, const void *bytes, size_t len)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_sha1_update(context, bytes, len);
#else
	return mbedtls_sha1_update_ret(context, bytes, len);
#endif
}

static inline int mbed_sha1_end(mbedtls_sha1_context *context, unsigned char out[20])
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_sha1_finish(context, out);
#else
	return mbedtls_sha1_finish_ret(context, out);
#endif
}

/* len counts the NUL of a PEM text. */
static inline int mbed_parse_key(mbedtls_pk_context *key, const unsigned char *bytes, size_t len)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_pk_parse_key(key, bytes, len, NULL, 0, mbed_random, NULL);
#else
	return mbedtls_pk_parse_key(key, bytes, len, NULL, 0);
#endif
}

static inline int mbed_parse_keyfile(mbedtls_pk_context *key, const char *path)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_pk_parse_keyfile(key, path, NULL, mbed_random, NULL);
#else
	return mbedtls_pk_parse_keyfile(key, path, NULL);
#endif
}

static inline int mbed_check_pair(const mbedtls_pk_context *public, const mbedtls_pk_context *private)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_pk_check_pair(public, private, mbed_random, NULL);
#else
	return mbedtls_pk_check_pair(public, private);
#endif
}

static inline int mbed_set_serial(mbedtls_x509write_cert *cert, unsigned char *bytes, size_t len)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_x509write_crt_set_serial_raw(cert, bytes, len);
#else
	mbedtls_mpi serial;
	int fault;

	mbedtls_mpi_init(&serial);
	fault = mbedtls_mpi_read_binary(&serial, bytes, len);
	if (!fault)
		fault = mbedtls_x509write_crt_set_serial(cert, &serial);
	mbedtls_mpi_free(&serial);
	return fault;
#endif
}

static inline void mbed_min_tls12(mbedtls_ssl_config *config)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
	mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3,
			MBEDTLS_SSL_MINOR_VERSION_3);
#endif
}

/* TLS 1.3 hands tickets up as if they were errors; they mean "read again". */
static inline int mbed_is_ticket(int fault)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
	return fault == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
	(void)fault;
	return 0;
#endif
}

/* After MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE: which alert (RFC 8446 §6). */
static inline int mbed_alert(const mbedtls_ssl_context *ssl)
{
	return ssl->MBEDTLS_PRIVATE(in_msg) ? ssl->MBEDTLS_PRIVATE(in_msg)[1] : 0;
}

static inline int64_t mbed_time_ms(const mbedtls_x509_time *time)
{
	return when_day_number(time->year, time->mon, time->day) * WHEN_DAY_MS +
			((time->hour * 60 + time->min) * 60 + time->sec) * INT64_C(1000);
}

static inline const unsigned char *mbed_pem_bytes(const mbedtls_pem_context *pem)
{
	return pem->MBEDTLS_PRIVATE(buf);
}

static inline size_t mbed_pem_size(const mbedtls_pem_context *pem)
{
	return pem->MBEDTLS_PRIVATE(buflen);
}

static inline const mbedtls_ecp_group *mbed_group(const mbedtls_ecp_keypair *pair)
{
	return &pair->MBEDTLS_PRIVATE(grp);
}

static inline const mbedtls_mpi *mbed_secret(const mbedtls_ecp_keypair *pair)
{
	return &pair->MBEDTLS_PRIVATE(d);
}

static inline const mbedtls_ecp_point *mbed_point(const mbedtls_ecp_keypair *pair)
{
	return &pair->MBEDTLS_PRIVATE(Q);
}

#endif
