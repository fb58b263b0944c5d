/*
 * line.c: where the center is and how it is reached: addresses and proxy of the settings, and the
 * connections made of them once there is an identity.
 */
#include "base/hours.h"
#include "base/log.h"
#include "forward/forward.h"
#include "forward/pace.h"
#include "link/address.h"

enum rc line_read(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	enum rc rc = address_list(settings, forward->addresses, &forward->address_count);
	struct http *probe = NULL;
	bool quiet;
	size_t i;

	if (hours_within(settings->link_quiet, 0, &quiet)) {
		log_error("forward: tram.conf: link_quiet is HH:MM-HH:MM, blanks between");
		return RC_CONFIG;
	}
	if (address_proxy(settings, NULL)) {
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
	enum rc rc = address_proxy(settings, forward->tls);

	tls_client_set_stop(forward->tls, forward->stop_fd);
	if (rc == RC_OK)
		rc = http_new(forward->tls, address, settings->center_name, timeout_ms,
				&forward->http);
	return rc == RC_OK ? tusc_new(forward->tls, address, settings->center_name, "/v1/blobs",
			timeout_ms, &forward->tusc) : rc;
}
