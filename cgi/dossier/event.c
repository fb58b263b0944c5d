/*
 * event.c: see event.h. The reader is loose and the writer exact: what does not come out of the
 * writer as the same bytes is refused, so one event has one form.
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "dossier/event.h"

#define HEADER_MAX 1024
#define WORD_CHARS "abcdefghijklmnopqrstuvwxyz0123456789.-"
#define KIND_CHARS "abcdefghijklmnopqrstuvwxyz._"

static const char *const author_names[] = { "board", "center" };
static const char *const subject_names[] = { "dossier", "book", "shift", "station" };

const char *event_author_name(enum event_author author)
{
	return author_names[author == AUTHOR_CENTER];
}

const char *event_subject_name(enum event_subject subject)
{
	return (unsigned)subject < 4 ? subject_names[subject] : "";
}

static void add_hex(struct buf *out, const char *word, const uint8_t *bytes, size_t len)
{
	char hex[2 * EVENT_HASH_SIZE + 1];

	hex_encode(bytes, len, hex);
	buf_printf(out, "%s%s\n", word, hex);
}

void event_encode(const struct event *event, struct buf *out)
{
	buf_printf(out, "tram-event 1\nboard %s\nauthor %s\nepoch %llu\nseq %llu\n", event->board,
			event_author_name(event->author), (unsigned long long)event->epoch,
			(unsigned long long)event->seq);
	add_hex(out, "prev ", event->prev, EVENT_HASH_SIZE);
	add_hex(out, "id ", event->id, EVENT_ID_SIZE);
	buf_printf(out, "subject %s ", event_subject_name(event->subject_kind));
	add_hex(out, "", event->subject, EVENT_ID_SIZE);
	if (event->has_after)
		add_hex(out, "after ", event->after, EVENT_ID_SIZE);
	else
		buf_text(out, "after -\n");
	buf_printf(out, "kind %s %d\nactor %s\ntime %lld %llu %llu %s %lld\n", event->kind,
			event->kind_version, event->actor, (long long)event->time.wall_ms,
			(unsigned long long)event->time.boot_count,
			(unsigned long long)event->time.mono_ms,
			when_source_name(event->time.source), (long long)event->time.bound_ms);
	add_hex(out, "body ", event->body_hash, EVENT_HASH_SIZE);
}

/* Words of the header, cut one after the other; one false answer spoils the rest. */
struct reader {
	char *at;
	bool ok;
};

/* The next word, ended by the character end. */
static const char *word(struct reader *in, char end)
{
	char *start = in->at;
	size_t len = strcspn(start, " \n");

	if (!in->ok || start[len] != end) {
		in->ok = false;
		return "";
	}
	start[len] = '\0';
	in->at = start + len + 1;
	return start;
}

static void expect(struct reader *in, const char *name)
{
	if (strcmp(word(in, ' '), name) != 0)
		in->ok = false;
}

static void read_number(struct reader *in, char end, int64_t min, int64_t max, int64_t *out)
{
	*out = 0;
	if (num_parse(word(in, end), min, max, out) != RC_OK)
		in->ok = false;
}

static void read_count(struct reader *in, char end, int64_t min, uint64_t *out)
{
	int64_t value;

	read_number(in, end, min, INT64_MAX, &value);
	*out = (uint64_t)value;
}

static void read_hex(struct reader *in, uint8_t *out, size_t len)
{
	if (hex_decode(word(in, '\n'), out, len) != RC_OK)
		in->ok = false;
}

static void read_text(struct reader *in, char end, const char *chars, char *out, size_t size)
{
	const char *text = word(in, end);
	size_t len = strlen(text);

	if (len == 0 || len >= size || text[strspn(text, chars)] != '\0') {
		in->ok = false;
		return;
	}
	memcpy(out, text, len + 1);
}

static int read_name(struct reader *in, char end, const char *const *names, int count)
{
	const char *text = word(in, end);
	int i;

	for (i = 0; i < count; i++) {
		if (strcmp(names[i], text) == 0)
			return i;
	}
	in->ok = false;
	return 0;
}

static void read_after(struct reader *in, struct event *out)
{
	const char *text = word(in, '\n');

	out->has_after = strcmp(text, "-") != 0;
	if (out->has_after && hex_decode(text, out->after, EVENT_ID_SIZE) != RC_OK)
		in->ok = false;
}

static void read_lines(struct reader *in, struct event *out)
{
	int64_t version;

	expect(in, "tram-event");
	if (strcmp(word(in, '\n'), "1") != 0)
		in->ok = false;
	expect(in, "board");
	read_text(in, '\n', WORD_CHARS, out->board, sizeof(out->board));
	expect(in, "author");
	out->author = (enum event_author)read_name(in, '\n', author_names, 2);
	expect(in, "epoch");
	read_count(in, '\n', 1, &out->epoch);
	expect(in, "seq");
	read_count(in, '\n', 1, &out->seq);
	expect(in, "prev");
	read_hex(in, out->prev, EVENT_HASH_SIZE);
	expect(in, "id");
	read_hex(in, out->id, EVENT_ID_SIZE);
	expect(in, "subject");
	out->subject_kind = (enum event_subject)read_name(in, ' ', subject_names, 4);
	read_hex(in, out->subject, EVENT_ID_SIZE);
	expect(in, "after");
	read_after(in, out);
	expect(in, "kind");
	read_text(in, ' ', KIND_CHARS, out->kind, sizeof(out->kind));
	read_number(in, '\n', 1, 9999, &version);
	out->kind_version = (int)version;
	expect(in, "actor");
	read_text(in, '\n', WORD_CHARS, out->actor, sizeof(out->actor));
	expect(in, "time");
	read_number(in, ' ', 0, INT64_MAX, &out->time.wall_ms);
	read_count(in, ' ', 0, &out->time.boot_count);
	read_count(in, ' ', 0, &out->time.mono_ms);
	if (when_source_parse(word(in, ' '), &out->time.source) != RC_OK)
		in->ok = false;
	read_number(in, '\n', -1, INT64_MAX, &out->time.bound_ms);
	expect(in, "body");
	read_hex(in, out->body_hash, EVENT_HASH_SIZE);
}

enum rc event_decode(const char *header, size_t len, struct event *out)
{
	static const uint8_t zeros[EVENT_HASH_SIZE];
	char copy[HEADER_MAX + 1];
	struct reader in = { copy, true };
	struct buf again = { 0 };

	memset(out, 0, sizeof(*out));
	if (len > HEADER_MAX || memchr(header, '\0', len))
		return RC_INVALID;
	memcpy(copy, header, len);
	copy[len] = '\0';
	read_lines(&in, out);
	if (in.ok && out->seq == 1 && memcmp(out->prev, zeros, sizeof(zeros)) != 0)
		in.ok = false;
	if (in.ok) {
		event_encode(out, &again);
		in.ok = again.len == len && memcmp(again.data, header, len) == 0;
		buf_free(&again);
	}
	out->log = out->author;
	out->position = out->seq;
	out->place = EVENT_PLACE(out->seq);
	if (!in.ok)
		memset(out, 0, sizeof(*out));
	return in.ok ? RC_OK : RC_INVALID;
}
