/*
 * line.c: where the center is and how it is reached: addresses and proxy of the settings, and the
 * connections made of them once there is an identity.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hours.h"
#include "base/log.h"
#include "forward/forward.h"
#include "forward/pace.h"

/* center_url and those of center_more. */
static enum rc line_addresses(struct forward *forward)
{
	const char *at = forward->settings->center_more;

	forward->addresses[forward->address_count++] = strdup(forward->settings->center_url);
	for (at += strspn(at, " "); *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		if (forward->address_count == FORWARD_ADDRESSES)
			return RC_CONFIG;
		forward->addresses[forward->address_count++] = strndup(at, len);
		at += len;
	}
	return RC_OK;
}

static enum rc line_proxy(struct forward *forward)
{
	const char *url = forward->settings->link_proxy, *host, *colon;
	char *name;

	if (!*url)
		return RC_OK;
	if (strncmp(url, "http://", 7))
		return RC_CONFIG;
	host = url + 7;
	colon = strrchr(host, ':');
	if (!colon || colon == host || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")])
		return RC_CONFIG;
	name = *host == '[' && colon[-1] == ']' ? strndup(host + 1, (size_t)(colon - host - 2)) :
			strndup(host, (size_t)(colon - host));
	if (!name)
		log_fatal("forward: out of memory");
	if (forward->tls)
		tls_client_set_proxy(forward->tls, name, colon + 1);
	free(name);
	return RC_OK;
}

enum rc line_read(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	enum rc rc = line_addresses(forward);
	struct http *probe = NULL;
	bool quiet;
	size_t i;

	if (hours_within(settings->link_quiet, 0, &quiet)) {
		log_error("forward: tram.conf: link_quiet is HH:MM-HH:MM, blanks between");
		return RC_CONFIG;
	}
	if (line_proxy(forward)) {
		log_error("forward: tram.conf: link_proxy is http://host:port");
		return RC_CONFIG;
	}
	for (i = 0; rc == RC_OK && i < forward->address_count; i++) {
		rc = http_new(NULL, forward->addresses[i], settings->center_name, 1000, &probe);
		http_free(probe);
		probe = NULL;
	}
	if (rc)
		log_error("forward: tram.conf: center_url and center_more are https://host:port, "
				"nothing after it");
	return rc;
}

enum rc line_open(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	const char *address = forward->addresses[forward->address];
	int64_t timeout_ms = settings->link_timeout_s * 1000;
	enum rc rc = line_proxy(forward);

	tls_client_set_stop(forward->tls, forward->stop_fd);
	if (rc == RC_OK)
		rc = http_new(forward->tls, address, settings->center_name, timeout_ms,
				&forward->http);
	return rc == RC_OK ? tusc_new(forward->tls, address, settings->center_name, "/v1/blobs",
			timeout_ms, &forward->tusc) : rc;
}
