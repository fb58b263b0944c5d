/*
 * handover_list.c: the lists by which papers change hands: all of them (/ban-giao), one of them
 * (/ban-giao/<list>), on paper (/in), and receiving it. Both sides sign: who receives is another
 * person than who gave, or signed on paper, and then the name of who signed is written down.
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "intake/intake.h"
#include "store/handover.h"
#include "web/show.h"
#include "web/text_vi.h"

#define LISTS 50

static const struct field take_fields[] = {
	{ "signed_by", FIELD_LINE, false, 0, 120, NULL, "handover.signed_by" },
};

static void show_line(struct web *web, struct view *view, const struct handover_list *list)
{
	struct pool *pool = view_pool(view);
	struct view *item = view_item(view, "lists");

	view_set(item, "list", list->list);
	view_set(item, "what", text_get(pool_printf(pool, "handover.what.%s",
			list->what[0] != '\0' ? list->what : "paper")));
	view_set(item, "giver", list->giver[0] != '\0' ? list->giver :
			dossier_show_actor(web, pool, list->actor, AUTHOR_BOARD));
	view_set(item, "taker", list->taker);
	view_set(item, "at", show_time_screen(pool, list->at));
	view_setf(item, "total", "%d", (int)list->total);
	view_setf(item, "open", "%d", (int)list->open);
	view_flag(item, "whole", list->open == 0);
}

enum rc page_handovers(struct web *web, struct request *request, struct response *response)
{
	bool all = strcmp(request_query(request, "viec"), "tat-ca") == 0;
	struct view *view = view_new(request->pool);
	struct handover_list *lists = NULL;
	int64_t from = 0;
	size_t count = 0;
	enum rc rc;

	if (num_parse(request_query(request, "tu"), 0, 1000000, &from) != RC_OK)
		from = 0;
	rc = handover_lists(web->store, request->pool, !all, LISTS, (size_t)from, &lists, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		show_line(web, view, &lists[i]);
	view_set(view, "title", text_get("handover.title"));
	view_flag(view, "all", all);
	view_flag(view, "lists_shown", count > 0);
	view_flag(view, "at_handover", true);
	if (count == LISTS)
		view_setf(view, "older_url", "/ban-giao?%stu=%d", all ? "viec=tat-ca&" : "",
				(int)from + LISTS);
	return rc == RC_OK ? web_page(web, request, response, "intake/handovers", view) : rc;
}

static void show_got(struct web *web, struct view *item, const struct handover_row *row)
{
	struct pool *pool = view_pool(item);

	view_flag(item, "received", row->got == HANDOVER_RECEIVED);
	view_flag(item, "lost", row->got == HANDOVER_MISSING);
	view_flag(item, "on_way", row->got == HANDOVER_OPEN);
	if (row->got == HANDOVER_OPEN)
		return;
	view_set(item, "got_by", dossier_show_actor(web, pool, row->got_by, row->got_author));
	view_set(item, "got_at", show_time_screen(pool, row->got_at));
	view_set(item, "missing", row->missing);
}

/* The list as rows; *open: how many still wait. */
static void show_items(struct web *web, struct request *request, struct view *view,
		const struct handover_row *rows, const struct dossier_row *dossiers, size_t count,
		size_t *open)
{
	struct form *form = request->form;
	bool post = request->method == METHOD_POST;
	const char *value;

	*open = 0;
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "items");
		bool ticked = !post;

		for (size_t j = 0; post && (value = form_raw_at(form, "co[]", j)) != NULL; j++)
			ticked = ticked || strcmp(value, rows[i].id) == 0;
		dossier_show_row(item, &dossiers[i], request->now_ms);
		view_setf(item, "no", "%d", (int)i + 1);
		view_set(item, "content", dossiers[i].content);
		view_set(item, "id", pool_strdup(request->pool, rows[i].id));
		view_set(item, "tracking", rows[i].tracking);
		view_flag(item, "ticked", ticked);
		view_set(item, "missing_typed", post ? form_raw(form,
				pool_printf(request->pool, "thieu_%s", rows[i].id)) : "");
		show_got(web, item, &rows[i]);
		*open += rows[i].got != HANDOVER_RECEIVED;
	}
	view_set(view, "list", rows[0].list);
	view_set(view, "what", text_get(pool_printf(request->pool, "handover.what.%s",
			rows[0].what[0] != '\0' ? rows[0].what : "paper")));
	view_set(view, "giver", rows[0].giver[0] != '\0' ? rows[0].giver :
			dossier_show_actor(web, request->pool, rows[0].actor, rows[0].author));
	view_set(view, "taker", rows[0].taker);
	view_set(view, "carrier", rows[0].carrier);
	view_set(view, "given_at", show_time_screen(request->pool, rows[0].at));
	view_setf(view, "count", "%d", (int)count);
	view_setf(view, "open", "%d", (int)*open);
	view_flag(view, "waits", *open > 0);
	view_flag(view, "by_post", rows[0].tracking[0] != '\0');
}

static bool is_own(const struct request *request, const struct handover_row *row)
{
	return strcmp(row->actor, request->session->account.id) == 0;
}

enum rc page_handover(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct handover_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0, open = 0;
	enum rc rc = handover_items(web->store, request->pool, request->params[0], &rows, &dossiers,
			&count);

	if (rc != RC_OK)
		return rc;
	show_items(web, request, view, rows, dossiers, count, &open);
	view_flag(view, "own", is_own(request, &rows[0]));
	view_set(view, "title", text_fill(request->pool, "handover.list", rows[0].list, NULL));
	view_flag(view, "at_handover", true);
	if (request->method == METHOD_POST) {
		form_show(request->form, take_fields, 1, view);
		response->status = 422;
	}
	return web_page(web, request, response, "intake/handover", view);
}

/* ---- receiving ---- */

static enum rc append(struct web *web, struct request *request, const uint8_t *subject,
		const char *kind, json_t *body)
{
	struct event event;
	const char *reason = NULL;
	const struct act act = {
		.subject_kind = SUBJECT_DOSSIER,
		.subject = subject,
		.kind = kind,
		.actor = request->session->account.id,
		.body = body,
	};
	enum rc rc = act_append(web->store, &act, &event, &reason);

	json_decref(body);
	return rc;
}

/* One row: received, and lying with who received it; or missing, with what was said about it. */
static enum rc take_row(struct web *web, struct request *request, const struct handover_row *row,
		const char *missing)
{
	const struct account *own = &request->session->account;
	const char *signed_by = form_text(request->form, "signed_by");
	json_t *body = json_new_object();
	enum rc rc;

	json_put(body, "list", row->list);
	json_put(body, "given", row->id);
	json_put(body, "from", row->giver);
	json_put(body, "missing", missing);
	if (signed_by[0] != '\0')
		json_put(body, "note", text_fill(request->pool, "handover.signed_note", signed_by, NULL));
	rc = append(web, request, row->subject, "handover.received", body);
	if (rc != RC_OK || missing != NULL)
		return rc;
	body = json_new_object();
	json_put(body, "place", row->taker);
	if (signed_by[0] == '\0')
		json_put(body, "account", own->id);
	json_put_int(body, "at", request->now_ms);
	return append(web, request, row->subject, "place.noted", body);
}

/* NULL: ticked. Else what is missing, as typed or in default words. */
static const char *missing_of(struct request *request, const struct handover_row *row)
{
	const char *value, *typed;
	char *clean = NULL;

	for (size_t i = 0; (value = form_raw_at(request->form, "co[]", i)) != NULL; i++)
		if (strcmp(value, row->id) == 0)
			return NULL;
	typed = form_raw(request->form, pool_printf(request->pool, "thieu_%s", row->id));
	if (text_clean(request->pool, typed, strlen(typed), TEXT_ONE_LINE, &clean) != RC_OK ||
			clean[0] == '\0' || strlen(clean) > 600)
		return text_get("handover.missing_default");
	return clean;
}

static enum rc take(struct web *web, struct request *request, struct response *response)
{
	const char *form_id = form_raw(request->form, "form_id");
	struct handover_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	char *location = NULL;
	size_t count = 0;
	bool any = false;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &location);
	/* Read inside the write: what somebody else received meanwhile is left as it is. */
	if (rc == RC_OK)
		rc = handover_items(web->store, request->pool, request->params[0], &rows, &dossiers,
				&count);
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		const char *missing = missing_of(request, &rows[i]);

		if (rows[i].got == HANDOVER_RECEIVED || (rows[i].got == HANDOVER_MISSING && missing != NULL))
			continue;
		any = true;
		rc = take_row(web, request, &rows[i], missing);
	}
	if (rc == RC_OK) {
		location = pool_printf(request->pool, "/ban-giao/%s", request->params[0]);
		rc = form_done(web->store, form_id, location);
	}
	if (rc == RC_OK && any)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc != RC_OK && rc != RC_EXISTS)
		return rc;
	response_see_other(response, location);
	return RC_OK;
}

enum rc page_handover_take(struct web *web, struct request *request, struct response *response)
{
	struct handover_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0;
	enum rc rc = handover_items(web->store, request->pool, request->params[0], &rows, &dossiers,
			&count);

	if (rc == RC_OK)
		rc = form_check(request->form, take_fields, 1);
	if (rc == RC_OK && is_own(request, &rows[0]) &&
			form_text(request->form, "signed_by")[0] == '\0') {
		form_fault(request->form, "signed_by", "handover.own_list");
		rc = RC_INVALID;
	}
	if (rc == RC_INVALID)
		return page_handover(web, request, response);
	return rc == RC_OK ? take(web, request, response) : rc;
}

/* ---- paper ---- */

/* What a list of results says besides (COUNTER 2): the result, where its person lives, is it for the
 * post. */
static enum rc show_result(struct web *web, struct view *item, const struct dossier_row *row)
{
	struct pool *pool = view_pool(item);
	struct dossier_result *results = NULL;
	const char *words = "", *address;
	const json_t *applicant;
	json_t *body = NULL;
	size_t count = 0;
	enum rc rc = dossier_results(web->store, pool, row, &results, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		words = pool_printf(pool, "%s%s%s %s", words, i > 0 ? "; " : "", results[i].kind,
				results[i].number);
	view_set(item, "result", words);
	if (rc == RC_OK)
		rc = dossier_body(web->store, row, &body);
	if (rc == RC_NOT_FOUND)
		rc = RC_OK;		/* erased: the number stays */
	applicant = json_object_get(body, "applicant");
	address = json_text(applicant, "residence");
	view_set(item, "address", pool_strdup(pool, address[0] != '\0' ? address :
			json_text(applicant, "address")));
	view_flag(item, "by_post", strcmp(json_text(json_object_get(body, "delivery"), "way"),
			"post") == 0);
	json_decref(body);
	return rc;
}

enum rc page_handover_print(struct web *web, struct request *request, struct response *response)
{
	const struct settings *settings = web->settings;
	struct view *view = view_new(request->pool);
	struct handover_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0, open = 0;
	enum rc rc = handover_items(web->store, request->pool, request->params[0], &rows, &dossiers,
			&count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		const struct dossier_row *row = &dossiers[i];
		struct view *item = view_item(view, "rows");

		dossier_show_row(item, row, request->now_ms);
		view_setf(item, "no", "%d", (int)i + 1);
		view_set(item, "code", row->official[0] != '\0' ? row->official : row->code);
		view_svg(item, "bars", show_code128_svg(request->pool, row->code));
		view_set(item, "content", row->content);
		view_set(item, "received", show_date(request->pool, row->received_at));
		view_set(item, "due", row->has_due ? show_date(request->pool, row->due_at) : "");
		view_flag(item, "fee", row->fee_total > row->fee_paid);
		view_set(item, "tracking", rows[i].tracking);
		view_set(item, "missing", rows[i].missing);
		if (rc == RC_OK && strcmp(rows[0].what, "result") == 0)
			rc = show_result(web, item, row);
	}
	if (rc != RC_OK)
		return rc;
	view_set(view, "lead_unit", count > 0 ? dossiers[0].unit : "");
	show_items(web, request, view, rows, dossiers, count, &open);
	view_flag(view, "results", strcmp(rows[0].what, "result") == 0);
	view_set(view, "heading", text_upper(request->pool, text_get(
			strcmp(rows[0].what, "result") == 0 ? "handover.paper_result" :
			"handover.paper_dossier")));
	view_set(view, "given_paper", show_time_paper(request->pool, rows[0].at));
	view_set(view, "parent_name", settings->parent_name);
	view_set(view, "agency_name", settings->agency_name);
	view_set(view, "place_name", settings->place_name);
	view_flag(view, "rehearsal", settings->mode == MODE_REHEARSAL);
	view_set(view, "date", show_date_paper(request->pool, rows[0].at));
	view_set(view, "title", text_fill(request->pool, "handover.list", rows[0].list, NULL));
	return web_page(web, request, response, "print/handover", view);
}
