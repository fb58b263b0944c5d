/*
 * link_fixture.h: boards and a center that talk by the link's own code, without sockets: hello, journal, feed,
 * branches, what a restored side lost, sticks; copies of a side's database, put back or brought to life twice.
 */
#ifndef TRAM_TESTS_LINK_FIXTURE_H
#define TRAM_TESTS_LINK_FIXTURE_H

#include "crypt/jws.h"
#include "link/bundle_keys.h"
#include "link/wire.h"
#include "store_fixture.h"

#define LINK_BOARD "b18685-1"

struct machine {
	struct store_fixture side;
	struct bundle_keys keys;
	uint8_t instance[WIRE_NONCE_SIZE];
	uint8_t fingerprint[32];
	bool greeted, alive;
};

struct link_pair {
	struct store_fixture center;
	struct bundle_keys keys;	/* the center's */
	struct machine boards[2];	/* the second one: a clone, when alive */
	char *ca_cert, *ca_key;
	unsigned keys_made, sticks;
	/* what happened */
	int64_t restored, center_restored, forks, center_forks, fences, sticks_taken, hellos;
};

void link_fixture_init(struct link_pair *pair);
void link_fixture_free(struct link_pair *pair);
/* One side's database as it is now, into a file; put back from it. */
void link_fixture_copy(struct store_fixture *side, const char *file);
void link_fixture_put_back(struct store_fixture *side, const char *file);
/* Another start of the board's program. */
void link_fixture_start(struct machine *machine);
/* A machine with the other one's database and keys. */
void link_fixture_clone(struct link_pair *pair, struct machine *of, struct machine *to);
/* Its certificate is registered. */
void link_fixture_add(struct link_pair *pair, struct machine *machine);
/* A new certificate for this machine alone: the fence is lifted. */
void link_fixture_enrol(struct link_pair *pair, struct machine *machine);
bool link_fixture_fenced(struct link_pair *pair);

/* Hello and what follows from it. False: not greeted (fenced, or its certificate is not registered). */
bool link_fixture_hello(struct link_pair *pair, struct machine *machine);
/* Events of the board up, of the center down; at most limit, lost: the answer does not come back. A
 * refusal ends the greeting. */
void link_fixture_journal(struct link_pair *pair, struct machine *machine, size_t limit, bool lost);
void link_fixture_feed(struct link_pair *pair, struct machine *machine, size_t limit, bool lost);
/* A stick there and one back; cut: the second is lost. */
void link_fixture_stick(struct link_pair *pair, struct machine *machine, bool back);
/* Until both have everything. */
void link_fixture_drain(struct link_pair *pair, struct machine *machine);

#endif
