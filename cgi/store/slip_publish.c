/*
 * slip_publish.c: public.db follows the journal by cursor. It can be removed at any time: the next
 * publish fills it again from the journal's start.
 */
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "store/queue.h"
#include "store/slip.h"
#include "store/slip_key.h"

#define PUBLISH_AT_ONCE 512
#define BOARD_MAX 32

struct publish_row {
	uint8_t id[EVENT_ID_SIZE];
	int64_t seq;
};

static enum rc cursor_get(struct store *store, const char *board, int author, int64_t *seq)
{
	struct stmt *stmt = db_stmt(store->pub, "SELECT seq FROM cursor WHERE board = $1 AND author = $2");
	bool row = false;
	enum rc rc;

	*seq = 0;
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, author);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*seq = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

static enum rc cursor_set(struct store *store, const char *board, int author, int64_t seq)
{
	struct stmt *stmt = db_stmt(store->pub, "INSERT INTO cursor (board, author, seq) "
			"VALUES ($1, $2, $3) ON CONFLICT (board, author) DO UPDATE SET seq = $3");

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, author);
	stmt_int(stmt, 3, seq);
	return stmt_run(stmt);
}

static enum rc slip_put(struct store *store, const char *board, const uint8_t *id, struct stmt *from)
{
	struct stmt *stmt = db_stmt(store->pub, "INSERT INTO slip (board, dossier, no, code, official, "
			"hash, typed_hash, replaced, state, has_due, due_at, due_certain, received_at, "
			"updated_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
			"ON CONFLICT (board, dossier, no) DO UPDATE SET code = $4, official = $5, hash = $6, "
			"typed_hash = $7, replaced = $8, state = $9, has_due = $10, due_at = $11, "
			"due_certain = $12, received_at = $13, updated_ms = $14");
	int column;

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	stmt_int(stmt, 3, stmt_col_int(from, 0));
	for (column = 1; column <= 4; column++)
		stmt_text(stmt, column + 3, stmt_col_text(from, column));
	for (column = 5; column <= 11; column++)
		stmt_int(stmt, column + 3, stmt_col_int(from, column));
	return stmt_run(stmt);
}

static enum rc publish_dossier(struct store *store, const char *board, const uint8_t *id)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT s.no, d.code, d.official, s.hash, s.typed_hash, "
			"CASE WHEN s.no < d.slip_no THEN 1 ELSE 0 END, d.state, d.has_due, d.due_at, "
			"d.due_certain, d.received_at, d.updated_ms FROM dossier d JOIN dossier_slip s "
			"ON s.board = d.board AND s.dossier = d.id WHERE d.board = $1 AND d.id = $2");
	bool row = false, any = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		any = true;
		rc = slip_put(store, board, id, stmt);
		if (rc != RC_OK) {
			stmt_reset(stmt);
			return rc;
		}
	}
	if (rc != RC_OK || any)
		return rc;
	/* Not a dossier, or one whose slips were erased: they answer no more. */
	stmt = db_stmt(store->pub, "DELETE FROM slip WHERE board = $1 AND dossier = $2");
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	return stmt_run(stmt);
}

/* One batch of one log: the subjects its new events touch. */
static enum rc publish_batch(struct store *store, struct pool *pool, const char *board, int author,
		bool *more)
{
	struct publish_row *rows = pool_alloc(pool, PUBLISH_AT_ONCE * sizeof(*rows));
	struct stmt *stmt;
	int64_t after = 0;
	size_t count = 0, i;
	bool row = false;
	enum rc rc;

	*more = false;
	rc = cursor_get(store, board, author, &after);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, "SELECT subject, seq FROM journal WHERE board = $1 AND author = $2 "
			"AND seq > $3 ORDER BY seq LIMIT $4");
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, author);
	stmt_int(stmt, 3, after);
	stmt_int(stmt, 4, PUBLISH_AT_ONCE);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < PUBLISH_AT_ONCE) {
		size_t len = 0;
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (len == EVENT_ID_SIZE)
			memcpy(rows[count].id, id, len);
		rows[count++].seq = stmt_col_int(stmt, 1);
	}
	stmt_reset(stmt);
	for (i = 0; rc == RC_OK && i < count; i++)
		rc = publish_dossier(store, board, rows[i].id);
	if (rc == RC_OK && count)
		rc = cursor_set(store, board, author, rows[count - 1].seq);
	*more = count == PUBLISH_AT_ONCE;
	return rc;
}

static enum rc positions(struct db *db, const char *sql, const char *board, int64_t seq[2])
{
	struct stmt *stmt = db_stmt(db, sql);
	bool row = false;
	enum rc rc;

	seq[0] = seq[1] = 0;
	stmt_text(stmt, 1, board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row)
		seq[stmt_col_int(stmt, 0) != 0] = stmt_col_int(stmt, 1);
	return rc;
}

/* Both logs of a board. Looked at before the writers' lock is asked for; one write each batch. What
 * another program published meanwhile is seen, since the cursor is read again under the lock. */
static enum rc publish_board(struct store *store, const char *board)
{
	int64_t heads[2], cursors[2];
	bool more[2];
	enum rc rc;
	int author;

	rc = positions(store->tram, "SELECT author, seq FROM journal_head WHERE board = $1", board,
			heads);
	if (rc == RC_OK)
		rc = positions(store->pub, "SELECT author, seq FROM cursor WHERE board = $1", board,
				cursors);
	for (author = 0; author < 2; author++)
		more[author] = rc == RC_OK && heads[author] > cursors[author];
	while (rc == RC_OK && (more[0] || more[1])) {
		struct pool *pool = pool_new();

		rc = db_write_begin(store->pub);
		if (rc == RC_OK) {
			for (author = 0; author < 2 && rc == RC_OK; author++) {
				if (more[author])
					rc = publish_batch(store, pool, board, author, &more[author]);
			}
			if (rc == RC_OK)
				rc = db_write_commit(store->pub);
			else
				db_write_abort(store->pub);
		}
		pool_free(pool);
	}
	return rc;
}

/* Boards whose journal is here. */
static enum rc boards_read(struct store *store, char (*boards)[BOARD_MAX], size_t room, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT board FROM journal_head WHERE author = 0 "
			"ORDER BY board");
	bool row = false;
	enum rc rc;

	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < room) {
		const char *name = stmt_col_text(stmt, 0);
		size_t len = strlen(name);

		if (len < BOARD_MAX)
			memcpy(boards[(*count)++], name, len + 1);
	}
	stmt_reset(stmt);
	return rc;
}

static enum rc publish_all(struct store *store)
{
	char (*boards)[BOARD_MAX];
	struct pool *pool;
	size_t count = 0, i;
	enum rc rc;

	if (store->board)
		return publish_board(store, store->board);
	pool = pool_new();
	boards = pool_alloc(pool, 4096 * sizeof(*boards));
	rc = boards_read(store, boards, 4096, &count);
	for (i = 0; i < count && rc == RC_OK; i++)
		rc = publish_board(store, boards[i]);
	pool_free(pool);
	return rc;
}

/* One view of the journal for all of it: cheaper than a lock for every statement. It is begun after
 * the commit that is to be published. */
enum rc slip_publish(struct store *store)
{
	enum rc rc = db_read_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	rc = publish_all(store);
	if (rc == RC_OK)
		rc = queue_publish(store);
	db_read_end(store->tram);
	return rc;
}

static enum rc point_put(struct store *store, const char *board, const void *key, const char *name,
		const char *address, const char *phone)
{
	struct stmt *stmt = db_stmt(store->pub, "INSERT INTO point (board, slip_key, name, address, phone) "
			"VALUES ($1, $2, $3, $4, $5) ON CONFLICT (board) DO UPDATE SET slip_key = $2, "
			"name = $3, address = $4, phone = $5");

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, key, SLIP_KEY_SIZE);
	stmt_text(stmt, 3, name);
	stmt_text(stmt, 4, address);
	stmt_text(stmt, 5, phone);
	return stmt_run(stmt);
}

static enum rc points_of_center(struct store *store)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT board, slip_key, point FROM link_board");
	bool row = false;
	enum rc rc;

	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		const char *text = stmt_col_text(stmt, 2);
		json_t *point = NULL;
		size_t len = 0;
		const void *key = stmt_col_blob(stmt, 1, &len);

		if (len != SLIP_KEY_SIZE || json_parse(text, strlen(text), &point) != RC_OK)
			continue;
		rc = point_put(store, stmt_col_text(stmt, 0), key, json_text(point, "name"),
				json_text(point, "address"), json_text(point, "phone"));
		json_decref(point);
		if (rc != RC_OK) {
			stmt_reset(stmt);
			break;
		}
	}
	return rc;
}

enum rc slip_point_publish(struct store *store)
{
	const struct settings *settings = store->settings;
	uint8_t key[SLIP_KEY_SIZE];
	enum rc rc;

	if (store->board) {
		rc = slip_key_read(settings, "slip.key", key);
		if (rc != RC_OK)
			return rc;
	}
	rc = db_write_begin(store->pub);
	if (rc != RC_OK)
		return rc;
	rc = store->board ? point_put(store, store->board, key, settings->point_name,
			settings->point_address, settings->point_phone) : points_of_center(store);
	if (rc == RC_OK)
		return db_write_commit(store->pub);
	db_write_abort(store->pub);
	return rc;
}
