/*
 * main_machine.c: tram-machine, the program that boards speak to (one pool behind the machine port).
 *
 * With --sticks it is the daemon behind the officers' stick page (machine_stick.h).
 * It verifies nothing of TLS itself: lighttpd does, and route.c demands a registered certificate.
 * It must not know pages, sessions or accounts.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/settings.h"
#include "center/machine.h"
#include "center/machine_stick.h"
#include "store/erase.h"
#include "store/store.h"
#include "web/web.h"

static const struct route routes[] = {
	{"hello", METHOD_POST, "/v1/hello",
		ROUTE_CERT | ROUTE_FENCED_OK | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0, 8192,
		machine_hello},
	{"branch", METHOD_GET | METHOD_POST, "/v1/branch",
		ROUTE_CERT | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0, (size_t)2 * 1024 * 1024,
		machine_branch},
	{"lost", METHOD_POST, "/v1/lost", ROUTE_CERT | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0, 16384,
		machine_branch_lost},
	{"journal", METHOD_POST, "/v1/journal", ROUTE_CERT | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0,
		(size_t)2 * 1024 * 1024, machine_journal},
	{"feed", METHOD_GET, "/v1/feed", ROUTE_CERT, 0, 0, machine_feed},
	{"readings", METHOD_POST, "/v1/readings", ROUTE_CERT | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0,
		(size_t)512 * 1024, machine_readings},
	{"own", METHOD_GET, "/v1/own", ROUTE_CERT, 0, 0, machine_feed_own},
	{"blob-new", METHOD_POST | METHOD_OPTIONS, "/v1/blobs",
		ROUTE_CERT | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID | ROUTE_STREAM, 0, 0, machine_blobs},
	{"blob", METHOD_HEAD | METHOD_PATCH | METHOD_DELETE | METHOD_OPTIONS | METHOD_POST,
		"/v1/blobs/:id", ROUTE_CERT | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID | ROUTE_STREAM, 0, 0,
		machine_blobs},
	{"ca", METHOD_GET, "/v1/ca", ROUTE_CERT_ANY, 0, 0, machine_keys_ca},
	{"keys", METHOD_GET, "/v1/keys", ROUTE_CERT, 0, 0, machine_keys},
	{"enrol", METHOD_POST, "/v1/enrol", ROUTE_CERT_ANY | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0, 8192,
		machine_enrol_join},
	{"renew", METHOD_POST, "/v1/renew", ROUTE_CERT_ANY | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, 0, 16384,
		machine_enrol_renew},
	{"release", METHOD_GET, "/v1/release", ROUTE_CERT, 0, 0, machine_release},
	{"release-package", METHOD_GET | METHOD_HEAD, "/v1/release/:sha", ROUTE_CERT, 0, 0,
		machine_release_package},
	{"content", METHOD_GET | METHOD_HEAD, "/v1/content/:sha", ROUTE_CERT, 0, 0,
		machine_blobs_content},
};

/* RC_CONFIG when there is no usable key: logged. */
static enum rc read_key(const struct settings *settings, struct jws_key **out)
{
	struct pool *pool = pool_new();
	enum rc rc;
	char *path;
	char *pem = NULL;
	size_t len = 0;

	path = pool_printf(pool, "%s/receipt.key", settings->center_key_dir);
	rc = file_read(pool, path, 16384, &pem, &len);
	if (rc == RC_OK)
		rc = jws_key_parse(pem, out);
	if (pem != NULL)
		memset(pem, 0, len);
	if (rc != RC_OK) {
		log_error("receipt key unusable in center_key_dir rc=%s", rc_name(rc));
		rc = RC_CONFIG;
	}
	pool_free(pool);
	return rc;
}

int main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct machine machine = {NULL};
	struct web web;
	enum rc rc;
	bool sticks = argc == 4 && strcmp(argv[3], "--sticks") == 0;
	int status = 78;

	log_init(sticks ? "tram-machine-sticks" : "tram-machine");
	if ((argc != 3 && !sticks) || strcmp(argv[1], "-c") != 0) {
		(void)fprintf(stderr, "usage: tram-machine -c SETTINGS_FILE [--sticks]\n");
		return 78;
	}
	if (settings_load(argv[2], &settings) != RC_OK)
		goto out;
	if (settings->side != SIDE_CENTER) {
		log_error("side is not center in the settings file");
		goto out;
	}
	if (sticks) {
		status = machine_stick_main(settings);
		goto out;
	}
	if (read_key(settings, &machine.receipt_key) != RC_OK)
		goto out;
	rc = store_open(settings, STORE_TRAM | STORE_PUBLIC, &store);
	if (rc != RC_OK) {
		status = rc == RC_VERSION || rc == RC_NOT_FOUND || rc == RC_CONFIG ? 78 : 75;
		goto out;
	}
	/* An erase's words, should its process have been killed before they left the log file. */
	if (db_scrub(store->tram) != RC_OK)
		log_info("the database's log file is emptied later");
	if (erase_sweep(store) != RC_OK)
		log_info("files of erased contents go later");
	memset(&web, 0, sizeof(web));
	web.program = "machine";
	web.settings = settings;
	web.store = store;
	web.routes = routes;
	web.route_count = sizeof(routes) / sizeof(routes[0]);
	web.machine = true;
	web.app = &machine;
	status = web_serve(&web);
out:
	store_close(store);
	jws_key_free(machine.receipt_key);
	settings_free(settings);
	return status;
}
