/*
 * slip_print.c: the clerk's word that the slip came out of the printer, or was written by hand.
 *
 * A note: it follows any state, so nobody else's act stands in its way.
 */
#include <string.h>

#include "intake/print.h"
#include "intake/slip.h"

enum rc page_slip_printed(struct web *web, struct request *request, struct response *response)
{
	bool by_hand = form_raw(request->form, "by_hand")[0] != '\0', handwritten;
	const char *next = form_raw(request->form, "next"), *size = form_raw(request->form, "paper");
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
		json_put(body, "paper", strcmp(size, "a5") == 0 || strcmp(size, "80mm") == 0 ? size : "a4");
	}
	location = strcmp(next, "khay") == 0 ? pool_strdup(request->pool, "/in") :
			next[0] != '\0' ? pool_strdup(request->pool, "/quay") :
			dossier_show_url(request->pool, &row, "/xong");
	rc = print_note(web, request, SUBJECT_DOSSIER, row.id,
			by_hand ? "slip.handwritten" : "slip.printed", body, &location);
	json_decref(body);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}
