/* fuzz_card.c: whatever a scanner types, card_parse answers; what it takes is clean and complete. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "dossier/card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	const char *reason;
	struct card card;

	if (card_parse(pool, (const char *)data, size, &card, &reason) == RC_OK) {
		if (reason || strlen(card.number) != 12 || !*card.name
				|| !text_is_utf8(card.name, strlen(card.name))
				|| !text_is_utf8(card.address, strlen(card.address))
				|| strchr(card.name, '|') || card.warning_count > 5)
			abort();
	} else if (!reason || card.number) {
		abort();
	}
	pool_free(pool);
	return 0;
}
