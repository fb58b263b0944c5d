/*
 * web.c: what every page program does alike: render with the frame, say what went wrong, log a
 * person in and out.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "crypt/random.h"
#include "store/device.h"
#include "store/session.h"
#include "web/text_vi.h"
#include "web/web.h"

#define DEVICE_MAX_AGE_S (400 * 24 * 3600)	/* the longest that browsers keep (RFC 6265bis) */

const char *web_cookie(const struct web *web, struct pool *pool, bool device)
{
	const struct settings *settings = web->settings;

	return pool_printf(pool, "tram_%s_%s_%c%s", web->program,
			settings->side == SIDE_BOARD ? settings->board_id : "center",
			settings->mode == MODE_REHEARSAL ? 'r' : 'l', device ? "_dev" : "");
}

enum rc web_page(struct web *web, struct request *request, struct response *response,
		const char *page, struct view *view)
{
	char *form_id = pool_alloc(request->pool, 33);

	random_hex(16, form_id);
	view_set(view, "form_id", form_id);
	view_set(view, "csrf", request->session != NULL ? request->session->csrf : "");
	view_flag(view, "rehearsal", web->settings->mode == MODE_REHEARSAL);
	view_set(view, "station_name", web->settings->station_name);
	if (web->frame != NULL)
		web->frame(web, request, view);
	buf_reset(&response->body);
	return template_render(page, view, &response->body);
}

void web_error_page(struct web *web, struct request *request, struct response *response,
		int status, const char *key)
{
	struct view *view = view_new(request->pool);
	const char *title = text_get(pool_printf(request->pool, "%s.title", key));
	const char *text = text_get(pool_printf(request->pool, "%s.text", key));
	const char *own = pool_printf(request->pool, "%s/error", web->program);

	response->status = status;
	response->sendfile = NULL;
	response->content_type = "text/html; charset=utf-8";
	view_set(view, "title", title);
	view_set(view, "text", text);
	view_int(view, "status", status);
	if (web_page(web, request, response, template_exists(own) ? own : "error", view) == RC_OK)
		return;
	buf_reset(&response->body);
	response->content_type = "text/plain; charset=utf-8";
	buf_printf(&response->body, "%s\n\n%s\n", title, text);
}

enum rc web_login(struct web *web, struct request *request, struct response *response,
		const struct account *account, const char *next)
{
	char device[33], *token = NULL;
	struct device paired = { .hash = "" };
	enum rc rc;

	rc = device_find(web->store, request->pool, request->device, &paired);
	if (rc == RC_OK || rc == RC_NOT_FOUND)
		rc = session_new(web->store, request->pool, web->program, account, paired.hash, &token);
	if (rc != RC_OK)
		return rc;
	response_cookie(response, web_cookie(web, request->pool, false), token, 0);
	if (request->device[0] == '\0') {
		random_hex(16, device);
		rc = account_login_device(web->store, account->id, device);
		if (rc != RC_OK)
			return rc;
	} else {
		snprintf(device, sizeof device, "%s", request->device);
	}
	response_cookie(response, web_cookie(web, request->pool, true), device, DEVICE_MAX_AGE_S);
	log_info("login account=%s program=%s source=%s", account->id, web->program,
			request->remote);
	if (next == NULL || next[0] != '/' || next[1] == '/' || next[1] == '\\' ||
			next[strcspn(next, "\r\n")] != '\0')
		next = "/";
	response_see_other(response, next);
	return RC_OK;
}

enum rc web_logout(struct web *web, struct request *request, struct response *response)
{
	enum rc rc = RC_OK;

	if (request->session != NULL) {
		log_info("logout account=%s program=%s", request->session->account.id,
				web->program);
		rc = session_end(web->store, request->session);
	}
	if (rc != RC_OK)
		return rc;
	response_cookie(response, web_cookie(web, request->pool, false), "", -1);
	/* Not "cookies": that would take the device cookie too, and with it the tablet's protection
	 * from being locked out by a stranger's failed logins. */
	response_header(response, "Clear-Site-Data", "\"cache\", \"storage\"");
	response_see_other(response, web->login_path != NULL ? web->login_path : "/");
	return RC_OK;
}
