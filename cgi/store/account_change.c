/*
 * account_change.c: accounts made and changed by people. On a board the journal must tell of each
 * change, and who changes accounts may not open tram.db: the same write leaves a line in the outbox.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/password.h"
#include "crypt/random.h"
#include "store/account.h"
#include "store/account_row.h"
#include "store/session.h"

#define FORM_KEPT_MS (2 * WHEN_DAY_MS)

static void form_hash(const char *form_id, char out[2 * HASH_SIZE + 1])
{
	uint8_t digest[HASH_SIZE];

	hash_sha256(form_id, strlen(form_id), digest);
	hex_encode(digest, sizeof(digest), out);
}

enum rc account_of_form(struct store *store, const char *form_id, char id[48])
{
	struct stmt *stmt = db_stmt(store->auth, "SELECT account FROM form_once WHERE hash = $1");
	char hash[2 * HASH_SIZE + 1];
	bool row = false;
	enum rc rc;

	form_hash(form_id, hash);
	stmt_text(stmt, 1, hash);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	(void)snprintf(id, 48, "%s", stmt_col_text(stmt, 0));
	stmt_reset(stmt);
	return RC_OK;
}

/* Remembers that this form did it. RC_EXISTS: it did before. */
static enum rc form_take(struct store *store, const char *form_id, const char *id)
{
	int64_t now = when_now_ms();
	char hash[2 * HASH_SIZE + 1];
	struct stmt *stmt;
	enum rc rc;

	if (form_id[0] == '\0')
		return RC_OK;
	form_hash(form_id, hash);
	stmt = db_stmt(store->auth, "DELETE FROM form_once WHERE at < $1");
	stmt_int(stmt, 1, now - FORM_KEPT_MS);
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "INSERT INTO form_once (hash, account, at) VALUES ($1, $2, $3) "
			"ON CONFLICT (hash) DO NOTHING");
	stmt_text(stmt, 1, hash);
	stmt_text(stmt, 2, id);
	stmt_int(stmt, 3, now);
	rc = stmt_run(stmt);
	return rc == RC_OK && db_changes(store->auth) == 0 ? RC_EXISTS : rc;
}

static enum rc insert(struct store *store, const char *id, const struct account *values,
		const char *hash)
{
	struct stmt *stmt = db_stmt(store->auth, "INSERT INTO account (id, login, name, title, "
			"employer, unit, roles, hash, locked, must_change, ends_at, counter, created_at, "
			"starts_at, substitute, procedures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, "
			"$10, '', $11, $12, $13, $14) ON CONFLICT (login) DO NOTHING");
	enum rc rc;

	stmt_text(stmt, 1, id);
	stmt_text(stmt, 2, values->login);
	stmt_text(stmt, 3, values->name);
	stmt_text(stmt, 4, values->title);
	stmt_text(stmt, 5, values->employer);
	stmt_text(stmt, 6, values->unit);
	stmt_int(stmt, 7, values->roles);
	stmt_text(stmt, 8, hash);
	stmt_int(stmt, 9, values->must_change);
	stmt_int(stmt, 10, values->ends_at);
	stmt_int(stmt, 11, when_now_ms());
	stmt_int(stmt, 12, values->starts_at);
	stmt_text(stmt, 13, values->substitute);
	stmt_text(stmt, 14, values->procedures);
	rc = stmt_run(stmt);
	return rc == RC_OK && db_changes(store->auth) == 0 ? RC_CONFLICT : rc;
}

static enum rc create(struct store *store, struct pool *pool, const struct account *values,
		const char *hash, const char *actor, const char *form_id, struct account *out)
{
	struct account made = *values;
	bool own = false;
	enum rc rc;

	made.id[0] = store->settings->side == SIDE_CENTER ? 'c' : 'u';
	made.id[1] = '-';
	random_hex(8, made.id + 2);
	rc = db_write_enter(store->auth, &own);
	if (rc != RC_OK)
		return rc;
	rc = form_take(store, form_id, made.id);
	if (rc == RC_OK)
		rc = insert(store, made.id, &made, hash);
	if (rc == RC_OK)
		rc = account_outbox_add(store, &made, "added", actor);
	if (rc == RC_OK)
		rc = account_outbox_signer(store, NULL, &made, actor);
	rc = db_write_leave(store->auth, own, rc);
	return rc == RC_OK ? account_by_id(store, pool, made.id, out) : rc;
}

enum rc account_create(struct store *store, struct pool *pool, const struct account *values,
		const char *password, const char *actor, const char *form_id, struct account *out)
{
	char *hash = NULL;
	enum rc rc = password_hash(pool, password, &hash);

	return rc == RC_OK ? create(store, pool, values, hash, actor, form_id, out) : rc;
}

enum rc account_add_encoded(struct store *store, struct pool *pool, const char *login, const char *name,
		const char *title, unsigned roles, const char *encoded, struct account *out)
{
	struct account values = { .login = login, .name = name, .title = title, .employer = "",
		.unit = "", .substitute = "", .procedures = "", .roles = roles };

	return create(store, pool, &values, encoded, "system", "", out);
}

static enum rc update(struct store *store, const char *id, const struct account *values)
{
	struct stmt *stmt = db_stmt(store->auth, "UPDATE account SET name = $2, title = $3, "
			"employer = $4, unit = $5, roles = $6, starts_at = $7, ends_at = $8, "
			"substitute = $9, procedures = $10 WHERE id = $1");
	enum rc rc;

	stmt_text(stmt, 1, id);
	stmt_text(stmt, 2, values->name);
	stmt_text(stmt, 3, values->title);
	stmt_text(stmt, 4, values->employer);
	stmt_text(stmt, 5, values->unit);
	stmt_int(stmt, 6, values->roles);
	stmt_int(stmt, 7, values->starts_at);
	stmt_int(stmt, 8, values->ends_at);
	stmt_text(stmt, 9, values->substitute);
	stmt_text(stmt, 10, values->procedures);
	rc = stmt_run(stmt);
	return rc == RC_OK && db_changes(store->auth) == 0 ? RC_NOT_FOUND : rc;
}

/* Anything of it that the journal tells? A second tap tells nothing. */
static bool differs(const struct account *a, const struct account *b)
{
	return a->roles != b->roles || a->starts_at != b->starts_at || a->ends_at != b->ends_at ||
			strcmp(a->name, b->name) != 0 || strcmp(a->title, b->title) != 0 ||
			strcmp(a->employer, b->employer) != 0 || strcmp(a->unit, b->unit) != 0 ||
			strcmp(a->substitute, b->substitute) != 0 ||
			strcmp(a->procedures, b->procedures) != 0;
}

enum rc account_edit(struct store *store, const char *id, const struct account *values,
		const char *actor)
{
	struct pool *pool = pool_new();
	struct account before, after = *values;
	bool own = false;
	enum rc rc;

	(void)snprintf(after.id, sizeof(after.id), "%s", id);
	rc = db_write_enter(store->auth, &own);
	if (rc != RC_OK)
		goto out;
	rc = account_by_id(store, pool, id, &before);
	if (rc == RC_OK && differs(&before, &after)) {
		bool ends = after.ends_at != before.ends_at && after.ends_at != 0;

		rc = update(store, id, &after);
		if (rc == RC_OK)
			rc = account_outbox_add(store, &after, ends ? "ended" : "changed", actor);
		if (rc == RC_OK)
			rc = account_outbox_signer(store, &before, &after, actor);
	}
	rc = db_write_leave(store->auth, own, rc);
	if (rc == RC_OK && store->run != NULL)
		rc = session_refresh(store, &after);
out:
	pool_free(pool);
	return rc;
}

static enum rc set_password(struct store *store, const char *id, const char *password,
		bool must_change, const char *actor, const char *form_id)
{
	struct pool *pool = pool_new();
	struct account account;
	struct stmt *stmt;
	char *hash = NULL;
	bool own = false;
	enum rc rc = password_hash(pool, password, &hash);

	if (rc == RC_OK)
		rc = db_write_enter(store->auth, &own);
	if (rc != RC_OK)
		goto out;
	rc = form_take(store, form_id, id);
	if (rc == RC_OK)
		rc = account_by_id(store, pool, id, &account);
	if (rc == RC_OK) {
		stmt = db_stmt(store->auth, "UPDATE account SET hash = $2, must_change = $3 WHERE id = $1");
		stmt_text(stmt, 1, id);
		stmt_text(stmt, 2, hash);
		stmt_int(stmt, 3, must_change);
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		rc = account_outbox_add(store, &account, strcmp(actor, id) == 0 ? "password" : "reset",
				actor);
	rc = db_write_leave(store->auth, own, rc);
out:
	pool_free(pool);
	return rc;
}

enum rc account_set_password(struct store *store, const char *id, const char *password,
		bool must_change, const char *actor)
{
	return set_password(store, id, password, must_change, actor, "");
}

enum rc account_reset(struct store *store, const char *id, const char *password,
		const char *actor, const char *form_id)
{
	return set_password(store, id, password, true, actor, form_id);
}

enum rc account_set_locked(struct store *store, const char *id, bool locked, const char *actor)
{
	struct pool *pool = pool_new();
	struct account account;
	struct stmt *stmt;
	bool own = false;
	enum rc rc = db_write_enter(store->auth, &own);

	if (rc != RC_OK)
		goto out;
	rc = account_by_id(store, pool, id, &account);
	if (rc == RC_OK) {
		stmt = db_stmt(store->auth, "UPDATE account SET locked = $2, used_at = CASE WHEN $2 = 0 "
				"AND used_at < $3 THEN $3 ELSE used_at END WHERE id = $1");
		stmt_text(stmt, 1, id);
		stmt_int(stmt, 2, locked);
		stmt_int(stmt, 3, when_now_ms());
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		rc = account_outbox_add(store, &account, locked ? "locked" : "unlocked", actor);
	rc = db_write_leave(store->auth, own, rc);
out:
	pool_free(pool);
	return rc;
}
