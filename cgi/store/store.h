/*
 * store.h: what a program has open, and the one way to write: begin, acts, commit, then wake.
 */
#ifndef TRAM_STORE_STORE_H
#define TRAM_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "dossier/event.h"
#include "dossier/kind.h"
#include "store/db.h"

#define STORE_TRAM 1u
#define STORE_AUTH 2u
#define STORE_RUN 4u
#define STORE_PUBLIC 8u
#define STORE_ACCESS 16u

struct store {
	const struct settings *settings;	/* borrowed */
	struct db *tram, *auth, *run, *pub, *access;	/* NULL where not asked for */
	const char *board;			/* settings->board_id on a board; NULL at the center */
	bool scrub, scrub_due;			/* the open write erased something; one before did */
	bool redoing;				/* one dossier is projected anew (projection_redo) */
	bool rebuilding;			/* everything is (journal_rebuild) */
	bool recording;				/* a branch is being recorded (fork_record.c) */
	bool together;			/* commits of now wait for store_settle */
	bool publish_later;		/* others wait: public.db may follow a moment later */
	bool publish_due;		/* it is behind */
	int unfollowed;			/* events written since search_follow was called */
	int64_t expire_at;			/* when old drafts are looked for again */
	struct session_seen *sessions;		/* session.c */
	int wake_fd;				/* of the wake fifo, -1: not open */
};

/* which: STORE_ bits. RC_VERSION, RC_NOT_FOUND, RC_DB, RC_CONFIG (a board's journal is of another
 * board or mode than the settings) are logged. */
enum rc store_open(const struct settings *settings, unsigned which, struct store **out) MUST_CHECK;
void store_close(struct store *store);
/* Gives back what reading left in memory: at the end of a start, before a long wait. */
void store_spare(struct store *store);

/* Write transaction on tram.db. RC_BUSY, RC_FULL (also when free space is under
 * settings->reserve_bytes and new_work is true: refused early and politely). */
enum rc store_begin(struct store *store, bool new_work) MUST_CHECK;
/* Is there room for new work? RC_FULL: the disk is under settings->reserve_bytes; what is left is kept
 * for what was begun. For who writes files before store_begin. */
enum rc store_room(const struct store *store) MUST_CHECK;
/* Commit (durable), then brings public.db up to date (unless publish_later) and writes one byte to
 * the wake fifo. The last two never fail the caller. */
enum rc store_commit(struct store *store) MUST_CHECK;
/* With `together` set commits are only kept (db_write_keep): this makes all since durable at once, and does
 * for them what store_commit does after a commit. Nobody is answered before. Fine when none was kept. */
enum rc store_settle(struct store *store) MUST_CHECK;
void store_abort(struct store *store);
/* Brings public.db up to date if a commit left that for later. A worker calls it when nobody waits;
 * one that dies before leaves it to the next commit of anybody. */
void store_publish(struct store *store);
/* One byte for the forwarder: there is something to send, or a page is in use and the province's
 * answers are waited for. Nobody there, or a full fifo, is as good. */
void store_wake(struct store *store);

/* One act of one person or of the system: becomes one event. */
struct act {
	const char *board;		/* whose journal; NULL: store->board */
	enum event_subject subject_kind;
	const uint8_t *subject;		/* 16 bytes */
	const char *kind;		/* newest version of it is written */
	const char *actor;		/* account id */
	const json_t *body;		/* object; borrowed */
	const uint8_t *seen;		/* 16 bytes: subject's last event the person saw on the page;
					 * NULL: no such check */
	bool body_exact;		/* internal use by rebuild vectors */
};

/* Checks body, rule and size, appends, projects; inside store_begin. The author is the side of
 * settings. RC_CONFLICT: the rule says no, or somebody acted after `seen`; *reason is a text key
 * ("rule.…", "act.seen"). RC_INVALID: body. RC_TOO_LARGE. */
enum rc act_append(struct store *store, const struct act *act, struct event *out,
		const char **reason) MUST_CHECK;

/* 32 hex characters? */
bool form_id_fits(const char *form_id);
/* Hidden form ids: a double tap answers the first answer. Inside store_begin.
 * form_claim: RC_OK: first time; RC_EXISTS: *location (pool) is where the first one went;
 * RC_INVALID: not 32 hex characters. */
enum rc form_claim(struct store *store, struct pool *pool, const char *form_id,
		char **location) MUST_CHECK;
enum rc form_done(struct store *store, const char *form_id, const char *location) MUST_CHECK;
/* Forgets those of two days ago; draft_expire calls it. */
enum rc form_expire(struct store *store, int64_t now_ms) MUST_CHECK;

#endif
