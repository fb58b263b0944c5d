/*
 * session.h: sessions in run.db (tmpfs, not durable). The cookie holds 32 random bytes; run.db
 * holds their hash. A GET writes nothing more often than once a minute.
 */
#ifndef TRAM_STORE_SESSION_H
#define TRAM_STORE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/account.h"
#include "store/store.h"

struct session {
	char token_hash[65];
	struct account account;		/* copied at login; re-read when auth.db says it changed (programs that open it) */
	char csrf[44];			/* session-bound token, base64url */
	bool locked;			/* idle: the person must log in again, work waits */
	int64_t started_boot_ms, seen_boot_ms;
	const char *counter;
	char device[65];		/* hash of the paired tablet it is on, "" */
};

/* The kernel's id of this boot: what is counted in CLOCK_BOOTTIME ends with it. */
const char *session_boot(void);
/* program: "intake", "admin", "center": a session belongs to one. *token: the cookie's value. */
/* device: hash of the paired tablet, "": none. On one tablet a person has one session: an older one
 * ends. */
enum rc session_new(struct store *store, struct pool *pool, const char *program,
		const struct account *account, const char *device, char **token) MUST_CHECK;
/* RC_NOT_FOUND: none or over. A session idle for idle_lock_minutes comes back with locked set. */
enum rc session_find(struct store *store, struct pool *pool, const char *program,
		const char *token, struct session *out) MUST_CHECK;
/* Gives up what session_find keeps in memory; store_close calls it. */
void session_forget(struct store *store);
enum rc session_touch(struct store *store, const struct session *session) MUST_CHECK;
enum rc session_set_locked(struct store *store, const struct session *session, bool locked) MUST_CHECK;
enum rc session_set_counter(struct store *store, const struct session *session,
		const char *counter) MUST_CHECK;
enum rc session_end(struct store *store, const struct session *session) MUST_CHECK;
/* All sessions of an account (locked, password reset). */
enum rc session_end_account(struct store *store, const char *account_id) MUST_CHECK;

/* All sessions on a tablet that is paired no more. */
enum rc session_end_device(struct store *store, const char *device) MUST_CHECK;
/* One more wrong PIN of this person on this tablet. */
enum rc session_pin_fault(struct store *store, const char *program, const char *device,
		const char *account) MUST_CHECK;
/* The locked session goes on under a new token and a new form token. RC_NOT_FOUND: it is over. */
enum rc session_reopen(struct store *store, struct pool *pool, const char *program,
		const char *device, const char *account, char **token) MUST_CHECK;
/* What changed of an account (name, title, roles …) is true in its open sessions at once. */
enum rc session_refresh(struct store *store, const struct account *account) MUST_CHECK;

#endif
