/*
 * proposal.c: acts that somebody else has to approve. A specialist or clerk drafts (/de-xuat), the
 * approver decides (/duyet/<event>): approving writes the decision and the act in one transaction,
 * signed by who approved. Nobody approves his own draft.
 */
#include <string.h>

#include "base/encode.h"
#include "intake/correct.h"
#include "intake/proposal.h"
#include "store/journal.h"
#include "store/pending.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define ANY_APPROVER (ROLE_SIGNER | ROLE_APPROVER | ROLE_MANAGER)

/* approvers: who may decide; signs: the event names its signer; stands: it names its approver. */
static const struct proposable {
	const char *slug;
	const struct correction *spec;
	unsigned approvers;
	bool signs, stands;
} proposables[] = {
	{ "bo-sung", &correct_end_supplement, ANY_APPROVER, false, false },
	{ "gia-han", &correct_due_extend, ANY_APPROVER, true, false },
	{ "tu-choi", &correct_end_refuse, ANY_APPROVER, true, false },
	{ "dung", &correct_back_stop, ANY_APPROVER, true, false },
	{ "rut", &correct_back_withdraw, ANY_APPROVER, false, false },
	{ "ngay-hen", &correct_due_adjust, ROLE_MANAGER, false, true },
	{ "huy", &correct_back_void, ROLE_MANAGER, false, true },
};
#define PROPOSABLES (sizeof(proposables) / sizeof(proposables[0]))

static const struct proposable *by_slug(const char *slug)
{
	for (size_t i = 0; i < PROPOSABLES; i++)
		if (strcmp(proposables[i].slug, slug) == 0)
			return &proposables[i];
	return NULL;
}

static const struct proposable *by_kind(const char *kind)
{
	for (size_t i = 0; i < PROPOSABLES; i++)
		if (strcmp(proposables[i].spec->kind, kind) == 0)
			return &proposables[i];
	return NULL;
}

static const char *act_name(struct pool *pool, const struct proposable *of)
{
	return text_get(pool_printf(pool, "act.%s", of->spec->key));
}

/* ---- drafting ---- */

/* Is such a draft of this dossier already waiting? */
static enum rc is_open(struct web *web, struct request *request, const struct dossier_row *row,
		const struct proposable *of, bool *open)
{
	struct pending_row *rows = NULL;
	size_t count = 0;
	enum rc rc = pending_of(web->store, request->pool, row, "proposal", &rows, &count);

	*open = false;
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		*open = *open || (rows[i].done == PENDING_OPEN &&
				strcmp(rows[i].word, of->spec->kind) == 0);
	return rc;
}

enum rc page_propose(struct web *web, struct request *request, struct response *response)
{
	const struct proposable *of = by_slug(request->params[1]);
	struct dossier_row row;
	bool open = false, done = false;
	enum rc rc = of != NULL ? act_dossier(web, request, &row) : RC_NOT_FOUND;

	if (rc == RC_OK && request->method == METHOD_POST)
		rc = act_sent_before(web, request, response, &done);
	if (rc == RC_OK && !done)
		rc = is_open(web, request, &row, of, &open);
	if (rc != RC_OK || done)
		return rc;
	if (open)
		return act_conflict(web, request, response, &row, "proposal.open");
	return correct_propose(web, request, response, of->spec, of->slug);
}

enum rc page_proposables(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	const char *reason;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	dossier_show_row(view, &row, request->now_ms);
	for (size_t i = 0; i < PROPOSABLES; i++) {
		const struct kind *kind = kind_find(proposables[i].spec->kind, 1);
		struct view *item;

		if (rule_check(&row.facts, kind, AUTHOR_BOARD, NULL, &reason) != RC_OK)
			continue;
		item = view_item(view, "acts");
		view_set(item, "name", act_name(request->pool, &proposables[i]));
		view_set(item, "hint", text_get(pool_printf(request->pool, "correct.%s.lead",
				proposables[i].spec->key)));
		view_set(item, "act_url", dossier_show_url(request->pool, &row,
				pool_printf(request->pool, "/de-xuat/%s", proposables[i].slug)));
		view_flag(view, "acts_shown", true);
	}
	view_set(view, "title", text_get("act.propose"));
	return web_page(web, request, response, "intake/propose", view);
}

/* ---- lists ---- */

enum rc proposal_show_list(struct web *web, struct request *request, struct view *view,
		const struct pending_query *query, const char *list)
{
	struct pending_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0;
	enum rc rc = pending_list(web->store, request->pool, query, &rows, &dossiers, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		const struct proposable *of = by_kind(rows[i].word);
		struct view *item = view_item(view, list);

		dossier_show_row(item, &dossiers[i], request->now_ms);
		view_set(item, "id", pool_strdup(request->pool, rows[i].id));
		view_set(item, "act", of != NULL ? act_name(request->pool, of) : rows[i].word);
		view_set(item, "by", dossier_show_actor(web, request->pool, rows[i].actor,
				rows[i].author));
		view_set(item, "at", show_time_screen(request->pool, rows[i].at));
	}
	view_flag(view, pool_printf(request->pool, "%s_shown", list), rc == RC_OK && count > 0);
	return rc;
}

/* ---- deciding ---- */

struct deciding {
	struct web *web;
	struct request *request;
	struct response *response;
	struct pending_row row;
	struct dossier_row dossier;
	const struct proposable *of;
	json_t *body;			/* of draft.proposed */
};

static const struct field decide_fields[] = {
	{ "decision", FIELD_CHOICE, true, 0, 0, "approve|back", "proposal.decision" },
	{ "reason", FIELD_LINES, false, 0, 1000, NULL, "proposal.back_reason" },
	{ "number", FIELD_LINE, false, 0, 60, NULL, "act.finish.number" },
};
#define DECIDE_FIELDS (sizeof(decide_fields) / sizeof(decide_fields[0]))

static void fact(struct view *view, const char *key, const char *text)
{
	struct view *item;

	if (text == NULL || text[0] == '\0')
		return;
	item = view_item(view, "facts");
	view_set(item, "fact_name", text_get(key));
	view_set(item, "fact_text", text);
}

/* What the draft says, in words. */
static void show_draft(struct deciding *d, struct view *view)
{
	struct pool *pool = d->request->pool;
	const json_t *body = json_object_get(d->body, "body"), *item;
	const json_t *due = json_object_get(body, "due");
	size_t i;

	if (json_flag(due, "has")) {
		if (d->dossier.has_due)
			fact(view, "correct.due_now", show_time_screen(pool, d->dossier.due_at));
		fact(view, "correct.due_at", show_time_screen(pool, json_int(due, "at", 0)));
	}
	json_array_foreach(json_object_get(body, "items"), i, item)
		fact(view, "proposal.item", json_text(item, "content")[0] != '\0' ?
				pool_printf(pool, "%s: %s", json_text(item, "name"), json_text(item, "content")) :
				pool_strdup(pool, json_text(item, "name")));
	fact(view, "correct.reason", pool_strdup(pool, json_text(body, "reason")));
	fact(view, "correct.late_unit", pool_strdup(pool, json_text(body, "late_unit")));
	fact(view, "correct.asked_by", pool_strdup(pool, json_text(body, "asked_by")));
	if (json_int(body, "answer_by", 0) > 0)
		fact(view, "correct.answer_by", show_time_screen(pool, json_int(body, "answer_by", 0)));
	fact(view, "act.finish.number", pool_strdup(pool, json_text(body, "number")));
	fact(view, "act.note_label", pool_strdup(pool, json_text(d->body, "note")));
}

static bool is_own(const struct deciding *d)
{
	return strcmp(d->row.actor, d->request->session->account.id) == 0;
}

static enum rc show_decision(struct deciding *d)
{
	struct view *view = view_new(d->request->pool);
	struct request *request = d->request;
	bool again = request->method == METHOD_POST;

	dossier_show_row(view, &d->dossier, request->now_ms);
	show_draft(d, view);
	view_set(view, "title", text_fill(request->pool, "proposal.of", act_name(request->pool, d->of),
			NULL));
	view_set(view, "by", dossier_show_actor(d->web, request->pool, d->row.actor, d->row.author));
	view_set(view, "at", show_time_screen(request->pool, d->row.at));
	view_set(view, "id", pool_strdup(request->pool, d->row.id));
	view_set(view, "seen", again ? form_raw(request->form, "seen") : d->dossier.seen);
	view_flag(view, "own", is_own(d));
	view_flag(view, "may", !is_own(d) && frame_can(request, d->of->approvers));
	view_flag(view, "wants_number", d->of->signs);
	if (again) {
		form_show(request->form, decide_fields, DECIDE_FIELDS, view);
		d->response->status = 422;
	} else {
		view_flag(view, "decision_is_approve", true);
	}
	return web_page(d->web, request, d->response, "intake/decide", view);
}

/* What was right when it was drafted may not be any more. */
static void check_act(struct deciding *d)
{
	const json_t *due = json_object_get(json_object_get(d->body, "body"), "due");
	struct form *form = d->request->form;
	const char *late = NULL;

	if (strcmp(d->of->spec->kind, "dossier.extended") == 0)
		late = correct_due_too_late(d->web, &d->dossier, d->request->now_ms);
	if (late == NULL && json_flag(due, "has") && json_int(due, "at", 0) <= d->request->now_ms)
		late = "correct.due_past";
	if (late != NULL)
		form_fault(form, "decision", late);
}

static void check(struct deciding *d, bool *approved)
{
	struct form *form = d->request->form;
	enum rc rc = form_check(form, decide_fields, DECIDE_FIELDS);

	*approved = strcmp(form_text(form, "decision"), "approve") == 0;
	if (is_own(d))
		form_fault(form, "decision", "proposal.own");
	else if (!frame_can(d->request, d->of->approvers))
		form_fault(form, "decision", "proposal.not_yours");
	else if (rc == RC_OK && !*approved && form_text(form, "reason")[0] == '\0')
		form_fault(form, "reason", "proposal.reason_missing");
	else if (rc == RC_OK && *approved)
		check_act(d);
}

/* The act as it was drafted, signed by who approves it. */
static json_t *act_body(struct deciding *d)
{
	const struct account *own = &d->request->session->account;
	json_t *body = json_deep_copy(json_object_get(d->body, "body"));

	json_put(body, "proposal", d->row.id);
	if (d->of->stands)
		json_put(body, "approver", own->id);
	if (d->of->signs) {
		json_put(body, "signer", own->id);
		json_put(body, "signer_name", own->name);
		json_put(body, "signer_title", own->title);
		json_put(body, "number", form_text(d->request->form, "number"));
	}
	if (json_int(body, "requested_at", 0) > 0)
		json_put_int(body, "requested_at", d->request->now_ms);
	if (json_int(body, "decided_at", 0) > 0)
		json_put_int(body, "decided_at", d->request->now_ms);
	return body;
}

static enum rc decide(struct deciding *d, bool approved)
{
	struct form *form = d->request->form;
	struct act_part parts[2] = { { "draft.decided", NULL }, { d->of->spec->kind, NULL } };
	json_t *decided = json_new_object(), *done = NULL;
	enum rc rc;

	json_put(decided, "proposal", d->row.id);
	json_put_flag(decided, "approved", approved);
	json_put(decided, "reason", form_text(form, "reason"));
	parts[0].body = decided;
	if (approved)
		parts[1].body = done = act_body(d);
	rc = act_write_parts(d->web, d->request, d->response, &d->dossier, parts, approved ? 2 : 1,
			"/duyet", form_raw(form, "form_id"), form_raw(form, "seen"));
	json_decref(done);
	json_decref(decided);
	return rc;
}

static enum rc load(struct deciding *d)
{
	char hex[2 * EVENT_ID_SIZE + 1];
	enum rc rc = pending_find(d->web->store, d->request->pool, NULL, d->request->params[0], &d->row);

	if (rc == RC_OK && strcmp(d->row.kind, "proposal") != 0)
		rc = RC_NOT_FOUND;
	if (rc != RC_OK)
		return rc;
	d->of = by_kind(d->row.word);
	if (d->of == NULL)
		return RC_NOT_FOUND;
	hex_encode(d->row.subject, EVENT_ID_SIZE, hex);
	rc = dossier_find(d->web->store, d->request->pool, NULL, hex, &d->dossier);
	return rc == RC_OK ? pending_body(d->web->store, d->request->pool, NULL, &d->row, &d->body) : rc;
}

enum rc page_decide(struct web *web, struct request *request, struct response *response)
{
	struct deciding d = { .web = web, .request = request, .response = response };
	bool approved = false, done = false;
	enum rc rc = load(&d);

	if (rc == RC_OK && request->method == METHOD_POST)
		rc = act_sent_before(web, request, response, &done);
	if (rc != RC_OK || done)
		goto out;
	if (d.row.done != PENDING_OPEN) {
		rc = act_conflict(web, request, response, &d.dossier, "proposal.decided");
		goto out;
	}
	if (request->method == METHOD_POST) {
		check(&d, &approved);
		if (!form_has_faults(request->form)) {
			rc = decide(&d, approved);
			goto out;
		}
	}
	rc = show_decision(&d);
out:
	json_decref(d.body);
	return rc;
}
