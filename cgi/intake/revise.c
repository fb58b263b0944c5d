/*
 * revise.c: see revise.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "crypt/hash.h"
#include "dossier/catalogue_edit.h"
#include "dossier/document_diff.h"
#include "intake/revise.h"
#include "web/show.h"
#include "web/text_vi.h"

#define CHANGES_SHOWN 100
#define VERSIONS_SHOWN 50

enum rc revise_open(struct web *web, struct request *request, enum document_kind kind,
		struct revise *out)
{
	int64_t no = 0;
	enum rc rc = document_newest(web->store, kind, &no);

	memset(out, 0, sizeof(*out));
	out->kind = kind;
	if (rc == RC_OK && no == 0)
		rc = RC_BUSY;
	if (rc == RC_OK)
		rc = document_get(web->store, request->pool, kind, no, &out->current);
	if (rc == RC_OK)
		rc = json_parse(out->current.text, out->current.len, &out->document);
	return rc;
}

void revise_close(struct revise *revise)
{
	json_decref(revise->document);
	revise->document = NULL;
}

char *revise_print(struct pool *pool, const json_t *value)
{
	const char *text = value != NULL ? json_to_text(pool, value) : "";
	uint8_t sha256[HASH_SIZE];
	char *hex = pool_alloc(pool, 2 * HASH_SIZE + 1);

	hash_sha256(text, strlen(text), sha256);
	hex_encode(sha256, sizeof(sha256), hex);
	hex[32] = '\0';
	return hex;
}

static const char *limit_words(struct pool *pool, const char *value)
{
	static const char *const parts[] = { "", ",25", ",5", ",75" };
	struct limit limit;
	const char *number;

	if (limit_parse(value, &limit) != RC_OK)
		return value;
	number = pool_printf(pool, "%d%s", limit.quarters / 4, parts[limit.quarters % 4]);
	if (limit.unit == LIMIT_SAME_DAY)
		return text_get(limit.after_15 ? "slip.limit.same_day_15" : "slip.limit.same_day");
	if (limit.unit == LIMIT_NONE)
		return text_get("slip.limit.none");
	return text_fill(pool, limit.unit == LIMIT_HOURS ? "slip.limit.hours" :
			limit.unit == LIMIT_CALENDAR_DAYS ? "slip.limit.calendar_days" :
			"slip.limit.working_days", number, NULL);
}

const char *revise_words(struct pool *pool, const char *member, const char *value)
{
	static const char *const money[] = { "amount", "first", "next", "max" };
	const char *key = pool_printf(pool, "doc.w.%s.%s", member, value);
	int64_t dong;
	int year, month, day;

	if (strcmp(member, "limit") == 0)
		return limit_words(pool, value);
	/* "from: 2025, to: 2026" */
	if (strcmp(member, "announced") == 0 && strlen(value) == 20)
		return pool_printf(pool, "%.4s - %s", value + 6, value + 16);
	for (size_t i = 0; i < sizeof(money) / sizeof(money[0]); i++)
		if (strcmp(member, money[i]) == 0 && num_parse(value, 0, INT64_MAX, &dong) == RC_OK)
			return show_money(pool, dong);
	if (strlen(key) < 60 && text_known(key))
		return text_get(key);
	if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
		return text_get(value[0] == 't' ? "step2.yes" : "step2.no");
	if (strlen(value) == 10 && value[4] == '-' &&
			when_parse_date(value, &year, &month, &day) == RC_OK)
		return pool_printf(pool, "%02d/%02d/%04d", day, month, year);
	return value;
}

/* A word of the document's language for people, by its text key; itself when there is none. */
static const char *named(struct pool *pool, const char *prefix, const char *name)
{
	const char *key = pool_printf(pool, "%s.%s", prefix, name);

	return strlen(key) < 60 && text_known(key) ? text_get(key) : name;
}

static const char *place_words(struct pool *pool, const struct document_change *change)
{
	const char *out = "";

	for (size_t i = 0; i < change->depth; i++)
		out = pool_printf(pool, "%s%s%s %s", out, i > 0 ? " · " : "",
				named(pool, "doc.l", change->places[i].list), change->places[i].item);
	return out;
}

/* What follows from the rest, and says nothing to people. */
static bool is_inner(const char *member)
{
	return strcmp(member, "uncertain") == 0 || strcmp(member, "certain") == 0 ||
			strcmp(member, "version") == 0;
}

bool revise_show_changes(struct view *view, const json_t *before, const json_t *after)
{
	struct pool *pool = view_pool(view);
	struct document_change *changes = pool_alloc(pool, CHANGES_SHOWN * sizeof(*changes));
	size_t count = document_diff(pool, before, after, changes, CHANGES_SHOWN), shown = 0;

	for (size_t i = 0; i < count && i < CHANGES_SHOWN; i++) {
		const struct document_change *change = &changes[i];
		struct view *item;

		if (is_inner(change->member))
			continue;
		shown++;
		item = view_item(view, "changes");
		view_set(item, "where", place_words(pool, change));
		view_set(item, "what", named(pool, "doc.m", change->member));
		view_set(item, "before", change->before != NULL ?
				revise_words(pool, change->member, change->before) : text_get("doc.none"));
		view_set(item, "after", change->after != NULL ?
				revise_words(pool, change->member, change->after) : text_get("doc.none"));
	}
	view_flag(view, "has_changes", shown > 0);
	view_flag(view, "more_changes", count > CHANGES_SHOWN);
	return shown > 0;
}

enum rc revise_show_history(struct web *web, struct view *view, enum document_kind kind)
{
	struct pool *pool = view_pool(view);
	struct document *rows = NULL;
	size_t count = 0;
	enum rc rc = document_list(web->store, pool, kind, VERSIONS_SHOWN, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "versions");

		view_set(item, "version", rows[i].version);
		view_set(item, "at", show_time_screen(pool, rows[i].at));
		view_set(item, "actor", strcmp(rows[i].actor, "system") == 0 ? text_get("doc.program") :
				strcmp(rows[i].actor, "import") == 0 ? text_get("doc.by_file") :
				dossier_show_actor(web, pool, rows[i].actor, AUTHOR_BOARD));
		view_set(item, "summary", rows[i].summary[0] != '\0' ? rows[i].summary :
				text_get("doc.first"));
		view_flag(item, "current", i == 0);
	}
	return rc;
}

/* Would every worker take it? */
static enum rc readable(struct pool *pool, const struct revise *revise, const char *text,
		const char **fault)
{
	struct catalogue catalogue;
	struct calendar calendar;

	if (strlen(text) > CATALOGUE_BYTES) {
		*fault = "size";
		return RC_INVALID;
	}
	if (revise->kind == DOCUMENT_CATALOGUE)
		return catalogue_parse(pool, text, strlen(text), true, &catalogue, fault);
	return calendar_parse(pool, text, strlen(text), &calendar, fault);
}

static enum rc write(struct web *web, struct request *request, const struct revise *revise,
		const struct document *next, char **location)
{
	const char *form_id = form_raw(request->form, "form_id"), *reason = NULL;
	char *first = NULL;
	int64_t after = revise->current.no;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_EXISTS)
		*location = first;
	if (rc == RC_OK && revise->as_came != NULL)
		rc = document_put(web->store, revise->kind, revise->as_came, after++, &reason);
	if (rc == RC_OK)
		rc = document_put(web->store, revise->kind, next, after, &reason);
	/* A version with a name of its own is the file that was held aside. */
	if (rc == RC_OK && revise->next_version != NULL)
		rc = document_drop_held(web->store, revise->kind);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, *location);
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

enum rc revise_save(struct web *web, struct request *request, struct response *response,
		struct revise *revise, const char *summary, const char *location, const char **fault)
{
	struct pool *pool = request->pool;
	struct document next = { .actor = request->session->account.id, .summary = summary };
	char *to = pool_strdup(pool, location);
	enum rc rc;

	next.version = revise->next_version != NULL ? revise->next_version :
			catalogue_edit_next(pool, revise->current.version);
	json_put(revise->document, "version", next.version);
	next.text = json_to_text(pool, revise->document);
	next.len = strlen(next.text);
	*fault = "";
	rc = readable(pool, revise, next.text, fault);
	if (rc == RC_OK)
		rc = write(web, request, revise, &next, &to);
	if (rc == RC_CONFLICT)
		return revise_conflict(web, request, response, revise->kind, location);
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, to);
		rc = RC_OK;
	}
	return rc;
}

/* The second tap of a form whose first one was saved meanwhile goes where that one went. */
static char *answered(struct web *web, struct request *request)
{
	char *location = NULL;
	enum rc rc;

	if (request->method != METHOD_POST || store_begin(web->store, false) != RC_OK)
		return NULL;
	rc = form_claim(web->store, request->pool, form_raw(request->form, "form_id"), &location);
	store_abort(web->store);
	return rc == RC_EXISTS ? location : NULL;
}

enum rc revise_conflict(struct web *web, struct request *request, struct response *response,
		enum document_kind kind, const char *back)
{
	struct view *view = view_new(request->pool);
	char *first = answered(web, request);
	enum rc rc;

	if (first != NULL) {
		response_see_other(response, first);
		return RC_OK;
	}
	rc = revise_show_history(web, view, kind);
	view_set(view, "title", text_get("doc.conflict"));
	view_set(view, "back_url", back);
	form_show_typed(request->form, view);
	response->status = 409;
	return rc == RC_OK ? web_page(web, request, response, "intake/revise_conflict", view) : rc;
}
