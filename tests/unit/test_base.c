/* test_base.c: memory, buffers, JSON, files, log, names of results. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/pdf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/pool.h"

static char dir[] = "/tmp/tram-base-XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static void pools(void **state)
{
	struct pool *pool = pool_new();
	size_t sizes[] = { 0, 1, 15, 4096, 4097, 16384, 100000 }, i, round;
	char *text;

	(void)state;
	for (round = 0; round < 200; round++) {
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			uint8_t *bytes = pool_alloc(pool, sizes[i]);

			assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
			if (sizes[i]) {
				assert_int_equal(bytes[0] | bytes[sizes[i] - 1], 0);
				memset(bytes, 0xff, sizes[i]);
			}
		}
		if (round % 3 == 0)
			pool_reset(pool);
	}
	text = pool_printf(pool, "%s-%d", "đ", 7);
	assert_string_equal(text, "đ-7");
	assert_string_equal(pool_strndup(pool, "abcdef", 3), "abc");
	assert_string_equal(pool_strdup(pool, ""), "");
	pool_free(pool);
	pool_free(NULL);
}

static void buffers(void **state)
{
	struct buf buf = { 0 };
	int i;

	(void)state;
	buf_reset(&buf);
	for (i = 0; i < 1000; i++)
		buf_printf(&buf, "%03d,", i);
	assert_int_equal(buf.len, 4000);
	assert_memory_equal(buf.data + 3996, "999,", 5);
	buf_reset(&buf);
	assert_string_equal(buf.data, "");
	buf_char(&buf, 'x');
	buf_add(&buf, "\0y", 2);
	buf_text(&buf, "z");
	assert_int_equal(buf.len, 4);
	assert_memory_equal(buf.data, "x\0yz", 5);
	buf_free(&buf);
	assert_null(buf.data);
	buf_free(&buf);
}

static void json_objects(void **state)
{
	static const char *const bad[] = { "", "[]", "7", "null", "{", "{\"a\":1,\"a\":2}",
		"{\"a\":\"\\u0000\"}", "{\"a\":\"\xff\"}", "{} x", "{\"a\":01}", "{a:1}", "{\"a\":1,}" };
	static const char some[] = "{\"s\":\"đ\",\"i\":-5,\"b\":true,\"n\":null}";
	struct pool *pool = pool_new();
	struct buf out = { 0 };
	json_t *object = NULL;
	char *big;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (json_parse(bad[i], strlen(bad[i]), &object) != RC_INVALID)
			fail_msg("taken: %s", bad[i]);
		assert_null(object);
	}
	assert_int_equal(json_parse("{\"a\":1}\0", 8, &object), RC_INVALID);
	big = pool_alloc(pool, 2u << 20);
	memset(big, ' ', 2u << 20);
	big[0] = '{';
	big[1] = '}';
	assert_int_equal(json_parse(big, 1u << 20, &object), RC_OK);
	json_decref(object);
	assert_int_equal(json_parse(big, (1u << 20) + 1, &object), RC_INVALID);

	assert_int_equal(json_parse(some, strlen(some), &object), RC_OK);
	assert_string_equal(json_text(object, "s"), "đ");
	assert_string_equal(json_text(object, "i"), "");
	assert_string_equal(json_text(NULL, "i"), "");
	assert_true(json_int(object, "i", 9) == -5);
	assert_true(json_int(object, "s", 9) == 9);
	assert_true(json_flag(object, "b"));
	assert_false(json_flag(object, "i"));
	json_decref(object);

	object = json_new_object();
	json_put(object, "z", "1");
	json_put(object, "none", NULL);
	json_put(object, "empty", "");
	json_put_int(object, "a", INT64_MAX);
	json_put_flag(object, "f", false);
	json_put_value(object, "l", json_new_array());
	json_add(json_object_get(object, "l"), json_string("Thử"));
	json_write(object, &out);
	assert_string_equal(out.data,
			"{\"z\":\"1\",\"a\":9223372036854775807,\"f\":false,\"l\":[\"Thử\"]}");
	assert_string_equal(json_to_text(pool, object), out.data);
	json_decref(object);
	buf_free(&out);
	pool_free(pool);
}

static void files(void **state)
{
	struct pool *pool = pool_new();
	char *path = pool_printf(pool, "%s/a", dir), *text;
	struct stat info;
	size_t len;

	(void)state;
	assert_int_equal(file_read(pool, path, 10, &text, &len), RC_NOT_FOUND);
	assert_null(text);
	assert_int_equal(file_put(dir, "a", "12345\0" "789", 9, 0640), RC_OK);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777 & ~(unsigned)0640, 0);
	assert_int_equal(file_read(pool, path, 9, &text, &len), RC_OK);
	assert_int_equal(len, 9);
	assert_memory_equal(text, "12345\0" "789", 10);
	assert_int_equal(file_read(pool, path, 8, &text, &len), RC_TOO_LARGE);
	assert_int_equal(file_put(dir, "a", "new", 3, 0640), RC_OK);
	assert_int_equal(file_read(pool, path, 9, &text, &len), RC_OK);
	assert_string_equal(text, "new");
	/* The folder itself, a folder that is not there, and no folder at all. */
	assert_int_equal(file_read(pool, dir, 100, &text, &len), RC_IO);
	assert_int_equal(file_put(pool_printf(pool, "%s/none", dir), "a", "x", 1, 0600), RC_IO);
	assert_int_equal(file_put("/dev/full", "a", "x", 1, 0600), RC_IO);
	assert_int_equal(unlink(path), 0);
	pool_free(pool);
}

static void full_disk_and_pipes(void **state)
{
	int fd = open("/dev/full", O_WRONLY), ends[2];
	char bytes[16];
	size_t got;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, "x", 1), RC_FULL);
	close(fd);
	assert_int_equal(file_write_all(-1, "x", 1), RC_IO);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(file_write_all(ends[1], "abc", 3), RC_OK);
	close(ends[1]);
	assert_int_equal(file_read_all(ends[0], bytes, sizeof(bytes), &got), RC_OK);
	assert_int_equal(got, 3);
	close(ends[0]);
	assert_int_equal(file_read_all(-1, bytes, sizeof(bytes), &got), RC_IO);
	assert_true(file_free_bytes("/tmp") > 0);
	assert_true(file_free_bytes("/no/such/path") == 0);
}

static void folders(void **state)
{
	struct pool *pool = pool_new();
	char *deep = pool_printf(pool, "%s/x//y/z/", dir);
	struct stat info;

	(void)state;
	assert_int_equal(file_make_dir(deep, 0700), RC_OK);
	assert_int_equal(file_make_dir(deep, 0700), RC_OK);
	assert_int_equal(stat(deep, &info), 0);
	assert_true(S_ISDIR(info.st_mode));
	assert_int_equal(file_put(dir, "f", "x", 1, 0600), RC_OK);
	assert_int_equal(file_make_dir(pool_printf(pool, "%s/f/g", dir), 0700), RC_IO);
	assert_int_equal(unlink(pool_printf(pool, "%s/f", dir)), 0);
	assert_int_equal(rmdir(pool_printf(pool, "%s/x/y/z", dir)), 0);
	assert_int_equal(rmdir(pool_printf(pool, "%s/x/y", dir)), 0);
	assert_int_equal(rmdir(pool_printf(pool, "%s/x", dir)), 0);
	pool_free(pool);
}

/* Runs act in a child and gives its exit status and what it wrote on stderr. */
static int in_child(void (*act)(void), char *said, size_t size)
{
	int ends[2], status = 0;
	size_t got = 0;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		act();
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(file_read_all(ends[0], said, size - 1, &got), RC_OK);
	said[got] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void die_of_fsync(void)
{
	file_sync_or_die(-1, "test");
}

static void log_badly(void)
{
	char big[3000];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	log_init("tram-test");
	log_warn("two\nlines %s", "\x1b[31m\r\n");
	log_error("%s", big);
}

static void logs(void **state)
{
	char said[8192], *line;

	(void)state;
	/* A failed fsync ends the process for the supervisor to restart; it is never tried again. */
	assert_int_equal(in_child(die_of_fsync, said, sizeof(said)), 75);
	assert_non_null(strstr(said, " fatal tram["));
	assert_non_null(strstr(said, "fsync what=test"));
	assert_int_equal(in_child(log_badly, said, sizeof(said)), 0);
	line = strchr(said, '\n');
	assert_non_null(line);
	assert_non_null(strstr(said, " warn tram-test["));
	assert_non_null(strstr(said, "two?lines ?[31m??\n"));
	assert_non_null(strchr(line + 1, '\n'));
	assert_string_equal(strchr(line + 1, '\n'), "\n");
	assert_true(strlen(line + 1) <= 1024);
}

static void results_have_names(void **state)
{
	int i, j;

	(void)state;
	for (i = RC_OK; i <= RC_BUG; i++) {
		for (j = RC_OK; j < i; j++)
			assert_string_not_equal(rc_name((enum rc)i), rc_name((enum rc)j));
	}
	assert_string_equal(rc_name((enum rc)999), "unknown");
}

/* Anybody can open it, or nobody without a password: however the file comes in pieces. */
static void a_locked_pdf_is_seen(void **state)
{
	static const struct { const char *text; bool encrypted; } cases[] = {
		{ "trailer << /Size 8 /Encrypt 7 0 R >>", true },
		{ "trailer<</Encrypt<</Filter/Standard>>>>", true },
		{ "/Encrypt\r\n 12 0 R", true }, { "//Encrypt 1 0 R", true },
		{ "/EncryptMetadata false", false }, { "/Encrypted 1", false }, { "/Encrypt", false },
		{ "Encrypt 7 0 R", false }, { "/Encryp t 7 0 R", false }, { "", false },
		{ "/Encrypt/Encrypt 7 0 R", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].text);

		for (size_t cut = 0; cut <= len; cut++) {
			struct pdf_scan scan = { 0, false, false };

			pdf_scan_feed(&scan, cases[i].text, cut);
			pdf_scan_feed(&scan, cases[i].text + cut, len - cut);
			assert_int_equal(scan.encrypted, cases[i].encrypted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_locked_pdf_is_seen),
		cmocka_unit_test(pools),
		cmocka_unit_test(buffers),
		cmocka_unit_test(json_objects),
		cmocka_unit_test(files),
		cmocka_unit_test(full_disk_and_pipes),
		cmocka_unit_test(folders),
		cmocka_unit_test(logs),
		cmocka_unit_test(results_have_names),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
