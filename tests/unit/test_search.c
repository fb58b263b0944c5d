/*
 * test_search.c: dossiers found by their words, against reading every one of them: whatever the index has
 * come to, whatever was amended or erased since.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/encode.h"
#include "base/text.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store/search_index.h"
#include "store_fixture.h"
#include "thin.h"

#define DOSSIERS 700u
#define LIMIT 1000

static struct store_fixture board;
static char names[DOSSIERS][64], codes[DOSSIERS][32];
static unsigned made;

static int set_up(void **state)
{
	(void)state;
	store_fixture_init(&board, SIDE_BOARD, NULL, getenv("TRAM_TEST_PG"));
	db_lose_durability_for_tests(board.store->tram);
	made = 0;
	srand(20261127);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_fixture_free(&board);
	return 0;
}

/* Most have a name that hundreds have; some a rare one. */
static void invent(char out[64])
{
	static const char *const family[] = { "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Lê" };
	static const char *const middle[] = { "Văn", "Thị", "Đình" };
	static const char *const given[] = { "Thử", "Thử", "Mẫu", "Giả", "Ví", "Thửng" };

	if (rand() % 40 == 0) {
		(void)snprintf(out, 64, "Họhiếm Thị Số%d", rand() % 12);
	} else {
		int one = rand() % 5, two = rand() % 3, three = rand() % 6;

		(void)snprintf(out, 64, "%s %s %s", family[one], middle[two], given[three]);
	}
}

static void accept_one(void)
{
	uint8_t id[16];

	(void)snprintf(codes[made], sizeof(codes[made]), "CT18685.1-26%02u%02u-%04u", 1 + made / 28 % 12,
			1 + made % 28, 1 + made);
	invent(names[made]);
	store_fixture_id(made, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.accepted", "u-clerk",
			store_fixture_accepted(codes[made], names[made], false)), RC_OK);
	made++;
}

static void amend_one(void)
{
	unsigned n = (unsigned)rand() % made;
	uint8_t id[16];

	invent(names[n]);
	store_fixture_id(n, id);
	assert_int_equal(store_fixture_act(&board, NULL, id, "dossier.amended", "u-clerk",
			json_pack("{s:{s:{s:s, s:s}}, s:s}", "set", "applicant", "type", "person", "name",
			names[n], "reason", "sai")), RC_OK);
}

/* Is the typed word the beginning of a word of the name or the code? */
static bool begins_one(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (; *words; words += strcspn(words, " "), words += *words == ' ')
		if (strncmp(words, word, len) == 0)
			return true;
	return false;
}

static size_t slow_count(char *const *folded, const char *typed)
{
	size_t count = 0;

	for (unsigned n = 0; n < made; n++) {
		bool all = true;

		for (const char *word = typed; *word != '\0'; word += strspn(word, " ")) {
			size_t len = strcspn(word, " ");

			all = all && begins_one(folded[n], pool_strndup(board.pool, word, len));
			word += len;
		}
		count += all;
	}
	return count;
}

static void compare(void)
{
	static const char *const asked[] = { "nguyen", "nguyen van", "van nguyen", "nguyen van thu", "thu", "thung",
		"ngu", "tran thi gia", "gia tran", "hohiem", "hohiem so3", "so1", "so11", "le dinh vi", "khong co",
		"nguyen khong", "0042", "ct18685", "ng th" };
	char **folded = pool_alloc(board.pool, (made + 1) * sizeof(*folded));

	for (unsigned n = 0; n < made; n++)
		folded[n] = pool_printf(board.pool, "%s %s", text_fold(board.pool, names[n]),
				text_fold(board.pool, codes[n]));
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const char *typed = asked[i];
		struct dossier_row *rows;
		size_t count = 0, slow = slow_count(folded, typed);

		assert_int_equal(dossier_search(board.store, board.pool, typed, LIMIT, &rows, &count), RC_OK);
		if (count != slow)
			print_error("%u dossiers, %s: %zu instead of %zu\n", made, typed, count, slow);
		assert_int_equal(count, slow);
		for (size_t k = 1; k < count; k++)
			assert_true(rows[k - 1].received_at >= rows[k].received_at);
	}
}

static int64_t number(const char *sql)
{
	struct stmt *stmt = db_stmt(board.store->tram, sql);
	int64_t value;
	bool row;

	assert_int_equal(stmt_step(stmt, &row), RC_OK);
	value = row ? stmt_col_int(stmt, 0) : -1;
	stmt_reset(stmt);
	return value;
}

static void finds_what_reading_all_finds(void **state)
{
	const unsigned wanted = DOSSIERS / (unsigned)thin();

	(void)state;
	while (made < wanted) {
		accept_one();
		if (rand() % 10 == 0)
			amend_one();
		if (rand() % 150 == 0)
			assert_int_equal(search_follow(board.store, rand() % 2 == 0), RC_OK);
		if (made % (wanted / 5) == 0)
			compare();
	}
	compare();
	assert_int_equal(search_follow(board.store, true), RC_OK);
	assert_int_equal(number("SELECT count(*) FROM dossier_worded"), wanted);
	compare();
	/* Nothing stands in the index but what the dossiers have now. */
	amend_one();
	assert_int_equal(search_follow(board.store, true), RC_OK);
	assert_int_equal(number("SELECT count(*) FROM dossier_word WHERE word NOT IN"
			" (SELECT word FROM dossier_word w JOIN dossier d ON d.board = w.board AND d.id = w.id"
			" WHERE ' ' || d.folded || ' ' LIKE '% ' || w.word || ' %') AND word NOT LIKE '~%'"), 0);
	/* Made anew from nothing. */
	assert_int_equal(journal_rebuild(board.store, false, NULL, NULL), RC_OK);
	assert_int_equal(number("SELECT count(*) FROM dossier_worded"), wanted);
	compare();
}

static void few_events_wait_for_more(void **state)
{
	(void)state;
	accept_one();
	assert_int_equal(search_follow(board.store, false), RC_OK);
	assert_int_equal(number("SELECT count(*) FROM dossier_worded"), 0);
	while (made < 260)
		accept_one();
	assert_int_equal(search_follow(board.store, false), RC_OK);
	assert_in_range(number("SELECT count(*) FROM dossier_worded"), 250, 260);
	compare();
}

/* An erased body leaves no word behind, at once. */
static void erased_words_are_gone(void **state)
{
	struct journal_row *rows = NULL;
	char hash[65];
	uint8_t id[16];
	size_t count = 0;
	json_t *body;

	(void)state;
	for (int i = 0; i < 3; i++)
		accept_one();
	assert_int_equal(search_follow(board.store, true), RC_OK);
	assert_true(number("SELECT count(*) FROM dossier_word WHERE word LIKE '%nguyen%' OR word LIKE '%tran%'"
			" OR word LIKE '%le%' OR word LIKE '%hohiem%'") > 0);
	for (unsigned n = 0; n < 3; n++) {
		store_fixture_id(n, id);
		assert_int_equal(journal_subject(board.store, board.pool, board.store->board, id, &rows, &count),
				RC_OK);
		body = store_fixture_example("body.erased", 1);
		json_put(body, "author", "board");
		json_put_int(body, "seq", (int64_t)rows[0].event.seq);
		hash[0] = '\0';
		hex_encode(rows[0].event.hash, sizeof(rows[0].event.hash), hash);
		json_put(body, "hash", hash);
		assert_int_equal(store_fixture_act(&board, NULL, id, "body.erased", "u-boss", body), RC_OK);
	}
	assert_int_equal(number("SELECT count(*) FROM dossier_word WHERE word LIKE '%nguyen%' OR word LIKE '%tran%'"
			" OR word LIKE '%le%' OR word LIKE '%hohiem%'"), 0);
	assert_int_equal(number("SELECT count(*) FROM dossier_worded WHERE words LIKE '%nguyen%' OR words LIKE"
			" '%tran%' OR words LIKE '%le%' OR words LIKE '%hohiem%'"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_what_reading_all_finds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(few_events_wait_for_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(erased_words_are_gone, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
