/*
 * request.c: reading the parts of a request that nobody has checked yet.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "web/request.h"

#define PATH_MAX_BYTES 1024u
#define QUERY_MAX_BYTES 4096u

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum rc request_decode(struct pool *pool, const char *in, size_t len, bool plus_is_blank,
		char **out, size_t *out_len)
{
	char *to = pool_alloc(pool, len + 1);
	size_t n = 0;

	*out = to;
	for (size_t i = 0; i < len; i++) {
		if (in[i] == '+' && plus_is_blank) {
			to[n++] = ' ';
		} else if (in[i] == '%') {
			int high = i + 2 < len ? hex_value(in[i + 1]) : -1;
			int low = high >= 0 ? hex_value(in[i + 2]) : -1;

			if (low < 0)
				return RC_INVALID;
			to[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			to[n++] = in[i];
		}
	}
	to[n] = '\0';
	*out_len = n;
	return RC_OK;
}

static bool is_dots(const char *part)
{
	size_t dots = strspn(part, ".");

	return (dots == 1 || dots == 2) && (part[dots] == '/' || part[dots] == '\0');
}

/* "/a/../b", "/a/./b" and "//" are not ours; a coded '/' would move the borders of the parts. */
static bool path_is_plain(const char *path, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)path[i];

		if (c < 0x20 || c == 0x7f || c == '\\')
			return false;
		if (c != '/')
			continue;
		if (path[i + 1] == '/')
			return false;
		if (is_dots(path + i + 1))
			return false;
	}
	return text_is_utf8(path, len);
}

enum rc request_set_target(struct request *request, const char *target)
{
	const char *mark = strchr(target, '?');
	size_t path_len = mark != NULL ? (size_t)(mark - target) : strlen(target), len = 0;
	char *path;

	request->path = NULL;
	request->query = mark != NULL ? pool_strdup(request->pool, mark + 1) : "";
	if (target[0] != '/' || path_len > PATH_MAX_BYTES ||
			strlen(request->query) > QUERY_MAX_BYTES)
		return RC_INVALID;
	for (size_t i = 0; i + 2 < path_len; i++) {
		if (target[i] == '%' && target[i + 1] == '2' && (target[i + 2] | 32) == 'f')
			return RC_INVALID;
	}
	if (request_decode(request->pool, target, path_len, false, &path, &len) != RC_OK ||
			!path_is_plain(path, len))
		return RC_INVALID;
	request->path = path;
	return RC_OK;
}

enum method request_method(const char *name)
{
	static const struct { const char *name; enum method method;
	} methods[] = {
			{"GET", METHOD_GET},
			{"POST", METHOD_POST},
			{"HEAD", METHOD_HEAD},
			{"PATCH", METHOD_PATCH},
			{"OPTIONS", METHOD_OPTIONS},
			{"DELETE", METHOD_DELETE},
	};

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		if (strcmp(name, methods[i].name) == 0)
			return methods[i].method;
	}
	return METHOD_OTHER;
}

const char *request_header(const struct request *request, const char *name)
{
	const char *value =
			request->header != NULL ? request->header(request->header_arg, name) : NULL;

	return value != NULL ? value : "";
}

const char *request_cookie(const struct request *request, const char *name)
{
	const char *p = request_header(request, "Cookie");
	char whole[128];
	size_t prefix = request->secure ? strlen("__Host-") : 0, len = strlen(name);

	if (prefix + len >= sizeof whole)
		return "";
	memcpy(whole, "__Host-", prefix);
	memcpy(whole + prefix, name, len);
	len += prefix;
	while (*p != '\0') {
		const char *end = p + strcspn(p, ";");

		if ((size_t)(end - p) > len && memcmp(p, whole, len) == 0 && p[len] == '=')
			return pool_strndup(
					request->pool, p + len + 1, (size_t)(end - p) - len - 1);
		p = end + (*end == ';');
		p += strspn(p, " ");
	}
	return "";
}

const char *request_query(const struct request *request, const char *name)
{
	const char *p = request->query;
	size_t len = strlen(name);

	while (*p != '\0') {
		const char *end = p + strcspn(p, "&");

		if ((size_t)(end - p) > len && memcmp(p, name, len) == 0 && p[len] == '=') {
			char *value, *clean;
			size_t value_len;

			if (request_decode(request->pool, p + len + 1, (size_t)(end - p) - len - 1,
					    true, &value, &value_len) != RC_OK)
				return "";
			if (text_clean(request->pool, value, value_len, TEXT_ONE_LINE, &clean) !=
					RC_OK)
				return "";
			return clean;
		}
		p = end + (*end == '&');
	}
	return "";
}
