/*
 * pay_setup.c: /thu-tien/don-vi: who takes the money, and the ranges of receipt numbers issued to
 * it. A manager's page. What stands on a receipt that was given stays as it was.
 */
#include <string.h>

#include "base/when.h"
#include "intake/pay.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field collector_fields[] = {
	{ "id", FIELD_LINE, false, 0, 20, NULL, "pay.collector" },
	{ "name", FIELD_LINE, true, 3, 160, NULL, "pay.unit_name" },
	{ "tax_code", FIELD_TAX, false, 0, 0, NULL, "pay.unit_tax" },
	{ "address", FIELD_LINE, false, 0, 240, NULL, "pay.unit_address" },
	{ "form", FIELD_LINE, false, 0, 30, NULL, "pay.unit_form" },
	{ "serial", FIELD_LINE, false, 0, 30, NULL, "pay.unit_serial" },
	{ "bank_bin", FIELD_LINE, false, 0, 6, NULL, "pay.bank_bin" },
	{ "bank_name", FIELD_LINE, false, 0, 80, NULL, "pay.bank_name" },
	{ "account_no", FIELD_LINE, false, 0, 19, NULL, "pay.account_no" },
	{ "account_name", FIELD_LINE, false, 0, 80, NULL, "pay.account_name" },
	{ "used", FIELD_FLAG, false, 0, 0, NULL, "pay.unit_used" },
};
#define COLLECTOR_FIELDS (sizeof(collector_fields) / sizeof(collector_fields[0]))

static const struct field range_fields[] = {
	{ "collector", FIELD_LINE, true, 1, 20, NULL, "pay.collector" },
	{ "r_form", FIELD_LINE, false, 0, 30, NULL, "pay.unit_form" },
	{ "r_serial", FIELD_LINE, true, 1, 30, NULL, "pay.unit_serial" },
	{ "year", FIELD_INT, true, 2020, 2100, NULL, "pay.range_year" },
	{ "first", FIELD_INT, true, 1, 9999999, NULL, "pay.range_first" },
	{ "last", FIELD_INT, true, 1, 9999999, NULL, "pay.range_last" },
};
#define RANGE_FIELDS (sizeof(range_fields) / sizeof(range_fields[0]))

static const struct field close_fields[] = {
	{ "close", FIELD_HEX, true, 0, 32, NULL, "pay.range" },
};

static void show_ranges(struct request *request, struct view *view,
		const struct collector *collectors, size_t collector_count,
		const struct collector_range *ranges, size_t count)
{
	struct pool *pool = request->pool;

	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "ranges");
		const char *name = ranges[i].collector;

		for (size_t k = 0; k < collector_count; k++)
			if (strcmp(collectors[k].id, ranges[i].collector) == 0)
				name = collectors[k].name;
		view_set(item, "range_id", ranges[i].id_hex);
		view_set(item, "range_collector", name);
		view_set(item, "range_form", ranges[i].form);
		view_set(item, "range_serial", ranges[i].serial);
		view_int(item, "range_year", ranges[i].year);
		view_set(item, "range_first", collector_number(pool, ranges[i].first));
		view_set(item, "range_end", collector_number(pool, ranges[i].end));
		view_set(item, "range_last", ranges[i].last >= ranges[i].first ?
				collector_number(pool, ranges[i].last) : "");
		view_setf(item, "range_left", "%lld", (long long)ranges[i].left);
		view_flag(item, "range_open", !ranges[i].closed && ranges[i].left > 0);
		view_flag(item, "range_closed", ranges[i].closed);
		view_flag(item, "range_few", !ranges[i].closed && ranges[i].left > 0 &&
				ranges[i].left <= PAY_FEW);
	}
	view_flag(view, "ranges_shown", count > 0);
}

static void fill(struct view *view, const struct collector *collector)
{
	view_set(view, "id", collector->id);
	view_set(view, "name", collector->name);
	view_set(view, "tax_code", collector->tax_code);
	view_set(view, "address", collector->address);
	view_set(view, "form", collector->form);
	view_set(view, "serial", collector->serial);
	view_set(view, "bank_bin", collector->bank_bin);
	view_set(view, "bank_name", collector->bank_name);
	view_set(view, "account_no", collector->account_no);
	view_set(view, "account_name", collector->account_name);
	view_flag(view, "used", collector->used);
	view_flag(view, "editing", true);
}

static void show_collectors(struct view *view, const struct collector *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "units");

		view_set(item, "unit_id", rows[i].id);
		view_set(item, "unit_name", rows[i].name);
		view_set(item, "unit_tax", rows[i].tax_code);
		view_set(item, "unit_bank", rows[i].bank_name);
		view_set(item, "unit_account", rows[i].account_no);
		view_flag(item, "unit_used", rows[i].used);
	}
	view_flag(view, "units_shown", count > 0);
	view_flag(view, "several", count > 1);
}

/* which: the fields that were posted, NULL for none. */
static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct field *which, size_t which_count)
{
	const char *edit = request_query(request, "sua");
	struct view *view = view_new(request->pool);
	struct collector *rows = NULL;
	struct collector_range *ranges = NULL;
	struct when_local now;
	size_t count = 0, range_count = 0;
	enum rc rc = collector_list(web->store, request->pool, &rows, &count);

	if (rc == RC_OK)
		rc = collector_ranges(web->store, request->pool, &ranges, &range_count);
	if (rc != RC_OK)
		return rc;
	show_collectors(view, rows, count);
	show_ranges(request, view, rows, count, ranges, range_count);
	when_to_local(request->now_ms, &now);
	view_setf(view, "year", "%d", now.year);
	view_flag(view, "used", count == 0 || which == range_fields);
	for (size_t i = 0; i < count; i++) {
		if (which != collector_fields && strcmp(rows[i].id, edit) == 0)
			fill(view, &rows[i]);
		if (i == 0) {
			view_set(view, "r_form", rows[i].form);
			view_set(view, "r_serial", rows[i].serial);
		}
	}
	if (which != NULL) {
		form_show(request->form, which, which_count, view);
		view_flag(view, "editing", which == collector_fields);
		response->status = 422;
	}
	view_flag(view, "edit_open", count == 0 || which == collector_fields || edit[0] != '\0');
	view_set(view, "title", text_get("pay.setup_title"));
	return web_page(web, request, response, "intake/pay_setup", view);
}

/* A bank account is whole or not there at all: half of one would make a QR that pays nobody. */
static void check_bank(struct form *form)
{
	const char *bin = form_text(form, "bank_bin"), *account = form_text(form, "account_no");

	if (bin[0] == '\0' && account[0] == '\0')
		return;
	if (strlen(bin) != 6 || strspn(bin, "0123456789") != 6)
		form_fault(form, "bank_bin", "pay.bank_bin_wrong");
	if (account[0] == '\0' || strspn(account, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"abcdefghijklmnopqrstuvwxyz") != strlen(account))
		form_fault(form, "account_no", "pay.account_no_wrong");
	if (form_text(form, "account_name")[0] == '\0')
		form_fault(form, "account_name", "pay.account_name_missing");
}

/* One write with its form id; then back to the page. */
typedef enum rc setup_write(struct web *web, struct request *request, const char **reason);

static enum rc write(struct web *web, struct request *request, setup_write *does, char **first,
		const char **reason)
{
	const char *form_id = form_raw(request->form, "form_id");
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, first);
	if (rc == RC_OK)
		rc = does(web, request, reason);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, "/thu-tien/don-vi");
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

static enum rc save(struct web *web, struct request *request, const char **reason)
{
	struct form *form = request->form;
	struct collector old, collector = { .id = form_text(form, "id"),
		.name = form_text(form, "name"), .tax_code = form_text(form, "tax_code"),
		.address = form_text(form, "address"), .bank_bin = form_text(form, "bank_bin"),
		.bank_name = form_text(form, "bank_name"), .account_no = form_text(form, "account_no"),
		.account_name = form_text(form, "account_name"), .form = form_text(form, "form"),
		.serial = form_text(form, "serial"), .used = form_flag(form, "used") };
	enum rc rc = collector.id[0] == '\0' ? RC_OK :
			collector_find(web->store, request->pool, collector.id, &old);

	if (rc == RC_NOT_FOUND)
		return RC_INVALID;
	if (rc == RC_OK)
		rc = collector_save(web->store, request->pool, &collector);
	if (rc == RC_FULL) {
		*reason = "pay.units_full";
		rc = RC_CONFLICT;
	}
	return rc;
}

static enum rc open_range(struct web *web, struct request *request, const char **reason)
{
	struct form *form = request->form;
	struct collector collector;
	struct collector_range range = { .form = form_text(form, "r_form"),
		.serial = form_text(form, "r_serial"), .year = (int)form_int(form, "year", 0),
		.first = form_int(form, "first", 0), .end = form_int(form, "last", 0) };
	char id_hex[33];
	enum rc rc = collector_find(web->store, request->pool, form_text(form, "collector"),
			&collector);

	if (rc == RC_NOT_FOUND)
		return RC_INVALID;
	if (rc == RC_OK)
		rc = collector_range_open(web->store, request->pool, request->session->account.id,
				&collector, &range, id_hex, reason);
	return rc;
}

static enum rc close_range(struct web *web, struct request *request, const char **reason)
{
	struct collector_range range;
	enum rc rc = collector_range_find(web->store, request->pool,
			form_text(request->form, "close"), &range);

	return rc == RC_OK ? collector_range_close(web->store, request->pool,
			request->session->account.id, &range, request->now_ms, reason) : rc;
}

static enum rc answer(struct web *web, struct request *request, struct response *response,
		setup_write *does, const struct field *which, size_t count, const char *field)
{
	const char *reason = NULL;
	char *first = NULL;
	enum rc rc = write(web, request, does, &first, &reason);

	if (rc == RC_CONFLICT) {
		form_fault(request->form, field, reason != NULL ? reason : "act.seen");
		return show(web, request, response, which, count);
	}
	if (rc == RC_OK || rc == RC_EXISTS)
		response_see_other(response, rc == RC_EXISTS ? first : "/thu-tien/don-vi");
	return rc == RC_EXISTS ? RC_OK : rc;
}

enum rc page_pay_setup(struct web *web, struct request *request, struct response *response)
{
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response, NULL, 0);
	rc = form_check(request->form, collector_fields, COLLECTOR_FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	check_bank(request->form);
	if (form_has_faults(request->form))
		return show(web, request, response, collector_fields, COLLECTOR_FIELDS);
	return answer(web, request, response, save, collector_fields, COLLECTOR_FIELDS, "name");
}

/* This year's, or the next one's in advance. */
static void check_range(struct form *form, int64_t now_ms)
{
	int64_t year = form_int(form, "year", 0), last = form_int(form, "last", 0);
	struct when_local now;

	when_to_local(now_ms, &now);
	if (year != 0 && (year < now.year || year > now.year + 1))
		form_fault(form, "year", "pay.range_year_wrong");
	if (last != 0 && last < form_int(form, "first", 0))
		form_fault(form, "last", "pay.range_last_wrong");
}

enum rc page_pay_range(struct web *web, struct request *request, struct response *response)
{
	enum rc rc;

	if (form_raw(request->form, "close")[0] != '\0') {
		rc = form_check(request->form, close_fields, 1);
		return rc == RC_OK ? answer(web, request, response, close_range, range_fields,
				RANGE_FIELDS, "r_serial") : rc;
	}
	rc = form_check(request->form, range_fields, RANGE_FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	check_range(request->form, request->now_ms);
	if (form_has_faults(request->form))
		return show(web, request, response, range_fields, RANGE_FIELDS);
	return answer(web, request, response, open_range, range_fields, RANGE_FIELDS, "first");
}
