/*
 * project_book.c: books of numbers and their entries. The rules are in dossier/book.c; here is what
 * they are asked about, and what pages read.
 */
#include <string.h>

#include "base/encode.h"
#include "dossier/book.h"
#include "store/projection.h"

static const char FACTS[] =
	"SELECT last, range_end, closed FROM book WHERE board = $1 AND id = $2";
static const char OPEN[] =
	"INSERT INTO book (board, id, kind, medium, symbol, book_no, year, first, last, range_end,"
	" spoiled, serial, form, opened_at, closed, closed_at, total, signer_name, signer_title,"
	" collector) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, 0, 0, 0, '',"
	" '', $14)";
static const char SET_LAST[] =
	"UPDATE book SET last = $3, range_end = $4 WHERE board = $1 AND id = $2";
static const char SET_VOLUME[] =
	"UPDATE book SET book_no = $3 WHERE board = $1 AND id = $2";
static const char SET_CLOSED[] =
	"UPDATE book SET closed = 1, closed_at = $3, total = $4, signer_name = $5, signer_title = $6"
	" WHERE board = $1 AND id = $2";
static const char COUNT_SPOILED[] =
	"UPDATE book SET spoiled = spoiled + 1 WHERE board = $1 AND id = $2";
static const char ENTER[] =
	"INSERT INTO book_entry (board, book, number, book_no, dossier, requester, requester_number,"
	" name, pages, copies, amount, signer_name, signer_title, signed_at, spoiled, reason)"
	" SELECT $1, $2, $3, b.book_no, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, ''"
	" FROM book b WHERE b.board = $1 AND b.id = $2";
static const char SPOILED[] =
	"SELECT spoiled FROM book_entry WHERE board = $1 AND book = $2 AND number = $3";
static const char SPOIL[] =
	"UPDATE book_entry SET spoiled = 1, reason = $4 WHERE board = $1 AND book = $2"
	" AND number = $3";
static const char BLOCK[] =
	"INSERT INTO book_block (board, book, first, last, given, point, at) VALUES ($1, $2, $3, $4, $5,"
	" $6, $7) ON CONFLICT (board, book, first) DO UPDATE SET last = $4, given = $5, point = $6, at = $7";
/* given: 0 taken from there, 1 given there, 2 came back from there and is not used, 3 went back there. */
static const char HAD_GONE[] =
	"SELECT 1 FROM book_block WHERE board = $1 AND book = $2 AND given = 1 AND last = $3"
	" AND first <= $4";
static const char BLOCKS_WITHOUT[] =
	"DELETE FROM book_block WHERE board = $1 AND book = $2 AND given = $3 AND first >= $4 AND last <= $5";
static const char BLOCKS_SHORTENED[] =
	"UPDATE book_block SET last = $4 - 1 WHERE board = $1 AND book = $2 AND given = $3 AND first < $4"
	" AND last >= $4 AND last <= $5";
static const char CLEAR_BLOCKS[] = "DELETE FROM book_block WHERE board = $1 AND book = $2";
static const char CLEAR[] = "DELETE FROM book WHERE board = $1 AND id = $2";
static const char CLEAR_ENTRIES[] = "DELETE FROM book_entry WHERE board = $1 AND book = $2";

static struct stmt *of_book(struct store *store, const char *sql, const char *board,
		const uint8_t *id)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	return stmt;
}

static enum rc load_facts(struct store *store, const char *board, const uint8_t *id,
		struct book_facts *out)
{
	struct stmt *stmt = of_book(store, FACTS, board, id);
	bool row;
	enum rc rc = stmt_step(stmt, &row);

	memset(out, 0, sizeof(*out));
	if (rc != RC_OK || !row)
		return rc;
	out->exists = true;
	out->last = stmt_col_int(stmt, 0);
	out->limit = stmt_col_int(stmt, 1);
	out->closed = stmt_col_int(stmt, 2) != 0;
	stmt_reset(stmt);
	return RC_OK;
}

/* A number is spoiled once, and only one that stands in this book. */
static enum rc check_spoiled(struct store *store, const char *board, const uint8_t *id,
		int64_t number, const char **reason)
{
	struct stmt *stmt = of_book(store, SPOILED, board, id);
	bool row;
	enum rc rc;

	stmt_int(stmt, 3, number);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row) {
		*reason = "book.rule.given";
		return RC_CONFLICT;
	}
	if (stmt_col_int(stmt, 0) != 0)
		*reason = "book.rule.spoiled";
	stmt_reset(stmt);
	return *reason ? RC_CONFLICT : RC_OK;
}

/* Only what had gone there comes back, from its end. */
static enum rc check_returned(struct store *store, const char *board, const uint8_t *id,
		const json_t *body, const char **reason)
{
	struct stmt *stmt = of_book(store, HAD_GONE, board, id);
	bool row = false;
	enum rc rc;

	stmt_int(stmt, 3, json_int(body, "last", 0));
	stmt_int(stmt, 4, json_int(body, "first", 0));
	rc = stmt_step(stmt, &row);
	stmt_reset(stmt);
	if (rc == RC_OK && !row)
		*reason = "book.rule.returned";
	return *reason != NULL ? RC_CONFLICT : rc;
}

static bool comes_back(const json_t *body)
{
	return json_flag(body, "returned") && json_text(body, "to_board")[0] == '\0';
}

static enum rc check(struct store *store, const char *board, const uint8_t *id, const char *kind,
		const json_t *body, struct book_facts *facts, const char **reason)
{
	enum rc rc = load_facts(store, board, id, facts);

	if (rc == RC_OK)
		rc = book_check(facts, kind, body, reason);
	if (rc == RC_OK && body && strcmp(kind, "book.spoiled") == 0)
		rc = check_spoiled(store, board, id, json_int(body, "number", 0), reason);
	if (rc == RC_OK && body && strcmp(kind, "book.block_taken") == 0 && comes_back(body))
		rc = check_returned(store, board, id, body, reason);
	return rc;
}

enum rc project_book_check(struct store *store, const char *board, const uint8_t *id,
		const char *kind, const json_t *body, const char **reason)
{
	struct book_facts facts;

	*reason = NULL;
	return check(store, board, id, kind, body, &facts, reason);
}

static enum rc on_opened(struct store *store, const struct event *event, const json_t *body,
		const struct book_facts *facts)
{
	struct stmt *stmt = of_book(store, OPEN, event->board, event->subject);

	stmt_text(stmt, 3, json_text(body, "kind"));
	stmt_text(stmt, 4, json_text(body, "medium"));
	stmt_text(stmt, 5, json_text(body, "symbol"));
	stmt_text(stmt, 6, json_text(body, "book_no"));
	stmt_int(stmt, 7, json_int(body, "year", 0));
	stmt_int(stmt, 8, json_int(body, "first", 0));
	stmt_int(stmt, 9, facts->last);
	stmt_int(stmt, 10, facts->limit);
	stmt_text(stmt, 11, json_text(body, "serial"));
	stmt_text(stmt, 12, json_text(body, "form"));
	stmt_int(stmt, 13, event->time.wall_ms);
	stmt_text(stmt, 14, json_text(json_object_get(body, "collector"), "id"));
	return stmt_run(stmt);
}

static enum rc set_last(struct store *store, const struct event *event,
		const struct book_facts *facts)
{
	struct stmt *stmt = of_book(store, SET_LAST, event->board, event->subject);

	stmt_int(stmt, 3, facts->last);
	stmt_int(stmt, 4, facts->limit);
	return stmt_run(stmt);
}

static enum rc on_numbered(struct store *store, const struct event *event, const json_t *body,
		const struct book_facts *facts)
{
	const json_t *item = body ? json_object_get(body, "item") : NULL;
	uint8_t dossier[EVENT_ID_SIZE] = { 0 };
	struct stmt *stmt;
	enum rc rc = set_last(store, event, facts);

	/* Erased after its opening was: nobody knows its number, and it has no row. */
	if (rc != RC_OK || facts->last < 1)
		return rc;
	if (body && hex_decode(json_text(body, "dossier"), dossier, sizeof(dossier)) != RC_OK)
		memset(dossier, 0, sizeof(dossier));
	stmt = of_book(store, ENTER, event->board, event->subject);
	stmt_int(stmt, 3, facts->last);
	stmt_blob(stmt, 4, dossier, sizeof(dossier));
	stmt_text(stmt, 5, json_text(body, "requester"));
	stmt_text(stmt, 6, json_text(body, "requester_number"));
	stmt_text(stmt, 7, json_text(item, "name"));
	stmt_int(stmt, 8, json_int(item, "pages", 0));
	stmt_int(stmt, 9, json_int(item, "copies", 0));
	stmt_int(stmt, 10, json_int(item, "amount", 0));
	stmt_text(stmt, 11, json_text(body, "signer_name"));
	stmt_text(stmt, 12, json_text(body, "signer_title"));
	stmt_int(stmt, 13, json_int(body, "signed_at", event->time.wall_ms));
	return stmt_run(stmt);
}

static enum rc on_spoiled(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt = of_book(store, COUNT_SPOILED, event->board, event->subject);
	enum rc rc = stmt_run(stmt);

	if (rc != RC_OK || !body)
		return rc;
	stmt = of_book(store, SPOIL, event->board, event->subject);
	stmt_int(stmt, 3, json_int(body, "number", 0));
	stmt_text(stmt, 4, json_text(body, "reason"));
	return stmt_run(stmt);
}

/* The block ends before what is given back. */
static enum rc shorten(struct store *store, const struct event *event, const json_t *body, int given)
{
	static const char *const steps[] = { BLOCKS_WITHOUT, BLOCKS_SHORTENED };
	enum rc rc = RC_OK;

	for (size_t i = 0; i < 2 && rc == RC_OK; i++) {
		struct stmt *stmt = of_book(store, steps[i], event->board, event->subject);

		stmt_int(stmt, 3, given);
		stmt_int(stmt, 4, json_int(body, "first", 0));
		stmt_int(stmt, 5, json_int(body, "last", 0));
		rc = stmt_run(stmt);
	}
	return rc;
}

static enum rc on_block(struct store *store, const struct event *event, const json_t *body,
		const struct book_facts *facts)
{
	const char *to = body ? json_text(body, "to_board") : "";
	bool returned = body && json_flag(body, "returned"), gives = to[0] != '\0';
	struct stmt *stmt;
	enum rc rc = set_last(store, event, facts);

	if (rc == RC_OK && returned)
		rc = shorten(store, event, body, gives ? 0 : 1);
	/* Back and given next here: nothing to say in the book. */
	if (rc != RC_OK || !body || (returned && !gives && facts->last < json_int(body, "last", 0)))
		return rc;
	stmt = of_book(store, BLOCK, event->board, event->subject);
	stmt_int(stmt, 3, json_int(body, "first", 0));
	stmt_int(stmt, 4, json_int(body, "last", 0));
	stmt_int(stmt, 5, returned ? gives ? 3 : 2 : gives ? 1 : 0);
	stmt_text(stmt, 6, gives ? to : json_text(body, "from_board"));
	stmt_int(stmt, 7, event->time.wall_ms);
	return stmt_run(stmt);
}

static enum rc on_closed(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt = of_book(store, SET_CLOSED, event->board, event->subject);

	stmt_int(stmt, 3, json_int(body, "closed_at", event->time.wall_ms));
	stmt_int(stmt, 4, json_int(body, "total", 0));
	stmt_text(stmt, 5, json_text(body, "signer_name"));
	stmt_text(stmt, 6, json_text(body, "signer_title"));
	return stmt_run(stmt);
}

enum rc project_book_event(struct store *store, const struct event *event, const json_t *body,
		const char **parked)
{
	const char *kind = event->kind;
	struct book_facts facts;
	struct stmt *stmt;
	enum rc rc = check(store, event->board, event->subject, kind, body, &facts, parked);

	if (rc != RC_OK)
		return rc == RC_CONFLICT ? RC_OK : rc;
	book_apply(&facts, kind, body);
	if (strcmp(kind, "book.opened") == 0)
		return on_opened(store, event, body, &facts);
	if (strcmp(kind, "book.numbered") == 0)
		return on_numbered(store, event, body, &facts);
	if (strcmp(kind, "book.spoiled") == 0)
		return on_spoiled(store, event, body);
	if (strcmp(kind, "book.closed") == 0)
		return on_closed(store, event, body);
	if (strcmp(kind, "book.block_taken") == 0)
		return on_block(store, event, body, &facts);
	if (strcmp(kind, "book.continued") != 0 || !body)
		return RC_OK;
	stmt = of_book(store, SET_VOLUME, event->board, event->subject);
	stmt_text(stmt, 3, json_text(body, "next_book_no"));
	return stmt_run(stmt);
}

enum rc project_book_clear(struct store *store, const char *board, const uint8_t *id)
{
	enum rc rc = stmt_run(of_book(store, CLEAR_ENTRIES, board, id));

	if (rc == RC_OK)
		rc = stmt_run(of_book(store, CLEAR_BLOCKS, board, id));
	return rc == RC_OK ? stmt_run(of_book(store, CLEAR, board, id)) : rc;
}
