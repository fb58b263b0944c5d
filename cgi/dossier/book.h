/*
 * book.h: the rules of a book of numbers (chứng thực, NĐ 23/2015 Điều 13: from 01, no gaps, to the
 * end of the year, on into the next volume, from 01 again in a new year). Pure.
 *
 * One book is one running number of one kind, medium and year on one board; book_no names the
 * volume ("01/2026") and changes when a volume is full. A number once given is never given again.
 */
#ifndef TRAM_DOSSIER_BOOK_H
#define TRAM_DOSSIER_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/rc.h"

enum book_kind { BOOK_COPY, BOOK_SIGNATURE, BOOK_TRANSLATOR, BOOK_TRANSACTION, BOOK_KINDS };

/* "copy" "signature" "translator" "transaction": the words of book.opened. */
const char *book_kind_name(enum book_kind kind);
/* RC_NOT_FOUND: a word of another book (receipts, dossiers). */
enum rc book_kind_parse(const char *name, enum book_kind *out) MUST_CHECK;
/* The book that a procedure's result is numbered in. RC_NOT_FOUND: in none. */
enum rc book_kind_of(const char *procedure, enum book_kind *out) MUST_CHECK;

struct book_facts {
	bool exists, closed;
	int64_t last;			/* last number given; first - 1 when none; -1: not known (the
					 * opening's body was erased) */
	int64_t limit;			/* last number of the range it may give; 0: no end */
};

/* May this event of a book follow? RC_CONFLICT with *reason, a text key "book.rule.…". body NULL:
 * erased; it was checked when it was written. Kinds of no book: RC_OK. */
enum rc book_check(const struct book_facts *facts, const char *kind, const json_t *body,
		const char **reason) MUST_CHECK;
/* The book after it. Call only after book_check said RC_OK. */
void book_apply(struct book_facts *facts, const char *kind, const json_t *body);

#endif
