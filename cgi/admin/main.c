/*
 * main.c: tram-admin, the manager's and the technician's pages.
 */
#include <stdio.h>
#include <string.h>

#include "admin/admin.h"
#include "base/log.h"
#include "base/settings.h"
#include "web/login.h"

int
main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct web web;
	enum rc rc;
	int status = 78;

	log_init("tram-admin");
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		(void)fprintf(stderr, "usage: tram-admin -c SETTINGS_FILE\n");
		return 78;
	}
	if (settings_load(argv[2], &settings) != RC_OK)
		goto out;
	rc = store_open(settings, STORE_AUTH | STORE_RUN, &store);
	if (rc != RC_OK) {
		status = rc == RC_VERSION || rc == RC_NOT_FOUND || rc == RC_CONFIG ? 78 : 75;
		goto out;
	}
	memset(&web, 0, sizeof(web));
	web.program = "admin";
	web.settings = settings;
	web.store = store;
	web.routes = admin_routes;
	web.route_count = admin_route_count;
	web.login_path = LOGIN_PATH;
	web.frame = admin_frame;
	status = web_serve(&web);
out:
	store_close(store);
	settings_free(settings);
	return status;
}
