/*
 * act_forward.c: from the counter to the one who works on it: forward (/chuyen), take
 * (/nhan-xu-ly), hand over to the province (/chuyen-tinh), and the note (/ghi-chu).
 */
#include <string.h>

#include "intake/intake.h"
#include "store/account.h"
#include "web/text_vi.h"

enum rc act_forward_specialists(struct web *web, struct request *request, struct view *view,
		const char *typed, char **choices)
{
	struct account *rows = NULL;
	size_t count = 0;
	enum rc rc = account_list(web->store, request->pool, &rows, &count);

	*choices = pool_strdup(request->pool, "none");
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (!(rows[i].roles & ROLE_SPECIALIST) || rows[i].locked)
			continue;
		if (rows[i].ends_at != 0 && rows[i].ends_at <= request->now_ms)
			continue;
		item = view_item(view, "specialists");
		view_set(item, "id", pool_strdup(request->pool, rows[i].id));
		view_set(item, "name", rows[i].name);
		view_set(item, "unit", rows[i].unit[0] != '\0' ? rows[i].unit : rows[i].title);
		view_flag(item, "checked", typed[0] == '\0' ? *choices[0] == 'n' :
				strcmp(typed, rows[i].id) == 0);
		*choices = pool_printf(request->pool, "%s|%s", rows[i].id, *choices);
	}
	view_flag(view, "to_is_none", strcmp(typed, "none") == 0 || strcmp(*choices, "none") == 0);
	return rc;
}

const char *act_forward_unit(struct web *web, struct request *request, const char *account_id)
{
	struct account account;

	if (account_by_id(web->store, request->pool, account_id, &account) != RC_OK)
		return text_get("act.unit_default");
	if (account.unit[0] != '\0')
		return account.unit;
	return account.title[0] != '\0' ? account.title : text_get("act.unit_default");
}

static enum rc forward(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	struct form *form = request->form;
	const char *to = form_text(form, "to");
	bool known = strcmp(to, "none") != 0;
	json_t *body = json_new_object();
	int64_t until = 0;
	enum rc rc = step_line_due(web, request->pool, row, STATE_FORWARDED, &until);

	if (rc != RC_OK)
		goto out;
	if (until > 0)
		json_put_int(body, "internal_due_at", until);
	json_put(body, "to_unit", known ? act_forward_unit(web, request, to) : form_text(form, "unit"));
	if (known)
		json_put(body, "to_account", to);
	json_put_flag(body, "paper", form_flag(form, "paper"));
	json_put(body, "note", form_text(form, "note"));
	rc = act_write(web, request, response, row, "dossier.forwarded", body,
			dossier_show_url(request->pool, row, ""));
out:
	json_decref(body);
	return rc;
}

enum rc page_forward(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	bool post = request->method == METHOD_POST, go;
	struct dossier_row row;
	char *choices = NULL;
	enum rc rc = act_open(web, request, response, "forward", &row, &go);
	struct field fields[] = {
		{ "to", FIELD_CHOICE, true, 0, 0, NULL, "act.forward.to" },
		{ "unit", FIELD_LINE, false, 0, 120, NULL, "act.forward.unit" },
		{ "paper", FIELD_FLAG, false, 0, 0, NULL, "act.forward.paper" },
		{ "note", FIELD_LINES, false, 0, 1000, NULL, "act.note_label" },
	};
	const size_t count = sizeof(fields) / sizeof(fields[0]);

	if (rc != RC_OK || !go)
		return rc;
	rc = act_forward_specialists(web, request, view, post ? form_raw(request->form, "to") : "", &choices);
	if (rc != RC_OK)
		return rc;
	fields[0].choices = choices;
	if (post) {
		rc = form_check(request->form, fields, count);
		if (rc == RC_OK && strcmp(form_text(request->form, "to"), "none") == 0 &&
				form_text(request->form, "unit")[0] == '\0') {
			form_fault(request->form, "unit", "act.forward.unit_missing");
			rc = RC_INVALID;
		}
		if (rc == RC_OK)
			return forward(web, request, response, &row);
		form_show(request->form, fields, count, view);
	} else {
		view_set(view, "unit", text_get("act.unit_default"));
		view_flag(view, "paper", true);
	}
	return act_page(web, request, response, &row, "forward", view);
}

/* One button on the dossier's page: no fields. */
enum rc page_take(struct web *web, struct request *request, struct response *response)
{
	const struct account *own = &request->session->account;
	struct dossier_row row;
	json_t *body;
	bool go;
	enum rc rc = act_open(web, request, response, "take", &row, &go);

	if (rc != RC_OK || !go)
		return rc;
	body = json_new_object();
	json_put(body, "account", own->id);
	json_put(body, "unit", own->unit);
	rc = act_write(web, request, response, &row, "dossier.taken", body,
			dossier_show_url(request->pool, &row, ""));
	json_decref(body);
	return rc;
}

static const struct field hand_fields[] = {
	{ "unit", FIELD_LINE, true, 1, 160, NULL, "act.hand_over.unit" },
	{ "paper", FIELD_FLAG, false, 0, 0, NULL, "act.forward.paper" },
	{ "unscanned", FIELD_FLAG, false, 0, 0, NULL, "scan.go_unscanned" },
	{ "note", FIELD_LINES, false, 0, 1000, NULL, "act.note_label" },
};
#define HAND_FIELDS (sizeof(hand_fields) / sizeof(hand_fields[0]))

const char *act_forward_note(struct pool *pool, const struct dossier_row *row, const char *note)
{
	const char *words;

	if (row->scans_missing == 0)
		return note;
	words = text_fill(pool, "scan.unscanned_note", pool_printf(pool, "%d", row->scans_missing), NULL);
	return note[0] != '\0' ? pool_printf(pool, "%s %s", words, note) : words;
}

/* Scans are taken before handing over; what is not there travels on paper, by the clerk's word. */
static bool is_answered(struct request *request, const struct dossier_row *row)
{
	struct form *form = request->form;

	if (row->scans_missing == 0 || (form_flag(form, "unscanned") && form_flag(form, "paper")))
		return true;
	form_fault(form, "unscanned", form_flag(form, "unscanned") ? "scan.unscanned_paper" :
			"scan.unscanned_stop");
	return false;
}

static enum rc hand_over(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	struct form *form = request->form;
	json_t *body = json_new_object();
	int64_t until = 0;
	enum rc rc = step_line_due(web, request->pool, row, STATE_FORWARDED, &until);

	if (rc != RC_OK)
		goto out;
	if (until > 0)
		json_put_int(body, "internal_due_at", until);
	json_put(body, "unit", form_text(form, "unit"));
	json_put(body, "agency", row->agency);
	json_put_flag(body, "paper", form_flag(form, "paper"));
	json_put(body, "note", act_forward_note(request->pool, row, form_text(form, "note")));
	rc = act_write(web, request, response, row, "dossier.handed_over", body,
			dossier_show_url(request->pool, row, ""));
out:
	json_decref(body);
	return rc;
}

enum rc page_hand_over(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	bool go;
	enum rc rc = act_open(web, request, response, "hand_over", &row, &go);

	if (rc != RC_OK || !go)
		return rc;
	if (request->method == METHOD_POST) {
		if (form_check(request->form, hand_fields, HAND_FIELDS) == RC_OK &&
				is_answered(request, &row))
			return hand_over(web, request, response, &row);
		form_show(request->form, hand_fields, HAND_FIELDS, view);
	} else {
		view_set(view, "unit", row.unit[0] != '\0' ? row.unit : text_get("actor.province"));
		view_flag(view, "paper", true);
	}
	view_int(view, "files", row.files_total);
	return act_page(web, request, response, &row, "hand_over", view);
}

static const struct field note_fields[] = {
	{ "text", FIELD_LINES, true, 1, 2000, NULL, "act.note.text" },
};

enum rc page_note(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	json_t *body;
	bool go;
	enum rc rc = act_open(web, request, response, "note", &row, &go);

	if (rc != RC_OK || !go)
		return rc;
	if (request->method != METHOD_POST)
		return act_page(web, request, response, &row, "note", view);
	if (form_check(request->form, note_fields, 1) != RC_OK) {
		form_show(request->form, note_fields, 1, view);
		return act_page(web, request, response, &row, "note", view);
	}
	body = json_new_object();
	json_put(body, "text", form_text(request->form, "text"));
	rc = act_write(web, request, response, &row, "note.added", body,
			dossier_show_url(request->pool, &row, ""));
	json_decref(body);
	return rc;
}
