/*
 * guide_supplement.c: /bo-sung of a draft: the request for what is missing (form 02), before any
 * acceptance. Missing papers are chosen already; the citizen takes the printed request, the draft
 * waits with the ticket's number.
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "crypt/random.h"
#include "intake/guide.h"
#include "store/paper.h"
#include "web/text_vi.h"

#define OTHERS 3		/* papers that the procedure does not name */

static const struct field fields[] = {
	{ "more", FIELD_LINES, false, 0, 600, NULL, "guide.more" },
	{ "ticket", FIELD_LINE, false, 0, 12, NULL, "draft.ticket" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* A typed line of a paper; its fault stands at its own field. */
static const char *line_of(struct request *request, const char *name, const char *label,
		int64_t max)
{
	struct field field = { name, FIELD_LINE, false, 0, max, NULL, label };

	(void)!form_check(request->form, &field, 1);
	return form_text(request->form, name);
}

static void show_item(struct request *request, struct view *view, const json_t *paper)
{
	struct pool *pool = request->pool;
	struct view *item = view_item(view, "papers");
	const char *id = json_text(paper, "id"), *state = json_text(paper, "state");
	const char *pick = pool_printf(pool, "pick.%s", id), *what = pool_printf(pool, "what.%s", id);
	bool again = request->method == METHOD_POST;

	view_set(item, "id", pool_strdup(pool, id));
	print_set(item, "paper", paper, "name");
	view_flag(item, "picked", again ? form_raw(request->form, pick)[0] != '\0' :
			strcmp(state, "thieu") == 0);
	view_set(item, "what", again ? form_raw(request->form, what) : "");
	view_set(item, "what_fault", again ? form_fault_of(request->form, what) : "");
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	struct view *view = view_new(request->pool);
	const json_t *papers = json_object_get(draft->data, "components");
	const json_t *guided = json_object_get(draft->data, "guided");
	bool again = request->method == METHOD_POST;

	guide_show_draft(view, draft, "guide.supplement", "/bo-sung");
	for (size_t i = 0; i < json_array_size(papers); i++)
		show_item(request, view, json_array_get(papers, i));
	view_flag(view, "papers_shown", json_array_size(papers) > 0);
	for (int i = 1; i <= OTHERS; i++) {
		struct view *item = view_item(view, "others");
		const char *name = pool_printf(request->pool, "other_%d", i);

		view_set(item, "other", name);
		view_int(item, "other_no", i);
		view_set(item, "other_value", again ? form_raw(request->form, name) : "");
		view_set(item, "other_fault", again ? form_fault_of(request->form, name) : "");
	}
	guide_show_reasons(web, request, view, REASONS_SUPPLEMENT);
	view_set(view, "ticket", draft->ticket);
	if (guided != NULL) {
		print_set(view, "guided_no", guided, "number");
		view_set(view, "guided_url", pool_printf(request->pool, "/in/phieu/%s",
				json_text(guided, "id")));
	}
	if (again) {
		form_show(request->form, fields, FIELDS, view);
		response->status = 422;
	}
	return web_page(web, request, response, "intake/guide_supplement", view);
}

/* ---- take ---- */

static void add_item(json_t *items, const json_t *paper, const char *name, const char *what)
{
	static const char *const counts[] = { "originals", "certified", "copies" };
	json_t *item = json_new_object();

	json_put(item, "component", json_text(paper, "id"));
	json_put(item, "name", name);
	json_put(item, "content", what);
	for (size_t i = 0; paper != NULL && i < sizeof(counts) / sizeof(counts[0]); i++)
		if (json_int(paper, counts[i], 0) > 0)
			json_put_int(item, counts[i], json_int(paper, counts[i], 0));
	json_add(items, item);
}

static json_t *take_items(struct request *request, const struct draft *draft)
{
	struct pool *pool = request->pool;
	const json_t *papers = json_object_get(draft->data, "components");
	json_t *items = json_new_array();

	for (size_t i = 0; i < json_array_size(papers); i++) {
		const json_t *paper = json_array_get(papers, i);
		const char *id = json_text(paper, "id");
		const char *what = line_of(request, pool_printf(pool, "what.%s", id), "guide.what", 300);

		if (form_raw(request->form, pool_printf(pool, "pick.%s", id))[0] != '\0')
			add_item(items, paper, json_text(paper, "name"), what);
	}
	for (int i = 1; i <= OTHERS; i++) {
		const char *name = line_of(request, pool_printf(pool, "other_%d", i), "guide.other", 200);

		if (name[0] != '\0')
			add_item(items, NULL, name, "");
	}
	return items;
}

/* Number, event, the draft that remembers it: one write. */
static enum rc write_all(struct web *web, struct request *request, struct draft *draft, json_t *body,
		char **location)
{
	const char *series = forms_find(&intake_of(web)->forms, "supplement")->series;
	const char *form_id = form_raw(request->form, "form_id"), *reason = NULL;
	uint8_t subject[EVENT_ID_SIZE];
	char id[2 * EVENT_ID_SIZE + 1], *number = NULL;
	struct event event;
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = subject,
		.kind = "intake.guided", .actor = request->session->account.id, .body = body };
	json_t *guided = json_new_object();
	enum rc rc = form_claim(web->store, request->pool, form_id, location);

	random_bytes(subject, sizeof(subject));
	hex_encode(subject, sizeof(subject), id);
	if (rc == RC_OK)
		rc = paper_number_next(web->store, request->pool, series, request->now_ms, &number);
	if (rc == RC_OK) {
		json_put(body, "number", number);
		rc = act_append(web->store, &act, &event, &reason);
	}
	json_put(guided, "id", id);
	json_put(guided, "number", number);
	json_put_value(draft->data, "guided", guided);
	if (rc == RC_OK)
		rc = draft_save(web->store, draft->id, draft->data);
	if (rc == RC_OK)
		rc = draft_set_ticket(web->store, draft->id, text_upper(request->pool,
				form_text(request->form, "ticket")));
	if (rc != RC_OK)
		return rc;
	*location = pool_printf(request->pool, "/in/phieu/%s", id);
	return form_done(web->store, form_id, *location);
}

static enum rc write(struct web *web, struct request *request, struct response *response,
		struct draft *draft, json_t *body)
{
	char *location = NULL;
	enum rc rc = store_begin(web->store, true);

	if (rc != RC_OK)
		return rc;
	rc = write_all(web, request, draft, body, &location);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, location);
		return RC_OK;
	}
	return rc;
}

static enum rc take(struct web *web, struct request *request, struct response *response,
		struct draft *draft)
{
	struct form *form = request->form;
	struct draft_body_facts facts = guide_facts(web, request, draft);
	json_t *body = json_new_object(), *items, *whole;
	const char *reason;
	enum rc rc = form_check(form, fields, FIELDS);

	if (rc != RC_OK && rc != RC_INVALID)
		goto out;
	items = take_items(request, draft);
	reason = guide_reason(web, request, REASONS_SUPPLEMENT);
	if (json_array_size(items) == 0)
		form_fault(form, "other_1", "guide.need_items");
	if (reason[0] == '\0')
		form_fault(form, "more", "guide.need_reason");
	json_put(body, "draft", draft->id);
	json_put_value(body, "items", items);
	json_put(body, "reason", reason);
	whole = draft_body_refusal(request->pool, draft->data, &facts);
	if (facts.procedure != NULL)
		json_put_value(body, "procedure", json_deep_copy(json_object_get(whole, "procedure")));
	if (json_text(json_object_get(whole, "applicant"), "name")[0] != '\0' &&
			json_text(json_object_get(whole, "applicant"), "type")[0] != '\0')
		json_put_value(body, "applicant", json_deep_copy(json_object_get(whole, "applicant")));
	json_decref(whole);
	rc = form_has_faults(form) ? show(web, request, response, draft) :
			write(web, request, response, draft, body);
out:
	json_decref(body);
	return rc;
}

enum rc page_guide_supplement(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go)
		rc = request->method == METHOD_POST ? take(web, request, response, &draft) :
				show(web, request, response, &draft);
	draft_free(&draft);
	return rc;
}
