/*
 * pages_timeline.c: what happened to a dossier, in words: by whom, when, and what was written.
 */
#include "center/pages.h"

#include <string.h>

#include "store/account.h"
#include "store/journal.h"
#include "web/show.h"
#include "web/text_vi.h"

/* Kinds without a sentence of their own are shown as "something was recorded", never hidden. */
static const char *kind_words(struct pool *pool, const char *kind)
{
	const char *key = pool_printf(pool, "event.%s", kind);

	return text_get(text_known(key) ? key : "event.unknown");
}

/* The center knows its own people by name; a point's people stand as their point. */
static const char *actor_words(struct web *web, struct pool *pool, const struct event *event, const char *point)
{
	struct account account;

	if (strcmp(event->actor, "system") == 0)
		return text_get("center.by_system");
	if (event->author == AUTHOR_BOARD)
		return point;
	if (account_by_id(web->store, pool, event->actor, &account) != RC_OK)
		return event->actor;
	return account.name;
}

/* What the person wrote with the act, where the kind has such a field. */
static void show_detail(struct view *item, const struct event *event)
{
	static const char *const members[] = {"reason", "text", "note", "code"};
	struct pool *pool = view_pool(item);
	json_t *body = NULL;
	const char *text;
	size_t i;

	if (event->body == NULL) {
		view_set(item, "detail", text_get("event.erased"));
		return;
	}
	if (json_parse(event->body, event->body_len, &body) != RC_OK)
		return;
	if (strcmp(event->kind, "request.made") == 0)
		view_set(item, "what", pages_request_words(pool, json_text(body, "act")));
	else if (strcmp(event->kind, "request.answered") == 0)
		view_set(item, "what", text_get(json_flag(body, "granted") ? "request.granted" :
				"request.refused"));
	if (strcmp(event->kind, "time.corrected") == 0) {
		view_set(item, "detail", text_fill(pool, "event.detail.time", show_time_screen(pool,
				json_int(body, "wall_ms", 0)), NULL));
		json_decref(body);
		return;
	}
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		text = json_text(body, members[i]);
		if (*text != '\0' && strcmp(event->kind, "dossier.accepted") != 0) {
			view_set(item, "detail", pool_strdup(pool, text));
			break;
		}
	}
	json_decref(body);
}

enum rc pages_timeline(struct web *web, struct request *request, const struct dossier_row *row,
		const char *point, struct view *view)
{
	struct pool *pool = request->pool;
	struct journal_row *rows = NULL;
	struct view *item;
	size_t count = 0, i;
	enum rc rc;

	rc = journal_subject(web->store, pool, row->board, row->id, &rows, &count);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i < count; i++) {
		const struct event *event = &rows[i].event;

		item = view_item(view, "timeline");
		view_set(item, "at", show_time_screen(pool, event->time.wall_ms));
		view_set(item, "words", kind_words(pool, event->kind));
		view_set(item, "who", actor_words(web, pool, event, point));
		view_flag(item, "doubt", event->time.source == WHEN_UNKNOWN ||
				event->time.source == WHEN_FLOOR || (event->time.source == WHEN_RTC &&
				event->time.boot_count > 0));
		show_detail(item, event);
	}
	return RC_OK;
}
