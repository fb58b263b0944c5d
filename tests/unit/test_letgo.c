/*
 * test_letgo.c: promise 5, line by line: a scan leaves the board only when a receipt of the center's
 * current epoch covers it, a verified copy that the center announced holds it, and the hold time lies
 * between the two; and what is erased stays erased, whatever old copy is put back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "link/issue.h"
#include "link/wire.h"
#include "store/blob.h"
#include "store/copy.h"
#include "store/letgo.h"
#include "store/linkstate.h"
#include "store_fixture.h"

#define BOARD "b18685-1"
#define EVERYTHING INT64_MAX

static struct store_fixture board, center;
static struct jws_key *key;
static char copy_dir[300];

static int set_up(void **state)
{
	char *private_pem, *public_pem;

	(void)state;
	store_fixture_init(&board, SIDE_BOARD, BOARD, NULL);
	store_fixture_init(&center, SIDE_CENTER, NULL, NULL);
	board.settings->hold_days = 0;
	assert_int_equal(cert_key_new(board.pool, &private_pem, &public_pem), RC_OK);
	assert_int_equal(jws_key_parse(private_pem, &key), RC_OK);
	(void)snprintf(copy_dir, sizeof(copy_dir), "%s/copy", center.dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	jws_key_free(key);
	store_fixture_free(&center);
	store_fixture_free(&board);
	return 0;
}

/* ---- a small world ---- */

static void ship(enum event_author author)
{
	struct store *from = author == AUTHOR_BOARD ? board.store : center.store;
	struct store *to = author == AUTHOR_BOARD ? center.store : board.store;
	struct pool *pool = pool_new();
	struct journal_head head;
	struct journal_row *rows;
	const char *why;
	size_t count, i;

	assert_int_equal(journal_head_get(to, BOARD, author, &head), RC_OK);
	assert_int_equal(journal_read(from, pool, BOARD, author, head.seq, 1000, SIZE_MAX, &rows, &count), RC_OK);
	assert_int_equal(store_begin(to, false), RC_OK);
	for (i = 0; i < count; i++)
		assert_int_equal(journal_receive(to, BOARD, author, rows[i].header, rows[i].header_len,
				rows[i].event.salt, rows[i].event.body, rows[i].event.body_len, &why), RC_OK);
	if (author == AUTHOR_BOARD)
		assert_int_equal(linkstate_settle(to, BOARD, head.seq), RC_OK);
	assert_int_equal(store_commit(to), RC_OK);
	pool_free(pool);
}

/* Puts a content of n into a side's store; its hash. */
static const char *adopt(struct store_fixture *side, unsigned n)
{
	char *hex = pool_alloc(board.pool, 65), *text = pool_printf(board.pool, "%%PDF-1.4 scan %u %2000u", n, n);
	struct blob blob;

	assert_int_equal(file_put(side->settings->spool_dir, "up", text, strlen(text), 0600), RC_OK);
	assert_int_equal(blob_adopt(side->store, BOARD, pool_printf(board.pool, "%s/up",
			side->settings->spool_dir), NULL, -1, false, &blob), RC_OK);
	hex_encode(blob.sha256, 32, hex);
	return hex;
}

static int64_t size_of(unsigned n)
{
	return (int64_t)strlen(pool_printf(board.pool, "%%PDF-1.4 scan %u %2000u", n, n));
}

/* Dossier n with content n, given up again when over. */
static const char *accepted(unsigned n, const char *name, bool over)
{
	const char *hex = adopt(&board, n);
	json_t *body;
	uint8_t id[16];
	char code[32];

	store_fixture_code(n, code);
	store_fixture_id(n, id);
	body = store_fixture_accepted(code, name, false);
	assert_int_equal(json_object_set_new(body, "manifest", json_pack("{s:i, s:[{s:s, s:[{s:s, s:I, s:s, s:s}]}]}",
			"version", 1, "items", "component", "don", "files", "sha256", hex, "size",
			(json_int_t)size_of(n), "type", "application/pdf", "name", "don.pdf")), 0);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk", body), RC_OK);
	if (over)
		assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.withdrawn", "u-clerk",
				store_fixture_example("dossier.withdrawn", 1)), RC_OK);
	return hex;
}

/* The center takes content n and answers; the board stores the answer. */
static void send(unsigned n)
{
	const struct jws_key *keys[] = { key };
	struct link_blob_receipt receipt = { 0 };
	const char *hex = adopt(&center, n);
	struct wire_blob wire;
	char *token, *payload;
	size_t len;

	assert_int_equal(issue_blob(center.store, board.pool, key, BOARD, hex, size_of(n), &token), RC_OK);
	assert_int_equal(jws_verify(board.pool, keys, 1, "tram-blob", token, &payload, &len), RC_OK);
	assert_int_equal(wire_blob_parse(board.pool, payload, len, &wire), RC_OK);
	assert_true(wire.no > 0 && wire.center_epoch > 0);
	receipt.sha256 = hex;
	receipt.jws = token;
	receipt.at = wire.at_ms;
	receipt.center_epoch = wire.center_epoch;
	receipt.no = wire.no;
	assert_int_equal(linkstate_blob_receipt(board.store, &receipt), RC_OK);
}

static void tell(void *arg, const char *name, enum event_author author, uint64_t seq, const char *what)
{
	(void)author, (void)seq;
	(void)arg, (void)name, (void)what;
}

static enum rc copy_now(void)
{
	struct copy_totals totals;
	enum rc rc = copy_make(center.store, copy_dir, "disk-2", tell, NULL, &totals);

	ship(AUTHOR_CENTER);
	return rc;
}

static int64_t let_go(int64_t bytes)
{
	int64_t freed;

	assert_int_equal(letgo_oldest(board.store, bytes, &freed), RC_OK);
	return freed;
}

static bool is_here(const char *hex)
{
	struct stat st;
	struct blob blob;
	uint8_t hash[32];
	bool row, file, gone;

	assert_int_equal(hex_decode(hex, hash, 32), RC_OK);
	row = blob_find(board.store, NULL, hash, &blob) == RC_OK;
	file = stat(blob_path(board.store, board.pool, hash), &st) == 0;
	assert_int_equal(letgo_is_gone(board.store, hex, &gone), RC_OK);
	assert_int_equal(row, file);
	assert_int_equal(row, !gone);
	return row;
}

static void whole(struct store_fixture *side)
{
	struct journal_totals totals;

	assert_int_equal(journal_verify(side->store, true, tell, NULL, &totals), RC_OK);
	store_fixture_rebuilds(side);
}

/* ---- the rule ---- */

static void each_condition_counts(void **state)
{
	const char *hex = accepted(1, "Nguyễn Văn Thử", true);

	(void)state;
	assert_int_equal(let_go(EVERYTHING), 0);	/* no receipt */
	ship(AUTHOR_BOARD);
	assert_int_equal(copy_now(), RC_OK);		/* a copy from before the content came */
	send(1);
	ship(AUTHOR_CENTER);
	assert_int_equal(let_go(EVERYTHING), 0);	/* no copy holds it */
	assert_int_equal(copy_now(), RC_OK);
	board.settings->hold_days = 30;
	assert_int_equal(let_go(EVERYTHING), 0);	/* the hold time has not passed */
	board.settings->hold_days = 0;
	assert_true(is_here(hex));
	assert_int_equal(let_go(EVERYTHING), size_of(1));
	assert_false(is_here(hex));
	whole(&board);
	whole(&center);
}

/* The center's clock was set back between the copy and the receipt: the receipt looks older than the copy. */
static void numbers_not_clocks_say_what_a_copy_holds(void **state)
{
	const char *hex = accepted(1, "Nguyễn Văn Thử", true);
	struct stmt *stmt;

	(void)state;
	ship(AUTHOR_BOARD);
	assert_int_equal(copy_now(), RC_OK);
	send(1);
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	stmt = db_stmt(board.store->tram, "UPDATE blob_receipt SET at = 1");
	assert_int_equal(stmt_run(stmt), RC_OK);
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	assert_int_equal(let_go(EVERYTHING), 0);
	assert_true(is_here(hex));
	assert_int_equal(copy_now(), RC_OK);
	assert_int_equal(let_go(EVERYTHING), size_of(1));
}

static void an_open_dossier_keeps_its_scans(void **state)
{
	const char *open = accepted(1, "Nguyễn Văn Thử", false), *over = accepted(2, "Trần Thị Mẫu", true);

	(void)state;
	ship(AUTHOR_BOARD);
	send(1);
	send(2);
	assert_int_equal(copy_now(), RC_OK);
	assert_int_equal(let_go(EVERYTHING), size_of(2));
	assert_true(is_here(open));
	assert_false(is_here(over));
	/* Sent and let go: neither is offered again. */
	{
		struct link_blob *rows;
		size_t count;

		assert_int_equal(linkstate_blobs_to_send(board.store, board.pool, LINK_BY_DUE, 9, &rows, &count),
				RC_OK);
		assert_int_equal(count, 0);
		assert_int_equal(linkstate_blobs_to_fetch(board.store, board.pool, 9, &rows, &count), RC_OK);
		assert_int_equal(count, 0);
	}
}

static void the_oldest_go_first_and_no_more_than_needed(void **state)
{
	const char *hex[5];
	unsigned n;

	(void)state;
	for (n = 0; n < 5; n++)
		hex[n] = accepted(n + 1, "Nguyễn Văn Thử", true);
	ship(AUTHOR_BOARD);
	for (n = 5; n > 0; n--)		/* the last was sent first */
		send(n);
	assert_int_equal(copy_now(), RC_OK);
	assert_int_equal(let_go(size_of(1) + 1), 2 * size_of(1));
	assert_false(is_here(hex[4]));
	assert_false(is_here(hex[3]));
	assert_true(is_here(hex[2]) && is_here(hex[1]) && is_here(hex[0]));
	assert_int_equal(let_go(EVERYTHING), 3 * size_of(1));
	whole(&board);
}

/* A copy and receipts of a center that was put back since count for nothing. */
static void another_epoch_counts_for_nothing(void **state)
{
	struct stmt *stmt;

	(void)state;
	(void)accepted(1, "Nguyễn Văn Thử", true);
	ship(AUTHOR_BOARD);
	send(1);
	assert_int_equal(copy_now(), RC_OK);
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	stmt = db_stmt(board.store->tram, "UPDATE blob_receipt SET center_epoch = center_epoch + 1");
	assert_int_equal(stmt_run(stmt), RC_OK);
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	assert_int_equal(let_go(EVERYTHING), 0);
}

/* The power goes between the row and the file: the file is too many, and goes at the next start. */
static void a_cut_between_row_and_file(void **state)
{
	const char *hex = accepted(1, "Nguyễn Văn Thử", true);
	struct stmt *stmt;
	uint8_t hash[32];
	struct stat st;

	(void)state;
	ship(AUTHOR_BOARD);
	send(1);
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	stmt = db_stmt(board.store->tram, "UPDATE blob_receipt SET gone = 1");
	assert_int_equal(stmt_run(stmt), RC_OK);
	stmt = db_stmt(board.store->tram, "DELETE FROM blob");
	assert_int_equal(stmt_run(stmt), RC_OK);
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	whole(&board);
	assert_int_equal(letgo_sweep(board.store), RC_OK);
	assert_int_equal(hex_decode(hex, hash, 32), RC_OK);
	assert_int_not_equal(stat(blob_path(board.store, board.pool, hash), &st), 0);
	assert_false(is_here(hex));
	/* The same paper comes again: kept, and known as here. */
	assert_string_equal(adopt(&board, 1), hex);
	assert_true(is_here(hex));
}

/* ---- the copy ---- */

static void a_copy_with_a_fault_is_not_announced(void **state)
{
	const char *hex = accepted(1, "Nguyễn Văn Thử", true), *path, *there;
	struct journal_head before, after;

	(void)state;
	ship(AUTHOR_BOARD);
	send(1);
	path = pool_printf(board.pool, "%s/" BOARD "/%s", center.settings->blob_dir, hex);
	assert_int_equal(rename(path, pool_printf(board.pool, "%s/aside", center.dir)), 0);
	assert_int_equal(journal_head_get(center.store, BOARD, AUTHOR_CENTER, &before), RC_OK);
	assert_int_equal(copy_now(), RC_PROTOCOL);
	assert_int_equal(journal_head_get(center.store, BOARD, AUTHOR_CENTER, &after), RC_OK);
	assert_int_equal(before.seq, after.seq);
	assert_int_equal(let_go(EVERYTHING), 0);
	assert_int_equal(rename(pool_printf(board.pool, "%s/aside", center.dir), path), 0);
	assert_int_equal(copy_now(), RC_OK);
	/* A bit rots on the second disk: the next copy sees it and puts it right. */
	there = pool_printf(board.pool, "%s/blobs/" BOARD "/%s", copy_dir, hex);
	assert_int_equal(truncate(there, 5), 0);
	assert_int_equal(copy_now(), RC_OK);
	{
		struct stat st;

		assert_int_equal(stat(there, &st), 0);
		assert_int_equal(st.st_size, size_of(1));
	}
}

/* ---- an erase, and an old copy put back ---- */

static bool holds(const char *path, const char *word)
{
	struct pool *pool = pool_new();
	size_t len = 0, i, word_len = strlen(word);
	bool found = false;
	char *bytes;
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		DIR *dir = opendir(path);
		struct dirent *entry;

		while ((entry = readdir(dir))) {
			if (entry->d_name[0] != '.')
				found = holds(pool_printf(pool, "%s/%s", path, entry->d_name), word) || found;
		}
		closedir(dir);
	} else if (file_read(pool, path, 1u << 30, &bytes, &len) == RC_OK) {
		for (i = 0; i + word_len <= len && !found; i++)
			found = memcmp(bytes + i, word, word_len) == 0;
	}
	pool_free(pool);
	return found;
}

static bool any_holds(const char *dir)
{
	return holds(dir, "Zzcanary") || holds(dir, "zzcanary") || holds(dir, "qqerased");
}

static void restore(struct store_fixture *side, const char *from)
{
	static const char *const ends[] = { "-wal", "-shm" };
	const char *target = pool_printf(board.pool, "%s/tram.db", side->settings->db_dir);
	char *bytes;
	size_t len, i;

	store_close(side->store);
	for (i = 0; i < 2; i++)
		(void)unlink(pool_printf(board.pool, "%s%s", target, ends[i]));
	assert_int_equal(file_read(board.pool, from, 1u << 30, &bytes, &len), RC_OK);
	assert_int_equal(file_put(side->settings->db_dir, "tram.db", bytes, len, 0660), RC_OK);
	(void)unlink(from);
	memset(bytes, 0, len);
	assert_int_equal(store_open(side->settings, STORE_TRAM | STORE_PUBLIC | STORE_AUTH, &side->store), RC_OK);
}

static void what_is_erased_stays_erased_after_an_old_copy(void **state)
{
	struct journal_row *rows;
	uint8_t id[16], station[16] = { 0 };
	char hash[65], *old = pool_printf(board.pool, "%s/old.db", center.dir);
	size_t count;

	(void)state;
	store_fixture_id(1, id);
	(void)accepted(1, "Zzcanary Qqerased", true);
	ship(AUTHOR_BOARD);
	assert_int_equal(copy_now(), RC_OK);
	assert_true(any_holds(copy_dir));
	/* Somebody keeps the old copy elsewhere. */
	assert_int_equal(rename(pool_printf(board.pool, "%s/tram.db", copy_dir), old), 0);
	assert_int_equal(journal_subject(board.store, board.pool, BOARD, id, &rows, &count), RC_OK);
	hex_encode(rows[0].event.hash, 32, hash);
	assert_int_equal(store_fixture_act(&board, NULL, station, "body.erased", "u-manager",
			json_pack("{s:s, s:i, s:s, s:s}", "author", "board", "seq", (int)rows[0].event.seq,
			"hash", hash, "ground", "yêu cầu")), RC_OK);
	ship(AUTHOR_BOARD);
	assert_int_equal(copy_now(), RC_OK);
	assert_true(holds(old, "Zzcanary"));
	restore(&center, old);
	assert_true(any_holds(center.settings->db_dir));
	/* The board offers again what the restored center lacks, the erase among it. */
	ship(AUTHOR_BOARD);
	assert_false(any_holds(center.dir));
	assert_false(any_holds(board.dir));
	whole(&center);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_condition_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(numbers_not_clocks_say_what_a_copy_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_open_dossier_keeps_its_scans, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_oldest_go_first_and_no_more_than_needed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_epoch_counts_for_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cut_between_row_and_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_copy_with_a_fault_is_not_announced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_erased_stays_erased_after_an_old_copy, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
