/*
 * original.c: originals of a dossier's people that lie here (/ban-goc): kept and given back apart from
 * acceptance and return, each with its count and who took it; and all of them in one list.
 */
#include <stdio.h>
#include <string.h>

#include "intake/intake.h"
#include "store/original.h"
#include "web/show.h"
#include "web/text_vi.h"

#define LIST_MOST 200
#define TICKS_MOST 60

static const struct field keep_fields[] = {
	{ "paper", FIELD_LINE, true, 2, 200, NULL, "original.paper" },
	{ "count", FIELD_INT, true, 1, 100, NULL, "original.count" },
	{ "note", FIELD_LINES, false, 0, 500, NULL, "act.note_label" },
};
static const struct field back_fields[] = {
	{ "receiver", FIELD_CHOICE, true, 0, 0, "applicant|other", "original.receiver" },
	{ "name", FIELD_LINE, false, 2, 120, NULL, "act.return.name" },
	{ "number", FIELD_ID_NUMBER, false, 0, 0, NULL, "act.return.number" },
	{ "back_note", FIELD_LINES, false, 0, 500, NULL, "act.note_label" },
};
#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

/* The dossier's own list of papers, so that most are chosen, not typed. */
static void show_papers(struct view *view, const json_t *accepted)
{
	const json_t *paper;
	size_t i;

	json_array_foreach(json_object_get(accepted, "components"), i, paper)
		view_set(view_item(view, "papers"), "paper_name", pool_strdup(view_pool(view),
				json_text(paper, "name")));
}

bool original_ticked(const struct form *form, const char *name)
{
	char field[16];

	for (int no = 1; form != NULL && no <= TICKS_MOST; no++) {
		(void)snprintf(field, sizeof(field), "bg.%d", no);
		if (strcmp(form_raw(form, field), name) == 0)
			return true;
	}
	return false;
}

enum rc original_show(struct web *web, struct view *view, const struct dossier_row *row,
		const struct form *form)
{
	struct pool *pool = view_pool(view);
	struct original_row *rows = NULL;
	size_t count = 0;
	int64_t total = 0;
	enum rc rc = original_of(web->store, pool, row, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "originals");

		view_int(item, "original_no", (int64_t)i + 1);
		view_set(item, "original", rows[i].name);
		view_int(item, "original_count", rows[i].count);
		view_set(item, "original_since", show_time_screen(pool, rows[i].since));
		view_flag(item, "ticked", original_ticked(form, rows[i].name));
		total += rows[i].count;
	}
	view_int(view, "originals_total", total);
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, struct view *view)
{
	bool again = request->method == METHOD_POST;
	json_t *accepted = NULL;
	enum rc rc = dossier_body(web->store, row, &accepted);

	if (rc == RC_OK || rc == RC_NOT_FOUND)
		rc = original_show(web, view, row, request->form);
	show_papers(view, accepted);
	json_decref(accepted);
	dossier_show_row(view, row, request->now_ms);
	view_flag(view, "may_keep", !state_is_closed(row->facts.state));
	view_set(view, "seen", again ? form_raw(request->form, "seen") : row->seen);
	view_set(view, "title", text_get("act.originals"));
	return rc == RC_OK ? web_page(web, request, response, "intake/original", view) : rc;
}

static enum rc write(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *kind, json_t *body)
{
	enum rc rc = act_write(web, request, response, row, kind, body,
			dossier_show_url(request->pool, row, "/ban-goc"));

	json_decref(body);
	return rc;
}

static const char *component_of(struct web *web, struct pool *pool, const struct dossier_row *row,
		const char *name)
{
	const char *id = "";
	const json_t *paper;
	json_t *accepted = NULL;
	size_t i;

	if (dossier_body(web->store, row, &accepted) != RC_OK)
		return id;
	json_array_foreach(json_object_get(accepted, "components"), i, paper)
		if (strcmp(json_text(paper, "name"), name) == 0)
			id = pool_strdup(pool, json_text(paper, "id"));
	json_decref(accepted);
	return id;
}

static enum rc keep(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	struct form *form = request->form;
	json_t *body = json_new_object(), *items = json_new_array(), *item = json_new_object();
	const char *paper = form_text(form, "paper");

	json_put(item, "component", component_of(web, request->pool, row, paper));
	json_put(item, "name", paper);
	json_put_int(item, "count", form_int(form, "count", 1));
	json_add(items, item);
	json_put_value(body, "items", items);
	json_put(body, "note", form_text(form, "note"));
	return write(web, request, response, row, "originals.kept", body);
}

/* What was ticked, all of it. NULL: nothing. */
static json_t *given_back(struct web *web, struct request *request, const struct dossier_row *row,
		enum rc *rc)
{
	struct original_row *rows = NULL;
	json_t *items = json_new_array();
	size_t count = 0;

	*rc = original_of(web->store, request->pool, row, &rows, &count);
	for (size_t i = 0; *rc == RC_OK && i < count; i++) {
		json_t *item;

		if (!original_ticked(request->form, rows[i].name))
			continue;
		item = json_new_object();
		json_put(item, "name", rows[i].name);
		json_put_int(item, "count", rows[i].count);
		json_add(items, item);
	}
	if (json_array_size(items) > 0)
		return items;
	json_decref(items);
	return NULL;
}

static enum rc back(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, json_t *items)
{
	struct form *form = request->form;
	bool self = strcmp(form_text(form, "receiver"), "applicant") == 0;
	json_t *body = json_new_object(), *receiver = json_new_object();

	json_put_flag(receiver, "self", self);
	json_put(receiver, "name", self ? row->applicant : form_text(form, "name"));
	json_put(receiver, "number", self ? "" : form_text(form, "number"));
	json_put_value(body, "items", json_incref(items));
	json_put_value(body, "receiver", receiver);
	json_put(body, "note", form_text(form, "back_note"));
	return write(web, request, response, row, "originals.returned", body);
}

static enum rc post_back(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, struct view *view)
{
	struct form *form = request->form;
	enum rc rc = RC_OK, checked = form_check(form, back_fields, COUNT(back_fields));
	json_t *items = given_back(web, request, row, &rc);

	if (items == NULL)
		form_fault(form, "bg", "original.none_ticked");
	if (checked == RC_OK && strcmp(form_text(form, "receiver"), "other") == 0 &&
			form_text(form, "name")[0] == '\0')
		form_fault(form, "name", "act.return.name_missing");
	if (rc != RC_OK)
		goto out;
	if (!form_has_faults(form)) {
		rc = back(web, request, response, row, items);
		goto out;
	}
	form_show(form, back_fields, COUNT(back_fields), view);
	view_set(view, "bg_fault", form_fault_of(form, "bg"));
	view_set(view, "count", "1");
	response->status = 422;
	rc = show(web, request, response, row, view);
out:
	json_decref(items);
	return rc;
}

enum rc page_originals(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	bool done = false;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST) {
		view_set(view, "count", "1");
		view_flag(view, "receiver_is_applicant", true);
		return show(web, request, response, &row, view);
	}
	rc = act_sent_before(web, request, response, &done);
	if (rc != RC_OK || done)
		return rc;
	if (strcmp(form_raw(request->form, "do"), "back") == 0)
		return post_back(web, request, response, &row, view);
	if (state_is_closed(row.facts.state))
		return act_conflict(web, request, response, &row, "rule.closed");
	if (form_check(request->form, keep_fields, COUNT(keep_fields)) == RC_OK)
		return keep(web, request, response, &row);
	form_show(request->form, keep_fields, COUNT(keep_fields), view);
	view_flag(view, "receiver_is_applicant", true);
	response->status = 422;
	return show(web, request, response, &row, view);
}

enum rc page_originals_list(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct original_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0;
	int64_t total = 0;
	enum rc rc = original_list(web->store, request->pool, LIST_MOST, &rows, &dossiers, &count);

	if (rc == RC_OK)
		rc = original_total(web->store, &total);
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "rows");

		dossier_show_row(item, &dossiers[i], request->now_ms);
		view_set(item, "original", rows[i].name);
		view_int(item, "original_count", rows[i].count);
		view_set(item, "original_since", show_time_screen(request->pool, rows[i].since));
	}
	view_flag(view, "any", count > 0);
	view_int(view, "total", total);
	view_flag(view, "cut", count == LIST_MOST);
	view_set(view, "title", text_get("original.in_keeping"));
	return rc == RC_OK ? web_page(web, request, response, "intake/originals", view) : rc;
}
