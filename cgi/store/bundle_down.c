/*
 * bundle_down.c: the parts of a bundle follow their parent where the whole is meant: taken in by mistake, given
 * up, refused, or its people's words put right. In the same commit, as each part's own event. What a part at
 * the province would need is the province's to write: the whole does not end over its head.
 */
#include <string.h>

#include "base/encode.h"
#include "store/bundle.h"
#include "store/dossier.h"
#include "store/journal.h"

static const char IS_PARENT[] =
	"SELECT 1 FROM mark WHERE board = $1 AND subject = $2 AND kind = 'dossier.linked' AND ref = '' LIMIT 1";

static bool is(const char *kind, const char *name)
{
	return strcmp(kind, name) == 0;
}

static bool ends(const char *kind)
{
	return is(kind, "dossier.voided") || is(kind, "dossier.withdrawn") || is(kind, "dossier.stopped") ||
			is(kind, "dossier.refused");
}

static enum rc is_parent(struct store *store, const struct event *event, bool *parent)
{
	struct stmt *stmt = db_stmt(store->tram, IS_PARENT);
	enum rc rc;

	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	rc = stmt_step(stmt, parent);
	stmt_reset(stmt);
	return rc;
}

/* What of the parent's words the part has too; NULL: nothing. */
static json_t *people_only(const json_t *body)
{
	static const char *const people[] = { "applicant", "submitter", "persons" };
	json_t *out = json_new_object(), *set = json_new_object(), *before = json_new_object();

	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		const json_t *now = json_object_get(json_object_get(body, "set"), people[i]);
		const json_t *was = json_object_get(json_object_get(body, "before"), people[i]);

		if (now != NULL)
			json_put_value(set, people[i], json_deep_copy(now));
		if (now != NULL && was != NULL)
			json_put_value(before, people[i], json_deep_copy(was));
	}
	if (json_object_size(set) == 0) {
		json_decref(set);
		json_decref(before);
		json_decref(out);
		return NULL;
	}
	json_put_value(out, "set", set);
	json_put_value(out, "before", before);
	json_put(out, "reason", json_text(body, "reason"));
	json_put(out, "second", json_text(body, "second"));
	return out;
}

/* The parent's act for a part: its papers, receipts and draft are the parent's. */
static json_t *part_body(const struct act *act)
{
	static const char *const own[] = { "number", "proposal", "results", "receipts_cancelled", "batch",
		"slip_taken" };
	json_t *body;

	if (is(act->kind, "dossier.amended"))
		return people_only(act->body);
	body = json_deep_copy(act->body);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)json_object_del(body, own[i]);
	return body;
}

static enum rc on_part(struct store *store, const struct act *act, const struct dossier_row *part,
		const char **reason)
{
	struct act own = { .board = part->board, .subject_kind = SUBJECT_DOSSIER, .subject = part->id,
		.kind = act->kind, .actor = act->actor };
	struct event event;
	const char *why;
	json_t *body;
	enum rc rc;

	if (state_is_closed(part->facts.state))
		return RC_OK;
	if (part->facts.holder != HOLDER_BOARD) {
		*reason = "bundle.at_province";
		return ends(act->kind) ? RC_CONFLICT : RC_OK;
	}
	body = part_body(act);
	if (body == NULL)
		return RC_OK;
	own.body = body;
	rc = act_append(store, &own, &event, &why);
	json_decref(body);
	if (rc == RC_CONFLICT && ends(act->kind)) {
		*reason = "bundle.part_further";
		return rc;
	}
	return rc == RC_CONFLICT ? RC_OK : rc;
}

/* The parts as the link names them; erased: nobody knows them any more. */
static enum rc each_part(struct store *store, struct pool *pool, const struct act *act,
		const struct event *event, const char **reason)
{
	struct journal_row *rows = NULL;
	json_t *link = NULL;
	const json_t *part;
	size_t count = 0, i;
	enum rc rc = journal_subject(store, pool, event->board, event->subject, &rows, &count);

	while (rc == RC_OK && count-- > 0 && link == NULL)
		if (is(rows[count].event.kind, "dossier.linked") && rows[count].event.body != NULL)
			rc = json_parse(rows[count].event.body, rows[count].event.body_len, &link);
	json_array_foreach(json_object_get(link, "parts"), i, part) {
		struct dossier_row row;

		if (rc == RC_OK)
			rc = dossier_find(store, pool, event->board, json_text(part, "dossier"), &row);
		if (rc == RC_OK)
			rc = on_part(store, act, &row, reason);
		if (rc == RC_NOT_FOUND)
			rc = RC_OK;
	}
	json_decref(link);
	return rc;
}

enum rc bundle_down(struct store *store, const struct act *act, const struct event *event,
		const char **reason)
{
	struct pool *pool;
	bool parent = false;
	enum rc rc;

	if (event->author != AUTHOR_BOARD || act->subject_kind != SUBJECT_DOSSIER ||
			(!ends(act->kind) && !is(act->kind, "dossier.amended")))
		return RC_OK;
	rc = is_parent(store, event, &parent);
	if (rc != RC_OK || !parent)
		return rc;
	pool = pool_new();
	rc = each_part(store, pool, act, event, reason);
	pool_free(pool);
	return rc;
}
