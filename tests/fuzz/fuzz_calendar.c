/* fuzz_calendar.c: any calendar that is taken counts any limit to an end after its start. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "dossier/due.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const limits[] = { "1 working-days", "0.25 working-days", "30 working-days",
		"9 hours", "15 calendar-days", "same-day", "same-day-after-15", "none" };
	struct pool *pool = pool_new();
	struct calendar calendar;
	const char *fault;
	struct limit limit;
	struct due due;
	int64_t at;
	size_t i;

	if (size < 4 || when_parse_local("2026-01-01 00:00", &at) != RC_OK)
		goto out;
	at += (int64_t)(data[0] << 16 | data[1] << 8 | data[2]) * WHEN_MINUTE_MS;
	if (calendar_parse(pool, (const char *)data + 3, size - 3, &calendar, &fault) != RC_OK) {
		if (!fault)
			abort();
		goto out;
	}
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (limit_parse(limits[i], &limit) != RC_OK)
			abort();
		if (due_count(&calendar, &limit, at, pool, &due) != RC_OK)
			continue;
		if (due.step_count > 40 || due.start_at < at - at % WHEN_MINUTE_MS
				|| (due.has_due && due.due_at < due.start_at)
				|| (due.has_due && !calendar_works(&calendar,
					(due.due_at + 7 * 60 * WHEN_MINUTE_MS) / WHEN_DAY_MS)))
			abort();
	}
out:
	pool_free(pool);
	return 0;
}
