/*
 * second.h: a second person at the same page, who stands for an act with her own login and password:
 * voids, backdating, resets (fields second_login and second_password, partial/second). Never a PIN.
 */
#ifndef TRAM_WEB_SECOND_H
#define TRAM_WEB_SECOND_H

#include "store/account.h"
#include "web/form.h"
#include "web/web.h"

#define SECOND_FIELDS 2
extern const struct field second_fields[SECOND_FIELDS];

/* *second: another person than the session's, with one of roles, whose password was right.
 * RC_INVALID: the fault stands in the form, at second_login. */
enum rc second_check(struct web *web, struct request *request, unsigned roles,
		struct account *second) MUST_CHECK;

#endif
