/*
 * admin_account_form.c: a new account, and what is true of one: name, title, employer, unit, roles,
 * term, substitute. Employer and role are apart: a post office's clerk may receive dossiers, and the
 * commune's may carry results. Which procedures are a clerk's own is chosen where the catalogue is, at
 * the counter's pages.
 */
#include "admin/admin_accounts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "store/session.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{"name", FIELD_LINE, true, 1, 100, NULL, "account.name"},
	{"job", FIELD_LINE, false, 0, 100, NULL, "account.job"},
	{"employer", FIELD_CHOICE, false, 0, 0, "commune|vertical|post|business", "account.employer"},
	{"unit", FIELD_LINE, false, 0, 100, NULL, "account.unit"},
	{"starts", FIELD_DATE, false, 0, 0, NULL, "account.starts"},
	{"ends", FIELD_DATE, false, 0, 0, NULL, "account.ends"},
	{"substitute", FIELD_LINE, false, 0, 47, NULL, "account.substitute"},
	{"login", FIELD_LINE, true, 3, 40, NULL, "account.login"},
};
/* The login is chosen once: papers and logs name it by its id, people by what they know. */
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

bool admin_login_good(const char *login)
{
	return strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(login) &&
			islower((unsigned char)login[0]);
}

static unsigned asked_roles(const struct web *web, struct pool *pool, const struct form *form)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < admin_role_count; i++)
		if (admin_role_offered(web, i) && *form_raw(form, pool_printf(pool, "role_%s",
				admin_role_list[i].name)) != '\0')
			bits |= admin_role_list[i].bit;
	return bits;
}

/* Local midnight of a date of the form, plus days; 0 for none. */
static int64_t day_of(const char *text, int days)
{
	struct when_local local = {0};
	int64_t at = 0;

	if (*text == '\0' ||
			when_parse_date(text, &local.year, &local.month, &local.day) != RC_OK ||
			when_from_local(&local, &at) != RC_OK)
		return 0;
	return at + days * WHEN_DAY_MS;
}

static const char *date_of(struct pool *pool, int64_t at_ms)
{
	return at_ms != 0 ? show_date(pool, at_ms) : "";
}

struct page {
	struct web *web;
	struct request *request;
	struct response *response;
	struct account before;		/* of an account that is changed; id "" for a new one */
};

static enum rc show_substitutes(struct page *page, struct view *view, const char *chosen)
{
	struct account *rows = NULL;
	size_t count = 0, i;
	enum rc rc = account_list(page->web->store, page->request->pool, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (strcmp(rows[i].id, page->before.id) == 0 || (rows[i].locked &&
				strcmp(rows[i].id, chosen) != 0))
			continue;
		item = view_item(view, "others");
		view_set(item, "value", rows[i].id);
		view_set(item, "words", pool_printf(page->request->pool, "%s%s%s", rows[i].name,
				*rows[i].title != '\0' ? ", " : "", rows[i].title));
		view_flag(item, "chosen", strcmp(rows[i].id, chosen) == 0);
	}
	return rc;
}

static void show_roles(struct page *page, struct view *view, unsigned bits)
{
	struct view *item;
	size_t i;

	for (i = 0; i < admin_role_count; i++) {
		if (!admin_role_offered(page->web, i))
			continue;
		item = view_item(view, "roles_offered");
		view_set(item, "value", admin_role_list[i].name);
		view_set(item, "words", text_get(pool_printf(page->request->pool, "role.%s",
				admin_role_list[i].name)));
		view_flag(item, "checked", (bits & admin_role_list[i].bit) != 0);
	}
}

static void show_before(struct page *page, struct view *view)
{
	struct pool *pool = page->request->pool;
	const struct account *account = &page->before;

	view_set(view, "name", account->name);
	view_set(view, "job", account->title);
	view_set(view, "unit", account->unit);
	view_flag(view, pool_printf(pool, "employer_is_%s", account->employer), true);
	view_set(view, "starts", date_of(pool, account->starts_at));
	view_set(view, "ends", account->ends_at != 0 ? date_of(pool, account->ends_at - 1) : "");
}

static enum rc show(struct page *page)
{
	struct request *request = page->request;
	bool again = request->method == METHOD_POST, changes = page->before.id[0] != '\0';
	struct view *view = view_new(request->pool);
	const char *substitute = changes ? page->before.substitute : "";
	unsigned bits = changes ? page->before.roles : 0;
	enum rc rc;

	view_set(view, "title", text_get(changes ? "account.edit" : "account.add"));
	view_flag(view, "at_accounts", true);
	view_set(view, "action", changes ? pool_printf(request->pool, "/tai-khoan/%s", page->before.id) :
			"/tai-khoan/moi");
	if (changes)
		show_before(page, view);
	if (again) {
		bits = asked_roles(page->web, request->pool, request->form);
		substitute = form_raw(request->form, "substitute");
		form_show(request->form, fields, field_count, view);
		page->response->status = 422;
	}
	view_flag(view, "changes", changes);
	if (changes) {
		view_set(view, "login", page->before.login);
		view_set(view, "id", page->before.id);
		view_flag(view, "otp", page->before.otp);
	}
	show_roles(page, view, bits);
	rc = show_substitutes(page, view, substitute);
	return rc == RC_OK ? web_page(page->web, request, page->response, "admin/account_form", view) :
			rc;
}

/* Fills *out from the form; faults stay in the form. */
static enum rc read_form(struct page *page, struct account *out)
{
	struct form *form = page->request->form;
	bool changes = page->before.id[0] != '\0';
	struct account other;
	enum rc rc = form_check(form, fields, changes ? field_count - 1 : field_count);

	out->roles = asked_roles(page->web, page->request->pool, form);
	if (out->roles == 0)
		form_fault(form, "roles", "account.roles_none");
	if (rc == RC_OK && !changes && !admin_login_good(form_text(form, "login")))
		form_fault(form, "login", "account.login_form");
	if (rc != RC_OK)
		return rc;
	out->login = changes ? page->before.login : form_text(form, "login");
	out->name = form_text(form, "name");
	out->title = form_text(form, "job");
	out->employer = form_text(form, "employer");
	out->unit = form_text(form, "unit");
	out->substitute = form_text(form, "substitute");
	out->procedures = changes ? page->before.procedures : "";
	out->starts_at = day_of(form_text(form, "starts"), 0);
	out->ends_at = day_of(form_text(form, "ends"), 1);
	out->must_change = true;
	if ((out->roles & ROLE_SIGNER) != 0 && out->title[0] == '\0')
		form_fault(form, "job", "account.signer_title");
	if (out->ends_at != 0 && out->ends_at <= out->starts_at)
		form_fault(form, "ends", "account.ends_early");
	if (out->substitute[0] != '\0' && (strcmp(out->substitute, page->before.id) == 0 ||
			account_by_id(page->web->store, page->request->pool, out->substitute, &other) != RC_OK))
		form_fault(form, "substitute", "account.substitute_wrong");
	/* The last door: who manages may not end or give away his own right to do so. */
	if (changes && strcmp(page->before.id, page->request->session->account.id) == 0 &&
			((out->roles & ROLE_MANAGER) == 0 || out->ends_at != 0 ||
			out->starts_at > page->request->now_ms))
		form_fault(form, "roles", "account.self_manager");
	return form_has_faults(form) ? RC_INVALID : RC_OK;
}

static enum rc add(struct page *page, const struct account *values)
{
	struct request *request = page->request;
	const char *form_id = form_raw(request->form, "form_id");
	struct account account = {0};
	char password[20];
	enum rc rc = strlen(form_id) == 32 ? RC_OK : RC_INVALID;

	if (rc != RC_OK)
		return rc;
	admin_accounts_password(request->session->csrf, form_id, password);
	/* The second of two taps finds what the first one made. */
	rc = account_of_form(page->web->store, form_id, account.id);
	if (rc == RC_OK)
		rc = account_by_id(page->web->store, request->pool, account.id, &account);
	else if (rc == RC_NOT_FOUND)
		rc = account_create(page->web->store, request->pool, values, password,
				request->session->account.id, form_id, &account);
	if (rc == RC_CONFLICT) {
		form_fault(request->form, "login", "account.login_taken");
		return show(page);
	}
	if (rc != RC_OK)
		return rc;
	log_info("account added account=%s by=%s", account.id, request->session->account.id);
	rc = admin_accounts_show(page->web, request, page->response, account.login,
			account.must_change ? pool_strdup(request->pool, password) : NULL);
	memset(password, 0, sizeof(password));
	return rc;
}

enum rc admin_accounts_add(struct web *web, struct request *request, struct response *response)
{
	struct page page = {.web = web, .request = request, .response = response};
	struct account values = {.id = ""};
	char made[48];
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(&page);
	rc = read_form(&page, &values);
	if (rc == RC_INVALID && strlen(form_raw(request->form, "form_id")) == 32 &&
			account_of_form(web->store, form_raw(request->form, "form_id"), made) == RC_OK)
		rc = RC_OK;
	return rc == RC_INVALID ? show(&page) : rc != RC_OK ? rc : add(&page, &values);
}

enum rc admin_accounts_edit(struct web *web, struct request *request, struct response *response)
{
	struct page page = {.web = web, .request = request, .response = response};
	struct account values = {.id = ""};
	enum rc rc = account_by_id(web->store, request->pool, request->params[0], &page.before);

	if (rc != RC_OK || request->method != METHOD_POST)
		return rc == RC_OK ? show(&page) : rc;
	rc = read_form(&page, &values);
	if (rc == RC_INVALID)
		return show(&page);
	if (rc == RC_OK)
		rc = account_edit(web->store, page.before.id, &values, request->session->account.id);
	/* Outside the term nobody goes on working in a session that stands open. */
	if (rc == RC_OK && ((values.ends_at != 0 && values.ends_at <= request->now_ms) ||
			values.starts_at > request->now_ms))
		rc = session_end_account(web->store, page.before.id);
	if (rc != RC_OK)
		return rc;
	log_info("account changed account=%s by=%s", page.before.id, request->session->account.id);
	response_see_other(response, "/tai-khoan");
	return RC_OK;
}
