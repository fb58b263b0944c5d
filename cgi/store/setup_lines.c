/*
 * setup_lines.c: see setup_lines.h. From a card that anybody may have had in hand: nothing of it is
 * believed before all of it was read.
 */
#include <string.h>

#include "base/text.h"
#include "store/setup_lines.h"

#define LINES_MAX 400
#define TEXT_MAX ((size_t)16 * 1024)

enum rc setup_lines(struct pool *pool, const char *text, size_t len, setup_take *take, void *arg,
		struct setup_fault *fault)
{
	int line = 0;

	*fault = (struct setup_fault){ .key = "", .why = "long" };
	if (len > TEXT_MAX)
		return RC_INVALID;
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t taken = end ? (size_t)(end - text) : len;
		char *clean, *value;
		size_t name;

		*fault = (struct setup_fault){ .key = "", .line = ++line, .why = "line" };
		if (line > LINES_MAX || text_clean(pool, text, taken, TEXT_ONE_LINE, &clean) != RC_OK)
			return RC_INVALID;
		if (*clean != '\0' && *clean != '#') {
			value = strchr(clean, '=');
			if (!value)
				return RC_INVALID;
			name = (size_t)(value - clean);
			while (name > 0 && clean[name - 1] == ' ')
				name--;
			clean[name] = '\0';
			value++;
			value += strspn(value, " ");
			fault->key = clean;
			fault->why = take(arg, clean, value);
			if (fault->why)
				return RC_INVALID;
		}
		text += taken + (end != NULL);
		len -= taken + (end != NULL);
	}
	*fault = (struct setup_fault){ .key = "", .why = "" };
	return RC_OK;
}
