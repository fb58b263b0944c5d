/*
 * project_series.c: the counters behind provisional and official numbers. A number once given never
 * comes again, a voided dossier's neither.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "dossier/code.h"
#include "store/projection.h"

static const char SERIES[] =
	"INSERT INTO series (board, day, last) VALUES ($1, $2, $3) ON CONFLICT (board, day)"
	" DO UPDATE SET last = CASE WHEN excluded.last > series.last THEN excluded.last"
	" ELSE series.last END";
static const char SERIES_NEXT[] =
	"INSERT INTO series (board, day, last) VALUES ($1, $2, 1) ON CONFLICT (board, day)"
	" DO UPDATE SET last = series.last + 1";
static const char OFFICIAL[] =
	"INSERT INTO official_series (agency, day, last) VALUES ($1, $2, $3)"
	" ON CONFLICT (agency, day) DO UPDATE SET last = CASE"
	" WHEN excluded.last > official_series.last THEN excluded.last"
	" ELSE official_series.last END";

enum rc project_series_accepted(struct store *store, const struct event *event, const char *code)
{
	struct pool *pool;
	struct code parts;
	struct stmt *stmt;
	int64_t sequence = 0;
	char day[8] = "";
	enum rc rc;

	if (!*code) {
		if (store->redoing)	/* counted when it came first */
			return RC_OK;
		/* Erased: its number is still gone, and it was the next one of its day. */
		when_yymmdd(event->time.wall_ms, day);
		stmt = db_stmt(store->tram, SERIES_NEXT);
		stmt_text(stmt, 1, event->board);
		stmt_text(stmt, 2, day);
		return stmt_run(stmt);
	}
	pool = pool_new();
	/* A code of another form (a dossier taken over) counts in no series of ours. */
	if (code_parse(pool, code, &parts) == RC_OK && parts.variant == CODE_PROVISIONAL
			&& num_parse(parts.sequence, 1, 999999999, &sequence) == RC_OK
			&& strlen(parts.date) == 10)
		(void)snprintf(day, sizeof(day), "%.2s%.2s%.2s", parts.date + 2, parts.date + 5,
				parts.date + 8);
	pool_free(pool);
	if (!*day)
		return RC_OK;
	stmt = db_stmt(store->tram, SERIES);
	stmt_text(stmt, 1, event->board);
	stmt_text(stmt, 2, day);
	stmt_int(stmt, 3, sequence);
	rc = stmt_run(stmt);
	return rc;
}

enum rc project_series_official(struct store *store, const json_t *body, const char *code)
{
	size_t agency = strlen(json_text(body, "agency"));
	struct stmt *stmt;
	char day[8] = "";

	/* "H27.1-261124-0001": the day stands between the agency and the sequence. */
	if (strlen(code) < agency + 8 || code[agency] != '-')
		return RC_OK;
	memcpy(day, code + agency + 1, 6);
	stmt = db_stmt(store->tram, OFFICIAL);
	stmt_text(stmt, 1, json_text(body, "agency"));
	stmt_text(stmt, 2, day);
	stmt_int(stmt, 3, json_int(body, "sequence", 0));
	return stmt_run(stmt);
}
