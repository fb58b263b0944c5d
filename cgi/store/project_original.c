/*
 * project_original.c: originals of citizens that lie here: kept with the list of papers, kept and
 * given back by notes. Each event leaves its own rows and the sum is made of them, so that notes of
 * both sides commute.
 */
#include <string.h>

#include "store/project_row.h"

#define COUNT_MAX 1000		/* of one paper; a body may come from elsewhere */

static const char ADD[] =
	"INSERT INTO original_move (board, dossier, event, no, source, name, count, at)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
static const char DROP_LIST[] =
	"DELETE FROM original_move WHERE board = $1 AND dossier = $2 AND source = 0";
static const char DROP_SUM[] = "DELETE FROM original_kept WHERE board = $1 AND dossier = $2";
static const char SUM[] =
	"INSERT INTO original_kept (board, dossier, name, count, since) SELECT board, dossier, name,"
	" sum(count), min(CASE WHEN count > 0 THEN at END) FROM original_move"
	" WHERE board = $1 AND dossier = $2 GROUP BY board, dossier, name HAVING sum(count) > 0";
static const char CLEAR[] = "DELETE FROM original_move WHERE board = $1 AND dossier = $2";

static enum rc of_dossier(struct store *store, const char *sql, const char *board, const uint8_t *id)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	return stmt_run(stmt);
}

static enum rc add(struct store *store, const struct event *event, size_t no, bool note,
		const char *name, int64_t count)
{
	struct stmt *stmt;

	if (!*name)
		return RC_OK;
	stmt = db_stmt(store->tram, ADD);
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_blob(stmt, 3, event->id, EVENT_ID_SIZE);
	stmt_int(stmt, 4, (int64_t)no);
	stmt_int(stmt, 5, note);
	stmt_text(stmt, 6, name);
	stmt_int(stmt, 7, count);
	stmt_int(stmt, 8, event->time.wall_ms);
	return stmt_run(stmt);
}

static int64_t within(int64_t count)
{
	return count < 1 ? 1 : count > COUNT_MAX ? COUNT_MAX : count;
}

static enum rc sum(struct store *store, const struct event *event)
{
	enum rc rc = of_dossier(store, DROP_SUM, event->board, event->subject);

	return rc == RC_OK ? of_dossier(store, SUM, event->board, event->subject) : rc;
}

enum rc project_original_list(struct store *store, const struct event *event,
		const json_t *components)
{
	const json_t *paper;
	enum rc rc;
	size_t i;

	if (!components)
		return RC_OK;
	rc = of_dossier(store, DROP_LIST, event->board, event->subject);
	json_array_foreach(components, i, paper) {
		if (rc == RC_OK && json_flag(paper, "kept") && !json_flag(paper, "returned"))
			rc = add(store, event, i, false, json_text(paper, "name"),
					within(json_int(paper, "originals", 1)));
	}
	return rc == RC_OK ? sum(store, event) : rc;
}

enum rc project_original_note(struct store *store, const struct event *event, const json_t *body)
{
	bool back = strcmp(event->kind, "originals.returned") == 0;
	const json_t *item;
	enum rc rc = RC_OK;
	size_t i;

	json_array_foreach(json_object_get(body, "items"), i, item) {
		int64_t count = within(json_int(item, "count", 1));

		if (rc == RC_OK)
			rc = add(store, event, i, true, json_text(item, "name"), back ? -count : count);
	}
	return rc == RC_OK ? sum(store, event) : rc;
}

enum rc project_original_clear(struct store *store, const char *board, const uint8_t *id)
{
	enum rc rc = of_dossier(store, CLEAR, board, id);

	return rc == RC_OK ? of_dossier(store, DROP_SUM, board, id) : rc;
}
