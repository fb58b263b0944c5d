/*
 * queue_take.c: /hang-doi/lay-so: a number for who comes in, by the support person or on a tablet
 * beside the door; shown in giant type, printed where there is a printer. Nothing about the person.
 */
#include <string.h>

#include "intake/intake.h"
#include "store/queue.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "queue", FIELD_INT, true, 0, QUEUE_MAX - 1, NULL, "queue.which" },
	{ "priority", FIELD_CHOICE, false, 0, 0, "none|elderly|disabled|pregnant|merit", "queue.priority" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static enum rc show(struct web *web, struct request *request, struct response *response, const char *note)
{
	static const char *const priorities[] = { "none", "elderly", "disabled", "pregnant", "merit" };
	struct view *view = view_new(request->pool);
	const char *chosen = "none";
	struct queue_setup setup;
	int64_t waiting = 0;
	enum rc rc = queue_waiting(web->store, false, queue_day(request->now_ms), &waiting);

	if (rc == RC_OK)
		rc = queue_setup_get(web->store, request->pool, &setup);
	if (rc != RC_OK)
		return rc;
	if (request->method == METHOD_POST && form_text(request->form, "priority")[0] != '\0')
		chosen = form_text(request->form, "priority");
	for (size_t i = 0; i < setup.queues; i++) {
		struct view *item = view_item(view, "queues");

		view_setf(item, "no", "%d", (int)i);
		view_set(item, "name", setup.names[i][0] != '\0' ? setup.names[i] : text_get("queue.one"));
	}
	for (size_t i = 0; i < sizeof(priorities) / sizeof(priorities[0]); i++) {
		struct view *item = view_item(view, "priorities");

		view_set(item, "value", priorities[i]);
		view_set(item, "words", text_get(pool_printf(request->pool, "queue.priority.%s",
				priorities[i])));
		view_flag(item, "chosen", strcmp(priorities[i], chosen) == 0);
	}
	view_int(view, "people_waiting", waiting);
	view_set(view, "note", note);
	view_set(view, "title", text_get("queue.take"));
	return web_page(web, request, response, "intake/queue_take", view);
}

static enum rc issue(struct web *web, struct request *request, char **location)
{
	const char *form_id = form_raw(request->form, "form_id");
	const char *priority = form_text(request->form, "priority");
	char *number = NULL;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, location);
	if (rc == RC_OK)
		rc = queue_issue(web->store, request->pool, request->session->account.id,
				(size_t)form_int(request->form, "queue", 0),
				priority[0] != '\0' ? priority : "none", request->now_ms, &number);
	if (rc == RC_OK) {
		*location = pool_printf(request->pool, "/hang-doi/so/%s", number);
		rc = form_done(web->store, form_id, *location);
	}
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

enum rc page_queue_take(struct web *web, struct request *request, struct response *response)
{
	char *location = NULL;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response, NULL);
	if (form_check(request->form, fields, FIELDS) != RC_OK) {
		response->status = 422;
		return show(web, request, response, text_get("queue.unclear"));
	}
	rc = issue(web, request, &location);
	if (rc == RC_TOO_LARGE || rc == RC_INVALID) {
		response->status = 422;
		return show(web, request, response, text_get(rc == RC_INVALID ? "queue.unclear" :
				"queue.full"));
	}
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, location);
		rc = RC_OK;
	}
	return rc;
}

static enum rc show_one(struct web *web, struct request *request, struct response *response,
		const char *page)
{
	struct view *view = view_new(request->pool);
	struct ticket ticket;
	int64_t waiting = 0;
	const char *priority;
	enum rc rc = queue_find(web->store, request->pool, false, queue_day(request->now_ms),
			request->params[0], &ticket);

	if (rc == RC_OK)
		rc = queue_waiting(web->store, false, queue_day(request->now_ms), &waiting);
	if (rc != RC_OK)
		return rc;
	priority = pool_printf(request->pool, "queue.priority.%s", ticket.priority);
	view_set(view, "number", ticket.number);
	view_set(view, "queue", ticket.queue);
	if (strcmp(ticket.priority, "none") != 0 && text_known(priority))
		view_set(view, "priority", text_get(priority));
	view_set(view, "issued", show_time_screen(request->pool, ticket.issued_at));
	view_int(view, "people_waiting", ticket.state == TICKET_WAITING && waiting > 0 ? waiting - 1 : 0);
	view_set(view, "point_name", web->settings->point_name);
	if (web->settings->lookup_url[0] != '\0') {
		const char *url = pool_printf(request->pool, "%s/theo-doi?so=%s", web->settings->lookup_url,
				ticket.number);

		view_svg(view, "qr", show_qr_svg(request->pool, url));
	}
	view_set(view, "title", text_fill(request->pool, "queue.ticket", ticket.number, NULL));
	return web_page(web, request, response, page, view);
}

enum rc page_queue_ticket(struct web *web, struct request *request, struct response *response)
{
	return show_one(web, request, response, "intake/queue_ticket");
}

enum rc page_queue_print(struct web *web, struct request *request, struct response *response)
{
	return show_one(web, request, response, "print/ticket");
}
