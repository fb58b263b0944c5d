/*
 * buf.c: growth by doubling; one byte past len is always the NUL.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

void buf_free(struct buf *buf)
{
	free(buf->data);
	memset(buf, 0, sizeof(*buf));
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

void buf_reserve(struct buf *buf, size_t more_bytes)
{
	size_t need, cap = buf->cap ? buf->cap : 256;
	char *data;

	if (more_bytes > SIZE_MAX / 2 - buf->len)
		log_fatal("buf more_bytes=%zu: out of memory", more_bytes);
	need = buf->len + more_bytes + 1;
	if (need <= buf->cap)
		return;
	while (cap < need)
		cap *= 2;
	data = realloc(buf->data, cap);
	if (!data)
		log_fatal("buf size_bytes=%zu: out of memory", cap);
	data[buf->len] = '\0';
	buf->data = data;
	buf->cap = cap;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	buf_reserve(buf, len);
	if (len)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	int len;

	/* Into the room there is; most of what is printed fits. */
	buf_reserve(buf, 64);
	va_start(args, format);
	len = vsnprintf(buf->data + buf->len, buf->cap - buf->len, format, args);
	va_end(args);
	if (len < 0)
		log_bug("buf_printf: bad format");
	if ((size_t)len < buf->cap - buf->len) {
		buf->len += (size_t)len;
		return;
	}
	buf_reserve(buf, (size_t)len);
	va_start(args, format);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}
