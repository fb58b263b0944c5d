/*
 * pages_frame.c: what every officers' page shows, and the way in and out.
 */
#include "center/pages.h"

#include <string.h>

#include "store/account.h"
#include "web/login.h"
#include "web/show.h"
#include "web/text_vi.h"

void pages_frame(struct web *web, struct request *request, struct view *view)
{
	const char *name = web->settings->station_name;

	view_set(view, "station_name", name != NULL && *name != '\0' ? name :
			text_get("center.name"));
	view_set(view, "today", show_date(request->pool, request->now_ms));
	view_flag(view, "rehearsal", web->settings->mode == MODE_REHEARSAL);
	if (request->session != NULL && !request->session->locked)
		view_set(view, "user_name", request->session->account.name);
}

/* Two points of one commune bear its name: the point's own tells them apart. */
static void name_board(struct pool *pool, struct link_board *board)
{
	json_t *point = NULL;
	const char *own;

	if (json_parse(board->point, strlen(board->point), &point) != RC_OK)
		point = NULL;
	own = json_text(point, "name");
	if (*board->name == '\0')
		board->name = *own != '\0' ? pool_strdup(pool, own) : board->board;
	else if (*own != '\0' && strstr(board->name, own) == NULL)
		board->name = pool_printf(pool, "%s – %s", board->name, own);
	json_decref(point);
}

enum rc pages_frame_boards(struct web *web, struct pool *pool, struct link_board **rows, size_t *count)
{
	enum rc rc;
	size_t i;

	rc = linkstate_board_list(web->store, pool, rows, count);
	for (i = 0; rc == RC_OK && i < *count; i++)
		name_board(pool, &(*rows)[i]);
	return rc;
}

enum rc pages_frame_board(struct web *web, struct pool *pool, const char *board, struct link_board *out)
{
	enum rc rc = linkstate_board_find(web->store, pool, board, out);

	if (rc == RC_OK)
		name_board(pool, out);
	return rc;
}

enum rc pages_frame_login(struct web *web, struct request *request, struct response *response)
{
	return login_enter(web, request, response, ROLE_OFFICER);
}

enum rc pages_frame_lock(struct web *web, struct request *request, struct response *response)
{
	return login_lock(web, request, response);
}

enum rc pages_frame_logout(struct web *web, struct request *request, struct response *response)
{
	return web_logout(web, request, response);
}

enum rc pages_frame_password(struct web *web, struct request *request, struct response *response)
{
	return login_password(web, request, response);
}

enum rc pages_frame_root(struct web *web, struct request *request, struct response *response)
{
	(void)web;
	if (!login_must_change(request, response))
		response_see_other(response, "/ho-so");
	return RC_OK;
}
