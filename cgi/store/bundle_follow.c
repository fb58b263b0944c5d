/*
 * bundle_follow.c: the parent of a bundle follows its parts: what becomes of a part, by the board's act or by
 * one of the province's that has just come, the board writes on the parent too, in the same commit, as the
 * parent's own event. The parent is what the citizen's slip names, so its state and due time must be what the
 * parts have come to. What does not fit (the parent is at the province, its words were erased) is left as it
 * is: a part's act never fails because of its parent.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "store/bundle.h"
#include "store/dossier.h"
#include "store/journal.h"

struct follow {
	struct store *store;
	struct pool *pool;
	const struct act *act;		/* on the part */
	const char *by;			/* who did it there, maybe at the province */
	struct dossier_row parent, part;
	size_t place;			/* of the part in the bundle, from 1 */
	size_t parts, closed, returned, working, forwarded, waiting;
	int64_t due_at;			/* the latest of the parts, 0: none has one */
	bool due_certain;
};

static bool is(const char *kind, const char *name)
{
	return strcmp(kind, name) == 0;
}

static bool matters(const char *kind)
{
	static const char *const kinds[] = { "dossier.forwarded", "dossier.handed_over", "dossier.taken",
		"dossier.recalled", "dossier.sent_back", "dossier.sent_to_sign", "dossier.finished",
		"dossier.result_returned", "dossier.result_recalled", "dossier.withdrawn",
		"dossier.stopped", "dossier.refused", "dossier.voided",
		"dossier.supplement_requested", "dossier.supplement_received", "dossier.extended",
		"dossier.due_adjusted" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is(kind, kinds[i]))
			return true;
	return false;
}

/* The newest body of this kind in a dossier's events; NULL: none, or erased. Caller json_decref's. */
static enum rc last_body(const struct follow *follow, const struct dossier_row *row, const char *kind,
		json_t **out)
{
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_subject(follow->store, follow->pool, row->board, row->id, &rows, &count);

	*out = NULL;
	for (size_t i = count; rc == RC_OK && i > 0; i--) {
		const struct event *event = &rows[i - 1].event;

		if (!is(event->kind, kind))
			continue;
		if (event->body != NULL)
			rc = json_parse(event->body, event->body_len, out);
		break;
	}
	return rc;
}

static void count_part(struct follow *follow, const struct dossier_row *row)
{
	enum dossier_state state = row->facts.state;

	follow->waiting += state == STATE_SUPPLEMENT;
	/* What waits for the citizen stands where it will go on. */
	if (state == STATE_SUPPLEMENT || state == STATE_PAYMENT)
		state = row->facts.resume_state;
	follow->parts++;
	follow->closed += state_is_closed(state);
	follow->returned += state == STATE_RETURNED;
	follow->working += !state_is_closed(state) && state > STATE_FORWARDED;
	follow->forwarded += state == STATE_FORWARDED;
	if (row->has_due && row->due_at > follow->due_at) {
		follow->due_at = row->due_at;
		follow->due_certain = row->due_certain;
	}
}

/* Where all parts stand now, this act included. */
static enum rc count_parts(struct follow *follow)
{
	const json_t *part;
	json_t *link = NULL;
	enum rc rc = last_body(follow, &follow->parent, "dossier.linked", &link);
	size_t i;

	json_array_foreach(json_object_get(link, "parts"), i, part) {
		struct dossier_row row;

		if (rc == RC_OK)
			rc = dossier_find(follow->store, follow->pool, follow->parent.board,
					json_text(part, "dossier"), &row);
		if (rc != RC_OK)
			break;
		count_part(follow, &row);
		if (memcmp(row.id, follow->part.id, sizeof(row.id)) == 0)
			follow->place = i + 1;
	}
	json_decref(link);
	return rc;
}

/* One event on the parent, where the rules let it. *done: it was written, and the parent read anew. */
static enum rc write(struct follow *follow, const char *kind, json_t *body, bool *done)
{
	struct act act = { .board = follow->parent.board, .subject_kind = SUBJECT_DOSSIER,
		.subject = follow->parent.id, .kind = kind, .actor = follow->act->actor, .body = body };
	const char *reason;
	struct event event;
	enum rc rc = act_append(follow->store, &act, &event, &reason);

	json_decref(body);
	*done = rc == RC_OK;
	if (rc == RC_CONFLICT || rc == RC_INVALID)
		return RC_OK;
	return rc == RC_OK ? dossier_find(follow->store, follow->pool, follow->parent.board,
			follow->parent.code, &follow->parent) : rc;
}

/* What the part came to; its files stay with the part. */
static enum rc finished_body(const struct follow *follow, json_t **out)
{
	json_t *finished = NULL, *results, *result;
	enum rc rc = last_body(follow, &follow->part, "dossier.finished", &finished);
	size_t i;

	*out = json_new_object();
	results = json_deep_copy(json_object_get(finished, "results"));
	json_array_foreach(results, i, result)
		(void)json_object_del(result, "files");
	if (results != NULL)
		json_put_value(*out, "results", results);
	json_put_int(*out, "decided_at", json_int(finished, "decided_at", 0));
	json_decref(finished);
	return rc;
}

/* How the last result left: this act, or the return before it when the last part ended otherwise. */
static enum rc return_body(const struct follow *follow, json_t **out)
{
	enum rc rc = RC_OK;

	if (is(follow->act->kind, "dossier.result_returned"))
		*out = json_deep_copy(follow->act->body);
	else
		rc = last_body(follow, &follow->parent, "dossier.part_returned", out);
	(void)json_object_del(*out, "ink");
	(void)json_object_del(*out, "results");
	(void)json_object_del(*out, "batch");
	return rc;
}

static enum rc on_return(struct follow *follow)
{
	bool last = follow->closed == follow->parts, done = true;
	char place[12];
	json_t *body = NULL, *places;
	enum rc rc = RC_OK;

	if (follow->parent.facts.state == STATE_PROCESSING) {
		rc = finished_body(follow, &body);
		if (rc == RC_OK)
			rc = write(follow, "dossier.finished", body, &done);
		else
			json_decref(body);
	}
	if (rc != RC_OK || !done || (!last && !is(follow->act->kind, "dossier.result_returned")))
		return rc;
	rc = return_body(follow, &body);
	if (rc != RC_OK || body == NULL)
		return rc;
	if (!last) {
		places = json_new_array();
		(void)snprintf(place, sizeof(place), "%zu", follow->place);
		json_add(places, json_string(place));
		json_put_value(body, "results", places);
	}
	return write(follow, last ? "dossier.result_returned" : "dossier.part_returned", body, &done);
}

/* All parts are over and none had a result: the parent ends as the last one did. */
static enum rc on_end(struct follow *follow)
{
	static const char *const own[] = { "number", "proposal", "results", "receipts_cancelled", "batch" };
	json_t *body = json_deep_copy(follow->act->body);
	bool done;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)json_object_del(body, own[i]);
	return write(follow, follow->act->kind, body, &done);
}

/* A part came back: the parent goes back with it, as far as no other part is further. */
static enum rc on_back(struct follow *follow)
{
	const char *reason = json_text(follow->act->body, "reason");
	enum dossier_state state = follow->parent.facts.state;
	json_t *body = json_new_object();
	bool done = false;

	json_put(body, "reason", reason);
	if (is(follow->act->kind, "dossier.result_recalled") && state == STATE_RETURNED) {
		json_put(body, "approver", json_text(follow->act->body, "approver"));
		return write(follow, "dossier.result_recalled", body, &done);
	}
	if (follow->working == 0 && follow->returned == 0 && follow->forwarded == 0) {
		if (state == STATE_FORWARDED)
			return write(follow, "dossier.recalled", body, &done);
		if (state == STATE_PROCESSING && reason[0] != '\0')
			return write(follow, "dossier.sent_back", body, &done);
	}
	json_decref(body);
	return RC_OK;
}

static enum rc on_forward(struct follow *follow)
{
	enum dossier_state state = follow->parent.facts.state;
	json_t *body;
	bool done, taken = follow->working > 0 || follow->returned > 0;

	if (state != STATE_ACCEPTED && (state != STATE_FORWARDED || !taken))
		return RC_OK;
	body = json_new_object();
	if (!taken)
		json_put(body, "to_unit", follow->part.unit);
	return write(follow, taken ? "dossier.taken" : "dossier.forwarded", body, &done);
}

/* The citizen comes when the last part is ready. */
static json_t *due_of_parts(const struct follow *follow)
{
	json_t *due = json_new_object();

	json_put_flag(due, "has", true);
	json_put_int(due, "at", follow->due_at);
	json_put_flag(due, "certain", follow->due_certain);
	return due;
}

/* A part waits for the citizen: so does the whole, whose slip she asks by. The part has the paper. */
static enum rc on_wait(struct follow *follow)
{
	enum dossier_state state = follow->parent.facts.state;
	char hex[2 * EVENT_ID_SIZE + 1];
	json_t *body;
	bool done;

	if (state != STATE_ACCEPTED && state != STATE_FORWARDED && state != STATE_PROCESSING)
		return RC_OK;
	body = json_deep_copy(follow->act->body);
	(void)json_object_del(body, "number");
	(void)json_object_del(body, "proposal");
	(void)json_object_del(body, "batch");
	hex_encode(follow->part.id, EVENT_ID_SIZE, hex);
	json_put(body, "part", hex);
	return write(follow, "dossier.supplement_requested", body, &done);
}

/* No part waits any more. */
static enum rc on_brought(struct follow *follow)
{
	json_t *body = json_new_object();
	bool done;

	json_put_int(body, "received_at", json_int(follow->act->body, "received_at", when_now_ms()));
	return write(follow, "dossier.supplement_received", body, &done);
}

/* A part's due time moved: the whole is due with the last of them. */
static enum rc on_due(struct follow *follow)
{
	const json_t *before = json_object_get(follow->act->body, "before");
	const char *reason = json_text(follow->act->body, "reason");
	json_t *body, *old;
	bool done;

	/* Earlier only where the part had been the last one: the whole may have a time of its own. */
	if (follow->due_at == 0 || follow->due_at == follow->parent.due_at ||
			state_is_closed(follow->parent.facts.state) || (follow->due_at <
			follow->parent.due_at && json_int(before, "at", 0) != follow->parent.due_at))
		return RC_OK;
	body = json_new_object();
	json_put_value(body, "due", due_of_parts(follow));
	old = json_new_object();
	json_put_flag(old, "has", follow->parent.has_due);
	if (follow->parent.has_due)
		json_put_int(old, "at", follow->parent.due_at);
	json_put_value(body, "before", old);
	json_put(body, "reason", reason[0] != '\0' ? reason : follow->part.procedure_name);
	json_put(body, "approver", follow->by);
	return write(follow, "dossier.due_adjusted", body, &done);
}

static enum rc follow_part(struct follow *follow)
{
	enum rc rc = count_parts(follow);

	if (rc != RC_OK || follow->parts == 0 || follow->place == 0)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	if (is(follow->act->kind, "dossier.supplement_requested"))
		return on_wait(follow);
	if (follow->waiting == 0 && follow->parent.facts.state == STATE_SUPPLEMENT)
		rc = on_brought(follow);
	if (rc != RC_OK)
		return rc;
	if (is(follow->act->kind, "dossier.supplement_received") ||
			is(follow->act->kind, "dossier.extended") ||
			is(follow->act->kind, "dossier.due_adjusted"))
		return on_due(follow);
	if (is(follow->act->kind, "dossier.recalled") || is(follow->act->kind, "dossier.sent_back") ||
			is(follow->act->kind, "dossier.result_recalled"))
		return on_back(follow);
	if (follow->closed == follow->parts && follow->returned == 0)
		return on_end(follow);
	if (follow->forwarded + follow->working + follow->returned > 0)
		rc = on_forward(follow);
	return rc == RC_OK && follow->returned > 0 ? on_return(follow) : rc;
}

static enum rc follow_event(struct store *store, const struct act *act, const struct event *event)
{
	struct follow follow = { .store = store, .act = act, .by = event->actor };
	char part_hex[2 * EVENT_ID_SIZE + 1];
	const char *parent = NULL;
	enum rc rc;

	follow.pool = pool_new();
	hex_encode(event->subject, EVENT_ID_SIZE, part_hex);
	rc = bundle_parent(store, follow.pool, event->board, event->subject, &parent);
	if (rc == RC_OK && parent != NULL)
		rc = dossier_find(store, follow.pool, event->board, parent, &follow.parent);
	if (rc == RC_OK && parent != NULL)
		rc = dossier_find(store, follow.pool, event->board, part_hex, &follow.part);
	if (rc == RC_OK && parent != NULL)
		rc = follow_part(&follow);
	pool_free(follow.pool);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc bundle_follow(struct store *store, const struct act *act, const struct event *event)
{
	if (event->author != AUTHOR_BOARD || act->subject_kind != SUBJECT_DOSSIER || !matters(act->kind))
		return RC_OK;
	return follow_event(store, act, event);
}

enum rc bundle_follow_arrived(struct store *store, const char *board, const char *header,
		size_t header_len, const char *text, size_t text_len)
{
	struct act act = { .board = board, .subject_kind = SUBJECT_DOSSIER, .actor = "system" };
	struct event event;
	json_t *body = NULL;
	enum rc rc;

	if (text == NULL || event_decode(header, header_len, &event) != RC_OK ||
			event.subject_kind != SUBJECT_DOSSIER || !matters(event.kind) ||
			json_parse(text, text_len, &body) != RC_OK)
		return RC_OK;
	act.subject = event.subject;
	act.kind = event.kind;
	act.body = body;
	rc = follow_event(store, &act, &event);
	json_decref(body);
	return rc;
}
