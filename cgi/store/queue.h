/*
 * queue.h: the tickets of a day, the counters that pause, and ratings. All is projected from events;
 * numbers begin anew each day. Nothing here is about a person.
 */
#ifndef TRAM_STORE_QUEUE_H
#define TRAM_STORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

enum ticket_state { TICKET_WAITING, TICKET_CALLED, TICKET_ABSENT, TICKET_DONE };
#define QUEUE_INDICES 9		/* of a rating: DOMAIN 1.8 */
#define QUEUE_MAX 9		/* queues, letters A to I */

struct ticket {
	const char *number, *queue, *priority, *counter;
	enum ticket_state state;
	int64_t issued_at, called_at;
	int64_t calls;
};

/* 20261124: the local day. */
int64_t queue_day(int64_t at_ms);

/* ---- queue_setup.c: queues and counters as the manager last set them ---- */
#define QUEUE_PLACES 20
/* A counter that has a name, or serves some queues only ("AB"; "": all). Others serve all. */
struct queue_place { int64_t no; const char *name, *serves; };
struct queue_setup {
	/* At least one; names[0] is "" when none is set. With one, numbers have no letter. */
	const char *names[QUEUE_MAX];
	size_t queues;
	struct queue_place places[QUEUE_PLACES];
	size_t place_count;
	int64_t priority_run;
	char seen[2 * 16 + 1];		/* its event in hex; "" while tram.conf alone says it */
	const char *actor;
	int64_t at;
};
enum rc queue_setup_get(struct store *store, struct pool *pool, struct queue_setup *out) MUST_CHECK;
/* Inside store_begin. */
enum rc queue_setup_change(struct store *store, const char *actor,
		const struct queue_setup *setup) MUST_CHECK;
/* The letters this counter serves; "" for all. */
const char *queue_setup_letters(const struct queue_setup *setup, const char *counter);
/* Of tickets that wait today with this letter: how many. */
enum rc queue_setup_waiting(struct store *store, char letter, int64_t day, int64_t *count) MUST_CHECK;

/* ---- reading; public: from public.db, as the screens do, else tram.db ---- */
/* Tickets of the day in one state, in the order in which they were issued; called ones newest first. */
enum rc queue_list(struct store *store, struct pool *pool, bool public, int64_t day,
		enum ticket_state state, size_t limit, struct ticket **rows, size_t *count) MUST_CHECK;
/* RC_NOT_FOUND. */
enum rc queue_find(struct store *store, struct pool *pool, bool public, int64_t day,
		const char *number, struct ticket *out) MUST_CHECK;
enum rc queue_waiting(struct store *store, bool public, int64_t day, int64_t *count) MUST_CHECK;
/* The ticket that the counter serves now; RC_NOT_FOUND. */
enum rc queue_current(struct store *store, struct pool *pool, int64_t day, const char *counter,
		struct ticket *out) MUST_CHECK;
struct queue_counter { const char *name; bool paused; int64_t until_at, at; };
/* Counters that ever paused, by their newest word. */
enum rc queue_counters(struct store *store, struct pool *pool, bool public,
		struct queue_counter **rows, size_t *count) MUST_CHECK;
enum rc queue_paused(struct store *store, const char *counter, struct queue_counter *out) MUST_CHECK;

/* ---- writing: inside store_begin ---- */
/* The next number of the queue (0 …). *number from the pool. RC_TOO_LARGE: 999 were given today. */
enum rc queue_issue(struct store *store, struct pool *pool, const char *actor, size_t queue,
		const char *priority, int64_t now_ms, char **number) MUST_CHECK;
/* Calls who is next at this counter; what it served before is done. RC_NOT_FOUND: nobody waits. */
enum rc queue_next(struct store *store, struct pool *pool, const char *actor, const char *counter,
		int64_t now_ms, char **number) MUST_CHECK;
/* outcome of ticket.called on a ticket of today. RC_CONFLICT: it is not in a state for it any more
 * (somebody else called it, it is done); *now as it is. */
enum rc queue_act(struct store *store, struct pool *pool, const char *actor, const char *counter,
		const char *number, const char *outcome, const char *target, int64_t now_ms,
		struct ticket *now) MUST_CHECK;
/* until_ms 0: not known. */
enum rc queue_pause(struct store *store, const char *actor, const char *counter, int64_t until_ms,
		const char *reason) MUST_CHECK;
enum rc queue_resume(struct store *store, const char *actor, const char *counter) MUST_CHECK;

/* ---- queue_publish.c ---- */
/* What changed, into public.db; called by slip_publish. Board only. */
enum rc queue_publish(struct store *store) MUST_CHECK;

#endif
