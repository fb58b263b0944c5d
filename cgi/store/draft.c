/*
 * draft.c: dossiers in the making: durable rows beside the journal; see draft.h. Accepting one is in
 * draft_accept.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "crypt/random.h"
#include "store/blob.h"
#include "store/draft.h"

#define KEEP_MS (7 * WHEN_DAY_MS)
#define EXPIRE_PAUSE_MS (60 * WHEN_MINUTE_MS)

static const char NEW[] =
	"INSERT INTO draft (board, id, owner, owner_name, data, ticket, created_at, updated_at)"
	" VALUES ($1, $2, $3, $4, $5, '', $6, $6)";
static const char SCAN_OPEN[] =
	"INSERT INTO draft (board, id, owner, owner_name, data, ticket, created_at, updated_at, scan)"
	" VALUES ($1, $2, $3, $4, $5, '', $6, $6, 1) ON CONFLICT (board, id) DO NOTHING";
static const char SCAN_CLOSE[] = "DELETE FROM draft WHERE board = $1 AND id = $2 AND scan = 1";
static const char LOAD[] =
	"SELECT owner, owner_name, data, ticket, created_at, updated_at, scan FROM draft"
	" WHERE board = $1 AND id = $2";
static const char SAVE[] =
	"UPDATE draft SET data = $3, updated_at = $4 WHERE board = $1 AND id = $2";
static const char TAKE[] =
	"UPDATE draft SET owner = $3, owner_name = $4, updated_at = $5 WHERE board = $1 AND id = $2";
static const char TICKET[] =
	"UPDATE draft SET ticket = $3, updated_at = $4 WHERE board = $1 AND id = $2";
static const char DELETE[] = "DELETE FROM draft WHERE board = $1 AND id = $2 AND scan = 0";
static const char DELETE_FILES[] = "DELETE FROM draft_file WHERE board = $1 AND draft = $2";
static const char LIST[] =
	"SELECT id, owner_name, data, ticket, updated_at FROM draft WHERE board = $1"
	" AND scan = 0 ORDER BY updated_at DESC LIMIT $2";
static const char BY_TICKET[] =
	"SELECT id, owner_name, data, ticket, updated_at FROM draft WHERE board = $1"
	" AND ticket = $3 AND ticket <> '' ORDER BY updated_at DESC LIMIT $2";
static const char OLD_FILES[] =
	"DELETE FROM draft_file WHERE board = $1 AND draft IN"
	" (SELECT id FROM draft WHERE board = $1 AND updated_at < $2)";
static const char OLD[] = "DELETE FROM draft WHERE board = $1 AND updated_at < $2";
static const char EXISTS[] = "SELECT 1 FROM draft WHERE board = $1 AND id = $2";
static const char FILE_ADD[] =
	"INSERT INTO draft_file (board, draft, no, component, position, sha256, size, type, name)"
	" SELECT $1, $2, (SELECT coalesce(max(no), 0) + 1 FROM draft_file"
	" WHERE board = $1 AND draft = $2), $3, (SELECT coalesce(max(position), 0) + 1"
	" FROM draft_file WHERE board = $1 AND draft = $2 AND component = $3), $4, $5, $6, $7"
	" WHERE NOT EXISTS (SELECT 1 FROM draft_file WHERE board = $1 AND draft = $2"
	" AND component = $3 AND sha256 = $4)";
static const char FILE_REMOVE[] =
	"DELETE FROM draft_file WHERE board = $1 AND draft = $2 AND no = $3";
static const char FILE_PUT[] =
	"UPDATE draft_file SET sha256 = $4, size = $5, type = $6"
	" WHERE board = $1 AND draft = $2 AND no = $3";
static const char FILE_POSITION[] =
	"UPDATE draft_file SET position = $4 WHERE board = $1 AND draft = $2 AND no = $3";
static const char FILES[] =
	"SELECT no, component, position, sha256, size, type, name FROM draft_file"
	" WHERE board = $1 AND draft = $2 ORDER BY component, position, no";

static struct stmt *bound(struct store *store, const char *sql, const char *id)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, id);
	return stmt;
}

/* Once an hour, by whoever begins a draft: what was given up a week ago goes. */
static void expire_sometimes(struct store *store)
{
	int64_t now = when_now_ms();

	if (now < store->expire_at || db_writing(store->tram))
		return;
	store->expire_at = now + EXPIRE_PAUSE_MS;
	if (draft_expire(store, now) != RC_OK)
		log_warn("draft: old ones are not removed, tried again in an hour");
}

enum rc draft_new(struct store *store, const char *owner, const char *owner_name, json_t *data,
		char id[33])
{
	struct pool *pool = pool_new();
	struct stmt *stmt;
	bool own;
	enum rc rc;

	expire_sometimes(store);
	random_hex(16, id);
	rc = db_write_enter(store->tram, &own);
	if (rc == RC_OK) {
		stmt = bound(store, NEW, id);
		stmt_text(stmt, 3, owner);
		stmt_text(stmt, 4, owner_name);
		stmt_text(stmt, 5, data ? json_to_text(pool, data) : "{}");
		stmt_int(stmt, 6, when_now_ms());
		rc = db_write_leave(store->tram, own, stmt_run(stmt));
	}
	pool_free(pool);
	return rc;
}

#define PARSED 4u
#define PARSED_BYTES 4096u

struct parsed {
	char *text;
	json_t *tree;		/* nobody else ever has it */
	json_t *lent;		/* its copy, given out; NULL: none yet */
};

/* The copy given out before, if who had it gave it back as it was; else a new one. */
static json_t *lend(struct parsed *kept)
{
	if (kept->lent == NULL || kept->lent->refcount != 1 || !json_equal(kept->lent, kept->tree)) {
		json_decref(kept->lent);
		kept->lent = json_deep_copy(kept->tree);
	}
	return json_incref(kept->lent);
}

/* The drafts read last, by their very words: each is read again and again, by the page, by what is posted
 * to it, by every scan. Copying a tree costs a third of reading it, comparing two a third of that. */
static json_t *parsed(const char *text)
{
	static struct parsed kept[PARSED];
	static unsigned next;
	json_t *tree = NULL;
	size_t len = strlen(text);

	for (unsigned i = 0; i < PARSED; i++)
		if (kept[i].text != NULL && strcmp(kept[i].text, text) == 0)
			return lend(&kept[i]);
	if (json_parse(text, len, &tree) != RC_OK || len > PARSED_BYTES)
		return tree;
	json_decref(kept[next].tree);
	json_decref(kept[next].lent);
	free(kept[next].text);
	kept[next].lent = NULL;
	kept[next].tree = json_deep_copy(tree);
	kept[next].text = strdup(text);
	if (kept[next].text == NULL || kept[next].tree == NULL)
		log_fatal("draft: out of memory");
	next = (next + 1) % PARSED;
	return tree;
}

enum rc draft_load(struct store *store, struct pool *pool, const char *id, struct draft *out)
{
	struct stmt *stmt = bound(store, LOAD, id);
	const char *text;
	bool row;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row || strlen(id) >= sizeof(out->id)) {
		stmt_reset(stmt);
		return RC_NOT_FOUND;
	}
	memcpy(out->id, id, strlen(id) + 1);
	out->owner = stmt_col_dup(stmt, 0, pool);
	out->owner_name = stmt_col_dup(stmt, 1, pool);
	text = stmt_col_text(stmt, 2);
	out->data = parsed(text);
	rc = out->data != NULL ? RC_OK : RC_DB;
	out->ticket = stmt_col_dup(stmt, 3, pool);
	out->created_at = stmt_col_int(stmt, 4);
	out->updated_at = stmt_col_int(stmt, 5);
	out->scan = stmt_col_int(stmt, 6) != 0;
	stmt_reset(stmt);
	return rc;
}

void draft_free(struct draft *draft)
{
	json_decref(draft->data);
	draft->data = NULL;
}

/* One short write that must change a row. */
static enum rc change(struct store *store, struct stmt *(*bind)(struct store *, void *), void *arg)
{
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		return rc;
	rc = stmt_run(bind(store, arg));
	if (rc == RC_OK && db_changes(store->tram) == 0)
		rc = RC_NOT_FOUND;
	return db_write_leave(store->tram, own, rc);
}

struct texts {
	const char *sql, *id, *a, *b;
};

/* Texts from $3, the time after them. */
static struct stmt *bind_texts(struct store *store, void *arg)
{
	const struct texts *texts = arg;
	struct stmt *stmt = bound(store, texts->sql, texts->id);
	int next = 3;

	stmt_text(stmt, next++, texts->a);
	if (texts->b)
		stmt_text(stmt, next++, texts->b);
	stmt_int(stmt, next, when_now_ms());
	return stmt;
}

enum rc draft_save(struct store *store, const char *id, const json_t *data)
{
	struct pool *pool = pool_new();
	struct texts texts = { SAVE, id, json_to_text(pool, data), NULL };
	enum rc rc = change(store, bind_texts, &texts);

	pool_free(pool);
	return rc;
}

enum rc draft_take(struct store *store, const char *id, const char *owner, const char *owner_name)
{
	struct texts texts = { TAKE, id, owner, owner_name };

	return change(store, bind_texts, &texts);
}

enum rc draft_set_ticket(struct store *store, const char *id, const char *ticket)
{
	struct texts texts = { TICKET, id, ticket, NULL };

	return change(store, bind_texts, &texts);
}

enum rc draft_delete(struct store *store, const char *id)
{
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		return rc;
	rc = stmt_run(bound(store, DELETE_FILES, id));
	if (rc == RC_OK)
		rc = stmt_run(bound(store, DELETE, id));
	if (rc == RC_OK && db_changes(store->tram) == 0)
		rc = RC_NOT_FOUND;
	return db_write_leave(store->tram, own, rc);
}

static void row_of(struct stmt *stmt, struct pool *pool, struct draft_row *out)
{
	const char *text = stmt_col_text(stmt, 0);
	json_t *data = NULL;
	const json_t *applicant, *procedure;

	memset(out, 0, sizeof(*out));
	if (strlen(text) < sizeof(out->id))
		memcpy(out->id, text, strlen(text) + 1);
	out->owner_name = stmt_col_dup(stmt, 1, pool);
	text = stmt_col_text(stmt, 2);
	if (json_parse(text, strlen(text), &data) != RC_OK)
		data = json_new_object();
	applicant = json_object_get(data, "applicant");
	procedure = json_object_get(data, "procedure");
	out->applicant = pool_strdup(pool, json_text(applicant, "name"));
	out->procedure = pool_strdup(pool, *json_text(procedure, "name")
			? json_text(procedure, "name") : json_text(procedure, "code"));
	out->guided = json_object_get(data, "guided") != NULL;
	json_decref(data);
	out->ticket = stmt_col_dup(stmt, 3, pool);
	out->updated_at = stmt_col_int(stmt, 4);
}

static enum rc rows_of(struct stmt *stmt, struct pool *pool, struct draft_row **rows, size_t *count)
{
	size_t room = 0;
	bool row;
	enum rc rc;

	*rows = NULL;
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		if (*count == room) {
			struct draft_row *more;

			room = room ? room * 2 : 16;
			more = pool_alloc(pool, room * sizeof(*more));
			if (*count)
				memcpy(more, *rows, *count * sizeof(*more));
			*rows = more;
		}
		row_of(stmt, pool, &(*rows)[(*count)++]);
	}
	return rc;
}

enum rc draft_list(struct store *store, struct pool *pool, size_t limit, struct draft_row **rows,
		size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, LIST);

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	return rows_of(stmt, pool, rows, count);
}

enum rc draft_by_ticket(struct store *store, struct pool *pool, const char *ticket, size_t limit,
		struct draft_row **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, BY_TICKET);

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	stmt_text(stmt, 3, ticket);
	return rows_of(stmt, pool, rows, count);
}

enum rc draft_expire(struct store *store, int64_t now_ms)
{
	const char *const steps[] = { OLD_FILES, OLD };
	bool own;
	size_t i;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		return rc;
	for (i = 0; i < 2 && rc == RC_OK; i++) {
		struct stmt *stmt = db_stmt(store->tram, steps[i]);

		stmt_text(stmt, 1, store->board);
		stmt_int(stmt, 2, now_ms - KEEP_MS);
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		rc = blob_expire(store, now_ms - KEEP_MS);
	if (rc == RC_OK)
		rc = form_expire(store, now_ms);
	return db_write_leave(store->tram, own, rc);
}

static enum rc exists(struct store *store, const char *id)
{
	struct stmt *stmt = bound(store, EXISTS, id);
	bool row;
	enum rc rc = stmt_step(stmt, &row);

	if (rc != RC_OK)
		return rc;
	stmt_reset(stmt);
	return row ? RC_OK : RC_NOT_FOUND;
}

enum rc draft_file_add(struct store *store, const char *id, const char *component,
		const char *sha256_hex, int64_t size, const char *type, const char *name)
{
	struct stmt *stmt;
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		return rc;
	rc = exists(store, id);
	if (rc == RC_OK) {
		stmt = bound(store, FILE_ADD, id);
		stmt_text(stmt, 3, component);
		stmt_text(stmt, 4, sha256_hex);
		stmt_int(stmt, 5, size);
		stmt_text(stmt, 6, type);
		stmt_text(stmt, 7, name ? name : "");
		rc = stmt_run(stmt);
	}
	return db_write_leave(store->tram, own, rc);
}

static struct stmt *bind_remove(struct store *store, void *arg)
{
	const struct draft_file *file = arg;
	struct stmt *stmt = bound(store, FILE_REMOVE, file->name);

	stmt_int(stmt, 3, file->no);
	return stmt;
}

enum rc draft_file_remove(struct store *store, const char *id, int64_t no)
{
	struct draft_file file = { .no = no, .name = id };

	return change(store, bind_remove, &file);
}

static struct stmt *bind_put(struct store *store, void *arg)
{
	const struct draft_file *file = arg;
	struct stmt *stmt = bound(store, FILE_PUT, file->name);

	stmt_int(stmt, 3, file->no);
	stmt_text(stmt, 4, file->sha256);
	stmt_int(stmt, 5, file->size);
	stmt_text(stmt, 6, file->type);
	return stmt;
}

enum rc draft_file_put(struct store *store, const char *id, int64_t no, const char *sha256_hex,
		int64_t size, const char *type)
{
	struct draft_file file = { .no = no, .name = id, .size = size, .type = type };

	if (strlen(sha256_hex) != 64)
		return RC_INVALID;
	memcpy(file.sha256, sha256_hex, 65);
	return change(store, bind_put, &file);
}

static enum rc set_position(struct store *store, const char *id, int64_t no, int position)
{
	struct stmt *stmt = bound(store, FILE_POSITION, id);

	stmt_int(stmt, 3, no);
	stmt_int(stmt, 4, position);
	return stmt_run(stmt);
}

enum rc draft_file_move(struct store *store, const char *id, int64_t no, bool up)
{
	struct pool *pool = pool_new();
	struct draft_file *files = NULL;
	size_t count = 0, at = 0, other;
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		goto out;
	rc = draft_file_list(store, pool, id, &files, &count);
	while (at < count && files[at].no != no)
		at++;
	if (rc == RC_OK && at == count)
		rc = RC_NOT_FOUND;
	other = up ? at - 1 : at + 1;
	if (rc == RC_OK && (up ? at > 0 : other < count) &&
			strcmp(files[other].component, files[at].component) == 0) {
		rc = set_position(store, id, files[at].no, files[other].position);
		if (rc == RC_OK)
			rc = set_position(store, id, files[other].no, files[at].position);
	}
	rc = db_write_leave(store->tram, own, rc);
out:
	pool_free(pool);
	return rc;
}

enum rc draft_scan_open(struct store *store, const char *dossier_id_hex, const char *owner,
		const char *owner_name, json_t *data)
{
	struct pool *pool = pool_new();
	struct stmt *stmt;
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc == RC_OK) {
		stmt = bound(store, SCAN_OPEN, dossier_id_hex);
		stmt_text(stmt, 3, owner);
		stmt_text(stmt, 4, owner_name);
		stmt_text(stmt, 5, json_to_text(pool, data));
		stmt_int(stmt, 6, when_now_ms());
		rc = db_write_leave(store->tram, own, stmt_run(stmt));
	}
	pool_free(pool);
	return rc;
}

enum rc draft_scan_close(struct store *store, const char *dossier_id_hex)
{
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		return rc;
	rc = stmt_run(bound(store, DELETE_FILES, dossier_id_hex));
	if (rc == RC_OK)
		rc = stmt_run(bound(store, SCAN_CLOSE, dossier_id_hex));
	return db_write_leave(store->tram, own, rc);
}

enum rc draft_file_list(struct store *store, struct pool *pool, const char *id,
		struct draft_file **rows, size_t *count)
{
	struct stmt *stmt = bound(store, FILES, id);
	size_t room = 0, len;
	bool row;
	enum rc rc;

	*rows = NULL;
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		struct draft_file *file;

		if (*count == room) {
			struct draft_file *more;

			room = room ? room * 2 : 16;
			more = pool_alloc(pool, room * sizeof(*more));
			if (*count)
				memcpy(more, *rows, *count * sizeof(*more));
			*rows = more;
		}
		file = &(*rows)[(*count)++];
		memset(file, 0, sizeof(*file));
		file->no = stmt_col_int(stmt, 0);
		file->component = stmt_col_dup(stmt, 1, pool);
		file->position = (int)stmt_col_int(stmt, 2);
		len = strlen(stmt_col_text(stmt, 3));
		memcpy(file->sha256, stmt_col_text(stmt, 3), len < 64 ? len : 64);
		file->size = stmt_col_int(stmt, 4);
		file->type = stmt_col_dup(stmt, 5, pool);
		file->name = stmt_col_dup(stmt, 6, pool);
	}
	return rc;
}
