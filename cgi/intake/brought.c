/*
 * brought.c: Nhận kết quả để trả (/nhan-ket-qua): results of dossiers that were taken in elsewhere or
 * on line come here by courier, to be returned like our own. The codes of the courier list are scanned
 * one a line; each that is no dossier of ours becomes a row that asks whose it is.
 */
#include <string.h>

#include "base/text.h"
#include "crypt/random.h"
#include "intake/takeover.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS_MAX 20
#define CODES_MAX 2000

static const struct field common[] = {
	{ "from", FIELD_LINE, true, 2, 160, NULL, "brought.from" },
	{ "place", FIELD_LINE, false, 0, 120, NULL, "takeover.place" },
};
#define COMMON (sizeof(common) / sizeof(common[0]))
static const struct field codes_field = { "codes", FIELD_LINES, true, 3, CODES_MAX, NULL,
	"brought.codes" };

/* Of one row; its fields end with "_1" … */
static const struct field row_fields[] = {
	{ "code", FIELD_LINE, true, 1, 60, NULL, "brought.code" },
	{ "name", FIELD_LINE, true, 2, 160, NULL, "takeover.name" },
	{ "number", FIELD_LINE, false, 6, 30, NULL, "takeover.number" },
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "takeover.phone" },
	{ "procedure", FIELD_LINE, true, 2, 240, NULL, "takeover.procedure" },
	{ "kind", FIELD_LINE, false, 2, 160, NULL, "takeover.result_kind" },
	{ "result", FIELD_LINE, false, 0, 60, NULL, "takeover.result_number" },
};
#define ROW_FIELDS (sizeof(row_fields) / sizeof(row_fields[0]))

/* The table of a form with count rows; in pool. */
static struct field *table_of(struct pool *pool, int count, size_t *size)
{
	struct field *out = pool_alloc(pool, (COMMON + (size_t)count * ROW_FIELDS) * sizeof(*out));

	memcpy(out, common, sizeof(common));
	*size = COMMON;
	for (int row = 1; row <= count; row++)
		for (size_t i = 0; i < ROW_FIELDS; i++) {
			out[*size] = row_fields[i];
			out[(*size)++].name = pool_printf(pool, "%s_%d", row_fields[i].name, row);
		}
	return out;
}

static const char *of_row(struct pool *pool, const struct form *form, const char *name, int row)
{
	return form_raw(form, pool_printf(pool, "%s_%d", name, row));
}

static void show_row(struct view *view, const struct form *form, int row, const char *code)
{
	struct view *item = view_item(view, "rows");
	struct pool *pool = view_pool(view);

	view_int(item, "row", row);
	view_set(item, "code", code);
	for (size_t i = 1; form != NULL && i < ROW_FIELDS; i++) {
		const char *name = pool_printf(pool, "%s_%d", row_fields[i].name, row);

		view_set(item, row_fields[i].name, form_raw(form, name));
		view_set(item, pool_printf(pool, "%s_fault", row_fields[i].name),
				form_fault_of(form, name));
	}
	view_set(item, "code_fault", form == NULL ? "" :
			form_fault_of(form, pool_printf(pool, "code_%d", row)));
}

static enum rc show_start(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc = dossier_from_elsewhere(web->store, request->pool, ORIGIN_BROUGHT, 20, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		dossier_show_row(view_item(view, "dossiers"), &rows[i], request->now_ms);
	if (rc != RC_OK)
		return rc;
	view_flag(view, "dossiers_shown", count > 0);
	if (request->method == METHOD_POST) {
		struct field all[COMMON + 1];

		memcpy(all, common, sizeof(common));
		all[COMMON] = codes_field;
		form_show(request->form, all, COMMON + 1, view);
		response->status = 422;
	}
	view_set(view, "title", text_get("brought.title"));
	return web_page(web, request, response, "intake/brought", view);
}

static enum rc show_rows(struct web *web, struct request *request, struct response *response,
		struct view *view, int rows)
{
	view_set(view, "from", form_raw(request->form, "from"));
	view_set(view, "place", form_raw(request->form, "place"));
	view_int(view, "count", rows);
	view_flag(view, "rows_shown", rows > 0);
	view_set(view, "title", text_get("brought.title"));
	return web_page(web, request, response, "intake/brought_rows", view);
}

/* Ours already: taken in here, handed over, or brought before. */
static enum rc find_known(struct web *web, struct request *request, const char *code,
		struct dossier_row *out)
{
	enum rc rc = dossier_find(web->store, request->pool, NULL, text_upper(request->pool, code), out);

	return rc == RC_NOT_FOUND ? dossier_by_old_code(web->store, request->pool, ORIGIN_BROUGHT, code,
			out) : rc;
}

/* The scanned codes become rows; each code once. */
static enum rc take_codes(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const char *at, *codes[ROWS_MAX];
	int rows = 0;
	enum rc rc = form_check(request->form, common, COMMON);

	if (rc == RC_OK || rc == RC_INVALID) {
		enum rc more = form_check(request->form, &codes_field, 1);

		if (more != RC_OK)
			rc = more;
	}
	if (rc == RC_INVALID || form_has_faults(request->form))
		return show_start(web, request, response);
	for (at = form_text(request->form, "codes"); rc == RC_OK && *at != '\0';) {
		size_t len = strcspn(at, "\n\t ,;");
		const char *code = pool_strndup(request->pool, at, len < 60 ? len : 60);
		struct dossier_row known;
		bool twice = false;

		at += len + (at[len] != '\0');
		for (int i = 0; i < rows; i++)
			twice = twice || strcmp(codes[i], code) == 0;
		if (code[0] == '\0' || twice)
			continue;
		rc = find_known(web, request, code, &known);
		if (rc == RC_OK) {
			dossier_show_row(view_item(view, "known"), &known, request->now_ms);
			view_flag(view, "known_shown", true);
		} else if (rc == RC_NOT_FOUND && rows < ROWS_MAX) {
			codes[rows++] = code;
			show_row(view, NULL, rows, code);
			rc = RC_OK;
		} else if (rc == RC_NOT_FOUND) {
			view_flag(view, "more", true);
			rc = RC_OK;
		}
	}
	return rc == RC_OK ? show_rows(web, request, response, view, rows) : rc;
}

/* ---- the rows ---- */

static json_t *body_of(struct web *web, struct request *request, int row)
{
	struct pool *pool = request->pool;
	const struct form *form = request->form;
	const char *from = form_text(form, "from");
	const char *kind = form_text(form, pool_printf(pool, "kind_%d", row));
	json_t *body = json_new_object(), *results = json_new_array(), *result = json_new_object();

	json_put_value(body, "procedure", takeover_procedure(web,
			form_text(form, pool_printf(pool, "procedure_%d", row))));
	json_put_value(body, "applicant", takeover_applicant(form, pool,
			pool_printf(pool, "_%d", row)));
	json_put(body, "from_code", form_text(form, pool_printf(pool, "code_%d", row)));
	json_put(body, "from", from);
	json_put_int(body, "received_at", request->now_ms);
	json_put(body, "place", form_text(form, "place"));
	json_put(result, "kind", kind[0] != '\0' ? kind : text_get("takeover.result"));
	json_put(result, "number", form_text(form, pool_printf(pool, "result_%d", row)));
	json_put(result, "issuer", from);
	json_add(results, result);
	json_put_value(body, "results", results);
	return body;
}

static enum rc write_all(struct web *web, struct request *request, int rows, char **location)
{
	const char *form_id = form_raw(request->form, "form_id"), *reason = NULL;
	char *first = NULL, *code = NULL;
	enum rc rc = store_begin(web->store, true);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	for (int row = 1; rc == RC_OK && row <= rows; row++) {
		uint8_t id[EVENT_ID_SIZE];
		json_t *body = body_of(web, request, row);
		struct takeover one = { .id = id, .actor = request->session->account.id,
			.kind = "dossier.result_brought", .body = body };

		random_bytes(id, sizeof(id));
		rc = takeover_add(web->store, request->pool, &one, &code, &reason);
		json_decref(body);
	}
	if (rc == RC_OK) {
		*location = rows == 1 ? pool_printf(request->pool, "/ho-so/%s", code) :
				pool_strdup(request->pool, "/nhan-ket-qua");
		rc = form_done(web->store, form_id, *location);
	}
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	if (rc != RC_EXISTS)
		return rc;
	*location = first;
	return RC_OK;
}

/* A code that somebody else brought since the page was shown, or that stands twice on it. */
static enum rc check_codes(struct web *web, struct request *request, int rows)
{
	struct pool *pool = request->pool;
	enum rc rc = RC_OK;

	for (int row = 1; rc == RC_OK && row <= rows; row++) {
		const char *code = form_text(request->form, pool_printf(pool, "code_%d", row));
		struct dossier_row known;

		if (code[0] == '\0')
			continue;
		for (int i = 1; i < row; i++)
			if (strcmp(of_row(pool, request->form, "code", i), code) == 0)
				form_fault(request->form, pool_printf(pool, "code_%d", row), "brought.twice");
		rc = find_known(web, request, code, &known);
		if (rc == RC_OK)
			form_fault(request->form, pool_printf(pool, "code_%d", row), "brought.known");
		else if (rc == RC_NOT_FOUND)
			rc = RC_OK;
	}
	return rc;
}

static enum rc sent_before(struct web *web, struct request *request, char **location)
{
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_raw(request->form, "form_id"), location);
	store_abort(web->store);
	return rc;
}

static enum rc take_rows(struct web *web, struct request *request, struct response *response)
{
	char *location = NULL;
	struct field *table;
	size_t size;
	int rows = 0;
	enum rc rc = sent_before(web, request, &location);

	if (rc == RC_EXISTS) {
		response_see_other(response, location);
		return RC_OK;
	}
	while (rc == RC_OK && rows < ROWS_MAX && form_raw_at(request->form,
			pool_printf(request->pool, "code_%d", rows + 1), 0) != NULL)
		rows++;
	if (rc != RC_OK || rows == 0)
		return rc != RC_OK ? rc : RC_INVALID;
	table = table_of(request->pool, rows, &size);
	rc = form_check(request->form, table, size);
	if (rc == RC_OK)
		rc = check_codes(web, request, rows);
	if (rc == RC_INVALID || (rc == RC_OK && form_has_faults(request->form))) {
		struct view *view = view_new(request->pool);

		form_show(request->form, table, size, view);
		for (int row = 1; row <= rows; row++)
			show_row(view, request->form, row, of_row(request->pool, request->form, "code", row));
		response->status = 422;
		return show_rows(web, request, response, view, rows);
	}
	if (rc == RC_OK)
		rc = write_all(web, request, rows, &location);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc page_brought(struct web *web, struct request *request, struct response *response)
{
	if (request->method != METHOD_POST)
		return show_start(web, request, response);
	if (form_raw(request->form, "rows")[0] != '\0')
		return take_rows(web, request, response);
	return take_codes(web, request, response);
}
