/*
 * uploads.c: the upload pool's addresses. Scans of a draft come either as one multipart form, the
 * whole of page 3 with its files (no JavaScript), or file by file through tus. Either way a file is
 * on the disk under its hash before the draft names it.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "intake/photo.h"
#include "intake/scan.h"
#include "intake/step_papers.h"
#include "intake/step_person.h"
#include "intake/bring.h"
#include "intake/takeover_import.h"
#include "store/account.h"
#include "web/form_files.h"
#include "web/imaging.h"
#include "web/text_vi.h"
#include "web/tus.h"

#define SCOPE "draft:"
#define SCAN_TARGET "quet-"		/* of an upload to scans after acceptance */
#define TUS_BASE "/tai-len"

/* Adopts a spooled file and names what became of it in the draft. RC_INVALID: *why says it. */
static enum rc keep_file(struct web *web, struct pool *pool, const char *draft, const char *component,
		const char *filename, const char *spool_path, int64_t size, const char **why)
{
	struct photo_kept kept;
	/* A draft is new work: its scans must not take the room that begun dossiers need. */
	enum rc rc = store_room(web->store);

	*why = "upload.type";
	if (rc == RC_OK)
		rc = photo_keep(web, pool, spool_path, size, &kept, why);
	if (rc != RC_OK)
		return rc;
	return draft_file_add(web->store, draft, component, kept.sha256, kept.size, kept.type, filename);
}

/* ---- multipart: page 3 as a whole ---- */

struct incoming {
	struct web *web;
	struct pool *pool;
	const struct draft *draft;
	const char *fault;	/* text key: a file that could not be taken */
	const char *fault_field;
};

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct incoming *in = arg;
	const char *component = strncmp(name, "file.", 5) == 0 ? name + 5 : "", *why = "upload.empty";
	enum rc rc;

	if (draft_data_paper(in->draft->data, component) == NULL)
		return RC_INVALID;
	rc = size == 0 ? RC_INVALID : keep_file(in->web, in->pool, in->draft->id, component, filename,
			spool_path, size, &why);
	if (rc != RC_INVALID)
		return rc;
	in->fault = why;
	in->fault_field = pool_strdup(in->pool, component);
	return RC_OK;
}

static enum rc page_uploads_papers(struct web *web, struct request *request,
		struct response *response)
{
	struct draft draft;
	struct incoming in = { .web = web, .pool = request->pool, .draft = &draft };
	struct form_files files = { .file = take_file, .arg = &in };
	bool go, too_large = false;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc != RC_OK || !go)
		goto out;
	if (request->method != METHOD_POST) {	/* a reload of the page that came back */
		response_see_other(response, uploads_page_of(request));
		goto out;
	}
	rc = form_files_read(web, request, &files, &too_large);
	if (rc != RC_OK)
		goto out;
	/* What of a form came is merged even when a file of it was too large. */
	if (too_large) {
		in.fault = "upload.too_large";
		in.fault_field = "papers";
	}
	rc = step_papers_take(web, request, response, &draft, in.fault_field, in.fault);
out:
	draft_free(&draft);
	return rc;
}

/* ---- multipart: scans after acceptance ---- */

static enum rc page_uploads_scan(struct web *web, struct request *request, struct response *response)
{
	struct draft draft = { .data = NULL };
	struct incoming in = { .web = web, .pool = request->pool, .draft = &draft };
	struct form_files files = { .file = take_file, .arg = &in };
	struct dossier_row row;
	bool go = false, too_large = false;
	enum rc rc;

	if (request->method != METHOD_POST) {
		response_see_other(response, uploads_page_of(request));
		return RC_OK;
	}
	rc = act_open(web, request, response, "scan", &row, &go);
	if (rc == RC_OK && go) {
		rc = scan_begin(web, request, row.id_hex);
		/* A second tap of the last button finds it closed, and its first answer. */
		if (rc == RC_CONFLICT)
			rc = RC_OK;
	}
	if (rc == RC_OK && go) {
		rc = draft_load(web->store, request->pool, row.id_hex, &draft);
		rc = rc == RC_NOT_FOUND ? RC_OK : rc;
	}
	if (rc == RC_OK && go)
		rc = form_files_read(web, request, &files, &too_large);
	if (too_large) {
		in.fault = "upload.too_large";
		in.fault_field = "papers";
	}
	if (rc == RC_OK && go)
		rc = scan_take(web, request, response, &row, in.fault_field, in.fault);
	draft_free(&draft);
	return rc;
}

/* ---- multipart: page 1 with a photographed card ---- */

struct card_photo {
	struct web *web;
	struct pool *pool;
	struct step_person_photo found;
};

/* Reads the code and nothing else: the photo goes with the spool file, it is stored nowhere. */
static enum rc take_card(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct card_photo *in = arg;
	const char *why = "upload.empty";
	char *text = NULL;
	size_t len = 0;
	enum rc rc;

	(void)filename;
	in->found.field = strcmp(name, "s_card_photo") == 0 ? "s_card" : "card";
	rc = size == 0 ? RC_INVALID : imaging_code(in->web->settings, in->pool, spool_path, &text, &len,
			&why);
	if (rc == RC_INVALID || rc == RC_IO)
		in->found.fault = rc == RC_IO ? "imaging.no-code" : why;
	in->found.text = rc == RC_OK ? text : "";
	in->found.len = len;
	return rc == RC_INVALID || rc == RC_IO ? RC_OK : rc;
}

static enum rc page_uploads_card(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	struct card_photo in = { .web = web, .pool = request->pool };
	struct form_files files = { .file = take_card, .arg = &in };
	bool go, too_large = false;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc != RC_OK || !go)
		goto out;
	if (request->method != METHOD_POST) {
		response_see_other(response, uploads_page_of(request));
		goto out;
	}
	in.found.field = "card";
	rc = form_files_read(web, request, &files, &too_large);
	if (too_large)
		in.found.fault = "upload.too_large";
	else if (in.found.text == NULL && in.found.fault == NULL)
		in.found.fault = "step1.need_card_photo";
	if (rc == RC_OK)
		rc = step_person_photo(web, request, response, &draft, &in.found);
out:
	draft_free(&draft);
	return rc;
}

/* ---- tus: one file ---- */

static bool is_draft_id(const char *id)
{
	return strlen(id) == 32 && strspn(id, "0123456789abcdef") == 32;
}

/* RC_NOT_FOUND: no such draft; RC_INVALID: no such paper in it. A draft that was accepted meanwhile takes
 * no more by itself: only what asks for the scans of a dossier (its page says so) opens them. */
static enum rc check_target(struct web *web, struct request *request, const char *id,
		const char *component)
{
	struct draft draft = { 0 };
	enum rc rc;

	if (!is_draft_id(id))
		return RC_NOT_FOUND;
	rc = draft_load(web->store, request->pool, id, &draft);
	if (rc == RC_OK && component != NULL && draft_data_paper(draft.data, component) == NULL)
		rc = RC_INVALID;
	draft_free(&draft);
	return rc;
}

static enum rc allow(struct web *web, struct request *request, struct tus_upload *upload)
{
	const char *id = upload->target;
	enum rc rc = RC_OK;

	if (upload->length == 0)
		return RC_INVALID;
	if (strncmp(id, SCAN_TARGET, sizeof(SCAN_TARGET) - 1) == 0) {
		id += sizeof(SCAN_TARGET) - 1;
		rc = is_draft_id(id) ? scan_begin(web, request, id) : RC_NOT_FOUND;
	}
	if (rc == RC_OK)
		rc = check_target(web, request, id, upload->component);
	if (rc == RC_OK)
		rc = store_room(web->store);
	if (rc == RC_OK)
		upload->scope = pool_printf(request->pool, SCOPE "%s", id);
	return rc;
}

static enum rc same_scope(struct web *web, struct request *request, const struct tus_upload *upload)
{
	if (strncmp(upload->scope, SCOPE, sizeof(SCOPE) - 1) != 0)
		return RC_NOT_FOUND;
	return check_target(web, request, upload->scope + sizeof(SCOPE) - 1, NULL);
}

static enum rc finish(struct web *web, struct request *request, struct response *response,
		struct tus_upload *upload)
{
	const char *why = NULL;
	enum rc rc = keep_file(web, request->pool, upload->scope + sizeof(SCOPE) - 1, upload->component,
			upload->filename, upload->path, upload->length, &why);

	(void)response;
	if (rc == RC_INVALID)
		upload->fault = text_get(why);
	return rc;
}

static enum rc page_uploads_tus(struct web *web, struct request *request, struct response *response)
{
	const struct tus_server server = { .base = TUS_BASE,
		.max_bytes = web->settings->upload_max_bytes, .allow = allow, .same_scope = same_scope,
		.finish = finish };

	return tus_handle(web, &server, request, response);
}

const struct route uploads_routes[] = {
	{ "upload.papers", METHOD_GET | METHOD_POST, "/tai-len/nhap/:draft", ROUTE_STREAM | ROUTE_NO_CSRF,
	  ROLES_PREPARE, 0, page_uploads_papers },
	{ "upload.card", METHOD_GET | METHOD_POST, "/tai-len/the/:draft", ROUTE_STREAM | ROUTE_NO_CSRF,
	  ROLES_PREPARE, 0, page_uploads_card },
	{ "act.scan.post", METHOD_GET | METHOD_POST, "/tai-len/quet/:code", ROUTE_STREAM | ROUTE_NO_CSRF,
	  ROLES_PREPARE, 0, page_uploads_scan },
	{ "act.replace.post", METHOD_GET | METHOD_POST, "/tai-len/thay-tep/:code",
	  ROUTE_STREAM | ROUTE_NO_CSRF, ROLE_INTAKE | ROLE_SCANNER | ROLE_MANAGER, 0, page_replace_post },
	{ "act.finish.post", METHOD_GET | METHOD_POST, "/tai-len/ket-qua/:code",
	  ROUTE_STREAM | ROUTE_NO_CSRF,
	  ROLE_SPECIALIST | ROLE_CLERK_SEAL, 0, page_finish_post },
	{ "takeover.upload", METHOD_GET | METHOD_POST, TAKEOVER_UPLOAD, ROUTE_STREAM | ROUTE_NO_CSRF,
	  ROLES_OLD, 0, page_takeover_upload },
	{ "catalog.upload", METHOD_GET | METHOD_POST, BRING_CATALOGUE, ROUTE_STREAM | ROUTE_NO_CSRF,
	  ROLE_MANAGER, 0, page_bring_catalogue_upload },
	{ "calendar.upload", METHOD_GET | METHOD_POST, BRING_CALENDAR, ROUTE_STREAM | ROUTE_NO_CSRF,
	  ROLE_MANAGER, 0, page_bring_calendar_upload },
	{ "upload.new", METHOD_POST | METHOD_OPTIONS, TUS_BASE, ROUTE_STREAM | ROUTE_NO_FORM_ID,
	  ROLES_PREPARE, 0, page_uploads_tus },
	{ "upload", METHOD_HEAD | METHOD_PATCH | METHOD_DELETE | METHOD_OPTIONS, TUS_BASE "/:id",
	  ROUTE_STREAM | ROUTE_NO_FORM_ID, ROLES_PREPARE, 0, page_uploads_tus },
};
const size_t uploads_route_count = sizeof(uploads_routes) / sizeof(uploads_routes[0]);

const char *uploads_page_of(const struct request *request)
{
	const char *id = request->params[0];

	if (request->route->handler == page_uploads_papers)
		return pool_printf(request->pool, "/ho-so/moi/%s/giay-to", id);
	if (request->route->handler == page_uploads_card)
		return pool_printf(request->pool, "/ho-so/moi/%s/nguoi", id);
	if (request->route->handler == page_uploads_scan)
		return pool_printf(request->pool, "/ho-so/%s/quet", id);
	if (request->route->handler == page_replace_post)
		return pool_printf(request->pool, "/ho-so/%s/thay-tep", id);
	if (request->route->handler == page_finish_post)
		return pool_printf(request->pool, "/ho-so/%s/ket-qua", id);
	if (request->route->handler == page_takeover_upload)
		return "/tiep-quan";
	if (request->route->handler == page_bring_catalogue_upload)
		return "/quan-ly/thu-tuc/tep";
	if (request->route->handler == page_bring_calendar_upload)
		return "/quan-ly/lich/tep";
	return NULL;
}
