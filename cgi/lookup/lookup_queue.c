/*
 * lookup_queue.c: the screen above the counters and one's own number on the phone, from public.db.
 * Numbers only: nobody is named.
 */
#include <string.h>

#include "base/text.h"
#include "dossier/ticket.h"
#include "lookup/lookup.h"
#include "store/queue.h"
#include "web/show.h"
#include "web/text_vi.h"

#define CALLED_SHOWN 6
#define WAITING_SHOWN 12
#define WAITING_MAX 500

static bool here(const struct web *web)
{
	return web->settings->side == SIDE_BOARD;
}

static enum rc show_counters(struct web *web, struct request *request, struct view *view)
{
	struct queue_counter *rows = NULL;
	size_t count = 0;
	enum rc rc = queue_counters(web->store, request->pool, true, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (!rows[i].paused || queue_day(rows[i].at) != queue_day(request->now_ms))
			continue;
		item = view_item(view, "paused");
		view_set(item, "at_counter", rows[i].name);
		if (rows[i].until_at > request->now_ms)
			view_set(item, "until", show_clock(request->pool, rows[i].until_at));
		view_flag(view, "any_paused", true);
	}
	return rc;
}

static enum rc show_called(struct web *web, struct request *request, struct view *view, size_t limit)
{
	struct ticket *rows = NULL;
	size_t count = 0;
	enum rc rc = queue_list(web->store, request->pool, true, queue_day(request->now_ms), TICKET_CALLED,
			limit, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, i == 0 ? "newest" : "called");

		view_set(item, "number", rows[i].number);
		view_set(item, "at_counter", rows[i].counter);
		/* The same number called again rings again. */
		if (i == 0)
			view_setf(view, "latest", "%s-%lld-%lld", rows[i].number,
					(long long)rows[i].called_at, (long long)rows[i].calls);
	}
	view_flag(view, "any_called", rc == RC_OK && count > 0);
	return rc;
}

enum rc lookup_screen(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct ticket *rows = NULL;
	size_t count = 0;
	int64_t waiting = 0, day = queue_day(request->now_ms);
	enum rc rc;

	if (!here(web))
		return RC_NOT_FOUND;
	rc = show_called(web, request, view, CALLED_SHOWN);
	if (rc == RC_OK)
		rc = queue_list(web->store, request->pool, true, day, TICKET_WAITING, WAITING_SHOWN, &rows,
				&count);
	if (rc == RC_OK)
		rc = queue_waiting(web->store, true, day, &waiting);
	if (rc == RC_OK)
		rc = show_counters(web, request, view);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		view_set(view_item(view, "waiting"), "number", rows[i].number);
	view_int(view, "waiting_count", waiting);
	/* Without JavaScript; with it the page goes on to ?tu-dong=1, which looks anew by itself. */
	if (request_query(request, "tu-dong")[0] == '\0')
		response_header(response, "Refresh", "5");
	view_set(view, "clock", show_clock(request->pool, request->now_ms));
	view_set(view, "title", text_get("screen.title"));
	return web_page(web, request, response, "lookup/screen", view);
}

/* How many are called before this one, by the counters' own rule. */
static enum rc count_before(struct web *web, struct request *request, const char *number, size_t *before)
{
	struct ticket *rows = NULL;
	struct ticket_waiting *waiting;
	size_t count = 0;
	enum rc rc = queue_list(web->store, request->pool, true, queue_day(request->now_ms),
			TICKET_WAITING, WAITING_MAX, &rows, &count);

	*before = 0;
	waiting = pool_alloc(request->pool, (count + 1) * sizeof(*waiting));
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		waiting[i].number = rows[i].number;
		waiting[i].counter = rows[i].counter;
		waiting[i].priority = strcmp(rows[i].priority, "none") != 0;
	}
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		if (strcmp(rows[i].number, number) == 0)
			*before = ticket_before(waiting, count, i);
	return rc;
}

static enum rc show_mine(struct web *web, struct request *request, struct view *view, const char *number)
{
	static const char *const keys[] = {"follow.waiting", "follow.called", "follow.absent", "follow.done"};
	struct ticket ticket;
	size_t before = 0;
	enum rc rc = queue_find(web->store, request->pool, true, queue_day(request->now_ms), number, &ticket);

	if (rc == RC_NOT_FOUND) {
		view_flag(view, "unknown", true);
		return RC_OK;
	}
	if (rc == RC_OK && ticket.state == TICKET_WAITING)
		rc = count_before(web, request, number, &before);
	if (rc != RC_OK)
		return rc;
	view_set(view, "number", ticket.number);
	view_set(view, "state", text_fill(request->pool, keys[ticket.state], ticket.counter, NULL));
	view_flag(view, "your_turn", ticket.state == TICKET_CALLED);
	view_flag(view, "is_waiting", ticket.state == TICKET_WAITING);
	view_int(view, "before", (int64_t)before);
	return RC_OK;
}

enum rc lookup_follow(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const char *number = text_upper(request->pool, request_query(request, "so"));
	enum rc rc = RC_OK;

	if (!here(web))
		return RC_NOT_FOUND;
	view_set(view, "so", number);
	if (number[0] != '\0')
		rc = show_mine(web, request, view, number);
	if (rc == RC_OK)
		rc = show_called(web, request, view, CALLED_SHOWN);
	if (rc == RC_OK)
		rc = show_counters(web, request, view);
	if (rc != RC_OK)
		return rc;
	view_flag(view, "refresh", number[0] != '\0');
	view_set(view, "title", text_get("follow.title"));
	return web_page(web, request, response, "lookup/follow", view);
}
