/*
 * login.c: see login.h. Knows accounts and sessions, no dossier.
 */
#include "web/login.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/account.h"
#include "store/session.h"
#include "web/form.h"
#include "web/text_vi.h"

#define PASSWORD_MAX 200

static const struct field enter_fields[] = {
	{"login", FIELD_LINE, true, 1, 60, NULL, "login.name"},
	{"password", FIELD_PASSWORD, true, 1, PASSWORD_MAX, NULL, "login.password"},
};
static const size_t enter_count = sizeof(enter_fields) / sizeof(enter_fields[0]);

static const struct field change_fields[] = {
	{"old", FIELD_PASSWORD, true, 1, PASSWORD_MAX, NULL, "password.old"},
	{"new", FIELD_PASSWORD, true, 1, PASSWORD_MAX, NULL, "password.new"},
	{"again", FIELD_PASSWORD, true, 1, PASSWORD_MAX, NULL, "password.again"},
};
static const size_t change_count = sizeof(change_fields) / sizeof(change_fields[0]);

const char *login_next(const char *path)
{
	const char *at;

	if (path == NULL || path[0] != '/' || path[1] == '/' || strlen(path) > 200)
		return "";
	for (at = path; *at != '\0'; at++)
		if (*at <= ' ' || *at >= 0x7f || *at == '\\')
			return "";
	return path;
}

const char *login_password_fault(const struct settings *settings, const char *password, const char *login,
		bool second_factor)
{
	int64_t least = second_factor ? settings->password_min_factor : settings->password_min;
	bool lower = false, upper = false, digit = false, other = false;
	const char *at;
	size_t len = strlen(login);

	for (at = password; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;

		if (islower(c))
			lower = true;
		else if (isupper(c))
			upper = true;
		else if (isdigit(c))
			digit = true;
		else
			other = true;
	}
	if ((int64_t)text_chars(password) < least)
		return "password.short";
	if (lower + upper + digit + other < settings->password_classes)
		return "password.classes";
	for (at = password; len > 0 && strlen(at) >= len; at++)
		if (strncmp(at, login, len) == 0)
			return "password.holds_name";
	return NULL;
}

/* The page with what was typed (never the password) and where to go on. */
static enum rc show_enter(struct web *web, struct request *request, struct response *response,
		const char *next, const char *fault, int64_t wait_s)
{
	struct view *view = view_new(request->pool);
	struct form *form = request->form;
	char page[64];

	view_set(view, "title", text_get("login.title"));
	view_set(view, "next", next);
	if (request->session != NULL && request->session->locked) {
		view_flag(view, "locked", true);
		view_set(view, "locked_name", request->session->account.name);
		view_set(view, "login", request->session->account.login);
	}
	if (request->method == METHOD_POST) {
		if (fault != NULL)
			form_fault(form, "login", fault);
		form_show(form, enter_fields, enter_count, view);
		view_set(view, "password", "");
		response->status = wait_s > 0 ? 429 : 422;
	}
	if (wait_s > 0) {
		view_flag(view, "wait", true);
		view_int(view, "wait_minutes", (wait_s + 59) / 60);
	}
	(void)snprintf(page, sizeof(page), "%s/login", web->program);
	return web_page(web, request, response, page, view);
}

/* The old session of this browser ends, or rests where a colleague comes back to her tablet. */
static enum rc let_in(struct web *web, struct request *request, struct response *response,
		const struct account *account, const char *next)
{
	enum rc rc;

	if (request->session != NULL) {
		rc = request->session->device[0] != '\0' &&
				strcmp(request->session->account.id, account->id) != 0 ?
				session_set_locked(web->store, request->session, true) :
				session_end(web->store, request->session);
		if (rc != RC_OK)
			return rc;
	}
	if (account->must_change)
		next = LOGIN_PASSWORD_PATH;
	return web_login(web, request, response, account, next);
}

/* The password was right: the code of the second factor is asked for on a page of its own. */
static enum rc show_code(struct web *web, struct request *request, struct response *response,
		const char *token, const char *fault)
{
	static const struct field field = {"code", FIELD_LINE, true, 1, 20, NULL, "otp.code"};
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("otp.ask"));
	view_set(view, "token", token);
	if (fault != NULL) {
		form_fault(request->form, "code", fault);
		form_show(request->form, &field, 1, view);
		view_set(view, "code", "");
		response->status = 422;
	}
	return web_page(web, request, response, "otp", view);
}

static enum rc ask_code(struct web *web, struct request *request, struct response *response,
		const struct account *account, const char *next)
{
	char *token = pool_alloc(request->pool, 33);
	enum rc rc = account_otp_wait(web->store, web->program, account->id, next, token);

	return rc == RC_OK ? show_code(web, request, response, token, NULL) : rc;
}

static enum rc enter_code(struct web *web, struct request *request, struct response *response)
{
	const char *token = form_raw(request->form, "cho"), *typed = form_raw(request->form, "code");
	struct account account;
	char code[HOTP_DIGITS + 2] = "", *next = NULL;
	size_t len = 0;
	enum rc rc;

	for (; *typed != '\0' && len <= HOTP_DIGITS; typed++)
		if (*typed != ' ')
			code[len++] = *typed;
	rc = account_otp_enter(web->store, request->pool, web->program, token, code, request->device,
			&account, &next);
	if (rc == RC_DENIED)
		return show_code(web, request, response, token, "otp.wrong");
	if (rc == RC_NOT_FOUND)
		return show_enter(web, request, response, "", "otp.over", 0);
	if (rc == RC_CONFLICT)
		return show_enter(web, request, response, "", "login.locked", 0);
	return rc == RC_OK ? let_in(web, request, response, &account, next) : rc;
}

static enum rc enter(struct web *web, struct request *request, struct response *response, unsigned roles,
		const char *next)
{
	struct form *form = request->form;
	struct account account;
	int64_t wait_s = 0;
	enum rc rc;

	if (form_check(form, enter_fields, enter_count) != RC_OK)
		return show_enter(web, request, response, next, NULL, 0);
	rc = account_login(web->store, request->pool, form_text(form, "login"),
			form_text(form, "password"), request->device, &account, &wait_s);
	if (rc == RC_DENIED)
		return show_enter(web, request, response, next, "login.wrong", 0);
	if (rc == RC_BUSY && wait_s > 0)
		return show_enter(web, request, response, next, "login.wait_fault", wait_s);
	if (rc == RC_BUSY) {
		rc = show_enter(web, request, response, next, "login.busy", 0);
		response->status = 503;
		response_header(response, "Retry-After", "1");
		return rc;
	}
	if (rc == RC_CONFLICT)
		return show_enter(web, request, response, next, "login.locked", 0);
	if (rc != RC_OK)
		return rc;
	if ((account.roles & roles) == 0) {
		log_warn("login without a role here account=%s program=%s", account.id,
				web->program);
		return show_enter(web, request, response, next, "login.no_role", 0);
	}
	if (account.otp)
		return ask_code(web, request, response, &account, next);
	return let_in(web, request, response, &account, next);
}

enum rc login_enter(struct web *web, struct request *request, struct response *response, unsigned roles)
{
	const char *next;

	if (request->method == METHOD_POST && form_raw(request->form, "cho")[0] != '\0')
		return enter_code(web, request, response);
	if (request->method == METHOD_POST) {
		next = login_next(form_raw(request->form, "tiep"));
		return enter(web, request, response, roles, *next != '\0' ? next : "/");
	}
	next = login_next(request_query(request, "tiep"));
	if (request->session != NULL && !request->session->locked) {
		response_see_other(response, *next != '\0' ? next : "/");
		return RC_OK;
	}
	return show_enter(web, request, response, next, NULL, 0);
}

enum rc login_lock(struct web *web, struct request *request, struct response *response)
{
	enum rc rc = session_set_locked(web->store, request->session, true);

	if (rc == RC_OK)
		response_see_other(response, LOGIN_PATH);
	return rc;
}

bool login_must_change(struct request *request, struct response *response)
{
	if (request->session == NULL || !request->session->account.must_change)
		return false;
	response_see_other(response, LOGIN_PASSWORD_PATH);
	return true;
}

static enum rc show_change(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	char page[64];

	struct account account;
	enum rc rc = account_by_id(web->store, request->pool, request->session->account.id, &account);

	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("password.title"));
	view_set(view, "hint", text_fill(request->pool, web->settings->password_classes == 4 ?
			"password.hint" : "password.hint_classes", pool_printf(request->pool, "%d",
			(int)(account.otp ? web->settings->password_min_factor : web->settings->password_min)),
			pool_printf(request->pool, "%d", (int)web->settings->password_classes), NULL));
	view_flag(view, "must_change", request->session->account.must_change);
	if (request->method == METHOD_POST) {
		form_show(request->form, change_fields, change_count, view);
		view_set(view, "old", "");
		view_set(view, "new", "");
		view_set(view, "again", "");
		response->status = 422;
	}
	(void)snprintf(page, sizeof(page), "%s/password", web->program);
	return web_page(web, request, response, page, view);
}

/* Faults of the three fields; the old password is asked again although the session is open: an
 * unwatched tablet must not give the account away. */
static enum rc check_change(struct web *web, struct request *request)
{
	struct form *form = request->form;
	const struct account *own = &request->session->account;
	struct account account;
	const char *fault;
	int64_t wait_s = 0;
	enum rc rc;

	if (form_check(form, change_fields, change_count) != RC_OK)
		return RC_INVALID;
	rc = account_by_id(web->store, request->pool, own->id, &account);
	if (rc != RC_OK)
		return rc;
	fault = login_password_fault(web->settings, form_text(form, "new"), own->login, account.otp);
	if (fault == NULL && strcmp(form_text(form, "new"), form_text(form, "old")) == 0)
		fault = "password.same";
	if (fault != NULL)
		form_fault(form, "new", fault);
	if (strcmp(form_text(form, "new"), form_text(form, "again")) != 0)
		form_fault(form, "again", "password.differ");
	if (form_has_faults(form))
		return RC_INVALID;
	rc = account_login(web->store, request->pool, own->login, form_text(form, "old"),
			request->device, &account, &wait_s);
	if (rc == RC_DENIED || rc == RC_BUSY || rc == RC_CONFLICT) {
		form_fault(form, "old", rc == RC_DENIED ? "password.old_wrong"
				: rc == RC_BUSY && wait_s == 0 ? "login.busy" : "login.wait_fault");
		return RC_INVALID;
	}
	return rc;
}

enum rc login_password(struct web *web, struct request *request, struct response *response)
{
	struct account account;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show_change(web, request, response);
	rc = check_change(web, request);
	if (rc == RC_INVALID)
		return show_change(web, request, response);
	if (rc == RC_OK)
		rc = account_set_password(web->store, request->session->account.id,
				form_text(request->form, "new"), false, request->session->account.id);
	if (rc == RC_OK)
		rc = session_end_account(web->store, request->session->account.id);
	if (rc == RC_OK)
		rc = account_by_id(web->store, request->pool, request->session->account.id, &account);
	if (rc == RC_OK)
		rc = web_login(web, request, response, &account, "/");
	return rc;
}
