/*
 * book.h: books of numbers: reading them, and giving a number. Opening, spoiling, continuing and
 * closing are plain acts on a book (store.h); the rules stand in dossier/book.h.
 */
#ifndef TRAM_STORE_BOOK_H
#define TRAM_STORE_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "dossier/block.h"
#include "dossier/book.h"
#include "store/store.h"

struct book_row {
	uint8_t id[16];
	char id_hex[33];
	const char *kind, *medium;	/* words of book.opened */
	const char *symbol, *book_no;	/* "SCT/BS", "01/2026": the volume written in now */
	int year;
	int64_t first, last, range_end;	/* last: first - 1 when no number was given yet; range_end: of the
					 * block it lives on, 0: it gives its own numbers */
	int64_t spoiled;
	int64_t opened_at, closed_at, total;
	bool closed;
	const char *signer_name, *signer_title;	/* of the closing */
};

struct book_entry {
	int64_t number;
	const char *book_no;
	char dossier[33];
	const char *requester, *requester_number, *name;
	int64_t pages, copies, amount;
	const char *signer_name, *signer_title;
	int64_t signed_at;
	bool spoiled;
	const char *reason;		/* why it is spoiled */
	const char *symbol, *medium;	/* of its book: book_of_dossier alone */
};

/* All books of this board, newest year first. */
enum rc book_list(struct store *store, struct pool *pool, struct book_row **rows,
		size_t *count) MUST_CHECK;
/* By 32 hex digits. RC_NOT_FOUND. */
enum rc book_find(struct store *store, struct pool *pool, const char *id_hex,
		struct book_row *out) MUST_CHECK;
/* The one that is open for this year. RC_NOT_FOUND: none. */
enum rc book_open_one(struct store *store, struct pool *pool, const char *kind,
		const char *medium, int year, struct book_row *out) MUST_CHECK;

/* Entries signed in [from_ms, to_ms), by number. */
enum rc book_entries(struct store *store, struct pool *pool, const struct book_row *book,
		int64_t from_ms, int64_t to_ms, size_t limit, size_t offset,
		struct book_entry **rows, size_t *count) MUST_CHECK;
/* RC_NOT_FOUND: that number was not given here. */
enum rc book_entry_find(struct store *store, struct pool *pool, const struct book_row *book,
		int64_t number, struct book_entry *out) MUST_CHECK;
/* The numbers of a dossier, spoiled ones included, oldest first. */
enum rc book_of_dossier(struct store *store, struct pool *pool, const uint8_t dossier[16],
		struct book_entry **rows, size_t *count) MUST_CHECK;

struct book_totals { int64_t count, spoiled, copies, amount, first, last; };
/* Of the same span; copies and amount without the spoiled ones. */
enum rc book_totals_get(struct store *store, const struct book_row *book, int64_t from_ms,
		int64_t to_ms, struct book_totals *out) MUST_CHECK;

struct book_block { int64_t first, last; int way /* enum block_way */; const char *point; int64_t at; };
/* Blocks it gave to other points or took from them, what came back unused or went back, by number; at most
 * 200. */
enum rc book_blocks(struct store *store, struct pool *pool, const struct book_row *book,
		struct book_block **rows, size_t *count) MUST_CHECK;
/* Those of all points' books of certifications since a year, for block_compare (center). */
enum rc book_blocks_all(struct store *store, struct pool *pool, int from_year, struct block **rows,
		size_t *count) MUST_CHECK;
/* How many numbers count at its closing: given here or taken over from paper, not spoiled, not another
 * point's. */
enum rc book_closing_total(struct store *store, const struct book_row *book, int64_t *total) MUST_CHECK;

/* A dossier of the signing tray. */
struct book_waiting {
	uint8_t id[16];
	char id_hex[33];
	const char *code, *procedure, *procedure_name, *applicant, *applicant_number, *content;
	const char *assignee;		/* the signer's account */
	int state;			/* enum dossier_state */
	int64_t received_at, due_at, fee_total, fee_paid;
};
/* Waiting for a signature, or signed and without a number: oldest first, at most limit. */
enum rc book_tray(struct store *store, struct pool *pool, size_t limit,
		struct book_waiting **rows, size_t *count) MUST_CHECK;
enum rc book_tray_count(struct store *store, int64_t *count) MUST_CHECK;
/* Numbered, finished, not returned yet: newest first, at most limit. */
enum rc book_ready(struct store *store, struct pool *pool, size_t limit,
		struct book_waiting **rows, size_t *count) MUST_CHECK;

/* One paper that was signed. */
struct book_signed {
	const char *actor;		/* who writes it in: account id */
	const char *kind, *medium;
	const uint8_t *dossier;
	const char *requester, *requester_number;
	const char *name;
	int64_t pages, copies, amount;
	const char *signer_name, *signer_title;
	int64_t signed_at;
	const char *batch;		/* 32 hex */
};
/* Gives it the next number: book.numbered, inside store_begin. In a new year the board's book of the
 * year before is opened anew from 01 (book.opened), unless it lives on another point's blocks. RC_CONFLICT
 * with *reason: "book.rule.none" no book is open, or what act_append says. */
enum rc book_number(struct store *store, struct pool *pool, const struct book_signed *signed_paper,
		struct book_entry *out, const char **reason) MUST_CHECK;
/* Opens one; last: last number of the paper book it goes on from. RC_CONFLICT: "book.rule.twice" that
 * kind, medium and year has a book. Inside store_begin. */
struct book_opening {
	const char *actor, *kind, *medium, *symbol, *book_no;
	int year;
	int64_t last;
	int64_t block_last;		/* lives on another point's block, last + 1 to this one; 0: does not */
	const char *block_from;
};
enum rc book_open(struct store *store, struct pool *pool, const struct book_opening *opening,
		char id_hex[33], const char **reason) MUST_CHECK;

#endif
