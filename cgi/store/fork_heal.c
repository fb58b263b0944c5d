/*
 * fork_heal.c: a restored side takes back what it lost and goes on in a new epoch; what it wrote from the
 * old copy meanwhile is set aside and recorded as a branch. One write: pages see before or after.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/when.h"
#include "store/fork_chain.h"
#include "store/linkstate.h"
#include "store/projection.h"

static const uint8_t station[EVENT_ID_SIZE];

static const char ASIDE[] =
	"INSERT INTO journal_fork (board, author, seq, hash, header, salt, body, at)"
	" SELECT j.board, j.author % 2, j.seq, j.hash, j.header, b.salt, b.body, $4 FROM journal j"
	" LEFT JOIN journal_body b ON b.board = j.board AND b.author = j.author AND b.seq = j.seq"
	" WHERE j.board = $1 AND j.author = $2 AND j.seq > $3 ON CONFLICT (board, author, seq, hash)"
	" DO NOTHING";
static const char BODIES_OUT[] =
	"DELETE FROM journal_body WHERE board = $1 AND author = $2 AND seq > $3";
static const char ERASED_OUT[] =
	"DELETE FROM journal_erased WHERE board = $1 AND author = $2 AND seq > $3";
static const char EVENTS_OUT[] = "DELETE FROM journal WHERE board = $1 AND author = $2 AND seq > $3";
static const char HEAD_BACK[] =
	"UPDATE journal_head SET epoch = $3, seq = $4, hash = $5 WHERE board = $1 AND author = $2";
static const char BRANCHES_PAST[] =
	"SELECT log, arrivals FROM journal_branch WHERE board = $1 AND log > 1 AND log % 2 = $2"
	" AND position > $3 ORDER BY log";
static const char BRANCH_OUT[] = "DELETE FROM journal_branch WHERE board = $1 AND log = $2";
static const char TAKEN[] =
	"INSERT INTO journal_branch (board, log, position, epoch, first, last, kept, branch, arrivals, at,"
	" base) VALUES ($1, $2, 0, 0, 0, 0, $3, $3, $4, $5, 0) ON CONFLICT (board, log) DO UPDATE SET"
	" arrivals = journal_branch.arrivals + excluded.arrivals";
static const char CURSOR_BACK[] =
	"UPDATE search_cursor SET seq = $3 WHERE board = $1 AND author = $2 AND seq > $3";
static const char IS_OF[] = "SELECT 1 FROM journal WHERE board = $1 AND subject = $2 AND id = $3";

/* ---- aside ---- */

static struct stmt *past(struct store *store, const char *sql, const char *board, unsigned log,
		uint64_t seq)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)log);
	stmt_int(stmt, 3, (int64_t)seq);
	return stmt;
}

/* The events of one log after seq wait; their places are empty. */
static enum rc log_aside(struct store *store, const char *board, unsigned log, uint64_t seq)
{
	struct stmt *stmt = past(store, ASIDE, board, log, seq);
	enum rc rc;

	stmt_int(stmt, 4, when_now_ms());
	rc = stmt_run(stmt);
	if (rc == RC_OK)
		rc = stmt_run(past(store, BODIES_OUT, board, log, seq));
	if (rc == RC_OK)
		rc = stmt_run(past(store, ERASED_OUT, board, log, seq));
	return rc;
}

static enum rc took(struct store *store, const char *board, enum event_author author, int64_t arrivals)
{
	static const uint8_t none[EVENT_HASH_SIZE];
	struct stmt *stmt = db_stmt(store->tram, TAKEN);

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)author);
	stmt_blob(stmt, 3, none, sizeof(none));
	stmt_int(stmt, 4, arrivals);
	stmt_int(stmt, 5, when_now_ms());
	return stmt_run(stmt);
}

/* Branches that were recorded in what is set aside wait with it. */
static enum rc branches_aside(struct store *store, const char *board, enum event_author author,
		uint64_t seq)
{
	struct stmt *stmt = past(store, BRANCHES_PAST, board, author, seq);
	struct { unsigned log; int64_t arrivals; } rows[64];
	size_t count = 0, i;
	bool row;
	enum rc rc;

	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < sizeof(rows) / sizeof(rows[0])) {
		rows[count].log = (unsigned)stmt_col_int(stmt, 0);
		rows[count++].arrivals = stmt_col_int(stmt, 1);
	}
	stmt_reset(stmt);
	for (i = 0; rc == RC_OK && i < count; i++) {
		rc = log_aside(store, board, rows[i].log, 0);
		if (rc == RC_OK)
			rc = stmt_run(past(store, EVENTS_OUT, board, rows[i].log, 0));
		stmt = db_stmt(store->tram, BRANCH_OUT);
		stmt_text(stmt, 1, board);
		stmt_int(stmt, 2, (int64_t)rows[i].log);
		if (rc == RC_OK)
			rc = stmt_run(stmt);
		if (rc == RC_OK)
			rc = took(store, board, author, rows[i].arrivals);
	}
	return rc;
}

static enum rc head_back(struct store *store, const char *board, enum event_author author, uint64_t seq)
{
	struct journal_head head = { .epoch = 1 };
	struct pool *pool = pool_new();
	struct journal_row *rows;
	struct stmt *stmt;
	size_t count = 0;
	enum rc rc = RC_OK;

	if (seq > 0)
		rc = journal_read(store, pool, board, author, seq - 1, 1, 1, &rows, &count);
	if (rc == RC_OK && count == 1) {
		head.epoch = rows[0].event.epoch;
		memcpy(head.hash, rows[0].event.hash, sizeof(head.hash));
	}
	pool_free(pool);
	stmt = db_stmt(store->tram, HEAD_BACK);
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)author);
	stmt_int(stmt, 3, (int64_t)head.epoch);
	stmt_int(stmt, 4, (int64_t)seq);
	stmt_blob(stmt, 5, head.hash, sizeof(head.hash));
	return rc == RC_OK ? stmt_run(stmt) : rc;
}

static enum rc set_aside(struct store *store, const char *board, enum event_author author,
		const struct journal_head *head, uint64_t base)
{
	enum rc rc = branches_aside(store, board, author, base);

	if (rc == RC_OK)
		rc = log_aside(store, board, author, base);
	if (rc == RC_OK)
		rc = head_back(store, board, author, base);
	if (rc == RC_OK)
		rc = stmt_run(past(store, EVENTS_OUT, board, author, base));
	if (rc == RC_OK)
		rc = took(store, board, author, (int64_t)(head->seq - base));
	if (rc == RC_OK)
		rc = stmt_run(past(store, CURSOR_BACK, board, author, base));
	return rc == RC_OK && author == AUTHOR_BOARD ? linkstate_sent_back(store, board, base) : rc;
}

/* ---- back ---- */

struct tail {
	enum event_author author;
	struct journal_head head;	/* what is here, before */
	struct fork_chain chain;
	size_t at;
	bool loaded;
	struct pool *pool;
	struct journal_row row;		/* the next one */
};

static enum rc load(struct store *store, const char *board, struct tail *tail)
{
	if (tail->loaded || tail->at == tail->chain.count)
		return RC_OK;
	pool_reset(tail->pool);
	tail->loaded = true;
	return fork_chain_row(store, tail->pool, board, tail->author, &tail->chain.rows[tail->at],
			&tail->row);
}

static enum rc has_event(struct store *store, const struct event *event, bool *has)
{
	uint8_t last[EVENT_ID_SIZE];
	struct stmt *stmt;
	enum rc rc = journal_last(store, event->board, event->subject, last);

	*has = rc == RC_OK && memcmp(last, event->after, EVENT_ID_SIZE) == 0;
	if (rc != RC_OK || *has)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	stmt = db_stmt(store->tram, IS_OF);
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_blob(stmt, 3, event->after, EVENT_ID_SIZE);
	rc = stmt_step(stmt, has);
	if (rc == RC_OK && *has)
		stmt_reset(stmt);
	return rc;
}

/* Is all here that its author had seen of its subject? The station's events do not stand on each other,
 * but an erase names another event. */
static enum rc is_ready(struct store *store, struct tail *tail, bool *ready)
{
	const struct event *event = &tail->row.event;
	struct journal_head head;
	json_t *body = NULL;
	enum rc rc = RC_OK;

	*ready = false;
	if (tail->at == tail->chain.count)
		return RC_OK;
	*ready = true;
	if (strcmp(event->kind, "body.erased") == 0 && event->body &&
			json_parse(event->body, event->body_len, &body) == RC_OK) {
		rc = journal_head_get(store, event->board, strcmp(json_text(body, "author"), "center") ?
				AUTHOR_BOARD : AUTHOR_CENTER, &head);
		*ready = rc == RC_OK && (int64_t)head.seq >= json_int(body, "seq", 0);
		json_decref(body);
		return rc;
	}
	if (event->subject_kind == SUBJECT_STATION || !event->has_after)
		return RC_OK;
	return has_event(store, event, ready);
}

static enum rc take(struct store *store, const char *board, struct tail *tail, const char **why)
{
	const struct event *event = &tail->row.event;
	enum rc rc = journal_receive(store, board, tail->author, tail->row.header, tail->row.header_len,
			event->salt, event->body, event->body_len, why);

	if (rc == RC_EXISTS)
		rc = RC_OK;
	if (rc == RC_OK)
		rc = fork_chain_remove(store, board, tail->author, &tail->chain.rows[tail->at]);
	tail->at++;
	tail->loaded = false;
	return rc;
}

/* Both logs' events, each after what it stands on; the own log first where both could. */
static enum rc merge(struct store *store, const char *board, struct tail tails[2], const char **why)
{
	enum rc rc = RC_OK;

	while (rc == RC_OK && (tails[0].at < tails[0].chain.count || tails[1].at < tails[1].chain.count)) {
		bool ready[2];
		int next;

		rc = load(store, board, &tails[0]);
		if (rc == RC_OK)
			rc = load(store, board, &tails[1]);
		if (rc == RC_OK)
			rc = is_ready(store, &tails[0], &ready[0]);
		if (rc == RC_OK)
			rc = is_ready(store, &tails[1], &ready[1]);
		if (rc != RC_OK)
			break;
		next = ready[0] ? 0 : ready[1] ? 1 : tails[0].at < tails[0].chain.count ? 0 : 1;
		rc = take(store, board, &tails[next], why);
	}
	return rc;
}

/* ---- on ---- */

static enum rc append(struct store *store, const char *board, const char *kind, json_t *body)
{
	struct act act = { .board = board, .subject_kind = SUBJECT_STATION, .subject = station,
		.kind = kind, .actor = "system", .body = body };
	const char *reason = "";
	struct event event;
	enum rc rc = act_append(store, &act, &event, &reason);

	json_decref(body);
	return rc;
}

static void put_hash(json_t *body, const char *name, const uint8_t hash[EVENT_HASH_SIZE])
{
	char text[2 * EVENT_HASH_SIZE + 1];

	hex_encode(hash, EVENT_HASH_SIZE, text);
	json_put(body, name, text);
}

enum rc fork_open_epoch(struct store *store, const char *board, const char *reason)
{
	enum event_author author = store->board ? AUTHOR_BOARD : AUTHOR_CENTER;
	struct journal_head head;
	json_t *body;
	enum rc rc = journal_head_get(store, board, author, &head);

	if (rc != RC_OK)
		return rc;
	body = json_new_object();
	json_put_int(body, "epoch", (int64_t)head.epoch + 1);
	json_put(body, "reason", reason);
	json_put_int(body, "seq", (int64_t)head.seq);
	put_hash(body, "hash", head.hash);
	return append(store, board, "epoch.opened", body);
}

/* What of our branch no branch holds yet is recorded as one. before: our head when it was set aside. */
static enum rc record(struct store *store, struct pool *pool, const char *board,
		enum event_author author, const struct journal_head *before, uint64_t *events)
{
	struct fork_chain chain;
	struct journal_head head;
	struct journal_row *rows, first;
	size_t count = 0;
	json_t *body;
	enum rc rc = fork_chain_get(store, pool, board, author, before->seq, before->hash, true, &chain);

	*events = 0;
	if (rc != RC_OK || chain.count == 0)
		return rc;
	rc = journal_head_get(store, board, author, &head);
	if (rc == RC_OK)
		rc = journal_read(store, pool, board, author, (chain.rows[0].seq < head.seq ?
				chain.rows[0].seq : head.seq) - 1, 1, 1, &rows, &count);
	if (rc == RC_OK && count == 1)
		rc = fork_chain_row(store, pool, board, author, &chain.rows[0], &first);
	if (rc != RC_OK || count != 1)
		return rc != RC_OK ? rc : RC_DB;
	body = json_new_object();
	json_put_int(body, "epoch", (int64_t)first.event.epoch);
	json_put_int(body, "seq", (int64_t)chain.rows[0].seq);
	put_hash(body, "kept", rows[0].event.hash);
	put_hash(body, "branch", before->hash);
	json_put_int(body, "last", (int64_t)before->seq);
	*events = chain.count;
	return append(store, board, "fork.recorded", body);
}

/* How the log comes together: what waits, from where it leaves what is here. */
static enum rc chain(struct store *store, struct pool *pool, const char *board,
		const struct journal_head *to, struct tail *tail)
{
	tail->chain.base = tail->head.seq;
	if (to->seq == 0)
		return RC_OK;
	return fork_chain_get(store, pool, board, tail->author, to->seq, to->hash, false, &tail->chain);
}

static bool is_apart(const struct tail *tail)
{
	return tail->chain.count > 0 && tail->chain.base < tail->head.seq;
}

enum rc fork_heal(struct store *store, const char *board, const struct fork_lost *lost,
		struct fork_healed *out, const char **why)
{
	enum event_author own = lost->author, other = own == AUTHOR_BOARD ? AUTHOR_CENTER : AUTHOR_BOARD;
	struct pool *pool = pool_new();
	struct tail tails[2] = { { .author = own, .pool = pool_new() },
		{ .author = other, .pool = pool_new() } };
	enum rc rc = journal_lock(store, board);
	int i;

	memset(out, 0, sizeof(*out));
	*why = "";
	for (i = 0; i < 2 && rc == RC_OK; i++) {
		rc = journal_head_get(store, board, tails[i].author, &tails[i].head);
		if (rc == RC_OK)
			rc = chain(store, pool, board, i ? &lost->other : &lost->own, &tails[i]);
	}
	if (rc == RC_NOT_FOUND || (rc == RC_OK && is_apart(&tails[1]) && !lost->apart)) {
		*why = "gap";
		rc = RC_PROTOCOL;
	}
	for (i = 0; i < 2 && rc == RC_OK; i++)
		if (is_apart(&tails[i]))
			rc = set_aside(store, board, tails[i].author, &tails[i].head, tails[i].chain.base);
	if (rc == RC_OK && (is_apart(&tails[0]) || is_apart(&tails[1])))
		rc = journal_replay(store, board);
	if (rc == RC_OK)
		rc = merge(store, board, tails, why);
	out->base = tails[0].chain.base;
	out->events = tails[0].chain.count + tails[1].chain.count;
	out->aside = is_apart(&tails[0]) || is_apart(&tails[1]);
	if (rc == RC_OK && lost->reason)
		rc = fork_open_epoch(store, board, lost->reason);
	if (rc == RC_OK && is_apart(&tails[0]))
		rc = record(store, pool, board, own, &tails[0].head, &out->branch);
	if (rc == RC_OK)
		rc = fork_unstage(store, board, own);
	pool_free(tails[0].pool);
	pool_free(tails[1].pool);
	pool_free(pool);
	return rc;
}
