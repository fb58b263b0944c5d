/*
 * fuzz_request.c: addresses, cookies and queries as a stranger sends them. Input: three parts with
 * a line break between: target, cookie header, name.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/request.h"

static const char *cookie;

static const char *header(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "Cookie") == 0 ? cookie : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	char *target = pool_strndup(pool, (const char *)data, size), *second, *third;
	struct request request = { .pool = pool, .header = header, .query = "" };
	const char *value;

	second = strchr(target, '\n');
	second = second != NULL ? (*second = '\0', second + 1) : target + strlen(target);
	third = strchr(second, '\n');
	third = third != NULL ? (*third = '\0', third + 1) : second + strlen(second);
	cookie = second;
	if (request_set_target(&request, target) == RC_OK) {
		if (request.path[0] != '/' || strstr(request.path, "/../") != NULL ||
				strstr(request.path, "//") != NULL ||
				!text_is_utf8(request.path, strlen(request.path)))
			abort();
	}
	value = request_query(&request, third);
	if (!text_is_utf8(value, strlen(value)))
		abort();
	request.secure = (size & 1) != 0;
	value = request_cookie(&request, third);
	if (strchr(value, ';') != NULL)
		abort();
	pool_free(pool);
	return 0;
}
