/*
 * admin_accounts.c: who may work at this point: list, add, lock, and a new password that is shown
 * once and must be changed at the next login.
 */
#include "admin/admin.h"

#include <ctype.h>
#include <string.h>

#include "base/log.h"
#include "crypt/random.h"
#include "store/account.h"
#include "web/form.h"
#include "web/text_vi.h"

#define GROUPS 4
#define GROUP 4

/* The roles a manager may give, in the order of the page. Officers belong to the province. */
static const struct {
	const char *name;	/* field "role_<name>", text key "role.<name>" */
	unsigned bit;
} roles[] = {
	{"intake", ROLE_INTAKE}, {"returner", ROLE_RETURNER}, {"cashier", ROLE_CASHIER},
	{"scanner", ROLE_SCANNER}, {"guide", ROLE_GUIDE}, {"specialist", ROLE_SPECIALIST},
	{"signer", ROLE_SIGNER}, {"approver", ROLE_APPROVER}, {"clerk_seal", ROLE_CLERK_SEAL},
	{"manager", ROLE_MANAGER}, {"technician", ROLE_TECHNICIAN}, {"officer", ROLE_OFFICER},
};
static const size_t role_count = sizeof(roles) / sizeof(roles[0]);

static const struct field add_fields[] = {
	{"login", FIELD_LINE, true, 3, 40, NULL, "account.login"},
	{"name", FIELD_LINE, true, 1, 100, NULL, "account.name"},
	{"job", FIELD_LINE, false, 0, 100, NULL, "account.job"},
};
static const size_t add_count = sizeof(add_fields) / sizeof(add_fields[0]);

static bool
offered(const struct web *web, size_t role)
{
	bool center = web->settings->side == SIDE_CENTER;

	return roles[role].bit == ROLE_OFFICER ? center : !center ||
			roles[role].bit == ROLE_MANAGER || roles[role].bit == ROLE_TECHNICIAN;
}

void
admin_accounts_password(char *out)
{
	static const char lower[] = "abcdefghijkmnpqrstuvwxyz";
	static const char upper[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
	static const char digit[] = "23456789";
	static const char any[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	size_t at = 0;
	int group, i;

	for (group = 0; group < GROUPS; group++) {
		if (group > 0)
			out[at++] = '-';
		for (i = 0; i < GROUP; i++)
			out[at++] = any[random_below(sizeof(any) - 1)];
	}
	out[at] = '\0';
	/* One of each class, whatever the dice said; in different groups. */
	out[random_below(GROUP)] = upper[random_below(sizeof(upper) - 1)];
	out[5 + random_below(GROUP)] = lower[random_below(sizeof(lower) - 1)];
	out[10 + random_below(GROUP)] = digit[random_below(sizeof(digit) - 1)];
}

static const char *
roles_words(struct pool *pool, unsigned bits)
{
	const char *words = "";
	size_t i;

	for (i = 0; i < role_count; i++)
		if ((bits & roles[i].bit) != 0)
			words = pool_printf(pool, "%s%s%s", words, *words != '\0' ? ", " : "",
					text_get(pool_printf(pool, "role.%s", roles[i].name)));
	return words;
}

/* The list; once the new password of one account. */
static enum rc
show_list(struct web *web, struct request *request, struct response *response,
		const char *once_login, const char *once_password)
{
	struct view *view = view_new(request->pool);
	struct account *rows = NULL;
	struct view *item;
	size_t count = 0, i;
	enum rc rc;

	rc = account_list(web->store, request->pool, &rows, &count);
	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("account.list"));
	view_flag(view, "at_accounts", true);
	view_set(view, "once_login", once_login);
	view_set(view, "once_password", once_password);
	for (i = 0; i < count; i++) {
		item = view_item(view, "rows");
		view_set(item, "id", rows[i].id);
		view_set(item, "login", rows[i].login);
		view_set(item, "name", rows[i].name);
		view_set(item, "job", rows[i].title);
		view_set(item, "roles", roles_words(request->pool, rows[i].roles));
		view_flag(item, "locked", rows[i].locked);
		view_flag(item, "ended", rows[i].ends_at != 0 &&
				rows[i].ends_at < request->now_ms);
		view_flag(item, "must_change", rows[i].must_change);
		view_flag(item, "self", strcmp(rows[i].id, request->session->account.id) == 0);
	}
	return web_page(web, request, response, "admin/accounts", view);
}

enum rc
admin_accounts(struct web *web, struct request *request, struct response *response)
{
	return show_list(web, request, response, NULL, NULL);
}

static unsigned
asked_roles(const struct web *web, struct pool *pool, const struct form *form)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < role_count; i++)
		if (offered(web, i) && *form_raw(form, pool_printf(pool, "role_%s",
				roles[i].name)) != '\0')
			bits |= roles[i].bit;
	return bits;
}

static enum rc
show_add(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	unsigned asked = 0;
	struct view *item;
	size_t i;

	view_set(view, "title", text_get("account.add"));
	view_flag(view, "at_accounts", true);
	if (request->method == METHOD_POST) {
		asked = asked_roles(web, request->pool, request->form);
		form_show(request->form, add_fields, add_count, view);
		response->status = 422;
	}
	for (i = 0; i < role_count; i++) {
		if (!offered(web, i))
			continue;
		item = view_item(view, "roles_offered");
		view_set(item, "value", roles[i].name);
		view_set(item, "words", text_get(pool_printf(request->pool, "role.%s",
				roles[i].name)));
		view_flag(item, "checked", (asked & roles[i].bit) != 0);
	}
	return web_page(web, request, response, "admin/account_new", view);
}

/* Small letters, digits, dot and hyphen: what is easily said over the phone. */
static bool
good_login(const char *login)
{
	return strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(login) &&
			islower((unsigned char)login[0]);
}

enum rc
admin_accounts_add(struct web *web, struct request *request, struct response *response)
{
	struct form *form = request->form;
	struct account account;
	char password[20];
	unsigned bits;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show_add(web, request, response);
	rc = form_check(form, add_fields, add_count);
	bits = asked_roles(web, request->pool, form);
	if (rc == RC_OK && !good_login(form_text(form, "login")))
		form_fault(form, "login", "account.login_form");
	if (bits == 0)
		form_fault(form, "roles", "account.roles_none");
	if (rc != RC_OK || form_has_faults(form))
		return show_add(web, request, response);
	admin_accounts_password(password);
	rc = account_add(web->store, request->pool, form_text(form, "login"),
			form_text(form, "name"), form_text(form, "job"), bits, password, &account);
	if (rc == RC_EXISTS || rc == RC_CONFLICT) {
		form_fault(form, "login", "account.login_taken");
		return show_add(web, request, response);
	}
	if (rc == RC_OK)
		rc = account_set_password(web->store, account.id, password, true);
	if (rc != RC_OK)
		return rc;
	log_info("account added account=%s by=%s", account.id, request->session->account.id);
	rc = show_list(web, request, response, account.login,
			pool_strdup(request->pool, password));
	memset(password, 0, sizeof(password));
	return rc;
}

/* The account of params[0]; RC_CONFLICT for the person's own: nobody locks himself out. */
static enum rc
other_account(struct web *web, struct request *request, struct account *out)
{
	enum rc rc = account_by_id(web->store, request->pool, request->params[0], out);

	if (rc == RC_OK && strcmp(out->id, request->session->account.id) == 0)
		rc = RC_CONFLICT;
	return rc;
}

static enum rc
set_locked(struct web *web, struct request *request, struct response *response, bool locked)
{
	struct account account;
	enum rc rc = other_account(web, request, &account);

	if (rc == RC_OK)
		rc = account_set_locked(web->store, account.id, locked);
	if (rc == RC_OK && locked)
		rc = session_end_account(web->store, account.id);
	if (rc != RC_OK)
		return rc;
	log_info("account %s account=%s by=%s", locked ? "locked" : "unlocked", account.id,
			request->session->account.id);
	response_see_other(response, "/tai-khoan");
	return RC_OK;
}

enum rc
admin_accounts_lock(struct web *web, struct request *request, struct response *response)
{
	return set_locked(web, request, response, true);
}

enum rc
admin_accounts_unlock(struct web *web, struct request *request, struct response *response)
{
	return set_locked(web, request, response, false);
}

/* Answered at once and not by a redirect: the password stands in no URL and in no session. A
 * second tap makes another one, and the page shows the one that counts. */
enum rc
admin_accounts_reset(struct web *web, struct request *request, struct response *response)
{
	struct account account;
	char password[20];
	enum rc rc = other_account(web, request, &account);

	admin_accounts_password(password);
	if (rc == RC_OK)
		rc = account_set_password(web->store, account.id, password, true);
	if (rc == RC_OK)
		rc = session_end_account(web->store, account.id);
	if (rc != RC_OK)
		return rc;
	log_info("password reset account=%s by=%s", account.id, request->session->account.id);
	rc = show_list(web, request, response, account.login,
			pool_strdup(request->pool, password));
	memset(password, 0, sizeof(password));
	return rc;
}
