/*
 * lookup_rating.c: the rating after the return, by the slip's own address: on the citizen's phone, or on
 * the counter's tablet turned to him. Nothing is chosen beforehand; to skip is an answer. Asked once.
 */
#include <string.h>

#include "dossier/kind.h"
#include "lookup/lookup.h"
#include "store/rating.h"
#include "web/form.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{"level", FIELD_CHOICE, true, 0, 0, "very|satisfied|unsatisfied", "rating.level"},
	{"q1", FIELD_INT, false, 0, 2, NULL, "rating.index.1"},
	{"q2", FIELD_INT, false, 0, 2, NULL, "rating.index.2"},
	{"q3", FIELD_INT, false, 0, 2, NULL, "rating.index.3"},
	{"q4", FIELD_INT, false, 0, 2, NULL, "rating.index.4"},
	{"q5", FIELD_INT, false, 0, 2, NULL, "rating.index.5"},
	{"q6", FIELD_INT, false, 0, 2, NULL, "rating.index.6"},
	{"q7", FIELD_INT, false, 0, 2, NULL, "rating.index.7"},
	{"q8", FIELD_INT, false, 0, 2, NULL, "rating.index.8"},
	{"q9", FIELD_INT, false, 0, 2, NULL, "rating.index.9"},
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static enum rc page(struct web *web, struct request *request, struct response *response, const char *state)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("rating.title"));
	view_flag(view, state, true);
	for (size_t i = 0; i < QUEUE_INDICES; i++) {
		const char *name = fields[i + 1].name, *typed = request->form != NULL ?
				form_raw(request->form, name) : "";
		const char *own = rating_index(web->settings, request->pool, i);
		struct view *item = view_item(view, "indices");

		view_set(item, "name", name);
		view_set(item, "words", own != NULL ? own : text_get(fields[i + 1].label));
		for (int point = 2; point >= 0; point--) {
			struct view *choice = view_item(item, "points");

			view_setf(choice, "value", "%d", point);
			view_set(choice, "point", text_get(pool_printf(request->pool, "rating.point.%d",
					point)));
			view_flag(choice, "chosen", typed[0] == '0' + point && typed[1] == '\0');
		}
	}
	if (request->form != NULL && request->method == METHOD_POST)
		form_show(request->form, fields, FIELDS, view);
	view_flag(view, "turned", strcmp(request_query(request, "quay"), "1") == 0);
	return web_page(web, request, response, "lookup/rating", view);
}

static enum rc put(struct web *web, struct request *request, const struct slip_status *slip, bool skipped)
{
	char answers[QUEUE_INDICES + 1] = "---------";

	for (size_t i = 0; !skipped && i < QUEUE_INDICES; i++) {
		int64_t point = form_int(request->form, fields[i + 1].name, -1);

		if (point >= 0)
			answers[i] = (char)('0' + point);
	}
	return rating_put(web->store, slip, skipped ? "skipped" : form_text(request->form, "level"), answers,
			strcmp(request_query(request, "quay"), "1") == 0 ? "counter" : "phone", request->now_ms);
}

/* Whose slip this is; *found false: the answer is complete, and the same for unknown and wrong. */
static enum rc find(struct web *web, struct request *request, struct response *response,
		struct slip_status *slip, bool *found)
{
	const char *code, *secret;
	enum rc rc = RC_NOT_FOUND;

	*found = false;
	if (web->settings->side == SIDE_BOARD &&
			lookup_split(request->pool, request->params[0], &code, &secret) == RC_OK)
		rc = slip_lookup(web->store, request->pool, code, secret, slip);
	if (rc == RC_BUSY) {
		response_header(response, "Retry-After", "3600");
		web_error_page(web, request, response, 429, "lookup.wait");
		return RC_OK;
	}
	if (rc == RC_INVALID)
		rc = RC_NOT_FOUND;
	*found = rc == RC_OK;
	return rc;
}

enum rc lookup_to_rating(struct web *web, struct request *request, struct response *response)
{
	(void)web;
	/* As it came, so it goes: a path of ours with the same part. */
	if (strspn(request->params[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")
			!= strlen(request->params[0]))
		return RC_NOT_FOUND;
	response_see_other(response, pool_printf(request->pool, "/danh-gia/%s", request->params[0]));
	return RC_OK;
}

enum rc lookup_rating(struct web *web, struct request *request, struct response *response)
{
	struct slip_status slip;
	bool found, given = false, skipped;
	enum rc rc;

	memset(&slip, 0, sizeof(slip));
	rc = find(web, request, response, &slip, &found);
	if (rc != RC_OK || !found)
		return rc;
	if (slip.replaced || !state_is_closed((enum dossier_state)slip.state) ||
			slip.state == STATE_VOIDED)
		return page(web, request, response, "too_early");
	rc = rating_given(web->store, &slip, &given);
	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return page(web, request, response, given ? "thanks" : "asks");
	skipped = form_raw(request->form, "skip")[0] != '\0';
	if (!given && !skipped && form_check(request->form, fields, FIELDS) != RC_OK) {
		response->status = 422;
		return page(web, request, response, "asks");
	}
	rc = given ? RC_EXISTS : put(web, request, &slip, skipped);
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, pool_printf(request->pool, "/danh-gia/%s%s", request->params[0],
				strcmp(request_query(request, "quay"), "1") == 0 ? "?quay=1" : ""));
		rc = RC_OK;
	}
	return rc;
}
