/*
 * calendar.c: which days are worked, from one document: weeks of Monday to Friday, and exceptions.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/when.h"
#include "dossier/due.h"

#define DAYS_MAX 2000

static const struct calendar_day *exception_find(const struct calendar *calendar, int64_t day)
{
	size_t low = 0, high = calendar->day_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calendar->days[middle].day == day)
			return &calendar->days[middle];
		if (calendar->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool calendar_works(const struct calendar *calendar, int64_t day_number)
{
	const struct calendar_day *exception = exception_find(calendar, day_number);
	int64_t weekday = (day_number % 7 + 11) % 7;	/* 0 = Sunday */

	return exception ? exception->works : weekday != 0 && weekday != 6;
}

const char *calendar_why(const struct calendar *calendar, int64_t day_number)
{
	const struct calendar_day *exception = exception_find(calendar, day_number);

	return exception ? exception->why : "";
}

/* "07:00" as minutes after midnight, or -1. */
static int read_minute(const char *text)
{
	if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789") != 2
			|| strspn(text + 3, "0123456789") != 2)
		return -1;
	if (text[0] > '2' || (text[0] == '2' && text[1] > '3') || text[3] > '5')
		return -1;
	return ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
}

static enum rc read_blocks(const json_t *list, struct calendar *out)
{
	size_t i, limit = sizeof(out->blocks) / sizeof(out->blocks[0]);
	int last = -1;

	out->block_count = json_array_size(list);
	if (out->block_count < 1 || out->block_count > limit)
		return RC_INVALID;
	for (i = 0; i < out->block_count; i++) {
		const json_t *pair = json_array_get(list, i);
		const char *from = json_string_value(json_array_get(pair, 0));
		const char *to = json_string_value(json_array_get(pair, 1));

		if (json_array_size(pair) != 2 || !from || !to)
			return RC_INVALID;
		out->blocks[i].from_minute = read_minute(from);
		out->blocks[i].to_minute = read_minute(to);
		if (out->blocks[i].from_minute <= last
				|| out->blocks[i].to_minute <= out->blocks[i].from_minute)
			return RC_INVALID;
		last = out->blocks[i].to_minute;
	}
	return RC_OK;
}

static int by_day(const void *a, const void *b)
{
	int64_t x = ((const struct calendar_day *)a)->day, y = ((const struct calendar_day *)b)->day;

	return (x > y) - (x < y);
}

static enum rc read_day(const char *text, int64_t *out)
{
	int year, month, day;

	if (strlen(text) != 10 || when_parse_date(text, &year, &month, &day) != RC_OK)
		return RC_INVALID;
	*out = when_day_number(year, month, day);
	return RC_OK;
}

/* One row {from, to?, works?, why}: its days behind *count. */
static enum rc read_row(struct pool *pool, const json_t *row, struct calendar_day *days,
		size_t *count)
{
	const char *why = pool_strdup(pool, json_text(row, "why"));
	int64_t from, to, day;

	if (!json_is_object(row) || !*why || read_day(json_text(row, "from"), &from) != RC_OK)
		return RC_INVALID;
	to = from;
	if (json_object_get(row, "to") && read_day(json_text(row, "to"), &to) != RC_OK)
		return RC_INVALID;
	if (to < from || to - from > 60)
		return RC_INVALID;
	for (day = from; day <= to; day++) {
		if (*count == DAYS_MAX)
			return RC_INVALID;
		days[(*count)++] = (struct calendar_day){ day, json_flag(row, "works"), why };
	}
	return RC_OK;
}

static enum rc read_days(struct pool *pool, const json_t *list, struct calendar *out,
		const char **fault)
{
	struct calendar_day days[DAYS_MAX];	/* a worker keeps what there are, not what there may be */
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row) {
		if (read_row(pool, row, days, &out->day_count) != RC_OK) {
			*fault = pool_printf(pool, "days[%zu]", i);
			return RC_INVALID;
		}
	}
	qsort(days, out->day_count, sizeof(*days), by_day);
	for (i = 1; i < out->day_count; i++) {
		if (days[i].day == days[i - 1].day) {
			*fault = pool_printf(pool, "days: %s and %s on one day", days[i - 1].why,
					days[i].why);
			return RC_INVALID;
		}
	}
	out->days = memcpy(pool_alloc(pool, out->day_count * sizeof(*days)), days,
			out->day_count * sizeof(*days));
	return RC_OK;
}

enum rc calendar_parse(struct pool *pool, const char *text, size_t len, struct calendar *out,
		const char **fault)
{
	json_t *document = NULL, *announced;
	enum rc rc = RC_INVALID;

	memset(out, 0, sizeof(*out));
	*fault = "not a JSON object";
	if (json_parse(text, len, &document) != RC_OK)
		goto out;
	*fault = "version";
	out->version = pool_strdup(pool, json_text(document, "version"));
	if (!*out->version)
		goto out;
	*fault = "announced";
	announced = json_object_get(document, "announced");
	out->announced_from = (int)(json_int(announced, "from", 0) % 10000);
	out->announced_to = (int)(json_int(announced, "to", 0) % 10000);
	if (out->announced_from < 2000 || out->announced_to < out->announced_from)
		goto out;
	*fault = "blocks";
	if (read_blocks(json_object_get(document, "blocks"), out) != RC_OK)
		goto out;
	*fault = "days";
	if (!json_is_array(json_object_get(document, "days")))
		goto out;
	rc = read_days(pool, json_object_get(document, "days"), out, fault);
	if (rc == RC_OK)
		*fault = NULL;
out:
	if (rc != RC_OK)
		memset(out, 0, sizeof(*out));
	json_decref(document);
	return rc;
}
