/*
 * account_otp.c: the second factor: a key shown once, a counter that never goes back, and the short
 * wait between the right password and the code. A code some steps ahead is taken (a code was made and
 * not used), one behind never.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/hotp.h"
#include "crypt/random.h"
#include "store/account.h"
#include "store/account_row.h"
#include "store/session.h"

#define AHEAD 10
#define WAIT_MS (3 * WHEN_MINUTE_MS)
#define FAULTS_MAX 5

/* One bound UPDATE on auth.db, with its line for the journal. */
static enum rc write(struct store *store, struct stmt *stmt, const char *id, const char *actor)
{
	struct pool *pool = pool_new();
	struct account account;
	enum rc rc = stmt_run(stmt);

	if (rc == RC_OK)
		rc = account_by_id(store, pool, id, &account);
	if (rc == RC_OK && actor != NULL)
		rc = account_outbox_add(store, &account, "changed", actor);
	rc = db_write_leave(store->auth, true, rc);
	pool_free(pool);
	return rc;
}

enum rc account_otp_begin(struct store *store, const char *id, uint8_t key[HOTP_KEY_SIZE])
{
	char hex[2 * HOTP_KEY_SIZE + 1];
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->auth);

	if (rc != RC_OK)
		return rc;
	random_bytes(key, HOTP_KEY_SIZE);
	hex_encode(key, HOTP_KEY_SIZE, hex);
	stmt = db_stmt(store->auth, "UPDATE account SET otp_key = $2, otp_counter = 0, otp_on = 0 "
			"WHERE id = $1 AND otp_on = 0");
	stmt_text(stmt, 1, id);
	stmt_text(stmt, 2, hex);
	rc = write(store, stmt, id, NULL);
	memset(hex, 0, sizeof(hex));
	return rc;
}

enum rc account_otp_check(struct store *store, const char *id, const char *code, bool begins)
{
	struct stmt *stmt;
	uint8_t key[HOTP_KEY_SIZE];
	char right[HOTP_DIGITS + 1];
	int64_t counter = 0;
	bool row = false, matches = false;
	enum rc rc = db_write_begin(store->auth);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "SELECT otp_key, otp_counter FROM account WHERE id = $1 AND "
			"otp_key <> '' AND otp_on = $2");
	stmt_text(stmt, 1, id);
	stmt_int(stmt, 2, !begins);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		rc = hex_decode(stmt_col_text(stmt, 0), key, sizeof(key));
		counter = stmt_col_int(stmt, 1);
		stmt_reset(stmt);
	}
	for (int ahead = 0; rc == RC_OK && row && ahead <= AHEAD && !matches;
			ahead++) {
		hotp_code(key, sizeof(key), (uint64_t)counter, right);
		matches = strlen(code) == HOTP_DIGITS && hash_equal(right, code, HOTP_DIGITS);
		counter++;
	}
	memset(key, 0, sizeof(key));
	if (rc == RC_OK && !matches)
		rc = RC_DENIED;
	if (rc != RC_OK) {
		db_write_abort(store->auth);
		return rc;
	}
	stmt = db_stmt(store->auth, "UPDATE account SET otp_counter = $2, otp_on = 1 WHERE id = $1");
	stmt_text(stmt, 1, id);
	stmt_int(stmt, 2, counter);
	return write(store, stmt, id, begins ? id : NULL);
}

enum rc account_otp_end(struct store *store, const char *id, const char *actor)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->auth);

	if (rc != RC_OK)
		return rc;
	/* A short password was good with two factors only: the next login asks for a new one. */
	stmt = db_stmt(store->auth, "UPDATE account SET otp_key = '', otp_counter = 0, otp_on = 0, "
			"must_change = 1 WHERE id = $1");
	stmt_text(stmt, 1, id);
	return write(store, stmt, id, actor);
}

/* ---- between password and code ---- */

static void token_hash(const char *token, char out[2 * HASH_SIZE + 1])
{
	uint8_t digest[HASH_SIZE];

	hash_sha256(token, strlen(token), digest);
	hex_encode(digest, sizeof(digest), out);
}

static enum rc run_write(struct store *store, struct stmt *stmt, enum rc rc)
{
	if (rc == RC_OK)
		rc = stmt_run(stmt);
	if (rc == RC_OK)
		return db_write_commit(store->run);
	db_write_abort(store->run);
	return rc;
}

enum rc account_otp_wait(struct store *store, const char *program, const char *id, const char *next,
		char token[33])
{
	char hash[2 * HASH_SIZE + 1];
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	random_hex(16, token);
	token_hash(token, hash);
	stmt = db_stmt(store->run, "DELETE FROM otp_wait WHERE boot <> $1 OR until_ms < $2 OR account = $3");
	stmt_text(stmt, 1, session_boot());
	stmt_int(stmt, 2, when_boottime_ms());
	stmt_text(stmt, 3, id);
	rc = stmt_run(stmt);
	stmt = db_stmt(store->run, "INSERT INTO otp_wait (hash, program, boot, account, next, faults, "
			"until_ms) VALUES ($1, $2, $3, $4, $5, 0, $6)");
	stmt_text(stmt, 1, hash);
	stmt_text(stmt, 2, program);
	stmt_text(stmt, 3, session_boot());
	stmt_text(stmt, 4, id);
	stmt_text(stmt, 5, next);
	stmt_int(stmt, 6, when_boottime_ms() + WAIT_MS);
	return run_write(store, stmt, rc);
}

static enum rc wait_end(struct store *store, const char *hash)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "DELETE FROM otp_wait WHERE hash = $1");
	stmt_text(stmt, 1, hash);
	return run_write(store, stmt, RC_OK);
}

static enum rc wait_fault(struct store *store, const char *hash)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "UPDATE otp_wait SET faults = faults + 1 WHERE hash = $1");
	stmt_text(stmt, 1, hash);
	return run_write(store, stmt, RC_OK);
}

enum rc account_otp_enter(struct store *store, struct pool *pool, const char *program,
		const char *token, const char *code, const char *device, struct account *out, char **next)
{
	struct stmt *stmt = db_stmt(store->run, "SELECT account, next, faults FROM otp_wait WHERE "
			"hash = $1 AND program = $2 AND boot = $3 AND until_ms > $4");
	char hash[2 * HASH_SIZE + 1];
	char *id = NULL;
	int64_t faults = 0;
	bool row = false;
	enum rc rc;

	token_hash(token, hash);
	stmt_text(stmt, 1, hash);
	stmt_text(stmt, 2, program);
	stmt_text(stmt, 3, session_boot());
	stmt_int(stmt, 4, when_boottime_ms());
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	id = stmt_col_dup(stmt, 0, pool);
	*next = stmt_col_dup(stmt, 1, pool);
	faults = stmt_col_int(stmt, 2);
	stmt_reset(stmt);
	rc = account_by_id(store, pool, id, out);
	if (rc == RC_OK && account_is_shut(store, out, when_now_ms()))
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = account_otp_check(store, id, code, false);
	if (rc == RC_DENIED && faults + 1 >= FAULTS_MAX) {
		/* As after five wrong passwords: who has the password may not go on guessing codes. */
		rc = account_login_failed(store, out, device);
		if (rc == RC_OK)
			rc = wait_end(store, hash);
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	}
	if (rc == RC_DENIED) {
		rc = wait_fault(store, hash);
		return rc == RC_OK ? RC_DENIED : rc;
	}
	if (rc == RC_OK)
		rc = wait_end(store, hash);
	return rc;
}
