/*
 * http_reader.h: what http.c asks of its reader beyond http.h.
 */
#ifndef TRAM_LINK_HTTP_READER_H
#define TRAM_LINK_HTTP_READER_H

#include "link/http.h"

struct http_file {
	int fd;
	int64_t at;		/* where the next byte goes; on start: where the asked range begins */
	int64_t max;		/* the file never grows past this */
	int64_t got;		/* bytes written */
};
/* The body of a 200 or 206 goes there. */
void http_reader_set_file(struct http_reader *reader, struct http_file *file);
/* The answer is whole and the peer keeps the connection. */
bool http_reader_keeps(const struct http_reader *reader);
/* See http_header. */
void http_reader_header(const struct http_answer *answer, const char *name, char *out,
		size_t out_size);
/* A byte of an answer has come. */
bool http_reader_touched(const struct http_reader *reader);

#endif
