/* fuzz_catalogue.c: a catalogue and a confirmation of it; the input is the one, a zero, the other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/catalogue.h"
#include "dossier/fee.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	size_t first = zero ? (size_t)(zero - data) : size;
	struct fee_line lines[64];
	struct catalogue catalogue;
	const char *fault;
	int64_t total;
	size_t i;

	char *confirmed = NULL;

	if (zero && catalogue_confirm(pool, (const char *)data, first, (const char *)zero + 1,
				size - first - 1, &confirmed, &fault) != RC_OK && !fault)
		abort();
	if (confirmed ? catalogue_parse(pool, confirmed, strlen(confirmed), true, &catalogue, &fault)
				== RC_OK
			: catalogue_parse(pool, (const char *)data, first, true, &catalogue, &fault)
				== RC_OK) {
		for (i = 0; i < catalogue.count; i++) {
			const struct procedure *p = &catalogue.procedures[i];

			if (catalogue_find(&catalogue, p->code) != p || !procedure_case_find(p, NULL)
					|| (p->enabled && !catalogue_is_certain(p))
					|| p->question_count > CATALOGUE_QUESTIONS
					|| procedure_case_of(p, (struct answers){ 7, 7 })->of != p
					|| fee_count(p->cases[0].fees, p->cases[0].fee_count, 3, 2, lines,
						&total) != RC_OK || total < 0)
				abort();
		}
	} else if (!fault) {
		abort();
	}
	pool_free(pool);
	return 0;
}
