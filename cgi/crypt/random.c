/*
 * random.c: see random.h.
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/encode.h"
#include "base/log.h"
#include "crypt/random.h"

void random_bytes(void *out, size_t len)
{
	uint8_t *at = out;

	while (len) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			log_fatal("random: getrandom: %s", strerror(errno));
		at += got;
		len -= (size_t)got;
	}
}

void random_hex(size_t len, char *out)
{
	uint8_t part[32];

	out[0] = '\0';
	while (len) {
		size_t n = len < sizeof(part) ? len : sizeof(part);

		random_bytes(part, n);
		hex_encode(part, n, out);
		out += 2 * n;
		len -= n;
	}
}

uint32_t random_below(uint32_t limit)
{
	/* Values under this one would make the low remainders more likely. */
	uint32_t reject = (uint32_t)-limit % limit, value;

	do
		random_bytes(&value, sizeof(value));
	while (value < reject);
	return value % limit;
}
