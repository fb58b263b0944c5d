/* fuzz_event.c: a header that is read is written as the same bytes; bodies never upset the table. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "dossier/event.h"
#include "dossier/kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_header(const uint8_t *data, size_t size)
{
	struct buf again = { 0 };
	struct event event;

	if (event_decode((const char *)data, size, &event) == RC_OK) {
		event_encode(&event, &again);
		if (again.len != size || memcmp(again.data, data, size) != 0)
			abort();
		if (strlen(event.board) >= sizeof(event.board) || strlen(event.kind) >= 48)
			abort();
	}
	buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *field;
	json_t *body;

	try_header(data, size);
	if (size > 1 && json_parse((const char *)data + 1, size - 1, &body) == RC_OK) {
		const struct kind *kind = &kind_table[data[0] % kind_count];

		if ((kind_check_body(kind, body, &field) == RC_OK) != !field)
			abort();
		json_decref(body);
	}
	return 0;
}
