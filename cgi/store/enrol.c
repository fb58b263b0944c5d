/*
 * enrol.c: see enrol.h.
 */
#include <string.h>

#include "crypt/hash.h"
#include "crypt/token.h"
#include "store/enrol.h"
#include "store/linkstate.h"

#define INVITE_COLUMNS "board, name, point, made_by, made_at, expires_at, used_at, key_id"
#define CERT_COLUMNS "board, key_id, state, fingerprint, cert, not_after, late_days, asked_at, officer"

static const char INVITE_BACK[] =
	"UPDATE link_invite SET expires_at = $2 WHERE board = $1 AND used_at = 0 AND expires_at > $2";
static const char INVITE_ADD[] =
	"INSERT INTO link_invite (board, token, name, point, made_by, made_at, expires_at, used_at,"
	" key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '')";
static const char INVITE_FIND[] =
	"SELECT " INVITE_COLUMNS " FROM link_invite WHERE board = $1 AND token = $2"
	" AND expires_at > $3 AND (used_at = 0 OR key_id = $4)";
static const char INVITE_USED[] =
	"UPDATE link_invite SET used_at = $3, key_id = $4 WHERE board = $1 AND token = $2"
	" AND used_at = 0";
static const char INVITES[] =
	"SELECT " INVITE_COLUMNS " FROM link_invite WHERE $1 = '' OR board = $1"
	" ORDER BY made_at DESC, board LIMIT $2";
static const char CERT_FIND[] =
	"SELECT " CERT_COLUMNS " FROM link_cert WHERE board = $1 AND key_id = $2";
static const char CERT_PUT[] =
	"INSERT INTO link_cert (board, key_id, state, fingerprint, cert, not_after, late_days,"
	" asked_at, officer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (board, key_id)"
	" DO UPDATE SET state = $3, fingerprint = $4, cert = $5, not_after = $6, late_days = $7,"
	" asked_at = $8, officer = $9";
static const char CERT_GIVEN[] =
	"UPDATE link_cert SET state = 3 WHERE fingerprint = $1 AND state = 2 RETURNING board";
static const char IS_GIVEN[] = "SELECT 1 FROM link_cert WHERE fingerprint = $1 AND state = 2";
static const char BOARD_CERT[] = "UPDATE link_board SET fingerprint = $2 WHERE board = $1";
static const char CERT_ALLOW[] =
	"UPDATE link_cert SET state = 1, officer = $2 WHERE board = $1 AND state = 0";
static const char CERT_NEWEST[] =
	"SELECT " CERT_COLUMNS " FROM link_cert WHERE board = $1 ORDER BY asked_at DESC LIMIT 1";
static const char CERT_CURRENT[] =
	"SELECT " CERT_COLUMNS " FROM link_cert c WHERE board = $1 AND fingerprint ="
	" (SELECT b.fingerprint FROM link_board b WHERE b.board = $1)";
static const char BOARD_PUT[] =
	"INSERT INTO link_board (board, name, point, fingerprint, slip_key, revoked, fenced,"
	" hello_counter, seen_at, label) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, $6) ON CONFLICT (board)"
	" DO UPDATE SET name = $2, point = $3, fingerprint = $4, slip_key = $5, revoked = 0, fenced = 0,"
	" label = $6, fence_reason = '', fence_at = 0, fence_by = ''";
/* Whoever spoke before has another key now. */
static const char INSTANCES_OUT[] = "DELETE FROM link_instance WHERE board = $1";

static enum rc one(struct stmt *stmt, bool *row)
{
	enum rc rc = stmt_step(stmt, row);

	return rc == RC_OK && !*row ? RC_NOT_FOUND : rc;
}

static enum rc changed(struct store *store, struct stmt *stmt)
{
	enum rc rc = stmt_run(stmt);

	return rc == RC_OK && db_changes(store->tram) == 0 ? RC_NOT_FOUND : rc;
}

/* ---- invitations ---- */

static void invite_read(struct stmt *stmt, struct pool *pool, struct enrol_invite *out)
{
	out->board = stmt_col_dup(stmt, 0, pool);
	out->name = stmt_col_dup(stmt, 1, pool);
	out->point = stmt_col_dup(stmt, 2, pool);
	out->made_by = stmt_col_dup(stmt, 3, pool);
	out->made_at = stmt_col_int(stmt, 4);
	out->expires_at = stmt_col_int(stmt, 5);
	out->used_at = stmt_col_int(stmt, 6);
	out->key_id = stmt_col_dup(stmt, 7, pool);
}

enum rc enrol_invite_add(struct store *store, const struct enrol_invite *invite,
		const uint8_t token[32])
{
	struct stmt *stmt = db_stmt(store->tram, INVITE_BACK);
	enum rc rc;

	stmt_text(stmt, 1, invite->board);
	stmt_int(stmt, 2, invite->made_at);
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, INVITE_ADD);
	stmt_text(stmt, 1, invite->board);
	stmt_blob(stmt, 2, token, HASH_SIZE);
	stmt_text(stmt, 3, invite->name);
	stmt_text(stmt, 4, invite->point);
	stmt_text(stmt, 5, invite->made_by);
	stmt_int(stmt, 6, invite->made_at);
	stmt_int(stmt, 7, invite->expires_at);
	return stmt_run(stmt);
}

enum rc enrol_invite_make(struct store *store, struct pool *pool, const struct enrol_invite *wish,
		const uint8_t secret[16], const uint8_t ca[16], char **token)
{
	struct token made = { .board = wish->board };
	struct enrol_invite row = *wish;
	struct link_board known;
	uint8_t hash[HASH_SIZE];
	enum rc rc = linkstate_board_find(store, pool, wish->board, &known);

	if (rc == RC_OK) {
		row.name = row.name ? row.name : known.name;
		row.point = row.point ? row.point : known.point;
	}
	rc = rc == RC_NOT_FOUND ? RC_OK : rc;
	row.name = row.name ? row.name : row.board;
	row.point = row.point ? row.point : "{}";
	row.expires_at = row.made_at + TOKEN_LIFE_MS;
	memcpy(made.secret, secret, sizeof(made.secret));
	memcpy(made.ca, ca, sizeof(made.ca));
	token_hash(&made, hash);
	if (rc == RC_OK)
		rc = enrol_invite_add(store, &row, hash);
	if (rc == RC_OK)
		*token = token_text(pool, &made);
	memset(&made, 0, sizeof(made));
	return rc;
}

enum rc enrol_invite_find(struct store *store, struct pool *pool, const char *board,
		const uint8_t token[32], const char *key_id, int64_t now_ms, struct enrol_invite *out)
{
	struct stmt *stmt = db_stmt(store->tram, INVITE_FIND);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, token, HASH_SIZE);
	stmt_int(stmt, 3, now_ms);
	stmt_text(stmt, 4, key_id);
	rc = one(stmt, &row);
	if (rc == RC_OK) {
		invite_read(stmt, pool, out);
		stmt_reset(stmt);
	}
	return rc;
}

enum rc enrol_invite_used(struct store *store, const char *board, const uint8_t token[32],
		const char *key_id, int64_t now_ms)
{
	struct stmt *stmt = db_stmt(store->tram, INVITE_USED);

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, token, HASH_SIZE);
	stmt_int(stmt, 3, now_ms);
	stmt_text(stmt, 4, key_id);
	return changed(store, stmt);
}

enum rc enrol_invites(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct enrol_invite **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, INVITES);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		invite_read(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

/* ---- certificates ---- */

static void cert_read_row(struct stmt *stmt, struct pool *pool, struct enrol_cert *out)
{
	size_t len = 0;
	const void *bytes;

	memset(out, 0, sizeof(*out));
	out->board = stmt_col_dup(stmt, 0, pool);
	out->key_id = stmt_col_dup(stmt, 1, pool);
	out->state = (enum enrol_state)stmt_col_int(stmt, 2);
	bytes = stmt_col_blob(stmt, 3, &len);
	if (len == sizeof(out->fingerprint))
		memcpy(out->fingerprint, bytes, len);
	out->cert = stmt_col_dup(stmt, 4, pool);
	out->not_after = stmt_col_int(stmt, 5);
	out->late_days = stmt_col_int(stmt, 6);
	out->asked_at = stmt_col_int(stmt, 7);
	out->officer = stmt_col_dup(stmt, 8, pool);
}

static enum rc cert_one(struct stmt *stmt, struct pool *pool, struct enrol_cert *out)
{
	bool row = false;
	enum rc rc = one(stmt, &row);

	if (rc == RC_OK) {
		cert_read_row(stmt, pool, out);
		stmt_reset(stmt);
	}
	return rc;
}

enum rc enrol_cert_find(struct store *store, struct pool *pool, const char *board,
		const char *key_id, struct enrol_cert *out)
{
	struct stmt *stmt = db_stmt(store->tram, CERT_FIND);

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, key_id);
	return cert_one(stmt, pool, out);
}

enum rc enrol_cert_newest(struct store *store, struct pool *pool, const char *board,
		struct enrol_cert *out)
{
	struct stmt *stmt = db_stmt(store->tram, CERT_NEWEST);

	stmt_text(stmt, 1, board);
	return cert_one(stmt, pool, out);
}

enum rc enrol_cert_current(struct store *store, struct pool *pool, const char *board,
		struct enrol_cert *out)
{
	struct stmt *stmt = db_stmt(store->tram, CERT_CURRENT);

	stmt_text(stmt, 1, board);
	return cert_one(stmt, pool, out);
}

enum rc enrol_cert_put(struct store *store, const struct enrol_cert *cert)
{
	struct stmt *stmt = db_stmt(store->tram, CERT_PUT);

	stmt_text(stmt, 1, cert->board);
	stmt_text(stmt, 2, cert->key_id);
	stmt_int(stmt, 3, cert->state);
	stmt_blob(stmt, 4, cert->fingerprint, *cert->cert ? sizeof(cert->fingerprint) : 0);
	stmt_text(stmt, 5, cert->cert);
	stmt_int(stmt, 6, cert->not_after);
	stmt_int(stmt, 7, cert->late_days);
	stmt_int(stmt, 8, cert->asked_at);
	stmt_text(stmt, 9, cert->officer);
	return stmt_run(stmt);
}

static enum rc cert_use(struct store *store, const uint8_t fingerprint[32])
{
	struct stmt *stmt = db_stmt(store->tram, CERT_GIVEN);
	char board[32] = "";
	bool row = false;
	enum rc rc;

	stmt_blob(stmt, 1, fingerprint, HASH_SIZE);
	rc = one(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (strlen(stmt_col_text(stmt, 0)) < sizeof(board))
		memcpy(board, stmt_col_text(stmt, 0), strlen(stmt_col_text(stmt, 0)) + 1);
	stmt_reset(stmt);
	stmt = db_stmt(store->tram, BOARD_CERT);
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, fingerprint, HASH_SIZE);
	return changed(store, stmt);
}

enum rc enrol_cert_use(struct store *store, const uint8_t fingerprint[32])
{
	struct stmt *stmt = db_stmt(store->tram, IS_GIVEN);
	bool row = false;
	enum rc rc;

	/* Strangers do not get the lock. */
	stmt_blob(stmt, 1, fingerprint, HASH_SIZE);
	rc = one(stmt, &row);
	if (rc != RC_OK)
		return rc;
	stmt_reset(stmt);
	rc = db_write_begin(store->tram);
	if (rc != RC_OK)
		return rc;
	rc = cert_use(store, fingerprint);
	if (rc == RC_OK)
		return db_write_commit(store->tram);
	db_write_abort(store->tram);
	return rc;
}

enum rc enrol_cert_allow(struct store *store, const char *board, const char *officer)
{
	struct stmt *stmt = db_stmt(store->tram, CERT_ALLOW);

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, officer);
	return changed(store, stmt);
}

enum rc enrol_board_put(struct store *store, const struct enrol_invite *invite,
		const uint8_t fingerprint[32], const uint8_t slip_key[32], const char *label)
{
	struct stmt *stmt = db_stmt(store->tram, BOARD_PUT);
	enum rc rc;

	stmt_text(stmt, 1, invite->board);
	stmt_text(stmt, 2, invite->name);
	stmt_text(stmt, 3, invite->point);
	stmt_blob(stmt, 4, fingerprint, HASH_SIZE);
	stmt_blob(stmt, 5, slip_key, 32);
	stmt_text(stmt, 6, label);
	rc = stmt_run(stmt);
	stmt = db_stmt(store->tram, INSTANCES_OUT);
	stmt_text(stmt, 1, invite->board);
	return rc == RC_OK ? stmt_run(stmt) : rc;
}
