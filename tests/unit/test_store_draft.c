/*
 * test_store_draft.c: a draft's life: files, acceptance once however often it is asked for, the
 * number, the slip's secret at the lookup, receipts of contents, expiry.
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
#include "base/when.h"
#include "store/blob.h"
#include "store/dossier.h"
#include "store/draft.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "store/slip.h"
#include "store_fixture.h"

#define BOARD "b18685-1"
#define FORM(n) "0000000000000000000000000000000" n
#define JPEG "\xff\xd8\xff\xe0 not much of a picture"

static struct store_fixture board;

static int set_up(void **state)
{
	(void)state;
	store_fixture_init(&board, SIDE_BOARD, BOARD, NULL);
	assert_int_equal(slip_point_publish(board.store), RC_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&board);
	return 0;
}

static void new_draft(char id[33])
{
	json_t *data = json_pack("{s:{s:s}}", "applicant", "name", "Nguyễn Văn Thử");

	assert_int_equal(draft_new(board.store, "u-a", "Người A", data, id), RC_OK);
	json_decref(data);
}

/* Puts bytes into the spool and adopts them. */
static enum rc adopt(const char *bytes, struct blob *blob)
{
	const char *path = pool_printf(board.pool, "%s/up", board.settings->spool_dir);

	assert_int_equal(file_put(board.settings->spool_dir, "up", bytes, strlen(bytes), 0600), RC_OK);
	return blob_adopt(board.store, NULL, path, NULL, -1, true, blob);
}

static void add_file(const char *id, const char *component, const char *bytes, char sha256[65])
{
	struct blob blob;

	assert_int_equal(adopt(bytes, &blob), RC_OK);
	hex_encode(blob.sha256, 32, sha256);
	assert_int_equal(draft_file_add(board.store, id, component, sha256, blob.size, blob.type,
			"ảnh.jpg"), RC_OK);
}

static json_t *intake_body(void)
{
	json_t *body = store_fixture_accepted("", "Nguyễn Văn Thử", false);

	assert_int_equal(json_object_del(body, "code"), 0);
	assert_int_equal(json_object_del(body, "manifest"), 0);
	return body;
}

static enum rc accept_draft(const char *id, const char *form, char **location)
{
	const char *reason = NULL;
	json_t *body = intake_body();
	enum rc rc = draft_accept(board.store, board.pool, id, form, "u-clerk", body, location,
			&reason);

	json_decref(body);
	return rc;
}

static const char *code_of(const char *location)
{
	const char *at = location + strlen("/ho-so/");

	return pool_strndup(board.pool, at, strcspn(at, "/"));
}

static void draft_is_kept_as_typed(void **state)
{
	struct draft draft;
	struct draft_row *rows;
	size_t count;
	char id[33];

	(void)state;
	new_draft(id);
	assert_int_equal(draft_load(board.store, board.pool, id, &draft), RC_OK);
	assert_string_equal(draft.owner_name, "Người A");
	json_put(draft.data, "content", "việc khác");
	assert_int_equal(draft_save(board.store, id, draft.data), RC_OK);
	draft_free(&draft);
	assert_int_equal(draft_take(board.store, id, "u-b", "Người B"), RC_OK);
	assert_int_equal(draft_set_ticket(board.store, id, "A012"), RC_OK);
	assert_int_equal(draft_list(board.store, board.pool, 10, &rows, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].applicant, "Nguyễn Văn Thử");
	assert_string_equal(rows[0].owner_name, "Người B");
	assert_string_equal(rows[0].ticket, "A012");
	assert_int_equal(draft_load(board.store, board.pool, id, &draft), RC_OK);
	assert_string_equal(json_text(draft.data, "content"), "việc khác");
	draft_free(&draft);
	assert_int_equal(draft_delete(board.store, id), RC_OK);
	assert_int_equal(draft_delete(board.store, id), RC_NOT_FOUND);
	assert_int_equal(draft_set_ticket(board.store, id, "A013"), RC_NOT_FOUND);
	assert_int_equal(draft_file_add(board.store, id, "to-khai", "00", 1, "image/jpeg", ""),
			RC_NOT_FOUND);
}

static void accepted_once_however_often(void **state)
{
	struct dossier_file *files;
	struct dossier_row row;
	struct journal_head head;
	char id[33], other[33], sha256[65], *first, *again, *next;
	size_t count;

	(void)state;
	new_draft(id);
	add_file(id, "to-khai", JPEG, sha256);
	add_file(id, "to-khai", JPEG "2", sha256);
	add_file(id, "giay-to", JPEG "3", sha256);
	assert_int_equal(accept_draft(id, FORM("1"), &first), RC_OK);
	assert_int_equal(accept_draft(id, FORM("1"), &again), RC_EXISTS);
	assert_string_equal(first, again);
	/* Another form of the same draft, from the neighbour's tablet. */
	assert_int_equal(accept_draft(id, FORM("2"), &again), RC_EXISTS);
	assert_string_equal(first, again);
	assert_int_equal(journal_head_get(board.store, BOARD, AUTHOR_BOARD, &head), RC_OK);
	assert_int_equal(head.seq, 1);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, code_of(first), &row), RC_OK);
	assert_string_equal(row.id_hex, id);
	assert_int_equal(row.files_total, 3);
	assert_int_equal(row.files_here, 3);
	assert_int_equal(dossier_files(board.store, board.pool, &row, false, &files, &count), RC_OK);
	assert_int_equal(count, 3);
	assert_true(files[0].here && files[2].here);
	/* The next number of the day, and the draft is gone. */
	new_draft(other);
	assert_int_equal(accept_draft(other, FORM("3"), &next), RC_OK);
	assert_string_equal(strrchr(code_of(first), '-'), "-0001");
	assert_string_equal(strrchr(code_of(next), '-'), "-0002");
	assert_int_equal(accept_draft("00000000000000000000000000000000", FORM("4"), &again),
			RC_NOT_FOUND);
	store_fixture_rebuilds(&board);
}

static void voided_number_is_burnt(void **state)
{
	char id[33], *first, *next;
	uint8_t raw[16];

	(void)state;
	new_draft(id);
	assert_int_equal(accept_draft(id, FORM("1"), &first), RC_OK);
	assert_int_equal(hex_decode(id, raw, 16), RC_OK);
	assert_int_equal(store_fixture_act(&board, NULL, raw, "dossier.voided", "u-clerk",
			json_pack("{s:s, s:s}", "reason", "nhập nhầm", "approver", "u-manager")), RC_OK);
	store_fixture_rebuilds(&board);
	new_draft(id);
	assert_int_equal(accept_draft(id, FORM("2"), &next), RC_OK);
	assert_string_equal(strrchr(code_of(next), '-'), "-0002");
}

static void slip_opens_its_status_and_no_other(void **state)
{
	struct store *lookup = store_fixture_open(&board, STORE_PUBLIC);
	struct slip_secret secret, other;
	struct slip_status status;
	char id[33], *location, typed[16];
	uint8_t raw[16];
	const char *code;
	int i;

	(void)state;
	new_draft(id);
	assert_int_equal(accept_draft(id, FORM("1"), &location), RC_OK);
	code = code_of(location);
	assert_int_equal(hex_decode(id, raw, 16), RC_OK);
	assert_int_equal(slip_make(board.store, raw, 1, &secret), RC_OK);
	assert_int_equal(slip_make(board.store, raw, 2, &other), RC_OK);
	assert_string_not_equal(secret.qr, other.qr);
	assert_int_equal(slip_lookup(lookup, board.pool, code, secret.qr, &status), RC_OK);
	assert_int_equal(status.state, STATE_ACCEPTED);
	assert_string_equal(status.point_name, "Điểm thử");
	assert_false(status.replaced);
	(void)snprintf(typed, sizeof(typed), "%.4s-%.4s", secret.typed, secret.typed + 4);
	assert_int_equal(slip_lookup(lookup, board.pool, code, typed, &status), RC_OK);
	assert_int_equal(slip_lookup(lookup, board.pool, code, other.qr, &status), RC_NOT_FOUND);
	assert_int_equal(slip_lookup(lookup, board.pool, "CT18685.1-261124-0999", secret.qr, &status),
			RC_NOT_FOUND);
	/* A new slip: the old one says that it was replaced. */
	assert_int_equal(store_fixture_act(&board, NULL, raw, "slip.replaced", "u-clerk",
			json_pack("{s:{s:i, s:s, s:s}, s:i, s:s}", "slip", "no", 2, "hash", other.hash,
			"typed_hash", other.typed_hash, "old_no", 1, "reason", "mất")), RC_OK);
	assert_int_equal(slip_lookup(lookup, board.pool, code, other.qr, &status), RC_OK);
	assert_false(status.replaced);
	assert_int_equal(slip_lookup(lookup, board.pool, code, secret.qr, &status), RC_OK);
	assert_true(status.replaced);
	/* Ten wrong answers an hour, then it waits, for a guessed code alike. */
	for (i = 0; i < 12; i++)
		assert_int_not_equal(slip_lookup(lookup, board.pool, code, "AAAA-AAAA", &status), RC_OK);
	assert_int_equal(slip_lookup(lookup, board.pool, code, "AAAA-AAAA", &status), RC_BUSY);
	for (i = 0; i < 12; i++)
		assert_int_not_equal(slip_lookup(lookup, board.pool, "CT18685.1-261124-0998",
				"AAAA-AAAA", &status), RC_OK);
	assert_int_equal(slip_lookup(lookup, board.pool, "CT18685.1-261124-0998", "AAAA-AAAA",
			&status), RC_BUSY);
	store_close(lookup);
}

static void public_database_comes_back_from_the_journal(void **state)
{
	struct slip_secret secret;
	struct slip_status status;
	char id[33], *location;
	uint8_t raw[16];

	(void)state;
	new_draft(id);
	assert_int_equal(accept_draft(id, FORM("1"), &location), RC_OK);
	store_close(board.store);
	assert_int_equal(unlink(pool_printf(board.pool, "%s/public/public.db", board.dir)), 0);
	(void)unlink(pool_printf(board.pool, "%s/public/public.db-wal", board.dir));
	(void)unlink(pool_printf(board.pool, "%s/public/public.db-shm", board.dir));
	assert_int_equal(db_migrate(board.settings, DB_PUBLIC), RC_OK);
	board.store = store_fixture_open(&board, STORE_TRAM | STORE_PUBLIC);
	assert_int_equal(slip_point_publish(board.store), RC_OK);
	assert_int_equal(slip_publish(board.store), RC_OK);
	assert_int_equal(hex_decode(id, raw, 16), RC_OK);
	assert_int_equal(slip_make(board.store, raw, 1, &secret), RC_OK);
	assert_int_equal(slip_lookup(board.store, board.pool, code_of(location), secret.qr, &status),
			RC_OK);
}

static void contents_go_by_due_time_after_their_events(void **state)
{
	struct journal_head head;
	struct link_blob *rows;
	struct dossier_row row;
	char id[33], sha256[65], *location;
	size_t count;

	(void)state;
	new_draft(id);
	add_file(id, "to-khai", JPEG, sha256);
	assert_int_equal(accept_draft(id, FORM("1"), &location), RC_OK);
	assert_int_equal(linkstate_blobs_to_send(board.store, board.pool, LINK_BY_DUE, 9, &rows, &count), RC_OK);
	assert_int_equal(count, 0);
	assert_int_equal(journal_head_get(board.store, BOARD, AUTHOR_BOARD, &head), RC_OK);
	assert_int_equal(linkstate_receipt(board.store, 1, head.seq, head.hash, "jws"), RC_OK);
	assert_int_equal(linkstate_blobs_to_send(board.store, board.pool, LINK_BY_DUE, 9, &rows, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].sha256, sha256);
	assert_int_equal(linkstate_blob_url(board.store, sha256, "https://x/1"), RC_OK);
	assert_int_equal(linkstate_blobs_to_send(board.store, board.pool, LINK_BY_DUE, 9, &rows, &count), RC_OK);
	assert_string_equal(rows[0].upload_url, "https://x/1");
	assert_int_equal(linkstate_blob_receipt(board.store,
			&(struct link_blob_receipt){ .sha256 = sha256, .jws = "jws", .at = 5 }), RC_OK);
	assert_int_equal(linkstate_blobs_to_send(board.store, board.pool, LINK_BY_DUE, 9, &rows, &count), RC_OK);
	assert_int_equal(count, 0);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, code_of(location), &row), RC_OK);
	assert_int_equal(row.files_sent, 1);
}

static void type_is_told_by_content(void **state)
{
	struct blob blob;

	(void)state;
	assert_int_equal(adopt("<html>not a picture</html>", &blob), RC_INVALID);
	assert_int_equal(adopt("%PDF-1.7 …", &blob), RC_OK);
	assert_string_equal(blob.type, "application/pdf");
	assert_true(access(pool_printf(board.pool, "%s/up", board.settings->spool_dir), F_OK) != 0);
}

static void damaged_content_is_not_given_out(void **state)
{
	const char *path;
	struct blob blob;
	char sha256[65], *out;

	(void)state;
	assert_int_equal(adopt(JPEG, &blob), RC_OK);
	hex_encode(blob.sha256, 32, sha256);
	assert_int_equal(blob_link_out(board.store, board.pool, NULL, blob.sha256, &out), RC_OK);
	assert_int_equal(access(out, R_OK), 0);
	path = pool_printf(board.pool, "%s/%s", board.settings->blob_dir, sha256);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_put(board.settings->blob_dir, sha256, JPEG "!", strlen(JPEG "!"), 0600),
			RC_OK);
	assert_int_equal(blob_check(board.store, board.pool, NULL, blob.sha256, &out), RC_PROTOCOL);
}

static void given_up_drafts_and_their_files_go(void **state)
{
	const int64_t later = when_now_ms() + 8 * WHEN_DAY_MS;
	struct draft draft;
	struct blob blob;
	char id[33], kept[33], lost[65], shared[65], *location;
	uint8_t sha256[32];

	(void)state;
	new_draft(kept);
	add_file(kept, "to-khai", JPEG "shared", shared);
	assert_int_equal(accept_draft(kept, FORM("1"), &location), RC_OK);
	new_draft(id);
	add_file(id, "to-khai", JPEG "shared", shared);
	add_file(id, "to-khai", JPEG "lost", lost);
	assert_int_equal(draft_expire(board.store, when_now_ms()), RC_OK);
	assert_int_equal(draft_load(board.store, board.pool, id, &draft), RC_OK);
	draft_free(&draft);
	assert_int_equal(draft_expire(board.store, later), RC_OK);
	assert_int_equal(draft_load(board.store, board.pool, id, &draft), RC_NOT_FOUND);
	assert_int_equal(hex_decode(lost, sha256, 32), RC_OK);
	assert_int_equal(blob_find(board.store, NULL, sha256, &blob), RC_NOT_FOUND);
	assert_true(access(pool_printf(board.pool, "%s/%s", board.settings->blob_dir, lost), F_OK) != 0);
	assert_int_equal(hex_decode(shared, sha256, 32), RC_OK);
	assert_int_equal(blob_find(board.store, NULL, sha256, &blob), RC_OK);
	assert_true(access(pool_printf(board.pool, "%s/%s", board.settings->blob_dir, shared), F_OK) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(draft_is_kept_as_typed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(accepted_once_however_often, set_up, tear_down),
		cmocka_unit_test_setup_teardown(voided_number_is_burnt, set_up, tear_down),
		cmocka_unit_test_setup_teardown(slip_opens_its_status_and_no_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(public_database_comes_back_from_the_journal, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(contents_go_by_due_time_after_their_events, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(type_is_told_by_content, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damaged_content_is_not_given_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(given_up_drafts_and_their_files_go, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
