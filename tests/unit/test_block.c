/*
 * test_block.c: blocks of numbers of two points compared: what fits says nothing, each difference is told once
 * and with its numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "dossier/block.h"

#define A "b1-1"
#define B "b1-2"
#define C "b1-3"
#define COPY "copy paper 2026"
#define NOW 1000

/* "both A B 5-6; …" */
static const char *told(const struct block *rows, size_t count, int64_t before_ms)
{
	static const char *const words[] = { "both", "not-taken", "not-given", "not-back" };
	static char out[400];
	struct block_finding found[8];
	size_t n = block_compare(rows, count, before_ms, found, 8), len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s %s %s %d-%d", i > 0 ? "; " : "",
				words[found[i].fault], found[i].of->board, found[i].other != NULL ?
				found[i].other->board : "-", (int)found[i].first, (int)found[i].last);
	return out;
}
#define TOLD(...) told((const struct block[]){ __VA_ARGS__ }, \
		sizeof((const struct block[]){ __VA_ARGS__ }) / sizeof(struct block), NOW)
#define ROW(board, first, last, way) { board, COPY, first, last, way, "", 1 }

static void what_fits_says_nothing(void **state)
{
	(void)state;
	assert_string_equal(TOLD(ROW(A, 202, 203, BLOCK_GIVEN), ROW(B, 202, 203, BLOCK_TAKEN)), "");
	assert_string_equal(TOLD(ROW(A, 202, 208, BLOCK_GIVEN), ROW(B, 202, 205, BLOCK_TAKEN),
			ROW(B, 206, 208, BLOCK_TAKEN)), "");
	/* Two given, taken as one. */
	assert_string_equal(TOLD(ROW(A, 1, 3, BLOCK_GIVEN), ROW(A, 4, 6, BLOCK_GIVEN), ROW(B, 1, 6, BLOCK_TAKEN)), "");
	/* Given back and written in: only unused ones stand there. */
	assert_string_equal(TOLD(ROW(A, 1, 3, BLOCK_GIVEN), ROW(A, 4, 6, BLOCK_UNUSED), ROW(B, 1, 3, BLOCK_TAKEN),
			ROW(B, 4, 6, BLOCK_RETURNED)), "");
	assert_int_equal(block_compare(NULL, 0, NOW, NULL, 0), 0);
}

static void two_who_hold_one_block_are_told(void **state)
{
	(void)state;
	assert_string_equal(TOLD(ROW(A, 1, 9, BLOCK_GIVEN), ROW(B, 1, 6, BLOCK_TAKEN), ROW(C, 5, 9, BLOCK_TAKEN)),
			"both b1-2 b1-3 5-6");
}

static void what_nobody_took_or_gave_is_told(void **state)
{
	(void)state;
	assert_string_equal(TOLD(ROW(A, 1, 9, BLOCK_GIVEN)), "not-taken b1-1 - 1-9");
	assert_string_equal(TOLD(ROW(A, 1, 9, BLOCK_GIVEN), ROW(B, 3, 4, BLOCK_TAKEN)),
			"not-taken b1-1 - 1-2; not-taken b1-1 - 5-9");
	assert_string_equal(TOLD(ROW(B, 3, 4, BLOCK_TAKEN)), "not-given b1-2 - 3-4");
	assert_string_equal(TOLD(ROW(A, 1, 3, BLOCK_GIVEN), ROW(B, 1, 4, BLOCK_TAKEN)), "not-given b1-2 - 4-4");
	/* Its own taking is no proof of its giving, nor another commune's, nor another book's. */
	assert_string_equal(TOLD(ROW(A, 1, 2, BLOCK_GIVEN), ROW(A, 1, 2, BLOCK_TAKEN)),
			"not-taken b1-1 - 1-2; not-given b1-1 - 1-2");
	assert_string_equal(TOLD(ROW(A, 1, 2, BLOCK_GIVEN), ROW("b2-2", 1, 2, BLOCK_TAKEN)),
			"not-taken b1-1 - 1-2; not-given b2-2 - 1-2");
	assert_string_equal(TOLD(ROW(A, 1, 2, BLOCK_GIVEN), { B, "copy paper 2025", 1, 2, BLOCK_TAKEN, "", 1 }),
			"not-taken b1-1 - 1-2; not-given b1-2 - 1-2");
}

static void what_went_back_and_did_not_come_is_told(void **state)
{
	(void)state;
	assert_string_equal(TOLD(ROW(A, 1, 9, BLOCK_GIVEN), ROW(B, 1, 5, BLOCK_TAKEN), ROW(B, 6, 9, BLOCK_RETURNED)),
			"not-back b1-1 b1-2 6-9");
	assert_string_equal(TOLD(ROW(A, 1, 9, BLOCK_GIVEN), ROW(B, 1, 5, BLOCK_TAKEN), ROW(B, 8, 9, BLOCK_RETURNED)),
			"not-taken b1-1 - 6-7; not-back b1-1 b1-2 8-9");
}

/* The other point may have no line for a day; two holders are told at once. */
static void a_day_is_waited_for_the_other_point(void **state)
{
	static const struct block rows[] = { { A, COPY, 1, 9, BLOCK_GIVEN, "", NOW }, { B, COPY, 1, 5, BLOCK_TAKEN, "", NOW },
		{ C, COPY, 5, 5, BLOCK_TAKEN, "", NOW }, { B, COPY, 20, 21, BLOCK_TAKEN, "", NOW } };

	(void)state;
	assert_string_equal(told(rows, 4, NOW), "both b1-2 b1-3 5-5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_says_nothing),
		cmocka_unit_test(two_who_hold_one_block_are_told),
		cmocka_unit_test(what_nobody_took_or_gave_is_told),
		cmocka_unit_test(what_went_back_and_did_not_come_is_told),
		cmocka_unit_test(a_day_is_waited_for_the_other_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
