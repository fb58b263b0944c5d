/*
 * test_book.c: books of numbers in the store: no gap whoever signs at the same time, volumes, years,
 * spoiled numbers, an erase; the tables against a slow, simple recomputation; and a database of the
 * release before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/when.h"
#include "store/book.h"
#include "store/dossier.h"
#include "store/draft.h"
#include "store/journal.h"
#include "store_fixture.h"
#include "thin.h"

#define NOVEMBER INT64_C(1795500000000)		/* 24/11/2026 */
#define YEAR_MS (365 * WHEN_DAY_MS)

static const char *engine;
static struct store_fixture board;

static int set_up(void **state)
{
	(void)state;
	store_fixture_init(&board, SIDE_BOARD, NULL, engine);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&board);
	return 0;
}

static enum rc open_book(struct store *store, const char *kind, int year, int64_t last, char id[33])
{
	struct book_opening opening = { .actor = "u-a", .kind = kind, .medium = "paper",
		.symbol = "SCT/BS", .book_no = "01/2026", .year = year, .last = last };
	const char *reason;
	enum rc rc;

	assert_int_equal(store_begin(store, false), RC_OK);
	rc = book_open(store, board.pool, &opening, id, &reason);
	if (rc == RC_OK)
		assert_int_equal(store_commit(store), RC_OK);
	else
		store_abort(store);
	return rc;
}

/* One paper signed in a write of its own; the number, or -1. */
static int64_t sign(struct store *store, struct pool *pool, const char *kind, int64_t at_ms,
		unsigned n, const char **reason)
{
	uint8_t dossier[16];
	struct book_signed paper = { .actor = "u-a", .kind = kind, .medium = "paper",
		.dossier = dossier, .requester = "Nguyễn Văn Thử", .requester_number = "000090000001",
		.name = "Bằng tốt nghiệp", .pages = 2, .copies = n % 5 + 1, .amount = 4000,
		.signer_name = "Phạm Thị Thử", .signer_title = "Phó Chủ tịch", .signed_at = at_ms };
	struct book_entry entry;
	enum rc rc;

	store_fixture_id(n, dossier);
	assert_int_equal(store_begin(store, false), RC_OK);
	rc = book_number(store, pool, &paper, &entry, reason);
	if (rc != RC_OK) {
		store_abort(store);
		return -1;
	}
	assert_int_equal(store_commit(store), RC_OK);
	return entry.number;
}

static enum rc book_act(const char *id_hex, const char *kind, json_t *body, const char **reason)
{
	uint8_t id[16];
	struct event event;
	struct act act = { .subject_kind = SUBJECT_BOOK, .subject = id, .kind = kind, .actor = "u-a",
		.body = body };
	enum rc rc;

	assert_int_equal(hex_decode(id_hex, id, 16), RC_OK);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	rc = act_append(board.store, &act, &event, reason);
	if (rc == RC_OK)
		assert_int_equal(store_commit(board.store), RC_OK);
	else
		store_abort(board.store);
	json_decref(body);
	return rc;
}

static void numbers_go_on_from_the_paper_book(void **state)
{
	const char *reason;
	char id[33];

	(void)state;
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 1, &reason), -1);
	assert_string_equal(reason, "book.rule.none");
	assert_int_equal(open_book(board.store, "copy", 2026, 412, id), RC_OK);
	assert_int_equal(open_book(board.store, "copy", 2026, 0, id), RC_CONFLICT);
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 1, &reason), 413);
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 2, &reason), 414);
	assert_int_equal(sign(board.store, board.pool, "signature", NOVEMBER, 3, &reason), -1);
	assert_int_equal(open_book(board.store, "signature", 2026, 0, id), RC_OK);
	assert_int_equal(sign(board.store, board.pool, "signature", NOVEMBER, 3, &reason), 1);
	store_fixture_rebuilds(&board);
}

static void an_aborted_signing_leaves_no_gap(void **state)
{
	uint8_t dossier[16] = { 9 };
	struct book_signed paper = { .actor = "u-a", .kind = "copy", .medium = "paper",
		.dossier = dossier, .name = "A", .pages = 1, .copies = 1, .signer_name = "B",
		.signed_at = NOVEMBER };
	struct book_entry entry;
	const char *reason;
	char id[33];

	(void)state;
	assert_int_equal(open_book(board.store, "copy", 2026, 0, id), RC_OK);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(book_number(board.store, board.pool, &paper, &entry, &reason), RC_OK);
	assert_int_equal(entry.number, 1);
	store_abort(board.store);
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 1, &reason), 1);
}

#define EACH 60

static void two_signers_at_once_get_different_numbers(void **state)
{
	struct book_totals totals;
	struct book_entry *rows;
	struct book_row book;
	char id[33];
	size_t count, i;
	pid_t pids[2];
	int p, status;

	(void)state;
	if (engine) {
		print_message("skip two writers of one board: a board is SQLite\n");
		skip();
	}
	assert_int_equal(open_book(board.store, "copy", 2026, 0, id), RC_OK);
	for (p = 0; p < 2; p++) {
		pids[p] = fork();
		assert_true(pids[p] >= 0);
		if (pids[p] == 0) {
			struct store *own = NULL;
			struct pool *pool = pool_new();
			const char *reason;
			int64_t before = 0;
			unsigned n;

			if (store_open(board.settings, STORE_TRAM, &own) != RC_OK)
				_exit(2);
			for (n = 0; n < EACH; n++) {
				int64_t number = sign(own, pool, "copy", NOVEMBER,
						(unsigned)p * EACH + n + 1, &reason);

				if (number <= before)
					_exit(3);
				before = number;
			}
			_exit(0);
		}
	}
	for (p = 0; p < 2; p++) {
		assert_int_equal(waitpid(pids[p], &status, 0), pids[p]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	assert_int_equal(book_find(board.store, board.pool, id, &book), RC_OK);
	assert_int_equal(book.last, 2 * EACH);
	assert_int_equal(book_entries(board.store, board.pool, &book, 0, INT64_MAX, 500, 0, &rows,
			&count), RC_OK);
	assert_int_equal(count, 2 * EACH);
	for (i = 0; i < count; i++)
		assert_int_equal(rows[i].number, (int64_t)i + 1);
	assert_int_equal(book_totals_get(board.store, &book, 0, INT64_MAX, &totals), RC_OK);
	assert_int_equal(totals.count, 2 * EACH);
	store_fixture_rebuilds(&board);
}

static void volumes_years_and_the_closing(void **state)
{
	struct book_row book, next;
	struct book_entry entry;
	const char *reason;
	char id[33];

	(void)state;
	assert_int_equal(open_book(board.store, "copy", 2026, 0, id), RC_OK);
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 1, &reason), 1);
	assert_int_equal(book_act(id, "book.continued", json_pack("{s:i, s:s}", "last", 0,
			"next_book_no", "02/2026"), &reason), RC_CONFLICT);
	assert_string_equal(reason, "book.rule.last");
	assert_int_equal(book_act(id, "book.continued", json_pack("{s:i, s:s}", "last", 1,
			"next_book_no", "02/2026"), &reason), RC_OK);
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 2, &reason), 2);
	assert_int_equal(book_find(board.store, board.pool, id, &book), RC_OK);
	assert_string_equal(book.book_no, "02/2026");
	assert_int_equal(book_entry_find(board.store, board.pool, &book, 1, &entry), RC_OK);
	assert_string_equal(entry.book_no, "01/2026");
	assert_int_equal(book_entry_find(board.store, board.pool, &book, 2, &entry), RC_OK);
	assert_string_equal(entry.book_no, "02/2026");

	/* The new year's first signature opens its book, from 01. */
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER + YEAR_MS, 3, &reason), 1);
	assert_int_equal(book_open_one(board.store, board.pool, "copy", "paper", 2027, &next), RC_OK);
	assert_string_equal(next.book_no, "01/2027");
	assert_string_equal(next.symbol, "SCT/BS");
	assert_int_equal(next.last, 1);

	assert_int_equal(book_act(id, "book.closed", json_pack("{s:i, s:i, s:I, s:s}", "last", 2,
			"total", 2, "closed_at", (json_int_t)NOVEMBER, "signer_name", "Phạm Thị Thử"),
			&reason), RC_OK);
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 4, &reason), -1);
	assert_string_equal(reason, "book.rule.closed");
	assert_int_equal(book_find(board.store, board.pool, id, &book), RC_OK);
	assert_true(book.closed);
	assert_int_equal(book.total, 2);
	store_fixture_rebuilds(&board);
}

static void a_spoiled_number_stays_and_never_comes_again(void **state)
{
	struct book_totals totals;
	struct book_entry entry;
	struct book_row book;
	const char *reason;
	char id[33];

	(void)state;
	assert_int_equal(open_book(board.store, "copy", 2026, 10, id), RC_OK);
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 1, &reason), 11);
	assert_int_equal(book_act(id, "book.spoiled", json_pack("{s:i, s:s}", "number", 10, "reason",
			"x"), &reason), RC_CONFLICT);
	assert_string_equal(reason, "book.rule.given");
	assert_int_equal(book_act(id, "book.spoiled", json_pack("{s:i, s:s}", "number", 11, "reason",
			"Đóng nhầm dấu"), &reason), RC_OK);
	assert_int_equal(book_act(id, "book.spoiled", json_pack("{s:i, s:s}", "number", 11, "reason",
			"x"), &reason), RC_CONFLICT);
	assert_string_equal(reason, "book.rule.spoiled");
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 2, &reason), 12);
	assert_int_equal(book_find(board.store, board.pool, id, &book), RC_OK);
	assert_int_equal(book.spoiled, 1);
	assert_int_equal(book_entry_find(board.store, board.pool, &book, 11, &entry), RC_OK);
	assert_true(entry.spoiled);
	assert_string_equal(entry.reason, "Đóng nhầm dấu");
	assert_int_equal(book_totals_get(board.store, &book, 0, INT64_MAX, &totals), RC_OK);
	assert_int_equal(totals.count, 2);
	assert_int_equal(totals.spoiled, 1);
	assert_int_equal(totals.copies, 3);	/* of number 12 alone */
	assert_int_equal(totals.amount, 4000);
	store_fixture_rebuilds(&board);
}

/* An erased entry keeps its number and loses its words; those after it keep theirs. */
static void an_erase_takes_the_person_not_the_number(void **state)
{
	static const uint8_t station[16];
	struct journal_row *rows;
	struct book_entry entry;
	struct book_row book;
	struct event event;
	const char *reason;
	char id[33], hash[65];
	size_t count, i, at = 0;
	json_t *body;
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = station,
		.kind = "body.erased", .actor = "u-a" };

	(void)state;
	assert_int_equal(open_book(board.store, "copy", 2026, 0, id), RC_OK);
	for (i = 1; i <= 3; i++)
		assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, (unsigned)i, &reason),
				(int64_t)i);
	assert_int_equal(journal_read(board.store, board.pool, "b18685-1", AUTHOR_BOARD, 0, 100,
			1 << 20, &rows, &count), RC_OK);
	for (i = 0; i < count; i++)
		if (strcmp(rows[i].event.kind, "book.numbered") == 0 && ++at == 2)
			break;
	assert_int_equal(at, 2);
	hex_encode(rows[i].event.hash, 32, hash);
	body = json_pack("{s:s, s:I, s:s, s:s}", "author", "board", "seq",
			(json_int_t)rows[i].event.seq, "hash", hash, "ground", "thử");
	act.body = body;
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(act_append(board.store, &act, &event, &reason), RC_OK);
	assert_int_equal(store_commit(board.store), RC_OK);
	json_decref(body);
	assert_int_equal(book_find(board.store, board.pool, id, &book), RC_OK);
	assert_int_equal(book.last, 3);
	assert_int_equal(book_entry_find(board.store, board.pool, &book, 2, &entry), RC_OK);
	assert_string_equal(entry.requester, "");
	assert_string_equal(entry.name, "");
	assert_int_equal(book_entry_find(board.store, board.pool, &book, 3, &entry), RC_OK);
	assert_string_equal(entry.requester, "Nguyễn Văn Thử");
	assert_int_equal(sign(board.store, board.pool, "copy", NOVEMBER, 4, &reason), 4);
	store_fixture_rebuilds(&board);
}

/* ---- against a slow, simple recomputation ---- */

#define SLOW_BOOKS 8
#define SLOW_NUMBERS 400
struct slow { char id[33]; int64_t first, last; int64_t copies[SLOW_NUMBERS]; bool spoiled[SLOW_NUMBERS]; };

static size_t recompute(struct slow *books)
{
	struct journal_row *rows;
	size_t count, n = 0, i, b;

	assert_int_equal(journal_read(board.store, board.pool, "b18685-1", AUTHOR_BOARD, 0, 10000,
			1 << 24, &rows, &count), RC_OK);
	for (i = 0; i < count; i++) {
		const struct event *event = &rows[i].event;
		char id[33];
		json_t *body;

		if (event->subject_kind != SUBJECT_BOOK)
			continue;
		hex_encode(event->subject, 16, id);
		assert_int_equal(json_parse(event->body, event->body_len, &body), RC_OK);
		for (b = 0; b < n && strcmp(books[b].id, id) != 0; b++)
			;
		if (b == n) {
			assert_true(++n <= SLOW_BOOKS);
			memcpy(books[b].id, id, sizeof(id));
			books[b].first = books[b].last = json_int(body, "first", 0);
			books[b].last--;
		} else if (strcmp(event->kind, "book.numbered") == 0) {
			int64_t number = json_int(body, "number", 0);

			assert_int_equal(number, books[b].last + 1);
			assert_in_range(number, 1, SLOW_NUMBERS - 1);
			books[b].last = number;
			books[b].copies[number] = json_int(json_object_get(body, "item"), "copies", 0);
		} else if (strcmp(event->kind, "book.spoiled") == 0) {
			assert_false(books[b].spoiled[json_int(body, "number", 0)]);
			books[b].spoiled[json_int(body, "number", 0)] = true;
		}
		json_decref(body);
	}
	return n;
}

static void tables_equal_a_slow_recomputation(void **state)
{
	static const char *const kinds[] = { "copy", "signature", "translator", "transaction" };
	static struct slow books[SLOW_BOOKS];
	uint32_t random = 7;
	const char *reason;
	char id[33];
	size_t n, b, i;

	(void)state;
	memset(books, 0, sizeof(books));
	db_lose_durability_for_tests(board.store->tram);
	for (i = 0; i < 4; i++)
		assert_int_equal(open_book(board.store, kinds[i], 2026, (int64_t)i * 20, id), RC_OK);
	for (i = 0; i < 400 / (size_t)thin(); i++) {
		struct book_row book;
		const char *kind;

		random = random * 1664525 + 1013904223;
		kind = kinds[random >> 30];
		assert_true(sign(board.store, board.pool, kind, NOVEMBER + (int64_t)i * 3600000 *
				(i % 7 == 0 ? 2 : 1), (unsigned)i + 1, &reason) > 0);
		assert_int_equal(book_open_one(board.store, board.pool, kind, "paper", 2026, &book),
				RC_OK);
		if (random % 11 == 0)
			(void)book_act(book.id_hex, "book.spoiled", json_pack("{s:I, s:s}", "number",
					(json_int_t)(book.first + (int64_t)(random >> 8)
					% (book.last - book.first + 1)), "reason", "thử"), &reason);
	}
	n = recompute(books);
	assert_true(n >= 4);
	for (b = 0; b < n; b++) {
		struct book_totals totals;
		struct book_row book;
		int64_t number, copies = 0, spoiled = 0;

		assert_int_equal(book_find(board.store, board.pool, books[b].id, &book), RC_OK);
		assert_int_equal(book.last, books[b].last);
		for (number = books[b].first; number <= books[b].last; number++) {
			struct book_entry entry;

			assert_int_equal(book_entry_find(board.store, board.pool, &book, number, &entry),
					RC_OK);
			assert_int_equal(entry.copies, books[b].copies[number]);
			assert_int_equal(entry.spoiled, books[b].spoiled[number]);
			copies += entry.spoiled ? 0 : entry.copies;
			spoiled += entry.spoiled;
		}
		assert_int_equal(book_totals_get(board.store, &book, 0, INT64_MAX, &totals), RC_OK);
		assert_int_equal(totals.count, books[b].last - books[b].first + 1);
		assert_int_equal(totals.copies, copies);
		assert_int_equal(totals.spoiled, spoiled);
		assert_int_equal(book.spoiled, spoiled);
	}
	store_fixture_rebuilds(&board);
}

/* The till: three events of a dossier in one write; a double tap makes no second dossier. */
static void the_till_accepts_and_sends_to_sign_at_once(void **state)
{
	json_t *body = store_fixture_accepted("x", "Nguyễn Văn Thử", false);
	json_t *sign_body = json_pack("{s:s, s:s}", "signer", "u-b", "signer_name", "Phạm Thị Thử");
	struct book_waiting *rows;
	char *first, *second;
	const char *reason;
	int64_t waiting;
	size_t count;

	(void)state;
	json_put(json_object_get(body, "procedure"), "code", "2.000815");
	json_put(body, "fee_state", "paid");
	json_put_value(body, "fees", json_pack("[{s:s, s:s, s:i}]", "id", "giay-1", "name", "Phí",
			"amount", 4000));
	assert_int_equal(draft_accept_now(board.store, board.pool, "00000000000000000000000000000001",
			"u-a", body, sign_body, "/chung-thuc/khay?moi=*", &first, &reason), RC_OK);
	assert_non_null(strstr(first, "/chung-thuc/khay?moi="));
	assert_int_equal(draft_accept_now(board.store, board.pool, "00000000000000000000000000000001",
			"u-a", body, sign_body, "/chung-thuc/khay?moi=*", &second, &reason), RC_EXISTS);
	assert_string_equal(first, second);
	assert_int_equal(book_tray(board.store, board.pool, 10, &rows, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].assignee, "u-b");
	assert_int_equal(rows[0].fee_paid, 4000);
	assert_int_equal(rows[0].state, STATE_SIGNING);
	assert_int_equal(book_tray_count(board.store, &waiting), RC_OK);
	assert_int_equal(waiting, 1);
	json_decref(body);
	json_decref(sign_body);
	store_fixture_rebuilds(&board);
}

/* A board of the release before books: refused until it is migrated, then whole. */
static void a_database_without_books_is_brought_up(void **state)
{
	struct store *store = NULL;
	struct dossier_row row;
	struct book_row *rows;
	char path[512], id_hex[33];
	uint8_t id[16];
	size_t count;
	sqlite3 *db;

	(void)state;
	if (engine) {
		print_message("skip upgrade of a database of version 1: made by SQLite here\n");
		skip();
	}
	store_fixture_id(1, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-a",
			store_fixture_accepted("CT18685.1-261124-0001", "Nguyễn Văn Thử", false)), RC_OK);
	store_close(board.store);
	(void)snprintf(path, sizeof(path), "%s/tram.db", board.settings->db_dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TABLE link_invite; DROP TABLE link_cert; DROP TABLE link_instance;"
			" DROP TABLE blob_parked; DROP TABLE journal_branch; DROP TABLE dossier_ordered;"
			" DROP TRIGGER journal_no_delete; DROP TRIGGER journal_body_erase_only;"
			" DROP TRIGGER journal_erased_no_delete; DROP TRIGGER journal_head_forward;"
			" DROP TABLE blob_erased; DROP INDEX mark_names; DROP TRIGGER journal_erased_no_update;"
			" ALTER TABLE journal_erased DROP COLUMN kept; ALTER TABLE journal_erased DROP COLUMN by_author;"
			" ALTER TABLE journal_erased DROP COLUMN by_seq;"
			" CREATE TRIGGER journal_erased_no_update BEFORE UPDATE ON journal_erased BEGIN SELECT 1; END;"
			" DROP TABLE journal_fork; DROP INDEX blob_receipt_stale;"
			" ALTER TABLE blob_receipt DROP COLUMN stale; ALTER TABLE link_state DROP COLUMN feed_token;"
			" ALTER TABLE link_state DROP COLUMN fenced; ALTER TABLE link_state DROP COLUMN fenced_at;"
			" ALTER TABLE link_board DROP COLUMN fence_reason; ALTER TABLE link_board DROP COLUMN fence_at;"
			" ALTER TABLE link_board DROP COLUMN fence_by; ALTER TABLE link_board DROP COLUMN min_epoch;"
			" CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT 1; END;"
			" CREATE TRIGGER journal_body_erase_only BEFORE DELETE ON journal_body BEGIN SELECT 1; END;"
			" CREATE TRIGGER journal_erased_no_delete BEFORE DELETE ON journal_erased BEGIN SELECT 1; END;"
			" CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head BEGIN SELECT 1; END;"
			" DROP TABLE dossier_word; DROP TABLE dossier_worded; DROP TABLE search_cursor;"
			" CREATE INDEX dossier_words ON dossier (board, received_at, folded);"
			" DROP TABLE document; DROP INDEX dossier_to_send;"
			" ALTER TABLE link_state DROP COLUMN goodput; DROP TABLE book_entry; DROP TABLE book_block; DROP TABLE book;"
			" DROP TABLE pending; DROP TABLE handover; DROP INDEX dossier_origin;"
			" DROP TABLE center_copy; DROP INDEX blob_receipt_no;"
			" ALTER TABLE blob_receipt DROP COLUMN center_epoch;"
			" ALTER TABLE blob_receipt DROP COLUMN no;"
			" ALTER TABLE blob_receipt DROP COLUMN gone;"
			" ALTER TABLE link_board DROP COLUMN stick; DROP INDEX link_board_label;"
			" ALTER TABLE link_board DROP COLUMN version; ALTER TABLE link_board DROP COLUMN label;"
			" ALTER TABLE link_board DROP COLUMN revoked_at; ALTER TABLE link_board DROP COLUMN revoked_by;"
			" ALTER TABLE link_board DROP COLUMN revoked_why;"
			" DROP TABLE money; DROP TABLE shift; DROP TABLE collector;"
			" DROP TABLE ticket; DROP TABLE counter; DROP TABLE rating; DROP TABLE day_close;"
			" DROP INDEX dossier_register; ALTER TABLE dossier DROP COLUMN clerk;"
			" ALTER TABLE dossier DROP COLUMN address; ALTER TABLE dossier DROP COLUMN locality;"
			" ALTER TABLE dossier DROP COLUMN delivery; ALTER TABLE dossier DROP COLUMN sets;"
			" ALTER TABLE dossier DROP COLUMN forwarded_at;"
			" DROP INDEX dossier_owing; DROP INDEX dossier_overpaid;"
			" DROP TABLE import_file;"
			" DROP INDEX dossier_old_code; DROP INDEX dossier_to_key;"
			" DROP INDEX dossier_waiting; ALTER TABLE dossier DROP COLUMN origin;"
			" ALTER TABLE dossier DROP COLUMN old_code;"
			" ALTER TABLE dossier DROP COLUMN old_agency;"
			" ALTER TABLE dossier DROP COLUMN target_system;"
			" DROP TABLE board_reading; DROP TABLE board_reader; DROP TABLE original_move; DROP TABLE original_kept;"
			" DROP TABLE paper_waiting; DROP TABLE paper_number; DROP INDEX draft_ticket;"
			" DROP TABLE blob_source; ALTER TABLE draft DROP COLUMN scan;"
			" DROP INDEX dossier_unscanned; ALTER TABLE dossier DROP COLUMN scans_missing;"
			" PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(store_open(board.settings, STORE_TRAM, &store), RC_VERSION);
	assert_int_equal(db_migrate(board.settings, DB_TRAM), RC_OK);
	board.store = store_fixture_open(&board, STORE_TRAM | STORE_PUBLIC);
	/* New columns of what was there are filled by a rebuild (store/README.md). */
	assert_int_equal(journal_rebuild(board.store, false, NULL, NULL), RC_OK);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0001", &row),
			RC_OK);
	assert_int_equal(book_list(board.store, board.pool, &rows, &count), RC_OK);
	assert_int_equal(count, 0);
	assert_int_equal(open_book(board.store, "copy", 2026, 0, id_hex), RC_OK);
	store_fixture_rebuilds(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_go_on_from_the_paper_book, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_aborted_signing_leaves_no_gap, set_up, tear_down),
		cmocka_unit_test_setup_teardown(two_signers_at_once_get_different_numbers, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(volumes_years_and_the_closing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_spoiled_number_stays_and_never_comes_again, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(an_erase_takes_the_person_not_the_number, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(tables_equal_a_slow_recomputation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_till_accepts_and_sends_to_sign_at_once, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(a_database_without_books_is_brought_up, set_up,
				tear_down),
	};
	int failed;

	failed = cmocka_run_group_tests_name("book: SQLite", tests, NULL, NULL);
	engine = getenv("TRAM_TEST_PG");
	if (engine)
		failed += cmocka_run_group_tests_name("book: PostgreSQL", tests, NULL, NULL);
	return failed;
}
