/*
 * act.c: one act of one person becomes one event: checked, appended and projected in the same
 * transaction. See store.h.
 */
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "crypt/random.h"
#include "store/bundle.h"
#include "store/fork.h"
#include "store/journal.h"
#include "store/projection.h"

/* The version of a kind that is written today. */
static const struct kind *newest(const char *name)
{
	const struct kind *found = NULL;
	size_t i;

	for (i = 0; i < kind_count; i++) {
		if (strcmp(kind_table[i].name, name) == 0
				&& (!found || kind_table[i].version > found->version))
			found = &kind_table[i];
	}
	return found;
}

/* Did somebody act after what this person saw? Their own notes, the
 * system's, and who gave a reason to look do not count. */
static enum rc check_seen(struct store *store, const struct act *act, const char *board,
		const uint8_t last[EVENT_ID_SIZE], const char **reason)
{
	struct pool *pool;
	struct journal_row *rows = NULL;
	size_t count = 0;
	bool seen = false;
	enum rc rc;

	if (!act->seen || memcmp(act->seen, last, EVENT_ID_SIZE) == 0)
		return RC_OK;
	pool = pool_new();
	rc = journal_subject(store, pool, board, act->subject, &rows, &count);
	while (rc == RC_OK && !seen && count-- > 0) {
		const struct event *event = &rows[count].event;
		const struct kind *kind = kind_find(event->kind, event->kind_version);

		seen = memcmp(event->id, act->seen, EVENT_ID_SIZE) == 0;
		if (!seen && (!kind || kind->class != KIND_NOTE
				|| (strcmp(event->kind, "access.justified") != 0
				&& strcmp(event->actor, act->actor) != 0
				&& strcmp(event->actor, "system") != 0)))
			break;
	}
	pool_free(pool);
	if (rc == RC_OK && !seen) {
		*reason = "act.seen";
		rc = RC_CONFLICT;
	}
	return rc;
}

/* Everything that may stand against it, before a byte is written. */
static enum rc check(struct store *store, const struct act *act, const struct kind *kind,
		struct event *event, const char **reason)
{
	struct dossier_facts facts;
	enum rc rc;

	memset(&facts, 0, sizeof(facts));
	rc = journal_last(store, event->board, act->subject, event->after);
	event->has_after = rc == RC_OK;
	if (rc == RC_NOT_FOUND)
		rc = RC_OK;
	if (rc == RC_OK && event->has_after)
		rc = check_seen(store, act, event->board, event->after, reason);
	if (rc == RC_OK && kind->subject == SUBJECT_DOSSIER && event->has_after)
		rc = project_dossier_facts(store, event->board, act->subject, &facts);
	if (rc == RC_OK)
		rc = rule_check(&facts, kind, event->author, act->body, reason);
	if (rc == RC_OK && strcmp(kind->name, "fork.recorded") == 0)
		rc = fork_is_whole(store, event->board, event->author, act->body);
	if (rc == RC_NOT_FOUND) {
		*reason = "fork.absent";
		rc = RC_CONFLICT;
	}
	if (rc == RC_OK && kind->subject == SUBJECT_BOOK)
		rc = project_book_check(store, event->board, act->subject, kind->name, act->body, reason);
	return rc;
}

static enum rc start(struct store *store, const struct act *act, struct event *event,
		const struct kind **kind)
{
	const char *board = act->board ? act->board : store->board;
	const char *field = NULL;

	memset(event, 0, sizeof(*event));
	*kind = newest(act->kind);
	if (!*kind || (*kind)->subject != act->subject_kind || !board
			|| strlen(board) >= sizeof(event->board)
			|| strlen(act->actor) >= sizeof(event->actor))
		log_bug("act kind=%s: no such kind, subject, board or actor", act->kind);
	if (kind_check_body(*kind, act->body, &field) != RC_OK) {
		log_warn("act kind=%s field=%s: the body does not fit", act->kind,
				field ? field : "");
		return RC_INVALID;
	}
	memcpy(event->board, board, strlen(board) + 1);
	memcpy(event->actor, act->actor, strlen(act->actor) + 1);
	memcpy(event->kind, act->kind, strlen(act->kind) + 1);
	memcpy(event->subject, act->subject, EVENT_ID_SIZE);
	event->kind_version = (*kind)->version;
	event->subject_kind = act->subject_kind;
	event->author = store->settings->side == SIDE_CENTER ? AUTHOR_CENTER : AUTHOR_BOARD;
	event->log = event->author;
	return RC_OK;
}

enum rc act_append(struct store *store, const struct act *act, struct event *out,
		const char **reason)
{
	const struct kind *kind;
	struct buf body = { 0 };
	uint8_t random[EVENT_ID_SIZE + EVENT_SALT_SIZE];
	enum rc rc;

	*reason = NULL;
	rc = start(store, act, out, &kind);
	if (rc == RC_OK)
		rc = journal_lock(store, out->board);
	if (rc == RC_OK)
		rc = check(store, act, kind, out, reason);
	if (rc != RC_OK)
		return rc;
	json_write(act->body, &body);
	if (body.len > EVENT_BODY_MAX) {
		rc = RC_TOO_LARGE;
		goto out;
	}
	random_bytes(random, sizeof(random));
	memcpy(out->id, random, EVENT_ID_SIZE);
	out->salt = random + EVENT_ID_SIZE;
	out->body = body.data;
	out->body_len = body.len;
	when_stamp_now(&out->time);
	rc = journal_append(store, out);
	if (rc == RC_OK)
		rc = projection_event(store, out, act->body);
	if (rc == RC_OK)
		rc = bundle_down(store, act, out, reason);
	if (rc == RC_OK)
		rc = bundle_follow(store, act, out);
out:
	out->salt = NULL;
	out->body = NULL;
	out->body_len = 0;
	buf_free(&body);
	return rc;
}
