/*
 * json.c: see json.h.
 */
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"

#define JSON_TEXT_MAX (1024u * 1024u)

enum rc json_parse(const char *text, size_t len, json_t **out)
{
	json_t *value;

	*out = NULL;
	if (len > JSON_TEXT_MAX)
		return RC_INVALID;
	/* U+0000 is refused by jansson unless JSON_ALLOW_NUL is given. */
	value = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(value)) {
		json_decref(value);
		return RC_INVALID;
	}
	*out = value;
	return RC_OK;
}

json_t *json_of_file(struct pool *pool, const char *path, size_t most)
{
	json_t *value = NULL;
	char *text = NULL;
	size_t len = 0;

	if (file_read(pool, path, most, &text, &len) != RC_OK || json_parse(text, len, &value) != RC_OK)
		return NULL;
	return value;
}

const char *json_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

int64_t json_int(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? (int64_t)json_integer_value(value) : otherwise;
}

bool json_flag(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static int write_some(const char *bytes, size_t len, void *out)
{
	buf_add(out, bytes, len);
	return 0;
}

void json_write(const json_t *value, struct buf *out)
{
	if (json_dump_callback(value, write_some, out, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
		log_bug("json_write: not a value");
}

char *json_to_text(struct pool *pool, const json_t *value)
{
	struct buf text = { 0 };
	char *copy;

	json_write(value, &text);
	copy = pool_strndup(pool, text.data, text.len);
	buf_free(&text);
	return copy;
}

void json_put_value(json_t *object, const char *key, json_t *value)
{
	if (!value || json_object_set_new(object, key, value) != 0)
		log_fatal("json key=%s: out of memory or not UTF-8", key);
}

void json_put(json_t *object, const char *key, const char *text)
{
	if (text && *text)
		json_put_value(object, key, json_string(text));
}

void json_put_int(json_t *object, const char *key, int64_t value)
{
	json_put_value(object, key, json_integer(value));
}

void json_put_flag(json_t *object, const char *key, bool value)
{
	json_put_value(object, key, json_boolean(value));
}

json_t *json_new_object(void)
{
	json_t *object = json_object();

	if (!object)
		log_fatal("json: out of memory");
	return object;
}

json_t *json_new_array(void)
{
	json_t *array = json_array();

	if (!array)
		log_fatal("json: out of memory");
	return array;
}

void json_add(json_t *array, json_t *value)
{
	if (!value || json_array_append_new(array, value) != 0)
		log_fatal("json: out of memory");
}
