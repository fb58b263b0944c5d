/*
 * card.c: fields 0..6 of the card's QR; what stands behind them is not even looked at.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "dossier/card.h"
#include "dossier/telex.h"

#define PAYLOAD_MAX 4096
#define FIELDS_MIN 7
#define FIELDS_MAX 16

struct part {
	const char *text;
	size_t len;
};

/* Cuts at '|'. Returns the number of fields; only the first FIELDS_MIN are kept. */
static size_t cut(const char *payload, size_t len, struct part parts[FIELDS_MIN])
{
	size_t count = 0;
	const char *start = payload, *end = payload + len;

	for (;;) {
		const char *bar = memchr(start, '|', (size_t)(end - start));
		const char *stop = bar ? bar : end;

		if (count < FIELDS_MIN)
			parts[count] = (struct part){ start, (size_t)(stop - start) };
		count++;
		if (!bar)
			return count;
		start = bar + 1;
	}
}

static bool is_digits(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789") == len;
}

/* ddMMyyyy, or a year alone (also as 0000yyyy), or empty; *out ISO. */
static bool read_date(struct pool *pool, const char *text, bool year_only, const char **out)
{
	int year, month, day;
	int64_t value;

	*out = "";
	if (!*text)
		return true;
	if (year_only && strlen(text) == 8 && strncmp(text, "0000", 4) == 0)
		text += 4;
	if (year_only && strlen(text) == 4) {
		if (num_parse(text, 1850, 2200, &value) != RC_OK)
			return false;
		*out = text;
		return true;
	}
	if (!is_digits(text, 8) || when_parse_date(text, &year, &month, &day) != RC_OK
			|| year < 1850 || year > 2200)
		return false;
	*out = pool_printf(pool, "%04d-%02d-%02d", year, month, day);
	return true;
}

static const char *read_sex(struct pool *pool, const char *text)
{
	const char *folded = text_fold(pool, text);

	return strcmp(folded, "nam") == 0 ? "nam" : strcmp(folded, "nu") == 0 ? "nu" : "";
}

/* Digit 4: century and sex; digits 5 and 6: year of birth (DOMAIN, chip ID card). */
static const char *check_year(const char *number, const char *birth)
{
	int digit = number[3] - '0';
	int year = 1900 + digit / 2 * 100 + (number[4] - '0') * 10 + (number[5] - '0');
	char text[16] = "";
	int64_t born;

	if (strlen(birth) < 4)
		return NULL;
	memcpy(text, birth, 4);
	if (num_parse(text, 1, 9999, &born) != RC_OK)
		return NULL;
	return born == year ? NULL : "card.warn.birth";
}

static const char *check_sex(const char *number, const char *sex)
{
	bool female = (number[3] - '0') % 2 == 1;

	if (strcmp(sex, "nam") == 0)
		return female ? "card.warn.sex" : NULL;
	if (strcmp(sex, "nu") == 0)
		return female ? NULL : "card.warn.sex";
	return NULL;
}

const char *card_check_number(const char *number, const char *birth, const char *sex)
{
	const char *warning;

	if (!is_digits(number, 12))
		return NULL;
	warning = check_year(number, birth);
	return warning ? warning : check_sex(number, sex);
}

static void warn(struct card *card, const char *key)
{
	if (key && card->warning_count < sizeof(card->warnings) / sizeof(card->warnings[0]))
		card->warnings[card->warning_count++] = key;
}

/* Text keys for a field that is not readable text, by position. */
static const char *const field_errors[FIELDS_MIN] = {
	"card.error.number", "card.error.old_number", "card.error.name", "card.error.birth",
	"card.error.sex", "card.error.address", "card.error.issued",
};

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* Keys for an input method that was not there: put together, and said. False: no longer text. */
static bool undo_telex(struct pool *pool, char *text[FIELDS_MIN], struct card *out)
{
	static const size_t fields[] = { 2, 4, 5 };	/* name, sex, address */

	if (!is_ascii(text[2]) || !is_ascii(text[5]) ||
			(!telex_suspect(text[2]) && !telex_suspect(text[5]) && !telex_suspect(text[4])))
		return true;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char **field = &text[fields[i]], *composed = telex_compose(pool, *field);

		if (text_clean(pool, composed, strlen(composed), TEXT_ONE_LINE, field) != RC_OK)
			return false;
	}
	warn(out, "card.warn.telex");
	return true;
}

/* The fields as clean text, checked; the reason's text key, or NULL. */
static const char *read_fields(struct pool *pool, const struct part *parts, struct card *out)
{
	char *text[FIELDS_MIN];
	size_t i;

	for (i = 0; i < FIELDS_MIN; i++) {
		if (text_clean(pool, parts[i].text, parts[i].len, TEXT_ONE_LINE, &text[i]) != RC_OK)
			return field_errors[i];
	}
	if (!is_digits(text[0], 12))
		return field_errors[0];
	if (!undo_telex(pool, text, out))
		return field_errors[2];
	if (*text[1] && !is_digits(text[1], 9) && !is_digits(text[1], 12))
		return field_errors[1];
	if (!*text[2] || text_chars(text[2]) > 200)
		return field_errors[2];
	if (!read_date(pool, text[3], true, &out->birth))
		return field_errors[3];
	if (text_chars(text[5]) > 500)
		return field_errors[5];
	if (!read_date(pool, text[6], false, &out->issued))
		return field_errors[6];
	out->number = text[0];
	out->old_number = text[1];
	out->name = text[2];
	out->sex = read_sex(pool, text[4]);
	out->address = text[5];
	if (*text[4] && !*out->sex)
		warn(out, "card.warn.sex_unknown");
	return NULL;
}

enum rc card_parse(struct pool *pool, const char *payload, size_t len, struct card *out,
		const char **reason)
{
	struct part parts[FIELDS_MIN];
	size_t count;

	memset(out, 0, sizeof(*out));
	*reason = "card.error.form";
	if (len > PAYLOAD_MAX)
		return RC_INVALID;
	/* Scanners end with Enter, or with Tab. */
	while (len > 0 && strchr("\r\n\t ", payload[len - 1]) && payload[len - 1])
		len--;
	count = cut(payload, len, parts);
	/* A number and not all that follows: the reader stopped in the middle. */
	if (count > 1 && count < FIELDS_MIN && parts[0].len == 12)
		*reason = "card.error.cut";
	if (count < FIELDS_MIN || count > FIELDS_MAX)
		return RC_INVALID;
	*reason = read_fields(pool, parts, out);
	if (*reason) {
		memset(out, 0, sizeof(*out));
		return RC_INVALID;
	}
	if (!*out->birth)
		warn(out, "card.warn.birth_missing");
	warn(out, check_year(out->number, out->birth));
	warn(out, check_sex(out->number, out->sex));
	if (strlen(out->birth) == 10 && *out->issued && strcmp(out->issued, out->birth) < 0)
		warn(out, "card.warn.issued");
	return RC_OK;
}
