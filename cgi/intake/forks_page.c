/*
 * forks_page.c: the board's pages about logs that came apart: /quan-ly/nhanh, one branch below it; the
 * choice where an address names two dossiers; and the words while the province shut this machine out.
 */
#include <string.h>

#include "intake/intake.h"
#include "store/linkstate.h"
#include "web/forks.h"
#include "web/show.h"
#include "web/text_vi.h"

#define HERE "/quan-ly/nhanh"
#define SAME_MAX 10

static struct forks_place place_of(const struct web *web)
{
	return (struct forks_place){ .here = HERE, .board = web->store->board };
}

enum rc forks_of_board(struct web *web, struct request *request, struct view *view)
{
	struct forks_place place = place_of(web);

	return forks_show(web, request, view, &place);
}

enum rc page_forks(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc = forks_of_board(web, request, view);

	view_set(view, "title", text_get("forks.title"));
	view_set(view, "attend", "/quan-ly/can-xem");
	view_flag(view, "at_manage", true);
	return rc == RC_OK ? web_page(web, request, response, "forks", view) : rc;
}

enum rc page_fork(struct web *web, struct request *request, struct response *response)
{
	struct forks_place place = place_of(web);
	struct view *view = view_new(request->pool);
	enum rc rc = forks_show_one(web, request, view, &place, web->store->board, request->params[0]);

	view_set(view, "title", text_get("forks.one"));
	view_flag(view, "at_manage", true);
	return rc == RC_OK ? web_page(web, request, response, "fork", view) : rc;
}

enum rc forks_choose(struct web *web, struct request *request, struct response *response, bool *answered)
{
	struct view *view;
	struct dossier_row *rows = NULL;
	bool twins = false;
	size_t count = 0, i;
	enum rc rc = dossier_twins(web->store, NULL, request->params[0], &twins);

	*answered = twins;
	if (rc != RC_OK || !twins)
		return rc;
	rc = dossier_same(web->store, request->pool, NULL, request->params[0], SAME_MAX, &rows, &count);
	if (rc != RC_OK)
		return rc;
	view = view_new(request->pool);
	for (i = 0; i < count; i++)
		dossier_show_row(view_item(view, "dossiers"), &rows[i], request->now_ms);
	view_set(view, "title", text_fill(request->pool, "forks.same", dossier_show_short_code(
			request->params[0]), NULL));
	view_flag(view, "can_manage_forks", frame_can(request, ROLE_MANAGER));
	if (request->method == METHOD_POST) {
		view_flag(view, "nothing_stored", true);
		form_show_typed(request->form, view);
		response->status = 409;
	}
	return web_page(web, request, response, "intake/same", view);
}

enum rc forks_show_fence(struct web *web, struct view *view)
{
	struct link_fence fence;
	enum rc rc = linkstate_fence_get(web->store, view_pool(view), &fence);

	if (rc != RC_OK || fence.why[0] == '\0')
		return rc;
	view_set(view, "fenced_since", show_time_screen(view_pool(view), fence.at));
	view_flag(view, "fenced_cloned", strcmp(fence.why, "cloned") == 0);
	return RC_OK;
}
