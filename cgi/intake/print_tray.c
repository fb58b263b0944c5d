/*
 * print_tray.c: /in, what waits for a printer, oldest first. It opens on whichever machine has one:
 * a tablet takes the dossier in, the PC in the corner prints. Each paper is printed, then confirmed,
 * or written by hand when the printer is dead; a pile that came out is confirmed in one act.
 *
 * Receipts of the certification counter come by the hundred and are seldom asked for: they stand
 * folded, below what a citizen waits for.
 */
#include <string.h>

#include "base/text.h"
#include "intake/print.h"
#include "store/book.h"
#include "store/paper.h"
#include "web/show.h"
#include "web/text_vi.h"

#define SCANNED 300
enum { LETTERS, RECEIPTS, CERTIFICATIONS, GROUPS };
static const struct { const char *name; size_t rows; } groups[GROUPS] = {
	{ "giay", 60 }, { "bien-lai", 40 }, { "chung-thuc", 100 },
};

static int group_of(const struct paper_row *row)
{
	enum book_kind kind;

	if (strcmp(row->paper, "receipt") != 0)
		return LETTERS;
	return book_kind_of(row->procedure, &kind) == RC_OK ? CERTIFICATIONS : RECEIPTS;
}

/* What a form names a paper by. */
static const char *key_of(struct pool *pool, const struct paper_row *row)
{
	return pool_printf(pool, "%s.%s.%s", row->subject_hex, row->paper, row->ref);
}

/* Whose paper it is before any dossier exists. */
static enum rc show_guided(struct web *web, struct view *item, const struct paper_row *row)
{
	struct pool *pool = view_pool(item);
	struct journal_row *rows = NULL;
	size_t count = 0;
	json_t *body = NULL;
	enum rc rc = journal_subject(web->store, pool, web->store->board, row->subject, &rows, &count);

	if (rc != RC_OK || count == 0 || rows[0].event.body == NULL ||
			json_parse(rows[0].event.body, rows[0].event.body_len, &body) != RC_OK)
		return rc;
	print_set(item, "applicant", json_object_get(body, "applicant"), "name");
	print_set(item, "procedure", json_object_get(body, "procedure"), "name");
	print_set(item, "what", body, "number");
	json_decref(body);
	return RC_OK;
}

static bool is_slip(const struct paper_row *row)
{
	return strcmp(row->paper, "slip") == 0 || strcmp(row->paper, PAPER_SLIP_RENEWAL) == 0;
}

static enum rc show_row(struct web *web, struct view *group, const struct paper_row *row)
{
	struct pool *pool = view_pool(group);
	struct view *item = view_item(group, "papers");
	const char *slug = print_slug(row->paper);
	bool slip = strcmp(row->paper, "slip") == 0;

	if (strcmp(row->paper, PAPER_SLIP_RENEWAL) != 0)
		view_flag(group, "pickable", true);
	view_set(item, "paper", text_get(pool_printf(pool, "tray.paper.%s", row->paper)));
	view_set(item, "key", key_of(pool, row));
	view_set(item, "at", show_time_screen(pool, row->at));
	view_set(item, "applicant", row->applicant);
	view_set(item, "procedure", row->procedure_name);
	if (row->code[0] == '\0') {
		view_set(item, "print_url", pool_printf(pool, "/in/phieu/%s?ve=khay", row->subject_hex));
		view_set(item, "done_url", pool_printf(pool, "/in/phieu/%s", row->subject_hex));
		return show_guided(web, item, row);
	}
	view_set(item, "code_short", dossier_show_short_code(row->code));
	view_set(item, "url", pool_printf(pool, "/ho-so/%s", row->code));
	if (strcmp(row->paper, PAPER_SLIP_RENEWAL) == 0) {
		view_set(item, "renew_url", pool_printf(pool, "/ho-so/%s/giay-hen-moi", row->code));
	} else if (slip) {
		view_set(item, "print_url", pool_printf(pool, "/ho-so/%s/giay-hen?ve=khay", row->code));
		view_set(item, "done_url", pool_printf(pool, "/ho-so/%s/da-in", row->code));
	} else if (slug != NULL) {
		view_set(item, "number", row->ref);
		view_set(item, "print_url", pool_printf(pool, "/ho-so/%s/in/%s?ve=khay%s%s", row->code,
				slug, row->ref[0] != '\0' ? "&so=" : "", row->ref));
		view_set(item, "done_url", pool_printf(pool, "/ho-so/%s/in/%s", row->code, slug));
	}
	return RC_OK;
}

static struct view *group_view(struct request *request, struct view *view, int group)
{
	struct view *out = view_item(view, "groups");
	const char *name = groups[group].name;

	view_set(out, "group", name);
	view_set(out, "group_name", text_get(pool_printf(request->pool, "tray.group.%s", name)));
	view_flag(out, "folded", group == CERTIFICATIONS);
	return out;
}

static enum rc show_tray(struct web *web, struct request *request, struct view *view)
{
	struct view *shown[GROUPS] = { NULL };
	size_t counts[GROUPS] = { 0 }, count = 0;
	struct paper_row *rows = NULL;
	/* A slip carries a secret: it is handed over by the counter. */
	bool slips = frame_can(request, ROLES_COUNTER);
	size_t left_out = 0;
	enum rc rc = paper_waiting(web->store, request->pool, SCANNED, &rows, &count);

	/* Groups in their order, whatever lies on top of the tray. */
	for (int group = 0; group < GROUPS; group++)
		for (size_t i = 0; rc == RC_OK && i < count; i++) {
			if (group_of(&rows[i]) != group)
				continue;
			if (!slips && is_slip(&rows[i])) {
				left_out++;
				continue;
			}
			if (counts[group]++ >= groups[group].rows)
				continue;
			if (shown[group] == NULL)
				shown[group] = group_view(request, view, group);
			rc = show_row(web, shown[group], &rows[i]);
		}
	for (int group = 0; group < GROUPS; group++)
		if (shown[group] != NULL) {
			view_int(shown[group], "count", (int64_t)counts[group]);
			if (counts[group] > groups[group].rows)
				view_int(shown[group], "more", (int64_t)groups[group].rows);
		}
	view_flag(view, "papers_shown", count > left_out);
	return rc;
}

/* ---- the pile that came out ---- */

static bool is_picked(struct request *request, const struct paper_row *row)
{
	const char *key = key_of(request->pool, row), *picked;

	for (size_t i = 0; (picked = form_raw_at(request->form, "pick[]", i)) != NULL; i++)
		if (strcmp(picked, key) == 0)
			return true;
	return false;
}

/* What somebody else confirmed meanwhile does not wait any more and is left alone. */
static enum rc confirm(struct web *web, struct request *request, int *confirmed)
{
	struct paper_row *rows = NULL;
	size_t count = 0;
	enum rc rc = paper_waiting(web->store, request->pool, SCANNED, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct event event;
		const char *reason = NULL;
		struct act act = { .subject = rows[i].subject,
			.subject_kind = rows[i].code[0] != '\0' ? SUBJECT_DOSSIER : SUBJECT_STATION,
			.actor = request->session->account.id };
		json_t *body = NULL;

		/* Nothing of it has come out yet. */
		if (strcmp(rows[i].paper, PAPER_SLIP_RENEWAL) == 0 || !is_picked(request, &rows[i]))
			continue;
		rc = print_waiting_note(web, request->pool, &rows[i], &act.kind, &body);
		act.body = body;
		if (rc == RC_OK)
			rc = act_append(web->store, &act, &event, &reason);
		json_decref(body);
		(*confirmed)++;
	}
	return rc;
}

static enum rc write(struct web *web, struct request *request, struct response *response)
{
	const char *form_id = form_raw(request->form, "form_id"), *location = "/in?trong=1";
	char *first = NULL;
	int confirmed = 0;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_EXISTS) {
		store_abort(web->store);
		response_see_other(response, first);
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = confirm(web, request, &confirmed);
	if (confirmed > 0)
		location = pool_printf(request->pool, "/in?xong=%d", confirmed);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, location);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc page_print_tray(struct web *web, struct request *request, struct response *response)
{
	struct view *view;
	int64_t done = 0;
	enum rc rc;

	if (request->method == METHOD_POST)
		return write(web, request, response);
	view = view_new(request->pool);
	rc = show_tray(web, request, view);
	if (num_parse(request_query(request, "xong"), 1, SCANNED, &done) == RC_OK)
		view_int(view, "confirmed", done);
	view_flag(view, "chose_none", request_query(request, "trong")[0] != '\0');
	view_flag(view, "may_confirm", frame_can(request, ROLES_COUNTER));
	view_set(view, "title", text_get("tray.title"));
	return rc == RC_OK ? web_page(web, request, response, "intake/tray_print", view) : rc;
}
