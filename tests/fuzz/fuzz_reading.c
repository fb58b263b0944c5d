/* fuzz_reading.c: what is read of access records is the same when written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "link/reading_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct reading_record *rows, *again;
	size_t count, second, line;
	struct buf out = { 0 };

	if (reading_wire_read(pool, (const char *)data, size, &rows, &count, &line) == RC_OK) {
		for (size_t i = 0; i < count; i++)
			reading_wire_write(&rows[i], &out);
		if (reading_wire_read(pool, out.data ? out.data : "", out.len, &again, &second, &line)
				!= RC_OK || second != count)
			abort();
		for (size_t i = 0; i < count; i++) {
			if (again[i].no != rows[i].no || again[i].reading.at != rows[i].reading.at
					|| strcmp(again[i].reading.subject, rows[i].reading.subject) != 0
					|| strcmp(again[i].reading.account, rows[i].reading.account) != 0)
				abort();
		}
	}
	buf_free(&out);
	pool_free(pool);
	return 0;
}
