/*
 * scan.c: /ho-so/<code>/quet: papers that were taken in and are not scanned yet. What is photographed
 * gathers beside the dossier; "done" makes of it one new manifest version (dossier.manifest_changed).
 * The law lets some papers go without a scan: what is missing is told, never demanded.
 */
#include <string.h>

#include "intake/draft_page.h"
#include "intake/manifest.h"
#include "intake/scan.h"
#include "intake/shots.h"
#include "web/show.h"
#include "web/text_vi.h"

enum rc scan_begin(struct web *web, struct request *request, const char *id_hex)
{
	const struct account *account = &request->session->account;
	const char *reason = NULL;
	struct dossier_row row;
	json_t *body = NULL, *data = json_new_object();
	enum rc rc = dossier_find(web->store, request->pool, NULL, id_hex, &row);

	if (rc == RC_OK)
		rc = rule_check(&row.facts, kind_find("dossier.manifest_changed", 1), AUTHOR_BOARD, NULL,
				&reason);
	if (rc == RC_OK)
		rc = dossier_body(web->store, &row, &body);
	if (rc == RC_OK) {
		json_t *papers = json_object_get(body, "components");

		json_put_value(data, "components", papers != NULL ? json_deep_copy(papers) :
				json_new_array());
		rc = draft_scan_open(web->store, row.id_hex, account->id, account->name, data);
	}
	json_decref(body);
	json_decref(data);
	return rc;
}

static bool wants_scan(const json_t *paper)
{
	const char *state = json_text(paper, "state");

	return strcmp(state, "da_xem") != 0 && strcmp(state, "tra_cuu") != 0;
}

struct scan {
	struct web *web;
	struct request *request;
	struct response *response;
	const struct dossier_row *row;
	json_t *body;			/* the dossier's, as amended */
	struct draft_file *files;	/* gathered, not in the manifest yet */
	size_t count;
	struct manifest *manifest;
};

/* What a second tap gathered again is in the dossier already: it is not shown, and not added. */
static enum rc drop_known(struct scan *scan)
{
	struct pool *pool = scan->request->pool;
	struct manifest *open;
	size_t kept = 0;
	enum rc rc = manifest_load(scan->web, pool, scan->row, &open);

	for (size_t i = 0; rc == RC_OK && i < scan->count; i++)
		rc = manifest_open(scan->web, pool, open, scan->files[i].component);
	for (size_t i = 0; rc == RC_OK && i < scan->count; i++) {
		bool known = false;

		for (size_t f = 0; f < open->count; f++)
			known = known || (strcmp(open->files[f].sha256, scan->files[i].sha256) == 0 &&
					strcmp(open->files[f].component, scan->files[i].component) == 0);
		if (!known)
			scan->files[kept++] = scan->files[i];
	}
	scan->count = kept;
	return rc;
}

static enum rc scan_load(struct scan *scan)
{
	struct pool *pool = scan->request->pool;
	enum rc rc = dossier_body(scan->web->store, scan->row, &scan->body);

	if (rc == RC_OK)
		rc = draft_file_list(scan->web->store, pool, scan->row->id_hex, &scan->files, &scan->count);
	if (rc == RC_OK && scan->count > 0)
		rc = drop_known(scan);
	return rc == RC_OK ? manifest_load(scan->web, pool, scan->row, &scan->manifest) : rc;
}

static void show_paper(struct scan *scan, struct view *view, const json_t *paper, const char *fault)
{
	struct pool *pool = view_pool(view);
	struct view *item = view_item(view, "papers");
	const char *id = pool_strdup(pool, json_text(paper, "id"));
	bool all_photos;
	size_t stored = manifest_pages(scan->manifest, id, &all_photos);

	view_set(item, "id", id);
	view_set(item, "paper", pool_strdup(pool, json_text(paper, "name")));
	view_int(item, "stored", (int64_t)stored);
	view_flag(item, "unscanned", stored == 0 && strcmp(json_text(paper, "state"), "du") == 0);
	view_set(item, "paper_fault", fault != NULL ? text_get(fault) : "");
	shots_show(scan->web, item, scan->row->id_hex, id, scan->files, scan->count);
	for (size_t i = 0, at = 0; i < scan->manifest->count; i++) {
		struct view *file;

		if (strcmp(scan->manifest->files[i].component, id) != 0)
			continue;
		file = view_item(item, "known");
		view_int(file, "known_no", (int64_t)++at);
		view_set(file, "known_url", pool_printf(pool, "/ho-so/%s/tep/%s", scan->row->key,
				scan->manifest->files[i].sha256));
		view_set(file, "known_size", show_bytes(pool, scan->manifest->files[i].size));
	}
}

static enum rc scan_show(struct scan *scan, const char *fault_paper, const char *fault)
{
	struct request *request = scan->request;
	struct pool *pool = request->pool;
	struct view *view = view_new(pool);
	const json_t *paper;
	bool again = request->method == METHOD_POST;
	size_t i;

	json_array_foreach(json_object_get(scan->body, "components"), i, paper) {
		bool here = fault_paper != NULL && strcmp(json_text(paper, "id"), fault_paper) == 0;

		if (wants_scan(paper))
			show_paper(scan, view, paper, here ? fault : NULL);
	}
	dossier_show_row(view, scan->row, request->now_ms);
	if (again)
		form_show(request->form, NULL, 0, view);
	view_set(view, "seen", again ? form_raw(request->form, "seen") : scan->row->seen);
	view_set(view, "title", text_get("scan.title"));
	view_set(view, "action", dossier_show_url(pool, scan->row, "/quet"));
	view_set(view, "draft", scan->row->id_hex);
	view_int(view, "gathered", (int64_t)scan->count);
	shots_show_form(scan->web, view, pool_printf(pool, "/tai-len/quet/%s", scan->row->key));
	if (again)
		scan->response->status = 422;
	return web_page(scan->web, request, scan->response, "intake/scan", view);
}

/* The papers as they are now: one that has photos alone has as many pages. */
static json_t *papers_of(struct scan *scan)
{
	json_t *papers = json_deep_copy(json_object_get(scan->body, "components")), *paper;
	size_t i;

	json_array_foreach(papers, i, paper) {
		bool all_photos;
		size_t pages = manifest_pages(scan->manifest, json_text(paper, "id"), &all_photos);

		if (pages > 0 && all_photos && json_int(paper, "pages", 0) == 0)
			json_put_int(paper, "pages", (int64_t)pages);
	}
	return papers;
}

/* All that was gathered becomes part of the dossier, in one event. */
static enum rc scan_done(struct scan *scan)
{
	struct web *web = scan->web;
	struct pool *pool = scan->request->pool;
	const char *location = dossier_show_url(pool, scan->row, "");
	json_t *body = json_new_object(), *manifest = NULL, *papers = NULL;
	size_t added = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < scan->count; i++) {
		rc = manifest_open(web, pool, scan->manifest, scan->files[i].component);
		if (rc == RC_OK && manifest_add(scan->manifest, &scan->files[i]))
			added++;
	}
	papers = papers_of(scan);
	if (rc == RC_OK && added > 0)
		rc = manifest_make(web, pool, scan->row, scan->manifest, &manifest);
	if (rc == RC_OK && added > 0) {
		json_put_value(body, "manifest", manifest);
		json_put_value(body, "components", papers);
		manifest = papers = NULL;
		rc = act_write(web, scan->request, scan->response, scan->row, "dossier.manifest_changed",
				body, location);
	} else if (rc == RC_OK) {
		response_see_other(scan->response, location);
	}
	/* 409: somebody was first; what was gathered waits. */
	if (rc == RC_OK && scan->response->status == 303)
		rc = draft_scan_close(web->store, scan->row->id_hex);
	json_decref(manifest);
	json_decref(papers);
	json_decref(body);
	return rc;
}

enum rc scan_take(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *paper, const char *fault)
{
	struct scan scan = { .web = web, .request = request, .response = response, .row = row };
	struct form *form = request->form;
	const char *at = NULL;
	bool before = false;
	enum rc rc = shots_button(web, request, row->id_hex, &at);

	if (rc == RC_OK && at == NULL && fault == NULL && form_raw(form, "stay")[0] == '\0')
		rc = act_sent_before(web, request, response, &before);
	if (rc != RC_OK || before)
		return rc;
	rc = scan_load(&scan);
	if (rc != RC_OK)
		goto out;
	if (fault != NULL)
		form_fault(form, paper, fault);
	if (at != NULL)
		response_see_other(response, dossier_show_url(request->pool, row,
				pool_printf(request->pool, "/quet#%s", at)));
	else if (fault != NULL)
		rc = scan_show(&scan, paper, fault);
	else if (form_raw(form, "stay")[0] != '\0')
		response_see_other(response, dossier_show_url(request->pool, row, "/quet"));
	else if (scan.count == 0) {
		form_fault(form, "papers", "scan.nothing");
		rc = scan_show(&scan, NULL, NULL);
	} else {
		rc = scan_done(&scan);
	}
out:
	json_decref(scan.body);
	return rc;
}

enum rc page_scan(struct web *web, struct request *request, struct response *response)
{
	struct scan scan = { .web = web, .request = request, .response = response };
	struct dossier_row row;
	bool go;
	enum rc rc = act_open(web, request, response, "scan", &row, &go);

	if (rc != RC_OK || !go)
		return rc;
	if (request->method == METHOD_POST)
		return scan_take(web, request, response, &row, NULL, NULL);
	scan.row = &row;
	rc = scan_load(&scan);
	if (rc == RC_OK)
		rc = scan_show(&scan, NULL, NULL);
	json_decref(scan.body);
	return rc;
}
