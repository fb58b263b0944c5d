/*
 * slip_publish.c: public.db follows the journal by cursor. It can be removed at any time: the next
 * publish fills it again from the journal's start.
 */
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "store/linkstate.h"
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

/* The receipt over the dossier's first event; *seq 0: none yet. */
struct proof {
	int64_t seq, at;
	char code[10];
};

static enum rc proof_read(struct store *store, struct pool *pool, const char *board, const uint8_t *id,
		struct proof *out)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT j.seq, j.header FROM journal j "
			"WHERE j.board = $1 AND j.subject = $2 AND j.author = 0 ORDER BY j.arrival LIMIT 1");
	struct link_receipt receipt;
	struct event event;
	bool row = false;
	size_t len = 0;
	const void *header;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	header = stmt_col_blob(stmt, 1, &len);
	rc = event_decode(header, len, &event);
	stmt_reset(stmt);
	if (rc != RC_OK)
		return RC_OK;
	rc = linkstate_covering(store, pool, board, event.epoch, event.seq, &receipt);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	out->seq = (int64_t)receipt.seq;
	out->at = linkstate_proof_at(receipt.jws);
	linkstate_proof_code(receipt.hash, out->code);
	return RC_OK;
}

static enum rc slip_put(struct store *store, const char *board, const uint8_t *id, struct stmt *from,
		const struct proof *proof)
{
	struct stmt *stmt = db_stmt(store->pub, "INSERT INTO slip (board, dossier, no, code, official, "
			"hash, typed_hash, replaced, state, has_due, due_at, due_certain, received_at, "
			"updated_ms, receipt_seq, receipt_code, receipt_at) VALUES ($1, $2, $3, $4, $5, $6, $7, "
			"$8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
			"ON CONFLICT (board, dossier, no) DO UPDATE SET code = $4, official = $5, hash = $6, "
			"typed_hash = $7, replaced = $8, state = $9, has_due = $10, due_at = $11, "
			"due_certain = $12, received_at = $13, updated_ms = $14, receipt_seq = $15, "
			"receipt_code = $16, receipt_at = $17");
	int column;

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	stmt_int(stmt, 3, stmt_col_int(from, 0));
	for (column = 1; column <= 4; column++)
		stmt_text(stmt, column + 3, stmt_col_text(from, column));
	for (column = 5; column <= 11; column++)
		stmt_int(stmt, column + 3, stmt_col_int(from, column));
	stmt_int(stmt, 15, proof->seq);
	stmt_text(stmt, 16, proof->code);
	stmt_int(stmt, 17, proof->at);
	return stmt_run(stmt);
}

static enum rc publish_dossier(struct store *store, struct pool *pool, const char *board,
		const uint8_t *id)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT s.no, d.code, d.official, s.hash, s.typed_hash, "
			"CASE WHEN s.no < d.slip_no THEN 1 ELSE 0 END, d.state, d.has_due, d.due_at, "
			"d.due_certain, d.received_at, d.updated_ms FROM dossier d JOIN dossier_slip s "
			"ON s.board = d.board AND s.dossier = d.id WHERE d.board = $1 AND d.id = $2");
	bool row = false, any = false;
	struct proof proof;
	enum rc rc = proof_read(store, pool, board, id, &proof);

	if (rc != RC_OK)
		return rc;
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		any = true;
		rc = slip_put(store, board, id, stmt, &proof);
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

/* The board's log once more, as far as receipts cover it: a slip's page names its receipt. */
#define BY_RECEIPT 2
#define WAYS 3

/*
 * Subjects of the branches that events of this batch recorded (fork.h); one that stands there twice is
 * published twice. No DISTINCT: for it SQLite would read the index of all subjects there ever were.
 */
static enum rc publish_branches(struct store *store, struct pool *pool, const char *board, int author,
		int64_t after, int64_t upto)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT j.subject FROM journal_branch r "
			"JOIN journal j ON j.board = r.board AND j.author = r.log WHERE r.board = $1 "
			"AND r.log > 1 AND r.log % 2 = $2 AND r.position > $3 AND r.position <= $4");
	struct publish_row *rows = NULL;
	size_t count = 0, room = 0, i;
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, author);
	stmt_int(stmt, 3, after);
	stmt_int(stmt, 4, upto);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		size_t len = 0;
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (count == room) {
			struct publish_row *more;

			room = room ? room * 2 : 64;
			more = pool_alloc(pool, room * sizeof(*more));
			if (count)
				memcpy(more, rows, count * sizeof(*more));
			rows = more;
		}
		if (len == EVENT_ID_SIZE)
			memcpy(rows[count++].id, id, len);
	}
	stmt_reset(stmt);
	for (i = 0; rc == RC_OK && i < count; i++)
		rc = publish_dossier(store, pool, board, rows[i].id);
	return rc;
}

/* One batch of one log up to a position: the subjects its new events touch. */
static enum rc publish_batch(struct store *store, struct pool *pool, const char *board, int way,
		int64_t head, bool *more)
{
	struct publish_row *rows = pool_alloc(pool, PUBLISH_AT_ONCE * sizeof(*rows));
	struct stmt *stmt;
	int64_t after = 0;
	size_t count = 0, i;
	bool row = false;
	enum rc rc;

	*more = false;
	rc = cursor_get(store, board, way, &after);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, "SELECT subject, seq FROM journal WHERE board = $1 AND author = $2 "
			"AND seq > $3 AND seq <= $5 ORDER BY seq LIMIT $4");
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, way == BY_RECEIPT ? AUTHOR_BOARD : way);
	stmt_int(stmt, 3, after);
	stmt_int(stmt, 4, PUBLISH_AT_ONCE);
	stmt_int(stmt, 5, head);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < PUBLISH_AT_ONCE) {
		size_t len = 0;
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (len == EVENT_ID_SIZE)
			memcpy(rows[count].id, id, len);
		rows[count++].seq = stmt_col_int(stmt, 1);
	}
	stmt_reset(stmt);
	for (i = 0; rc == RC_OK && i < count; i++)
		rc = publish_dossier(store, pool, board, rows[i].id);
	if (rc == RC_OK && count)
		rc = publish_branches(store, pool, board, way == BY_RECEIPT ? AUTHOR_BOARD : way, after,
				rows[count - 1].seq);
	if (rc == RC_OK && count)
		rc = cursor_set(store, board, way, rows[count - 1].seq);
	*more = count == PUBLISH_AT_ONCE;
	return rc;
}

static enum rc positions(struct db *db, const char *sql, const char *board, int64_t seq[WAYS])
{
	struct stmt *stmt = db_stmt(db, sql);
	bool row = false;
	enum rc rc;

	memset(seq, 0, WAYS * sizeof(*seq));
	stmt_text(stmt, 1, board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		int64_t way = stmt_col_int(stmt, 0);

		if (way >= 0 && way < WAYS)
			seq[way] = stmt_col_int(stmt, 1);
	}
	return rc;
}

static enum rc receipted_get(struct store *store, const char *board, int64_t *seq)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT seq FROM receipt WHERE board = $1 "
			"ORDER BY epoch DESC, seq DESC LIMIT 1");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*seq = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

/* Both logs of a board. Looked at before the writers' lock is asked for; one write each batch. What
 * another program published meanwhile is seen, since the cursor is read again under the lock. */
static enum rc publish_board(struct store *store, const char *board)
{
	int64_t heads[WAYS], cursors[WAYS], receipted = 0;
	bool more[WAYS];
	enum rc rc;
	int way;

	rc = positions(store->tram, "SELECT author, seq FROM journal_head WHERE board = $1", board,
			heads);
	if (rc == RC_OK)
		rc = receipted_get(store, board, &receipted);
	/* Never past the log: a restored side may hold receipts for what it has lost. */
	heads[BY_RECEIPT] = receipted < heads[AUTHOR_BOARD] ? receipted : heads[AUTHOR_BOARD];
	if (rc == RC_OK)
		rc = positions(store->pub, "SELECT author, seq FROM cursor WHERE board = $1", board,
				cursors);
	for (way = 0; way < WAYS; way++)
		more[way] = rc == RC_OK && heads[way] > cursors[way];
	while (rc == RC_OK && (more[0] || more[1] || more[BY_RECEIPT])) {
		struct pool *pool = pool_new();

		rc = db_write_begin(store->pub);
		if (rc == RC_OK) {
			for (way = 0; way < WAYS && rc == RC_OK; way++) {
				if (more[way])
					rc = publish_batch(store, pool, board, way, heads[way],
							&more[way]);
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

enum rc slip_back(struct store *store, const char *board, uint64_t seq)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->pub);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->pub, "UPDATE cursor SET seq = $2 WHERE board = $1 AND seq > $2");
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)seq);
	rc = stmt_run(stmt);
	if (rc == RC_OK)
		return db_write_commit(store->pub);
	db_write_abort(store->pub);
	return rc;
}
