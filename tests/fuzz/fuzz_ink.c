/* fuzz_ink.c: what is read is a path of its own length at most twice the text, inside the box. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/ink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	char *path = NULL;
	int64_t drawn = -1;

	if (ink_read(pool, (const char *)data, size, &path, &drawn) == RC_OK) {
		if (drawn < 0 || path[0] != 'M' || strlen(path) > 2 * size + 15
				|| strspn(path, "ML 0123456789") != strlen(path))
			abort();
	}
	pool_free(pool);
	return 0;
}
