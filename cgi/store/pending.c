/*
 * pending.c: see pending.h.
 */
#include "store/pending.h"

#include <string.h>

#include "base/encode.h"
#include "store/journal.h"

#define COLUMNS \
	"p.id, p.subject, p.kind, p.word, p.account, p.actor, p.author, p.seq, p.at, p.done, p.done_at"

/* Closed dossiers (9..13) need no answer any more, nor does a request once the dossier is back at its
 * point; that it was answered is worth knowing also when the answer closed the dossier. */
#define STILL_ASKED \
	"CASE WHEN p.kind <> 'request' THEN d.state < 9" \
	" WHEN p.done = 0 THEN d.state < 9 AND d.holder = 1 ELSE 1 = 1 END"
static const char LIST[] =
	"SELECT " COLUMNS " FROM pending p WHERE p.board = $1 AND p.kind = $2 AND p.done = $3"
	" AND ($4 = '' OR p.word = $4) AND p.at >= $5 AND ($6 = '' OR p.actor = $6)"
	" AND ($7 = '' OR p.account = $7 OR p.account = '')"
	" AND EXISTS (SELECT 1 FROM dossier d WHERE d.board = p.board AND d.id = p.subject"
	" AND " STILL_ASKED ")"
	" ORDER BY p.at, p.id LIMIT $8";
/* Center: of every board; they are few, each is looked up by its key. */
static const char LIST_ANYWHERE[] =
	"SELECT " COLUMNS " FROM pending p WHERE p.board IN (SELECT board FROM journal_head"
	" WHERE author = 0) AND $1 = '' AND p.kind = $2 AND p.done = $3"
	" AND ($4 = '' OR p.word = $4) AND p.at >= $5 AND ($6 = '' OR p.actor = $6)"
	" AND ($7 = '' OR p.account = $7 OR p.account = '')"
	" AND EXISTS (SELECT 1 FROM dossier d WHERE d.board = p.board AND d.id = p.subject"
	" AND " STILL_ASKED ")"
	" ORDER BY p.at, p.id LIMIT $8";
static const char OF[] =
	"SELECT " COLUMNS " FROM pending p WHERE p.board = $1 AND p.subject = $2 AND p.kind = $3"
	" ORDER BY p.at, p.id LIMIT 200";
static const char FIND[] = "SELECT " COLUMNS " FROM pending p WHERE p.board = $1 AND p.id = $2";

static void read(struct stmt *stmt, struct pool *pool, struct pending_row *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	bytes = stmt_col_blob(stmt, 0, &len);
	if (len == EVENT_ID_SIZE)
		hex_encode(bytes, len, out->id);
	bytes = stmt_col_blob(stmt, 1, &len);
	if (len == sizeof(out->subject))
		memcpy(out->subject, bytes, len);
	out->kind = stmt_col_dup(stmt, 2, pool);
	out->word = stmt_col_dup(stmt, 3, pool);
	out->account = stmt_col_dup(stmt, 4, pool);
	out->actor = stmt_col_dup(stmt, 5, pool);
	out->log = (unsigned)stmt_col_int(stmt, 6);
	out->author = out->log % 2 ? AUTHOR_CENTER : AUTHOR_BOARD;
	out->seq = (uint64_t)stmt_col_int(stmt, 7);
	out->at = stmt_col_int(stmt, 8);
	out->done = (enum pending_done)stmt_col_int(stmt, 9);
	out->done_at = stmt_col_int(stmt, 10);
}

static enum rc read_all(struct stmt *stmt, struct pool *pool, size_t limit,
		struct pending_row **rows, size_t *count)
{
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

enum rc pending_list(struct store *store, struct pool *pool, const struct pending_query *query,
		struct pending_row **rows, struct dossier_row **dossiers, size_t *count)
{
	struct stmt *stmt = store->board ? db_stmt(store->tram, LIST)
			: db_stmt(store->tram, LIST_ANYWHERE);
	enum rc rc;
	size_t i;

	stmt_text(stmt, 1, store->board ? store->board : "");
	stmt_text(stmt, 2, query->kind);
	stmt_int(stmt, 3, query->done);
	stmt_text(stmt, 4, query->word ? query->word : "");
	stmt_int(stmt, 5, query->since);
	stmt_text(stmt, 6, query->actor ? query->actor : "");
	stmt_text(stmt, 7, query->account ? query->account : "");
	stmt_int(stmt, 8, (int64_t)query->limit);
	rc = read_all(stmt, pool, query->limit, rows, count);
	if (rc != RC_OK || !dossiers)
		return rc;
	*dossiers = pool_alloc(pool, (*count + 1) * sizeof(**dossiers));
	for (i = 0; rc == RC_OK && i < *count; i++) {
		char hex[2 * EVENT_ID_SIZE + 1];

		hex_encode((*rows)[i].subject, EVENT_ID_SIZE, hex);
		rc = dossier_find(store, pool, NULL, hex, &(*dossiers)[i]);
	}
	return rc;
}

enum rc pending_of(struct store *store, struct pool *pool, const struct dossier_row *dossier,
		const char *kind, struct pending_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, OF);

	stmt_text(stmt, 1, dossier->board);
	stmt_blob(stmt, 2, dossier->id, sizeof(dossier->id));
	stmt_text(stmt, 3, kind);
	return read_all(stmt, pool, 200, rows, count);
}

enum rc pending_find(struct store *store, struct pool *pool, const char *board, const char *id_hex,
		struct pending_row *out)
{
	struct stmt *stmt;
	uint8_t id[EVENT_ID_SIZE];
	bool row = false;
	enum rc rc;

	if (strlen(id_hex) != 2 * sizeof(id) || hex_decode(id_hex, id, sizeof(id)) != RC_OK)
		return RC_NOT_FOUND;
	stmt = db_stmt(store->tram, FIND);
	stmt_text(stmt, 1, board ? board : store->board);
	stmt_blob(stmt, 2, id, sizeof(id));
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	read(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc pending_body(struct store *store, struct pool *pool, const char *board,
		const struct pending_row *row, json_t **out)
{
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_read(store, pool, board ? board : store->board, row->log,
			row->seq - 1, 1, SIZE_MAX, &rows, &count);

	*out = NULL;
	if (rc != RC_OK)
		return rc;
	if (count != 1 || rows[0].event.seq != row->seq || !rows[0].event.body)
		return RC_NOT_FOUND;
	return json_parse(rows[0].event.body, rows[0].event.body_len, out);
}
