/*
 * test_tamper.c: somebody with the database file in hands: triggers dropped, events altered, taken
 * away, receipts removed: verify says so. And what was erased stands in no file any more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/file.h"
#include "crypt/hash.h"
#include "store/draft.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "store_fixture.h"

static struct store_fixture board;
static char said[2048];

static enum rc accept(unsigned n, const char *code, const char *name)
{
	uint8_t id[16];

	store_fixture_id(n, id);
	return store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted(code, name, false));
}

/* Two dossiers, the second one's event under a receipt. */
static int set_up(void **state)
{
	struct journal_head head;

	(void)state;
	store_fixture_init(&board, SIDE_BOARD, NULL, NULL);
	assert_int_equal(accept(1, "CT18685.1-261124-0001", "Nguyễn Văn Thử"), RC_OK);
	assert_int_equal(accept(2, "CT18685.1-261124-0002", "Canary Tobeerased"), RC_OK);
	assert_int_equal(journal_head_get(board.store, "b18685-1", AUTHOR_BOARD, &head), RC_OK);
	assert_int_equal(linkstate_receipt(board.store, 1, 2, head.hash, "jws"), RC_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&board);
	return 0;
}

static void run(const char *sql)
{
	assert_int_equal(stmt_run(db_stmt(board.store->tram, sql)), RC_OK);
}

static void note(void *arg, const char *name, enum event_author author, uint64_t seq,
		const char *what)
{
	(void)arg;
	(void)name;
	(void)author;
	(void)seq;
	(void)strncat(said, what, sizeof(said) - strlen(said) - 2);
	(void)strncat(said, "\n", 2);
}

static uint64_t faults(void)
{
	struct journal_totals totals;
	enum rc rc;

	said[0] = '\0';
	rc = journal_verify(board.store, true, note, NULL, &totals);
	assert_int_equal(rc, totals.faults > 0 ? RC_PROTOCOL : RC_OK);
	return totals.faults;
}

static void says(const char *what)
{
	assert_true(faults() > 0);
	if (!strstr(said, what))
		fail_msg("verify says: %s", said);
}

static void triggers_stand_against_mistakes(void **state)
{
	static const char *const mistakes[] = {
		"UPDATE journal SET header = x'00' WHERE seq = 1",
		"DELETE FROM journal WHERE seq = 1",
		"UPDATE journal_body SET body = x'00' WHERE seq = 1",
		"DELETE FROM journal_body WHERE seq = 1",
		"UPDATE journal_head SET seq = 1 WHERE author = 0",
		"DELETE FROM journal_head",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		assert_int_equal(db_write_begin(board.store->tram), RC_OK);
		assert_int_equal(stmt_run(db_stmt(board.store->tram, mistakes[i])), RC_CONFLICT);
		db_write_abort(board.store->tram);
	}
	assert_int_equal(faults(), 0);
}

static void altered_body_is_noticed(void **state)
{
	(void)state;
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	run("DROP TRIGGER journal_body_no_update");
	run("UPDATE journal_body SET body = CAST(replace(CAST(body AS TEXT), 'Nguy', 'Nguz') AS BLOB)");
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	says("the body does not fit its hash");
}

static void altered_header_is_noticed(void **state)
{
	(void)state;
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	run("DROP TRIGGER journal_no_update");
	run("UPDATE journal SET header = CAST(replace(CAST(header AS TEXT), 'u-clerk', 'u-other')"
			" AS BLOB) WHERE seq = 1");
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	says("the chain is broken before this event");
}

static void body_taken_away_without_an_erase_is_noticed(void **state)
{
	(void)state;
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	run("DROP TRIGGER journal_body_erase_only");
	run("DELETE FROM journal_body WHERE seq = 1");
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	says("the body is missing, and no event erased it");
}

/* The last event altered and every hash made to fit: the chain alone says nothing, the receipt does. */
static void chain_written_anew_is_noticed_by_the_receipt(void **state)
{
	struct journal_row *rows;
	struct stmt *stmt;
	uint8_t hash[32];
	size_t count;
	char *header, *actor;

	(void)state;
	assert_int_equal(journal_read(board.store, board.pool, "b18685-1", AUTHOR_BOARD, 1, 1, 1, &rows,
			&count), RC_OK);
	header = pool_strndup(board.pool, rows[0].header, rows[0].header_len);
	actor = strstr(header, "u-clerk");
	assert_non_null(actor);
	memcpy(actor, "u-other", 7);
	hash_sha256(header, rows[0].header_len, hash);
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	run("DROP TRIGGER journal_no_update");
	stmt = db_stmt(board.store->tram, "UPDATE journal SET header = $1, hash = $2 WHERE seq = 2");
	stmt_blob(stmt, 1, header, rows[0].header_len);
	stmt_blob(stmt, 2, hash, sizeof(hash));
	assert_int_equal(stmt_run(stmt), RC_OK);
	stmt = db_stmt(board.store->tram, "UPDATE journal_head SET hash = $1 WHERE author = 0");
	stmt_blob(stmt, 1, hash, sizeof(hash));
	assert_int_equal(stmt_run(stmt), RC_OK);
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	says("the receipt of this position is of another event");
	assert_int_equal(faults(), 1);
}

static void cut_off_end_is_noticed(void **state)
{
	(void)state;
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	run("DROP TRIGGER journal_no_delete");
	run("DROP TRIGGER journal_body_erase_only");
	run("DROP TRIGGER journal_head_forward");
	run("DELETE FROM journal WHERE seq = 2");
	run("DELETE FROM journal_body WHERE seq = 2");
	run("UPDATE journal_head SET seq = 1, hash = (SELECT hash FROM journal WHERE seq = 1)"
			" WHERE author = 0");
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	says("the receipt of this position is of another event");
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	run("DELETE FROM receipt");
	assert_int_equal(db_write_commit(board.store->tram), RC_OK);
	says("the receipt of this position is gone");
}

static void content_that_was_lost_is_noticed(void **state)
{
	uint8_t id[16];
	json_t *body = store_fixture_accepted("CT18685.1-261124-0003", "Ba", false);

	(void)state;
	assert_int_equal(faults(), 0);
	json_object_set_new(body, "manifest", json_pack("{s:i, s:[{s:s, s:[{s:s, s:i, s:s}]}]}",
			"version", 1, "items", "component", "to-khai", "files", "sha256",
			"00000000000000000000000000000000000000000000000000000000000000aa", "size", 9,
			"type", "image/png"));
	store_fixture_id(3, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk", body),
			RC_OK);
	says("the content 00000000000000000000000000000000000000000000000000000000000000aa is named "
			"and not here");
}

/* How many files of the data folder hold the word, in any of its forms. */
static unsigned holding(const char *dir, const char *word, unsigned depth)
{
	DIR *listing = opendir(dir);
	struct dirent *entry;
	unsigned found = 0;

	assert_non_null(listing);
	while ((entry = readdir(listing))) {
		struct pool *pool = pool_new();
		char *path = pool_printf(pool, "%s/%s", dir, entry->d_name), *bytes;
		size_t len, word_len = strlen(word), at;
		struct stat info = { 0 };

		if (entry->d_name[0] != '.')
			assert_int_equal(lstat(path, &info), 0);
		if (S_ISDIR(info.st_mode) && depth < 3)
			found += holding(path, word, depth + 1);
		else if (S_ISREG(info.st_mode)
				&& file_read(pool, path, 64 * 1024 * 1024, &bytes, &len) == RC_OK) {
			for (at = 0; at + word_len <= len && memcmp(bytes + at, word, word_len) != 0;)
				at++;
			found += at + word_len <= len;
		}
		pool_free(pool);
	}
	(void)closedir(listing);
	return found;
}

static void erased_words_stand_in_no_file(void **state)
{
	uint8_t station[16] = { 7 };
	struct journal_row *rows;
	char hash[65];
	size_t count;

	(void)state;
	assert_int_equal(journal_read(board.store, board.pool, "b18685-1", AUTHOR_BOARD, 1, 1, 1, &rows,
			&count), RC_OK);
	hex_encode(rows[0].event.hash, 32, hash);
	assert_true(holding(board.dir, "Tobeerased", 0) > 0);
	assert_true(holding(board.dir, "tobeerased", 0) > 0);
	assert_int_equal(store_fixture_act(&board, NULL, station, "body.erased", "u-manager",
			json_pack("{s:s, s:i, s:s, s:s}", "author", "board", "seq", 2, "hash", hash,
			"ground", "yêu cầu")), RC_OK);
	assert_int_equal(holding(board.dir, "Tobeerased", 0), 0);
	assert_int_equal(holding(board.dir, "tobeerased", 0), 0);
	assert_int_equal(faults(), 0);
}

/* A cut between naming the file and telling the tablet: the tablet sends it again. */
static void file_sent_twice_is_listed_once(void **state)
{
	static const char a[] = "00000000000000000000000000000000000000000000000000000000000000aa";
	static const char b[] = "00000000000000000000000000000000000000000000000000000000000000bb";
	struct draft_file *files;
	char id[33];
	size_t count;

	(void)state;
	assert_int_equal(draft_new(board.store, "u-clerk", "Thử", NULL, id), RC_OK);
	assert_int_equal(draft_file_add(board.store, id, "to-khai", a, 9, "image/png", "1"), RC_OK);
	assert_int_equal(draft_file_add(board.store, id, "to-khai", b, 9, "image/png", "2"), RC_OK);
	assert_int_equal(draft_file_add(board.store, id, "to-khai", a, 9, "image/png", "1"), RC_OK);
	assert_int_equal(draft_file_list(board.store, board.pool, id, &files, &count), RC_OK);
	assert_int_equal(count, 2);
	assert_int_equal(draft_file_add(board.store, id, "khac", a, 9, "image/png", "1"), RC_OK);
	assert_int_equal(draft_file_list(board.store, board.pool, id, &files, &count), RC_OK);
	assert_int_equal(count, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(triggers_stand_against_mistakes),
		TEST(altered_body_is_noticed),
		TEST(altered_header_is_noticed),
		TEST(body_taken_away_without_an_erase_is_noticed),
		TEST(chain_written_anew_is_noticed_by_the_receipt),
		TEST(cut_off_end_is_noticed),
		TEST(content_that_was_lost_is_noticed),
		TEST(erased_words_stand_in_no_file),
		TEST(file_sent_twice_is_listed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
