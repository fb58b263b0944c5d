/*
 * shift_page.c: /chot-ca (and /thu-tien/chot): what this person's shift took by the events, what
 * still stands at the counter, the cash as counted, who goes on; then the sheet with two signatures
 * (/chot-ca/<shift>).
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "intake/pay.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "cash", FIELD_LINE, true, 1, 20, NULL, "shift.cash" },
	{ "successor", FIELD_LINE, false, 0, 48, NULL, "shift.successor" },
	{ "note", FIELD_LINES, false, 0, 500, NULL, "shift.note" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* Numbers of one shift, open or closed. */
struct closing {
	struct shift shift;
	struct money_totals totals;
	struct shift_standing standing;
	const char **cancelled;
	size_t cancelled_count;
	int64_t expected;		/* cash that should lie there */
};

static enum rc count(struct web *web, struct request *request, struct closing *out)
{
	const struct shift *shift = &out->shift;
	enum rc rc = money_totals_of(web->store, shift->account, shift->opened_seq, shift->closed_seq,
			&out->totals);

	if (rc == RC_OK)
		rc = money_cancelled_numbers(web->store, request->pool, shift->account,
				shift->opened_seq, shift->closed_seq, &out->cancelled,
				&out->cancelled_count);
	if (rc == RC_OK && !shift->closed)
		rc = shift_standing_get(web->store, &out->standing);
	if (shift->closed)
		out->standing = (struct shift_standing){ shift->dossiers, shift->drafts,
			shift->originals };
	out->expected = shift->cash_before + out->totals.cash_in - out->totals.cash_back;
	return rc;
}

static void show_closing(struct web *web, struct view *view, const struct closing *closing)
{
	struct pool *pool = view_pool(view);
	const struct money_totals *totals = &closing->totals;

	view_set(view, "person", dossier_show_actor(web, pool, closing->shift.account, AUTHOR_BOARD));
	/* Money taken before a counter was chosen opened it at none. */
	view_set(view, "shift_counter", strcmp(closing->shift.counter, "0") == 0 ? "–" :
			closing->shift.counter);
	view_set(view, "opened", show_time_screen(pool, closing->shift.opened_at));
	view_set(view, "cash_before", show_money(pool, closing->shift.cash_before));
	view_set(view, "cash_in", show_money(pool, totals->cash_in));
	view_set(view, "cash_back", show_money(pool, totals->cash_back));
	view_set(view, "expected", show_money(pool, closing->expected));
	view_set(view, "transfer_in", show_money(pool, totals->transfer_in));
	view_set(view, "transfer_back", show_money(pool, totals->transfer_back));
	view_set(view, "online_in", show_money(pool, totals->online_in));
	view_flag(view, "any_online", totals->online_in > 0);
	view_setf(view, "collections", "%lld", (long long)totals->collections);
	view_setf(view, "receipts", "%lld", (long long)totals->receipts);
	view_setf(view, "refunds", "%lld", (long long)totals->refunds);
	view_setf(view, "dossiers", "%lld", (long long)closing->standing.dossiers);
	view_setf(view, "drafts", "%lld", (long long)closing->standing.drafts);
	view_setf(view, "originals", "%lld", (long long)closing->standing.originals);
	view_setf(view, "cancelled_count", "%zu", closing->cancelled_count);
	for (size_t i = 0; i < closing->cancelled_count; i++)
		view_set(view_item(view, "cancelled"), "number", closing->cancelled[i]);
}

/* Who may go on: everybody with work at the counter but oneself. */
static enum rc show_people(struct web *web, struct request *request, struct view *view)
{
	const char *chosen = request->method == METHOD_POST ?
			form_raw(request->form, "successor") : "";
	struct account *rows = NULL;
	size_t total = 0;
	enum rc rc = account_list(web->store, request->pool, &rows, &total);

	for (size_t i = 0; rc == RC_OK && i < total; i++) {
		struct view *item;

		if (rows[i].locked || (rows[i].roles & ROLES_COUNTER) == 0 ||
				strcmp(rows[i].id, request->session->account.id) == 0)
			continue;
		item = view_item(view, "people");
		view_set(item, "id", rows[i].id);
		view_set(item, "name", rows[i].name);
		view_flag(item, "selected", strcmp(rows[i].id, chosen) == 0);
	}
	return rc;
}

static enum rc show_before(struct web *web, struct request *request, struct view *view)
{
	struct shift *rows = NULL;
	size_t total = 0;
	enum rc rc = shift_list(web->store, request->pool, request->session->account.id,
			request->now_ms - 7 * WHEN_DAY_MS, request->now_ms + WHEN_DAY_MS, 10, &rows,
			&total);

	for (size_t i = 0; rc == RC_OK && i < total; i++) {
		struct view *item;

		if (!rows[i].closed)
			continue;
		item = view_item(view, "before");
		view_set(item, "sheet_url", pool_printf(request->pool, "/chot-ca/%s", rows[i].id_hex));
		view_set(item, "closed_at", show_time_screen(request->pool, rows[i].closed_at));
		view_set(item, "before_cash", show_money(request->pool, rows[i].cash));
		view_flag(view, "before_shown", true);
	}
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		struct closing *closing)
{
	struct view *view = view_new(request->pool);
	enum rc rc = closing != NULL ? count(web, request, closing) : RC_OK;

	if (rc == RC_OK)
		rc = show_before(web, request, view);
	if (rc == RC_OK && closing != NULL)
		rc = show_people(web, request, view);
	if (rc != RC_OK)
		return rc;
	if (closing != NULL) {
		show_closing(web, view, closing);
		view_set(view, "shift_id", closing->shift.id_hex);
		view_flag(view, "open_shift", true);
		view_flag(view, "shift_long", request->now_ms - closing->shift.opened_at > SHIFT_LONG_MS);
		view_set(view, "shift_since", show_time_screen(request->pool, closing->shift.opened_at));
	}
	if (request->method == METHOD_POST) {
		form_show(request->form, fields, FIELDS, view);
		response->status = 422;
	}
	view_set(view, "title", text_get("shift.title"));
	return web_page(web, request, response, "intake/shift", view);
}

static json_t *body_of(const struct closing *closing, int64_t cash, const struct form *form)
{
	json_t *body = json_new_object(), *list = json_new_array();

	json_put_int(body, "cash", cash);
	json_put_int(body, "expected", closing->expected);
	json_put_int(body, "transfer", closing->totals.transfer_in - closing->totals.transfer_back);
	json_put_int(body, "receipts_used", closing->totals.receipts);
	for (size_t i = 0; i < closing->cancelled_count; i++)
		json_add(list, json_string(closing->cancelled[i]));
	if (json_array_size(list) > 0)
		json_put_value(body, "receipts_cancelled", list);
	else
		json_decref(list);
	json_put_int(body, "open_dossiers", closing->standing.dossiers);
	json_put_int(body, "drafts", closing->standing.drafts);
	json_put_int(body, "originals", closing->standing.originals);
	json_put(body, "successor", form_text(form, "successor"));
	json_put(body, "note", form_text(form, "note"));
	return body;
}

/* Counted inside the write: what another tablet of the same person takes just now is in it or not. */
static enum rc write(struct web *web, struct request *request, struct closing *closing,
		int64_t cash, char **location, const char **reason)
{
	const char *form_id = form_raw(request->form, "form_id");
	json_t *body = NULL;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, location);
	if (rc == RC_OK)
		rc = count(web, request, closing);
	if (rc == RC_OK) {
		body = body_of(closing, cash, request->form);
		rc = shift_close(web->store, request->pool, &closing->shift,
				request->session->account.id, body, reason);
	}
	if (rc == RC_OK) {
		*location = pool_printf(request->pool, "/chot-ca/%s", closing->shift.id_hex);
		rc = form_done(web->store, form_id, *location);
	}
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	json_decref(body);
	return rc;
}

static enum rc check_successor(struct web *web, struct request *request)
{
	const char *id = form_text(request->form, "successor");
	struct account account;
	enum rc rc = id[0] != '\0' ? account_by_id(web->store, request->pool, id, &account) : RC_OK;

	if (rc == RC_NOT_FOUND || (rc == RC_OK && id[0] != '\0' && (account.locked ||
			strcmp(id, request->session->account.id) == 0))) {
		form_fault(request->form, "successor", "shift.successor_wrong");
		rc = RC_OK;
	}
	return rc;
}

static enum rc post(struct web *web, struct request *request, struct response *response,
		struct closing *closing)
{
	const char *reason = NULL;
	char *location = NULL;
	int64_t cash = 0;
	enum rc rc = form_check(request->form, fields, FIELDS);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (rc == RC_OK && pay_amount(form_text(request->form, "cash"), &cash) != RC_OK)
		form_fault(request->form, "cash", "pay.amount_wrong");
	if (rc == RC_OK)
		rc = check_successor(web, request);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (form_has_faults(request->form))
		return show(web, request, response, closing);
	rc = write(web, request, closing, cash, &location, &reason);
	if (rc == RC_CONFLICT) {
		form_fault(request->form, "cash", reason != NULL ? reason : "act.seen");
		return show(web, request, response, NULL);
	}
	if (rc == RC_OK || rc == RC_EXISTS)
		response_see_other(response, location);
	return rc == RC_EXISTS ? RC_OK : rc;
}

enum rc page_shift(struct web *web, struct request *request, struct response *response)
{
	struct closing closing = { 0 };
	enum rc rc;

	/* The shift the page showed; its second tap finds it closed. */
	if (request->method == METHOD_POST)
		rc = shift_find(web->store, request->pool, form_raw(request->form, "shift"),
				&closing.shift);
	else
		rc = shift_open_of(web->store, request->pool, request->session->account.id,
				&closing.shift);
	if (rc == RC_NOT_FOUND && request->method != METHOD_POST)
		return show(web, request, response, NULL);
	if (rc == RC_OK && strcmp(closing.shift.account, request->session->account.id) != 0)
		rc = RC_DENIED;
	if (rc != RC_OK)
		return rc;
	return request->method == METHOD_POST ? post(web, request, response, &closing) :
			show(web, request, response, &closing);
}

/* The sheet of a closed shift: its own person's, and a manager's. */
enum rc page_shift_sheet(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct closing closing = { 0 };
	const struct shift *shift = &closing.shift;
	int64_t difference;
	enum rc rc = shift_find(web->store, request->pool, request->params[0], &closing.shift);

	if (rc == RC_OK && strcmp(shift->account, request->session->account.id) != 0 &&
			strcmp(shift->successor, request->session->account.id) != 0 &&
			!frame_can(request, ROLE_MANAGER))
		rc = RC_DENIED;
	if (rc == RC_OK && !shift->closed)
		rc = RC_NOT_FOUND;
	if (rc == RC_OK)
		rc = count(web, request, &closing);
	if (rc != RC_OK)
		return rc;
	show_closing(web, view, &closing);
	difference = shift->cash - closing.expected;
	view_set(view, "closed_at", show_time_screen(request->pool, shift->closed_at));
	view_set(view, "cash", show_money(request->pool, shift->cash));
	view_set(view, "cash_words", show_money_words(request->pool, shift->cash));
	view_flag(view, "even", difference == 0);
	view_set(view, "difference", show_money(request->pool, difference < 0 ? -difference :
			difference));
	view_flag(view, "short", difference < 0);
	view_flag(view, "over", difference > 0);
	view_set(view, "shift_note", shift->note);
	if (shift->successor[0] != '\0')
		view_set(view, "successor", dossier_show_actor(web, request->pool, shift->successor,
				AUTHOR_BOARD));
	view_set(view, "date", show_date_paper(request->pool, shift->closed_at));
	view_set(view, "heading", text_upper(request->pool, text_get("shift.sheet_title")));
	view_set(view, "title", text_get("shift.sheet_title"));
	view_set(view, "parent_name", web->settings->parent_name);
	view_set(view, "agency_name", web->settings->agency_name);
	return web_page(web, request, response, "print/shift", view);
}
