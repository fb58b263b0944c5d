/*
 * admin_import.h: people as pasted from a spreadsheet, into rows with what is wrong with each.
 */
#ifndef TRAM_ADMIN_ADMIN_IMPORT_H
#define TRAM_ADMIN_ADMIN_IMPORT_H

#include "admin/admin_accounts.h"

/* Each costs an argon2: more than these would keep the one worker too long. */
#define ADMIN_IMPORT_MAX 40

struct admin_import_row {
	const char *name, *login, *job, *employer, *unit;
	unsigned roles;
	const char *fault;	/* text key, NULL: fine */
	bool there;		/* the login has an account already: left as it is */
};

/* One line a person: name, login, title, employer, unit, roles; TAB, ';' or ',' between (roles then
 * have "+" or "/" between), the first line may name the columns. Without a login one is made from the
 * name. center: roles of a center. Returns the number of rows, at most max; *more when there were
 * others. */
size_t admin_import_parse(struct pool *pool, const char *text, bool center,
		struct admin_import_row *rows, size_t max, bool *more);

#endif
