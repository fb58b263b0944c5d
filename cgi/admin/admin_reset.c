/*
 * admin_reset.c: /tai-khoan/:id/mat-khau: a new password for somebody who cannot enter any more. Whoever
 * could give himself another's password alone could work in her name: a second person stands for it.
 */
#include "admin/admin_accounts.h"

#include <string.h>

#include "base/log.h"
#include "store/session.h"
#include "web/form.h"
#include "web/second.h"
#include "web/text_vi.h"

/* Where there is one manager, the technician or who signs can be the second. */
#define ROLES_SECOND (ROLE_MANAGER | ROLE_TECHNICIAN | ROLE_SIGNER | ROLE_APPROVER | ROLE_OFFICER)

static enum rc
ask(struct web *web, struct request *request, struct response *response,
		const struct account *account)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("account.reset_title"));
	view_flag(view, "at_accounts", true);
	view_set(view, "name", account->name);
	view_set(view, "login", account->login);
	view_set(view, "action", pool_printf(request->pool, "/tai-khoan/%s/mat-khau", account->id));
	view_flag(view, "second", true);
	view_flag(view, "second_always", true);
	view_set(view, "second_text", text_get("account.reset_second"));
	if (request->method == METHOD_POST) {
		form_show(request->form, second_fields, SECOND_FIELDS, view);
		view_set(view, "second_password", "");
		response->status = 422;
	}
	return web_page(web, request, response, "admin/reset", view);
}

/* Answered at once and not by a redirect: the password stands in no URL and in no session. It comes
 * from the form's id, so that a second tap finds the same one. */
static enum rc
give(struct web *web, struct request *request, struct response *response,
		const struct account *account, const char *second)
{
	const char *form_key = pool_printf(request->pool, "%s %s", form_raw(request->form, "form_id"),
			account->id);
	char password[20];
	enum rc rc;

	admin_accounts_password(request->session->csrf, form_key, password);
	rc = account_reset(web->store, account->id, password, request->session->account.id, form_key);
	if (rc == RC_OK) {
		log_info("password reset account=%s by=%s second=%s", account->id,
				request->session->account.id, second);
		rc = session_end_account(web->store, account->id);
	}
	if (rc == RC_EXISTS)
		rc = RC_OK;
	if (rc == RC_OK)
		rc = admin_accounts_show(web, request, response, account->login,
				pool_strdup(request->pool, password));
	memset(password, 0, sizeof(password));
	return rc;
}

enum rc
admin_accounts_reset(struct web *web, struct request *request, struct response *response)
{
	struct account account, second;
	enum rc rc = admin_accounts_other(web, request, &account);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return ask(web, request, response, &account);
	if (strlen(form_raw(request->form, "form_id")) != 32)
		return RC_INVALID;
	rc = form_check(request->form, second_fields, SECOND_FIELDS);
	if (rc == RC_OK)
		rc = second_check(web, request, ROLES_SECOND, &second);
	/* Nobody stands for his own new password. */
	if (rc == RC_OK && strcmp(second.id, account.id) == 0) {
		form_fault(request->form, "second_login", "correct.second_role");
		rc = RC_INVALID;
	}
	if (rc == RC_INVALID)
		return ask(web, request, response, &account);
	return rc == RC_OK ? give(web, request, response, &account, second.id) : rc;
}
