/*
 * bundle_follow.c: the parent of a bundle follows its parts: what the board does to a part it writes on the
 * parent too, in the same commit, as the parent's own event. The parent is what the citizen's slip names, so
 * its state must be what the parts have come to. What does not fit (the parent is at the province, its words
 * were erased) is left as it is: a part's act never fails because of its parent.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "store/bundle.h"
#include "store/dossier.h"
#include "store/journal.h"

#define PARTS_MAX 12

static const char PARENT[] =
	"SELECT ref FROM mark WHERE board = $1 AND subject = $2 AND kind = 'dossier.linked' AND ref <> ''"
	" LIMIT 1";

struct follow {
	struct store *store;
	struct pool *pool;
	const struct act *act;		/* on the part */
	struct dossier_row parent, part;
	size_t place;			/* of the part in the bundle, from 1 */
	size_t parts, closed, returned, working, forwarded;
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
		"dossier.stopped", "dossier.refused", "dossier.voided" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is(kind, kinds[i]))
			return true;
	return false;
}

static enum rc parent_of(struct store *store, struct pool *pool, const struct event *event,
		const char **hex)
{
	struct stmt *stmt = db_stmt(store->tram, PARENT);
	bool row = false;
	enum rc rc;

	*hex = NULL;
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row)
		*hex = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	return rc;
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

/* Where all parts stand now, this act included. */
static enum rc count_parts(struct follow *follow)
{
	const json_t *part;
	json_t *link = NULL;
	enum rc rc = last_body(follow, &follow->parent, "dossier.linked", &link);
	size_t i;

	json_array_foreach(json_object_get(link, "parts"), i, part) {
		struct dossier_row row;
		enum dossier_state state;

		if (rc == RC_OK)
			rc = dossier_find(follow->store, follow->pool, follow->parent.board,
					json_text(part, "dossier"), &row);
		if (rc != RC_OK)
			break;
		state = row.facts.state;
		follow->parts++;
		follow->closed += state_is_closed(state);
		follow->returned += state == STATE_RETURNED;
		follow->working += !state_is_closed(state) && state > STATE_FORWARDED;
		follow->forwarded += state == STATE_FORWARDED;
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

static enum rc follow_part(struct follow *follow)
{
	enum rc rc = count_parts(follow);

	if (rc != RC_OK || follow->parts == 0 || follow->place == 0)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	if (is(follow->act->kind, "dossier.recalled") || is(follow->act->kind, "dossier.sent_back") ||
			is(follow->act->kind, "dossier.result_recalled"))
		return on_back(follow);
	if (follow->closed == follow->parts && follow->returned == 0)
		return on_end(follow);
	if (follow->forwarded + follow->working + follow->returned > 0)
		rc = on_forward(follow);
	return rc == RC_OK && follow->returned > 0 ? on_return(follow) : rc;
}

enum rc bundle_follow(struct store *store, const struct act *act, const struct event *event)
{
	struct follow follow = { .store = store, .act = act };
	char part_hex[2 * EVENT_ID_SIZE + 1];
	const char *parent = NULL;
	enum rc rc;

	if (event->author != AUTHOR_BOARD || act->subject_kind != SUBJECT_DOSSIER || !matters(act->kind))
		return RC_OK;
	follow.pool = pool_new();
	hex_encode(event->subject, EVENT_ID_SIZE, part_hex);
	rc = parent_of(store, follow.pool, event, &parent);
	if (rc == RC_OK && parent != NULL)
		rc = dossier_find(store, follow.pool, event->board, parent, &follow.parent);
	if (rc == RC_OK && parent != NULL)
		rc = dossier_find(store, follow.pool, event->board, part_hex, &follow.part);
	if (rc == RC_OK && parent != NULL)
		rc = follow_part(&follow);
	pool_free(follow.pool);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
