/*
 * receipts.c: /so/bien-lai, the register of what was collected: by month, person and state; as CSV or XLSX;
 * and the report on the use of receipt numbers (/su-dung), one line per range.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "intake/pay.h"
#include "store/account.h"
#include "web/sheet.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 100
#define BATCH 500

static const char *const states[] = { "tat-ca", "con-hieu-luc", "da-huy", "khong-so" };
#define STATES (sizeof(states) / sizeof(states[0]))

static enum money_state state_asked(const struct request *request)
{
	const char *asked = request_query(request, "loai");

	for (size_t i = 0; i < STATES; i++)
		if (strcmp(states[i], asked) == 0)
			return (enum money_state)i;
	return MONEY_ANY;
}

/* An account id as asked: nothing but what an id can be. */
static const char *actor_asked(const struct request *request)
{
	const char *asked = request_query(request, "nguoi");
	size_t len = strlen(asked);

	return len < 48 && strspn(asked, "abcdefghijklmnopqrstuvwxyz0123456789-") == len ? asked : "";
}

static void query_of(const struct request *request, struct money_query *out, int *year, int *month)
{
	memset(out, 0, sizeof(*out));
	pay_month_asked(request, year, month);
	pay_month(*year, *month, &out->from_ms, &out->to_ms);
	out->actor = actor_asked(request);
	out->state = state_asked(request);
}

static void show_filters(struct web *web, struct request *request, struct view *view,
		const struct money_query *query, const char **actors, size_t count)
{
	for (size_t i = 0; i < STATES; i++) {
		struct view *item = view_item(view, "states");

		view_set(item, "slug", states[i]);
		view_set(item, "state_name", text_get(pool_printf(request->pool, "receipts.state.%s",
				states[i])));
		view_flag(item, "current", (size_t)query->state == i);
	}
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "people");

		view_set(item, "id", actors[i]);
		view_set(item, "person", dossier_show_actor(web, request->pool, actors[i],
				AUTHOR_BOARD));
		view_flag(item, "selected", strcmp(actors[i], query->actor) == 0);
	}
}

static const char *query_text(struct pool *pool, const struct money_query *query, int year,
		int month)
{
	return pool_printf(pool, "thang=%d-%02d&nguoi=%s&loai=%s", year, month, query->actor,
			states[query->state]);
}

static void show_row(struct web *web, struct view *item, const struct money_row *row)
{
	struct pool *pool = view_pool(item);

	view_set(item, "serial", row->serial);
	view_set(item, "number", row->number);
	view_set(item, "at", show_time_screen(pool, row->at));
	view_set(item, "payer", row->payer);
	view_set(item, "url", pool_printf(pool, "/ho-so/%s/thu-tien", row->code));
	view_set(item, "code_short", dossier_show_short_code(row->code));
	view_set(item, "procedure", row->procedure);
	view_set(item, "amount", show_money(pool, row->amount));
	view_set(item, "method", pay_method(row->method));
	view_set(item, "actor", dossier_show_actor(web, pool, row->actor, AUTHOR_BOARD));
	view_flag(item, "spoiled", row->cancelled);
	view_set(item, "why", row->why);
	if (row->refunded > 0)
		view_set(item, "refunded", show_money(pool, row->refunded));
}

enum rc page_receipts(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct money_query query;
	struct money_row *rows = NULL;
	struct money_totals totals;
	const char **actors = NULL, *text;
	int year, month;
	int64_t from = 0;
	size_t count = 0, actor_count = 0;
	enum rc rc;

	query_of(request, &query, &year, &month);
	if (num_parse(request_query(request, "tu"), 0, 1000000, &from) != RC_OK)
		from = 0;
	query.limit = ROWS;
	query.offset = (size_t)from;
	rc = money_list(web->store, request->pool, &query, &rows, &count);
	if (rc == RC_OK)
		rc = money_actors(web->store, request->pool, query.from_ms, query.to_ms, &actors,
				&actor_count);
	if (rc == RC_OK)
		rc = money_totals_day(web->store, query.from_ms, query.to_ms, &totals);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		show_row(web, view_item(view, "rows"), &rows[i]);
	view_flag(view, "rows_shown", count > 0);
	show_filters(web, request, view, &query, actors, actor_count);
	text = query_text(request->pool, &query, year, month);
	view_set(view, "query", text);
	if (from > 0)
		view_setf(view, "newer_url", "/so/bien-lai?%s&tu=%d", text,
				from > ROWS ? (int)from - ROWS : 0);
	if (count == ROWS)
		view_setf(view, "older_url", "/so/bien-lai?%s&tu=%d", text, (int)from + ROWS);
	view_setf(view, "month", "%d-%02d", year, month);
	view_setf(view, "month_text", "%d/%d", month, year);
	view_set(view, "sum_in", show_money(request->pool, totals.cash_in + totals.transfer_in +
			totals.online_in));
	view_set(view, "sum_back", show_money(request->pool, totals.cash_back +
			totals.transfer_back));
	view_setf(view, "sum_receipts", "%lld", (long long)totals.receipts);
	view_set(view, "title", text_get("receipts.title"));
	return web_page(web, request, response, "intake/receipts", view);
}

/* ---- CSV and XLSX ---- */

static const struct sheet_column columns[] = {
	{ "receipts.head.serial", 't', 12 }, { "receipts.head.number", 't', 10 },
	{ "receipts.head.at", 'w', 18 }, { "receipts.head.payer", 't', 26 },
	{ "receipts.head.code", 't', 24 }, { "receipts.head.procedure", 't', 40 },
	{ "receipts.head.amount", 'n', 12 }, { "receipts.head.method", 't', 14 },
	{ "receipts.head.actor", 't', 22 }, { "receipts.head.state", 't', 14 },
	{ "receipts.head.note", 't', 30 },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static enum rc put_row(struct web *web, struct pool *pool, struct sheet_export *export,
		const struct money_row *row)
{
	sheet_export_text(export, row->serial);
	sheet_export_text(export, row->number);
	sheet_export_minute(export, row->at);
	sheet_export_text(export, row->payer);
	sheet_export_text(export, row->code);
	sheet_export_text(export, row->procedure);
	sheet_export_int(export, row->amount);
	sheet_export_text(export, pay_method(row->method));
	sheet_export_text(export, dossier_show_actor(web, pool, row->actor, AUTHOR_BOARD));
	sheet_export_text(export, text_get(row->cancelled ? "receipts.cancelled" : row->refunded > 0 ?
			"receipts.refunded" : "receipts.stands"));
	sheet_export_text(export, row->cancelled ? row->why : row->refunded > 0 ?
			show_money(pool, row->refunded) : "");
	return sheet_export_row(export, false);
}

/* In batches, each from the key of the one before: neither memory nor time grows with the month. */
static enum rc put_rows(struct web *web, struct sheet_export *export, struct money_query *query)
{
	struct pool *pool = pool_new();
	struct money_row *rows = NULL;
	char key[33] = "";
	int64_t at = 0;
	size_t count = 1;
	enum rc rc = RC_OK;

	query->limit = BATCH;
	while (rc == RC_OK && count > 0) {
		pool_reset(pool);
		rc = money_batch(web->store, pool, query, at, key, &rows, &count);
		for (size_t i = 0; rc == RC_OK && i < count; i++)
			rc = put_row(web, pool, export, &rows[i]);
		if (rc != RC_OK || count == 0)
			break;
		memcpy(key, rows[count - 1].id, sizeof(key));
		at = rows[count - 1].at;
	}
	pool_free(pool);
	return rc;
}

enum rc page_receipts_file(struct web *web, struct request *request, struct response *response)
{
	struct sheet_export *export = NULL;
	struct money_query query;
	enum sheet_format format;
	int year, month;
	enum rc rc;

	if (!sheet_format_parse(request->params[0], &format))
		return RC_NOT_FOUND;
	query_of(request, &query, &year, &month);
	rc = sheet_export_open(web, request, format, pool_printf(request->pool, "%s, %s",
			text_get("receipts.title"), text_fill(request->pool, "book.month",
			pool_printf(request->pool, "%d", month),
			pool_printf(request->pool, "%d", year), NULL)), columns, COLUMNS, &export);
	if (rc == RC_OK)
		rc = put_rows(web, export, &query);
	if (rc == RC_OK)
		return sheet_export_close(export, response, pool_printf(request->pool,
				"bien-lai-%d-%02d", year, month));
	sheet_export_drop(export);
	return rc;
}

/* ---- use of numbers ---- */

static void show_usage(struct view *item, const struct collector_range *range,
		const struct collector_usage *usage)
{
	struct pool *pool = view_pool(item);
	int64_t left_first = (usage->used > 0 ? usage->used_last : usage->before) + 1;

	view_set(item, "form", range->form);
	view_set(item, "serial", range->serial);
	view_set(item, "issued", pool_printf(pool, "%s – %s", collector_number(pool, range->first),
			collector_number(pool, range->end)));
	view_set(item, "before", usage->before < range->end ? pool_printf(pool, "%s – %s",
			collector_number(pool, usage->before + 1), collector_number(pool, range->end)) : "0");
	view_set(item, "used_span", usage->used > 0 ? pool_printf(pool, "%s – %s",
			collector_number(pool, usage->used_first),
			collector_number(pool, usage->used_last)) : "");
	view_setf(item, "used", "%lld", (long long)usage->used);
	view_setf(item, "cancelled", "%lld", (long long)usage->cancelled);
	view_set(item, "cancelled_list", usage->cancelled_list);
	view_setf(item, "left", "%lld", (long long)usage->left);
	view_set(item, "left_span", usage->left > 0 ? pool_printf(pool, "%s – %s",
			collector_number(pool, left_first), collector_number(pool, range->end)) : "");
	view_flag(item, "closed", range->closed);
}

enum rc page_receipt_usage(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct collector_range *ranges = NULL;
	struct collector collector;
	int64_t from_ms, to_ms;
	size_t count = 0, shown = 0;
	int year, month;
	enum rc rc = collector_ranges(web->store, request->pool, &ranges, &count);

	pay_month_asked(request, &year, &month);
	pay_month(year, month, &from_ms, &to_ms);
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct collector_usage usage;

		if (ranges[i].opened_at >= to_ms || (ranges[i].year != year &&
				(ranges[i].closed || ranges[i].left == 0)))
			continue;
		rc = collector_usage_get(web->store, request->pool, &ranges[i], from_ms, to_ms, &usage);
		if (rc == RC_OK) {
			show_usage(view_item(view, "ranges"), &ranges[i], &usage);
			shown++;
		}
	}
	if (rc == RC_OK)
		rc = collector_default(web->store, request->pool, &collector);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (rc == RC_OK) {
		view_set(view, "collector", collector.name);
		view_set(view, "tax_code", collector.tax_code);
		view_set(view, "collector_address", collector.address);
	}
	view_flag(view, "ranges_shown", shown > 0);
	view_setf(view, "month", "%d-%02d", year, month);
	view_setf(view, "month_no", "%d", month);
	view_setf(view, "year", "%d", year);
	view_set(view, "date", show_date_paper(request->pool, request->now_ms));
	view_set(view, "heading", text_upper(request->pool, text_get("usage.title")));
	view_set(view, "title", text_get("usage.title"));
	return web_page(web, request, response, "print/receipt_usage", view);
}
