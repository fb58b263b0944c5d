/*
 * form.c: names and values of a posted form, and their checks against a field table.
 *
 * A value that is not UTF-8 or holds U+0000 does not lose the page: it is kept with U+FFFD in its
 * place and is a fault of its field.
 */
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "web/form.h"
#include "web/form_value.h"
#include "web/multipart.h"
#include "web/request.h"
#include "web/text_vi.h"

#define MAX_VALUES 200u

struct value {
	const char *name, *raw;
	const char *clean;		/* NULL until checked and right */
	bool damaged;			/* was not UTF-8, or held U+0000 */
};

struct fault { const char *field, *sentence; };

struct form {
	struct pool *pool;
	struct value values[MAX_VALUES];
	size_t count;
	struct fault *faults;
	size_t fault_count, fault_room;
	struct buf part;		/* of a multipart field; memory is given back at its end */
	const char *part_name;
};

/* Copies len bytes with each wrong byte as U+FFFD. */
static char *repair(struct pool *pool, const char *in, size_t len)
{
	char *out = pool_alloc(pool, 3 * len + 1), *to = out;

	for (size_t i = 0; i < len;) {
		size_t n = 1;

		while (n < 4 && i + n < len && ((unsigned char)in[i + n] & 0xc0) == 0x80)
			n++;
		if (in[i] != '\0' && text_is_utf8(in + i, n)) {
			memcpy(to, in + i, n);
			to += n;
			i += n;
		} else {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
			i++;
		}
	}
	*to = '\0';
	return out;
}

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

/* NFC without touching blanks at the ends, which text_clean would trim (a password keeps them). */
static char *compose(struct pool *pool, char *text)
{
	size_t len = strlen(text), front = strspn(text, " \t\r\n"), back = 0;
	char *middle;

	if (is_ascii(text))
		return text;
	while (back < len - front && strchr(" \t\r\n", text[len - 1 - back]) != NULL)
		back++;
	if (text_clean(pool, text + front, len - front - back, TEXT_MANY_LINES, &middle) != RC_OK)
		return text;
	return front == 0 && back == 0 ? middle : pool_printf(pool, "%.*s%s%s", (int)front, text,
			middle, text + len - back);
}

static enum rc add(struct form *form, const char *name, const char *bytes, size_t len)
{
	struct value *value;
	char *raw;

	if (form->count == MAX_VALUES)
		return RC_INVALID;
	value = &form->values[form->count++];
	value->damaged = memchr(bytes, '\0', len) != NULL || !text_is_utf8(bytes, len);
	raw = value->damaged ? repair(form->pool, bytes, len)
			     : pool_strndup(form->pool, bytes, len);
	value->name = name;
	value->raw = compose(form->pool, raw);
	return RC_OK;
}

static enum rc parse_urlencoded(struct form *form, const char *body, size_t len)
{
	const char *end = body + len;
	enum rc rc = RC_OK;

	while (rc == RC_OK && body < end) {
		const char *stop = memchr(body, '&', (size_t)(end - body)), *equal;
		char *name, *value;
		size_t name_len, value_len;

		if (stop == NULL)
			stop = end;
		equal = memchr(body, '=', (size_t)(stop - body));
		if (equal == NULL)
			equal = stop;
		if (stop > body) {
			rc = request_decode(form->pool, body, (size_t)(equal - body), true, &name,
					&name_len);
			if (rc == RC_OK)
				rc = request_decode(form->pool, equal + (equal < stop),
						(size_t)(stop - equal) - (equal < stop), true,
						&value, &value_len);
			if (rc == RC_OK && text_is_utf8(name, name_len) &&
					memchr(name, '\0', name_len) == NULL)
				rc = add(form, name, value, value_len);
		}
		body = stop + 1;
	}
	return rc;
}

static enum rc part_begin(void *arg, const char *name, const char *filename)
{
	struct form *form = arg;

	form->part_name = filename == NULL && text_is_utf8(name, strlen(name)) ? name : NULL;
	buf_reset(&form->part);
	return RC_OK;
}

static enum rc part_data(void *arg, const char *bytes, size_t len)
{
	struct form *form = arg;

	if (form->part_name != NULL)
		buf_add(&form->part, bytes, len);
	return RC_OK;
}

static enum rc part_end(void *arg)
{
	struct form *form = arg;

	if (form->part_name == NULL)
		return RC_OK;
	return add(form, form->part_name, form->part.data != NULL ? form->part.data : "",
			form->part.len);
}

enum rc form_parse(struct pool *pool, const char *content_type, const char *body, size_t len,
		struct form **out)
{
	struct form *form = pool_alloc(pool, sizeof *form);
	struct multipart *multipart;
	enum rc rc;

	form->pool = pool;
	*out = form;
	if (strncasecmp(content_type, "multipart/form-data", 19) != 0)
		return parse_urlencoded(form, body, len);
	rc = multipart_new(pool, content_type, &(struct multipart_events){ part_begin, part_data,
			part_end, form }, &multipart);
	if (rc == RC_OK)
		rc = multipart_feed(multipart, body, len);
	if (rc == RC_OK)
		rc = multipart_finish(multipart);
	buf_free(&form->part);
	return rc == RC_GONE ? RC_INVALID : rc;
}

static const struct value *find(const struct form *form, const char *name, size_t i)
{
	for (size_t k = 0; form != NULL && k < form->count; k++) {
		if (strcmp(form->values[k].name, name) == 0 && i-- == 0)
			return &form->values[k];
	}
	return NULL;
}

const char *form_raw(const struct form *form, const char *name)
{
	const struct value *value = find(form, name, 0);

	return value != NULL ? value->raw : "";
}

const char *form_raw_at(const struct form *form, const char *name, size_t i)
{
	const struct value *value = find(form, name, i);

	return value != NULL ? value->raw : NULL;
}

static void add_fault(struct form *form, const char *field, const char *sentence)
{
	if (form->fault_count == form->fault_room) {
		struct fault *more = pool_alloc(form->pool, (form->fault_room + 16) * sizeof *more);

		if (form->fault_count > 0)
			memcpy(more, form->faults, form->fault_count * sizeof *more);
		form->faults = more;
		form->fault_room += 16;
	}
	form->faults[form->fault_count++] = (struct fault){ field, sentence };
}

void form_fault(struct form *form, const char *field, const char *text_key)
{
	add_fault(form, field, text_get(text_key));
}

void form_fault_say(struct form *form, const char *field, const char *sentence)
{
	add_fault(form, field, sentence);
}

void form_clear_faults(struct form *form)
{
	form->fault_count = 0;
}

bool form_has_faults(const struct form *form)
{
	return form->fault_count > 0;
}

const char *form_fault_of(const struct form *form, const char *field)
{
	for (size_t i = 0; i < form->fault_count; i++) {
		if (strcmp(form->faults[i].field, field) == 0)
			return form->faults[i].sentence;
	}
	return "";
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

enum rc form_check(struct form *form, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct value *value = (struct value *)(uintptr_t)find(form, fields[i].name, 0);
		const char *raw = value != NULL ? value->raw : "", *fault = NULL;
		bool blank = fields[i].type == FIELD_PASSWORD ? raw[0] == '\0' : is_blank(raw);

		if (value != NULL && value->damaged)
			add_fault(form, fields[i].name, text_get("form.characters"));
		else if (blank && fields[i].required)
			add_fault(form, fields[i].name,
					fields[i].label != NULL
							? text_fill(form->pool, "form.required",
									  text_get(fields[i].label),
									  NULL)
							: text_get("form.required_this"));
		else if (value != NULL) {
			value->clean = blank ? ""
					     : form_value_clean(
							       form->pool, &fields[i], raw, &fault);
			if (value->clean == NULL)
				add_fault(form, fields[i].name, fault);
		}
	}
	return form->fault_count > 0 ? RC_INVALID : RC_OK;
}

const char *form_text(const struct form *form, const char *name)
{
	const struct value *value = find(form, name, 0);

	return value != NULL && value->clean != NULL ? value->clean : "";
}

int64_t form_int(const struct form *form, const char *name, int64_t otherwise)
{
	int64_t number;

	return num_parse(form_text(form, name), INT64_MIN, INT64_MAX, &number) == RC_OK ? number :
			otherwise;
}

bool form_flag(const struct form *form, const char *name)
{
	return form_text(form, name)[0] != '\0';
}

static void show_choices(const struct field *field, const char *raw, struct view *view)
{
	const char *choice = field->choices;

	while (choice != NULL) {
		size_t n = strcspn(choice, "|");

		if (n == strlen(raw) && memcmp(choice, raw, n) == 0)
			view_flag(view, pool_printf(view_pool(view), "%s_is_%s", field->name, raw),
					true);
		choice = choice[n] == '|' ? choice + n + 1 : NULL;
	}
}

/* "originals.don" is a name, "originals-don" the id of its input. */
static const char *id_of(struct pool *pool, const char *field)
{
	char *id = pool_strdup(pool, field);

	for (char *at = id; *at != '\0'; at++)
		*at = (char)(*at == '.' ? '-' : *at);
	return id;
}

void form_show(const struct form *form, const struct field *fields, size_t count,
		struct view *view)
{
	for (size_t i = 0; i < count; i++) {
		const char *raw = form_raw(form, fields[i].name);

		if (fields[i].type == FIELD_FLAG)
			view_flag(view, fields[i].name, raw[0] != '\0');
		else
			view_set(view, fields[i].name, fields[i].type == FIELD_PASSWORD ? "" : raw);
		if (fields[i].type == FIELD_CHOICE)
			show_choices(&fields[i], raw, view);
	}
	for (size_t i = 0; i < form->fault_count; i++) {
		const struct fault *fault = &form->faults[i];
		struct view *item = view_item(view, "faults");

		view_set(item, "field", id_of(view_pool(view), fault->field));
		view_set(item, "sentence", fault->sentence);
		view_set(view, pool_printf(view_pool(view), "%s_fault", fault->field),
				fault->sentence);
	}
	view_flag(view, "has_faults", form->fault_count > 0);
}

static bool is_typed(const char *value)
{
	size_t len = strlen(value);

	return strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_.-") < len ||
			(len >= 4 && strspn(value, "0123456789") == len);
}

void form_show_typed(const struct form *form, struct view *view)
{
	bool any = false;

	for (size_t i = 0; form != NULL && i < form->count; i++) {
		const struct value *value = &form->values[i];

		/* The token has capitals too; a password is never shown again. */
		if (strcmp(value->name, "csrf") == 0 || strcmp(value->name, "earlier") == 0 ||
				strstr(value->name, "password") != NULL || !is_typed(value->raw))
			continue;
		view_set(view_item(view, "typed"), "value", value->raw);
		any = true;
	}
	view_flag(view, "has_typed", any);
}
