/*
 * device.c: paired tablets, and opening a locked session on one by PIN.
 *
 * A PIN has a million values: no stretching makes a stolen table of them safe, and an argon2 would
 * queue behind every stranger's login. So it is a keyed hash: HMAC-SHA256 under a key derived from
 * slip.seed, which only the pages' programs can read and no copy holds. A PIN is worth something only
 * on its tablet, and only for a session that its owner opened there by password within session_hours.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "store/device.h"
#include "store/slip_key.h"

#define PEOPLE_MAX 50
#define DEVICES_MAX 200

static void cookie_hash(const char *cookie, char out[65])
{
	uint8_t digest[HASH_SIZE];

	hash_sha256(cookie, strlen(cookie), digest);
	hex_encode(digest, sizeof(digest), out);
}

static void read_row(struct stmt *stmt, struct pool *pool, struct device *out)
{
	memset(out, 0, sizeof(*out));
	(void)snprintf(out->hash, sizeof(out->hash), "%s", stmt_col_text(stmt, 0));
	(void)snprintf(out->id, sizeof(out->id), "%s", stmt_col_text(stmt, 1));
	out->name = stmt_col_dup(stmt, 2, pool);
	out->counter = stmt_col_dup(stmt, 3, pool);
	out->at = stmt_col_int(stmt, 4);
}

enum rc device_find(struct store *store, struct pool *pool, const char *cookie, struct device *out)
{
	char hash[65];
	struct stmt *stmt;
	bool row = false;
	enum rc rc;

	if (cookie[0] == '\0' || store->auth == NULL)
		return RC_NOT_FOUND;
	cookie_hash(cookie, hash);
	stmt = db_stmt(store->auth, "SELECT hash, id, name, counter, at FROM paired WHERE hash = $1 "
			"AND ended_at = 0");
	stmt_text(stmt, 1, hash);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	read_row(stmt, pool, out);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc device_pair(struct store *store, const char *cookie, const char *name, const char *counter,
		const char *actor)
{
	char hash[65], id[17];
	struct stmt *stmt;
	bool own = false;
	enum rc rc = db_write_enter(store->auth, &own);

	if (rc != RC_OK)
		return rc;
	cookie_hash(cookie, hash);
	random_hex(8, id);
	stmt = db_stmt(store->auth, "INSERT INTO paired (hash, id, name, counter, actor, at, ended_at) "
			"VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (hash) DO UPDATE SET "
			"name = $3, counter = $4, actor = $5, at = $6, ended_at = 0");
	stmt_text(stmt, 1, hash);
	stmt_text(stmt, 2, id);
	stmt_text(stmt, 3, name);
	stmt_text(stmt, 4, counter);
	stmt_text(stmt, 5, actor);
	stmt_int(stmt, 6, when_now_ms());
	rc = stmt_run(stmt);
	return db_write_leave(store->auth, own, rc);
}

enum rc device_part(struct store *store, const char *id)
{
	char hash[65] = "";
	struct stmt *stmt = db_stmt(store->auth, "SELECT hash FROM paired WHERE id = $1 AND ended_at = 0");
	bool row = false, own = false;
	enum rc rc;

	stmt_text(stmt, 1, id);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	(void)snprintf(hash, sizeof(hash), "%s", stmt_col_text(stmt, 0));
	stmt_reset(stmt);
	rc = db_write_enter(store->auth, &own);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "UPDATE paired SET ended_at = $2 WHERE hash = $1");
	stmt_text(stmt, 1, hash);
	stmt_int(stmt, 2, when_now_ms());
	rc = stmt_run(stmt);
	if (rc == RC_OK) {
		stmt = db_stmt(store->auth, "DELETE FROM pin WHERE device = $1");
		stmt_text(stmt, 1, hash);
		rc = stmt_run(stmt);
	}
	rc = db_write_leave(store->auth, own, rc);
	return rc == RC_OK ? session_end_device(store, hash) : rc;
}

enum rc device_list(struct store *store, struct pool *pool, struct device **rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->auth, "SELECT hash, id, name, counter, at FROM paired "
			"WHERE ended_at = 0 ORDER BY name, at LIMIT $1");
	bool row = false;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, DEVICES_MAX * sizeof(**rows));
	stmt_int(stmt, 1, DEVICES_MAX);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < DEVICES_MAX)
		read_row(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

/* ---- PIN ---- */

bool device_pin_may(unsigned roles)
{
	return (roles & (ROLE_MANAGER | ROLE_TECHNICIAN)) == 0;
}

const char *device_pin_fault(const char *pin)
{
	bool same = true, up = true, down = true;
	size_t i;

	if (strlen(pin) != DEVICE_PIN_DIGITS || strspn(pin, "0123456789") != DEVICE_PIN_DIGITS)
		return "pin.digits";
	for (i = 1; i < DEVICE_PIN_DIGITS; i++) {
		same = same && pin[i] == pin[0];
		up = up && pin[i] == pin[i - 1] + 1;
		down = down && pin[i] == pin[i - 1] - 1;
	}
	return same || up || down ? "pin.easy" : NULL;
}

static enum rc pin_hash(struct store *store, const struct device *device, const char *account,
		const char *pin, char out[2 * HASH_SIZE + 1])
{
	uint8_t seed[SLIP_KEY_SIZE], key[HASH_SIZE], digest[HASH_SIZE];
	char text[256];
	enum rc rc = slip_key_read(store->settings, "slip.seed", seed);
	int len;

	if (rc != RC_OK)
		return rc;
	hash_hmac(seed, sizeof(seed), "pin", 3, key);
	len = snprintf(text, sizeof(text), "%s\n%s\n%s", account, device->hash, pin);
	hash_hmac(key, sizeof(key), text, (size_t)len, digest);
	hex_encode(digest, sizeof(digest), out);
	memset(seed, 0, sizeof(seed));
	memset(key, 0, sizeof(key));
	memset(text, 0, sizeof(text));
	return RC_OK;
}

enum rc device_pin_set(struct store *store, const struct device *device, const char *account,
		const char *pin)
{
	char hash[2 * HASH_SIZE + 1];
	struct stmt *stmt;
	bool own = false;
	enum rc rc = pin_hash(store, device, account, pin, hash);

	if (rc == RC_OK)
		rc = db_write_enter(store->auth, &own);
	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->auth, "INSERT INTO pin (account, device, hash, at) VALUES ($1, $2, $3, $4) "
			"ON CONFLICT (account, device) DO UPDATE SET hash = $3, at = $4");
	stmt_text(stmt, 1, account);
	stmt_text(stmt, 2, device->hash);
	stmt_text(stmt, 3, hash);
	stmt_int(stmt, 4, when_now_ms());
	rc = stmt_run(stmt);
	return db_write_leave(store->auth, own, rc);
}

/* "" when there is none. */
static enum rc pin_read(struct store *store, const struct device *device, const char *account,
		char out[2 * HASH_SIZE + 1])
{
	struct stmt *stmt = db_stmt(store->auth, "SELECT hash FROM pin WHERE account = $1 AND device = $2");
	bool row = false;
	enum rc rc;

	out[0] = '\0';
	stmt_text(stmt, 1, account);
	stmt_text(stmt, 2, device->hash);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	(void)snprintf(out, 2 * HASH_SIZE + 1, "%s", stmt_col_text(stmt, 0));
	stmt_reset(stmt);
	return RC_OK;
}

enum rc device_pin_there(struct store *store, const struct device *device, const char *account,
		bool *there)
{
	char hash[2 * HASH_SIZE + 1];
	enum rc rc = pin_read(store, device, account, hash);

	*there = hash[0] != '\0';
	return rc;
}

/* ---- who rests here ---- */

/* A session of this tablet that is not over. */
static struct stmt *resting(struct store *store, const char *program, const struct device *device)
{
	struct stmt *stmt = db_stmt(store->run, "SELECT account, name, seen_ms, roles, pin_faults FROM "
			"session WHERE device = $1 AND program = $2 AND boot = $3 AND started_ms >= $4 "
			"AND (locked = 1 OR seen_ms < $5) ORDER BY seen_ms DESC LIMIT $6");
	const struct settings *settings = store->settings;
	int64_t now = when_boottime_ms();

	stmt_text(stmt, 1, device->hash);
	stmt_text(stmt, 2, program);
	stmt_text(stmt, 3, session_boot());
	stmt_int(stmt, 4, now - settings->session_hours * 3600000);
	stmt_int(stmt, 5, now - settings->idle_lock_minutes * 60000);
	stmt_int(stmt, 6, PEOPLE_MAX);
	return stmt;
}

enum rc device_people(struct store *store, struct pool *pool, const char *program,
		const struct device *device, struct device_person **rows, size_t *count)
{
	struct stmt *stmt = resting(store, program, device);
	bool row = false;
	size_t i;
	enum rc rc;

	*count = 0;
	*rows = pool_alloc(pool, PEOPLE_MAX * sizeof(**rows));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < PEOPLE_MAX) {
		struct device_person *person = &(*rows)[(*count)++];

		(void)snprintf(person->account, sizeof(person->account), "%s", stmt_col_text(stmt, 0));
		person->name = stmt_col_dup(stmt, 1, pool);
		person->seen_boot_ms = stmt_col_int(stmt, 2);
		person->by_pin = device_pin_may((unsigned)stmt_col_int(stmt, 3)) &&
				stmt_col_int(stmt, 4) < DEVICE_PIN_FAULTS;
	}
	stmt_reset(stmt);
	for (i = 0; rc == RC_OK && i < *count; i++) {
		bool there = false;

		rc = device_pin_there(store, device, (*rows)[i].account, &there);
		(*rows)[i].by_pin = (*rows)[i].by_pin && there;
	}
	return rc;
}

enum rc device_unlock(struct store *store, struct pool *pool, const char *program,
		const struct device *device, const char *account, const char *pin, char **token)
{
	char own[2 * HASH_SIZE + 1], given[2 * HASH_SIZE + 1];
	struct device_person *people;
	struct account now;
	size_t count = 0, i;
	enum rc rc = device_people(store, pool, program, device, &people, &count);

	for (i = 0; rc == RC_OK && i < count && strcmp(people[i].account, account) != 0;)
		i++;
	if (rc == RC_OK && i == count)
		rc = RC_NOT_FOUND;
	if (rc == RC_OK && !people[i].by_pin)
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = account_by_id(store, pool, account, &now);
	/* Locked, ended or made a manager meanwhile. */
	if (rc == RC_OK && (account_is_shut(store, &now, when_now_ms()) || now.must_change ||
			!device_pin_may(now.roles)))
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = pin_read(store, device, account, own);
	if (rc == RC_OK)
		rc = pin_hash(store, device, account, pin, given);
	if (rc != RC_OK)
		return rc;
	if (own[0] == '\0' || !hash_equal(own, given, 2 * HASH_SIZE)) {
		rc = session_pin_fault(store, program, device->hash, account);
		return rc == RC_OK ? RC_DENIED : rc;
	}
	return session_reopen(store, pool, program, device->hash, account, token);
}
