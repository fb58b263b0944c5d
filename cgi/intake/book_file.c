/*
 * book_file.c: a month or a day of a chứng thực book as CSV or XLSX, in the columns of its paper.
 */
#include <string.h>

#include "intake/book_view.h"
#include "web/sheet.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 20000

static const struct sheet_column columns[] = {
	{ "book.head.number", 'n', 8 }, { "book.volume_head", 't', 18 }, { "book.head.day_full", 'd', 12 },
	{ "book.head.requester", 't', 28 }, { "book.head.document", 't', 18 }, { "book.head.paper", 't', 40 },
	{ "book.head.signer_full", 't', 34 }, { "book.head.copies", 'n', 8 }, { "book.head.fee_full", 'n', 12 },
	{ "book.head.note", 't', 30 },
};
#define COUNT (sizeof(columns) / sizeof(columns[0]))

static enum rc put_entry(struct pool *pool, struct sheet_export *export, const struct book_entry *entry)
{
	sheet_export_int(export, entry->number);
	sheet_export_text(export, entry->book_no);
	sheet_export_day(export, entry->signed_at);
	sheet_export_text(export, entry->requester);
	sheet_export_text(export, entry->requester_number);
	sheet_export_text(export, entry->name);
	sheet_export_text(export, pool_printf(pool, "%s%s%s", entry->signer_name,
			entry->signer_title[0] != '\0' ? ", " : "", entry->signer_title));
	sheet_export_int(export, entry->copies);
	sheet_export_int(export, entry->amount);
	sheet_export_text(export, entry->spoiled ? pool_printf(pool, "%s: %s", text_get("book.spoiled"),
			entry->reason) : "");
	return sheet_export_row(export, false);
}

static enum rc put_totals(struct web *web, const struct book_row *book, const struct book_view_span *span,
		struct sheet_export *export)
{
	struct book_totals totals;
	enum rc rc = book_totals_get(web->store, book, span->from_ms, span->to_ms, &totals);

	if (rc != RC_OK)
		return rc;
	sheet_export_int(export, totals.count);
	for (int i = 0; i < 6; i++)
		sheet_export_text(export, i == 2 ? text_get("book.file_total") : "");
	sheet_export_int(export, totals.copies);
	sheet_export_int(export, totals.amount);
	sheet_export_text(export, "");
	return sheet_export_row(export, true);
}

enum rc page_book_file(struct web *web, struct request *request, struct response *response)
{
	struct sheet_export *export = NULL;
	struct book_entry *rows = NULL;
	struct book_view_span span;
	enum sheet_format format;
	struct book_row book;
	size_t count = 0;
	const char *title;
	enum rc rc = book_view_open(web, request, &book);

	if (rc != RC_OK)
		return rc;
	if (!sheet_format_parse(request->params[1], &format))
		return RC_NOT_FOUND;
	book_view_span(request, &book, &span);
	title = pool_printf(request->pool, "%s %s-%s, %s", text_get(pool_printf(request->pool,
			"book.kind.%s", book.kind)), book.book_no, book.symbol,
			book_view_span_text(request->pool, &span));
	rc = book_entries(web->store, request->pool, &book, span.from_ms, span.to_ms, ROWS, 0, &rows, &count);
	if (rc == RC_OK)
		rc = sheet_export_open(web, request, format, title, columns, COUNT, &export);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = put_entry(request->pool, export, &rows[i]);
	if (rc == RC_OK)
		rc = put_totals(web, &book, &span, export);
	if (rc == RC_OK)
		return sheet_export_close(export, response, span.day > 0
				? pool_printf(request->pool, "so-chung-thuc-%s-%d-%02d-%02d", book.kind,
				span.year, span.month, span.day)
				: pool_printf(request->pool, "so-chung-thuc-%s-%d-%02d", book.kind, span.year,
				span.month));
	sheet_export_drop(export);
	return rc;
}
