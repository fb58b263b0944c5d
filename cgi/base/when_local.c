/*
 * when_local.c: see when.h. Civil dates by arithmetic on days (proleptic Gregorian), local time by +7 h.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"

#define TIME_MIN_MS INT64_C(-62135596800000)	/* 0001-01-01 */

/* Days from civil and back: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
int64_t when_day_number(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void when_from_day_number(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

static int64_t floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

/* Years 1 to 9999 as far as there are any: a time may come from another machine's event. */
void when_to_local(int64_t at_ms, struct when_local *out)
{
	int64_t local_ms = at_ms < TIME_MIN_MS ? TIME_MIN_MS : at_ms > WHEN_MAX_MS ? WHEN_MAX_MS
			: at_ms + WHEN_LOCAL_MS;
	int64_t day = floor_div(local_ms, WHEN_DAY_MS);
	int64_t rest = (local_ms - day * WHEN_DAY_MS) / 1000;

	when_from_day_number(day, &out->year, &out->month, &out->day);
	out->hour = (int)(rest / 3600);
	out->minute = (int)(rest / 60 % 60);
	out->second = (int)(rest % 60);
	out->weekday = (int)((day % 7 + 11) % 7);	/* day 0 was a Thursday */
}

static bool is_date(int year, int month, int day)
{
	int y, m, d;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	when_from_day_number(when_day_number(year, month, day), &y, &m, &d);
	return y == year && m == month && d == day;
}

enum rc when_from_local(const struct when_local *local, int64_t *at_ms)
{
	if (!is_date(local->year, local->month, local->day) || local->hour < 0 || local->hour > 23
			|| local->minute < 0 || local->minute > 59 || local->second < 0
			|| local->second > 59)
		return RC_INVALID;
	*at_ms = when_day_number(local->year, local->month, local->day) * WHEN_DAY_MS
			+ (local->hour * INT64_C(3600) + local->minute * 60 + local->second) * 1000
			- WHEN_LOCAL_MS;
	return RC_OK;
}

/* Reads text against a shape of digits ('y' 'o' 'd' 'h' 'i' 's') and literal characters. */
static bool scan_shape(const char *text, const char *shape, struct when_local *out)
{
	for (; *shape; shape++, text++) {
		int *field = *shape == 'y' ? &out->year : *shape == 'o' ? &out->month
				: *shape == 'd' ? &out->day : *shape == 'h' ? &out->hour
				: *shape == 'i' ? &out->minute : *shape == 's' ? &out->second : NULL;

		if (!field && *text != *shape)
			return false;
		if (field && (*text < '0' || *text > '9'))
			return false;
		if (field)
			*field = *field * 10 + (*text - '0');
	}
	return *text == '\0';
}

enum rc when_parse_local(const char *text, int64_t *at_ms)
{
	static const char *const shapes[] = { "yyyy-oo-dd hh:ii", "yyyy-oo-ddThh:ii",
		"yyyy-oo-dd hh:ii:ss", "yyyy-oo-ddThh:ii:ss" };
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct when_local local = { 0 };

		if (scan_shape(text, shapes[i], &local))
			return when_from_local(&local, at_ms);
	}
	return RC_INVALID;
}

enum rc when_parse_date(const char *text, int *year, int *month, int *day)
{
	static const char *const shapes[] = { "yyyy-oo-dd", "dd/oo/yyyy", "ddooyyyy" };
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct when_local local = { 0 };

		if (!scan_shape(text, shapes[i], &local))
			continue;
		if (!is_date(local.year, local.month, local.day))
			return RC_INVALID;
		*year = local.year;
		*month = local.month;
		*day = local.day;
		return RC_OK;
	}
	return RC_INVALID;
}

enum rc when_parse_typed(const char *text, int *year, int *month, int *day)
{
	int64_t parts[3] = { 0 };
	char own[11];
	size_t at = 0;

	if (when_parse_date(text, year, month, day) == RC_OK)
		return RC_OK;
	for (int i = 0; i < 3; i++) {
		size_t digits = strspn(text + at, "0123456789");

		if (digits == 0 || digits > (i < 2 ? 2u : 4u) || (i == 2 && digits != 4))
			return RC_INVALID;
		for (; digits > 0; digits--)
			parts[i] = parts[i] * 10 + (text[at++] - '0');
		if (text[at] != '\0' && strchr("/.-", text[at]) != NULL && i < 2)
			at++;
		else if (text[at] != '\0' || i < 2)
			return RC_INVALID;
	}
	snprintf(own, sizeof(own), "%02u/%02u/%04u", (unsigned)parts[0] % 100u, (unsigned)parts[1] % 100u,
			(unsigned)parts[2] % 10000u);
	return when_parse_date(own, year, month, day);
}

void when_iso_minute(int64_t at_ms, char *out)
{
	struct when_local local;

	when_to_local(at_ms, &local);
	snprintf(out, 24, "%04d-%02u-%02uT%02u:%02u", local.year % 100000, (unsigned)local.month % 100u,
			(unsigned)local.day % 100u, (unsigned)local.hour % 100u,
			(unsigned)local.minute % 100u);
}

void when_yymmdd(int64_t at_ms, char *out)
{
	struct when_local local;

	when_to_local(at_ms, &local);
	snprintf(out, 7, "%02u%02u%02u", (unsigned)local.year % 100u, (unsigned)local.month % 100u,
			(unsigned)local.day % 100u);
}
