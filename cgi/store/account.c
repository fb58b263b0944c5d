/*
 * account.c: accounts in auth.db. Logging in is account_login.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "crypt/password.h"
#include "crypt/random.h"
#include "store/account.h"
#include "store/account_row.h"

static const char *const role_names[] = { "intake", "cashier", "scanner", "specialist", "signer",
	"clerk_seal", "approver", "returner", "guide", "manager", "technician", "officer" };
#define ROLE_COUNT (sizeof(role_names) / sizeof(role_names[0]))

void account_row_read(struct stmt *stmt, struct pool *pool, struct account *out)
{
	memset(out, 0, sizeof(*out));
	(void)snprintf(out->id, sizeof(out->id), "%s", stmt_col_text(stmt, 0));
	out->login = stmt_col_dup(stmt, 1, pool);
	out->name = stmt_col_dup(stmt, 2, pool);
	out->title = stmt_col_dup(stmt, 3, pool);
	out->employer = stmt_col_dup(stmt, 4, pool);
	out->unit = stmt_col_dup(stmt, 5, pool);
	out->roles = (unsigned)stmt_col_int(stmt, 6);
	out->locked = stmt_col_int(stmt, 7) != 0;
	out->must_change = stmt_col_int(stmt, 8) != 0;
	out->ends_at = stmt_col_int(stmt, 9);
	out->counter = stmt_col_dup(stmt, 10, pool);
}

enum rc account_add(struct store *store, struct pool *pool, const char *login, const char *name,
		const char *title, unsigned roles, const char *password, struct account *out)
{
	struct stmt *stmt;
	bool center = store->settings->side == SIDE_CENTER;
	char id[48] = "u-";
	char *hash = NULL;
	enum rc rc;

	rc = password_hash(pool, password, &hash);
	if (rc != RC_OK)
		return rc;
	id[0] = center ? 'c' : 'u';
	random_hex(8, id + 2);
	rc = db_write_begin(store->auth);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "INSERT INTO account (id, login, name, title, employer, unit, roles, "
			"hash, locked, must_change, ends_at, counter, created_at) "
			"VALUES ($1, $2, $3, $4, '', '', $5, $6, 0, 0, 0, '', $7) "
			"ON CONFLICT (login) DO NOTHING");
	stmt_text(stmt, 1, id);
	stmt_text(stmt, 2, login);
	stmt_text(stmt, 3, name);
	stmt_text(stmt, 4, title);
	stmt_int(stmt, 5, roles);
	stmt_text(stmt, 6, hash);
	stmt_int(stmt, 7, when_now_ms());
	rc = stmt_run(stmt);
	if (rc == RC_OK && db_changes(store->auth) == 0)
		rc = RC_EXISTS;
	if (rc != RC_OK) {
		db_write_abort(store->auth);
		return rc;
	}
	rc = db_write_commit(store->auth);
	if (rc == RC_OK)
		rc = account_by_id(store, pool, id, out);
	return rc;
}

static enum rc account_one(struct stmt *stmt, struct pool *pool, const char *key, struct account *out)
{
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, key);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	account_row_read(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc account_by_login(struct store *store, struct pool *pool, const char *login,
		struct account *out)
{
	return account_one(db_stmt(store->auth, "SELECT " ACCOUNT_COLUMNS " FROM account WHERE login = $1"),
			pool, login, out);
}

enum rc account_by_id(struct store *store, struct pool *pool, const char *id, struct account *out)
{
	return account_one(db_stmt(store->auth, "SELECT " ACCOUNT_COLUMNS " FROM account WHERE id = $1"),
			pool, id, out);
}

enum rc account_list(struct store *store, struct pool *pool, struct account **rows, size_t *count)
{
	struct stmt *stmt;
	size_t total = 0;
	bool row = false;
	enum rc rc;

	*rows = NULL;
	*count = 0;
	rc = db_read_begin(store->auth);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "SELECT count(*) FROM account");
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		goto out;
	total = (size_t)stmt_col_int(stmt, 0);
	stmt_reset(stmt);
	*rows = pool_alloc(pool, (total + 1) * sizeof(**rows));
	stmt = db_stmt(store->auth, "SELECT " ACCOUNT_COLUMNS " FROM account ORDER BY login");
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		if (*count < total)
			account_row_read(stmt, pool, &(*rows)[(*count)++]);
	}
out:
	db_read_end(store->auth);
	return rc;
}

/* Runs one bound UPDATE in a write of its own. RC_NOT_FOUND: it met no row. */
static enum rc account_write(struct store *store, struct stmt *stmt)
{
	enum rc rc = stmt_run(stmt);

	if (rc == RC_OK && db_changes(store->auth) == 0)
		rc = RC_NOT_FOUND;
	if (rc != RC_OK) {
		db_write_abort(store->auth);
		return rc;
	}
	return db_write_commit(store->auth);
}

enum rc account_set_password(struct store *store, const char *id, const char *password,
		bool must_change)
{
	struct pool *pool = pool_new();
	struct stmt *stmt;
	char *hash = NULL;
	enum rc rc;

	rc = password_hash(pool, password, &hash);
	if (rc == RC_OK)
		rc = db_write_begin(store->auth);
	if (rc == RC_OK) {
		stmt = db_stmt(store->auth, "UPDATE account SET hash = $2, must_change = $3 WHERE id = $1");
		stmt_text(stmt, 1, id);
		stmt_text(stmt, 2, hash);
		stmt_int(stmt, 3, must_change);
		rc = account_write(store, stmt);
	}
	pool_free(pool);
	return rc;
}

enum rc account_set_locked(struct store *store, const char *id, bool locked)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->auth);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "UPDATE account SET locked = $2 WHERE id = $1");
	stmt_text(stmt, 1, id);
	stmt_int(stmt, 2, locked);
	return account_write(store, stmt);
}

enum rc account_set_counter(struct store *store, const char *id, const char *counter)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->auth);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "UPDATE account SET counter = $2 WHERE id = $1");
	stmt_text(stmt, 1, id);
	stmt_text(stmt, 2, counter);
	return account_write(store, stmt);
}

enum rc account_roles_parse(const char *text, unsigned *roles)
{
	*roles = 0;
	while (*text) {
		size_t len = strcspn(text, ",");
		size_t i;

		for (i = 0; i < ROLE_COUNT; i++) {
			if (strlen(role_names[i]) == len && memcmp(role_names[i], text, len) == 0)
				break;
		}
		if (i == ROLE_COUNT)
			return RC_INVALID;
		*roles |= 1u << i;
		text += len;
		if (*text == ',' && !*++text)
			return RC_INVALID;
	}
	return *roles ? RC_OK : RC_INVALID;
}

void account_roles_text(unsigned roles, char *out, size_t out_size)
{
	size_t used = 0, i;

	if (out_size)
		out[0] = '\0';
	for (i = 0; i < ROLE_COUNT; i++) {
		int len;

		if (!(roles & (1u << i)))
			continue;
		len = snprintf(out + used, out_size - used, "%s%s", used ? "," : "", role_names[i]);
		if (len < 0 || (size_t)len >= out_size - used)
			return;
		used += (size_t)len;
	}
}
