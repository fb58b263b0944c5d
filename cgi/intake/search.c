/*
 * search.c: the one box of every page (POST /tim). A card opens its person, a slip or a code its
 * dossier, anything else is looked for in folded words, telephone, ID number or last four digits.
 */
#include <string.h>

#include "base/text.h"
#include "dossier/card.h"
#include "dossier/code.h"
#include "intake/draft_page.h"
#include "intake/person.h"
#include "web/text_vi.h"

#define ROWS 30
#define DRAFT_ROWS 20
#define TICKET_MAX 12

static const struct field typed_field = { "q", FIELD_LINE, false, 0, 1000, NULL, "frame.find_label" };

/* ".../h/<code>.<secret>" as the slip's QR has it: the code; the secret is not looked at, since who
 * may search may open every dossier of the point. NULL: something else. */
static const char *slip_code(struct pool *pool, const char *text)
{
	const char *at = strstr(text, "/h/"), *dot;
	struct code code;

	if (at == NULL || strncmp(text, "http", 4) != 0)
		return NULL;
	at += 3;
	dot = strrchr(at, '.');
	if (dot == NULL || code_parse(pool, pool_strndup(pool, at, (size_t)(dot - at)), &code) != RC_OK)
		return NULL;
	return text_upper(pool, pool_strndup(pool, at, (size_t)(dot - at)));
}

/* A whole code, typed or from a barcode. NULL: something else. */
static const char *whole_code(struct pool *pool, const char *text)
{
	struct code code;
	char *clean;

	if (text_clean(pool, text, strlen(text), TEXT_ONE_LINE, &clean) != RC_OK ||
			code_parse(pool, clean, &code) != RC_OK)
		return NULL;
	return text_upper(pool, clean);
}

const char *search_code(struct pool *pool, const char *text)
{
	const char *code = slip_code(pool, text);

	return code != NULL ? code : whole_code(pool, text);
}

/* A draft that waits under this ticket number: its people come back to the counter with it. */
static enum rc find_drafts(struct web *web, struct request *request, const char *typed,
		struct draft_row **rows, size_t *count)
{
	*count = 0;
	if (!frame_can(request, ROLES_PREPARE) || text_chars(typed) > TICKET_MAX)
		return RC_OK;
	return draft_by_ticket(web->store, request->pool, text_upper(request->pool, typed), DRAFT_ROWS,
			rows, count);
}

static void show_drafts(struct view *view, const struct draft_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "drafts");

		view_set(item, "id", rows[i].id);
		view_set(item, "applicant", rows[i].applicant);
		view_set(item, "ticket", rows[i].ticket);
		view_set(item, "owner", rows[i].owner_name);
	}
	view_flag(view, "drafts_shown", count > 0);
}

static enum rc show_rows(struct web *web, struct request *request, struct response *response,
		const char *typed, const struct dossier_row *rows, size_t count)
{
	struct view *view = view_new(request->pool);
	struct draft_row *drafts = NULL;
	size_t draft_count = 0;
	enum rc rc = typed[0] != '\0' && !form_has_faults(request->form) ?
			find_drafts(web, request, typed, &drafts, &draft_count) : RC_OK;

	if (rc != RC_OK)
		return rc;
	if (draft_count == 1 && count == 0) {
		response_see_other(response, draft_page_url(request->pool, drafts[0].id, "/giay-to"));
		return RC_OK;
	}
	show_drafts(view, drafts, draft_count);
	for (size_t i = 0; i < count; i++)
		dossier_show_row(view_item(view, "dossiers"), &rows[i], request->now_ms);
	form_show(request->form, &typed_field, 1, view);
	if (form_has_faults(request->form))
		response->status = 422;
	view_set(view, "typed", typed);
	view_int(view, "found", (int64_t)count);
	view_flag(view, "more", count == ROWS);
	view_set(view, "title", text_get("search.title"));
	view_flag(view, "focus_find", true);
	view_flag(view, "can_prepare", frame_can(request, ROLES_PREPARE));
	return web_page(web, request, response, "intake/search", view);
}

enum rc page_find(struct web *web, struct request *request, struct response *response)
{
	const char *typed = form_raw(request->form, "q"), *code, *reason;
	struct dossier_row one, *rows = NULL;
	struct card card;
	size_t count = 0;
	char *clean;
	enum rc rc;

	if (form_check(request->form, &typed_field, 1) != RC_OK)
		return show_rows(web, request, response, typed, NULL, 0);
	clean = pool_strdup(request->pool, form_text(request->form, "q"));
	if (card_parse(request->pool, typed, strlen(typed), &card, &reason) == RC_OK)
		return person_show_card(web, request, response, &card, typed);
	code = search_code(request->pool, clean);
	if (code != NULL) {
		rc = dossier_find(web->store, request->pool, NULL, code, &one);
		if (rc == RC_OK)	/* a number that two have: its page says so */
			response_see_other(response, one.shared ? pool_printf(request->pool, "/ho-so/%s", code) :
					dossier_show_url(request->pool, &one, ""));
		if (rc != RC_NOT_FOUND)
			return rc;
	}
	if (clean[0] == '\0')
		return show_rows(web, request, response, "", NULL, 0);
	rc = dossier_search(web->store, request->pool, clean, ROWS, &rows, &count);
	if (rc == RC_OK && count == 1)
		response_see_other(response, dossier_show_url(request->pool, &rows[0], ""));
	else if (rc == RC_OK)
		rc = show_rows(web, request, response, clean, rows, count);
	return rc;
}
