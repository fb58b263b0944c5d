/*
 * ticket.h: who is called next. Pure: the day's waiting tickets in, one of them out.
 */
#ifndef TRAM_DOSSIER_TICKET_H
#define TRAM_DOSSIER_TICKET_H

#include <stdbool.h>
#include <stddef.h>

struct ticket_waiting {
	const char *number;	/* "012"; with several queues their letter first: "B012" */
	bool priority;
	const char *counter;	/* the only counter it waits for (moved there), "" */
};

/* rows in the order in which they were issued. counter: that calls. letters: of the queues it serves,
 * "" for all. run: how many with priority were called one after the other just now; limit: after so
 * many one without is called if there is one, 0: never. Returns the place in rows, or count: none.
 *
 * Old and disabled people, pregnant women and people with merit go first (TT 01/2018/TT-VPCP), but
 * nobody waits for ever; who was sent here from another counter has waited already. */
size_t ticket_pick(const struct ticket_waiting *rows, size_t count, const char *counter,
		const char *letters, int run, int limit);
/* How many of rows would be called before the one at place. */
size_t ticket_before(const struct ticket_waiting *rows, size_t count, size_t place);

#endif
