/*
 * slip.c: secrets of slips, and their check by the public; see slip.h. What public.db holds is
 * written by slip_publish.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "dossier/code.h"
#include "store/slip.h"
#include "store/slip_key.h"

#define SECRET_SIZE 16
#define TYPED_BYTES 5		/* 40 bit: 8 characters */
#define ATTEMPTS_MAX 10
#define HOUR_MS INT64_C(3600000)
#define BUCKETS 4096u

enum rc slip_key_read(const struct settings *settings, const char *name, uint8_t key[SLIP_KEY_SIZE])
{
	struct pool *pool = pool_new();
	char *text = NULL;
	size_t len = 0;
	enum rc rc;

	rc = file_read(pool, pool_printf(pool, "%s/%s", settings->web_key_dir, name), 128, &text, &len);
	if (rc == RC_OK) {
		text[strcspn(text, "\r\n")] = '\0';
		rc = hex_decode(text, key, SLIP_KEY_SIZE);
		if (rc != RC_OK)
			log_error("slip key=%s: not 64 hex digits", name);
	}
	pool_free(pool);
	return rc == RC_OK ? RC_OK : RC_CONFIG;
}

/* HMAC(seed, what ‖ dossier ‖ slip no in decimal). */
static void derive(const uint8_t seed[SLIP_KEY_SIZE], const char *what, const uint8_t dossier[16],
		int64_t slip_no, uint8_t out[HASH_SIZE])
{
	uint8_t text[64];
	size_t len = strlen(what);
	int digits;

	memcpy(text, what, len);
	memcpy(text + len, dossier, 16);
	len += 16;
	digits = snprintf((char *)text + len, sizeof(text) - len, "%lld", (long long)slip_no);
	hash_hmac(seed, SLIP_KEY_SIZE, text, len + (size_t)digits, out);
}

void slip_key_hash(const uint8_t key[SLIP_KEY_SIZE], bool typed, const void *secret, size_t len,
		char out[2 * HASH_SIZE + 1])
{
	uint8_t text[48], digest[HASH_SIZE];
	const char *what = typed ? "typed" : "qr";
	size_t prefix = strlen(what);

	if (len > sizeof(text) - prefix)
		log_bug("slip secret too long");
	memcpy(text, what, prefix);
	memcpy(text + prefix, secret, len);
	hash_hmac(key, SLIP_KEY_SIZE, text, prefix + len, digest);
	hex_encode(digest, sizeof(digest), out);
}

enum rc slip_make(struct store *store, const uint8_t dossier[16], int64_t slip_no,
		struct slip_secret *out)
{
	/* Read once: a worker prints many slips. */
	static uint8_t seed[SLIP_KEY_SIZE], key[SLIP_KEY_SIZE];
	static bool have;
	uint8_t digest[HASH_SIZE];
	enum rc rc;

	if (!have) {
		rc = slip_key_read(store->settings, "slip.seed", seed);
		if (rc == RC_OK)
			rc = slip_key_read(store->settings, "slip.key", key);
		if (rc != RC_OK)
			return rc;
		have = true;
	}
	derive(seed, "qr", dossier, slip_no, digest);
	hex_encode(digest, SECRET_SIZE, out->qr);
	slip_key_hash(key, false, digest, SECRET_SIZE, out->hash);
	derive(seed, "typed", dossier, slip_no, digest);
	base32_encode(digest, TYPED_BYTES, out->typed);
	slip_key_hash(key, true, out->typed, strlen(out->typed), out->typed_hash);
	return RC_OK;
}

enum rc slip_is_printed(struct store *store, const uint8_t dossier[16], int64_t slip_no,
		const struct slip_secret *secret, bool *is)
{
	struct stmt *stmt = db_stmt(store->tram, "SELECT hash FROM dossier_slip WHERE board = $1 "
			"AND dossier = $2 AND no = $3");
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_blob(stmt, 2, dossier, EVENT_ID_SIZE);
	stmt_int(stmt, 3, slip_no);
	rc = stmt_step(stmt, &row);
	*is = true;	/* none is recorded: this one will be */
	if (rc == RC_OK && row) {
		*is = strcmp(stmt_col_text(stmt, 0), secret->hash) == 0;
		stmt_reset(stmt);
	}
	return rc;
}

/* ---- the public's half: public.db alone ---- */

struct slip_try {
	const char *code;		/* canonical */
	bool typed;
	uint8_t secret[SECRET_SIZE];
	char text[TYPED_BYTES * 2];	/* typed form, canonical */
	bool usable;
};

static void read_try(struct pool *pool, const char *code, const char *secret, struct slip_try *out)
{
	char *copy = pool_strdup(pool, code);
	size_t len = strlen(secret);

	memset(out, 0, sizeof(*out));
	for (char *c = copy; *c; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
	copy += strspn(copy, " ");
	copy[strcspn(copy, " ")] = '\0';
	out->code = copy;
	if (len == 2 * SECRET_SIZE && hex_decode(secret, out->secret, SECRET_SIZE) == RC_OK) {
		out->usable = true;
		return;
	}
	out->typed = true;
	out->usable = base32_clean(secret, out->text, sizeof(out->text)) == RC_OK
			&& strlen(out->text) == 8;
}

/* Failures are counted per slip; of codes nobody has, per bucket, so that a scan of numbers neither
 * fills the table nor looks different from a scan of secrets. */
static const char *counter_of(struct pool *pool, const struct slip_try *try, const char *slip)
{
	uint8_t digest[HASH_SIZE];

	if (slip)
		return pool_printf(pool, "s:%s", slip);
	hash_sha256(try->code, strlen(try->code), digest);
	return pool_printf(pool, "n:%u", (unsigned)(digest[0] << 8 | digest[1]) % BUCKETS);
}

static enum rc attempts_get(struct store *store, const char *name, int64_t hour, int64_t *count)
{
	struct stmt *stmt = db_stmt(store->pub, "SELECT count FROM attempt WHERE hour = $1 AND name = $2");
	bool row = false;
	enum rc rc;

	*count = 0;
	stmt_int(stmt, 1, hour);
	stmt_text(stmt, 2, name);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*count = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

static enum rc attempt_add(struct store *store, const char *name, int64_t hour)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->pub);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->pub, "INSERT INTO attempt (hour, name, count) VALUES ($1, $2, 1) "
			"ON CONFLICT (hour, name) DO UPDATE SET count = attempt.count + 1");
	stmt_int(stmt, 1, hour);
	stmt_text(stmt, 2, name);
	rc = stmt_run(stmt);
	if (rc == RC_OK) {
		stmt = db_stmt(store->pub, "DELETE FROM attempt WHERE hour < $1");
		stmt_int(stmt, 1, hour - 1);
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		return db_write_commit(store->pub);
	db_write_abort(store->pub);
	return rc;
}

static bool matches(const struct slip_try *try, const void *key, size_t key_len, const char *hash,
		const char *typed_hash)
{
	char digest[2 * HASH_SIZE + 1];

	if (key_len != SLIP_KEY_SIZE)
		return false;
	if (try->typed)
		slip_key_hash(key, true, try->text, strlen(try->text), digest);
	else
		slip_key_hash(key, false, try->secret, SECRET_SIZE, digest);
	return hash_equal(digest, try->typed ? typed_hash : hash, 2 * HASH_SIZE) && try->usable;
}

static void read_status(struct stmt *stmt, struct pool *pool, struct slip_status *out)
{
	size_t len = 0;
	const void *id;

	memset(out, 0, sizeof(*out));
	out->code = stmt_col_dup(stmt, 3, pool);
	out->official = stmt_col_dup(stmt, 4, pool);
	out->replaced = stmt_col_int(stmt, 5) != 0;
	out->state = (int)stmt_col_int(stmt, 6);
	out->has_due = stmt_col_int(stmt, 7) != 0;
	out->due_at = stmt_col_int(stmt, 8);
	out->due_certain = stmt_col_int(stmt, 9) != 0;
	out->received_at = stmt_col_int(stmt, 10);
	out->updated_at = stmt_col_int(stmt, 11);
	out->point_name = stmt_col_dup(stmt, 12, pool);
	out->point_address = stmt_col_dup(stmt, 13, pool);
	out->point_phone = stmt_col_dup(stmt, 14, pool);
	out->bring = "lookup.bring";
	out->board = stmt_col_dup(stmt, 15, pool);
	out->receipt_seq = stmt_col_int(stmt, 17);
	out->receipt_code = stmt_col_dup(stmt, 18, pool);
	out->receipt_at = stmt_col_int(stmt, 19);
	id = stmt_col_blob(stmt, 16, &len);
	if (len == sizeof(out->dossier))
		memcpy(out->dossier, id, len);
}

/* Every slip of the code, replaced ones too. *slip: the provisional code of the newest, whichever of
 * its codes was asked for, so that both count as one; NULL: there is none. */
static enum rc find_slip(struct store *store, struct pool *pool, const struct slip_try *try,
		const char **slip, bool *found, struct slip_status *out)
{
	static const uint8_t nobody[SLIP_KEY_SIZE];
	struct stmt *stmt = db_stmt(store->pub, "SELECT p.slip_key, s.hash, s.typed_hash, s.code, "
			"s.official, s.replaced, s.state, s.has_due, s.due_at, s.due_certain, s.received_at, "
			"s.updated_ms, p.name, p.address, p.phone, s.board, s.dossier, "
			"s.receipt_seq, s.receipt_code, s.receipt_at FROM slip s JOIN point p ON p.board = s.board "
			"WHERE s.code = $1 OR s.official = $1 ORDER BY s.no DESC");
	bool row = false;
	enum rc rc;

	*slip = NULL;
	*found = false;
	stmt_text(stmt, 1, *try->code ? try->code : "-");
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		size_t len = 0;
		const void *key = stmt_col_blob(stmt, 0, &len);

		if (!*slip)
			*slip = stmt_col_dup(stmt, 3, pool);
		if (!*found && matches(try, key, len, stmt_col_text(stmt, 1), stmt_col_text(stmt, 2))) {
			*found = true;
			read_status(stmt, pool, out);
		}
	}
	/* Nobody's slip costs what a wrong secret costs. */
	if (rc == RC_OK && !*slip)
		(void)matches(try, nobody, sizeof(nobody), "0000000000000000000000000000000000000000000000000000000000000000",
				"0000000000000000000000000000000000000000000000000000000000000000");
	return rc;
}

enum rc slip_lookup(struct store *store, struct pool *pool, const char *code, const char *secret,
		struct slip_status *out)
{
	int64_t hour = when_now_ms() / HOUR_MS, count = 0;
	bool found = false;
	struct slip_try try;
	const char *counter, *slip;
	enum rc rc;

	read_try(pool, code, secret, &try);
	rc = find_slip(store, pool, &try, &slip, &found, out);
	if (rc != RC_OK)
		return rc;
	counter = counter_of(pool, &try, slip);
	rc = attempts_get(store, counter, hour, &count);
	if (rc != RC_OK)
		return rc;
	/* 128 bits cannot be guessed: who holds the right QR is answered even while somebody else
	 * spends the attempts of its number. */
	if (found && (!try.typed || count < ATTEMPTS_MAX))
		return RC_OK;
	if (count >= ATTEMPTS_MAX)
		return RC_BUSY;
	rc = attempt_add(store, counter, hour);
	return rc == RC_OK ? RC_NOT_FOUND : rc;
}
