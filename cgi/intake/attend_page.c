/*
 * attend_page.c: /quan-ly/can-xem, what needs a person: events and files that are stored and cannot be
 * used yet, each tried again by a tap; and the clock, while nobody has confirmed it.
 */
#include <string.h>

#include "base/log.h"
#include "intake/intake.h"
#include "store/clock.h"
#include "web/attend.h"
#include "web/show.h"
#include "web/text_vi.h"

#define HERE "/quan-ly/can-xem"

static const struct field fields[] = {
	{ "time", FIELD_TIME, true, 0, 0, NULL, "attend.clock_time" },
};

static enum rc show(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc = attend_show(web, request, view, web->store->board);

	if (rc == RC_OK)
		rc = forks_of_board(web, request, view);
	if (rc == RC_OK)
		rc = forks_show_fence(web, view);
	view_set(view, "title", text_get("attend.title"));
	view_set(view, "here", HERE);
	view_flag(view, "at_manage", true);
	view_flag(view, "clock_unsure", !when_is_known());
	view_set(view, "now", show_time_screen(request->pool, when_now_ms()));
	view_flag(view, "tried_left", strcmp(request_query(request, "con"), "1") == 0);
	view_flag(view, "tried_well", strcmp(request_query(request, "con"), "0") == 0);
	if (request->form != NULL && form_has_faults(request->form)) {
		form_show(request->form, fields, 1, view);
		response->status = 422;
	}
	return rc == RC_OK ? web_page(web, request, response, "intake/attend", view) : rc;
}

/* The event that says who set it by how much; before_ms: what the board took for the time. */
static enum rc note_clock(struct web *web, struct request *request, int64_t before_ms, int64_t after_ms)
{
	static const uint8_t station[EVENT_ID_SIZE];
	json_t *body = json_new_object();
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = station,
		.kind = "station.clock_corrected", .actor = request->session->account.id, .body = body };
	const char *reason = NULL;
	struct event event;
	enum rc rc;

	json_put_int(body, "before_ms", before_ms);
	json_put_int(body, "after_ms", after_ms);
	json_put(body, "source", "manual");
	json_put_int(body, "bound_ms", CLOCK_WATCH_BOUND_MS);
	rc = act_append(web->store, &act, &event, &reason);
	json_decref(body);
	return rc;
}

static enum rc confirm_clock(struct web *web, struct request *request)
{
	int64_t before = when_now_ms(), at_ms = 0;
	enum rc rc = form_check(request->form, fields, 1);

	if (rc == RC_OK && when_parse_local(form_text(request->form, "time"), &at_ms) != RC_OK)
		rc = RC_INVALID;
	if (rc == RC_OK && when_is_known())
		return RC_OK;
	if (rc == RC_OK)
		rc = clock_confirm(web->settings, at_ms);
	if (rc == RC_CONFLICT)
		form_fault(request->form, "time", "attend.clock_before");
	if (rc == RC_CONFLICT)
		rc = RC_INVALID;
	return rc == RC_OK ? note_clock(web, request, before, at_ms) : rc;
}

enum rc page_attend(struct web *web, struct request *request, struct response *response)
{
	const char *where = HERE;
	char *location = NULL;
	bool left = false;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response);
	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_raw(request->form, "form_id"), &location);
	if (rc == RC_OK && *form_raw(request->form, "seq")) {
		rc = attend_retry(web, request, web->store->board, &left);
		where = left ? HERE "?con=1" : HERE "?con=0";
	} else if (rc == RC_OK) {
		rc = confirm_clock(web, request);
	}
	if (rc == RC_OK)
		rc = form_done(web->store, form_raw(request->form, "form_id"), where);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_INVALID && form_has_faults(request->form))
		return show(web, request, response);
	if (rc != RC_OK && rc != RC_EXISTS)
		return rc;
	response_see_other(response, rc == RC_EXISTS ? location : where);
	return RC_OK;
}
