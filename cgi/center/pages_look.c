/*
 * pages_look.c: every look of an officer at personal data is recorded (access.db, reading.h), as at the points;
 * the supervisor reads it on /truy-cap. An officer's own work: what is assigned to her or was touched by her,
 * and what waits at the province for anybody.
 */
#include "center/pages.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/account.h"
#include "store/reading.h"
#include "web/show.h"

#define QUIET_MS (WHEN_DAY_MS / 24)

/* Pages with people of several dossiers. The inbox is one's own desk and is looked at all day: no look at it. */
static const char *const lists[] = {"questions", "requests", "fork"};

static bool is_dossier(const struct request *request)
{
	const char *pattern = request->route->pattern;

	return strncmp(pattern, "/ho-so/:board/:code", 19) == 0
		|| strncmp(pattern, "/tai-len/:board/:code", 21) == 0;
}

static bool is_list(const struct request *request)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(request->route->name, lists[i]) == 0)
			return true;
	return false;
}

/* Somebody else's work, unless it is known to be her own. */
static enum reading_ground ground_of(struct web *web, struct request *request)
{
	const char *me = request->session->account.id;
	struct dossier_row row;
	bool acted = false;

	if (pages_dossier_find(web, request, &row) != RC_OK)
		return READING_DUTY;
	if (row.facts.holder == HOLDER_CENTER && (row.assignee[0] == '\0' || strcmp(row.assignee, me) == 0))
		return READING_OWN;
	if (reading_acted(web->store, &row, me, 0, &acted) == RC_OK && acted)
		return READING_OWN;
	return READING_DUTY;
}

void pages_look_record(struct web *web, struct request *request, const struct response *response)
{
	struct reading reading = {.at = request->now_ms, .route = request->route->name, .subject = "",
		.place = request->remote};
	bool shown = response->status == 200 || (request->method == METHOD_POST
			&& (response->status == 409 || response->status == 422)), seen = false;

	if (request->session == NULL || !shown || (!is_dossier(request) && !is_list(request)))
		return;
	reading.account = request->session->account.id;
	reading.name = request->session->account.name;
	if (is_dossier(request)) {
		reading.subject = pool_printf(request->pool, "%s/%s", request->params[0], request->params[1]);
		reading.ground = ground_of(web, request);
	}
	/* A page that looks anew by itself: one look an hour. */
	if (request_header(request, "X-Tram-Quiet")[0] != '\0'
			&& reading_seen(web->store, &reading, QUIET_MS, &seen) == RC_OK && seen)
		return;
	if (reading_note(web->store, &reading) != RC_OK)
		log_error("reading not recorded route=%s account=%s", reading.route, reading.account);
}

/* ---- the supervisor's page ---- */

static const char *name_of(struct web *web, struct pool *pool, const char *id)
{
	struct account account;

	return account_by_id(web->store, pool, id, &account) == RC_OK ? account.name : id;
}

enum rc pages_look_sums(struct web *web, struct view *view, int64_t from_ms, const char *current)
{
	struct pool *pool = view_pool(view);
	struct reading_sum *rows = NULL;
	size_t count = 0, i;
	enum rc rc = reading_sums(web->store, pool, from_ms, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "sums");

		view_set(item, "id", rows[i].account);
		view_set(item, "name", name_of(web, pool, rows[i].account));
		view_int(item, "looks", rows[i].looks);
		view_int(item, "outside", rows[i].outside);
		view_flag(item, "current", strcmp(rows[i].account, current) == 0);
	}
	view_flag(view, "any_sums", count > 0);
	return rc;
}

static void show_look(struct web *web, struct view *view, const struct reading_row *row)
{
	struct view *item = view_item(view, "looks");
	struct pool *pool = view_pool(view);
	const char *slash = strchr(row->subject, '/');
	struct dossier_row dossier;

	view_set(item, "code", slash != NULL ? slash + 1 : row->subject);
	if (slash != NULL && dossier_find(web->store, pool, pool_strndup(pool, row->subject,
			(size_t)(slash - row->subject)), slash + 1, &dossier) == RC_OK) {
		view_set(item, "url", pages_dossier_url(pool, &dossier, ""));
		view_set(item, "procedure", dossier.procedure_name);
	}
	view_set(item, "who", name_of(web, pool, row->account));
	view_set(item, "at", show_time_screen(pool, row->at));
	view_int(item, "times", row->times);
}

enum rc pages_look_outside(struct web *web, struct view *view, int64_t from_ms, const char *account,
		size_t limit, size_t offset, bool *more)
{
	struct reading_row *rows = NULL;
	size_t count = 0, i;
	enum rc rc = reading_outside(web->store, view_pool(view), from_ms, account, limit + 1, offset, &rows,
			&count);

	for (i = 0; rc == RC_OK && i < count && i < limit; i++)
		show_look(web, view, &rows[i]);
	view_flag(view, "any_looks", count > 0);
	*more = count > limit;
	return rc;
}
