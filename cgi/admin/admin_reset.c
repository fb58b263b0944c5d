/*
 * admin_reset.c: what opens somebody's account to another: a new password (/tai-khoan/:id/mat-khau), and
 * the second factor taken away (/bo-ma). Whoever could do it alone could work in her name: a second
 * person stands for it.
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

struct opening { const char *suffix, *title, *text, *second, *go; };
static const struct opening password = { "mat-khau", "account.reset_title", "account.reset_text",
	"account.reset_second", "account.reset_go" };
static const struct opening factor = { "bo-ma", "otp.off", "otp.off_text", "otp.off_second", "otp.off" };

static enum rc ask(struct web *web, struct request *request, struct response *response,
		const struct account *account, const struct opening *of)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get(of->title));
	view_set(view, "text", text_get(of->text));
	view_set(view, "go", text_get(of->go));
	view_flag(view, "at_accounts", true);
	view_set(view, "name", account->name);
	view_set(view, "login", account->login);
	view_set(view, "action", pool_printf(request->pool, "/tai-khoan/%s/%s", account->id,
			of->suffix));
	view_flag(view, "second", true);
	view_flag(view, "second_always", true);
	view_set(view, "second_text", text_get(of->second));
	if (request->method == METHOD_POST) {
		form_show(request->form, second_fields, SECOND_FIELDS, view);
		view_set(view, "second_password", "");
		view_set(view, "second_code", "");
		response->status = 422;
	}
	return web_page(web, request, response, "admin/reset", view);
}

/* Answered at once and not by a redirect: the password stands in no URL and in no session. It comes
 * from the form's id, so that a second tap finds the same one. */
static enum rc give(struct web *web, struct request *request, struct response *response,
		const struct account *account, const char *second)
{
	const char *form_key = pool_printf(request->pool, "%s %s", form_raw(request->form, "form_id"),
			account->id);
	char made[20];
	enum rc rc;

	admin_accounts_password(request->session->csrf, form_key, made);
	rc = account_reset(web->store, account->id, made, request->session->account.id, form_key);
	if (rc == RC_OK) {
		log_info("password reset account=%s by=%s second=%s", account->id,
				request->session->account.id, second);
		rc = session_end_account(web->store, account->id);
	}
	if (rc == RC_EXISTS)
		rc = RC_OK;
	if (rc == RC_OK)
		rc = admin_accounts_show(web, request, response, account->login,
				pool_strdup(request->pool, made));
	memset(made, 0, sizeof(made));
	return rc;
}

/* Another person than both stands for it. RC_INVALID: the fault stands in the form. */
static enum rc check(struct web *web, struct request *request, const struct account *account,
		struct account *second)
{
	enum rc rc = form_check(request->form, second_fields, SECOND_FIELDS);

	if (rc == RC_OK && strcmp(form_text(request->form, "second_login"), account->login) == 0) {
		form_fault(request->form, "second_login", "correct.second_role");
		return RC_INVALID;
	}
	if (rc == RC_OK)
		rc = second_check(web, request, ROLES_SECOND, second);
	/* Nobody stands for his own account, however the name was written. */
	if (rc == RC_OK && strcmp(second->id, account->id) == 0) {
		form_fault(request->form, "second_login", "correct.second_role");
		rc = RC_INVALID;
	}
	return rc;
}

enum rc admin_accounts_reset(struct web *web, struct request *request, struct response *response)
{
	struct account account, second;
	enum rc rc = admin_accounts_other(web, request, &account);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return ask(web, request, response, &account, &password);
	if (strlen(form_raw(request->form, "form_id")) != 32)
		return RC_INVALID;
	rc = check(web, request, &account, &second);
	if (rc == RC_INVALID)
		return ask(web, request, response, &account, &password);
	return rc == RC_OK ? give(web, request, response, &account, second.id) : rc;
}

enum rc admin_otp_end(struct web *web, struct request *request, struct response *response)
{
	const char *own = request->session->account.id;
	struct account account, second;
	enum rc rc = admin_accounts_other(web, request, &account);

	if (rc != RC_OK)
		return rc;
	/* Done already, by a second tap or by another manager. */
	if (!account.otp) {
		response_see_other(response, "/tai-khoan");
		return RC_OK;
	}
	if (request->method != METHOD_POST)
		return ask(web, request, response, &account, &factor);
	rc = check(web, request, &account, &second);
	if (rc == RC_INVALID)
		return ask(web, request, response, &account, &factor);
	if (rc == RC_OK)
		rc = account_otp_end(web->store, account.id, own);
	if (rc == RC_OK)
		rc = session_end_account(web->store, account.id);
	if (rc != RC_OK)
		return rc;
	log_info("second factor off account=%s by=%s second=%s", account.id, own, second.id);
	response_see_other(response, "/tai-khoan");
	return RC_OK;
}
