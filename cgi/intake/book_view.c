/*
 * book_view.c: see book_view.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "intake/book_view.h"
#include "web/show.h"
#include "web/text_vi.h"

static int64_t start_of(int year, int month, int day)
{
	struct when_local local = { .year = year, .month = month, .day = day };
	int64_t at = 0;

	return when_from_local(&local, &at) == RC_OK ? at : 0;
}

static bool asked_day(const struct request *request, const struct book_row *book,
		struct book_view_span *out)
{
	const char *asked = request_query(request, "ngay");

	return when_parse_typed(asked, &out->year, &out->month, &out->day) == RC_OK &&
			out->year == book->year;
}

static bool asked_month(const struct request *request, const struct book_row *book,
		struct book_view_span *out)
{
	const char *asked = request_query(request, "thang");
	int64_t month;

	if (strlen(asked) != 7 || num_parse(asked + 5, 1, 12, &month) != RC_OK ||
			strncmp(asked, pool_printf(request->pool, "%d-", book->year), 5) != 0)
		return false;
	out->year = book->year;
	out->month = (int)month;
	out->day = 0;
	return true;
}

void book_view_span(const struct request *request, const struct book_row *book,
		struct book_view_span *out)
{
	struct when_local now;

	if (asked_day(request, book, out)) {
		out->from_ms = start_of(out->year, out->month, out->day);
		out->to_ms = out->from_ms + WHEN_DAY_MS;
		return;
	}
	if (!asked_month(request, book, out)) {
		when_to_local(request->now_ms, &now);
		out->year = book->year;
		out->month = now.year == book->year ? now.month : 12;
		out->day = 0;
	}
	out->from_ms = start_of(out->year, out->month, 1);
	out->to_ms = out->month == 12 ? start_of(out->year + 1, 1, 1) :
			start_of(out->year, out->month + 1, 1);
}

const char *book_view_span_text(struct pool *pool, const struct book_view_span *span)
{
	const char *year = pool_printf(pool, "%d", span->year);

	if (span->day > 0)
		return text_fill(pool, "book.day", pool_printf(pool, "%02d/%02d/%d", span->day,
				span->month, span->year), NULL);
	return text_fill(pool, "book.month", pool_printf(pool, "%d", span->month), year, NULL);
}

enum rc book_view_open(struct web *web, struct request *request, struct book_row *out)
{
	enum book_kind kind;
	enum rc rc;

	if (request->params[0] == NULL || strlen(request->params[0]) != 32)
		return RC_NOT_FOUND;
	rc = book_find(web->store, request->pool, request->params[0], out);
	return rc == RC_OK ? book_kind_parse(out->kind, &kind) : rc;
}

void book_view_show(struct view *view, const struct book_row *book)
{
	struct pool *pool = view_pool(view);

	view_set(view, "book_url", pool_printf(pool, "/so/chung-thuc/%s", book->id_hex));
	view_set(view, "book_name", text_get(pool_printf(pool, "book.kind.%s", book->kind)));
	view_set(view, "medium_name", text_get(pool_printf(pool, "book.medium.%s", book->medium)));
	view_flag(view, "electronic_book", strcmp(book->medium, "electronic") == 0);
	view_setf(view, "volume", "%s-%s", book->book_no, book->symbol);
	view_int(view, "year", book->year);
	view_setf(view, "first_no", "%02lld", (long long)book->first);
	view_flag(view, "taken_over", book->first > 1 && book->range_end == 0);
	view_setf(view, "before", "%lld", (long long)book->first - 1);
	view_flag(view, "any_number", book->last >= book->first);
	view_setf(view, "last_no", "%02lld", (long long)book->last);
	view_setf(view, "next_no", "%02lld", (long long)book->last + 1);
	view_setf(view, "seen_last", "%lld", (long long)book->last);
	view_int(view, "book_spoiled", book->spoiled);
	view_flag(view, "closed", book->closed);
	if (!book->closed)
		return;
	view_set(view, "closed_at", show_date(pool, book->closed_at));
	view_setf(view, "closing_total", "%lld", (long long)book->total);
	view_set(view, "closing_signer", book->signer_title[0] != '\0' ? pool_printf(pool, "%s, %s",
			book->signer_name, book->signer_title) : book->signer_name);
}

enum rc book_view_blocks(struct web *web, struct view *view, const struct book_row *book,
		int64_t from_ms, int64_t to_ms)
{
	static const char *const words[] = { "book.block.taken", "book.block.given", "book.block.unused",
		"book.block.returned" };
	struct pool *pool = view_pool(view);
	struct book_block *rows = NULL;
	size_t count = 0;
	enum rc rc = book_blocks(web->store, pool, book, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if (rows[i].at < from_ms || rows[i].at >= to_ms)
			continue;
		view_set(view_item(view, "blocks"), "block", text_fill(pool, words[rows[i].way & 3],
				pool_printf(pool, "%02lld", (long long)rows[i].first),
				pool_printf(pool, "%02lld", (long long)rows[i].last), rows[i].point,
				show_date(pool, rows[i].at), NULL));
		view_flag(view, "blocks_shown", true);
	}
	view_flag(view, "of_block", book->range_end > 0);
	if (book->range_end > 0)
		view_int(view, "block_left", book->range_end - book->last);
	return rc;
}

static const char *grouped(struct pool *pool, int64_t dong)
{
	const char *money = show_money(pool, dong);
	const char *blank = strchr(money, ' ');

	return blank != NULL ? pool_strndup(pool, money, (size_t)(blank - money)) : money;
}

enum rc book_view_entries(struct web *web, struct view *view, const struct book_row *book,
		const struct book_view_span *span, size_t limit, size_t offset, size_t *count)
{
	struct pool *pool = view_pool(view);
	struct book_entry *rows = NULL;
	enum rc rc = book_entries(web->store, pool, book, span->from_ms, span->to_ms, limit, offset,
			&rows, count);

	for (size_t i = 0; rc == RC_OK && i < *count; i++) {
		struct view *item = view_item(view, "entries");

		view_setf(item, "number", "%02lld", (long long)rows[i].number);
		view_set(item, "entry_volume", rows[i].book_no);
		view_set(item, "at", show_date(pool, rows[i].signed_at));
		view_set(item, "requester", rows[i].requester);
		view_set(item, "requester_number", rows[i].requester_number);
		view_set(item, "paper", rows[i].name);
		view_set(item, "signer_name", rows[i].signer_name);
		view_set(item, "signer_title", rows[i].signer_title);
		view_setf(item, "copies", "%lld", (long long)rows[i].copies);
		view_set(item, "amount", grouped(pool, rows[i].amount));
		view_flag(item, "spoiled", rows[i].spoiled);
		view_set(item, "reason", rows[i].reason);
		view_set(item, "dossier", rows[i].dossier);
		view_set(item, "spoil_url", pool_printf(pool, "/so/chung-thuc/%s/huy/%lld",
				book->id_hex, (long long)rows[i].number));
	}
	view_flag(view, "entries_shown", rc == RC_OK && *count > 0);
	return rc;
}

enum rc book_view_totals(struct web *web, struct view *view, const struct book_row *book,
		const struct book_view_span *span, struct book_totals *out)
{
	enum rc rc = book_totals_get(web->store, book, span->from_ms, span->to_ms, out);

	if (rc != RC_OK)
		return rc;
	view_setf(view, "sum_count", "%lld", (long long)out->count);
	view_setf(view, "sum_first", "%02lld", (long long)out->first);
	view_setf(view, "sum_last", "%02lld", (long long)out->last);
	view_setf(view, "sum_spoiled", "%lld", (long long)out->spoiled);
	view_setf(view, "sum_copies", "%lld", (long long)out->copies);
	view_set(view, "sum_amount", show_money(view_pool(view), out->amount));
	view_set(view, "sum_amount_figure", grouped(view_pool(view), out->amount));
	return RC_OK;
}

enum rc book_view_conflict(struct web *web, struct request *request, struct response *response,
		const struct book_row *book, const char *reason)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("book.unchanged"));
	view_set(view, "reason", text_get(reason != NULL ? reason : "act.seen"));
	if (book != NULL)
		book_view_show(view, book);
	response->status = 409;
	return web_page(web, request, response, "intake/book_conflict", view);
}

enum rc book_view_act(struct web *web, struct request *request, struct response *response,
		const struct book_row *book, const char *kind, const json_t *body, book_view_more *more,
		void *arg)
{
	const char *form_id = form_raw(request->form, "form_id"), *reason = NULL;
	char *first = NULL, *location = pool_printf(request->pool, "/so/chung-thuc/%s", book->id_hex);
	struct event event;
	struct act act = { .subject_kind = SUBJECT_BOOK, .subject = book->id, .kind = kind,
		.actor = request->session->account.id, .body = body };
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_OK)
		rc = act_append(web->store, &act, &event, &reason);
	if (rc == RC_OK && more != NULL)
		rc = more(arg, &reason);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, location);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_CONFLICT)
		return book_view_conflict(web, request, response, book, reason);
	if (rc == RC_OK || rc == RC_EXISTS)
		response_see_other(response, rc == RC_OK ? location : first);
	return rc == RC_EXISTS ? RC_OK : rc;
}
