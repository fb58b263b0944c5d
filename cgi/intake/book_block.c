/*
 * book_block.c: blocks of numbers between two points of one commune (/khoi-so). The main point gives away
 * its next numbers and goes on behind them; the other point writes that block and nothing else, so no number
 * comes twice and none is missing: it stands here, or here stands who has it. What the other point does not
 * use it gives back, and here it is written in that it came.
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

static const struct field back_fields[] = {
	{ "back_first", FIELD_INT, true, 1, 999999, NULL, "book.block.back_first" },
	{ "back_last", FIELD_INT, true, 1, 999999, NULL, "book.block.last" },
};
#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

/* A book that lives on another point's numbers has none to give. */
static const struct field *fields_of(const struct book_row *book, size_t *count)
{
	bool takes = book->range_end > 0;

	*count = takes ? COUNT(take_fields) : COUNT(give_fields);
	return takes ? take_fields : give_fields;
}

/* The block that a number is the last of, given to another point; NULL: none. Or the newest one taken, for
 * last 0. */
static enum rc block_of(struct web *web, struct pool *pool, const struct book_row *book, int64_t last,
		const struct book_block **out)
{
	struct book_block *rows = NULL;
	size_t count = 0;
	enum rc rc = book_blocks(web->store, pool, book, &rows, &count);

	*out = NULL;
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		if (last == 0 ? rows[i].way == BLOCK_TAKEN : rows[i].way == BLOCK_GIVEN &&
				(last < 0 || rows[i].last == last))
			*out = &rows[i];
	return rc;
}

static bool gives_back(const struct request *request)
{
	return request->method == METHOD_POST ? form_raw(request->form, "back")[0] != '\0' :
			strcmp(request_query(request, "viec"), "tra") == 0;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct book_row *book)
{
	struct view *view = view_new(request->pool);
	const struct book_block *given = NULL;
	bool takes = book->range_end > 0;
	size_t count;
	const struct field *fields = fields_of(book, &count);
	enum rc rc = book_view_blocks(web, view, book, 0, INT64_MAX);

	if (rc == RC_OK)
		rc = block_of(web, request->pool, book, -1, &given);
	book_view_show(view, book);
	if (gives_back(request))
		view_set(view, "title", text_get(takes ? "book.block.give_back" : "book.block.came_back"));
	else
		view_set(view, "title", text_get(takes ? "book.block.take" : "book.block.give"));
	view_flag(view, "back", gives_back(request));
	view_flag(view, "may_give_back", takes && book->range_end > book->last);
	view_setf(view, "range_last", "%02lld", (long long)book->range_end);
	view_flag(view, "may_come_back", !takes && given != NULL);
	if (request->method == METHOD_POST) {
		form_show(request->form, gives_back(request) ? back_fields : fields,
				gives_back(request) ? COUNT(back_fields) : count, view);
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

/* All that is left goes back where the newest block came from. */
static enum rc give_back(struct web *web, struct request *request, struct response *response,
		const struct book_row *book)
{
	const struct book_block *taken = NULL;
	int64_t seen = -1;
	json_t *body;
	enum rc rc = block_of(web, request->pool, book, 0, &taken);

	if (rc != RC_OK)
		return rc;
	/* As the page showed them: who was numbered meanwhile keeps the number. */
	if (taken == NULL || num_parse(form_raw(request->form, "seen_last"), 0, 999999, &seen) != RC_OK)
		return book_view_conflict(web, request, response, book, "book.rule.returned");
	body = json_new_object();
	json_put_int(body, "first", seen + 1);
	json_put_int(body, "last", book->range_end);
	json_put(body, "from_board", web->store->board);
	json_put(body, "to_board", taken->point);
	json_put_flag(body, "returned", true);
	rc = book_view_act(web, request, response, book, "book.block_taken", body, NULL, NULL);
	json_decref(body);
	return rc;
}

/* What another point gave back is written in here. */
static enum rc come_back(struct web *web, struct request *request, struct response *response,
		const struct book_row *book)
{
	struct form *form = request->form;
	const struct book_block *given = NULL;
	int64_t first, last;
	json_t *body;
	enum rc rc = form_check(form, back_fields, COUNT(back_fields));

	first = form_int(form, "back_first", 0);
	last = form_int(form, "back_last", 0);
	if (rc == RC_OK)
		rc = block_of(web, request->pool, book, last, &given);
	if (rc == RC_OK && last < first) {
		form_fault(form, "back_last", "book.block.backwards");
		rc = RC_INVALID;
	} else if (rc == RC_OK && (given == NULL || first < given->first)) {
		form_fault(form, given == NULL ? "back_last" : "back_first", "book.block.no_such");
		rc = RC_INVALID;
	}
	if (rc == RC_INVALID)
		return show(web, request, response, book);
	if (rc != RC_OK)
		return rc;
	body = json_new_object();
	json_put_int(body, "first", first);
	json_put_int(body, "last", last);
	json_put(body, "from_board", given->point);
	json_put_flag(body, "returned", true);
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
	if (gives_back(request))
		return book.range_end > 0 ? give_back(web, request, response, &book) :
				come_back(web, request, response, &book);
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
