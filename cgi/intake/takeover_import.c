/*
 * takeover_import.c: Tiếp quản from a spreadsheet: the file comes through the upload pool, is read by
 * tram-sheet and kept as rows; its page shows what would be taken over and every fault by its row;
 * nothing is written before that is confirmed. A row's dossier has an id made of the file's hash and
 * the row, so that an import that was cut off, or sent twice, goes on where it stopped.
 */
#include <string.h>

#include "base/rows.h"
#include "base/text.h"
#include "crypt/hash.h"
#include "intake/takeover.h"
#include "intake/takeover_import.h"
#include "store/account.h"
#include "store/journal.h"
#include "web/form_files.h"
#include "web/sheet.h"
#include "web/show.h"
#include "web/text_vi.h"

#define CELLS 64
#define HEAD_ROWS 10		/* the table's head is looked for in these */
#define BATCH 200		/* rows of one commit */
#define FAULTS_SHOWN 100
#define ROWS_SHOWN 20
#define SEEN_SLOTS 16384u	/* over twice TAKEOVER_ROWS_MAX */

/* ---- the file comes ---- */

struct incoming {
	struct web *web;
	struct pool *pool;
	struct buf rows;
	size_t count;		/* rows that are not empty */
	const char *fault;	/* sentence */
	const char *name;
};

static enum rc take_row(void *arg, size_t row, char **cells, size_t count)
{
	struct incoming *in = arg;

	(void)row;
	if (count > 0 && ++in->count > TAKEOVER_ROWS_MAX + HEAD_ROWS) {
		in->fault = text_get("takeover.too_many");
		return RC_TOO_LARGE;
	}
	for (size_t i = 0; i < count && i < CELLS; i++) {
		char *clean = NULL;

		if (text_clean(in->pool, cells[i], strlen(cells[i]), TEXT_MANY_LINES, &clean) != RC_OK)
			clean = pool_strdup(in->pool, "");
		if (i > 0)
			buf_char(&in->rows, '\t');
		rows_add(&in->rows, clean, strlen(clean));
	}
	buf_char(&in->rows, '\n');
	if (in->rows.len <= TAKEOVER_BYTES_MAX)
		return RC_OK;
	in->fault = text_get("takeover.too_many");
	return RC_TOO_LARGE;
}

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct incoming *in = arg;
	char *clean = NULL;
	enum rc rc;

	(void)name;
	if (size == 0 || in->rows.len > 0)	/* none chosen, or a second one */
		return RC_OK;
	if (text_clean(in->pool, filename, strlen(filename), TEXT_ONE_LINE, &clean) != RC_OK)
		clean = pool_strdup(in->pool, "");
	in->name = clean;
	rc = sheet_import(in->pool, spool_path, take_row, in, &in->fault);
	return rc == RC_INVALID || rc == RC_TOO_LARGE ? RC_OK : rc;
}

/* The table's head among the first rows; *body: the text behind it, *row its number. */
static bool find_head(struct pool *pool, char *rows, struct takeover_head *head, char **body,
		size_t *row)
{
	char *at = rows, *cells[CELLS];

	for (*row = 1; *row <= HEAD_ROWS && *at != '\0'; (*row)++) {
		char *end = at + strcspn(at, "\n");
		char *line = pool_strndup(pool, at, (size_t)(end - at));

		at = *end != '\0' ? end + 1 : end;
		if (takeover_head_read(pool, cells, rows_split(line, cells, CELLS), head)) {
			*body = at;
			return true;
		}
	}
	return false;
}

static enum rc refuse(struct web *web, struct request *request, struct response *response,
		const char *sentence)
{
	struct view *view = view_new(request->pool);
	struct view *item = view_item(view, "faults");

	view_flag(view, "has_faults", true);
	view_set(item, "field", "file");
	view_set(item, "sentence", sentence);
	view_set(view, "file_fault", sentence);
	response->status = 422;
	return takeover_list_show(web, request, response, view);
}

enum rc page_takeover_upload(struct web *web, struct request *request, struct response *response)
{
	struct incoming in = { .web = web, .pool = request->pool };
	struct form_files files = { .file = take_file, .arg = &in };
	struct takeover_head head;
	bool too_large = false;
	size_t row;
	char id[33], *body;
	enum rc rc;

	if (request->method != METHOD_POST) {	/* a reload of the page that came back */
		response_see_other(response, "/tiep-quan");
		return RC_OK;
	}
	rc = form_files_read(web, request, &files, &too_large);
	if (rc != RC_OK)
		goto out;
	if (too_large)
		in.fault = text_get("upload.too_large");
	else if ((in.fault == NULL || in.fault[0] == '\0') && in.rows.len == 0)
		in.fault = text_get("takeover.no_file");
	else if ((in.fault == NULL || in.fault[0] == '\0') &&
			!find_head(request->pool, in.rows.data, &head, &body, &row))
		in.fault = text_get("takeover.no_head");
	if (in.fault != NULL && in.fault[0] != '\0') {
		rc = refuse(web, request, response, in.fault);
		goto out;
	}
	rc = takeover_file_put(web->store, in.name, in.rows.data, in.rows.len, id);
	if (rc == RC_OK)
		response_see_other(response, pool_printf(request->pool, "/tiep-quan/%s", id));
out:
	buf_free(&in.rows);
	return rc;
}

/* ---- one row after another ---- */

enum row_fate { ROW_GOOD, ROW_THERE, ROW_TWIN, ROW_FAULTY };

struct scan {
	struct web *web;
	struct request *request;
	struct takeover_file file;
	struct takeover_head head;
	char *at;		/* the rest of the file */
	size_t row;		/* the row at hand, as the spreadsheet counts */
	struct pool *pool;	/* of that row */
	struct form *form;
	uint8_t id[EVENT_ID_SIZE];
	const char **seen;	/* old codes of the rows before, by hash */
};

static enum rc scan_open(struct scan *scan, struct web *web, struct request *request)
{
	enum rc rc;

	memset(scan, 0, sizeof(*scan));
	scan->web = web;
	scan->request = request;
	rc = takeover_file_get(web->store, request->pool, request->params[0], &scan->file);
	if (rc != RC_OK)
		return rc;
	if (!find_head(request->pool, scan->file.rows, &scan->head, &scan->at, &scan->row))
		return RC_NOT_FOUND;
	scan->seen = pool_alloc(request->pool, SEEN_SLOTS * sizeof(*scan->seen));
	memset(scan->seen, 0, SEEN_SLOTS * sizeof(*scan->seen));
	scan->pool = pool_new();
	return RC_OK;
}

static void scan_close(struct scan *scan)
{
	if (scan->pool != NULL)
		pool_free(scan->pool);
}

static void make_id(struct scan *scan)
{
	uint8_t hash[HASH_SIZE];
	char *name = pool_printf(scan->pool, "%s %zu", scan->file.id, scan->row);

	hash_sha256(name, strlen(name), hash);
	memcpy(scan->id, hash, sizeof(scan->id));
}

/* Did an earlier row of this file have that code? */
static bool seen_before(struct scan *scan, const char *code)
{
	uint8_t hash[HASH_SIZE];
	size_t slot;

	hash_sha256(code, strlen(code), hash);
	slot = ((size_t)hash[0] << 8 | hash[1]) % SEEN_SLOTS;
	for (; scan->seen[slot] != NULL; slot = (slot + 1) % SEEN_SLOTS)
		if (strcmp(scan->seen[slot], code) == 0)
			return true;
	scan->seen[slot] = pool_strdup(scan->request->pool, code);
	return false;
}

/* The next row that is not empty; *more false: there is none. The form is checked. */
static enum rc scan_next(struct scan *scan, bool *more, enum row_fate *fate)
{
	char *cells[CELLS];
	size_t count = 0;
	uint8_t last[EVENT_ID_SIZE];
	struct dossier_row twin;
	enum rc rc;

	*more = false;
	while (count == 0 && *scan->at != '\0') {
		char *end = scan->at + strcspn(scan->at, "\n");

		pool_reset(scan->pool);
		scan->row++;
		count = rows_split(pool_strndup(scan->pool, scan->at, (size_t)(end - scan->at)), cells, CELLS);
		scan->at = *end != '\0' ? end + 1 : end;
	}
	if (count == 0)
		return RC_OK;
	*more = true;
	make_id(scan);
	rc = takeover_form(scan->pool, &scan->head, cells, count, &scan->form);
	if (rc == RC_OK)
		rc = takeover_check(scan->web, scan->pool, scan->form, scan->request->now_ms);
	*fate = ROW_FAULTY;
	if (rc != RC_OK)
		return rc == RC_INVALID ? RC_OK : rc;
	*fate = ROW_GOOD;
	rc = journal_last(scan->web->store, scan->web->store->board, scan->id, last);
	if (rc == RC_OK)
		*fate = ROW_THERE;
	if (rc != RC_NOT_FOUND)
		return rc;
	if (seen_before(scan, form_text(scan->form, "old_code"))) {
		*fate = ROW_TWIN;
		return RC_OK;
	}
	rc = dossier_by_old_code(scan->web->store, scan->pool, ORIGIN_TAKEN_OVER,
			form_text(scan->form, "old_code"), &twin);
	if (rc == RC_OK)
		*fate = ROW_TWIN;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- preview ---- */

static void show_faults(struct scan *scan, struct view *view, size_t *shown)
{
	struct pool *pool = view_pool(view);

	for (size_t i = 0; i < takeover_field_count && *shown < FAULTS_SHOWN; i++) {
		const char *sentence = form_fault_of(scan->form, takeover_fields[i].name);
		struct view *item;

		if (sentence[0] == '\0')
			continue;
		(*shown)++;
		item = view_item(view, "bad_rows");
		view_int(item, "row", (int64_t)scan->row);
		view_set(item, "column", text_get(takeover_fields[i].label));
		view_set(item, "value", pool_strdup(pool, form_raw(scan->form, takeover_fields[i].name)));
		view_set(item, "sentence", pool_strdup(pool, sentence));
	}
}

static void show_good(struct scan *scan, struct view *view)
{
	static const char *const shown[] = { "old_code", "old_agency", "name", "procedure", "received",
		"due", "place" };
	struct view *item = view_item(view, "good_rows");

	view_int(item, "row", (int64_t)scan->row);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		view_set(item, shown[i], pool_strdup(view_pool(item), form_text(scan->form, shown[i])));
}

static enum rc show_accounts(struct web *web, struct request *request, struct view *view)
{
	struct account *rows = NULL;
	size_t count = 0;
	enum rc rc = account_list(web->store, request->pool, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if ((rows[i].roles & ROLE_SPECIALIST) == 0 || rows[i].locked)
			continue;
		item = view_item(view, "accounts");
		view_set(item, "account", rows[i].id);
		view_set(item, "account_name", rows[i].name);
	}
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		struct scan *scan)
{
	struct view *view = view_new(request->pool);
	size_t fates[ROW_FAULTY + 1] = { 0 }, shown = 0;
	enum row_fate fate = ROW_GOOD;
	bool more = true, at_work = false;
	enum rc rc = RC_OK;

	while (rc == RC_OK && more) {
		rc = scan_next(scan, &more, &fate);
		if (rc != RC_OK || !more)
			break;
		fates[fate]++;
		if (fate == ROW_FAULTY)
			show_faults(scan, view, &shown);
		else if (fate == ROW_GOOD && fates[ROW_GOOD] <= ROWS_SHOWN)
			show_good(scan, view);
		at_work = at_work || (fate == ROW_GOOD && form_text(scan->form, "state")[0] != '\0' &&
				strcmp(form_text(scan->form, "state"), "accepted") != 0);
	}
	if (rc == RC_OK && at_work)
		rc = show_accounts(web, request, view);
	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("takeover.preview"));
	view_set(view, "file_name", scan->file.name);
	view_set(view, "action", pool_printf(request->pool, "/tiep-quan/%s", scan->file.id));
	view_int(view, "good", (int64_t)fates[ROW_GOOD]);
	view_int(view, "there", (int64_t)fates[ROW_THERE]);
	view_int(view, "twins", (int64_t)fates[ROW_TWIN]);
	view_int(view, "faulty", (int64_t)fates[ROW_FAULTY]);
	view_flag(view, "at_work", at_work);
	view_flag(view, "more_good", fates[ROW_GOOD] > ROWS_SHOWN);
	view_flag(view, "more_faults", shown == FAULTS_SHOWN);
	view_flag(view, "done", fates[ROW_THERE] > 0);
	view_set(view, "account_fault", request->method == METHOD_POST ?
			form_fault_of(request->form, "account") : "");
	if (request->method == METHOD_POST) {
		form_show(request->form, NULL, 0, view);
		response->status = 422;
	}
	return web_page(web, request, response, "intake/takeover_file", view);
}

/* ---- import ---- */

static enum rc add_row(struct scan *scan, const char *account)
{
	struct takeover takeover = { .id = scan->id, .kind = "dossier.taken_over",
		.actor = scan->request->session->account.id };
	struct takeover_bodies bodies;
	const char *reason = NULL;
	char *code = NULL;
	enum rc rc;

	takeover_make(scan->web, scan->pool, scan->form, scan->request->now_ms, account, scan->file.id,
			&bodies);
	takeover.body = bodies.body;
	takeover.taken = bodies.taken;
	takeover.finished = bodies.finished;
	rc = takeover_add(scan->web->store, scan->pool, &takeover, &code, &reason);
	takeover_free(&bodies);
	return rc == RC_CONFLICT ? RC_OK : rc;	/* the other of two taps has it */
}

/* Up to BATCH rows in one commit; what is there already is passed over. */
static enum rc add_batch(struct scan *scan, const char *account, bool *more)
{
	enum row_fate fate = ROW_GOOD;
	enum rc rc = store_begin(scan->web->store, true);

	if (rc != RC_OK)
		return rc;
	for (int added = 0; rc == RC_OK && *more && added < BATCH;) {
		rc = scan_next(scan, more, &fate);
		if (rc != RC_OK || !*more || fate != ROW_GOOD)
			continue;
		rc = add_row(scan, account);
		added++;
	}
	if (rc == RC_OK)
		return store_commit(scan->web->store);
	store_abort(scan->web->store);
	return rc;
}

static const struct field account_field = { "account", FIELD_LINE, false, 0, 47, NULL,
	"takeover.account" };

/* Who goes on with what was worked on: a specialist of today. "" : nobody was asked. */
static enum rc read_account(struct web *web, struct request *request, const char **id)
{
	struct account account;
	enum rc rc = form_check(request->form, &account_field, 1);

	*id = form_text(request->form, "account");
	if (rc != RC_OK || (*id)[0] == '\0')
		return rc;
	rc = account_by_id(web->store, request->pool, *id, &account);
	if (rc == RC_NOT_FOUND || (rc == RC_OK && (account.roles & ROLE_SPECIALIST) == 0)) {
		form_fault(request->form, "account", "takeover.no_account");
		return RC_INVALID;
	}
	return rc;
}

static enum rc import(struct web *web, struct request *request, struct response *response,
		struct scan *scan)
{
	const char *account = "";
	bool more = true;
	enum rc rc = read_account(web, request, &account);

	if (rc == RC_INVALID)
		return show(web, request, response, scan);
	if (account[0] == '\0')
		account = request->session->account.id;
	while (rc == RC_OK && more)
		rc = add_batch(scan, account, &more);
	if (rc == RC_OK)
		response_see_other(response, pool_printf(request->pool, "/tiep-quan/%s", scan->file.id));
	return rc;
}

enum rc page_takeover_file(struct web *web, struct request *request, struct response *response)
{
	struct scan scan;
	enum rc rc = scan_open(&scan, web, request);

	if (rc == RC_OK)
		rc = request->method == METHOD_POST ? import(web, request, response, &scan) :
				show(web, request, response, &scan);
	scan_close(&scan);
	return rc;
}

static const char *sample_of(struct pool *pool, const char *name)
{
	const char *key = pool_printf(pool, "takeover.sample.%s", name);

	return text_known(key) ? text_get(key) : "";
}

/* An empty file with our columns and one invented row. */
enum rc page_takeover_sample(struct web *web, struct request *request, struct response *response)
{
	struct sheet_column columns[TAKEOVER_COLUMNS];
	struct sheet_export *export = NULL;
	enum rc rc;

	for (size_t i = 0; i < TAKEOVER_COLUMNS; i++)
		columns[i] = (struct sheet_column){ takeover_fields[i].label, 't', 22 };
	rc = sheet_export_open(web, request, SHEET_XLSX, text_get("takeover.title"), columns,
			TAKEOVER_COLUMNS, &export);
	for (size_t i = 0; rc == RC_OK && i < TAKEOVER_COLUMNS; i++)
		sheet_export_text(export, sample_of(request->pool, takeover_fields[i].name));
	if (rc == RC_OK)
		rc = sheet_export_row(export, false);
	if (rc == RC_OK)
		return sheet_export_close(export, response, "tiep-quan-mau");
	sheet_export_drop(export);
	return rc;
}
