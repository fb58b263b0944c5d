/*
 * address.h: where the center is and how it is reached, as the settings say: its addresses, tried in
 * turn, and the proxy on the way.
 */
#ifndef TRAM_LINK_ADDRESS_H
#define TRAM_LINK_ADDRESS_H

#include <stddef.h>

#include "base/rc.h"
#include "base/settings.h"
#include "link/tls.h"

#define ADDRESS_MAX 8

/* center_url and those of center_more, each for free(). RC_CONFIG: too many. */
enum rc address_list(const struct settings *settings, char *out[ADDRESS_MAX], size_t *count) MUST_CHECK;
void address_free(char *list[ADDRESS_MAX], size_t count);
/* Lets the client ask link_proxy by CONNECT, where there is one. tls NULL: only checks. RC_CONFIG: it is
 * not http://host:port. */
enum rc address_proxy(const struct settings *settings, struct tls_client *tls) MUST_CHECK;

#endif
