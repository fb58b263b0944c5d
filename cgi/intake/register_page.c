/*
 * register_page.c: /so/ho-so: the register of dossiers by month with its filters, on the screen, on
 * paper (A4 landscape) and as CSV or XLSX. The columns: form 06/07 "Sổ theo dõi hồ sơ".
 */
#include <string.h>

#include "base/text.h"
#include "intake/month.h"
#include "store/account.h"
#include "store/register.h"
#include "web/sheet.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50
#define PRINT_ROWS 1000
#define BATCH 500

/* ?trang-thai=…: states of a group; text "register.state.<slug>". */
static const struct choice { const char *slug; unsigned bits; const char *word; } states[] = {
	{ "dang-xu-ly", STATE_BIT(STATE_ACCEPTED) | STATE_BIT(STATE_FORWARDED) | STATE_BIT(STATE_PROCESSING)
			| STATE_BIT(STATE_SIGNING) | STATE_BIT(STATE_SIGNED), "" },
	{ "bo-sung", STATE_BIT(STATE_SUPPLEMENT) | STATE_BIT(STATE_PAYMENT), "" },
	{ "cho-tra", STATE_BIT(STATE_RESULT), "" }, { "da-tra", STATE_BIT(STATE_RETURNED), "" },
	{ "tu-choi", STATE_BIT(STATE_REFUSED), "" },
	{ "rut-dung", STATE_BIT(STATE_WITHDRAWN) | STATE_BIT(STATE_STOPPED), "" },
	{ "da-huy", STATE_BIT(STATE_VOIDED), "" },
}, origins[] = {
	{ "tai-quay", 1u << ORIGIN_ACCEPTED | 1u << ORIGIN_LATE, "" }, { "nhap-bu", 1u << ORIGIN_LATE, "" },
	{ "tiep-quan", 1u << ORIGIN_TAKEN_OVER, "" }, { "noi-khac", 1u << ORIGIN_BROUGHT, "" },
	{ "tu-choi-nhan", 1u << ORIGIN_REFUSED, "" },
}, channels[] = {
	{ "truc-tiep", 0, "counter" }, { "buu-chinh", 0, "post" }, { "ngoai-tru-so", 0, "outside" },
};
static const struct choice nothing = { "", 0, "" };
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct sheet_column columns[] = {
	{ "register.no", 'n', 6 }, { "register.code", 't', 22 },
	{ "register.slip_code", 't', 22 }, { "register.procedure", 't', 40 },
	{ "register.sets", 'n', 6 }, { "register.applicant", 't', 26 }, { "register.address", 't', 34 },
	{ "register.phone", 't', 14 }, { "register.unit", 't', 24 }, { "register.received", 'w', 17 },
	{ "register.due", 'w', 17 }, { "register.forwarded", 'w', 17 }, { "register.finished", 'w', 17 },
	{ "register.returned", 'w', 17 }, { "register.delivery", 't', 16 }, { "register.clerk", 't', 22 },
	{ "register.locality", 't', 16 }, { "register.channel", 't', 14 }, { "register.state", 't', 22 },
	{ "register.note", 't', 22 },
};

struct asked {
	struct month month;
	struct register_query query;
	const char *state, *origin, *channel, *work, *clerk;	/* as chosen */
	const char *filters;		/* "&trang-thai=…" of all that is chosen */
	int64_t no;			/* of the first row */
	struct account *accounts;
	size_t account_count;
};

static const struct choice *chosen(const struct request *request, const char *name,
		const struct choice *list, size_t count, const char **slug)
{
	const char *asked = request_query(request, name);

	*slug = "";
	for (size_t i = 0; i < count; i++)
		if (strcmp(asked, list[i].slug) == 0) {
			*slug = list[i].slug;
			return &list[i];
		}
	return &nothing;
}

/* ?viec=2.000635, or a field by its first procedure: "l-2.000635". */
static const char *procedures_of(struct web *web, struct request *request, const char **work)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	const char *asked = request_query(request, "viec");
	bool field = strncmp(asked, "l-", 2) == 0;
	const struct procedure *of = catalogue_find(catalogue, field ? asked + 2 : asked);
	struct buf list = { 0 };
	const char *text;

	*work = "";
	if (of == NULL)
		return "";
	*work = asked;
	buf_char(&list, '|');
	for (size_t i = 0; i < catalogue->count; i++)
		if (&catalogue->procedures[i] == of ||
				(field && strcmp(catalogue->procedures[i].field, of->field) == 0))
			buf_printf(&list, "%s|", catalogue->procedures[i].code);
	text = pool_strdup(request->pool, list.data);
	buf_free(&list);
	return text;
}

/* From a day of the month on; of a page, from the row after the key "<ms>-<id>". */
static void asked_start(struct request *request, struct asked *asked)
{
	const char *day = request_query(request, "ngay"), *key = request_query(request, "sau");
	const char *dash = strchr(key, '-');
	struct when_local local = { 0 };
	int64_t at;

	if (when_parse_typed(day, &local.year, &local.month, &local.day) == RC_OK &&
			when_from_local(&local, &at) == RC_OK && at >= asked->month.from_ms &&
			at < asked->month.to_ms)
		asked->query.from_ms = at;
	if (num_parse(request_query(request, "stt"), 1, SHEET_ROWS_MAX, &asked->no) != RC_OK)
		asked->no = 1;
	if (dash != NULL && strlen(dash + 1) == 32 && num_parse(pool_strndup(request->pool, key,
			(size_t)(dash - key)), asked->month.from_ms, asked->month.to_ms, &at) == RC_OK) {
		asked->query.after_ms = at;
		asked->query.after_id = dash + 1;
	}
}

static enum rc ask(struct web *web, struct request *request, struct asked *out)
{
	struct pool *pool = request->pool;
	enum rc rc = account_list(web->store, pool, &out->accounts, &out->account_count);

	month_asked(request, &out->month);
	out->query.from_ms = out->month.from_ms;
	out->query.to_ms = out->month.to_ms;
	out->query.after_id = "";
	out->query.states = chosen(request, "trang-thai", states, COUNT(states), &out->state)->bits;
	out->query.origins = chosen(request, "nguon", origins, COUNT(origins), &out->origin)->bits;
	out->query.channel = chosen(request, "cach", channels, COUNT(channels), &out->channel)->word;
	out->query.procedures = procedures_of(web, request, &out->work);
	out->clerk = "";
	for (size_t i = 0; rc == RC_OK && i < out->account_count; i++)
		if (strcmp(out->accounts[i].id, request_query(request, "can-bo")) == 0)
			out->clerk = out->accounts[i].id;
	out->query.clerk = out->clerk;
	asked_start(request, out);
	out->filters = pool_printf(pool, "%s%s%s%s%s%s%s%s%s%s", *out->state ? "&trang-thai=" : "",
			out->state, *out->origin ? "&nguon=" : "", out->origin,
			*out->channel ? "&cach=" : "", out->channel, *out->work ? "&viec=" : "",
			out->work, *out->clerk ? "&can-bo=" : "", out->clerk);
	return rc;
}

/* ---- rows ---- */

static const char *name_of(const struct asked *asked, const char *id)
{
	for (size_t i = 0; i < asked->account_count; i++)
		if (strcmp(asked->accounts[i].id, id) == 0)
			return asked->accounts[i].name;
	return id;
}

static const char *words(struct pool *pool, const char *prefix, const char *word)
{
	const char *key = pool_printf(pool, "%s.%s", prefix, word);

	return *word != '\0' && text_known(key) ? text_get(key) : "";
}

/* What the columns do not say: another number, where it came from. */
static const char *note_of(struct pool *pool, const struct register_row *row)
{
	static const char *const keys[] = { "", "register.origin.nhap-bu", "register.origin.tiep-quan",
		"register.origin.noi-khac", "" };
	const char *origin = row->origin > ORIGIN_ACCEPTED && row->origin < ORIGIN_REFUSED ?
			text_get(keys[row->origin]) : "";

	return pool_printf(pool, "%s%s%s", origin, *origin && *row->old_code ? ": " : "", row->old_code);
}

static const char *unit_of(const struct web *web, const struct register_row *row)
{
	return *row->unit != '\0' ? row->unit : web->settings->agency_name;
}

static const char *state_of(struct pool *pool, const struct register_row *row)
{
	const char *state = text_get(pool_printf(pool, "state.%s", state_name(row->state)));

	return row->holder == HOLDER_CENTER ? text_fill(pool, "dossier.state_at_province", state, NULL) : state;
}

static const char *moment(struct pool *pool, int64_t at)
{
	return at > 0 ? pool_printf(pool, "%s %s", show_clock(pool, at), show_date(pool, at)) : "";
}

static void show_row(struct web *web, struct view *item, const struct asked *asked,
		const struct register_row *row, int64_t no)
{
	struct pool *pool = view_pool(item);

	view_setf(item, "no", "%lld", (long long)no);
	view_set(item, "url", pool_printf(pool, "/ho-so/%s", row->code[0] != '\0' ? row->code : row->id_hex));
	view_set(item, "code", row->official[0] != '\0' ? row->official : row->code);
	view_set(item, "code_short", dossier_show_short_code(row->code));
	/* The form asks for the procedure's name; what was asked for in other words stands under it. */
	view_set(item, "procedure_name", row->procedure_name);
	view_set(item, "content", strcmp(row->content, row->procedure_name) != 0 ? row->content : "");
	view_set(item, "procedure", row->content[0] != '\0' ? row->content : row->procedure_name);
	view_int(item, "sets", row->sets);
	view_set(item, "applicant", row->applicant);
	view_set(item, "address", row->address);
	view_set(item, "phone", row->phone);
	view_set(item, "unit", unit_of(web, row));
	view_set(item, "received", moment(pool, row->received_at));
	view_set(item, "due", row->has_due ? moment(pool, row->due_at) : "");
	view_set(item, "forwarded", moment(pool, row->forwarded_at));
	view_set(item, "finished", moment(pool, row->finished_at));
	view_set(item, "returned", moment(pool, row->returned_at));
	view_set(item, "late", row->has_due && row->finished_at > row->due_at ? "1" : "");
	view_set(item, "delivery", words(pool, "delivery", row->delivery));
	view_set(item, "clerk", name_of(asked, row->clerk));
	view_set(item, "locality", row->locality);
	view_set(item, "state", state_of(pool, row));
	view_set(item, "row_note", note_of(pool, row));
	view_flag(item, "voided", row->state == STATE_VOIDED);
}

static enum rc show_rows(struct web *web, struct request *request, struct view *view,
		const struct asked *asked, size_t limit)
{
	struct register_row *rows = NULL;
	size_t count = 0;
	enum rc rc = register_list(web->store, request->pool, &asked->query, limit + 1, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count && i < limit; i++)
		show_row(web, view_item(view, "rows"), asked, &rows[i], asked->no + (int64_t)i);
	view_flag(view, "any", rc == RC_OK && count > 0);
	if (rc == RC_OK && count > limit)
		view_setf(view, "next_query", "thang=%s%s&sau=%lld-%s&stt=%lld", asked->month.query,
				asked->filters, (long long)rows[limit - 1].received_at,
				rows[limit - 1].id_hex, (long long)(asked->no + (int64_t)limit));
	return rc == RC_INVALID ? RC_NOT_FOUND : rc;
}

static void show_choices(struct view *view, const char *list, const char *prefix,
		const struct choice *choices, size_t count, const char *now)
{
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, list);

		view_set(item, "slug", choices[i].slug);
		view_set(item, "words", text_get(pool_printf(view_pool(view), "%s.%s", prefix,
				choices[i].slug)));
		view_flag(item, "chosen", strcmp(choices[i].slug, now) == 0);
	}
}

/* Every procedure under its field; the field itself by its first procedure. */
static void show_work(struct web *web, struct view *view, const char *now)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	struct view *group = NULL;
	const char *field = NULL;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct procedure *procedure = &catalogue->procedures[i];
		struct view *item;

		if (!procedure->enabled)
			continue;
		if (field == NULL || strcmp(field, procedure->field) != 0) {
			field = procedure->field;
			group = view_item(view, "fields");
			view_set(group, "field", field);
			view_setf(group, "field_code", "l-%s", procedure->code);
			view_flag(group, "field_chosen", strcmp(now, pool_printf(view_pool(view), "l-%s",
					procedure->code)) == 0);
		}
		item = view_item(group, "procedures");
		view_set(item, "code", procedure->code);
		view_set(item, "name", procedure->name);
		view_flag(item, "chosen", strcmp(now, procedure->code) == 0);
	}
}

static void show_filters(struct web *web, struct request *request, struct view *view,
		const struct asked *asked)
{
	month_show(request, view, &asked->month);
	show_choices(view, "states", "register.state", states, COUNT(states), asked->state);
	show_choices(view, "origins", "register.origin", origins, COUNT(origins), asked->origin);
	show_choices(view, "channels", "register.way", channels, COUNT(channels), asked->channel);
	show_work(web, view, asked->work);
	for (size_t i = 0; i < asked->account_count; i++) {
		struct view *item;

		if ((asked->accounts[i].roles & (ROLE_INTAKE | ROLE_MANAGER)) == 0)
			continue;
		item = view_item(view, "clerks");
		view_set(item, "id", asked->accounts[i].id);
		view_set(item, "name", asked->accounts[i].name);
		view_flag(item, "chosen", strcmp(asked->accounts[i].id, asked->clerk) == 0);
	}
	view_flag(view, "filtered", *asked->filters != '\0');
	view_set(view, "query", pool_printf(request->pool, "thang=%s%s", asked->month.query,
			asked->filters));
	view_set(view, "filter_query", asked->filters);
}

/* What was taken over, brought to be handed out or refused stands in the register, but is no intake. */
static enum rc show_counts(struct web *web, struct view *view, const struct asked *asked)
{
	int64_t count = 0, intake = 0;
	enum rc rc = register_count(web->store, &asked->query, &count, &intake);

	view_set(view, "count", text_fill(view_pool(view), count < REGISTER_COUNT_MAX ?
			"register.count" : "register.count_more", pool_printf(view_pool(view), "%lld",
			(long long)count), NULL));
	if (asked->query.origins == 0 && intake != count && count < REGISTER_COUNT_MAX) {
		view_setf(view, "intake", "%lld", (long long)intake);
		view_setf(view, "elsewhere", "%lld", (long long)(count - intake));
	}
	return rc;
}

enum rc page_register(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct asked asked = { 0 };
	enum rc rc = ask(web, request, &asked);

	if (rc == RC_OK)
		rc = show_counts(web, view, &asked);
	if (rc == RC_OK)
		rc = show_rows(web, request, view, &asked, ROWS);
	if (rc != RC_OK)
		return rc;
	show_filters(web, request, view, &asked);
	view_flag(view, "further", asked.query.after_id[0] != '\0');
	view_set(view, "title", text_get("register.title"));
	return web_page(web, request, response, "intake/register", view);
}

enum rc page_register_print(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const struct forms *forms = &intake_of(web)->forms;
	const struct form_paper *paper = forms_find(forms, "register");
	struct asked asked = { 0 };
	enum rc rc = ask(web, request, &asked);

	if (rc == RC_OK)
		rc = show_rows(web, request, view, &asked, PRINT_ROWS);
	if (rc != RC_OK)
		return rc;
	month_show(request, view, &asked.month);
	view_set(view, "query", pool_printf(request->pool, "thang=%s%s", asked.month.query, asked.filters));
	view_set(view, "parent_name", web->settings->parent_name);
	view_set(view, "agency_name", web->settings->agency_name);
	view_set(view, "date", show_date_paper(request->pool, request->now_ms));
	view_set(view, "heading", text_upper(request->pool, paper->title));
	view_set(view, "form_no", forms_line(request->pool, forms, paper));
	view_set(view, "title", text_get("register.title"));
	return web_page(web, request, response, "print/register", view);
}

/* ---- as a file ---- */

static enum rc put_row(struct web *web, struct pool *pool, struct sheet_export *export,
		const struct asked *asked, const struct register_row *row, int64_t no)
{
	sheet_export_int(export, no);
	sheet_export_text(export, row->official[0] != '\0' ? row->official : row->code);
	sheet_export_text(export, row->code);
	sheet_export_text(export, row->content[0] != '\0' ? row->content : row->procedure_name);
	sheet_export_int(export, row->sets > 0 ? row->sets : 1);
	sheet_export_text(export, row->applicant);
	sheet_export_text(export, row->address);
	sheet_export_text(export, row->phone);
	sheet_export_text(export, unit_of(web, row));
	sheet_export_minute(export, row->received_at);
	sheet_export_minute(export, row->has_due ? row->due_at : 0);
	sheet_export_minute(export, row->forwarded_at);
	sheet_export_minute(export, row->finished_at);
	sheet_export_minute(export, row->returned_at);
	sheet_export_text(export, words(pool, "delivery", row->delivery));
	sheet_export_text(export, name_of(asked, row->clerk));
	sheet_export_text(export, row->locality);
	sheet_export_text(export, words(pool, "step1.channel", row->channel));
	sheet_export_text(export, state_of(pool, row));
	sheet_export_text(export, note_of(pool, row));
	return sheet_export_row(export, false);
}

/* In batches, each from the key of the one before: neither memory nor time grows with the month. */
static enum rc put_rows(struct web *web, struct sheet_export *export, struct asked *asked)
{
	struct pool *pool = pool_new();
	struct register_row *rows = NULL;
	size_t count = BATCH;
	char key[33];
	enum rc rc = RC_OK;

	for (int64_t no = 1; rc == RC_OK && count == BATCH;) {
		pool_reset(pool);
		rc = register_list(web->store, pool, &asked->query, BATCH, &rows, &count);
		for (size_t i = 0; rc == RC_OK && i < count; i++)
			rc = put_row(web, pool, export, asked, &rows[i], no++);
		if (rc != RC_OK || count == 0)
			break;
		memcpy(key, rows[count - 1].id_hex, sizeof(key));
		asked->query.after_ms = rows[count - 1].received_at;
		asked->query.after_id = key;
	}
	pool_free(pool);
	return rc;
}

enum rc page_register_file(struct web *web, struct request *request, struct response *response)
{
	struct sheet_export *export = NULL;
	enum sheet_format format;
	struct asked asked = { 0 };
	const char *title;
	enum rc rc = ask(web, request, &asked);

	if (rc != RC_OK)
		return rc;
	if (!sheet_format_parse(request->params[0], &format))
		return RC_NOT_FOUND;
	asked.query.after_id = "";
	title = pool_printf(request->pool, "%s, %s", text_get("register.title"), text_fill(request->pool,
			"book.month", pool_printf(request->pool, "%d", asked.month.month),
			pool_printf(request->pool, "%d", asked.month.year), NULL));
	rc = sheet_export_open(web, request, format, title, columns, COUNT(columns), &export);
	if (rc == RC_OK)
		rc = put_rows(web, export, &asked);
	if (rc == RC_OK)
		return sheet_export_close(export, response, pool_printf(request->pool, "so-ho-so-%s",
				asked.month.query));
	sheet_export_drop(export);
	return rc;
}
