/*
 * journal.h: the append-only journal: two logs per board, one by the board, one by the center.
 */
#ifndef TRAM_STORE_JOURNAL_H
#define TRAM_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "dossier/event.h"
#include "store/store.h"

struct journal_head {
	uint64_t epoch, seq;		/* seq 0: empty */
	uint8_t hash[EVENT_HASH_SIZE];
};

/* RC_OK with seq 0 when the log is empty. */
enum rc journal_head_get(struct store *store, const char *board, enum event_author author,
		struct journal_head *out) MUST_CHECK;

/* One event of this side, for act_append alone: all of *event is given but epoch, seq, prev and
 * hash, which are filled in; body and salt not NULL. Not projected yet. Inside store_begin. */
enum rc journal_append(struct store *store, struct event *event) MUST_CHECK;
/* Writers of one board follow each other (on SQLite all writers do anyway). */
enum rc journal_lock(struct store *store, const char *board) MUST_CHECK;

/* One event from the other side, exact bytes; inside store_begin. salt/body NULL: erased there.
 * RC_EXISTS: had already, byte for byte. RC_PROTOCOL with *why (constant, English, for logs and
 * problem documents): "gap", "fork", "hash", "body", "identity", "kind" (a kind or actor that this
 * author may not write), "branch" (it records a branch that has not come). Unknown kinds and what cannot be projected: stored, parked, RC_OK. */
enum rc journal_receive(struct store *store, const char *board, enum event_author author,
		const char *header, size_t header_len, const uint8_t *salt, const char *body,
		size_t body_len, const char **why) MUST_CHECK;

struct journal_row {
	struct event event;		/* body and salt in the pool */
	const char *header;		/* exact bytes */
	size_t header_len;
};
/* Events of one log (of an author, or a branch: event.log) with seq > after, ascending, at most limit and about max_bytes of bodies. */
enum rc journal_read(struct store *store, struct pool *pool, const char *board, unsigned log,
		uint64_t after, size_t limit, size_t max_bytes, struct journal_row **rows,
		size_t *count) MUST_CHECK;
/* All events of one subject by both authors, in order of wall time as projected (arrival order). */
enum rc journal_subject(struct store *store, struct pool *pool, const char *board,
		const uint8_t *subject, struct journal_row **rows, size_t *count) MUST_CHECK;
/* Last event of a subject that this side has, for the hidden field "seen". RC_NOT_FOUND. */
enum rc journal_last(struct store *store, const char *board, const uint8_t *subject,
		uint8_t id[EVENT_ID_SIZE]) MUST_CHECK;

/* Removes body and salt of an event, now or when it comes; inside store_begin. by: the erase, NULL when that is
 * not known; kept: JSON text of what stays of the body, or NULL. After the commit store_commit makes the words
 * leave the files (db_scrub). */
enum rc journal_erase(struct store *store, const struct event *event, const struct event *by,
		const char *kept) MUST_CHECK;
/* For fork.c alone: an event of a recorded branch, as it is; row->event.log says which. */
enum rc journal_add_branch(struct store *store, const struct journal_row *row,
		int64_t arrival) MUST_CHECK;
/* What is wrong with an event by itself: NULL when nothing is. */
const char *journal_fault(const struct event *event, const char *board, enum event_author author,
		const uint8_t *salt, const char *body, size_t body_len);
/* Empties the projected tables of one board and replays its logs; inside store_begin. */
enum rc journal_replay(struct store *store, const char *board) MUST_CHECK;

/* Walks both logs of every board: chain, header form, body hashes, heads, receipts at their
 * positions (not their signatures), blobs present and whole (when blobs). Faults are printed through report; RC_PROTOCOL if there were any. */
typedef void journal_report(void *arg, const char *board, enum event_author author, uint64_t seq,
		const char *what);
struct journal_totals { uint64_t events, bodies, erased, parked, blobs, faults; };
enum rc journal_verify(struct store *store, bool blobs, journal_report *report, void *arg,
		struct journal_totals *totals) MUST_CHECK;
/* Empties every projection and replays. RC_CONFLICT when compare is true and a rebuilt table
 * differs from the live one (reported; nothing is changed then). */
enum rc journal_rebuild(struct store *store, bool compare, journal_report *report,
		void *arg) MUST_CHECK;
/* A stable digest of each projection table, for comparing the two sides: name → hex, as JSON.
 * board: only that board's rows. Local-only tables are left out. */
enum rc journal_digest(struct store *store, struct pool *pool, const char *board,
		char **json) MUST_CHECK;

#endif
