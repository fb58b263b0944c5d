/*
 * catalog_values.c: see catalog.h.
 */
#include <string.h>

#include "base/text.h"
#include "intake/catalog.h"
#include "web/show.h"
#include "web/text_vi.h"

#define VALUES_MAX CATALOG_VALUES
#define UNITS "working-days|calendar-days|hours|same-day|same-day-after-15|none"
#define WHO "anyone|relative|authorised|in_person"
#define LEVELS "commune|province"

struct walk { struct pool *pool; struct catalog_values *out; const char *group; };

static struct catalog_value *add(struct walk *walk, json_t *object, const char *member,
		enum catalog_type type)
{
	static struct catalog_value spare;
	struct catalog_value *row = &spare;

	if (walk->out->total >= walk->out->from && walk->out->count < VALUES_MAX)
		row = &walk->out->rows[walk->out->count];
	*row = (struct catalog_value){ .name = pool_printf(walk->pool, "v%zu", walk->out->total++),
		.group = walk->group, .label = pool_printf(walk->pool, "doc.m.%s", member),
		.object = object, .member = member, .type = type };
	if (row != &spare)
		walk->out->count++;
	return row;
}

static void add_choice(struct walk *walk, json_t *object, const char *member, const char *choices)
{
	add(walk, object, member, CATALOG_CHOICE)->choices = choices;
}

/* The object of sources, made when absent: an empty one is tidied away. */
static json_t *sources_of(json_t *object)
{
	if (!json_is_object(json_object_get(object, "sources")))
		json_put_value(object, "sources", json_new_object());
	return json_object_get(object, "sources");
}

static struct catalog_value *add_source(struct walk *walk, json_t *object, const char *of,
		const char *label)
{
	struct catalog_value *row = of != NULL ? add(walk, sources_of(object), of, CATALOG_TEXT) :
			add(walk, object, "source", CATALOG_TEXT);

	row->label = label;
	return row;
}

static void add_fee(struct walk *walk, json_t *fee)
{
	bool copies = strcmp(json_text(fee, "kind"), "certified_copy") == 0;

	if (!copies) {
		add(walk, fee, "amount", CATALOG_MONEY)->required = true;
		return;
	}
	add(walk, fee, "first", CATALOG_MONEY)->required = true;
	add(walk, fee, "next", CATALOG_MONEY)->required = true;
	add(walk, fee, "max", CATALOG_MONEY)->required = true;
}

static const char *in_case(struct pool *pool, const json_t *one, const char *key, const char *what)
{
	return text_fill(pool, key, json_text(one, "name"), what, NULL);
}

static void walk_case(struct walk *walk, json_t *one)
{
	json_t *row;
	size_t i;

	walk->group = in_case(walk->pool, one, "catalog.group.case", "");
	add(walk, one, "name", CATALOG_TEXT)->required = true;
	add(walk, one, "condition", CATALOG_TEXT);
	add(walk, one, "limit", CATALOG_LIMIT);
	add_source(walk, one, "limit", "catalog.source_limit");
	add_source(walk, one, "components", "catalog.source_papers");
	json_array_foreach(json_object_get(one, "components"), i, row) {
		walk->group = in_case(walk->pool, one, "catalog.group.paper", *json_text(row, "name") ?
				json_text(row, "name") : text_get("catalog.new_paper"));
		add(walk, row, "name", CATALOG_TEXT);
		add(walk, row, "originals", CATALOG_COUNT);
		add(walk, row, "certified", CATALOG_COUNT);
		add(walk, row, "copies", CATALOG_COUNT);
	}
	json_array_foreach(json_object_get(one, "fees"), i, row) {
		walk->group = in_case(walk->pool, one, "catalog.group.fee", json_text(row, "name"));
		add_fee(walk, row);
		add_source(walk, row, NULL, "catalog.source");
	}
	json_array_foreach(json_object_get(one, "steps"), i, row) {
		walk->group = in_case(walk->pool, one, "catalog.group.step", json_text(row, "name"));
		add(walk, row, "limit", CATALOG_LIMIT);
	}
}

void catalog_values_all(struct pool *pool, json_t *procedure, size_t from, struct catalog_values *out)
{
	static const char *const texts[] = { "name", "field", "unit", "agency", "target_system",
		"contact", "courier", "expected_answer" };
	struct walk walk = { pool, out, text_get("catalog.group.all") };
	json_t *one;
	size_t i;

	*out = (struct catalog_values){ .rows = pool_alloc(pool, VALUES_MAX * sizeof(*out->rows)),
		.from = from };
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add(&walk, procedure, texts[i], CATALOG_TEXT)->required = i < 2;
	add_choice(&walk, procedure, "level", LEVELS);
	add_choice(&walk, procedure, "who", WHO);
	add(&walk, procedure, "valid_from", CATALOG_DATE);
	add(&walk, procedure, "valid_to", CATALOG_DATE);
	add_source(&walk, procedure, "name", "catalog.source");
	json_array_foreach(json_object_get(procedure, "cases"), i, one) {
		json_t *papers = json_object_get(one, "components");

		if (!json_is_array(papers)) {
			papers = json_new_array();
			json_put_value(one, "components", papers);
		}
		json_add(papers, json_new_object());
		walk_case(&walk, one);
	}
}

/* What stands there is why it waits: it is asked anew. */
static void ask_source(struct catalog_value *row)
{
	row->required = true;
	row->anew = true;
}

void catalog_values_doubts(struct pool *pool, json_t *procedure, struct catalog_values *out)
{
	struct walk walk = { pool, out, "" };
	struct catalogue_doubt *doubts;
	size_t count = catalogue_edit_doubts(pool, procedure, &doubts);

	*out = (struct catalog_values){ .rows = pool_alloc(pool, VALUES_MAX * sizeof(*out->rows)) };
	for (size_t i = 0; i < count; i++) {
		const char *word = doubts[i].word;
		json_t *object = doubts[i].object;
		struct catalog_value *row;

		walk.group = doubts[i].in_case == NULL ? text_get("catalog.group.all") :
				in_case(pool, doubts[i].in_case, "catalog.group.case", "");
		if (strcmp(word, "amount") == 0) {
			walk.group = in_case(pool, doubts[i].in_case, "catalog.group.fee",
					json_text(object, "name"));
			add_fee(&walk, object);
			ask_source(add_source(&walk, object, NULL, "catalog.source"));
			continue;
		}
		if (strcmp(word, "components") == 0 || strcmp(word, "steps") == 0) {
			row = add(&walk, object, word, CATALOG_CONFIRM);
			row->doubt = word;
			row->required = true;
		} else if (strcmp(word, "limit") == 0) {
			add(&walk, object, word, CATALOG_LIMIT);
		} else if (strcmp(word, "who") == 0 || strcmp(word, "level") == 0) {
			add_choice(&walk, object, word, word[0] == 'w' ? WHO : LEVELS);
		} else {
			add(&walk, object, word, CATALOG_TEXT)->required = true;
		}
		ask_source(add_source(&walk, object, word, "catalog.source"));
	}
}

/* ---- show ---- */

static const char *shown(struct pool *pool, const struct catalog_value *value)
{
	const json_t *json = json_object_get(value->object, value->member);

	if (json_is_integer(json))
		return pool_printf(pool, "%lld", (long long)json_integer_value(json));
	if (value->type == CATALOG_DATE)
		return *json_text(value->object, value->member) ?
				show_birth(pool, json_text(value->object, value->member)) : "";
	return json_text(value->object, value->member);
}

static void show_choices(struct view *item, const char *prefix, const char *choices,
		const char *chosen)
{
	struct pool *pool = view_pool(item);

	for (const char *at = choices; *at != '\0';) {
		size_t len = strcspn(at, "|");
		const char *word = pool_strndup(pool, at, len);
		struct view *choice = view_item(item, "options");

		view_set(choice, "option", word);
		view_set(choice, "option_name", text_get(pool_printf(pool, "doc.w.%s.%s", prefix, word)));
		view_flag(choice, "chosen", strcmp(word, chosen) == 0 ||
				(*chosen == '\0' && at == choices));
		at += len + (at[len] == '|');
	}
}

/* "3" and "working-days" of a limit's text. */
static void show_limit(struct view *item, const struct catalog_value *value,
		const struct form *form)
{
	struct pool *pool = view_pool(item);
	const char *text = json_text(value->object, value->member), *blank = strchr(text, ' ');
	const char *unit_name = pool_printf(pool, "%s_unit", value->name);
	const char *unit = blank != NULL ? blank + 1 : *text != '\0' ? text : "none";
	const char *number = blank != NULL ? pool_strndup(pool, text, (size_t)(blank - text)) : "";

	if (form != NULL) {
		number = form_raw(form, value->name);
		unit = form_raw(form, unit_name);
	}
	view_set(item, "v_value", number);
	view_set(item, "unit_name", unit_name);
	show_choices(item, "unit", UNITS, unit);
}

/* What stands in a list that is to be confirmed as a whole. */
static void show_list(struct view *item, const struct catalog_value *value)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(value->object, value->member), i, row) {
		const char *limit = json_text(row, "limit");

		view_set(view_item(item, "lines"), "line", *limit ? pool_printf(view_pool(item), "%s: %s",
				json_text(row, "name"), revise_words(view_pool(item), "limit", limit)) :
				json_text(row, "name"));
	}
}

void catalog_values_show(struct view *view, const struct catalog_values *values,
		const struct form *form)
{
	struct pool *pool = view_pool(view);
	struct view *group = NULL;

	for (size_t i = 0; i < values->count; i++) {
		const struct catalog_value *value = &values->rows[i];
		struct view *item;

		if (group == NULL || strcmp(values->rows[i - 1].group, value->group) != 0) {
			group = view_item(view, "value_groups");
			view_set(group, "group", value->group);
		}
		item = view_item(group, "values");
		view_set(item, "v_name", value->name);
		view_set(item, "v_label", text_get(value->label));
		view_flag(item, "is_limit", value->type == CATALOG_LIMIT);
		view_flag(item, "is_choice", value->type == CATALOG_CHOICE);
		view_flag(item, "is_confirm", value->type == CATALOG_CONFIRM);
		view_flag(item, "is_number", value->type == CATALOG_COUNT || value->type == CATALOG_MONEY);
		view_flag(item, "is_text", value->type == CATALOG_TEXT || value->type == CATALOG_DATE);
		view_flag(item, "is_money", value->type == CATALOG_MONEY);
		if (form != NULL)
			view_set(item, "v_fault", form_fault_of(form, value->name));
		view_set(item, "v_value", form != NULL ? form_raw(form, value->name) :
				value->anew ? "" : pool_strdup(pool, shown(pool, value)));
		if (value->type == CATALOG_LIMIT)
			show_limit(item, value, form);
		if (value->type == CATALOG_CHOICE)
			show_choices(item, value->member, value->choices, form != NULL ?
					form_raw(form, value->name) : shown(pool, value));
		if (value->type == CATALOG_CONFIRM) {
			show_list(item, value);
			view_flag(item, "ticked", form != NULL && form_raw(form, value->name)[0] != '\0');
		}
	}
}

/* ---- take ---- */

static void put_text(json_t *object, const char *member, const char *text)
{
	if (*text)
		json_put(object, member, text);
	else
		(void)json_object_del(object, member);
}

static void take_limit(struct request *request, const struct catalog_value *value)
{
	struct pool *pool = request->pool;
	const char *unit = form_raw(request->form, pool_printf(pool, "%s_unit", value->name));
	const char *number = form_raw(request->form, value->name);
	bool counted = strstr(unit, "days") != NULL || strcmp(unit, "hours") == 0;
	struct limit limit;

	number += strspn(number, " ");
	if (limit_parse(counted ? pool_printf(pool, "%.*s %s", (int)strcspn(number, " "), number,
			unit) : unit, &limit) != RC_OK)
		form_fault(request->form, value->name, "catalog.wrong_limit");
	else if (limit.unit == LIMIT_NONE && strncmp(value->label, "doc.m", 5) == 0 &&
			json_object_get(value->object, "role") != NULL)
		(void)json_object_del(value->object, value->member);
	else
		json_put(value->object, value->member, limit_format(pool, &limit));
}

static void take_one(struct request *request, const struct catalog_value *value)
{
	struct form *form = request->form;
	const char *text = form_text(form, value->name);

	switch (value->type) {
	case CATALOG_LIMIT:
		take_limit(request, value);
		break;
	case CATALOG_CONFIRM:
		if (form_raw(form, value->name)[0] == '\0')
			form_fault(form, value->name, "catalog.need_confirm");
		else
			catalogue_edit_settle(value->object, value->doubt);
		break;
	case CATALOG_COUNT:
	case CATALOG_MONEY:
		if (form_int(form, value->name, -1) > 0 || (form_int(form, value->name, -1) == 0 &&
				json_object_get(value->object, value->member) != NULL))
			json_put_int(value->object, value->member, form_int(form, value->name, 0));
		break;
	default:
		put_text(value->object, value->member, text);
		break;
	}
}

enum rc catalog_values_take(struct request *request, const struct catalog_values *values)
{
	struct pool *pool = request->pool;
	struct field *fields = pool_alloc(pool, values->count * sizeof(*fields));
	size_t count = 0;
	enum rc rc;

	for (size_t i = 0; i < values->count; i++) {
		const struct catalog_value *value = &values->rows[i];
		enum field_type type = FIELD_LINE;
		int64_t max = 300;

		if (value->type == CATALOG_LIMIT || value->type == CATALOG_CONFIRM)
			continue;
		if (value->type == CATALOG_COUNT || value->type == CATALOG_MONEY) {
			type = FIELD_INT;
			max = value->type == CATALOG_COUNT ? 100 : 1000000000;
		} else if (value->type == CATALOG_DATE || value->type == CATALOG_CHOICE) {
			type = value->type == CATALOG_DATE ? FIELD_DATE : FIELD_CHOICE;
			max = 0;
		}
		fields[count++] = (struct field){ value->name, type, value->required, 0, max,
			value->choices, value->label };
	}
	rc = form_check(request->form, fields, count);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	for (size_t i = 0; i < values->count; i++)
		if (form_fault_of(request->form, values->rows[i].name)[0] == '\0')
			take_one(request, &values->rows[i]);
	return RC_OK;
}

static void tidy_papers(struct pool *pool, json_t *papers)
{
	int no = 1;

	for (size_t i = json_array_size(papers); i-- > 0;)
		if (*json_text(json_array_get(papers, i), "name") == '\0')
			(void)json_array_remove(papers, i);
	for (size_t i = 0; i < json_array_size(papers); i++) {
		json_t *paper = json_array_get(papers, i);
		const char *id;

		if (*json_text(paper, "id") != '\0')
			continue;
		do
			id = pool_printf(pool, "giay-%d", no++);
		while (catalogue_edit_row(papers, "id", id) != NULL);
		json_put(paper, "id", id);
	}
}

static void tidy_sources(json_t *object)
{
	const json_t *sources = json_object_get(object, "sources");

	if (sources != NULL && json_object_size(sources) == 0)
		(void)json_object_del(object, "sources");
}

void catalog_values_tidy(struct pool *pool, json_t *procedure)
{
	json_t *one;
	size_t i;

	tidy_sources(procedure);
	json_array_foreach(json_object_get(procedure, "cases"), i, one) {
		tidy_papers(pool, json_object_get(one, "components"));
		tidy_sources(one);
	}
}
