/*
 * step_procedure.c: page 2 of a new dossier (/thu-tuc): what the person came for. One tap on a
 * procedure leads on; only one with several cases, or a wish of its own wording, stays here.
 *
 * The list of all procedures is the same for everybody, so it is rendered once per process.
 */
#include <string.h>

#include "base/text.h"
#include "intake/draft_page.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "case", FIELD_LINE, false, 0, 40, NULL, "step2.case" },
	{ "content", FIELD_LINES, false, 0, 500, NULL, "step2.content" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))
static const struct field find_field = { "find", FIELD_LINE, false, 0, 100, NULL, "step2.find" };

/* Where one catalogue's list was rendered into; lives as long as the process. */
static struct {
	const struct catalogue *catalogue;
	struct buf usual, all;
} rendered;

static void show_procedure(struct view *item, const struct procedure *procedure)
{
	view_set(item, "code", procedure->code);
	view_set(item, "procedure_name", procedure->name);
	view_flag(item, "province", procedure->level == LEVEL_PROVINCE);
}

/* Grouped by field in the catalogue's order. */
static void show_all(struct view *view, const struct catalogue *catalogue, const char *const *words,
		size_t word_count)
{
	struct view *group = NULL;
	const char *field = NULL;
	bool any = false;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct procedure *procedure = &catalogue->procedures[i];
		bool found = procedure->enabled;

		any = any || found;
		for (size_t k = 0; found && k < word_count; k++)
			found = strstr(procedure->folded, words[k]) != NULL ||
					strstr(procedure->code, words[k]) != NULL;
		if (!found)
			continue;
		if (field == NULL || strcmp(field, procedure->field) != 0) {
			field = procedure->field;
			group = view_item(view, "groups");
			view_set(group, "group", field);
		}
		show_procedure(view_item(group, "procedures"), procedure);
	}
	view_flag(view, "nothing", any && field == NULL);
	view_flag(view, "none_enabled", !any);
}

static void show_usual(struct view *view, const struct catalogue *catalogue)
{
	for (int rank = 1; rank <= 8; rank++)
		for (size_t i = 0; i < catalogue->count; i++)
			if (catalogue->procedures[i].usual_rank == rank && catalogue->procedures[i].enabled)
				show_procedure(view_item(view, "procedures"), &catalogue->procedures[i]);
}

static enum rc render_once(struct web *web)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	struct pool *pool;
	struct view *view;
	enum rc rc;

	if (rendered.catalogue == catalogue)
		return RC_OK;
	pool = pool_new();
	view = view_new(pool);
	show_usual(view, catalogue);
	rc = template_render("intake/step2_usual", view, &rendered.usual);
	if (rc == RC_OK) {
		view = view_new(pool);
		show_all(view, catalogue, NULL, 0);
		rc = template_render("intake/step2_list", view, &rendered.all);
	}
	if (rc == RC_OK)
		rendered.catalogue = catalogue;
	pool_free(pool);
	return rc;
}

/* The words of a search, folded, without JavaScript: the page again with what fits. */
static enum rc search(struct web *web, struct request *request, struct view *view,
		const char *typed)
{
	const char *words[8];
	size_t count = 0;
	char *folded = text_fold(request->pool, typed), *code = NULL;
	struct view *found = view_new(request->pool);
	struct buf html = { 0 };
	enum rc rc;

	if (strspn(typed, "0123456789. ") == strlen(typed)) {
		if (text_clean(request->pool, typed, strlen(typed), TEXT_ONE_LINE, &code) == RC_OK)
			words[count++] = code;
	} else {
		for (char *at = folded; *at != '\0' && count < 8;) {
			size_t len = strcspn(at, " ");

			words[count++] = pool_strndup(request->pool, at, len);
			at += len + strspn(at + len, " ");
		}
	}
	show_all(found, &intake_of(web)->catalogue, words, count);
	view_flag(found, "open", true);
	rc = template_render("intake/step2_list", found, &html);
	view_svg(view, "list", pool_strdup(request->pool, html.data != NULL ? html.data : ""));
	view_set(view, "find", typed);
	buf_free(&html);
	return rc;
}

static void show_chosen(struct web *web, struct view *view, const struct draft *draft)
{
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(draft->data,
			&intake_of(web)->catalogue, &chosen);

	if (procedure == NULL)
		return;
	view_set(view, "chosen", procedure->name);
	view_set(view, "chosen_code", procedure->code);
	view_set(view, "content", json_text(draft->data, "content"));
	for (size_t i = 0; procedure->case_count > 1 && i < procedure->case_count; i++) {
		struct view *item = view_item(view, "cases");

		view_set(item, "case_id", procedure->cases[i].id);
		view_set(item, "case_name", procedure->cases[i].name);
		view_flag(item, "checked", strcmp(procedure->cases[i].id, chosen->id) == 0);
	}
	view_flag(view, "has_cases", procedure->case_count > 1);
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	struct view *view = view_new(request->pool);
	const char *typed = request->method == METHOD_POST ? form_raw(request->form, "find") : "";
	enum rc rc = render_once(web);

	if (rc != RC_OK)
		return rc;
	show_chosen(web, view, draft);
	view_svg(view, "usual", rendered.usual.data);
	view_svg(view, "list", rendered.all.data != NULL ? rendered.all.data : "");
	if (typed[0] != '\0')
		rc = search(web, request, view, typed);
	if (request->method == METHOD_POST)
		form_show(request->form, fields, FIELDS, view);
	view_set(view, "title", text_get("step2.title"));
	return rc == RC_OK ? draft_page_show(web, request, response, draft, 2, view) : rc;
}

/* A procedure's button. Several cases: the page asks which. */
static enum rc choose(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const char *code)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	const struct procedure *procedure = catalogue_find(catalogue, code);

	if (procedure == NULL || !procedure->enabled || procedure->case_count == 0) {
		form_fault(request->form, "find", "step2.unknown");
		return show(web, request, response, draft);
	}
	draft_data_choose(draft->data, catalogue, procedure, &procedure->cases[0]);
	return draft_page_save(web, request, response, draft,
			procedure->case_count > 1 ? "/thu-tuc" : "/giay-to");
}

/* Going on with the procedure chosen before: its case and its wording. */
static enum rc go_on(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(draft->data, catalogue, &chosen);
	const char *id;

	if (procedure == NULL) {
		form_fault(request->form, "find", "step2.need_procedure");
		return show(web, request, response, draft);
	}
	if (form_check(request->form, fields, FIELDS) != RC_OK)
		return show(web, request, response, draft);
	id = form_text(request->form, "case");
	if (id[0] != '\0')
		chosen = procedure_case_find(procedure, id);
	if (chosen == NULL) {
		form_fault(request->form, "case", "form.choice");
		return show(web, request, response, draft);
	}
	draft_data_choose(draft->data, catalogue, procedure, chosen);
	if (form_raw_at(request->form, "content", 0) != NULL)
		draft_data_put(draft->data, "content", form_text(request->form, "content"));
	if (json_text(draft->data, "content")[0] == '\0')
		json_put(draft->data, "content", procedure->name);
	return draft_page_save(web, request, response, draft, "/giay-to");
}

static enum rc post(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	const char *code = form_raw(request->form, "procedure");

	if (code[0] != '\0')
		return choose(web, request, response, draft, code);
	if (form_raw(request->form, "search")[0] != '\0' && form_raw(request->form, "find")[0] != '\0') {
		bool clean = form_check(request->form, &find_field, 1) == RC_OK;
		enum rc rc = show(web, request, response, draft);

		if (rc == RC_OK && response->status == 422 && clean)
			response->status = 200;
		return rc;
	}
	if (form_raw(request->form, "later")[0] != '\0')
		return draft_page_save(web, request, response, draft, "");
	return go_on(web, request, response, draft);
}

enum rc page_step_procedure(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go)
		rc = request->method == METHOD_POST ? post(web, request, response, &draft) :
				show(web, request, response, &draft);
	draft_free(&draft);
	return rc;
}
