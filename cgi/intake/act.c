/*
 * act.c: one act of the person at the page: form id, event, commit, then 303 to where it leads. A
 * double tap goes where the first one went; who comes second is told who was first.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "intake/cert.h"
#include "intake/intake.h"
#include "store/journal.h"
#include "web/show.h"
#include "web/text_vi.h"

enum rc act_dossier(struct web *web, struct request *request, struct dossier_row *out)
{
	if (request->params[0] == NULL)
		return RC_NOT_FOUND;
	return dossier_find(web->store, request->pool, NULL, request->params[0], out);
}

/* Who did what when: the last act that changed the dossier; nothing where it cannot be read. */
static void show_last_act(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row)
{
	struct journal_row *rows = NULL;
	size_t count = 0;
	const struct event *last = NULL;

	if (journal_subject(web->store, request->pool, row->board, row->id, &rows, &count) != RC_OK)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct kind *kind = kind_find(rows[i].event.kind, rows[i].event.kind_version);

		if (kind != NULL && kind->class == KIND_STATE)
			last = &rows[i].event;
	}
	if (last == NULL)
		return;
	view_set(view, "last_actor",
			dossier_show_actor(web, request->pool, last->actor, last->author));
	view_set(view, "last_act", text_get(pool_printf(request->pool, "event.%s", last->kind)));
	view_set(view, "last_at", show_time_screen(request->pool, last->time.wall_ms));
}

enum rc act_conflict(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *reason)
{
	struct view *view = view_new(request->pool);
	struct dossier_row now = *row;

	if (dossier_find(web->store, request->pool, NULL, row->id_hex, &now) != RC_OK)
		now = *row;
	view_set(view, "title", text_get("act.conflict"));
	view_set(view, "reason", text_get(reason != NULL ? reason : "act.seen"));
	dossier_show_row(view, &now, request->now_ms);
	show_last_act(web, request, view, &now);
	view_flag(view, "may_ask", now.facts.holder == HOLDER_CENTER &&
			!state_is_closed(now.facts.state) && frame_can(request, ROLES_ASK));
	form_show_typed(request->form, view);
	response->status = 409;
	return web_page(web, request, response, "intake/conflict", view);
}

enum rc act_open(struct web *web, struct request *request, struct response *response,
		const char *choice_key, struct dossier_row *row, bool *go)
{
	const struct act_choice *choice = act_choice_find(choice_key);
	const char *reason = "rule.state";
	enum rc rc = act_dossier(web, request, row);

	*go = false;
	if (rc != RC_OK)
		return rc;
	if (choice->level >= 0 && choice->level != row->level)
		return act_conflict(web, request, response, row, reason);
	rc = rule_check(&row->facts, kind_find(choice->kind, 1), AUTHOR_BOARD, NULL, &reason);
	/* A second tap of the very act must still find its first answer. */
	if (rc == RC_CONFLICT && request->method != METHOD_POST)
		return act_conflict(web, request, response, row, reason);
	if (strcmp(choice_key, "finish") == 0) {
		bool numbered = false;

		rc = cert_rows_numbered(web, request, row, &numbered);
		if (rc == RC_OK && numbered)
			return act_conflict(web, request, response, row, "cert.by_tray");
		if (rc != RC_OK)
			return rc;
	}
	if (bundle_is_by_parts(choice_key) && bundle_has_parts(web, request->pool, row))
		return act_conflict(web, request, response, row, "bundle.by_parts");
	*go = true;
	return RC_OK;
}

enum rc act_page(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *choice_key, struct view *view)
{
	const struct act_choice *choice = act_choice_find(choice_key);
	bool again = request->method == METHOD_POST;

	dossier_show_row(view, row, request->now_ms);
	view_set(view, "seen", again ? form_raw(request->form, "seen") : row->seen);
	view_set(view, "title", text_get(pool_printf(request->pool, "act.%s", choice->key)));
	view_set(view, "action", dossier_show_url(request->pool, row, choice->suffix));
	if (again)
		response->status = 422;
	return web_page(web, request, response,
			pool_printf(request->pool, "intake/act_%s", choice->key), view);
}

/* The 16 bytes of the hidden field; false: absent or not hex. */
static bool seen_bytes(const char *hex, uint8_t out[EVENT_ID_SIZE])
{
	return strlen(hex) == 2 * EVENT_ID_SIZE && hex_decode(hex, out, EVENT_ID_SIZE) == RC_OK;
}

bool act_seen(const struct request *request, uint8_t out[EVENT_ID_SIZE])
{
	return seen_bytes(form_raw(request->form, "seen"), out);
}

/* All parts or none; the first is checked against what the person saw. */
static enum rc append_parts(struct web *web, struct request *request, const struct dossier_row *row,
		const struct act_part *parts, size_t count, const uint8_t *seen, const char **reason)
{
	struct event event;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct act act = {
			.subject_kind = SUBJECT_DOSSIER,
			.subject = row->id,
			.kind = parts[i].kind,
			.actor = request->session->account.id,
			.body = parts[i].body,
			.seen = i == 0 ? seen : NULL,
		};

		rc = act_append(web->store, &act, &event, reason);
	}
	return rc;
}

enum rc act_write_parts(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct act_part *parts, size_t count,
		const char *location, const char *form_id, const char *seen)
{
	uint8_t seen_id[EVENT_ID_SIZE];
	const char *reason = NULL;
	char *first = NULL;
	enum rc rc;

	if (!seen_bytes(seen, seen_id))
		return RC_INVALID;
	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_EXISTS) {
		store_abort(web->store);
		response_see_other(response, first);
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = append_parts(web, request, row, parts, count, seen_id, &reason);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, location);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_CONFLICT)
		return act_conflict(web, request, response, row, reason);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc act_write_form(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *kind, const json_t *body,
		const char *location, const char *form_id, const char *seen)
{
	const struct act_part part = { kind, body };

	return act_write_parts(web, request, response, row, &part, 1, location, form_id, seen);
}

enum rc act_sent_before(struct web *web, struct request *request, struct response *response,
		bool *done)
{
	char *first = NULL;
	enum rc rc = store_begin(web->store, false);

	*done = false;
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

enum rc act_write(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *kind, const json_t *body, const char *location)
{
	return act_write_form(web, request, response, row, kind, body, location,
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
}
