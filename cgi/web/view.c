/*
 * view.c: names and values of one page. Names are kept as hashes: templates know them as such.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "web/pages.h"
#include "web/view_value.h"

#define FIRST_PLACES 8u

struct view *view_new(struct pool *pool)
{
	struct view *view = pool_alloc(pool, sizeof *view);

	view->pool = pool;
	view->places = FIRST_PLACES;
	view->values = pool_alloc(pool, FIRST_PLACES * sizeof *view->values);
	return view;
}

struct pool *view_pool(struct view *view)
{
	return view->pool;
}

static struct view_value *place_of(struct view_value *values, uint32_t places, uint32_t hash)
{
	uint32_t at = hash & (places - 1);

	while (values[at].used && values[at].hash != hash)
		at = (at + 1) & (places - 1);
	return &values[at];
}

const struct view_value *view_find(const struct view *view, uint32_t hash)
{
	const struct view_value *value = place_of(view->values, view->places, hash);

	return value->used ? value : NULL;
}

static void make_room(struct view *view)
{
	uint32_t places = view->places * 4;
	struct view_value *values = pool_alloc(view->pool, places * sizeof *values);

	for (uint32_t i = 0; i < view->places; i++) {
		if (view->values[i].used)
			*place_of(values, places, view->values[i].hash) = view->values[i];
	}
	view->values = values;
	view->places = places;
}

static struct view_value *value_of(struct view *view, const char *name)
{
	uint32_t hash = pages_hash(name);
	struct view_value *value;

	if (view->count * 4 >= view->places * 3)
		make_room(view);
	value = place_of(view->values, view->places, hash);
	view->count += !value->used;
	return value;
}

static void set(struct view *view, const char *name, const char *text, bool on, bool svg)
{
	*value_of(view, name) = (struct view_value){
			.hash = pages_hash(name), .used = true, .on = on, .svg = svg, .text = text};
}

void view_set(struct view *view, const char *name, const char *text)
{
	text = text != NULL ? text : "";
	set(view, name, text, text[0] != '\0', false);
}

void view_setf(struct view *view, const char *name, const char *format, ...)
{
	char small[128], *text = small;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (len < 0)
		log_bug("view_setf: format");
	if ((size_t)len < sizeof small) {
		text = pool_strndup(view->pool, small, (size_t)len);
	} else {
		text = pool_alloc(view->pool, (size_t)len + 1);
		va_start(args, format);
		vsnprintf(text, (size_t)len + 1, format, args);
		va_end(args);
	}
	view_set(view, name, text);
}

void view_int(struct view *view, const char *name, int64_t value)
{
	char digits[24], *p = digits + sizeof digits - 1;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	*p = '\0';
	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--p = '-';
	set(view, name, pool_strdup(view->pool, p), value != 0, false);
}

void view_flag(struct view *view, const char *name, bool on)
{
	set(view, name, on ? "1" : "", on, false);
}

void view_svg(struct view *view, const char *name, const char *svg)
{
	svg = svg != NULL ? svg : "";
	set(view, name, svg, svg[0] != '\0', true);
}

struct view *view_item(struct view *view, const char *list)
{
	struct view_value *value = value_of(view, list);
	struct view *item = view_new(view->pool);

	if (value->first == NULL)
		*value = (struct view_value){ .hash = pages_hash(list), .used = true, .on = true,
			.text = "", .first = item };
	else
		value->last->next = item;
	value->last = item;
	return item;
}
