/*
 * admin_link.c: the line to the province for whoever looks after the box: where both sides stand by
 * the last signed answer, what waits and since when, the last day, and one button that asks for a
 * signed answer now. Reads health.json alone; nothing about a person.
 */
#include "admin/admin.h"

#include <string.h>

#include "admin/link_graph.h"
#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ASK_FILE "round-trip"	/* in inbox/: the forwarder takes it away and asks the center */
#define ASK_WAIT_MS 30000	/* after that there was no answer */
#define ASK_LOOK_S "2"

static char *show_span(struct pool *pool, int64_t ms)
{
	int64_t minutes = ms / WHEN_MINUTE_MS;
	char text[32];

	if (ms < WHEN_MINUTE_MS)
		return pool_printf(pool, "%lld %s", (long long)(ms / 1000), text_get("link.second"));
	if (minutes < 120)
		return pool_printf(pool, "%lld %s", (long long)minutes, text_get("link.minute"));
	(void)snprintf(text, sizeof(text), "%lld", (long long)(minutes / 60));
	return pool_printf(pool, "%s %s", text, text_get("link.hour"));
}

/* Both logs, on both sides. What the province has is by its last signed answer, and said so. */
static void show_positions(struct view *view, const json_t *health)
{
	int64_t head = json_int(health, "head_seq", 0), sent = json_int(health, "sent_seq", 0);
	int64_t feed = json_int(health, "feed_seq", 0);
	int64_t theirs = json_int(health, "center_head_seq", feed);
	int64_t parked = json_int(health, "parked", 0), there = sent;	/* a receipt proves it */
	struct pool *pool = view_pool(view);

	view_flag(view, "positions", true);
	view_setf(view, "own_head", "%lld", (long long)head);
	view_setf(view, "own_receipted", "%lld", (long long)sent);
	if (json_int(health, "center_has_seq", 0) > sent)
		there = json_int(health, "center_has_seq", 0);
	view_setf(view, "own_there", "%lld", (long long)there);
	view_setf(view, "feed_there", "%lld", (long long)(theirs > feed ? theirs : feed));
	view_setf(view, "feed_here", "%lld", (long long)feed);
	view_flag(view, "own_equal", head == sent);
	view_flag(view, "feed_equal", theirs <= feed);
	if (head > sent)
		view_setf(view, "unsent", "%lld", (long long)(head - sent));
	if (head > sent && json_int(health, "oldest_at", 0) > 0)
		view_set(view, "oldest", show_time_screen(pool, json_int(health, "oldest_at", 0)));
	if (json_int(health, "receipt_at", 0) > 0)
		view_set(view, "receipt_at", show_time_screen(pool, json_int(health, "receipt_at", 0)));
	if (parked > 0)
		view_int(view, "parked", parked);
}

static void show_files(struct web *web, struct view *view, const json_t *health)
{
	struct pool *pool = view_pool(view);
	int64_t waiting = json_int(health, "blobs_waiting", 0);
	int64_t bytes = json_int(health, "blobs_bytes", 0), pace = json_int(health, "goodput", 0);
	const char *why = json_text(health, "files_wait");

	view_int(view, "files_waiting", waiting);
	view_int(view, "files_to_fetch", json_int(health, "blobs_to_fetch", 0));
	view_flag(view, "files_none", waiting == 0 && json_int(health, "blobs_to_fetch", 0) == 0);
	if (waiting > 0)
		view_set(view, "files_bytes", show_bytes(pool, bytes));
	if (pace > 0)
		view_set(view, "pace", show_bytes(pool, pace));
	if (waiting > 0 && pace > 0)
		view_set(view, "files_eta", show_span(pool, bytes * 1000 / pace));
	if (strcmp(why, "quiet") == 0 || strcmp(why, "budget") == 0)
		view_set(view, "files_wait", text_get(pool_printf(pool, "link.wait.%s", why)));
	view_set(view, "day_bytes", show_bytes(pool, json_int(health, "day_bytes", 0)));
	if (web->settings->link_budget_mb > 0)
		view_set(view, "budget", show_bytes(pool, web->settings->link_budget_mb * 1000000));
	if (web->settings->link_quiet[0] != '\0')
		view_set(view, "quiet", web->settings->link_quiet);
	if (json_int(health, "aside", 0) > 0) {
		view_int(view, "aside", json_int(health, "aside", 0));
		view_set(view, "aside_reason", json_text(health, "aside_reason"));
	}
}

static void show_day(struct view *view, const json_t *health, int64_t now_ms)
{
	struct pool *pool = view_pool(view);
	struct link_hour hours[24];
	struct link_day day;
	int i;

	link_graph_sum(json_object_get(health, "slots"), now_ms, &day, hours);
	view_svg(view, "graph", link_graph_svg(pool, json_object_get(health, "slots"), now_ms));
	view_set(view, "day_up", show_bytes(pool, day.up));
	view_set(view, "day_down", show_bytes(pool, day.down));
	view_set(view, "day_most", show_bytes(pool, day.most));
	view_set(view, "day_lost", show_span(pool, day.lost_ms));
	view_flag(view, "day_whole", day.lost_ms < 1000);
	view_setf(view, "day_slowest", "%lld ms", (long long)day.slowest_ms);
	for (i = 0; i <= 24; i += 6)
		view_set(view_item(view, "marks"), "at", show_clock(pool,
				now_ms - (24 - i) * 60 * WHEN_MINUTE_MS));
	for (i = 23; i >= 0; i--) {
		struct view *item;

		if (hours[i].up == 0 && hours[i].down == 0 && hours[i].lost_ms == 0)
			continue;
		item = view_item(view, "hours");
		view_flag(view, "hours_shown", true);
		view_set(item, "from", show_clock(pool, now_ms - now_ms % (15 * WHEN_MINUTE_MS) -
				(23 - i) * 60 * WHEN_MINUTE_MS - 45 * WHEN_MINUTE_MS));
		view_set(item, "hour_up", show_bytes(pool, hours[i].up));
		view_set(item, "hour_down", show_bytes(pool, hours[i].down));
		view_set(item, "hour_lost", hours[i].lost_ms < 1000 ? "–" :
				show_span(pool, hours[i].lost_ms));
		view_setf(item, "hour_slowest", hours[i].slowest_ms ? "%lld ms" : "–",
				(long long)hours[i].slowest_ms);
	}
}

/* asked: when the button was pressed, 0: it was not. The page looks again by itself until the answer is
 * there (a header, so that it needs no script). */
static void show_asked(struct view *view, struct response *response, const json_t *health, int64_t asked,
		int64_t now_ms)
{
	int64_t since = now_ms - asked;

	if (asked == 0 || since < 0 || since > 10 * WHEN_MINUTE_MS)
		return;
	if (json_int(health, "last_round_trip_at", 0) >= asked) {
		view_flag(view, "asked_ok", true);
	} else if (json_int(health, "at", 0) > asked && strcmp(json_text(health, "link"), "ok") != 0) {
		view_flag(view, "asked_failed", true);
	} else if (since > ASK_WAIT_MS) {
		view_flag(view, "asked_silent", true);
	} else {
		view_flag(view, "asking", true);
		response_header(response, "Refresh", ASK_LOOK_S);
	}
}

enum rc admin_link(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	json_t *health = admin_health_read(web, request->pool);
	int64_t asked = 0;
	enum rc rc;

	if (num_parse(request_query(request, "thu"), 1, INT64_MAX, &asked) != RC_OK)
		asked = 0;
	view_set(view, "title", text_get("health.link"));
	view_flag(view, "at_link", true);
	view_flag(view, "never", health == NULL);
	view_flag(view, "stale", health != NULL && request->now_ms - json_int(health, "at", 0) >
			ADMIN_HEALTH_STALE_MS);
	if (health != NULL) {
		admin_health_link(view, health, request->now_ms);
		view_set(view, "address", json_text(health, "address"));
		if (json_int(health, "last_round_trip_at", 0) > 0)
			view_set(view, "trip_at", show_time_screen(request->pool,
					json_int(health, "last_round_trip_at", 0)));
		show_asked(view, response, health, asked, request->now_ms);
		view_flag(view, "database_failed", json_flag(health, "database_failed"));
		if (!json_flag(health, "database_failed")) {
			show_positions(view, health);
			show_files(web, view, health);
		}
		show_day(view, health, request->now_ms);
	}
	rc = web_page(web, request, response, "admin/link", view);
	json_decref(health);
	return rc;
}

enum rc admin_link_try(struct web *web, struct request *request, struct response *response)
{
	enum rc rc = file_put(web->settings->inbox_dir, ASK_FILE, "", 0, 0660);

	if (rc != RC_OK)
		return rc;
	response_see_other(response, pool_printf(request->pool, "/duong-truyen?thu=%lld",
			(long long)request->now_ms));
	return RC_OK;
}
