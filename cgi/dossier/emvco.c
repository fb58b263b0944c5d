/*
 * emvco.c: see emvco.h. A field is two digits of id, two of length, the value; templates hold fields.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "dossier/emvco.h"

#define NAPAS "A000000727"
#define SERVICE "QRIBFTTA"	/* transfer to an account */
#define CURRENCY "704"		/* VND, ISO 4217 */
#define COUNTRY "VN"
#define AMOUNT_MAX INT64_C(9999999999999)
#define PURPOSE_MAX 25
#define ACCOUNT_MAX 19

uint16_t emvco_crc(const char *text, size_t len)
{
	unsigned crc = 0xFFFFu;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned)(uint8_t)text[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 0x8000u) != 0 ? (crc << 1 ^ 0x1021u) & 0xFFFFu : crc << 1 & 0xFFFFu;
	}
	return (uint16_t)crc;
}

static bool only(const char *text, size_t min, size_t max, const char *more)
{
	size_t len = strlen(text);

	if (len < min || len > max)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (!(c >= '0' && c <= '9') && !(*more != '0' && ((c >= 'A' && c <= 'Z') ||
				(c >= 'a' && c <= 'z'))) && strchr(more, c) == NULL)
			return false;
	}
	return true;
}

static bool fits(const struct emvco_payment *payment)
{
	/* "0": digits alone. */
	return only(payment->bin, 6, 6, "0") && only(payment->account, 1, ACCOUNT_MAX, "") &&
			only(payment->purpose, 1, PURPOSE_MAX, ".- ") && payment->amount_dong >= 1 &&
			payment->amount_dong <= AMOUNT_MAX;
}

static void put(struct buf *out, const char *id, const char *value)
{
	buf_printf(out, "%s%02zu%s", id, strlen(value), value);
}

enum rc emvco_write(struct pool *pool, const struct emvco_payment *payment, char **out)
{
	struct buf bank = { 0 }, receiver = { 0 }, more = { 0 }, text = { 0 };

	if (!fits(payment))
		return RC_INVALID;
	put(&bank, "00", payment->bin);
	put(&bank, "01", payment->account);
	put(&receiver, "00", NAPAS);
	put(&receiver, "01", bank.data);
	put(&receiver, "02", SERVICE);
	put(&more, "08", payment->purpose);
	put(&text, "00", "01");
	put(&text, "01", "12");		/* for this one payment */
	put(&text, "38", receiver.data);
	put(&text, "53", CURRENCY);
	put(&text, "54", pool_printf(pool, "%lld", (long long)payment->amount_dong));
	put(&text, "58", COUNTRY);
	put(&text, "62", more.data);
	buf_text(&text, "6304");
	buf_printf(&text, "%04X", (unsigned)emvco_crc(text.data, text.len));
	*out = pool_strndup(pool, text.data, text.len);
	buf_free(&bank);
	buf_free(&receiver);
	buf_free(&more);
	buf_free(&text);
	return RC_OK;
}

/* ---- reading ---- */

struct field { char id[3]; const char *value; size_t len; };

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The field at *at, which moves past it; false at the end or when it is none. */
static bool next(const char *text, size_t len, size_t *at, struct field *out)
{
	const char *head = text + *at;
	size_t size;

	if (len - *at < 4 || !digit(head[0]) || !digit(head[1]) || !digit(head[2]) || !digit(head[3]))
		return false;
	size = (size_t)(head[2] - '0') * 10 + (size_t)(head[3] - '0');
	if (size == 0 || size > len - *at - 4)
		return false;
	out->id[0] = head[0];
	out->id[1] = head[1];
	out->id[2] = '\0';
	out->value = head + 4;
	out->len = size;
	*at += 4 + size;
	return true;
}

/* Value of an id in fields that fill text wholly; NULL: absent, twice there, or not fields. */
static const char *value(struct pool *pool, const char *text, size_t len, const char *id)
{
	const char *found = NULL;
	struct field field;
	size_t at = 0;

	while (at < len) {
		if (!next(text, len, &at, &field))
			return NULL;
		if (strcmp(field.id, id) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = pool_strndup(pool, field.value, field.len);
	}
	return found;
}

static bool is(const char *text, const char *wanted)
{
	return text != NULL && strcmp(text, wanted) == 0;
}

static const char *inside(struct pool *pool, const char *template, const char *id)
{
	return template != NULL ? value(pool, template, strlen(template), id) : NULL;
}

static bool sum_holds(const char *text, size_t len)
{
	char sum[5];

	if (len < 12 || memcmp(text + len - 8, "6304", 4) != 0)
		return false;
	(void)snprintf(sum, sizeof(sum), "%04X", (unsigned)emvco_crc(text, len - 4));
	return memcmp(sum, text + len - 4, 4) == 0;
}

enum rc emvco_read(struct pool *pool, const char *text, size_t len, struct emvco_payment *out)
{
	const char *receiver, *bank, *amount;

	if (len > 512 || memchr(text, '\0', len) != NULL || !sum_holds(text, len) ||
			memcmp(text, "000201", 6) != 0)
		return RC_INVALID;
	receiver = value(pool, text, len, "38");
	bank = inside(pool, receiver, "01");
	amount = value(pool, text, len, "54");
	if (!is(inside(pool, receiver, "00"), NAPAS) || !is(inside(pool, receiver, "02"), SERVICE) ||
			!is(value(pool, text, len, "53"), CURRENCY) ||
			!is(value(pool, text, len, "58"), COUNTRY) || amount == NULL)
		return RC_INVALID;
	out->bin = inside(pool, bank, "00");
	out->account = inside(pool, bank, "01");
	out->purpose = inside(pool, value(pool, text, len, "62"), "08");
	if (out->bin == NULL || out->account == NULL || out->purpose == NULL || amount[0] == '0' ||
			num_parse(amount, 1, AMOUNT_MAX, &out->amount_dong) != RC_OK || !fits(out))
		return RC_INVALID;
	return RC_OK;
}
