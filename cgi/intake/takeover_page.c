/*
 * takeover_page.c: Tiếp quản by hand (/tiep-quan, /tiep-quan/moi): what was taken over last, and one
 * old dossier typed from its paper. Files are takeover_import.c's.
 */
#include <string.h>

#include "crypt/random.h"
#include "intake/takeover.h"
#include "intake/takeover_import.h"
#include "web/show.h"
#include "web/text_vi.h"

#define LAST 50

/* Writes one, and the form with it. RC_CONFLICT: *reason. */
static enum rc write_one(struct web *web, struct request *request, const struct takeover *takeover,
		char **location, const char **reason)
{
	const char *form_id = form_raw(request->form, "form_id");
	char *code = NULL, *first = NULL;
	enum rc rc = store_begin(web->store, true);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_OK)
		rc = takeover_add(web->store, request->pool, takeover, &code, reason);
	if (rc == RC_OK) {
		*location = pool_printf(request->pool, "/ho-so/%s", code);
		rc = form_done(web->store, form_id, *location);
	}
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	if (rc != RC_EXISTS)
		return rc;
	*location = first;
	return RC_OK;
}

static enum rc show_form(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	bool again = request->method == METHOD_POST;

	if (again) {
		form_show(request->form, takeover_fields, takeover_field_count, view);
		response->status = 422;
	} else {
		view_flag(view, "state_is_accepted", true);
	}
	view_set(view, "title", text_get("takeover.new"));
	return web_page(web, request, response, "intake/takeover_new", view);
}

/* Is it here already, and by another form than this one? */
static enum rc check_twin(struct web *web, struct request *request)
{
	struct dossier_row twin;
	char *first = NULL;
	enum rc rc = dossier_by_old_code(web->store, request->pool, ORIGIN_TAKEN_OVER,
			form_text(request->form, "old_code"), &twin);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc == RC_OK)
		rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_raw(request->form, "form_id"), &first);
	store_abort(web->store);
	if (rc == RC_OK)
		form_fault(request->form, "old_code", "takeover.twin");
	return rc == RC_EXISTS ? RC_OK : rc;
}

static enum rc post(struct web *web, struct request *request, struct response *response)
{
	const char *account = request->session->account.id, *reason = NULL;
	struct takeover takeover = { .actor = account, .kind = "dossier.taken_over" };
	struct takeover_bodies bodies;
	uint8_t id[EVENT_ID_SIZE];
	char *location = NULL;
	enum rc rc = takeover_check(web, request->pool, request->form, request->now_ms);

	if (rc == RC_OK)
		rc = check_twin(web, request);
	if (rc == RC_INVALID || (rc == RC_OK && form_has_faults(request->form)))
		return show_form(web, request, response);
	if (rc != RC_OK)
		return rc;
	random_bytes(id, sizeof(id));
	takeover_make(web, request->pool, request->form, request->now_ms, account, "", &bodies);
	takeover.id = id;
	takeover.body = bodies.body;
	takeover.taken = bodies.taken;
	takeover.finished = bodies.finished;
	rc = write_one(web, request, &takeover, &location, &reason);
	takeover_free(&bodies);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc page_takeover_new(struct web *web, struct request *request, struct response *response)
{
	return request->method == METHOD_POST ? post(web, request, response) :
			show_form(web, request, response);
}

enum rc takeover_list_show(struct web *web, struct request *request, struct response *response,
		struct view *view)
{
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc = dossier_from_elsewhere(web->store, request->pool, ORIGIN_TAKEN_OVER, LAST, &rows,
			&count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		dossier_show_row(view_item(view, "dossiers"), &rows[i], request->now_ms);
	if (rc != RC_OK)
		return rc;
	view_flag(view, "dossiers_shown", count > 0);
	view_set(view, "title", text_get("takeover.title"));
	view_set(view, "upload", TAKEOVER_UPLOAD);
	view_int(view, "rows_max", TAKEOVER_ROWS_MAX);
	return web_page(web, request, response, "intake/takeover", view);
}

enum rc page_takeover(struct web *web, struct request *request, struct response *response)
{
	return takeover_list_show(web, request, response, view_new(request->pool));
}
