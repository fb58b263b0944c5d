/*
 * fuzz_jws.c: tokens from anybody. None verifies: the private key is not here.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypt/jws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char public_pem[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
	"6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
	"-----END PUBLIC KEY-----\n";
/* {"alg":"ES256","kid":"2bd1bb0c44a897c3","typ":"t"} */
static const char header[] =
	"eyJhbGciOiJFUzI1NiIsImtpZCI6IjJiZDFiYjBjNDRhODk3YzMiLCJ0eXAiOiJ0In0.";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct jws_key *key;
	struct pool *pool = pool_new();
	const struct jws_key *keys[1];
	char *token, *payload;
	size_t len;

	if (!key && jws_key_parse(public_pem, &key))
		abort();
	keys[0] = key;
	token = pool_strndup(pool, (const char *)data, size);
	if (jws_verify(pool, keys, 1, "t", token, &payload, &len) == RC_OK)
		abort();
	/* Past the header, so that the signature's reader is reached. */
	token = pool_printf(pool, "%s%s", header, token);
	if (jws_verify(pool, keys, 1, "t", token, &payload, &len) == RC_OK)
		abort();
	pool_free(pool);
	return 0;
}
