/*
 * project_queue.c: the day's tickets and counters, the sheets of closed days, ratings. Only the board
 * writes the events of the first three, so its places (event.h) order them.
 */
#include <string.h>

#include "base/when.h"
#include "store/projection.h"
#include "store/queue.h"

static const char ISSUE[] =
	"INSERT INTO ticket (board, day, number, queue, priority, state, counter, issued_at, called_at,"
	" done_at, calls, seq) VALUES ($1, $2, $3, $4, $5, 0, '', $6, 0, 0, 0, $7) ON CONFLICT DO NOTHING";
/* What a ticket has seen already counts once, also when a subject's events are projected again. */
static const char CALL[] =
	"UPDATE ticket SET state = 1, counter = $4, called_at = $5, calls = calls + 1, seq = $6"
	" WHERE board = $1 AND day = $2 AND number = $3 AND seq < $6";
static const char SET_STATE[] =
	"UPDATE ticket SET state = $7, counter = $4, done_at = $5, seq = $6"
	" WHERE board = $1 AND day = $2 AND number = $3 AND seq < $6";
static const char PAUSE[] =
	"INSERT INTO counter (board, name, shift, paused, until_at, at, seq)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (board, name, shift) DO UPDATE SET"
	" paused = excluded.paused, until_at = excluded.until_at, at = excluded.at, seq = excluded.seq";
static const char CLOSE[] =
	"INSERT INTO day_close (board, number, day, seq, head_seq, head_hash, actor, at)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
static const char RATE[] =
	"INSERT INTO rating (board, dossier, level, answers, at, author, seq)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (board, dossier) DO UPDATE SET"
	" level = excluded.level, answers = excluded.answers, at = excluded.at,"
	" author = excluded.author, seq = excluded.seq WHERE excluded.at > rating.at OR"
	" (excluded.at = rating.at AND (excluded.author > rating.author OR"
	" (excluded.author = rating.author AND excluded.seq > rating.seq)))";
static const char CLEAR_RATING[] = "DELETE FROM rating WHERE board = $1 AND dossier = $2";
static const char CLEAR_COUNTER[] = "DELETE FROM counter WHERE board = $1 AND shift = $2";
static const char CLEAR_TICKETS[] = "DELETE FROM ticket WHERE board = $1";
static const char CLEAR_DAYS[] = "DELETE FROM day_close WHERE board = $1";

static enum rc on_issued(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt = db_stmt(store->tram, ISSUE);

	stmt_text(stmt, 1, event->board);
	stmt_int(stmt, 2, queue_day(event->time.wall_ms));
	stmt_text(stmt, 3, json_text(body, "number"));
	stmt_text(stmt, 4, json_text(body, "queue"));
	stmt_text(stmt, 5, *json_text(body, "priority") ? json_text(body, "priority") : "none");
	stmt_int(stmt, 6, event->time.wall_ms);
	stmt_int(stmt, 7, (int64_t)event->place);
	return stmt_run(stmt);
}

static enum rc on_called(struct store *store, const struct event *event, const json_t *body)
{
	const char *outcome = json_text(body, "outcome");
	bool call = !*outcome || strcmp(outcome, "called") == 0 || strcmp(outcome, "again") == 0;
	struct stmt *stmt = db_stmt(store->tram, call ? CALL : SET_STATE);

	stmt_text(stmt, 1, event->board);
	stmt_int(stmt, 2, queue_day(event->time.wall_ms));
	stmt_text(stmt, 3, json_text(body, "number"));
	stmt_text(stmt, 4, json_text(body, "counter"));
	stmt_int(stmt, 5, event->time.wall_ms);
	stmt_int(stmt, 6, (int64_t)event->place);
	if (!call)
		stmt_int(stmt, 7, strcmp(outcome, "moved") == 0 ? TICKET_WAITING :
				strcmp(outcome, "absent") == 0 ? TICKET_ABSENT : TICKET_DONE);
	return stmt_run(stmt);
}

static enum rc on_paused(struct store *store, const struct event *event, const json_t *body,
		bool paused)
{
	struct stmt *stmt = db_stmt(store->tram, PAUSE);

	if (!*json_text(body, "counter"))
		return RC_OK;
	stmt_text(stmt, 1, event->board);
	stmt_text(stmt, 2, json_text(body, "counter"));
	stmt_blob(stmt, 3, event->subject, EVENT_ID_SIZE);
	stmt_int(stmt, 4, paused);
	stmt_int(stmt, 5, paused ? json_int(body, "until", 0) : 0);
	stmt_int(stmt, 6, event->time.wall_ms);
	stmt_int(stmt, 7, (int64_t)event->place);
	return stmt_run(stmt);
}

static enum rc on_closed(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt = db_stmt(store->tram, CLOSE);
	int year, month, day;

	if (when_parse_date(json_text(body, "day"), &year, &month, &day) != RC_OK)
		return RC_OK;
	stmt_text(stmt, 1, event->board);
	stmt_int(stmt, 2, json_int(body, "number", 0));
	stmt_int(stmt, 3, year * INT64_C(10000) + month * 100 + day);
	stmt_int(stmt, 4, (int64_t)event->seq);
	stmt_int(stmt, 5, json_int(body, "head_seq", 0));
	stmt_text(stmt, 6, json_text(body, "head_hash"));
	stmt_text(stmt, 7, event->actor);
	stmt_int(stmt, 8, event->time.wall_ms);
	return stmt_run(stmt);
}

/* Erased: it leaves nothing; the kinds here have nothing personal to erase. */
enum rc project_queue_event(struct store *store, const struct event *event, const json_t *body)
{
	const char *kind = event->kind;

	if (!body)
		return RC_OK;
	if (strcmp(kind, "ticket.issued") == 0)
		return on_issued(store, event, body);
	if (strcmp(kind, "ticket.called") == 0)
		return on_called(store, event, body);
	if (strcmp(kind, "shift.paused") == 0 || strcmp(kind, "shift.resumed") == 0)
		return on_paused(store, event, body, strcmp(kind, "shift.paused") == 0);
	if (strcmp(kind, "day.closed") == 0)
		return on_closed(store, event, body);
	return RC_OK;
}

enum rc project_rating_given(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt = db_stmt(store->tram, RATE);
	const json_t *answers = body ? json_object_get(body, "answers") : NULL;
	char digits[QUEUE_INDICES + 1] = "---------";

	if (!body)
		return RC_OK;
	for (size_t i = 0; i < QUEUE_INDICES && i < json_array_size(answers); i++) {
		const char *answer = json_string_value(json_array_get(answers, i));

		if (answer && *answer >= '0' && *answer <= '2' && answer[1] == '\0')
			digits[i] = *answer;
	}
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_text(stmt, 3, json_text(body, "level"));
	stmt_text(stmt, 4, digits);
	stmt_int(stmt, 5, event->time.wall_ms);
	stmt_int(stmt, 6, (int64_t)event->author);
	stmt_int(stmt, 7, (int64_t)event->seq);
	return stmt_run(stmt);
}

static enum rc clear(struct store *store, const char *sql, const char *board, const uint8_t *id)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	if (id)
		stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	return stmt_run(stmt);
}

enum rc project_queue_clear(struct store *store, const char *board, const uint8_t *id)
{
	static const uint8_t station[EVENT_ID_SIZE];
	enum rc rc = clear(store, CLEAR_RATING, board, id);

	if (rc == RC_OK)
		rc = clear(store, CLEAR_COUNTER, board, id);
	if (rc != RC_OK || memcmp(id, station, sizeof(station)) != 0)
		return rc;
	rc = clear(store, CLEAR_TICKETS, board, NULL);
	return rc == RC_OK ? clear(store, CLEAR_DAYS, board, NULL) : rc;
}
