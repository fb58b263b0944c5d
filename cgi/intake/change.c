/*
 * change.c: another procedure or case before anybody has the dossier (/doi-thu-tuc): due time, fee
 * and papers are counted anew and stand beside the old ones before the change is made. What was
 * handed over is changed by voiding and a copy (draft_start.c).
 */
#include <string.h>

#include "intake/correct.h"
#include "intake/documents.h"
#include "intake/draft_data.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "choice", FIELD_LINE, true, 0, 100, NULL, "change.choice" },
	{ "fee_pages", FIELD_INT, false, 1, 10000, NULL, "step4.fee_pages" },
	{ "fee_copies", FIELD_INT, false, 1, 10000, NULL, "step4.fee_copies" },
	{ "reason", FIELD_LINES, true, 3, 1000, NULL, "correct.reason" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

struct change {
	struct correct c;
	const struct procedure *procedure;	/* chosen; NULL: nothing yet */
	const struct procedure_case *chosen;
	struct due due;
	json_t *body;		/* as accepted anew */
};

/* "2.000635|thuong" */
static char *choice_of(struct pool *pool, const char *code, const char *case_id)
{
	return pool_printf(pool, "%s|%s", code, case_id);
}

static bool same_as_now(const struct change *change)
{
	return strcmp(change->procedure->code, change->c.row.procedure) == 0 &&
			strcmp(change->chosen->id, change->c.row.case_id) == 0;
}

static void read_choice(struct change *change)
{
	struct form *form = change->c.request->form;
	const char *choice = form_text(form, "choice"), *bar = strchr(choice, '|');
	struct pool *pool = change->c.request->pool;

	if (bar == NULL) {
		form_fault(form, "choice", "step2.unknown");
		return;
	}
	change->procedure = catalogue_find(&intake_of(change->c.web)->catalogue,
			pool_strndup(pool, choice, (size_t)(bar - choice)));
	if (change->procedure != NULL && procedure_is_offered(change->procedure,
			documents_day(change->c.request->now_ms)))
		change->chosen = procedure_case_find(change->procedure, bar + 1);
	if (change->chosen == NULL) {
		change->procedure = NULL;
		form_fault(form, "choice", "step2.unknown");
	} else if (same_as_now(change)) {
		form_fault(form, "choice", "change.same");
	}
}

/* The paper of that name among the first count; NULL: none. An id belongs to one procedure: "to-khai"
 * is another form elsewhere. */
static json_t *paper_named(const json_t *papers, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(json_text(json_array_get(papers, i), "name"), name) == 0)
			return json_array_get(papers, i);
	return NULL;
}

/* An id that no paper here has had: a dossier may be changed twice. */
static const char *free_id(struct pool *pool, const json_t *before, const char *id)
{
	const char *free_one = pool_strdup(pool, id);
	bool taken = true;

	for (int no = 2; taken; no++) {
		taken = false;
		for (size_t i = 0; i < json_array_size(before); i++)
			taken = taken || strcmp(json_text(json_array_get(before, i), "id"), free_one) == 0;
		if (taken)
			free_one = pool_printf(pool, "%s-%d", id, no);
	}
	return free_one;
}

/* Papers that are here stay as they were ticked, under the id their scans have; of the new ones
 * none is here yet. */
static void carry_papers(struct pool *pool, json_t *data, const json_t *before)
{
	json_t *papers = json_object_get(data, "components"), *old;
	size_t fresh = json_array_size(papers), i;

	for (i = 0; i < fresh; i++) {
		json_t *paper = json_array_get(papers, i);

		if (json_text(paper, "state")[0] == '\0')
			json_put(paper, "state", "thieu");
		json_put(paper, "id", free_id(pool, before, json_text(paper, "id")));
	}
	json_array_foreach(before, i, old) {
		json_t *paper = paper_named(papers, fresh, json_text(old, "name"));

		if (paper != NULL) {
			(void)json_object_update(paper, old);
			continue;
		}
		paper = json_deep_copy(old);
		json_put_flag(paper, "added", true);
		json_add(papers, paper);
	}
}

/* A ground for all it cost holds for what it costs now; else each fee that is still asked keeps its own. */
static void carry_exempt(json_t *data, const json_t *fees)
{
	const char *first = json_text(json_array_get(fees, 0), "exempt");
	bool same = true;
	const json_t *fee;
	size_t i;

	json_array_foreach(fees, i, fee)
		same = same && strcmp(json_text(fee, "exempt"), first) == 0;
	if (same) {
		draft_data_put(data, "exempt", first);
		return;
	}
	json_array_foreach(fees, i, fee)
		draft_data_put(draft_data_object(data, "exempts"), json_text(fee, "id"),
				json_text(fee, "exempt"));
}

/* The dossier as if it had been accepted under the other procedure at the same time. */
static enum rc count_anew(struct change *change)
{
	static const char *const members[] = { "procedure", "content", "channel", "postmarked_at" };
	struct correct *c = &change->c;
	struct intake *intake = intake_of(c->web);
	struct draft_body_facts facts = { .settings = c->web->settings,
		.catalogue = &intake->catalogue, .calendar_version = intake->calendar.version,
		.procedure = change->procedure, .chosen = change->chosen, .due = &change->due,
		.counter = "", .ticket = "", .now_ms = c->row.received_at };
	json_t *data = json_new_object();
	enum rc rc;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_get(c->accepted, members[i]) != NULL)
			json_put_value(data, members[i],
					json_deep_copy(json_object_get(c->accepted, members[i])));
	draft_data_choose(data, &intake->catalogue, change->procedure, change->chosen);
	carry_papers(c->request->pool, data, json_object_get(c->accepted, "components"));
	json_put_int(data, "fee_pages", form_int(c->request->form, "fee_pages", 1));
	json_put_int(data, "fee_copies", form_int(c->request->form, "fee_copies", 1));
	carry_exempt(data, json_object_get(c->accepted, "fees"));
	rc = draft_data_due(&intake->calendar, change->chosen,
			draft_data_clock(data, c->row.received_at), c->request->pool, &change->due);
	if (rc == RC_OK)
		change->body = draft_body_make(c->request->pool, data, &facts);
	json_decref(data);
	return rc;
}

static int64_t total_of(const json_t *body)
{
	const json_t *fees = json_object_get(body, "fees");
	int64_t total = 0;

	for (size_t i = 0; i < json_array_size(fees); i++)
		total += json_int(json_array_get(fees, i), "amount", 0);
	return total;
}

static void compare(struct view *view, const char *label_key, const char *before, const char *after)
{
	struct view *item = view_item(view, "compared");

	view_set(item, "label", text_get(label_key));
	view_set(item, "before", before[0] != '\0' ? before : "–");
	view_set(item, "after", after[0] != '\0' ? after : "–");
	view_flag(item, "differs", strcmp(before, after) != 0);
}

/* Old and new side by side. */
static void show_both(struct change *change)
{
	struct correct *c = &change->c;
	struct pool *pool = c->request->pool;
	const json_t *before = json_object_get(c->accepted, "procedure");
	const json_t *after = json_object_get(change->body, "procedure"), *paper;
	const char *due = c->row.has_due ? show_time_screen(pool, c->row.due_at) :
			text_get("dossier.no_due");
	size_t i;

	view_flag(c->view, "compared_shown", true);
	view_set(c->view, "shown", form_text(c->request->form, "choice"));
	compare(c->view, "dossier.procedure", json_text(before, "name"), change->procedure->name);
	compare(c->view, "step2.case", pool_strdup(pool, json_text(before, "case_name")),
			change->chosen->name);
	compare(c->view, "dossier.unit", c->row.unit, pool_strdup(pool, json_text(after, "unit")));
	compare(c->view, "dossier.due", due, change->due.has_due ?
			show_time_screen(pool, change->due.due_at) : text_get("dossier.no_due"));
	compare(c->view, "dossier.fee", show_money(pool, c->row.fee_total),
			show_money(pool, total_of(change->body)));
	if (c->row.fee_paid > 0)
		view_set(c->view, "fee_paid", show_money(pool, c->row.fee_paid));
	view_flag(c->view, "fee_back", c->row.fee_paid > total_of(change->body));
	json_array_foreach(json_object_get(change->body, "components"), i, paper) {
		if (strcmp(json_text(paper, "state"), "thieu") != 0)
			continue;
		view_flag(c->view, "missing_shown", true);
		view_set(view_item(c->view, "missing"), "paper",
				pool_strdup(pool, json_text(paper, "name")));
	}
}

static void show_choices(struct change *change, const char *chosen)
{
	const struct catalogue *catalogue = &intake_of(change->c.web)->catalogue;
	struct pool *pool = change->c.request->pool;
	struct view *group = NULL;
	const char *field = NULL;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct procedure *procedure = &catalogue->procedures[i];

		if (!procedure_is_offered(procedure, documents_day(change->c.request->now_ms)))
			continue;
		if (field == NULL || strcmp(field, procedure->field) != 0) {
			field = procedure->field;
			group = view_item(change->c.view, "groups");
			view_set(group, "group", field);
		}
		for (size_t k = 0; k < procedure->case_count; k++) {
			struct view *item = view_item(group, "options");
			char *choice = choice_of(pool, procedure->code, procedure->cases[k].id);

			view_set(item, "option", choice);
			view_set(item, "option_text", procedure->case_count == 1 ? procedure->name :
					pool_printf(pool, "%s – %s", procedure->name,
							procedure->cases[k].name));
			view_flag(item, "chosen", strcmp(choice, chosen) == 0);
		}
	}
}

static enum rc show(struct change *change)
{
	struct correct *c = &change->c;
	struct pool *pool = c->request->pool;
	bool again = c->request->method == METHOD_POST, pages = false, copies = false;

	dossier_show_row(c->view, &c->row, c->request->now_ms);
	view_set(c->view, "seen", again ? form_raw(c->request->form, "seen") : c->row.seen);
	view_set(c->view, "title", text_get("act.change"));
	view_set(c->view, "action", dossier_show_url(pool, &c->row, "/doi-thu-tuc"));
	show_choices(change, again ? form_raw(c->request->form, "choice") :
			choice_of(pool, c->row.procedure, c->row.case_id));
	if (change->chosen != NULL)
		(void)draft_data_fee_asks(change->chosen, &pages, &copies);
	view_flag(c->view, "asks_pages", pages);
	view_flag(c->view, "asks_copies", copies);
	if (again)
		form_show(c->request->form, fields, FIELDS, c->view);
	if (again && form_has_faults(c->request->form))
		c->response->status = 422;
	return web_page(c->web, c->request, c->response, "intake/act_change", c->view);
}

static enum rc write(struct change *change)
{
	static const char *const members[] = { "procedure", "due", "components", "content" };
	struct correct *c = &change->c;
	json_t *body = json_new_object();
	enum rc rc = RC_OK;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_get(change->body, members[i]) != NULL)
			json_put_value(body, members[i],
					json_deep_copy(json_object_get(change->body, members[i])));
	/* Empty, too: what the old procedure cost is owed no more. */
	json_put_value(body, "fees", json_object_get(change->body, "fees") != NULL ?
			json_deep_copy(json_object_get(change->body, "fees")) : json_new_array());
	json_put(body, "reason", form_text(c->request->form, "reason"));
	if (c->row.slip_no > 0)
		rc = correct_new_slip(c, body);
	if (rc == RC_OK)
		rc = act_write(c->web, c->request, c->response, &c->row, "dossier.procedure_changed",
				body, dossier_show_url(c->request->pool, &c->row,
				c->row.slip_no > 0 ? "/giay-hen" : ""));
	json_decref(body);
	return rc;
}

static enum rc post(struct change *change)
{
	struct correct *c = &change->c;
	struct form *form = c->request->form;
	bool go, done = false;
	enum rc rc = correct_sent_before(c, &done);

	if (rc != RC_OK || done)
		return rc;
	rc = form_check(form, fields, FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (form_text(form, "choice")[0] != '\0')
		read_choice(change);
	if (change->chosen == NULL || form_has_faults(form))
		return show(change);
	rc = count_anew(change);
	if (rc != RC_OK)
		return rc;
	/* Only what was shown is done. */
	go = form_raw(form, "go")[0] != '\0' &&
			strcmp(form_raw(form, "shown"), form_text(form, "choice")) == 0;
	if (go)
		return write(change);
	show_both(change);
	return show(change);
}

enum rc page_change(struct web *web, struct request *request, struct response *response)
{
	struct change change = { .c = { .web = web, .request = request, .response = response } };
	bool go;
	enum rc rc = act_open(web, request, response, "change", &change.c.row, &go);

	if (rc != RC_OK || !go)
		return rc;
	change.c.view = view_new(request->pool);
	rc = correct_accepted(&change.c);
	if (rc == RC_OK)
		rc = request->method == METHOD_POST ? post(&change) : show(&change);
	json_decref(change.body);
	json_decref(change.c.accepted);
	return rc;
}
