/*
 * search_index.c: see search_index.h.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "store/journal.h"
#include "store/search_index.h"

#define BATCH 256	/* events in one write; fewer are left for the next time */
#define ROUNDS 4	/* writes of one call that is not to go to the end */
#define BOARDS_MAX 4096

static const char BOARDS[] = "SELECT board FROM journal_head WHERE author = 0 ORDER BY board";
static const char CURSOR[] =
	"SELECT coalesce((SELECT seq FROM search_cursor WHERE board = $1 AND author = $2), 0),"
	" coalesce((SELECT max(seq) FROM journal WHERE board = $1 AND author = $2), 0)";
static const char CURSOR_SET[] =
	"INSERT INTO search_cursor (board, author, seq) VALUES ($1, $2, $3)"
	" ON CONFLICT (board, author) DO UPDATE SET seq = excluded.seq";
static const char TOUCHED[] =
	"SELECT DISTINCT subject FROM journal WHERE board = $1 AND author = $2 AND seq > $3 AND seq <= $4";
static const char DOSSIER[] =
	"SELECT d.folded, d.applicant, d.received_at, coalesce(w.words, ''), coalesce(w.at, 0)"
	" FROM dossier d LEFT JOIN dossier_worded w ON w.board = d.board AND w.id = d.id"
	" WHERE d.board = $1 AND d.id = $2";
static const char WORD_ADD[] =
	"INSERT INTO dossier_word (board, word, at, id) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (board, word, at, id) DO NOTHING";
static const char WORD_REMOVE[] =
	"DELETE FROM dossier_word WHERE board = $1 AND word = $2 AND at = $3 AND id = $4";
static const char WORDED_SET[] =
	"INSERT INTO dossier_worded (board, id, at, words) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (board, id) DO UPDATE SET at = excluded.at, words = excluded.words";

char *search_phrase(struct pool *pool, const char *folded)
{
	char *phrase = pool_printf(pool, "~%s", folded), *at;

	if (strchr(folded, ' ') == NULL)
		return pool_strdup(pool, "");
	for (at = phrase; *at != '\0'; at++)
		if (*at == ' ')
			*at = '~';
	return phrase;
}

/* Each word of words added or removed. */
static enum rc change_words(struct store *store, const char *sql, const char *board, const uint8_t *id,
		int64_t at_ms, char *words)
{
	enum rc rc = RC_OK;

	while (rc == RC_OK && *words != '\0') {
		size_t len = strcspn(words, " ");
		char *next = words + len + (words[len] == ' ');
		struct stmt *stmt = db_stmt(store->tram, sql);

		words[len] = '\0';
		stmt_text(stmt, 1, board);
		stmt_text(stmt, 2, words);
		stmt_int(stmt, 3, at_ms);
		stmt_blob(stmt, 4, id, EVENT_ID_SIZE);
		rc = stmt_run(stmt);
		words = next;
	}
	return rc;
}

enum rc search_renew(struct store *store, const char *board, const uint8_t *id)
{
	struct pool *pool = pool_new();
	struct stmt *stmt = db_stmt(store->tram, DOSSIER);
	const char *phrase, *had = "", *words = "";
	int64_t at_ms = 0, had_at = 0;
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)	/* a subject that is no dossier, or is parked */
		goto out;
	phrase = search_phrase(pool, text_fold(pool, stmt_col_text(stmt, 1)));
	words = pool_printf(pool, "%s%s%s", stmt_col_text(stmt, 0), phrase[0] != '\0' ? " " : "", phrase);
	at_ms = stmt_col_int(stmt, 2);
	had = stmt_col_dup(stmt, 3, pool);
	had_at = stmt_col_int(stmt, 4);
	stmt_reset(stmt);
	if (strcmp(had, words) == 0 && had_at == at_ms)
		goto out;
	rc = change_words(store, WORD_REMOVE, board, id, had_at, pool_strdup(pool, had));
	if (rc == RC_OK)
		rc = change_words(store, WORD_ADD, board, id, at_ms, pool_strdup(pool, words));
	if (rc == RC_OK) {
		stmt = db_stmt(store->tram, WORDED_SET);
		stmt_text(stmt, 1, board);
		stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
		stmt_int(stmt, 3, at_ms);
		stmt_text(stmt, 4, words);
		rc = stmt_run(stmt);
	}
out:
	pool_free(pool);
	return rc;
}

static enum rc cursor_get(struct store *store, const char *board, int author, int64_t *seq, int64_t *last)
{
	struct stmt *stmt = db_stmt(store->tram, CURSOR);
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, author);
	rc = stmt_step(stmt, &row);
	*seq = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	*last = rc == RC_OK && row ? stmt_col_int(stmt, 1) : 0;
	stmt_reset(stmt);
	return rc;
}

/* The dossiers that events after from, to the one of to, are about. */
static enum rc renew_touched(struct store *store, struct pool *pool, const char *board, int author,
		int64_t from, int64_t to)
{
	uint8_t (*ids)[EVENT_ID_SIZE] = pool_alloc(pool, BATCH * sizeof(*ids));
	struct stmt *stmt = db_stmt(store->tram, TOUCHED);
	size_t count = 0;
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, author);
	stmt_int(stmt, 3, from);
	stmt_int(stmt, 4, to);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < BATCH) {
		size_t len;
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (len == EVENT_ID_SIZE)
			memcpy(ids[count++], id, len);
	}
	stmt_reset(stmt);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = search_renew(store, board, ids[i]);
	return rc;
}

/* One batch of one log. *more: there is another one to do. */
static enum rc follow_log(struct store *store, const char *board, int author, bool all, bool *more)
{
	struct pool *pool;
	struct stmt *stmt;
	int64_t seq, last;
	enum rc rc = cursor_get(store, board, author, &seq, &last);

	*more = false;
	if (rc != RC_OK || last <= seq || (last - seq < BATCH && !all))
		return rc;
	rc = store_begin(store, false);
	if (rc != RC_OK)
		return rc;
	pool = pool_new();
	/* Another worker may have been first. */
	rc = cursor_get(store, board, author, &seq, &last);
	if (last - seq > BATCH)
		last = seq + BATCH;
	if (rc == RC_OK && last > seq)
		rc = renew_touched(store, pool, board, author, seq, last);
	if (rc == RC_OK) {
		stmt = db_stmt(store->tram, CURSOR_SET);
		stmt_text(stmt, 1, board);
		stmt_int(stmt, 2, author);
		stmt_int(stmt, 3, last);
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		rc = store_commit(store);
	else
		store_abort(store);
	*more = rc == RC_OK && last - seq == BATCH;
	pool_free(pool);
	return rc;
}

static enum rc follow_board(struct store *store, const char *board, bool all)
{
	enum rc rc = RC_OK;

	for (int author = AUTHOR_BOARD; author <= AUTHOR_CENTER; author++) {
		bool more = true;

		for (int round = 0; rc == RC_OK && more && (all || round < ROUNDS); round++)
			rc = follow_log(store, board, author, all, &more);
	}
	return rc;
}

enum rc search_follow(struct store *store, bool all)
{
	struct pool *pool;
	const char **boards;
	struct stmt *stmt;
	size_t count = 0;
	bool row;
	enum rc rc;

	if (store->board != NULL)
		return follow_board(store, store->board, all);
	pool = pool_new();
	boards = pool_alloc(pool, BOARDS_MAX * sizeof(*boards));
	stmt = db_stmt(store->tram, BOARDS);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < BOARDS_MAX)
		boards[count++] = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = follow_board(store, boards[i], all);
	pool_free(pool);
	return rc;
}

enum rc search_forget_all(struct store *store)
{
	enum rc rc = stmt_run(db_stmt(store->tram, "DELETE FROM dossier_word"));

	if (rc == RC_OK)
		rc = stmt_run(db_stmt(store->tram, "DELETE FROM dossier_worded"));
	return rc == RC_OK ? stmt_run(db_stmt(store->tram, "DELETE FROM search_cursor")) : rc;
}
