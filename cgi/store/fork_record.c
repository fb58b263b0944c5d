/*
 * fork_record.c: a branch becomes part of the journal: its events under a log of their own, projected
 * where their fork.recorded stands, on both sides alike. See fork.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "store/fork_chain.h"
#include "store/projection.h"
#include "store/search_index.h"

#define DEEP_MAX 16	/* branches that record branches */

static const char NEXT_LOG[] =
	"SELECT coalesce(max(log), 0) FROM journal_branch WHERE board = $1 AND log > 1 AND log % 2 = $2";
static const char ARRIVED[] =
	"SELECT coalesce((SELECT sum(seq) FROM journal_head WHERE board = $1), 0)"
	" + coalesce((SELECT sum(arrivals) FROM journal_branch WHERE board = $1), 0)";
static const char ADD[] =
	"INSERT INTO journal_branch (board, log, position, epoch, first, last, kept, branch, arrivals, at,"
	" base) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

static enum rc number(struct stmt *stmt, int64_t *out)
{
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	*out = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return rc;
}

/* The chain that a body of fork.recorded names; no rows: it stands in a log already, since what was a
 * branch there is the log here. RC_NOT_FOUND: it is not all here. */
static enum rc chain_of(struct store *store, struct pool *pool, const char *board,
		enum event_author author, const json_t *body, struct fork_chain *chain)
{
	uint8_t branch[EVENT_HASH_SIZE];
	int64_t last = json_int(body, "last", 0);

	if (hex_decode(json_text(body, "branch"), branch, sizeof(branch)) != RC_OK || last <= 0)
		return RC_NOT_FOUND;
	return fork_chain_get(store, pool, board, author, (uint64_t)last, branch, true, chain);
}

/* All of it, and what its own records of branches name. */
static enum rc is_whole(struct store *store, const char *board, enum event_author author,
		const json_t *body, int deep)
{
	struct pool *pool = pool_new(), *one = pool_new();
	struct fork_chain chain;
	size_t i;
	enum rc rc = chain_of(store, pool, board, author, body, &chain);

	for (i = 0; rc == RC_OK && i < chain.count; i++) {
		struct journal_row row;
		json_t *inner = NULL;

		pool_reset(one);
		rc = fork_chain_row(store, one, board, author, &chain.rows[i], &row);
		if (rc != RC_OK || strcmp(row.event.kind, "fork.recorded") != 0 || !row.event.body ||
				json_parse(row.event.body, row.event.body_len, &inner) != RC_OK)
			continue;
		rc = deep < DEEP_MAX ? is_whole(store, board, author, inner, deep + 1) : RC_NOT_FOUND;
		json_decref(inner);
	}
	pool_free(one);
	pool_free(pool);
	return rc;
}

enum rc fork_is_whole(struct store *store, const char *board, enum event_author author,
		const json_t *body)
{
	return is_whole(store, board, author, body, 0);
}

enum rc fork_is_here(struct store *store, const struct event *event, const char *body, size_t body_len,
		const char **why)
{
	json_t *read = NULL;
	enum rc rc;

	if (json_parse(body, body_len, &read) != RC_OK)
		return RC_OK;		/* it will be parked */
	rc = is_whole(store, event->board, event->author, read, 0);
	json_decref(read);
	if (rc != RC_NOT_FOUND)
		return rc;
	*why = "branch";
	return RC_PROTOCOL;
}

/* What is being recorded: a branch, and those that it had recorded itself, each where it was. */
struct recording {
	struct store *store;
	struct pool *pool;
	const struct event *event;	/* the fork.recorded of the log */
	int64_t base, next;		/* arrival numbers: before the first one, of the next one */
	struct place { unsigned log; uint64_t seq; } *places;
	size_t count, room;
};

static enum rc next_log(struct recording *into, unsigned *log)
{
	struct stmt *stmt = db_stmt(into->store->tram, NEXT_LOG);
	int64_t last = 0;
	enum rc rc;

	stmt_text(stmt, 1, into->event->board);
	stmt_int(stmt, 2, (int64_t)into->event->author);
	rc = number(stmt, &last);
	*log = last ? (unsigned)last + 2 : 2 + (unsigned)into->event->author;
	return rc;
}

static enum rc add(struct recording *into, const json_t *body, const struct fork_chain *chain, unsigned log)
{
	const struct fork_link *last = &chain->rows[chain->count - 1];
	const struct event *event = into->event;
	struct stmt *stmt = db_stmt(into->store->tram, ADD);
	uint8_t kept[EVENT_HASH_SIZE] = { 0 };

	if (hex_decode(json_text(body, "kept"), kept, sizeof(kept)) != RC_OK)
		memset(kept, 0, sizeof(kept));
	stmt_text(stmt, 1, event->board);
	stmt_int(stmt, 2, (int64_t)log);
	stmt_int(stmt, 3, (int64_t)event->position);
	stmt_int(stmt, 4, json_int(body, "epoch", 0));
	stmt_int(stmt, 5, (int64_t)chain->rows[0].seq);
	stmt_int(stmt, 6, (int64_t)last->seq);
	stmt_blob(stmt, 7, kept, sizeof(kept));
	stmt_blob(stmt, 8, last->hash, EVENT_HASH_SIZE);
	stmt_int(stmt, 9, (int64_t)chain->count);
	stmt_int(stmt, 10, event->time.wall_ms);
	stmt_int(stmt, 11, into->base);
	return stmt_run(stmt);
}

static void note(struct recording *into, unsigned log, uint64_t seq)
{
	if (into->count == into->room) {
		struct place *more;

		into->room = into->room ? into->room * 2 : 64;
		more = pool_alloc(into->pool, into->room * sizeof(*more));
		if (into->count)
			memcpy(more, into->places, into->count * sizeof(*more));
		into->places = more;
	}
	into->places[into->count].log = log;
	into->places[into->count++].seq = seq;
}

/* The event stands in its branch now. *inner: its body, when it records a branch itself. */
static enum rc move(struct recording *into, struct pool *pool, const struct fork_link *link, unsigned log,
		json_t **inner)
{
	const struct event *event = into->event;
	struct journal_row row;
	enum rc rc = fork_chain_row(into->store, pool, event->board, event->author, link, &row);

	*inner = NULL;
	if (rc == RC_OK) {
		row.event.log = log;
		rc = journal_add_branch(into->store, &row, into->next++);
	}
	if (rc == RC_OK)
		rc = fork_chain_remove(into->store, event->board, event->author, link);
	if (rc == RC_OK && strcmp(row.event.kind, "fork.recorded") == 0 && row.event.body &&
			json_parse(row.event.body, row.event.body_len, inner) != RC_OK)
		*inner = NULL;
	note(into, log, link->seq);
	return rc;
}

/* RC_NOT_FOUND: it has not come. */
static enum rc record(struct recording *into, const json_t *body, int deep)
{
	struct pool *pool = pool_new(), *one = pool_new();
	struct fork_chain chain = { 0 };
	unsigned log = 0;
	size_t i;
	enum rc rc = chain_of(into->store, pool, into->event->board, into->event->author, body, &chain);

	if (rc != RC_OK || chain.count == 0)
		goto out;
	rc = next_log(into, &log);
	if (rc == RC_OK)
		rc = add(into, body, &chain, log);
	for (i = 0; rc == RC_OK && i < chain.count; i++) {
		json_t *inner = NULL;

		pool_reset(one);
		rc = move(into, one, &chain.rows[i], log, &inner);
		if (rc == RC_OK && inner && deep < DEEP_MAX)
			rc = record(into, inner, deep + 1);
		json_decref(inner);
		if (rc == RC_NOT_FOUND)	/* is_whole looked before */
			rc = RC_DB;
	}
	if (rc == RC_OK)
		log_warn("journal board=%s author=%s: a branch of %zu events is recorded after seq=%llu",
				into->event->board, event_author_name(into->event->author), chain.count,
				(unsigned long long)chain.base);
out:
	pool_free(one);
	pool_free(pool);
	return rc;
}

/* In the order in which they stand now; then every dossier of them once by its own order. */
static enum rc project(struct recording *into)
{
	struct store *store = into->store;
	const char *board = into->event->board;
	struct pool *one = pool_new();
	unsigned last = 0;
	size_t i, count = 0;
	enum rc rc = RC_OK;

	store->recording = true;
	for (i = 0; rc == RC_OK && i < into->count; i++) {
		struct journal_row *rows;

		pool_reset(one);
		rc = journal_read(store, one, board, into->places[i].log, into->places[i].seq - 1, 1, 1,
				&rows, &count);
		if (rc == RC_OK && count == 1)
			rc = projection_event(store, &rows[0].event, NULL);
	}
	store->recording = false;
	for (i = 0; rc == RC_OK && i < into->count; i++) {
		if (into->places[i].log <= last)
			continue;
		last = into->places[i].log;
		rc = project_order_all(store, board, last);
	}
	for (i = 0; rc == RC_OK && i < into->count; i++) {
		struct journal_row *rows;

		pool_reset(one);
		rc = journal_read(store, one, board, into->places[i].log, into->places[i].seq - 1, 1, 1,
				&rows, &count);
		if (rc == RC_OK && count == 1 && rows[0].event.subject_kind == SUBJECT_DOSSIER)
			rc = search_renew(store, board, rows[0].event.subject);
	}
	pool_free(one);
	return rc;
}

enum rc fork_record(struct store *store, const struct event *event, const json_t *body,
		const char **parked)
{
	struct recording into = { .store = store, .event = event, .pool = pool_new() };
	struct stmt *stmt = db_stmt(store->tram, ARRIVED);
	enum rc rc = is_whole(store, event->board, event->author, body, 0);

	if (rc == RC_NOT_FOUND) {
		*parked = "fork.absent";
		rc = RC_OK;
		goto out;
	}
	stmt_text(stmt, 1, event->board);
	if (rc == RC_OK)
		rc = number(stmt, &into.base);
	into.next = into.base + 1;
	if (rc == RC_OK)
		rc = record(&into, body, 0);
	if (rc == RC_OK)
		rc = project(&into);
out:
	pool_free(into.pool);
	return rc;
}
