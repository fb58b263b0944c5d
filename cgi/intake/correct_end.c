/*
 * correct_end.c: what the office tells the citizen while it works on the dossier: papers are missing
 * (/bo-sung, form 02: the clock stops until they come), or it cannot be granted (/tu-choi). And the
 * missing papers received: the due time is counted again by the pause.
 */
#include "intake/correct.h"

#include <string.h>

#include "base/when.h"
#include "web/show.h"
#include "web/text_vi.h"

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))
#define ITEMS_MAX 60

static const struct field refuse_fields[] = {
	{ "reason", FIELD_LINES, true, 3, 2000, NULL, "correct.refuse_reason" },
	{ "number", FIELD_LINE, false, 0, 60, NULL, "act.finish.number" },
	{ "signer_name", FIELD_LINE, true, 2, 120, NULL, "act.finish.signer" },
	{ "signer_title", FIELD_LINE, false, 0, 120, NULL, "act.finish.signer_title" },
};

static const char *own_signature(struct correct *c, const char *name)
{
	const struct account *own = &c->request->session->account;

	if (strcmp(name, "signer_name") == 0)
		return (own->roles & ROLE_SIGNER) != 0 ? own->name : "";
	if (strcmp(name, "signer_title") == 0)
		return (own->roles & ROLE_SIGNER) != 0 ? own->title : "";
	return "";
}

static enum rc refuse_body(struct correct *c, json_t *body)
{
	for (size_t i = 0; i < COUNT(refuse_fields); i++)
		json_put(body, refuse_fields[i].name, form_text(c->request->form, refuse_fields[i].name));
	json_put_int(body, "decided_at", c->request->now_ms);
	return RC_OK;
}

const struct correction correct_end_refuse = { .key = "refuse", .kind = "dossier.refused",
	.fields = refuse_fields, .count = COUNT(refuse_fields), .initial = own_signature,
	.body = refuse_body };

enum rc page_refuse(struct web *web, struct request *request, struct response *response)
{
	return correct_run(web, request, response, &correct_end_refuse);
}

/* ---- papers are missing ---- */

static const struct field supplement_fields[] = {
	{ "items", FIELD_LINES, true, 2, 4000, NULL, "correct.items" },
	{ "reason", FIELD_LINES, true, 3, 1000, NULL, "correct.reason" },
	{ "answer_by", FIELD_TIME, false, 0, 0, NULL, "correct.answer_by" },
	{ "number", FIELD_LINE, false, 0, 60, NULL, "act.finish.number" },
};

/* One object {name, content} for each line "name: content". */
static json_t *items_of(struct pool *pool, const char *lines)
{
	json_t *items = json_new_array();

	for (const char *at = lines; *at != '\0'; at += strcspn(at, "\n")) {
		size_t len, name;
		json_t *item;

		at += strspn(at, " \t\n");
		len = strcspn(at, "\n");
		name = strcspn(at, ":");
		if (len == 0 || json_array_size(items) == ITEMS_MAX)
			continue;
		item = json_new_object();
		if (name == 0 || name >= len) {
			json_put(item, "name", pool_strndup(pool, at, len));
		} else {
			const char *content = at + name + 1;

			content += strspn(content, " ");
			json_put(item, "name", pool_strndup(pool, at, name));
			if (content < at + len)
				json_put(item, "content", pool_strndup(pool, content,
						(size_t)(at + len - content)));
		}
		json_add(items, item);
	}
	return items;
}

static enum rc supplement_facts(struct correct *c)
{
	if (c->row.has_due)
		correct_fact(c, "correct.due_now", show_time_screen(c->request->pool, c->row.due_at));
	return RC_OK;
}

static enum rc supplement_check(struct correct *c)
{
	struct form *form = c->request->form;
	int64_t at_ms = 0;

	if (form_text(form, "answer_by")[0] != '\0' &&
			(when_parse_local(form_text(form, "answer_by"), &at_ms) != RC_OK ||
			at_ms <= c->request->now_ms))
		form_fault(form, "answer_by", "correct.due_past");
	return RC_OK;
}

static enum rc supplement_body(struct correct *c, json_t *body)
{
	struct form *form = c->request->form;
	int64_t at_ms = 0;

	json_put_value(body, "items", items_of(c->request->pool, form_text(form, "items")));
	json_put(body, "reason", form_text(form, "reason"));
	json_put_int(body, "requested_at", c->request->now_ms);
	if (form_text(form, "answer_by")[0] != '\0' &&
			when_parse_local(form_text(form, "answer_by"), &at_ms) == RC_OK)
		json_put_int(body, "answer_by", at_ms);
	json_put(body, "number", form_text(form, "number"));
	return RC_OK;
}

const struct correction correct_end_supplement = { .key = "supplement",
	.kind = "dossier.supplement_requested", .fields = supplement_fields,
	.count = COUNT(supplement_fields), .facts = supplement_facts, .check = supplement_check,
	.body = supplement_body };

/* ---- they come ---- */

static const struct field received_fields[] = {
	{ "items", FIELD_LINES, true, 2, 4000, NULL, "correct.items_received" },
	{ "new_slip", FIELD_FLAG, false, 0, 0, NULL, "correct.new_slip" },
	{ "note", FIELD_LINES, false, 0, 1000, NULL, "act.note_label" },
};

/* The request that is answered, and the due time after it; *due has no due time where none is. */
static void count_again(struct correct *c, json_t **asked, struct due *due)
{
	struct pool *pool = c->request->pool;
	struct limit limit = { .unit = LIMIT_WORKING_DAYS };

	memset(due, 0, sizeof(*due));
	*asked = dossier_last_body(c->web, pool, &c->row, "dossier.supplement_requested");
	if (*asked == NULL || !c->row.has_due)
		return;
	if (correct_accepted(c) == RC_OK && limit_parse(json_text(json_object_get(c->accepted,
			"procedure"), "limit"), &limit) != RC_OK)
		limit.unit = LIMIT_WORKING_DAYS;
	if (due_shift(&intake_of(c->web)->calendar, &limit, c->row.due_at, json_int(*asked,
			"requested_at", c->request->now_ms), c->request->now_ms, pool, due) != RC_OK)
		memset(due, 0, sizeof(*due));
}

static enum rc received_facts(struct correct *c)
{
	struct pool *pool = c->request->pool;
	struct due due;
	json_t *asked;

	count_again(c, &asked, &due);
	if (asked != NULL) {
		correct_fact(c, "correct.asked_at", show_time_screen(pool,
				json_int(asked, "requested_at", c->request->now_ms)));
		correct_fact(c, "correct.reason", pool_strdup(pool, json_text(asked, "reason")));
		if (json_int(asked, "answer_by", 0) > 0)
			correct_fact(c, "correct.answer_by", show_time_screen(pool,
					json_int(asked, "answer_by", 0)));
	}
	if (due.has_due) {
		correct_fact(c, "correct.due_before", show_time_screen(pool, c->row.due_at));
		correct_fact(c, "correct.due_after", show_time_screen(pool, due.due_at));
	}
	json_decref(asked);
	return RC_OK;
}

/* What was asked for, a line each: what did not come is struck out by the clerk. */
static const char *received_initial(struct correct *c, const char *name)
{
	struct pool *pool = c->request->pool;
	const char *lines = "";
	const json_t *item;
	json_t *asked;
	size_t i;

	if (strcmp(name, "new_slip") == 0)
		return c->row.slip_no > 0 ? "1" : "";
	if (strcmp(name, "items") != 0)
		return "";
	asked = dossier_last_body(c->web, pool, &c->row, "dossier.supplement_requested");
	json_array_foreach(json_object_get(asked, "items"), i, item)
		lines = pool_printf(pool, "%s%s%s%s%s", lines, i > 0 ? "\n" : "", json_text(item, "name"),
				json_text(item, "content")[0] != '\0' ? ": " : "", json_text(item, "content"));
	json_decref(asked);
	return lines;
}

static json_t *paper_named(json_t *papers, const char *name)
{
	json_t *paper;
	size_t i;

	json_array_foreach(papers, i, paper)
		if (strcmp(json_text(paper, "name"), name) == 0)
			return paper;
	return NULL;
}

/* What came stands among the dossier's papers, so that its scan is asked for: a paper that was missing
 * is there, a new one is added. The manifest goes with it as it is: which papers have no scan is counted
 * from both. Nothing where the list is unknown. */
static void put_papers(struct correct *c, const json_t *items, json_t *body)
{
	json_t *papers, *paper;
	const json_t *item;
	size_t i;

	if (correct_accepted(c) != RC_OK || json_object_get(c->accepted, "components") == NULL ||
			json_object_get(c->accepted, "manifest") == NULL)
		return;
	papers = json_deep_copy(json_object_get(c->accepted, "components"));
	json_array_foreach(items, i, item) {
		paper = paper_named(papers, json_text(item, "name"));
		if (paper == NULL) {
			paper = json_new_object();
			json_put(paper, "id", pool_printf(c->request->pool, "bo-sung-%zu",
					json_array_size(papers) + 1));
			json_put(paper, "name", json_text(item, "name"));
			json_put_flag(paper, "added", true);
			json_add(papers, paper);
		}
		(void)json_object_del(paper, "state");
		json_put(paper, "state", "du");
	}
	json_put_value(body, "components", papers);
	json_put_value(body, "manifest", json_deep_copy(json_object_get(c->accepted, "manifest")));
}

static enum rc received_body(struct correct *c, json_t *body)
{
	struct form *form = c->request->form;
	struct due due;
	json_t *asked;

	count_again(c, &asked, &due);
	json_decref(asked);
	json_put_int(body, "received_at", c->request->now_ms);
	json_put_value(body, "items", items_of(c->request->pool, form_text(form, "items")));
	put_papers(c, json_object_get(body, "items"), body);
	json_put(body, "note", form_text(form, "note"));
	if (due.has_due)
		json_put_value(body, "due", correct_due_json(&intake_of(c->web)->calendar, true,
				due.due_at, due.certain));
	return form_flag(form, "new_slip") ? correct_new_slip(c, body) : RC_OK;
}

static const struct correction received = { .key = "supplement_in",
	.kind = "dossier.supplement_received", .fields = received_fields,
	.count = COUNT(received_fields), .facts = received_facts, .initial = received_initial,
	.body = received_body };

enum rc page_supplement_in(struct web *web, struct request *request, struct response *response)
{
	return correct_run(web, request, response, &received);
}

/* The address that people know: it leads on where the papers are waited for already, or where the
 * request has to be approved. */
enum rc page_supplement(struct web *web, struct request *request, struct response *response)
{
	bool direct = frame_can(request, act_choice_find("supplement")->roles);
	struct dossier_row row;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	if (request->method == METHOD_POST)
		return direct ? correct_run(web, request, response, &correct_end_supplement) : RC_DENIED;
	if (row.facts.state == STATE_SUPPLEMENT && frame_can(request, ROLE_INTAKE | ROLE_MANAGER))
		response_see_other(response, dossier_show_url(request->pool, &row, "/nhan-bo-sung"));
	else if (!direct)
		response_see_other(response, dossier_show_url(request->pool, &row, "/de-xuat/bo-sung"));
	else
		rc = correct_run(web, request, response, &correct_end_supplement);
	return rc;
}
