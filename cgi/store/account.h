/*
 * account.h: people who log in (auth.db): board clerks and officials, or the center's officers.
 */
#ifndef TRAM_STORE_ACCOUNT_H
#define TRAM_STORE_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "crypt/hotp.h"
#include "store/store.h"

/* Roles of COUNTER: bits; one person may hold several. */
#define ROLE_INTAKE 1u		/* tiếp nhận */
#define ROLE_CASHIER 2u		/* thu tiền */
#define ROLE_SCANNER 4u		/* số hóa */
#define ROLE_SPECIALIST 8u	/* chuyên viên */
#define ROLE_SIGNER 16u		/* người ký */
#define ROLE_CLERK_SEAL 32u	/* văn thư */
#define ROLE_APPROVER 64u	/* người duyệt */
#define ROLE_RETURNER 128u	/* trả kết quả */
#define ROLE_GUIDE 256u		/* hướng dẫn */
#define ROLE_MANAGER 512u	/* quản lý */
#define ROLE_TECHNICIAN 1024u	/* kỹ thuật */
#define ROLE_OFFICER 2048u	/* cán bộ tỉnh (center) */

struct account {
	char id[48];			/* "u-" + 16 hex; the center's "c-" + 16 hex */
	const char *login, *name, *title;
	const char *employer;		/* "commune", "vertical", "post", "business" or "" */
	const char *unit;		/* its name and the room, as people say it */
	unsigned roles;
	bool locked, must_change;
	bool otp;			/* a second factor is asked for */
	int64_t starts_at, ends_at;	/* 0: at once; open end */
	int64_t used_at;		/* last login, to the day; 0: never */
	int64_t created_at;
	const char *counter;		/* "1": the counter last chosen, "" */
	/* Not in a session's copy ("" there): who stands in while this person is away; which procedures
	 * are this person's own, codes with a blank between, "" for all. */
	const char *substitute, *procedures;
};

/* How many days an account may lie unused before it opens no more (settings; 0: any number). */
bool account_is_idle(const struct store *store, const struct account *account, int64_t now_ms);
/* Locked, before its start, after its end, or idle. */
bool account_is_shut(const struct store *store, const struct account *account, int64_t now_ms);

enum rc account_add(struct store *store, struct pool *pool, const char *login, const char *name,
		const char *title, unsigned roles, const char *password, struct account *out) MUST_CHECK;
/* The same with a password that is hashed already (password_hash), which stays: first boot. */
enum rc account_add_encoded(struct store *store, struct pool *pool, const char *login, const char *name,
		const char *title, unsigned roles, const char *encoded, struct account *out) MUST_CHECK;
enum rc account_by_login(struct store *store, struct pool *pool, const char *login,
		struct account *out) MUST_CHECK;
enum rc account_by_id(struct store *store, struct pool *pool, const char *id,
		struct account *out) MUST_CHECK;
enum rc account_list(struct store *store, struct pool *pool, struct account **rows,
		size_t *count) MUST_CHECK;
/* ---- account_change.c: what people change; on a board each change becomes an account.changed in the
 * journal (and signer.changed where it is about a signer), by way of the outbox. actor: who did it,
 * an account id or "system". ---- */
/* id, login … of values but locked, counter and times of use; the password must be changed at the first
 * login. form_id: of the form that asked ("" none): RC_EXISTS when it made an account already
 * (account_of_form). RC_CONFLICT: the login is taken. */
enum rc account_create(struct store *store, struct pool *pool, const struct account *values,
		const char *password, const char *actor, const char *form_id,
		struct account *out) MUST_CHECK;
/* Everything of values but login, password, lock and counter; sessions see it at once where run.db
 * is open. */
enum rc account_edit(struct store *store, const char *id, const struct account *values,
		const char *actor) MUST_CHECK;
/* The account that this form made or gave a password; RC_NOT_FOUND. */
enum rc account_of_form(struct store *store, const char *form_id, char id[48]) MUST_CHECK;
/* form_id as in account_create: RC_EXISTS. */
enum rc account_reset(struct store *store, const char *id, const char *password,
		const char *actor, const char *form_id) MUST_CHECK;
enum rc account_set_password(struct store *store, const char *id, const char *password,
		bool must_change, const char *actor) MUST_CHECK;
/* Unlocking also ends an idle account's rest. */
enum rc account_set_locked(struct store *store, const char *id, bool locked,
		const char *actor) MUST_CHECK;

/* Turns what waits in the outbox into events, each exactly once (account_outbox.c). Cheap when
 * nothing waits. Not inside a write. */
enum rc account_outbox_flush(struct store *store) MUST_CHECK;
/* ---- account_otp.c: the second factor, HOTP (RFC 4226) ---- */
/* A new key, not yet asked for; nothing where one is in use. */
enum rc account_otp_begin(struct store *store, const char *id, uint8_t key[HOTP_KEY_SIZE]) MUST_CHECK;
/* The code of now or one of the next ten; the counter goes past it. begins: the first code of a new
 * key, which switches it on. RC_DENIED. */
enum rc account_otp_check(struct store *store, const char *id, const char *code,
		bool begins) MUST_CHECK;
/* Asked for no more; the password must be changed at the next login. */
enum rc account_otp_end(struct store *store, const char *id, const char *actor) MUST_CHECK;
/* After the right password: token (33 bytes) stands for it three minutes, until the code comes. */
enum rc account_otp_wait(struct store *store, const char *program, const char *id, const char *next,
		char token[33]) MUST_CHECK;
/* RC_DENIED: wrong code; RC_NOT_FOUND: too late, or five wrong codes; RC_CONFLICT: shut meanwhile. */
enum rc account_otp_enter(struct store *store, struct pool *pool, const char *program,
		const char *token, const char *code, const char *device, struct account *out,
		char **next) MUST_CHECK;
/* Codes of the second factor asked for outside a login: how long the account must wait; one more try,
 * good or not. */
enum rc account_code_wait(struct store *store, const struct account *account,
		int64_t *wait_s) MUST_CHECK;
enum rc account_code_tried(struct store *store, const struct account *account, bool good) MUST_CHECK;
/* Five failures at once: the device must wait. */
enum rc account_login_failed(struct store *store, const struct account *account,
		const char *device) MUST_CHECK;

/* Failures of an account are forgotten, on all devices. */
enum rc account_forget_failures(struct store *store, const char *login) MUST_CHECK;
enum rc account_set_counter(struct store *store, const char *id, const char *counter) MUST_CHECK;
/* Role names "intake,cashier" ↔ bits. */
enum rc account_roles_parse(const char *text, unsigned *roles) MUST_CHECK;
void account_roles_text(unsigned roles, char *out, size_t out_size);

/*
 * Login. Failures are counted per account and device: a device is a random cookie set at its first
 * successful login; an unknown device shares one count per account ("strangers"), so that a
 * stranger's phone never locks a known tablet out. 5 failures → 15 minutes (CLOCK_BOOTTIME).
 * RC_OK; RC_DENIED: wrong name or password (alike in time and answer); RC_BUSY: this device must
 * wait, *wait_s, or with *wait_s 0 another password is being checked: try again; RC_CONFLICT: right password but the account is locked or ended.
 */
enum rc account_login(struct store *store, struct pool *pool, const char *login,
		const char *password, const char *device, struct account *out, int64_t *wait_s) MUST_CHECK;
/* This person logged in on this device (its cookie's value): it is known from now on. Of too many
 * devices the oldest are forgotten. account_login does it for a cookie that came with the login;
 * who sets a new cookie calls it. */
enum rc account_login_device(struct store *store, const char *account, const char *device) MUST_CHECK;

#endif
