/*
 * test_wal_stress.c: several programs write, read and checkpoint one database at once; then every
 * acknowledged row is there. SQLite before 3.51.3 can lose a commit when one connection resets the
 * log while another checkpoints: the writers' lock must keep them apart. On PostgreSQL (TRAM_TEST_PG)
 * the lock on the board's head row does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/draft.h"
#include "store/journal.h"
#include "store_fixture.h"

#define WRITERS 4
#ifdef __x86_64__
#define ROUNDS 90
#else
#define ROUNDS 15	/* cross-built tests run under emulation */
#endif
/* ROUNDS of each writer, some 40 KB a round: the log turns over often. */
#define TEXT_BYTES 20000

static struct store_fixture board;
static const char *engine;	/* connection string of PostgreSQL, NULL: SQLite */

static void must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "child: %s\n", what);
		_exit(1);
	}
}

/* One event and one draft each round, each in a commit of its own. */
static void writer(unsigned number)
{
	struct store *store = NULL;
	uint8_t id[16];
	char draft[33], *text = malloc(TEXT_BYTES + 1);
	json_t *note;
	unsigned i;

	must(store_open(board.settings, STORE_TRAM, &store) == RC_OK && text, "open");
	memset(text, 'a' + (int)number, TEXT_BYTES);
	text[TEXT_BYTES] = '\0';
	note = json_pack("{s:s}", "text", text);
	store_fixture_id(1, id);
	for (i = 0; i < ROUNDS; i++) {
		struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = id,
				.kind = "note.added", .actor = "u-writer", .body = note };
		struct event event;
		const char *reason;
		bool scrub = i % 16 == number;

		enum rc rc;

		/* On a machine that is busy with other things a lock may be late: refused is not lost. */
		do
			rc = store_begin(store, false);
		while (rc == RC_BUSY);
		must(rc == RC_OK, "begin");
		must(act_append(store, &act, &event, &reason) == RC_OK, "append");
		must(store_commit(store) == RC_OK, "commit");
		do
			rc = draft_new(store, "u-writer", "", note, draft);
		while (rc == RC_BUSY);
		must(rc == RC_OK, "draft");
		if (scrub) {
			rc = db_scrub(store->tram);
			must(rc == RC_OK || rc == RC_BUSY, "scrub");
		}
	}
	json_decref(note);
	free(text);
	store_close(store);
	_exit(0);
}

/* Long views of the database, which keep the log from being reset, until the pipe is closed. */
static void reader(int until)
{
	struct store *store = NULL;
	struct journal_head head, again;
	char byte;

	must(store_open(board.settings, STORE_TRAM, &store) == RC_OK, "open");
	do {
		int i;

		must(db_read_begin(store->tram) == RC_OK, "view");
		must(journal_head_get(store, "b18685-1", AUTHOR_BOARD, &head) == RC_OK, "head");
		for (i = 0; i < 50; i++) {
			must(journal_head_get(store, "b18685-1", AUTHOR_BOARD, &again) == RC_OK, "head");
			must(again.seq == head.seq, "a view changed");
		}
		db_read_end(store->tram);
	} while (read(until, &byte, 1) < 0);
	store_close(store);
	_exit(0);
}

static pid_t start(unsigned number, const int ends[2])
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		/* Nobody outlives the test, however it ends. */
		(void)close(ends[1]);
		(void)alarm(300);
		if (number < WRITERS)
			writer(number);
		reader(ends[0]);
	}
	return pid;
}

static void nothing_acknowledged_is_lost(void **state)
{
	struct journal_totals totals;
	struct draft_row *drafts;
	struct stat log;
	pid_t pids[WRITERS + 1];
	uint8_t id[16];
	char path[320];
	size_t count;
	unsigned i;
	int ends[2], status;

	(void)state;
	store_fixture_init(&board, SIDE_BOARD, NULL, engine);
	store_fixture_id(1, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted("CT18685.1-261124-0001", "Nguyễn Văn Thử", false)), RC_OK);
	/* A connection does not cross a fork. */
	store_close(board.store);
	board.store = NULL;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	for (i = 0; i <= WRITERS; i++)
		pids[i] = start(i, ends);
	for (i = 0; i <= WRITERS; i++) {
		if (i == WRITERS)
			assert_int_equal(write(ends[1], "x", 1), 1);
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	board.store = store_fixture_open(&board, STORE_TRAM);
	assert_int_equal(journal_verify(board.store, true, NULL, NULL, &totals), RC_OK);
	assert_int_equal(totals.events, 1 + WRITERS * ROUNDS);
	assert_int_equal(draft_list(board.store, board.pool, 100000, &drafts, &count), RC_OK);
	assert_int_equal(count, WRITERS * ROUNDS);
	store_fixture_rebuilds(&board);
	/* Some 20 MB went through the log: it was reset on the way. */
	(void)snprintf(path, sizeof(path), "%s/db/tram.db-wal", board.dir);
	if (!engine) {
		assert_int_equal(stat(path, &log), 0);
		assert_true(log.st_size < 16 * 1024 * 1024);
	}
	store_fixture_free(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_acknowledged_is_lost),
	};
	int failed = cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);

	engine = getenv("TRAM_TEST_PG");
	if (engine)
		failed += cmocka_run_group_tests_name("postgresql", tests, NULL, NULL);
	return failed;
}
