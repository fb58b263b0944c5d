/*
 * book_view.h: what the pages of a book share: its span of time, its words, its entries as rows.
 */
#ifndef TRAM_INTAKE_BOOK_VIEW_H
#define TRAM_INTAKE_BOOK_VIEW_H

#include "intake/intake.h"
#include "store/book.h"

/* A month of the book, or one day of it: [from_ms, to_ms). */
struct book_view_span {
	int year, month, day;		/* day 0: the whole month */
	int64_t from_ms, to_ms;
};
/* What ?ngay=2026-11-24 or ?thang=2026-11 asks for within the book's year; else this month, or the
 * last one of a year gone by. */
void book_view_span(const struct request *request, const struct book_row *book,
		struct book_view_span *out);
/* "tháng 11 năm 2026", or "ngày 24/11/2026". */
const char *book_view_span_text(struct pool *pool, const struct book_view_span *span);

/* Finds params[0]; RC_NOT_FOUND. */
enum rc book_view_open(struct web *web, struct request *request, struct book_row *out) MUST_CHECK;
/* book_url, book_name, symbol, volume, book_no, year, last, next … of a book. */
void book_view_show(struct view *view, const struct book_row *book);
/* Entries as list "entries", and the totals of the span. */
enum rc book_view_entries(struct web *web, struct view *view, const struct book_row *book,
		const struct book_view_span *span, size_t limit, size_t offset, size_t *count) MUST_CHECK;
enum rc book_view_totals(struct web *web, struct view *view, const struct book_row *book,
		const struct book_view_span *span, struct book_totals *out) MUST_CHECK;
/* Blocks of numbers given to other points or taken from them in [from_ms, to_ms), as list "blocks"; and
 * how many numbers are left where the book lives on them. */
enum rc book_view_blocks(struct web *web, struct view *view, const struct book_row *book,
		int64_t from_ms, int64_t to_ms) MUST_CHECK;
/* One act on a book; then more(arg) in the same write, where given. Answers with the book's page, or 409. */
typedef enum rc book_view_more(void *arg, const char **reason);
enum rc book_view_act(struct web *web, struct request *request, struct response *response,
		const struct book_row *book, const char *kind, const json_t *body, book_view_more *more,
		void *arg) MUST_CHECK;
/* 409: why the book stands as it was. */
enum rc book_view_conflict(struct web *web, struct request *request, struct response *response,
		const struct book_row *book, const char *reason) MUST_CHECK;

#endif
