/*
 * pay.h: what the pages of the money share: amounts as typed, collections as rows, what is owed with
 * its VietQR, and the writing half of taking and giving back.
 */
#ifndef TRAM_INTAKE_PAY_H
#define TRAM_INTAKE_PAY_H

#include "intake/intake.h"
#include "store/money.h"
#include "store/shift.h"

#define ROLES_TILL (ROLE_CASHIER | ROLE_INTAKE)		/* take money */
/* Who may stand beside the one who gives money back. */
#define ROLES_MONEY_SECOND (ROLE_MANAGER | ROLE_APPROVER | ROLE_CASHIER)
#define PAY_FEW 10	/* numbers left in a range, from which it is said */

/* "1.250.000", "1 250 000 đ", "1250000" → 1250000. RC_INVALID: anything else, or over 10 billion. */
enum rc pay_amount(const char *text, int64_t *out) MUST_CHECK;
/* "Tiền mặt", "Chuyển khoản" … */
const char *pay_method(const char *method);

/* Collections of a dossier as list "collections" {amount, method, at, actor, number, cancelled, why,
 * refunded, cancel_url, refund_url} and the flag "collections_shown". */
enum rc pay_show_collections(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row) MUST_CHECK;
/* owed, owed_words, pay_url, may_pay; with a bank account also vietqr (SVG), bank, account,
 * account_name, purpose. Nothing when nothing is owed. */
enum rc pay_show_owed(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row) MUST_CHECK;
/* "few": sentence when the collector's range runs out, or is used up. */
enum rc pay_show_few(struct web *web, struct request *request, struct view *view) MUST_CHECK;
/* Open shift of this person longer than 12 hours: shift_long, shift_since. */
enum rc pay_show_shift(struct web *web, struct request *request, struct view *view) MUST_CHECK;

/* The lines that make up what is owed. Caller json_decref's. */
json_t *pay_lines(struct web *web, struct pool *pool, const struct dossier_row *row);

/* Start of the local day, of the month; the month after. */
int64_t pay_day_start(int64_t at_ms);
void pay_month(int year, int month, int64_t *from_ms, int64_t *to_ms);
/* ?thang=2026-11, else this month. */
void pay_month_asked(const struct request *request, int *year, int *month);

#endif
