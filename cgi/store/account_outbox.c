/*
 * account_outbox.c: from auth.db to the journal. Administration and command line leave what they
 * changed in auth.db; a page program, which may write both, turns each line into an event. The line's
 * random id is the event's subject: a line whose subject the journal knows was written before the
 * power went, and is only struck out.
 */
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "crypt/random.h"
#include "store/account.h"
#include "store/account_row.h"
#include "store/journal.h"

#define LINES_AT_ONCE 50
#define ROLES_TEXT 256

static enum rc add(struct store *store, const char *kind, const char *actor, const json_t *body)
{
	struct stmt *stmt = db_stmt(store->auth, "INSERT INTO outbox (no, id, kind, actor, body) VALUES "
			"((SELECT coalesce(max(no), 0) + 1 FROM outbox), $1, $2, $3, $4)");
	uint8_t id[EVENT_ID_SIZE];
	struct buf text = { 0 };
	enum rc rc;

	random_bytes(id, sizeof(id));
	json_write(body, &text);
	stmt_blob(stmt, 1, id, sizeof(id));
	stmt_text(stmt, 2, kind);
	stmt_text(stmt, 3, actor);
	stmt_text(stmt, 4, text.data);
	rc = stmt_run(stmt);
	buf_free(&text);
	return rc;
}

static json_t *role_list(unsigned roles)
{
	json_t *list = json_new_array();
	char text[ROLES_TEXT], *word = text;

	account_roles_text(roles, text, sizeof(text));
	while (*word != '\0') {
		size_t len = strcspn(word, ",");

		json_add(list, json_stringn(word, len));
		word += len + (word[len] == ',');
	}
	return list;
}

enum rc account_outbox_add(struct store *store, const struct account *account, const char *change,
		const char *actor)
{
	json_t *body;
	enum rc rc;

	if (store->settings->side != SIDE_BOARD)
		return RC_OK;
	body = json_new_object();
	json_put(body, "account", account->id);
	json_put(body, "change", change);
	if (account->roles != 0)
		json_put_value(body, "roles", role_list(account->roles));
	json_put(body, "substitute", account->substitute);
	if (account->starts_at != 0)
		json_put_int(body, "from", account->starts_at);
	if (account->ends_at != 0)
		json_put_int(body, "until", account->ends_at);
	rc = add(store, "account.changed", actor, body);
	json_decref(body);
	return rc;
}

static bool signs(const struct account *account)
{
	return account != NULL && (account->roles & ROLE_SIGNER) != 0;
}

static bool same_signer(const struct account *a, const struct account *b)
{
	return signs(a) == signs(b) && (!signs(a) || (strcmp(a->name, b->name) == 0 &&
			strcmp(a->title, b->title) == 0 && a->starts_at == b->starts_at &&
			a->ends_at == b->ends_at));
}

enum rc account_outbox_signer(struct store *store, const struct account *before,
		const struct account *after, const char *actor)
{
	json_t *body;
	enum rc rc;

	/* Who signs must have a title: without one the person is no signer the paper could name. */
	if (store->settings->side != SIDE_BOARD || same_signer(before, after) ||
			after->title[0] == '\0')
		return RC_OK;
	body = json_new_object();
	json_put(body, "name", after->name);
	json_put(body, "title", after->title);
	json_put(body, "account", after->id);
	if (after->starts_at != 0)
		json_put_int(body, "from", after->starts_at);
	if (!signs(after))
		json_put_int(body, "until", when_now_ms());
	else if (after->ends_at != 0)
		json_put_int(body, "until", after->ends_at);
	rc = add(store, "signer.changed", actor, body);
	json_decref(body);
	return rc;
}

struct line {
	int64_t no;
	uint8_t id[EVENT_ID_SIZE];
	const char *kind, *actor, *body;
};

static enum rc read_lines(struct store *store, struct pool *pool, struct line *lines, size_t *count)
{
	struct stmt *stmt = db_stmt(store->auth, "SELECT no, id, kind, actor, body FROM outbox "
			"ORDER BY no LIMIT $1");
	bool row = false;
	enum rc rc;

	*count = 0;
	stmt_int(stmt, 1, LINES_AT_ONCE);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		struct line *line = &lines[*count];
		const void *id;
		size_t len;

		if (*count == LINES_AT_ONCE) {
			stmt_reset(stmt);
			break;
		}
		line->no = stmt_col_int(stmt, 0);
		id = stmt_col_blob(stmt, 1, &len);
		if (len != EVENT_ID_SIZE)
			continue;
		memcpy(line->id, id, len);
		line->kind = stmt_col_dup(stmt, 2, pool);
		line->actor = stmt_col_dup(stmt, 3, pool);
		line->body = stmt_col_dup(stmt, 4, pool);
		(*count)++;
	}
	return rc;
}

/* In the open write on tram.db. */
static enum rc write_line(struct store *store, const struct line *line)
{
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = line->id, .kind = line->kind,
		.actor = line->actor };
	uint8_t last[EVENT_ID_SIZE];
	const char *reason = "";
	struct event event;
	json_t *body = NULL;
	enum rc rc = journal_last(store, store->board, line->id, last);

	if (rc != RC_NOT_FOUND)
		return rc;		/* RC_OK: written before */
	rc = json_parse(line->body, strlen(line->body), &body);
	act.body = body;
	if (rc == RC_OK)
		rc = act_append(store, &act, &event, &reason);
	json_decref(body);
	return rc;
}

static enum rc strike(struct store *store, const struct line *lines, size_t count)
{
	enum rc rc = db_write_begin(store->auth);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct stmt *stmt = db_stmt(store->auth, "DELETE FROM outbox WHERE no = $1 AND id = $2");

		stmt_int(stmt, 1, lines[i].no);
		stmt_blob(stmt, 2, lines[i].id, EVENT_ID_SIZE);
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		return db_write_commit(store->auth);
	db_write_abort(store->auth);
	return rc;
}

enum rc account_outbox_flush(struct store *store)
{
	struct pool *pool;
	struct line *lines;
	size_t count = 0;
	enum rc rc;

	if (store->auth == NULL || store->tram == NULL || store->board == NULL ||
			db_writing(store->tram) || db_writing(store->auth))
		return RC_OK;
	pool = pool_new();
	lines = pool_alloc(pool, LINES_AT_ONCE * sizeof(*lines));
	rc = read_lines(store, pool, lines, &count);
	if (rc != RC_OK || count == 0)
		goto out;
	rc = store_begin(store, false);
	if (rc != RC_OK)
		goto out;
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = write_line(store, &lines[i]);
	if (rc != RC_OK) {
		log_warn("outbox: not written (%s), tried again later", rc_name(rc));
		store_abort(store);
		goto out;
	}
	rc = store_commit(store);
	if (rc == RC_OK)
		rc = strike(store, lines, count);
out:
	pool_free(pool);
	return rc;
}
