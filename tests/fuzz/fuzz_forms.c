/* fuzz_forms.c: a document of printed forms. */
#include <stdint.h>
#include <stdlib.h>

#include "dossier/forms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct forms forms;
	const char *fault = NULL;

	if (forms_parse(pool, (const char *)data, size, "tt03-2025", &forms, &fault) == RC_OK) {
		for (size_t i = 0; i < forms.count; i++)
			if (forms_find(&forms, forms.papers[i].key) != &forms.papers[i] ||
					!forms_line(pool, &forms, &forms.papers[i]))
				abort();
	} else if (!fault) {
		abort();
	}
	pool_free(pool);
	return 0;
}
