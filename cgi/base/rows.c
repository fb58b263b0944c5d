/*
 * rows.c: see rows.h.
 */
#include <string.h>

#include "base/rows.h"

void rows_add(struct buf *out, const char *cell, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (cell[i]) {
		case '\t':
			buf_text(out, "\\t");
			break;
		case '\n':
			buf_text(out, "\\n");
			break;
		case '\r':
			buf_text(out, "\\r");
			break;
		case '\\':
			buf_text(out, "\\\\");
			break;
		case '\0':	/* nothing could read on after it */
			break;
		default:
			buf_char(out, cell[i]);
		}
	}
}

static char unescaped(char c)
{
	return c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
}

size_t rows_split(char *line, char **cells, size_t max)
{
	size_t count = 0;
	char *in = line, *out = line;

	if (*line == '\0')
		return 0;
	while (count < max) {
		cells[count++] = out;
		for (; *in != '\0' && *in != '\t'; in++) {
			if (*in == '\\' && in[1] != '\0')
				*out++ = unescaped(*++in);
			else
				*out++ = *in;
		}
		if (*in == '\0') {
			*out = '\0';
			break;
		}
		in++;
		*out++ = '\0';
	}
	return count;
}
