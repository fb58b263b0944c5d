/*
 * account_row.h: how a row of auth.db becomes a struct account; for account*.c alone.
 */
#ifndef TRAM_STORE_ACCOUNT_ROW_H
#define TRAM_STORE_ACCOUNT_ROW_H

#include "store/account.h"

#define ACCOUNT_COLUMNS "id, login, name, title, employer, unit, roles, locked, must_change, " \
	"ends_at, counter"
#define ACCOUNT_HASH_COLUMN 11	/* of a query that selects ACCOUNT_COLUMNS ", hash" */

/* Columns as in ACCOUNT_COLUMNS; texts into pool. */
void account_row_read(struct stmt *stmt, struct pool *pool, struct account *out);

#endif
