/*
 * test_cert.c: keys and certificates as `tram pki` makes them, read back through Mbed TLS's own
 * verification and our reader.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/pool.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "crypt/mbed.h"

#define START INT64_C(1795478400000)	/* 2026-11-24 00:00:00 UTC */
#define YEAR (365 * WHEN_DAY_MS)

static struct pool *pool;
static char *ca_key, *ca_public, *ca_pem, *key, *public;

static int set_up(void **state)
{
	(void)state;
	pool = pool_new();
	return cert_key_new(pool, &ca_key, &ca_public) || cert_key_new(pool, &key, &public) ||
		cert_issue(pool, CERT_CA, "Test CA", NULL, ca_public, NULL, ca_key, START,
				START + YEAR, &ca_pem);
}

static int tear_down(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

static void load(mbedtls_x509_crt *out, const char *pem)
{
	mbedtls_x509_crt_init(out);
	assert_int_equal(mbedtls_x509_crt_parse(out, (const unsigned char *)pem, strlen(pem) + 1), 0);
}

/* Flags of verifying pem for the name under ca, dates aside. */
static uint32_t flags_of(const char *pem, const char *ca, const char *name)
{
	mbedtls_x509_crt cert, issuer;
	uint32_t flags = 0;

	load(&cert, pem);
	load(&issuer, ca);
	(void)mbedtls_x509_crt_verify(&cert, &issuer, NULL, name, &flags, NULL, NULL);
	mbedtls_x509_crt_free(&cert);
	mbedtls_x509_crt_free(&issuer);
	return flags & (uint32_t)~(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
}

static void ca_reads_back(void **state)
{
	struct cert_info info;

	(void)state;
	assert_int_equal(cert_read(pool, ca_pem, &info), RC_OK);
	assert_string_equal(info.common_name, "Test CA");
	assert_int_equal(info.not_before, START);
	assert_int_equal(info.not_after, START + YEAR);
}

static void server_names_are_checked(void **state)
{
	char *pem;

	(void)state;
	assert_int_equal(cert_issue(pool, CERT_SERVER, "center", "localhost center.example 127.0.0.1",
			public, ca_pem, ca_key, START, START + YEAR, &pem), RC_OK);
	assert_int_equal(flags_of(pem, ca_pem, "localhost"), 0);
	assert_int_equal(flags_of(pem, ca_pem, "center.example"), 0);
	assert_int_equal(flags_of(pem, ca_pem, "other.example"), MBEDTLS_X509_BADCERT_CN_MISMATCH);
}

static void uses_are_kept_apart(void **state)
{
	mbedtls_x509_crt cert;
	char *server, *client;

	(void)state;
	assert_int_equal(cert_issue(pool, CERT_SERVER, "center", "localhost", public, ca_pem, ca_key,
			START, START + YEAR, &server), RC_OK);
	assert_int_equal(cert_issue(pool, CERT_CLIENT, "b18685-1", NULL, public, ca_pem, ca_key,
			START, START + YEAR, &client), RC_OK);
	load(&cert, server);
	assert_int_equal(mbedtls_x509_crt_check_extended_key_usage(&cert, MBEDTLS_OID_SERVER_AUTH,
			MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)), 0);
	assert_int_not_equal(mbedtls_x509_crt_check_extended_key_usage(&cert, MBEDTLS_OID_CLIENT_AUTH,
			MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)), 0);
	assert_int_not_equal(mbedtls_x509_crt_check_key_usage(&cert, MBEDTLS_X509_KU_KEY_CERT_SIGN), 0);
	mbedtls_x509_crt_free(&cert);
	load(&cert, client);
	assert_int_equal(mbedtls_x509_crt_check_extended_key_usage(&cert, MBEDTLS_OID_CLIENT_AUTH,
			MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)), 0);
	assert_int_not_equal(mbedtls_x509_crt_check_extended_key_usage(&cert, MBEDTLS_OID_SERVER_AUTH,
			MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)), 0);
	mbedtls_x509_crt_free(&cert);
}

static void another_ca_does_not_verify(void **state)
{
	char *other_key, *other_public, *other_ca, *pem;

	(void)state;
	assert_int_equal(cert_key_new(pool, &other_key, &other_public), RC_OK);
	assert_int_equal(cert_issue(pool, CERT_CA, "Test CA", NULL, other_public, NULL, other_key,
			START, START + YEAR, &other_ca), RC_OK);
	assert_int_equal(cert_issue(pool, CERT_CLIENT, "b", NULL, public, ca_pem, ca_key, START,
			START + YEAR, &pem), RC_OK);
	assert_int_equal(flags_of(pem, ca_pem, NULL), 0);
	assert_int_equal(flags_of(pem, other_ca, NULL), MBEDTLS_X509_BADCERT_NOT_TRUSTED);
	/* A key that is not the CA's makes nothing. */
	assert_int_equal(cert_issue(pool, CERT_CLIENT, "b", NULL, public, ca_pem, other_key, START,
			START + YEAR, &pem), RC_INVALID);
	assert_null(pem);
}

static void serials_and_fingerprints_differ(void **state)
{
	struct cert_info a, b;
	char *one, *two;

	(void)state;
	assert_int_equal(cert_issue(pool, CERT_CLIENT, "b", NULL, public, ca_pem, ca_key, START,
			START + YEAR, &one), RC_OK);
	assert_int_equal(cert_issue(pool, CERT_CLIENT, "b", NULL, public, ca_pem, ca_key, START,
			START + YEAR, &two), RC_OK);
	assert_int_equal(cert_read(pool, one, &a), RC_OK);
	assert_int_equal(cert_read(pool, two, &b), RC_OK);
	assert_memory_not_equal(a.fingerprint, b.fingerprint, sizeof(a.fingerprint));
}

static void bad_input_makes_nothing(void **state)
{
	static const char *const names[] = { "", "a,b", "CN=x", "tr\xe1\xba\xa1m", " x", "x\n",
		"0123456789012345678901234567890123456789012345678901234567890123456789" };
	struct cert_info info;
	char *pem;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(cert_issue(pool, CERT_CLIENT, names[i], NULL, public, ca_pem, ca_key,
				START, START + YEAR, &pem), RC_INVALID);
	assert_int_equal(cert_issue(pool, CERT_CLIENT, "b", NULL, public, ca_pem, ca_key, START,
			START, &pem), RC_INVALID);
	assert_int_equal(cert_issue(pool, CERT_SERVER, "b", "good bad,name", public, ca_pem, ca_key,
			START, START + YEAR, &pem), RC_INVALID);
	assert_int_equal(cert_issue(pool, CERT_CLIENT, "b", NULL, "junk", ca_pem, ca_key, START,
			START + YEAR, &pem), RC_INVALID);
	assert_int_equal(cert_read(pool, "", &info), RC_INVALID);
	assert_int_equal(cert_read(pool, key, &info), RC_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ca_reads_back),
		cmocka_unit_test(server_names_are_checked),
		cmocka_unit_test(uses_are_kept_apart),
		cmocka_unit_test(another_ca_does_not_verify),
		cmocka_unit_test(serials_and_fingerprints_differ),
		cmocka_unit_test(bad_input_makes_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
