/*
 * esc.c: see esc.h. Knows nothing of who asks.
 */
#include <string.h>

#include "web/esc.h"

#define LOST "\xef\xbf\xbd"
#define LOST_4 LOST, LOST, LOST, LOST

/* Control characters may not stand in HTML (its syntax, 13.2.3.5); a page shows that one was there.
 */
static const char *const html_names[256] = {
		['&'] = "&amp;",
		['<'] = "&lt;",
		['>'] = "&gt;",
		['"'] = "&quot;",
		['\''] = "&#39;",
		[0] = "",
		[1] = LOST_4, LOST_4,
		[11] = LOST, LOST,
		[14] = LOST, LOST, LOST_4, LOST_4, LOST_4, LOST_4,
		[127] = LOST,
};

void esc_html(struct buf *out, const char *text)
{
	for (;;) {
		const char *run = text;

		while (html_names[(uint8_t)*text] == NULL)
			text++;
		if (text > run)
			buf_add(out, run, (size_t)(text - run));
		if (*text == '\0')
			break;
		buf_text(out, html_names[(uint8_t)*text++]);
	}
	if (out->data == NULL)
		buf_reserve(out, 0);
}

static const char hex_digits[] = "0123456789ABCDEF";

static void percent(struct buf *out, uint8_t c)
{
	buf_char(out, '%');
	buf_char(out, hex_digits[c >> 4]);
	buf_char(out, hex_digits[c & 15]);
}

static int is_unreserved(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			c == '-' || c == '.' || c == '_' || c == '~';
}

void esc_url_part(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (is_unreserved((uint8_t)*text))
			buf_char(out, *text);
		else
			percent(out, (uint8_t)*text);
	}
}

void esc_filename(struct buf *out, const char *name)
{
	buf_text(out, "filename=\"");
	for (const char *p = name; *p != '\0'; p++)
		buf_char(out, is_unreserved((uint8_t)*p) || *p == ' ' ? *p : '_');
	buf_text(out, "\"; filename*=UTF-8''");
	esc_url_part(out, name);
}
