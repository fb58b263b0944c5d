/*
 * files.c: a scan or a result file, to be looked at. Hashed again when it is handed out (promise 2),
 * by X-Sendfile, never inline with our pages' rights (sandboxed).
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "intake/draft_page.h"
#include "store/blob.h"
#include "store/letgo.h"
#include "store/source.h"

static enum rc send(struct web *web, struct request *request, struct response *response,
		const char *sha256_hex, const char *type, const char *name)
{
	uint8_t sha256[32];
	char *path = NULL;
	bool gone = false;
	enum rc rc = hex_decode(sha256_hex, sha256, sizeof(sha256));

	if (rc != RC_OK)
		return RC_NOT_FOUND;
	rc = blob_link_out(web->store, request->pool, NULL, sha256, &path);
	if (rc == RC_NOT_FOUND) {
		rc = letgo_is_gone(web->store, sha256_hex, &gone);
		if (rc == RC_OK && gone)
			web_error_page(web, request, response, 410, "error.let_go");
		return rc == RC_OK && !gone ? RC_NOT_FOUND : rc;
	}
	if (rc == RC_OK)
		response_file(response, path, type, name[0] != '\0' ? name : "tep", true);
	return rc;
}

/* A scan that gave its place to another one: kept, and marked on the dossier's page. */
static enum rc send_before(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row)
{
	const char *hex = request->params[1];
	uint8_t sha256[32];
	struct blob blob;
	bool was = false;
	enum rc rc = dossier_file_before(web->store, row, hex, &was);

	if (rc == RC_OK && (!was || hex_decode(hex, sha256, sizeof(sha256)) != RC_OK))
		rc = RC_NOT_FOUND;
	if (rc != RC_OK)
		return rc;
	rc = blob_find(web->store, NULL, sha256, &blob);
	return rc == RC_OK || rc == RC_NOT_FOUND ? send(web, request, response, hex,
			rc == RC_OK ? blob.type : "application/octet-stream", "tep-cu") : rc;
}

enum rc page_file(struct web *web, struct request *request, struct response *response)
{
	struct dossier_file *files = NULL;
	struct dossier_row row;
	size_t count = 0;
	const bool scans = frame_sees_scans(request);
	enum rc rc = act_dossier(web, request, &row);

	for (int results = scans ? 0 : 1; rc == RC_OK && results < 2; results++) {
		rc = dossier_files(web->store, request->pool, &row, results != 0, &files, &count);
		for (size_t i = 0; rc == RC_OK && i < count; i++)
			if (strcmp(files[i].sha256, request->params[1]) == 0)
				return send(web, request, response, files[i].sha256, files[i].type,
						files[i].name);
	}
	if (rc == RC_OK && !scans)
		return RC_DENIED;
	return rc == RC_OK ? send_before(web, request, response, &row) : rc;
}

/* The draft's file named by params[0] and [1]; of another's draft it is a look on record. RC_NOT_FOUND. */
static enum rc find_in_draft(struct web *web, struct request *request, struct draft_file *out)
{
	struct draft_file *files = NULL;
	struct draft draft;
	size_t count = 0;
	int64_t no;
	enum rc rc;

	if (strlen(request->params[0]) != 32 ||
			num_parse(request->params[1], 1, INT64_MAX, &no) != RC_OK)
		return RC_NOT_FOUND;
	rc = draft_load(web->store, request->pool, request->params[0], &draft);
	if (rc != RC_OK)
		return rc;
	if (strcmp(draft.owner, request->session->account.id) != 0)
		request->reading = READING_OTHERS_DRAFT;
	draft_free(&draft);
	rc = draft_file_list(web->store, request->pool, request->params[0], &files, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		if (files[i].no == no) {
			*out = files[i];
			return RC_OK;
		}
	return rc == RC_OK ? RC_NOT_FOUND : rc;
}

enum rc page_draft_file(struct web *web, struct request *request, struct response *response)
{
	struct draft_file file;
	enum rc rc = find_in_draft(web, request, &file);

	return rc == RC_OK ? send(web, request, response, file.sha256, file.type, file.name) : rc;
}

/* Its small picture, as it lies on the disk; the photo itself where there is none. */
enum rc page_draft_thumb(struct web *web, struct request *request, struct response *response)
{
	struct source_photo photo;
	struct draft_file file;
	enum rc rc = find_in_draft(web, request, &file);

	if (rc == RC_OK && strncmp(file.type, "image/", 6) != 0)
		return RC_NOT_FOUND;
	if (rc == RC_OK)
		rc = source_photo_get(web->store, file.sha256, &photo);
	if (rc != RC_OK)
		return rc;
	if (photo.thumb[0] != '\0')
		return send(web, request, response, photo.thumb, "image/jpeg", "anh-nho.jpg");
	return send(web, request, response, file.sha256, file.type, file.name);
}
