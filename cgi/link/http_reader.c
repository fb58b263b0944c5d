/*
 * http_reader.c: one HTTP/1.1 answer from bytes as they come (RFC 9112). Strict where it costs no
 * honest server anything: no folded headers, no second length, no body that ends with the line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "link/http_reader.h"

#define HTTP_HEAD_MAX 16384u
#define HTTP_LINE_MAX 8192u
#define HTTP_CHUNK_DIGITS 8u
#define HTTP_INTERIM_MAX 8

enum http_state { HTTP_STATUS, HTTP_HEADERS, HTTP_LENGTH, HTTP_CHUNK_SIZE, HTTP_CHUNK,
	HTTP_CHUNK_END, HTTP_TRAILERS, HTTP_DONE };

struct http_reader {
	enum http_state state;
	struct http_answer *answer;
	struct buf line;
	bool no_body, close, chunked, has_length, touched;
	int interim;
	size_t max_body;
	int64_t left;			/* of the body or the chunk */
	struct http_file *file;		/* where a good body goes instead of answer->body */
	bool to_file;
};

struct http_reader *http_reader_new(bool no_body, size_t max_body, struct http_answer *answer)
{
	struct http_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		log_fatal("http: out of memory");
	reader->no_body = no_body;
	reader->max_body = max_body;
	reader->answer = answer;
	return reader;
}

void http_reader_free(struct http_reader *reader)
{
	if (!reader)
		return;
	buf_free(&reader->line);
	free(reader);
}

void http_reader_set_file(struct http_reader *reader, struct http_file *file)
{
	reader->file = file;
}

bool http_reader_keeps(const struct http_reader *reader)
{
	return reader->state == HTTP_DONE && !reader->close;
}

bool http_reader_touched(const struct http_reader *reader)
{
	return reader->touched;
}

/* Finds "name:" at a line's start; the value without blanks around it. */
static const char *http_find(const struct buf *headers, const char *name, size_t *len)
{
	const char *at = headers->data, *end = at ? at + headers->len : NULL;
	size_t name_len = strlen(name);

	while (at && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (!stop)
			break;
		if ((size_t)(stop - at) > name_len && at[name_len] == ':' &&
				strncasecmp(at, name, name_len) == 0) {
			at += name_len + 1;
			while (at < stop && (*at == ' ' || *at == '\t'))
				at++;
			while (stop > at && strchr(" \t\r\n", stop[-1]))
				stop--;
			*len = (size_t)(stop - at);
			return at;
		}
		at = stop + 1;
	}
	return NULL;
}

void http_reader_header(const struct http_answer *answer, const char *name, char *out,
		size_t out_size)
{
	size_t len = 0;
	const char *value = http_find(&answer->headers, name, &len);

	out[0] = '\0';
	if (value && len < out_size) {
		memcpy(out, value, len);
		out[len] = '\0';
	}
}

static enum rc http_read_status(struct http_reader *reader)
{
	const char *line = reader->line.data;
	int64_t status;
	char digits[4];

	if (reader->line.len < 12 || strncmp(line, "HTTP/1.", 7) || (line[7] != '0' && line[7] != '1') ||
			line[8] != ' ' || (line[12] != ' ' && line[12] != '\0'))
		return RC_PROTOCOL;
	memcpy(digits, line + 9, 3);
	digits[3] = '\0';
	if (num_parse(digits, 100, 599, &status))
		return RC_PROTOCOL;
	reader->answer->status = (int)status;
	reader->close = line[7] == '0';
	reader->state = HTTP_HEADERS;
	return RC_OK;
}

static enum rc http_keep_header(struct http_reader *reader)
{
	const char *line = reader->line.data, *colon = strchr(line, ':');
	struct buf *headers = &reader->answer->headers;
	size_t had, len = reader->line.len;
	char name[32];

	if (!colon || colon == line || strcspn(line, " \t") < (size_t)(colon - line) ||
			strlen(line) != len || headers->len + len + 2 > HTTP_HEAD_MAX)
		return RC_PROTOCOL;
	if ((size_t)(colon - line) < sizeof(name)) {
		memcpy(name, line, (size_t)(colon - line));
		name[colon - line] = '\0';
		/* Two lengths are how requests and answers are smuggled. */
		if ((strcasecmp(name, "Content-Length") == 0 ||
				strcasecmp(name, "Transfer-Encoding") == 0) &&
				http_find(headers, name, &had))
			return RC_PROTOCOL;
	}
	buf_add(headers, line, len);
	buf_add(headers, "\r\n", 2);
	return RC_OK;
}

/* The body goes to the file: 206 that begins where we asked, or 200 for the file as a whole. */
static enum rc http_aim_file(struct http_reader *reader)
{
	struct http_file *file = reader->file;
	char range[64], wanted[40];

	if (!file)
		return RC_OK;
	if (reader->answer->status == 206) {
		http_reader_header(reader->answer, "Content-Range", range, sizeof(range));
		snprintf(wanted, sizeof(wanted), "bytes %lld-", (long long)file->at);
		if (strncmp(range, wanted, strlen(wanted)))
			return RC_PROTOCOL;
		reader->to_file = true;
	} else if (reader->answer->status == 200) {
		if (file->at && ftruncate(file->fd, 0))
			return RC_IO;
		file->at = 0;
		reader->to_file = true;
	}
	return RC_OK;
}

static enum rc http_head_ends(struct http_reader *reader)
{
	struct http_answer *answer = reader->answer;
	char value[64];
	int status = answer->status;

	if (status < 200) {
		if (++reader->interim > HTTP_INTERIM_MAX || status == 101)
			return RC_PROTOCOL;
		buf_reset(&answer->headers);
		reader->state = HTTP_STATUS;
		return RC_OK;
	}
	http_reader_header(answer, "Connection", value, sizeof(value));
	if (strcasecmp(value, "close") == 0)
		reader->close = true;
	if (reader->no_body || status == 204 || status == 304) {
		reader->state = HTTP_DONE;
		return RC_OK;
	}
	http_reader_header(answer, "Transfer-Encoding", value, sizeof(value));
	reader->chunked = strcasecmp(value, "chunked") == 0;
	if (value[0] && !reader->chunked)
		return RC_PROTOCOL;
	http_reader_header(answer, "Content-Length", value, sizeof(value));
	if (value[0] ? reader->chunked || num_parse(value, 0, INT64_MAX, &reader->left) :
			!reader->chunked)
		return RC_PROTOCOL;
	reader->state = reader->chunked ? HTTP_CHUNK_SIZE : reader->left ? HTTP_LENGTH : HTTP_DONE;
	return http_aim_file(reader);
}

static enum rc http_read_chunk_size(struct http_reader *reader)
{
	const char *line = reader->line.data;
	size_t digits = strspn(line, "0123456789abcdefABCDEF"), i;
	int64_t size = 0;

	if (digits == 0 || digits > HTTP_CHUNK_DIGITS ||
			(line[digits] && !strchr("; \t", line[digits])))
		return RC_PROTOCOL;
	for (i = 0; i < digits; i++) {
		char c = line[i];

		size = size * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	reader->left = size;
	reader->state = size ? HTTP_CHUNK : HTTP_TRAILERS;
	return RC_OK;
}

static enum rc http_take_line(struct http_reader *reader)
{
	switch (reader->state) {
	case HTTP_STATUS:
		return http_read_status(reader);
	case HTTP_HEADERS:
		return reader->line.len ? http_keep_header(reader) : http_head_ends(reader);
	case HTTP_CHUNK_SIZE:
		return http_read_chunk_size(reader);
	case HTTP_CHUNK_END:
		reader->state = HTTP_CHUNK_SIZE;
		return reader->line.len ? RC_PROTOCOL : RC_OK;
	case HTTP_TRAILERS:
		if (reader->line.len == 0)
			reader->state = HTTP_DONE;
		return RC_OK;
	default:
		return RC_BUG;
	}
}

/* One line, in as many pieces as it comes in; CR LF or a lone LF ends it. */
static enum rc http_feed_line(struct http_reader *reader, const char *bytes, size_t len, size_t *used)
{
	const char *end = memchr(bytes, '\n', len);
	size_t take = end ? (size_t)(end - bytes) : len;
	enum rc rc;

	if (reader->line.len + take > HTTP_LINE_MAX)
		return RC_PROTOCOL;
	buf_add(&reader->line, bytes, take);
	*used = take + (end ? 1 : 0);
	if (!end)
		return RC_OK;
	if (reader->line.len && reader->line.data[reader->line.len - 1] == '\r')
		reader->line.data[--reader->line.len] = '\0';
	rc = http_take_line(reader);
	buf_reset(&reader->line);
	return rc;
}

static enum rc http_feed_body(struct http_reader *reader, const char *bytes, size_t len, size_t *used)
{
	struct http_file *file = reader->file;
	size_t take = (int64_t)len < reader->left ? len : (size_t)reader->left;
	enum rc rc;

	if (reader->to_file) {
		if ((int64_t)take > file->max - file->at)
			return RC_TOO_LARGE;
		if (lseek(file->fd, (off_t)file->at, SEEK_SET) < 0)
			return RC_IO;
		rc = file_write_all(file->fd, bytes, take);
		if (rc)
			return rc;
		file->at += (int64_t)take;
		file->got += (int64_t)take;
	} else {
		if (take > reader->max_body - reader->answer->body.len)
			return RC_TOO_LARGE;
		buf_add(&reader->answer->body, bytes, take);
	}
	*used = take;
	reader->left -= (int64_t)take;
	if (reader->left == 0)
		reader->state = reader->state == HTTP_CHUNK ? HTTP_CHUNK_END : HTTP_DONE;
	return RC_OK;
}

enum rc http_reader_feed(struct http_reader *reader, const char *bytes, size_t len, size_t *used,
		bool *done)
{
	enum rc rc = RC_OK;

	*used = 0;
	reader->touched = reader->touched || len;
	while (rc == RC_OK && *used < len && reader->state != HTTP_DONE) {
		size_t part = 0;

		if (reader->state == HTTP_LENGTH || reader->state == HTTP_CHUNK)
			rc = http_feed_body(reader, bytes + *used, len - *used, &part);
		else
			rc = http_feed_line(reader, bytes + *used, len - *used, &part);
		*used += part;
	}
	*done = rc == RC_OK && reader->state == HTTP_DONE;
	return rc;
}
