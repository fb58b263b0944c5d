/* fuzz_code.c: a code that is read has legal parts, and reads the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	char *text = pool_strndup(pool, (const char *)data, size);
	struct code code;

	if (code_parse(pool, text, &code) == RC_OK) {
		size_t sequence = strlen(code.sequence);

		if (strlen(code.date) != 10 || sequence < 4 || sequence > 7 || !*code.agency
				|| strspn(code.sequence, "0123456789") != sequence
				|| !*code_variant_name(code.variant))
			abort();
	}
	pool_free(pool);
	return 0;
}
