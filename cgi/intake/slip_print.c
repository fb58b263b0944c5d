/*
 * slip_print.c: the clerk's word that the slip came out of the printer, or was written by hand.
 *
 * A note: it follows any state, so nobody else's act stands in its way.
 */
#include <string.h>

#include "intake/slip.h"

static enum rc write_note(struct web *web, struct request *request, const struct dossier_row *row,
		const char *kind, const json_t *body, char **location)
{
	const char *form_id = form_raw(request->form, "form_id"), *reason = NULL;
	struct event event;
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = row->id, .kind = kind,
		.actor = request->session->account.id, .body = body };
	char *first = NULL;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_EXISTS) {
		store_abort(web->store);
		*location = first;
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = act_append(web->store, &act, &event, &reason);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, *location);
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

enum rc page_slip_printed(struct web *web, struct request *request, struct response *response)
{
	bool by_hand = form_raw(request->form, "by_hand")[0] != '\0', handwritten;
	bool next = form_raw(request->form, "next")[0] != '\0';
	struct dossier_row row;
	int64_t prints = 0;
	json_t *body = NULL;
	char *location;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = slip_prints(web, request->pool, &row, &prints, &handwritten);
	if (rc != RC_OK)
		return rc;
	body = json_new_object();
	json_put_int(body, "slip_no", row.slip_no);
	if (!by_hand) {
		json_put_int(body, "copy", prints);
		json_put(body, "paper", "a4");
	}
	location = next ? pool_strdup(request->pool, "/quay") :
			dossier_show_url(request->pool, &row, "/xong");
	rc = write_note(web, request, &row, by_hand ? "slip.handwritten" : "slip.printed", body,
			&location);
	json_decref(body);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}
