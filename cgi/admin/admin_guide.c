/*
 * admin_guide.c: /huong-dan: the sheets that lie beside the box: for the technician, with pictures, also before
 * there is an account; for who administers. The clerks' card is a page of theirs (/quan-ly/the-quay). Names
 * of pages and buttons are the very texts of those pages; pictures are taken by tests/browser/boards.mjs.
 */
#include "admin/admin.h"

#include "web/show.h"
#include "web/text_vi.h"

static enum rc sheet(struct web *web, struct request *request, struct response *response, const char *title,
		const char *page)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get(title));
	view_set(view, "point_name", web->settings->point_name);
	view_set(view, "point_phone", web->settings->point_phone);
	view_set(view, "today", show_date(request->pool, request->now_ms));
	view_set(view, "back_url", web->login_path != NULL ? "/huong-dan" : "/");
	return web_page(web, request, response, page, view);
}

enum rc admin_guide(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("guides.title"));
	view_flag(view, "at_guide", true);
	return web_page(web, request, response, "admin/guides", view);
}

enum rc admin_guide_technician(struct web *web, struct request *request, struct response *response)
{
	return sheet(web, request, response, "guides.technician", "print/guide_technician");
}

enum rc admin_guide_manager(struct web *web, struct request *request, struct response *response)
{
	return sheet(web, request, response, "guides.manager", "print/guide_manager");
}
