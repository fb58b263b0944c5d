/*
 * setup_review.c: the addresses of first boot, the answers on one page, and what `tram setup run` makes of
 * them.
 */
#include "admin/setup.h"
#include "admin/admin.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FILE_MAX ((size_t)16 * 1024)
#define LOOK_S "2"
#define GET (METHOD_GET | METHOD_HEAD)
#define OPEN (ROUTE_PUBLIC | ROUTE_NO_FORM_ID)

const struct route setup_routes[] = {
	{"root", GET, "/", OPEN, 0, 0, setup_root},
	{"code", GET | METHOD_POST, "/ma", OPEN, 0, 0, setup_code},
	{"step", GET | METHOD_POST, "/buoc/:step", OPEN, 0, 0, setup_step},
	{"review", GET | METHOD_POST, "/xem-lai", OPEN, 0, 0, setup_review},
	{"guide", GET, "/huong-dan", OPEN, 0, 0, admin_guide_technician},
	{"progress", GET, "/dang-lam", OPEN, 0, 0, setup_progress},
};
const size_t setup_route_count = sizeof(setup_routes) / sizeof(setup_routes[0]);

void setup_frame(struct web *web, struct request *request, struct view *view)
{
	(void)web;
	view_set(view, "station_name", text_get("setup.name"));
	view_set(view, "today", show_date(request->pool, request->now_ms));
}

json_t *setup_said(const struct setup_app *app, struct pool *pool)
{
	json_t *said = json_of_file(pool, pool_printf(pool, "%s/said.json", app->dir), FILE_MAX);

	return said != NULL ? said : json_new_object();
}

enum rc setup_wish(const struct setup_app *app, const char *wish)
{
	struct pool *pool = pool_new();
	const char *name = pool_printf(pool, "wish-%s", wish);
	enum rc rc = file_put(app->dir, name, "", 0, 0600);

	pool_free(pool);
	return rc;
}

bool setup_is_wished(const struct setup_app *app, struct pool *pool, const char *wish)
{
	return access(pool_printf(pool, "%s/wish-%s", app->dir, wish), F_OK) == 0;
}

static bool is_under_way(const struct setup_app *app, struct pool *pool, const json_t *said)
{
	return setup_is_wished(app, pool, "finish") || (strcmp(json_text(said, "do"), "finish") == 0 &&
			strcmp(json_text(said, "state"), "failed") != 0);
}

enum rc setup_root(struct web *web, struct request *request, struct response *response)
{
	const struct setup_app *app = web->app;
	struct setup setup;
	json_t *said;
	enum setup_step next;
	enum rc rc;

	if (!setup_door_passed(web, request, response))
		return RC_OK;
	rc = setup_load(request->pool, app->dir, &setup);
	if (rc != RC_OK)
		setup_clear(&setup);
	next = setup_next(request->pool, &setup);
	said = setup_said(app, request->pool);
	response_see_other(response, is_under_way(app, request->pool, said) ? "/dang-lam" :
			next < SETUP_STEPS ? pool_printf(request->pool, "/buoc/%d", (int)next + 1) :
			"/xem-lai");
	json_decref(said);
	return RC_OK;
}

/* One answer as a person reads it. */
static const char *words_of(struct pool *pool, const struct setup *setup, enum setup_key key)
{
	const char *value = setup->value[key];
	const char *words = pool_printf(pool, "setup.%s.%s", setup_name(key), value);

	if (key == SETUP_COMMUNE)
		return setup_commune(pool, value);
	if (setup_is_secret(key))
		return text_get("setup.kept");
	return text_known(words) ? text_get(words) : value;
}

static enum rc show_review(struct web *web, struct request *request, struct response *response,
		const struct setup *setup)
{
	struct view *view = view_new(request->pool);
	int step, key;

	view_set(view, "title", text_get("setup.review"));
	view_set(view, "board", setup_board_id(request->pool, setup));
	for (step = 0; step < SETUP_STEPS; step++) {
		struct view *part = view_item(view, "parts");

		view_set(part, "name", text_get(pool_printf(request->pool, "setup.step.%d", step + 1)));
		view_set(part, "url", pool_printf(request->pool, "/buoc/%d", step + 1));
		for (key = 0; key < SETUP_KEYS; key++) {
			struct view *fact;

			if ((int)setup_step_of((enum setup_key)key) != step || *setup->value[key] == '\0' ||
					key == SETUP_PASSWORD || key == SETUP_REHEARSE)
				continue;
			fact = view_item(part, "facts");
			view_set(fact, "fact_name", text_get(pool_printf(request->pool, "setup.%s",
					setup_name(key == SETUP_HASH ? SETUP_PASSWORD :
					(enum setup_key)key))));
			view_set(fact, "fact_text", words_of(request->pool, setup, (enum setup_key)key));
		}
	}
	return web_page(web, request, response, "admin/setup_review", view);
}

enum rc setup_review(struct web *web, struct request *request, struct response *response)
{
	const struct setup_app *app = web->app;
	struct setup setup;
	json_t *said;
	bool under_way;
	enum rc rc;

	if (!setup_door_passed(web, request, response))
		return RC_OK;
	rc = setup_load(request->pool, app->dir, &setup);
	if (rc != RC_OK || setup_next(request->pool, &setup) < SETUP_STEPS) {
		response_see_other(response, "/");
		return RC_OK;
	}
	said = setup_said(app, request->pool);
	under_way = is_under_way(app, request->pool, said);
	json_decref(said);
	if (under_way) {	/* a second tap, or the other phone was first */
		response_see_other(response, "/dang-lam");
		return RC_OK;
	}
	if (request->method != METHOD_POST)
		return show_review(web, request, response, &setup);
	setup.value[SETUP_REHEARSE] = strcmp(form_raw(request->form, "rehearse"), "no") == 0 ? "no" : "yes";
	rc = setup_save(request->pool, app->dir, &setup);
	if (rc == RC_OK)
		rc = setup_wish(app, "finish");
	if (rc == RC_OK)
		response_see_other(response, "/dang-lam");
	return rc;
}

enum rc setup_progress(struct web *web, struct request *request, struct response *response)
{
	const struct setup_app *app = web->app;
	struct view *view = view_new(request->pool);
	json_t *said;
	const char *state, *key;

	if (!setup_door_passed(web, request, response))
		return RC_OK;
	said = setup_said(app, request->pool);
	state = setup_is_wished(app, request->pool, "finish") ? "running" : strcmp(json_text(said, "do"),
			"finish") == 0 ? pool_strdup(request->pool, json_text(said, "state")) : "";
	key = pool_printf(request->pool, "setup.said.%s", json_text(said, "reason"));
	view_set(view, "title", text_get("setup.progress"));
	view_flag(view, "running", strcmp(state, "running") == 0);
	view_flag(view, "done", strcmp(state, "done") == 0);
	if (strcmp(state, "failed") == 0)
		view_set(view, "failed", text_get(text_known(key) ? key : "setup.said.other"));
	json_decref(said);
	if (*state == '\0') {
		response_see_other(response, "/");
		return RC_OK;
	}
	if (strcmp(state, "failed") != 0)
		response_header(response, "Refresh", LOOK_S);
	return web_page(web, request, response, "admin/setup_progress", view);
}
