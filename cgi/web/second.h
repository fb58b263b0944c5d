/*
 * second.h: a second person at the same page, who stands for an act with her own login and password:
 * voids, backdating, resets (fields second_login, second_password and, where her
 * account has one, second_code of the second factor; partial/second). Never a PIN.
 */
#ifndef TRAM_WEB_SECOND_H
#define TRAM_WEB_SECOND_H

#include "store/account.h"
#include "web/form.h"
#include "web/web.h"

#define SECOND_FIELDS 3
extern const struct field second_fields[SECOND_FIELDS];

/* *second: another person than the session's, with one of roles, whose password and code were right.
 * RC_INVALID: the fault stands in the form, at second_login or second_code. A code is used up. */
enum rc second_check(struct web *web, struct request *request, unsigned roles,
		struct account *second) MUST_CHECK;

#endif
