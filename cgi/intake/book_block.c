/*
 * book_block.c: blocks of numbers between two points of one commune (/khoi-so). The main point gives away
 * its next numbers and goes on behind them; the other point writes that block and nothing else, so no number
 * comes twice and none is missing: it stands here, or here stands who has it.
 */
#include <string.h>

#include "base/text.h"
#include "intake/book_view.h"
#include "web/text_vi.h"

static const struct field give_fields[] = {
	{ "last", FIELD_INT, true, 1, 999999, NULL, "book.block.last" },
	{ "point", FIELD_LINE, true, 2, 120, NULL, "book.block.to" },
};
static const struct field take_fields[] = {
	{ "first", FIELD_INT, true, 1, 999999, NULL, "book.block.first" },
	{ "last", FIELD_INT, true, 1, 999999, NULL, "book.block.last" },
	{ "point", FIELD_LINE, true, 2, 120, NULL, "book.block.from" },
};

/* A book that lives on another point's numbers has none to give. */
static const struct field *fields_of(const struct book_row *book, size_t *count)
{
	bool takes = book->range_end > 0;

	*count = takes ? sizeof(take_fields) / sizeof(take_fields[0]) :
			sizeof(give_fields) / sizeof(give_fields[0]);
	return takes ? take_fields : give_fields;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct book_row *book)
{
	struct view *view = view_new(request->pool);
	size_t count;
	const struct field *fields = fields_of(book, &count);
	enum rc rc = book_view_blocks(web, view, book, 0, INT64_MAX);

	book_view_show(view, book);
	view_set(view, "title", text_get(book->range_end > 0 ? "book.block.take" : "book.block.give"));
	if (request->method == METHOD_POST) {
		form_show(request->form, fields, count, view);
		response->status = 422;
	}
	return rc == RC_OK ? web_page(web, request, response, "intake/book_block", view) : rc;
}

/* Where the block begins: given away are the next ones, as the page showed them. */
static int64_t first_of(const struct request *request, const struct book_row *book)
{
	int64_t seen = 0;

	if (book->range_end > 0)
		return form_int(request->form, "first", 0);
	return num_parse(form_raw(request->form, "seen_last"), 0, 999999, &seen) == RC_OK ? seen + 1 : 0;
}

static enum rc write(struct web *web, struct request *request, struct response *response,
		const struct book_row *book)
{
	const char *point = form_text(request->form, "point");
	bool gives = book->range_end == 0;
	json_t *body = json_new_object();
	enum rc rc;

	json_put_int(body, "first", first_of(request, book));
	json_put_int(body, "last", form_int(request->form, "last", 0));
	json_put(body, "from_board", gives ? web->store->board : point);
	json_put(body, "to_board", gives ? point : "");
	rc = book_view_act(web, request, response, book, "book.block_taken", body, NULL, NULL);
	json_decref(body);
	return rc;
}

enum rc page_book_block(struct web *web, struct request *request, struct response *response)
{
	struct book_row book;
	const struct field *fields;
	size_t count;
	enum rc rc = book_view_open(web, request, &book);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return book.closed ? book_view_conflict(web, request, response, &book,
				"book.rule.closed") : show(web, request, response, &book);
	fields = fields_of(&book, &count);
	rc = form_check(request->form, fields, count);
	if (rc == RC_OK && form_int(request->form, "last", 0) < first_of(request, &book)) {
		form_fault(request->form, "last", "book.block.backwards");
		rc = RC_INVALID;
	}
	if (rc == RC_INVALID)
		return show(web, request, response, &book);
	return rc == RC_OK ? write(web, request, response, &book) : rc;
}
