/*
 * linkstate_settle.c: the center's answers that follow from what arrived: receipts given, official
 * codes, complete manifests.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "dossier/code.h"
#include "store/linkstate.h"

#define SETTLE_AT_ONCE 256
#define AGENCY_MAX 40

enum rc linkstate_issued_get(struct store *store, struct pool *pool, const char *board,
		uint64_t epoch, uint64_t seq, char **jws)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT jws FROM receipt "
			"WHERE board = $1 AND epoch = $2 AND seq = $3");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)epoch);
	stmt_int(stmt, 3, (int64_t)seq);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	*jws = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc linkstate_issued_put(struct store *store, const char *board, uint64_t epoch, uint64_t seq,
		const char *jws)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, "INSERT INTO receipt (board, epoch, seq, hash, jws, at) "
			"SELECT $1, $2, $3, hash, $4, $5 FROM journal WHERE board = $1 AND author = 0 "
			"AND seq = $3 ON CONFLICT (board, epoch, seq) DO NOTHING");
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)epoch);
	stmt_int(stmt, 3, (int64_t)seq);
	stmt_text(stmt, 4, jws);
	stmt_int(stmt, 5, when_now_ms());
	rc = stmt_run(stmt);
	if (rc == RC_OK && db_changes(store->tram) == 0)
		rc = RC_EXISTS;
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}

enum rc linkstate_blob_wanted(struct store *store, const char *board, const char *sha256,
		int64_t *size)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT size FROM dossier_file "
			"WHERE board = $1 AND sha256 = $2 LIMIT 1");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, sha256);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	*size = stmt_col_int(stmt, 0);
	stmt_reset(stmt);
	return RC_OK;
}

struct settle_row {
	uint8_t id[EVENT_ID_SIZE];
	const char *agency;
	int64_t version, files, bytes;
};

/* Rows first, events after: appending changes what the query looks at. */
static enum rc settle_read(struct stmt *stmt, struct pool *pool, struct settle_row *rows,
		size_t *count)
{
	bool row = false;
	enum rc rc;

	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < SETTLE_AT_ONCE) {
		struct settle_row *next = &rows[(*count)++];
		size_t len = 0;
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (len != EVENT_ID_SIZE)
			log_bug("a dossier's id has %zu bytes", len);
		memcpy(next->id, id, len);
		next->agency = stmt_col_dup(stmt, 1, pool);
		next->version = stmt_col_int(stmt, 2);
		next->files = stmt_col_int(stmt, 3);
		next->bytes = stmt_col_int(stmt, 4);
	}
	stmt_reset(stmt);
	return rc;
}

static enum rc settle_append(struct store *store, const char *board, const uint8_t *id,
		const char *kind, const json_t *body)
{
	struct act act = { .board = board, .subject_kind = SUBJECT_DOSSIER, .subject = id,
		.kind = kind, .actor = "system", .body = body };
	const char *reason = "";
	struct event event;
	enum rc rc = act_append(store, &act, &event, &reason);

	if (rc != RC_OK)
		log_error("settle board=%s kind=%s: %s %s", board, kind, rc_name(rc), reason);
	return rc;
}

/* Next number of the agency's day. The row is locked until the commit, for another board's worker may
 * issue for the same agency (PostgreSQL; on SQLite all writers follow each other). The event's
 * projection moves the series on. */
static enum rc official_next(struct store *store, const char *agency, const char *day,
		int64_t *sequence)
{
	struct stmt *stmt = db_stmt(store->tram, "INSERT INTO official_series (agency, day, last) "
			"VALUES ($1, $2, 0) ON CONFLICT (agency, day) DO NOTHING");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, agency);
	stmt_text(stmt, 2, day);
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, "UPDATE official_series SET last = last "
			"WHERE agency = $1 AND day = $2 RETURNING last");
	stmt_text(stmt, 1, agency);
	stmt_text(stmt, 2, day);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_DB;
	*sequence = stmt_col_int(stmt, 0) + 1;
	stmt_reset(stmt);
	return RC_OK;
}

/* The agency that the board named, when codes of it can be read back; else the center's own: what a
 * board writes must neither make a code of another form nor stop its journal. */
static const char *agency_of(struct store *store, struct pool *pool, const char *named, int64_t now)
{
	struct code code;

	if (strlen(named) > AGENCY_MAX
			|| code_parse(pool, code_official(pool, named, now, 1), &code) != RC_OK
			|| code.variant != CODE_ORDINARY || strcmp(code.agency, named) != 0)
		return store->settings->official_agency;
	return named;
}

static enum rc issue_code(struct store *store, struct pool *pool, const char *board,
		const struct settle_row *row)
{
	int64_t now = when_now_ms(), sequence = 0;
	const char *agency = agency_of(store, pool, row->agency, now);
	json_t *body;
	char day[8];
	enum rc rc;

	when_yymmdd(now, day);
	rc = official_next(store, agency, day, &sequence);
	if (rc != RC_OK)
		return rc;
	body = json_object();
	json_put(body, "code", code_official(pool, agency, now, sequence));
	json_put(body, "agency", agency);
	json_put_int(body, "sequence", sequence);
	json_put_int(body, "issued_at", now);
	rc = settle_append(store, board, row->id, "code.issued", body);
	json_decref(body);
	return rc;
}

static enum rc announce_complete(struct store *store, const char *board,
		const struct settle_row *row)
{
	json_t *body = json_object();
	enum rc rc;

	json_put_int(body, "version", row->version);
	json_put_int(body, "files", row->files);
	json_put_int(body, "bytes", row->bytes);
	json_put_int(body, "complete_at", when_now_ms());
	rc = settle_append(store, board, row->id, "manifest.complete", body);
	json_decref(body);
	return rc;
}

/* What the board's events past $3 are about, and the branches recorded there (fork.h). The inner order keeps SQLite on the journal's end: asked
 * for distinct subjects alone it would read the whole index of subjects. */
#define TOUCHED "SELECT DISTINCT j.subject AS id FROM (SELECT subject FROM journal " \
	"WHERE board = $1 AND author = 0 AND seq > $3 ORDER BY seq LIMIT 1000000) j " \
	"UNION SELECT x.subject AS id FROM journal_branch r JOIN journal x ON x.board = r.board " \
	"AND x.author = r.log WHERE r.board = $1 AND r.log > 1 AND r.log % 2 = 0 AND r.position > $3"

static enum rc settle_codes(struct store *store, struct pool *pool, const char *board,
		int64_t since, struct settle_row *rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT d.id, d.agency, 0, 0, 0 FROM ("
			TOUCHED ") q CROSS JOIN dossier d WHERE d.board = $1 AND d.id = q.id "
			"AND d.holder = 1 AND d.official = '' AND d.code <> '' "
			"ORDER BY d.board_seq LIMIT $2");
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, SETTLE_AT_ONCE);
	stmt_int(stmt, 3, since);
	rc = settle_read(stmt, pool, rows, count);
	for (size_t i = 0; rc == RC_OK && i < *count; i++)
		rc = issue_code(store, pool, board, &rows[i]);
	return rc;
}

/* Whole and not announced, among the dossiers of a subquery: a center has thousands that wait for
 * their scans, and each event or content touches few. CROSS JOIN keeps SQLite from starting at the
 * thousands. */
#define WHOLE_AMONG(ids) "SELECT d.id, '', d.manifest_version, d.files_total, " \
	"(SELECT coalesce(sum(f.size), 0) FROM dossier_file f WHERE f.board = d.board " \
	"AND f.dossier = d.id AND f.result = 0) FROM (" ids ") q CROSS JOIN dossier d " \
	"WHERE d.board = $1 AND d.id = q.id AND d.complete_version < d.manifest_version " \
	"AND NOT EXISTS (SELECT 1 FROM dossier_file f WHERE f.board = d.board " \
	"AND f.dossier = d.id AND f.result = 0 AND NOT EXISTS (SELECT 1 FROM blob b " \
	"WHERE b.board = f.board AND b.sha256 = f.sha256)) ORDER BY d.board_seq LIMIT $2"

static enum rc settle_manifests(struct store *store, struct pool *pool, const char *board,
		struct stmt *stmt, struct settle_row *rows, size_t *count)
{
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, SETTLE_AT_ONCE);
	rc = settle_read(stmt, pool, rows, count);
	for (size_t i = 0; rc == RC_OK && i < *count; i++)
		rc = announce_complete(store, board, &rows[i]);
	return rc;
}

enum rc linkstate_settle(struct store *store, const char *board, uint64_t since)
{
	struct pool *pool = pool_new();
	struct settle_row *rows = pool_alloc(pool, SETTLE_AT_ONCE * sizeof(*rows));
	struct stmt *stmt;
	size_t count;
	enum rc rc;

	do {
		rc = settle_codes(store, pool, board, (int64_t)since, rows, &count);
	} while (rc == RC_OK && count == SETTLE_AT_ONCE);
	for (count = SETTLE_AT_ONCE; rc == RC_OK && count == SETTLE_AT_ONCE;) {
		stmt = db_stmt(store->tram, WHOLE_AMONG(TOUCHED));
		stmt_int(stmt, 3, (int64_t)since);
		rc = settle_manifests(store, pool, board, stmt, rows, &count);
	}
	pool_free(pool);
	return rc;
}

enum rc linkstate_settle_blob(struct store *store, const char *board, const char *sha256)
{
	struct pool *pool = pool_new();
	struct settle_row *rows = pool_alloc(pool, SETTLE_AT_ONCE * sizeof(*rows));
	size_t count = SETTLE_AT_ONCE;
	enum rc rc = RC_OK;

	while (rc == RC_OK && count == SETTLE_AT_ONCE) {
		struct stmt *stmt = db_stmt(store->tram, WHOLE_AMONG("SELECT DISTINCT n.dossier AS id "
				"FROM dossier_file n WHERE n.board = $1 AND n.sha256 = $3"));

		stmt_text(stmt, 3, sha256);
		rc = settle_manifests(store, pool, board, stmt, rows, &count);
	}
	pool_free(pool);
	return rc;
}
