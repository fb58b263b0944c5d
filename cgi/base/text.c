/*
 * text.c: see text.h. The Unicode tables are libutf8proc's.
 */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/log.h"
#include "base/text.h"

#define D_STROKE 0x0111		/* đ: has no decomposition, so it is folded by hand */
#define D_STROKE_UPPER 0x0110

/* One character, or a negative number when the bytes are not UTF-8. */
static utf8proc_ssize_t next_char(const char *in, size_t len, utf8proc_int32_t *out)
{
	utf8proc_ssize_t limit = len > 4 ? 4 : (utf8proc_ssize_t)len;

	return utf8proc_iterate((const utf8proc_uint8_t *)in, limit, out);
}

bool text_is_utf8(const char *in, size_t len)
{
	while (len > 0) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = next_char(in, len, &c);

		if (n <= 0)
			return false;
		in += n;
		len -= (size_t)n;
	}
	return true;
}

size_t text_chars(const char *in)
{
	size_t count = 0;

	for (; *in; in++) {
		if (((unsigned char)*in & 0xc0) != 0x80)
			count++;
	}
	return count;
}

/* Controls, and the characters that turn the reading direction (a name must not read backwards). */
static bool is_forbidden(utf8proc_int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e)
			|| (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029
			|| c == 0xfffe || c == 0xffff;
}

static bool is_end_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Checks and copies into out (len + 1 bytes): blanks made one, CR LF made LF, U+FEFF dropped. */
static enum rc clean_chars(const char *in, size_t len, enum text_lines lines, char *out)
{
	size_t at = 0, n = 0;

	while (at < len) {
		utf8proc_int32_t c;
		utf8proc_ssize_t size = next_char(in + at, len - at, &c);

		if (size <= 0)
			return RC_INVALID;
		if (lines == TEXT_MANY_LINES && c == '\r') {
			c = '\n';
			if (at + 1 < len && in[at + 1] == '\n')
				size = 2;
		}
		if (c == 0xa0 || c == 0x3000)
			c = ' ';
		if (lines == TEXT_MANY_LINES && (c == '\n' || c == '\t'))
			out[n++] = (char)c;
		else if (is_forbidden(c))
			return RC_INVALID;
		else if (c == ' ' && lines == TEXT_ONE_LINE && (n == 0 || out[n - 1] == ' '))
			;
		else if (c == ' ')
			out[n++] = ' ';
		else if (c != 0xfeff) {
			memcpy(out + n, in + at, (size_t)size);
			n += (size_t)size;
		}
		at += (size_t)size;
	}
	out[n] = '\0';
	return RC_OK;
}

enum rc text_clean(struct pool *pool, const char *in, size_t len, enum text_lines lines, char **out)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t n;
	size_t size, skip = 0;
	char *checked;
	enum rc rc;

	*out = NULL;
	while (len > 0 && is_end_blank(in[0])) {
		in++;
		len--;
	}
	while (len > 0 && is_end_blank(in[len - 1]))
		len--;
	checked = pool_alloc(pool, len + 1);
	rc = clean_chars(in, len, lines, checked);
	if (rc != RC_OK)
		return rc;
	n = utf8proc_map((const utf8proc_uint8_t *)checked, 0, &composed,
			UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n == UTF8PROC_ERROR_NOMEM)
		log_fatal("text_clean: out of memory");
	if (n < 0)
		return RC_INVALID;
	/* No-break blanks at the ends have become blanks only now. */
	size = (size_t)n;
	while (skip < size && is_end_blank((char)composed[skip]))
		skip++;
	while (size > skip && is_end_blank((char)composed[size - 1]))
		size--;
	*out = pool_strndup(pool, (const char *)composed + skip, size - skip);
	free(composed);
	return RC_OK;
}

static bool is_letter_or_digit(utf8proc_int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return true;
	default:
		return false;
	}
}

char *text_fold(struct pool *pool, const char *in)
{
	utf8proc_uint8_t *bare = NULL;
	utf8proc_ssize_t size;
	size_t at = 0, n = 0;
	bool gap = false;
	char *out;

	size = utf8proc_map((const utf8proc_uint8_t *)in, 0, &bare,
			UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT
					| UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
	if (size == UTF8PROC_ERROR_NOMEM)
		log_fatal("text_fold: out of memory");
	if (size < 0)
		return pool_strdup(pool, "");
	out = pool_alloc(pool, (size_t)size + 1);
	while (at < (size_t)size) {
		utf8proc_int32_t c;
		utf8proc_ssize_t step = next_char((const char *)bare + at, (size_t)size - at, &c);

		if (step <= 0)
			break;
		if (!is_letter_or_digit(c)) {
			gap = n > 0;
		} else {
			if (gap)
				out[n++] = ' ';
			gap = false;
			if (c == D_STROKE || c == D_STROKE_UPPER) {
				out[n++] = 'd';
			} else {
				memcpy(out + n, bare + at, (size_t)step);
				n += (size_t)step;
			}
		}
		at += (size_t)step;
	}
	out[n] = '\0';
	free(bare);
	return out;
}

char *text_upper(struct pool *pool, const char *in)
{
	size_t len = strlen(in), at = 0, n = 0;
	/* An upper-case letter may take one byte more than its lower-case one, never three. */
	char *out = pool_alloc(pool, 2 * len + 4);

	while (at < len) {
		utf8proc_int32_t c;
		utf8proc_ssize_t step = next_char(in + at, len - at, &c);

		if (step <= 0)
			break;
		n += (size_t)utf8proc_encode_char(utf8proc_toupper(c), (utf8proc_uint8_t *)out + n);
		at += (size_t)step;
	}
	out[n] = '\0';
	return out;
}

enum rc num_parse(const char *in, int64_t min, int64_t max, int64_t *out)
{
	bool negative = in[0] == '-';
	const char *digit = in + negative;
	int64_t value = 0;

	if (!*digit)
		return RC_INVALID;
	for (; *digit; digit++) {
		int64_t d = *digit - '0';

		if (d < 0 || d > 9)
			return RC_INVALID;
		/* Built below zero, where the range is one wider. */
		if (value < (INT64_MIN + d) / 10)
			return RC_INVALID;
		value = value * 10 - d;
	}
	if (!negative && value == INT64_MIN)
		return RC_INVALID;
	if (!negative)
		value = -value;
	if (value < min || value > max)
		return RC_INVALID;
	*out = value;
	return RC_OK;
}
