/*
 * form_files.c: see form_files.h. Text fields are written down urlencoded and read by form_parse, so
 * that the same rules hold for every form.
 */
#include <string.h>

#include "base/buf.h"
#include "web/access.h"
#include "web/esc.h"
#include "web/form.h"
#include "web/form_files.h"
#include "web/tus.h"

#define FIELDS_MAX ((size_t)256 * 1024)	/* of all text fields, urlencoded */

struct reading {
	const struct request *request;
	const struct form_files *files;
	struct buf pairs;
	bool token_ok;
	bool full;			/* past FIELDS_MAX */
};

static enum rc take_field(void *arg, const char *name, const char *value)
{
	struct reading *reading = arg;

	if (strcmp(name, "csrf") == 0) {
		reading->token_ok = access_token_fits(reading->request, value);
		return reading->token_ok ? RC_OK : RC_DENIED;
	}
	buf_text(&reading->pairs, reading->pairs.len > 0 ? "&" : "");
	esc_url_part(&reading->pairs, name);
	buf_char(&reading->pairs, '=');
	esc_url_part(&reading->pairs, value);
	reading->full = reading->pairs.len > FIELDS_MAX;
	if (reading->full)
		return RC_TOO_LARGE;
	if (reading->files->field)
		reading->files->field(reading->files->arg, name, value);
	return RC_OK;
}

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct reading *reading = arg;

	if (!reading->token_ok)
		return RC_DENIED;
	return reading->files->file(reading->files->arg, name, filename, spool_path, size);
}

enum rc form_files_read(struct web *web, struct request *request, const struct form_files *files,
		bool *too_large)
{
	struct reading reading = { .request = request, .files = files };
	struct multipart_sink sink = { .field = take_field, .file = take_file, .arg = &reading,
		.max_file_bytes = web->settings->upload_max_bytes };
	enum rc rc = multipart_stream(web, request, &sink);

	*too_large = rc == RC_TOO_LARGE && reading.token_ok && !reading.full;
	if (*too_large)
		rc = RC_OK;
	if (rc == RC_OK && !reading.token_ok)
		rc = RC_DENIED;
	if (rc == RC_OK)
		rc = form_parse(request->pool, "application/x-www-form-urlencoded",
				reading.pairs.data ? reading.pairs.data : "", reading.pairs.len,
				&request->form);
	buf_free(&reading.pairs);
	return rc;
}
