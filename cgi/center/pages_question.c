/*
 * pages_question.c: questions about a dossier between the province and its point, which stop no
 * clock, and the papers that have physically come.
 */
#include "center/pages.h"

#include <string.h>

#include "store/handover.h"
#include "store/journal.h"
#include "store/pending.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 100
#define LISTS_MAX 8

static const struct field ask_fields[] = {
	{"text", FIELD_LINES, true, 3, 2000, NULL, "question.text"},
};
static const struct field answer_fields[] = {
	{"answer", FIELD_LINES, true, 1, 2000, NULL, "question.answer"},
};

static const char *who(const struct pending_row *row, const char *point)
{
	return row->author == AUTHOR_CENTER ? text_get("actor.province") : point;
}

static void show_one(struct web *web, struct view *item, const struct dossier_row *dossier,
		const struct pending_row *row, const char *point)
{
	struct pool *pool = view_pool(item);
	json_t *body = NULL;

	view_set(item, "question", text_get("event.erased"));
	if (pending_body(web->store, pool, dossier->board, row, &body) == RC_OK)
		view_set(item, "question", pool_strdup(pool, json_text(body, "text")));
	json_decref(body);
	view_set(item, "id", pool_strdup(pool, row->id));
	view_set(item, "by", who(row, point));
	view_set(item, "at", show_time_screen(pool, row->at));
	view_flag(item, "open", row->done == PENDING_OPEN);
}

enum rc pages_questions(struct web *web, struct request *request, struct response *response)
{
	const struct pending_query query = {.kind = "question", .word = "center", .limit = ROWS};
	struct view *view = view_new(request->pool);
	struct pending_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	struct link_board board;
	size_t count = 0, i;
	enum rc rc;

	rc = pending_list(web->store, request->pool, &query, &rows, &dossiers, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "questions");

		rc = pages_frame_board(web, request->pool, dossiers[i].board, &board);
		if (rc != RC_OK)
			break;
		show_one(web, item, &dossiers[i], &rows[i], board.name);
		view_set(item, "code", *dossiers[i].official != '\0' ? dossiers[i].official :
				dossiers[i].code);
		view_set(item, "procedure", dossiers[i].procedure_name);
		view_set(item, "url", pages_dossier_url(request->pool, &dossiers[i], "/cau-hoi"));
	}
	view_flag(view, "any", count > 0);
	view_set(view, "title", text_get("question.title"));
	return rc == RC_OK ? web_page(web, request, response, "center/questions", view) : rc;
}

/* Who answered what, from the dossier's events. */
static void show_answer(struct view *item, const struct journal_row *rows, size_t count, const char *id,
		const char *point)
{
	struct pool *pool = view_pool(item);
	size_t i;

	for (i = 0; i < count; i++) {
		const struct event *event = &rows[i].event;
		json_t *body = NULL;

		if (strcmp(event->kind, "question.answered") != 0 || event->body == NULL ||
				json_parse(event->body, event->body_len, &body) != RC_OK)
			continue;
		if (strcmp(json_text(body, "question"), id) == 0) {
			view_set(item, "answer", pool_strdup(pool, json_text(body, "text")));
			view_set(item, "answered_by", event->author == AUTHOR_CENTER ?
					text_get("actor.province") : point);
			view_set(item, "answered_at", show_time_screen(pool, event->time.wall_ms));
		}
		json_decref(body);
	}
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, struct view *view)
{
	struct pool *pool = request->pool;
	struct journal_row *events = NULL;
	struct pending_row *rows = NULL;
	struct link_board board;
	size_t event_count = 0, count = 0;
	enum rc rc;

	rc = pages_frame_board(web, pool, row->board, &board);
	if (rc == RC_OK)
		rc = pending_of(web->store, pool, row, "question", &rows, &count);
	if (rc == RC_OK)
		rc = journal_subject(web->store, pool, row->board, row->id, &events, &event_count);
	while (rc == RC_OK && count > 0) {
		const struct pending_row *one = &rows[--count];
		struct view *item = view_item(view, "questions");

		show_one(web, item, row, one, board.name);
		show_answer(item, events, event_count, one->id, board.name);
		view_set(item, "answer_url", pages_dossier_url(pool, row,
				pool_printf(pool, "/cau-hoi/%s", one->id)));
	}
	pages_inbox_show(view, row, request->now_ms);
	view_set(view, "title", text_get("center.question"));
	view_set(view, "action", pages_dossier_url(pool, row, "/cau-hoi"));
	view_set(view, "back", pages_dossier_url(pool, row, ""));
	view_set(view, "seen", row->seen);
	return rc == RC_OK ? web_page(web, request, response, "center/question", view) : rc;
}

static enum rc write(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *kind, json_t *body)
{
	const struct pages_act_part part = {kind, body};
	enum rc rc;

	rc = pages_act_write(web, request, response, row, &part, 1,
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	json_decref(body);
	return rc;
}

enum rc pages_question(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	json_t *body;
	enum rc rc;

	rc = pages_dossier_find(web, request, &row);
	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return show(web, request, response, &row, view);
	if (form_check(request->form, ask_fields, 1) != RC_OK) {
		form_show(request->form, ask_fields, 1, view);
		response->status = 422;
		return show(web, request, response, &row, view);
	}
	body = json_new_object();
	json_put(body, "to", "counter");
	json_put(body, "text", form_text(request->form, "text"));
	return write(web, request, response, &row, "question.asked", body);
}

enum rc pages_question_answer(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct pending_row question;
	struct dossier_row row;
	json_t *body;
	enum rc rc;

	rc = pages_dossier_find(web, request, &row);
	if (rc == RC_OK)
		rc = pending_find(web->store, request->pool, row.board, request->params[2], &question);
	if (rc == RC_OK && (strcmp(question.kind, "question") != 0 ||
			memcmp(question.subject, row.id, sizeof(row.id)) != 0))
		rc = RC_NOT_FOUND;
	if (rc != RC_OK)
		return rc;
	if (form_check(request->form, answer_fields, 1) != RC_OK) {
		form_show(request->form, answer_fields, 1, view);
		response->status = 422;
		return show(web, request, response, &row, view);
	}
	body = json_new_object();
	json_put(body, "question", question.id);
	json_put(body, "text", form_text(request->form, "answer"));
	return write(web, request, response, &row, "question.answered", body);
}

/* ---- papers ---- */

enum rc pages_question_papers(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct handover_row *rows = NULL;
	struct pool *pool = view_pool(view);
	size_t count = 0, i;
	enum rc rc;

	rc = handover_of(web->store, pool, row, &rows, &count);
	for (i = 0; rc == RC_OK && row->facts.holder == HOLDER_CENTER && i < count; i++) {
		struct view *item;

		if (rows[i].got == HANDOVER_RECEIVED || rows[i].author == AUTHOR_CENTER)
			continue;
		item = view_item(view, "papers");
		view_set(item, "list", rows[i].list);
		view_set(item, "what", text_get(pool_printf(pool, "handover.what.%s",
				*rows[i].what != '\0' ? rows[i].what : "paper")));
		view_set(item, "at", show_time_screen(pool, rows[i].at));
		view_flag(view, "papers_shown", true);
	}
	return rc;
}

enum rc pages_paper_here(struct web *web, struct request *request, struct response *response)
{
	struct pages_act_part parts[LISTS_MAX];
	struct handover_row *rows = NULL;
	struct dossier_row row;
	size_t count = 0, part_count = 0, i;
	enum rc rc;

	rc = pages_dossier_find(web, request, &row);
	if (rc == RC_OK)
		rc = handover_of(web->store, request->pool, &row, &rows, &count);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i < count && part_count < LISTS_MAX; i++) {
		json_t *body;

		if (rows[i].got == HANDOVER_RECEIVED || rows[i].author == AUTHOR_CENTER)
			continue;
		body = json_new_object();
		json_put(body, "list", rows[i].list);
		json_put(body, "given", rows[i].id);
		json_put(body, "from", rows[i].giver);
		parts[part_count++] = (struct pages_act_part){"handover.received", body};
	}
	rc = pages_act_write(web, request, response, &row, parts, part_count,
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	for (i = 0; i < part_count; i++)
		json_decref((json_t *)parts[i].body);
	return rc;
}
