/*
 * session.c: sessions in run.db; see session.h. Times are CLOCK_BOOTTIME of this boot, so that a
 * clock that jumps neither ends nor prolongs a session.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "store/session.h"

#define TOKEN_SIZE 32
#define TOUCH_MS 60000

const char *session_boot(void)
{
	static char boot[40];

	if (!*boot) {
		struct pool *pool = pool_new();
		char *text = NULL;
		size_t len = 0;

		/* Without it (no /proc) all sessions are of one boot, which is what tmpfs means anyway. */
		if (file_read(pool, "/proc/sys/kernel/random/boot_id", sizeof(boot), &text, &len) != RC_OK)
			text = "boot";
		(void)snprintf(boot, sizeof(boot), "%.*s", (int)strcspn(text, "\n"), text);
		pool_free(pool);
	}
	return boot;
}

static void token_digest(const char *token, char out[2 * HASH_SIZE + 1])
{
	uint8_t digest[HASH_SIZE];

	hash_sha256(token, strlen(token), digest);
	hex_encode(digest, sizeof(digest), out);
}

static void random_token(struct buf *out)
{
	uint8_t bytes[TOKEN_SIZE];

	random_bytes(bytes, sizeof(bytes));
	base64url_encode(bytes, sizeof(bytes), out);
}

/* Sessions of other boots and those past their hours go when a new one comes. */
static enum rc session_expire(struct store *store)
{
	struct stmt *stmt = db_stmt(store->run, "DELETE FROM session WHERE boot <> $1 OR started_ms < $2");

	stmt_text(stmt, 1, session_boot());
	stmt_int(stmt, 2, when_boottime_ms() - store->settings->session_hours * 3600000);
	return stmt_run(stmt);
}

static enum rc session_replace(struct store *store, const char *program, const char *account,
		const char *device)
{
	struct stmt *stmt = db_stmt(store->run, "DELETE FROM session WHERE device = $1 AND program = $2 "
			"AND account = $3");

	stmt_text(stmt, 1, device);
	stmt_text(stmt, 2, program);
	stmt_text(stmt, 3, account);
	return stmt_run(stmt);
}

enum rc session_new(struct store *store, struct pool *pool, const char *program,
		const struct account *account, const char *device, char **token)
{
	char digest[2 * HASH_SIZE + 1];
	struct buf secret = { 0 }, csrf = { 0 };
	struct stmt *stmt;
	enum rc rc;

	random_token(&secret);
	random_token(&csrf);
	*token = pool_strdup(pool, secret.data);
	token_digest(*token, digest);
	rc = db_write_begin(store->run);
	if (rc != RC_OK)
		goto out;
	rc = session_expire(store);
	if (rc == RC_OK && device[0] != '\0')
		rc = session_replace(store, program, account->id, device);
	if (rc != RC_OK)
		goto abort;
	stmt = db_stmt(store->run, "INSERT INTO session (token_hash, program, boot, account, login, name, "
			"title, employer, unit, roles, must_change, counter, csrf, locked, started_ms, seen_ms, "
			"device, procedures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
			"0, $14, $14, $15, $16)");
	stmt_text(stmt, 1, digest);
	stmt_text(stmt, 2, program);
	stmt_text(stmt, 3, session_boot());
	stmt_text(stmt, 4, account->id);
	stmt_text(stmt, 5, account->login);
	stmt_text(stmt, 6, account->name);
	stmt_text(stmt, 7, account->title);
	stmt_text(stmt, 8, account->employer);
	stmt_text(stmt, 9, account->unit);
	stmt_int(stmt, 10, account->roles);
	stmt_int(stmt, 11, account->must_change);
	stmt_text(stmt, 12, account->counter);
	stmt_text(stmt, 13, csrf.data);
	stmt_int(stmt, 14, when_boottime_ms());
	stmt_text(stmt, 15, device);
	stmt_text(stmt, 16, account->procedures != NULL ? account->procedures : "");
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		goto abort;
	rc = db_write_commit(store->run);
	goto out;
abort:
	db_write_abort(store->run);
out:
	buf_free(&secret);
	buf_free(&csrf);
	return rc;
}

static void session_read(struct stmt *stmt, struct pool *pool, struct session *out)
{
	struct account *account = &out->account;

	(void)snprintf(account->id, sizeof(account->id), "%s", stmt_col_text(stmt, 0));
	account->login = stmt_col_dup(stmt, 1, pool);
	account->name = stmt_col_dup(stmt, 2, pool);
	account->title = stmt_col_dup(stmt, 3, pool);
	account->employer = stmt_col_dup(stmt, 4, pool);
	account->unit = stmt_col_dup(stmt, 5, pool);
	account->roles = (unsigned)stmt_col_int(stmt, 6);
	account->must_change = stmt_col_int(stmt, 7) != 0;
	out->counter = stmt_col_dup(stmt, 8, pool);
	account->counter = out->counter;
	account->substitute = "";
	account->procedures = stmt_col_dup(stmt, 14, pool);
	(void)snprintf(out->csrf, sizeof(out->csrf), "%s", stmt_col_text(stmt, 9));
	out->locked = stmt_col_int(stmt, 10) != 0;
	out->started_boot_ms = stmt_col_int(stmt, 11);
	out->seen_boot_ms = stmt_col_int(stmt, 12);
	(void)snprintf(out->device, sizeof(out->device), "%s", stmt_col_text(stmt, 13));
}

/* ---- finding one ---- */

#define SEEN_MAX 8u

/* Those found since run.db last changed: every page asks for one of a handful. */
struct session_seen {
	struct pool *pool;
	int64_t generation;
	size_t count;
	struct { const char *program; struct session session; } rows[SEEN_MAX];
};

void session_forget(struct store *store)
{
	if (store->sessions != NULL)
		pool_free(store->sessions->pool);
	free(store->sessions);
	store->sessions = NULL;
}

static struct session_seen *seen_of(struct store *store)
{
	int64_t generation = db_generation(store->run);
	struct session_seen *seen = store->sessions;

	if (seen != NULL && seen->generation == generation && seen->count < SEEN_MAX)
		return seen;
	if (seen == NULL) {
		seen = calloc(1, sizeof(*seen));
		if (seen == NULL)
			log_fatal("session: out of memory");
		seen->pool = pool_new();
		store->sessions = seen;
	}
	pool_reset(seen->pool);
	seen->count = 0;
	seen->generation = generation;
	return seen;
}

/* Into the request's pool: what is kept here may go with the next write. */
static void session_copy(const struct session *from, struct pool *pool, struct session *out)
{
	*out = *from;
	out->account.login = pool_strdup(pool, from->account.login);
	out->account.name = pool_strdup(pool, from->account.name);
	out->account.title = pool_strdup(pool, from->account.title);
	out->account.employer = pool_strdup(pool, from->account.employer);
	out->account.unit = pool_strdup(pool, from->account.unit);
	out->account.procedures = pool_strdup(pool, from->account.procedures);
	out->counter = pool_strdup(pool, from->counter);
	out->account.counter = out->counter;
}

static enum rc session_load(struct store *store, struct session_seen *seen, const char *program,
		const char *token_hash)
{
	struct stmt *stmt = db_stmt(store->run, "SELECT account, login, name, title, employer, unit, "
			"roles, must_change, counter, csrf, locked, started_ms, seen_ms, device, procedures "
			"FROM session WHERE token_hash = $1 AND program = $2 AND boot = $3");
	struct session *session = &seen->rows[seen->count].session;
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, token_hash);
	stmt_text(stmt, 2, program);
	stmt_text(stmt, 3, session_boot());
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	memset(session, 0, sizeof(*session));
	memcpy(session->token_hash, token_hash, sizeof(session->token_hash));
	session_read(stmt, seen->pool, session);
	stmt_reset(stmt);
	seen->rows[seen->count].program = pool_strdup(seen->pool, program);
	return RC_OK;
}

enum rc session_find(struct store *store, struct pool *pool, const char *program,
		const char *token, struct session *out)
{
	const struct settings *settings = store->settings;
	int64_t now = when_boottime_ms();
	struct session_seen *seen;
	char digest[2 * HASH_SIZE + 1];
	size_t i = 0;
	enum rc rc = RC_OK;

	memset(out, 0, sizeof(*out));
	if (strlen(token) != 43)
		return RC_NOT_FOUND;
	token_digest(token, digest);
	seen = seen_of(store);
	while (i < seen->count && (strcmp(seen->rows[i].session.token_hash, digest) != 0 ||
			strcmp(seen->rows[i].program, program) != 0))
		i++;
	if (i == seen->count)
		rc = session_load(store, seen, program, digest);
	if (rc != RC_OK)
		return rc;
	session_copy(&seen->rows[i].session, pool, out);
	seen->count += i == seen->count;
	if (now - out->started_boot_ms > settings->session_hours * 3600000)
		return RC_NOT_FOUND;
	if (now - out->seen_boot_ms > settings->idle_lock_minutes * 60000)
		out->locked = true;
	return RC_OK;
}

/* Runs one bound statement of the open write and commits. */
static enum rc session_write(struct store *store, struct stmt *stmt)
{
	enum rc rc = stmt_run(stmt);

	if (rc != RC_OK) {
		db_write_abort(store->run);
		return rc;
	}
	return db_write_commit(store->run);
}

enum rc session_touch(struct store *store, const struct session *session)
{
	int64_t now = when_boottime_ms();
	struct stmt *stmt;
	enum rc rc;

	if (session->locked || now - session->seen_boot_ms < TOUCH_MS)
		return RC_OK;
	rc = db_write_begin(store->run);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "UPDATE session SET seen_ms = $2 WHERE token_hash = $1 AND locked = 0");
	stmt_text(stmt, 1, session->token_hash);
	stmt_int(stmt, 2, now);
	return session_write(store, stmt);
}

enum rc session_set_locked(struct store *store, const struct session *session, bool locked)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "UPDATE session SET locked = $2, seen_ms = $3 WHERE token_hash = $1");
	stmt_text(stmt, 1, session->token_hash);
	stmt_int(stmt, 2, locked);
	stmt_int(stmt, 3, when_boottime_ms());
	return session_write(store, stmt);
}

enum rc session_set_counter(struct store *store, const struct session *session, const char *counter)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "UPDATE session SET counter = $2 WHERE token_hash = $1");
	stmt_text(stmt, 1, session->token_hash);
	stmt_text(stmt, 2, counter);
	return session_write(store, stmt);
}

enum rc session_end(struct store *store, const struct session *session)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "DELETE FROM session WHERE token_hash = $1");
	stmt_text(stmt, 1, session->token_hash);
	return session_write(store, stmt);
}

enum rc session_end_account(struct store *store, const char *account_id)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "DELETE FROM session WHERE account = $1");
	stmt_text(stmt, 1, account_id);
	return session_write(store, stmt);
}

enum rc session_refresh(struct store *store, const struct account *account)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "UPDATE session SET name = $2, title = $3, employer = $4, unit = $5, "
			"roles = $6, procedures = $7 WHERE account = $1");
	stmt_text(stmt, 1, account->id);
	stmt_text(stmt, 2, account->name);
	stmt_text(stmt, 3, account->title);
	stmt_text(stmt, 4, account->employer);
	stmt_text(stmt, 5, account->unit);
	stmt_int(stmt, 6, account->roles);
	stmt_text(stmt, 7, account->procedures != NULL ? account->procedures : "");
	return session_write(store, stmt);
}

enum rc session_end_device(struct store *store, const char *device)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "DELETE FROM session WHERE device = $1 AND device <> ''");
	stmt_text(stmt, 1, device);
	return session_write(store, stmt);
}

enum rc session_pin_fault(struct store *store, const char *program, const char *device,
		const char *account)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->run, "UPDATE session SET pin_faults = pin_faults + 1, locked = 1 "
			"WHERE device = $1 AND program = $2 AND account = $3");
	stmt_text(stmt, 1, device);
	stmt_text(stmt, 2, program);
	stmt_text(stmt, 3, account);
	return session_write(store, stmt);
}

enum rc session_reopen(struct store *store, struct pool *pool, const char *program,
		const char *device, const char *account, char **token)
{
	char digest[2 * HASH_SIZE + 1];
	struct buf secret = { 0 }, csrf = { 0 };
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->run);

	random_token(&secret);
	random_token(&csrf);
	*token = pool_strdup(pool, secret.data);
	token_digest(*token, digest);
	if (rc == RC_OK) {
		stmt = db_stmt(store->run, "UPDATE session SET token_hash = $4, csrf = $5, locked = 0, "
				"pin_faults = 0, seen_ms = $6 WHERE device = $1 AND program = $2 AND "
				"account = $3");
		stmt_text(stmt, 1, device);
		stmt_text(stmt, 2, program);
		stmt_text(stmt, 3, account);
		stmt_text(stmt, 4, digest);
		stmt_text(stmt, 5, csrf.data);
		stmt_int(stmt, 6, when_boottime_ms());
		rc = session_write(store, stmt);
		if (rc == RC_OK && db_changes(store->run) == 0)
			rc = RC_NOT_FOUND;
	}
	buf_free(&secret);
	buf_free(&csrf);
	return rc;
}
