/*
 * test_layer.c: copies on a USB medium: a manifest is whole or does not exist; which layers make a copy, what is
 * due next, what may go; a sealed file is under its name only when the medium gives back what was written.
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
#include <unistd.h>

#include "base/file.h"
#include "crypt/hash.h"
#include "store/layer.h"

#define ID "0123456789abcdef0123456789abcdef"
#define HOUR INT64_C(3600000)
#define NOW (INT64_C(1795500000000))

static struct pool *pool;

static int set_up(void **state)
{
	(void)state;
	pool = pool_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

static struct journal_head head(uint64_t seq)
{
	struct journal_head out = { .epoch = 1, .seq = seq };

	memset(out.hash, (int)(seq & 0xff), sizeof(out.hash));
	return out;
}

static struct layer layer(uint64_t no, uint64_t base, uint64_t from, uint64_t seq)
{
	struct layer out = { .id = ID, .board = "b18685-1", .mode = "live", .program = "0.5", .no = no, .base = base,
		.taken_at = NOW, .verified_at = NOW + 5, .own = head(seq), .center = head(1),
		.contents = 2, .contents_bytes = 300, .part_count = 1 };

	if (no != base) {
		out.own_from = head(from);
		out.center_from = head(1);
	}
	(void)snprintf(out.parts[0].name, sizeof(out.parts[0].name), "tram.age");
	out.parts[0].sealed.bytes = 1000;
	return out;
}

static void manifest_there_and_back(void **state)
{
	struct layer made = layer(12, 10, 70, 77), read;
	char *text = layer_print(pool, &made);

	(void)state;
	assert_int_equal(layer_parse(pool, text, strlen(text), &read), RC_OK);
	assert_string_equal(layer_print(pool, &read), text);
	assert_int_equal(read.no, 12);
	assert_int_equal(read.own.seq, 77);
	assert_memory_equal(read.own_from.hash, made.own_from.hash, sizeof(read.own.hash));
	assert_int_equal(read.part_count, 1);
}

/* Cut anywhere, or with any byte altered, it is no manifest. */
static void manifest_torn(void **state)
{
	struct layer made = layer(12, 10, 70, 77), read;
	char *text = layer_print(pool, &made);
	size_t len = strlen(text), i;

	(void)state;
	for (i = 0; i < len; i++)
		assert_int_equal(layer_parse(pool, text, i, &read), RC_PROTOCOL);
	for (i = 0; i < len; i++) {
		char kept = text[i];

		text[i] = (char)(kept ^ 1);
		assert_int_equal(layer_parse(pool, text, len, &read), RC_PROTOCOL);
		text[i] = kept;
	}
	assert_int_equal(layer_parse(pool, pool_printf(pool, "%s\n", text), len + 1, &read), RC_PROTOCOL);
}

/* With a good digest and a wrong content. */
static void manifest_foreign(void **state)
{
	struct layer made = layer(12, 10, 70, 77), read;
	static const char *const swaps[][2] = {
		{ "\"format\":1", "\"format\":2" }, { "\"no\":12", "\"no\":9" }, { "\"no\":12", "\"no\":-1" },
		{ "\"tram.age\"", "\"../x\"" }, { "\"tram.age\"", "\"/tram.age\"" },
		{ "\"bytes\":1000", "\"bytes\":-1" }, { "\"contents\":2", "\"contents\":\"2\"" },
		{ "\"board\":\"b18685-1\"", "\"board\":7" }, { ID, "0123" },
		{ "\"seq\":77", "\"seq\":99999999999999999" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(swaps) / sizeof(swaps[0]); i++) {
		char *text = layer_print(pool, &made), *at = strstr(text, swaps[i][0]), *line, hex[65];
		uint8_t digest[HASH_SIZE];
		size_t n;

		assert_non_null(at);
		*strchr(text, '\n') = '\0';
		line = pool_printf(pool, "%.*s%s%s\n", (int)(at - text), text, swaps[i][1], at + strlen(swaps[i][0]));
		hash_sha256(line, strlen(line), digest);
		for (n = 0; n < sizeof(digest); n++)
			(void)snprintf(hex + 2 * n, 3, "%02x", digest[n]);
		line = pool_printf(pool, "%ssha256 %s\n", line, hex);
		assert_int_equal(layer_parse(pool, line, strlen(line), &read), RC_PROTOCOL);
	}
}

static void lines_of_contents(void **state)
{
	struct layer_content made = { .sealed = { .bytes = 123456 } }, read;
	char line[LAYER_LINE_MAX], name[LAYER_CONTENT_NAME];
	size_t len, i;

	(void)state;
	memset(made.name, 0xab, sizeof(made.name));
	memset(made.sealed.sha256, 0x5c, sizeof(made.sealed.sha256));
	len = layer_line_print(&made, line);
	assert_int_equal(line[len - 1], '\n');
	assert_int_equal(layer_line_parse(line, len - 1, &read), RC_OK);
	assert_memory_equal(&read.name, &made.name, 16);
	assert_int_equal(read.sealed.bytes, 123456);
	layer_content_name(made.name, name);
	assert_string_equal(name, "ab/abababababababababababababababab.age");
	for (i = 0; i < len - 1; i++)
		assert_int_equal(layer_line_parse(line, i, &read), RC_PROTOCOL);
	assert_int_equal(layer_line_parse("", 0, &read), RC_PROTOCOL);
	line[40] = 'x';
	assert_int_equal(layer_line_parse(line, len - 1, &read), RC_PROTOCOL);
}

/* ---- which layers, what next, what goes ---- */

static struct layer_list list_of(struct layer *layers, size_t count)
{
	return (struct layer_list){ .layers = layers, .count = count };
}

static void chains(void **state)
{
	struct layer all[] = { layer(1, 1, 0, 10), layer(2, 1, 10, 14), layer(3, 3, 0, 20), layer(4, 3, 20, 25),
		layer(6, 3, 25, 30), layer(7, 3, 29, 33) };
	struct layer_list list = list_of(all, 6);
	struct layer_chain chain;

	(void)state;
	/* The newest base, and what continues it: 7 does not follow 6. */
	assert_int_equal(layer_chain_find(pool, &list, 0, &chain), RC_OK);
	assert_int_equal(chain.count, 3);
	assert_int_equal(all[chain.at[2]].no, 6);
	assert_int_equal(layer_chain_find(pool, &list, 2, &chain), RC_OK);
	assert_int_equal(chain.count, 2);
	assert_int_equal(layer_chain_find(pool, &list, 3, &chain), RC_OK);
	assert_int_equal(chain.count, 1);
	assert_int_equal(layer_chain_find(pool, &list, 7, &chain), RC_NOT_FOUND);
	assert_int_equal(layer_chain_find(pool, &list, 5, &chain), RC_NOT_FOUND);
	/* Layers whose base is gone give nothing back. */
	list = list_of(all + 1, 1);
	assert_int_equal(layer_chain_find(pool, &list, 0, &chain), RC_NOT_FOUND);
	/* Another hash at the same place is another journal. */
	all[3].own_from.hash[0] ^= 1;
	list = list_of(all, 6);
	assert_int_equal(layer_chain_find(pool, &list, 0, &chain), RC_OK);
	assert_int_equal(chain.count, 1);
}

static void what_is_due(void **state)
{
	static const struct {
		const char *what;
		int64_t age_ms;
		int hour;
		uint64_t own, center;
		bool forced;
		enum layer_step step;
	} cases[] = {
		{ "nothing new", HOUR, 10, 14, 1, false, LAYER_NOTHING },
		{ "something new", HOUR, 10, 15, 1, false, LAYER_NEXT },
		{ "the center wrote", HOUR, 10, 14, 2, false, LAYER_NEXT },
		{ "asked for", HOUR, 10, 14, 1, true, LAYER_BASE },
		{ "by day an old base waits for the night", 21 * HOUR, 10, 15, 1, false, LAYER_NEXT },
		{ "at night", 21 * HOUR, 23, 14, 1, false, LAYER_BASE },
		{ "after midnight", 21 * HOUR, 2, 14, 1, false, LAYER_BASE },
		{ "at night, and young", 3 * HOUR, 23, 14, 1, false, LAYER_NOTHING },
		{ "no night for two days", 49 * HOUR, 10, 14, 1, false, LAYER_BASE },
		{ "the clock went back", -5 * HOUR, 10, 15, 1, false, LAYER_NEXT },
		{ "an older copy was put back here", HOUR, 10, 12, 1, false, LAYER_BASE },
	};
	struct layer all[] = { layer(1, 1, 0, 10), layer(2, 1, 10, 14) };
	struct layer_list list = list_of(all, 2), none = list_of(all, 0);
	struct layer_now now = { .at_ms = NOW };
	size_t i;

	(void)state;
	assert_int_equal(layer_step_of(&none, &now), LAYER_BASE);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		now = (struct layer_now){ .at_ms = NOW + cases[i].age_ms, .hour = cases[i].hour,
			.own = head(cases[i].own), .center = head(cases[i].center), .forced = cases[i].forced };
		if (layer_step_of(&list, &now) != cases[i].step)
			fail_msg("%s", cases[i].what);
	}
	/* The same length and another hash: another journal than the one that was copied. */
	now = (struct layer_now){ .at_ms = NOW + HOUR, .own = head(14), .center = head(1) };
	now.own.hash[3] ^= 1;
	assert_int_equal(layer_step_of(&list, &now), LAYER_BASE);
}

static void what_may_go(void **state)
{
	struct layer all[] = { layer(2, 1, 10, 14), layer(3, 3, 0, 20), layer(4, 3, 20, 25), layer(5, 5, 0, 30),
		layer(8, 8, 0, 40), layer(9, 8, 40, 41) };
	static const int64_t sizes[] = { 5, 100, 10, 100, 100, 10 };
	static const struct { size_t keep; int64_t max; uint64_t oldest; } cases[] = {
		{ 9, 0, 3 },		/* what has lost its base goes */
		{ 3, 0, 3 }, { 2, 0, 5 }, { 1, 0, 8 }, { 0, 0, 8 },
		{ 9, 330, 3 }, { 9, 319, 5 }, { 9, 210, 5 }, { 9, 209, 8 },
		{ 9, 1, 8 },		/* the newest stays, whatever it has */
	};
	struct layer_list list = list_of(all, 6), none = list_of(all, 1);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(layer_oldest(&list, cases[i].keep, cases[i].max, sizes), cases[i].oldest);
	assert_int_equal(layer_oldest(&none, 3, 0, sizes), 0);
}

/* ---- sealed files ---- */

static void sealed_files(void **state)
{
	char dir[] = "/tmp/tram-layer-XXXXXX", *path, *plain;
	struct age_identity one, two, stranger;
	struct sealed_to to;
	struct sealed made, again;
	uint8_t digest[32], want[32];
	int64_t bytes;
	bool whole;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	age_identity_new(&one);
	age_identity_new(&two);
	age_identity_new(&stranger);
	assert_int_equal(sealed_to_parse(pool_printf(pool, " %s  %s ", age_recipient_text(pool, one.point),
			age_recipient_text(pool, two.point)), &to), RC_OK);
	assert_int_equal(to.count, 2);
	assert_int_equal(sealed_to_parse("", &to) | sealed_to_parse("age1xyz", &to), RC_INVALID);
	assert_int_equal(sealed_to_parse(pool_printf(pool, "%s %s", age_recipient_text(pool, one.point),
			age_recipient_text(pool, two.point)), &to), RC_OK);
	assert_int_equal(sealed_put_bytes(&to, dir, "a.age", "what was said", 13, &made), RC_OK);
	path = pool_printf(pool, "%s/a.age", dir);
	assert_int_equal(access(pool_printf(pool, "%s" SEALED_PART, path), F_OK), -1);
	assert_int_equal(sealed_measure(path, &again), RC_OK);
	assert_int_equal(again.bytes, made.bytes);
	assert_int_equal(sealed_check(path, &made, &whole), RC_OK);
	assert_true(whole);
	plain = pool_printf(pool, "%s/plain", dir);
	hash_sha256("what was said", 13, want);
	/* Each of both opens it, nobody else. */
	for (int i = 0; i < 3; i++) {
		fd = open(plain, O_RDWR | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(sealed_open(path, i == 0 ? &one : i == 1 ? &two : &stranger, fd, digest, &bytes),
				i < 2 ? RC_OK : RC_DENIED);
		if (i < 2)
			assert_memory_equal(digest, want, sizeof(want));
		(void)close(fd);
	}
	assert_int_equal(truncate(path, made.bytes - 1), 0);
	assert_int_equal(sealed_check(path, &made, &whole), RC_OK);
	assert_false(whole);
	fd = open(plain, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(sealed_open(path, &one, fd, digest, &bytes), RC_PROTOCOL);
	(void)close(fd);
	assert_int_equal(sealed_put_bytes(&to, pool_printf(pool, "%s/none", dir), "a", "x", 1, &made), RC_IO);
	(void)unlink(path);
	(void)unlink(plain);
	(void)rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manifest_there_and_back), cmocka_unit_test(manifest_torn),
		cmocka_unit_test(manifest_foreign), cmocka_unit_test(lines_of_contents), cmocka_unit_test(chains),
		cmocka_unit_test(what_is_due), cmocka_unit_test(what_may_go), cmocka_unit_test(sealed_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
