/*
 * lookup.c: the citizens' pages. Unknown and wrong are one answer; nothing about a person is known
 * here, so nothing can be shown.
 */
#include "lookup/lookup.h"

#include <string.h>

#include "base/text.h"
#include "dossier/kind.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

/* A code is at most some 40 characters in every variant; the rest is nonsense. */
#define CODE_MAX 60

static const struct field fields[] = {
	{"so", FIELD_LINE, true, 1, CODE_MAX, NULL, "lookup.code"},
	{"ma", FIELD_LINE, true, 1, 40, NULL, "lookup.secret"},
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

enum rc lookup_split(struct pool *pool, const char *text, const char **code, const char **secret)
{
	const char *dot = strrchr(text, '.');

	if (dot == NULL || dot == text || dot - text > CODE_MAX || strlen(dot + 1) != 32 ||
			strspn(dot + 1, "0123456789abcdef") != 32)
		return RC_INVALID;
	*code = pool_strndup(pool, text, (size_t)(dot - text));
	*secret = pool_strdup(pool, dot + 1);
	return RC_OK;
}

enum rc lookup_form(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("lookup.title"));
	return web_page(web, request, response, "lookup/form", view);
}

/* The form again, with what was typed but never the secret, and one sentence for every cause. */
static enum rc show_unknown(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("lookup.title"));
	view_flag(view, "unknown", true);
	if (request->form != NULL) {
		form_show(request->form, fields, field_count, view);
		view_set(view, "ma", "");
	}
	response->status = 404;
	return web_page(web, request, response, "lookup/form", view);
}

static enum rc show(struct web *web, struct request *request, struct response *response, const char *code,
		const char *secret)
{
	struct view *view;
	struct slip_status status;
	enum rc rc;

	memset(&status, 0, sizeof(status));
	rc = slip_lookup(web->store, request->pool, code, secret, &status);
	if (rc == RC_NOT_FOUND || rc == RC_INVALID)
		return show_unknown(web, request, response);
	if (rc == RC_BUSY) {
		response_header(response, "Retry-After", "3600");
		web_error_page(web, request, response, 429, "lookup.wait");
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	view = view_new(request->pool);
	lookup_show(view, &status, request->now_ms);
	/* Only from the slip's own address: the rating's has its secret. */
	view_flag(view, "may_rate", request->method != METHOD_POST && !status.replaced &&
			web->settings->side == SIDE_BOARD && status.state == STATE_RETURNED);
	return web_page(web, request, response, "lookup/status", view);
}

enum rc lookup_typed(struct web *web, struct request *request, struct response *response)
{
	struct form *form = request->form;
	struct view *view;

	if (form_check(form, fields, field_count) != RC_OK) {
		view = view_new(request->pool);
		view_set(view, "title", text_get("lookup.title"));
		form_show(form, fields, field_count, view);
		view_set(view, "ma", "");
		response->status = 422;
		return web_page(web, request, response, "lookup/form", view);
	}
	return show(web, request, response, text_upper(request->pool, form_text(form, "so")),
			form_text(form, "ma"));
}

enum rc lookup_scanned(struct web *web, struct request *request, struct response *response)
{
	const char *code;
	const char *secret;

	if (lookup_split(request->pool, request->params[0], &code, &secret) != RC_OK)
		return show_unknown(web, request, response);
	return show(web, request, response, code, secret);
}

/* ---- the status ---- */

/* The way of a dossier in four steps; how far it has come by state. */
enum step { STEP_TAKEN, STEP_WORK, STEP_RESULT, STEP_GIVEN, STEP_COUNT };

static enum step step_of(int state)
{
	switch (state) {
	case STATE_ACCEPTED:
		return STEP_TAKEN;
	case STATE_RESULT:
		return STEP_RESULT;
	case STATE_RETURNED:
		return STEP_GIVEN;
	default:
		return STEP_WORK;
	}
}

static void show_steps(struct view *view, const struct slip_status *status)
{
	static const char *const keys[STEP_COUNT] = {"lookup.step.taken", "lookup.step.work",
		"lookup.step.result", "lookup.step.given"};
	struct pool *pool = view_pool(view);
	enum step now = step_of(status->state);
	struct view *item;
	int i;

	for (i = 0; i < STEP_COUNT; i++) {
		item = view_item(view, "steps");
		view_set(item, "words", text_get(keys[i]));
		view_flag(item, "done", i < (int)now);
		view_flag(item, "current", i == (int)now);
		view_flag(item, "ahead", i > (int)now);
		if (i == STEP_TAKEN && status->received_at != 0)
			view_set(item, "at", show_time_screen(pool, status->received_at));
		else if (i == (int)now && status->updated_at != 0)
			view_set(item, "at", show_time_screen(pool, status->updated_at));
	}
}

/* Due time: big while work goes on; done or waiting for the citizen it would only mislead. */
static void show_due_part(struct view *view, const struct slip_status *status, int64_t now_ms)
{
	struct pool *pool = view_pool(view);
	enum dossier_state state = (enum dossier_state)status->state;

	if (state_is_closed(state) || state == STATE_RESULT) {
		view_flag(view, "collect", state == STATE_RESULT);
		return;
	}
	if (!status->has_due) {
		view_flag(view, "no_due", true);
		return;
	}
	view_set(view, "due", show_time_screen(pool, status->due_at));
	view_flag(view, "due_uncertain", !status->due_certain);
	view_flag(view, "late", status->due_at < now_ms);
}

/* The number as written, never broken at the end of a line; its digits for the telephone. */
static void show_phone(struct view *view, const char *phone)
{
	struct pool *pool = view_pool(view);
	char *digits = pool_alloc(pool, strlen(phone) + 1);
	char *whole = pool_alloc(pool, 2 * strlen(phone) + 1);
	size_t n = 0, w = 0;

	for (; *phone != '\0'; phone++) {
		if (strchr("+0123456789", *phone) != NULL)
			digits[n++] = *phone;
		if (*phone == ' ') {	/* U+00A0 */
			whole[w++] = '\xc2';
			whole[w++] = '\xa0';
		} else {
			whole[w++] = *phone;
		}
	}
	view_set(view, "phone", whole);
	view_set(view, "phone_digits", digits);
}

void lookup_show(struct view *view, const struct slip_status *status, int64_t now_ms)
{
	struct pool *pool = view_pool(view);
	enum dossier_state state = (enum dossier_state)status->state;
	const char *key = pool_printf(pool, "lookup.state.%s", state_name(state));

	view_set(view, "title", text_get("lookup.title"));
	if (status->replaced) {
		view_flag(view, "replaced", true);
	} else {
		view_set(view, "state", text_get(key));
		view_set(view, "state_text", text_get(pool_printf(pool, "%s.text", key)));
		show_due_part(view, status, now_ms);
		view_flag(view, "open", !state_is_closed(state));
		view_flag(view, "ended", state_is_closed(state) && state != STATE_RETURNED);
		view_flag(view, "supplement", state == STATE_SUPPLEMENT);
		if (status->bring != NULL && *status->bring != '\0' && !state_is_closed(state))
			view_set(view, "bring", text_get(status->bring));
		if (!state_is_closed(state) || state == STATE_RETURNED)
			show_steps(view, status);
	}
	view_set(view, "code", status->official != NULL && *status->official != '\0' ?
			status->official : status->code);
	if (status->official != NULL && *status->official != '\0')
		view_set(view, "provisional", status->code);
	if (status->receipt_seq > 0) {
		view_setf(view, "receipt_seq", "%lld", (long long)status->receipt_seq);
		view_set(view, "receipt_code", status->receipt_code);
		if (status->receipt_at > 0)
			view_set(view, "receipt_at", show_time_screen(pool, status->receipt_at));
	}
	view_flag(view, "receipt_none", status->receipt_seq == 0);
	view_set(view, "point_name", status->point_name);
	view_set(view, "point_address", status->point_address);
	if (status->point_phone == NULL || *status->point_phone == '\0')
		return;
	show_phone(view, status->point_phone);
}
