/*
 * test_release.c: the order of versions, and which manifests are taken: signed by the one key, of the one
 * type, complete, and without a name that leads out of a folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "crypt/cert.h"
#include "link/release.c"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SCHEMA "\"schema\":{\"tram\":17,\"auth\":2,\"run\":4,\"public\":3,\"access\":2}"
#define PACKAGE(name, version) "{\"name\":\"" name "\",\"arch\":\"arm64\",\"suite\":\"trixie\"," \
	"\"version\":\"" version "\",\"sha256\":\"" HASH "\",\"size\":1234567}"
#define MANIFEST(version, package) "{\"version\":\"" version "\",\"channel\":\"stable\"," \
	"\"made_at\":1764212345678,\"not_before\":0," SCHEMA ",\"packages\":[" package "]}"

static const char good[] = MANIFEST("0.1.1300", PACKAGE("tram-board", "0.1.1300~deb13"));

static void versions_are_numbers_with_dots(void **state)
{
	static const char *const fine[] = { "0", "1", "0.1.1300", "0.1.1300~deb13", "0.1.1300+edited~deb12",
		"9.0.1.12", "123456789.0" };
	static const char *const wrong[] = { "", ".", "1.", ".1", "1..2", "01", "0.00", "1.2a", "1~", "1+", "-1",
		"1/2", "..", "../1", "1.2 ", "1.2\n", "1234567890", "v1", "1~DEB",
		"1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		assert_true(release_is_version(fine[i]));
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(release_is_version(wrong[i]));
}

static void versions_have_an_order(void **state)
{
	/* Ascending. */
	static const char *const versions[] = { "0", "0.0", "0.1", "0.1.0", "0.1.2", "0.1.10", "0.2", "1", "1.0.1",
		"2", "10", "10.9", "11.0.1", "100000000" };
	const size_t count = sizeof(versions) / sizeof(versions[0]);
	size_t i, j;

	(void)state;
	for (i = 0; i < count; i++) {
		for (j = 0; j < count; j++) {
			int order = release_compare(versions[i], versions[j]);

			assert_true(i < j ? order < 0 : i > j ? order > 0 : order == 0);
		}
	}
	/* How it was built does not count. */
	assert_int_equal(release_compare("0.1.7~deb12", "0.1.7~deb13"), 0);
	assert_int_equal(release_compare("0.1.7+edited~deb12", "0.1.7"), 0);
	assert_true(release_compare("0.1.8~deb12", "0.1.7~deb13") > 0);
}

static void a_manifest_is_read(void **state)
{
	struct pool *pool = pool_new();
	struct release release;

	(void)state;
	assert_int_equal(release_parse(pool, good, sizeof(good) - 1, &release), RC_OK);
	assert_string_equal(release.version, "0.1.1300");
	assert_string_equal(release.channel, "stable");
	assert_int_equal(release.made_at, 1764212345678);
	assert_int_equal(release.schema[DB_TRAM], 17);
	assert_int_equal(release.schema[DB_ACCESS], 2);
	assert_int_equal(release.count, 1);
	assert_string_equal(release.packages[0].file, "tram-board_0.1.1300~deb13_arm64.deb");
	assert_int_equal(release.packages[0].size_bytes, 1234567);
	assert_int_equal(release.packages[0].sha256[1], 0x11);
	assert_ptr_equal(release_find(&release, "tram-board", "arm64", "trixie"), release.packages);
	assert_null(release_find(&release, "tram-board", "arm64", "bookworm"));
	assert_null(release_find(&release, "tram-board", "amd64", "trixie"));
	assert_null(release_find(&release, "tram-center", "arm64", "trixie"));
	/* Written again it is the same text. */
	assert_int_equal(release_parse(pool, release_text(pool, &release),
			strlen(release_text(pool, &release)), &release), RC_OK);
	assert_string_equal(release.packages[0].version, "0.1.1300~deb13");
	pool_free(pool);
}

static void a_wrong_manifest_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "[]", "{}", "null",
		MANIFEST("", PACKAGE("tram-board", "1")),
		MANIFEST("../1", PACKAGE("tram-board", "1")),
		MANIFEST("1", PACKAGE("../../x", "1")),
		MANIFEST("1", PACKAGE(".x", "1")),
		MANIFEST("1", PACKAGE("", "1")),
		MANIFEST("1", PACKAGE("tram-board", "1/2")),
		MANIFEST("1", PACKAGE("tram-board", "")),
		MANIFEST("1", "{\"name\":\"tram-board\"}"),
		MANIFEST("1", "7"),
		"{\"version\":\"1\",\"channel\":\"stable\",\"made_at\":1,\"not_before\":0,\"packages\":[]}",
		"{\"version\":\"1\",\"channel\":\"stable\",\"made_at\":1,\"not_before\":0,\"packages\":[],"
			"\"schema\":{\"tram\":17,\"auth\":2,\"run\":4,\"public\":3}}",
		"{\"version\":\"1\",\"channel\":\"stable\",\"made_at\":1,\"not_before\":0,\"packages\":[],"
			"\"schema\":{\"tram\":0,\"auth\":2,\"run\":4,\"public\":3,\"access\":1}}",
		"{\"version\":\"1\",\"channel\":\"Stable!\",\"made_at\":1,\"not_before\":0,\"packages\":[]," SCHEMA "}",
		"{\"version\":\"1\",\"channel\":\"stable\",\"not_before\":0,\"packages\":[]," SCHEMA "}",
		"{\"version\":\"1\",\"channel\":\"stable\",\"made_at\":1,\"packages\":[]," SCHEMA "}",
	};
	struct pool *pool = pool_new();
	struct release release;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(release_parse(pool, wrong[i], strlen(wrong[i]), &release), RC_INVALID);
	pool_free(pool);
}

static void new_key(struct pool *pool, struct jws_key **private, struct jws_key **public)
{
	char *key_pem, *public_pem;

	assert_int_equal(cert_key_new(pool, &key_pem, &public_pem), RC_OK);
	assert_int_equal(jws_key_parse(key_pem, private), RC_OK);
	assert_int_equal(jws_key_parse(public_pem, public), RC_OK);
}

static void only_the_release_key_makes_a_release(void **state)
{
	struct pool *pool = pool_new();
	struct jws_key *key, *public, *other, *other_public;
	struct release release;
	const char *reason = NULL;
	char *token, *middle;

	(void)state;
	new_key(pool, &key, &public);
	new_key(pool, &other, &other_public);
	assert_int_equal(jws_sign(pool, key, RELEASE_TYP, good, sizeof(good) - 1, &token), RC_OK);
	assert_int_equal(release_verify(pool, public, token, &release, &reason), RC_OK);
	assert_string_equal(release.version, "0.1.1300");
	assert_int_equal(release_verify(pool, other_public, token, &release, &reason), RC_PROTOCOL);
	assert_string_equal(reason, "signature");
	/* One letter of what was signed. */
	middle = strchr(token, '.') + 20;
	*middle = *middle == 'A' ? 'B' : 'A';
	assert_int_equal(release_verify(pool, public, token, &release, &reason), RC_PROTOCOL);
	/* Something else that the key signed. */
	assert_int_equal(jws_sign(pool, key, "tram-receipt", good, sizeof(good) - 1, &token), RC_OK);
	assert_int_equal(release_verify(pool, public, token, &release, &reason), RC_PROTOCOL);
	assert_int_equal(jws_sign(pool, key, RELEASE_TYP, "{}", 2, &token), RC_OK);
	assert_int_equal(release_verify(pool, public, token, &release, &reason), RC_INVALID);
	assert_string_equal(reason, "manifest");
	assert_int_equal(release_verify(pool, public, "", &release, &reason), RC_PROTOCOL);
	jws_key_free(key);
	jws_key_free(public);
	jws_key_free(other);
	jws_key_free(other_public);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_numbers_with_dots),
		cmocka_unit_test(versions_have_an_order),
		cmocka_unit_test(a_manifest_is_read),
		cmocka_unit_test(a_wrong_manifest_is_refused),
		cmocka_unit_test(only_the_release_key_makes_a_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
