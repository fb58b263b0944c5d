/*
 * step_procedure.c: page 2 of a new dossier (/thu-tuc): what the person came for. One tap on a
 * procedure leads on; only one with several cases, or a wish of its own wording, stays here.
 *
 * The list of all procedures is the same for everybody, so it is rendered once per version and day.
 */
#include <string.h>

#include "base/text.h"
#include "intake/documents.h"
#include "intake/step_people.h"
#include "web/text_vi.h"

static const struct field find_field = { "find", FIELD_LINE, false, 0, 100, NULL, "step2.find" };

/* Where one catalogue's list was rendered into; lives as long as the process. */
static struct {
	bool done;
	int64_t no, day;
	struct buf usual, all;
} rendered;

static void show_procedure(struct view *item, const struct procedure *procedure)
{
	view_set(item, "code", procedure->code);
	view_set(item, "procedure_name", procedure->name);
	view_flag(item, "province", procedure->level == LEVEL_PROVINCE);
}

/* Grouped by field in the catalogue's order. */
static void show_all(struct view *view, const struct catalogue *catalogue, int64_t day,
		const char *const *words, size_t word_count)
{
	struct view *group = NULL;
	const char *field = NULL;
	bool any = false;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct procedure *procedure = &catalogue->procedures[i];
		bool found = procedure_is_offered(procedure, day);

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

static void show_usual(struct view *view, const struct catalogue *catalogue, int64_t day)
{
	for (int rank = 1; rank <= 8; rank++)
		for (size_t i = 0; i < catalogue->count; i++)
			if (catalogue->procedures[i].usual_rank == rank &&
					procedure_is_offered(&catalogue->procedures[i], day))
				show_procedure(view_item(view, "procedures"), &catalogue->procedures[i]);
}

static enum rc render_once(struct web *web, int64_t day)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	struct pool *pool;
	struct view *view;
	enum rc rc;

	if (rendered.done && rendered.no == intake_of(web)->catalogue_no && rendered.day == day)
		return RC_OK;
	rendered.done = false;
	buf_reset(&rendered.usual);
	buf_reset(&rendered.all);
	pool = pool_new();
	view = view_new(pool);
	show_usual(view, catalogue, day);
	rc = template_render("intake/step2_usual", view, &rendered.usual);
	if (rc == RC_OK) {
		view = view_new(pool);
		show_all(view, catalogue, day, NULL, 0);
		rc = template_render("intake/step2_list", view, &rendered.all);
	}
	rendered.done = rc == RC_OK;
	rendered.no = intake_of(web)->catalogue_no;
	rendered.day = day;
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
	show_all(found, &intake_of(web)->catalogue, documents_day(request->now_ms), words, count);
	view_flag(found, "open", true);
	rc = template_render("intake/step2_list", found, &html);
	view_svg(view, "list", pool_strdup(request->pool, html.data != NULL ? html.data : ""));
	view_set(view, "find", typed);
	buf_free(&html);
	return rc;
}

static void show_chosen(struct web *web, struct view *view, const struct draft *draft,
		const struct form *form)
{
	bool answered;

	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(draft->data,
			&intake_of(web)->catalogue, &chosen);

	if (procedure == NULL)
		return;
	view_set(view, "chosen", procedure->name);
	view_set(view, "chosen_code", procedure->code);
	view_set(view, "content", json_text(draft->data, "content"));
	answered = procedure_case_is_answered(procedure);
	for (size_t i = 0; !answered && procedure->case_count > 1 && i < procedure->case_count; i++) {
		struct view *item = view_item(view, "cases");

		view_set(item, "case_id", procedure->cases[i].id);
		view_set(item, "case_name", procedure->cases[i].name);
		view_set(item, "case_condition", procedure->cases[i].condition);
		view_flag(item, "checked", strcmp(procedure->cases[i].id, chosen->id) == 0);
	}
	view_flag(view, "has_cases", !answered && procedure->case_count > 1);
	step_people_show(view, draft->data, procedure, form);
}

/* The clerk's own procedures stand first; without a list of her own the usual ones do. */
static void show_own(struct web *web, const struct request *request, struct view *view)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	const char *own = request->session->account.procedures;
	int64_t day = documents_day(request->now_ms);
	bool any = false;

	for (size_t i = 0; own[0] != '\0' && i < catalogue->count; i++) {
		const struct procedure *procedure = &catalogue->procedures[i];

		if (!staff_has_code(own, procedure->code) || !procedure_is_offered(procedure, day))
			continue;
		any = true;
		show_procedure(view_item(view, "own"), procedure);
	}
	view_flag(view, "any_own", any);
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	struct view *view = view_new(request->pool);
	const struct form *form = request->method == METHOD_POST ? request->form : NULL;
	const char *typed = request->method == METHOD_POST ? form_raw(request->form, "find") : "";
	enum rc rc = render_once(web, documents_day(request->now_ms));

	if (rc != RC_OK)
		return rc;
	show_own(web, request, view);
	show_chosen(web, view, draft, form);
	view_svg(view, "usual", rendered.usual.data);
	view_svg(view, "list", rendered.all.data != NULL ? rendered.all.data : "");
	if (typed[0] != '\0')
		rc = search(web, request, view, typed);
	if (request->method == METHOD_POST)
		form_show(request->form, step_people_fields, STEP_PEOPLE_FIELDS, view);
	view_set(view, "title", text_get("step2.title"));
	return rc == RC_OK ? draft_page_show(web, request, response, draft, 2, view) : rc;
}

/* Is there something to ask on this page? */
static bool asks(const struct procedure *procedure)
{
	if (procedure->case_count > 1 || procedure->question_count > 0)
		return true;
	for (size_t i = 0; i < procedure->role_count; i++)
		if (procedure->roles[i].required)
			return true;
	return false;
}

/* A procedure's button. Where something is to be asked, the page asks it. */
static enum rc choose(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const char *code)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	const struct procedure *procedure = catalogue_find(catalogue, code);

	if (procedure == NULL || !procedure_is_offered(procedure, documents_day(request->now_ms))) {
		form_fault(request->form, "find", procedure == NULL ? "step2.unknown" :
				"step2.not_offered");
		return show(web, request, response, draft);
	}
	step_people_begin(draft->data, procedure);
	draft_data_choose(draft->data, catalogue, procedure, procedure_case_of(procedure,
			draft_data_answers(draft->data, procedure)));
	return draft_page_save(web, request, response, draft, asks(procedure) ? "/thu-tuc" :
			"/giay-to");
}

static const struct procedure_case *typed_case(const struct form *form,
		const struct procedure *procedure, const json_t *data, const struct procedure_case *before)
{
	const char *id = form_text(form, "case");

	if (procedure_case_is_answered(procedure))
		return procedure_case_of(procedure, draft_data_answers(data, procedure));
	return id[0] != '\0' ? procedure_case_find(procedure, id) : before;
}

/* Going on with the procedure chosen before: answers, case, people and its wording. What is right is
 * kept also when something else is wrong. */
static enum rc go_on(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, bool leave)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(draft->data, catalogue, &chosen);
	enum rc rc;

	if (procedure == NULL && leave)
		return draft_page_save(web, request, response, draft, "");
	if (procedure == NULL) {
		form_fault(request->form, "find", "step2.need_procedure");
		return show(web, request, response, draft);
	}
	rc = step_people_take(request, draft->data, procedure, leave);
	if (rc != RC_OK)
		return rc;
	chosen = typed_case(request->form, procedure, draft->data, chosen);
	if (chosen == NULL)
		form_fault(request->form, "case", "form.choice");
	else
		draft_data_choose(draft->data, catalogue, procedure, chosen);
	if (form_raw_at(request->form, "content", 0) != NULL &&
			form_fault_of(request->form, "content")[0] == '\0')
		draft_data_put(draft->data, "content", form_text(request->form, "content"));
	if (json_text(draft->data, "content")[0] == '\0')
		json_put(draft->data, "content", procedure->name);
	if (!procedure_is_offered(procedure, documents_day(request->now_ms)) && !leave)
		form_fault(request->form, "find", "step2.not_offered");
	if (leave || !form_has_faults(request->form))
		return draft_page_save(web, request, response, draft, "/giay-to");
	rc = draft_save(web->store, draft->id, draft->data);
	return rc == RC_OK ? show(web, request, response, draft) : rc;
}

/* A card of a related person: read into the role, nothing else is demanded yet. */
static enum rc take_card(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const struct procedure *procedure, const char *field,
		const struct role *role)
{
	const char *reason = "card.error.form", *content;
	json_t *kept = json_deep_copy(json_object_get(draft->data, "persons"));
	enum rc rc = step_people_take(request, draft->data, procedure, true);

	if (rc == RC_OK)
		rc = step_people_take_card(request, draft->data, role, field, &reason);
	content = form_text(request->form, "content");
	if (content[0] != '\0' && form_fault_of(request->form, "content")[0] == '\0')
		draft_data_put(draft->data, "content", content);
	form_clear_faults(request->form);
	if (rc == RC_OK) {
		json_decref(kept);
		return draft_page_save(web, request, response, draft, pool_printf(request->pool,
				"/thu-tuc#dt-%s", role->id));
	}
	if (kept != NULL)
		json_put_value(draft->data, "persons", kept);
	if (rc != RC_INVALID)
		return rc;
	form_fault(request->form, field, reason);
	return show(web, request, response, draft);
}

static enum rc post(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	const char *code = form_raw(request->form, "procedure"), *field = "";
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(draft->data, &intake_of(web)->catalogue, &chosen);
	const struct role *role = NULL;

	if (code[0] != '\0')
		return choose(web, request, response, draft, code);
	if (procedure != NULL)
		step_people_find_card(request, draft->data, procedure, &field, &role);
	if (field[0] != '\0')
		return take_card(web, request, response, draft, procedure, field, role);
	if (form_raw(request->form, "search")[0] != '\0' && form_raw(request->form, "find")[0] != '\0') {
		bool clean = form_check(request->form, &find_field, 1) == RC_OK;
		enum rc rc = show(web, request, response, draft);

		if (rc == RC_OK && response->status == 422 && clean)
			response->status = 200;
		return rc;
	}
	return go_on(web, request, response, draft, form_raw(request->form, "later")[0] != '\0');
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
