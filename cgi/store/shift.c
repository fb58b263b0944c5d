/*
 * shift.c: shifts, read and written; see shift.h.
 */
#include <string.h>

#include "base/encode.h"
#include "crypt/random.h"
#include "store/original.h"
#include "store/shift.h"

#define SHIFT_SELECT \
	"SELECT id, account, counter, opened_at, opened_seq, cash_before, closed, closed_at," \
	" closed_seq, cash, expected, transfer, receipts, dossiers, drafts, originals, successor," \
	" note FROM shift WHERE board = $1 "
static const char OPEN_OF[] =
	SHIFT_SELECT "AND account = $2 AND closed = 0 ORDER BY opened_seq LIMIT 1";
static const char FIND[] = SHIFT_SELECT "AND id = $2";
static const char LIST[] =
	SHIFT_SELECT "AND opened_at < $4 AND (closed = 0 OR closed_at >= $3)"
	" AND ($2 = '' OR account = $2) ORDER BY opened_at DESC, id LIMIT $5";
static const char DOSSIERS[] =
	"SELECT count(*) FROM dossier WHERE board = $1 AND state = 1 AND holder = 0";
static const char DRAFTS[] = "SELECT count(*) FROM draft WHERE board = $1";

static struct stmt *bound(struct store *store, const char *sql)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board ? store->board : "");
	return stmt;
}

static void read(struct stmt *stmt, struct pool *pool, struct shift *out)
{
	const void *bytes;
	size_t len;

	memset(out, 0, sizeof(*out));
	bytes = stmt_col_blob(stmt, 0, &len);
	if (len == sizeof(out->id))
		memcpy(out->id, bytes, len);
	hex_encode(out->id, sizeof(out->id), out->id_hex);
	out->account = stmt_col_dup(stmt, 1, pool);
	out->counter = stmt_col_dup(stmt, 2, pool);
	out->opened_at = stmt_col_int(stmt, 3);
	out->opened_seq = stmt_col_int(stmt, 4);
	out->cash_before = stmt_col_int(stmt, 5);
	out->closed = stmt_col_int(stmt, 6) != 0;
	out->closed_at = stmt_col_int(stmt, 7);
	out->closed_seq = stmt_col_int(stmt, 8);
	out->cash = stmt_col_int(stmt, 9);
	out->expected = stmt_col_int(stmt, 10);
	out->transfer = stmt_col_int(stmt, 11);
	out->receipts = stmt_col_int(stmt, 12);
	out->dossiers = stmt_col_int(stmt, 13);
	out->drafts = stmt_col_int(stmt, 14);
	out->originals = stmt_col_int(stmt, 15);
	out->successor = stmt_col_dup(stmt, 16, pool);
	out->note = stmt_col_dup(stmt, 17, pool);
}

static enum rc one(struct stmt *stmt, struct pool *pool, struct shift *out)
{
	bool row;
	enum rc rc = stmt_step(stmt, &row);

	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	read(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc shift_open_of(struct store *store, struct pool *pool, const char *account,
		struct shift *out)
{
	struct stmt *stmt = bound(store, OPEN_OF);

	stmt_text(stmt, 2, account);
	return one(stmt, pool, out);
}

enum rc shift_find(struct store *store, struct pool *pool, const char *id_hex, struct shift *out)
{
	uint8_t id[EVENT_ID_SIZE];
	struct stmt *stmt;

	if (strlen(id_hex) != 2 * EVENT_ID_SIZE || hex_decode(id_hex, id, sizeof(id)) != RC_OK)
		return RC_NOT_FOUND;
	stmt = bound(store, FIND);
	stmt_blob(stmt, 2, id, sizeof(id));
	return one(stmt, pool, out);
}

enum rc shift_list(struct store *store, struct pool *pool, const char *account, int64_t from_ms,
		int64_t to_ms, size_t limit, struct shift **rows, size_t *count)
{
	struct stmt *stmt = bound(store, LIST);
	bool row;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 2, account ? account : "");
	stmt_int(stmt, 3, from_ms);
	stmt_int(stmt, 4, to_ms);
	stmt_int(stmt, 5, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

static enum rc append(struct store *store, const uint8_t *id, const char *kind, const char *actor,
		const json_t *body, const char **reason)
{
	struct act act = { .subject_kind = SUBJECT_SHIFT, .subject = id, .kind = kind,
		.actor = actor, .body = body };
	struct event event;

	return act_append(store, &act, &event, reason);
}

enum rc shift_open(struct store *store, struct pool *pool, const char *account, const char *counter,
		int64_t cash, const char **reason)
{
	struct shift open;
	uint8_t id[EVENT_ID_SIZE];
	json_t *body;
	enum rc rc = shift_open_of(store, pool, account, &open);

	if (rc != RC_NOT_FOUND)
		return rc;
	random_bytes(id, sizeof(id));
	body = json_new_object();
	json_put(body, "counter", counter && *counter ? counter : "0");
	json_put(body, "account", account);
	if (cash > 0)
		json_put_int(body, "cash", cash);
	rc = append(store, id, "shift.opened", account, body, reason);
	json_decref(body);
	return rc;
}

enum rc shift_close(struct store *store, struct pool *pool, const struct shift *shift,
		const char *actor, const json_t *body, const char **reason)
{
	struct shift now;
	enum rc rc = shift_find(store, pool, shift->id_hex, &now);

	*reason = NULL;
	if (rc != RC_OK)
		return rc;
	if (now.closed) {
		*reason = "shift.rule.closed";
		return RC_CONFLICT;
	}
	return append(store, shift->id, "shift.closed", actor, body, reason);
}

static enum rc counted(struct store *store, const char *sql, int64_t *out)
{
	struct stmt *stmt = bound(store, sql);
	bool row;
	enum rc rc = stmt_step(stmt, &row);

	*out = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return rc;
}

enum rc shift_standing_get(struct store *store, struct shift_standing *out)
{
	enum rc rc = counted(store, DOSSIERS, &out->dossiers);

	if (rc == RC_OK)
		rc = counted(store, DRAFTS, &out->drafts);
	return rc == RC_OK ? original_total(store, &out->originals) : rc;
}
