/*
 * print_many.c: one receipt slip for all that a person handed in that day (A4 landscape), and the
 * minutes of handing over on a second sheet.
 *
 * Who hands in is known by the number of the papers shown: of the submitter, else of the applicant.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "intake/print.h"
#include "intake/slip.h"
#include "web/show.h"
#include "web/text_vi.h"

#define DOSSIERS_MAX 60

static const char *submitter_number(const json_t *body)
{
	const json_t *submitter = json_object_get(body, "submitter");
	const json_t *applicant = json_object_get(body, "applicant");

	if (submitter != NULL && !json_flag(submitter, "self"))
		return json_text(submitter, "number");
	return json_text(applicant, "number")[0] != '\0' ? json_text(applicant, "number") :
			json_text(applicant, "tax_code");
}

static bool same_day(int64_t a, int64_t b)
{
	char day_a[8], day_b[8];

	when_yymmdd(a, day_a);
	when_yymmdd(b, day_b);
	return strcmp(day_a, day_b) == 0;
}

static void show_row(struct print *print, const struct dossier_row *row, const json_t *body, int no)
{
	struct pool *pool = view_pool(print->view);
	struct view *item = view_item(print->view, "dossiers");

	view_int(item, "no", no);
	view_set(item, "row_code", row->official[0] != '\0' ? row->official : row->code);
	view_set(item, "row_content", row->content);
	view_set(item, "row_unit", row->unit);
	view_set(item, "row_received", show_time_screen(pool, row->received_at));
	view_set(item, "row_due", row->has_due ? show_time_screen(pool, row->due_at) :
			text_get("dossier.no_due"));
	view_set(item, "row_limit", slip_limit_words(pool, json_text(json_object_get(body,
			"procedure"), "limit")));
	view_int(item, "row_sets", json_int(body, "sets", 1));
	view_set(item, "row_applicant", row->applicant);
}

enum rc print_many_fill(struct print *print)
{
	struct store *store = print->web->store;
	struct pool *pool = view_pool(print->view);
	const char *number = submitter_number(print->body);
	struct dossier_row *rows = NULL;
	size_t count = 0;
	int shown = 0;
	enum rc rc = RC_OK;

	if (number[0] != '\0')
		rc = dossier_search(store, pool, number, DOSSIERS_MAX, &rows, &count);
	/* Nobody to look for, or a number that search does not know (of a submitter): this one alone. */
	for (size_t i = count; rc == RC_OK && i-- > 0;) {
		json_t *body = NULL;

		if (!same_day(rows[i].received_at, print->row.received_at) || rows[i].slip_no == 0 ||
				rows[i].facts.state == STATE_VOIDED)
			continue;
		rc = dossier_body(store, &rows[i], &body);
		if (rc == RC_OK && strcmp(submitter_number(body), number) == 0)
			show_row(print, &rows[i], body, ++shown);
		else if (rc == RC_NOT_FOUND)
			rc = RC_OK;
		json_decref(body);
	}
	if (rc == RC_OK && shown == 0)
		show_row(print, &print->row, print->body, ++shown);
	view_int(print->view, "total", shown);
	view_set(print->view, "minutes_title", text_upper(pool, forms_find(
			&intake_of(print->web)->forms, "minutes")->title));
	return rc;
}
