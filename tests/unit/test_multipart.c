/*
 * test_multipart.c: multipart bodies cut at every place, whole and torn, and bodies that try to be
 * something else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "web/multipart.h"

#define TYPE "multipart/form-data; boundary=XX"

struct seen { struct buf out; };

static enum rc begin(void *arg, const char *name, const char *filename)
{
	struct seen *seen = arg;

	buf_printf(&seen->out, "(%s", name);
	if (filename != NULL)
		buf_printf(&seen->out, "@%s", filename);
	buf_char(&seen->out, ':');
	return RC_OK;
}

static enum rc data(void *arg, const char *bytes, size_t len)
{
	buf_add(&((struct seen *)arg)->out, bytes, len);
	return RC_OK;
}

static enum rc end(void *arg)
{
	buf_char(&((struct seen *)arg)->out, ')');
	return RC_OK;
}

static enum rc parse(const char *type, const char *body, size_t len, size_t piece,
		struct seen *seen)
{
	struct pool *pool = pool_new();
	struct multipart *multipart;
	enum rc rc;

	buf_reset(&seen->out);
	buf_text(&seen->out, "");
	rc = multipart_new(
			pool, type, &(struct multipart_events){begin, data, end, seen}, &multipart);
	for (size_t at = 0; rc == RC_OK && at < len; at += piece)
		rc = multipart_feed(multipart, body + at, len - at < piece ? len - at : piece);
	if (rc == RC_OK)
		rc = multipart_finish(multipart);
	pool_free(pool);
	return rc;
}

static const char whole[] =
		"preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
		"one\r\n--XX  \r\ncontent-disposition: form-data; name=\"f\"; "
		"filename=\"x%22;y.pdf\"\r\n"
		"Content-Type: application/pdf\r\n\r\n\r\n-\r\n--X\r\n--\rXX\n\r\n--XX\r\n"
		"Content-Disposition: form-data; name=empty\r\n\r\n\r\n--XX--\r\nepilogue";

static void any_piece_size(void **state)
{
	struct seen seen = { { 0 } };

	(void)state;
	for (size_t piece = 1; piece <= sizeof whole; piece++) {
		assert_int_equal(parse(TYPE, whole, sizeof whole - 1, piece, &seen), RC_OK);
		assert_string_equal(seen.out.data,
				"(a:one)(f@x\";y.pdf:\r\n-\r\n--X\r\n--\rXX\n)(empty:)");
	}
	buf_free(&seen.out);
}

/* Whatever is missing at the end, no part counts as whole that was not closed by a boundary. */
static void torn_anywhere(void **state)
{
	struct seen seen = { { 0 } };
	size_t last = (size_t)(strstr(whole, "--XX--") - whole) + 6;

	(void)state;
	for (size_t len = 0; len < last; len++) {
		size_t closed = 0, open = 0;

		assert_int_equal(parse(TYPE, whole, len, 7, &seen), RC_GONE);
		for (size_t i = 0; i < seen.out.len; i++) {
			open += seen.out.data[i] == '(';
			closed += seen.out.data[i] == ')';
		}
		assert_true(closed <= open && open - closed <= 1);
		if (len < (size_t)(strstr(whole, "\r\n--XX  ") - whole) + 6)
			assert_int_equal(closed, 0);
	}
	assert_int_equal(parse(TYPE, whole, last, 7, &seen), RC_OK);
	buf_free(&seen.out);
}

static void boundary_at_once(void **state)
{
	static const char body[] =
			"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--";
	struct seen seen = { { 0 } };

	(void)state;
	assert_int_equal(parse(TYPE, body, sizeof body - 1, 3, &seen), RC_OK);
	assert_string_equal(seen.out.data, "(a:1)");
	assert_int_equal(parse("multipart/form-data; x=\"boundary=YY\"; boundary=\"XX\"", body,
			sizeof body - 1, 3, &seen), RC_OK);
	buf_free(&seen.out);
}

static void malformed(void **state)
{
	static const char *const bodies[] = {
		/* no name; not form-data; a boundary that only begins like ours; no disposition */
		"--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--",
		"--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--XX--",
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XXY\r\n--XX--",
		"--XX\r\nContent-Type: text/plain\r\n\r\n1\r\n--XX--",
		"--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--XX--",
		"--XX\r\n\r\n1\r\n--XX--",
	};
	static const char *const types[] = {
			"multipart/form-data",
			"multipart/form-data; boundary=",
			"multipart/form-data; boundary=\"",
			"text/plain; boundary=XX",
			/* 71 characters, one too many */
			("multipart/form-data; boundary="
			 "12345678901234567890123456789012345678901234567890123456789012345678901"),
	};
	struct seen seen = { { 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		assert_int_equal(parse(TYPE, bodies[i], strlen(bodies[i]), 5, &seen), RC_INVALID);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		assert_int_equal(parse(types[i], "", 0, 1, &seen), RC_INVALID);
	buf_free(&seen.out);
}

static void bounded(void **state)
{
	struct seen seen = { { 0 } };
	struct buf body = { 0 };

	(void)state;
	/* Headers without an end. */
	buf_text(&body, "--XX\r\n");
	for (int i = 0; i < 40000; i++)
		buf_char(&body, 'h');
	assert_int_equal(parse(TYPE, body.data, body.len, 1000, &seen), RC_INVALID);
	/* Endless blanks after a boundary, then a good part: nothing piles up. */
	buf_reset(&body);
	buf_text(&body, "--XX");
	for (int i = 0; i < 40000; i++)
		buf_char(&body, ' ');
	buf_text(&body, "\r\nContent-Disposition: form-data; name=a\r\n\r\n");
	for (int i = 0; i < 40000; i++)
		buf_text(&body, "\r\n--");
	buf_text(&body, "\r\n--XX--");
	assert_int_equal(parse(TYPE, body.data, body.len, 999, &seen), RC_OK);
	assert_int_equal(seen.out.len, strlen("(a:)") + 160000);
	/* Too many parts. */
	buf_reset(&body);
	for (int i = 0; i < 301; i++)
		buf_text(&body, "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n");
	buf_text(&body, "--XX--");
	assert_int_equal(parse(TYPE, body.data, body.len, 999, &seen), RC_INVALID);
	buf_free(&body);
	buf_free(&seen.out);
}

static void names(void **state)
{
	struct pool *pool = pool_new();
	char *clean;

	(void)state;
	assert_string_equal(multipart_clean_name(pool, "C:\\Users\\x\\ảnh 1.jpg"), "ảnh 1.jpg");
	assert_string_equal(multipart_clean_name(pool, "../../etc/passwd"), "passwd");
	assert_string_equal(multipart_clean_name(pool, ".."), "");
	assert_string_equal(multipart_clean_name(pool, "a\tb"), "");
	assert_string_equal(multipart_clean_name(pool, "\xff"), "");
	/* A name that reads backwards hides what it is. */
	assert_string_equal(multipart_clean_name(pool, "\xe2\x80\xae" "gpj.exe"), "");
	clean = pool_alloc(pool, 402);
	for (int i = 0; i < 200; i++)
		memcpy(clean + (size_t)i * 2, "đ", 2);
	assert_int_equal(strlen(multipart_clean_name(pool, clean)), 240);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_piece_size),
		cmocka_unit_test(torn_anywhere),
		cmocka_unit_test(boundary_at_once),
		cmocka_unit_test(malformed),
		cmocka_unit_test(bounded),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
