/*
 * admin_enrol.c: /noi-tinh: lets this machine be known at the province. The invitation is typed, pasted or
 * read from its QR; the page says which machine and which center it is about, and asks the forwarder, which
 * has the keys, to go there. The code stands in no address and no log.
 */
#include "admin/admin.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "crypt/hash.h"
#include "crypt/token.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ASK_FILE "enrol"	/* in inbox/: forward/join.c takes it away */
#define HERE "/noi-tinh"
#define LOOK_S "2"
/* A name, a proxy, several addresses, each with a deadline. */
#define ASK_WAIT_MS INT64_C(300000)

static const struct field fields[] = {
	{"token", FIELD_LINE, true, 1, 200, NULL, "enrol.token"},
};

static enum rc show_page(struct web *web, struct request *request, struct response *response, struct view *view)
{
	view_set(view, "title", text_get("enrol.title"));
	view_flag(view, "at_enrol", true);
	view_set(view, "board", web->settings->board_id);
	view_set(view, "point", web->settings->point_name);
	view_flag(view, "no_address", web->settings->center_url[0] == '\0');
	return web_page(web, request, response, "admin/enrol", view);
}

/* asked: when the button was pressed, 0: not of late. */
static void show_asked(struct web *web, struct request *request, struct response *response,
		struct view *view, const json_t *health, int64_t asked)
{
	const char *path = pool_printf(request->pool, "%s/" ASK_FILE, web->settings->inbox_dir);
	bool waits = access(path, F_OK) == 0 || json_flag(health, "joining");
	const char *reason = json_text(health, "join_reason"), *key;

	if (asked == 0 || request->now_ms - asked > ASK_WAIT_MS)
		return;
	if (waits || json_int(health, "join_at", 0) < asked) {
		view_flag(view, "asking", true);
		response_header(response, "Refresh", LOOK_S);
		return;
	}
	if (*reason == '\0') {
		view_flag(view, "joined", true);
		return;
	}
	key = pool_printf(request->pool, "enrol.why.%s", reason);
	view_set(view, "failed", text_get(text_known(key) ? key : "enrol.why.other"));
	view_set(view, "reason", pool_strdup(request->pool, reason));
}

static enum rc show(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	json_t *health = admin_health_read(web, request->pool);
	int64_t asked = 0;
	enum rc rc;

	if (num_parse(request_query(request, "tu"), 1, INT64_MAX, &asked) != RC_OK)
		asked = 0;
	if (request->method == METHOD_POST) {
		form_show(request->form, fields, 1, view);
		response->status = 422;
	}
	view_flag(view, "stale", health == NULL || request->now_ms - json_int(health, "at", 0) >
			ADMIN_HEALTH_STALE_MS);
	if (json_int(health, "cert_until", 0) > 0) {
		view_flag(view, "enrolled", true);
		view_set(view, "until", show_date(request->pool, json_int(health, "cert_until", 0)));
	}
	show_asked(web, request, response, view, health, asked);
	json_decref(health);
	rc = show_page(web, request, response, view);
	return rc;
}

/* Which machine, which center: to be compared before anything is sent. */
static enum rc confirm(struct web *web, struct request *request, struct response *response,
		const struct token *token)
{
	struct view *view = view_new(request->pool);
	char groups[HASH_GROUPS_MAX];

	hash_groups(token->ca, groups);
	view_flag(view, "confirm", true);
	view_set(view, "groups", pool_strdup(request->pool, groups));
	view_set(view, "token", form_text(request->form, "token"));
	view_set(view, "address", web->settings->center_url);
	return show_page(web, request, response, view);
}

static enum rc ask(struct web *web, struct request *request, struct response *response, const char *typed)
{
	enum rc rc = file_put(web->settings->inbox_dir, ASK_FILE, typed, strlen(typed), 0660);

	if (rc != RC_OK)
		return rc;
	log_info("enrolment asked for by=%s", request->session->account.id);
	response_see_other(response, pool_printf(request->pool, HERE "?tu=%lld",
			(long long)request->now_ms));
	return RC_OK;
}

enum rc admin_enrol(struct web *web, struct request *request, struct response *response)
{
	struct token token = {.board = ""};
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response);
	rc = form_check(request->form, fields, 1);
	if (rc == RC_OK && token_parse(request->pool, form_text(request->form, "token"), &token) != RC_OK)
		form_fault(request->form, "token", "enrol.token_wrong");
	else if (rc == RC_OK && strcmp(token.board, web->settings->board_id) != 0)
		form_fault_say(request->form, "token", text_fill(request->pool, "enrol.other_board",
				token.board, web->settings->board_id, NULL));
	if (form_has_faults(request->form))
		rc = show(web, request, response);
	else if (strcmp(form_raw(request->form, "go"), "1") == 0)
		rc = ask(web, request, response, form_text(request->form, "token"));
	else
		rc = confirm(web, request, response, &token);
	memset(&token, 0, sizeof(token));
	return rc;
}
