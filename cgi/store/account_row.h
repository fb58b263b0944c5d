/*
 * account_row.h: how a row of auth.db becomes a struct account; for account*.c alone.
 */
#ifndef TRAM_STORE_ACCOUNT_ROW_H
#define TRAM_STORE_ACCOUNT_ROW_H

#include "store/account.h"

#define ACCOUNT_COLUMNS "id, login, name, title, employer, unit, roles, locked, must_change, " \
	"ends_at, counter, starts_at, used_at, created_at, substitute, procedures, otp_on"
#define ACCOUNT_HASH_COLUMN 17	/* of a query that selects ACCOUNT_COLUMNS ", hash" */

/* Columns as in ACCOUNT_COLUMNS; texts into pool. */
void account_row_read(struct stmt *stmt, struct pool *pool, struct account *out);

/* One line of the outbox, in the open write on auth.db. change: as KINDS.md lists them. */
enum rc account_outbox_add(struct store *store, const struct account *account, const char *change,
		const char *actor) MUST_CHECK;
/* The signer's name, title and term, where they changed: before or after NULL for none. */
enum rc account_outbox_signer(struct store *store, const struct account *before,
		const struct account *after, const char *actor) MUST_CHECK;

#endif
