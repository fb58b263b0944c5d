/*
 * sheet_format.c: a number of a spreadsheet as the person saw it. A date is a number of days, told
 * from other numbers only by its cell's format (ECMA-376 part 1, 18.8.30).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "sheet/sheet.h"

#define LAST_SERIAL 2958465.0	/* 31/12/9999 */
#define MAX_ZEROS 20

unsigned char format_of_id(unsigned id)
{
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
		return FORMAT_DATE;
	if (id == 22)
		return FORMAT_DATE_TIME;
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47))
		return FORMAT_TIME;
	return FORMAT_PLAIN;
}

/* Past what is shown as it stands: "text", \x, _x, *x and [colour]; [h] is elapsed time. */
static const char *skip_literal(const char *at, bool *time)
{
	const char *end;

	if (*at == '"' || *at == '[') {
		if (*at == '[' && strchr("hHmMsS", at[1]) != NULL && at[1] != '\0')
			*time = true;
		end = strchr(at + 1, *at == '"' ? '"' : ']');
		return end != NULL ? end + 1 : at + strlen(at);
	}
	return at[1] != '\0' ? at + 2 : at + 1;
}

unsigned char format_of_code(const char *code)
{
	bool date = false, time = false, month = false, only_zeros = *code != '\0';
	size_t zeros = 0;

	for (const char *at = code; *at != '\0' && *at != ';';) {
		if (strchr("\"[\\_*", *at) != NULL) {
			only_zeros = false;
			at = skip_literal(at, &time);
			continue;
		}
		date = date || strchr("yYdD", *at) != NULL;
		time = time || strchr("hHsS", *at) != NULL;
		month = month || *at == 'm' || *at == 'M';
		only_zeros = only_zeros && *at == '0';
		zeros++;
		at++;
	}
	if (only_zeros && zeros > 1 && zeros <= MAX_ZEROS)
		return (unsigned char)(FORMAT_ZEROS + zeros);
	if (date || (month && !time))
		return time ? FORMAT_DATE_TIME : FORMAT_DATE;
	return time ? FORMAT_TIME : FORMAT_PLAIN;
}

static void put_when(double serial, unsigned char format, bool from_1904, char *out, size_t size)
{
	int64_t days, seconds;
	int year, month, day;

	seconds = (int64_t)floor(serial * 86400.0 + 0.5);
	days = seconds / 86400;
	seconds %= 86400;
	if (format == FORMAT_TIME && days == 0) {
		(void)snprintf(out, size, "%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60));
		return;
	}
	/* Day 60 is 29/2/1900, which never was: before it, counting began a day later. */
	if (from_1904)
		days += when_day_number(1904, 1, 1);
	else
		days += when_day_number(1899, 12, days < 60 ? 31 : 30);
	when_from_day_number(days, &year, &month, &day);
	if (format == FORMAT_DATE || (format == FORMAT_DATE_TIME && seconds == 0))
		(void)snprintf(out, size, "%04d-%02d-%02d", year, month, day);
	else
		(void)snprintf(out, size, "%04d-%02d-%02dT%02d:%02d", year, month, day,
				(int)(seconds / 3600), (int)(seconds / 60 % 60));
}

void format_number(const char *value, unsigned char format, bool from_1904, char *out, size_t size)
{
	char *end;
	double number = strtod(value, &end);

	if (end == value || *end != '\0' || !isfinite(number)) {
		(void)snprintf(out, size, "%.38s", value);
		return;
	}
	if (format >= FORMAT_DATE && format <= FORMAT_TIME && number >= 0 && number <= LAST_SERIAL) {
		put_when(number, format, from_1904, out, size);
		return;
	}
	if (number == floor(number) && fabs(number) < 1e15)
		(void)snprintf(out, size, "%0*.0f", format > FORMAT_ZEROS ? format - FORMAT_ZEROS : 1,
				number);
	else
		(void)snprintf(out, size, "%.15g", number);
}
