/*
 * pages_finish.c: finishing a dossier with its result: number, summary, who signed, and the file.
 *
 * The form goes as multipart to the upload pool. A faulty field brings the page back with
 * everything typed and the file kept: it is stored by then, and named by its hash in the form.
 */
#include "center/pages.h"

#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/blob.h"
#include "web/form_files.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{"kind", FIELD_LINE, true, 1, 200, NULL, "center.result.kind"},
	{"number", FIELD_LINE, true, 1, 100, NULL, "center.result.number"},
	{"issuer", FIELD_LINE, true, 1, 200, NULL, "center.result.issuer"},
	{"signer", FIELD_LINE, true, 1, 200, NULL, "center.result.signer"},
	{"signed_on", FIELD_DATE, true, 0, 0, NULL, "center.result.signed_on"},
	{"summary", FIELD_LINES, true, 1, 1000, NULL, "center.result.summary"},
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

/* What came in one multipart body besides its fields. */
struct incoming {
	struct web *web;
	struct request *request;
	const char *board;
	bool bad_type;
	bool too_large;
	bool has_file;
	struct blob blob;
	const char *filename;
};

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, struct form *form, const struct incoming *in)
{
	struct view *view = view_new(request->pool);
	char hex[65];

	pages_inbox_show(view, row, request->now_ms);
	view_set(view, "title", text_get("center.finish"));
	view_set(view, "action", pool_printf(request->pool, "/tai-len/%s/%s/ket-qua", row->board,
			row->code));
	view_set(view, "seen", row->seen);
	view_set(view, "accept", "application/pdf,image/jpeg,image/png");
	view_set(view, "max_size", show_bytes(request->pool, web->settings->upload_max_bytes));
	if (form != NULL) {
		form_show(form, fields, field_count, view);
		view_set(view, "seen", form_raw(form, "seen"));
		response->status = in->too_large ? 413 : 422;
	}
	if (in != NULL && in->has_file) {
		hex_encode(in->blob.sha256, sizeof(in->blob.sha256), hex);
		view_set(view, "kept_sha256", pool_strdup(request->pool, hex));
		view_set(view, "kept_name", in->filename);
		view_set(view, "kept_size", show_bytes(request->pool, in->blob.size));
	}
	return web_page(web, request, response, "center/finish", view);
}

enum rc pages_finish(struct web *web, struct request *request, struct response *response)
{
	struct dossier_row row;
	enum rc rc;

	rc = pages_dossier_find(web, request, &row);
	if (rc == RC_OK && !pages_inbox_can_work(&row)) {
		response_see_other(response, pages_dossier_url(request->pool, &row, ""));
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = show(web, request, response, &row, NULL, NULL);
	return rc;
}

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct incoming *in = arg;
	enum rc rc;

	if (strcmp(name, "file") != 0 || size == 0 || in->has_file)
		return RC_OK;
	rc = blob_adopt(in->web->store, in->board, spool_path, NULL, size, true, &in->blob);
	if (rc == RC_INVALID) {
		in->bad_type = true;
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	in->has_file = true;
	in->filename = pool_strdup(in->request->pool, filename);
	return RC_OK;
}

/* A file kept from the answer before, named by its hash: it must be stored for this board. */
static enum rc take_kept(struct incoming *in, const struct form *form)
{
	uint8_t raw[32];
	char *name;
	enum rc rc;

	if (in->has_file || hex_decode(form_raw(form, "kept_sha256"), raw, sizeof(raw)) != RC_OK)
		return RC_OK;
	rc = blob_find(in->web->store, in->board, raw, &in->blob);
	if (rc == RC_OK && text_clean(in->request->pool, form_raw(form, "kept_name"),
			strlen(form_raw(form, "kept_name")), TEXT_ONE_LINE, &name) == RC_OK) {
		memcpy(in->blob.sha256, raw, sizeof(raw));
		in->has_file = true;
		in->filename = name;
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static json_t *result_body(const struct form *form, const struct incoming *in, int64_t now_ms)
{
	json_t *body = json_new_object();
	json_t *results = json_new_array();
	json_t *result = json_new_object();
	json_t *files = json_new_array();
	json_t *file = json_new_object();
	char hex[65];
	size_t i;

	hex_encode(in->blob.sha256, sizeof(in->blob.sha256), hex);
	json_put(file, "sha256", hex);
	json_put_int(file, "size", in->blob.size);
	json_put(file, "type", in->blob.type);
	json_put(file, "name", in->filename);
	json_add(files, file);
	for (i = 0; i < field_count; i++)
		json_put(result, fields[i].name, form_text(form, fields[i].name));
	json_put_value(result, "files", files);
	json_add(results, result);
	json_put_value(body, "results", results);
	json_put_int(body, "decided_at", now_ms);
	return body;
}

static enum rc write_result(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct form *form, const struct incoming *in)
{
	struct pages_act_part parts[2];
	json_t *body = result_body(form, in, request->now_ms);
	json_t *back = json_new_object();
	enum rc rc;

	parts[0].kind = "dossier.finished";
	parts[0].body = body;
	parts[1].kind = "dossier.handed_back";
	parts[1].body = back;
	rc = pages_act_write(web, request, response, row, parts, 2, form_raw(form, "form_id"),
			form_raw(form, "seen"));
	json_decref(body);
	json_decref(back);
	return rc;
}

enum rc pages_finish_post(struct web *web, struct request *request, struct response *response)
{
	struct incoming in;
	struct form_files files = {take_file, NULL, &in};
	struct dossier_row row;
	struct form *form;
	enum rc rc;

	memset(&in, 0, sizeof(in));
	rc = pages_dossier_find(web, request, &row);
	if (rc != RC_OK)
		return rc;
	in.web = web;
	in.request = request;
	in.board = row.board;
	rc = form_files_read(web, request, &files, &in.too_large);
	form = request->form;
	request->form = form;
	if (rc == RC_OK)
		rc = take_kept(&in, form);
	if (rc != RC_OK)
		return rc;
	rc = form_check(form, fields, field_count);
	if (in.too_large)
		form_fault(form, "file", "upload.too_large");
	else if (in.bad_type)
		form_fault(form, "file", "center.file.type");
	else if (!in.has_file)
		form_fault(form, "file", "center.file.missing");
	if (rc != RC_OK || form_has_faults(form))
		rc = show(web, request, response, &row, form, &in);
	else
		rc = write_result(web, request, response, &row, form, &in);
	return rc;
}
