/* test_ticket.c: who is called next, and how many are before one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/ticket.h"

/* A line of people: "012" waits, "*" has priority, "@3" waits for counter 3 alone. */
static size_t line(const char *text, struct ticket_waiting *rows, char names[][12])
{
	size_t count = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " "), at;

		memcpy(names[count], text, len);
		names[count][len] = '\0';
		rows[count].priority = names[count][0] == '*';
		rows[count].number = names[count] + rows[count].priority;
		rows[count].counter = "";
		at = strcspn(names[count], "@");
		if (names[count][at] == '@') {
			names[count][at] = '\0';
			rows[count].counter = names[count] + at + 1;
		}
		count++;
		text += len + (text[len] == ' ');
	}
	return count;
}

static void who_is_next(void **state)
{
	static const struct { const char *line, *counter, *letters; int run, limit; const char *next; } cases[] = {
		{ "", "1", "", 0, 2, NULL },
		{ "001 002", "1", "", 0, 2, "001" },
		{ "001 *002 003", "1", "", 0, 2, "002" },
		{ "001 *002 *003", "1", "", 1, 2, "002" },
		{ "001 *002 *003", "1", "", 2, 2, "001" },	/* two with priority were called: now one without */
		{ "*002 *003", "1", "", 2, 2, "002" },		/* nobody else waits */
		{ "001 *002", "1", "", 9, 0, "002" },		/* no limit set */
		{ "001 *002 003@1", "1", "", 0, 2, "003" },	/* sent here: has waited already */
		{ "001 002@2", "1", "", 0, 2, "001" },
		{ "002@2", "1", "", 0, 2, NULL },		/* waits for counter 2 alone */
		{ "A001 *A002 B001", "1", "B", 0, 2, "B001" },	/* this counter serves B */
		{ "A001 B001", "1", "AB", 0, 2, "A001" },
		{ "A001", "1", "B", 0, 2, NULL },
		{ "A001@1", "1", "B", 0, 2, "A001" },		/* sent here on purpose */
		{ "001", "1", "B", 0, 2, "001" },		/* one queue has no letters */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ticket_waiting rows[8];
		char names[8][12];
		size_t count = line(cases[i].line, rows, names);
		size_t at = ticket_pick(rows, count, cases[i].counter, cases[i].letters, cases[i].run,
				cases[i].limit);

		if (cases[i].next == NULL ? at != count : at >= count || strcmp(rows[at].number, cases[i].next) != 0)
			fail_msg("case %zu: %s: %s", i, cases[i].line, at < count ? rows[at].number : "nobody");
	}
}

static void how_many_before(void **state)
{
	static const struct { const char *line; size_t place, before; } cases[] = {
		{ "001", 0, 0 }, { "001 002 003", 2, 2 }, { "001 *002 003", 0, 1 }, { "001 *002 003", 1, 0 },
		{ "001 *002 *003", 2, 1 }, { "001 002@2 003", 2, 1 }, { "001 002@2", 1, 0 },
		{ "A001 B001 A002", 2, 1 }, { "A001 *B001 B002", 2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ticket_waiting rows[8];
		char names[8][12];
		size_t count = line(cases[i].line, rows, names);

		if (ticket_before(rows, count, cases[i].place) != cases[i].before)
			fail_msg("case %zu: %s", i, cases[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_next), cmocka_unit_test(how_many_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
