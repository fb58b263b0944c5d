/*
 * main_pages.c: tram-center, the officers' pages; with --uploads the pool that takes result files,
 * so that a slow upload never makes a page wait.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/settings.h"
#include "center/pages.h"
#include "web/login.h"

int main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct web web;
	bool uploads = argc == 4 && strcmp(argv[3], "--uploads") == 0;
	enum rc rc;
	int status = 78;

	log_init(uploads ? "tram-center-uploads" : "tram-center");
	if ((argc != 3 && !uploads) || strcmp(argv[1], "-c") != 0) {
		(void)fprintf(stderr, "usage: tram-center -c SETTINGS_FILE [--uploads]\n");
		return 78;
	}
	if (settings_load(argv[2], &settings) != RC_OK)
		goto out;
	if (settings->side != SIDE_CENTER) {
		log_error("side is not center in the settings file");
		goto out;
	}
	rc = store_open(settings, STORE_TRAM | STORE_AUTH | STORE_RUN | STORE_PUBLIC | STORE_ACCESS,
			&store);
	if (rc != RC_OK) {
		status = rc == RC_VERSION || rc == RC_NOT_FOUND || rc == RC_CONFIG ? 78 : 75;
		goto out;
	}
	memset(&web, 0, sizeof(web));
	web.program = "center";
	web.settings = settings;
	web.store = store;
	web.routes = uploads ? pages_upload_routes : pages_routes;
	web.route_count = uploads ? pages_upload_route_count : pages_route_count;
	web.page_of = uploads ? pages_upload_page_of : NULL;
	web.login_path = LOGIN_PATH;
	web.frame = pages_frame;
	web.guard = uploads ? NULL : pages_forks_guard;
	web.answered = pages_look_record;
	status = web_serve(&web);
out:
	store_close(store);
	settings_free(settings);
	return status;
}
