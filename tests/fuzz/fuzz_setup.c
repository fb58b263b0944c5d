/*
 * fuzz_setup.c: what lies on the boot partition at first boot. Answers that pass all checks must make a
 * network.conf that passes its own, and a tram.conf without a secret.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/network.h"
#include "store/setup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void whole(struct pool *pool, const struct setup *setup)
{
	struct network_fault fault;
	struct network network;
	const char *text;

	if (setup_next(pool, setup) < SETUP_STEPS)
		return;
	text = setup_network(pool, setup);
	if (network_read(pool, text, &network, &fault) != RC_OK)
		abort();
	text = setup_conf(pool, setup, false);
	if (strstr(text, "admin_") || strstr(text, "_key"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct pool *pool = pool_new();
	struct setup_label label;
	struct setup_fault fault;
	struct setup setup;
	char hash[65];

	if (setup_parse(pool, text, size, &setup, &fault) == RC_OK)
		whole(pool, &setup);
	else if (!fault.why || !*fault.why)
		abort();
	if (setup_label_parse(pool, text, size, &label, &fault) == RC_OK && setup_code_hash(label.code, hash))
		abort();
	pool_free(pool);
	return 0;
}
