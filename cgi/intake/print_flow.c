/*
 * print_flow.c: papers that tell a dossier's way: the control sheet (who gave to whom, when, in
 * time or late), the sheet of steps, and the letter that goes with the papers to another desk.
 */
#include <string.h>

#include "base/when.h"
#include "intake/print.h"
#include "web/show.h"
#include "web/text_vi.h"

#define BLANK_ROWS 5		/* of the control sheet, filled by hand */

static json_t *body_of(const struct event *event)
{
	json_t *body = NULL;

	if (event->body == NULL || json_parse(event->body, event->body_len, &body) != RC_OK)
		body = json_new_object();
	return body;
}

static bool is(const struct event *event, const char *kind)
{
	return strcmp(event->kind, kind) == 0;
}

/* ---- control sheet ---- */

/* One handing over: giver, taker, when each signed. NULL: not one. */
static const char *taker_of(const struct print *print, const struct event *event, const json_t *body)
{
	const char *point = print->web->settings->point_name;

	if (is(event, "dossier.forwarded"))
		return json_text(body, "to_unit");
	if (is(event, "dossier.handed_over"))
		return json_text(body, "unit");
	if (is(event, "dossier.sent_to_sign"))
		return json_text(body, "signer_name");
	if (is(event, "dossier.handed_back") || is(event, "dossier.sent_back") ||
			is(event, "dossier.finished") || is(event, "dossier.recalled"))
		return point;
	return NULL;
}

/* Before, in or after time: a step against its internal due time, the end against the citizen's
 * (printed minutes compare, DOMAIN counting rules). */
static const char *verdict(int64_t at_ms, int64_t due_at)
{
	int64_t at = at_ms / WHEN_MINUTE_MS, due = due_at / WHEN_MINUTE_MS;

	if (due_at <= 0 || at_ms <= 0)
		return "";
	return text_get(at > due ? "print.control.late" : at == due ? "print.control.in_time" :
			"print.control.early");
}

static struct view *add_row(struct print *print, int *rows)
{
	struct view *item = view_item(print->view, "steps");

	view_int(item, "no", ++*rows);
	return item;
}

static const char *by(struct print *print, const struct event *event)
{
	return dossier_show_actor(print->web, view_pool(print->view), event->actor, event->author);
}

enum rc print_flow_control(struct print *print)
{
	struct pool *pool = view_pool(print->view);
	const char *holder = print->web->settings->point_name;
	struct view *open = NULL;
	int64_t step_due = 0;
	int rows = 0;

	for (size_t i = 0; i < print->count; i++) {
		const struct event *event = &print->rows[i].event;
		json_t *body = body_of(event);
		const char *taker = taker_of(print, event, body);
		const char *time = show_time_paper(pool, event->time.wall_ms);

		if (open != NULL && (is(event, "dossier.taken") || is(event, "dossier.signed"))) {
			view_set(open, "taken_at", time);
			view_set(open, "taken_by", by(print, event));
			open = NULL;
		}
		if (taker != NULL) {
			open = add_row(print, &rows);
			view_set(open, "giver", holder);
			holder = pool_strdup(pool, taker);
			view_set(open, "taker", holder);
			view_set(open, "given_at", time);
			view_set(open, "given_by", by(print, event));
			view_set(open, "verdict", is(event, "dossier.finished") ?
					verdict(json_int(body, "decided_at", 0),
					print->row.has_due ? print->row.due_at : 0) :
					verdict(event->time.wall_ms, step_due));
			step_due = json_int(body, "internal_due_at", 0);
		}
		json_decref(body);
	}
	for (int blanks = 0; blanks < 2 || rows < BLANK_ROWS; blanks++)
		(void)add_row(print, &rows);
	return RC_OK;
}

/* ---- steps ---- */

static void show_step(struct print *print, const struct event *event, int *rows)
{
	struct pool *pool = view_pool(print->view);
	struct view *item = add_row(print, rows);
	json_t *body = body_of(event);
	const char *taker = taker_of(print, event, body);
	const json_t *due = json_object_get(body, "due");

	view_set(item, "at", show_time_screen(pool, event->time.wall_ms));
	view_set(item, "who", by(print, event));
	view_set(item, "act", text_get(pool_printf(pool, "event.%s", event->kind)));
	if (taker != NULL)
		view_set(item, "to", pool_strdup(pool, taker));
	if (json_int(body, "internal_due_at", 0) > 0)
		view_set(item, "until", show_time_screen(pool, json_int(body, "internal_due_at", 0)));
	else if (json_flag(due, "has"))
		view_set(item, "until", show_time_screen(pool, json_int(due, "at", 0)));
	json_decref(body);
}

enum rc print_flow_process(struct print *print)
{
	int rows = 0;

	for (size_t i = 0; i < print->count; i++) {
		const struct event *event = &print->rows[i].event;
		const struct kind *kind = kind_find(event->kind, event->kind_version);

		if (kind != NULL && kind->class == KIND_STATE)
			show_step(print, event, &rows);
	}
	return RC_OK;
}

/* ---- with the papers to another desk ---- */

static void show_papers(struct print *print)
{
	const json_t *papers = json_object_get(print->body, "components");
	int number = 0;

	for (size_t i = 0; i < json_array_size(papers); i++) {
		const json_t *paper = json_array_get(papers, i);
		struct view *item;

		if (strcmp(json_text(paper, "state"), "du") != 0)
			continue;
		item = view_item(print->view, "papers");
		view_int(item, "no", ++number);
		print_set(item, "paper", paper, "name");
		view_int(item, "originals", json_int(paper, "originals", 0));
		view_int(item, "certified", json_int(paper, "certified", 0));
		view_int(item, "copies", json_int(paper, "copies", 0));
	}
	view_flag(print->view, "papers_shown", number > 0);
	view_int(print->view, "sets", json_int(print->body, "sets", 1));
}

enum rc print_flow_handover(struct print *print)
{
	struct view *view = print->view;
	int64_t until = 0;

	for (size_t i = print->count; i-- > 0;) {
		const struct event *event = &print->rows[i].event;
		json_t *body;

		if (!is(event, "dossier.forwarded") && !is(event, "dossier.handed_over"))
			continue;
		body = body_of(event);
		view_set(view, "unit", pool_strdup(view_pool(view), taker_of(print, event, body)));
		until = json_int(body, "internal_due_at", 0);
		view_set(view, "date", show_date_paper(view_pool(view), event->time.wall_ms));
		json_decref(body);
		break;
	}
	if (until > 0)
		view_set(view, "until", show_due_paper(view_pool(view), until));
	show_papers(print);
	return RC_OK;
}
