/*
 * queue_setup.c: which queues people take a number for, which counter serves which of them, how many with
 * priority are called in a row. What the manager set last holds (queue.changed, all of one subject);
 * until then tram.conf does.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "base/text.h"
#include "store/journal.h"
#include "store/queue.h"

static const uint8_t subject[EVENT_ID_SIZE] = "queue setup";

/* The text between two '|' without the blanks around it. */
static const char *part(struct pool *pool, const char *at, size_t len)
{
	while (len > 0 && *at == ' ')
		at++, len--;
	while (len > 0 && at[len - 1] == ' ')
		len--;
	return pool_strndup(pool, at, len);
}

static void of_conf(const struct settings *settings, struct pool *pool, struct queue_setup *out)
{
	const char *at = settings->queues;

	for (bool more = *at != '\0'; more && out->queues < QUEUE_MAX;) {
		size_t len = strcspn(at, "|");
		const char *name = part(pool, at, len);

		if (*name != '\0')
			out->names[out->queues++] = name;
		more = at[len] != '\0';
		at += len + more;
	}
	/* "2:B|3:AB" */
	at = settings->queue_counters;
	for (bool more = *at != '\0'; more && out->place_count < QUEUE_PLACES;) {
		size_t len = strcspn(at, "|");
		const char *place = part(pool, at, len), *colon = strchr(place, ':');
		struct queue_place *to = &out->places[out->place_count];

		if (colon != NULL && num_parse(pool_strndup(pool, place, (size_t)(colon - place)), 1, 99,
				&to->no) == RC_OK) {
			to->name = "";
			to->serves = colon + 1;
			out->place_count++;
		}
		more = at[len] != '\0';
		at += len + more;
	}
	out->priority_run = settings->queue_priority_run;
}

static void of_body(const json_t *body, struct pool *pool, struct queue_setup *out)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(body, "queues"), i, row)
		if (json_is_string(row) && out->queues < QUEUE_MAX)
			out->names[out->queues++] = pool_strdup(pool, json_string_value(row));
	json_array_foreach(json_object_get(body, "counters"), i, row) {
		struct queue_place *to = &out->places[out->place_count];

		if (out->place_count == QUEUE_PLACES)
			break;
		to->no = json_int(row, "no", 0);
		to->name = pool_strdup(pool, json_text(row, "name"));
		to->serves = pool_strdup(pool, json_text(row, "serves"));
		out->place_count++;
	}
	out->priority_run = json_int(body, "priority_run", 0);
}

enum rc queue_setup_get(struct store *store, struct pool *pool, struct queue_setup *out)
{
	struct journal_row *rows = NULL;
	const struct event *newest = NULL;
	json_t *body = NULL;
	size_t count = 0;
	enum rc rc = journal_subject(store, pool, store->board, subject, &rows, &count);

	memset(out, 0, sizeof(*out));
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].event.kind, "queue.changed") == 0 && rows[i].event.body != NULL)
			newest = &rows[i].event;
	if (newest == NULL || json_parse(newest->body, newest->body_len, &body) != RC_OK) {
		of_conf(store->settings, pool, out);
	} else {
		of_body(body, pool, out);
		hex_encode(newest->id, EVENT_ID_SIZE, out->seen);
		out->actor = pool_strdup(pool, newest->actor);
		out->at = newest->time.wall_ms;
	}
	json_decref(body);
	if (out->queues == 0)
		out->names[out->queues++] = "";
	return RC_OK;
}

enum rc queue_setup_change(struct store *store, const char *actor, const struct queue_setup *setup)
{
	json_t *body = json_new_object(), *queues = json_new_array(), *counters = json_new_array();
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = subject, .kind = "queue.changed",
		.actor = actor, .body = body };
	const char *reason = NULL;
	struct event event;
	enum rc rc;

	for (size_t i = 0; i < setup->queues; i++)
		if (*setup->names[i] != '\0')
			json_add(queues, json_string(setup->names[i]));
	for (size_t i = 0; i < setup->place_count; i++) {
		json_t *place = json_new_object();

		json_put_int(place, "no", setup->places[i].no);
		json_put(place, "name", setup->places[i].name);
		json_put(place, "serves", setup->places[i].serves);
		json_add(counters, place);
	}
	json_put_value(body, "queues", queues);
	json_put_value(body, "counters", counters);
	json_put_int(body, "priority_run", setup->priority_run);
	rc = act_append(store, &act, &event, &reason);
	json_decref(body);
	return rc;
}

const char *queue_setup_letters(const struct queue_setup *setup, const char *counter)
{
	int64_t no = 0;

	if (num_parse(counter, 1, 99, &no) == RC_OK)
		for (size_t i = 0; i < setup->place_count; i++)
			if (setup->places[i].no == no)
				return setup->places[i].serves;
	return "";
}

enum rc queue_setup_waiting(struct store *store, char letter, int64_t day, int64_t *count)
{
	const char first[] = { letter, '\0' }, after[] = { (char)(letter + 1), '\0' };
	struct stmt *stmt = db_stmt(store->tram, "SELECT count(*) FROM ticket WHERE board = $1 AND day = $2 "
			"AND number >= $3 AND number < $4 AND state IN (0, 1)");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, day);
	stmt_text(stmt, 3, first);
	stmt_text(stmt, 4, after);
	rc = stmt_step(stmt, &row);
	*count = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return rc;
}
