/* fuzz_keying.c: any order of fields that is taken can be shown for any dossier. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/keying.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char dossier[] = "{\"applicant\":{\"name\":\"A\",\"sex\":\"nu\"},\"received_at\":1,\"due\":{\"at\":2}}";
	struct pool *pool = pool_new();
	struct keying keying;
	json_t *body = NULL;

	if (json_parse(dossier, strlen(dossier), &body) == RC_OK &&
			keying_find(pool, (const char *)data, size, "a", &keying) == RC_OK) {
		if (keying.count == 0 || !keying.name)
			abort();
		for (size_t i = 0; i < keying.count; i++) {
			(void)keying_member(body, keying.fields[i].value);
			(void)keying_member(body, keying.fields[i].otherwise);
		}
	}
	json_decref(body);
	pool_free(pool);
	return 0;
}
