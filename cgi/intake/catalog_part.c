/*
 * catalog_part.c: /quan-ly/thu-tuc/<code>/phan/<kind>: a procedure's parts of one kind before the manager:
 * cases, questions, papers, fees, steps, related persons. One is added or taken away at a time, each as a
 * new version after its preview; values of what is there are corrected on the procedure's own page.
 */
#include <string.h>

#include "base/text.h"
#include "intake/catalog.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "in_case", FIELD_LINE, false, 0, 60, NULL, "catalog.in_case" },
	{ "name", FIELD_LINE, false, 0, 300, NULL, "doc.m.name" },
	{ "condition", FIELD_LINE, false, 0, 300, NULL, "doc.m.condition" },
	{ "question", FIELD_LINE, false, 0, 60, NULL, "doc.m.when" },
	{ "answer", FIELD_CHOICE, false, 0, 0, "co|khong", "doc.m.when" },
	{ "submission", FIELD_CHOICE, false, 0, 0, "submit|present|lookup", "doc.m.submission" },
	{ "required", FIELD_FLAG, false, 0, 0, NULL, "doc.m.required" },
	{ "originals", FIELD_INT, false, 0, 100, NULL, "doc.m.originals" },
	{ "certified", FIELD_INT, false, 0, 100, NULL, "doc.m.certified" },
	{ "copies", FIELD_INT, false, 0, 100, NULL, "doc.m.copies" },
	{ "kind", FIELD_CHOICE, false, 0, 0, "flat|per_copy|per_document|certified_copy", "doc.m.kind" },
	{ "amount", FIELD_INT, false, 0, 1000000000, NULL, "doc.m.amount" },
	{ "first_pages", FIELD_INT, false, 1, 1000, NULL, "doc.m.first_pages" },
	{ "first", FIELD_INT, false, 0, 1000000000, NULL, "doc.m.first" },
	{ "next", FIELD_INT, false, 0, 1000000000, NULL, "doc.m.next" },
	{ "max", FIELD_INT, false, 0, 1000000000, NULL, "doc.m.max" },
	{ "role", FIELD_CHOICE, false, 0, 0, "intake|specialist|approver|signer|seal|return|other_unit",
	  "doc.m.role" },
	{ "limit", FIELD_LINE, false, 0, 8, NULL, "doc.m.limit" },
	{ "limit_unit", FIELD_CHOICE, false, 0, 0,
	  "working-days|calendar-days|hours|same-day|same-day-after-15|none", "doc.m.limit" },
	{ "sex", FIELD_CHOICE, false, 0, 0, "nam|nu|none", "doc.m.sex" },
	{ "applicant", FIELD_FLAG, false, 0, 0, NULL, "doc.m.applicant" },
	{ "source", FIELD_LINE, false, 0, 300, NULL, "catalog.source" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

struct part_page;

/* slug: of the address, texts "catalog.part.<slug>"; list: of the document; id: begin of the ids given. */
struct part_kind {
	const char *slug, *list, *id;
	bool per_case;
	void (*fill)(struct part_page *page, json_t *row);
};

struct part_page {
	struct catalog_sheet sheet;
	const struct part_kind *kind;
	const json_t *in_case;		/* of the document in hand; NULL: of the procedure */
	bool dropping;
};

static const char *typed(const struct part_page *page, const char *name)
{
	return form_text(page->sheet.request->form, name);
}

static void need(struct part_page *page, const char *name, const char *key)
{
	if (typed(page, name)[0] == '\0' && form_fault_of(page->sheet.request->form, name)[0] == '\0')
		form_fault(page->sheet.request->form, name, key);
}

static void put_number(struct part_page *page, json_t *row, const char *name)
{
	int64_t value = form_int(page->sheet.request->form, name, 0);

	if (value > 0)
		json_put_int(row, name, value);
}

/* "working-days" needs its number; a step may be without a time of its own. */
static void put_limit(struct part_page *page, json_t *row, bool needed)
{
	struct pool *pool = page->sheet.request->pool;
	const char *unit = typed(page, "limit_unit");
	bool counted = strstr(unit, "days") != NULL || strcmp(unit, "hours") == 0;
	struct limit limit;

	if (!needed && strcmp(unit, "none") == 0)
		return;
	if (limit_parse(counted ? pool_printf(pool, "%s %s", typed(page, "limit"), unit) : unit, &limit)
			!= RC_OK)
		form_fault(page->sheet.request->form, "limit", "catalog.wrong_limit");
	else
		json_put(row, "limit", limit_format(pool, &limit));
}

/* Only where a question was answered so. */
static void put_when(struct part_page *page, json_t *row)
{
	const json_t *questions = json_object_get(page->sheet.after, "questions");
	const char *question = typed(page, "question");
	json_t *when;

	if (question[0] == '\0')
		return;
	if (catalogue_edit_row(questions, "id", question) == NULL) {
		form_fault(page->sheet.request->form, "question", "form.choice");
		return;
	}
	when = json_new_object();
	json_put_value(when, question, json_boolean(strcmp(typed(page, "answer"), "khong") != 0));
	json_put_value(row, "when", when);
}

static void fill_case(struct part_page *page, json_t *row)
{
	static const char *const copied[] = { "components", "fees", "steps", "parts" };
	json_t *sources = json_new_object();

	need(page, "name", "catalog.need_name");
	need(page, "source", "catalog.need_source");
	json_put(row, "name", typed(page, "name"));
	json_put(row, "condition", typed(page, "condition"));
	put_limit(page, row, true);
	put_when(page, row);
	json_put(sources, "limit", typed(page, "source"));
	json_put_value(row, "sources", sources);
	/* What is alike is copied; what differs is then corrected. Steps of another limit may not fit. */
	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
		const json_t *list = json_object_get(page->in_case, copied[i]);

		if (list != NULL && (strcmp(copied[i], "steps") != 0 || strcmp(json_text(row, "limit"),
				json_text(page->in_case, "limit")) == 0))
			json_put_value(row, copied[i], json_deep_copy(list));
	}
}

static void fill_question(struct part_page *page, json_t *row)
{
	need(page, "name", "catalog.need_name");
	json_put(row, "text", typed(page, "name"));
}

static void fill_paper(struct part_page *page, json_t *row)
{
	need(page, "name", "catalog.need_name");
	json_put(row, "name", typed(page, "name"));
	json_put(row, "condition", typed(page, "condition"));
	if (strcmp(typed(page, "submission"), "submit") != 0)
		json_put(row, "submission", typed(page, "submission"));
	put_number(page, row, "originals");
	put_number(page, row, "certified");
	put_number(page, row, "copies");
	if (!form_flag(page->sheet.request->form, "required"))
		json_put_flag(row, "required", false);
	put_when(page, row);
}

static void fill_fee(struct part_page *page, json_t *row)
{
	static const char *const parts[] = { "first_pages", "first", "next", "max" };
	bool copies = strcmp(typed(page, "kind"), "certified_copy") == 0;

	need(page, "name", "catalog.need_name");
	need(page, "kind", "form.choice");
	need(page, "source", "catalog.need_source");
	json_put(row, "name", typed(page, "name"));
	json_put(row, "kind", typed(page, "kind"));
	if (!copies) {
		need(page, "amount", "catalog.need_amount");
		json_put_int(row, "amount", form_int(page->sheet.request->form, "amount", 0));
	}
	for (size_t i = 0; copies && i < sizeof(parts) / sizeof(parts[0]); i++) {
		need(page, parts[i], "catalog.need_amount");
		json_put_int(row, parts[i], form_int(page->sheet.request->form, parts[i], 0));
	}
	json_put(row, "source", typed(page, "source"));
	put_when(page, row);
}

static void fill_step(struct part_page *page, json_t *row)
{
	need(page, "name", "catalog.need_name");
	need(page, "role", "form.choice");
	json_put(row, "name", typed(page, "name"));
	json_put(row, "role", typed(page, "role"));
	put_limit(page, row, false);
}

static void fill_person(struct part_page *page, json_t *row)
{
	need(page, "name", "catalog.need_name");
	json_put(row, "name", typed(page, "name"));
	if (strcmp(typed(page, "sex"), "nam") == 0 || strcmp(typed(page, "sex"), "nu") == 0)
		json_put(row, "sex", typed(page, "sex"));
	if (form_flag(page->sheet.request->form, "required"))
		json_put_flag(row, "required", true);
	if (form_flag(page->sheet.request->form, "applicant"))
		json_put_flag(row, "applicant", true);
}

static const struct part_kind kinds[] = {
	{ "truong-hop", "cases", "truong-hop", false, fill_case },
	{ "giay-to", "components", "giay", true, fill_paper },
	{ "khoan-thu", "fees", "khoan", true, fill_fee },
	{ "buoc", "steps", "", true, fill_step },
	{ "cau-hoi", "questions", "cau", false, fill_question },
	{ "nguoi", "roles", "nguoi", false, fill_person },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* ---- show ---- */

void catalog_part_tabs(struct view *view, const char *list, const char *sheet_url, const char *slug)
{
	struct pool *pool = view_pool(view);

	for (size_t i = 0; i < KINDS; i++) {
		struct view *tab = view_item(view, list);

		view_set(tab, "tab_url", pool_printf(pool, "%s/phan/%s", sheet_url, kinds[i].slug));
		view_set(tab, "tab_name", text_get(pool_printf(pool, "catalog.part.%s", kinds[i].slug)));
		view_flag(tab, "current", slug != NULL && strcmp(kinds[i].slug, slug) == 0);
	}
}

static const char *row_name(struct pool *pool, const json_t *row)
{
	const char *name = json_text(row, "name"), *limit = json_text(row, "limit");

	if (name[0] == '\0')
		return pool_strdup(pool, json_text(row, "text"));
	if (json_is_integer(json_object_get(row, "amount")))
		return pool_printf(pool, "%s: %s", name, show_money(pool, json_int(row, "amount", 0)));
	return limit[0] != '\0' ? pool_printf(pool, "%s: %s", name, revise_words(pool, "limit", limit)) :
			pool_strdup(pool, name);
}

/* drop: "<place of the case>.<place in its list>". */
static void show_rows(struct part_page *page, struct view *view, const json_t *holder, size_t at)
{
	struct pool *pool = view_pool(view);
	struct view *group = view_item(view, "part_groups");
	const json_t *row;
	size_t i;

	if (page->kind->per_case)
		view_set(group, "case_name", pool_strdup(pool, json_text(holder, "name")));
	json_array_foreach(json_object_get(holder, page->kind->list), i, row) {
		struct view *item = view_item(group, "parts");

		view_set(item, "part", row_name(pool, row));
		view_set(item, "drop", pool_printf(pool, "%zu.%zu", at, i));
	}
	view_flag(group, "any", json_array_size(json_object_get(holder, page->kind->list)) > 0);
}

static void show_lists(struct part_page *page, struct view *view)
{
	const json_t *cases = json_object_get(page->sheet.before, "cases"), *row;
	size_t i;

	if (!page->kind->per_case)
		show_rows(page, view, page->sheet.before, 0);
	json_array_foreach(cases, i, row) {
		struct view *item = view_item(view, "cases");
		const char *id = json_text(row, "id");

		if (page->kind->per_case)
			show_rows(page, view, row, i);
		view_set(item, "case_id", pool_strdup(view_pool(view), id));
		view_set(item, "case_name", pool_strdup(view_pool(view), json_text(row, "name")));
		view_flag(item, "chosen", page->sheet.request->method == METHOD_POST &&
				strcmp(form_raw(page->sheet.request->form, "in_case"), id) == 0);
	}
	view_flag(view, "many_cases", json_array_size(cases) > 1);
	json_array_foreach(json_object_get(page->sheet.before, "questions"), i, row) {
		struct view *item = view_item(view, "questions");
		const char *id = json_text(row, "id");

		view_set(item, "question_id", pool_strdup(view_pool(view), id));
		view_set(item, "question_text", pool_strdup(view_pool(view), json_text(row, "text")));
		view_flag(item, "chosen", page->sheet.request->method == METHOD_POST &&
				strcmp(form_raw(page->sheet.request->form, "question"), id) == 0);
		view_flag(view, "has_questions", true);
	}
}

static enum rc show(struct part_page *page, bool preview)
{
	struct request *request = page->sheet.request;
	struct pool *pool = request->pool;
	struct view *view = view_new(pool);

	catalog_part_tabs(view, "tabs", page->sheet.url, page->kind->slug);
	view_flag(view, pool_printf(pool, "is_%s", page->kind->list), true);
	view_flag(view, "asks_case", page->kind->per_case || strcmp(page->kind->slug, "truong-hop") == 0);
	view_flag(view, "per_case", page->kind->per_case);
	show_lists(page, view);
	if (request->method == METHOD_POST) {
		form_show(request->form, fields, FIELDS, view);
	} else {
		view_flag(view, "required", strcmp(page->kind->slug, "giay-to") == 0);
		view_flag(view, "submission_is_submit", true);
		view_flag(view, "kind_is_flat", true);
		view_flag(view, "answer_is_co", true);
		view_flag(view, "sex_is_none", true);
		view_flag(view, "role_is_specialist", true);
	}
	if (preview) {
		view_flag(view, "preview", revise_show_changes(view, page->sheet.before, page->sheet.after));
		view_flag(view, "dropping", page->dropping);
		view_set(view, "drop", form_raw(request->form, "drop"));
		view_set(view, "shown", revise_print(pool, page->sheet.after));
	} else if (request->method == METHOD_POST) {
		page->sheet.response->status = 422;
	}
	view_set(view, "document_fault", page->sheet.fault);
	view_set(view, "base", revise_print(pool, page->sheet.before));
	view_set(view, "code", pool_strdup(pool, json_text(page->sheet.before, "code")));
	view_set(view, "name_shown", pool_strdup(pool, json_text(page->sheet.before, "name")));
	view_set(view, "sheet_url", page->sheet.url);
	view_set(view, "action", pool_printf(pool, "%s/phan/%s", page->sheet.url, page->kind->slug));
	view_set(view, "part_title", text_get(pool_printf(pool, "catalog.part.%s", page->kind->slug)));
	view_set(view, "add_title", text_get(pool_printf(pool, "catalog.part_add.%s", page->kind->slug)));
	view_set(view, "title", text_fill(pool, "catalog.part_title", pool_strdup(pool,
			json_text(page->sheet.before, "name")), NULL));
	return web_page(page->sheet.web, request, page->sheet.response, "intake/catalog_part", view);
}

/* ---- take ---- */

/* The list to change, made where there is none yet. */
static json_t *list_of(struct part_page *page, json_t *holder)
{
	if (!json_is_array(json_object_get(holder, page->kind->list)))
		json_put_value(holder, page->kind->list, json_new_array());
	return json_object_get(holder, page->kind->list);
}

static void add(struct part_page *page)
{
	struct pool *pool = page->sheet.request->pool;
	json_t *cases = json_object_get(page->sheet.after, "cases"), *list, *row = json_new_object();
	json_t *in_case = catalogue_edit_row(cases, "id", typed(page, "in_case"));
	const char *id;
	int no = 1;

	if (in_case == NULL && page->kind->per_case)
		in_case = json_array_get(cases, 0);
	page->in_case = in_case;
	list = list_of(page, page->kind->per_case ? in_case : page->sheet.after);
	if (page->kind->id[0] != '\0') {
		do
			id = pool_printf(pool, "%s-%d", page->kind->id, no++);
		while (catalogue_edit_row(list, "id", id) != NULL);
		json_put(row, "id", id);
	}
	page->kind->fill(page, row);
	json_add(list, row);
}

/* "1.2": a list's third row in the second case. Only one that is there; a procedure keeps a case. */
static bool drop(struct part_page *page)
{
	const char *where = form_raw(page->sheet.request->form, "drop"), *dot = strchr(where, '.');
	int64_t at = 0, no = 0;
	json_t *holder, *list;

	if (dot == NULL || num_parse(pool_strndup(page->sheet.request->pool, where,
			(size_t)(dot - where)), 0, 100, &at) != RC_OK ||
			num_parse(dot + 1, 0, 1000, &no) != RC_OK)
		return false;
	holder = page->kind->per_case ? json_array_get(json_object_get(page->sheet.after, "cases"),
			(size_t)at) : page->sheet.after;
	list = json_object_get(holder, page->kind->list);
	if ((size_t)no >= json_array_size(list) || (strcmp(page->kind->list, "cases") == 0 &&
			json_array_size(list) == 1))
		return false;
	(void)json_array_remove(list, (size_t)no);
	if (json_array_size(list) == 0 && strcmp(page->kind->list, "components") != 0)
		(void)json_object_del(holder, page->kind->list);
	return true;
}

static enum rc take(struct part_page *page)
{
	struct request *request = page->sheet.request;
	enum rc rc = RC_OK;

	if (catalog_page_stale(&page->sheet))
		return revise_conflict(page->sheet.web, request, page->sheet.response, DOCUMENT_CATALOGUE,
				pool_printf(request->pool, "%s/phan/%s", page->sheet.url, page->kind->slug));
	page->dropping = form_raw(request->form, "drop")[0] != '\0';
	if (page->dropping) {
		if (!drop(page)) {
			page->sheet.fault = text_get("catalog.part_stays");
			return show(page, false);
		}
	} else {
		rc = form_check(request->form, fields, FIELDS);
		if (rc != RC_OK && rc != RC_INVALID)
			return rc;
		add(page);
		if (form_has_faults(request->form))
			return show(page, false);
	}
	if (!catalog_page_confirmed(&page->sheet))
		return show(page, true);
	rc = catalog_page_write(&page->sheet, page->dropping ? "catalog.did_drop_part" :
			"catalog.did_add_part");
	return rc == RC_INVALID ? show(page, false) : rc;
}

enum rc page_catalog_part(struct web *web, struct request *request, struct response *response)
{
	struct part_page page = { .sheet = { .web = web, .request = request, .response = response,
		.fault = "" } };
	enum rc rc = RC_NOT_FOUND;

	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].slug, request->params[1]) == 0)
			page.kind = &kinds[i];
	if (page.kind == NULL)
		return RC_NOT_FOUND;
	rc = catalog_page_open(&page.sheet);
	if (rc == RC_OK)
		rc = request->method == METHOD_POST ? take(&page) : show(&page, false);
	catalog_page_close(&page.sheet);
	return rc;
}
