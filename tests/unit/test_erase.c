/*
 * test_erase.c: personal data go and the rest stays: by kind, by dossier, in receipts and papers before
 * acceptance, contents with what they were made of, and nothing of another dossier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "dossier/keep.h"
#include "store/blob.h"
#include "store/erase.h"
#include "store_fixture.h"

static struct store_fixture board;

static int set_up(void **state)
{
	(void)state;
	store_fixture_init(&board, SIDE_BOARD, NULL, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&board);
	return 0;
}

/* ---- what stays of a body ---- */

static const char *const places[] = { "manifest", "components", "items", "tracking", "outside_place", "place",
	"payer_tax_code" };

static void only_counts(const json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(size_t)object, name, value) {
		if (json_is_object(value))
			only_counts(value);
		else if (!json_is_integer(value) && !json_is_boolean(value))
			fail_msg("%s stays of a personal object", name);
	}
}

static void no_kind_keeps_a_person(void **state)
{
	(void)state;
	for (size_t i = 0; i < kind_count; i++) {
		const struct kind *kind = &kind_table[i];
		json_t *body = store_fixture_example(kind->name, kind->version), *kept, *twice;

		json_put(body, "note", "Bà Thử gọi");
		kept = keep_body(kind, body);
		for (const struct kind_field *field = kind->fields; field->name != NULL; field++) {
			const json_t *value = json_object_get(kept, field->name);

			if (value == NULL || !field->personal)
				continue;
			if (field->type != 'o')
				fail_msg("%s: %s stays", kind->name, field->name);
			only_counts(value);
		}
		assert_null(json_object_get(kept, "note"));
		for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++)
			assert_null(json_object_get(kept, places[p]));
		if (kind_is_first(kind)) {
			assert_true(json_equal(json_object_get(kept, "code"), json_object_get(body, "code")));
			assert_true(json_equal(json_object_get(kept, "received_at"),
					json_object_get(body, "received_at")));
		}
		/* What stays, stays. */
		twice = keep_body(kind, kept);
		assert_true(json_equal(twice, kept));
		json_decref(twice);
		json_decref(kept);
		json_decref(body);
	}
}

static void sums_and_receipts_stay(void **state)
{
	json_t *body = store_fixture_example("fee.collected", 1), *kept;

	(void)state;
	kept = keep_body(kind_find("fee.collected", 1), body);
	assert_true(json_equal(json_object_get(kept, "receipt"), json_object_get(body, "receipt")));
	assert_true(json_equal(json_object_get(kept, "fees"), json_object_get(body, "fees")));
	assert_int_equal(json_int(kept, "total", 0), json_int(body, "total", 1));
	assert_null(json_object_get(kept, "payer"));
	json_decref(body);
	json_decref(kept);
	body = store_fixture_example("book.numbered", 1);
	kept = keep_body(kind_find("book.numbered", 1), body);
	assert_int_equal(json_int(json_object_get(kept, "item"), "amount", -1),
			json_int(json_object_get(body, "item"), "amount", -2));
	assert_null(json_object_get(json_object_get(kept, "item"), "name"));
	json_decref(body);
	json_decref(kept);
}

/* ---- a dossier ---- */

#define MONEY 8000

static void content(const char *text, char hex[65])
{
	struct blob blob;

	assert_int_equal(file_put(board.settings->spool_dir, "up", text, strlen(text), 0600), RC_OK);
	assert_int_equal(blob_adopt(board.store, NULL, pool_printf(board.pool, "%s/up",
			board.settings->spool_dir), NULL, -1, false, &blob), RC_OK);
	hex_encode(blob.sha256, 32, hex);
}

static bool here(const char *hex)
{
	return access(pool_printf(board.pool, "%s/%s", board.settings->blob_dir, hex), F_OK) == 0;
}

static void run(const char *sql)
{
	assert_int_equal(store_begin(board.store, false), RC_OK);
	assert_int_equal(stmt_run(db_stmt(board.store->tram, sql)), RC_OK);
	assert_int_equal(store_commit(board.store), RC_OK);
}

static int64_t number_of(const char *sql)
{
	struct stmt *stmt = db_stmt(board.store->tram, sql);
	bool row;
	int64_t out;

	assert_int_equal(stmt_step(stmt, &row), RC_OK);
	assert_true(row);
	out = stmt_col_int(stmt, 0);
	stmt_reset(stmt);
	return out;
}

static void accept_with(unsigned n, const char *code, const char *name, const char *const *hexes, size_t count)
{
	json_t *body = store_fixture_accepted(code, name, false), *files = json_new_array(), *item;
	uint8_t id[16];

	for (size_t i = 0; i < count; i++)
		json_add(files, json_pack("{s:s, s:i, s:s, s:s}", "sha256", hexes[i], "size", 3, "type",
				"application/pdf", "name", "Canary.pdf"));
	item = json_pack("{s:s, s:o}", "component", "don", "files", files);
	if (count > 0)
		json_add(json_object_get(json_object_get(body, "manifest"), "items"), item);
	else
		json_decref(item);
	store_fixture_id(n, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-a", body), RC_OK);
}

static void act(const uint8_t id[16], const char *kind, json_t *body)
{
	assert_int_equal(store_fixture_act(&board, NULL, id, kind, "u-a", body), RC_OK);
}

static enum rc erase(const char *code, size_t *events, const char **reason)
{
	static const struct erase how = { "u-manager", "u-second", "request", "12/GYC" };
	struct dossier_row row;
	enum rc rc;

	assert_int_equal(dossier_find(board.store, board.pool, NULL, code, &row), RC_OK);
	assert_int_equal(store_begin(board.store, false), RC_OK);
	rc = erase_dossier(board.store, &row, &how, events, reason);
	if (rc == RC_OK)
		assert_int_equal(store_commit(board.store), RC_OK);
	else
		store_abort(board.store);
	return rc;
}

/* A receipt's line in a range, or a line of a book of certifications. */
static void booked(unsigned book, const char *kind, const uint8_t dossier[16])
{
	json_t *body = store_fixture_example("book.opened", 1);
	char hex[33];
	uint8_t id[16];

	store_fixture_id(book, id);
	hex_encode(dossier, 16, hex);
	json_put(body, "kind", kind);
	act(id, "book.opened", body);
	act(id, "book.numbered", json_pack("{s:i, s:s, s:s, s:{s:s, s:i}, s:s, s:I}", "number", 1, "dossier", hex,
			"requester", "Canary", "item", "name", "Canary", "amount", MONEY, "signer_name", "Phạm Thị Thử",
			"signed_at", (json_int_t)1795500000000));
}

static void the_person_goes_and_the_rest_stays(void **state)
{
	static const char code[] = "CT18685.1-261124-0001", other[] = "CT18685.1-261124-0002";
	char alone[65], shared[65], page[65], photo[65];
	const char *mine[] = { alone, shared }, *theirs[] = { shared }, *reason = NULL;
	struct dossier_row row;
	struct erased erased;
	uint8_t id[16], paper[16];
	char hex[33];
	json_t *guided = store_fixture_example("intake.guided", 1);
	size_t events = 0;

	(void)state;
	content("%PDF-alone", alone);
	content("%PDF-shared", shared);
	content("page", page);
	content("photo", photo);
	run(pool_printf(board.pool, "INSERT INTO blob_source (board, made, role, position, sha256, turn, warnings)"
			" VALUES ('b18685-1', '%s', 'page', 1, '%s', 0, 0), ('b18685-1', '%s', 'photo', 1, '%s', 0, 0)",
			alone, page, page, photo));
	accept_with(1, code, "Canary Name", mine, 2);
	accept_with(2, other, "Nguyễn Văn Khác", theirs, 1);
	store_fixture_id(1, id);
	hex_encode(id, 16, hex);
	json_put(guided, "draft", hex);
	json_put(guided, "reason", "Canary");
	store_fixture_id(40, paper);
	act(paper, "intake.guided", guided);
	booked(41, "receipt", id);
	act(id, "fee.collected", json_pack("{s:[{s:s, s:s, s:i}], s:i, s:s, s:s, s:I}", "fees", "id", "le-phi", "name",
			"Lệ phí", "amount", MONEY, "total", MONEY, "method", "cash", "payer", "Canary", "collected_at",
			(json_int_t)1795500000000));
	act(id, "note.added", json_pack("{s:s}", "text", "Canary called"));
	act(id, "dossier.withdrawn", json_pack("{s:s, s:s}", "reason", "Canary", "asked_by", "Canary"));

	assert_int_equal(erase(code, &events, &reason), RC_OK);
	assert_int_equal(events, 6);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, code, &row), RC_OK);
	assert_string_equal(row.applicant, "");
	assert_string_equal(row.phone, "");
	assert_string_equal(row.procedure, "2.000635");
	assert_int_equal(row.facts.state, STATE_WITHDRAWN);
	assert_int_equal(row.received_at, 1795500000000);
	assert_int_equal(row.due_at, 1795600000000);
	assert_int_equal(row.fee_paid, MONEY);
	assert_int_equal(row.files_total, 0);
	assert_int_equal(number_of("SELECT count(*) FROM book_entry WHERE amount = 8000 AND requester = '' AND name = ''"), 1);
	assert_int_equal(number_of("SELECT count(*) FROM money WHERE amount = 8000 AND payer = ''"), 1);
	/* The other dossier's file has that name too. */
	assert_int_equal(number_of("SELECT count(*) FROM journal_body WHERE CAST(body AS TEXT) LIKE '%Canary%'"), 1);
	assert_false(here(alone) || here(page) || here(photo));
	assert_true(here(shared));
	assert_int_equal(dossier_find(board.store, board.pool, NULL, other, &row), RC_OK);
	assert_string_equal(row.applicant, "Nguyễn Văn Khác");

	assert_int_equal(dossier_find(board.store, board.pool, NULL, code, &row), RC_OK);
	assert_int_equal(erase_of(board.store, board.pool, &row, &erased), RC_OK);
	assert_string_equal(erased.erase.actor, "u-manager");
	assert_string_equal(erased.erase.approver, "u-second");
	assert_string_equal(erased.erase.ground, "request");
	assert_string_equal(erased.erase.number, "12/GYC");
	assert_int_equal(erase(code, &events, &reason), RC_OK);
	assert_int_equal(events, 0);
	store_fixture_rebuilds(&board);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, code, &row), RC_OK);
}

static void who_stands_in_a_book_of_certifications_stays(void **state)
{
	static const char code[] = "CT18685.1-261124-0001";
	const char *reason = NULL;
	size_t events = 0;
	uint8_t id[16];

	(void)state;
	accept_with(1, code, "Canary Name", NULL, 0);
	store_fixture_id(1, id);
	booked(41, "signature", id);
	act(id, "dossier.withdrawn", json_pack("{s:s}", "reason", "thôi"));
	assert_int_equal(erase(code, &events, &reason), RC_CONFLICT);
	assert_string_equal(reason, "erase.booked");
}

/* A power cut between the commit and the file: the next start takes it. */
static void a_file_that_was_left_goes_later(void **state)
{
	char hex[65], again[65];

	(void)state;
	content("left", hex);
	content("came again", again);
	run(pool_printf(board.pool, "INSERT INTO blob_erased (board, sha256, gone) VALUES ('b18685-1', '%s', 0),"
			" ('b18685-1', '%s', 0)", hex, again));
	run(pool_printf(board.pool, "DELETE FROM blob WHERE sha256 = '%s'", hex));
	assert_true(here(hex));
	assert_int_equal(erase_sweep(board.store), RC_OK);
	assert_false(here(hex));
	assert_true(here(again));
	assert_int_equal(number_of("SELECT count(*) FROM blob_erased WHERE gone = 0"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_kind_keeps_a_person),
		cmocka_unit_test(sums_and_receipts_stay),
		cmocka_unit_test_setup_teardown(the_person_goes_and_the_rest_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_stands_in_a_book_of_certifications_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_was_left_goes_later, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
