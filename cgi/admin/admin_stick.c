/*
 * admin_stick.c: the USB stick: asks the forwarder, which has the keys, to write or to read one, and shows how it
 * went (health/stick.json), with the note that goes along with the courier. Nothing about a person.
 */
#include "admin/admin.h"

#include <string.h>

#include "base/file.h"
#include "base/when.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FILE_MAX ((size_t)256 * 1024)
#define ASK_WRITE "stick-write"	/* in inbox/: forward/stick.c takes it away */
#define ASK_READ "stick-read"
#define LOOK_S "2"

static const char *const asks[] = { ASK_WRITE, ASK_READ };

static json_t *read_said(struct web *web, struct pool *pool)
{
	return json_of_file(pool, pool_printf(pool, "%s/stick.json", web->settings->health_dir), FILE_MAX);
}

/* Is a wish still lying in the inbox? */
static bool is_asked(struct web *web, struct pool *pool)
{
	size_t i, len;
	char *text;

	for (i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		if (file_read(pool, pool_printf(pool, "%s/%s", web->settings->inbox_dir, asks[i]), 16, &text,
				&len) != RC_NOT_FOUND)
			return true;
	return false;
}

static void show_parts(struct view *view, const json_t *said)
{
	struct pool *pool = view_pool(view);
	const json_t *part;
	size_t i;

	json_array_foreach(json_object_get(said, "parts"), i, part) {
		struct view *item = view_item(view, "parts");

		view_set(item, "name", pool_strdup(pool, json_text(part, "name")));
		view_set(item, "size", show_bytes(pool, json_int(part, "bytes", 0)));
		view_set(item, "groups", pool_strdup(pool, json_text(part, "groups")));
	}
	view_int(view, "part_count", (int64_t)json_array_size(json_object_get(said, "parts")));
	view_int(view, "events", json_int(said, "events", 0));
	view_int(view, "files", json_int(said, "files", 0));
	view_set(view, "bytes", show_bytes(pool, json_int(said, "bytes", 0)));
	view_flag(view, "written", true);
}

static void show_read(struct view *view, const json_t *said)
{
	view_flag(view, "read", true);
	view_int(view, "receipts", json_int(said, "receipts", 0));
	view_int(view, "events", json_int(said, "events", 0));
	view_int(view, "files", json_int(said, "files", 0));
	view_flag(view, "nothing_new", json_int(said, "receipts", 0) == 0 && json_int(said, "events", 0) == 0 &&
			json_int(said, "files", 0) == 0 && json_int(said, "refused", 0) == 0);
	if (json_int(said, "refused", 0) > 0) {
		view_int(view, "refused", json_int(said, "refused", 0));
		view_set(view, "why", pool_strdup(view_pool(view), json_text(said, "why")));
	}
}

static void show_said(struct view *view, struct response *response, const json_t *said, bool asked)
{
	struct pool *pool = view_pool(view);
	const char *state = json_text(said, "state");
	bool reading = strcmp(json_text(said, "do"), "read") == 0;

	if (asked || strcmp(state, "running") == 0) {
		view_flag(view, "running", true);
		response_header(response, "Refresh", LOOK_S);
		return;
	}
	if (said == NULL)
		return;
	view_set(view, "at", show_time_screen(pool, json_int(said, "at", 0)));
	if (strcmp(state, "failed") == 0)
		view_set(view, "failed", text_get(pool_printf(pool, "usb.failed.%s", json_text(said, "reason"))));
	else if (strcmp(state, "empty") == 0)
		view_set(view, "empty", text_get(reading ? "usb.none_found" : "usb.nothing"));
	else if (reading)
		show_read(view, said);
	else
		show_parts(view, said);
}

enum rc admin_stick(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	json_t *said = read_said(web, request->pool), *health = admin_health_read(web, request->pool);
	enum rc rc;

	view_set(view, "title", text_get("usb.title"));
	view_flag(view, "at_stick", true);
	view_flag(view, "may", web->settings->stick_dir[0] != '\0');
	view_set(view, "board", web->settings->board_id);
	view_set(view, "point", web->settings->point_name);
	if (health != NULL && !json_flag(health, "database_failed")) {
		int64_t unsent = json_int(health, "head_seq", 0) - json_int(health, "sent_seq", 0);

		view_flag(view, "waiting_known", true);
		view_int(view, "events_waiting", unsent > 0 ? unsent : 0);
		view_int(view, "files_waiting", json_int(health, "blobs_waiting", 0));
	}
	show_said(view, response, said, is_asked(web, request->pool));
	rc = web_page(web, request, response, "admin/stick", view);
	json_decref(said);
	json_decref(health);
	return rc;
}

static enum rc ask(struct web *web, struct response *response, const char *what)
{
	enum rc rc = web->settings->stick_dir[0] == '\0' ? RC_NOT_FOUND :
			file_put(web->settings->inbox_dir, what, "", 0, 0660);

	if (rc == RC_OK)
		response_see_other(response, "/usb");
	return rc;
}

enum rc admin_stick_write(struct web *web, struct request *request, struct response *response)
{
	(void)request;
	return ask(web, response, ASK_WRITE);
}

enum rc admin_stick_read(struct web *web, struct request *request, struct response *response)
{
	(void)request;
	return ask(web, response, ASK_READ);
}
