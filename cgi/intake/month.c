/*
 * month.c: see month.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "intake/month.h"
#include "web/text_vi.h"

#define SHOWN 12
#define FIRST_YEAR 2000
#define LAST_YEAR 2099

static int64_t start_of(int year, int month)
{
	struct when_local local = { .year = year, .month = month, .day = 1 };
	int64_t at = 0;

	return when_from_local(&local, &at) == RC_OK ? at : 0;
}

static void set(struct month *out, int year, int month)
{
	out->year = year;
	out->month = month;
	out->from_ms = start_of(year, month);
	out->to_ms = month == 12 ? start_of(year + 1, 1) : start_of(year, month + 1);
	(void)snprintf(out->query, sizeof(out->query), "%04d-%02d", year % 10000, month % 100);
}

void month_asked(const struct request *request, struct month *out)
{
	const char *asked = request_query(request, "thang");
	struct when_local now;
	int64_t year, month;

	when_to_local(request->now_ms, &now);
	set(out, now.year, now.month);
	if (strlen(asked) == 7 && asked[4] == '-' && num_parse(asked + 5, 1, 12, &month) == RC_OK &&
			num_parse(pool_strndup(request->pool, asked, 4), FIRST_YEAR, LAST_YEAR, &year) == RC_OK)
		set(out, (int)year, (int)month);
}

void month_show(const struct request *request, struct view *view, const struct month *month)
{
	struct when_local now;
	int year, number;

	when_to_local(request->now_ms, &now);
	year = now.year;
	number = now.month;
	for (int i = 0; i < SHOWN; i++) {
		struct view *item = view_item(view, "months");

		view_setf(item, "month", "%d-%02d", year, number);
		view_setf(item, "month_no", "%d/%d", number, year);
		view_flag(item, "current", year == month->year && number == month->month);
		if (--number == 0) {
			number = 12;
			year--;
		}
	}
	view_set(view, "month_query", pool_strdup(request->pool, month->query));
	view_set(view, "month_text", text_fill(request->pool, "book.month",
			pool_printf(request->pool, "%d", month->month),
			pool_printf(request->pool, "%d", month->year), NULL));
}
