/*
 * csv.c: see csv.h.
 */
#include <stdbool.h>
#include <string.h>

#include "base/csv.h"

static bool would_calculate(const char *cell)
{
	return *cell != '\0' && (strchr("=+-@|%", *cell) != NULL || (unsigned char)*cell < 0x20);
}

static bool needs_quotes(const char *cell)
{
	size_t len = strlen(cell);

	return strpbrk(cell, ";,\"\r\n\t") != NULL || (len > 0 && (cell[0] == ' ' || cell[len - 1] == ' '));
}

void csv_add(struct buf *out, const char *cell)
{
	bool quoted = needs_quotes(cell);

	if (quoted)
		buf_char(out, '"');
	if (would_calculate(cell))
		buf_char(out, '\'');
	for (; *cell != '\0'; cell++) {
		if (*cell == '"')
			buf_char(out, '"');
		buf_char(out, *cell);
	}
	if (quoted)
		buf_char(out, '"');
}
