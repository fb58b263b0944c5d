/*
 * document.c: see document.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/document.h"

static const char NEWEST[] =
	"SELECT max(no) FROM document WHERE board = $1 AND kind = $2";
static const char GET[] =
	"SELECT no, version, sha256, at, actor, summary, content FROM document"
	" WHERE board = $1 AND kind = $2 AND no = $3";
static const char FIND[] =
	"SELECT no, version, sha256, at, actor, summary, content FROM document"
	" WHERE board = $1 AND kind = $2 AND version = $3 AND no > 0 ORDER BY no DESC LIMIT 1";
static const char LIST[] =
	"SELECT no, version, sha256, at, actor, summary FROM document"
	" WHERE board = $1 AND kind = $2 AND no > 0 ORDER BY no DESC LIMIT $3";
static const char INSERT[] =
	"INSERT INTO document (board, kind, no, version, sha256, at, actor, summary, content)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (board, kind, no) DO NOTHING";
static const char DROP[] =
	"DELETE FROM document WHERE board = $1 AND kind = $2 AND no = 0";

static const struct { const char *name, *event; } kinds[] = {
	[DOCUMENT_CATALOGUE] = { "catalogue", "catalogue.changed" },
	[DOCUMENT_CALENDAR] = { "calendar", "calendar.changed" },
};

static struct stmt *bound(struct store *store, const char *sql, enum document_kind kind)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board ? store->board : "");
	stmt_text(stmt, 2, kinds[kind].name);
	return stmt;
}

enum rc document_newest(struct store *store, enum document_kind kind, int64_t *no)
{
	struct stmt *stmt = bound(store, NEWEST, kind);
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	*no = 0;
	if (rc == RC_OK && row) {
		*no = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

static void read_row(struct stmt *stmt, struct pool *pool, struct document *out)
{
	out->no = stmt_col_int(stmt, 0);
	out->version = stmt_col_dup(stmt, 1, pool);
	out->sha256 = stmt_col_dup(stmt, 2, pool);
	out->at = stmt_col_int(stmt, 3);
	out->actor = stmt_col_dup(stmt, 4, pool);
	out->summary = stmt_col_dup(stmt, 5, pool);
}

static enum rc read_one(struct stmt *stmt, struct pool *pool, struct document *out)
{
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	memset(out, 0, sizeof(*out));
	if (rc != RC_OK || !row)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	read_row(stmt, pool, out);
	out->text = stmt_col_dup(stmt, 6, pool);
	out->len = strlen(out->text);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc document_get(struct store *store, struct pool *pool, enum document_kind kind, int64_t no,
		struct document *out)
{
	struct stmt *stmt = bound(store, GET, kind);

	stmt_int(stmt, 3, no);
	return read_one(stmt, pool, out);
}

enum rc document_find(struct store *store, struct pool *pool, enum document_kind kind,
		const char *version, struct document *out)
{
	struct stmt *stmt = bound(store, FIND, kind);

	stmt_text(stmt, 3, version);
	return read_one(stmt, pool, out);
}

enum rc document_list(struct store *store, struct pool *pool, enum document_kind kind, size_t limit,
		struct document **rows, size_t *count)
{
	struct stmt *stmt = bound(store, LIST, kind);
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, limit * sizeof(**rows));
	stmt_int(stmt, 3, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read_row(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

static void hash_text(const char *text, size_t len, char hex[65])
{
	uint8_t sha256[32];

	hash_sha256(text, len, sha256);
	hex_encode(sha256, sizeof(sha256), hex);
}

static enum rc insert(struct store *store, enum document_kind kind, const struct document *document,
		int64_t no)
{
	struct stmt *stmt = bound(store, INSERT, kind);
	char sha256[65];

	hash_text(document->text, document->len, sha256);
	stmt_int(stmt, 3, no);
	stmt_text(stmt, 4, document->version);
	stmt_text(stmt, 5, sha256);
	stmt_int(stmt, 6, when_now_ms());
	stmt_text(stmt, 7, document->actor);
	stmt_text(stmt, 8, document->summary);
	stmt_text(stmt, 9, document->text);
	return stmt_run(stmt);
}

enum rc document_first(struct store *store, enum document_kind kind, const char *version,
		const char *text, size_t len)
{
	const struct document document = { .version = version, .text = text, .len = len,
		.actor = "system", .summary = "" };
	enum rc rc = store_begin(store, false);

	if (rc != RC_OK)
		return rc;
	rc = insert(store, kind, &document, 1);
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc;
}

/* The event that names the new version, its hash and the version before. */
static enum rc tell(struct store *store, enum document_kind kind, const struct document *document,
		const char *before, const char **reason)
{
	static const uint8_t station[EVENT_ID_SIZE];
	json_t *body = json_new_object();
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = station,
		.kind = kinds[kind].event, .actor = document->actor, .body = body };
	struct event event;
	char sha256[65];
	enum rc rc;

	hash_text(document->text, document->len, sha256);
	json_put(body, "version", document->version);
	json_put(body, "sha256", sha256);
	json_put(body, "before", before);
	json_put(body, "note", document->summary);
	rc = act_append(store, &act, &event, reason);
	json_decref(body);
	return rc;
}

enum rc document_put(struct store *store, enum document_kind kind, const struct document *document,
		int64_t after, const char **reason)
{
	struct pool *pool = pool_new();
	struct document before, twin;
	int64_t newest = 0;
	enum rc rc = document_newest(store, kind, &newest);

	*reason = NULL;
	if (rc == RC_OK && newest != after) {
		*reason = "document.newer";
		rc = RC_CONFLICT;
	}
	if (rc == RC_OK)
		rc = document_get(store, pool, kind, newest, &before);
	if (rc == RC_OK) {
		rc = document_find(store, pool, kind, document->version, &twin);
		if (rc == RC_OK) {
			*reason = "document.version_taken";
			rc = RC_CONFLICT;
		} else if (rc == RC_NOT_FOUND) {
			rc = RC_OK;
		}
	}
	if (rc == RC_OK)
		rc = tell(store, kind, document, before.version, reason);
	if (rc == RC_OK)
		rc = insert(store, kind, document, newest + 1);
	pool_free(pool);
	return rc;
}

enum rc document_drop_held(struct store *store, enum document_kind kind)
{
	return stmt_run(bound(store, DROP, kind));
}

enum rc document_hold(struct store *store, enum document_kind kind, const struct document *document)
{
	enum rc rc = document_drop_held(store, kind);

	return rc == RC_OK ? insert(store, kind, document, 0) : rc;
}
