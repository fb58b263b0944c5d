/*
 * erase.c: see erase.h.
 */
#include <string.h>

#include "base/encode.h"
#include "crypt/random.h"
#include "dossier/keep.h"
#include "store/blob.h"
#include "store/draft.h"
#include "store/erase.h"

#define AT_ONCE 64

static const char BOOKED[] =
	"SELECT 1 FROM book_entry e JOIN book b ON b.board = e.board AND b.id = e.book"
	" WHERE e.board = $1 AND e.dossier = $2 AND b.kind <> 'receipt' LIMIT 1";
static const char NAMING[] =
	"SELECT author, seq FROM mark WHERE board = $1 AND ref = $2"
	" AND kind IN ('book.numbered', 'book.spoiled', 'intake.guided') ORDER BY author, seq";
static const char ERASED_BY[] =
	"SELECT by_author, by_seq FROM journal_erased WHERE board = $1 AND author = $2 AND seq = $3"
	" AND by_seq > 0";
static const char NAMED[] =
	"SELECT sha256 FROM dossier_file WHERE board = $1 AND dossier = $2 UNION"
	" SELECT sha256 FROM file_before WHERE board = $1 AND dossier = $2";
static const char DRAFT_NAMED[] = "SELECT sha256 FROM draft_file WHERE board = $1 AND draft = $2";
#define OTHERS(table) " AND NOT EXISTS (SELECT 1 FROM " table " f WHERE f.board = $1 AND f.sha256 = $2)"
/* As in blob_expire: what another content here was made of stays with that one. */
static const char UNNAMED[] =
	"SELECT 1 FROM blob b WHERE b.board = $1 AND b.sha256 = $2" OTHERS("draft_file")
	OTHERS("dossier_file") OTHERS("file_before") " AND NOT EXISTS (SELECT 1 FROM blob_source s"
	" JOIN blob m ON m.board = s.board AND m.sha256 = s.made WHERE s.board = $1 AND s.sha256 = $2)";
static const char GOES[] =
	"INSERT INTO blob_erased (board, sha256, gone) VALUES ($1, $2, 0)"
	" ON CONFLICT (board, sha256) DO UPDATE SET gone = 0";
static const char FORGET[] = "DELETE FROM blob WHERE board = $1 AND sha256 = $2";
static const char SOURCES[] = "SELECT sha256 FROM blob_source WHERE board = $1 AND made = $2";
static const char FORGET_SOURCES[] = "DELETE FROM blob_source WHERE board = $1 AND made = $2";
static const char LEFT[] = "SELECT board, sha256 FROM blob_erased WHERE gone = 0 LIMIT $1";
static const char GONE[] = "UPDATE blob_erased SET gone = 1 WHERE board = $1 AND sha256 = $2";

static struct stmt *of_dossier(struct store *store, const char *sql, const char *board, const uint8_t *id)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	return stmt;
}

static struct stmt *of_content(struct store *store, const char *sql, const char *board, const char *sha256)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, sha256);
	return stmt;
}

enum rc erase_is_booked(struct store *store, const struct dossier_row *row, bool *booked)
{
	*booked = false;
	return stmt_any(of_dossier(store, BOOKED, row->board, row->id), booked);
}

/* ---- the contents ---- */

static enum rc names_of(struct stmt *stmt, struct pool *pool, struct erase_name **names)
{
	bool row;
	enum rc rc;

	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		const char *sha256 = stmt_col_text(stmt, 0);
		struct erase_name *name;

		if (strlen(sha256) != 64)
			continue;
		name = pool_alloc(pool, sizeof(*name));
		memcpy(name->sha256, sha256, 65);
		name->next = *names;
		*names = name;
	}
	stmt_reset(stmt);
	return rc;
}

enum rc erase_named(struct store *store, struct pool *pool, const struct event *event,
		struct erase_name **names)
{
	*names = NULL;
	if (event->subject_kind != SUBJECT_DOSSIER)
		return RC_OK;
	return names_of(of_dossier(store, NAMED, event->board, event->subject), pool, names);
}

/* Its row goes now, and of what it was made what nothing else needs: pages, then photos (at most three deep). */
static enum rc drop(struct store *store, struct pool *pool, const char *board, const char *sha256, int depth)
{
	struct erase_name *sources = NULL;
	bool unnamed = false;
	enum rc rc = stmt_any(of_content(store, UNNAMED, board, sha256), &unnamed);

	if (rc != RC_OK || !unnamed)
		return rc;
	rc = stmt_run(of_content(store, GOES, board, sha256));
	if (rc == RC_OK)
		rc = stmt_run(of_content(store, FORGET, board, sha256));
	if (rc == RC_OK)
		rc = names_of(of_content(store, SOURCES, board, sha256), pool, &sources);
	if (rc == RC_OK)
		rc = stmt_run(of_content(store, FORGET_SOURCES, board, sha256));
	for (; rc == RC_OK && depth > 0 && sources != NULL; sources = sources->next)
		rc = drop(store, pool, board, sources->sha256, depth - 1);
	return rc;
}

enum rc erase_contents(struct store *store, const char *board, const struct erase_name *names)
{
	struct pool *pool = pool_new();
	enum rc rc = RC_OK;

	for (; rc == RC_OK && names != NULL; names = names->next)
		rc = drop(store, pool, board, names->sha256, 3);
	pool_free(pool);
	return rc;
}

/* ---- the events ---- */

struct erasing {
	struct store *store;
	struct pool *pool;
	const struct erase *erase;
	char batch[2 * EVENT_ID_SIZE + 1];
	size_t events;
	const char **reason;
};

/* One event, unless all of it may stay or it is gone already. */
static enum rc one(struct erasing *e, const struct event *event)
{
	static const uint8_t station[EVENT_ID_SIZE];
	const struct kind *kind = kind_find(event->kind, event->kind_version);
	struct act act = { .board = event->board, .subject_kind = SUBJECT_STATION, .subject = station,
		.kind = "body.erased", .actor = e->erase->actor };
	json_t *body = NULL, *kept = NULL, *said;
	char hash[2 * EVENT_HASH_SIZE + 1];
	struct event made;
	enum rc rc = RC_OK;

	/* A body of a kind this program does not know says we know not what: all of it goes. */
	if (event->body == NULL || json_parse(event->body, event->body_len, &body) != RC_OK)
		return RC_OK;
	kept = kind != NULL ? keep_body(kind, body) : json_new_object();
	said = json_new_object();
	if (json_equal(kept, body))
		goto out;
	hex_encode(event->hash, sizeof(event->hash), hash);
	json_put(said, "author", event_author_name(event->author));
	json_put_int(said, "seq", (int64_t)event->seq);
	json_put(said, "hash", hash);
	json_put(said, "ground", e->erase->ground);
	json_put(said, "approver", e->erase->approver);
	json_put(said, "number", e->erase->number);
	json_put_value(said, "kept", json_incref(kept));
	json_put(said, "batch", e->batch);
	act.body = said;
	rc = act_append(e->store, &act, &made, e->reason);
	e->events += rc == RC_OK;
out:
	json_decref(body);
	json_decref(kept);
	json_decref(said);
	return rc;
}

/* Lines of receipts and papers before acceptance that name it. */
static enum rc naming(struct erasing *e, const struct dossier_row *row)
{
	struct { unsigned author; uint64_t seq; } found[AT_ONCE];
	struct stmt *stmt = of_content(e->store, NAMING, row->board, row->id_hex);
	size_t count = 0;
	bool more;
	enum rc rc;

	while ((rc = stmt_step(stmt, &more)) == RC_OK && more && count < AT_ONCE) {
		found[count].author = (unsigned)stmt_col_int(stmt, 0);
		found[count++].seq = (uint64_t)stmt_col_int(stmt, 1);
	}
	stmt_reset(stmt);
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct journal_row *rows;
		size_t read;

		rc = journal_read(e->store, e->pool, row->board, found[i].author, found[i].seq - 1, 1, 1,
				&rows, &read);
		if (rc == RC_OK && read == 1)
			rc = one(e, &rows[0].event);
	}
	return rc;
}

enum rc erase_dossier(struct store *store, const struct dossier_row *row, const struct erase *erase,
		size_t *events, const char **reason)
{
	struct erasing e = { .store = store, .pool = pool_new(), .erase = erase, .reason = reason };
	uint8_t batch[EVENT_ID_SIZE];
	struct erase_name *names = NULL;
	struct journal_row *rows = NULL;
	size_t count = 0;
	bool booked = false;
	enum rc rc = erase_is_booked(store, row, &booked);

	if (rc == RC_OK && booked) {
		*reason = "erase.booked";
		rc = RC_CONFLICT;
	}
	random_bytes(batch, sizeof(batch));
	hex_encode(batch, sizeof(batch), e.batch);
	/* Scans under way first: they name contents too. */
	if (rc == RC_OK)
		rc = names_of(of_content(store, DRAFT_NAMED, row->board, row->id_hex), e.pool, &names);
	if (rc == RC_OK)
		rc = draft_scan_close(store, row->id_hex);
	if (rc == RC_OK)
		rc = erase_contents(store, row->board, names);
	if (rc == RC_OK)
		rc = journal_subject(store, e.pool, row->board, row->id, &rows, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = one(&e, &rows[i].event);
	if (rc == RC_OK)
		rc = naming(&e, row);
	*events = e.events;
	pool_free(e.pool);
	return rc;
}

/* The erase at a position of a log. */
static enum rc read_erase(struct store *store, struct pool *pool, const char *board, unsigned log,
		uint64_t seq, struct erased *out)
{
	struct journal_row *rows;
	json_t *body = NULL;
	size_t count;
	enum rc rc = journal_read(store, pool, board, log, seq - 1, 1, 1, &rows, &count);

	if (rc == RC_OK && (count != 1 || rows[0].event.seq != seq || rows[0].event.body == NULL ||
			json_parse(rows[0].event.body, rows[0].event.body_len, &body) != RC_OK))
		rc = RC_NOT_FOUND;
	if (rc != RC_OK)
		return rc;
	out->at = rows[0].event.time.wall_ms;
	out->erase.actor = pool_strdup(pool, rows[0].event.actor);
	out->erase.approver = pool_strdup(pool, json_text(body, "approver"));
	out->erase.ground = pool_strdup(pool, json_text(body, "ground"));
	out->erase.number = pool_strdup(pool, json_text(body, "number"));
	json_decref(body);
	return RC_OK;
}

enum rc erase_of(struct store *store, struct pool *pool, const struct dossier_row *row, struct erased *out)
{
	struct journal_row *rows = NULL;
	struct stmt *stmt;
	uint64_t seq = 0;
	unsigned log = 0;
	size_t count = 0;
	bool found = false;
	enum rc rc = journal_subject(store, pool, row->board, row->id, &rows, &count);

	memset(out, 0, sizeof(*out));
	if (rc != RC_OK || count == 0 || rows[0].event.body != NULL)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	stmt = db_stmt(store->tram, ERASED_BY);
	stmt_text(stmt, 1, row->board);
	stmt_int(stmt, 2, (int64_t)rows[0].event.log);
	stmt_int(stmt, 3, (int64_t)rows[0].event.seq);
	rc = stmt_step(stmt, &found);
	if (rc == RC_OK && found) {
		log = (unsigned)stmt_col_int(stmt, 0);
		seq = (uint64_t)stmt_col_int(stmt, 1);
		stmt_reset(stmt);
	}
	if (rc != RC_OK || !found)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	return read_erase(store, pool, row->board, log, seq, out);
}

/* ---- the files ---- */

static enum rc take_file(struct store *store, const char *board, const char *sha256)
{
	bool named;
	enum rc rc = db_write_begin(store->tram);

	if (rc != RC_OK)
		return rc;
	rc = blob_take_file(store, board, sha256, &named);
	if (rc == RC_OK)
		rc = stmt_run(of_content(store, GONE, board, sha256));
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}

enum rc erase_sweep(struct store *store)
{
	struct { char board[32], sha256[65]; } rows[AT_ONCE];
	size_t count;
	bool row;
	enum rc rc;

	do {
		struct stmt *stmt = db_stmt(store->tram, LEFT);

		stmt_int(stmt, 1, AT_ONCE);
		for (count = 0; (rc = stmt_step(stmt, &row)) == RC_OK && row && count < AT_ONCE; count++) {
			memset(&rows[count], 0, sizeof(rows[count]));
			memcpy(rows[count].board, stmt_col_text(stmt, 0), strnlen(stmt_col_text(stmt, 0), 31));
			memcpy(rows[count].sha256, stmt_col_text(stmt, 1), strnlen(stmt_col_text(stmt, 1), 64));
		}
		stmt_reset(stmt);
		for (size_t i = 0; rc == RC_OK && i < count; i++)
			rc = take_file(store, rows[i].board, rows[i].sha256);
	} while (rc == RC_OK && count == AT_ONCE);
	return rc;
}
