/*
 * cert_till.c: /chung-thuc, the till of the certification counter: one page, one button that takes
 * the papers in, takes the money and sends them to the signer. Every other button only counts.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "dossier/card.h"
#include "intake/cert_till.h"
#include "store/book.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS_FIRST 3

static const char *field_of(const struct till *till, const char *name, int row)
{
	return pool_printf(till->request->pool, "%s_%d", name, row);
}

static const char *raw_of(const struct till *till, const char *name, int row)
{
	return till->form != NULL ? form_raw(till->form, field_of(till, name, row)) : "";
}

static bool blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static int shown_rows(const struct till *till)
{
	int64_t rows = ROWS_FIRST;

	if (till->form == NULL)
		return ROWS_FIRST;
	if (num_parse(form_raw(till->form, "rows"), ROWS_FIRST, CERT_ROWS, &rows) != RC_OK)
		rows = ROWS_FIRST;
	if (form_raw(till->form, "more")[0] != '\0')
		rows += 3;
	return rows > CERT_ROWS ? CERT_ROWS : (int)rows;
}

static void row_fault(struct till *till, const char *name, int row, const char *key)
{
	form_fault(till->form, field_of(till, name, row), key);
	till->faults[row] = text_get(key);
}

/* One row of the page; a blank one is none. */
static void read_row(struct till *till, int row)
{
	const char *name = raw_of(till, "paper", row), *pages = raw_of(till, "pages", row);
	const char *copies = raw_of(till, "copies", row);
	struct cert_row *out = &till->rows[till->count];
	char *clean;

	if (blank(name) && blank(pages) && blank(copies))
		return;
	*out = (struct cert_row){ .electronic = till->work->electronic &&
			raw_of(till, "electronic", row)[0] != '\0' };
	if (text_clean(till->request->pool, name, strlen(name), TEXT_ONE_LINE, &clean) != RC_OK ||
			clean[0] == '\0' || text_chars(clean) > 200) {
		row_fault(till, "paper", row, "cert.need_paper");
		return;
	}
	out->name = clean;
	if (num_parse(blank(pages) ? "1" : pages, 1, 2000, &out->pages) != RC_OK)
		row_fault(till, "pages", row, "cert.wrong_pages");
	else if (num_parse(blank(copies) ? "1" : copies, out->electronic ? 0 : 1, 500, &out->copies)
			!= RC_OK)
		row_fault(till, "copies", row, "cert.wrong_copies");
	else
		till->at[till->count++] = row;
}

static void read_rows(struct till *till)
{
	int last = shown_rows(till);

	for (int row = 1; row <= last; row++)
		read_row(till, row);
	if (till->chosen == NULL || cert_rows_price(till->chosen, till->rows, till->count,
			&till->total) != RC_OK)
		till->total = 0;
	for (size_t i = 0; i < till->count; i++) {
		till->amounts[till->at[i]] = till->rows[i].amount_dong;
		till->pages += till->rows[i].pages * till->rows[i].copies;
	}
}

/* The kind of work; the first when none is chosen yet. NULL procedure: it is switched off. */
static void choose(struct till *till, const char *id)
{
	const struct catalogue *catalogue = &intake_of(till->web)->catalogue;

	till->work = cert_rows_work(id);
	if (till->work == NULL)
		till->work = &cert_works[0];
	till->procedure = catalogue_find(catalogue, till->work->procedure);
	if (till->procedure == NULL || !till->procedure->enabled || till->procedure->case_count == 0) {
		till->procedure = NULL;
		return;
	}
	till->chosen = &till->procedure->cases[0];
}

/* ---- the page ---- */

static void show_works(const struct till *till, struct view *view)
{
	const struct catalogue *catalogue = &intake_of(till->web)->catalogue;

	for (size_t i = 0; i < cert_work_count; i++) {
		const struct procedure *procedure = catalogue_find(catalogue, cert_works[i].procedure);
		const struct fee_rule *fee;
		struct view *item;

		if (procedure == NULL || !procedure->enabled || procedure->case_count == 0)
			continue;
		item = view_item(view, "works");
		fee = procedure->cases[0].fee_count > 0 ? &procedure->cases[0].fees[0] : NULL;
		view_set(item, "work", cert_works[i].id);
		view_set(item, "work_name", text_get(pool_printf(till->request->pool, "cert.work.%s",
				cert_works[i].id)));
		view_flag(item, "checked", till->work == &cert_works[i]);
		if (fee == NULL)
			continue;
		view_setf(item, "flat", "%lld", (long long)fee->amount_dong);
		view_setf(item, "first", "%lld", (long long)fee->first_pages_dong);
		view_setf(item, "first_pages", "%d", fee->first_pages);
		view_setf(item, "next", "%lld", (long long)fee->next_pages_dong);
		view_setf(item, "max", "%lld", (long long)fee->max_per_copy_dong);
	}
}

static void show_rows(const struct till *till, struct view *view)
{
	struct pool *pool = till->request->pool;
	int last = shown_rows(till);

	for (int row = 1; row <= last; row++) {
		struct view *item = view_item(view, "rows");

		view_int(item, "no", row);
		view_flag(item, "focus_here", row == 1 && till->card != NULL);
		view_set(item, "paper", raw_of(till, "paper", row));
		view_set(item, "pages", raw_of(till, "pages", row));
		view_set(item, "copies", raw_of(till, "copies", row));
		view_flag(item, "electronic", raw_of(till, "electronic", row)[0] != '\0');
		view_set(item, "row_fault", till->faults[row] != NULL ? till->faults[row] : "");
		if (till->amounts[row] > 0)
			view_set(item, "amount", show_money(pool, till->amounts[row]));
	}
	view_int(view, "row_count", last);
	view_flag(view, "may_more", last < CERT_ROWS);
	view_set(view, "total", show_money(pool, till->total));
}

/* By when it will be done if it cannot be at once. */
static int64_t later_at(const struct till *till)
{
	struct request *request = till->request;
	struct due *due = pool_alloc(request->pool, sizeof(*due));
	struct limit limit = { .unit = LIMIT_WORKING_DAYS, .quarters = 4 };

	if (due_count(&intake_of(till->web)->calendar, &limit, request->now_ms, request->pool, due)
			!= RC_OK || !due->has_due)
		return request->now_ms + WHEN_DAY_MS;
	return due->due_at - due->due_at % WHEN_MINUTE_MS;
}

static bool is_late(const struct till *till)
{
	struct when_local now;

	when_to_local(till->request->now_ms, &now);
	return now.hour * 60 + now.minute > till->web->settings->cert_late_minute;
}

/* The other dossier's requester, for the next kind of work of the same person. */
static enum rc show_same(const struct till *till, struct view *view)
{
	const char *from = request_query(till->request, "tu");
	struct dossier_row row;
	enum rc rc;

	if (from[0] == '\0')
		return RC_OK;
	rc = dossier_find(till->web->store, till->request->pool, NULL, from, &row);
	if (rc == RC_OK) {
		view_set(view, "name", row.applicant);
		view_set(view, "number", row.applicant_number);
		view_set(view, "phone", row.phone);
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Nothing can be taken in before a manager opened the books: said before anything is typed. */
static enum rc show_books(const struct till *till, struct view *view)
{
	struct book_row *rows = NULL;
	size_t count = 0;
	bool any = false;
	enum rc rc = book_list(till->web->store, till->request->pool, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		enum book_kind kind;

		any = any || book_kind_parse(rows[i].kind, &kind) == RC_OK;
	}
	view_flag(view, "no_books", !any);
	return rc;
}

static enum rc show(struct till *till, struct response *response)
{
	struct request *request = till->request;
	struct view *view = view_new(request->pool);
	char *choices, at[24];
	int64_t waiting = 0;
	bool later;
	enum rc rc = RC_OK;

	if (till->form != NULL) {
		form_show(till->form, cert_accept_fields, cert_accept_field_count, view);
		if (till->card != NULL) {
			view_set(view, "name", till->card->name);
			view_set(view, "number", till->card->number);
		} else {
			view_set(view, "card", form_raw(till->form, "card"));
		}
		if (form_has_faults(till->form))
			response->status = 422;
		later = strcmp(form_raw(till->form, "return"), "agreed") == 0 || till->ask_later;
	} else {
		rc = show_same(till, view);
		later = is_late(till);
		view_flag(view, "focus_card", true);
		view_flag(view, "pay_is_cash", true);
	}
	if (till->form == NULL || form_raw(till->form, "agreed_at")[0] == '\0') {
		when_iso_minute(later_at(till), at);
		view_set(view, "agreed_at", pool_strdup(request->pool, at));
	}
	view_flag(view, "return_is_now", !later);
	view_flag(view, "return_is_agreed", later);
	view_flag(view, "asked", till->ask_later);
	view_int(view, "pages_now", till->pages);
	view_int(view, "many_pages", till->web->settings->cert_many_pages);
	show_works(till, view);
	show_rows(till, view);
	if (rc == RC_OK)
		rc = cert_rows_signers(till->web, request, view, till->form != NULL ?
				form_raw(till->form, "signer") : "", &choices);
	if (rc == RC_OK)
		rc = book_tray_count(till->web->store, &waiting);
	if (rc == RC_OK)
		rc = show_books(till, view);
	view_int(view, "tray_count", waiting);
	view_set(view, "title", text_get("cert.title"));
	view_flag(view, "at_cert", true);
	return rc == RC_OK ? web_page(till->web, request, response, "intake/cert", view) : rc;
}

/* ---- taking in ---- */

/* A scanned card fills name and number; the page comes back with everything else as it was. */
static enum rc take_card(struct till *till, struct response *response)
{
	const char *payload = form_raw(till->form, "card"), *reason = "card.error.form";
	struct card card;

	if (card_parse(till->request->pool, payload, strlen(payload), &card, &reason) == RC_OK)
		till->card = &card;
	else
		form_fault(till->form, "card", reason);
	return show(till, response);
}

enum rc page_cert(struct web *web, struct request *request, struct response *response)
{
	struct till till = { .web = web, .request = request };
	bool accepts;
	enum rc rc;

	if (request->method != METHOD_POST) {
		choose(&till, request_query(request, "viec"));
		return show(&till, response);
	}
	till.form = request->form;
	choose(&till, form_raw(till.form, "work"));
	accepts = form_raw(till.form, "accept")[0] != '\0';
	read_rows(&till);
	if (!blank(form_raw(till.form, "card")))
		return take_card(&till, response);
	if (!accepts)
		return show(&till, response);
	rc = cert_accept_check(&till);
	if (rc == RC_OK)
		return cert_accept(&till, response);
	return rc == RC_INVALID ? show(&till, response) : rc;
}
