/*
 * json.h: reading and making JSON objects, over jansson.
 *
 * Event bodies are made once, as compact text, and never serialised again.
 */
#ifndef TRAM_BASE_JSON_H
#define TRAM_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/rc.h"

/* One JSON object of at most 1 MiB, no duplicate keys, no U+0000. Caller json_decref's *out. */
enum rc json_parse(const char *text, size_t len, json_t **out) MUST_CHECK;
/* The object a file of at most so many bytes holds; NULL: no such file, or none. Caller json_decref's. */
json_t *json_of_file(struct pool *pool, const char *path, size_t most);
/* Member as text, "" when absent or not a string. Borrowed from the object. */
const char *json_text(const json_t *object, const char *key);
int64_t json_int(const json_t *object, const char *key, int64_t otherwise);
bool json_flag(const json_t *object, const char *key);
/* Appends compact text, keys in insertion order. */
void json_write(const json_t *value, struct buf *out);
/* The same into a pool string. */
char *json_to_text(struct pool *pool, const json_t *value);
/* Sets a text member (text is UTF-8); NULL or "" text is left out. All json_put… end the process
 * when memory is out, and take over the reference of value. */
void json_put(json_t *object, const char *key, const char *text);
void json_put_int(json_t *object, const char *key, int64_t value);
void json_put_flag(json_t *object, const char *key, bool value);
void json_put_value(json_t *object, const char *key, json_t *value);
/* A new empty object or array, never NULL. */
json_t *json_new_object(void);
json_t *json_new_array(void);
void json_add(json_t *array, json_t *value);

#endif
