/*
 * acts_fixture.h: random acts of clerks and officers, by a seed; the rules decide which of them are some.
 */
#ifndef TRAM_TESTS_ACTS_FIXTURE_H
#define TRAM_TESTS_ACTS_FIXTURE_H

#include "base/json.h"
#include "store/store.h"

struct acts {
	uint64_t dice;
	unsigned dossiers;
	uint64_t day_numbers;
	json_t *examples[512];		/* by kind, made once */
};

/* acts: all zero, or begun before. */
void acts_begin(struct acts *acts, uint64_t seed);
uint64_t acts_roll(struct acts *acts, uint64_t limit);
/* A body of this kind; the caller decrefs. */
json_t *acts_body(struct acts *acts, const char *kind, unsigned n);
/* One random act on a random dossier, on that side; true: it was done. */
bool acts_do(struct acts *acts, struct store *store, enum event_author author, const char *board);

#endif
