/*
 * pdfcheck.c: is this PDF of use at the other end: does it ask for a password, has it a page?
 *
 * No parser of PDF: a walk over its words (ISO 32000-1, 7.2) that steps over the contents of streams,
 * but unpacks those that hold objects (7.5.7), since page objects of newer files lie in them. Bounded
 * by how much is unpacked. /Encrypt stands in a trailer or in the dictionary of a cross-reference
 * stream (7.5.5, 7.5.8), never packed.
 */
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "image/image.h"

#define CHUNK 32768
#define UNPACKED_MAX ((uint64_t)32 << 20)
#define WORD_MAX 32

enum where { IN_WORDS, IN_STREAM, IN_STRING, IN_COMMENT };

struct walk {
	enum where where;
	int depth;			/* of ( in a string */
	bool escaped;
	char word[WORD_MAX];
	size_t len;
	char before[WORD_MAX];		/* the word before the last */
	bool is_objects, is_flate;	/* of the dictionary that a stream may follow */
	size_t pages;
	bool encrypted;
	unsigned number_words;		/* words since /Encrypt: it is followed by a reference or << */
	size_t end_at;			/* how much of "endstream" was seen */
	bool line_end;			/* of the word "stream": CR LF or LF */
	bool packed;			/* this walk is over an unpacked stream: no streams inside */
	z_stream *inflate;		/* of the object stream that is read */
	struct walk *inner;
	uint64_t *unpacked;
};

static void feed(struct walk *walk, const uint8_t *bytes, size_t len);

static bool is(const char *word, const char *what)
{
	return strcmp(word, what) == 0;
}

/* Opens an object stream. */
static void stream_begin(struct walk *walk)
{
	walk->where = IN_STREAM;
	walk->end_at = 0;
	walk->line_end = false;
	if (!walk->is_objects || !walk->is_flate || *walk->unpacked >= UNPACKED_MAX)
		return;
	walk->inflate = calloc(1, sizeof(*walk->inflate));
	walk->inner = calloc(1, sizeof(*walk->inner));
	if (walk->inflate == NULL || walk->inner == NULL || inflateInit(walk->inflate) != Z_OK) {
		free(walk->inflate);
		free(walk->inner);
		walk->inflate = NULL;
		walk->inner = NULL;
		return;
	}
	walk->inner->packed = true;
	walk->inner->unpacked = walk->unpacked;
}

static void stream_end(struct walk *walk)
{
	if (walk->inflate == NULL)
		return;
	(void)inflateEnd(walk->inflate);
	feed(walk->inner, (const uint8_t *)" ", 1);
	walk->pages += walk->inner->pages;
	free(walk->inflate);
	free(walk->inner);
	walk->inflate = NULL;
	walk->inner = NULL;
}

static void unpack(struct walk *walk, const uint8_t *bytes, size_t len)
{
	uint8_t out[4096];
	int rc = Z_OK;

	if (walk->inflate == NULL)
		return;
	walk->inflate->next_in = (Bytef *)(uintptr_t)bytes;
	walk->inflate->avail_in = (uInt)len;
	do {
		walk->inflate->next_out = out;
		walk->inflate->avail_out = sizeof(out);
		rc = inflate(walk->inflate, Z_NO_FLUSH);
		feed(walk->inner, out, sizeof(out) - walk->inflate->avail_out);
		*walk->unpacked += sizeof(out) - walk->inflate->avail_out;
	} while (rc == Z_OK && walk->inflate->avail_out == 0 && *walk->unpacked < UNPACKED_MAX);
}

/* A whole word is known. */
static void word(struct walk *walk)
{
	const char *now = walk->word;

	if (walk->len == 0)
		return;
	walk->word[walk->len < WORD_MAX ? walk->len : WORD_MAX - 1] = '\0';
	walk->len = 0;
	if (walk->number_words > 0) {
		walk->number_words++;
		if (walk->number_words == 2 && !(now[0] >= '0' && now[0] <= '9'))
			walk->number_words = 0;
		else if (walk->number_words == 4) {
			walk->encrypted = walk->encrypted || is(now, "R");
			walk->number_words = 0;
		}
	}
	if (is(walk->before, "/Type") && is(now, "/Page"))
		walk->pages++;
	if (is(walk->before, "/Type") && is(now, "/ObjStm"))
		walk->is_objects = true;
	if (is(now, "/FlateDecode") || is(now, "/Fl"))
		walk->is_flate = true;
	if (is(now, "/Encrypt") && !walk->packed)
		walk->number_words = 1;
	if (is(now, "obj") || is(now, "endobj"))
		walk->is_objects = walk->is_flate = false;
	memcpy(walk->before, walk->word, WORD_MAX);
	if (is(now, "stream") && !walk->packed)
		stream_begin(walk);
}

static void add(struct walk *walk, uint8_t byte)
{
	if (walk->len < WORD_MAX - 1)
		walk->word[walk->len] = (char)byte;
	walk->len++;
}

static void in_words(struct walk *walk, uint8_t byte)
{
	static const char delimiters[] = "()<>[]{}/%";
	bool blank = byte <= ' ';

	if (!blank && (byte == 0 || strchr(delimiters, byte) == NULL)) {
		add(walk, byte);
		return;
	}
	word(walk);
	if (walk->where != IN_WORDS) {	/* the blank after "stream" belongs to the stream */
		walk->line_end = byte == '\n';
		return;
	}
	if (byte == '<' && walk->number_words == 1)
		walk->encrypted = true;
	if (byte == '(') {
		walk->where = IN_STRING;
		walk->depth = 1;
		walk->escaped = false;
	} else if (byte == '%') {
		walk->where = IN_COMMENT;
	} else if (byte == '/') {
		add(walk, byte);
	}
}

static void in_string(struct walk *walk, uint8_t byte)
{
	if (walk->escaped)
		walk->escaped = false;
	else if (byte == '\\')
		walk->escaped = true;
	else if (byte == '(')
		walk->depth++;
	else if (byte == ')' && --walk->depth == 0)
		walk->where = IN_WORDS;
}

/* Returns how many bytes belong to the stream. */
static size_t in_stream(struct walk *walk, const uint8_t *bytes, size_t len)
{
	static const char end[] = "endstream";
	size_t i = 0, from;

	if (!walk->line_end) {		/* after CR comes LF */
		walk->line_end = true;
		i = bytes[0] == '\n' ? 1 : 0;
	}
	for (from = i; i < len; i++) {
		walk->end_at = bytes[i] == (uint8_t)end[walk->end_at] ? walk->end_at + 1 :
				bytes[i] == 'e' ? 1 : 0;
		if (walk->end_at == sizeof(end) - 1) {
			unpack(walk, bytes + from, i + 1 - from);
			stream_end(walk);
			walk->where = IN_WORDS;
			walk->is_objects = walk->is_flate = false;
			return i + 1;
		}
	}
	unpack(walk, bytes + from, len - from);
	return len;
}

static void feed(struct walk *walk, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (walk->where) {
		case IN_WORDS:
			in_words(walk, bytes[i]);
			break;
		case IN_STRING:
			in_string(walk, bytes[i]);
			break;
		case IN_COMMENT:
			if (bytes[i] == '\n' || bytes[i] == '\r')
				walk->where = IN_WORDS;
			break;
		default:
			i += in_stream(walk, bytes + i, len - i) - 1;
			break;
		}
	}
}

const char *pdfcheck_read(const struct image_input *input, size_t *pages)
{
	uint8_t *bytes = malloc(CHUNK);
	uint64_t unpacked = 0;
	struct walk walk = { .where = IN_WORDS, .unpacked = &unpacked };
	size_t got;

	*pages = 0;
	if (bytes == NULL)
		return IMAGE_MEMORY;
	while ((got = input->read(input->arg, bytes, CHUNK)) > 0)
		feed(&walk, bytes, got);
	feed(&walk, (const uint8_t *)" ", 1);
	stream_end(&walk);
	free(bytes);
	*pages = walk.pages;
	if (walk.encrypted)
		return IMAGE_ENCRYPTED;
	return walk.pages > 0 ? NULL : IMAGE_EMPTY;
}
