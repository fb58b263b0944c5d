/*
 * limit.c: time limits as text.
 */
#include <string.h>

#include "base/text.h"
#include "dossier/due.h"

#define WHOLE_MAX 1000

/* "3", "0.25", "1,5" into quarters; the rest of the text, or NULL. */
static const char *read_quarters(const char *text, int *quarters)
{
	static const struct { const char *text; int quarters; } parts[] = {
		{ "0", 0 }, { "00", 0 }, { "25", 1 }, { "5", 2 }, { "50", 2 }, { "75", 3 },
	};
	size_t digits = strspn(text, "0123456789"), i;
	char whole[8] = "";
	int64_t value;

	if (digits == 0 || digits >= sizeof(whole))
		return NULL;
	memcpy(whole, text, digits);
	if (num_parse(whole, 0, WHOLE_MAX, &value) != RC_OK)
		return NULL;
	*quarters = (int)value * 4;
	text += digits;
	if (*text != '.' && *text != ',')
		return text;
	text++;
	digits = strspn(text, "0123456789");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strlen(parts[i].text) == digits && strncmp(parts[i].text, text, digits) == 0) {
			*quarters += parts[i].quarters;
			return text + digits;
		}
	}
	return NULL;
}

static bool is_unit(const char *text, const char *plural)
{
	size_t len = strlen(plural);

	return strcmp(text, plural) == 0
			|| (strlen(text) == len - 1 && strncmp(text, plural, len - 1) == 0);
}

enum rc limit_parse(const char *text, struct limit *out)
{
	memset(out, 0, sizeof(*out));
	if (strcmp(text, "none") == 0) {
		out->unit = LIMIT_NONE;
		return RC_OK;
	}
	if (strcmp(text, "same-day") == 0 || strcmp(text, "same-day-after-15") == 0) {
		out->unit = LIMIT_SAME_DAY;
		out->after_15 = strcmp(text, "same-day") != 0;
		return RC_OK;
	}
	text = read_quarters(text, &out->quarters);
	if (!text || *text != ' ' || out->quarters < 1 || out->quarters > WHOLE_MAX * 4)
		return RC_INVALID;
	text++;
	if (is_unit(text, "working-days"))
		out->unit = LIMIT_WORKING_DAYS;
	else if (is_unit(text, "calendar-days") && out->quarters % 4 == 0)
		out->unit = LIMIT_CALENDAR_DAYS;
	else if (is_unit(text, "hours"))
		out->unit = LIMIT_HOURS;
	else
		return RC_INVALID;
	return RC_OK;
}

char *limit_format(struct pool *pool, const struct limit *limit)
{
	static const char *const parts[] = { "", ".25", ".5", ".75" };
	const char *unit = limit->unit == LIMIT_HOURS ? "hours"
			: limit->unit == LIMIT_CALENDAR_DAYS ? "calendar-days" : "working-days";

	if (limit->unit == LIMIT_NONE)
		return pool_strdup(pool, "none");
	if (limit->unit == LIMIT_SAME_DAY)
		return pool_strdup(pool, limit->after_15 ? "same-day-after-15" : "same-day");
	return pool_printf(pool, "%d%s %s", limit->quarters / 4, parts[limit->quarters % 4], unit);
}
