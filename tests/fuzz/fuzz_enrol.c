/*
 * fuzz_enrol.c: what anybody may send to be enrolled or renewed: the typed invitation, a certificate request,
 * a certificate, and the statement that asks for a renewal, read before its signature can be. The first byte
 * says which.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "center/machine_enrol.c"
#include "center/machine_keys.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken is written and read once more, and is the same. */
static void try_token(struct pool *pool, const char *text)
{
	struct token token, again;

	if (token_parse(pool, text, &token) == RC_OK && (token_parse(pool, token_text(pool, &token), &again) ||
			strcmp(token.board, again.board) || memcmp(token.secret, again.secret,
			sizeof(token.secret)) || memcmp(token.ca, again.ca, sizeof(token.ca))))
		abort();
}

static void try_request(struct pool *pool, const char *text)
{
	char *name = NULL, *key = NULL;

	if (csr_read(pool, text, &name, &key) == RC_OK && (!name || !*name || strncmp(key, "-----BEGIN", 10)))
		abort();
}

static void try_certificate(struct pool *pool, const char *text)
{
	struct cert_info info;
	char *key = NULL;

	if (cert_read(pool, text, &info) == RC_OK && cert_public_key(pool, text, &key) == RC_OK && !key)
		abort();
}

static void try_statement(struct pool *pool, const char *text)
{
	struct request request = { .pool = pool };
	struct asked asked = { 0 };
	json_t *payload = peek(&request, text);

	if (payload && read_request(&request, json_text(payload, "csr"), json_text(payload, "board"), &asked) ==
			RC_OK && strlen(asked.key_id) != 2 * HASH_SIZE)
		abort();
	json_decref(payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(struct pool *, const char *) = { try_token, try_request, try_certificate,
		try_statement };
	struct pool *pool;

	if (size == 0)
		return 0;
	pool = pool_new();
	tries[data[0] % 4](pool, pool_strndup(pool, (const char *)data + 1, size - 1));
	pool_free(pool);
	return 0;
}
