/*
 * address.c: see address.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "link/address.h"

static char *address_copy(const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (!copy)
		log_fatal("address: out of memory");
	return copy;
}

enum rc address_list(const struct settings *settings, char *out[ADDRESS_MAX], size_t *count)
{
	const char *at = settings->center_more;

	*count = 0;
	out[(*count)++] = address_copy(settings->center_url, strlen(settings->center_url));
	for (at += strspn(at, " "); *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		if (*count == ADDRESS_MAX)
			return RC_CONFIG;
		out[(*count)++] = address_copy(at, len);
		at += len;
	}
	return RC_OK;
}

void address_free(char *list[ADDRESS_MAX], size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
}

enum rc address_proxy(const struct settings *settings, struct tls_client *tls)
{
	const char *url = settings->link_proxy, *host, *colon;
	char *name;

	if (!*url)
		return RC_OK;
	if (strncmp(url, "http://", 7))
		return RC_CONFIG;
	host = url + 7;
	colon = strrchr(host, ':');
	if (!colon || colon == host || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")])
		return RC_CONFIG;
	name = *host == '[' && colon[-1] == ']' ? address_copy(host + 1, (size_t)(colon - host - 2)) :
			address_copy(host, (size_t)(colon - host));
	if (tls)
		tls_client_set_proxy(tls, name, colon + 1);
	free(name);
	return RC_OK;
}
