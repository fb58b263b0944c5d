/* fuzz_network.c: any bytes as network.conf: refused with a reason, or plain values. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	char *text = pool_strndup(pool, (const char *)data, size);
	struct network network;
	struct network_fault fault;
	enum rc rc = network_read(pool, text, &network, &fault);

	if (rc != RC_OK && (rc != RC_INVALID || !*fault.why))
		abort();
	if (rc == RC_OK && (strpbrk(network.ap_key, "\r\n") || strpbrk(network.ap_name, "\r\n") ||
			strlen(network.ap_name) > 32 || network.printer_count > NETWORK_PRINTERS_MAX))
		abort();
	pool_free(pool);
	return 0;
}
