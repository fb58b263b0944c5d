/*
 * pages_forks.c: logs of points that came apart: /nhanh, one branch below it, and the choice where an address
 * names two dossiers (PROTOCOL §16). Reads only.
 */
#include "center/pages.h"

#include <string.h>

#include "web/forks.h"
#include "web/text_vi.h"

#define HERE "/nhanh"
#define DOSSIER_PATH "/ho-so/:board/:code"
#define SAME_MAX 10

static const char *name_of(struct web *web, struct pool *pool, const char *board)
{
	struct link_board row;

	return pages_frame_board(web, pool, board, &row) == RC_OK ? row.name : board;
}

static const struct forks_place place = {HERE, NULL, name_of};

enum rc pages_forks_list(struct web *web, struct request *request, struct view *view)
{
	return forks_show(web, request, view, &place);
}

enum rc pages_forks(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc = pages_forks_list(web, request, view);

	view_set(view, "title", text_get("forks.title"));
	view_set(view, "attend", "/can-xem");
	return rc == RC_OK ? web_page(web, request, response, "forks", view) : rc;
}

enum rc pages_fork(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct link_board board;
	enum rc rc = pages_frame_board(web, request->pool, request->params[0], &board);

	if (rc == RC_OK)
		rc = forks_show_one(web, request, view, &place, board.board, request->params[1]);
	view_set(view, "title", text_get("forks.one"));
	return rc == RC_OK ? web_page(web, request, response, "fork", view) : rc;
}

static bool is_dossier(const struct request *request)
{
	size_t len = strlen(DOSSIER_PATH);
	const char *pattern = request->route->pattern;

	return strncmp(pattern, DOSSIER_PATH, len) == 0 && (pattern[len] == '\0' || pattern[len] == '/');
}

/* A number that two dossiers have names neither: nothing is done to either, each is offered. */
enum rc pages_forks_guard(struct web *web, struct request *request, struct response *response, bool *answered)
{
	struct dossier_row *rows = NULL;
	struct link_board board;
	struct view *view;
	bool twins = false;
	size_t count = 0, i;
	enum rc rc;

	*answered = false;
	if (!is_dossier(request))
		return RC_OK;
	rc = dossier_twins(web->store, request->params[0], request->params[1], &twins);
	if (rc != RC_OK || !twins)
		return rc;
	rc = pages_frame_board(web, request->pool, request->params[0], &board);
	if (rc == RC_OK)
		rc = dossier_same(web->store, request->pool, board.board, request->params[1], SAME_MAX,
				&rows, &count);
	if (rc != RC_OK)
		return rc;
	*answered = true;
	view = view_new(request->pool);
	for (i = 0; i < count; i++) {
		struct view *item = view_item(view, "rows");

		pages_inbox_show(item, &rows[i], request->now_ms);
		view_set(item, "point", board.name);
	}
	view_set(view, "title", text_fill(request->pool, "forks.same", request->params[1], NULL));
	if (request->method == METHOD_POST) {
		view_flag(view, "nothing_stored", true);
		form_show_typed(request->form, view);
		response->status = 409;
	}
	return web_page(web, request, response, "center/same", view);
}
