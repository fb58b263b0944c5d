/*
 * main.c: tram-intake, the clerks' pages; with --uploads the pool that takes their files, so that a
 * slow line never holds up a page.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "embed.h"
#include "intake/documents.h"
#include "store/journal.h"
#include "store/slip.h"

enum { EXIT_ENVIRONMENT = 75, EXIT_CONFIGURATION = 78 };

static enum rc load_forms(const struct settings *settings, struct intake *intake)
{
	const char *text, *fault = "";
	size_t len;
	enum rc rc = documents_text(intake->pool, settings->forms_file, embed_forms_json,
			embed_forms_json_len, &text, &len);

	if (rc == RC_OK)
		rc = forms_parse(intake->pool, text, len, settings->form_set, &intake->forms, &fault);
	if (rc != RC_OK)
		log_error("forms file=%s set=%s rc=%s fault=%s", settings->forms_file,
				settings->form_set, rc_name(rc), fault);
	return rc;
}

/* Without the slip's keys no dossier could be accepted: better said now than to the first citizen. */
static enum rc check_keys(struct web *web, const struct settings *settings)
{
	static const uint8_t nobody[EVENT_ID_SIZE];
	struct slip_secret secret;
	enum rc rc = slip_make(web->store, nobody, 1, &secret);

	memset(&secret, 0, sizeof(secret));
	if (rc != RC_OK)
		log_error("settings key=web_key_dir: slip.seed or slip.key cannot be used in %s",
				settings->web_key_dir);
	return rc;
}

/* A new machine for a lost board: numbers that were given before are known only when its journal has come from
 * the center. RC_BUSY: not yet; who starts this program tries again. */
static enum rc check_journal(struct web *web)
{
	struct journal_head head;
	enum rc rc = journal_head_get(web->store, web->store->board, AUTHOR_BOARD, &head);

	if (rc != RC_OK || head.seq > 0)
		return rc;
	log_warn("the journal is empty: waiting for the center to give it back");
	return RC_BUSY;
}

static void use(struct web *web, bool uploads)
{
	web->program = "intake";
	web->routes = uploads ? uploads_routes : intake_routes;
	web->route_count = uploads ? uploads_route_count : intake_route_count;
	web->login_path = "/dang-nhap";
	web->frame = frame_fill;
	web->guard = uploads ? NULL : reading_guard;
	web->answered = reading_record;
	web->begin = documents_refresh;
	web->page_of = uploads ? uploads_page_of : NULL;
}

int main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct intake intake = { 0 };
	struct web web = { 0 };
	bool uploads = argc == 4 && strcmp(argv[3], "--uploads") == 0;
	int status = EXIT_CONFIGURATION;
	enum rc rc;

	log_init(uploads ? "tram-uploads" : "tram-intake");
	if ((argc != 3 && !uploads) || strcmp(argv[1], "-c") != 0) {
		(void)fputs("usage: tram-intake -c SETTINGS_FILE [--uploads]\n", stderr);
		return EXIT_CONFIGURATION;
	}
	if (settings_load(argv[2], &settings) != RC_OK)
		goto out;
	if (settings->side != SIDE_BOARD) {
		log_error("settings file=%s key=side: these pages are a board's", argv[2]);
		goto out;
	}
	intake.pool = pool_new();
	if (load_forms(settings, &intake) != RC_OK)
		goto out;
	rc = store_open(settings, STORE_TRAM | STORE_AUTH | STORE_RUN | STORE_PUBLIC |
			STORE_ACCESS, &web.store);
	if (rc != RC_OK) {
		status = rc == RC_VERSION || rc == RC_NOT_FOUND || rc == RC_CONFIG ?
				EXIT_CONFIGURATION : EXIT_ENVIRONMENT;
		goto out;
	}
	if (check_journal(&web) != RC_OK) {
		status = EXIT_ENVIRONMENT;
		goto out;
	}
	if (documents_load(settings, web.store, &intake) != RC_OK)
		goto out;
	if (!uploads && check_keys(&web, settings) != RC_OK)
		goto out;
	web.settings = settings;
	web.app = &intake;
	use(&web, uploads);
	status = web_serve(&web);
out:
	store_close(web.store);
	settings_free(settings);
	documents_free(&intake);
	pool_free(intake.pool);
	return status;
}
