/*
 * queue.c: tickets and counters: see queue.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "dossier/ticket.h"
#include "store/queue.h"

#define NUMBERS 999
#define WAITING_MAX 1000
#define RUN_SEEN 20

#define COLUMNS "number, queue, priority, state, counter, issued_at, called_at, calls FROM ticket"
static const char LIST[] = "SELECT " COLUMNS " WHERE board = $1 AND day = $2 AND state = $3"
	" ORDER BY issued_at, number LIMIT $4";
static const char LIST_CALLED[] = "SELECT " COLUMNS " WHERE board = $1 AND day = $2 AND state = $3"
	" ORDER BY called_at DESC, number LIMIT $4";
static const char FIND[] = "SELECT " COLUMNS " WHERE board = $1 AND day = $2 AND number = $3";
static const char CURRENT[] = "SELECT " COLUMNS " WHERE board = $1 AND day = $2 AND state = 1"
	" AND counter = $3 ORDER BY called_at DESC LIMIT 1";
static const char WAITING[] =
	"SELECT count(*) FROM ticket WHERE board = $1 AND day = $2 AND state = 0";
/* Numbers of one queue lie side by side in the key. */
static const char LAST[] =
	"SELECT max(number) FROM ticket WHERE board = $1 AND day = $2 AND number >= $3 AND number <= $4";
/* Newest calls first: how many with priority in a row. */
static const char RUN[] = "SELECT priority FROM ticket WHERE board = $1 AND day = $2 AND state IN (1, 2, 3)"
	" AND calls > 0 ORDER BY called_at DESC LIMIT $3";
static const char COUNTERS[] =
	"SELECT name, paused, until_at, at FROM counter WHERE board = $1 ORDER BY name, seq";
static const char PAUSED[] =
	"SELECT name, paused, until_at, at FROM counter WHERE board = $1 AND name = $2 ORDER BY seq DESC LIMIT 1";

int64_t queue_day(int64_t at_ms)
{
	struct when_local local;

	when_to_local(at_ms, &local);
	return local.year * INT64_C(10000) + local.month * 100 + local.day;
}

/* ---- reading ---- */

static struct stmt *of_day(struct store *store, bool public, const char *sql, int64_t day)
{
	struct stmt *stmt = db_stmt(public ? store->pub : store->tram, sql);

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, day);
	return stmt;
}

static void read_ticket(struct stmt *stmt, struct pool *pool, struct ticket *out)
{
	out->number = stmt_col_dup(stmt, 0, pool);
	out->queue = stmt_col_dup(stmt, 1, pool);
	out->priority = stmt_col_dup(stmt, 2, pool);
	out->state = (enum ticket_state)stmt_col_int(stmt, 3);
	out->counter = stmt_col_dup(stmt, 4, pool);
	out->issued_at = stmt_col_int(stmt, 5);
	out->called_at = stmt_col_int(stmt, 6);
	out->calls = stmt_col_int(stmt, 7);
}

enum rc queue_list(struct store *store, struct pool *pool, bool public, int64_t day,
		enum ticket_state state, size_t limit, struct ticket **rows, size_t *count)
{
	struct stmt *stmt = of_day(store, public, state == TICKET_CALLED ? LIST_CALLED : LIST, day);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_int(stmt, 3, state);
	stmt_int(stmt, 4, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read_ticket(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

static enum rc read_one(struct stmt *stmt, struct pool *pool, struct ticket *out)
{
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	read_ticket(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc queue_find(struct store *store, struct pool *pool, bool public, int64_t day,
		const char *number, struct ticket *out)
{
	struct stmt *stmt = of_day(store, public, FIND, day);

	stmt_text(stmt, 3, number);
	return read_one(stmt, pool, out);
}

enum rc queue_current(struct store *store, struct pool *pool, int64_t day, const char *counter,
		struct ticket *out)
{
	struct stmt *stmt = of_day(store, false, CURRENT, day);

	stmt_text(stmt, 3, counter);
	return read_one(stmt, pool, out);
}

enum rc queue_waiting(struct store *store, bool public, int64_t day, int64_t *count)
{
	struct stmt *stmt = of_day(store, public, WAITING, day);
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	*count = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return rc;
}

static void read_counter(struct stmt *stmt, struct pool *pool, struct queue_counter *out)
{
	out->name = stmt_col_dup(stmt, 0, pool);
	out->paused = stmt_col_int(stmt, 1) != 0;
	out->until_at = stmt_col_int(stmt, 2);
	out->at = stmt_col_int(stmt, 3);
}

enum rc queue_counters(struct store *store, struct pool *pool, bool public,
		struct queue_counter **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(public ? store->pub : store->tram, COUNTERS);
	size_t room = 100;
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, room * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, store->board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < room) {
		struct queue_counter *last = *count > 0 ? &(*rows)[*count - 1] : NULL;

		if (last == NULL || strcmp(last->name, stmt_col_text(stmt, 0)) != 0)
			last = &(*rows)[(*count)++];
		read_counter(stmt, pool, last);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc queue_paused(struct store *store, const char *counter, struct queue_counter *out)
{
	struct stmt *stmt = db_stmt(store->tram, PAUSED);
	bool row = false;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	out->name = counter;
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, counter);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	out->paused = stmt_col_int(stmt, 1) != 0;
	out->until_at = stmt_col_int(stmt, 2);
	out->at = stmt_col_int(stmt, 3);
	stmt_reset(stmt);
	return RC_OK;
}

/* ---- writing ---- */

static enum rc append(struct store *store, enum event_subject subject_kind, const uint8_t *subject,
		const char *kind, const char *actor, json_t *body)
{
	struct act act = { .subject_kind = subject_kind, .subject = subject, .kind = kind,
		.actor = actor, .body = body };
	const char *reason = NULL;
	struct event event;
	enum rc rc = act_append(store, &act, &event, &reason);

	json_decref(body);
	return rc;
}

static enum rc append_station(struct store *store, const char *kind, const char *actor, json_t *body)
{
	static const uint8_t station[EVENT_ID_SIZE];

	return append(store, SUBJECT_STATION, station, kind, actor, body);
}

enum rc queue_issue(struct store *store, struct pool *pool, const char *actor, size_t queue,
		const char *priority, int64_t now_ms, char **number)
{
	struct queue_setup setup;
	char letter[2] = "";
	struct stmt *stmt;
	int64_t last = 0;
	json_t *body;
	bool row = false;
	enum rc rc = queue_setup_get(store, pool, &setup);

	if (rc != RC_OK)
		return rc;
	if (queue >= setup.queues)
		return RC_INVALID;
	if (setup.queues > 1)
		letter[0] = (char)('A' + (int)queue);
	stmt = of_day(store, false, LAST, queue_day(now_ms));
	stmt_text(stmt, 3, pool_printf(pool, "%s000", letter));
	stmt_text(stmt, 4, pool_printf(pool, "%s999", letter));
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (row && strlen(stmt_col_text(stmt, 0)) > strlen(letter) &&
			num_parse(stmt_col_text(stmt, 0) + strlen(letter), 0, NUMBERS, &last) != RC_OK)
		last = 0;
	stmt_reset(stmt);
	if (last >= NUMBERS)
		return RC_TOO_LARGE;
	*number = pool_printf(pool, "%s%03d", letter, (int)last + 1);
	body = json_new_object();
	json_put(body, "number", *number);
	json_put(body, "queue", setup.names[queue]);
	json_put(body, "priority", priority);
	return append_station(store, "ticket.issued", actor, body);
}

static enum rc call(struct store *store, const char *actor, const char *counter, const char *number,
		const char *outcome)
{
	json_t *body = json_new_object();

	json_put(body, "number", number);
	json_put(body, "counter", counter);
	json_put(body, "outcome", outcome);
	return append_station(store, "ticket.called", actor, body);
}

static enum rc priority_run(struct store *store, int64_t day, int *run)
{
	struct stmt *stmt = of_day(store, false, RUN, day);
	bool row = false;
	enum rc rc;

	*run = 0;
	stmt_int(stmt, 3, RUN_SEEN);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && strcmp(stmt_col_text(stmt, 0), "none") != 0)
		(*run)++;
	stmt_reset(stmt);
	return rc;
}

enum rc queue_next(struct store *store, struct pool *pool, const char *actor, const char *counter,
		int64_t now_ms, char **number)
{
	int64_t day = queue_day(now_ms);
	struct ticket_waiting *waiting;
	struct ticket *rows = NULL, current;
	struct queue_setup setup;
	size_t count = 0, at;
	int run = 0;
	enum rc rc = queue_list(store, pool, false, day, TICKET_WAITING, WAITING_MAX, &rows, &count);

	if (rc == RC_OK)
		rc = queue_setup_get(store, pool, &setup);
	if (rc == RC_OK)
		rc = priority_run(store, day, &run);
	if (rc != RC_OK)
		return rc;
	waiting = pool_alloc(pool, (count + 1) * sizeof(*waiting));
	for (size_t i = 0; i < count; i++) {
		waiting[i].number = rows[i].number;
		waiting[i].counter = rows[i].counter;
		waiting[i].priority = strcmp(rows[i].priority, "none") != 0;
	}
	at = ticket_pick(waiting, count, counter, queue_setup_letters(&setup, counter), run,
			(int)setup.priority_run);
	if (at == count)
		return RC_NOT_FOUND;
	*number = pool_strdup(pool, rows[at].number);
	rc = queue_current(store, pool, day, counter, &current);
	if (rc == RC_OK)
		rc = call(store, actor, counter, current.number, "done");
	else if (rc == RC_NOT_FOUND)
		rc = RC_OK;
	return rc == RC_OK ? call(store, actor, counter, *number, "called") : rc;
}

/* An absent one may be called again by any counter; the rest is for the counter that called it. */
static bool fits(const struct ticket *ticket, const char *counter, const char *outcome)
{
	bool mine = ticket->state == TICKET_CALLED && strcmp(ticket->counter, counter) == 0;

	if (strcmp(outcome, "called") == 0)
		return ticket->state == TICKET_WAITING || ticket->state == TICKET_ABSENT;
	return mine;
}

enum rc queue_act(struct store *store, struct pool *pool, const char *actor, const char *counter,
		const char *number, const char *outcome, const char *target, int64_t now_ms,
		struct ticket *now)
{
	enum rc rc = queue_find(store, pool, false, queue_day(now_ms), number, now);

	if (rc != RC_OK)
		return rc;
	if (!fits(now, counter, outcome))
		return RC_CONFLICT;
	return call(store, actor, strcmp(outcome, "moved") == 0 ? target : counter, number, outcome);
}

/* Pauses of one counter are one subject: its id is made of its name. */
static void counter_subject(const struct store *store, const char *counter, uint8_t id[EVENT_ID_SIZE])
{
	uint8_t digest[HASH_SIZE];
	char text[128];

	(void)snprintf(text, sizeof(text), "counter %s %.60s", store->board, counter);
	hash_sha256(text, strlen(text), digest);
	memcpy(id, digest, EVENT_ID_SIZE);
}

enum rc queue_pause(struct store *store, const char *actor, const char *counter, int64_t until_ms,
		const char *reason)
{
	uint8_t id[EVENT_ID_SIZE];
	json_t *body = json_new_object();

	counter_subject(store, counter, id);
	json_put(body, "counter", counter);
	if (until_ms > 0)
		json_put_int(body, "until", until_ms);
	json_put(body, "reason", reason);
	return append(store, SUBJECT_SHIFT, id, "shift.paused", actor, body);
}

enum rc queue_resume(struct store *store, const char *actor, const char *counter)
{
	uint8_t id[EVENT_ID_SIZE];
	json_t *body = json_new_object();

	counter_subject(store, counter, id);
	json_put(body, "counter", counter);
	return append(store, SUBJECT_SHIFT, id, "shift.resumed", actor, body);
}
