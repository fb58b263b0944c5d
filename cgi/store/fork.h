/*
 * fork.h: a log that came apart: a side was put back from an old copy and wrote on, or two machines had
 * one identity. The branch that the other side has goes on; the other one is recorded beside it, both
 * are kept on both sides, byte for byte, and both are projected (PROTOCOL §16).
 *
 * Events that do not stand in a log yet wait in journal_fork, each chained to the log or to another that
 * waits: what a restored side lacks, and branches on their way to be recorded.
 */
#ifndef TRAM_STORE_FORK_H
#define TRAM_STORE_FORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/journal.h"
#include "store/store.h"

/* All but the lists inside store_begin. */

/* One event, exact bytes, to wait. RC_EXISTS: it stands in its log, or waits already. RC_PROTOCOL with
 * *why: "gap" (what it follows is neither here nor waits), or as journal_receive. */
enum rc fork_stage(struct store *store, const char *board, const char *header, size_t header_len,
		const uint8_t *salt, const char *body, size_t body_len, const char **why) MUST_CHECK;
/* Does this event stand in the author's log; branches: or in a recorded branch of it? */
enum rc fork_stands(struct store *store, const char *board, enum event_author author, uint64_t seq,
		const uint8_t hash[EVENT_HASH_SIZE], bool branches, bool *stands) MUST_CHECK;
/* What waits and was not used goes; of one author's log. */
enum rc fork_unstage(struct store *store, const char *board, enum event_author author) MUST_CHECK;
/* An erase: the body goes where it waits, too. */
enum rc fork_forget_body(struct store *store, const char *board, enum event_author author, uint64_t seq,
		const uint8_t hash[EVENT_HASH_SIZE]) MUST_CHECK;

/* What a restored side was given. */
struct fork_lost {
	enum event_author author;	/* whose log it is: this side's own */
	struct journal_head own;	/* how far it goes by what waits; seq 0: nothing waits */
	struct journal_head other;	/* the same of the other side's log */
	bool apart;			/* what we have of that log stands in a branch there: the log as it waits goes on */
	const char *reason;		/* of epoch.opened: "restored"; NULL: nothing of our own is lost */
};
struct fork_healed {
	uint64_t events;		/* came back, of both logs */
	uint64_t branch;		/* of our own were set aside and recorded as a branch */
	uint64_t base;			/* last event that both branches have */
	bool aside;			/* a log went back before it went on: what follows logs by a cursor begins anew */
};
/* Takes what waits, in an order in which every event comes after what its author had seen of its
 * subject; opens a new epoch on the head; and where this side had written on from the old copy, records
 * that as a branch. RC_PROTOCOL with *why: "gap": what waits does not reach from the log to the heads
 * named, or the other side's log came apart. */
enum rc fork_heal(struct store *store, const char *board, const struct fork_lost *lost,
		struct fork_healed *out, const char **why) MUST_CHECK;
/* A new epoch on the head of our own log. */
enum rc fork_open_epoch(struct store *store, const char *board, const char *reason) MUST_CHECK;

/* For journal.c and projection.c: may this fork.recorded be received (RC_PROTOCOL "branch": what it
 * records has not come); its branch is recorded and projected. */
enum rc fork_is_here(struct store *store, const struct event *event, const char *body, size_t body_len,
		const char **why) MUST_CHECK;
/* The same for act_append: RC_NOT_FOUND. */
enum rc fork_is_whole(struct store *store, const char *board, enum event_author author,
		const json_t *body) MUST_CHECK;
enum rc fork_record(struct store *store, const struct event *event, const json_t *body,
		const char **parked) MUST_CHECK;

/* ---- fork_list.c ---- */
struct fork_row {
	const char *board;
	unsigned log;
	enum event_author author;
	uint64_t position, epoch, first, last;
	int64_t at;			/* wall time of its fork.recorded */
	uint8_t branch[EVENT_HASH_SIZE];
};
/* Recorded branches of one board, or of all when board is ""; those of a board newest first. */
enum rc fork_list(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct fork_row **rows, size_t *count) MUST_CHECK;
/* The branch that ends with this event. RC_NOT_FOUND. */
enum rc fork_find(struct store *store, struct pool *pool, const char *board, enum event_author author,
		const uint8_t branch[EVENT_HASH_SIZE], struct fork_row *out) MUST_CHECK;
/* Two dossiers with one number, since both branches gave it out: one row each pair. kind: "code",
 * "official". */
struct fork_clash {
	const char *board, *kind, *number;
	const char *one, *two;		/* ids in hex; two: the branch's */
	const char *one_board;
};
enum rc fork_clashes(struct store *store, struct pool *pool, const struct fork_row *fork, size_t limit,
		struct fork_clash **rows, size_t *count) MUST_CHECK;
/* What the branch is about: dossiers, and events that could not be used. */
struct fork_sums { int64_t dossiers, parked; };
enum rc fork_sum(struct store *store, const struct fork_row *fork, struct fork_sums *out) MUST_CHECK;
/* Events of one log of the board (event.log), seq from first to last. */
struct fork_event {
	const char *kind;
	int64_t at;			/* wall time */
	const char *dossier;		/* id in hex; "": it is about none */
	const char *code, *applicant;	/* of the dossier */
	const char *parked;		/* why it could not be used; "" */
};
enum rc fork_events(struct store *store, struct pool *pool, const char *board, unsigned log,
		uint64_t first, uint64_t last, size_t limit, struct fork_event **rows,
		size_t *count) MUST_CHECK;

#endif
