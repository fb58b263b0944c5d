/*
 * test_token.c: the invitation as it is typed: the vector of link/PROTOCOL.md, every slip of one
 * character, every way people write it.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypt/token.h"

static const char vector[] = "b18685-1/000G4-0R40M-30E20-9185G-R38E1-W8124-GK2GA-HC5RR-34D1P-70X3R-FHCK8";

static void fill(struct token *token)
{
	token->board = "b18685-1";
	for (uint8_t i = 0; i < 16; i++) {
		token->secret[i] = i;
		token->ca[i] = (uint8_t)(16 + i);
	}
}

static void the_vector_is_made_and_read(void **state)
{
	struct pool *pool = pool_new();
	struct token token, read;

	(void)state;
	fill(&token);
	assert_string_equal(token_text(pool, &token), vector);
	assert_int_equal(token_parse(pool, vector, &read), RC_OK);
	assert_string_equal(read.board, token.board);
	assert_memory_equal(read.secret, token.secret, 16);
	assert_memory_equal(read.ca, token.ca, 16);
	pool_free(pool);
}

static void people_type_as_they_like(void **state)
{
	static const char *const seen[] = { "  b18685-1/", "B18685-1/", "b18685-1/ " };
	struct pool *pool = pool_new();
	struct token read;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *typed = pool_printf(pool, "%s%s", seen[i], vector + 9);

		for (char *at = typed + 12; *at; at++) {
			if (*at == '-')
				*at = ' ';
			else if (*at == '0')
				*at = 'o';
			else if (*at == '1')
				*at = 'l';
		}
		assert_int_equal(token_parse(pool, typed, &read), RC_OK);
		assert_string_equal(read.board, "b18685-1");
	}
	pool_free(pool);
}

static void one_wrong_character_is_told(void **state)
{
	struct pool *pool = pool_new();
	struct token read;
	char *typed = pool_strdup(pool, vector);

	(void)state;
	for (char *at = typed; *at; at++) {
		char kept = *at;

		if (kept == '-' || kept == '/')
			continue;
		*at = kept == '7' ? '8' : '7';
		assert_int_equal(token_parse(pool, typed, &read), RC_INVALID);
		*at = kept;
	}
	pool_free(pool);
}

static void junk_is_no_invitation(void **state)
{
	static const char *const junk[] = { "", "/", "b18685-1", "b18685-1/", "/7K3MP", "b18685-1/U",
		"\xc4\x91/00000-00000-00000-00000-00000-00000-00000-00000-00000-00000-00000",
		"b18685-1/00000-00000-00000-00000-00000-00000-00000-00000-00000-00000-000000" };
	struct pool *pool = pool_new();
	struct token read;

	(void)state;
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		assert_int_equal(token_parse(pool, junk[i], &read), RC_INVALID);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vector_is_made_and_read),
		cmocka_unit_test(people_type_as_they_like),
		cmocka_unit_test(one_wrong_character_is_told),
		cmocka_unit_test(junk_is_no_invitation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
