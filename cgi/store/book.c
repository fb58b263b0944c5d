/*
 * book.c: reading books and giving numbers; see book.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "crypt/random.h"
#include "store/book.h"

#define BOOKS_MAX 200

#define BOOK_SELECT \
	"SELECT id, kind, medium, symbol, book_no, year, first, last, range_end, spoiled, opened_at," \
	" closed, closed_at, total, signer_name, signer_title FROM book "
static const char LIST[] =
	BOOK_SELECT "WHERE board = $1 ORDER BY year DESC, closed, kind, medium, id LIMIT $2";
static const char FIND[] = BOOK_SELECT "WHERE board = $1 AND id = $2";
static const char OF_YEAR[] =
	BOOK_SELECT "WHERE board = $1 AND kind = $2 AND medium = $3 AND year = $4"
	" ORDER BY closed, id LIMIT 1";

#define ENTRY_SELECT \
	"SELECT number, book_no, dossier, requester, requester_number, name, pages, copies, amount," \
	" signer_name, signer_title, signed_at, spoiled, reason FROM book_entry "
static const char ENTRIES[] =
	ENTRY_SELECT "WHERE board = $1 AND book = $2 AND signed_at >= $3 AND signed_at < $4"
	" ORDER BY number LIMIT $5 OFFSET $6";
static const char ENTRY[] = ENTRY_SELECT "WHERE board = $1 AND book = $2 AND number = $3";
static const char OF_DOSSIER[] =
	"SELECT e.number, e.book_no, e.dossier, e.requester, e.requester_number, e.name, e.pages,"
	" e.copies, e.amount, e.signer_name, e.signer_title, e.signed_at, e.spoiled, e.reason,"
	" b.symbol, b.medium FROM book_entry e JOIN book b ON b.board = e.board AND b.id = e.book"
	" WHERE e.board = $1 AND e.dossier = $2 AND b.kind <> 'receipt' ORDER BY e.signed_at, b.medium DESC, e.number"
	" LIMIT 100";
static const char TOTALS[] =
	"SELECT count(*), coalesce(sum(spoiled), 0),"
	" coalesce(sum(CASE WHEN spoiled = 0 THEN copies ELSE 0 END), 0),"
	" coalesce(sum(CASE WHEN spoiled = 0 THEN amount ELSE 0 END), 0),"
	" coalesce(min(number), 0), coalesce(max(number), 0) FROM book_entry"
	" WHERE board = $1 AND book = $2 AND signed_at >= $3 AND signed_at < $4";

static const char BLOCKS[] =
	"SELECT first, last, given, point, at FROM book_block WHERE board = $1 AND book = $2"
	" ORDER BY first LIMIT 200";
static const char GIVEN_AWAY[] =
	"SELECT coalesce(sum(last - first + 1), 0) FROM book_block WHERE board = $1 AND book = $2"
	" AND given IN (1, 2)";

static struct stmt *bound(struct store *store, const char *sql)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board ? store->board : "");
	return stmt;
}

static void read_book(struct stmt *stmt, struct pool *pool, struct book_row *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	bytes = stmt_col_blob(stmt, 0, &len);
	if (len == sizeof(out->id))
		memcpy(out->id, bytes, len);
	hex_encode(out->id, sizeof(out->id), out->id_hex);
	out->kind = stmt_col_dup(stmt, 1, pool);
	out->medium = stmt_col_dup(stmt, 2, pool);
	out->symbol = stmt_col_dup(stmt, 3, pool);
	out->book_no = stmt_col_dup(stmt, 4, pool);
	out->year = (int)stmt_col_int(stmt, 5);
	out->first = stmt_col_int(stmt, 6);
	out->last = stmt_col_int(stmt, 7);
	out->range_end = stmt_col_int(stmt, 8);
	out->spoiled = stmt_col_int(stmt, 9);
	out->opened_at = stmt_col_int(stmt, 10);
	out->closed = stmt_col_int(stmt, 11) != 0;
	out->closed_at = stmt_col_int(stmt, 12);
	out->total = stmt_col_int(stmt, 13);
	out->signer_name = stmt_col_dup(stmt, 14, pool);
	out->signer_title = stmt_col_dup(stmt, 15, pool);
}

static void read_entry(struct stmt *stmt, struct pool *pool, struct book_entry *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	out->number = stmt_col_int(stmt, 0);
	out->book_no = stmt_col_dup(stmt, 1, pool);
	bytes = stmt_col_blob(stmt, 2, &len);
	if (len == EVENT_ID_SIZE)
		hex_encode(bytes, len, out->dossier);
	out->requester = stmt_col_dup(stmt, 3, pool);
	out->requester_number = stmt_col_dup(stmt, 4, pool);
	out->name = stmt_col_dup(stmt, 5, pool);
	out->pages = stmt_col_int(stmt, 6);
	out->copies = stmt_col_int(stmt, 7);
	out->amount = stmt_col_int(stmt, 8);
	out->signer_name = stmt_col_dup(stmt, 9, pool);
	out->signer_title = stmt_col_dup(stmt, 10, pool);
	out->signed_at = stmt_col_int(stmt, 11);
	out->spoiled = stmt_col_int(stmt, 12) != 0;
	out->reason = stmt_col_dup(stmt, 13, pool);
	out->symbol = out->medium = "";
}

enum rc book_list(struct store *store, struct pool *pool, struct book_row **rows, size_t *count)
{
	struct stmt *stmt = bound(store, LIST);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, BOOKS_MAX * sizeof(**rows));
	*count = 0;
	stmt_int(stmt, 2, BOOKS_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < BOOKS_MAX)
		read_book(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

static enum rc one_book(struct stmt *stmt, struct pool *pool, struct book_row *out)
{
	bool row;
	enum rc rc = stmt_step(stmt, &row);

	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	read_book(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc book_find(struct store *store, struct pool *pool, const char *id_hex,
		struct book_row *out)
{
	struct stmt *stmt;
	uint8_t id[EVENT_ID_SIZE];

	if (hex_decode(id_hex, id, sizeof(id)) != RC_OK)
		return RC_NOT_FOUND;
	stmt = bound(store, FIND);
	stmt_blob(stmt, 2, id, sizeof(id));
	return one_book(stmt, pool, out);
}

/* Open or closed; the open one first. */
static enum rc of_year(struct store *store, struct pool *pool, const char *kind,
		const char *medium, int year, struct book_row *out)
{
	struct stmt *stmt = bound(store, OF_YEAR);

	stmt_text(stmt, 2, kind);
	stmt_text(stmt, 3, medium);
	stmt_int(stmt, 4, year);
	return one_book(stmt, pool, out);
}

enum rc book_open_one(struct store *store, struct pool *pool, const char *kind,
		const char *medium, int year, struct book_row *out)
{
	enum rc rc = of_year(store, pool, kind, medium, year, out);

	return rc == RC_OK && out->closed ? RC_NOT_FOUND : rc;
}

enum rc book_entries(struct store *store, struct pool *pool, const struct book_row *book,
		int64_t from_ms, int64_t to_ms, size_t limit, size_t offset,
		struct book_entry **rows, size_t *count)
{
	struct stmt *stmt = bound(store, ENTRIES);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_blob(stmt, 2, book->id, sizeof(book->id));
	stmt_int(stmt, 3, from_ms);
	stmt_int(stmt, 4, to_ms);
	stmt_int(stmt, 5, (int64_t)limit);
	stmt_int(stmt, 6, (int64_t)offset);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read_entry(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

enum rc book_entry_find(struct store *store, struct pool *pool, const struct book_row *book,
		int64_t number, struct book_entry *out)
{
	struct stmt *stmt = bound(store, ENTRY);
	bool row;
	enum rc rc;

	stmt_blob(stmt, 2, book->id, sizeof(book->id));
	stmt_int(stmt, 3, number);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	read_entry(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc book_of_dossier(struct store *store, struct pool *pool, const uint8_t dossier[16],
		struct book_entry **rows, size_t *count)
{
	struct stmt *stmt = bound(store, OF_DOSSIER);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, 100 * sizeof(**rows));
	*count = 0;
	stmt_blob(stmt, 2, dossier, EVENT_ID_SIZE);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < 100) {
		struct book_entry *entry = &(*rows)[(*count)++];

		read_entry(stmt, pool, entry);
		entry->symbol = stmt_col_dup(stmt, 14, pool);
		entry->medium = stmt_col_dup(stmt, 15, pool);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc book_totals_get(struct store *store, const struct book_row *book, int64_t from_ms,
		int64_t to_ms, struct book_totals *out)
{
	struct stmt *stmt = bound(store, TOTALS);
	bool row;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	stmt_blob(stmt, 2, book->id, sizeof(book->id));
	stmt_int(stmt, 3, from_ms);
	stmt_int(stmt, 4, to_ms);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	out->count = stmt_col_int(stmt, 0);
	out->spoiled = stmt_col_int(stmt, 1);
	out->copies = stmt_col_int(stmt, 2);
	out->amount = stmt_col_int(stmt, 3);
	out->first = stmt_col_int(stmt, 4);
	out->last = stmt_col_int(stmt, 5);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc book_blocks(struct store *store, struct pool *pool, const struct book_row *book,
		struct book_block **rows, size_t *count)
{
	struct stmt *stmt = bound(store, BLOCKS);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, BOOKS_MAX * sizeof(**rows));
	*count = 0;
	stmt_blob(stmt, 2, book->id, sizeof(book->id));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < BOOKS_MAX) {
		struct book_block *block = &(*rows)[(*count)++];

		block->first = stmt_col_int(stmt, 0);
		block->last = stmt_col_int(stmt, 1);
		block->way = (int)stmt_col_int(stmt, 2);
		block->point = stmt_col_dup(stmt, 3, pool);
		block->at = stmt_col_int(stmt, 4);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc book_closing_total(struct store *store, const struct book_row *book, int64_t *total)
{
	struct stmt *stmt = bound(store, GIVEN_AWAY);
	struct book_totals here;
	bool row = false;
	enum rc rc;

	*total = 0;
	if (book->range_end > 0) {
		rc = book_totals_get(store, book, 0, INT64_MAX, &here);
		*total = here.count - here.spoiled;
		return rc;
	}
	stmt_blob(stmt, 2, book->id, sizeof(book->id));
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row)
		*total = book->last - book->spoiled - stmt_col_int(stmt, 0);
	stmt_reset(stmt);
	return rc;
}

static enum rc append(struct store *store, const uint8_t *book, const char *kind,
		const char *actor, const json_t *body, const char **reason)
{
	struct act act = { .subject_kind = SUBJECT_BOOK, .subject = book, .kind = kind,
		.actor = actor, .body = body };
	struct event event;

	return act_append(store, &act, &event, reason);
}

static enum rc take_block(struct store *store, const uint8_t *book, const struct book_opening *opening,
		const char **reason)
{
	json_t *body = json_new_object();
	enum rc rc;

	json_put_int(body, "first", opening->last + 1);
	json_put_int(body, "last", opening->block_last);
	json_put(body, "from_board", opening->block_from);
	rc = append(store, book, "book.block_taken", opening->actor, body, reason);
	json_decref(body);
	return rc;
}

enum rc book_open(struct store *store, struct pool *pool, const struct book_opening *opening,
		char id_hex[33], const char **reason)
{
	uint8_t id[EVENT_ID_SIZE];
	struct book_row before;
	json_t *body;
	enum rc rc = of_year(store, pool, opening->kind, opening->medium, opening->year, &before);

	*reason = NULL;
	if (rc == RC_OK) {
		*reason = "book.rule.twice";
		return RC_CONFLICT;
	}
	if (rc != RC_NOT_FOUND)
		return rc;
	random_bytes(id, sizeof(id));
	hex_encode(id, sizeof(id), id_hex);
	body = json_new_object();
	json_put(body, "symbol", opening->symbol);
	json_put(body, "book_no", opening->book_no);
	json_put_int(body, "year", opening->year);
	json_put(body, "kind", opening->kind);
	json_put(body, "medium", opening->medium);
	json_put_int(body, "first", opening->last + 1);
	rc = append(store, id, "book.opened", opening->actor, body, reason);
	json_decref(body);
	return rc == RC_OK && opening->block_last > 0 ? take_block(store, id, opening, reason) : rc;
}

/* The book to write in; on the year's first signature the one of the year before begins anew. */
static enum rc book_of(struct store *store, struct pool *pool, const struct book_signed *paper,
		struct book_row *out, const char **reason)
{
	struct book_opening opening = { .actor = paper->actor, .kind = paper->kind,
		.medium = paper->medium };
	struct when_local now;
	char id_hex[33];
	enum rc rc;

	when_to_local(paper->signed_at, &now);
	rc = of_year(store, pool, paper->kind, paper->medium, now.year, out);
	if (rc == RC_NOT_FOUND) {
		rc = of_year(store, pool, paper->kind, paper->medium, now.year - 1, out);
		if (rc == RC_NOT_FOUND) {
			*reason = "book.rule.none";
			return RC_CONFLICT;
		}
		if (rc == RC_OK && out->range_end > 0) {
			/* 01 of the new year is the giving point's. */
			*reason = "book.rule.block_year";
			return RC_CONFLICT;
		}
		if (rc != RC_OK)
			return rc;
		opening.symbol = out->symbol;
		opening.book_no = pool_printf(pool, "01/%d", now.year);
		opening.year = now.year;
		rc = book_open(store, pool, &opening, id_hex, reason);
		if (rc == RC_OK)
			rc = book_find(store, pool, id_hex, out);
	}
	return rc;
}

enum rc book_number(struct store *store, struct pool *pool, const struct book_signed *paper,
		struct book_entry *out, const char **reason)
{
	struct book_row book;
	char dossier[33];
	json_t *body, *item;
	enum rc rc;

	*reason = NULL;
	rc = book_of(store, pool, paper, &book, reason);
	if (rc != RC_OK)
		return rc;
	body = json_new_object();
	item = json_new_object();
	hex_encode(paper->dossier, EVENT_ID_SIZE, dossier);
	json_put_int(body, "number", book.last + 1);
	json_put(body, "dossier", dossier);
	json_put(body, "requester", paper->requester);
	json_put(body, "requester_number", paper->requester_number);
	json_put(item, "name", paper->name);
	json_put_int(item, "pages", paper->pages);
	json_put_int(item, "copies", paper->copies);
	if (strcmp(paper->medium, "electronic") == 0)
		json_put_flag(item, "electronic", true);
	json_put_int(item, "amount", paper->amount);
	json_put_value(body, "item", item);
	json_put(body, "signer_name", paper->signer_name);
	json_put(body, "signer_title", paper->signer_title);
	json_put_int(body, "signed_at", paper->signed_at);
	json_put(body, "batch", paper->batch);
	rc = append(store, book.id, "book.numbered", paper->actor, body, reason);
	json_decref(body);
	if (rc == RC_OK)
		rc = book_entry_find(store, pool, &book, book.last + 1, out);
	if (rc == RC_OK) {
		out->symbol = book.symbol;
		out->medium = book.medium;
	}
	return rc;
}
