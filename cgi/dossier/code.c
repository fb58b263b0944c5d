/*
 * code.c: dossier codes, read by hand rather than by expression so that each part is checked.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "dossier/code.h"

#define CODE_MAX 64
#define DIGITS "0123456789"

/* Exactly min..max digits at *at; moves *at behind them. */
static bool take_digits(const char **at, size_t min, size_t max)
{
	size_t digits = strspn(*at, DIGITS);

	if (digits < min || digits > max)
		return false;
	*at += digits;
	return true;
}

/* "000.00.00." of codes before 2020; moves *at behind it. */
static bool take_old_prefix(const char **at)
{
	const char *p = *at;

	if (take_digits(&p, 3, 3) && *p++ == '.' && take_digits(&p, 2, 2) && *p++ == '.'
			&& take_digits(&p, 2, 2) && *p++ == '.') {
		*at = p;
		return true;
	}
	return false;
}

/* "H27", "H27.1", "H15.50.05.13" */
static bool take_agency(const char **at)
{
	const char *p = *at;
	int parts = 0;

	if (*p < 'A' || *p > 'Z')
		return false;
	p++;
	if (!take_digits(&p, 2, 2))
		return false;
	while (*p == '.') {
		p++;
		if (++parts > 3 || !take_digits(&p, 1, 3))
			return false;
	}
	*at = p;
	return true;
}

/* "T18685.1", "CT18685.1" */
static bool take_station(const char **at, bool *rehearsal)
{
	const char *p = *at;

	*rehearsal = *p == 'C';
	p += *rehearsal;
	if (*p++ != 'T' || !take_digits(&p, 5, 5) || *p++ != '.' || !take_digits(&p, 1, 3))
		return false;
	*at = p;
	return true;
}

static int number_of(const char *digits, size_t len)
{
	int value = 0;
	size_t i;

	for (i = 0; i < len; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

/* Six or eight digits; *out "2026-10-08". */
static bool read_date(struct pool *pool, const char *digits, size_t len, const char **out)
{
	size_t year_len = len - 4;
	int year = number_of(digits, year_len);
	int month = number_of(digits + year_len, 2), day = number_of(digits + year_len + 2, 2);
	int y, m, d;
	char *text;

	if (len == 6)
		year += 2000;
	if (year < 2000 || year > 2199)
		return false;
	text = pool_printf(pool, "%04d-%02d-%02d", year, month, day);
	*out = text;
	return when_parse_date(text, &y, &m, &d) == RC_OK;
}

/* Blanks around dropped, letters raised; NULL when it is no code's length or has other bytes. */
static char *tidy(struct pool *pool, const char *text)
{
	size_t len, i;
	char *out;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]))
		len--;
	if (len == 0 || len > CODE_MAX)
		return NULL;
	out = pool_strndup(pool, text, len);
	for (i = 0; i < len; i++) {
		if (out[i] >= 'a' && out[i] <= 'z')
			out[i] = (char)(out[i] - 'a' + 'A');
	}
	return out;
}

enum rc code_parse(struct pool *pool, const char *text, struct code *out)
{
	const char *start, *at, *date;
	bool old, station = false, rehearsal = false;
	size_t digits;

	memset(out, 0, sizeof(*out));
	start = at = tidy(pool, text);
	if (!at)
		return RC_INVALID;
	old = take_old_prefix(&at);
	if (!old)
		station = take_station(&at, &rehearsal);
	if (!station && !take_agency(&at))
		return RC_INVALID;
	start += station ? (rehearsal ? 2 : 1) : 0;
	out->agency = pool_strndup(pool, start, (size_t)(at - start));
	out->rehearsal = rehearsal;
	if (*at++ != '-')
		return RC_INVALID;
	date = at;
	digits = strspn(at, DIGITS);
	if ((digits != 6 && (digits != 8 || station)) || !read_date(pool, date, digits, &out->date))
		return RC_INVALID;
	at += digits;
	if (*at++ != '-')
		return RC_INVALID;
	out->sequence = at;
	if (!take_digits(&at, 4, 7) || *at)
		return RC_INVALID;
	if (station)
		out->variant = CODE_PROVISIONAL;
	else if (old)
		out->variant = CODE_OLD;
	else if (digits == 8)
		out->variant = CODE_LONG_DATE;
	else
		/* AA + at least four digits: a ministry's central system (TT 4/2025 art. 23). */
		out->variant = strlen(out->sequence) >= 6 ? CODE_MINISTRY : CODE_ORDINARY;
	return RC_OK;
}

const char *code_variant_name(enum code_variant variant)
{
	switch (variant) {
	case CODE_ORDINARY:
		return "ordinary";
	case CODE_MINISTRY:
		return "ministry";
	case CODE_LONG_DATE:
		return "long-date";
	case CODE_OLD:
		return "old";
	case CODE_PROVISIONAL:
		return "provisional";
	}
	return "";
}

char *code_provisional(struct pool *pool, const char *commune, const char *point, int64_t at_ms,
		int64_t sequence, bool rehearsal)
{
	char day[8];

	when_yymmdd(at_ms, day);
	return pool_printf(pool, "%sT%s.%s-%s-%04lld", rehearsal ? "C" : "", commune, point, day,
			(long long)sequence);
}

char *code_official(struct pool *pool, const char *agency, int64_t at_ms, int64_t sequence)
{
	char day[8];

	when_yymmdd(at_ms, day);
	return pool_printf(pool, "%s-%s-%04lld", agency, day, (long long)sequence);
}
