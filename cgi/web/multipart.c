/*
 * multipart.c: a window of fixed size slides over the body; a delimiter is looked for in it, and
 * what cannot be part of one is handed on.
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "web/multipart.h"

#define WINDOW_BYTES 16384u
#define HEADERS_MAX 4096u
#define BOUNDARY_MAX 70u	/* RFC 2046 5.1.1 */
#define PARTS_MAX 300u
#define NAME_MAX_CHARS 120u

enum state { STATE_PREAMBLE, STATE_BORDER, STATE_HEADERS, STATE_BODY, STATE_DONE };

struct multipart {
	struct pool *pool;
	struct multipart_events events;
	enum state state;
	bool padded;				/* blanks stood after this delimiter */
	char delimiter[BOUNDARY_MAX + 5];	/* "\r\n--" boundary */
	size_t delimiter_len;
	size_t parts, len;
	char window[WINDOW_BYTES];
};

/* The value of ";name=…" in a header, quoted or not; NULL: none. */
static char *parameter(struct pool *pool, const char *header, const char *name)
{
	size_t name_len = strlen(name);

	while ((header = strchr(header, ';')) != NULL) {
		const char *end;

		header += 1 + strspn(header + 1, " \t");
		if (strncasecmp(header, name, name_len) == 0 && header[name_len] == '=') {
			header += name_len + 1;
			if (*header != '"')
				return pool_strndup(pool, header, strcspn(header, "; \t"));
			end = strchr(header + 1, '"');
			return end != NULL ? pool_strndup(pool, header + 1,
							     (size_t)(end - header - 1))
					   : NULL;
		}
		/* Skip a quoted value: it may hold ";name=". */
		header += strcspn(header, ";\"");
		if (*header == '"') {
			end = strchr(header + 1, '"');
			if (end == NULL)
				return NULL;
			header = end;
		}
	}
	return NULL;
}

enum rc multipart_new(struct pool *pool, const char *content_type,
		const struct multipart_events *events, struct multipart **out)
{
	struct multipart *multipart;
	const char *boundary;
	size_t len;

	*out = NULL;
	if (strncasecmp(content_type, "multipart/form-data", 19) != 0)
		return RC_INVALID;
	boundary = parameter(pool, content_type, "boundary");
	len = boundary != NULL ? strlen(boundary) : 0;
	if (len == 0 || len > BOUNDARY_MAX)
		return RC_INVALID;
	multipart = pool_alloc(pool, sizeof *multipart);
	multipart->pool = pool;
	multipart->events = *events;
	memcpy(multipart->delimiter, "\r\n--", 4);
	memcpy(multipart->delimiter + 4, boundary, len + 1);
	multipart->delimiter_len = len + 4;
	/* The first delimiter has no line before it. */
	memcpy(multipart->window, "\r\n", 2);
	multipart->len = 2;
	*out = multipart;
	return RC_OK;
}

static void drop(struct multipart *multipart, size_t n)
{
	multipart->len -= n;
	memmove(multipart->window, multipart->window + n, multipart->len);
}

/* Where needle begins in the window, or where it could still begin; *whole says which. */
static size_t find(const struct multipart *multipart, const char *needle, size_t needle_len,
		bool *whole)
{
	const char *p = multipart->window, *end = multipart->window + multipart->len;

	while (p < end && (p = memchr(p, needle[0], (size_t)(end - p))) != NULL) {
		size_t have = (size_t)(end - p);

		*whole = have >= needle_len;
		if (memcmp(p, needle, *whole ? needle_len : have) == 0)
			return (size_t)(p - multipart->window);
		p++;
	}
	*whole = false;
	return multipart->len;
}

/* %22, %0D, %0A: how browsers write what may not stand in quotes (HTML standard, 4.10.22.8). */
static void unescape(char *name)
{
	char *to = name;

	for (; *name != '\0'; name++) {
		if (strncmp(name, "%22", 3) == 0) {
			*to++ = '"';
			name += 2;
		} else if (strncasecmp(name, "%0d", 3) == 0 || strncasecmp(name, "%0a", 3) == 0) {
			*to++ = ' ';
			name += 2;
		} else {
			*to++ = *name;
		}
	}
	*to = '\0';
}

static enum rc begin_part(struct multipart *multipart, char *headers)
{
	char *name = NULL, *filename = NULL, *line, *next;

	if (++multipart->parts > PARTS_MAX)
		return RC_INVALID;
	for (line = headers; line != NULL; line = next) {
		next = strstr(line, "\r\n");
		if (next != NULL) {
			*next = '\0';
			next += 2;
		}
		if (strncasecmp(line, "content-disposition:", 20) != 0)
			continue;
		line += 20 + strspn(line + 20, " \t");
		if (strncasecmp(line, "form-data", 9) != 0)
			return RC_INVALID;
		name = parameter(multipart->pool, line, "name");
		filename = parameter(multipart->pool, line, "filename");
	}
	if (name == NULL)
		return RC_INVALID;
	unescape(name);
	if (filename != NULL)
		unescape(filename);
	return multipart->events.begin(multipart->events.arg, name, filename);
}

/* Each step consumes something and sets *more, or waits for more bytes. */

static enum rc step_body(struct multipart *multipart, bool *more)
{
	bool whole;
	size_t at = find(multipart, multipart->delimiter, multipart->delimiter_len, &whole);
	enum rc rc = RC_OK;

	if (at > 0 && multipart->state == STATE_BODY)
		rc = multipart->events.data(multipart->events.arg, multipart->window, at);
	if (rc == RC_OK && whole && multipart->state == STATE_BODY)
		rc = multipart->events.end(multipart->events.arg);
	drop(multipart, whole ? at + multipart->delimiter_len : at);
	if (whole) {
		multipart->state = STATE_BORDER;
		multipart->padded = false;
	}
	*more = whole;
	return rc;
}

static enum rc step_border(struct multipart *multipart, bool *more)
{
	size_t blank = 0;

	*more = false;
	while (blank < multipart->len && (multipart->window[blank] == ' ' ||
			multipart->window[blank] == '\t'))
		blank++;
	drop(multipart, blank);
	multipart->padded = multipart->padded || blank > 0;
	if (multipart->len < 2)
		return RC_OK;
	if (!multipart->padded && memcmp(multipart->window, "--", 2) == 0) {
		multipart->state = STATE_DONE;
	} else if (memcmp(multipart->window, "\r\n", 2) == 0) {
		/* The line break stays: headers are then always "…\r\n\r\n". */
		multipart->state = STATE_HEADERS;
	} else {
		return RC_INVALID;
	}
	*more = true;
	return RC_OK;
}

static enum rc step_headers(struct multipart *multipart, bool *more)
{
	char headers[HEADERS_MAX + 1];
	bool whole;
	size_t at = find(multipart, "\r\n\r\n", 4, &whole);
	enum rc rc;

	*more = whole;
	if (at > HEADERS_MAX)
		return RC_INVALID;
	if (!whole)
		return RC_OK;
	memcpy(headers, multipart->window, at);
	headers[at] = '\0';
	if (memchr(headers, '\0', at) != NULL)
		return RC_INVALID;
	rc = begin_part(multipart, headers);
	/* A body that is empty begins with the delimiter's own line break. */
	drop(multipart, at + 4);
	multipart->state = STATE_BODY;
	return rc;
}

static enum rc run(struct multipart *multipart)
{
	bool more = true;
	enum rc rc = RC_OK;

	while (rc == RC_OK && more) {
		switch (multipart->state) {
		case STATE_PREAMBLE:
		case STATE_BODY:
			rc = step_body(multipart, &more);
			break;
		case STATE_BORDER:
			rc = step_border(multipart, &more);
			break;
		case STATE_HEADERS:
			rc = step_headers(multipart, &more);
			break;
		case STATE_DONE:
			multipart->len = 0;
			more = false;
			break;
		}
	}
	return rc;
}

enum rc multipart_feed(struct multipart *multipart, const char *bytes, size_t len)
{
	enum rc rc = RC_OK;

	while (rc == RC_OK && len > 0) {
		size_t room = sizeof multipart->window - multipart->len,
		       n = len < room ? len : room;

		memcpy(multipart->window + multipart->len, bytes, n);
		multipart->len += n;
		bytes += n;
		len -= n;
		rc = run(multipart);
		if (rc == RC_OK && multipart->len == sizeof multipart->window)
			rc = RC_INVALID;
	}
	return rc;
}

enum rc multipart_finish(const struct multipart *multipart)
{
	return multipart->state == STATE_DONE ? RC_OK : RC_GONE;
}

char *multipart_clean_name(struct pool *pool, const char *filename)
{
	const char *slash;
	char *clean, *end;

	while ((slash = strpbrk(filename, "/\\")) != NULL)
		filename = slash + 1;
	if (text_clean(pool, filename, strlen(filename), TEXT_ONE_LINE, &clean) != RC_OK)
		return pool_strdup(pool, "");
	end = clean;
	for (size_t n = 0; *end != '\0' && n < NAME_MAX_CHARS; n++) {
		end++;
		while (((unsigned char)*end & 0xc0) == 0x80)
			end++;
	}
	*end = '\0';
	if (strcmp(clean, ".") == 0 || strcmp(clean, "..") == 0)
		clean[0] = '\0';
	return clean;
}
