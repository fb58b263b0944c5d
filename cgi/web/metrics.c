/*
 * metrics.c: see metrics.h.
 */
#include <string.h>

#include "web/metrics.h"

enum rc metrics_begin(const struct request *request, struct response *response)
{
	const char *from = request->remote;

	if (strcmp(from, "127.0.0.1") != 0 && strcmp(from, "::1") != 0)
		return RC_NOT_FOUND;
	if (request_header(request, "X-Forwarded-For")[0] != '\0' ||
			request_header(request, "Forwarded")[0] != '\0')
		return RC_NOT_FOUND;
	response->content_type = "text/plain; version=0.0.4; charset=utf-8";
	return RC_OK;
}

void metrics_name(struct response *response, const char *name, const char *type, const char *help)
{
	buf_printf(&response->body, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Labels are identifiers of ours ([a-z0-9.-]): nothing in them needs escaping. */
static void metrics_left(struct response *response, const char *name, const char *label, const char *of)
{
	buf_text(&response->body, name);
	if (label != NULL)
		buf_printf(&response->body, "{%s=\"%s\"}", label, of);
}

void metrics_value(struct response *response, const char *name, const char *label, const char *of,
		int64_t value)
{
	metrics_left(response, name, label, of);
	buf_printf(&response->body, " %lld\n", (long long)value);
}

void metrics_seconds(struct response *response, const char *name, const char *label, const char *of,
		int64_t ms)
{
	metrics_left(response, name, label, of);
	buf_printf(&response->body, " %lld.%03lld\n", (long long)(ms / 1000), (long long)(ms % 1000));
}
