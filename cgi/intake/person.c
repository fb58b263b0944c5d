/*
 * person.c: see person.h. Results that wait come first: most who come with a card come for these.
 */
#include <string.h>

#include "intake/person.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 50

static bool same(const char *a, const char *b)
{
	return a[0] != '\0' && strcmp(a, b) == 0;
}

/* The dossiers of a number, old number, or (nobody has one) of exactly this name. */
static enum rc show_dossiers(struct web *web, struct request *request, struct view *view,
		const char *number, const char *old_number, const char *name)
{
	struct dossier_row *rows = NULL;
	const char *words = number[0] != '\0' ? number : name;
	size_t count = 0, waiting = 0, open = 0, closed = 0;
	enum rc rc = dossier_search(web->store, request->pool, words, ROWS, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		const struct dossier_row *row = &rows[i];
		const char *list = "closed";

		if (number[0] != '\0' ? !same(row->applicant_number, number) &&
				!same(row->applicant_number, old_number) : strcmp(row->applicant, name) != 0)
			continue;
		if (row->facts.state == STATE_RESULT) {
			list = "waiting";
			waiting++;
		} else if (!state_is_closed(row->facts.state)) {
			list = "open";
			open++;
		} else {
			closed++;
		}
		dossier_show_row(view_item(view, list), row, request->now_ms);
	}
	view_flag(view, "has_waiting", waiting > 0);
	view_flag(view, "has_open", open > 0);
	view_flag(view, "has_closed", closed > 0);
	view_flag(view, "has_none", waiting + open + closed == 0);
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		struct view *view)
{
	view_set(view, "title", text_get("person.title"));
	view_flag(view, "may_prepare", frame_can(request, ROLES_PREPARE));
	view_flag(view, "may_certify", frame_can(request, ROLE_INTAKE));
	view_flag(view, "may_return", frame_can(request, ROLE_INTAKE | ROLE_RETURNER));
	return web_page(web, request, response, "intake/person", view);
}

enum rc person_show_card(struct web *web, struct request *request, struct response *response,
		const struct card *card, const char *payload)
{
	struct view *view = view_new(request->pool);
	enum rc rc = show_dossiers(web, request, view, card->number, card->old_number, card->name);

	view_set(view, "person", card->name);
	view_set(view, "number", card->number);
	view_set(view, "birth", show_birth(request->pool, card->birth));
	view_set(view, "address", card->address);
	view_set(view, "card", payload);
	for (size_t i = 0; i < card->warning_count; i++)
		view_set(view_item(view, "warnings"), "warning", text_get(card->warnings[i]));
	return rc == RC_OK ? show(web, request, response, view) : rc;
}

enum rc page_person(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row;
	enum rc rc = dossier_find(web->store, request->pool, NULL, request->params[0], &row);

	if (rc != RC_OK)
		return rc;
	/* Erased: who it was is not known, and others of whom nothing is known are not the same person. */
	if (row.applicant[0] == '\0')
		return RC_NOT_FOUND;
	rc = show_dossiers(web, request, view, row.applicant_number, "", row.applicant);
	view_set(view, "person", row.applicant);
	view_set(view, "number", row.applicant_number);
	view_set(view, "phone", row.phone);
	view_set(view, "from", row.code);
	return rc == RC_OK ? show(web, request, response, view) : rc;
}
