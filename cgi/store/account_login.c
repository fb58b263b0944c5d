/*
 * account_login.c: checking a name and a password, and counting failures per account and device.
 *
 * A device is known to an account when its cookie was set by a successful login of that account;
 * auth.db keeps the cookie's hash; a paired tablet is known to every account. All other devices share one count per account, so that a phone
 * on the Wi-Fi can lock itself out of an account, but never the clerk's tablet. Counts are in
 * run.db and run on CLOCK_BOOTTIME: moving the wall clock ends no wait. They stand under a few
 * characters of the name's hash: what was typed as a name may have been a password, and names that
 * a stranger makes up must not fill the memory. Two names of one key only make strangers wait for
 * each other.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/password.h"
#include "store/account.h"
#include "store/account_row.h"
#include "store/session.h"

#define FAILURES_MAX 5
#define WAIT_MS (INT64_C(15) * 60 * 1000)
#define DEVICES_KEPT 20
#define KEY_CHARS 3		/* 4096 keys */

static void hash_hex(const char *text, char out[2 * HASH_SIZE + 1])
{
	uint8_t digest[HASH_SIZE];

	hash_sha256(text, strlen(text), digest);
	hex_encode(digest, sizeof(digest), out);
}

/* Reads the account with its password hash. RC_NOT_FOUND: nobody of that name. */
static enum rc account_secret(struct store *store, struct pool *pool, const char *login,
		struct account *out, char **hash)
{
	struct stmt *stmt;
	bool row = false;
	enum rc rc;

	*hash = NULL;
	stmt = db_stmt(store->auth, "SELECT " ACCOUNT_COLUMNS ", hash FROM account WHERE login = $1");
	stmt_text(stmt, 1, login);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	account_row_read(stmt, pool, out);
	*hash = stmt_col_dup(stmt, ACCOUNT_HASH_COLUMN, pool);
	stmt_reset(stmt);
	return RC_OK;
}

static enum rc device_known(struct store *store, const char *account, const char *device_hash,
		bool *known)
{
	struct stmt *stmt = db_stmt(store->auth, "SELECT 1 FROM device WHERE account = $1 AND hash = $2 "
			"UNION ALL SELECT 1 FROM paired WHERE hash = $2 AND ended_at = 0 LIMIT 1");
	enum rc rc;

	stmt_text(stmt, 1, account);
	stmt_text(stmt, 2, device_hash);
	rc = stmt_step(stmt, known);
	if (rc == RC_OK && *known)
		stmt_reset(stmt);
	return rc;
}

static enum rc wait_left(struct store *store, const char *key, const char *device, int64_t *left_ms)
{
	struct stmt *stmt = db_stmt(store->run, "SELECT until_ms FROM attempt "
			"WHERE login = $1 AND device = $2 AND boot = $3");
	bool row = false;
	enum rc rc;

	*left_ms = 0;
	stmt_text(stmt, 1, key);
	stmt_text(stmt, 2, device);
	stmt_text(stmt, 3, session_boot());
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	*left_ms = stmt_col_int(stmt, 0) - when_boottime_ms();
	stmt_reset(stmt);
	return RC_OK;
}

/* One more failure; the fifth starts the wait, and so does each one after it. */
static enum rc failure_add(struct store *store, const char *key, const char *device)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "INSERT INTO attempt (login, device, boot, count, until_ms) "
			"VALUES ($1, $2, $3, 1, 0) ON CONFLICT (login, device) DO UPDATE SET "
			"count = CASE WHEN attempt.boot <> $3 OR (attempt.until_ms > 0 AND "
			"attempt.until_ms <= $4) THEN 1 ELSE attempt.count + 1 END, "
			"until_ms = CASE WHEN attempt.boot = $3 AND attempt.until_ms > $4 THEN attempt.until_ms "
			"WHEN attempt.boot = $3 AND attempt.until_ms = 0 AND attempt.count + 1 >= $5 "
			"THEN $4 + $6 ELSE 0 END, boot = $3");
	stmt_text(stmt, 1, key);
	stmt_text(stmt, 2, device);
	stmt_text(stmt, 3, session_boot());
	stmt_int(stmt, 4, when_boottime_ms());
	stmt_int(stmt, 5, FAILURES_MAX);
	stmt_int(stmt, 6, WAIT_MS);
	rc = stmt_run(stmt);
	if (rc != RC_OK) {
		db_write_abort(store->run);
		return rc;
	}
	return db_write_commit(store->run);
}

static enum rc failures_clear(struct store *store, const char *key, const char *device)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "DELETE FROM attempt WHERE login = $1 AND device = $2");
	stmt_text(stmt, 1, key);
	stmt_text(stmt, 2, device);
	rc = stmt_run(stmt);
	if (rc != RC_OK) {
		db_write_abort(store->run);
		return rc;
	}
	return db_write_commit(store->run);
}

enum rc account_login_failed(struct store *store, const struct account *account,
		const char *device)
{
	char device_hash[2 * HASH_SIZE + 1], key[2 * HASH_SIZE + 1];
	bool known = false;
	enum rc rc = RC_OK;

	hash_hex(device, device_hash);
	hash_hex(account->login, key);
	key[KEY_CHARS] = '\0';
	if (device[0] != '\0')
		rc = device_known(store, account->id, device_hash, &known);
	for (int i = 0; rc == RC_OK && i < FAILURES_MAX; i++)
		rc = failure_add(store, key, known ? device_hash : "");
	return rc;
}

/* Apart from the failures of the password, which a right one forgets. */
static void code_key(const struct account *account, char key[2 * HASH_SIZE + 1])
{
	char text[80];

	(void)snprintf(text, sizeof(text), "code %s", account->id);
	hash_hex(text, key);
	key[KEY_CHARS] = '\0';
}

enum rc account_code_wait(struct store *store, const struct account *account, int64_t *wait_s)
{
	char key[2 * HASH_SIZE + 1];
	int64_t left_ms = 0;
	enum rc rc;

	code_key(account, key);
	rc = wait_left(store, key, "", &left_ms);
	*wait_s = left_ms > 0 ? (left_ms + 999) / 1000 : 0;
	return rc;
}

enum rc account_code_tried(struct store *store, const struct account *account, bool good)
{
	char key[2 * HASH_SIZE + 1];

	code_key(account, key);
	return good ? failures_clear(store, key, "") : failure_add(store, key, "");
}

enum rc account_login_device(struct store *store, const char *account, const char *device)
{
	char device_hash[2 * HASH_SIZE + 1];
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->auth);

	if (rc != RC_OK)
		return rc;
	hash_hex(device, device_hash);
	stmt = db_stmt(store->auth, "INSERT INTO device (account, hash, at) VALUES ($1, $2, $3) "
			"ON CONFLICT (account, hash) DO UPDATE SET at = $3");
	stmt_text(stmt, 1, account);
	stmt_text(stmt, 2, device_hash);
	stmt_int(stmt, 3, when_now_ms());
	rc = stmt_run(stmt);
	if (rc == RC_OK) {
		stmt = db_stmt(store->auth, "DELETE FROM device WHERE account = $1 AND hash NOT IN "
				"(SELECT hash FROM device WHERE account = $1 ORDER BY at DESC LIMIT $2)");
		stmt_text(stmt, 1, account);
		stmt_int(stmt, 2, DEVICES_KEPT);
		rc = stmt_run(stmt);
	}
	if (rc != RC_OK) {
		db_write_abort(store->auth);
		return rc;
	}
	return db_write_commit(store->auth);
}

enum rc account_forget_failures(struct store *store, const char *login)
{
	char key[2 * HASH_SIZE + 1];
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	hash_hex(login, key);
	key[KEY_CHARS] = '\0';
	stmt = db_stmt(store->run, "DELETE FROM attempt WHERE login = $1");
	stmt_text(stmt, 1, key);
	rc = stmt_run(stmt);
	if (rc != RC_OK) {
		db_write_abort(store->run);
		return rc;
	}
	return db_write_commit(store->run);
}

/* Is somebody else there who may manage accounts? An idle manager is let in only when nobody is: a
 * clock that jumped ahead must not shut the point for good. */
static enum rc other_manager(struct store *store, const struct account *account, bool *there)
{
	int64_t now = when_now_ms(), days = store->settings->idle_account_days;
	struct stmt *stmt = db_stmt(store->auth, "SELECT 1 FROM account WHERE id <> $1 AND "
			"(roles & $2) <> 0 AND locked = 0 AND starts_at <= $3 AND "
			"(ends_at = 0 OR ends_at > $3) AND (used_at > $4 OR created_at > $4) LIMIT 1");
	enum rc rc;

	stmt_text(stmt, 1, account->id);
	stmt_int(stmt, 2, ROLE_MANAGER);
	stmt_int(stmt, 3, now);
	stmt_int(stmt, 4, now - days * WHEN_DAY_MS);
	rc = stmt_step(stmt, there);
	if (rc == RC_OK && *there)
		stmt_reset(stmt);
	return rc;
}

static enum rc may_enter(struct store *store, const struct account *account)
{
	int64_t now = when_now_ms();
	struct account awake = *account;
	bool other = false;
	enum rc rc = RC_OK;

	if (!account_is_shut(store, account, now))
		return RC_OK;
	awake.used_at = now;
	if (account_is_shut(store, &awake, now) || !(account->roles & ROLE_MANAGER))
		return RC_CONFLICT;
	rc = other_manager(store, account, &other);
	return rc == RC_OK && other ? RC_CONFLICT : rc;
}

/* Once a day is enough to know whether an account is used. */
static enum rc account_used(struct store *store, const struct account *account)
{
	int64_t now = when_now_ms();
	struct stmt *stmt;
	enum rc rc;

	if (now - account->used_at < WHEN_DAY_MS && now >= account->used_at)
		return RC_OK;
	rc = db_write_begin(store->auth);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "UPDATE account SET used_at = $2 WHERE id = $1");
	stmt_text(stmt, 1, account->id);
	stmt_int(stmt, 2, now);
	rc = stmt_run(stmt);
	if (rc != RC_OK) {
		db_write_abort(store->auth);
		return rc;
	}
	return db_write_commit(store->auth);
}

enum rc account_login(struct store *store, struct pool *pool, const char *login,
		const char *password, const char *device, struct account *out, int64_t *wait_s)
{
	char device_hash[2 * HASH_SIZE + 1], key[2 * HASH_SIZE + 1];
	const char *counted = "";
	char *hash = NULL;
	bool known = false, matches = false;
	int64_t left_ms = 0;
	enum rc rc;

	*wait_s = 0;
	hash_hex(device, device_hash);
	hash_hex(login, key);
	key[KEY_CHARS] = '\0';
	rc = account_secret(store, pool, login, out, &hash);
	if (rc == RC_OK && *device)
		rc = device_known(store, out->id, device_hash, &known);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (known)
		counted = device_hash;
	rc = wait_left(store, key, counted, &left_ms);
	if (rc != RC_OK)
		return rc;
	if (left_ms > 0) {
		*wait_s = (left_ms + 999) / 1000;
		return RC_BUSY;
	}
	/* A name that nobody has costs the same work and the same answer. Strangers do not queue: a flood
	 * of them keeps one worker busy and never all. */
	rc = password_check(hash, password, known ? PASSWORD_WAIT_MS : 0, &matches);
	if (rc != RC_OK)
		return rc;
	if (!hash || !matches) {
		rc = failure_add(store, key, counted);
		return rc == RC_OK ? RC_DENIED : rc;
	}
	rc = failures_clear(store, key, counted);
	if (rc != RC_OK)
		return rc;
	rc = may_enter(store, out);
	if (rc == RC_OK)
		rc = account_used(store, out);
	if (rc == RC_OK && *device && !known)
		rc = account_login_device(store, out->id, device);
	return rc;
}
