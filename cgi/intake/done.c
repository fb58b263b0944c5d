/*
 * done.c: after accepting (/xong): number and due time so large that they can be read out or
 * photographed, what is safe, and the two ways on: the next person, or the next dossier of this one.
 */
#include <string.h>

#include "intake/pay.h"
#include "intake/slip.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

/* The citizen said that he pays by transfer: then the code to scan stands on this very page. */
static bool transfer_chosen(struct web *web, const struct dossier_row *row)
{
	json_t *body = NULL;
	bool chosen = false;

	if (dossier_body(web->store, row, &body) == RC_OK)
		chosen = strcmp(json_text(body, "fee_state"), "unpaid") == 0;
	json_decref(body);
	return chosen;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	struct view *view = view_new(request->pool);
	int64_t prints = 0;
	bool handwritten = false;
	enum rc rc = slip_prints(web, request->pool, row, &prints, &handwritten);

	if (rc == RC_OK)
		rc = slip_show_codes(web, view, row);
	if (rc != RC_OK)
		return rc;
	dossier_show_row(view, row, request->now_ms);
	view_set(view, "due_giant", row->has_due ? show_time_screen(request->pool, row->due_at) :
			text_get("dossier.no_due"));
	view_flag(view, "uncertain", row->has_due && !row->due_certain);
	view_flag(view, "moved", strcmp(request_query(request, "hen"), "doi") == 0);
	view_flag(view, "printed", prints > 0);
	view_flag(view, "handwritten", handwritten);
	view_flag(view, "open_paper", prints == 0 && !handwritten);
	view_set(view, "fee_due", row->fee_total > row->fee_paid ?
			show_money(request->pool, row->fee_total - row->fee_paid) : "");
	rc = pay_show_owed(web, request, view, row);
	if (rc != RC_OK)
		return rc;
	view_flag(view, "by_transfer", row->fee_total > row->fee_paid && transfer_chosen(web, row));
	view_set(view, "slip_url", dossier_show_url(request->pool, row, "/giay-hen"));
	view_set(view, "printed_url", dossier_show_url(request->pool, row, "/da-in"));
	view_flag(view, "may_prepare", frame_can(request, ROLES_PREPARE));
	view_set(view, "title", text_get("done.title"));
	return web_page(web, request, response, "intake/done", view);
}

enum rc page_done(struct web *web, struct request *request, struct response *response)
{
	struct dossier_row row;
	enum rc rc = act_dossier(web, request, &row);

	return rc == RC_OK ? show(web, request, response, &row) : rc;
}
