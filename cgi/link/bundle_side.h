/*
 * bundle_side.h: what each side puts on a stick and takes from one. Taking is idempotent, in any order and
 * beside the line: events and contents that are there already are passed over.
 */
#ifndef TRAM_LINK_BUNDLE_SIDE_H
#define TRAM_LINK_BUNDLE_SIDE_H

#include "link/bundle.h"
#include "link/bundle_keys.h"
#include "store/journal.h"
#include "store/store.h"

enum bundle_outcome {
	BUNDLE_TAKEN,		/* something was new */
	BUNDLE_AGAIN,		/* all of it was here */
	BUNDLE_WAITS,		/* parts or events before it are missing: center keeps it, sealed */
	BUNDLE_REFUSED		/* why says; nothing was changed */
};
struct bundle_taken {
	enum bundle_outcome outcome;
	const char *why;		/* of bundle_reader_new, "content", "board", "gap", "fork", "fenced",
					 * "revoked" and the line's own reasons; "" */
	struct bundle_head head;
	uint64_t events, files, receipts;	/* new here */
	uint64_t files_again, files_unnamed;	/* had before; named by no dossier */
};
/* "taken", "again", "waits", "refused". */
const char *bundle_outcome_name(enum bundle_outcome outcome);

/* bundle_board.c: everything unreceipted into dir. RC_NOT_FOUND: there is nothing. */
enum rc bundle_board_make(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *dir, struct bundle_made *made) MUST_CHECK;
/* A part of a return. RC_OK with the outcome; RC_FULL, RC_IO, RC_DB, RC_BUSY: this side's own trouble. keys:
 * receipt keys announced in it are followed. */
enum rc bundle_board_take(struct store *store, struct pool *pool, struct bundle_keys *keys,
		const char *path, struct bundle_taken *taken) MUST_CHECK;

/* bundle_center.c: receipts, events and results for a board into dir. RC_NOT_FOUND: the board never sent
 * a stick, so nobody knows whom to seal to. */
enum rc bundle_center_make(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *board, const char *dir, struct bundle_made *made) MUST_CHECK;
/* A part of a board's. What waits is kept in inbox_dir and taken when what was missing has come. */
enum rc bundle_center_take(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *path, struct bundle_taken *taken) MUST_CHECK;

/* Shared by both. Events of one log after `after` up to upto. */
enum rc bundle_side_events(struct store *store, struct bundle_writer *writer, const char *board,
		enum event_author author, uint64_t after, uint64_t upto) MUST_CHECK;
/* Lines of a branch, packed, to wait (store/fork.h). RC_PROTOCOL with *why. */
enum rc bundle_side_stage(struct store *store, const char *board, const char *packed, size_t len,
		const char **why) MUST_CHECK;
/* The entry's bytes into a new file in spool_dir; *path in the pool. */
enum rc bundle_side_spool(struct store *store, struct pool *pool, struct bundle_reader *reader,
		char **path, const char **why) MUST_CHECK;

#endif
