/*
 * text_vi.c: sentences by key, out of the table the build made of www/text/vi.txt.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/pages.h"
#include "web/text_vi.h"

#define MAX_ARGUMENTS 10

static int by_key(const void *key, const void *pair)
{
	return strcmp(key, pages_words + ((const struct pages_pair *)pair)->key);
}

static const char *find(const char *key)
{
	const struct pages_pair *pair = bsearch(key, pages_texts, pages_text_count, sizeof *pair,
			by_key);

	return pair != NULL ? pages_words + pair->text : NULL;
}

bool text_known(const char *key)
{
	return find(key) != NULL;
}

const char *text_get(const char *key)
{
	const char *text = find(key);

	if (text == NULL) {
		log_error("text no such key=%s", key);
		return "[?]";
	}
	return text;
}

/* Length of "{0}" at text if it names one of count arguments, else 0. */
static size_t placeholder(const char *text, size_t count, size_t *i)
{
	if (text[0] != '{' || text[1] < '0' || text[1] > '9' || text[2] != '}')
		return 0;
	*i = (size_t)(text[1] - '0');
	return *i < count ? 3 : 0;
}

char *text_fill(struct pool *pool, const char *key, ...)
{
	const char *arguments[MAX_ARGUMENTS], *text = text_get(key), *p;
	size_t count = 0, size = 1, i = 0, n;
	char *out, *to;
	va_list args;

	va_start(args, key);
	while (count < MAX_ARGUMENTS && (arguments[count] = va_arg(args, const char *)) != NULL)
		count++;
	va_end(args);
	for (p = text; *p != '\0'; p += n != 0 ? n : 1) {
		n = placeholder(p, count, &i);
		size += n != 0 ? strlen(arguments[i]) : 1;
	}
	to = out = pool_alloc(pool, size);
	for (p = text; *p != '\0'; p += n != 0 ? n : 1) {
		n = placeholder(p, count, &i);
		if (n != 0) {
			size_t len = strlen(arguments[i]);

			memcpy(to, arguments[i], len);
			to += len;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	return out;
}
