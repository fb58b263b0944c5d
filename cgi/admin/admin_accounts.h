/*
 * admin_accounts.h: what the pages about accounts share: roles in words, one-time passwords, the list.
 */
#ifndef TRAM_ADMIN_ADMIN_ACCOUNTS_H
#define TRAM_ADMIN_ADMIN_ACCOUNTS_H

#include "admin/admin.h"
#include "store/account.h"

struct admin_role {
	const char *name;	/* field "role_<name>", text key "role.<name>" */
	unsigned bit;
};
extern const struct admin_role admin_role_list[];
extern const size_t admin_role_count;

bool admin_role_offered(const struct web *web, size_t role);
const char *admin_roles_words(struct pool *pool, unsigned bits);
/* A password to be used once: four groups of four, no letters that are read for others, with at
 * least one upper, lower, digit; the hyphens are its fourth class. The same for the same key (the
 * session's token) and seed (the form's id), so that a double tap shows the password that counts.
 * out holds 20 bytes. */
void admin_accounts_password(const char *key, const char *seed, char *out);
/* The account of params[0]; RC_CONFLICT for the person's own: nobody locks himself out. */
enum rc admin_accounts_other(struct web *web, struct request *request, struct account *out) MUST_CHECK;
/* The list; once the new password of one account, or NULL. */
enum rc admin_accounts_show(struct web *web, struct request *request, struct response *response,
		const char *once_login, const char *once_password) MUST_CHECK;
/* Small letters, digits, dot and hyphen: what is easily said over the phone. */
bool admin_login_good(const char *login);

#endif
