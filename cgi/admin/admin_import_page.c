/*
 * admin_import_page.c: /tai-khoan/danh-sach: many accounts at once: paste, look at each row, create,
 * print the slips with the first passwords. Passwords come from the form's id, so that a second tap or
 * a refresh prints the same slips and makes nobody twice; they stand nowhere else.
 */
#include "admin/admin_import.h"
#include "admin/admin_import_file.h"

#include <string.h>

#include "base/log.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

struct import {
	struct web *web;
	struct request *request;
	struct response *response;
	const char *form_id;
	struct admin_import_row rows[ADMIN_IMPORT_MAX];
	size_t count, fine;
	bool more;
	const char *list;		/* pasted, or of the file */
};

static const char *form_key(struct import *import, const struct admin_import_row *row)
{
	return pool_printf(import->request->pool, "%s %s", import->form_id, row->login);
}

/* Which rows may become accounts: those without fault whose login is free, or was made by this form. */
static enum rc look(struct import *import)
{
	char made[48];
	size_t i;

	for (i = 0; i < import->count; i++) {
		struct admin_import_row *row = &import->rows[i];
		struct account account;
		enum rc rc;

		if (row->fault != NULL)
			continue;
		rc = account_by_login(import->web->store, import->request->pool, row->login, &account);
		if (rc != RC_OK && rc != RC_NOT_FOUND)
			return rc;
		row->there = rc == RC_OK && account_of_form(import->web->store, form_key(import, row),
				made) != RC_OK;
		import->fine += !row->there;
	}
	return RC_OK;
}

static enum rc show_said(struct import *import, const char *fault, const char *sentence)
{
	struct request *request = import->request;
	struct view *view = view_new(request->pool);
	size_t i;

	view_set(view, "title", text_get("import.title"));
	view_flag(view, "at_accounts", true);
	if (request->method == METHOD_POST) {
		view_set(view, "list", import->list);
		view_set(view, "kept_id", import->form_id);
	}
	if (fault != NULL) {
		form_fault(request->form, "list", fault);
		form_show(request->form, NULL, 0, view);
		view_set(view, "list_fault", sentence);
		import->response->status = 422;
	}
	for (i = 0; i < import->count; i++) {
		const struct admin_import_row *row = &import->rows[i];
		struct view *item = view_item(view, "rows");

		view_setf(item, "no", "%d", (int)i + 1);
		view_set(item, "name", row->name);
		view_set(item, "login", row->login);
		view_set(item, "job", row->job);
		view_set(item, "unit", row->unit);
		view_set(item, "roles", admin_roles_words(request->pool, row->roles));
		view_set(item, "row_fault", row->fault != NULL ? text_get(row->fault) : "");
		view_flag(item, "there", row->there);
	}
	view_flag(view, "looked", import->count > 0);
	view_int(view, "fine", (int64_t)import->fine);
	return web_page(import->web, request, import->response, "admin/import", view);
}

static enum rc show(struct import *import, const char *fault)
{
	return show_said(import, fault, fault != NULL ? text_get(fault) : NULL);
}

static enum rc make(struct import *import, struct view *view, const struct admin_import_row *row)
{
	struct account values = {.login = row->login, .name = row->name, .title = row->job,
		.employer = row->employer, .unit = row->unit, .substitute = "", .procedures = "",
		.roles = row->roles, .must_change = true};
	const char *key = form_key(import, row);
	struct account account;
	struct view *item;
	char password[20];
	enum rc rc;

	admin_accounts_password(import->request->session->csrf, key, password);
	rc = account_create(import->web->store, import->request->pool, &values, password,
			import->request->session->account.id, key, &account);
	if (rc == RC_EXISTS)
		rc = account_by_login(import->web->store, import->request->pool, row->login, &account);
	if (rc == RC_CONFLICT)		/* taken meanwhile by another form: said by the missing slip */
		return RC_OK;
	/* Who has logged in already has a password of his own: no slip tells it. */
	if (rc != RC_OK || !account.must_change)
		return rc;
	item = view_item(view, "slips");
	view_set(item, "name", account.name);
	view_set(item, "job", account.title);
	view_set(item, "login", account.login);
	view_set(item, "password", pool_strdup(import->request->pool, password));
	memset(password, 0, sizeof(password));
	return RC_OK;
}

static enum rc create(struct import *import)
{
	struct view *view = view_new(import->request->pool);
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < import->count; i++)
		if (import->rows[i].fault == NULL && !import->rows[i].there)
			rc = make(import, view, &import->rows[i]);
	if (rc != RC_OK)
		return rc;
	log_info("accounts added by list count=%d by=%s", (int)import->fine,
			import->request->session->account.id);
	view_set(view, "title", text_get("import.slips"));
	view_set(view, "point_name", import->web->settings->point_name);
	view_set(view, "back_url", "/tai-khoan");
	return web_page(import->web, import->request, import->response, "print/first_slips", view);
}

enum rc admin_import(struct web *web, struct request *request, struct response *response)
{
	struct import *import = pool_alloc(request->pool, sizeof(*import));
	const char *fault;
	char *lines;
	enum rc rc;

	import->web = web;
	import->request = request;
	import->response = response;
	if (request->method != METHOD_POST)
		return show(import, NULL);
	import->list = form_raw(request->form, "list");
	/* The id of the first look stays that of the creation. */
	import->form_id = form_raw(request->form, "kept_id");
	if (strlen(import->form_id) != 32)
		import->form_id = form_raw(request->form, "form_id");
	if (strlen(import->form_id) != 32)
		return RC_INVALID;
	rc = admin_import_file(request, &lines, &fault);
	if (rc == RC_INVALID && fault[0] != '\0')
		return show_said(import, "import.no_list", fault);
	if (rc != RC_OK)
		return rc;
	if (lines != NULL)
		import->list = lines;
	import->count = admin_import_parse(request->pool, import->list, web->settings->side == SIDE_CENTER,
			import->rows, ADMIN_IMPORT_MAX, &import->more);
	if (import->count == 0)
		return show(import, "import.empty");
	rc = look(import);
	if (rc != RC_OK)
		return rc;
	if (import->more)
		return show(import, "import.too_many");
	if (form_raw(request->form, "go")[0] == '\0')
		return show(import, NULL);
	return import->fine == 0 ? show(import, "import.none_fine") : create(import);
}
