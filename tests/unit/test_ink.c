/*
 * test_ink.c: a drawn signature is read strictly: inside its box, nothing but strokes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dossier/ink.h"

static void strokes_become_a_path(void **state)
{
	static const struct { const char *text, *path; int64_t drawn; } good[] = {
		{ "s0_0", "M0 0", 0 },
		{ "s120_40_1_-2_0_3", "M120 40L121 38L121 41", 5 },
		{ "s10_10_-10_190s600_200_-600_-200", "M10 10L0 200M600 200L0 0", 790 },
	};
	struct pool *pool = pool_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char *path;
		int64_t drawn;

		assert_int_equal(ink_read(pool, good[i].text, strlen(good[i].text), &path, &drawn), RC_OK);
		assert_string_equal(path, good[i].path);
		assert_int_equal(drawn, good[i].drawn);
	}
	pool_free(pool);
}

static void nothing_else_is_read(void **state)
{
	static const char *const bad[] = {
		"", "s", "s1", "s1_", "_1_2", "1_2", "s1_2_", "s1_2_3", "s601_0", "s0_201", "s600_200_1_0",
		"s0_0_-1_0", "s-1_0", "s01_2", "s-0_1", "s1_2_0001_0", "s1_2 3_4", "S1_2", "s1,2", "s1_2\n",
		"s1_2_3_4\"/><script>", "s1_2z", "s+1_2", "s1__2",
	};
	struct pool *pool = pool_new();
	char *path, *long_one = pool_alloc(pool, INK_MAX + 8);
	int64_t drawn;
	size_t i, len = 4;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (ink_read(pool, bad[i], strlen(bad[i]), &path, &drawn) != RC_INVALID)
			fail_msg("\"%s\" is read", bad[i]);
	memcpy(long_one, "s0_0", 4);
	while (len + 4 <= INK_MAX) {
		memcpy(long_one + len, "_0_0", 4);
		len += 4;
	}
	assert_int_equal(ink_read(pool, long_one, len, &path, &drawn), RC_OK);
	memcpy(long_one + len, "_0_0", 4);
	assert_int_equal(ink_read(pool, long_one, len + 4, &path, &drawn), RC_INVALID);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strokes_become_a_path),
		cmocka_unit_test(nothing_else_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
