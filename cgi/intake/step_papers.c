/*
 * step_papers.c: page 3 of a new dossier (/giay-to): paper by paper, enough or missing, how many
 * sheets of which kind, and its scans. Fields of a paper carry its id: "state.<id>", "originals.<id>" …
 */
#include <string.h>

#include "base/text.h"
#include "intake/photo.h"
#include "intake/shots.h"
#include "intake/step_papers.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "sets", FIELD_INT, false, 1, 99, NULL, "step3.sets" },
	{ "add_name", FIELD_LINE, false, 2, 200, NULL, "step3.add_name" },
	{ "ticket", FIELD_LINE, false, 0, 12, NULL, "draft.ticket" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

#define PAPERS_MAX 24		/* seven fields each: within what form_parse takes */

static const struct { const char *name, *label; int64_t max; } counts[] = {
	{ "originals", "step3.originals", 99 }, { "certified", "step3.certified", 99 },
	{ "copies", "step3.copies", 99 }, { "pages", "step3.pages", 9999 },
};
#define COUNTS (sizeof(counts) / sizeof(counts[0]))

static const struct component *in_catalogue(const struct procedure_case *chosen, const char *id)
{
	for (size_t i = 0; i < chosen->component_count; i++)
		if (strcmp(chosen->components[i].id, id) == 0)
			return &chosen->components[i];
	return NULL;
}

/* ---- show ---- */

/* "2 bản chính, 1 bản photo" as the catalogue asks. */
static char *wanted(struct pool *pool, const json_t *paper)
{
	char *out = pool_strdup(pool, "");

	for (size_t i = 0; i < 3; i++) {
		int64_t number = json_int(paper, counts[i].name, 0);

		if (number > 0)
			out = pool_printf(pool, "%s%s%s", out, out[0] != '\0' ? ", " : "",
					text_fill(pool, pool_printf(pool, "step3.count.%s", counts[i].name),
					pool_printf(pool, "%lld", (long long)number), NULL));
	}
	return out;
}

static void show_counts(struct view *item, const json_t *paper, const struct form *form,
		const char *id)
{
	struct pool *pool = view_pool(item);

	for (size_t i = 0; i < COUNTS; i++) {
		struct view *count = view_item(item, "counts");
		const char *name = pool_printf(pool, "%s.%s", counts[i].name, id);
		const char *raw = form != NULL ? form_raw(form, name) : "";
		int64_t value = json_int(paper, counts[i].name, 0);

		view_set(count, "count_name", name);
		view_setf(count, "count_id", "%s-%s", counts[i].name, id);
		view_set(count, "count_label", text_get(counts[i].label));
		if (form != NULL && form_fault_of(form, name)[0] != '\0') {
			view_set(count, "count_fault", form_fault_of(form, name));
			view_flag(item, "counts_bad", true);
		}
		if (raw[0] != '\0')
			view_set(count, "count_value", raw);
		else
			view_setf(count, "count_value", "%lld", (long long)value);
	}
}

static struct view *show_paper(struct web *web, struct view *view, const struct draft *draft,
		const json_t *paper, const struct component *component, const struct form *form,
		const struct draft_file *files, size_t file_count)
{
	struct pool *pool = view_pool(view);
	struct view *item = view_item(view, "papers");
	const char *id = json_text(paper, "id"), *state = json_text(paper, "state");
	enum submission submission = component != NULL ? component->submission : SUBMIT;

	view_set(item, "id", id);
	view_set(item, "paper", json_text(paper, "name"));
	view_set(item, "condition", component != NULL ? component->condition : "");
	view_flag(item, "optional", component != NULL && !component->required);
	view_flag(item, "added", component == NULL);
	view_flag(item, "submit", submission == SUBMIT);
	view_flag(item, "present", submission == PRESENT);
	view_flag(item, "lookup", submission == SYSTEM_LOOKUP);
	view_set(item, "wanted", wanted(pool, paper));
	view_flag(item, "is_enough", strcmp(state, "du") == 0);
	view_flag(item, "is_missing", strcmp(state, "thieu") == 0);
	view_flag(item, "is_seen", strcmp(state, "da_xem") == 0);
	view_flag(item, "is_unneeded", strcmp(state, "khong") == 0);
	view_flag(item, "kept", json_flag(paper, "kept"));
	show_counts(item, paper, form, id);
	shots_show(web, item, draft->id, id, files, file_count);
	shots_show_pages(item, json_int(paper, "pages", 0), id, files, file_count);
	return item;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const struct form *form, const char *fault_paper,
		const char *fault)
{
	struct view *view = view_new(request->pool);
	const json_t *papers = json_object_get(draft->data, "components");
	const struct procedure_case *chosen;
	struct draft_file *files = NULL;
	size_t file_count = 0;
	enum rc rc = draft_file_list(web->store, request->pool, draft->id, &files, &file_count);

	if (rc != RC_OK)
		return rc;
	if (draft_data_procedure(draft->data, &intake_of(web)->catalogue, &chosen) == NULL) {
		response_see_other(response, draft_page_url(request->pool, draft->id, "/thu-tuc"));
		return RC_OK;
	}
	for (size_t i = 0; i < json_array_size(papers); i++) {
		const json_t *paper = json_array_get(papers, i);

		struct view *item = show_paper(web, view, draft, paper,
				in_catalogue(chosen, json_text(paper, "id")), form, files, file_count);

		view_set(item, "paper_fault", fault != NULL &&
				strcmp(json_text(paper, "id"), fault_paper) == 0 ? text_get(fault) : "");
	}
	if (form != NULL)
		form_show(form, fields, FIELDS, view);
	else
		view_setf(view, "sets", "%lld", (long long)json_int(draft->data, "sets", 1));
	if (form != NULL && form_raw(form, "sets")[0] == '\0')
		view_setf(view, "sets", "%lld", (long long)json_int(draft->data, "sets", 1));
	if (form == NULL || form_raw(form, "ticket")[0] == '\0')
		view_set(view, "ticket", draft->ticket);
	view_flag(view, "may_refuse", frame_can(request, ROLE_INTAKE));
	view_set(view, "title", text_get("step3.title"));
	shots_show_form(web, view, pool_printf(request->pool, "/tai-len/nhap/%s", draft->id));
	return draft_page_show(web, request, response, draft, 3, view);
}

/* ---- merge ---- */

static bool legal_state(const struct component *component, const char *state)
{
	enum submission submission = component != NULL ? component->submission : SUBMIT;

	if (strcmp(state, "thieu") == 0)
		return submission != SYSTEM_LOOKUP;
	if (strcmp(state, "khong") == 0)
		return component == NULL || !component->required;
	return (submission == SUBMIT && strcmp(state, "du") == 0) ||
			(submission == PRESENT && strcmp(state, "da_xem") == 0);
}

static void merge_counts(struct pool *pool, struct form *form, json_t *paper, const char *id)
{
	for (size_t i = 0; i < COUNTS; i++) {
		const char *name = pool_printf(pool, "%s.%s", counts[i].name, id);
		struct field field = { name, FIELD_INT, false, 0, counts[i].max, NULL, counts[i].label };
		int64_t value;

		if (form_raw(form, name)[0] == '\0')
			continue;
		/* form_check says RC_INVALID for earlier fields too: a clean value tells this one's. */
		(void)!form_check(form, &field, 1);
		value = form_int(form, name, -1);
		if (value < 0)
			continue;
		if (strcmp(counts[i].name, "pages") == 0 && value != json_int(paper, "pages", 0))
			json_put_flag(paper, "pages_typed", value > 0);
		json_put_int(paper, counts[i].name, value);
	}
}

static void merge_paper(struct pool *pool, struct form *form, json_t *paper,
		const struct component *component, bool all)
{
	const char *id = json_text(paper, "id");
	const char *state = form_raw(form, pool_printf(pool, "state.%s", id));

	if (component != NULL && component->submission == SYSTEM_LOOKUP)
		return;
	if (state[0] != '\0' && legal_state(component, state))
		json_put(paper, "state", state);
	if (all && component != NULL && component->required)
		json_put(paper, "state", component->submission == PRESENT ? "da_xem" : "du");
	if (component != NULL && component->submission == PRESENT)
		return;
	merge_counts(pool, form, paper, id);
	if (form_raw(form, pool_printf(pool, "form.%s", id))[0] != '\0')
		json_put_flag(paper, "kept", form_raw(form, pool_printf(pool, "kept.%s", id))[0] != '\0');
}

/* A paper with a scan is there: its "not needed" was only the page's default. And it has as many pages
 * as photos, until somebody says otherwise. */
static enum rc enough_with_files(struct web *web, struct request *request, const struct draft *draft)
{
	const json_t *papers = json_object_get(draft->data, "components");
	struct draft_file *files = NULL;
	size_t count = 0;
	enum rc rc = draft_file_list(web->store, request->pool, draft->id, &files, &count);

	for (size_t i = 0; rc == RC_OK && i < json_array_size(papers); i++) {
		json_t *paper = json_array_get(papers, i);
		struct shots_count found = shots_count(json_text(paper, "id"), files, count);

		if (found.photos > 0 && found.others == 0 && !json_flag(paper, "pages_typed"))
			json_put_int(paper, "pages", (int64_t)found.photos);
		if (found.photos + found.others > 0 && (strcmp(json_text(paper, "state"), "khong") == 0 ||
				json_text(paper, "state")[0] == '\0'))
			json_put(paper, "state", "du");
	}
	return rc;
}

static void drop_added(json_t *data, const char *id)
{
	json_t *papers = json_object_get(data, "components");

	for (size_t i = 0; i < json_array_size(papers); i++) {
		const json_t *paper = json_array_get(papers, i);

		if (json_flag(paper, "added") && strcmp(json_text(paper, "id"), id) == 0) {
			(void)json_array_remove(papers, i);
			return;
		}
	}
}

/* Which button it was decides where it leads. */
static enum rc answer(struct web *web, struct request *request, struct response *response,
		struct draft *draft, const char *paper_id, const char *fault)
{
	struct form *form = request->form;
	const char *drop = form_raw(form, "drop"), *next = "/kiem-tra", *at = NULL;
	const char *to = form_raw(form, "to"), *ticket = form_text(form, "ticket");
	enum rc rc = shots_button(web, request, draft->id, &at);

	if (rc == RC_OK && ticket[0] != '\0' && strcmp(ticket, draft->ticket) != 0)
		rc = draft_set_ticket(web->store, draft->id, text_upper(request->pool, ticket));
	if (form_text(form, "add_name")[0] != '\0' &&
			json_array_size(json_object_get(draft->data, "components")) >= PAPERS_MAX) {
		form_fault(form, "add_name", "step3.too_many");
	} else if (form_text(form, "add_name")[0] != '\0') {
		const json_t *paper = draft_data_add_paper(request->pool, draft->data,
				form_text(form, "add_name"));

		next = pool_printf(request->pool, "/giay-to#%s", json_text(paper, "id"));
	} else if (at != NULL) {
		next = pool_printf(request->pool, "/giay-to#%s", at);
	} else if (strcmp(to, "bo-sung") == 0 || strcmp(to, "tu-choi") == 0 ||
			strcmp(to, "huong-dan") == 0) {
		/* Not taken in: what is ticked is kept, and the page of that paper opens. */
		next = pool_printf(request->pool, "/%s", to);
	} else if (drop[0] != '\0') {
		drop_added(draft->data, drop);
		next = "/giay-to";
	} else if (form_raw(form, "stay")[0] != '\0') {
		next = pool_printf(request->pool, "/giay-to#%s", form_raw(form, "stay"));
		if (draft_data_paper(draft->data, form_raw(form, "stay")) == NULL)
			next = "/giay-to";
	} else if (form_raw(form, "add")[0] != '\0') {
		form_fault(form, "add_name", "step3.need_add_name");
	}
	/* The pages of a paper become one PDF here, so that nothing waits for it when the dossier is accepted. */
	if (rc == RC_OK && strcmp(next, "/kiem-tra") == 0 && !form_has_faults(form))
		rc = photo_bind_draft(web, request->pool, draft->id);
	if (rc != RC_OK)
		return rc;
	if (!form_has_faults(form) || form_raw(form, "later")[0] != '\0')
		return draft_page_save(web, request, response, draft, next);
	rc = draft_save(web->store, draft->id, draft->data);
	return rc == RC_OK ? show(web, request, response, draft, form, paper_id, fault) : rc;
}

enum rc step_papers_take(struct web *web, struct request *request, struct response *response,
		struct draft *draft, const char *fault_paper, const char *fault)
{
	struct form *form = request->form;
	const struct procedure_case *chosen;
	json_t *papers = json_object_get(draft->data, "components");
	enum rc rc;

	if (draft_data_procedure(draft->data, &intake_of(web)->catalogue, &chosen) == NULL) {
		response_see_other(response, draft_page_url(request->pool, draft->id, "/thu-tuc"));
		return RC_OK;
	}
	rc = form_check(form, fields, FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	for (size_t i = 0; i < json_array_size(papers); i++) {
		json_t *paper = json_array_get(papers, i);

		merge_paper(request->pool, form, paper, in_catalogue(chosen, json_text(paper, "id")),
				form_raw(form, "all")[0] != '\0');
	}
	if (fault != NULL)
		form_fault(form, fault_paper, fault);
	if (form_int(form, "sets", 0) > 0)
		json_put_int(draft->data, "sets", form_int(form, "sets", 1));
	rc = enough_with_files(web, request, draft);
	return rc == RC_OK ? answer(web, request, response, draft, fault_paper, fault) : rc;
}

enum rc page_step_papers(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go)
		rc = request->method == METHOD_POST ?
				step_papers_take(web, request, response, &draft, NULL, NULL) :
				show(web, request, response, &draft, NULL, NULL, NULL);
	draft_free(&draft);
	return rc;
}
