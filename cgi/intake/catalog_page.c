/*
 * catalog_page.c: one procedure before the manager (/quan-ly/thu-tuc/<code>): its values with their
 * sources, corrected with a preview; switched off; switched on by confirming exactly what waits
 * (/bat); a procedure of the point's own (/moi).
 */
#include <string.h>

#include "base/text.h"
#include "intake/catalog.h"
#include "web/show.h"
#include "web/text_vi.h"

enum rc catalog_page_open(struct catalog_sheet *sheet)
{
	enum rc rc = revise_open(sheet->web, sheet->request, DOCUMENT_CATALOGUE, &sheet->revise);

	if (rc != RC_OK)
		return rc;
	sheet->before = catalogue_edit_row(json_object_get(sheet->revise.document, "procedures"), "code",
			sheet->request->params[0]);
	if (sheet->before == NULL)
		return RC_NOT_FOUND;
	sheet->after = json_deep_copy(sheet->before);
	sheet->url = pool_printf(sheet->request->pool, "/quan-ly/thu-tuc/%s",
			sheet->request->params[0]);
	return RC_OK;
}

void catalog_page_close(struct catalog_sheet *sheet)
{
	json_decref(sheet->after);
	revise_close(&sheet->revise);
}

static void show_state(struct catalog_sheet *sheet, struct view *view)
{
	const struct procedure *procedure = catalogue_find(&intake_of(sheet->web)->catalogue,
			sheet->request->params[0]);
	bool certain = procedure != NULL && catalogue_is_certain(procedure);
	bool enabled = procedure != NULL && procedure->enabled;

	view_flag(view, "is_on", enabled);
	view_flag(view, "is_waiting", !enabled && !certain);
	view_flag(view, "is_off", !enabled && certain);
	view_flag(view, "hidden_in_live", procedure == NULL);
	view_flag(view, "ended", enabled && !procedure_is_offered(procedure,
			documents_day(sheet->request->now_ms)));
}

/* A document switches on what it does not switch off: said in words before somebody does. */
static bool show_changes(struct catalog_sheet *sheet, struct view *view)
{
	json_t *before = json_deep_copy(sheet->before);
	bool any;

	if (sheet->off && json_object_get(before, "enabled") == NULL)
		json_put_flag(before, "enabled", true);
	any = revise_show_changes(view, before, sheet->after);
	json_decref(before);
	return any;
}

/* A procedure of many cases does not fit one page: "Giá trị 1–190", "Giá trị 191–230". */
static void show_pages(const struct catalog_sheet *sheet, struct view *view,
		const struct catalog_values *values)
{
	struct pool *pool = view_pool(view);

	for (size_t from = 0; values->total > CATALOG_VALUES && from < values->total;
			from += CATALOG_VALUES) {
		struct view *item = view_item(view, "value_pages");
		size_t to = from + CATALOG_VALUES < values->total ? from + CATALOG_VALUES : values->total;

		view_set(item, "page_url", pool_printf(pool, "%s?tu=%zu", sheet->url, from));
		view_set(item, "page_name", text_fill(pool, "catalog.values_of",
				pool_printf(pool, "%zu", from + 1), pool_printf(pool, "%zu", to), NULL));
		view_flag(item, "current", from == values->from);
		view_flag(view, "value_pages_shown", true);
	}
}

static enum rc sheet_show(struct catalog_sheet *sheet, const struct catalog_values *values, bool typed,
		bool preview)
{
	struct request *request = sheet->request;
	struct view *view = view_new(request->pool);

	view_set(view, "code", pool_strdup(request->pool, json_text(sheet->before, "code")));
	view_set(view, "name", pool_strdup(request->pool, json_text(sheet->before, "name")));
	view_set(view, "title", pool_strdup(request->pool, json_text(sheet->before, "name")));
	view_set(view, "sheet_url", sheet->url);
	view_set(view, "action", sheet->on ? pool_printf(request->pool, "%s/bat", sheet->url) :
			values->from > 0 ? pool_printf(request->pool, "%s?tu=%zu", sheet->url, values->from) :
			sheet->url);
	if (sheet->on)
		view_flag(view, "too_many", values->total > CATALOG_VALUES);
	else
		show_pages(sheet, view, values);
	view_set(view, "base", revise_print(request->pool, sheet->before));
	view_set(view, "version", sheet->revise.current.version);
	view_set(view, "document_fault", sheet->fault);
	view_flag(view, "nothing_waits", values->count == 0);
	show_state(sheet, view);
	catalog_part_tabs(view, "part_tabs", sheet->url, NULL);
	if (typed)
		form_show(request->form, NULL, 0, view);
	catalog_values_show(view, values, typed ? request->form : NULL);
	if (preview && !form_has_faults(request->form)) {
		view_flag(view, "unchanged", !show_changes(sheet, view));
		view_flag(view, "off_preview", sheet->off);
		view_set(view, "shown", revise_print(request->pool, sheet->after));
		view_flag(view, "preview", true);
	} else if (typed) {
		sheet->response->status = 422;
	}
	return web_page(sheet->web, request, sheet->response, sheet->on ? "intake/catalog_on" :
			"intake/catalog_sheet", view);
}

enum rc catalog_page_write(struct catalog_sheet *sheet, const char *summary_key)
{
	struct request *request = sheet->request;
	const char *summary = text_fill(request->pool, summary_key, json_text(sheet->after, "code"),
			json_text(sheet->after, "name"), NULL);
	enum rc rc;

	catalogue_edit_put(sheet->revise.document, sheet->after);
	rc = revise_save(sheet->web, request, sheet->response, &sheet->revise, summary, sheet->url,
			&sheet->fault);
	/* The tree holds the new one now; the page compares with the copy that was read. */
	if (rc == RC_INVALID)
		sheet->before = catalogue_edit_row(json_object_get(sheet->revise.document, "procedures"),
				"code", request->params[0]);
	return rc;
}

static enum rc save(struct catalog_sheet *sheet, const char *summary_key,
		const struct catalog_values *values)
{
	enum rc rc = catalog_page_write(sheet, summary_key);

	if (rc != RC_INVALID)
		return rc;
	form_fault(sheet->request->form, pool_printf(sheet->request->pool, "v%zu", values->from),
			"catalog.unfit");
	return sheet_show(sheet, values, true, false);
}

bool catalog_page_stale(const struct catalog_sheet *sheet)
{
	return strcmp(form_raw(sheet->request->form, "base"), revise_print(sheet->request->pool,
			sheet->before)) != 0;
}

bool catalog_page_confirmed(const struct catalog_sheet *sheet)
{
	const struct request *request = sheet->request;

	return form_raw(request->form, "save")[0] != '\0' && strcmp(form_raw(request->form, "shown"),
			revise_print(request->pool, sheet->after)) == 0;
}

static enum rc take(struct catalog_sheet *sheet, const struct catalog_values *values, const char *summary)
{
	struct request *request = sheet->request;
	enum rc rc;

	if (catalog_page_stale(sheet))
		return revise_conflict(sheet->web, request, sheet->response, DOCUMENT_CATALOGUE, sheet->url);
	rc = catalog_values_take(request, values);
	if (rc != RC_OK)
		return rc;
	catalog_values_tidy(request->pool, sheet->after);
	if (form_has_faults(request->form))
		return sheet_show(sheet, values, true, false);
	if (catalog_page_confirmed(sheet))
		return save(sheet, summary, values);
	return sheet_show(sheet, values, true, true);
}

static enum rc switch_off(struct catalog_sheet *sheet)
{
	struct catalog_values none = { .rows = NULL };

	if (catalog_page_stale(sheet))
		return revise_conflict(sheet->web, sheet->request, sheet->response, DOCUMENT_CATALOGUE,
				sheet->url);
	json_put_flag(sheet->after, "enabled", false);
	sheet->off = true;
	if (catalog_page_confirmed(sheet))
		return save(sheet, "catalog.did_off", &none);
	return sheet_show(sheet, &none, true, true);
}

enum rc page_catalog_sheet(struct web *web, struct request *request, struct response *response)
{
	struct catalog_sheet sheet = { .web = web, .request = request, .response = response, .fault = "" };
	struct catalog_values values;
	int64_t from = 0;
	enum rc rc = catalog_page_open(&sheet);

	if (num_parse(request_query(request, "tu"), 0, 100000, &from) != RC_OK)
		from = 0;
	if (rc == RC_OK && request->method == METHOD_POST && form_raw(request->form, "off")[0] != '\0') {
		rc = switch_off(&sheet);
	} else if (rc == RC_OK) {
		catalog_values_all(request->pool, sheet.after, (size_t)from / CATALOG_VALUES *
				CATALOG_VALUES, &values);
		rc = request->method == METHOD_POST ? take(&sheet, &values, "catalog.did_edit") :
				sheet_show(&sheet, &values, false, false);
	}
	catalog_page_close(&sheet);
	return rc;
}

/* Everything that waited was asked, each with its source. */
static void settle_all(struct pool *pool, json_t *procedure)
{
	struct catalogue_doubt *doubts;
	size_t count = catalogue_edit_doubts(pool, procedure, &doubts);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(doubts[i].word, "amount") == 0)
			(void)json_object_del(doubts[i].object, "certain");
		else
			catalogue_edit_settle(doubts[i].object, doubts[i].word);
	}
	json_put_flag(procedure, "enabled", true);
}

enum rc page_catalog_on(struct web *web, struct request *request, struct response *response)
{
	struct catalog_sheet sheet = { .web = web, .request = request, .response = response, .fault = "",
		.on = true };
	struct catalog_values values;
	enum rc rc = catalog_page_open(&sheet);

	if (rc == RC_OK) {
		catalog_values_doubts(request->pool, sheet.after, &values);
		settle_all(request->pool, sheet.after);
		/* Nothing is switched on that was not asked: they are confirmed one by one first. */
		rc = request->method == METHOD_POST && values.total <= CATALOG_VALUES ? take(&sheet, &values, "catalog.did_on") :
				sheet_show(&sheet, &values, false, false);
	}
	catalog_page_close(&sheet);
	return rc;
}
