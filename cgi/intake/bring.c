/*
 * bring.c: a catalogue or a calendar by stick (/quan-ly/thu-tuc/tep, /quan-ly/lich/tep): the file comes
 * through the upload pool, is judged by the reader that every worker uses, and is held aside; the page
 * shows what would change; saving it is a version like any other. What was confirmed at this point for
 * a value that the file does not change stays confirmed (dossier/catalogue_merge.h).
 */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "dossier/catalogue_merge.h"
#include "intake/bring.h"
#include "intake/catalog.h"
#include "intake/intake.h"
#include "web/form_files.h"
#include "web/show.h"
#include "web/text_vi.h"

#define NAMES_SHOWN 60

static const struct place {
	const char *page, *upload, *list, *title, *did;
} places[] = {
	[DOCUMENT_CATALOGUE] = { "/quan-ly/thu-tuc/tep", BRING_CATALOGUE, "/quan-ly/thu-tuc",
		"bring.catalogue", "bring.did_catalogue" },
	[DOCUMENT_CALENDAR] = { "/quan-ly/lich/tep", BRING_CALENDAR, "/quan-ly/lich",
		"bring.calendar", "bring.did_calendar" },
};

struct bring {
	struct web *web;
	struct request *request;
	struct response *response;
	enum document_kind kind;
	const char *fault;	/* sentence of the file that just came; NULL */
	bool held;
	struct document file;	/* as it came */
	struct revise revise;	/* document: as it would become */
	json_t *before;
	struct catalogue old, new;	/* DOCUMENT_CATALOGUE alone */
	struct calendar calendar;	/* of the file; DOCUMENT_CALENDAR alone */
	size_t kept;		/* confirmations that stay */
};

/* ---- the file comes ---- */

struct incoming { struct bring *bring; bool any; };

static const char *judge(struct bring *bring, const char *text, size_t len, const char **version)
{
	struct pool *pool = bring->request->pool;
	struct catalogue catalogue = { 0 };
	struct calendar calendar = { 0 };
	const char *fault = "";
	enum rc rc = strlen(text) != len ? RC_INVALID : bring->kind == DOCUMENT_CATALOGUE ?
			catalogue_parse(pool, text, len, true, &catalogue, &fault) :
			calendar_parse(pool, text, len, &calendar, &fault);

	*version = bring->kind == DOCUMENT_CATALOGUE ? catalogue.version : calendar.version;
	return rc == RC_OK ? NULL : text_fill(pool, "bring.unfit", fault, NULL);
}

static enum rc hold(struct bring *bring, const struct document *file)
{
	struct store *store = bring->web->store;
	enum rc rc = store_begin(store, false);

	if (rc != RC_OK)
		return rc;
	rc = document_hold(store, bring->kind, file);
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc;
}

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct incoming *in = arg;
	struct bring *bring = in->bring;
	struct pool *pool = bring->request->pool;
	struct document file = { .actor = bring->request->session->account.id }, twin;
	char *text = NULL, *clean = NULL;
	enum rc rc;

	(void)name;
	if (size == 0 || in->any)	/* none chosen, or a second one */
		return RC_OK;
	in->any = true;
	rc = file_read(pool, spool_path, CATALOGUE_BYTES, &text, &file.len);
	if (rc == RC_TOO_LARGE) {
		bring->fault = text_get("bring.too_large");
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	if (text_clean(pool, filename, strlen(filename), TEXT_ONE_LINE, &clean) != RC_OK)
		clean = pool_strdup(pool, "");
	file.text = text;
	file.summary = clean;
	bring->fault = judge(bring, text, file.len, &file.version);
	if (bring->fault != NULL)
		return RC_OK;
	rc = document_find(bring->web->store, pool, bring->kind, file.version, &twin);
	if (rc == RC_OK) {
		bring->fault = text_fill(pool, "bring.version_taken", file.version, NULL);
		return RC_OK;
	}
	return rc == RC_NOT_FOUND ? hold(bring, &file) : rc;
}

/* ---- what it would change ---- */

/* The version that last came from outside: those made here end in "-<number>". */
static enum rc read_base(struct bring *bring, json_t **out)
{
	struct pool *pool = bring->request->pool;
	const char *version = bring->revise.current.version, *dash = strrchr(version, '-');
	struct document base;
	int64_t no;
	enum rc rc;

	*out = NULL;
	if (dash == NULL || num_parse(dash + 1, 1, 1000000, &no) != RC_OK)
		return RC_OK;
	rc = document_find(bring->web->store, pool, bring->kind, pool_strndup(pool, version,
			(size_t)(dash - version)), &base);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	return rc == RC_OK ? json_parse(base.text, base.len, out) : rc;
}

/* The file's own version; one more when something of this point's went into it. */
static enum rc name_version(struct bring *bring, bool changed)
{
	struct pool *pool = bring->request->pool;
	struct document twin;
	enum rc rc = RC_OK;

	bring->revise.next_version = bring->file.version;
	if (changed)
		bring->revise.as_came = &bring->file;
	while (changed && rc == RC_OK) {
		bring->revise.next_version = catalogue_edit_next(pool, bring->revise.next_version);
		rc = document_find(bring->web->store, pool, bring->kind, bring->revise.next_version,
				&twin);
	}
	json_put(bring->revise.document, "version", bring->revise.next_version);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc merge(struct bring *bring)
{
	struct pool *pool = bring->request->pool;
	json_t *base = NULL, *as_came = json_deep_copy(bring->revise.document);
	const char *fault = "", *text;
	bool changed = false;
	enum rc rc = RC_OK;

	if (bring->kind == DOCUMENT_CATALOGUE) {
		rc = read_base(bring, &base);
		if (rc == RC_OK)
			bring->kept = catalogue_merge(pool, bring->before, base,
					bring->revise.document);
		changed = !json_equal(as_came, bring->revise.document);
	}
	if (rc == RC_OK)
		rc = name_version(bring, changed);
	if (rc == RC_OK && bring->kind == DOCUMENT_CATALOGUE) {
		text = json_to_text(pool, bring->revise.document);
		rc = catalogue_parse(pool, text, strlen(text), true, &bring->new, &fault);
		if (rc == RC_OK)
			rc = catalogue_parse(pool, bring->revise.current.text,
					bring->revise.current.len, true, &bring->old, &fault);
		if (rc == RC_INVALID) {
			bring->fault = text_fill(pool, "bring.unfit", fault, NULL);
			bring->held = false;
			rc = RC_OK;
		}
	}
	if (rc == RC_OK && bring->kind == DOCUMENT_CALENDAR)
		rc = calendar_parse(pool, bring->file.text, bring->file.len, &bring->calendar, &fault);
	json_decref(base);
	json_decref(as_came);
	return rc;
}

static enum rc bring_open(struct bring *bring)
{
	enum rc rc = revise_open(bring->web, bring->request, bring->kind, &bring->revise);

	if (rc != RC_OK)
		return rc;
	rc = document_get(bring->web->store, bring->request->pool, bring->kind, 0, &bring->file);
	bring->held = rc == RC_OK;
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	bring->before = bring->revise.document;
	bring->revise.document = NULL;
	rc = json_parse(bring->file.text, bring->file.len, &bring->revise.document);
	return rc == RC_OK ? merge(bring) : rc;
}

static void bring_close(struct bring *bring)
{
	json_decref(bring->before);
	revise_close(&bring->revise);
}

static void add_name(struct view *view, const char *list, const struct procedure *procedure,
		size_t *count)
{
	struct view *item;

	if (++*count > NAMES_SHOWN)
		return;
	item = view_item(view, list);
	view_set(item, "code", procedure->code);
	view_set(item, "name", procedure->name);
}

/* A procedure's words of both documents. */
static bool differs(const struct bring *bring, const char *code)
{
	const json_t *one = catalogue_edit_row(json_object_get(bring->before, "procedures"), "code", code);
	const json_t *two = catalogue_edit_row(json_object_get(bring->revise.document, "procedures"),
			"code", code);

	return one != NULL && two != NULL && !json_equal(one, two);
}

static void show_counts(const struct bring *bring, struct view *view)
{
	size_t added = 0, changed = 0, on = 0, off = 0, gone = 0;

	for (size_t i = 0; i < bring->new.count; i++) {
		const struct procedure *now = &bring->new.procedures[i];
		const struct procedure *was = catalogue_find(&bring->old, now->code);

		if (was == NULL)
			add_name(view, "added", now, &added);
		else
			changed += differs(bring, now->code);
		if (now->enabled && was != NULL && !was->enabled)
			add_name(view, "turned_on", now, &on);
		if (!now->enabled && was != NULL && was->enabled)
			add_name(view, "turned_off", now, &off);
	}
	for (size_t i = 0; i < bring->old.count; i++)
		if (catalogue_find(&bring->new, bring->old.procedures[i].code) == NULL)
			add_name(view, "gone", &bring->old.procedures[i], &gone);
	view_setf(view, "added_count", "%zu", added);
	view_setf(view, "changed_count", "%zu", changed);
	view_setf(view, "on_count", "%zu", on);
	view_setf(view, "off_count", "%zu", off);
	view_setf(view, "gone_count", "%zu", gone);
	view_setf(view, "kept_count", "%zu", bring->kept);
	view_flag(view, "any_added", added > 0);
	view_flag(view, "any_on", on > 0);
	view_flag(view, "any_off", off > 0);
	view_flag(view, "any_gone", gone > 0);
	view_flag(view, "any_kept", bring->kept > 0);
	view_flag(view, "is_catalogue", true);
}

static enum rc show(struct bring *bring)
{
	const struct place *place = &places[bring->kind];
	struct view *view = view_new(bring->request->pool);
	enum rc rc = RC_OK;

	view_set(view, "title", text_get(place->title));
	view_set(view, "page_url", place->page);
	view_set(view, "upload", place->upload);
	view_set(view, "list_url", place->list);
	view_set(view, "version", bring->revise.current.version);
	view_set(view, "max_size", show_bytes(bring->request->pool, (int64_t)CATALOGUE_BYTES));
	if (bring->held && bring->fault == NULL) {
		view_flag(view, "preview", true);
		view_set(view, "file_name", bring->file.summary);
		view_set(view, "file_at", show_time_screen(bring->request->pool, bring->file.at));
		view_set(view, "next_version", bring->revise.next_version);
		view_set(view, "base", bring->revise.current.version);
		view_set(view, "shown", bring->file.sha256);
		view_flag(view, "unchanged", !revise_show_changes(view, bring->before,
				bring->revise.document));
		if (bring->kind == DOCUMENT_CATALOGUE)
			show_counts(bring, view);
		else
			rc = revise_affected_show(bring->web, view, &bring->calendar);
		view_flag(view, "is_calendar", bring->kind == DOCUMENT_CALENDAR);
	}
	if (bring->fault != NULL) {
		struct view *item = view_item(view, "faults");

		view_flag(view, "has_faults", true);
		view_set(item, "field", "file");
		view_set(item, "sentence", bring->fault);
		view_set(view, "file_fault", bring->fault);
		bring->response->status = 422;
	}
	return rc == RC_OK ? web_page(bring->web, bring->request, bring->response, "intake/bring", view) :
			rc;
}

static enum rc upload(struct web *web, struct request *request, struct response *response,
		enum document_kind kind)
{
	struct bring bring = { .web = web, .request = request, .response = response, .kind = kind };
	struct incoming in = { &bring, false };
	struct form_files files = { .file = take_file, .arg = &in };
	bool too_large = false;
	enum rc rc;

	if (request->method != METHOD_POST) {	/* a reload of the page that came back */
		response_see_other(response, places[kind].page);
		return RC_OK;
	}
	rc = form_files_read(web, request, &files, &too_large);
	if (rc != RC_OK)
		return rc;
	if (too_large)
		bring.fault = text_get("bring.too_large");
	else if (!in.any)
		bring.fault = text_get("bring.no_file");
	if (bring.fault == NULL) {
		response_see_other(response, places[kind].page);
		return RC_OK;
	}
	rc = revise_open(web, request, kind, &bring.revise);
	if (rc == RC_OK)
		rc = show(&bring);
	revise_close(&bring.revise);
	return rc;
}

enum rc page_bring_catalogue_upload(struct web *web, struct request *request,
		struct response *response)
{
	return upload(web, request, response, DOCUMENT_CATALOGUE);
}

enum rc page_bring_calendar_upload(struct web *web, struct request *request,
		struct response *response)
{
	return upload(web, request, response, DOCUMENT_CALENDAR);
}

/* ---- saying yes or no ---- */

static enum rc drop(struct bring *bring)
{
	struct store *store = bring->web->store;
	enum rc rc = store_begin(store, false);

	if (rc != RC_OK)
		return rc;
	rc = document_drop_held(store, bring->kind);
	if (rc != RC_OK) {
		store_abort(store);
		return rc;
	}
	rc = store_commit(store);
	if (rc == RC_OK)
		response_see_other(bring->response, places[bring->kind].list);
	return rc;
}

static enum rc post(struct bring *bring)
{
	const struct form *form = bring->request->form;
	const struct place *place = &places[bring->kind];
	const char *fault = "", *summary;
	enum rc rc;

	if (form_raw(form, "drop")[0] != '\0')
		return drop(bring);
	/* A second tap, or the same answer again: the file is in force already. */
	if (!bring->held && bring->fault == NULL) {
		response_see_other(bring->response, place->list);
		return RC_OK;
	}
	if (bring->fault != NULL)
		return show(bring);
	/* What was looked at is not what would be saved: another file, or another version in force. */
	if (strcmp(form_raw(form, "base"), bring->revise.current.version) != 0 ||
			strcmp(form_raw(form, "shown"), bring->file.sha256) != 0)
		return revise_conflict(bring->web, bring->request, bring->response, bring->kind,
				place->page);
	summary = text_fill(bring->request->pool, place->did, bring->file.version,
			bring->file.summary, NULL);
	bring->file.actor = bring->request->session->account.id;
	bring->file.summary = summary;
	if (bring->revise.as_came != NULL)
		summary = text_get("bring.did_merge");
	rc = revise_save(bring->web, bring->request, bring->response, &bring->revise,
			summary, place->list, &fault);
	if (rc == RC_INVALID) {
		bring->fault = text_fill(bring->request->pool, "bring.unfit", fault, NULL);
		return show(bring);
	}
	return rc;
}

static enum rc page(struct web *web, struct request *request, struct response *response,
		enum document_kind kind)
{
	struct bring bring = { .web = web, .request = request, .response = response, .kind = kind };
	enum rc rc = bring_open(&bring);

	if (rc == RC_OK)
		rc = request->method == METHOD_POST ? post(&bring) : show(&bring);
	bring_close(&bring);
	return rc;
}

enum rc page_bring_catalogue(struct web *web, struct request *request, struct response *response)
{
	return page(web, request, response, DOCUMENT_CATALOGUE);
}

enum rc page_bring_calendar(struct web *web, struct request *request, struct response *response)
{
	return page(web, request, response, DOCUMENT_CALENDAR);
}
