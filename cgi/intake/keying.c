/*
 * keying.c: dossiers that somebody has to type into another system (/nhap-he-thong): the list by
 * system, a page that shows each with its values in the order of that system's form, to be copied
 * one by one, and takes the code that system gave.
 */
#include "dossier/keying.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "dossier/code.h"
#include "embed.h"
#include "intake/correct.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define FILE_MAX ((size_t)1 << 20)

static enum rc form_of(struct web *web, struct pool *pool, const char *system, struct keying *out)
{
	const char *text = embed_keying_json, *path = web->settings->keying_file;
	size_t len = embed_keying_json_len;
	char *bytes = NULL;
	enum rc rc = RC_OK;

	if (path != NULL && path[0] != '\0') {
		rc = file_read(pool, path, FILE_MAX, &bytes, &len);
		text = bytes;
	}
	return rc == RC_OK ? keying_find(pool, text, len, system, out) : rc;
}

static const char *name_of(struct web *web, struct pool *pool, const char *system)
{
	struct keying keying;

	return form_of(web, pool, system, &keying) == RC_OK ? keying.name : system;
}

/* ---- the list ---- */

static enum rc show_tabs(struct web *web, struct request *request, struct view *view,
		const char **chosen)
{
	struct dossier_system *systems = NULL;
	const char *asked = request_query(request, "he");
	size_t count = 0;
	enum rc rc = dossier_systems(web->store, request->pool, &systems, &count);

	*chosen = "";
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		if (i == 0 || strcmp(systems[i].system, asked) == 0)
			*chosen = systems[i].system;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "tabs");

		view_set(item, "system", systems[i].system);
		view_set(item, "system_name", name_of(web, request->pool, systems[i].system));
		view_int(item, "system_count", systems[i].count);
		view_flag(item, "current", strcmp(systems[i].system, *chosen) == 0);
	}
	return rc;
}

enum rc page_keying(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row *rows = NULL;
	const char *system = "";
	size_t count = 0;
	enum rc rc = show_tabs(web, request, view, &system);

	if (rc == RC_OK)
		rc = dossier_to_key(web->store, request->pool, system, ROWS, 0, &rows, &count);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		dossier_show_row(view_item(view, "dossiers"), &rows[i], request->now_ms);
	view_flag(view, "dossiers_shown", count > 0);
	view_flag(view, "more", count == ROWS);
	if (system[0] != '\0')
		view_set(view, "system_shown", name_of(web, request->pool, system));
	view_set(view, "title", text_get("keying.title"));
	return web_page(web, request, response, "intake/keying", view);
}

/* ---- one dossier ---- */

static const struct field fields[] = {
	{ "system", FIELD_LINE, true, 2, 80, NULL, "correct.system" },
	{ "code", FIELD_LINE, true, 5, 60, NULL, "correct.code" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const char *text_of(struct pool *pool, const json_t *body, const struct keying_field *field)
{
	const json_t *member = keying_member(body, field->value);

	if ((member == NULL || (json_is_string(member) && json_string_value(member)[0] == '\0')) &&
			field->otherwise[0] != '\0')
		member = keying_member(body, field->otherwise);
	if (json_is_integer(member))
		return field->type == KEYING_TIME ? show_time_plain(pool, json_integer_value(member)) :
				pool_printf(pool, "%lld", (long long)json_integer_value(member));
	if (!json_is_string(member) || json_string_value(member)[0] == '\0')
		return "";
	if (field->type == KEYING_DATE)
		return show_birth(pool, json_string_value(member));
	if (field->type == KEYING_SEX)
		return text_get(strcmp(json_string_value(member), "nu") == 0 ? "keying.female" :
				"keying.male");
	return pool_strdup(pool, json_string_value(member));
}

/* Every field of that form, those without a value too: the eye goes down both in step. */
static enum rc show_values(struct correct *c)
{
	struct pool *pool = c->request->pool;
	struct keying keying;
	enum rc rc = form_of(c->web, pool, c->row.target_system, &keying);

	if (rc != RC_OK)
		return rc == RC_INVALID ? RC_OK : rc;
	view_set(c->view, "system_name", keying.name);
	view_flag(c->view, "uncertain", !keying.certain);
	for (size_t i = 0; i < keying.count; i++) {
		struct view *item = view_item(c->view, "values");

		view_int(item, "no", (int64_t)i + 1);
		view_set(item, "label", keying.fields[i].label);
		view_set(item, "value", text_of(pool, c->accepted, &keying.fields[i]));
	}
	return RC_OK;
}

static enum rc show(struct correct *c)
{
	struct request *request = c->request;
	bool again = request->method == METHOD_POST;
	enum rc rc = show_values(c);

	if (rc != RC_OK)
		return rc;
	dossier_show_row(c->view, &c->row, request->now_ms);
	view_set(c->view, "seen", again ? form_raw(request->form, "seen") : c->row.seen);
	view_set(c->view, "external", c->row.external);
	view_set(c->view, "title", text_get("keying.one"));
	view_set(c->view, "action", dossier_show_url(request->pool, &c->row, "/nhap"));
	view_set(c->view, "list_url", pool_printf(request->pool, "/nhap-he-thong?he=%s",
			c->row.target_system));
	view_set(c->view, "system", again ? form_raw(request->form, "system") : c->row.target_system);
	if (again) {
		form_show(request->form, fields, FIELDS, c->view);
		view_set(c->view, "code_typed", form_raw(request->form, "code"));
		c->response->status = 422;
	}
	view_set(c->view, "code", c->row.code);
	return web_page(c->web, request, c->response, "intake/keying_one", c->view);
}

static enum rc post(struct correct *c)
{
	struct form *form = c->request->form;
	struct code code;
	bool done = false;
	json_t *body;
	enum rc rc = correct_sent_before(c, &done);

	if (rc != RC_OK || done)
		return rc;
	rc = form_check(form, fields, FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (rc == RC_OK && code_parse(c->request->pool, form_text(form, "code"), &code) != RC_OK)
		form_fault(form, "code", "correct.code_wrong");
	else if (rc == RC_OK && code.variant == CODE_PROVISIONAL)
		form_fault(form, "code", "correct.code_own");
	if (form_has_faults(form))
		return show(c);
	body = json_new_object();
	json_put(body, "system", form_text(form, "system"));
	json_put(body, "code", text_upper(c->request->pool, form_text(form, "code")));
	rc = act_write(c->web, c->request, c->response, &c->row, "code.external", body,
			dossier_show_url(c->request->pool, &c->row,
			c->row.slip_no > 0 && !state_is_closed(c->row.facts.state) ? "/giay-hen" : ""));
	json_decref(body);
	return rc;
}

enum rc page_keying_one(struct web *web, struct request *request, struct response *response)
{
	struct correct c = { .web = web, .request = request, .response = response };
	bool go;
	enum rc rc = act_open(web, request, response, "external", &c.row, &go);

	if (rc != RC_OK || !go)
		return rc;
	c.view = view_new(request->pool);
	rc = correct_accepted(&c);
	if (rc == RC_NOT_FOUND)
		rc = RC_OK;	/* erased: the code alone can be written */
	if (rc == RC_OK)
		rc = request->method == METHOD_POST ? post(&c) : show(&c);
	json_decref(c.accepted);
	return rc;
}
