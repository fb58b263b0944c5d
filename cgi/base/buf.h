/*
 * buf.h: a growable byte buffer. Always NUL-terminated past len, so data can be read as text.
 * Running out of memory ends the process, as in pool.h.
 */
#ifndef TRAM_BASE_BUF_H
#define TRAM_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;	/* owned; NULL until first use */
	size_t len;
	size_t cap;
};

void buf_free(struct buf *buf);			/* and zeroes the struct */
void buf_reset(struct buf *buf);		/* len = 0, memory kept */
void buf_reserve(struct buf *buf, size_t more_bytes);
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
