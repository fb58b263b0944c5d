/*
 * question.c: questions about a dossier that do not stop its clock: asked of the counter, the
 * specialist or the province (/cau-hoi), answered once. What waits for this person is one list.
 */
#include <string.h>

#include "store/journal.h"
#include "intake/ask.h"
#include "intake/question.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50

static const struct field ask_fields[] = {
	{ "to", FIELD_CHOICE, true, 0, 0, "counter|specialist|center", "question.to" },
	{ "text", FIELD_LINES, true, 3, 2000, NULL, "question.text" },
};
#define ASK_FIELDS (sizeof(ask_fields) / sizeof(ask_fields[0]))
static const struct field answer_fields[] = {
	{ "answer", FIELD_LINES, true, 1, 2000, NULL, "question.answer" },
};

/* Text of the event of a row; pool. */
static const char *text_of(struct web *web, struct pool *pool, const struct dossier_row *dossier,
		const struct pending_row *row)
{
	json_t *body = NULL;
	const char *text = text_get("event.erased");

	if (pending_body(web->store, pool, dossier->board, row, &body) == RC_OK)
		text = pool_strdup(pool, json_text(body, "text"));
	json_decref(body);
	return text;
}

enum rc question_show_answer(struct web *web, struct view *item, const struct dossier_row *dossier,
		const struct answer_of *of, const char *id)
{
	struct pool *pool = view_pool(item);
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_subject(web->store, pool, dossier->board, dossier->id, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		const struct event *event = &rows[i].event;
		json_t *body = NULL;

		if (strcmp(event->kind, of->kind) != 0 || event->body == NULL ||
				json_parse(event->body, event->body_len, &body) != RC_OK)
			continue;
		if (strcmp(json_text(body, of->asked), id) == 0) {
			view_set(item, of->shown, pool_strdup(pool, json_text(body, of->words)));
			view_set(item, "answered_by", dossier_show_actor(web, pool, event->actor,
					event->author));
			view_set(item, "answered_at", show_time_screen(pool, event->time.wall_ms));
		}
		json_decref(body);
	}
	return rc;
}

static const struct answer_of question_answer = { "question.answered", "question", "text", "answer" };

static void show_question(struct web *web, struct view *item, const struct dossier_row *dossier,
		const struct pending_row *row)
{
	struct pool *pool = view_pool(item);

	view_set(item, "id", pool_strdup(pool, row->id));
	view_set(item, "question", text_of(web, pool, dossier, row));
	view_set(item, "by", dossier_show_actor(web, pool, row->actor, row->author));
	view_set(item, "at", show_time_screen(pool, row->at));
	view_set(item, "to", text_get(pool_printf(pool, "question.to.%s",
			row->word[0] != '\0' ? row->word : "specialist")));
	view_flag(item, "open", row->done == PENDING_OPEN);
}

enum rc question_show_waiting(struct web *web, struct request *request, struct view *view,
		const char *word, const char *list, size_t *shown)
{
	struct pending_query query = { .kind = "question", .word = word, .limit = ROWS,
		.account = strcmp(word, "specialist") == 0 ? request->session->account.id : NULL };
	struct pending_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0;
	enum rc rc = pending_list(web->store, request->pool, &query, &rows, &dossiers, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, list);

		dossier_show_row(item, &dossiers[i], request->now_ms);
		show_question(web, item, &dossiers[i], &rows[i]);
	}
	*shown += count;
	view_flag(view, pool_printf(request->pool, "%s_shown", list), count > 0);
	return rc;
}

enum rc page_questions(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	size_t shown = 0;
	enum rc rc = RC_OK;

	if (frame_can(request, ROLES_COUNTER))
		rc = question_show_waiting(web, request, view, "counter", "counter_questions", &shown);
	if (rc == RC_OK && frame_can(request, ROLE_SPECIALIST | ROLE_MANAGER))
		rc = question_show_waiting(web, request, view, "specialist", "desk_questions", &shown);
	if (rc == RC_OK)
		rc = question_show_waiting(web, request, view, "center", "province_questions", &shown);
	if (rc == RC_OK)
		rc = ask_show_list(web, request, view, PENDING_OPEN, "requests", &shown);
	if (rc == RC_OK)
		rc = ask_show_list(web, request, view, PENDING_YES, "granted_requests", &shown);
	if (rc == RC_OK)
		rc = ask_show_list(web, request, view, PENDING_NO, "refused_requests", &shown);
	view_flag(view, "any", shown > 0);
	view_set(view, "title", text_get("question.title"));
	return rc == RC_OK ? web_page(web, request, response, "intake/questions", view) : rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, struct view *view)
{
	struct pending_row *rows = NULL;
	size_t count = 0;
	enum rc rc = pending_of(web->store, request->pool, row, "question", &rows, &count);

	while (rc == RC_OK && count > 0) {
		struct view *item = view_item(view, "questions");
		const struct pending_row *one = &rows[--count];

		show_question(web, item, row, one);
		view_set(item, "answer_url", dossier_show_url(request->pool, row,
				pool_printf(request->pool, "/cau-hoi/%s", one->id)));
		if (one->done != PENDING_OPEN)
			rc = question_show_answer(web, item, row, &question_answer, one->id);
		view_flag(view, "questions_shown", true);
	}
	dossier_show_row(view, row, request->now_ms);
	view_set(view, "seen", row->seen);
	view_set(view, "title", text_get("act.question"));
	return rc == RC_OK ? web_page(web, request, response, "intake/question", view) : rc;
}

static enum rc ask(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	struct form *form = request->form;
	json_t *body = json_new_object();
	enum rc rc;

	json_put(body, "to", form_text(form, "to"));
	json_put(body, "text", form_text(form, "text"));
	/* Whoever works on it now; nobody by name when it lies with no specialist. */
	if (strcmp(form_text(form, "to"), "specialist") == 0)
		json_put(body, "to_account", row->assignee);
	rc = act_write(web, request, response, row, "question.asked", body,
			dossier_show_url(request->pool, row, "/cau-hoi"));
	json_decref(body);
	return rc;
}

enum rc page_question(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	if (request->method == METHOD_POST) {
		if (form_check(request->form, ask_fields, ASK_FIELDS) == RC_OK)
			return ask(web, request, response, &row);
		form_show(request->form, ask_fields, ASK_FIELDS, view);
		response->status = 422;
	} else {
		view_flag(view, row.facts.holder == HOLDER_CENTER ? "to_is_center" :
				frame_can(request, ROLE_SPECIALIST) ? "to_is_counter" : "to_is_specialist", true);
	}
	return show(web, request, response, &row, view);
}

enum rc page_question_answer(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct pending_row question;
	struct dossier_row row;
	bool done = false;
	json_t *body;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = pending_find(web->store, request->pool, NULL, request->params[1], &question);
	if (rc == RC_OK && (strcmp(question.kind, "question") != 0 ||
			memcmp(question.subject, row.id, sizeof(row.id)) != 0))
		rc = RC_NOT_FOUND;
	if (rc == RC_OK)
		rc = act_sent_before(web, request, response, &done);
	if (rc != RC_OK || done)
		return rc;
	if (question.done != PENDING_OPEN)
		return act_conflict(web, request, response, &row, "question.answered_already");
	if (form_check(request->form, answer_fields, 1) != RC_OK) {
		form_show(request->form, answer_fields, 1, view);
		view_flag(view, "to_is_specialist", true);
		response->status = 422;
		return show(web, request, response, &row, view);
	}
	body = json_new_object();
	json_put(body, "question", question.id);
	json_put(body, "text", form_text(request->form, "answer"));
	rc = act_write(web, request, response, &row, "question.answered", body,
			dossier_show_url(request->pool, &row, "/cau-hoi"));
	json_decref(body);
	return rc;
}
