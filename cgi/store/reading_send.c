/*
 * reading_send.c: see reading_send.h.
 */
#include "store/reading_send.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/random.h"

#define KEPT_MS (366 * WHEN_DAY_MS)
#define SUMS_MAX 300

static const char POSITION[] = "SELECT log, no FROM reading_sent WHERE one = 1";
static const char SET[] =
	"INSERT INTO reading_sent (one, log, no) VALUES (1, $1, $2)"
	" ON CONFLICT (one) DO UPDATE SET log = $1, no = $2";
static const char NEXT[] =
	"SELECT r.no, r.at, r.account, r.route, r.subject, r.place, r.ground, coalesce(p.name, '')"
	" FROM reading r LEFT JOIN reader p ON p.account = r.account WHERE r.no > $1"
	" ORDER BY r.no LIMIT $2";
static const char PUT[] =
	"INSERT INTO board_reading (board, log, no, at, account, route, subject, place, ground)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
static const char SAME[] =
	"SELECT 1 FROM board_reading WHERE board = $1 AND log = $2 AND no = $3 AND at = $4"
	" AND account = $5 AND route = $6 AND subject = $7 AND place = $8 AND ground = $9";
static const char EXPIRE[] = "DELETE FROM board_reading WHERE board = $1 AND at < $2";
static const char HEAD[] =
	"SELECT no FROM board_reading WHERE board = $1 AND log = $2 ORDER BY no DESC LIMIT 1";
static const char NEWEST[] =
	"SELECT at FROM board_reading WHERE board = $1 ORDER BY at DESC LIMIT 1";
#define NAME \
	" coalesce((SELECT n.name FROM board_reader n WHERE n.board = $1" \
	" AND n.account = board_reading.account), '')"
static const char PUT_NAME[] =
	"INSERT INTO board_reader (board, account, name, at) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (board, account) DO UPDATE SET name = excluded.name, at = CASE WHEN"
	" excluded.at > board_reader.at THEN excluded.at ELSE board_reader.at END";
static const char EXPIRE_NAMES[] = "DELETE FROM board_reader WHERE board = $1 AND at < $2";
static const char SUMS[] =
	"SELECT account, count(*), count(DISTINCT CASE WHEN ground <> 0 THEN subject END)," NAME
	" FROM board_reading WHERE board = $1 AND at >= $2 GROUP BY account ORDER BY 3 DESC, 2 DESC"
	" LIMIT $3";
static const char OUTSIDE[] =
	"SELECT account, subject, max(place), max(at), count(*), max(ground)," NAME " FROM board_reading"
	" WHERE board = $1 AND at >= $2 AND ground <> 0 AND ($3 = '' OR account = $3)"
	" GROUP BY account, subject ORDER BY 4 DESC LIMIT $4 OFFSET $5";

/* Where it stands; log "" before the first time. */
static enum rc position(struct store *store, struct pool *pool, const char **log, int64_t *no)
{
	struct stmt *stmt = db_stmt(store->access, POSITION);
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	*log = row ? stmt_col_dup(stmt, 0, pool) : "";
	*no = row ? stmt_col_int(stmt, 1) : 0;
	stmt_reset(stmt);
	return rc;
}

static enum rc set(struct store *store, const char *log, int64_t no)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->access);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->access, SET);
	stmt_text(stmt, 1, log);
	stmt_int(stmt, 2, no);
	rc = stmt_run(stmt);
	if (rc == RC_OK)
		return db_write_commit(store->access);
	db_write_abort(store->access);
	return rc;
}

static void new_log(char log[READING_LOG_SIZE + 1])
{
	uint8_t bytes[READING_LOG_SIZE / 2];

	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), log);
}

/* A look does not wait for the disk (reading.h); what is told to others must stand first. Locks lie on
 * the database and its -shm, so that closing this descriptor takes none away. */
static enum rc harden(struct store *store, struct pool *pool)
{
	const char *path = pool_printf(pool, "%s/access.db-wal", store->settings->db_dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? RC_OK : RC_IO;
	/* Promise 1: an fsync that failed is never tried again. */
	if (fdatasync(fd))
		log_fatal("access records: fsync: %s", strerror(errno));
	close(fd);
	return RC_OK;
}

static void read_record(struct stmt *stmt, struct pool *pool, struct reading_record *out)
{
	out->no = stmt_col_int(stmt, 0);
	out->reading.at = stmt_col_int(stmt, 1);
	out->reading.account = stmt_col_dup(stmt, 2, pool);
	out->reading.route = stmt_col_dup(stmt, 3, pool);
	out->reading.subject = stmt_col_dup(stmt, 4, pool);
	out->reading.place = stmt_col_dup(stmt, 5, pool);
	out->reading.ground = (enum reading_ground)stmt_col_int(stmt, 6);
	out->reading.name = stmt_col_dup(stmt, 7, pool);
}

enum rc reading_send_next(struct store *store, struct pool *pool, size_t limit, const char **log,
		struct reading_record **rows, size_t *count)
{
	char fresh[READING_LOG_SIZE + 1];
	struct stmt *stmt;
	bool row = false;
	int64_t no = 0;
	enum rc rc = position(store, pool, log, &no);

	*count = 0;
	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	if (rc == RC_OK && (*log)[0] == '\0') {
		new_log(fresh);
		*log = pool_strdup(pool, fresh);
		rc = set(store, fresh, 0);
	}
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->access, NEXT);
	stmt_int(stmt, 1, no);
	stmt_int(stmt, 2, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read_record(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc == RC_OK && *count > 0 ? harden(store, pool) : rc;
}

enum rc reading_send_done(struct store *store, int64_t no)
{
	struct pool *pool = pool_new();
	const char *log;
	int64_t before;
	enum rc rc = position(store, pool, &log, &before);

	if (rc == RC_OK && no > before)
		rc = set(store, log, no);
	pool_free(pool);
	return rc;
}

enum rc reading_send_rename(struct store *store)
{
	char fresh[READING_LOG_SIZE + 1];
	struct pool *pool = pool_new();
	const char *log;
	int64_t no;
	enum rc rc = position(store, pool, &log, &no);

	new_log(fresh);
	if (rc == RC_OK)
		rc = set(store, fresh, no);
	pool_free(pool);
	return rc;
}

/* ---- at the center ---- */

static struct stmt *of_record(struct store *store, const char *sql, const char *board,
		const char *log, const struct reading_record *record)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, log);
	stmt_int(stmt, 3, record->no);
	stmt_int(stmt, 4, record->reading.at);
	stmt_text(stmt, 5, record->reading.account);
	stmt_text(stmt, 6, record->reading.route);
	stmt_text(stmt, 7, record->reading.subject);
	stmt_text(stmt, 8, record->reading.place);
	stmt_int(stmt, 9, record->reading.ground);
	return stmt;
}

static enum rc put(struct store *store, const char *board, const char *log,
		const struct reading_record *record)
{
	struct stmt *stmt;
	bool same = false;
	enum rc rc = stmt_run(of_record(store, PUT, board, log, record));

	if (rc != RC_OK || db_changes(store->tram) > 0)
		return rc;
	stmt = of_record(store, SAME, board, log, record);
	rc = stmt_step(stmt, &same);
	if (rc == RC_OK && same)
		stmt_reset(stmt);
	return rc == RC_OK && !same ? RC_CONFLICT : rc;
}

/* The last word of a request counts; a name is no part of the record. */
static enum rc put_name(struct store *store, const char *board, const struct reading *reading)
{
	struct stmt *stmt;

	if (reading->name == NULL || reading->name[0] == '\0')
		return RC_OK;
	stmt = db_stmt(store->tram, PUT_NAME);
	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, reading->account);
	stmt_text(stmt, 3, reading->name);
	stmt_int(stmt, 4, reading->at);
	return stmt_run(stmt);
}

enum rc reading_send_take(struct store *store, const char *board, const char *log,
		const struct reading_record *rows, size_t count, int64_t now_ms)
{
	struct stmt *stmt;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = put(store, board, log, &rows[i]);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = put_name(store, board, &rows[i].reading);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, EXPIRE);
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, now_ms - KEPT_MS);
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, EXPIRE_NAMES);
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, now_ms - KEPT_MS);
	return stmt_run(stmt);
}

static enum rc one(struct stmt *stmt, int64_t *out)
{
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	*out = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return rc;
}

enum rc reading_send_head(struct store *store, const char *board, const char *log, int64_t *no)
{
	struct stmt *stmt = db_stmt(store->tram, HEAD);

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, log);
	return one(stmt, no);
}

enum rc reading_send_newest(struct store *store, const char *board, int64_t *at)
{
	struct stmt *stmt = db_stmt(store->tram, NEWEST);

	stmt_text(stmt, 1, board);
	return one(stmt, at);
}

enum rc reading_send_sums(struct store *store, struct pool *pool, const char *board,
		int64_t from_ms, struct reading_sum **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, SUMS);
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, SUMS_MAX * sizeof(**rows));
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, from_ms);
	stmt_int(stmt, 3, SUMS_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < SUMS_MAX) {
		struct reading_sum *sum = &(*rows)[(*count)++];

		sum->account = stmt_col_dup(stmt, 0, pool);
		sum->looks = stmt_col_int(stmt, 1);
		sum->outside = stmt_col_int(stmt, 2);
		sum->name = stmt_col_dup(stmt, 3, pool);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc reading_send_outside(struct store *store, struct pool *pool, const char *board,
		int64_t from_ms, const char *account, size_t limit, size_t offset,
		struct reading_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, OUTSIDE);
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, from_ms);
	stmt_text(stmt, 3, account);
	stmt_int(stmt, 4, (int64_t)limit);
	stmt_int(stmt, 5, (int64_t)offset);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		struct reading_row *out = &(*rows)[(*count)++];

		out->account = stmt_col_dup(stmt, 0, pool);
		out->subject = stmt_col_dup(stmt, 1, pool);
		out->place = stmt_col_dup(stmt, 2, pool);
		out->at = stmt_col_int(stmt, 3);
		out->times = stmt_col_int(stmt, 4);
		out->ground = (enum reading_ground)stmt_col_int(stmt, 5);
		out->name = stmt_col_dup(stmt, 6, pool);
	}
	stmt_reset(stmt);
	return rc;
}
