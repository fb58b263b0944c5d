/*
 * main.c: tram-lookup, the citizens' pages of a board or of the center.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/settings.h"
#include "lookup/lookup.h"
#include "web/web.h"

static const struct route routes[] = {
	{"form", METHOD_GET | METHOD_HEAD, "/", ROUTE_PUBLIC | ROUTE_CACHE_OK, 0, 0, lookup_form},
	{"typed", METHOD_POST, "/tra-cuu", ROUTE_PUBLIC | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0, 2048,
		lookup_typed},
	{"typed-again", METHOD_GET | METHOD_HEAD, "/tra-cuu", ROUTE_PUBLIC, 0, 0, lookup_form},
	{"slip", METHOD_GET | METHOD_HEAD, "/h/:codesecret", ROUTE_PUBLIC, 0, 0, lookup_scanned},
	{"slip.rate", METHOD_POST, "/h/:codesecret", ROUTE_PUBLIC | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0,
		2048, lookup_to_rating},
	{"guide", METHOD_GET | METHOD_HEAD, "/huong-dan/:procedure/:case", ROUTE_PUBLIC, 0, 0,
		lookup_guide},
	{"screen", METHOD_GET | METHOD_HEAD, "/man-hinh", ROUTE_PUBLIC, 0, 0, lookup_screen},
	{"follow", METHOD_GET | METHOD_HEAD, "/theo-doi", ROUTE_PUBLIC, 0, 0, lookup_follow},
	{"rating", METHOD_GET | METHOD_HEAD | METHOD_POST, "/danh-gia/:codesecret",
		ROUTE_PUBLIC | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0, 4096, lookup_rating},
};

static void frame(struct web *web, struct request *request, struct view *view)
{
	const struct settings *settings = web->settings;

	(void)request;
	view_set(view, "station_name", settings->station_name);
	view_flag(view, "rehearsal", settings->mode == MODE_REHEARSAL);
}

int main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct web web;
	enum rc rc;
	int status = 78;

	log_init("tram-lookup");
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		(void)fprintf(stderr, "usage: tram-lookup -c SETTINGS_FILE\n");
		return 78;
	}
	if (settings_load(argv[2], &settings) != RC_OK)
		goto out;
	rc = store_open(settings, STORE_PUBLIC, &store);
	if (rc != RC_OK) {
		status = rc == RC_VERSION || rc == RC_NOT_FOUND || rc == RC_CONFIG ? 78 : 75;
		goto out;
	}
	memset(&web, 0, sizeof(web));
	web.program = "lookup";
	web.settings = settings;
	web.store = store;
	web.routes = routes;
	web.route_count = sizeof(routes) / sizeof(routes[0]);
	web.frame = frame;
	status = web_serve(&web);
out:
	store_close(store);
	settings_free(settings);
	return status;
}
