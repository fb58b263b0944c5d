/*
 * replace.c: /ho-so/<code>/thay-tep: a wrong scan gives its place to another one, or goes to the paper
 * it belongs to (dossier.file_replaced). The old one is kept and stays marked on the dossier's page.
 *
 * The form comes through the upload pool, like a result's (act_finish.c): a file that was taken stays as
 * the hidden field "earlier" when something else is wrong.
 */
#include <string.h>

#include "base/encode.h"
#include "intake/manifest.h"
#include "intake/photo.h"
#include "store/blob.h"
#include "web/form_files.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "file", FIELD_HEX, true, 0, 64, NULL, "replace.file" },
	{ "what", FIELD_CHOICE, true, 0, 0, "new|move", "replace.what" },
	{ "to", FIELD_LINE, false, 0, 120, NULL, "replace.to" },
	{ "reason", FIELD_LINES, true, 3, 500, NULL, "replace.reason" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

struct incoming {
	struct web *web;
	struct pool *pool;
	struct photo_kept kept;
	const char *name, *fault;
	bool has;
};

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct incoming *in = arg;
	const char *why = "upload.empty";
	enum rc rc;

	(void)name;
	rc = size == 0 ? RC_INVALID : photo_keep(in->web, in->pool, spool_path, size, &in->kept, &why);
	if (rc == RC_INVALID)
		in->fault = why;
	else if (rc == RC_OK) {
		in->has = true;
		in->name = filename;
	}
	return rc == RC_INVALID ? RC_OK : rc;
}

/* The content of an earlier try; it must be here still. */
static void take_field(void *arg, const char *name, const char *value)
{
	struct incoming *in = arg;
	uint8_t sha256[32];
	struct blob blob;

	if (strcmp(name, "earlier") != 0 || in->has || strlen(value) != 64 ||
			hex_decode(value, sha256, sizeof(sha256)) != RC_OK ||
			blob_find(in->web->store, NULL, sha256, &blob) != RC_OK)
		return;
	memcpy(in->kept.sha256, value, 65);
	in->kept.size = blob.size;
	in->kept.type = blob.type;
	in->name = "";
	in->has = true;
}

static const char *paper_name(const json_t *body, const char *id)
{
	const json_t *paper;
	size_t i;

	json_array_foreach(json_object_get(body, "components"), i, paper) {
		if (strcmp(json_text(paper, "id"), id) == 0)
			return json_text(paper, "name");
	}
	return "";
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const json_t *body, const struct manifest *manifest,
		const struct incoming *in)
{
	struct pool *pool = request->pool;
	struct view *view = view_new(pool);
	bool again = request->method == METHOD_POST;
	const json_t *paper;
	size_t i;

	for (i = 0; i < manifest->count; i++) {
		const struct draft_file *file = &manifest->files[i];
		struct view *item = view_item(view, "files");

		view_set(item, "sha256", pool_strdup(pool, file->sha256));
		view_set(item, "paper", pool_strdup(pool, paper_name(body, file->component)));
		view_int(item, "no", (int64_t)i + 1);
		view_set(item, "file_size", show_bytes(pool, file->size));
		view_set(item, "file_url", pool_printf(pool, "/ho-so/%s/tep/%s", row->key, file->sha256));
		view_flag(item, "chosen", again ? strcmp(form_raw(request->form, "file"), file->sha256) == 0 :
				manifest->count == 1);
	}
	json_array_foreach(json_object_get(body, "components"), i, paper) {
		struct view *item = view_item(view, "papers");
		const char *id = pool_strdup(pool, json_text(paper, "id"));

		view_set(item, "paper_id", id);
		view_set(item, "paper_name", pool_strdup(pool, json_text(paper, "name")));
		view_flag(item, "paper_chosen", again && strcmp(form_raw(request->form, "to"), id) == 0);
	}
	if (again)
		form_show(request->form, fields, FIELDS, view);
	else
		view_flag(view, "what_is_new", true);
	if (in != NULL && in->has) {
		view_set(view, "earlier", pool_strdup(pool, in->kept.sha256));
		view_set(view, "earlier_size", show_bytes(pool, in->kept.size));
	}
	view_set(view, "new_fault", again ? form_fault_of(request->form, "new") : "");
	view_flag(view, "has_any", manifest->count > 0);
	view_set(view, "max_size", show_bytes(pool, web->settings->upload_max_bytes));
	view_set(view, "upload", pool_printf(pool, "/tai-len/thay-tep/%s", row->key));
	return act_page(web, request, response, row, "replace", view);
}

/* Does what was asked to the manifest; *out is the event's body. */
static enum rc change(struct web *web, struct request *request, const struct dossier_row *row,
		const json_t *papers, struct manifest *manifest, const struct incoming *in, json_t **out)
{
	struct form *form = request->form;
	bool move = strcmp(form_text(form, "what"), "move") == 0;
	struct draft_file file;
	json_t *made = NULL;
	size_t i = 0;
	enum rc rc;

	*out = json_new_object();
	while (i < manifest->count && strcmp(manifest->files[i].sha256, form_text(form, "file")) != 0)
		i++;
	if (i == manifest->count)
		return RC_CONFLICT;	/* somebody was first */
	file = manifest->files[i];
	json_put(*out, "component", file.component);
	json_put(*out, "old", file.sha256);
	json_put(*out, "reason", form_text(form, "reason"));
	if (move) {
		manifest_drop(manifest, i);
		file.component = form_text(form, "to");
		(void)manifest_add(manifest, &file);
		json_put(*out, "to_component", file.component);
	} else {
		memcpy(manifest->files[i].sha256, in->kept.sha256, sizeof(file.sha256));
		manifest->files[i].size = in->kept.size;
		manifest->files[i].type = in->kept.type;
		manifest->files[i].name = in->name;
		json_put(*out, "new", in->kept.sha256);
	}
	rc = manifest_make(web, request->pool, row, manifest, &made);
	json_put_value(*out, "manifest", made);
	if (papers != NULL)
		json_put_value(*out, "components", json_deep_copy(papers));
	return rc;
}

static void check(struct form *form, const json_t *body, const struct manifest *manifest,
		const struct incoming *in)
{
	bool move = strcmp(form_text(form, "what"), "move") == 0;
	const char *sha256 = form_text(form, "file"), *to = form_text(form, "to");

	if (in->fault != NULL)
		form_fault(form, "new", in->fault);
	else if (!move && !in->has)
		form_fault(form, "new", "replace.need_new");
	if (move && paper_name(body, to)[0] == '\0')
		form_fault(form, "to", "replace.need_to");
	for (size_t i = 0; move && i < manifest->count; i++)
		if (strcmp(manifest->files[i].sha256, sha256) == 0 &&
				strcmp(manifest->files[i].component, to) == 0)
			form_fault(form, "to", "replace.same_paper");
}

static enum rc post(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const json_t *body, struct manifest *manifest,
		struct incoming *in)
{
	json_t *change_body = NULL;
	bool before = false;
	enum rc rc = act_sent_before(web, request, response, &before);

	if (rc != RC_OK || before)
		return rc;
	rc = form_check(request->form, fields, FIELDS);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	check(request->form, body, manifest, in);
	if (form_has_faults(request->form))
		return show(web, request, response, row, body, manifest, in);
	rc = change(web, request, row, json_object_get(body, "components"), manifest, in, &change_body);
	if (rc == RC_OK)
		rc = act_write(web, request, response, row, "dossier.file_replaced", change_body,
				dossier_show_url(request->pool, row, ""));
	else if (rc == RC_CONFLICT)
		rc = act_conflict(web, request, response, row, NULL);
	json_decref(change_body);
	return rc;
}

static enum rc open_page(struct web *web, struct request *request, struct response *response,
		struct dossier_row *row, json_t **body, struct manifest **manifest, bool *go)
{
	enum rc rc = act_open(web, request, response, "replace", row, go);

	if (rc == RC_OK && *go)
		rc = dossier_body(web->store, row, body);
	if (rc == RC_OK && *go)
		rc = manifest_load(web, request->pool, row, manifest);
	return rc;
}

enum rc page_replace(struct web *web, struct request *request, struct response *response)
{
	struct manifest *manifest = NULL;
	struct dossier_row row;
	json_t *body = NULL;
	bool go = false;
	enum rc rc = open_page(web, request, response, &row, &body, &manifest, &go);

	if (rc == RC_OK && go)
		rc = show(web, request, response, &row, body, manifest, NULL);
	json_decref(body);
	return rc;
}

enum rc page_replace_post(struct web *web, struct request *request, struct response *response)
{
	struct incoming in = { .web = web, .pool = request->pool };
	struct form_files files = { .file = take_file, .field = take_field, .arg = &in };
	struct manifest *manifest = NULL;
	struct dossier_row row;
	json_t *body = NULL;
	bool go = false, too_large = false;
	enum rc rc;

	if (request->method != METHOD_POST) {	/* reached by reloading or after a login */
		response_see_other(response, uploads_page_of(request));
		return RC_OK;
	}
	rc = open_page(web, request, response, &row, &body, &manifest, &go);
	if (rc == RC_OK && go)
		rc = form_files_read(web, request, &files, &too_large);
	if (too_large)
		in.fault = "upload.too_large";
	if (rc == RC_OK && go)
		rc = post(web, request, response, &row, body, manifest, &in);
	json_decref(body);
	return rc;
}
