/*
 * pay_list.c: /thu-tien, the cashier's start: who owes, who must get money back, how many receipt
 * numbers are left, what this shift has taken so far.
 */
#include "base/text.h"
#include "intake/pay.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50

static void show_rows(struct request *request, struct view *view, const char *list,
		const struct money_owing *rows, size_t count, bool back)
{
	struct pool *pool = request->pool;

	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, list);
		int64_t amount = back ? rows[i].state == STATE_VOIDED ? rows[i].fee_paid :
				rows[i].fee_paid - rows[i].fee_total : rows[i].fee_total - rows[i].fee_paid;

		view_set(item, "url", pool_printf(pool, "/ho-so/%s/thu-tien", rows[i].code));
		view_set(item, "code_short", dossier_show_short_code(rows[i].code));
		view_set(item, "applicant", rows[i].applicant);
		view_set(item, "procedure", rows[i].procedure);
		view_set(item, "received", show_time_screen(pool, rows[i].received_at));
		view_set(item, "amount", show_money(pool, amount));
		view_set(item, "state", text_get(pool_printf(pool, "state.%s",
				state_name((enum dossier_state)rows[i].state))));
		view_flag(item, "waits", rows[i].state == STATE_PAYMENT);
	}
}

static enum rc show_mine(struct web *web, struct request *request, struct view *view)
{
	const char *own = request->session->account.id;
	struct money_totals totals;
	struct shift shift;
	enum rc rc = shift_open_of(web->store, request->pool, own, &shift);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc == RC_OK)
		rc = money_totals_of(web->store, own, shift.opened_seq, 0, &totals);
	if (rc != RC_OK)
		return rc;
	view_flag(view, "shift_shown", true);
	view_set(view, "shift_from", show_clock(request->pool, shift.opened_at));
	view_set(view, "shift_cash", show_money(request->pool, shift.cash_before + totals.cash_in -
			totals.cash_back));
	view_set(view, "shift_transfer", show_money(request->pool, totals.transfer_in));
	view_setf(view, "shift_receipts", "%lld", (long long)totals.receipts);
	return RC_OK;
}

enum rc page_pay_list(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct money_owing *rows = NULL, *back = NULL;
	struct collector collector;
	int64_t from = 0;
	size_t count = 0, back_count = 0;
	enum rc rc;

	if (num_parse(request_query(request, "tu"), 0, 1000000, &from) != RC_OK)
		from = 0;
	rc = money_owing_list(web->store, request->pool, false, ROWS, (size_t)from, &rows, &count);
	if (rc == RC_OK)
		rc = money_owing_list(web->store, request->pool, true, ROWS, 0, &back, &back_count);
	if (rc == RC_OK)
		rc = show_mine(web, request, view);
	if (rc == RC_OK)
		rc = pay_show_few(web, request, view);
	if (rc == RC_OK)
		rc = pay_show_shift(web, request, view);
	if (rc != RC_OK)
		return rc;
	rc = collector_default(web->store, request->pool, &collector);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	view_flag(view, "no_collector", rc == RC_NOT_FOUND);
	show_rows(request, view, "owing", rows, count, false);
	show_rows(request, view, "back", back, back_count, true);
	view_flag(view, "owing_shown", count > 0);
	view_flag(view, "back_shown", back_count > 0);
	if (from > 0)
		view_setf(view, "newer_url", "/thu-tien?tu=%d", from > ROWS ? (int)from - ROWS : 0);
	if (count == ROWS)
		view_setf(view, "older_url", "/thu-tien?tu=%d", (int)from + ROWS);
	view_flag(view, "may_manage", frame_can(request, ROLE_MANAGER));
	view_flag(view, "may_take", frame_can(request, ROLES_TILL));
	view_flag(view, "at_till", true);
	view_set(view, "title", text_get("pay.list_title"));
	view_flag(view, "focus_find", true);
	return web_page(web, request, response, "intake/pay_list", view);
}
