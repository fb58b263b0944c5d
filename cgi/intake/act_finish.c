/*
 * act_finish.c: the end of processing (/ket-qua): what the result is, who signed it, its file.
 *
 * The page is a page; its form posts to the upload pool (/tai-len/ket-qua/<code>), which streams the
 * multipart body: a file is adopted as a blob as it comes. When a field is wrong the page comes back
 * with everything typed, and the adopted files stay as hidden fields file_1 … "sha256 size type name".
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/text.h"
#include "intake/intake.h"
#include "store/blob.h"
#include "web/form_files.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FILES_MAX 10

static const struct field fields[] = {
	{ "kind", FIELD_LINE, true, 2, 160, NULL, "act.finish.kind" },
	{ "number", FIELD_LINE, false, 0, 60, NULL, "act.finish.number" },
	{ "summary", FIELD_LINES, false, 0, 500, NULL, "act.finish.summary" },
	{ "issuer", FIELD_LINE, true, 2, 160, NULL, "act.finish.issuer" },
	{ "signer", FIELD_LINE, true, 2, 120, NULL, "act.finish.signer" },
	{ "signer_title", FIELD_LINE, false, 0, 120, NULL, "act.finish.signer_title" },
	{ "signed_on", FIELD_DATE, true, 0, 0, NULL, "act.finish.signed_on" },
	{ "place", FIELD_LINE, false, 0, 120, NULL, "act.finish.place" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

struct result_file {
	char sha256[65];
	int64_t size;
	const char *type, *name;
};

/* What the multipart body brings, part by part. */
struct incoming {
	struct web *web;
	struct pool *pool;
	const char *file_fault;		/* text key: a file that could not be taken */
	struct result_file files[FILES_MAX];
	size_t file_count;
};

/* "sha256 size type name" of a file adopted by an earlier try; it must be here still. */
static void keep_earlier(struct incoming *in, const char *value)
{
	struct result_file *file = &in->files[in->file_count];
	struct blob blob;
	uint8_t sha256[32];
	char *name;

	if (in->file_count == FILES_MAX || strlen(value) < 65 || value[64] != ' ')
		return;
	memcpy(file->sha256, value, 64);
	file->sha256[64] = '\0';
	if (hex_decode(file->sha256, sha256, sizeof(sha256)) != RC_OK ||
			blob_find(in->web->store, in->web->store->board, sha256, &blob) != RC_OK ||
			text_clean(in->pool, value + 65, strlen(value + 65), TEXT_ONE_LINE,
					&name) != RC_OK)
		return;
	file->size = blob.size;
	file->type = blob.type;
	file->name = name;
	in->file_count++;
}

static void take_field(void *arg, const char *name, const char *value)
{
	if (strcmp(name, "earlier") == 0)
		keep_earlier(arg, value);
}

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct incoming *in = arg;
	struct result_file *file = &in->files[in->file_count];
	struct blob blob;
	char *clean = NULL;
	enum rc rc;

	(void)name;
	if (size == 0)			/* no file chosen */
		return RC_OK;
	if (in->file_count == FILES_MAX) {
		in->file_fault = "act.finish.too_many";
		return RC_OK;
	}
	rc = blob_adopt(in->web->store, NULL, spool_path, NULL, size, true, &blob);
	if (rc == RC_INVALID) {
		in->file_fault = "act.finish.file_type";
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	if (text_clean(in->pool, filename, strlen(filename), TEXT_ONE_LINE, &clean) != RC_OK)
		clean = pool_strdup(in->pool, "");
	hex_encode(blob.sha256, sizeof(blob.sha256), file->sha256);
	file->size = blob.size;
	file->type = blob.type;
	file->name = clean;
	in->file_count++;
	return RC_OK;
}

static json_t *result_body(const struct form *form, const struct incoming *in, int64_t now_ms)
{
	json_t *body = json_new_object(), *results = json_new_array(), *result = json_new_object();

	/* All fields but the last (place) are members of the result. */
	for (size_t i = 0; i + 1 < FIELDS; i++)
		json_put(result, fields[i].name, form_text(form, fields[i].name));
	if (in->file_count > 0) {
		json_t *files = json_new_array();

		for (size_t i = 0; i < in->file_count; i++) {
			json_t *file = json_new_object();

			json_put(file, "sha256", in->files[i].sha256);
			json_put_int(file, "size", in->files[i].size);
			json_put(file, "type", in->files[i].type);
			json_put(file, "name", in->files[i].name);
			json_add(files, file);
		}
		json_put_value(result, "files", files);
	}
	json_add(results, result);
	json_put_value(body, "results", results);
	json_put_int(body, "decided_at", now_ms);
	json_put(body, "place", form_text(form, "place"));
	return body;
}

/* Signer and date as signed on the board; the agency of this point as issuer. */
static void show_defaults(struct web *web, struct request *request, struct view *view,
		const struct dossier_row *row)
{
	json_t *body = dossier_last_body(web, request->pool, row, "dossier.signed");

	view_set(view, "issuer", web->settings->parent_name);
	if (body != NULL) {
		view_set(view, "signer", pool_strdup(request->pool, json_text(body, "signer_name")));
		view_set(view, "signer_title",
				pool_strdup(request->pool, json_text(body, "signer_title")));
		view_set(view, "signed_on",
				show_date(request->pool, json_int(body, "signed_at", request->now_ms)));
		view_set(view, "number", pool_strdup(request->pool, json_text(body, "number")));
		json_decref(body);
	} else {
		view_set(view, "signed_on", show_date(request->pool, request->now_ms));
	}
	body = dossier_last_body(web, request->pool, row, "dossier.sent_to_sign");
	view_set(view, "summary", body != NULL ?
			pool_strdup(request->pool, json_text(body, "summary")) : row->content);
	json_decref(body);
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, struct view *view)
{
	view_set(view, "upload", pool_printf(request->pool, "/tai-len/ket-qua/%s", row->code));
	view_set(view, "max_size", show_bytes(request->pool, web->settings->upload_max_bytes));
	return act_page(web, request, response, row, "finish", view);
}

enum rc page_finish(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	bool go;
	enum rc rc = act_open(web, request, response, "finish", &row, &go);

	if (rc != RC_OK || !go)
		return rc;
	show_defaults(web, request, view, &row);
	return show(web, request, response, &row, view);
}

static void show_again(struct request *request, const struct incoming *in, struct view *view)
{
	form_show(request->form, fields, FIELDS, view);
	for (size_t i = 0; i < in->file_count; i++) {
		struct view *item = view_item(view, "earlier");

		view_setf(item, "value", "%s %s", in->files[i].sha256, in->files[i].name);
		view_set(item, "name", in->files[i].name);
		view_set(item, "size", show_bytes(request->pool, in->files[i].size));
	}
}

enum rc page_finish_post(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct incoming in = { .web = web, .pool = request->pool };
	struct form_files files = { .file = take_file, .field = take_field, .arg = &in };
	struct dossier_row row;
	bool go = false, too_large = false;
	enum rc rc;

	if (request->method != METHOD_POST) {	/* reached by reloading or after a login */
		response_see_other(response, pool_printf(request->pool, "/ho-so/%s/ket-qua",
				request->params[0]));
		return RC_OK;
	}
	rc = act_open(web, request, response, "finish", &row, &go);
	if (rc == RC_OK && go)
		rc = form_files_read(web, request, &files, &too_large);
	if (rc != RC_OK || !go)
		return rc;
	rc = form_check(request->form, fields, FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (too_large)
		in.file_fault = "upload.too_large";
	if (in.file_fault != NULL)
		form_fault(request->form, "file", in.file_fault);
	if (form_has_faults(request->form)) {
		show_again(request, &in, view);
		rc = show(web, request, response, &row, view);
	} else {
		json_t *body = result_body(request->form, &in, request->now_ms);

		rc = act_write(web, request, response, &row, "dossier.finished", body,
				dossier_show_url(request->pool, &row, ""));
		json_decref(body);
	}
	return rc;
}
