/*
 * ink.c: see ink.h.
 */
#include "dossier/ink.h"

#include <stdbool.h>
#include <stdio.h>

struct pen {
	const char *at, *end;
	int64_t x, y, drawn;
	char *out;
};

/* "-12": no sign before zero, no leading zero, three digits at most. */
static bool number(struct pen *pen, int64_t *value)
{
	bool minus = pen->at < pen->end && *pen->at == '-';
	const char *first;

	pen->at += minus;
	first = pen->at;
	*value = 0;
	while (pen->at < pen->end && *pen->at >= '0' && *pen->at <= '9' && pen->at - first < 4)
		*value = *value * 10 + (*pen->at++ - '0');
	if (pen->at == first || pen->at - first > 3 || (*first == '0' && (pen->at - first > 1 || minus)))
		return false;
	*value = minus ? -*value : *value;
	return true;
}

static bool pair(struct pen *pen, int64_t *x, int64_t *y)
{
	if (!number(pen, x) || pen->at == pen->end || *pen->at++ != '_')
		return false;
	return number(pen, y);
}

static int64_t size_of(int64_t value)
{
	return value < 0 ? -value : value;
}

/* One point. A command letter and two numbers are never longer than twice what they came from. */
static bool point(struct pen *pen, bool first)
{
	int64_t x, y;

	if (!pair(pen, &x, &y))
		return false;
	if (!first) {
		pen->drawn += size_of(x) > size_of(y) ? size_of(x) : size_of(y);
		x += pen->x;
		y += pen->y;
	}
	if (x < 0 || x > INK_WIDTH || y < 0 || y > INK_HEIGHT)
		return false;
	pen->x = x;
	pen->y = y;
	pen->out += snprintf(pen->out, 16, "%c%d %d", first ? 'M' : 'L', (int)x, (int)y);
	return true;
}

enum rc ink_read(struct pool *pool, const char *text, size_t len, char **path, int64_t *drawn)
{
	struct pen pen = { text, text + len, 0, 0, 0, NULL };

	*path = NULL;
	*drawn = 0;
	if (len == 0 || len > INK_MAX)
		return RC_INVALID;
	/* A point takes at least four bytes, "_0_0", and at most eight of the path, "L600 200". */
	*path = pen.out = pool_alloc(pool, 2 * len + 16);
	while (pen.at < pen.end) {
		bool first = *pen.at == 's';

		if ((!first && *pen.at != '_') || (!first && pen.out == *path))
			return RC_INVALID;
		pen.at++;
		if (!point(&pen, first))
			return RC_INVALID;
	}
	*pen.out = '\0';
	*drawn = pen.drawn;
	return RC_OK;
}
