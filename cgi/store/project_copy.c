/*
 * project_copy.c: the newest verified copy of each name that the center announced. Only the center's own
 * log orders them: the last word of an epoch counts.
 */
#include <string.h>

#include "store/projection.h"

static const char PUT[] =
	"INSERT INTO center_copy (board, epoch, copy, seq, contents, taken_at, verified_at)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (board, epoch, copy) DO UPDATE SET"
	" seq = excluded.seq, contents = excluded.contents, taken_at = excluded.taken_at,"
	" verified_at = excluded.verified_at WHERE excluded.seq > center_copy.seq";
static const char CLEAR[] = "DELETE FROM center_copy WHERE board = $1";

enum rc project_copy_event(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt;

	/* A board's own copies let nothing go. */
	if (!body || event->author != AUTHOR_CENTER || strcmp(event->kind, "copy.verified"))
		return RC_OK;
	stmt = db_stmt(store->tram, PUT);
	stmt_text(stmt, 1, event->board);
	stmt_int(stmt, 2, (int64_t)event->epoch);
	stmt_text(stmt, 3, json_text(body, "copy"));
	stmt_int(stmt, 4, (int64_t)event->seq);
	stmt_int(stmt, 5, json_int(body, "contents", 0));
	stmt_int(stmt, 6, json_int(body, "taken_at", 0));
	stmt_int(stmt, 7, json_int(body, "verified_at", 0));
	return stmt_run(stmt);
}

enum rc project_copy_clear(struct store *store, const char *board, const uint8_t *id)
{
	static const uint8_t station[EVENT_ID_SIZE];
	struct stmt *stmt;

	if (memcmp(id, station, sizeof(station)))
		return RC_OK;
	stmt = db_stmt(store->tram, CLEAR);
	stmt_text(stmt, 1, board);
	return stmt_run(stmt);
}
