/*
 * admin_health.c: the technician's page: is the machine well, line by line (web/doctor.h), whether the
 * province hears it and why not, what still waits. It reads the files of health/ alone, holds nothing
 * personal, and so it stands when the database does not. A dead link is not ill health: said apart.
 */
#include "admin/admin.h"

#include <string.h>

#include "base/file.h"
#include "base/when.h"
#include "web/doctor.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FILE_MAX ((size_t)64 * 1024)
#define ASK_COPY "copy-now"	/* in inbox/: `tram backup` takes it away */
#define LOOK_S "3"

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
	{"fenced", "fenced"},
	{"cloned", "cloned"}, {"fork", "restored"}, {"gap", "restored"},
	{"center-restored", "restored"}, {"board-restored", "restored"},
	{"busy", "center"}, {"full", "center"}, {"error", "center"},
	{"database", "database"}, {"db", "database"}, {"memory", "database"},
};

static const char *group_of(const char *reason)
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

static void set_state(struct view *view, const char *name, const char *tag, const char *words)
{
	struct pool *pool = view_pool(view);

	view_set(view, name, words);
	view_set(view, pool_printf(pool, "%s_tag", name), tag);
	view_flag(view, pool_printf(pool, "%s_%s", name, tag), true);
}

void admin_health_link(struct view *view, const json_t *health, int64_t now_ms)
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
		view_flag(view, "link_fenced", strcmp(group, "cloned") == 0 || strcmp(group, "fenced") == 0);
		if (failing_ms > 0)
			view_set(view, "link_since", show_time_screen(pool, now_ms - failing_ms));
	}
	if (last_ok > 0)
		view_set(view, "last_ok", show_time_screen(pool, last_ok));
	if (json_int(health, "last_round_trip_ms", -1) >= 0)
		view_setf(view, "round_trip", "%lld ms",
				(long long)json_int(health, "last_round_trip_ms", 0));
}

static void show_waiting(struct view *view, const json_t *health)
{
	int64_t events = json_int(health, "head_seq", 0) - json_int(health, "sent_seq", 0);
	int64_t files = json_int(health, "blobs_waiting", 0);
	int64_t fetch = json_int(health, "blobs_to_fetch", 0);
	int64_t aside = json_int(health, "aside", 0);

	if (json_flag(health, "database_failed"))
		return;
	view_flag(view, "waiting_known", true);
	view_flag(view, "all_sent", events <= 0 && files == 0 && fetch == 0);
	if (aside > 0) {
		view_int(view, "files_aside", aside);
		view_set(view, "aside_reason", json_text(health, "aside_reason"));
	}
}

static void show_lines(struct view *view, const struct doctor_line *lines, size_t count)
{
	struct pool *pool = view_pool(view);
	enum doctor_state verdict = doctor_verdict(lines, count);
	size_t i;

	for (i = 0; i < count; i++) {
		struct view *item = view_item(view, lines[i].link ? "link_lines" : "lines");
		const char *tag = doctor_tag(lines[i].state);

		view_set(item, "name", doctor_name(pool, &lines[i]));
		view_set(item, "word", doctor_word(lines[i].state));
		view_set(item, "tag", tag);
		view_flag(item, tag, true);
		view_set(item, "value", lines[i].value);
		if (lines[i].advice[0] != '\0')
			view_set(item, "advice", lines[i].advice);
	}
	view_set(view, "verdict", text_get(verdict == DOCTOR_BAD ? "doctor.all_bad" :
			verdict == DOCTOR_WATCH ? "doctor.all_watch" : "doctor.all_good"));
	view_set(view, "verdict_tag", doctor_tag(verdict));
}

void admin_health_show(struct view *view, const struct doctor *doctor)
{
	struct doctor_line lines[DOCTOR_LINES_MAX];
	int64_t at = json_int(doctor->health, "at", 0);
	size_t count = doctor_lines(view_pool(view), doctor, lines);

	doctor_urgent_first(lines, count);
	show_lines(view, lines, count);
	view_flag(view, "copies", doctor->copies);
	if (at == 0 || doctor->now_ms - at > DOCTOR_STALE_MS)
		return;
	admin_health_link(view, doctor->health, doctor->now_ms);
	show_waiting(view, doctor->health);
}

/* No file, or not a whole one, is NULL: said as such, never a failed page. */
json_t *admin_health_read(struct web *web, struct pool *pool)
{
	return json_of_file(pool, pool_printf(pool, "%s/health.json", web->settings->health_dir), FILE_MAX);
}

enum rc admin_health(struct web *web, struct request *request, struct response *response)
{
	const struct settings *settings = web->settings;
	struct view *view = view_new(request->pool);
	struct doctor doctor;
	char *unused;
	size_t len;
	enum rc rc;

	doctor_read(request->pool, settings, "", request->now_ms, &doctor);
	view_set(view, "title", text_get("health.title"));
	view_flag(view, "at_health", true);
	view_set(view, "board", settings->board_id);
	view_set(view, "center_url", settings->center_url);
	view_flag(view, "diagnosis", settings->support_recipient[0] != '\0');
	admin_health_show(view, &doctor);
	/* Asked for and not taken up yet, or under way. */
	if (file_read(request->pool, pool_printf(request->pool, "%s/" ASK_COPY, settings->inbox_dir), 16, &unused,
			&len) != RC_NOT_FOUND || strcmp(json_text(doctor.copy, "state"), "running") == 0) {
		view_flag(view, "copying", true);
		response_header(response, "Refresh", LOOK_S);
	}
	rc = web_page(web, request, response, "admin/health", view);
	doctor_free(&doctor);
	return rc;
}

enum rc admin_health_copy(struct web *web, struct request *request, struct response *response)
{
	enum rc rc = web->settings->copy_dir[0] == '\0' ? RC_NOT_FOUND :
			file_put(web->settings->inbox_dir, ASK_COPY, "", 0, 0660);

	(void)request;
	if (rc == RC_OK)
		response_see_other(response, "/suc-khoe");
	return rc;
}
