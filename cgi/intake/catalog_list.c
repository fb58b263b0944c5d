/*
 * catalog_list.c: /quan-ly/thu-tuc: every procedure with its state, searched and filtered; the
 * history of versions; a procedure of the point's own.
 */
#include <string.h>

#include "base/text.h"
#include "intake/catalog.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "code", FIELD_LINE, true, 3, 30, NULL, "doc.m.code" },
	{ "name", FIELD_LINE, true, 5, 200, NULL, "doc.m.name" },
	{ "field", FIELD_LINE, true, 2, 80, NULL, "doc.m.field" },
	{ "level", FIELD_CHOICE, true, 0, 0, "commune|province", "doc.m.level" },
	{ "unit", FIELD_LINE, false, 0, 160, NULL, "doc.m.unit" },
	{ "limit", FIELD_LINE, false, 0, 8, NULL, "doc.m.limit" },
	{ "limit_unit", FIELD_CHOICE, true, 0, 0,
	  "working-days|calendar-days|hours|same-day|same-day-after-15|none", "doc.m.limit" },
	{ "paper", FIELD_LINE, true, 2, 200, NULL, "catalog.first_paper" },
	{ "source", FIELD_LINE, true, 3, 200, NULL, "catalog.source" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const char *const states[] = { "bat", "cho", "tat" };

static size_t state_of(const struct procedure *procedure)
{
	return procedure->enabled ? 0 : catalogue_is_certain(procedure) ? 2 : 1;
}

static bool matches(const struct procedure *procedure, const char *typed, const char *folded)
{
	if (typed[0] == '\0' || strstr(procedure->code, typed) != NULL)
		return true;
	for (const char *at = folded; *at != '\0';) {
		size_t len = strcspn(at, " ");
		char word[64];

		if (len >= sizeof(word))
			return false;
		memcpy(word, at, len);
		word[len] = '\0';
		if (strstr(procedure->folded, word) == NULL)
			return false;
		at += len + strspn(at + len, " ");
	}
	return folded[0] != '\0';
}

static void show_row(struct view *view, const struct procedure *procedure, int64_t day)
{
	struct view *item = view_item(view, "procedures");
	size_t state = state_of(procedure);

	view_set(item, "code", procedure->code);
	view_set(item, "name", procedure->name);
	view_set(item, "field", procedure->field);
	view_flag(item, "is_on", state == 0);
	view_flag(item, "is_waiting", state == 1);
	view_flag(item, "is_off", state == 2);
	view_flag(item, "ended", procedure->enabled && !procedure_is_offered(procedure, day));
	view_set(item, "limit", revise_words(view_pool(view), "limit", limit_format(view_pool(view),
			&procedure->cases[0].limit)));
}

enum rc page_catalog(struct web *web, struct request *request, struct response *response)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	struct view *view = view_new(request->pool);
	const char *typed = request_query(request, "tim"), *filter = request_query(request, "loc");
	const char *folded = text_fold(request->pool, typed);
	size_t counts[3] = { 0 }, found = 0;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct procedure *procedure = &catalogue->procedures[i];
		size_t state = state_of(procedure);

		counts[state]++;
		if ((filter[0] != '\0' && strcmp(filter, states[state]) != 0) ||
				!matches(procedure, typed, folded))
			continue;
		found++;
		show_row(view, procedure, documents_day(request->now_ms));
	}
	for (size_t i = 0; i < 3; i++) {
		struct view *tab = view_item(view, "tabs");

		view_set(tab, "slug", states[i]);
		view_set(tab, "name", text_get(pool_printf(request->pool, "catalog.state.%s", states[i])));
		view_int(tab, "count", (int64_t)counts[i]);
		view_flag(tab, "current", strcmp(filter, states[i]) == 0);
	}
	view_int(view, "total", (int64_t)catalogue->count);
	view_flag(view, "all_shown", filter[0] == '\0');
	view_flag(view, "found", found > 0);
	view_set(view, "tim", typed);
	view_set(view, "version", catalogue->version);
	view_set(view, "title", text_get("catalog.title"));
	return web_page(web, request, response, "intake/catalog", view);
}

enum rc page_catalog_history(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc = revise_show_history(web, view, DOCUMENT_CATALOGUE);

	view_set(view, "title", text_get("catalog.history"));
	view_set(view, "back_url", "/quan-ly/thu-tuc");
	return rc == RC_OK ? web_page(web, request, response, "intake/revise_history", view) : rc;
}

/* ---- a procedure of one's own ---- */

/* procedure: what would be added, as a preview; NULL: none. */
static enum rc new_show(struct web *web, struct request *request, struct response *response,
		const json_t *procedure)
{
	struct view *view = view_new(request->pool);

	if (request->method == METHOD_POST)
		form_show(request->form, fields, FIELDS, view);
	if (procedure != NULL) {
		json_t *nothing = json_new_object();

		view_flag(view, "preview", revise_show_changes(view, nothing, procedure));
		view_set(view, "shown", revise_print(request->pool, procedure));
		json_decref(nothing);
	} else if (request->method == METHOD_POST) {
		response->status = 422;
	} else {
		view_flag(view, "level_is_commune", true);
	}
	view_set(view, "title", text_get("catalog.new"));
	return web_page(web, request, response, "intake/catalog_new", view);
}

static const char *typed_limit(struct request *request)
{
	const char *unit = form_text(request->form, "limit_unit");
	const char *number = form_text(request->form, "limit");
	bool counted = strstr(unit, "days") != NULL || strcmp(unit, "hours") == 0;
	struct limit limit;

	if (limit_parse(counted ? pool_printf(request->pool, "%s %s", number, unit) : unit, &limit)
			!= RC_OK)
		return NULL;
	return limit_format(request->pool, &limit);
}

static json_t *new_procedure(struct request *request, const char *limit)
{
	const struct form *form = request->form;
	json_t *procedure = json_new_object(), *one = json_new_object(), *paper = json_new_object();
	json_t *cases = json_new_array(), *papers = json_new_array(), *sources = json_new_object();

	json_put(procedure, "code", form_text(form, "code"));
	json_put(procedure, "name", form_text(form, "name"));
	json_put(procedure, "field", form_text(form, "field"));
	json_put(procedure, "level", form_text(form, "level"));
	json_put(procedure, "unit", form_text(form, "unit"));
	json_put_flag(procedure, "enabled", false);
	json_put(sources, "name", form_text(form, "source"));
	json_put_value(procedure, "sources", sources);
	json_put(one, "id", "thuong");
	json_put(one, "name", text_get("catalog.usual_case"));
	json_put(one, "limit", limit);
	json_put(paper, "id", "giay-1");
	json_put(paper, "name", form_text(form, "paper"));
	json_put_int(paper, "originals", 1);
	json_add(papers, paper);
	json_put_value(one, "components", papers);
	json_add(cases, one);
	json_put_value(procedure, "cases", cases);
	return procedure;
}

static enum rc new_save(struct web *web, struct request *request, struct response *response,
		struct revise *revise)
{
	const char *code = form_text(request->form, "code"), *fault = "", *limit;
	json_t *procedure;
	enum rc rc;

	limit = typed_limit(request);
	if (limit == NULL)
		form_fault(request->form, "limit", "catalog.wrong_limit");
	if (strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-") !=
			strlen(code))
		form_fault(request->form, "code", "catalog.wrong_code");
	else if (catalogue_edit_row(json_object_get(revise->document, "procedures"), "code", code))
		form_fault(request->form, "code", "catalog.code_taken");
	else if (*catalogue_edit_abolished(revise->document, code))
		form_fault(request->form, "code", "catalog.code_abolished");
	if (form_has_faults(request->form))
		return new_show(web, request, response, NULL);
	procedure = new_procedure(request, limit);
	if (form_raw(request->form, "save")[0] == '\0' || strcmp(form_raw(request->form, "shown"),
			revise_print(request->pool, procedure)) != 0) {
		rc = new_show(web, request, response, procedure);
		json_decref(procedure);
		return rc;
	}
	catalogue_edit_put(revise->document, procedure);
	rc = revise_save(web, request, response, revise, text_fill(request->pool, "catalog.did_add", code,
			json_text(procedure, "name"), NULL), pool_printf(request->pool,
			"/quan-ly/thu-tuc/%s", code), &fault);
	json_decref(procedure);
	if (rc != RC_INVALID)
		return rc;
	form_fault(request->form, "code", "catalog.unfit");
	return new_show(web, request, response, NULL);
}

enum rc page_catalog_new(struct web *web, struct request *request, struct response *response)
{
	struct revise revise;
	enum rc rc;

	if (request->method != METHOD_POST)
		return new_show(web, request, response, NULL);
	rc = form_check(request->form, fields, FIELDS);
	if (rc == RC_INVALID)
		return new_show(web, request, response, NULL);
	if (rc == RC_OK)
		rc = revise_open(web, request, DOCUMENT_CATALOGUE, &revise);
	else
		return rc;
	if (rc == RC_OK)
		rc = new_save(web, request, response, &revise);
	revise_close(&revise);
	return rc;
}
