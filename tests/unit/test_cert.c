#define _DEFAULT_SOURCE /* popen, mkdtemp */
/*
 * test_cert.c: keys and certificates as `tram pki` makes them, read back through Mbed TLS's own
 * verification and our reader.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
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

/* What another program, which knows name constraints, says of a chain: its standard output and error. */
static char *openssl_says(const char *leaf, const char *ca)
{
	char dir[] = "/tmp/test_cert.XXXXXX", command[512], *said = pool_alloc(pool, 4096);
	const char *files[2][2] = { { "leaf", leaf }, { "ca", ca } };
	FILE *pipe;
	size_t i, len;

	assert_non_null(mkdtemp(dir));
	for (i = 0; i < 2; i++) {
		FILE *file = fopen(pool_printf(pool, "%s/%s", dir, files[i][0]), "w");

		assert_non_null(file);
		assert_true(fputs(files[i][1], file) >= 0);
		assert_int_equal(fclose(file), 0);
	}
	snprintf(command, sizeof(command), "openssl verify -x509_strict -purpose sslserver -no_check_time "
			"-CAfile %s/ca %s/leaf 2>&1", dir, dir);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	len = fread(said, 1, 4095, pipe);
	said[len] = '\0';
	pclose(pipe);
	for (i = 0; i < 2; i++)
		unlink(pool_printf(pool, "%s/%s", dir, files[i][0]));
	rmdir(dir);
	return said;
}

static void a_bound_ca_vouches_for_its_names_alone(void **state)
{
	static const struct { const char *names; bool good; } rows[] = {
		{ "tram.lan quan-ly.tram.lan tra-cuu.tram.lan 10.77.0.1", true },
		{ "x.y.tram.lan", true },
		{ "bank.example", false },
		{ "tram.lan bank.example", false },
		{ "eviltram.lan", false },
		{ "lan", false },
		{ "10.77.0.2", false },
		{ "192.168.1.1", false },
		{ "::1", false },
	};
	char *bound_key, *bound_public, *bound, *pem;
	size_t i;

	(void)state;
	assert_int_equal(cert_key_new(pool, &bound_key, &bound_public), RC_OK);
	assert_int_equal(cert_issue(pool, CERT_BOUND_CA, "Tram b18685-1", "tram.lan 10.77.0.1",
			bound_public, NULL, bound_key, START, START + YEAR, &bound), RC_OK);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *said;

		assert_int_equal(cert_issue(pool, CERT_SERVER, "x", rows[i].names, public, bound,
				bound_key, START, START + YEAR, &pem), RC_OK);
		said = openssl_says(pem, bound);
		if (rows[i].good ? !strstr(said, "leaf: OK") : !strstr(said, "permitted subtree violation"))
			fail_msg("%s: %s", rows[i].names, said);
	}
	/* Neither for clients nor for authorities of its own. */
	assert_int_equal(cert_issue(pool, CERT_CLIENT, "tram.lan", NULL, public, bound, bound_key, START,
			START + YEAR, &pem), RC_OK);
	assert_null(strstr(openssl_says(pem, bound), "leaf: OK"));
	assert_int_equal(cert_issue(pool, CERT_BOUND_CA, "x", "tram.lan 10.77.0.1;", public, NULL, key,
			START, START + YEAR, &pem), RC_INVALID);
}

static void key_and_names_of_a_certificate_are_known(void **state)
{
	char *pem;

	(void)state;
	assert_int_equal(cert_issue(pool, CERT_SERVER, "c", "tram.vidu.vn *.tram.vidu.vn", public, ca_pem,
			ca_key, START, START + YEAR, &pem), RC_OK);
	assert_true(cert_has_key(pem, key));
	assert_false(cert_has_key(pem, ca_key));
	assert_false(cert_has_key(key, key));
	assert_true(cert_names(pem, "tram.vidu.vn"));
	assert_true(cert_names(pem, "quan-ly.tram.vidu.vn"));
	assert_false(cert_names(pem, "vidu.vn"));
	assert_false(cert_names("", "vidu.vn"));
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
		cmocka_unit_test(a_bound_ca_vouches_for_its_names_alone),
		cmocka_unit_test(key_and_names_of_a_certificate_are_known),
		cmocka_unit_test(bad_input_makes_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
