/*
 * reading_wire.c: see reading_wire.h.
 */
#include "link/reading_wire.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define TEXT_MAX 160
#define AT_MAX INT64_C(4102444800000)	/* 2100 */
#define NO_MAX (INT64_C(1) << 53)

static const char *const texts[] = { "account", "route", "subject", "place" };
static const char *const numbers[] = { "no", "at", "ground" };
#define TEXTS (sizeof(texts) / sizeof(texts[0]))
#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

/* A person's: any letters, no control characters. */
static bool is_name(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			return false;
	return len <= TEXT_MAX;
}

void reading_wire_write(const struct reading_record *record, struct buf *out)
{
	const char *values[TEXTS] = { record->reading.account, record->reading.route,
		record->reading.subject, record->reading.place };
	json_t *line = json_new_object();

	json_put_int(line, "no", record->no);
	json_put_int(line, "at", record->reading.at);
	json_put_int(line, "ground", record->reading.ground);
	for (size_t i = 0; i < TEXTS; i++)
		json_put(line, texts[i], values[i]);
	if (record->reading.name != NULL && is_name(record->reading.name))
		json_put(line, "name", record->reading.name);
	json_write(line, out);
	buf_char(out, '\n');
	json_decref(line);
}

/* Ids, codes, addresses: printable ASCII. */
static bool is_plain(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return len <= TEXT_MAX;
}

static bool member_fits(const char *key, const json_t *value)
{
	for (size_t i = 0; i < TEXTS; i++)
		if (strcmp(key, texts[i]) == 0)
			return json_is_string(value) && is_plain(json_string_value(value));
	for (size_t i = 0; i < NUMBERS; i++)
		if (strcmp(key, numbers[i]) == 0)
			return json_is_integer(value);
	return strcmp(key, "name") == 0 && json_is_string(value) && is_name(json_string_value(value));
}

static bool read_line(struct pool *pool, const char *line, size_t len, struct reading_record *out)
{
	json_t *object = NULL, *value;
	const char *key;
	bool good = json_parse(line, len, &object) == RC_OK;

	json_object_foreach(object, key, value)
		good = good && member_fits(key, value);
	if (good) {
		out->no = json_int(object, "no", 0);
		out->reading.at = json_int(object, "at", 0);
		out->reading.ground = (enum reading_ground)json_int(object, "ground", -1);
		out->reading.account = pool_strdup(pool, json_text(object, "account"));
		out->reading.route = pool_strdup(pool, json_text(object, "route"));
		out->reading.subject = pool_strdup(pool, json_text(object, "subject"));
		out->reading.place = pool_strdup(pool, json_text(object, "place"));
		out->reading.name = pool_strdup(pool, json_text(object, "name"));
		good = out->no > 0 && out->no < NO_MAX && out->reading.at > 0 &&
				out->reading.at < AT_MAX && json_int(object, "ground", -1) >= READING_OWN &&
				json_int(object, "ground", -1) <= READING_REASON &&
				out->reading.account[0] != '\0' && out->reading.route[0] != '\0';
	}
	json_decref(object);
	return good;
}

enum rc reading_wire_read(struct pool *pool, const char *ndjson, size_t len,
		struct reading_record **rows, size_t *count, size_t *line)
{
	const char *at = ndjson, *end = ndjson + len;
	int64_t before = 0;

	*rows = pool_alloc(pool, READING_WIRE_LINES * sizeof(**rows));
	*count = *line = 0;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct reading_record *record = &(*rows)[*count];

		++*line;
		if (stop == NULL || *count == READING_WIRE_LINES ||
				!read_line(pool, at, (size_t)(stop - at), record) || record->no <= before)
			return RC_INVALID;
		before = record->no;
		++*count;
		at = stop + 1;
	}
	return RC_OK;
}

bool reading_wire_is_log(const char *text)
{
	return strlen(text) == READING_LOG_SIZE &&
			strspn(text, "0123456789abcdef") == READING_LOG_SIZE;
}
