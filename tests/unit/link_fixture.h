/*
 * link_fixture.h: boards and a center that talk by the link's own code, without sockets: hello, journal, feed,
 * branches, what a restored side lost, sticks; copies of a side's database, put back or brought to life twice.
 */
#ifndef TRAM_TESTS_LINK_FIXTURE_H
#define TRAM_TESTS_LINK_FIXTURE_H

#include "crypt/jws.h"
#include "link/bundle_keys.h"
#include "link/wire.h"
#include "store/linkstate.h"
#include "store_fixture.h"

#define LINK_BOARD "b18685-1"
#define LINK_KEPT 16
#define LINK_DRAWER 4

struct machine {
	struct store_fixture side;
	struct bundle_keys keys;
	uint8_t instance[WIRE_NONCE_SIZE];
	uint8_t fingerprint[32];
	bool greeted, alive;
};

/* Something that was on its way, to arrive again. */
enum link_what { LINK_JOURNAL, LINK_FEED, LINK_RECEIPT, LINK_HELLO };
struct link_message {
	enum link_what what;
	char *text;			/* NULL: none */
	size_t len;
	struct journal_head last;
	char *token;
	uint8_t fingerprint[32];	/* whose connection it was */
};

struct link_stick { char dir[400]; bool up; };

/* Where the line was cut: the question did not arrive, or the answer. */
enum link_cut { LINK_WHOLE, LINK_CUT_QUESTION, LINK_CUT_ANSWER };

struct link_pair {
	struct store_fixture center;
	struct bundle_keys keys;	/* the center's */
	struct machine boards[2];	/* the second one: a clone, when alive */
	char *ca_cert, *ca_key;
	unsigned keys_made, sticks;
	struct link_message kept[LINK_KEPT];
	size_t kept_count;
	struct link_stick drawer[LINK_DRAWER];
	size_t drawer_count;
	struct machine said;		/* stands for whoever said a kept message */
	/* what happened */
	int64_t restored, center_restored, forks, center_forks, fences, sticks_taken, hellos, sent, cuts, again,
		late, sticks_late;
	int most_hellos;		/* until it came together, once */
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
/* The row of the machine's certificate, as every request looks it up. */
bool link_fixture_registered(struct link_pair *pair, const struct machine *machine, struct link_board *row);
void link_fixture_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- link_talk_fixture.c ---- */
/* Hello and what follows from it. False: not greeted (fenced, or its certificate is not registered). */
bool link_fixture_hello(struct link_pair *pair, struct machine *machine);
/* Events of the board up, of the center down; at most limit. A refusal ends the greeting. */
void link_fixture_journal(struct link_pair *pair, struct machine *machine, size_t limit, enum link_cut cut);
void link_fixture_feed(struct link_pair *pair, struct machine *machine, size_t limit, enum link_cut cut);
/* A stick there and one back; cut: the second is lost. */
void link_fixture_stick(struct link_pair *pair, struct machine *machine, bool back);
/* Until both have everything. */
void link_fixture_drain(struct link_pair *pair, struct machine *machine);

/* ---- again_fixture.c ---- */
/* The last LINK_KEPT messages are kept; a center that was put back does not know who said its hellos. */
void link_fixture_keep(struct link_pair *pair, const struct link_message *message);
void link_fixture_forget_hellos(struct link_pair *pair);
void link_fixture_forget(struct link_pair *pair);
/* One of them arrives again, or at last. */
void link_fixture_again(struct link_pair *pair, struct machine *machine, uint64_t which);
/* A stick is written (up: by the board) and put into a drawer; one of them is taken, its last part first. */
void link_fixture_stick_keep(struct link_pair *pair, struct machine *machine, bool up);
void link_fixture_stick_late(struct link_pair *pair, struct machine *machine, uint64_t which);

#endif
