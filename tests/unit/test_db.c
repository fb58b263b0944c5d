/*
 * test_db.c: the driver's promises: versions refused, parameters by name, append-only tables, one
 * writer at a time, views that stand still, deleted words gone from every file; and the columns of
 * both engines compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "embed.h"
#include "store/db_sqlite.h"
#include "store/dossier.h"
#include "store/journal.h"
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

static char *path(const char *name)
{
	return pool_printf(board.pool, "%s/%s", board.dir, name);
}

static enum rc write_once(const char *sql)
{
	enum rc rc = db_write_begin(board.store->tram);

	assert_int_equal(rc, RC_OK);
	rc = stmt_run(db_stmt(board.store->tram, sql));
	if (rc == RC_OK)
		return db_write_commit(board.store->tram);
	db_write_abort(board.store->tram);
	return rc;
}

static void parameters_are_bound_by_name(void **state)
{
	struct stmt *stmt = db_stmt(board.store->tram, "SELECT $2, $1, $2");
	bool row;

	(void)state;
	stmt_text(stmt, 1, "one");
	stmt_text(stmt, 2, "two");
	assert_int_equal(stmt_step(stmt, &row), RC_OK);
	assert_true(row);
	assert_string_equal(stmt_col_text(stmt, 0), "two");
	assert_string_equal(stmt_col_text(stmt, 1), "one");
	stmt_reset(stmt);
}

/* Raw bytes of the file's header: user_version stands at 60, application_id at 68. */
static void patch_header(long at, uint8_t value)
{
	int fd = open(path("db/tram.db"), O_RDWR);
	uint8_t byte = value;

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &byte, 1, at + 3), 1);
	assert_int_equal(close(fd), 0);
}

static uint8_t newest_version(void)
{
	int newest = 0;
	size_t i;

	for (i = 0; i < embed_sql_count; i++) {
		if (strcmp(embed_sql[i].engine, "sqlite") == 0
				&& strcmp(embed_sql[i].database, "tram") == 0
				&& embed_sql[i].number > newest)
			newest = embed_sql[i].number;
	}
	return (uint8_t)newest;
}

static void wrong_schema_version_is_not_served(void **state)
{
	struct db *db = NULL;

	(void)state;
	store_close(board.store);
	board.store = NULL;
	patch_header(60, 99);
	assert_int_equal(db_open(board.settings, DB_TRAM, &db), RC_VERSION);
	assert_null(db);
	assert_int_equal(db_migrate(board.settings, DB_TRAM), RC_VERSION);
	patch_header(60, newest_version());
	patch_header(68, 0);
	assert_int_equal(db_open(board.settings, DB_TRAM, &db), RC_VERSION);
	patch_header(68, 'm');
	assert_int_equal(db_open(board.settings, DB_TRAM, &db), RC_OK);
	db_close(db);
	assert_int_equal(unlink(path("db/tram.db")), 0);
	assert_int_equal(db_open(board.settings, DB_TRAM, &db), RC_NOT_FOUND);
	assert_true(access(path("db/tram.db"), F_OK) != 0);
}

static void migrating_again_changes_nothing(void **state)
{
	uint8_t id[16];
	struct dossier_row row;

	(void)state;
	store_fixture_id(1, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted("CT18685.1-261124-0001", "A", false)), RC_OK);
	assert_int_equal(db_migrate(board.settings, DB_TRAM), RC_OK);
	assert_int_equal(dossier_find(board.store, board.pool, NULL, "CT18685.1-261124-0001", &row),
			RC_OK);
}

static void journal_is_append_only(void **state)
{
	uint8_t id[16];
	struct journal_totals totals;

	(void)state;
	store_fixture_id(1, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted("CT18685.1-261124-0001", "A", false)), RC_OK);
	assert_int_equal(write_once("UPDATE journal SET arrival = 7"), RC_CONFLICT);
	assert_int_equal(write_once("DELETE FROM journal"), RC_CONFLICT);
	assert_int_equal(write_once("UPDATE journal_body SET body = CAST('{}' AS BLOB)"), RC_CONFLICT);
	assert_int_equal(write_once("DELETE FROM journal_body"), RC_CONFLICT);
	assert_int_equal(write_once("UPDATE journal_head SET seq = 0"), RC_CONFLICT);
	assert_int_equal(write_once("DELETE FROM journal_head"), RC_CONFLICT);
	assert_int_equal(journal_verify(board.store, true, NULL, NULL, &totals), RC_OK);
	assert_int_equal(totals.bodies, 1);
}

static int faults;
static void count_fault(void *arg, const char *name, enum event_author author, uint64_t seq,
		const char *what)
{
	(void)arg;
	(void)name;
	(void)author;
	(void)seq;
	(void)what;
	faults++;
}

static void altered_event_is_noticed(void **state)
{
	uint8_t id[16];
	struct journal_totals totals;

	(void)state;
	store_fixture_id(1, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted("CT18685.1-261124-0001", "A", false)), RC_OK);
	assert_int_equal(write_once("DROP TRIGGER journal_body_no_update"), RC_OK);
	assert_int_equal(write_once("UPDATE journal_body SET body = CAST('{}' AS BLOB)"), RC_OK);
	faults = 0;
	assert_int_equal(journal_verify(board.store, true, count_fault, NULL, &totals), RC_PROTOCOL);
	assert_int_equal(totals.faults, 1);
	assert_int_equal(faults, 1);
}

static void write_after_a_failure_cannot_be_committed(void **state)
{
	(void)state;
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	assert_int_equal(stmt_run(db_stmt(board.store->tram,
			"INSERT INTO series (board, day, last) VALUES ('x', '261124', 1)")), RC_OK);
	assert_int_equal(stmt_run(db_stmt(board.store->tram,
			"INSERT INTO series (board, day, last) VALUES ('x', '261124', 2)")),
			RC_CONFLICT);
	assert_int_equal(stmt_run(db_stmt(board.store->tram,
			"INSERT INTO series (board, day, last) VALUES ('x', '261125', 1)")),
			RC_CONFLICT);
	assert_int_equal(db_write_commit(board.store->tram), RC_CONFLICT);
	assert_int_equal(write_once("INSERT INTO series (board, day, last) VALUES ('x', '261124', 3)"),
			RC_OK);
}

static void view_stands_still_while_others_write(void **state)
{
	struct store *other = store_fixture_open(&board, STORE_TRAM);
	struct stmt *count;
	bool row;

	(void)state;
	assert_int_equal(db_read_begin(other->tram), RC_OK);
	count = db_stmt(other->tram, "SELECT count(*) FROM series");
	assert_int_equal(stmt_step(count, &row), RC_OK);
	stmt_reset(count);
	assert_int_equal(write_once("INSERT INTO series (board, day, last) VALUES ('x', '261124', 1)"),
			RC_OK);
	assert_int_equal(stmt_step(count, &row), RC_OK);
	assert_int_equal(stmt_col_int(count, 0), 0);
	stmt_reset(count);
	db_read_end(other->tram);
	assert_int_equal(stmt_step(count, &row), RC_OK);
	assert_int_equal(stmt_col_int(count, 0), 1);
	stmt_reset(count);
	store_close(other);
}

static int64_t counted(struct store *store)
{
	struct stmt *count = db_stmt(store->tram, "SELECT count(*) FROM series");
	int64_t value;
	bool row;

	assert_int_equal(stmt_step(count, &row), RC_OK);
	value = row ? stmt_col_int(count, 0) : -1;
	stmt_reset(count);
	return value;
}

/* A page's view: from its first read to its end, or to its own write; the number of the generation moves
 * with whoever commits, and only then. */
static void a_held_view_ends_with_ones_own_write(void **state)
{
	struct store *other = store_fixture_open(&board, STORE_TRAM);
	int64_t before;

	(void)state;
	db_hold(other->tram);
	assert_int_equal(counted(other), 0);
	before = db_generation(other->tram);
	assert_int_equal(write_once("INSERT INTO series (board, day, last) VALUES ('x', '261124', 1)"),
			RC_OK);
	assert_int_equal(counted(other), 0);
	assert_int_equal(db_generation(other->tram), before);
	assert_int_equal(db_read_begin(other->tram), RC_OK);	/* within the one held */
	db_read_end(other->tram);
	assert_int_equal(counted(other), 0);
	assert_int_equal(db_write_begin(other->tram), RC_OK);
	assert_int_equal(counted(other), 1);
	assert_int_equal(stmt_run(db_stmt(other->tram,
			"INSERT INTO series (board, day, last) VALUES ('x', '261125', 1)")), RC_OK);
	assert_int_equal(db_write_commit(other->tram), RC_OK);
	assert_int_equal(counted(other), 2);
	db_release(other->tram);
	assert_true(db_generation(other->tram) != before);
	before = db_generation(other->tram);
	assert_int_equal(db_generation(other->tram), before);
	assert_int_equal(write_once("INSERT INTO series (board, day, last) VALUES ('x', '261126', 1)"),
			RC_OK);
	assert_true(db_generation(other->tram) != before);
	assert_int_equal(counted(other), 3);
	store_close(other);
}

#define PUT_DAY(day) "INSERT INTO series (board, day, last) VALUES ('x', '" day "', 1)"

static void keep(const char *sql)
{
	assert_int_equal(db_write_begin(board.store->tram), RC_OK);
	assert_int_equal(stmt_run(db_stmt(board.store->tram, sql)), RC_OK);
	assert_int_equal(db_write_keep(board.store->tram), RC_OK);
}

/* What is kept stands for this process alone, until all of it does for everybody. */
static void what_is_kept_is_settled_at_once(void **state)
{
	struct store *other = store_fixture_open(&board, STORE_TRAM);
	struct db *tram = board.store->tram;
	int fd = open(path("db/tram.db.lock"), O_RDWR);

	(void)state;
	assert_int_equal(db_settle(tram), RC_OK);
	keep(PUT_DAY("261124"));
	assert_true(db_kept(tram));
	db_hold(tram);
	keep(PUT_DAY("261125"));
	/* One that fails takes back only itself. */
	assert_int_equal(write_once(PUT_DAY("261125")), RC_CONFLICT);
	assert_int_equal(db_write_begin(tram), RC_OK);
	assert_int_equal(stmt_run(db_stmt(tram, PUT_DAY("261126"))), RC_OK);
	db_write_abort(tram);
	assert_int_equal(write_once(PUT_DAY("261127")), RC_OK);
	db_release(tram);
	assert_int_equal(counted(board.store), 3);
	assert_int_equal(counted(other), 0);
	assert_true(flock(fd, LOCK_EX | LOCK_NB) != 0);
	assert_int_equal(db_settle(tram), RC_OK);
	assert_false(db_kept(tram));
	assert_int_equal(counted(other), 3);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(close(fd), 0);
	store_close(other);
}

/* Rolled back as a whole, as SQLite does by itself on some failures: none of it may be told as done. */
static void what_is_lost_is_not_settled(void **state)
{
	struct db *tram = board.store->tram;

	(void)state;
	keep(PUT_DAY("261124"));
	assert_int_equal(sqlite3_exec(db_of(tram)->handle, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_true(db_write_begin(tram) != RC_OK);
	assert_true(db_settle(tram) != RC_OK);
	assert_int_equal(counted(board.store), 0);
	assert_int_equal(write_once(PUT_DAY("261125")), RC_OK);
	/* Closed before it was settled. */
	keep(PUT_DAY("261126"));
	store_close(board.store);
	board.store = store_fixture_open(&board, STORE_TRAM);
	assert_int_equal(counted(board.store), 1);
}

static void writers_wait_for_the_lock_file(void **state)
{
	int fd = open(path("db/tram.db.lock"), O_RDWR), ready[2], status;
	char byte;
	pid_t pid;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(pipe(ready), 0);
	store_close(board.store);
	board.store = NULL;
	pid = fork();
	if (pid == 0) {
		struct store *store = NULL;
		struct stat info;

		(void)close(fd);	/* the parent's copy still holds it */
		/* The lock is not had while the other holds it: the byte comes before the commit. */
		if (store_open(board.settings, STORE_TRAM, &store) != RC_OK || stat(board.dir, &info) != 0
				|| write(ready[1], "r", 1) != 1 || store_begin(store, false) != RC_OK
				|| access(path("released"), F_OK) != 0 || store_commit(store) != RC_OK)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(file_put(board.dir, "released", "", 0, 0600), RC_OK);
	assert_int_equal(close(fd), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool file_holds(const char *name, const char *word)
{
	struct pool *pool = pool_new();
	char *bytes;
	size_t len, i, word_len = strlen(word);
	bool found = false;

	if (file_read(pool, path(name), 1u << 30, &bytes, &len) == RC_OK) {
		for (i = 0; i + word_len <= len && !found; i++)
			found = memcmp(bytes + i, word, word_len) == 0;
	}
	pool_free(pool);
	return found;
}

static void erased_words_stand_in_no_file(void **state)
{
	static const char *const files[] = { "db/tram.db", "db/tram.db-wal", "db/tram.db-shm",
			"public/public.db", "public/public.db-wal" };
	struct journal_row *rows;
	uint8_t id[16], station[16] = { 9 };
	char hash[65];
	size_t count, i;

	(void)state;
	store_fixture_id(1, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted("CT18685.1-261124-0001", "Zzcanary Qqerased", false)),
			RC_OK);
	assert_true(file_holds("db/tram.db-wal", "Zzcanary") || file_holds("db/tram.db", "Zzcanary"));
	assert_int_equal(journal_subject(board.store, board.pool, "b18685-1", id, &rows, &count), RC_OK);
	hex_encode(rows[0].event.hash, 32, hash);
	assert_int_equal(store_fixture_act(&board, NULL, station, "body.erased", "u-manager",
			json_pack("{s:s, s:i, s:s, s:s}", "author", "board", "seq", 1, "hash", hash,
			"ground", "yêu cầu")), RC_OK);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		assert_false(file_holds(files[i], "Zzcanary"));
		assert_false(file_holds(files[i], "zzcanary"));
		assert_false(file_holds(files[i], "qqerased"));
	}
}

static void files_follow_the_folders_group(void **state)
{
	static const char *const files[] = { "db/tram.db", "db/tram.db.lock", "db/tram.db-wal",
			"db/tram.db-shm" };
	struct stat info;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		assert_int_equal(stat(path(files[i]), &info), 0);
		assert_int_equal(info.st_mode & 07777, 0660);
	}
}

/* "CREATE TABLE name (" … ");" → "name(column:type …)" lines, in the order of the text. */
static char *columns_of(const char *engine)
{
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < embed_sql_count; i++) {
		const char *at = embed_sql[i].sql;

		if (strcmp(embed_sql[i].engine, engine) != 0 || strcmp(embed_sql[i].database, "tram") != 0)
			continue;
		while ((at = strstr(at, "CREATE TABLE ")) != NULL) {
			at += strlen("CREATE TABLE ");
			buf_printf(&out, "%.*s:", (int)strcspn(at, " "), at);
			at = strchr(at, '\n') + 1;
			while (*at == '\t') {
				size_t name = strcspn(at + 1, " ");
				const char *type = at + 1 + name + 1;

				if (islower((unsigned char)at[1]))
					buf_printf(&out, " %.*s %c", (int)name, at + 1,
							strncmp(type, "INTEGER", 7) == 0
							|| strncmp(type, "bigint", 6) == 0 ? 'i'
							: strncmp(type, "BLOB", 4) == 0
							|| strncmp(type, "bytea", 5) == 0 ? 'b' : 't');
				else
					buf_printf(&out, " %.*s", (int)strcspn(at + 1, "\n"), at + 1);
				at = strchr(at, '\n') + 1;
			}
			buf_char(&out, '\n');
		}
	}
	return out.data;
}

static void both_engines_have_the_same_columns(void **state)
{
	char *sqlite = columns_of("sqlite"), *pg = columns_of("pg");

	(void)state;
	assert_non_null(strstr(sqlite, "journal: board t author i seq i arrival i id b"));
	assert_string_equal(sqlite, pg);
	free(sqlite);
	free(pg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_engines_have_the_same_columns),
		cmocka_unit_test_setup_teardown(parameters_are_bound_by_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_follow_the_folders_group, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wrong_schema_version_is_not_served, set_up, tear_down),
		cmocka_unit_test_setup_teardown(migrating_again_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(journal_is_append_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(altered_event_is_noticed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(write_after_a_failure_cannot_be_committed, set_up,
				tear_down),
		cmocka_unit_test_setup_teardown(view_stands_still_while_others_write, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_held_view_ends_with_ones_own_write, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_kept_is_settled_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_lost_is_not_settled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(writers_wait_for_the_lock_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(erased_words_stand_in_no_file, set_up, tear_down),
	};

	(void)umask(0007);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
