/*
 * dossier.c: one dossier: its row, files, results, and its body as amended.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "store/account.h"
#include "store/dossier_row.h"
#include "store/journal.h"

void dossier_row_read(struct store *store, struct stmt *stmt, struct pool *pool,
		struct dossier_row *out)
{
	const char **texts[] = { &out->code, &out->official, &out->external, &out->procedure,
		&out->procedure_name, &out->case_id, &out->catalogue, &out->unit, &out->agency,
		&out->applicant, &out->applicant_number, &out->phone, &out->submitter, &out->content,
		&out->channel, &out->assignee, &out->place };
	const void *bytes;
	size_t len = 0, i;

	memset(out, 0, sizeof(*out));
	out->board = stmt_col_dup(stmt, 0, pool);
	bytes = stmt_col_blob(stmt, 1, &len);
	if (len == sizeof(out->id))
		memcpy(out->id, bytes, len);
	hex_encode(out->id, sizeof(out->id), out->id_hex);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = stmt_col_dup(stmt, 2 + (int)i, pool);
	out->assignee_name = out->assignee;
	out->level = (int)stmt_col_int(stmt, 19);
	out->facts.state = (enum dossier_state)stmt_col_int(stmt, 20);
	out->facts.holder = stmt_col_int(stmt, 21) ? HOLDER_CENTER : HOLDER_BOARD;
	out->facts.resume_state = (enum dossier_state)stmt_col_int(stmt, 22);
	out->facts.extensions = (int)stmt_col_int(stmt, 23);
	out->facts.returns = (int)stmt_col_int(stmt, 24);
	out->facts.has_result = stmt_col_int(stmt, 25) != 0;
	out->facts.taken_by_next = stmt_col_int(stmt, 26) != 0;
	out->received_at = stmt_col_int(stmt, 27);
	out->due_at = stmt_col_int(stmt, 28);
	out->finished_at = stmt_col_int(stmt, 29);
	out->returned_at = stmt_col_int(stmt, 30);
	out->has_due = stmt_col_int(stmt, 31) != 0;
	out->due_certain = stmt_col_int(stmt, 32) != 0;
	out->fee_total = stmt_col_int(stmt, 33);
	out->fee_paid = stmt_col_int(stmt, 34);
	out->manifest_version = stmt_col_int(stmt, 35);
	out->files_total = (int)stmt_col_int(stmt, 36);
	out->complete_version = stmt_col_int(stmt, 37);
	out->complete_at = stmt_col_int(stmt, 38);
	out->slip_no = (int)stmt_col_int(stmt, 39);
	out->origin = (enum dossier_origin)stmt_col_int(stmt, 40);
	out->old_code = stmt_col_dup(stmt, 41, pool);
	out->old_agency = stmt_col_dup(stmt, 42, pool);
	out->target_system = stmt_col_dup(stmt, 43, pool);
	bytes = stmt_col_blob(stmt, 44, &len);
	if (len == EVENT_ID_SIZE)
		hex_encode(bytes, len, out->seen);
	out->events_received = store->settings->side == SIDE_CENTER || stmt_col_int(stmt, 45) != 0;
	out->files_sent = (int)stmt_col_int(stmt, 46);
	out->files_here = (int)stmt_col_int(stmt, 47);
	out->scans_missing = (int)stmt_col_int(stmt, 48);
	out->shared = stmt_col_int(stmt, 49) != 0;
	out->key = out->shared || out->code[0] == '\0' ? pool_strdup(pool, out->id_hex) : out->code;
}

enum rc dossier_row_all(struct store *store, struct stmt *stmt, struct pool *pool, size_t limit,
		struct dossier_row **rows, size_t *count)
{
	size_t room = 0;
	bool row = false;
	enum rc rc;

	*rows = NULL;
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit) {
		if (*count == room) {
			struct dossier_row *more;

			room = room ? 2 * room : 16;
			more = pool_alloc(pool, room * sizeof(*more));
			if (*count)
				memcpy(more, *rows, *count * sizeof(*more));
			*rows = more;
		}
		dossier_row_read(store, stmt, pool, &(*rows)[(*count)++]);
	}
	stmt_reset(stmt);
	return rc == RC_OK ? dossier_row_names(store, pool, *rows, *count) : rc;
}

/* Names of accounts stand in auth.db alone, and change there. */
enum rc dossier_row_names(struct store *store, struct pool *pool, struct dossier_row *rows,
		size_t count)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		struct account account;
		enum rc rc;

		rows[i].assignee_name = rows[i].assignee;
		for (j = 0; j < i && strcmp(rows[j].assignee, rows[i].assignee) != 0; j++)
			;
		if (j < i)
			rows[i].assignee_name = rows[j].assignee_name;
		if (j < i || !store->auth || !*rows[i].assignee)
			continue;
		rc = account_by_id(store, pool, rows[i].assignee, &account);
		if (rc == RC_OK)
			rows[i].assignee_name = account.name;
		else if (rc != RC_NOT_FOUND)
			return rc;
	}
	return RC_OK;
}

static const char BY_ID[] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1 AND d.id = $2";
/* Center, no board named: the boards are few, each is looked up by its key. */
static const char BY_ID_ANYWHERE[] = DOSSIER_SELECT "FROM dossier d WHERE $1 = '' AND d.id = $2"
	" AND d.board IN (SELECT board FROM journal_head WHERE author = 0) LIMIT 1";
static const char BY_CODE[] = DOSSIER_SELECT "FROM dossier d WHERE d.code = $2"
	" AND ($1 = '' OR d.board = $1) ORDER BY d.board, d.id LIMIT 1";
static const char BY_OFFICIAL[] = DOSSIER_SELECT "FROM dossier d WHERE d.official = $2"
	" AND d.official <> '' AND ($1 = '' OR d.board = $1) ORDER BY d.board, d.id LIMIT 1";

static const char SAME[] = DOSSIER_SELECT "FROM dossier d WHERE d.code = $2"
	" AND d.board = $1 ORDER BY d.received_at, d.id LIMIT $3";
static const char SAME_OFFICIAL[] = DOSSIER_SELECT "FROM dossier d WHERE d.official = $2"
	" AND d.official <> '' AND d.board = $1 ORDER BY d.received_at, d.id LIMIT $3";

static enum rc find_by(struct store *store, struct pool *pool, const char *sql, const char *board,
		const char *code, const uint8_t *id, struct dossier_row *out)
{
	struct stmt *stmt = db_stmt(store->tram, sql);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	if (code)
		stmt_text(stmt, 2, code);
	else
		stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	dossier_row_read(store, stmt, pool, out);
	stmt_reset(stmt);
	return dossier_row_names(store, pool, out, 1);
}

enum rc dossier_find(struct store *store, struct pool *pool, const char *board, const char *key,
		struct dossier_row *out)
{
	const char *of = board ? board : store->board ? store->board : "";
	uint8_t id[EVENT_ID_SIZE];
	enum rc rc;

	/* A blank code is a dossier whose body was erased: nobody finds it by that. */
	if (!*key)
		return RC_NOT_FOUND;
	if (hex_decode(key, id, sizeof(id)) == RC_OK)
		return find_by(store, pool, *of ? BY_ID : BY_ID_ANYWHERE, of, NULL, id, out);
	rc = find_by(store, pool, BY_CODE, of, key, NULL, out);
	return rc == RC_NOT_FOUND ? find_by(store, pool, BY_OFFICIAL, of, key, NULL, out) : rc;
}

static enum rc same_by(struct store *store, struct pool *pool, const char *sql, const char *board,
		const char *code, size_t limit, struct dossier_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, code);
	stmt_int(stmt, 3, (int64_t)limit);
	return dossier_row_all(store, stmt, pool, limit, rows, count);
}

enum rc dossier_same(struct store *store, struct pool *pool, const char *board, const char *key,
		size_t limit, struct dossier_row **rows, size_t *count)
{
	const char *of = board ? board : store->board;
	uint8_t id[EVENT_ID_SIZE];
	enum rc rc;

	*rows = NULL;
	*count = 0;
	if (!*key || hex_decode(key, id, sizeof(id)) == RC_OK)
		return RC_OK;
	rc = same_by(store, pool, SAME, of, key, limit, rows, count);
	return rc == RC_OK && *count == 0 ? same_by(store, pool, SAME_OFFICIAL, of, key, limit, rows,
			count) : rc;
}

enum rc dossier_twins(struct store *store, const char *board, const char *key, bool *twins)
{
	/* An official number counts only where nobody has it as a code. */
	static const char TWINS[] = "SELECT (SELECT count(*) FROM (SELECT 1 FROM dossier d WHERE d.code = $2"
			" AND d.board = $1 LIMIT 2) c), (SELECT count(*) FROM (SELECT 1 FROM dossier d"
			" WHERE d.official = $2 AND d.official <> '' AND d.board = $1 LIMIT 2) o)";
	struct stmt *stmt = db_stmt(store->tram, TWINS);
	uint8_t id[EVENT_ID_SIZE];
	bool row = false;
	enum rc rc;

	*twins = false;
	if (!*key || hex_decode(key, id, sizeof(id)) == RC_OK)
		return RC_OK;
	stmt_text(stmt, 1, board ? board : store->board);
	stmt_text(stmt, 2, key);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		int64_t codes = stmt_col_int(stmt, 0), officials = stmt_col_int(stmt, 1);

		*twins = codes > 1 || (codes == 0 && officials > 1);
		stmt_reset(stmt);
	}
	return rc;
}

enum transfer dossier_transfer(const struct dossier_row *row)
{
	if (!row->events_received)
		return TRANSFER_STORED;
	return row->complete_version >= row->manifest_version ? TRANSFER_COMPLETE : TRANSFER_SENDING;
}

enum rc dossier_file_before(struct store *store, const struct dossier_row *row, const char *sha256_hex,
		bool *was)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT 1 FROM file_before WHERE board = $1 AND "
			"sha256 = $2 AND dossier = $3");
	enum rc rc;

	stmt_text(stmt, 1, row->board);
	stmt_text(stmt, 2, sha256_hex);
	stmt_blob(stmt, 3, row->id, sizeof(row->id));
	rc = stmt_step(stmt, was);
	if (rc == RC_OK && *was)
		stmt_reset(stmt);
	return rc;
}

enum rc dossier_files(struct store *store, struct pool *pool, const struct dossier_row *row,
		bool results, struct dossier_file **files, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT f.component, f.position, f.sha256, f.size, "
			"f.type, f.name, CASE WHEN EXISTS (SELECT 1 FROM blob b WHERE b.board = f.board "
			"AND b.sha256 = f.sha256) THEN 1 ELSE 0 END, CASE WHEN EXISTS (SELECT 1 "
			"FROM blob_receipt r WHERE r.board = f.board AND r.sha256 = f.sha256 "
			"AND r.gone > 0) THEN 1 ELSE 0 END FROM dossier_file f WHERE f.board = $1 "
			"AND f.dossier = $2 AND f.result = $3 ORDER BY f.part, f.component, f.position");
	size_t room = 0;
	bool next = false;
	enum rc rc;

	*files = NULL;
	*count = 0;
	stmt_text(stmt, 1, row->board);
	stmt_blob(stmt, 2, row->id, sizeof(row->id));
	stmt_int(stmt, 3, results);
	while ((rc = stmt_step(stmt, &next)) == RC_OK && next) {
		struct dossier_file *file;

		if (*count == room) {
			struct dossier_file *more;

			room = room ? 2 * room : 16;
			more = pool_alloc(pool, room * sizeof(*more));
			if (*count)
				memcpy(more, *files, *count * sizeof(*more));
			*files = more;
		}
		file = &(*files)[(*count)++];
		file->component = stmt_col_dup(stmt, 0, pool);
		file->position = (int)stmt_col_int(stmt, 1);
		memcpy(file->sha256, stmt_col_text(stmt, 2), sizeof(file->sha256) - 1);
		file->size = stmt_col_int(stmt, 3);
		file->type = stmt_col_dup(stmt, 4, pool);
		file->name = stmt_col_dup(stmt, 5, pool);
		file->here = stmt_col_int(stmt, 6) != 0;
		file->gone = !file->here && stmt_col_int(stmt, 7) != 0;
		file->result = results;
	}
	return rc;
}

enum rc dossier_results(struct store *store, struct pool *pool, const struct dossier_row *row,
		struct dossier_result **results, size_t *count)
{
	enum { RESULTS_MAX = 64 };
	struct stmt *stmt = db_stmt(store->tram, "SELECT kind, number, summary, issuer, signer, signed_on "
			"FROM dossier_result WHERE board = $1 AND dossier = $2 ORDER BY no LIMIT $3");
	bool next = false;
	enum rc rc;

	*count = 0;
	*results = pool_alloc(pool, RESULTS_MAX * sizeof(**results));
	stmt_text(stmt, 1, row->board);
	stmt_blob(stmt, 2, row->id, sizeof(row->id));
	stmt_int(stmt, 3, RESULTS_MAX);
	while ((rc = stmt_step(stmt, &next)) == RC_OK && next && *count < RESULTS_MAX) {
		struct dossier_result *result = &(*results)[(*count)++];

		result->kind = stmt_col_dup(stmt, 0, pool);
		result->number = stmt_col_dup(stmt, 1, pool);
		result->summary = stmt_col_dup(stmt, 2, pool);
		result->issuer = stmt_col_dup(stmt, 3, pool);
		result->signer = stmt_col_dup(stmt, 4, pool);
		result->signed_on = stmt_col_dup(stmt, 5, pool);
	}
	stmt_reset(stmt);
	return rc;
}

/* What a later event says replaces what an earlier one said, member by member. */
static void body_apply(json_t *whole, const char *kind, json_t *body)
{
	static const char *const carried[] = { "procedure", "due", "components", "manifest", "content",
		"slip" };
	json_t *set = json_object_get(body, "set");
	size_t i;

	if (strcmp(kind, "dossier.amended") == 0 && json_is_object(set))
		(void)json_object_update(whole, set);
	for (i = 0; i < sizeof(carried) / sizeof(carried[0]); i++) {
		json_t *value = json_object_get(body, carried[i]);

		if (value)
			(void)json_object_set(whole, carried[i], value);
	}
	if (strcmp(kind, "dossier.procedure_changed") == 0 && json_object_get(body, "fees"))
		(void)json_object_set(whole, "fees", json_object_get(body, "fees"));
}

enum rc dossier_body(struct store *store, const struct dossier_row *row, json_t **out)
{
	struct pool *pool = pool_new();
	struct journal_row *rows = NULL;
	json_t *whole = NULL;
	size_t count = 0, i;
	enum rc rc;

	rc = journal_subject(store, pool, row->board, row->id, &rows, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		const struct event *event = &rows[i].event;
		json_t *body = NULL;

		/* Erased: what it said is unknown. Received but not a body we can read: parked. */
		if (!event->body || json_parse(event->body, event->body_len, &body) != RC_OK)
			continue;
		if (!whole && i == 0)
			whole = json_incref(body);
		else if (whole)
			body_apply(whole, event->kind, body);
		json_decref(body);
	}
	pool_free(pool);
	if (rc != RC_OK)
		json_decref(whole);
	else
		*out = whole;
	return rc == RC_OK && !whole ? RC_NOT_FOUND : rc;
}

enum rc dossier_place(struct store *store, struct pool *pool, const struct dossier_row *row,
		const char **account, int64_t *at)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT word, ref, wall_ms FROM mark WHERE board = $1"
			" AND subject = $2 AND kind = 'place.noted' ORDER BY wall_ms DESC, author DESC,"
			" seq DESC LIMIT 1");
	bool next = false;
	enum rc rc;

	*account = "";
	*at = 0;
	stmt_text(stmt, 1, row->board);
	stmt_blob(stmt, 2, row->id, sizeof(row->id));
	rc = stmt_step(stmt, &next);
	if (rc != RC_OK || !next)
		return rc;
	/* A place that another event named since: accepted, finished, amended. */
	if (strcmp(stmt_col_text(stmt, 0), row->place) == 0) {
		*account = stmt_col_dup(stmt, 1, pool);
		*at = stmt_col_int(stmt, 2);
	}
	stmt_reset(stmt);
	return RC_OK;
}
