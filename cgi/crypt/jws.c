/*
 * jws.c: see jws.h. The algorithm is never taken from the token: a header that says anything but
 * ES256 is refused, so is "crit" (RFC 7515 §4.1.11: extensions not understood must be refused).
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/log.h"
#include "crypt/hash.h"
#include "crypt/jws.h"
#include "crypt/mbed.h"

#define JWS_TOKEN_MAX 65536u
#define JWS_HALF 32u			/* r and s, RFC 7518 §3.4 */
#define JWS_SPKI_MAX 256u

struct jws_key {
	mbedtls_pk_context pk;
	bool has_private;
	char id[17];
};

static enum rc jws_name_key(struct jws_key *key)
{
	unsigned char der[JWS_SPKI_MAX];
	uint8_t digest[HASH_SIZE];
	/* Mbed TLS writes at the end of the buffer. */
	int len = mbedtls_pk_write_pubkey_der(&key->pk, der, sizeof(der));

	if (len <= 0)
		return RC_INVALID;
	hash_sha256(der + sizeof(der) - (size_t)len, (size_t)len, digest);
	hex_encode(digest, 8, key->id);
	return RC_OK;
}

static bool jws_is_p256(const mbedtls_pk_context *pk)
{
	const mbedtls_ecp_keypair *pair;

	if (!mbedtls_pk_can_do(pk, MBEDTLS_PK_ECDSA))
		return false;
	pair = mbedtls_pk_ec(*pk);
	return pair && mbed_group(pair)->id == MBEDTLS_ECP_DP_SECP256R1;
}

enum rc jws_key_parse(const char *pem, struct jws_key **out)
{
	struct jws_key *key = calloc(1, sizeof(*key));
	size_t len = strlen(pem) + 1;

	*out = NULL;
	if (!key)
		log_fatal("jws: out of memory");
	mbedtls_pk_init(&key->pk);
	if (mbed_parse_key(&key->pk, (const unsigned char *)pem, len) == 0) {
		key->has_private = true;
	} else {
		mbedtls_pk_free(&key->pk);
		mbedtls_pk_init(&key->pk);
		if (mbedtls_pk_parse_public_key(&key->pk, (const unsigned char *)pem, len))
			goto bad;
	}
	if (!jws_is_p256(&key->pk) || jws_name_key(key))
		goto bad;
	*out = key;
	return RC_OK;
bad:
	jws_key_free(key);
	return RC_INVALID;
}

void jws_key_free(struct jws_key *key)
{
	if (!key)
		return;
	mbedtls_pk_free(&key->pk);
	free(key);
}

const char *jws_key_id(const struct jws_key *key)
{
	return key->id;
}

enum rc jws_key_public(struct pool *pool, const struct jws_key *key, char **pem)
{
	unsigned char text[2 * JWS_SPKI_MAX];
	mbedtls_pk_context *pk = (mbedtls_pk_context *)(uintptr_t)&key->pk;	/* 2.28 wants it not const */

	if (mbedtls_pk_write_pubkey_pem(pk, text, sizeof(text)))
		return RC_BUG;
	*pem = pool_strdup(pool, (const char *)text);
	return RC_OK;
}

/* ES256 of the signing input "header.payload". */
static enum rc jws_make_signature(const struct jws_key *key, const char *input, size_t len,
		uint8_t signature[2 * JWS_HALF])
{
	mbedtls_ecp_keypair *pair = mbedtls_pk_ec(key->pk);
	uint8_t digest[HASH_SIZE];
	mbedtls_ecp_group group;
	mbedtls_mpi r, s;
	enum rc rc = RC_BUG;

	mbedtls_ecp_group_init(&group);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	hash_sha256(input, len, digest);
	/* The group's precomputed points change while signing: a key given const stays so. */
	if (mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) ||
			mbedtls_ecdsa_sign(&group, &r, &s, mbed_secret(pair), digest,
					sizeof(digest), mbed_random, NULL) ||
			mbedtls_mpi_write_binary(&r, signature, JWS_HALF) ||
			mbedtls_mpi_write_binary(&s, signature + JWS_HALF, JWS_HALF)) {
		log_error("jws: signing failed");
		goto out;
	}
	rc = RC_OK;
out:
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&s);
	mbedtls_ecp_group_free(&group);
	return rc;
}

static enum rc jws_check_signature(const struct jws_key *key, const char *input, size_t len,
		const uint8_t signature[2 * JWS_HALF])
{
	mbedtls_ecp_keypair *pair = mbedtls_pk_ec(key->pk);
	uint8_t digest[HASH_SIZE];
	mbedtls_ecp_group group;
	mbedtls_mpi r, s;
	enum rc rc = RC_PROTOCOL;

	mbedtls_ecp_group_init(&group);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	hash_sha256(input, len, digest);
	if (mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
			mbedtls_mpi_read_binary(&r, signature, JWS_HALF) == 0 &&
			mbedtls_mpi_read_binary(&s, signature + JWS_HALF, JWS_HALF) == 0 &&
			mbedtls_ecdsa_verify(&group, digest, sizeof(digest), mbed_point(pair),
					&r, &s) == 0)
		rc = RC_OK;
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&s);
	mbedtls_ecp_group_free(&group);
	return rc;
}

enum rc jws_sign(struct pool *pool, const struct jws_key *key, const char *typ,
		const char *payload, size_t len, char **token)
{
	uint8_t signature[2 * JWS_HALF];
	struct buf text = { 0 }, out = { 0 };
	json_t *header = NULL;
	enum rc rc = RC_INVALID;

	*token = NULL;
	if (!key->has_private)
		goto out;
	header = json_new_object();
	json_put(header, "alg", "ES256");
	json_put(header, "kid", key->id);
	json_put(header, "typ", typ);
	json_write(header, &text);
	base64url_encode((const uint8_t *)text.data, text.len, &out);
	buf_char(&out, '.');
	base64url_encode((const uint8_t *)payload, len, &out);
	rc = jws_make_signature(key, out.data, out.len, signature);
	if (rc)
		goto out;
	buf_char(&out, '.');
	base64url_encode(signature, sizeof(signature), &out);
	*token = pool_strndup(pool, out.data, out.len);
out:
	json_decref(header);
	buf_free(&text);
	buf_free(&out);
	return rc;
}

/* The key that the header names; NULL: a header we do not serve. */
static const struct jws_key *jws_read_header(const struct jws_key *const *keys, size_t key_count,
		const char *typ, const char *text, size_t len)
{
	const struct jws_key *found = NULL;
	struct buf bytes = { 0 };
	json_t *header = NULL;
	size_t i;

	if (base64url_decode(text, len, &bytes) || json_parse(bytes.data, bytes.len, &header))
		goto out;
	if (strcmp(json_text(header, "alg"), "ES256") || strcmp(json_text(header, "typ"), typ) ||
			json_object_get(header, "crit") || json_object_get(header, "b64"))
		goto out;
	for (i = 0; i < key_count; i++) {
		if (strcmp(json_text(header, "kid"), keys[i]->id) == 0)
			found = keys[i];
	}
out:
	json_decref(header);
	buf_free(&bytes);
	return found;
}

enum rc jws_verify(struct pool *pool, const struct jws_key *const *keys, size_t key_count,
		const char *typ, const char *token, char **payload, size_t *len)
{
	const char *first = strchr(token, '.'), *second = first ? strchr(first + 1, '.') : NULL;
	struct buf signature = { 0 }, body = { 0 };
	const struct jws_key *key;
	enum rc rc = RC_PROTOCOL;

	*payload = NULL;
	*len = 0;
	if (!second || strlen(token) > JWS_TOKEN_MAX)
		return RC_PROTOCOL;
	key = jws_read_header(keys, key_count, typ, token, (size_t)(first - token));
	if (!key)
		goto out;
	if (base64url_decode(second + 1, strlen(second + 1), &signature) ||
			signature.len != 2 * JWS_HALF)
		goto out;
	rc = jws_check_signature(key, token, (size_t)(second - token),
			(const uint8_t *)signature.data);
	if (rc)
		goto out;
	if (base64url_decode(first + 1, (size_t)(second - first - 1), &body)) {
		rc = RC_PROTOCOL;
		goto out;
	}
	*payload = pool_strndup(pool, body.len ? body.data : "", body.len);
	*len = body.len;
out:
	buf_free(&signature);
	buf_free(&body);
	return rc;
}
