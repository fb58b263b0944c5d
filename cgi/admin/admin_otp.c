/*
 * admin_otp.c: /ma-mot-lan, the own second factor of a manager or technician; another manager takes it
 * away from who lost the telephone. The key is shown in one answer and never again.
 */
#include "admin/admin.h"

#include <string.h>

#include "base/log.h"
#include "store/account.h"
#include "store/session.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{"code", FIELD_LINE, true, 1, 7, NULL, "otp.code"},
};

static enum rc show(struct web *web, struct request *request, struct response *response, bool on,
		bool first, const uint8_t *key)
{
	struct view *view = view_new(request->pool);
	char base32[HOTP_KEY_SIZE * 8 / 5 + 2] = "";

	view_set(view, "title", text_get("otp.title"));
	view_flag(view, "at_otp", true);
	view_flag(view, "on", on);
	view_flag(view, "off", !on && !first);
	view_flag(view, "first", first);
	if (key != NULL) {
		hotp_base32(key, HOTP_KEY_SIZE, base32);
		view_set(view, "key", pool_strdup(request->pool, base32));
		view_svg(view, "qr", show_qr_svg(request->pool, pool_printf(request->pool,
				"otpauth://hotp/Tram:%s?secret=%s&issuer=Tram&counter=0&digits=6",
				request->session->account.login, base32)));
		memset(base32, 0, sizeof(base32));
	}
	if (request->form != NULL && form_has_faults(request->form)) {
		form_show(request->form, fields, 1, view);
		view_set(view, "code", "");
		response->status = 422;
	}
	return web_page(web, request, response, "admin/otp", view);
}

enum rc admin_otp(struct web *web, struct request *request, struct response *response)
{
	struct account account;
	uint8_t key[HOTP_KEY_SIZE];
	enum rc rc = account_by_id(web->store, request->pool, request->session->account.id, &account);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST || account.otp)
		return show(web, request, response, account.otp, false, NULL);
	if (form_raw(request->form, "begin")[0] != '\0') {
		rc = account_otp_begin(web->store, account.id, key);
		if (rc == RC_OK)
			rc = show(web, request, response, false, true, key);
		memset(key, 0, sizeof(key));
		return rc;
	}
	rc = form_check(request->form, fields, 1);
	if (rc == RC_OK)
		rc = account_otp_check(web->store, account.id, form_text(request->form, "code"), true);
	if (rc == RC_DENIED)
		form_fault(request->form, "code", "otp.wrong");
	if (rc == RC_DENIED || rc == RC_INVALID)
		return show(web, request, response, false, true, NULL);
	if (rc != RC_OK)
		return rc;
	log_info("second factor on account=%s", account.id);
	response_see_other(response, "/ma-mot-lan");
	return RC_OK;
}
