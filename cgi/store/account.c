/*
 * account.c: accounts in auth.db. Logging in is account_login.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/when.h"
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
	out->starts_at = stmt_col_int(stmt, 11);
	out->used_at = stmt_col_int(stmt, 12);
	out->created_at = stmt_col_int(stmt, 13);
	out->substitute = stmt_col_dup(stmt, 14, pool);
	out->procedures = stmt_col_dup(stmt, 15, pool);
	out->otp = stmt_col_int(stmt, 16) != 0;
}

enum rc account_add(struct store *store, struct pool *pool, const char *login, const char *name,
		const char *title, unsigned roles, const char *password, struct account *out)
{
	struct account values = { .login = login, .name = name, .title = title, .employer = "",
		.unit = "", .substitute = "", .procedures = "", .roles = roles };
	enum rc rc = account_create(store, pool, &values, password, "system", "", out);

	return rc == RC_CONFLICT ? RC_EXISTS : rc;
}

bool account_is_idle(const struct store *store, const struct account *account, int64_t now_ms)
{
	int64_t days = store->settings->idle_account_days;
	int64_t used = account->used_at > account->created_at ? account->used_at : account->created_at;

	return days > 0 && now_ms - used > days * WHEN_DAY_MS;
}

bool account_is_shut(const struct store *store, const struct account *account, int64_t now_ms)
{
	return account->locked || account->starts_at > now_ms ||
			(account->ends_at != 0 && account->ends_at <= now_ms) ||
			account_is_idle(store, account, now_ms);
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
