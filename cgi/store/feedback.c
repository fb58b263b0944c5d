/*
 * feedback.c: see feedback.h. All of a year are events of one subject, so that nothing else is read.
 */
#include "store/feedback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "store/journal.h"

static void subject_of(int year, uint8_t subject[EVENT_ID_SIZE])
{
	char text[EVENT_ID_SIZE + 1] = "";

	(void)snprintf(text, sizeof(text), "feedback %d", year % 10000);
	memcpy(subject, text, EVENT_ID_SIZE);
}

static void read_received(struct pool *pool, const struct event *event, const json_t *body,
		struct feedback *out)
{
	memset(out, 0, sizeof(*out));
	hex_encode(event->id, EVENT_ID_SIZE, out->id);
	out->actor = pool_strdup(pool, event->actor);
	out->at = event->time.wall_ms;
	out->number = pool_strdup(pool, json_text(body, "number"));
	out->text = body != NULL ? pool_strdup(pool, json_text(body, "text")) : NULL;
	out->from = pool_strdup(pool, json_text(body, "from"));
	out->phone = pool_strdup(pool, json_text(body, "phone"));
	out->answer_by = json_int(body, "answer_by", 0);
}

static void read_answer(struct pool *pool, const struct event *event, const json_t *body,
		struct feedback *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].id, json_text(body, "feedback")) != 0 || rows[i].answered_at != 0)
			continue;
		rows[i].answer = pool_strdup(pool, json_text(body, "text"));
		rows[i].answered_by = pool_strdup(pool, event->actor);
		rows[i].answered_at = event->time.wall_ms;
	}
}

static int by_need(const void *left, const void *right)
{
	const struct feedback *a = left, *b = right;

	if ((a->answered_at == 0) != (b->answered_at == 0))
		return a->answered_at == 0 ? -1 : 1;
	if (a->answered_at == 0)
		return a->answer_by < b->answer_by ? -1 : a->answer_by > b->answer_by;
	return a->at > b->at ? -1 : a->at < b->at;
}

enum rc feedback_list(struct store *store, struct pool *pool, int year, struct feedback **rows,
		size_t *count)
{
	struct journal_row *events = NULL;
	uint8_t subject[EVENT_ID_SIZE];
	size_t total = 0;
	enum rc rc;

	subject_of(year, subject);
	*count = 0;
	rc = journal_subject(store, pool, store->board, subject, &events, &total);
	*rows = pool_alloc(pool, (total + 1) * sizeof(**rows));
	for (size_t i = 0; rc == RC_OK && i < total; i++) {
		const struct event *event = &events[i].event;
		json_t *body = NULL;

		if (event->body != NULL && json_parse(event->body, event->body_len, &body) != RC_OK)
			body = NULL;
		if (strcmp(event->kind, "feedback.received") == 0)
			read_received(pool, event, body, &(*rows)[(*count)++]);
		else if (strcmp(event->kind, "feedback.answered") == 0)
			read_answer(pool, event, body, *rows, *count);
		json_decref(body);
	}
	if (rc == RC_OK && *count > 1)
		qsort(*rows, *count, sizeof(**rows), by_need);
	return rc;
}

enum rc feedback_find(struct store *store, struct pool *pool, const char *id, int year,
		struct feedback *out, int *of_year)
{
	for (*of_year = year; *of_year > year - 2; (*of_year)--) {
		struct feedback *rows = NULL;
		size_t count = 0;
		enum rc rc = feedback_list(store, pool, *of_year, &rows, &count);

		if (rc != RC_OK)
			return rc;
		for (size_t i = 0; i < count; i++) {
			if (strcmp(rows[i].id, id) != 0)
				continue;
			*out = rows[i];
			return RC_OK;
		}
	}
	return RC_NOT_FOUND;
}

static enum rc append(struct store *store, int year, const char *kind, const char *actor, json_t *body)
{
	uint8_t subject[EVENT_ID_SIZE];
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = subject, .kind = kind,
		.actor = actor, .body = body };
	const char *reason = NULL;
	struct event event;
	enum rc rc;

	subject_of(year, subject);
	rc = act_append(store, &act, &event, &reason);
	json_decref(body);
	return rc;
}

enum rc feedback_receive(struct store *store, struct pool *pool, const char *actor, int year,
		struct feedback *feedback)
{
	struct feedback *rows = NULL;
	size_t count = 0;
	json_t *body;
	enum rc rc = feedback_list(store, pool, year, &rows, &count);

	if (rc != RC_OK)
		return rc;
	feedback->number = pool_printf(pool, "%02zu/%d", count + 1, year);
	body = json_new_object();
	json_put(body, "number", feedback->number);
	json_put(body, "text", feedback->text);
	json_put(body, "from", feedback->from);
	json_put(body, "phone", feedback->phone);
	json_put_int(body, "answer_by", feedback->answer_by);
	return append(store, year, "feedback.received", actor, body);
}

enum rc feedback_answer(struct store *store, struct pool *pool, const char *actor, int year,
		const char *id, const char *text)
{
	struct feedback one;
	json_t *body;
	enum rc rc = feedback_find(store, pool, id, year, &one, &year);

	if (rc != RC_OK)
		return rc;
	if (one.answered_at != 0)
		return RC_CONFLICT;
	body = json_new_object();
	json_put(body, "feedback", id);
	json_put(body, "text", text);
	return append(store, year, "feedback.answered", actor, body);
}
