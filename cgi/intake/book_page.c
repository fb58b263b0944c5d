/*
 * book_page.c: /so/chung-thuc: the books of this point and, for the manager, a new one; a book by
 * month and day, on the screen and on paper.
 */
#include <string.h>

#include "base/text.h"
#include "intake/book_view.h"
#include "intake/cert.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 100
#define PRINT_ROWS 20000

static const struct field fields[] = {
	{ "kind", FIELD_CHOICE, true, 0, 0, "copy|signature|translator|transaction", "book.kind" },
	{ "medium", FIELD_CHOICE, true, 0, 0, "paper|electronic", "book.medium" },
	{ "year", FIELD_INT, true, 2020, 2100, NULL, "book.year" },
	{ "volume", FIELD_INT, true, 1, 999, NULL, "book.volume" },
	{ "last", FIELD_INT, true, 0, 999999, NULL, "book.last" },
	/* All three or none: the book lives on another point's block. */
	{ "block_first", FIELD_INT, false, 1, 999999, NULL, "book.block.first" },
	{ "block_last", FIELD_INT, false, 1, 999999, NULL, "book.block.last" },
	{ "block_from", FIELD_LINE, false, 2, 120, NULL, "book.block.from" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static enum rc show_books(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct book_row *rows = NULL;
	struct when_local now;
	size_t count = 0, shown = 0;
	enum rc rc = book_list(web->store, request->pool, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		enum book_kind kind;

		if (book_kind_parse(rows[i].kind, &kind) != RC_OK)
			continue;
		book_view_show(view_item(view, "books"), &rows[i]);
		shown++;
	}
	view_flag(view, "books_shown", shown > 0);
	view_flag(view, "may_manage", frame_can(request, ROLE_MANAGER));
	view_set(view, "title", text_get("book.title"));
	view_flag(view, "at_books", true);
	if (request->method == METHOD_POST) {
		form_show(request->form, fields, FIELDS, view);
		view_flag(view, "block_open", form_raw(request->form, "block_first")[0] != '\0' ||
				form_raw(request->form, "block_last")[0] != '\0' ||
				form_raw(request->form, "block_from")[0] != '\0');
		response->status = 422;
	} else {
		when_to_local(request->now_ms, &now);
		view_setf(view, "year", "%d", now.year);
		view_set(view, "volume", "1");
		view_set(view, "last", "0");
		view_flag(view, "kind_is_copy", true);
		view_flag(view, "medium_is_paper", true);
	}
	return rc == RC_OK ? web_page(web, request, response, "intake/books", view) : rc;
}

/* This year's, or last year's while its paper is still being brought in. */
static void check_year(struct form *form, int64_t now_ms)
{
	int64_t year = form_int(form, "year", 0);
	struct when_local now;

	when_to_local(now_ms, &now);
	if (year != 0 && (year > now.year || year < now.year - 1))
		form_fault(form, "year", "book.wrong_year");
}

static void check_block(struct form *form)
{
	static const char *const names[] = { "block_first", "block_last", "block_from" };
	size_t typed = 0, count = sizeof(names) / sizeof(names[0]);

	for (size_t i = 0; i < count; i++)
		typed += form_text(form, names[i])[0] != '\0';
	for (size_t i = 0; typed > 0 && i < count; i++)
		if (form_text(form, names[i])[0] == '\0' && form_fault_of(form, names[i])[0] == '\0')
			form_fault(form, names[i], "form.required_this");
	if (typed == count && form_int(form, "block_last", 0) < form_int(form, "block_first", 0))
		form_fault(form, "block_last", "book.block.backwards");
}

static enum rc open_book(struct web *web, struct request *request, const char *id_form,
		char **location, const char **reason)
{
	struct form *form = request->form;
	struct pool *pool = request->pool;
	struct book_opening opening = { .actor = request->session->account.id,
		.kind = form_text(form, "kind"), .medium = form_text(form, "medium"),
		.year = (int)form_int(form, "year", 0), .last = form_int(form, "last", 0) };
	char id_hex[33];
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	if (form_text(form, "block_from")[0] != '\0') {
		opening.last = form_int(form, "block_first", 1) - 1;
		opening.block_last = form_int(form, "block_last", 0);
		opening.block_from = form_text(form, "block_from");
	}
	opening.symbol = text_get(pool_printf(pool, "book.symbol.%s.%s", opening.medium, opening.kind));
	opening.book_no = pool_printf(pool, "%02d/%d", (int)form_int(form, "volume", 1), opening.year);
	rc = form_claim(web->store, pool, id_form, location);
	if (rc == RC_OK)
		rc = book_open(web->store, pool, &opening, id_hex, reason);
	if (rc == RC_OK) {
		*location = pool_printf(pool, "/so/chung-thuc/%s", id_hex);
		rc = form_done(web->store, id_form, *location);
	}
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

enum rc page_books(struct web *web, struct request *request, struct response *response)
{
	const char *reason = NULL;
	char *location = NULL;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show_books(web, request, response);
	rc = form_check(request->form, fields, FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	check_year(request->form, request->now_ms);
	check_block(request->form);
	if (form_has_faults(request->form))
		return show_books(web, request, response);
	rc = open_book(web, request, form_raw(request->form, "form_id"), &location, &reason);
	if (rc == RC_CONFLICT) {
		form_fault(request->form, "kind", reason != NULL ? reason : "act.seen");
		return show_books(web, request, response);
	}
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, location);
		rc = RC_OK;
	}
	return rc;
}

/* ---- one book ---- */

static void show_months(struct request *request, struct view *view, const struct book_row *book,
		const struct book_view_span *span)
{
	struct when_local now;
	int last = 12;

	when_to_local(request->now_ms, &now);
	if (now.year == book->year)
		last = now.month;
	for (int month = 1; month <= last; month++) {
		struct view *item = view_item(view, "months");

		view_setf(item, "month", "%d-%02d", book->year, month);
		view_int(item, "month_no", month);
		view_flag(item, "current", span->day == 0 && span->month == month);
	}
}

static void show_pages(struct request *request, struct view *view, const struct book_view_span *span,
		int64_t from, int64_t total)
{
	const char *at = span->day > 0 ? pool_printf(request->pool, "ngay=%d-%02d-%02d", span->year,
			span->month, span->day) : pool_printf(request->pool, "thang=%d-%02d", span->year,
			span->month);

	view_set(view, "span_query", at);
	if (from > 0)
		view_setf(view, "newer_url", "?%s&tu=%d", at, from > ROWS ? (int)from - ROWS : 0);
	if (total > from + ROWS)
		view_setf(view, "older_url", "?%s&tu=%d", at, (int)from + ROWS);
}

/* Closing is for the last day of the year and after it (NĐ 23/2015 Điều 13). */
static bool may_close(const struct book_row *book, int64_t now_ms)
{
	struct when_local now;

	when_to_local(now_ms, &now);
	return now.year > book->year || (now.year == book->year && now.month == 12 && now.day == 31);
}

enum rc page_book(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	bool manages = frame_can(request, ROLE_MANAGER);
	char *choices;
	struct book_view_span span;
	struct book_totals totals;
	struct book_row book;
	int64_t from = 0;
	size_t count = 0;
	enum rc rc = book_view_open(web, request, &book);

	if (rc != RC_OK)
		return rc;
	if (num_parse(request_query(request, "tu"), 0, 1000000, &from) != RC_OK)
		from = 0;
	book_view_span(request, &book, &span);
	book_view_show(view, &book);
	rc = book_view_totals(web, view, &book, &span, &totals);
	if (rc == RC_OK)
		rc = book_view_blocks(web, view, &book, 0, INT64_MAX);
	if (rc == RC_OK)
		rc = book_view_entries(web, view, &book, &span, ROWS, (size_t)from, &count);
	if (rc != RC_OK)
		return rc;
	show_months(request, view, &book, &span);
	show_pages(request, view, &span, from, totals.count);
	view_set(view, "span_text", book_view_span_text(request->pool, &span));
	view_setf(view, "day_min", "%d-01-01", book.year);
	view_setf(view, "day_max", "%d-12-31", book.year);
	if (span.day > 0)
		view_setf(view, "day", "%d-%02d-%02d", span.year, span.month, span.day);
	view_flag(view, "may_manage", manages);
	view_flag(view, "may_continue", manages && !book.closed);
	view_flag(view, "may_close", manages && !book.closed && may_close(&book, request->now_ms));
	view_set(view, "title", pool_printf(request->pool, "%s %s-%s",
			text_get(pool_printf(request->pool, "book.kind.%s", book.kind)), book.book_no,
			book.symbol));
	view_flag(view, "at_books", true);
	rc = cert_rows_signers(web, request, view, "", &choices);
	return rc == RC_OK ? web_page(web, request, response, "intake/book", view) : rc;
}

enum rc page_book_print(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct book_view_span span;
	struct book_totals totals;
	struct book_row book;
	size_t count = 0;
	enum rc rc = book_view_open(web, request, &book);

	if (rc != RC_OK)
		return rc;
	book_view_span(request, &book, &span);
	book_view_show(view, &book);
	rc = book_view_totals(web, view, &book, &span, &totals);
	if (rc == RC_OK)
		rc = book_view_blocks(web, view, &book, span.from_ms, span.to_ms);
	if (rc == RC_OK)
		rc = book_view_entries(web, view, &book, &span, PRINT_ROWS, 0, &count);
	if (rc != RC_OK)
		return rc;
	view_set(view, "span_text", book_view_span_text(request->pool, &span));
	view_set(view, "heading", text_upper(request->pool, text_get(pool_printf(request->pool,
			"book.kind.%s", book.kind))));
	view_flag(view, "shows_number", strcmp(book.kind, "copy") != 0);
	view_set(view, "paper_head", text_get(strcmp(book.kind, "copy") == 0 ? "book.head.original" :
			"book.head.paper"));
	view_set(view, "parent_name", web->settings->parent_name);
	view_set(view, "agency_name", web->settings->agency_name);
	view_set(view, "date", show_date_paper(request->pool, request->now_ms));
	view_set(view, "title", pool_printf(request->pool, "%s %s-%s, %s", text_get(pool_printf(
			request->pool, "book.kind.%s", book.kind)), book.book_no, book.symbol,
			book_view_span_text(request->pool, &span)));
	return web_page(web, request, response, "print/book", view);
}
