/*
 * thin.h: how thin a walk over every byte or every row may be. TRAM_THIN=7: every seventh, where the
 * processor is an emulated one; else all of them.
 */
#ifndef TRAM_TESTS_THIN_H
#define TRAM_TESTS_THIN_H

#include <stdlib.h>

static inline int thin(void)
{
	const char *wanted = getenv("TRAM_THIN");
	long n = wanted ? strtol(wanted, NULL, 10) : 1;

	return n >= 1 && n <= 100 ? (int)n : 1;
}

#endif
