/*
 * dossier_page.c: /ho-so/<code>: where a dossier stands, what to do next with one button, and all
 * that is known of it. Reads only; every act has a page or a button of its own.
 */
#include <string.h>

#include "dossier/ink.h"
#include "intake/documents.h"
#include "intake/pay.h"
#include "intake/print.h"
#include "store/journal.h"
#include "store/paper.h"
#include "web/show.h"
#include "web/text_vi.h"

#define CHOICES_MAX 32

static const char *dup_text(struct view *view, const json_t *object, const char *key)
{
	return pool_strdup(view_pool(view), json_text(object, key));
}

static const char *choice_text(struct pool *pool, const char *area, const struct act_choice *choice)
{
	return text_get(pool_printf(pool, "%s%s", area, choice->key));
}

/* parent: of a bundle, whose parts are worked on, not itself. */
static void show_choices(struct request *request, struct view *view, const struct dossier_row *row,
		bool parent)
{
	struct pool *pool = request->pool;
	const struct act_choice *offered[CHOICES_MAX];
	const struct act_choice *next = act_choice_next(&row->facts, (enum level)row->level);
	size_t count = act_choice_list(&row->facts, (enum level)row->level,
			request->session->account.roles, offered, CHOICES_MAX);
	size_t first = count > 0 && strcmp(offered[0]->key, "note") != 0 ? 1 : 0;

	view_flag(view, "by_parts", parent && !state_is_closed(row->facts.state));
	if (parent) {
		first = 0;
	} else if (first == 1) {
		view_set(view, "act", choice_text(pool, "act.", offered[0]));
		view_set(view, "act_hint", choice_text(pool, "act.hint.", offered[0]));
		view_set(view, "act_url", dossier_show_url(pool, row, offered[0]->suffix));
		view_flag(view, "act_post", offered[0]->post);
	} else if (next != NULL) {
		view_set(view, "wait_act", choice_text(pool, "act.", next));
		view_set(view, "wait_who", choice_text(pool, "act.who.", next));
	} else if (row->facts.holder == HOLDER_CENTER && !state_is_closed(row->facts.state)) {
		view_flag(view, "at_province", true);
	}
	for (size_t i = first; i < count; i++) {
		struct view *item;

		if (parent && bundle_is_by_parts(offered[i]->key))
			continue;
		item = view_item(view, "choices");
		view_set(item, "name", choice_text(pool, "act.", offered[i]));
		view_set(item, "act_url", dossier_show_url(pool, row, offered[i]->suffix));
		view_flag(item, "post", offered[i]->post);
		view_flag(view, "choices_shown", true);
	}
}

static void show_people(struct view *view, const struct dossier_row *row, const json_t *body)
{
	const json_t *applicant = json_object_get(body, "applicant");
	const json_t *submitter = json_object_get(body, "submitter");
	const json_t *delivery = json_object_get(body, "delivery");
	const json_t *person;
	size_t i;

	view_set(view, "applicant_number", dup_text(view, applicant, "number"));
	view_set(view, "applicant_birth", json_text(applicant, "birth")[0] != '\0' ?
			show_birth(view_pool(view), json_text(applicant, "birth")) : "");
	view_set(view, "applicant_address", dup_text(view, applicant, "address"));
	view_set(view, "representative", dup_text(view, applicant, "representative"));
	view_set(view, "applicant_tax_code", dup_text(view, applicant, "tax_code"));
	if (json_text(submitter, "name")[0] != '\0' && !json_flag(submitter, "self")) {
		view_set(view, "submitter", dup_text(view, submitter, "name"));
		view_set(view, "submitter_phone", dup_text(view, submitter, "phone"));
		view_set(view, "relation", dup_text(view, submitter, "relation"));
	}
	json_array_foreach(json_object_get(body, "persons"), i, person) {
		struct view *item = view_item(view, "persons");

		view_set(item, "role", dup_text(item, person, "role"));
		view_set(item, "name", dup_text(item, person, "name"));
		view_set(item, "person_number", dup_text(item, person, "number"));
		view_set(item, "person_birth", json_text(person, "birth")[0] != '\0' ?
				show_birth(view_pool(item), json_text(person, "birth")) : "");
	}
	if (json_text(delivery, "way")[0] != '\0')
		view_set(view, "delivery", text_get(pool_printf(view_pool(view), "delivery.%s",
				json_text(delivery, "way"))));
	view_set(view, "delivery_address", dup_text(view, delivery,
			strcmp(json_text(delivery, "way"), "point") == 0 ? "point" : "address"));
	view_set(view, "content", row->content);
}

static void show_file(struct view *item, const struct dossier_row *row,
		const struct dossier_file *file, int number)
{
	struct pool *pool = view_pool(item);

	view_set(item, "file_url", pool_printf(pool, "/ho-so/%s/tep/%s", row->key, file->sha256));
	view_int(item, "no", number);
	view_set(item, "name", file->name);
	view_set(item, "size", show_bytes(pool, file->size));
	view_flag(item, "here", file->here);
	view_flag(item, "gone", file->gone);
}

/*
 * Every component with its state and, for who may see them, its scans; a scan of no known component
 * stands by itself.
 */
static enum rc show_papers(struct web *web, struct view *view, const struct dossier_row *row,
		const json_t *body, bool scans)
{
	struct pool *pool = view_pool(view);
	struct dossier_file *files = NULL;
	size_t count = 0, i;
	const json_t *component;
	enum rc rc = dossier_files(web->store, pool, row, false, &files, &count);

	json_array_foreach(json_object_get(body, "components"), i, component) {
		struct view *item = view_item(view, "papers");
		const char *state = json_text(component, "state");
		int number = 0;

		view_flag(view, "papers_shown", true);
		view_set(item, "name", dup_text(item, component, "name"));
		if (state[0] != '\0')
			view_set(item, "paper_state",
					text_get(pool_printf(pool, "paper.state.%s", state)));
		view_flag(item, "missing", strcmp(state, "thieu") == 0);
		view_flag(item, "kept", json_flag(component, "kept"));
		for (size_t f = 0; rc == RC_OK && scans && f < count; f++)
			if (strcmp(files[f].component, json_text(component, "id")) == 0)
				show_file(view_item(item, "files"), row, &files[f], ++number);
	}
	view_int(view, "files_total", (int64_t)count);
	return rc;
}

/* Scans that gave their place to others: kept, and marked here. */
static enum rc show_replaced(struct web *web, struct view *view, const struct dossier_row *row,
		const json_t *body)
{
	struct pool *pool = view_pool(view);
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_subject(web->store, pool, row->board, row->id, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		const struct event *event = &rows[i].event;
		const json_t *paper;
		struct view *item;
		json_t *what = NULL;
		size_t p;

		if (strcmp(event->kind, "dossier.file_replaced") != 0 || event->body == NULL ||
				json_parse(event->body, event->body_len, &what) != RC_OK)
			continue;
		item = view_item(view, "replaced");
		view_flag(view, "replaced_shown", true);
		view_set(item, "replaced_url", pool_printf(pool, "/ho-so/%s/tep/%s", row->key,
				json_text(what, "old")));
		view_set(item, "replaced_at", show_time_screen(pool, event->time.wall_ms));
		view_set(item, "replaced_why", dup_text(item, what, "reason"));
		view_flag(item, "replaced_moved", json_text(what, "to_component")[0] != '\0');
		json_array_foreach(json_object_get(body, "components"), p, paper) {
			if (strcmp(json_text(paper, "id"), json_text(what, "component")) == 0)
				view_set(item, "replaced_paper", dup_text(item, paper, "name"));
		}
		json_decref(what);
	}
	return rc;
}

static enum rc show_results(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);
	struct dossier_result *results = NULL;
	struct dossier_file *files = NULL;
	size_t count = 0, file_count = 0;
	enum rc rc = dossier_results(web->store, pool, row, &results, &count);

	if (rc == RC_OK)
		rc = dossier_files(web->store, pool, row, true, &files, &file_count);
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "results");

		view_flag(view, "results_shown", true);
		view_set(item, "kind", results[i].kind);
		view_set(item, "number", results[i].number);
		view_set(item, "summary", results[i].summary);
		view_set(item, "issuer", results[i].issuer);
		view_set(item, "signer", results[i].signer);
		view_set(item, "signed_on", show_birth(pool, results[i].signed_on));
	}
	for (size_t i = 0; rc == RC_OK && i < file_count; i++)
		show_file(view_item(view, "result_files"), row, &files[i], (int)i + 1);
	return rc;
}

/* The province took it while this machine was shut out; and what to know while it still is. */
static enum rc show_taken(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct dossier_seizure seizure;
	enum rc rc = dossier_seizure(web->store, view_pool(view), row, &seizure);

	if (rc == RC_OK) {
		view_set(view, "seized_at", show_time_screen(view_pool(view), seizure.at));
		view_set(view, "seized_why", seizure.reason);
	}
	return rc == RC_OK || rc == RC_NOT_FOUND ? forks_show_fence(web, view) : rc;
}

/* The receiver's signature, when the result was signed for on the tablet and is still out. */
static void show_ink(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);
	json_t *body;
	const char *ink;
	int64_t drawn;
	char *path;

	if (row->facts.state != STATE_RETURNED)
		return;
	body = dossier_last_body(web, pool, row, "dossier.result_returned");
	ink = json_text(body, "ink");
	if (ink[0] != '\0' && ink_read(pool, ink, strlen(ink), &path, &drawn) == RC_OK) {
		view_set(view, "ink", path);
		view_set(view, "ink_of", pool_strdup(pool, json_text(json_object_get(body, "receiver"),
				"name")));
	}
	json_decref(body);
}

static void show_fees(struct view *view, const struct dossier_row *row, const json_t *body)
{
	struct pool *pool = view_pool(view);
	const json_t *fees = json_object_get(body, "fees"), *fee;
	size_t i;

	/* One that is paid says nothing beyond the sum. */
	json_array_foreach(fees, i, fee) {
		struct view *item;

		if (json_array_size(fees) == 1 && json_text(fee, "exempt")[0] == '\0')
			break;
		item = view_item(view, "fees");

		view_set(item, "fee", dup_text(item, fee, "name"));
		view_set(item, "amount", show_money(pool, json_int(fee, "amount", 0)));
		view_set(item, "fee_exempt", dup_text(item, fee, "exempt"));
	}
	view_set(view, "fee_total", show_money(pool, row->fee_total));
	if (row->fee_total > 0)
		view_set(view, "fee_state", text_get(row->fee_paid >= row->fee_total ? "fee.paid" :
				"fee.unpaid"));
}

/* The count again as it was made: by the limit and the calendar that the dossier pinned. Where it
 * comes to another time, somebody set that by hand or the clock stood still, and the timeline says so. */
static void show_count(struct web *web, struct view *view, const struct dossier_row *row,
		const json_t *body)
{
	struct pool *pool = view_pool(view);
	const json_t *pinned = json_object_get(body, "due");
	const char *version = json_text(pinned, "calendar");
	struct due *due = pool_alloc(pool, sizeof(*due));
	struct calendar calendar;
	struct limit limit;

	if (!row->has_due)
		return;
	view_set(view, "due_at", show_time_screen(pool, row->due_at));
	view_flag(view, "ended", row->facts.state == STATE_RESULT ||
			state_is_closed(row->facts.state));
	view_flag(view, "due_uncertain", !row->due_certain);
	if (limit_parse(json_text(json_object_get(body, "procedure"), "limit"), &limit) != RC_OK)
		return;
	view_set(view, "why_catalogue", pool_strdup(pool, json_text(json_object_get(body, "procedure"),
			"catalogue")));
	view_set(view, "why_calendar", pool_strdup(pool, version));
	if (documents_calendar(web, pool, version, &calendar) != RC_OK) {
		view_flag(view, "why_lost", true);
		return;
	}
	if (due_count(&calendar, &limit, documents_clock(row, body), pool, due) != RC_OK)
		return;
	if (due->due_at == row->due_at)
		dossier_show_why(view, "why", due);
	view_flag(view, "why_shown", due->due_at == row->due_at && due->step_count > 0);
	view_flag(view, "why_other", due->due_at != row->due_at);
}

enum rc page_dossier(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row = { 0 };
	json_t *body = NULL;
	bool renew = false;
	enum rc rc;

	/* The address of a form that was posted, reached by going back or by logging in again. */
	if (request->params[0] != NULL && strcmp(request->params[0], "moi") == 0) {
		response_see_other(response, "/quay");
		return RC_OK;
	}
	rc = act_dossier(web, request, &row);
	if (rc == RC_OK)
		rc = dossier_body(web->store, &row, &body);
	if (rc == RC_NOT_FOUND && row.code != NULL)
		rc = RC_OK;		/* erased: the journal's sentences stay */
	if (rc != RC_OK)
		goto out;
	dossier_show_row(view, &row, request->now_ms);
	view_set(view, "seen", row.seen);
	view_set(view, "case_external", row.external);
	view_flag(view, "provisional", row.level == LEVEL_PROVINCE && row.official[0] == '\0');
	rc = dossier_show_place(web, view, &row);
	if (rc != RC_OK)
		goto out;
	view_set(view, "unit", row.unit);
	view_set(view, "title", text_fill(request->pool, "act.back",
			dossier_show_short_code(row.code), NULL));
	view_flag(view, "may_copy", frame_can(request, ROLES_PREPARE));
	view_flag(view, "has_slip", row.slip_no > 0);
	rc = paper_is_waiting(web->store, row.id, PAPER_SLIP_RENEWAL, &renew);
	if (rc != RC_OK)
		goto out;
	view_flag(view, "renew_slip", renew);
	view_flag(view, "may_renew", frame_can(request, ROLE_INTAKE | ROLE_RETURNER));
	view_flag(view, "may_rate", row.facts.state == STATE_RETURNED && row.slip_no > 0 &&
			web->settings->lookup_url[0] != '\0' && frame_can(request, ROLES_COUNTER));
	show_choices(request, view, &row, bundle_has_parts(web, request->pool, &row));
	show_people(view, &row, body);
	show_fees(view, &row, body);
	rc = pay_show_owed(web, request, view, &row);
	if (rc == RC_OK)
		rc = pay_show_collections(web, request, view, &row);
	if (rc != RC_OK)
		goto out;
	rc = show_papers(web, view, &row, body, frame_sees_scans(request));
	if (rc == RC_OK && frame_sees_scans(request))
		rc = show_replaced(web, view, &row, body);
	if (rc == RC_OK)
		rc = original_show(web, view, &row, NULL);
	view_flag(view, "may_original", frame_can(request, ROLE_INTAKE | ROLE_RETURNER | ROLE_MANAGER));
	view_flag(view, "can_scan", row.scans_missing > 0 && row.facts.holder == HOLDER_BOARD &&
			!state_is_closed(row.facts.state) && frame_can(request, ROLES_PREPARE));
	if (rc == RC_OK)
		rc = show_results(web, view, &row);
	show_ink(web, view, &row);
	if (rc == RC_OK)
		rc = bundle_show(web, view, &row, request->now_ms);
	show_count(web, view, &row, body);
	if (rc == RC_OK)
		rc = step_line_show(web, view, &row, body, request->now_ms);
	if (rc == RC_OK)
		rc = dossier_show_eta(web, view, &row);
	if (rc == RC_OK)
		rc = print_offer(web, view, &row);
	if (rc == RC_OK)
		rc = show_taken(web, view, &row);
	if (rc == RC_OK && body == NULL)
		rc = erase_show(web, view, &row);
	if (rc == RC_OK)
		rc = dossier_show_timeline(web, view, &row);
	if (rc == RC_OK)
		rc = web_page(web, request, response, "intake/dossier", view);
out:
	json_decref(body);
	return rc;
}
