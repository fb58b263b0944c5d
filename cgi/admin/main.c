/*
 * main.c: tram-admin, the manager's and the technician's pages; with --setup those of first boot.
 */
#include <stdio.h>
#include <string.h>

#include "admin/admin.h"
#include "admin/setup.h"
#include "base/log.h"
#include "base/settings.h"
#include "web/login.h"

/* First boot: before there is an account or a database. */
static int serve_setup(const struct settings *settings, const char *dir)
{
	struct setup_app app;
	struct web web;

	memset(&web, 0, sizeof(web));
	memset(&app, 0, sizeof(app));
	if (setup_door_open(&app, dir) != RC_OK)
		return 78;
	web.program = "admin";
	web.settings = settings;
	web.routes = setup_routes;
	web.route_count = setup_route_count;
	web.app = &app;
	web.frame = setup_frame;
	return web_serve(&web);
}

int main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct web web;
	enum rc rc;
	int status = 78;

	log_init("tram-admin");
	if ((argc != 3 && (argc != 5 || strcmp(argv[3], "--setup") != 0)) || strcmp(argv[1], "-c") != 0) {
		(void)fprintf(stderr, "usage: tram-admin -c SETTINGS_FILE [--setup FOLDER]\n");
		return 78;
	}
	if (settings_load(argv[2], &settings) != RC_OK)
		goto out;
	if (argc == 5) {
		status = serve_setup(settings, argv[4]);
		goto out;
	}
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
