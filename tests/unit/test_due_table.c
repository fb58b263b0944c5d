/*
 * test_due_table.c: tests/data/due.tsv, a due time in each line with its reason in words: counting
 * rules, holidays of 2025-2027, quarters, hours, calendar days, "after 15:00", postmarks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/when.h"
#include "dossier/due.h"

#define COLUMNS 5

/* Splits a line in place; false: not that many columns. */
static bool split(char *line, char *columns[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		char *tab = strchr(line, '\t');

		columns[i] = line;
		if ((tab == NULL) != (i == COLUMNS - 1))
			return false;
		if (tab == NULL)
			return *line != '\0';
		*tab = '\0';
		line = tab + 1;
	}
	return false;
}

static void check(struct pool *pool, const struct calendar *calendar, char *columns[COLUMNS])
{
	struct due *due = pool_alloc(pool, sizeof(*due));
	struct limit limit;
	int64_t received;
	char text[24] = "-";

	if (when_parse_local(columns[0], &received) != RC_OK || limit_parse(columns[1], &limit) != RC_OK)
		fail_msg("%s %s", columns[0], columns[1]);
	assert_int_equal(due_count(calendar, &limit, received, pool, due), RC_OK);
	if (due->has_due)
		when_iso_minute(due->due_at, text);
	if (strcmp(text, columns[2]) != 0)
		fail_msg("%s + %s: %s, not %s (%s)", columns[0], columns[1], text, columns[2],
				columns[4]);
	if (due->has_due && due->certain != (strcmp(columns[3], "yes") == 0))
		fail_msg("%s + %s: certain %d (%s)", columns[0], columns[1], due->certain, columns[4]);
	/* Whoever asks is told why, and where it is uncertain that it is. */
	assert_true(due->step_count >= 2);
	if (due->has_due && !due->certain)
		assert_string_equal(due->steps[due->step_count - 1].text_key, "due.why.uncertain");
}

static void every_line(void **state)
{
	struct pool *pool = pool_new();
	struct calendar calendar;
	const char *fault = NULL;
	char *text, *line, *columns[COLUMNS];
	size_t len, cases = 0;

	(void)state;
	assert_int_equal(file_read(pool, "board/calendar.json", 1u << 20, &text, &len), RC_OK);
	assert_int_equal(calendar_parse(pool, text, len, &calendar, &fault), RC_OK);
	assert_int_equal(file_read(pool, "tests/data/due.tsv", 1u << 20, &text, &len), RC_OK);
	for (line = text; *line != '\0';) {
		size_t size = strcspn(line, "\n");
		bool last = line[size] == '\0';

		line[size] = '\0';
		if (*line != '#' && *line != '\0') {
			if (!split(line, columns))
				fail_msg("not five columns: %s", line);
			check(pool, &calendar, columns);
			cases++;
		}
		line += size + !last;
	}
	assert_true(cases >= 80);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_line) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
