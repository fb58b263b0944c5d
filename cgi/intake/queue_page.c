/*
 * queue_page.c: /hang-doi, the counter's queue: call who is next, again, as absent, to another counter,
 * done; pause the counter. What two counters press at once is decided in the write: the second one is
 * shown how things stand.
 */
#include <string.h>

#include "base/text.h"
#include "intake/intake.h"
#include "store/queue.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 100

static const struct field fields[] = {
	{ "do", FIELD_CHOICE, true, 0, 0, "next|again|absent|done|moved|called|pause|resume", "queue.title" },
	{ "number", FIELD_LINE, false, 0, 4, NULL, "queue.number" },
	{ "target", FIELD_LINE, false, 0, 2, NULL, "queue.target" },
	{ "minutes", FIELD_INT, false, 0, 240, NULL, "queue.until" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const char *priority_words(struct pool *pool, const char *priority)
{
	const char *key = pool_printf(pool, "queue.priority.%s", priority);

	return strcmp(priority, "none") != 0 && text_known(key) ? text_get(key) : "";
}

static void show_ticket(struct view *item, const struct ticket *ticket)
{
	struct pool *pool = view_pool(item);

	view_set(item, "number", ticket->number);
	view_set(item, "queue", ticket->queue);
	view_set(item, "priority", priority_words(pool, ticket->priority));
	view_set(item, "at_counter", ticket->counter);
	view_set(item, "issued", show_clock(pool, ticket->issued_at));
	if (ticket->called_at > 0)
		view_set(item, "called", show_clock(pool, ticket->called_at));
	view_int(item, "calls", ticket->calls > 1 ? ticket->calls : 0);
}

static enum rc show_list(struct web *web, struct request *request, struct view *view, const char *list,
		enum ticket_state state)
{
	struct ticket *rows = NULL;
	size_t count = 0;
	enum rc rc = queue_list(web->store, request->pool, false, queue_day(request->now_ms), state, ROWS,
			&rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		show_ticket(view_item(view, list), &rows[i]);
	view_int(view, pool_printf(request->pool, "%s_count", list), (int64_t)count);
	return rc;
}

static enum rc show_mine(struct web *web, struct request *request, struct view *view)
{
	const char *counter = request->session->counter;
	struct queue_counter state;
	struct ticket ticket;
	enum rc rc = queue_current(web->store, request->pool, queue_day(request->now_ms), counter, &ticket);

	if (rc == RC_OK) {
		view_flag(view, "serving", true);
		view_set(view, "now", ticket.number);
		show_ticket(view_item(view, "mine"), &ticket);
	} else if (rc != RC_NOT_FOUND) {
		return rc;
	}
	rc = queue_paused(web->store, counter, &state);
	if (rc == RC_OK && state.paused && queue_day(state.at) == queue_day(request->now_ms)) {
		view_flag(view, "paused", true);
		if (state.until_at > 0)
			view_set(view, "until", show_clock(request->pool, state.until_at));
	}
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const char *note)
{
	struct view *view = view_new(request->pool);
	enum rc rc = show_list(web, request, view, "waiting", TICKET_WAITING);

	if (rc == RC_OK)
		rc = show_list(web, request, view, "called_now", TICKET_CALLED);
	if (rc == RC_OK)
		rc = show_list(web, request, view, "absent", TICKET_ABSENT);
	if (rc == RC_OK && request->session->counter[0] != '\0')
		rc = show_mine(web, request, view);
	if (rc != RC_OK)
		return rc;
	view_set(view, "note", note);
	view_set(view, "lookup_url", web->settings->lookup_url);
	view_set(view, "title", text_get("queue.title"));
	view_flag(view, "at_queue", true);
	return web_page(web, request, response, "intake/queue", view);
}

/* Somebody was first: how the ticket stands now. */
static const char *changed(struct pool *pool, const struct ticket *now)
{
	static const char *const keys[] = { "queue.is_waiting", "queue.is_called", "queue.is_absent",
		"queue.is_done" };

	return text_fill(pool, keys[now->state], now->number, now->counter,
			show_clock(pool, now->called_at > 0 ? now->called_at : now->issued_at), NULL);
}

static enum rc write(struct web *web, struct request *request, const char **note)
{
	struct form *form = request->form;
	const char *what = form_text(form, "do"), *counter = request->session->counter;
	const char *actor = request->session->account.id;
	int64_t minutes = form_int(form, "minutes", 0);
	struct ticket now;
	char *number;
	enum rc rc;

	if (strcmp(what, "pause") == 0)
		return queue_pause(web->store, actor, counter,
				minutes > 0 ? request->now_ms + minutes * WHEN_MINUTE_MS : 0, "");
	if (strcmp(what, "resume") == 0)
		return queue_resume(web->store, actor, counter);
	if (strcmp(what, "next") == 0) {
		rc = queue_next(web->store, request->pool, actor, counter, request->now_ms, &number);
		if (rc == RC_NOT_FOUND)
			*note = text_get("queue.nobody");
		return rc;
	}
	rc = queue_act(web->store, request->pool, actor, counter, form_text(form, "number"), what,
			form_text(form, "target"), request->now_ms, &now);
	if (rc == RC_CONFLICT)
		*note = changed(request->pool, &now);
	if (rc == RC_NOT_FOUND)
		*note = text_get("queue.unknown");
	return rc;
}

static bool ready(struct request *request, const char **note)
{
	const char *target = form_text(request->form, "target");
	int64_t number;

	if (request->session->counter[0] == '\0')
		*note = text_get("queue.no_counter");
	else if (strcmp(form_text(request->form, "do"), "moved") == 0 &&
			(num_parse(target, 1, 99, &number) != RC_OK ||
			strcmp(target, request->session->counter) == 0))
		*note = text_get("queue.wrong_target");
	return *note == NULL;
}

enum rc page_queue(struct web *web, struct request *request, struct response *response)
{
	const char *form_id = form_raw(request->form, "form_id"), *note = NULL;
	char *first = NULL;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response, NULL);
	if (form_check(request->form, fields, FIELDS) != RC_OK || !ready(request, &note)) {
		response->status = 422;
		return show(web, request, response, note != NULL ? note : text_get("queue.unclear"));
	}
	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_OK)
		rc = write(web, request, &note);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, "/hang-doi");
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (note != NULL) {
		response->status = 409;
		return show(web, request, response, note);
	}
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, "/hang-doi");
		rc = RC_OK;
	}
	return rc;
}
