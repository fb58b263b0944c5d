/*
 * pages_attend.c: /can-xem: what points sent and this program cannot use yet, and files that are not
 * what they were announced as; what two points tell differently. Nothing else waits for them.
 */
#include "center/pages.h"

#include <string.h>

#include "web/attend.h"
#include "web/text_vi.h"

#define HERE "/can-xem"

/* Machines that are shut out: their points wait for somebody here. */
static enum rc show_fenced(struct web *web, struct request *request, struct view *view)
{
	struct link_board *boards = NULL;
	size_t count = 0, i;
	enum rc rc = pages_frame_boards(web, request->pool, &boards, &count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (!boards[i].fenced || boards[i].revoked)
			continue;
		item = view_item(view, "fenced_boards");
		view_set(item, "name", boards[i].name);
		view_set(item, "board_url", pool_printf(request->pool, "/diem/%s", boards[i].board));
		pages_fence_show(web, request, item, &boards[i]);
		view_flag(view, "any_fenced", true);
	}
	return rc;
}

static enum rc show(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc;

	rc = attend_show(web, request, view, "");
	if (rc == RC_OK)
		rc = pages_forks_list(web, request, view);
	if (rc == RC_OK)
		rc = show_fenced(web, request, view);
	if (rc == RC_OK)
		rc = pages_blocks_show(web, request, view);
	view_set(view, "title", text_get("attend.title"));
	view_set(view, "here", HERE);
	view_flag(view, "tried_left", strcmp(request_query(request, "con"), "1") == 0);
	view_flag(view, "tried_well", strcmp(request_query(request, "con"), "0") == 0);
	return rc == RC_OK ? web_page(web, request, response, "center/attend", view) : rc;
}

enum rc pages_attend(struct web *web, struct request *request, struct response *response)
{
	const char *where = HERE;
	char *location = NULL;
	bool left = false;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response);
	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_raw(request->form, "form_id"), &location);
	if (rc == RC_OK)
		rc = attend_retry(web, request, "", &left);
	if (rc == RC_OK) {
		where = left ? HERE "?con=1" : HERE "?con=0";
		rc = form_done(web->store, form_raw(request->form, "form_id"), where);
	}
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc != RC_OK && rc != RC_EXISTS)
		return rc;
	response_see_other(response, rc == RC_EXISTS ? location : where);
	return RC_OK;
}
