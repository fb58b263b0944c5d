/*
 * pages_act.c: an officer's acts: one or more events in one transaction, answered once.
 */
#include "center/pages.h"

#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "web/text_vi.h"

enum rc pages_act_conflict(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *reason)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("center.conflict"));
	view_set(view, "reason", text_get(reason));
	view_set(view, "code", *row->official != '\0' ? row->official : row->code);
	view_set(view, "url", pages_dossier_url(request->pool, row, ""));
	form_show_typed(request->form, view);
	response->status = 409;
	return web_page(web, request, response, "center/conflict", view);
}

/* All parts, or none. *location: where this act leads, or where its first tap led (RC_EXISTS). */
static enum rc append(struct web *web, struct request *request, const struct dossier_row *row,
		const struct pages_act_part *parts, size_t count, const char *form_id, const char *seen,
		char **location, const char **reason)
{
	struct act act;
	struct event event;
	uint8_t raw[EVENT_ID_SIZE];
	enum rc rc;
	size_t i;

	if (hex_decode(seen, raw, sizeof(raw)) != RC_OK)
		return RC_INVALID;
	rc = form_claim(web->store, request->pool, form_id, location);
	if (rc != RC_OK)
		return rc;
	*location = pages_dossier_url(request->pool, row, "");
	memset(&act, 0, sizeof(act));
	act.board = row->board;
	act.subject_kind = SUBJECT_DOSSIER;
	act.subject = row->id;
	act.actor = request->session->account.id;
	for (i = 0; i < count && rc == RC_OK; i++) {
		act.kind = parts[i].kind;
		act.body = parts[i].body;
		act.seen = i == 0 ? raw : NULL;
		rc = act_append(web->store, &act, &event, reason);
	}
	return rc == RC_OK ? form_done(web->store, form_id, *location) : rc;
}

enum rc pages_act_write(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct pages_act_part *parts, size_t count,
		const char *form_id, const char *seen)
{
	const char *reason = "act.seen";
	char *location = NULL;
	enum rc rc;

	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = append(web, request, row, parts, count, form_id, seen, &location, &reason);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_CONFLICT)
		return pages_act_conflict(web, request, response, row, reason);
	if (rc != RC_OK && rc != RC_EXISTS)
		return rc;
	response_see_other(response, location);
	return RC_OK;
}

enum rc pages_act_sent_before(struct web *web, struct request *request, struct response *response, bool *done)
{
	char *first = NULL;
	enum rc rc;

	*done = false;
	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_raw(request->form, "form_id"), &first);
	store_abort(web->store);
	if (rc != RC_EXISTS)
		return rc;
	response_see_other(response, first);
	*done = true;
	return RC_OK;
}

enum rc pages_act_take(struct web *web, struct request *request, struct response *response)
{
	struct pages_act_part part = {"dossier.taken", NULL};
	struct dossier_row row;
	json_t *body;
	enum rc rc;

	rc = pages_dossier_find(web, request, &row);
	if (rc != RC_OK)
		return rc;
	body = json_new_object();
	json_put(body, "unit", request->session->account.unit);
	json_put(body, "account", request->session->account.id);
	part.body = body;
	rc = pages_act_write(web, request, response, &row, &part, 1,
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	json_decref(body);
	return rc;
}

/* ---- acts that end the work here and need a sentence: the dossier goes back to its point ---- */

struct ending {
	const char *part;	/* last part of the address */
	const char *kind;
	const char *at;		/* the body's member for the time, or NULL */
	bool papers;		/* asks which papers are wanted */
	const char *title;	/* text keys */
	const char *hint;
	const char *button;
};

static const struct ending endings[] = {
	{"bo-sung", "dossier.supplement_requested", "requested_at", true, "center.supplement",
		"center.supplement.hint", "center.supplement.go"},
	{"tu-choi", "dossier.refused", "decided_at", false, "center.refuse",
		"center.refuse.hint", "center.refuse.go"},
	{"dung", "dossier.stopped", NULL, false, "center.stop", "center.stop.hint",
		"center.stop.go"},
};

/* The first is of every ending, the second of those that want papers. */
static const struct field ending_fields[] = {
	{"reason", FIELD_LINES, true, 1, 2000, NULL, "center.reason"},
	{"papers", FIELD_LINES, true, 1, 2000, NULL, "center.papers"},
};

static const struct ending *ending_find(const char *part)
{
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcmp(endings[i].part, part) == 0)
			return &endings[i];
	return NULL;
}

static enum rc show_end(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct ending *ending)
{
	struct view *view = view_new(request->pool);

	pages_inbox_show(view, row, request->now_ms);
	view_set(view, "title", text_get(ending->title));
	view_set(view, "hint", text_get(ending->hint));
	view_set(view, "button", text_get(ending->button));
	view_flag(view, "wants_papers", ending->papers);
	view_set(view, "action", pages_dossier_url(request->pool, row,
			pool_printf(request->pool, "/%s", ending->part)));
	view_set(view, "seen", row->seen);
	if (request->method == METHOD_POST) {
		form_show(request->form, ending_fields, ending->papers ? 2 : 1, view);
		view_set(view, "seen", form_raw(request->form, "seen"));
		response->status = 422;
	}
	return web_page(web, request, response, "center/end", view);
}

/* One item for each line that is not empty. */
static json_t *papers_items(struct pool *pool, const char *lines)
{
	json_t *items = json_new_array();
	const char *at = lines;
	json_t *item;
	size_t len, used;

	while (*at != '\0') {
		at += strspn(at, " \t\n");
		len = used = strcspn(at, "\n");
		while (used > 0 && (at[used - 1] == ' ' || at[used - 1] == '\t'))
			used--;
		if (used > 0) {
			item = json_new_object();
			json_put(item, "name", pool_strndup(pool, at, used));
			json_add(items, item);
		}
		at += len;
	}
	return items;
}

enum rc pages_act_end(struct web *web, struct request *request, struct response *response)
{
	const struct ending *ending = ending_find(request->params[2]);
	struct pages_act_part parts[2];
	struct dossier_row row;
	json_t *body, *back;
	enum rc rc;

	rc = ending == NULL ? RC_NOT_FOUND : pages_dossier_find(web, request, &row);
	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST ||
			form_check(request->form, ending_fields, ending->papers ? 2 : 1) != RC_OK)
		return show_end(web, request, response, &row, ending);
	body = json_new_object();
	back = json_new_object();
	json_put(body, "reason", form_text(request->form, "reason"));
	if (ending->papers)
		json_put_value(body, "items", papers_items(request->pool,
				form_text(request->form, "papers")));
	if (ending->at != NULL)
		json_put_int(body, ending->at, request->now_ms);
	parts[0].kind = ending->kind;
	parts[0].body = body;
	parts[1].kind = "dossier.handed_back";
	parts[1].body = back;
	rc = pages_act_write(web, request, response, &row, parts, 2,
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	json_decref(body);
	json_decref(back);
	return rc;
}
