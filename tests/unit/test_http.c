/*
 * test_http.c: the reader of HTTP answers: every cut, and what captive portals and forgers send.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "link/http_reader.h"

static struct http_answer answer;

static int tear_down(void **state)
{
	(void)state;
	http_answer_free(&answer);
	return 0;
}

/* Feeds text in pieces of step bytes; RC_BUSY: not done at its end. *left: bytes not taken. */
static enum rc feed(const char *text, size_t len, size_t step, bool no_body, size_t max, size_t *left)
{
	struct http_reader *reader;
	bool done = false;
	enum rc rc = RC_OK;
	size_t at = 0;

	http_answer_free(&answer);
	reader = http_reader_new(no_body, max, &answer);
	while (at < len && rc == RC_OK && !done) {
		size_t part = len - at < step ? len - at : step, used;

		rc = http_reader_feed(reader, text + at, part, &used, &done);
		at += used;
		if (rc == RC_OK && !done)
			assert_int_equal(used, part);
	}
	if (left)
		*left = len - at;
	http_reader_free(reader);
	return rc ? rc : done ? RC_OK : RC_BUSY;
}

static enum rc whole(const char *text)
{
	return feed(text, strlen(text), SIZE_MAX, false, 1000, NULL);
}

static void length_body_in_every_cut(void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
		"content-length:  5 \r\n\r\nhello";
	char value[32];
	size_t step, cut;

	(void)state;
	for (step = 1; step <= sizeof(text); step++) {
		assert_int_equal(feed(text, strlen(text), step, false, 5, NULL), RC_OK);
		assert_int_equal(answer.status, 200);
		assert_string_equal(answer.body.data, "hello");
		http_header(&answer, "CONTENT-type", value, sizeof(value));
		assert_string_equal(value, "text/plain");
		http_header(&answer, "Content", value, sizeof(value));
		assert_string_equal(value, "");
		http_header(&answer, "Content-Type", value, 4);
		assert_string_equal(value, "");
	}
	/* Half an answer is never a whole one. */
	for (cut = 0; cut < strlen(text); cut++)
		assert_int_equal(feed(text, cut, SIZE_MAX, false, 5, NULL), RC_BUSY);
}

static void chunked_body_in_every_cut(void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n";
	size_t step, cut;

	(void)state;
	for (step = 1; step <= sizeof(text); step++) {
		assert_int_equal(feed(text, strlen(text), step, false, 11, NULL), RC_OK);
		assert_string_equal(answer.body.data, "hello world");
	}
	for (cut = 0; cut < strlen(text); cut++)
		assert_int_equal(feed(text, cut, SIZE_MAX, false, 11, NULL), RC_BUSY);
}

static void answers_without_a_body(void **state)
{
	static const char two[] = "HTTP/1.1 204 No Content\r\nA: b\r\n\r\nHTTP/1.1";
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
	size_t left;

	(void)state;
	assert_int_equal(feed(two, strlen(two), SIZE_MAX, false, 10, &left), RC_OK);
	assert_int_equal(left, strlen("HTTP/1.1"));
	assert_int_equal(feed(head, strlen(head), 3, true, 10, &left), RC_OK);
	assert_int_equal(whole("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"), RC_OK);
	assert_int_equal(whole("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), RC_OK);
}

static void interim_answers_are_passed_over(void **state)
{
	(void)state;
	assert_int_equal(whole("HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 201 Created\r\n"
			"Content-Length: 2\r\n\r\nok"), RC_OK);
	assert_int_equal(answer.status, 201);
	assert_int_equal(whole("HTTP/1.1 101 Switching Protocols\r\n\r\n"), RC_PROTOCOL);
	assert_int_equal(whole("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"
			"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"
			"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"),
			RC_PROTOCOL);
}

static void what_is_not_http_is_refused(void **state)
{
	static const char *const bad[] = {
		"<html>Please log in</html>\r\n", "\r\n", "HTTP/2 200\r\n", "HTTP/1.1 20 OK\r\n",
		"HTTP/1.1 999 OK\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1  200 OK\r\n", "SSH-2.0-x\r\n",
		"HTTP/1.1 200 OK\r\nno colon\r\n", "HTTP/1.1 200 OK\r\n: empty\r\n",
		"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n",
		/* A body whose end is only the connection's end. */
		"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 500 No\r\nContent-Type: text/html\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000000\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (whole(bad[i]) != RC_PROTOCOL)
			fail_msg("taken: %s", bad[i]);
	}
	assert_int_equal(feed("HTTP/1.1 200 OK\r\nA: \0b\r\n", 24, SIZE_MAX, false, 10, NULL),
			RC_PROTOCOL);
}

static void limits_hold(void **state)
{
	char *text = malloc(70000);
	size_t len = 0;
	int i;

	(void)state;
	assert_int_equal(feed("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello!", 44, SIZE_MAX,
			false, 5, NULL), RC_TOO_LARGE);
	memset(text, 'a', 70000);
	assert_int_equal(feed(text, 70000, 1000, false, 10, NULL), RC_PROTOCOL);
	len = (size_t)snprintf(text, 70000, "HTTP/1.1 200 OK\r\n");
	for (i = 0; i < 2000; i++)
		len += (size_t)snprintf(text + len, 70000 - len, "X-Header-%d: value\r\n", i);
	assert_int_equal(feed(text, len, SIZE_MAX, false, 10, NULL), RC_PROTOCOL);
	free(text);
}

/* Feeds an answer whose body goes to a file that already has `had`. */
static enum rc feed_file(const char *text, const char *had, int64_t max, char *out, size_t size)
{
	char path[] = "test-http-XXXXXX";
	struct http_file file = { .fd = mkstemp(path), .at = (int64_t)strlen(had), .max = max };
	struct http_reader *reader;
	size_t used;
	ssize_t n;
	bool done;
	enum rc rc;

	assert_true(file.fd >= 0);
	unlink(path);
	assert_int_equal(write(file.fd, had, strlen(had)), (ssize_t)strlen(had));
	http_answer_free(&answer);
	reader = http_reader_new(false, 100, &answer);
	http_reader_set_file(reader, &file);
	rc = http_reader_feed(reader, text, strlen(text), &used, &done);
	http_reader_free(reader);
	n = pread(file.fd, out, size - 1, 0);
	assert_true(n >= 0);
	out[n] = '\0';
	close(file.fd);
	return rc;
}

static void files_resume(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(feed_file("HTTP/1.1 206 P\r\nContent-Range: bytes 3-5/6\r\n"
			"Content-Length: 3\r\n\r\ndef", "abc", 6, out, sizeof(out)), RC_OK);
	assert_string_equal(out, "abcdef");
	/* A server without ranges sends all: the file begins anew. */
	assert_int_equal(feed_file("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef", "xyz", 6, out,
			sizeof(out)), RC_OK);
	assert_string_equal(out, "abcdef");
	assert_int_equal(feed_file("HTTP/1.1 206 P\r\nContent-Range: bytes 2-5/6\r\n"
			"Content-Length: 3\r\n\r\ndef", "abc", 6, out, sizeof(out)), RC_PROTOCOL);
	assert_string_equal(out, "abc");
	assert_int_equal(feed_file("HTTP/1.1 206 P\r\nContent-Range: bytes 3-9/10\r\n"
			"Content-Length: 7\r\n\r\ndefghij", "abc", 6, out, sizeof(out)), RC_TOO_LARGE);
	assert_string_equal(out, "abc");
	/* An error page is no content. */
	assert_int_equal(feed_file("HTTP/1.1 500 E\r\nContent-Length: 4\r\n\r\noops",
			"abc", 60, out, sizeof(out)), RC_OK);
	assert_string_equal(out, "abc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_body_in_every_cut),
		cmocka_unit_test(chunked_body_in_every_cut),
		cmocka_unit_test(answers_without_a_body),
		cmocka_unit_test(interim_answers_are_passed_over),
		cmocka_unit_test(what_is_not_http_is_refused),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(files_resume),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
