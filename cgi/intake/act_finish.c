/*
 * act_finish.c: the end of processing (/ket-qua): what the result is, who signed it, its file.
 *
 * The page is a page; its form posts to the upload pool (/tai-len/ket-qua/<code>), which streams the
 * multipart body: a file is adopted as a blob as it comes. When a field is wrong the page comes back
 * with everything typed, and the adopted files stay as hidden fields "sha256 name" beside their result.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/pdf.h"
#include "base/text.h"
#include "intake/intake.h"
#include "store/blob.h"
#include "web/form_files.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FILES_MAX 10		/* of all results together */
#define RESULTS_MAX 5

/* Of one result; a second one's names end in "_2", and so on. */
static const struct field one_result[] = {
	{ "kind", FIELD_LINE, true, 2, 160, NULL, "act.finish.kind" },
	{ "number", FIELD_LINE, false, 0, 60, NULL, "act.finish.number" },
	{ "summary", FIELD_LINES, false, 0, 500, NULL, "act.finish.summary" },
	{ "issuer", FIELD_LINE, true, 2, 160, NULL, "act.finish.issuer" },
	{ "signer", FIELD_LINE, true, 2, 120, NULL, "act.finish.signer" },
	{ "signer_title", FIELD_LINE, false, 0, 120, NULL, "act.finish.signer_title" },
	{ "signed_on", FIELD_DATE, true, 0, 0, NULL, "act.finish.signed_on" },
	{ "issued_on", FIELD_DATE, false, 0, 0, NULL, "act.finish.issued_on" },
};
#define ONE (sizeof(one_result) / sizeof(one_result[0]))
static const struct field place_field = { "place", FIELD_LINE, false, 0, 120, NULL,
	"act.finish.place" };

struct result_file {
	char sha256[65];
	int64_t size;
	const char *type, *name;
	size_t result;			/* from 0 */
};

/* What the multipart body brings, part by part. */
struct incoming {
	struct web *web;
	struct pool *pool;
	const char *file_fault[RESULTS_MAX];	/* text keys: a file that could not be taken */
	struct result_file files[FILES_MAX];
	size_t file_count;
};

static const char *suffix_of(size_t result)
{
	static const char *const suffixes[RESULTS_MAX] = { "", "_2", "_3", "_4", "_5" };

	return suffixes[result];
}

/* "file_3" with "file" → 2; RESULTS_MAX: another field. */
static size_t result_of(const char *name, const char *stem)
{
	size_t len = strlen(stem);

	for (size_t i = 0; strncmp(name, stem, len) == 0 && i < RESULTS_MAX; i++)
		if (strcmp(name + len, suffix_of(i)) == 0)
			return i;
	return RESULTS_MAX;
}

static const char *named(struct pool *pool, const char *name, size_t result)
{
	return pool_printf(pool, "%s%s", name, suffix_of(result));
}

/* The fields of so many results and the place; pool. */
static struct field *fields_of(struct pool *pool, size_t results, size_t *count)
{
	struct field *fields = pool_alloc(pool, (results * ONE + 1) * sizeof(*fields));

	*count = 0;
	for (size_t i = 0; i < results; i++)
		for (size_t j = 0; j < ONE; j++) {
			fields[*count] = one_result[j];
			fields[(*count)++].name = named(pool, one_result[j].name, i);
		}
	fields[(*count)++] = place_field;
	return fields;
}

/* "sha256 size type name" of a file adopted by an earlier try; it must be here still. */
static void keep_earlier(struct incoming *in, size_t result, const char *value)
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
	file->result = result;
	in->file_count++;
}

static void take_field(void *arg, const char *name, const char *value)
{
	size_t result = result_of(name, "earlier");

	if (result < RESULTS_MAX)
		keep_earlier(arg, result, value);
}

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct incoming *in = arg;
	struct result_file *file = &in->files[in->file_count];
	size_t result = result_of(name, "file");
	struct blob blob;
	char *clean = NULL;
	bool encrypted = false;
	enum rc rc;

	if (result == RESULTS_MAX || (size == 0 && filename[0] == '\0'))	/* no file chosen */
		return RC_OK;
	if (size == 0 || in->file_count == FILES_MAX) {
		in->file_fault[result] = size == 0 ? "act.finish.file_empty" : "act.finish.too_many";
		return RC_OK;
	}
	rc = pdf_file_encrypted(spool_path, &encrypted);
	if (rc == RC_OK && encrypted) {
		in->file_fault[result] = "act.finish.file_locked";
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = blob_adopt(in->web->store, NULL, spool_path, NULL, size, true, &blob);
	if (rc == RC_INVALID) {
		in->file_fault[result] = "act.finish.file_type";
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
	file->result = result;
	in->file_count++;
	return RC_OK;
}

static json_t *result_json(const struct form *form, const struct incoming *in, size_t no)
{
	json_t *result = json_new_object(), *files = json_new_array();

	for (size_t i = 0; i < ONE; i++)
		json_put(result, one_result[i].name, form_text(form, named(in->pool, one_result[i].name,
				no)));
	for (size_t i = 0; i < in->file_count; i++) {
		json_t *file;

		if (in->files[i].result != no)
			continue;
		file = json_new_object();
		json_put(file, "sha256", in->files[i].sha256);
		json_put_int(file, "size", in->files[i].size);
		json_put(file, "type", in->files[i].type);
		json_put(file, "name", in->files[i].name);
		json_add(files, file);
	}
	if (json_array_size(files) > 0)
		json_put_value(result, "files", files);
	else
		json_decref(files);
	return result;
}

static json_t *result_body(const struct form *form, const struct incoming *in, size_t count,
		int64_t now_ms)
{
	json_t *body = json_new_object(), *results = json_new_array();

	for (size_t i = 0; i < count; i++)
		json_add(results, result_json(form, in, i));
	json_put_value(body, "results", results);
	json_put_int(body, "decided_at", now_ms);
	json_put(body, "place", form_text(form, "place"));
	return body;
}

/* Empty blocks of the results after the first, as many as are asked for. */
static void show_more(struct view *view, size_t from, size_t count)
{
	for (size_t i = from; i < count; i++) {
		struct view *item = view_item(view, "blocks");

		view_set(item, "suffix", suffix_of(i));
		view_setf(item, "no", "%d", (int)i + 1);
		view_flag(item, "several", true);
	}
	view_setf(view, "block_count", "%d", (int)count);
	view_flag(view, "may_add", count < RESULTS_MAX);
}

/* Signer and date as signed on the board; the agency of this point as issuer. */
static void show_defaults(struct web *web, struct request *request, struct view *page,
		const struct dossier_row *row)
{
	json_t *body = dossier_last_body(web, request->pool, row, "dossier.signed");
	struct view *view = view_item(page, "blocks");

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
	show_more(page, 1, 1);
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, struct view *view)
{
	view_set(view, "upload", pool_printf(request->pool, "/tai-len/ket-qua/%s", row->key));
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

/* Everything typed, each result's fields with their faults in a block of its own. */
static void show_again(struct request *request, const struct incoming *in, size_t count,
		struct view *view)
{
	struct pool *pool = request->pool;
	struct form *form = request->form;

	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "blocks");

		view_set(item, "suffix", suffix_of(i));
		view_setf(item, "no", "%d", (int)i + 1);
		view_flag(item, "several", count > 1);
		for (size_t j = 0; j < ONE; j++) {
			const char *name = named(pool, one_result[j].name, i);

			view_set(item, one_result[j].name, form_raw(form, name));
			view_set(item, pool_printf(pool, "%s_fault", one_result[j].name),
					form_fault_of(form, name));
		}
		view_set(item, "file_fault", form_fault_of(form, named(pool, "file", i)));
		for (size_t j = 0; j < in->file_count; j++) {
			struct view *earlier;

			if (in->files[j].result != i)
				continue;
			earlier = view_item(item, "earlier");
			view_setf(earlier, "value", "%s %s", in->files[j].sha256, in->files[j].name);
			view_set(earlier, "name", in->files[j].name);
			view_set(earlier, "size", show_bytes(pool, in->files[j].size));
		}
	}
	show_more(view, count, count);
}

/* One more result: the page comes back with what was typed and an empty block. */
static enum rc add_block(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct incoming *in, size_t count)
{
	struct view *view = view_new(request->pool);
	enum rc rc;

	show_again(request, in, count, view);
	if (count < RESULTS_MAX)
		show_more(view, count, count + 1);
	view_set(view, "place", form_raw(request->form, "place"));
	rc = show(web, request, response, row, view);
	response->status = 200;
	return rc;
}

enum rc page_finish_post(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct incoming in = { .web = web, .pool = request->pool };
	struct form_files files = { .file = take_file, .field = take_field, .arg = &in };
	struct dossier_row row;
	struct field *fields;
	bool go = false, too_large = false;
	int64_t results = 1;
	size_t field_count;
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
	if (num_parse(form_raw(request->form, "results"), 1, RESULTS_MAX, &results) != RC_OK)
		results = 1;
	if (form_raw(request->form, "add")[0] != '\0' && !too_large)
		return add_block(web, request, response, &row, &in, (size_t)results);
	fields = fields_of(request->pool, (size_t)results, &field_count);
	rc = form_check(request->form, fields, field_count);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (too_large)
		in.file_fault[0] = "upload.too_large";
	for (size_t i = 0; i < (size_t)results; i++)
		if (in.file_fault[i] != NULL)
			form_fault(request->form, named(request->pool, "file", i), in.file_fault[i]);
	if (form_has_faults(request->form)) {
		form_show(request->form, fields, field_count, view);
		show_again(request, &in, (size_t)results, view);
		rc = show(web, request, response, &row, view);
	} else {
		json_t *body = result_body(request->form, &in, (size_t)results, request->now_ms);

		rc = act_write(web, request, response, &row, "dossier.finished", body,
				dossier_show_url(request->pool, &row, ""));
		json_decref(body);
	}
	return rc;
}
