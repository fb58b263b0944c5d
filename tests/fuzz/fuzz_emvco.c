/* fuzz_emvco.c: what is read has parts that fit, and is the same when written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/emvco.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct emvco_payment first, again;
	char *text = NULL;

	if (emvco_read(pool, (const char *)data, size, &first) == RC_OK) {
		if (emvco_write(pool, &first, &text) != RC_OK
				|| emvco_read(pool, text, strlen(text), &again) != RC_OK
				|| strcmp(first.account, again.account) != 0
				|| strcmp(first.purpose, again.purpose) != 0
				|| first.amount_dong != again.amount_dong)
			abort();
	}
	pool_free(pool);
	return 0;
}
