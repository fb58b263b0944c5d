/*
 * test_jws.c: ES256 against RFC 7515 A.3 and a token made by another implementation; everything a
 * forger would try. Includes the .c file for the signature check below the header.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypt/jws.c"
#include "thin.h"

/* The key of RFC 7515 A.3.1. */
static const char private_pem[] =
	"-----BEGIN EC PRIVATE KEY-----\n"
	"MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49\n"
	"AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b\n"
	"focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
	"-----END EC PRIVATE KEY-----\n";
static const char pkcs8_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
	"H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
	"7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
	"-----END PRIVATE KEY-----\n";
static const char public_pem[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
	"6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
	"-----END PUBLIC KEY-----\n";
static const char p384_pem[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEtDqxzgIhYMcSx0FooCAO7MgC040JZmWC\n"
	"LLTHdlga+AwfGXMtas+lZrbgcPXCn8Tk9OFEV9zvLK41/zN2xtEF93zq/9lRf4zF\n"
	"TeihLnehFAVayaU7zRpcLp+x/ZXqsRG7\n"
	"-----END PUBLIC KEY-----\n";
/* Signed by Node's crypto with the key above. */
static const char foreign_token[] =
	"eyJhbGciOiJFUzI1NiIsImtpZCI6IjJiZDFiYjBjNDRhODk3YzMiLCJ0eXAiOiJ0cmFtLXJlY2VpcHQifQ."
	"eyJib2FyZCI6ImIxODY4NS0xIiwic2VxIjoxfQ."
	"K19M8dGWZ4VvuXaCtjtX5fpdAH_oMaaYJ5bpkrLXOzLrWSILO8cYvj19cH-CQOdrC-Rps8_FsxHpAYIqrixQhw";

struct fixture {
	struct pool *pool;
	struct jws_key *private, *public;
};

static int set_up(void **state)
{
	struct fixture *at = calloc(1, sizeof(*at));

	*state = at;
	at->pool = pool_new();
	return jws_key_parse(private_pem, &at->private) || jws_key_parse(public_pem, &at->public);
}

static int tear_down(void **state)
{
	struct fixture *at = *state;

	jws_key_free(at->private);
	jws_key_free(at->public);
	jws_key_free(NULL);
	pool_free(at->pool);
	free(at);
	return 0;
}

static enum rc verify(struct fixture *at, const char *typ, const char *token)
{
	const struct jws_key *keys[] = { at->public };
	char *payload;
	size_t len;
	enum rc rc = jws_verify(at->pool, keys, 1, typ, token, &payload, &len);

	if (rc) {
		assert_null(payload);
		assert_int_equal(len, 0);
	}
	return rc;
}

/* A token over our own header text, truly signed: only the header is at fault. */
static char *signed_token(struct fixture *at, const char *header, const char *payload)
{
	uint8_t signature[64];
	struct buf out = { 0 };
	char *token;

	base64url_encode((const uint8_t *)header, strlen(header), &out);
	buf_char(&out, '.');
	base64url_encode((const uint8_t *)payload, strlen(payload), &out);
	assert_int_equal(jws_make_signature(at->private, out.data, out.len, signature), RC_OK);
	buf_char(&out, '.');
	base64url_encode(signature, sizeof(signature), &out);
	token = pool_strdup(at->pool, out.data);
	buf_free(&out);
	return token;
}

static void rfc_7515_a3(void **state)
{
	static const char input[] = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkz"
		"ODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
	static const char text[] = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISl"
		"SApmWQxfKTUJqPP3-Kg6NU1Q";
	struct fixture *at = *state;
	struct buf signature = { 0 };

	assert_int_equal(base64url_decode(text, strlen(text), &signature), RC_OK);
	assert_int_equal(signature.len, 64);
	assert_int_equal(jws_check_signature(at->public, input, strlen(input),
			(const uint8_t *)signature.data), RC_OK);
	signature.data[63] = (char)(signature.data[63] ^ 1);
	assert_int_equal(jws_check_signature(at->public, input, strlen(input),
			(const uint8_t *)signature.data), RC_PROTOCOL);
	buf_free(&signature);
}

static void foreign_token_verifies(void **state)
{
	struct fixture *at = *state;
	const struct jws_key *keys[] = { at->public };
	char *payload;
	size_t len;

	assert_int_equal(jws_verify(at->pool, keys, 1, "tram-receipt", foreign_token, &payload,
			&len), RC_OK);
	assert_string_equal(payload, "{\"board\":\"b18685-1\",\"seq\":1}");
	assert_int_equal(len, strlen(payload));
}

static void keys_in_every_form(void **state)
{
	struct fixture *at = *state;
	struct jws_key *key;

	assert_string_equal(jws_key_id(at->private), "2bd1bb0c44a897c3");
	assert_string_equal(jws_key_id(at->public), "2bd1bb0c44a897c3");
	assert_int_equal(jws_key_parse(pkcs8_pem, &key), RC_OK);
	assert_string_equal(jws_key_id(key), "2bd1bb0c44a897c3");
	jws_key_free(key);
	assert_int_equal(jws_key_parse(p384_pem, &key), RC_INVALID);
	assert_null(key);
	assert_int_equal(jws_key_parse("", &key), RC_INVALID);
	assert_int_equal(jws_key_parse("-----BEGIN PUBLIC KEY-----\nMFkw\n", &key), RC_INVALID);
}

static void sign_and_verify(void **state)
{
	struct fixture *at = *state;
	char *token, *again;
	int i;

	for (i = 0; i < 50; i++) {	/* r and s with leading zeros come up */
		assert_int_equal(jws_sign(at->pool, at->private, "tram-blob", "{\"size\":7}", 10,
				&token), RC_OK);
		assert_int_equal(verify(at, "tram-blob", token), RC_OK);
	}
	assert_int_equal(jws_sign(at->pool, at->public, "tram-blob", "{}", 2, &again), RC_INVALID);
	assert_null(again);
}

static void another_type_is_refused(void **state)
{
	struct fixture *at = *state;

	assert_int_equal(verify(at, "tram-blob", foreign_token), RC_PROTOCOL);
	assert_int_equal(verify(at, "", foreign_token), RC_PROTOCOL);
}

static void every_changed_character_is_refused(void **state)
{
	struct fixture *at = *state;
	char *token = pool_strdup(at->pool, foreign_token);
	size_t i, len = strlen(token);

	for (i = 0; i < len; i += (size_t)thin()) {
		char kept = token[i];

		token[i] = kept == 'A' ? 'B' : 'A';
		assert_int_equal(verify(at, "tram-receipt", token), RC_PROTOCOL);
		token[i] = kept;
	}
	for (i = 0; i < len; i += (size_t)thin()) {
		token[i] = '\0';
		assert_int_equal(verify(at, "tram-receipt", token), RC_PROTOCOL);
		token[i] = foreign_token[i];
	}
	assert_int_equal(verify(at, "tram-receipt", pool_printf(at->pool, "%s.", token)),
			RC_PROTOCOL);
	assert_int_equal(verify(at, "tram-receipt", pool_printf(at->pool, "%s=", token)),
			RC_PROTOCOL);
	assert_int_equal(verify(at, "tram-receipt", token), RC_OK);
}

static void headers_of_a_forger(void **state)
{
	static const char *const bad[] = {
		"{\"alg\":\"none\",\"kid\":\"2bd1bb0c44a897c3\",\"typ\":\"t\"}",
		"{\"alg\":\"HS256\",\"kid\":\"2bd1bb0c44a897c3\",\"typ\":\"t\"}",
		"{\"alg\":\"ES256\",\"kid\":\"2bd1bb0c44a897c4\",\"typ\":\"t\"}",
		"{\"alg\":\"ES256\",\"typ\":\"t\"}",
		"{\"alg\":\"ES256\",\"kid\":\"2bd1bb0c44a897c3\"}",
		"{\"alg\":\"ES256\",\"kid\":\"2bd1bb0c44a897c3\",\"typ\":\"t\",\"crit\":[\"x\"]}",
		"{\"alg\":\"ES256\",\"kid\":\"2bd1bb0c44a897c3\",\"typ\":\"t\",\"b64\":false}",
		"{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"2bd1bb0c44a897c3\",\"typ\":\"t\"}",
		"[\"ES256\"]", "", "{", "null",
	};
	static const char good[] = "{\"typ\":\"t\",\"kid\":\"2bd1bb0c44a897c3\",\"alg\":\"ES256\"}";
	struct fixture *at = *state;
	size_t i;

	assert_int_equal(verify(at, "t", signed_token(at, good, "{}")), RC_OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(verify(at, "t", signed_token(at, bad[i], "{}")), RC_PROTOCOL);
}

static void zero_signature_is_refused(void **state)
{
	struct fixture *at = *state;
	char *token = pool_strdup(at->pool, foreign_token);

	memset(strrchr(token, '.') + 1, 'A', 86);
	assert_int_equal(verify(at, "tram-receipt", token), RC_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rfc_7515_a3, set_up, tear_down),
		cmocka_unit_test_setup_teardown(foreign_token_verifies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keys_in_every_form, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sign_and_verify, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_type_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_changed_character_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(headers_of_a_forger, set_up, tear_down),
		cmocka_unit_test_setup_teardown(zero_signature_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
