/*
 * test_store_core.c: the store as its users see it, on SQLite and, when TRAM_TEST_PG holds a
 * connection string, once more on PostgreSQL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "store/money.h"
#include "store/register.h"
#include "store_fixture.h"

static const char *engine;	/* connection string, NULL: SQLite */
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

static enum rc accept(unsigned n, const char *code, const char *name, bool province)
{
	uint8_t id[16];

	store_fixture_id(n, id);
	return store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted(code, name, province));
}

static enum rc act(unsigned n, const char *kind, json_t *body)
{
	uint8_t id[16];

	store_fixture_id(n, id);
	return store_fixture_act(&board, NULL, id, kind, "u-clerk", body);
}

static void accepted_dossier_is_found_as_told(void **state)
{
	struct dossier_row row;
	struct journal_head head;

	(void)state;
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "Nguyễn Văn Thử", false), RC_OK);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0001", &row),
			RC_OK);
	assert_string_equal(row.applicant, "Nguyễn Văn Thử");
	assert_int_equal(row.facts.state, STATE_ACCEPTED);
	assert_int_equal(row.facts.holder, HOLDER_BOARD);
	assert_true(row.has_due && row.due_certain);
	assert_int_equal(row.due_at, INT64_C(1795600000000));
	assert_int_equal(dossier_transfer(&row), TRANSFER_STORED);
	assert_int_equal(strlen(row.seen), 32);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, row.id_hex, &row), RC_OK);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0002", &row),
			RC_NOT_FOUND);
	assert_int_equal(journal_head_get(board.store, "b18685-1", AUTHOR_BOARD, &head), RC_OK);
	assert_int_equal(head.seq, 1);
}

static void rule_stands_against_an_act_and_nothing_is_written(void **state)
{
	struct journal_head head;

	(void)state;
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "A B", false), RC_OK);
	assert_int_equal(accept(1, "CT18685.1-261124-0002", "A B", false), RC_CONFLICT);
	assert_int_equal(act(1, "dossier.result_returned", json_pack("{s:I, s:{s:b}}", "returned_at",
			(json_int_t)1, "receiver", "self", 1)), RC_CONFLICT);
	assert_int_equal(act(1, "dossier.taken", json_pack("{s:s}", "surprise", "x")), RC_INVALID);
	assert_int_equal(journal_head_get(board.store, "b18685-1", AUTHOR_BOARD, &head), RC_OK);
	assert_int_equal(head.seq, 1);
}

static void another_persons_act_after_what_was_seen_is_told(void **state)
{
	struct dossier_row row;
	struct event event;
	uint8_t id[16], seen[16];
	const char *reason;
	json_t *nothing = json_object();
	struct act taken = { .subject_kind = SUBJECT_DOSSIER, .subject = id, .kind = "dossier.taken",
			.actor = "u-a", .body = nothing, .seen = seen };

	(void)state;
	store_fixture_id(1, id);
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "A B", false), RC_OK);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0001", &row),
			RC_OK);
	assert_int_equal(hex_decode(row.seen, seen, 16), RC_OK);
	/* A person's own note does not count; another's does. */
	assert_int_equal(store_fixture_act(&board, NULL, id, "slip.printed", "u-a",
			json_pack("{s:i}", "slip_no", 1)), RC_OK);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(act_append(board.store, &taken, &event, &reason), RC_OK);
	store_abort(board.store);
	assert_int_equal(store_fixture_act(&board, NULL, id, "note.added", "u-b",
			json_pack("{s:s}", "text", "ghi chú")), RC_OK);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(act_append(board.store, &taken, &event, &reason), RC_CONFLICT);
	assert_string_equal(reason, "act.seen");
	store_abort(board.store);
	json_decref(nothing);
}

static void aborted_write_leaves_nothing(void **state)
{
	struct dossier_row row;
	struct journal_totals totals;
	struct event event;
	uint8_t id[16];
	const char *reason;
	json_t *body = store_fixture_accepted("CT18685.1-261124-0009", "A B", false);
	struct act one = { .subject_kind = SUBJECT_DOSSIER, .subject = id,
			.kind = "dossier.accepted", .actor = "u-a", .body = body };

	(void)state;
	store_fixture_id(9, id);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(act_append(board.store, &one, &event, &reason), RC_OK);
	store_abort(board.store);
	json_decref(body);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0009", &row),
			RC_NOT_FOUND);
	assert_int_equal(journal_verify(board.store, true, NULL, NULL, &totals), RC_OK);
	assert_int_equal(totals.events, 0);
}

static void form_is_answered_once(void **state)
{
	static const char id[] = "00112233445566778899aabbccddeeff";
	static const char *const no_ids[] = { "", "f1", "00112233445566778899aabbccddeefg",
		"00112233445566778899aabbccddeeff0" };
	char *location;

	(void)state;
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(form_claim(board.store, board.pool, id, &location), RC_OK);
	assert_int_equal(form_done(board.store, id, "/ho-so/x"), RC_OK);
	assert_int_equal(store_commit(board.store), RC_OK);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	for (size_t i = 0; i < sizeof(no_ids) / sizeof(no_ids[0]); i++)
		assert_int_equal(form_claim(board.store, board.pool, no_ids[i], &location),
				RC_INVALID);
	assert_int_equal(form_claim(board.store, board.pool, id, &location), RC_EXISTS);
	assert_string_equal(location, "/ho-so/x");
	store_abort(board.store);
}

static void finds(const char *words, size_t expected)
{
	struct dossier_row *rows;
	size_t count = 99;

	assert_int_equal(dossier_search(board.store, board.pool, words, 20, &rows, &count), RC_OK);
	if (count != expected)
		print_error("search: %s\n", words);
	assert_int_equal(count, expected);
}

static void search_forgives(void **state)
{
	(void)state;
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "Nguyễn Văn Đặng", false), RC_OK);
	assert_int_equal(accept(2, "CT18685.1-261124-0023", "Trần Thị Thử", false), RC_OK);
	finds("nguyen dang", 1);
	finds("ĐẶNG nguyễn", 1);
	finds("dang", 1);
	finds("van tran", 0);
	finds("0023", 1);
	finds("CT18685.1-261124-0001", 1);
	finds("0239 000 0000", 2);
	finds("02390000000", 2);
	finds("000090000001", 2);
	finds("khong ai", 0);
	finds("", 0);
	finds("%", 0);
	assert_int_equal(act(2, "dossier.amended", json_pack("{s:{s:{s:s, s:s}}, s:s}", "set",
			"applicant", "type", "person", "name", "Lê Thị Mới", "reason", "sai")), RC_OK);
	finds("thu tran", 0);
	finds("moi", 1);
}

static int64_t counted(enum dossier_list_kind kind, int64_t now)
{
	int64_t counts[LIST_OPEN + 1];
	struct dossier_query query = { .kind = kind, .account = "u-clerk", .now_ms = now,
			.limit = 50 };
	struct dossier_row *rows;
	size_t count;

	assert_int_equal(dossier_counts(board.store, "u-clerk", now, counts), RC_OK);
	assert_int_equal(dossier_list(board.store, board.pool, &query, &rows, &count), RC_OK);
	assert_int_equal(counts[kind], count);
	return counts[kind];
}

static void accept_due(unsigned n, const char *code, bool has, int64_t at)
{
	json_t *body = store_fixture_accepted(code, "A", false);
	uint8_t id[16];

	store_fixture_id(n, id);
	json_put_value(body, "due", json_pack("{s:b, s:I, s:b}", "has", has, "at", (json_int_t)at,
			"certain", 1));
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk", body), RC_OK);
}

/* Who is due first stands first, also across pages; of two at one time the earlier code; without a time, last. */
static void lists_begin_with_what_is_due_first(void **state)
{
	static const char *const order[] = { "CT18685.1-261124-0004", "CT18685.1-261124-0002",
		"CT18685.1-261124-0005", "CT18685.1-261124-0001", "CT18685.1-261124-0003" };
	const int64_t due = INT64_C(1795600000000);
	struct dossier_query query = { .kind = LIST_OPEN, .now_ms = due, .limit = 3 };

	(void)state;
	accept_due(1, order[3], true, due + 3000);
	accept_due(2, order[1], true, due + 2000);
	accept_due(3, order[4], false, 0);
	accept_due(4, order[0], true, due + 1000);
	accept_due(5, order[2], true, due + 2000);
	for (query.offset = 0; query.offset < 5; query.offset += query.limit) {
		struct dossier_row *rows;
		size_t count, i;

		assert_int_equal(dossier_list(board.store, board.pool, &query, &rows, &count), RC_OK);
		assert_int_equal(count, query.offset == 0 ? 3 : 2);
		for (i = 0; i < count; i++)
			assert_string_equal(rows[i].code, order[query.offset + i]);
	}
}

static void lists_count_what_they_show(void **state)
{
	const int64_t due = INT64_C(1795600000000), day = WHEN_DAY_MS;

	(void)state;
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "A", false), RC_OK);
	assert_int_equal(accept(2, "CT18685.1-261124-0002", "B", true), RC_OK);
	assert_int_equal(counted(LIST_OVERDUE, due + 1), 2);
	assert_int_equal(counted(LIST_OVERDUE, due), 0);
	assert_int_equal(counted(LIST_DUE_TODAY, due), 2);
	assert_int_equal(counted(LIST_DUE_TOMORROW, due - day), 2);
	assert_int_equal(counted(LIST_TO_HAND_OVER, due), 1);
	assert_int_equal(counted(LIST_MINE, due), 0);
	assert_int_equal(act(1, "dossier.taken", json_object()), RC_OK);
	assert_int_equal(counted(LIST_MINE, due), 1);
	assert_int_equal(act(1, "dossier.sent_to_sign", json_pack("{s:s}", "signer", "u-sign")), RC_OK);
	assert_int_equal(counted(LIST_MINE, due), 0);
	assert_int_equal(counted(LIST_TO_SIGN, due), 1);
	assert_int_equal(act(1, "dossier.signed", json_pack("{s:i}", "signed_at", 5)), RC_OK);
	assert_int_equal(counted(LIST_MINE, due), 1);
	assert_int_equal(act(1, "dossier.finished", json_pack("{s:[{s:s}], s:i}", "results", "kind",
			"Trích lục", "decided_at", 7)), RC_OK);
	assert_int_equal(counted(LIST_RESULT, due), 1);
	assert_int_equal(counted(LIST_OPEN, due), 2);
	assert_int_equal(counted(LIST_RECENT, due), 2);
}

static void notes_of_money_add_up(void **state)
{
	struct journal_row *rows;
	struct dossier_row row;
	uint8_t id[16];
	char hex[33];
	size_t count;

	(void)state;
	store_fixture_id(1, id);
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "A", false), RC_OK);
	assert_int_equal(act(1, "fee.collected", json_pack("{s:[{s:s, s:s, s:i}], s:i, s:s, s:i}",
			"fees", "id", "le-phi", "name", "Lệ phí", "amount", 8000, "total", 8000, "method",
			"cash", "collected_at", 5)), RC_OK);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0001", &row),
			RC_OK);
	assert_int_equal(row.fee_paid, 8000);
	assert_int_equal(journal_subject(board.store, board.pool, "b18685-1", id, &rows, &count), RC_OK);
	assert_int_equal(count, 2);
	hex_encode(rows[1].event.id, 16, hex);
	assert_int_equal(act(1, "fee.cancelled", json_pack("{s:s, s:s}", "collected", hex, "reason",
			"nhầm")), RC_OK);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0001", &row),
			RC_OK);
	assert_int_equal(row.fee_paid, 0);
	store_fixture_rebuilds(&board);
}

/* Seven collections, the third cancelled, in batches of two: how many rows a file gets in all. */
static size_t in_batches(enum money_state state)
{
	struct money_query query = { .to_ms = INT64_MAX, .state = state, .limit = 2 };
	struct money_row *rows;
	char after[33] = "";
	int64_t at = 0;
	size_t count = 1, total = 0;

	while (count > 0) {
		assert_int_equal(money_batch(board.store, board.pool, &query, at, after, &rows, &count),
				RC_OK);
		for (size_t i = 0; i < count; i++) {
			assert_true(rows[i].at > at || (rows[i].at == at && strcmp(rows[i].id, after) > 0));
			at = rows[i].at;
			memcpy(after, rows[i].id, sizeof(after));
		}
		total += count;
	}
	return total;
}

static void a_file_of_receipts_has_every_one_once(void **state)
{
	const struct money_query all = { .to_ms = INT64_MAX, .limit = 50 };
	struct money_row *rows;
	size_t count;

	(void)state;
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "A", false), RC_OK);
	for (int i = 0; i < 7; i++)
		assert_int_equal(act(1, "fee.collected", json_pack("{s:[{s:s, s:s, s:i}], s:i, s:s, s:i}",
				"fees", "id", "le-phi", "name", "Lệ phí", "amount", 8000, "total", 8000,
				"method", "cash", "collected_at", 5)), RC_OK);
	assert_int_equal(money_list(board.store, board.pool, &all, &rows, &count), RC_OK);
	assert_int_equal(count, 7);
	assert_int_equal(act(1, "fee.cancelled", json_pack("{s:s, s:s}", "collected", rows[2].id,
			"reason", "nhầm")), RC_OK);
	assert_int_equal(in_batches(MONEY_ANY), 7);
	assert_int_equal(in_batches(MONEY_STANDS), 6);
	assert_int_equal(in_batches(MONEY_IS_CANCELLED), 1);
	assert_int_equal(in_batches(MONEY_WITHOUT_RECEIPT), 7);
}

static void the_register_counts_what_it_lists(void **state)
{
	struct register_query query = { .to_ms = INT64_MAX, .procedures = "", .channel = "",
		.clerk = "", .after_id = "" };
	struct register_row *rows;
	int64_t count, intake;
	size_t listed;

	(void)state;
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "A", false), RC_OK);
	assert_int_equal(accept(2, "CT18685.1-261124-0002", "B", true), RC_OK);
	assert_int_equal(register_list(board.store, board.pool, &query, 50, &rows, &listed), RC_OK);
	assert_int_equal(register_count(board.store, &query, &count, &intake), RC_OK);
	assert_int_equal(listed, 2);
	assert_int_equal(count, 2);
	assert_int_equal(intake, 2);
	query.origins = 1 << ORIGIN_TAKEN_OVER;
	assert_int_equal(register_count(board.store, &query, &count, &intake), RC_OK);
	assert_int_equal(count, 0);
	assert_int_equal(intake, 0);
}

static void receipts_move_the_cursor_and_the_backlog(void **state)
{
	struct dossier_backlog backlog;
	struct journal_head head;
	struct link_cursor cursor;
	struct dossier_row row;
	uint8_t wrong[32] = { 1 };

	(void)state;
	assert_int_equal(dossier_backlog_get(board.store, &backlog), RC_OK);
	assert_int_equal(backlog.dossiers_waiting, 0);
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "A", false), RC_OK);
	assert_int_equal(accept(2, "CT18685.1-261124-0002", "B", false), RC_OK);
	assert_int_equal(dossier_backlog_get(board.store, &backlog), RC_OK);
	assert_int_equal(backlog.dossiers_waiting, 2);
	assert_true(backlog.oldest_at > 0);
	assert_int_equal(journal_head_get(board.store, "b18685-1", AUTHOR_BOARD, &head), RC_OK);
	assert_int_equal(linkstate_receipt(board.store, 1, head.seq, wrong, "x"), RC_PROTOCOL);
	assert_int_equal(linkstate_receipt(board.store, 1, head.seq, head.hash, "jws"), RC_OK);
	assert_int_equal(linkstate_receipt(board.store, 1, head.seq, head.hash, "jws"), RC_EXISTS);
	assert_int_equal(linkstate_get(board.store, &cursor), RC_OK);
	assert_int_equal(cursor.sent_seq, 2);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0001", &row),
			RC_OK);
	assert_int_equal(dossier_transfer(&row), TRANSFER_SENDING);
}

/* A dossier of these files, due and taken in then. */
static void waiting(unsigned n, int64_t due_at, int64_t taken_at, const int64_t *sizes, int64_t count)
{
	struct stmt *stmt;
	char code[32], sha[65];
	uint8_t id[16];

	store_fixture_id(n, id);
	store_fixture_code(n, code);
	assert_int_equal(accept(n, code, "A", false), RC_OK);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	stmt = db_stmt(board.store->tram, "UPDATE dossier SET due_at = $2, manifest_at = $3, "
			"complete_version = 0, manifest_version = 1 WHERE id = $1");
	stmt_blob(stmt, 1, id, sizeof(id));
	stmt_int(stmt, 2, due_at);
	stmt_int(stmt, 3, taken_at);
	assert_int_equal(stmt_run(stmt), RC_OK);
	for (int64_t i = 0; i < count; i++) {
		stmt = db_stmt(board.store->tram, "INSERT INTO dossier_file (board, dossier, result, component, "
				"position, part, sha256, size, type, name, author) VALUES ('b18685-1', $1, 0, 'a', $2, 0, "
				"$3, $4, 'application/pdf', 'a.pdf', 0)");
		snprintf(sha, sizeof(sha), "%063u%lld", n, (long long)i);
		stmt_blob(stmt, 1, id, sizeof(id));
		stmt_int(stmt, 2, i);
		stmt_text(stmt, 3, sha);
		stmt_int(stmt, 4, sizes[i]);
		assert_int_equal(stmt_run(stmt), RC_OK);
	}
	assert_int_equal(store_commit(board.store), RC_OK);
}

static void waits_for(unsigned n, int64_t files, int64_t own, int64_t before, int64_t newer)
{
	struct link_wait wait;
	uint8_t id[16];

	store_fixture_id(n, id);
	assert_int_equal(linkstate_wait(board.store, id, true, &wait), RC_OK);
	assert_int_equal(wait.files_own, files);
	assert_int_equal(wait.own, own);
	assert_int_equal(wait.before, before);
	assert_int_equal(wait.newer, newer);
	assert_false(wait.far || wait.newer_far);
}

/* What a page says of the time a dossier's files take: its own, what is due before it, what is newer. */
static void a_dossier_waits_for_what_goes_before_it(void **state)
{
	const int64_t two[] = { 1000, 3000 }, one[] = { 500 }, last[] = { 70 };
	struct link_blob_receipt receipt = { .jws = "jws", .at = 1, .center_epoch = 1, .no = 1 };
	char sha[65];

	(void)state;
	if (engine)
		return;		/* a board's question alone, and a board keeps its store in SQLite */
	waiting(1, INT64_C(1795600000000), 1, two, 2);
	waiting(2, INT64_C(1795700000000), 2, one, 1);
	waiting(3, INT64_C(1795800000000), 3, last, 1);
	waits_for(1, 2, 4000, 0, 570);
	waits_for(2, 1, 500, 4000, 70);
	waits_for(3, 1, 70, 4500, 0);
	snprintf(sha, sizeof(sha), "%063u1", 1u);
	receipt.sha256 = sha;
	assert_int_equal(linkstate_blob_receipt(board.store, &receipt), RC_OK);
	waits_for(1, 1, 1000, 0, 570);
	waits_for(2, 1, 500, 1000, 70);
}

static void erased_words_are_gone_and_the_chain_holds(void **state)
{
	struct journal_totals totals;
	struct dossier_row row;
	struct journal_row *rows;
	uint8_t id[16], station[16] = { 7 };
	char hash[65], code[32];
	size_t count;

	(void)state;
	store_fixture_id(1, id);
	store_fixture_code(1, code);
	assert_int_equal(accept(1, code, "Canary Tobeerased", false), RC_OK);
	assert_int_equal(accept(2, "CT18685.1-261124-0002", "Other", false), RC_OK);
	assert_int_equal(journal_subject(board.store, board.pool, "b18685-1", id, &rows, &count), RC_OK);
	hex_encode(rows[0].event.hash, 32, hash);
	assert_int_equal(store_fixture_act(&board, NULL, station, "body.erased", "u-manager",
			json_pack("{s:s, s:i, s:s, s:s}", "author", "board", "seq", 1, "hash", hash,
			"ground", "yêu cầu")), RC_OK);
	assert_int_equal(journal_subject(board.store, board.pool, "b18685-1", id, &rows, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_null(rows[0].event.body);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "5a", &row), RC_NOT_FOUND);
	finds("canary", 0);
	assert_int_equal(journal_verify(board.store, true, NULL, NULL, &totals), RC_OK);
	assert_int_equal(totals.events, 3);
	assert_int_equal(totals.erased, 1);
	store_fixture_rebuilds(&board);
	/* Its number is burnt all the same. */
	assert_int_equal(dossier_find(board.store, board.pool, NULL, code, &row),
			RC_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(accepted_dossier_is_found_as_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rule_stands_against_an_act_and_nothing_is_written,
				set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_persons_act_after_what_was_seen_is_told, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(aborted_write_leaves_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(form_is_answered_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(search_forgives, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists_begin_with_what_is_due_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists_count_what_they_show, set_up, tear_down),
		cmocka_unit_test_setup_teardown(notes_of_money_add_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_of_receipts_has_every_one_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_register_counts_what_it_lists, set_up, tear_down),
		cmocka_unit_test_setup_teardown(receipts_move_the_cursor_and_the_backlog, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(a_dossier_waits_for_what_goes_before_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(erased_words_are_gone_and_the_chain_holds, set_up,
				tear_down),
	};
	int failed = cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);

	engine = getenv("TRAM_TEST_PG");
	if (engine)
		failed += cmocka_run_group_tests_name("postgresql", tests, NULL, NULL);
	return failed;
}
