/*
 * admin_health.c: the technician's page: what the machine is, whether the province hears it and why
 * not, what still waits, room on the disk. It reads health.json alone, holds nothing personal, and
 * so it stands when the database does not. A dead link is not ill health: the page says both apart.
 */
#include "admin/admin.h"

#include <string.h>

#include "base/file.h"
#include "base/when.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FILE_MAX ((size_t)64 * 1024)

/* Reasons of the forwarder's (link/PROTOCOL.md §9, tls_fault_name) that need the same sentence. */
static const struct {
	const char *reason;
	const char *group;	/* text keys "health.<group>" and "health.<group>.do" */
} groups[] = {
	{"dns", "network"}, {"connect", "network"}, {"timeout", "network"}, {"gone", "network"},
	{"io", "network"}, {"slow", "network"},
	{"protocol", "portal"}, {"garbage", "portal"}, {"tls", "portal"}, {"proxy", "proxy"},
	{"wrong-ca", "impostor"}, {"host-name", "impostor"}, {"receipt", "impostor"},
	{"receipt-position", "impostor"}, {"feed-signature", "impostor"},
	{"feed-position", "impostor"},
	{"expired", "clock"}, {"not-yet-valid", "clock"},
	{"refused-ours", "refused"}, {"certificate", "refused"}, {"identity", "refused"},
	{"fenced", "refused"},
	{"cloned", "cloned"}, {"fork", "restored"}, {"gap", "restored"},
	{"center-restored", "restored"}, {"board-restored", "restored"},
	{"busy", "center"}, {"full", "center"}, {"error", "center"},
	{"database", "database"}, {"db", "database"}, {"memory", "database"},
};

static const char *
group_of(const char *reason)
{
	size_t i;

	if (strncmp(reason, "certificate-", 12) == 0)
		return "refused";
	if (strncmp(reason, "status-5", 8) == 0)
		return "center";
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (strcmp(groups[i].reason, reason) == 0)
			return groups[i].group;
	return "other";
}

static void
set_state(struct view *view, const char *name, const char *tag, const char *words)
{
	struct pool *pool = view_pool(view);

	view_set(view, name, words);
	view_set(view, pool_printf(pool, "%s_tag", name), tag);
	view_flag(view, pool_printf(pool, "%s_%s", name, tag), true);
}

void
admin_health_link(struct view *view, const json_t *health, int64_t now_ms)
{
	struct pool *pool = view_pool(view);
	const char *group;
	int64_t failing_ms = json_int(health, "failing_for_ms", 0);
	int64_t last_ok = json_int(health, "last_ok_at", 0);

	if (strcmp(json_text(health, "link"), "ok") == 0) {
		set_state(view, "link", "ok", text_get("health.link_ok"));
	} else {
		group = group_of(json_text(health, "reason"));
		set_state(view, "link", "wait", text_get(pool_printf(pool, "health.%s", group)));
		view_set(view, "link_do", text_get(pool_printf(pool, "health.%s.do", group)));
		view_set(view, "link_reason", json_text(health, "reason"));
		if (failing_ms > 0)
			view_set(view, "link_since", show_time_screen(pool, now_ms - failing_ms));
	}
	if (last_ok > 0)
		view_set(view, "last_ok", show_time_screen(pool, last_ok));
	if (json_int(health, "last_round_trip_ms", -1) >= 0)
		view_setf(view, "round_trip", "%lld ms",
				(long long)json_int(health, "last_round_trip_ms", 0));
}

static void
show_waiting(struct view *view, const json_t *health)
{
	int64_t events = json_int(health, "head_seq", 0) - json_int(health, "sent_seq", 0);
	int64_t files = json_int(health, "blobs_waiting", 0);
	int64_t fetch = json_int(health, "blobs_to_fetch", 0);
	int64_t aside = json_int(health, "aside", 0);

	if (json_flag(health, "database_failed")) {
		set_state(view, "database", "bad", text_get("health.database_bad"));
		return;
	}
	set_state(view, "database", "ok", text_get("health.database_ok"));
	view_flag(view, "waiting_known", true);
	view_int(view, "events_waiting", events > 0 ? events : 0);
	view_int(view, "files_waiting", files);
	view_int(view, "files_to_fetch", fetch);
	view_flag(view, "all_sent", events <= 0 && files == 0 && fetch == 0);
	if (aside > 0) {
		view_int(view, "files_aside", aside);
		view_set(view, "aside_reason", json_text(health, "aside_reason"));
	}
}

void
admin_health_show(struct view *view, const json_t *health, int64_t now_ms,
		unsigned long long free_bytes, int64_t reserve_bytes)
{
	struct pool *pool = view_pool(view);
	int64_t at = json_int(health, "at", 0);
	int64_t room = free_bytes > INT64_MAX ? INT64_MAX : (int64_t)free_bytes;

	view_set(view, "disk_free", show_bytes(pool, room));
	if (room < reserve_bytes)
		set_state(view, "disk", "bad", text_get("health.disk_full"));
	else if (room < 4 * reserve_bytes)
		set_state(view, "disk", "wait", text_get("health.disk_low"));
	else
		set_state(view, "disk", "ok", text_get("health.disk_ok"));
	if (health == NULL || at == 0) {
		set_state(view, "sender", "bad", text_get("health.sender_never"));
		return;
	}
	view_set(view, "written", show_time_screen(pool, at));
	if (now_ms - at > ADMIN_HEALTH_STALE_MS) {
		set_state(view, "sender", "bad", text_get("health.sender_stale"));
		return;
	}
	set_state(view, "sender", "ok", text_get("health.sender_ok"));
	if (json_object_get(health, "room_dossiers"))
		view_int(view, "room", json_int(health, "room_dossiers", 0));
	admin_health_link(view, health, now_ms);
	show_waiting(view, health);
}

/* No file, or not a whole one, is NULL: said as such, never a failed page. */
json_t *
admin_health_read(struct web *web, struct pool *pool)
{
	json_t *health = NULL;
	char *text = NULL;
	size_t len = 0;

	if (file_read(pool, pool_printf(pool, "%s/health.json", web->settings->health_dir), FILE_MAX,
			&text, &len) != RC_OK || json_parse(text, len, &health) != RC_OK)
		return NULL;
	return health;
}

enum rc
admin_health(struct web *web, struct request *request, struct response *response)
{
	const struct settings *settings = web->settings;
	struct view *view = view_new(request->pool);
	json_t *health = admin_health_read(web, request->pool);
	enum rc rc;

	view_set(view, "title", text_get("health.title"));
	view_flag(view, "at_health", true);
	view_set(view, "board", settings->board_id);
	view_set(view, "center_url", settings->center_url);
	view_set(view, "now", show_time_screen(request->pool, request->now_ms));
	admin_health_show(view, health, request->now_ms, file_free_bytes(settings->health_dir),
			settings->reserve_bytes);
	rc = web_page(web, request, response, "admin/health", view);
	json_decref(health);
	return rc;
}
