/*
 * hours.c: see hours.h.
 */
#include <string.h>

#include "base/hours.h"

static enum rc take_minute(const char *text, int *minute)
{
	int hour, rest;

	if (strspn(text, "0123456789") != 2 || text[2] != ':' || strspn(text + 3, "0123456789") < 2)
		return RC_INVALID;
	hour = (text[0] - '0') * 10 + text[1] - '0';
	rest = (text[3] - '0') * 10 + text[4] - '0';
	*minute = hour * 60 + rest;
	return hour > 24 || rest > 59 || *minute > 1440 ? RC_INVALID : RC_OK;
}

enum rc hours_within(const char *spans, int minute, bool *within)
{
	*within = false;
	for (spans += strspn(spans, " "); *spans; spans += strspn(spans, " ")) {
		int from, to;

		if (strcspn(spans, " ") != 11 || spans[5] != '-' || take_minute(spans, &from) ||
				take_minute(spans + 6, &to))
			return RC_INVALID;
		if (from <= to)
			*within = *within || (minute >= from && minute < to);
		else
			*within = *within || minute >= from || minute < to;
		spans += 11;
	}
	return RC_OK;
}
