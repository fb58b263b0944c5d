/*
 * main.c: tram-intake, the clerks' pages; with --uploads the pool that takes their files, so that a
 * slow line never holds up a page.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "embed.h"
#include "intake/intake.h"
#include "store/slip.h"

#define DATA_FILE_MAX ((size_t)4 << 20)

enum { EXIT_ENVIRONMENT = 75, EXIT_CONFIGURATION = 78 };

/* The file the settings name, or what was embedded at build when they name none. */
static enum rc data_text(struct pool *pool, const char *path, const char *embedded,
		size_t embedded_len, const char **text, size_t *len)
{
	char *bytes = NULL;
	enum rc rc;

	*text = embedded;
	*len = embedded_len;
	if (path == NULL || path[0] == '\0')
		return RC_OK;
	rc = file_read(pool, path, DATA_FILE_MAX, &bytes, len);
	*text = bytes;
	return rc;
}

/* Values of the catalogue that a manager confirmed; a rehearsal takes the embedded ones when the
 * settings name none. */
static enum rc confirm(const struct settings *settings, struct intake *intake, const char **fault)
{
	bool rehearsal = settings->mode == MODE_REHEARSAL;
	const char *text;
	size_t len;
	enum rc rc = data_text(intake->pool, settings->confirm_file,
			rehearsal ? embed_confirm_json : "", rehearsal ? embed_confirm_json_len : 0, &text,
			&len);

	if (rc != RC_OK || len == 0)
		return rc;
	return catalogue_confirm(intake->pool, &intake->catalogue, text, len, fault);
}

static enum rc load(const struct settings *settings, struct intake *intake)
{
	const char *text, *fault = "";
	size_t len;
	enum rc rc;

	rc = data_text(intake->pool, settings->catalogue_file, embed_catalogue_json,
			embed_catalogue_json_len, &text, &len);
	if (rc == RC_OK)
		rc = catalogue_parse(intake->pool, text, len, settings->mode == MODE_REHEARSAL,
				&intake->catalogue, &fault);
	if (rc == RC_OK)
		rc = confirm(settings, intake, &fault);
	if (rc != RC_OK) {
		log_error("catalogue file=%s confirm=%s rc=%s fault=%s", settings->catalogue_file,
				settings->confirm_file, rc_name(rc), fault);
		return rc;
	}
	rc = data_text(intake->pool, settings->calendar_file, embed_calendar_json,
			embed_calendar_json_len, &text, &len);
	if (rc == RC_OK)
		rc = calendar_parse(intake->pool, text, len, &intake->calendar, &fault);
	if (rc != RC_OK)
		log_error("calendar file=%s rc=%s fault=%s", settings->calendar_file, rc_name(rc), fault);
	return rc;
}

static enum rc load_forms(const struct settings *settings, struct intake *intake)
{
	const char *text, *fault = "";
	size_t len;
	enum rc rc = data_text(intake->pool, settings->forms_file, embed_forms_json,
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

static void use(struct web *web, bool uploads)
{
	web->program = "intake";
	web->routes = uploads ? uploads_routes : intake_routes;
	web->route_count = uploads ? uploads_route_count : intake_route_count;
	web->login_path = "/dang-nhap";
	web->frame = frame_fill;
	web->guard = uploads ? NULL : reading_guard;
	web->answered = uploads ? NULL : reading_record;
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
	intake.pool = pool_new();
	if (settings_load(argv[2], &settings) != RC_OK)
		goto out;
	if (settings->side != SIDE_BOARD) {
		log_error("settings file=%s key=side: these pages are a board's", argv[2]);
		goto out;
	}
	if (load(settings, &intake) != RC_OK || load_forms(settings, &intake) != RC_OK)
		goto out;
	rc = store_open(settings, STORE_TRAM | STORE_AUTH | STORE_RUN | STORE_PUBLIC |
			(uploads ? 0 : STORE_ACCESS), &web.store);
	if (rc != RC_OK) {
		status = rc == RC_VERSION || rc == RC_NOT_FOUND || rc == RC_CONFIG ?
				EXIT_CONFIGURATION : EXIT_ENVIRONMENT;
		goto out;
	}
	if (!uploads && check_keys(&web, settings) != RC_OK)
		goto out;
	web.settings = settings;
	web.app = &intake;
	use(&web, uploads);
	status = web_serve(&web);
out:
	store_close(web.store);
	settings_free(settings);
	pool_free(intake.pool);
	return status;
}
