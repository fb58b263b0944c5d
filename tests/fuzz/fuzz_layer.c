/*
 * fuzz_layer.c: what a medium with copies may hold where nothing is sealed. The first byte says where the rest goes:
 * a manifest as it lies there; one whose digest is made right here, so that what is inside is reached; a line of
 * contents.txt. What was read must print and read again as the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "crypt/hash.h"
#include "store/layer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void manifest(const char *text, size_t len)
{
	struct pool *pool = pool_new();
	struct layer layer, again;
	char *printed;

	if (layer_parse(pool, text, len, &layer) == RC_OK) {
		printed = layer_print(pool, &layer);
		if (layer_parse(pool, printed, strlen(printed), &again) != RC_OK || again.no != layer.no ||
				again.own.seq != layer.own.seq || again.part_count != layer.part_count ||
				strcmp(layer_print(pool, &again), printed) != 0)
			abort();
	}
	pool_free(pool);
}

/* One line, with the digest that belongs to it. */
static void sealed_manifest(const char *text, size_t len)
{
	struct pool *pool = pool_new();
	size_t line = strcspn(pool_strndup(pool, text, len), "\n");
	char *whole = pool_printf(pool, "%.*s\n", (int)line, text), hex[65];
	uint8_t digest[HASH_SIZE];

	hash_sha256(whole, strlen(whole), digest);
	hex_encode(digest, sizeof(digest), hex);
	whole = pool_printf(pool, "%ssha256 %s\n", whole, hex);
	manifest(whole, strlen(whole));
	pool_free(pool);
}

static void line(const char *text, size_t len)
{
	struct layer_content content;
	char printed[LAYER_LINE_MAX];
	size_t n;

	if (layer_line_parse(text, len, &content) != RC_OK)
		return;
	n = layer_line_print(&content, printed);
	if (n < 1 || layer_line_parse(printed, n - 1, &content) != RC_OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size < 1)
		return 0;
	/* Exactly so long, that reading on is seen. */
	text = malloc(size);
	if (!text)
		abort();
	memcpy(text, data + 1, size - 1);
	if (data[0] % 3 == 0)
		manifest(text, size - 1);
	else if (data[0] % 3 == 1)
		sealed_manifest(text, size - 1);
	else
		line(text, size - 1);
	free(text);
	return 0;
}
