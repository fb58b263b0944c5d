/*
 * encode.c: see encode.h. Decoders are strict: one text for one value, so that a compared or
 * hashed text cannot have a twin.
 */
#include <stdbool.h>
#include <string.h>

#include "base/encode.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_standard[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void hex_encode(const uint8_t *bytes, size_t len, char *out)
{
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = hex_digits[bytes[i] >> 4];
		out[2 * i + 1] = hex_digits[bytes[i] & 15];
	}
	out[2 * len] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

enum rc hex_decode(const char *text, uint8_t *out, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		int high = hex_value(text[2 * i]);
		int low = high < 0 ? -1 : hex_value(text[2 * i + 1]);

		if (low < 0)
			return RC_INVALID;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return text[2 * len] == '\0' ? RC_OK : RC_INVALID;
}

static void encode64(const char *alphabet, bool padded, const uint8_t *bytes, size_t len,
		struct buf *out)
{
	size_t i;

	buf_reserve(out, (len + 2) / 3 * 4);
	for (i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t bits = (uint32_t)bytes[i] << 16;
		char four[4] = { '=', '=', '=', '=' };

		if (left > 1)
			bits |= (uint32_t)bytes[i + 1] << 8;
		if (left > 2)
			bits |= bytes[i + 2];
		four[0] = alphabet[bits >> 18 & 63];
		four[1] = alphabet[bits >> 12 & 63];
		if (left > 1)
			four[2] = alphabet[bits >> 6 & 63];
		if (left > 2)
			four[3] = alphabet[bits & 63];
		buf_add(out, four, padded || left > 2 ? 4 : left + 1);
	}
	if (len == 0)
		buf_add(out, "", 0);
}

static enum rc decode64(const char *alphabet, const char *text, size_t len, struct buf *out)
{
	size_t i, start = out->len;
	uint32_t bits = 0;

	if (len % 4 == 1)
		return RC_INVALID;
	buf_reserve(out, len / 4 * 3 + 3);
	for (i = 0; i < len; i++) {
		const char *at = text[i] ? strchr(alphabet, text[i]) : NULL;

		if (!at)
			goto bad;
		bits = bits << 6 | (uint32_t)(at - alphabet);
		if (i % 4 == 1)
			buf_char(out, (char)(uint8_t)(bits >> 4));
		else if (i % 4 == 2)
			buf_char(out, (char)(uint8_t)(bits >> 2));
		else if (i % 4 == 3)
			buf_char(out, (char)(uint8_t)bits);
	}
	/* Bits that carry nothing must be zero. */
	if ((len % 4 == 2 && (bits & 15)) || (len % 4 == 3 && (bits & 3)))
		goto bad;
	return RC_OK;
bad:
	out->len = start;
	out->data[start] = '\0';
	return RC_INVALID;
}

void base64url_encode(const uint8_t *bytes, size_t len, struct buf *out)
{
	encode64(base64_url, false, bytes, len, out);
}

enum rc base64url_decode(const char *text, size_t text_len, struct buf *out)
{
	return decode64(base64_url, text, text_len, out);
}

void base64_encode(const uint8_t *bytes, size_t len, struct buf *out)
{
	encode64(base64_standard, true, bytes, len, out);
}

enum rc base64_decode(const char *text, size_t text_len, struct buf *out)
{
	size_t len = text_len;

	if (len % 4)
		return RC_INVALID;
	if (len && text[len - 1] == '=')
		len--;
	if (len % 4 == 3 && text[len - 1] == '=')
		len--;
	return decode64(base64_standard, text, len, out);
}

void base32_encode(const uint8_t *bytes, size_t len, char *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		bits = (bits << 8 | bytes[i]) & 0xffff;
		have += 8;
		while (have >= 5) {
			have -= 5;
			out[n++] = base32_crockford[bits >> have & 31];
		}
	}
	if (have)
		out[n++] = base32_crockford[bits << (5 - have) & 31];
	out[n] = '\0';
}

enum rc base32_clean(const char *typed, char *out, size_t out_size)
{
	size_t n = 0;

	if (out_size == 0)
		return RC_INVALID;
	for (; *typed; typed++) {
		char c = *typed;

		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c == 'O')
			c = '0';
		if (c == 'I' || c == 'L')
			c = '1';
		if (!strchr(base32_crockford, c) || n + 1 >= out_size) {
			out[0] = '\0';
			return RC_INVALID;
		}
		out[n++] = c;
	}
	out[n] = '\0';
	return RC_OK;
}
