/*
 * second.c: see second.h.
 */
#include <string.h>
#include <time.h>

#include "web/second.h"

#define BUSY_TRIES 20	/* of 50 ms */

const struct field second_fields[SECOND_FIELDS] = {
	{ "second_login", FIELD_LINE, false, 0, 60, NULL, "correct.second_login" },
	{ "second_password", FIELD_PASSWORD, false, 0, 200, NULL, "correct.second_password" },
	{ "second_code", FIELD_LINE, false, 0, 20, NULL, "correct.second_code" },
};

/* Why this account may not stand for it; NULL: it may. */
static const char *fault_of(const struct request *request, unsigned roles,
		const struct account *second, enum rc rc, int64_t wait_s)
{
	if (rc == RC_DENIED)
		return "correct.second_wrong";
	if (rc == RC_BUSY)
		return wait_s > 0 ? "correct.second_wait" : "correct.second_busy";
	if (rc == RC_CONFLICT || second->must_change)
		return "correct.second_locked";
	if (strcmp(second->id, request->session->account.id) == 0)
		return "correct.second_own";
	return (second->roles & roles) == 0 ? "correct.second_role" : NULL;
}

/* The code of the second factor, last of all: it can be used once. Guessing it is counted as guessing a
 * password is. */
static enum rc check_code(struct web *web, struct form *form, const struct account *second)
{
	const char *code = form_text(form, "second_code");
	const char *fault = "otp.wrong";
	int64_t wait_s = 0;
	enum rc rc = account_code_wait(web->store, second, &wait_s);

	if (rc != RC_OK)
		return rc;
	if (code[0] == '\0') {
		fault = "correct.second_code_missing";
	} else if (wait_s > 0) {
		fault = "correct.second_wait";
	} else {
		rc = account_otp_check(web->store, second->id, code, false);
		if (rc == RC_OK || rc == RC_DENIED) {
			enum rc counted = account_code_tried(web->store, second, rc == RC_OK);

			if (counted != RC_OK)
				return counted;
		}
		if (rc != RC_DENIED)
			return rc;
	}
	form_fault(form, "second_code", fault);
	return RC_INVALID;
}

enum rc second_check(struct web *web, struct request *request, unsigned roles,
		struct account *second)
{
	struct form *form = request->form;
	const struct timespec pause = { 0, 50 * 1000 * 1000 };
	const char *fault;
	int64_t wait_s = 0;
	enum rc rc = RC_BUSY;

	if (form_text(form, "second_login")[0] == '\0' ||
			form_text(form, "second_password")[0] == '\0') {
		form_fault(form, "second_login", "correct.second_missing");
		return RC_INVALID;
	}
	/* One password is checked at a time; the second tap of a form waits for the first. */
	for (int tries = 0; tries < BUSY_TRIES; tries++) {
		rc = account_login(web->store, request->pool, form_text(form, "second_login"),
				form_text(form, "second_password"), request->device, second, &wait_s);
		if (rc != RC_BUSY || wait_s > 0)
			break;
		(void)nanosleep(&pause, NULL);
	}
	if (rc != RC_OK && rc != RC_DENIED && rc != RC_CONFLICT && rc != RC_BUSY)
		return rc;
	fault = fault_of(request, roles, second, rc, wait_s);
	if (fault == NULL)
		return second->otp ? check_code(web, form, second) : RC_OK;
	form_fault(form, "second_login", fault);
	return RC_INVALID;
}
