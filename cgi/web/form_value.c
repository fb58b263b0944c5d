/*
 * form_value.c: one value of a form against one row of its field table. Each check returns the
 * clean value, or NULL and the sentence of the fault.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "web/form_value.h"
#include "web/text_vi.h"

#define LINE_CHARS 200
#define LINES_CHARS 2000

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

struct check {
	struct pool *pool;
	const struct field *field;
	const char *raw;
	const char *fault;
};

static const char *wrong(struct check *check, const char *key)
{
	check->fault = text_get(key);
	return NULL;
}

static const char *check_chars(struct check *check, const char *text, int64_t otherwise)
{
	int64_t max = check->field->max > 0 ? check->field->max : otherwise;
	int64_t chars = (int64_t)text_chars(text);

	if (chars > max) {
		check->fault = text_fill(check->pool, "form.too_long",
				pool_printf(check->pool, "%lld", (long long)max),
				pool_printf(check->pool, "%lld", (long long)chars), NULL);
		return NULL;
	}
	if (check->field->type != FIELD_PASSWORD && chars < check->field->min) {
		check->fault = text_fill(check->pool, "form.too_short",
				pool_printf(check->pool, "%lld", (long long)check->field->min),
				NULL);
		return NULL;
	}
	return text;
}

static const char *check_text(struct check *check, enum text_lines lines)
{
	char *clean;

	if (text_clean(check->pool, check->raw, strlen(check->raw), lines, &clean) != RC_OK)
		return wrong(check, "form.characters");
	return check_chars(check, clean, lines == TEXT_ONE_LINE ? LINE_CHARS : LINES_CHARS);
}

/* Without the marks that people put between digits; NULL: something else is in it. */
static char *only_digits(struct pool *pool, const char *raw, const char *marks)
{
	char *out = pool_alloc(pool, strlen(raw) + 1), *to = out;

	for (; *raw != '\0'; raw++) {
		if (*raw >= '0' && *raw <= '9')
			*to++ = *raw;
		else if (strchr(marks, *raw) == NULL)
			return NULL;
	}
	return out;
}

/* "10.000" and "10 000" are ten thousand; "1.5" is no number here. */
static bool is_grouped(const char *raw)
{
	size_t first = strspn(raw, "0123456789");
	const char *p = raw + first;

	if (first == 0 || first > 3 || *p == '\0')
		return false;
	while (*p == '.' || *p == ' ') {
		if (strspn(p + 1, "0123456789") != 3)
			return false;
		p += 4;
	}
	return *p == '\0';
}

static const char *check_int(struct check *check)
{
	const char *raw = check->raw + strspn(check->raw, " \t");
	char *text = pool_strdup(check->pool, raw);
	int64_t number;

	for (size_t n = strlen(text); n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL; n--)
		text[n - 1] = '\0';
	if (is_grouped(text))
		text = only_digits(check->pool, text, ". ");
	if (num_parse(text, INT64_MIN, INT64_MAX, &number) != RC_OK)
		return wrong(check, "form.number");
	if (number < check->field->min || (check->field->max != 0 && number > check->field->max)) {
		check->fault = text_fill(check->pool, "form.range", pool_printf(check->pool, "%lld",
				(long long)check->field->min), pool_printf(check->pool, "%lld",
				(long long)check->field->max), NULL);
		return NULL;
	}
	return pool_printf(check->pool, "%lld", (long long)number);
}

static const char *check_date(struct check *check)
{
	int year, month, day;
	char *text;

	if (text_clean(check->pool, check->raw, strlen(check->raw), TEXT_ONE_LINE, &text) != RC_OK)
		return wrong(check, "form.date");
	if (check->field->max == 1 && strlen(text) == 4 && strspn(text, "0123456789") == 4 &&
			text[0] != '0')
		return text;
	if (when_parse_typed(text, &year, &month, &day) != RC_OK)
		return wrong(check, check->field->max == 1 ? "form.date_or_year" : "form.date");
	return pool_printf(check->pool, "%04d-%02d-%02d", year, month, day);
}

static const char *check_time(struct check *check)
{
	char *text, *out = pool_alloc(check->pool, 24);
	int64_t at_ms;

	if (text_clean(check->pool, check->raw, strlen(check->raw), TEXT_ONE_LINE, &text) !=
					RC_OK ||
			when_parse_local(text, &at_ms) != RC_OK)
		return wrong(check, "form.time");
	when_iso_minute(at_ms, out);
	return out;
}

static const char *check_phone(struct check *check)
{
	const char *raw = check->raw + strspn(check->raw, " \t");
	bool abroad = strncmp(raw, "+84", 3) == 0;
	char *digits = only_digits(check->pool, abroad ? raw + 3 : raw, " .-()\t");

	if (digits != NULL && abroad && digits[0] != '0')
		digits = pool_printf(check->pool, "0%s", digits);
	if (digits == NULL || digits[0] != '0' || strlen(digits) < 9 || strlen(digits) > 11)
		return wrong(check, "form.phone");
	return digits;
}

static const char *check_number(struct check *check, const char *key, size_t a, size_t b, size_t c)
{
	char *digits = only_digits(check->pool, check->raw, c != 0 ? " .-\t" : " .\t");
	size_t len = digits != NULL ? strlen(digits) : 0;

	if (len == 0 || (len != a && len != b && len != c))
		return wrong(check, key);
	if (c != 0 && len == 13)
		return pool_printf(check->pool, "%.10s-%s", digits, digits + 10);
	return digits;
}

static const char *check_email(struct check *check)
{
	char *text;
	const char *at, *dot;

	if (text_clean(check->pool, check->raw, strlen(check->raw), TEXT_ONE_LINE, &text) != RC_OK)
		return wrong(check, "form.email");
	at = strchr(text, '@');
	dot = at != NULL ? strrchr(at, '.') : NULL;
	if (at == NULL || at == text || strchr(at + 1, '@') != NULL || dot == NULL ||
			dot == at + 1 || dot[1] == '\0' || strlen(text) > 254 ||
			strpbrk(text, " ,;<>\"()") != NULL || !is_ascii(text))
		return wrong(check, "form.email");
	return text;
}

static const char *check_choice(struct check *check)
{
	size_t len = strlen(check->raw);
	const char *choice = check->field->choices;

	while (choice != NULL && len > 0) {
		size_t n = strcspn(choice, "|");

		if (n == len && memcmp(choice, check->raw, len) == 0)
			return check->raw;
		choice = choice[n] == '|' ? choice + n + 1 : NULL;
	}
	return wrong(check, "form.choice");
}

static const char *check_hex(struct check *check)
{
	size_t len = strlen(check->raw);
	char *out = pool_strdup(check->pool, check->raw);

	if ((int64_t)len != check->field->max || strspn(out, "0123456789abcdefABCDEF") != len)
		return wrong(check, "form.characters");
	for (char *p = out; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'F' ? *p + 32 : *p);
	return out;
}

static const char *check_value(struct check *check)
{
	switch (check->field->type) {
	case FIELD_LINE:
		return check_text(check, TEXT_ONE_LINE);
	case FIELD_LINES:
		return check_text(check, TEXT_MANY_LINES);
	case FIELD_INT:
		return check_int(check);
	case FIELD_DATE:
		return check_date(check);
	case FIELD_TIME:
		return check_time(check);
	case FIELD_PHONE:
		return check_phone(check);
	case FIELD_ID_NUMBER:
		return check_number(check, "form.id_number", 9, 12, 0);
	case FIELD_EMAIL:
		return check_email(check);
	case FIELD_TAX:
		return check_number(check, "form.tax", 10, 12, 13);
	case FIELD_CHOICE:
		return check_choice(check);
	case FIELD_FLAG:
		return "1";
	case FIELD_HEX:
		return check_hex(check);
	case FIELD_PASSWORD:
		return check_chars(check, check->raw, LINE_CHARS);
	}
	return NULL;
}

const char *form_value_clean(struct pool *pool, const struct field *field, const char *raw,
		const char **fault)
{
	struct check check = { pool, field, raw, NULL };
	const char *value = check_value(&check);

	*fault = check.fault;
	return value;
}
