/*
 * journal.c: appending, receiving and reading the two logs of a board; see journal.h. What an event
 * means is the projection's business.
 */
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "crypt/hash.h"
#include "store/fork.h"
#include "store/journal.h"
#include "store/projection.h"

static const char HEAD[] =
	"SELECT epoch, seq, hash FROM journal_head WHERE board = $1 AND author = $2";
static const char HEAD_NEW[] =
	"INSERT INTO journal_head (board, author, epoch, seq, hash) VALUES ($1, $2, 1, 0, $3)"
	" ON CONFLICT (board, author) DO NOTHING";
static const char HEAD_LOCK[] =
	"UPDATE journal_head SET epoch = epoch WHERE board = $1 AND author = 0";
static const char HEAD_NEXT[] =
	"UPDATE journal_head SET seq = seq + 1 WHERE board = $1 AND author = $2 RETURNING epoch, seq,"
	" hash, coalesce((SELECT o.seq FROM journal_head o WHERE o.board = $1 AND o.author <> $2), 0)"
	" + coalesce((SELECT sum(r.arrivals) FROM journal_branch r WHERE r.board = $1), 0)";
static const char HEAD_SET[] =
	"UPDATE journal_head SET epoch = $3, hash = $4 WHERE board = $1 AND author = $2";
static const char ADD[] =
	"INSERT INTO journal (board, author, seq, arrival, id, subject, hash, header)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char ADD_BODY[] =
	"INSERT INTO journal_body (board, author, seq, salt, body) VALUES ($1, $2, $3, $4, $5)";
static const char HASH_AT[] =
	"SELECT hash FROM journal WHERE board = $1 AND author = $2 AND seq = $3";
static const char IS_ERASED[] =
	"SELECT 1 FROM journal_erased WHERE board = $1 AND author = $2 AND seq = $3";
static const char ERASED[] =
	"INSERT INTO journal_erased (board, author, seq, kept, by_author, by_seq) VALUES ($1, $2, $3, $4,"
	" $5, $6) ON CONFLICT (board, author, seq) DO UPDATE SET kept = excluded.kept,"
	" by_author = excluded.by_author, by_seq = excluded.by_seq WHERE journal_erased.by_seq = 0";
static const char BODY_DELETE[] =
	"DELETE FROM journal_body WHERE board = $1 AND author = $2 AND seq = $3";
#define ROW "SELECT j.header, j.hash, b.salt, b.body, j.author, coalesce(r.position, 0), " \
	"j.arrival - coalesce(r.base, 0), coalesce(e.kept, '') FROM journal j" \
	" LEFT JOIN journal_erased e ON e.board = j.board AND e.author = j.author AND e.seq = j.seq" \
	" LEFT JOIN journal_body b ON b.board = j.board AND b.author = j.author AND b.seq = j.seq" \
	" LEFT JOIN journal_branch r ON r.board = j.board AND r.log = j.author"
static const char READ[] =
	ROW " WHERE j.board = $1 AND j.author = $2 AND j.seq > $3 ORDER BY j.seq LIMIT $4";
static const char SUBJECT[] = ROW " WHERE j.board = $1 AND j.subject = $2 ORDER BY j.arrival";
static const char LAST[] =
	"SELECT id FROM journal WHERE board = $1 AND subject = $2 ORDER BY arrival DESC LIMIT 1";

static void head_of(struct stmt *stmt, struct journal_head *out)
{
	size_t len;
	const void *hash;

	out->epoch = (uint64_t)stmt_col_int(stmt, 0);
	out->seq = (uint64_t)stmt_col_int(stmt, 1);
	hash = stmt_col_blob(stmt, 2, &len);
	if (len == EVENT_HASH_SIZE)
		memcpy(out->hash, hash, len);
}

static void bind_log(struct stmt *stmt, const char *board, unsigned log)
{
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)log);
}

enum rc journal_head_get(struct store *store, const char *board, enum event_author author,
		struct journal_head *out)
{
	struct stmt *stmt = db_stmt(store->tram, HEAD);
	bool row;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	out->epoch = 1;
	bind_log(stmt, board, author);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		head_of(stmt, out);
		stmt_reset(stmt);
	}
	return rc;
}

static enum rc head_create(struct store *store, const char *board, enum event_author author)
{
	static const uint8_t zeros[EVENT_HASH_SIZE];
	struct stmt *stmt = db_stmt(store->tram, HEAD_NEW);

	bind_log(stmt, board, author);
	stmt_blob(stmt, 3, zeros, sizeof(zeros));
	return stmt_run(stmt);
}

enum rc journal_lock(struct store *store, const char *board)
{
	struct stmt *stmt;
	enum rc rc;

	if (!db_is_pg(store->tram))
		return RC_OK;
	stmt = db_stmt(store->tram, HEAD_LOCK);
	stmt_text(stmt, 1, board);
	rc = stmt_run(stmt);
	if (rc != RC_OK || db_changes(store->tram) == 1)
		return rc;
	rc = head_create(store, board, AUTHOR_BOARD);
	stmt = db_stmt(store->tram, HEAD_LOCK);
	stmt_text(stmt, 1, board);
	return rc == RC_OK ? stmt_run(stmt) : rc;
}

/* Advances the log's head by one: the head before, the new sequence number and the arrival number.
 * Its hash is set by head_set, in the same transaction. */
static enum rc head_next(struct store *store, const char *board, enum event_author author,
		struct journal_head *before, int64_t *arrival)
{
	struct stmt *stmt = db_stmt(store->tram, HEAD_NEXT);
	bool row;
	enum rc rc;

	bind_log(stmt, board, author);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && !row) {
		rc = head_create(store, board, author);
		stmt = db_stmt(store->tram, HEAD_NEXT);
		bind_log(stmt, board, author);
		if (rc == RC_OK)
			rc = stmt_step(stmt, &row);
		if (rc == RC_OK && !row)
			log_bug("journal board=%s: no head", board);
	}
	if (rc != RC_OK)
		return rc;
	head_of(stmt, before);
	*arrival = (int64_t)before->seq + stmt_col_int(stmt, 3);
	before->seq--;
	stmt_reset(stmt);
	return RC_OK;
}

static enum rc head_set(struct store *store, const struct event *event)
{
	struct stmt *stmt = db_stmt(store->tram, HEAD_SET);

	bind_log(stmt, event->board, event->author);
	stmt_int(stmt, 3, (int64_t)event->epoch);
	stmt_blob(stmt, 4, event->hash, EVENT_HASH_SIZE);
	return stmt_run(stmt);
}

/* The rows of one event; header is its exact bytes. */
static enum rc add(struct store *store, const struct event *event, const char *header,
		size_t header_len, int64_t arrival)
{
	struct stmt *stmt = db_stmt(store->tram, ADD);
	enum rc rc;

	bind_log(stmt, event->board, event->log);
	stmt_int(stmt, 3, (int64_t)event->seq);
	stmt_int(stmt, 4, arrival);
	stmt_blob(stmt, 5, event->id, EVENT_ID_SIZE);
	stmt_blob(stmt, 6, event->subject, EVENT_ID_SIZE);
	stmt_blob(stmt, 7, event->hash, EVENT_HASH_SIZE);
	stmt_blob(stmt, 8, header, header_len);
	store->unfollowed++;
	rc = stmt_run(stmt);
	if (rc == RC_OK && event->body) {
		stmt = db_stmt(store->tram, ADD_BODY);
		bind_log(stmt, event->board, event->log);
		stmt_int(stmt, 3, (int64_t)event->seq);
		stmt_blob(stmt, 4, event->salt, EVENT_SALT_SIZE);
		stmt_blob(stmt, 5, event->body, event->body_len);
		rc = stmt_run(stmt);
	}
	return rc;
}

enum rc journal_add_branch(struct store *store, const struct journal_row *row, int64_t arrival)
{
	enum rc rc = add(store, &row->event, row->header, row->header_len, arrival);

	/* A body that was erased before it came here. */
	if (rc == RC_OK && !row->event.body)
		rc = journal_erase(store, &row->event, NULL, row->event.kept);
	return rc;
}

static void body_hash(const uint8_t *salt, const char *body, size_t body_len,
		uint8_t out[EVENT_HASH_SIZE])
{
	struct hash *hash = hash_new();

	hash_update(hash, salt, EVENT_SALT_SIZE);
	hash_update(hash, body, body_len);
	hash_final(hash, out);
	hash_free(hash);
}

enum rc journal_append(struct store *store, struct event *event)
{
	struct journal_head head = { 0 };
	struct buf header = { 0 };
	int64_t arrival = 0;
	enum rc rc;

	rc = head_next(store, event->board, event->author, &head, &arrival);
	if (rc != RC_OK)
		return rc;
	event->epoch = head.epoch + (strcmp(event->kind, "epoch.opened") == 0);
	event->seq = event->position = head.seq + 1;
	event->place = EVENT_PLACE(event->seq);
	memcpy(event->prev, head.hash, EVENT_HASH_SIZE);
	body_hash(event->salt, event->body, event->body_len, event->body_hash);
	event_encode(event, &header);
	hash_sha256(header.data, header.len, event->hash);
	rc = add(store, event, header.data, header.len, arrival);
	if (rc == RC_OK)
		rc = head_set(store, event);
	buf_free(&header);
	return rc;
}

/* RC_OK with *found when a row came. */
static enum rc look(struct store *store, const char *sql, const struct event *event, bool *found,
		uint8_t hash[EVENT_HASH_SIZE])
{
	struct stmt *stmt = db_stmt(store->tram, sql);
	enum rc rc;

	bind_log(stmt, event->board, event->author);
	stmt_int(stmt, 3, (int64_t)event->seq);
	rc = stmt_step(stmt, found);
	if (rc == RC_OK && *found) {
		size_t len;
		const void *bytes = hash ? stmt_col_blob(stmt, 0, &len) : NULL;

		if (bytes && len == EVENT_HASH_SIZE)
			memcpy(hash, bytes, len);
		stmt_reset(stmt);
	}
	return rc;
}

/* A board's people have ids "u-…", the center's "c-…" (account.h). */
static bool actor_fits(const struct event *event)
{
	const char *foreign = event->author == AUTHOR_BOARD ? "c-" : "u-";

	return strncmp(event->actor, foreign, 2) != 0;
}

const char *journal_fault(const struct event *event, const char *board, enum event_author author,
		const uint8_t *salt, const char *body, size_t body_len)
{
	const struct kind *kind = kind_find(event->kind, event->kind_version);
	uint8_t hash[EVENT_HASH_SIZE];

	if (strcmp(event->board, board) != 0 || event->author != author)
		return "identity";
	if (!salt != !body || (body && body_len > EVENT_BODY_MAX))
		return "body";
	if (body) {
		body_hash(salt, body, body_len, hash);
		if (memcmp(hash, event->body_hash, sizeof(hash)) != 0)
			return "body";
	}
	if (kind && !(kind->by & (author == AUTHOR_BOARD ? BY_BOARD : BY_CENTER)))
		return "kind";
	return actor_fits(event) ? NULL : "kind";
}

/* Where the event stands against the log's head: RC_OK: it is the next one. */
static enum rc place_of(struct store *store, const struct event *event, const char **why)
{
	struct journal_head head;
	uint8_t hash[EVENT_HASH_SIZE] = { 0 };
	bool found = false;
	enum rc rc;

	rc = journal_head_get(store, event->board, event->author, &head);
	if (rc != RC_OK)
		return rc;
	if (event->seq <= head.seq) {
		rc = look(store, HASH_AT, event, &found, hash);
		if (rc != RC_OK)
			return rc;
		if (found && memcmp(hash, event->hash, sizeof(hash)) == 0)
			return RC_EXISTS;
		*why = "fork";
	} else if (event->seq > head.seq + 1) {
		*why = "gap";
	} else if (memcmp(event->prev, head.hash, EVENT_HASH_SIZE) != 0) {
		*why = "hash";
	} else if (event->epoch < head.epoch || (event->epoch > head.epoch && head.seq > 0
			&& strcmp(event->kind, "epoch.opened") != 0)) {
		*why = "fork";
	} else {
		return RC_OK;
	}
	return RC_PROTOCOL;
}

enum rc journal_receive(struct store *store, const char *board, enum event_author author,
		const char *header, size_t header_len, const uint8_t *salt, const char *body,
		size_t body_len, const char **why)
{
	struct journal_head before;
	struct event event;
	bool erased = false;
	int64_t arrival = 0;
	enum rc rc;

	*why = "";
	if (event_decode(header, header_len, &event) != RC_OK) {
		*why = "line";
		return RC_PROTOCOL;
	}
	hash_sha256(header, header_len, event.hash);
	*why = journal_fault(&event, board, author, salt, body, body_len);
	if (*why)
		return RC_PROTOCOL;
	*why = "";
	rc = journal_lock(store, board);
	if (rc == RC_OK)
		rc = place_of(store, &event, why);
	/* What it records must be here before it: then both sides project both in one order. */
	if (rc == RC_OK && strcmp(event.kind, "fork.recorded") == 0 && body)
		rc = fork_is_here(store, &event, body, body_len, why);
	if (rc == RC_OK)
		rc = look(store, IS_ERASED, &event, &erased, NULL);
	if (rc == RC_OK)
		rc = head_next(store, board, author, &before, &arrival);
	if (rc != RC_OK)
		return rc;
	if (!erased && body) {
		event.salt = salt;
		event.body = body;
		event.body_len = body_len;
	}
	rc = add(store, &event, header, header_len, arrival);
	if (rc == RC_OK)
		rc = head_set(store, &event);
	return rc == RC_OK ? projection_event(store, &event, NULL) : rc;
}

enum rc journal_erase(struct store *store, const struct event *event, const struct event *by,
		const char *kept)
{
	const char *const steps[] = { ERASED, BODY_DELETE };
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < 2 && rc == RC_OK; i++) {
		struct stmt *stmt = db_stmt(store->tram, steps[i]);

		bind_log(stmt, event->board, event->log);
		stmt_int(stmt, 3, (int64_t)event->seq);
		if (i == 0) {
			stmt_text(stmt, 4, kept != NULL ? kept : "");
			stmt_int(stmt, 5, by != NULL ? (int64_t)by->log : 0);
			stmt_int(stmt, 6, by != NULL ? (int64_t)by->seq : 0);
		}
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		store->scrub = true;
	return rc;
}

/* One row of READ or SUBJECT, copied into the pool. */
static void row_of(struct stmt *stmt, struct pool *pool, struct journal_row *out)
{
	size_t len;
	const void *bytes = stmt_col_blob(stmt, 0, &out->header_len);

	out->header = pool_strndup(pool, bytes, out->header_len);
	if (event_decode(out->header, out->header_len, &out->event) != RC_OK)
		log_error("journal: a stored header cannot be read");
	bytes = stmt_col_blob(stmt, 1, &len);
	if (len == EVENT_HASH_SIZE)
		memcpy(out->event.hash, bytes, len);
	out->event.log = (unsigned)stmt_col_int(stmt, 4);
	if (out->event.log > AUTHOR_CENTER) {
		out->event.position = (uint64_t)stmt_col_int(stmt, 5);
		out->event.place = EVENT_PLACE(out->event.position) + (uint64_t)stmt_col_int(stmt, 6);
	}
	if (stmt_col_null(stmt, 3)) {
		const char *kept = stmt_col_text(stmt, 7);

		out->event.kept = kept[0] != '\0' ? pool_strdup(pool, kept) : NULL;
		return;
	}
	bytes = stmt_col_blob(stmt, 2, &len);
	if (len == EVENT_SALT_SIZE)
		out->event.salt = (const uint8_t *)pool_strndup(pool, bytes, len);
	bytes = stmt_col_blob(stmt, 3, &len);
	out->event.body = pool_strndup(pool, bytes, len);
	out->event.body_len = len;
}

/* All rows of a bound statement, until max_bytes of bodies are past. */
static enum rc rows_of(struct stmt *stmt, struct pool *pool, size_t max_bytes,
		struct journal_row **rows, size_t *count)
{
	size_t room = 0, bytes = 0;
	bool row;
	enum rc rc;

	*rows = NULL;
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		if (*count == room) {
			struct journal_row *more;

			room = room ? room * 2 : 16;
			more = pool_alloc(pool, room * sizeof(*more));
			if (*count)
				memcpy(more, *rows, *count * sizeof(*more));
			*rows = more;
		}
		row_of(stmt, pool, &(*rows)[*count]);
		bytes += (*rows)[(*count)++].event.body_len;
		if (bytes >= max_bytes)
			break;
	}
	stmt_reset(stmt);
	return rc;
}

enum rc journal_read(struct store *store, struct pool *pool, const char *board, unsigned log,
		uint64_t after, size_t limit, size_t max_bytes, struct journal_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, READ);

	bind_log(stmt, board, log);
	stmt_int(stmt, 3, (int64_t)after);
	stmt_int(stmt, 4, (int64_t)limit);
	return rows_of(stmt, pool, max_bytes, rows, count);
}

enum rc journal_subject(struct store *store, struct pool *pool, const char *board,
		const uint8_t *subject, struct journal_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, SUBJECT);

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, subject, EVENT_ID_SIZE);
	return rows_of(stmt, pool, SIZE_MAX, rows, count);
}

enum rc journal_last(struct store *store, const char *board, const uint8_t *subject,
		uint8_t id[EVENT_ID_SIZE])
{
	struct stmt *stmt = db_stmt(store->tram, LAST);
	const void *bytes;
	size_t len;
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, subject, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	bytes = stmt_col_blob(stmt, 0, &len);
	memcpy(id, bytes, len < EVENT_ID_SIZE ? len : EVENT_ID_SIZE);
	stmt_reset(stmt);
	return RC_OK;
}
