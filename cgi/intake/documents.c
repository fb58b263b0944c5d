/*
 * documents.c: see documents.h.
 */
#include <malloc.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "dossier/catalogue_edit.h"
#include "embed.h"
#include "intake/documents.h"

enum rc documents_text(struct pool *pool, const char *path, const char *embedded,
		size_t embedded_len, const char **text, size_t *len)
{
	char *bytes = NULL;
	enum rc rc;

	*text = embedded;
	*len = embedded_len;
	if (path == NULL || path[0] == '\0')
		return RC_OK;
	rc = file_read(pool, path, CATALOGUE_BYTES, &bytes, len);
	*text = bytes;
	return rc;
}

/* With the values that a manager confirmed; a rehearsal takes the embedded ones when the settings
 * name none. */
static enum rc first_catalogue(const struct settings *settings, struct pool *pool,
		struct document *out, const char **fault)
{
	bool rehearsal = settings->mode == MODE_REHEARSAL;
	const char *confirmed;
	char *merged = NULL;
	size_t len;
	enum rc rc = documents_text(pool, settings->catalogue_file, embed_catalogue_json,
			embed_catalogue_json_len, &out->text, &out->len);

	if (rc == RC_OK)
		rc = documents_text(pool, settings->confirm_file, rehearsal ? embed_confirm_json : "",
				rehearsal ? embed_confirm_json_len : 0, &confirmed, &len);
	if (rc != RC_OK || len == 0)
		return rc;
	rc = catalogue_confirm(pool, out->text, out->len, confirmed, len, &merged, fault);
	if (rc == RC_OK) {
		out->text = merged;
		out->len = strlen(merged);
	}
	return rc;
}

static enum rc first(const struct settings *settings, struct pool *pool, enum document_kind kind,
		struct document *out, const char **fault)
{
	memset(out, 0, sizeof(*out));
	if (kind == DOCUMENT_CATALOGUE)
		return first_catalogue(settings, pool, out, fault);
	return documents_text(pool, settings->calendar_file, embed_calendar_json, embed_calendar_json_len,
			&out->text, &out->len);
}

/* Into the intake, which gives up what it had only when the new one can be read. */
static enum rc use(struct intake *intake, bool rehearsal, enum document_kind kind,
		const struct document *document, const char **fault)
{
	bool is_catalogue = kind == DOCUMENT_CATALOGUE;
	struct pool **owner = is_catalogue ? &intake->catalogue_pool : &intake->calendar_pool;
	struct pool *pool = pool_new();
	struct catalogue catalogue;
	struct calendar calendar;
	enum rc rc = is_catalogue ?
			catalogue_parse(pool, document->text, document->len, rehearsal, &catalogue, fault) :
			calendar_parse(pool, document->text, document->len, &calendar, fault);

	if (rc != RC_OK) {
		log_error("document kind=%d version=%s fault=%s", (int)kind,
				document->version != NULL ? document->version : "-", *fault);
		pool_free(pool);
		return rc;
	}
	pool_free(*owner);
	*owner = pool;
	if (is_catalogue) {
		intake->catalogue = catalogue;
		intake->catalogue_no = document->no;
	} else {
		intake->calendar = calendar;
		intake->calendar_no = document->no;
	}
	return RC_OK;
}

/* Nobody has changed anything here yet, and the program or the settings bring another text: it is the
 * next version, under a number of its own when the old one has its name. */
static enum rc follow_program(struct store *store, struct pool *pool, enum document_kind kind,
		const struct document *newest, struct document *brought)
{
	json_t *json = NULL;
	const char *reason = NULL;
	enum rc rc = json_parse(brought->text, brought->len, &json);

	if (rc != RC_OK)
		return rc;
	brought->version = pool_strdup(pool, json_text(json, "version"));
	if (strcmp(brought->version, newest->version) == 0) {
		brought->version = catalogue_edit_next(pool, newest->version);
		json_put(json, "version", brought->version);
		brought->text = json_to_text(pool, json);
		brought->len = strlen(brought->text);
	}
	json_decref(json);
	brought->actor = "system";
	brought->summary = "";
	rc = store_begin(store, false);
	if (rc != RC_OK)
		return rc;
	rc = document_put(store, kind, brought, newest->no, &reason);
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc == RC_CONFLICT ? RC_OK : rc;	/* another worker was first */
}

/* Without its version, which follow_program may have made up. */
static bool same_text(const struct document *a, const struct document *b)
{
	json_t *one = NULL, *other = NULL;
	bool same = json_parse(a->text, a->len, &one) == RC_OK &&
			json_parse(b->text, b->len, &other) == RC_OK;

	if (same) {
		json_put_value(one, "version", json_null());
		json_put_value(other, "version", json_null());
		same = json_equal(one, other) != 0;
	}
	json_decref(one);
	json_decref(other);
	return same;
}

/* What the store has after a look at what the program brings. *out: what to serve with. */
static enum rc settle(struct store *store, struct pool *pool, enum document_kind kind,
		const char *version, struct document *out)
{
	struct document newest;
	int64_t no = 0;
	enum rc rc = document_newest(store, kind, &no);

	if (rc == RC_OK && no == 0)
		rc = document_first(store, kind, version, out->text, out->len);
	if (rc == RC_OK && no == 0)
		rc = document_newest(store, kind, &no);
	if (rc == RC_OK)
		rc = document_get(store, pool, kind, no, &newest);
	if (rc != RC_OK)
		return rc;
	if (strcmp(newest.actor, "system") == 0 && !same_text(&newest, out)) {
		rc = follow_program(store, pool, kind, &newest, out);
		if (rc == RC_OK)
			rc = document_newest(store, kind, &no);
		if (rc == RC_OK)
			rc = document_get(store, pool, kind, no, &newest);
	}
	if (rc == RC_OK)
		*out = newest;
	return rc;
}

static enum rc load(const struct settings *settings, struct store *store, struct intake *intake,
		enum document_kind kind)
{
	bool rehearsal = settings->mode == MODE_REHEARSAL;
	struct pool *pool = pool_new();
	struct document document;
	const char *fault = "";
	enum rc rc = first(settings, pool, kind, &document, &fault), kept;

	if (rc == RC_OK)
		rc = use(intake, rehearsal, kind, &document, &fault);
	else
		log_error("document kind=%d catalogue=%s confirm=%s calendar=%s rc=%s fault=%s", (int)kind,
				settings->catalogue_file, settings->confirm_file, settings->calendar_file,
				rc_name(rc), fault);
	if (rc != RC_OK)
		goto out;
	/* A full or locked disk must not keep the pages away: the next start tries again. */
	kept = settle(store, pool, kind, kind == DOCUMENT_CATALOGUE ? intake->catalogue.version :
			intake->calendar.version, &document);
	if (kept != RC_OK)
		log_warn("document kind=%d rc=%s: cannot be kept", (int)kind, rc_name(kept));
	else
		rc = use(intake, rehearsal, kind, &document, &fault);
out:
	pool_free(pool);
	malloc_trim(0);		/* so are the trees of JSON */
	return rc;
}

enum rc documents_load(const struct settings *settings, struct store *store, struct intake *intake)
{
	enum rc rc = load(settings, store, intake, DOCUMENT_CATALOGUE);

	return rc == RC_OK ? load(settings, store, intake, DOCUMENT_CALENDAR) : rc;
}

void documents_free(struct intake *intake)
{
	pool_free(intake->catalogue_pool);
	pool_free(intake->calendar_pool);
}

static void refresh(struct web *web, enum document_kind kind, int64_t have)
{
	struct document document;
	const char *fault = "";
	struct pool *pool;
	int64_t no = 0;

	if (document_newest(web->store, kind, &no) != RC_OK || no == have)
		return;
	pool = pool_new();
	if (document_get(web->store, pool, kind, no, &document) == RC_OK &&
			use(web->app, web->settings->mode == MODE_REHEARSAL, kind, &document,
					&fault) == RC_OK)
		log_info("document kind=%d no=%lld version=%s", (int)kind, (long long)no,
				document.version);
	pool_free(pool);
	malloc_trim(0);
}

void documents_refresh(struct web *web)
{
	int64_t generation = db_generation(web->store->tram);

	if (generation == intake_of(web)->documents_seen)
		return;
	intake_of(web)->documents_seen = generation;
	refresh(web, DOCUMENT_CATALOGUE, intake_of(web)->catalogue_no);
	refresh(web, DOCUMENT_CALENDAR, intake_of(web)->calendar_no);
}

enum rc documents_calendar(struct web *web, struct pool *pool, const char *version,
		struct calendar *out)
{
	const struct intake *intake = intake_of(web);
	struct document document;
	const char *fault;
	enum rc rc;

	if (strcmp(version, intake->calendar.version) == 0) {
		*out = intake->calendar;
		return RC_OK;
	}
	rc = document_find(web->store, pool, DOCUMENT_CALENDAR, version, &document);
	if (rc == RC_OK)
		rc = calendar_parse(pool, document.text, document.len, out, &fault);
	return rc == RC_INVALID ? RC_NOT_FOUND : rc;
}

int64_t documents_day(int64_t at_ms)
{
	struct when_local local;

	when_to_local(at_ms, &local);
	return when_day_number(local.year, local.month, local.day);
}

int64_t documents_clock(const struct dossier_row *row, const json_t *body)
{
	struct when_local at, mark;
	int64_t day_ms = json_int(body, "postmarked_at", 0), clock;

	if (strcmp(json_text(body, "channel"), "post") != 0 || day_ms <= 0)
		return row->received_at;
	when_to_local(row->received_at, &at);
	when_to_local(day_ms, &mark);
	mark.hour = at.hour;
	mark.minute = at.minute;
	mark.second = at.second;
	if (when_from_local(&mark, &clock) != RC_OK || clock > row->received_at)
		return row->received_at;
	return clock;
}
