/*
 * lookup_guide.c: /huong-dan/<procedure>/<case>, what a procedure asks for, on a telephone. Nothing
 * here is about a person. The QR of the printed guide names the catalogue's version: what this side
 * does not have, or has in another version, is not told from memory; the paper in hand is right.
 *
 * The catalogue is read for the request alone: few ask, and nothing stays in memory.
 */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "dossier/catalogue.h"
#include "embed.h"
#include "lookup/lookup.h"
#include "web/guide.h"
#include "web/text_vi.h"

static enum rc text_of(struct pool *pool, const char *path, const char *embedded,
		size_t embedded_len, const char **text, size_t *len)
{
	char *bytes = NULL;
	enum rc rc;

	*text = embedded;
	*len = embedded_len;
	if (path == NULL || path[0] == '\0')
		return RC_OK;
	rc = file_read(pool, path, CATALOGUE_BYTES, &bytes, len);
	*text = bytes;
	return rc;
}

static enum rc load(const struct settings *settings, struct pool *pool, struct catalogue *out)
{
	bool rehearsal = settings->mode == MODE_REHEARSAL;
	const char *text, *confirmed = "", *fault = "";
	char *whole = NULL;
	size_t len, confirmed_len = 0;
	enum rc rc = text_of(pool, settings->catalogue_file, embed_catalogue_json,
			embed_catalogue_json_len, &text, &len);

	if (rc == RC_OK)
		rc = text_of(pool, settings->confirm_file, rehearsal ? embed_confirm_json : "",
				rehearsal ? embed_confirm_json_len : 0, &confirmed, &confirmed_len);
	if (rc == RC_OK && confirmed_len > 0) {
		rc = catalogue_confirm(pool, text, len, confirmed, confirmed_len, &whole, &fault);
		text = whole;
		len = whole != NULL ? strlen(whole) : 0;
	}
	if (rc == RC_OK)
		rc = catalogue_parse(pool, text, len, rehearsal, out, &fault);
	if (rc != RC_OK)
		log_error("guide catalogue rc=%s fault=%s", rc_name(rc), fault);
	return rc;
}

enum rc lookup_guide(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const struct settings *settings = web->settings;
	const char *version = request_query(request, "b");
	const struct procedure *procedure = NULL;
	const struct procedure_case *chosen = NULL;
	struct catalogue catalogue;
	enum rc rc = load(settings, request->pool, &catalogue);

	if (rc == RC_OK)
		procedure = catalogue_find(&catalogue, request->params[0]);
	/* Only values that are certain or confirmed are told to a citizen. */
	if (procedure != NULL && procedure->enabled &&
			(version[0] == '\0' || strcmp(version, catalogue.version) == 0))
		chosen = procedure_case_find(procedure, request->params[1]);
	view_set(view, "title", text_get("guide.title"));
	view_set(view, "point_name", settings->point_name);
	view_set(view, "point_address", settings->point_address);
	view_set(view, "point_phone", settings->point_phone);
	if (chosen != NULL)
		guide_show(view, procedure, chosen);
	else
		response->status = 404;
	view_flag(view, "known", chosen != NULL);
	return web_page(web, request, response, "lookup/guide", view);
}
