/*
 * letgo.c: see letgo.h.
 */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "store/blob.h"
#include "store/letgo.h"
#include "store/linkstate.h"

#define AT_ONCE 100
/* Of a dossier with none before it: a few photographed pages. */
#define FIRST_BYTES INT64_C(2000000)
/* Events, index and log of one dossier. */
#define EVENT_BYTES INT64_C(40000)
#define MEAN_MS (10 * WHEN_MINUTE_MS)

/* In the order in which the center got them. Not: what a draft, an open dossier or an answer of the
 * center's names. gone < 2 is the condition of the index. */
static const char MAY_GO[] =
	"SELECT r.sha256, b.size, r.no FROM blob_receipt r JOIN blob b ON b.board = r.board"
	" AND b.sha256 = r.sha256 WHERE r.board = $1 AND r.no > $2 AND r.gone < 2 AND r.gone = 0"
	" AND r.center_epoch = $3 AND EXISTS (SELECT 1 FROM center_copy c WHERE c.board = r.board"
	" AND c.epoch = r.center_epoch AND r.no <= c.contents AND r.at + $4 <= c.taken_at)"
	" AND NOT EXISTS (SELECT 1 FROM draft_file f WHERE f.board = r.board AND f.sha256 = r.sha256)"
	" AND NOT EXISTS (SELECT 1 FROM dossier_file f JOIN dossier d ON d.board = f.board"
	" AND d.id = f.dossier WHERE f.board = r.board AND f.sha256 = r.sha256"
	" AND (f.author = 1 OR (d.holder = 0 AND d.state < 9))) ORDER BY r.no LIMIT $5";
static const char MARK[] = "UPDATE blob_receipt SET gone = $3 WHERE board = $1 AND sha256 = $2";
static const char FORGET[] = "DELETE FROM blob WHERE board = $1 AND sha256 = $2";
static const char UNDER_WAY[] =
	"SELECT r.sha256 FROM blob_receipt r WHERE r.board = $1 AND r.gone < 2 AND r.gone = 1 LIMIT $2";
/* Let go, or of a manifest that the center called whole before this machine took a lost one's place. */
static const char GONE[] =
	"SELECT 1 FROM blob_receipt r WHERE r.board = $1 AND r.sha256 = $2 AND r.gone > 0 AND NOT EXISTS"
	" (SELECT 1 FROM blob b WHERE b.board = r.board AND b.sha256 = r.sha256) UNION ALL"
	" SELECT 1 FROM dossier_file f JOIN dossier d ON d.board = f.board AND d.id = f.dossier"
	" WHERE f.board = $1 AND f.sha256 = $2 AND f.result = 0 AND d.complete_version >= d.manifest_version"
	" AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.board = f.board AND b.sha256 = f.sha256)";
static const char SIZES[] =
	"SELECT coalesce(sum(f.size), 0), count(DISTINCT q.id) FROM (SELECT id FROM dossier"
	" WHERE board = $1 ORDER BY received_at DESC LIMIT 100) q"
	" JOIN dossier_file f ON f.board = $1 AND f.dossier = q.id";

struct going {
	char sha256[65];
	int64_t size, no;
};

static enum rc list(struct store *store, uint64_t epoch, int64_t after, struct going *rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, MAY_GO);
	bool row = false;
	enum rc rc;

	*count = 0;
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, after);
	stmt_int(stmt, 3, (int64_t)epoch);
	stmt_int(stmt, 4, store->settings->hold_days * WHEN_DAY_MS);
	stmt_int(stmt, 5, AT_ONCE);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < AT_ONCE) {
		struct going *next = &rows[(*count)++];

		memset(next, 0, sizeof(*next));
		memcpy(next->sha256, stmt_col_text(stmt, 0), strnlen(stmt_col_text(stmt, 0), 64));
		next->size = stmt_col_int(stmt, 1);
		next->no = stmt_col_int(stmt, 2);
	}
	stmt_reset(stmt);
	return rc;
}

static enum rc run(struct store *store, const char *sql, const char *sha256, int64_t gone)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, sha256);
	if (sql == MARK)
		stmt_int(stmt, 3, gone);
	return stmt_run(stmt);
}

/* The file of a row that says 1. The same content may have come again meanwhile: then it stays. */
static enum rc take_file(struct store *store, const char *sha256)
{
	bool named;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	rc = blob_take_file(store, store->board, sha256, &named);
	if (rc == RC_OK)
		rc = run(store, MARK, sha256, named ? 0 : 2);
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}

enum rc letgo_sweep(struct store *store)
{
	struct going rows[AT_ONCE];
	struct stmt *stmt;
	size_t count, i;
	bool row = true;
	enum rc rc;

	do {
		stmt = db_stmt(store->tram, UNDER_WAY);
		stmt_text(stmt, 1, store->board);
		stmt_int(stmt, 2, AT_ONCE);
		for (count = 0; (rc = stmt_step(stmt, &row)) == RC_OK && row && count < AT_ONCE; count++) {
			memset(&rows[count], 0, sizeof(rows[count]));
			memcpy(rows[count].sha256, stmt_col_text(stmt, 0),
					strnlen(stmt_col_text(stmt, 0), 64));
		}
		stmt_reset(stmt);
		for (i = 0; rc == RC_OK && i < count; i++)
			rc = take_file(store, rows[i].sha256);
	} while (rc == RC_OK && count == AT_ONCE);
	return rc;
}

/* Row first: a power cut leaves a file too many, never a row without its file. */
static enum rc mark_all(struct store *store, const struct going *rows, size_t count)
{
	size_t i;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	for (i = 0; rc == RC_OK && i < count; i++) {
		rc = run(store, MARK, rows[i].sha256, 1);
		if (rc == RC_OK)
			rc = run(store, FORGET, rows[i].sha256, 0);
	}
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}

enum rc letgo_oldest(struct store *store, int64_t bytes, int64_t *freed)
{
	struct going rows[AT_ONCE];
	struct link_cursor cursor;
	size_t count = AT_ONCE, take;
	int64_t after = 0;
	enum rc rc = linkstate_get(store, &cursor);

	*freed = 0;
	while (rc == RC_OK && *freed < bytes && count == AT_ONCE) {
		rc = list(store, cursor.center_epoch, after, rows, &count);
		for (take = 0; take < count && *freed < bytes; take++)
			*freed += rows[take].size;
		if (rc || take == 0)
			break;
		after = rows[take - 1].no;
		rc = mark_all(store, rows, take);
		if (rc == RC_OK)
			rc = letgo_sweep(store);
	}
	if (*freed > 0)
		log_info("scans let go bytes=%lld", (long long)*freed);
	return rc;
}

enum rc letgo_is_gone(struct store *store, const char *sha256, bool *gone)
{
	struct stmt *stmt = db_stmt(store->tram, GONE);

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, sha256);
	return stmt_any(stmt, gone);
}

/* What one of the last dossiers took. Asked again every ten minutes: it moves slowly, and the first page of
 * the day is opened often. */
static enum rc mean(struct store *store, int64_t *bytes)
{
	static struct { const struct store *store; int64_t until, bytes; } known;
	struct stmt *stmt;
	int64_t sum = 0, count = 0;
	bool row = false;
	enum rc rc;

	*bytes = known.bytes;
	if (known.store == store && when_boottime_ms() < known.until)
		return RC_OK;
	stmt = db_stmt(store->tram, SIZES);
	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (row) {
		sum = stmt_col_int(stmt, 0);
		count = stmt_col_int(stmt, 1);
		stmt_reset(stmt);
	}
	/* The original photo lies beside the page that was made of it. */
	*bytes = EVENT_BYTES + 2 * (count ? sum / count : FIRST_BYTES);
	known.store = store;
	known.until = when_boottime_ms() + MEAN_MS;
	known.bytes = *bytes;
	return RC_OK;
}

enum rc letgo_room_get(struct store *store, struct letgo_room *out)
{
	unsigned long long free_bytes = file_free_bytes(store->settings->blob_dir);
	int64_t room;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = mean(store, &out->dossier_bytes);
	if (rc != RC_OK)
		return rc;
	out->free_bytes = free_bytes > INT64_MAX ? INT64_MAX : (int64_t)free_bytes;
	room = out->free_bytes - store->settings->reserve_bytes;
	out->dossiers = room > 0 ? room / out->dossier_bytes : 0;
	return RC_OK;
}

enum rc letgo_lacking(struct store *store, const char *sha256, bool *at_center)
{
	enum rc rc = db_write_begin(store->tram);

	*at_center = false;
	if (rc != RC_OK)
		return rc;
	rc = run(store, MARK, sha256, 2);
	*at_center = rc == RC_OK && db_changes(store->tram) > 0;
	if (rc == RC_OK)
		rc = run(store, FORGET, sha256, 0);
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}
